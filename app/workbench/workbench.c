/* The workbench; see workbench.h. This is the main thread's side. */
#include "app/workbench/workbench.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/workbench/bench.h"

void orr_bench_wake(orr_workbench *w) {
  uint64_t one = 1;
  if (write(w->events.wake, &one, sizeof one) < 0) return; /* a full counter: it is awake */
}

static void wake(void *workbench) { orr_bench_wake(workbench); }

/* ---- beginning and end ---- */

static orr_status start_engine(orr_workbench *w, orr_error *e) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int failed = pthread_create(&w->thread, NULL, orr_bench_run, w);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = failed;
  return failed ? orr_fail_errno(e, "cannot start the engine thread") : ORR_OK;
}

static orr_status push(orr_workbench *w, orr_errand errand, orr_error *e) {
  ORR_PUSH(&w->queue, errand, e);
  return ORR_OK;
}

static orr_status queue(orr_workbench *w, orr_errand_kind kind, const char *text, const orr_words *settings,
                        orr_error *e);

static void destroy(orr_workbench *w) {
  for (size_t i = 0; i < w->queue.count; i++) orr_errand_fini(&w->queue.items[i]);
  orr_free(w->queue.items);
  orr_bench_end(&w->engine);
  orr_snapshot_unref(w->snapshot);
  orr_live_fini(&w->live);
  orr_events_fini(&w->events);
  pthread_mutex_destroy(&w->lock);
  pthread_cond_destroy(&w->errands);
  orr_free(w->source);
  orr_free(w);
}

/* What is done at once: reading the data, or all that a session had done before it died. */
static orr_status begin(orr_workbench *w, const orr_workbench_config *config, orr_error *e) {
  ORR_TRY(orr_events_init(&w->events, e));
  if (!(w->source = orr_strdup(config->source ? config->source : ""))) return orr_fail_memory(e, "a name", 0);
  ORR_TRY(orr_bench_begin(w, config, e));
  w->engine.replaying = w->busy = config->resume != NULL;
  if (!config->resume && *w->source) ORR_TRY(queue(w, ORR_DO_LINE, "s.data1 = o.data { }", NULL, e));
  orr_bench_publish(w);
  return w->snapshot ? ORR_OK : orr_fail_memory(e, "a snapshot", sizeof *w->snapshot);
}

static orr_status start(orr_workbench *w, orr_error *e) {
  w->asking = (orr_asking){.place = w->place, .seed = w->engine.config.seed, .wake = wake, .context = w};
  ORR_TRY(orr_asking_begin(&w->asking, e));
  orr_status status = start_engine(w, e);
  if (status) orr_asking_end(&w->asking);
  return status;
}

orr_status orr_workbench_open(const orr_workbench_config *config, orr_workbench **out, orr_error *e) {
  orr_workbench *w = orr_calloc(1, sizeof *w);
  if (!w) return orr_fail_memory(e, "the workbench", sizeof *w);
  w->place = config->place;
  w->clock = config->clock;
  w->threads = config->threads ? config->threads : config->place->threads;
  w->engine.session = (orr_session){.journal_fd = -1, .events_fd = -1};
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->errands, NULL);
  orr_live_init(&w->live);
  orr_status status = begin(w, config, e);
  if (!status && (status = start(w, e))) {
    if (w->engine.record.taken) orr_record_give_back(&w->engine.record);
    else orr_record_discard(&w->engine.record);
  }
  if (status) destroy(w);
  *out = status ? NULL : w;
  return status;
}

/* A fit that runs keeps its best, if it is wanted; anything else ends at once. */
static void ask_to_end(orr_workbench *w, bool keep) {
  pthread_mutex_lock(&w->lock);
  w->closing = true;
  bool finish = keep && w->fitting;
  if (w->busy) orr_control_ask(&w->control, finish ? ORR_FINISH : ORR_ABANDON, ORR_REASON_HAND);
  pthread_cond_signal(&w->errands);
  pthread_mutex_unlock(&w->lock);
}

/* The engine may wait for room in the ring: it is emptied until the last event. */
static void wait_for_end(orr_workbench *w) {
  orr_event event = {0};
  for (bool ended = false; !ended;) {
    struct pollfd fd = {w->events.wake, POLLIN, 0};
    poll(&fd, 1, -1);
    while (!ended && orr_events_take(&w->events, &event)) ended = event.kind == ORR_EVENT_END;
  }
  pthread_join(w->thread, NULL);
}

