/* A job: one recipe run from the command line's words to its record. It runs on
 * the engine thread, which owns Lua, the session and all objects. */
#ifndef ORR_APP_JOB_H
#define ORR_APP_JOB_H

#include "app/place.h"
#include "app/verb.h"
#include "run/control.h"
#include "run/events.h"
#include "session/session.h"

typedef struct orr_job {
  /* what was asked */
  const char *recipe;
  orr_words data, loads, settings, grants; /* of --data, --load, --set, --grant */
  const char *where, *out, *check;
  const char
      *resume; /* folder of a run to take up, which is `out` or what a crash has left of it; NULL: none */
  const char *recipe_path; /* of that one's recipe: where it was read from; NULL: not known */
  bool has_seed, plots, quiet;
  uint64_t seed, threads;
  const orr_place *place;
  orr_control *control;
  orr_events *events;

  /* what came of it */
  orr_status status;
  orr_error error;
  char *folder;      /* of the run; NULL: nothing was kept */
  char *recipe_name; /* resolved */
  const char *state; /* "ok", "deadline", "stopped", "failed", "check failed" */
  orr_text report;
  orr_json *numbers, *timings;
  orr_text differences; /* of --check, a line each */
} orr_job;

void orr_job_run(orr_job *j);
void orr_job_fini(orr_job *j);

#endif
