/* Progress, logging and interruptible fan-out; see progress.h. */
#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>

orr_status orr_progress(const orr_work *w, const orr_report *report, bool *finish, orr_error *e) {
  if (finish) *finish = false;
  if (!w || !w->progress) return ORR_OK;
  orr_signal signal = w->progress(w->context, report);
  if (signal == ORR_ABANDON) return orr_fail(e, ORR_STOPPED, "stopped during %s", report->what);
  if (finish) *finish = signal == ORR_FINISH;
  return ORR_OK;
}

orr_status orr_progress_step(const orr_work *w, const char *what, size_t step, size_t steps, orr_error *e) {
  return orr_progress(w, &(orr_report){.what = what, .step = step, .steps = steps}, NULL, e);
}

void orr_log(const orr_work *w, const char *format, ...) {
  if (!w || !w->log) return;
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  w->log(w->context, line);
}

typedef struct group {
  orr_task_fn fn;
  void *context;
  size_t first;
} group;

static void run_one(void *context, size_t task) {
  const group *g = context;
  g->fn(g->context, g->first + task);
}

orr_status orr_work_run(const orr_work *w, const char *what, size_t tasks, orr_task_fn fn, void *context,
                        orr_error *e) {
  orr_pool *pool = w ? w->pool : NULL;
  size_t at_once = 4 * (size_t)orr_pool_threads(pool);
  for (size_t first = 0; first < tasks; first += at_once) {
    ORR_TRY(orr_progress_step(w, what, first, tasks, e));
    group g = {fn, context, first};
    orr_pool_run(pool, tasks - first < at_once ? tasks - first : at_once, run_one, &g);
  }
  return ORR_OK;
}
