/* Why: this sentence is what most people take home; noise must never be called a gain. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "metric/compare.h"

static void expect(const char *title, double value, double error, bool lower_is_better,
                   const char *sentence) {
  orr_text t = {0};
  orr_number d = {.value = value, .error = error};
  assert_int_equal(orr_compare_verdict("boosted_trees", "logistic", title, d, lower_is_better, &t, NULL),
                   ORR_OK);
  assert_string_equal(orr_text_get(&t), sentence);
  orr_text_fini(&t);
}

static void test_earns(void **state) {
  (void)state;
  expect(
      "log loss", -0.0123, 0.0031, true,
      "boosted_trees earns its keep: its log loss is lower than logistic's by 0.0123 ± 0.0031 (4.0 standard "
      "errors).");
  expect(
      "accuracy", 0.05, 0.01, false,
      "boosted_trees earns its keep: its accuracy is higher than logistic's by 0.050 ± 0.010 (5.0 standard "
      "errors).");
}

static void test_few_rows_are_not_judged(void **state) {
  (void)state;
  orr_text t = {0};
  orr_number d = {.value = -1, .error = 1e-9, .n = 12, .n_eff = 10};
  assert_int_equal(orr_compare_verdict("knn", "logistic", "log loss", d, true, &t, NULL), ORR_OK);
  assert_string_equal(orr_text_get(&t),
                      "Whether knn earns its keep is not judged: 10 rows are too few; give 20 or more.");
  orr_text_fini(&t);
}

static void test_within(void **state) {
  (void)state;
  expect("log loss", -0.0061, 0.0031, true,
         "boosted_trees does not earn its keep: the difference of its log loss from logistic's, -0.0061 ± "
         "0.0031, "
         "is within 2 standard errors; prefer the simpler logistic.");
  expect("log loss", 0, 0, true,
         "boosted_trees does not earn its keep: the difference of its log loss from logistic's, 0 ± 0, is "
         "within 2 "
         "standard errors; prefer the simpler logistic.");
}

static void test_worse(void **state) {
  (void)state;
  expect("log loss", 0.0123, 0.0031, true,
         "boosted_trees is worse than logistic: its log loss is higher by 0.0123 ± 0.0031 (4.0 standard "
         "errors); "
         "prefer the simpler logistic.");
  expect("accuracy", -0.05, 0.01, false,
         "boosted_trees is worse than logistic: its accuracy is lower by 0.050 ± 0.010 (5.0 standard "
         "errors); prefer "
         "the simpler logistic.");
}

/* A difference without noise is one, but not a number of standard errors. */
static void test_no_noise(void **state) {
  (void)state;
  expect("log loss", -0.5, 0, true,
         "boosted_trees earns its keep: its log loss is lower than logistic's by 0.5 ± 0.");
}

static void test_unknown(void **state) {
  (void)state;
  expect("log loss", NAN, NAN, true,
         "It cannot be said whether boosted_trees earns its keep: the difference of its log loss from "
         "logistic's is "
         "undefined on these rows.");
  expect("log loss", -0.5, NAN, true,
         "It cannot be said whether boosted_trees earns its keep: the difference of its log loss from "
         "logistic's is "
         "-0.5, with an error that is not known.");
}

static void test_out_of_memory(void **state) {
  (void)state;
  orr_text t = {0};
  orr_memory_fail_after(0);
  orr_status status =
      orr_compare_verdict("a", "b", "log loss", (orr_number){.value = 1, .error = 1}, true, &t, NULL);
  orr_memory_fail_after(-1);
  assert_int_equal(status, ORR_MEMORY);
  orr_text_fini(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_earns),         cmocka_unit_test(test_few_rows_are_not_judged),
      cmocka_unit_test(test_within),        cmocka_unit_test(test_worse),
      cmocka_unit_test(test_no_noise),      cmocka_unit_test(test_unknown),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
