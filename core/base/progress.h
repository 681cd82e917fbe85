/* How long work below `run` reports and stops: one callback.
 *
 * Long loops call orr_progress at least every fraction of a second. The answer
 * says whether to go on, to finish early keeping the best so far (only
 * iterative fits can; others go on), or to abandon the work with ORR_STOPPED.
 */
#ifndef ORR_BASE_PROGRESS_H
#define ORR_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/pool.h"

typedef enum orr_signal { ORR_GO_ON, ORR_FINISH, ORR_ABANDON } orr_signal;

typedef struct orr_named_value {
  const char *name;
  double value;
} orr_named_value;

typedef struct orr_report {
  const char *what;   /* "boosted_trees", "bootstrap" */
  size_t step, steps; /* steps 0: not known */
  const orr_named_value *values;
  size_t n_values;
  bool passing; /* of the moment only: may be dropped, and belongs into no record */
} orr_report;

typedef orr_signal (*orr_progress_fn)(void *context, const orr_report *report);
typedef void (*orr_log_fn)(void *context, const char *line);

/* What every long computation is given; {0} is legal: one thread, silent, never stopped. */
typedef struct orr_work {
  orr_pool *pool;
  orr_progress_fn progress;
  orr_log_fn log; /* a note or warning for the person, one line */
  void *context;
} orr_work;

/* ORR_STOPPED when the work is to be abandoned. *finish (may be NULL) is set when to stop and keep best. */
orr_status orr_progress(const orr_work *w, const orr_report *report, bool *finish, orr_error *e);

/* The same with nothing to say but how far it is. */
orr_status orr_progress_step(const orr_work *w, const char *what, size_t step, size_t steps, orr_error *e);

void orr_log(const orr_work *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs tasks on the pool, asking between tasks whether to go on; when not, those not begun are left. */
orr_status orr_work_run(const orr_work *w, const char *what, size_t tasks, orr_task_fn fn, void *context,
                        orr_error *e);

#endif
