/* Errors: a message is one line, fits its buffer, and carries nothing a
 * terminal would act on, whatever text it was made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/error.h"

static void fills_and_returns_the_status(void **state) {
  (void)state;
  orr_error e;
  assert_int_equal(orr_fail(&e, ORR_SHAPE, "[%d,%d] by [%d,%d]", 2, 3, 4, 5), ORR_SHAPE);
  assert_int_equal(e.status, ORR_SHAPE);
  assert_string_equal(e.message, "[2,3] by [4,5]");
}

static void nobody_has_to_listen(void **state) {
  (void)state;
  assert_int_equal(orr_fail(NULL, ORR_DATA, "nothing"), ORR_DATA);
  assert_int_equal(orr_fail_memory(NULL, "nothing", 1), ORR_MEMORY);
  assert_int_equal(orr_fail_errno(NULL, "nothing"), ORR_SYSTEM);
  assert_int_not_equal(orr_fail_in(NULL, "where"), ORR_OK);
}

static void controls_never_reach_a_message(void **state) {
  (void)state;
  orr_error e;
  orr_fail(&e, ORR_DATA,
           "a\n\x1b[31m\x7f\xc2\x9b"
           "é%s",
           "\r\t");
  assert_string_equal(e.message, "a??[31m??é??");
}

static void long_messages_are_cut(void **state) {
  (void)state;
  orr_error e;
  char text[5000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  orr_fail(&e, ORR_DATA, "%s", text);
  assert_int_equal(strlen(e.message), sizeof e.message - 1);
  orr_fail_in(&e, "%s", text);
  assert_int_equal(strlen(e.message), sizeof e.message - 1);
}

static void a_place_goes_before_the_message(void **state) {
  (void)state;
  orr_error e;
  orr_fail(&e, ORR_RECIPE, "no such thing");
  assert_int_equal(orr_fail_in(&e, "line %d", 7), ORR_RECIPE);
  assert_string_equal(e.message, "line 7: no such thing");
}

static void system_errors_say_the_system_s_words(void **state) {
  (void)state;
  orr_error e;
  errno = ENOSPC;
  assert_int_equal(orr_fail_errno(&e, "cannot write '%s'", "f"), ORR_SYSTEM);
  assert_string_equal(e.message, "cannot write 'f': No space left on device");
}

/* The exit statuses are a contract with scripts (README, the command line). */
static void exit_statuses_are_the_contract_s(void **state) {
  (void)state;
  static const struct {
    orr_status status;
    int exit;
  } rows[] = {{ORR_OK, 0},      {ORR_CHECK, 1},  {ORR_USAGE, 2},    {ORR_DATA, 3},
              {ORR_RECIPE, 4},  {ORR_SHAPE, 4},  {ORR_DEADLINE, 4}, {ORR_NUMERIC, 5},
              {ORR_STOPPED, 6}, {ORR_SYSTEM, 7}, {ORR_MEMORY, 7}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(orr_status_exit(rows[i].status), rows[i].exit);
    assert_true(strlen(orr_status_name(rows[i].status)) > 1);
  }
}

static orr_status fails(orr_error *e) { return orr_fail(e, ORR_DATA, "inner"); }

static orr_status tries(orr_error *e, int *reached) {
  ORR_TRY(ORR_OK);
  ORR_TRY(fails(e));
  *reached = 1;
  return ORR_OK;
}

static orr_status goes(orr_error *e, int *cleaned) {
  orr_status status;
  ORR_GO(fails(e));
out:
  *cleaned = 1;
  return status;
}

static void failures_are_passed_on(void **state) {
  (void)state;
  orr_error e;
  int reached = 0, cleaned = 0;
  assert_int_equal(tries(&e, &reached), ORR_DATA);
  assert_int_equal(reached, 0);
  assert_int_equal(goes(&e, &cleaned), ORR_DATA);
  assert_int_equal(cleaned, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fills_and_returns_the_status),
      cmocka_unit_test(nobody_has_to_listen),
      cmocka_unit_test(controls_never_reach_a_message),
      cmocka_unit_test(long_messages_are_cut),
      cmocka_unit_test(a_place_goes_before_the_message),
      cmocka_unit_test(system_errors_say_the_system_s_words),
      cmocka_unit_test(exit_statuses_are_the_contract_s),
      cmocka_unit_test(failures_are_passed_on),
  };
  return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
