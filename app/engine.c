/* The engine thread and the poll loop; see engine.h. */
#include "app/engine.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SOFT_SHARE    0.85 /* of the deadline: fits stop and keep their best */
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
  int signals;              /* signalfd */
  orr_show_fn show;
  void *context;
} loop;

static orr_reason reason_of(uint32_t number) {
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
  struct signalfd_siginfo info;
  if (read(l->signals, &info, sizeof info) == (ssize_t)sizeof info) ask(l, ORR_ABANDON, reason_of(info.ssi_signo), now);
}

/* Never returns: a library call that does not end cannot be left in any other way. */
static void leave(const loop *l) {
  orr_reason reason = orr_control_reason(l->job->control);
  fprintf(stderr, "orrery: %s; a step did not answer and was left; the journal is in the run's .partial folder\n",
          orr_reason_text(reason));
  _exit(orr_status_exit(reason == ORR_REASON_DEADLINE ? ORR_DEADLINE : ORR_STOPPED));
}

static void keep_time(loop *l, double now) {
  if (now >= l->soft) ask(l, ORR_FINISH, ORR_REASON_DEADLINE, now), l->soft = INFINITY;
  if (now >= l->hard) ask(l, ORR_ABANDON, ORR_REASON_DEADLINE, now), l->hard = INFINITY;
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

static orr_status start(orr_job *j, pthread_t *thread, int *signals, orr_error *e) {
  sigset_t caught;
  sigemptyset(&caught);
  sigaddset(&caught, SIGINT), sigaddset(&caught, SIGTERM), sigaddset(&caught, SIGHUP), sigaddset(&caught, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &caught, NULL); /* the engine and its workers inherit it */
  *signals = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
  if (*signals < 0) return orr_fail_errno(e, "cannot watch signals");
  if (!pthread_create(thread, NULL, engine, j)) return ORR_OK;
  close(*signals);
  return orr_fail_errno(e, "cannot start the engine thread");
}

orr_status orr_engine_run(orr_job *j, double deadline, orr_show_fn show, void *context, orr_error *e) {
  orr_events events;
  orr_control control = {0};
  pthread_t thread;
  loop l = {.job = j, .clock = orr_place_clock(), .soft = INFINITY, .hard = INFINITY, .stuck = INFINITY,
            .show = show, .context = context};
  ORR_TRY(orr_events_init(&events, e));
  j->events = &events;
  j->control = &control;
  double now = orr_clock_seconds(&l.clock);
  if (deadline > 0) l.soft = now + SOFT_SHARE * deadline, l.hard = now + deadline;
  orr_status status = start(j, &thread, &l.signals, e);
  if (!status) {
    run_loop(&l);
    pthread_join(thread, NULL);
    close(l.signals);
  }
  orr_events_fini(&events);
  j->control = NULL, j->events = NULL;
  return status;
}
