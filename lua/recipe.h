/* Recipes: a text chunk that returns a table: title, question, params, run.
 * Opening one runs the chunk behind the wall, with no command at hand; running
 * it calls its `run(o, p)` with the session's commands. A journal is a chunk
 * that is itself the run. */
#ifndef ORR_LUA_RECIPE_H
#define ORR_LUA_RECIPE_H

#include "base/option.h"
#include "lua/state.h"

typedef struct orr_recipe {
  const char *name, *title, *question;
  const char *bundled_data;   /* file of the recipes' data folder; NULL: none */
  const char *bundled_about;  /* what its rows and classes are; NULL: not said */
  orr_value bundled_settings; /* dict: parameters that go with the bundled data */
  orr_option *params;
  size_t n_params;
  bool is_journal;
  orr_ref data; /* what o.data() is to be, without a command; id 0: the command */
  orr_lua lua;
  orr_arena arena;
} orr_recipe;

/* What opening needs besides the text. */
typedef struct orr_recipe_place {
  const char *name;  /* "classification" */
  const char *shown; /* the chunk's name in messages */
  const char *sugar; /* folder of the trusted Lua files: lua/orrery */
  uint64_t seed;
  orr_control *control;
} orr_recipe_place;

/* Runs the chunk and reads its table. Address-stable from here on; fini also after a failure. */
orr_status orr_recipe_open(orr_recipe *r, const char *body, bool is_journal, const orr_recipe_place *place,
                           orr_error *e);
orr_status orr_recipe_run(orr_recipe *r, orr_session *s, const orr_options *p, orr_error *e);
void orr_recipe_fini(orr_recipe *r);

orr_json *orr_recipe_to_json(const orr_recipe *r);

#endif
