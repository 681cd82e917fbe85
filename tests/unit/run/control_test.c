/* The control mailbox: a request only grows, and the first reason stays, also when many
 * threads ask at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_asked_at_first),
      cmocka_unit_test(a_request_only_grows),
      cmocka_unit_test(the_first_reason_stays),
      cmocka_unit_test(many_may_ask_at_once),
  };
  return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
