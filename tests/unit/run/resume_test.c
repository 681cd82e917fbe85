/* Interrupted in any way (told to, killed, paused), a training goes on to the very same bits; live
 * changes and stops are replayed from their record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "resume_fixture.h"

/* Abandoned at the n-th moment at which it listens, for each n: alone, and again and again. */
static void abandoned_at_any_moment_it_goes_on_to_the_same_bits(void **state) {
  (void)state;
  for (size_t k = 0; k < KINDS; k++) {
    desk d;
    fuse f = {0};
    orr_trainer_result r = {0};
    take_kind(&d, &kinds[k]);
    orr_trainer_result whole = run(&d);
    d.work = (orr_work){.progress = burn, .context = &f};
    d.in.checkpoint = &place;
    for (size_t n = 1;; n += 1 + n / 16) {
      f = (fuse){.left = n};
      unlink(path);
      if (orr_trainer_run(&d.in, &r, NULL) == ORR_OK) break;
      f.left = 0;
      r = run(&d);
      if (!is_same(&d, &whole, &r)) fail_msg("%s, abandoned at %zu", kinds[k].name, n);
      assert_true(r.resumed);
      orr_trainer_result_fini(&r);
    }
    assert_true(is_same(&d, &whole, &r));
    orr_trainer_result_fini(&r);
    unlink(path);
    orr_status status;
    size_t times = 0;
    do {
      times++;
      f = (fuse){.left = 14 + times % 5};
      status = orr_trainer_run(&d.in, &r, NULL);
    } while (status == ORR_STOPPED && times < 500);
    assert_int_equal(status, ORR_OK);
    if (!is_same(&d, &whole, &r)) fail_msg("%s, abandoned over and over", kinds[k].name);
    orr_trainer_result_fini(&whole);
    orr_trainer_result_fini(&r);
    desk_drop(&d);
  }
}

static orr_signal ask_each_time(void *context, const orr_report *r) {
  (void)r;
  orr_control_ask_checkpoint(context);
  return ORR_GO_ON;
}

/* In a process of its own, with a checkpoint at each step, until it is done or killed. */
static void train_until_killed(desk *d, unsigned threads) {
  orr_control control = {0};
  orr_trainer_result r;
  d->work = (orr_work){.progress = ask_each_time, .context = &control};
  d->in.control = &control;
  if (orr_pool_new(threads, &d->work.pool, NULL)) _exit(2);
  _exit(orr_trainer_run(&d->in, &r, NULL) ? 1 : 0);
}

static void sleep_for(double seconds) {
  struct timespec t = {.tv_sec = (time_t)seconds, .tv_nsec = (long)(fmod(seconds, 1) * 1e9)};
  nanosleep(&t, NULL);
}

/* Lets it come to its first checkpoint, then kills it a few milliseconds later, wherever that is. */
static bool kill_soon(pid_t child, double seconds) {
  int how = 0;
  bool ended = false;
  while (!orr_file_exists(path) && !ended) {
    sleep_for(2e-4);
    ended = waitpid(child, &how, WNOHANG) == child;
  }
  if (!ended) {
    sleep_for(seconds);
    kill(child, SIGKILL);
    waitpid(child, &how, 0);
  }
  if (WIFEXITED(how) && WEXITSTATUS(how)) fail_msg("the child failed");
  return WIFSIGNALED(how);
}

static void killed_twenty_times_it_goes_on_to_the_same_bits(void **state) {
  (void)state;
  static const unsigned threads[] = {1, 2, 3, 5};
  orr_random random = orr_random_stream(11, 0, ORR_FOR_TEST);
  int killed = 0;
  for (size_t k = 0; k < KINDS; k++) {
    desk d;
    take_kind(&d, &kinds[k]);
    orr_trainer_result whole = run(&d);
    d.in.checkpoint = &place;
    for (int i = 0; i < 20; i++) {
      pid_t child = fork();
      assert_true(child >= 0);
      if (!child) train_until_killed(&d, threads[i % 4]);
      killed += kill_soon(child, 0.008 * orr_random_uniform(&random));
    }
    orr_trainer_result r = run(&d);
    if (!is_same(&d, &whole, &r)) fail_msg("%s, killed", kinds[k].name);
    assert_true(r.resumed);
    orr_trainer_result_fini(&r);
    orr_trainer_result_fini(&whole);
    desk_drop(&d);
  }
  assert_true(killed > 10);
}

/* A training in a thread, that a test steers. */
typedef struct steered {
  desk d;
  orr_control control;
  orr_trainer_result result;
  orr_status status;
  size_t hold_at; /* step at which it pauses itself */
  atomic_bool paused;
  atomic_size_t steps;
} steered;

static orr_signal watch_steps(void *context, const orr_report *r) {
  steered *s = context;
  atomic_store(&s->steps, r->step);
  if (s->hold_at && r->step == s->hold_at) orr_control_pause(&s->control), s->hold_at = 0;
  return ORR_GO_ON;
}

static void note_pause(void *context, const char *line) {
  steered *s = context;
  if (!strncmp(line, "paused", 6)) atomic_store(&s->paused, true);
}

static void *steer(void *context) {
  steered *s = context;
  s->d.work = (orr_work){.progress = watch_steps, .log = note_pause, .context = s};
  s->d.in.control = &s->control;
  s->status = orr_trainer_run(&s->d.in, &s->result, NULL);
  return NULL;
}

