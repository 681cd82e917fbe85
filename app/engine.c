/* The engine thread and the poll loop; see engine.h. */
#include "app/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SOFT_SHARE                                                                                           \
  0.3 /* of the deadline, or SOFT_SECONDS if that is less, are left for scoring and figures: */
#define SOFT_SECONDS  60.0 /* fits stop then and keep their best */
#define STUCK_SECONDS 5.0  /* without an answer to an end: the engine is taken for stuck */

static void *engine(void *argument) {
  orr_job *j = argument;
  orr_event end = {.kind = ORR_EVENT_END};
  orr_job_run(j);
  orr_events_put(j->events, &end);
  return NULL;
}

typedef struct loop {
  orr_job *job;
  orr_clock clock;
  double soft, hard, stuck; /* times; infinite when not set */
  int signals;              /* the watch's pipe */
  orr_show_fn show;
  void *context;
} loop;

static orr_reason reason_of(int number) {
  return number == SIGINT    ? ORR_REASON_INTERRUPT
         : number == SIGTERM ? ORR_REASON_TERMINATE
         : number == SIGHUP  ? ORR_REASON_HANGUP
                             : ORR_REASON_USER;
}

static void ask(loop *l, orr_signal request, orr_reason reason, double now) {
  orr_control_ask(l->job->control, request, reason);
  if (request == ORR_ABANDON && isinf(l->stuck)) l->stuck = now + STUCK_SECONDS;
}

static void read_signal(loop *l, double now) {
  unsigned char number;
  if (read(l->signals, &number, 1) == 1) ask(l, ORR_ABANDON, reason_of(number), now);
}

/* Never returns: a library call that does not end cannot be left in any other way. */
static void leave(const loop *l) {
  orr_reason reason = orr_control_reason(l->job->control);
  fprintf(stderr,
          "orrery: %s; a step did not answer and was left; what was done is in the run's .partial folder, "
          "where `orrery resume` finds it\n",
          orr_reason_text(reason));
  _exit(orr_status_exit(reason == ORR_REASON_DEADLINE ? ORR_DEADLINE : ORR_STOPPED));
}

static void keep_time(loop *l, double now) {
  if (now >= l->soft) ask(l, ORR_FINISH, ORR_REASON_DEADLINE, now), l->soft = INFINITY;
  if (now >= l->hard) ask(l, ORR_ABANDON, ORR_REASON_DEADLINE, now), l->hard = INFINITY;
  if (now >= l->stuck && orr_control_is_saving(l->job->control)) l->stuck = now + STUCK_SECONDS;
  if (now >= l->stuck) leave(l);
}

static int wait_milliseconds(const loop *l, double now) {
  double next = fmin(l->soft, fmin(l->hard, l->stuck));
  return isinf(next) ? -1 : (int)fmax(0, ceil((next - now) * 1000));
}

static void run_loop(loop *l) {
  orr_event event;
  for (bool ended = false; !ended;) {
    double now = orr_clock_seconds(&l->clock);
    keep_time(l, now);
    struct pollfd fds[] = {{l->job->events->wake, POLLIN, 0}, {l->signals, POLLIN, 0}};
    if (poll(fds, 2, wait_milliseconds(l, now)) < 0 && errno != EINTR) return;
    if (fds[1].revents & POLLIN) read_signal(l, orr_clock_seconds(&l->clock));
    while (!ended && orr_events_take(l->job->events, &event)) {
      ended = event.kind == ORR_EVENT_END;
      if (!ended) l->show(l->context, &event);
    }
  }
}

/* Libraries keep threads of their own, which block nothing: a handler that writes to a pipe works on any of them. */
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
enum { CAUGHT = sizeof caught / sizeof *caught };
static int signal_pipe[2];

static void on_signal(int number) {
  int kept = errno;
  unsigned char byte = (unsigned char)number;
  if (write(signal_pipe[1], &byte, 1) < 0) byte = 0; /* a full pipe: one is waiting already */
  errno = kept;
}

/* A hangup that was ignored when the program began (nohup) stays ignored. */
static orr_status watch_signals(struct sigaction before[CAUGHT], orr_error *e) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK)) return orr_fail_errno(e, "cannot watch signals");
  for (size_t i = 0; i < CAUGHT; i++) {
    sigaction(caught[i], NULL, &before[i]);
    if (caught[i] != SIGHUP || before[i].sa_handler != SIG_IGN) sigaction(caught[i], &action, NULL);
  }
  return ORR_OK;
}

static void unwatch_signals(const struct sigaction before[CAUGHT]) {
  for (size_t i = 0; i < CAUGHT; i++) sigaction(caught[i], &before[i], NULL);
  close(signal_pipe[0]);
  close(signal_pipe[1]);
}

/* The engine and its workers are not interrupted. */
static orr_status start(orr_job *j, pthread_t *thread, orr_error *e) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int failed = pthread_create(thread, NULL, engine, j);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = failed;
  return failed ? orr_fail_errno(e, "cannot start the engine thread") : ORR_OK;
}

static orr_status run_engine(loop *l, orr_error *e) {
  pthread_t thread;
  struct sigaction before[CAUGHT];
  ORR_TRY(watch_signals(before, e));
  l->signals = signal_pipe[0];
  orr_status status = start(l->job, &thread, e);
  if (!status) {
    run_loop(l);
    pthread_join(thread, NULL);
  }
  unwatch_signals(before);
  return status;
}

orr_status orr_engine_run(orr_job *j, double deadline, orr_show_fn show, void *context, orr_error *e) {
  orr_events events;
  orr_control control = {0};
  loop l = {.job = j,
            .clock = orr_place_clock(),
            .soft = INFINITY,
            .hard = INFINITY,
            .stuck = INFINITY,
            .show = show,
            .context = context};
  ORR_TRY(orr_events_init(&events, e));
  j->events = &events;
  j->control = &control;
  double now = orr_clock_seconds(&l.clock);
  if (deadline > 0)
    l.soft = now + deadline - fmin(SOFT_SHARE * deadline, SOFT_SECONDS), l.hard = now + deadline;
  orr_status status = run_engine(&l, e);
  orr_events_fini(&events);
  j->control = NULL, j->events = NULL;
  return status;
}
