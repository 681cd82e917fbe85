/* The history of runs, in one SQLite file: what `orrery runs` lists. It is a
 * convenience: a run is whole without it, and a history that cannot be written
 * is a note, not a failure. */
#ifndef ORR_SESSION_HISTORY_H
#define ORR_SESSION_HISTORY_H

#include "base/error.h"

typedef struct orr_past_run {
  const char *path, *recipe, *status, *start; /* start: 2026-11-22T09:01:00Z */
  const char *headline;                       /* "log loss 0.0702 ± 0.0052", or "" */
  long long seed;
} orr_past_run;

orr_status orr_history_add(const char *file, const orr_past_run *run, orr_error *e);

/* Forgets the rows of a folder that is made again, or goes on. */
orr_status orr_history_remove(const char *file, const char *path, orr_error *e);

/* Newest first; `visit` returns a status, any but ORR_OK ends the walk. No file: no runs. */
typedef orr_status (*orr_history_visit_fn)(void *context, const orr_past_run *run);
orr_status orr_history_list(const char *file, orr_history_visit_fn visit, void *context, orr_error *e);

const char *orr_history_version(void);

#endif