static double cpu_seconds(pthread_t thread) {
  clockid_t clock;
  struct timespec t;
  assert_int_equal(pthread_getcpuclockid(thread, &clock), 0);
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void begin_paused(steered *s, pthread_t *thread, size_t at) {
  take_kind(&s->d, &kinds[0]);
  s->d.in.checkpoint = &place;
  s->hold_at = at;
  assert_int_equal(pthread_create(thread, NULL, steer, s), 0);
  while (!atomic_load(&s->paused)) sleep_for(0.001);
}

static void a_pause_costs_nothing_and_changes_nothing(void **state) {
  (void)state;
  pthread_t thread;
  steered s = {0};
  begin_paused(&s, &thread, 13);
  double before = cpu_seconds(thread);
  sleep_for(0.1);
  assert_true(cpu_seconds(thread) - before < 0.02);
  assert_int_equal(atomic_load(&s.steps), 13);
  assert_true(orr_file_exists(path)); /* the pause has left a checkpoint */
  orr_control_resume(&s.control);
  pthread_join(thread, NULL);
  assert_int_equal(s.status, ORR_OK);
  s.d.in = (orr_trainer_input){.learner = &s.d.learner,
                               .train = &s.d.train.set,
                               .validation = &s.d.check.set,
                               .options = &s.d.options};
  orr_trainer_result whole = run(&s.d);
  assert_true(is_same(&s.d, &whole, &s.result));
  assert_int_equal(whole.changes.count, 0);
  orr_trainer_result_fini(&whole);
  orr_trainer_result_fini(&s.result);
  desk_drop(&s.d);
}

static void a_pause_obeys_a_stop(void **state) {
  (void)state;
  for (int request = ORR_FINISH; request <= ORR_ABANDON; request++) {
    pthread_t thread;
    steered s = {0};
    begin_paused(&s, &thread, 9);
    orr_control_ask(&s.control, (orr_signal)request, ORR_REASON_TERMINATE);
    pthread_join(thread, NULL);
    assert_int_equal(s.status, request == ORR_FINISH ? ORR_OK : ORR_STOPPED);
    if (request == ORR_FINISH) {
      assert_string_equal(s.result.stop_reason, "terminated (SIGTERM)");
      assert_int_equal(s.result.steps, 9);
      assert_true(s.result.cut);
    }
    orr_trainer_result_fini(&s.result);
    desk_drop(&s.d);
  }
}

/* Changes by hand, while paused and while running, and a slip; then the stop. */
static void what_was_done_by_hand_is_replayed_from_its_record(void **state) {
  (void)state;
  pthread_t thread;
  steered s = {0};
  begin_paused(&s, &thread, 6);
  assert_true(orr_control_set(&s.control, "learning_rate", 3e-3));
  assert_true(orr_control_set(&s.control, "no_such_thing", 1));
  assert_true(orr_control_set(&s.control, "batch_size", 50));
  orr_control_resume(&s.control);
  while (atomic_load(&s.steps) < 10) sched_yield();
  orr_control_set(&s.control, "beta", 0.1);
  pthread_join(thread, NULL);
  assert_int_equal(s.status, ORR_OK);
  assert_in_range(s.result.changes.count, 2, 3); /* the last one may have come too late */
  assert_int_equal(s.result.changes.items[0].step, 6);
  assert_string_equal(s.result.changes.items[1].set.name, "batch_size");
  assert_int_equal(s.result.changes.items[0].cause, ORR_CAUSE_LIVE);
  s.d.in = (orr_trainer_input){.learner = &s.d.learner,
                               .train = &s.d.train.set,
                               .validation = &s.d.check.set,
                               .options = &s.d.options};
  s.d.options.changes = s.result.changes.items;
  s.d.options.n_changes = s.result.changes.count;
  orr_trainer_result again = run(&s.d);
  assert_true(is_same(&s.d, &again, &s.result));
  orr_trainer_result_fini(&again);
  orr_trainer_result_fini(&s.result);
  desk_drop(&s.d);
}

typedef struct finisher {
  size_t at;
} finisher;

static orr_signal finish_at(void *context, const orr_report *r) {
  return r->step >= ((finisher *)context)->at ? ORR_FINISH : ORR_GO_ON;
}

static void a_stop_is_replayed_by_its_step(void **state) {
  (void)state;
  for (size_t k = 0; k < KINDS; k++)
    for (size_t at = 1; at < 12; at += 5) {
      desk d;
      finisher f = {at};
      take_kind(&d, &kinds[k]);
      d.work = (orr_work){.progress = finish_at, .context = &f};
      orr_trainer_result stopped = run(&d);
      assert_true(stopped.cut || stopped.stop_reason[0] == 'e'); /* early stopping may come first */
      d.work = (orr_work){0};
      if (stopped.cut) d.options.stop_step = stopped.steps;
      orr_trainer_result again = run(&d);
      if (!is_same(&d, &stopped, &again)) fail_msg("%s, stopped at %zu", kinds[k].name, at);
      assert_int_equal(again.cut, stopped.cut);
      orr_trainer_result_fini(&stopped);
      orr_trainer_result_fini(&again);
      desk_drop(&d);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(abandoned_at_any_moment_it_goes_on_to_the_same_bits),
      cmocka_unit_test(killed_twenty_times_it_goes_on_to_the_same_bits),
      cmocka_unit_test(a_pause_costs_nothing_and_changes_nothing),
      cmocka_unit_test(a_pause_obeys_a_stop),
      cmocka_unit_test(what_was_done_by_hand_is_replayed_from_its_record),
      cmocka_unit_test(a_stop_is_replayed_by_its_step),
  };
  return cmocka_run_group_tests_name("resume", tests, make_folder, remove_folder);
}
