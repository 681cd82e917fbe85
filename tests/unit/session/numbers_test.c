/* The numbers of a run: one name once, printed so that they read back to the bit, and
 * compared with an earlier run's without mercy or with a stated tolerance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "session/numbers.h"

static orr_status add(orr_numbers *all, const char *prefix, const char *name, double value, double error) {
  orr_number n = {.name = name, .value = value, .error = error, .n = 10, .n_eff = 9.5, .method = "exact"};
  return orr_numbers_add(all, prefix, &n, NULL);
}

static orr_numbers two(void) {
  orr_numbers all = {0};
  assert_int_equal(add(&all, "test.", "auc", 0.1 + 0.2, 0.05), ORR_OK);
  assert_int_equal(add(&all, "test.", "ece", NAN, NAN), ORR_OK);
  return all;
}

static void a_name_is_taken_once(void **state) {
  (void)state;
  orr_numbers all = two();
  orr_error e;
  orr_number again = {.name = "auc", .method = "exact"};
  assert_int_equal(orr_numbers_add(&all, "test.", &again, &e), ORR_RECIPE);
  assert_string_equal(e.message,
                      "the number 'test.auc' is there already; evaluate under another name with `as`");
  assert_int_equal(all.count, 2);
  assert_int_equal(orr_numbers_add(&all, "baseline.test.", &again, &e), ORR_OK);
  assert_true(orr_numbers_any(&all, "test.") && orr_numbers_any(&all, "baseline.") &&
              !orr_numbers_any(&all, "all."));
  assert_null(orr_numbers_find(&all, "auc"));
  assert_true(orr_numbers_find(&all, "test.auc")->value == 0.1 + 0.2);
  orr_numbers_fini(&all);
}

static void they_print_to_the_bit(void **state) {
  (void)state;
  orr_numbers all = two();
  orr_text text = {0};
  assert_int_equal(orr_numbers_print(&all, &text, NULL), ORR_OK);
  assert_non_null(strstr(text.data, "0.30000000000000004"));
  assert_non_null(strstr(text.data, "\"schema\":\t1"));
  assert_true(text.data[text.length - 1] == '\n');
  orr_json *j;
  assert_int_equal(orr_json_parse(text.data, text.length, &j, NULL), ORR_OK);
  const orr_json *ece = orr_json_get(orr_json_get(j, "numbers"), "test.ece");
  assert_null(orr_json_string(orr_json_get(ece, "value")));
  assert_string_equal(orr_json_text_of(ece, "method", ""), "exact");
  orr_json_free(j);
  orr_text_fini(&text);
  orr_numbers_fini(&all);
}

/* How many differences `json` has, told as `told`. */
static size_t check(const char *json, const char *told) {
  orr_numbers all = two();
  orr_text out = {0};
  size_t differences = 99;
  assert_int_equal(orr_numbers_check(&all, json, &out, &differences, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&out), told);
  orr_text_fini(&out);
  orr_numbers_fini(&all);
  return differences;
}

#define ECE                "\"test.ece\":{\"value\":null,\"error\":null}"
#define FILE_OF(auc, more) "{\"schema\":1,\"numbers\":{\"test.auc\":" auc more "}}"

static void equal_bits_agree(void **state) {
  (void)state;
  orr_numbers all = two();
  orr_text text = {0};
  assert_int_equal(orr_numbers_print(&all, &text, NULL), ORR_OK);
  assert_int_equal(check(text.data, ""), 0);
  assert_int_equal(check(FILE_OF("{\"value\":0.30000000000000004,\"error\":0.05}", "," ECE), ""), 0);
  assert_int_equal(check(FILE_OF("{\"value\":0.30000000000000004}", "," ECE), ""), 0);
  orr_text_fini(&text);
  orr_numbers_fini(&all);
}

static void the_last_bit_is_a_difference(void **state) {
  (void)state;
  assert_int_equal(
      check(FILE_OF("{\"value\":0.3,\"error\":0.05}", "," ECE), "test.auc is 0.30000000000000004, was 0.3\n"),
      1);
  assert_int_equal(check(FILE_OF("{\"value\":0.30000000000000004,\"error\":0.06}", "," ECE),
                         "test.auc error is 0.05, was 0.06\n"),
                   1);
  assert_int_equal(check(FILE_OF("{\"value\":null,\"error\":0.05}", "," ECE),
                         "test.auc is 0.30000000000000004, was null\n"),
                   1);
  assert_int_equal(
      check(FILE_OF("{\"value\":0.30000000000000004,\"error\":0.05}", ",\"test.ece\":{\"value\":1}"),
            "test.ece is nan, was 1\n"),
      1);
}

static void a_tolerance_is_absolute(void **state) {
  (void)state;
  assert_int_equal(check(FILE_OF("{\"value\":0.25,\"error\":0,\"tolerance\":0.0625}", "," ECE), ""), 0);
  assert_int_equal(check(FILE_OF("{\"value\":0.25,\"error\":0.05,\"tolerance\":0.01}", "," ECE),
                         "test.auc is 0.30000000000000004, was 0.25\n"),
                   1);
}

static void missing_and_new_numbers_are_told(void **state) {
  (void)state;
  assert_int_equal(check("{\"numbers\":{" ECE ",\"test.f1\":{\"value\":1}}}",
                         "test.f1 was there and is missing\ntest.auc is new\n"),
                   2);
  assert_int_equal(check("{\"numbers\":{}}", "test.auc is new\ntest.ece is new\n"), 2);
}

static void what_is_no_numbers_file_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"{}",
                                    "[]",
                                    "1",
                                    "null",
                                    "{\"numbers\":1}",
                                    "{\"numbers\":[1,2]}",
                                    "{\"numbers\":[{}]}",
                                    "{\"numbers\":\"x\"}"};
  orr_numbers all = two();
  orr_text out = {0};
  orr_error e;
  size_t n;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(orr_numbers_check(&all, bad[i], &out, &n, &e), ORR_USAGE);
  assert_int_equal(orr_numbers_check(&all, "{", &out, &n, &e), ORR_DATA);
  assert_int_equal(orr_numbers_check(&all, "", &out, &n, &e), ORR_DATA);
  assert_int_equal(check("{\"numbers\":{\"test.auc\":7,\"test.ece\":null}}",
                         "test.auc is 0.30000000000000004, was null\n"),
                   1);
  orr_text_fini(&out);
  orr_numbers_fini(&all);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  orr_status status = ORR_MEMORY;
  for (long after = 0; status && after < 100; after++) {
    orr_numbers all = {0};
    orr_memory_fail_after(after);
    status = add(&all, "test.", "auc", 1, 1);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    orr_numbers_fini(&all);
  }
  assert_int_equal(status, ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_is_taken_once),
      cmocka_unit_test(they_print_to_the_bit),
      cmocka_unit_test(equal_bits_agree),
      cmocka_unit_test(the_last_bit_is_a_difference),
      cmocka_unit_test(a_tolerance_is_absolute),
      cmocka_unit_test(missing_and_new_numbers_are_told),
      cmocka_unit_test(what_is_no_numbers_file_is_refused),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