orr_status orr_workbench_close(orr_workbench *w, bool keep, char **folder, orr_error *e) {
  ask_to_end(w, keep);
  wait_for_end(w);
  orr_asking_end(&w->asking);
  orr_status status = orr_bench_keep(w, folder, e);
  destroy(w);
  return status;
}

/* ---- errands ---- */

static orr_status copy_settings(orr_errand *errand, const orr_words *settings, orr_error *e) {
  for (size_t i = 0; settings && i < settings->count; i++) {
    ORR_PUSH(&errand->settings, NULL, e);
    if (!(errand->settings.items[i] = orr_strdup(settings->items[i])))
      return orr_fail_memory(e, "a parameter", 0);
  }
  return ORR_OK;
}

static orr_status queue(orr_workbench *w, orr_errand_kind kind, const char *text, const orr_words *settings,
                        orr_error *e) {
  orr_errand errand = {.kind = kind, .text = orr_strdup(text)};
  orr_status status = errand.text ? copy_settings(&errand, settings, e) : orr_fail_memory(e, "a line", 0);
  pthread_mutex_lock(&w->lock);
  if (!status) status = push(w, errand, e);
  pthread_cond_signal(&w->errands);
  pthread_mutex_unlock(&w->lock);
  if (status) orr_errand_fini(&errand);
  return status;
}

orr_status orr_workbench_do(orr_workbench *w, const char *line, orr_error *e) {
  return queue(w, ORR_DO_LINE, line, NULL, e);
}

orr_status orr_workbench_run(orr_workbench *w, const char *recipe, const orr_words *settings, orr_error *e) {
  return queue(w, ORR_DO_RECIPE, recipe, settings, e);
}

orr_status orr_workbench_save(orr_workbench *w, const char *path, orr_error *e) {
  return queue(w, ORR_DO_SAVE, path, NULL, e);
}

orr_status orr_workbench_undo(orr_workbench *w, orr_error *e) {
  pthread_mutex_lock(&w->lock);
  size_t steps = w->steps;
  pthread_mutex_unlock(&w->lock);
  if (orr_workbench_is_busy(w)) return orr_fail(e, ORR_USAGE, "something is running; end it first, or wait");
  if (!steps) return orr_fail(e, ORR_USAGE, "there is nothing to take back");
  return queue(w, ORR_DO_LINE, "o.undo { }", NULL, e);
}

/* ---- steering ---- */

static void ask(orr_workbench *w, orr_signal request) {
  pthread_mutex_lock(&w->lock);
  if (w->busy) orr_control_ask(&w->control, request, ORR_REASON_HAND);
  pthread_mutex_unlock(&w->lock);
}

orr_control *orr_workbench_control(orr_workbench *w) { return &w->control; }
void orr_workbench_stop(orr_workbench *w) { ask(w, ORR_FINISH); }
void orr_workbench_abandon(orr_workbench *w) { ask(w, ORR_ABANDON); }

/* ---- looking ---- */

int orr_workbench_wake(const orr_workbench *w) { return w->events.wake; }

bool orr_workbench_is_busy(orr_workbench *w) {
  pthread_mutex_lock(&w->lock);
  bool busy = w->busy || w->queue.count;
  pthread_mutex_unlock(&w->lock);
  return busy;
}

orr_snapshot *orr_workbench_snapshot(orr_workbench *w) {
  pthread_mutex_lock(&w->lock);
  orr_snapshot *s = orr_snapshot_ref(w->snapshot);
  pthread_mutex_unlock(&w->lock);
  return s;
}

bool orr_workbench_event(orr_workbench *w, orr_event *out) { return orr_events_take(&w->events, out); }
orr_live *orr_workbench_live(orr_workbench *w) { return &w->live; }
uint64_t orr_workbench_ask(orr_workbench *w, const orr_question *q) { return orr_asking_put(&w->asking, q); }

orr_answer *orr_workbench_answer(orr_workbench *w, orr_question_kind kind) {
  return orr_asking_newest(&w->asking, kind);
}
