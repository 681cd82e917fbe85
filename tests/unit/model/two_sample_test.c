/* The classifier two-sample test: it is right as often as the best classifier can be, sees what the columns alone
 * do not show, and its p-values are those of samples that do not differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/two_sample.h"
#include "num/linear.h"

enum { MOST = 3000 };

static double left[2 * MOST], right[2 * MOST];

/* Two columns, correlated by rho, the first about `mean`. */
static orr_matrix normal_rows(double *x, size_t n, uint64_t stream, double mean, double rho) {
  orr_random r = orr_random_stream(21, stream, ORR_FOR_TEST);
  for (size_t i = 0; i < n; i++) {
    double a = orr_random_normal(&r);
    x[2 * i] = mean + a;
    x[2 * i + 1] = rho * a + sqrt(1 - rho * rho) * orr_random_normal(&r);
  }
  return (orr_matrix){n, 2, x};
}

static orr_two_sample compare(const orr_matrix *a, const orr_matrix *b, const orr_work *work) {
  orr_two_sample t;
  orr_error e;
  if (orr_two_sample_test(a, b, 3, work, &t, &e)) fail_msg("%s", e.message);
  return t;
}

/* The best rule says which mean is nearer, and is right with probability Φ(1/2). */
static void a_shift_is_told_as_well_as_it_can_be(void **state) {
  (void)state;
  orr_matrix a = normal_rows(left, MOST, 1, 0, 0), b = normal_rows(right, MOST, 2, 1, 0);
  orr_two_sample t = compare(&a, &b, NULL);
  assert_true(t.accuracy > 0.6915 - 0.03 && t.accuracy < 0.6915 + 0.02);
  assert_true(t.p_value < 1e-12);
  assert_int_equal(t.rows, MOST);
  assert_true(fabs(t.standard_error - sqrt(t.accuracy * (1 - t.accuracy) / MOST)) < 1e-15);
}

/* The columns' own distributions are the same. */
static void a_correlation_is_told(void **state) {
  (void)state;
  orr_matrix a = normal_rows(left, MOST, 1, 0, 0.7), b = normal_rows(right, MOST, 2, 0, -0.7);
  orr_two_sample t = compare(&a, &b, NULL);
  assert_true(t.accuracy > 0.68);
}

/* Pairs of samples of one distribution, of different lengths: accuracies are as spread as independent rows give. */
static void samples_alike_are_not_told_apart(void **state) {
  (void)state;
  enum { PAIRS = 60 };
  double sum = 0, squares = 0;
  for (uint64_t i = 0; i < PAIRS; i++) {
    orr_matrix a = normal_rows(left, 250, 10 + i, 0, 0.5), b = normal_rows(right, 150, 100 + i, 0, 0.5);
    orr_two_sample t = compare(&a, &b, NULL);
    double z = (t.accuracy - 0.5) * 2 * sqrt(150);
    assert_int_equal(t.rows, 150);
    assert_true(fabs(t.p_value - 0.5 * erfc(z / sqrt(2))) < 1e-12);
    sum += z;
    squares += z * z;
  }
  assert_true(fabs(sum / PAIRS) < 3 / sqrt(PAIRS));
  assert_true(squares / PAIRS > 0.5 && squares / PAIRS < 1.6); /* chi-squared of 60: within 3 of its errors */
}

static void threads_and_missing_cells(void **state) {
  (void)state;
  orr_pool *pool;
  orr_error e;
  orr_matrix a = normal_rows(left, 500, 1, 0, 0), b = normal_rows(right, 500, 2, 0.3, 0);
  for (size_t i = 0; i < 1000; i += 7) left[i] = right[i + 1] = NAN;
  assert_int_equal(orr_pool_new(3, &pool, &e), ORR_OK);
  orr_two_sample one = compare(&a, &b, NULL), three = compare(&a, &b, &(orr_work){.pool = pool});
  assert_memory_equal(&one, &three, sizeof one);
  orr_pool_free(pool);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void what_cannot_be_compared_is_refused(void **state) {
  (void)state;
  orr_two_sample t;
  orr_error e;
  orr_matrix a = normal_rows(left, 500, 1, 0, 0), few = {ORR_LEAST_TWO_SAMPLE - 1, 2, right},
             other = {500, 1, right};
  assert_int_equal(orr_two_sample_test(&a, &few, 1, NULL, &t, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "19 rows"));
  assert_int_equal(orr_two_sample_test(&a, &other, 1, NULL, &t, &e), ORR_SHAPE);
  assert_int_equal(orr_two_sample_test(&a, &a, 1, &(orr_work){.progress = abandon}, &t, &e), ORR_STOPPED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shift_is_told_as_well_as_it_can_be), cmocka_unit_test(a_correlation_is_told),
      cmocka_unit_test(samples_alike_are_not_told_apart),     cmocka_unit_test(threads_and_missing_cells),
      cmocka_unit_test(what_cannot_be_compared_is_refused),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
