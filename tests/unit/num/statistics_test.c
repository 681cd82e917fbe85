/* Sums and quantiles against hand-worked and published values (R's quantile()
 * type 7; the normal distribution's tables), and sums that plain addition loses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "num/statistics.h"

static void near(double got, double wanted, double tolerance) {
  if (!(fabs(got - wanted) <= tolerance)) fail_msg("got %.17g, not %.17g", got, wanted);
}

/* Plain addition gives 0 for the first (Neumaier 1974 gives it as his example), 1e6 ulps off for the second. */
static void sums_lose_nothing(void **state) {
  (void)state;
  assert_true(orr_sum_of((double[]){1, 1e100, 1, -1e100}, 4) == 2);
  orr_sum s = {0};
  for (int i = 0; i < 10000000; i++) orr_sum_add(&s, 0.1);
  near(orr_sum_get(&s), 1e6, 1e-9);
  assert_true(orr_sum_of(NULL, 0) == 0);
}

static void infinite_and_missing_terms_stay_what_they_are(void **state) {
  (void)state;
  assert_true(orr_sum_of((double[]){1, INFINITY, 2}, 3) == INFINITY);
  assert_true(orr_sum_of((double[]){-INFINITY}, 1) == -INFINITY);
  assert_true(isnan(orr_sum_of((double[]){INFINITY, -INFINITY}, 2)));
  assert_true(isnan(orr_sum_of((double[]){1, NAN}, 2)));
}

static void means_and_deviations(void **state) {
  (void)state;
  static const double x[] = {2, 4, 4, 4, 5, 5, 7, 9}, w[] = {1, 3, 0, 0, 2, 0, 1, 1};
  near(orr_mean(x, NULL, 8), 5, 0);
  near(orr_standard_deviation(x, NULL, 8, 5), 2, 0);
  near(orr_sample_deviation(x, 8), 2.13808993529939517, 1e-15); /* R: sd(x) */
  near(orr_mean(x, w, 8), orr_mean(x, NULL, 8), 0);
  near(orr_standard_deviation(x, w, 8, 5), 2, 0);
  near(orr_sample_deviation(x, 1), 0, 0);
  assert_true(isnan(orr_mean(x, NULL, 0)));
}

/* A variance by subtraction of squares would lose all digits here. */
static void a_large_offset_does_not_hurt(void **state) {
  (void)state;
  static const double x[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
  near(orr_mean(x, NULL, 4), 1e9 + 10, 0);
  near(orr_sample_deviation(x, 4), 5.4772255750516612, 1e-14);
}

static void quantiles_are_of_type_7(void **state) {
  (void)state;
  static const double x[] = {1, 2, 3, 4}, one[] = {5};
  near(orr_quantile_sorted(x, 4, 0), 1, 0);
  near(orr_quantile_sorted(x, 4, 0.25), 1.75, 0);
  near(orr_quantile_sorted(x, 4, 0.5), 2.5, 0);
  near(orr_quantile_sorted(x, 4, 0.9), 3.7, 1e-15);
  near(orr_quantile_sorted(x, 4, 1), 4, 0);
  near(orr_quantile_sorted(one, 1, 0.3), 5, 0);
  assert_true(isnan(orr_quantile_sorted(x, 0, 0.5)));
}

static void sorting(void **state) {
  (void)state;
  enum { N = 1000 };
  static double x[N];
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < N; i++) x[i] = orr_random_normal(&r);
  orr_sort(x, N);
  for (size_t i = 1; i < N; i++) assert_true(x[i - 1] <= x[i]);
  orr_sort(NULL, 0);
}

static void equal_values_keep_their_rows_order(void **state) {
  (void)state;
  enum { N = 5000 };
  static double x[N];
  static uint32_t index[N];
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < N; i++) x[i] = (double)orr_random_below(&r, 20);
  assert_int_equal(orr_sort_index(x, N, index, NULL), ORR_OK);
  for (size_t i = 1; i < N; i++) {
    double a = x[index[i - 1]], b = x[index[i]];
    assert_true(a < b || (a == b && index[i - 1] < index[i]));
  }
  orr_memory_fail_after(0);
  assert_int_equal(orr_sort_index(x, N, index, NULL), ORR_MEMORY);
  orr_memory_fail_after(-1);
}

static void effective_numbers(void **state) {
  (void)state;
  near(orr_effective_n(NULL, 7), 7, 0);
  near(orr_effective_n((double[]){2, 2, 2}, 3), 3, 0);
  near(orr_effective_n((double[]){3, 1}, 2), 1.6, 1e-15);
  near(orr_effective_n((double[]){0, 0}, 2), 0, 0);
}

/* Abramowitz & Stegun, table 26.1. */
static void the_normal_distribution(void **state) {
  (void)state;
  near(orr_normal_cdf(0), 0.5, 0);
  near(orr_normal_cdf(1), 0.841344746068543, 1e-15);
  near(orr_normal_cdf(1.96), 0.975002104851780, 1e-15);
  near(orr_normal_cdf(-8), 6.220960574271785e-16, 1e-29);
  near(orr_normal_pdf(0), 0.398942280401433, 1e-15);
  near(orr_normal_pdf(1), 0.241970724519143, 1e-15);
}

/* Against a full sort, on every length and on many equal values, which selection is prone to get wrong. */
static void the_median_needs_no_sort(void **state) {
  (void)state;
  double x[300], sorted[300];
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  assert_true(isnan(orr_median(NULL, 0)));
  for (size_t n = 1; n <= 300; n++)
    for (uint64_t values = 1; values < 1000; values *= 9) {
      for (size_t i = 0; i < n; i++) x[i] = sorted[i] = (double)orr_random_below(&r, values) - 3;
      orr_sort(sorted, n);
      assert_true(orr_median(x, n) == orr_quantile_sorted(sorted, n, 0.5));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_median_needs_no_sort),
      cmocka_unit_test(sums_lose_nothing),
      cmocka_unit_test(infinite_and_missing_terms_stay_what_they_are),
      cmocka_unit_test(means_and_deviations),
      cmocka_unit_test(a_large_offset_does_not_hurt),
      cmocka_unit_test(quantiles_are_of_type_7),
      cmocka_unit_test(sorting),
      cmocka_unit_test(equal_values_keep_their_rows_order),
      cmocka_unit_test(effective_numbers),
      cmocka_unit_test(the_normal_distribution),
  };
  return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
