/* What a run began as, kept in its folder until it has come to its end: the
 * recipe with its header, and what else resuming needs to know. */
#ifndef ORR_SESSION_BEGUN_H
#define ORR_SESSION_BEGUN_H

#include "base/json.h"

#define ORR_BEGUN_RECIPE "checkpoints/recipe.lua"
#define ORR_BEGUN_RUN    "checkpoints/run.json"
/* The journal as it was when the run was taken up; of a session by hand it stands for the recipe. */
#define ORR_BEGUN_JOURNAL "checkpoints/journal.lua"

typedef struct orr_begun {
  long long start; /* seconds since 1970 */
  bool plots;
  bool session;                 /* worked by hand: its journal is what is run again */
  const char *recipe_path;      /* of the original, whose folder it may read */
  const char *language_version; /* part of the versions */
  const orr_json *resumed;      /* a list; NULL: none */
} orr_begun;

/* {"start":…,"plots":…,"session":…,"recipe_path":…,"cpu":…,"versions":{…},"resumed":[…]} */
orr_status orr_begun_print(const orr_begun *b, orr_text *out, orr_error *e);

/* The file of this folder, which is not trusted. */
orr_status orr_begun_read(const char *folder, orr_json **out, orr_error *e);

/* The file's text, when the run began, and the list of when it was taken up; text and list are the caller's. */
orr_status orr_begun_sessions(const char *folder, orr_text *text, long long *start, orr_json **resumed,
                              orr_error *e);

#endif
