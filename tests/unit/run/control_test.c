/* The control mailbox: a request only grows, and the first reason stays, also when many
 * threads ask at once; what is set comes out in order; who waits is woken by anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "run/control.h"

static void nothing_is_asked_at_first(void **state) {
  (void)state;
  orr_control c = {0};
  assert_int_equal(orr_control_read(&c), ORR_GO_ON);
  assert_int_equal(orr_control_reason(&c), ORR_REASON_NONE);
  assert_string_equal(orr_reason_text(ORR_REASON_NONE), "");
  assert_string_equal(orr_reason_text(ORR_REASON_DEADLINE), "deadline");
}

static void a_request_only_grows(void **state) {
  (void)state;
  orr_control c = {0};
  orr_control_ask(&c, ORR_FINISH, ORR_REASON_DEADLINE);
  assert_int_equal(orr_control_read(&c), ORR_FINISH);
  orr_control_ask(&c, ORR_ABANDON, ORR_REASON_INTERRUPT);
  assert_int_equal(orr_control_read(&c), ORR_ABANDON);
  orr_control_ask(&c, ORR_FINISH, ORR_REASON_USER);
  orr_control_ask(&c, ORR_GO_ON, ORR_REASON_USER);
  assert_int_equal(orr_control_read(&c), ORR_ABANDON);
}

static void the_first_reason_stays(void **state) {
  (void)state;
  orr_control c = {0};
  orr_control_ask(&c, ORR_FINISH, ORR_REASON_DEADLINE);
  orr_control_ask(&c, ORR_ABANDON, ORR_REASON_TERMINATE);
  assert_int_equal(orr_control_reason(&c), ORR_REASON_DEADLINE);
}

typedef struct asker {
  orr_control *control;
  int number;
} asker;

static void *ask_often(void *context) {
  const asker *a = context;
  for (int i = 0; i < 2000; i++)
    orr_control_ask(a->control, a->number && i > 1000 ? ORR_ABANDON : ORR_FINISH,
                    (orr_reason)(1 + a->number));
  return NULL;
}

static void many_may_ask_at_once(void **state) {
  (void)state;
  enum { ASKERS = 4 };
  orr_control c = {0};
  pthread_t threads[ASKERS];
  asker askers[ASKERS];
  for (int i = 0; i < ASKERS; i++) {
    askers[i] = (asker){&c, i};
    assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
  }
  orr_reason seen = ORR_REASON_NONE;
  for (int last = 0, i = 0; i < 10000; i++) {
    int now = (int)orr_control_read(&c);
    assert_true(now >= last);
    last = now;
    orr_reason reason = orr_control_reason(&c);
    assert_true(!now || reason); /* who sees a request sees a reason */
    assert_true(!seen || reason == seen);
    seen = reason;
  }
  for (int i = 0; i < ASKERS; i++) pthread_join(threads[i], NULL);
  assert_int_equal(orr_control_read(&c), ORR_ABANDON);
}

static void what_is_set_comes_out_in_order(void **state) {
  (void)state;
  orr_control c = {0};
  orr_set set;
  assert_false(orr_control_take(&c, &set));
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < ORR_CONTROL_SETS; i++) assert_true(orr_control_set(&c, "learning_rate", i));
    assert_false(orr_control_set(&c, "learning_rate", 99)); /* full */
    for (int i = 0; i < ORR_CONTROL_SETS; i++) {
      assert_true(orr_control_take(&c, &set));
      assert_true(set.value == i);
      assert_string_equal(set.name, "learning_rate");
    }
    assert_false(orr_control_take(&c, &set));
  }
  assert_false(orr_control_set(&c, "a_name_that_is_far_too_long_to_be_one", 1));
}

static void pauses_and_checkpoints_may_be_asked_for_often(void **state) {
  (void)state;
  orr_control c = {0};
  assert_false(orr_control_is_paused(&c));
  unsigned before = orr_control_checkpoints(&c);
  for (int i = 0; i < 3; i++) {
    orr_control_pause(&c);
    assert_true(orr_control_is_paused(&c));
    orr_control_resume(&c);
    assert_false(orr_control_is_paused(&c));
    orr_control_ask_checkpoint(&c);
  }
  assert_int_equal(orr_control_checkpoints(&c), before + 3);
}

/* Sets numbers in bursts, through a mailbox that is often full, while the reader sleeps on the bell. */
static void *set_many(void *context) {
  for (int i = 0; i < 3000; i++)
    while (!orr_control_set(context, "x", i)) sched_yield();
  orr_control_ask(context, ORR_FINISH, ORR_REASON_HAND);
  return NULL;
}

static void no_ring_of_the_bell_is_missed(void **state) {
  (void)state;
  orr_control c = {0};
  orr_set set;
  pthread_t thread;
  int next = 0;
  assert_int_equal(pthread_create(&thread, NULL, set_many, &c), 0);
  for (;;) {
    unsigned bell = orr_control_bell(&c);
    bool ended = orr_control_read(&c) == ORR_FINISH;
    while (orr_control_take(&c, &set)) assert_true(set.value == next++);
    if (ended) break;
    orr_control_wait(&c, bell); /* a missed ring would sleep here for ever */
  }
  pthread_join(thread, NULL);
  assert_int_equal(next, 3000);
  assert_string_equal(orr_reason_text(orr_control_reason(&c)), "stopped by hand");
}

static void *ring_later(void *context) {
  nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  orr_control_resume(context);
  return NULL;
}

static void waiting_burns_nothing(void **state) {
  (void)state;
  orr_control c = {0};
  pthread_t thread;
  struct timespec before, after;
  unsigned bell = orr_control_bell(&c);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  assert_int_equal(pthread_create(&thread, NULL, ring_later, &c), 0);
  orr_control_wait(&c, bell);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  pthread_join(thread, NULL);
  assert_true(orr_control_bell(&c) != bell);
  assert_true((double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec) <
              0.01);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_asked_at_first),
      cmocka_unit_test(a_request_only_grows),
      cmocka_unit_test(the_first_reason_stays),
      cmocka_unit_test(many_may_ask_at_once),
      cmocka_unit_test(what_is_set_comes_out_in_order),
      cmocka_unit_test(pauses_and_checkpoints_may_be_asked_for_often),
      cmocka_unit_test(no_ring_of_the_bell_is_missed),
      cmocka_unit_test(waiting_burns_nothing),
  };
  return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
