/* Progress, logging and interruptible fan-out; see progress.h. */
#include "base/progress.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
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

typedef struct polled {
  const orr_work *work;
  const char *what;
  size_t tasks;
  orr_task_fn fn;
  void *context;
  pthread_t caller;
  atomic_bool stopped;
  orr_status status; /* the caller's own */
  orr_error *e;
} polled;

/* Progress belongs to the caller's thread: it asks before each task of its own, and all see the answer. */
static void run_one(void *context, size_t task) {
  polled *p = context;
  if (atomic_load_explicit(&p->stopped, memory_order_relaxed)) return;
  if (pthread_equal(pthread_self(), p->caller)) {
    p->status = orr_progress_step(p->work, p->what, task, p->tasks, p->e);
    if (p->status) {
      atomic_store(&p->stopped, true);
      return;
    }
  }
  p->fn(p->context, task);
}

orr_status orr_work_run(const orr_work *w, const char *what, size_t tasks, orr_task_fn fn, void *context,
                        orr_error *e) {
  polled p = {.work = w,
              .what = what,
              .tasks = tasks,
              .fn = fn,
              .context = context,
              .caller = pthread_self(),
              .e = e};
  ORR_TRY(orr_progress_step(w, what, 0, tasks, e)); /* small jobs may end before the caller gets a task */
  orr_pool_run(w ? w->pool : NULL, tasks, run_one, &p);
  return p.status;
}
