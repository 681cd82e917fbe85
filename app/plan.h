/* The plan of a run: header, flags and defaults resolved into what the session
 * is opened with. Flags win over a kept recipe's header, the header over the
 * recipe's bundled settings, those over defaults. */
#ifndef ORR_APP_PLAN_H
#define ORR_APP_PLAN_H

#include "app/job.h"
#include "app/recipe_file.h"

typedef struct orr_plan {
  orr_session_config config;
  orr_options parameters;
  orr_text parameters_header; /* "--@set" lines */
  orr_json *parameters_json;
  bool *given;       /* [parameters] by --set or the kept recipe's header */
  bool uses_bundled; /* no data was given: the recipe's own is used */
  orr_arena arena;
} orr_plan;

/* Sources from the words of --data and --load, in the arena. */
orr_status orr_plan_given(const orr_words *data, const orr_words *loads, orr_arena *arena, orr_source **out,
                          size_t *n, orr_error *e);

/* The recipe's parameters from its defaults, its header, and the words "key=value" of --set. */
orr_status orr_plan_parameters(orr_plan *p, const orr_words *settings, const orr_recipe_file *f,
                               const orr_recipe *r, orr_error *e);

uint64_t orr_plan_seed(const orr_job *j, const orr_recipe_file *f);
orr_status orr_plan_make(orr_plan *p, const orr_job *j, const orr_recipe_file *f, const orr_recipe *r,
                         orr_error *e);
void orr_plan_fini(orr_plan *p);

#endif
