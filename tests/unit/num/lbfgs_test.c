/* L-BFGS: minima known exactly, and an objective that asks to stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "num/lbfgs.h"

typedef struct counter {
  size_t calls, stop_at;
} counter;

/* Σ (i + 1) (x[i] - i)² / 2: the minimum is x[i] = i */
static orr_status bowl(void *context, size_t n, const double *x, double *gradient, double *value,
                       orr_error *e) {
  counter *c = context;
  if (++c->calls == c->stop_at) return orr_fail(e, ORR_STOPPED, "asked to");
  *value = 0;
  for (size_t i = 0; i < n; i++) {
    double r = x[i] - (double)i, k = (double)i + 1;
    *value += 0.5 * k * r * r;
    gradient[i] = k * r;
  }
  return ORR_OK;
}

/* Rosenbrock 1960: the minimum is (1, 1), at the end of a curved valley */
static orr_status valley(void *context, size_t n, const double *x, double *gradient, double *value,
                         orr_error *e) {
  (void)context, (void)n, (void)e;
  double a = 1 - x[0], b = x[1] - x[0] * x[0];
  *value = a * a + 100 * b * b;
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  return ORR_OK;
}

/* exp(-x) has no minimum */
static orr_status slope(void *context, size_t n, const double *x, double *gradient, double *value,
                        orr_error *e) {
  (void)context, (void)n, (void)e;
  *value = exp(-*x);
  *gradient = -*value;
  return ORR_OK;
}

static orr_status broken(void *context, size_t n, const double *x, double *gradient, double *value,
                         orr_error *e) {
  (void)context, (void)x, (void)e;
  *value = NAN;
  for (size_t i = 0; i < n; i++) gradient[i] = NAN;
  return ORR_OK;
}

static void minima(void **state) {
  (void)state;
  counter c = {0};
  double x[40] = {0}, again[40] = {0};
  orr_lbfgs_result r;
  assert_int_equal(orr_lbfgs_minimise(bowl, &c, 40, x, 1000, 1e-14, &r, NULL), ORR_OK);
  for (size_t i = 0; i < 40; i++) assert_true(fabs(x[i] - (double)i) < 1e-6);
  assert_int_equal(r.evaluations, c.calls);
  assert_string_equal(r.reason, "converged");
  assert_int_equal(orr_lbfgs_minimise(bowl, &c, 40, again, 1000, 1e-14, &r, NULL), ORR_OK);
  assert_memory_equal(x, again, sizeof x);
  double y[] = {-1.2, 1};
  assert_int_equal(orr_lbfgs_minimise(valley, NULL, 2, y, 1000, 1e-14, &r, NULL), ORR_OK);
  assert_true(fabs(y[0] - 1) < 1e-6 && fabs(y[1] - 1) < 1e-6);
}

static void a_start_at_the_minimum_stays(void **state) {
  (void)state;
  counter c = {0};
  double x[] = {0, 1, 2};
  orr_lbfgs_result r;
  assert_int_equal(orr_lbfgs_minimise(bowl, &c, 3, x, 100, 1e-12, &r, NULL), ORR_OK);
  assert_true(x[0] == 0 && x[1] == 1 && x[2] == 2);
}

static void limits_hold(void **state) {
  (void)state;
  double x = 0;
  orr_lbfgs_result r;
  assert_int_equal(orr_lbfgs_minimise(slope, NULL, 1, &x, 50, 0, &r, NULL), ORR_OK);
  assert_true(r.evaluations <= 50);
  double y[] = {-1.2, 1};
  assert_int_equal(orr_lbfgs_minimise(valley, NULL, 2, y, 5, 1e-14, &r, NULL), ORR_OK);
  assert_string_equal(r.reason, "evaluation limit");
}

static void a_stop_is_passed_on(void **state) {
  (void)state;
  counter c = {.stop_at = 4};
  double x[40] = {0};
  orr_lbfgs_result r;
  orr_error e = {0};
  assert_int_equal(orr_lbfgs_minimise(bowl, &c, 40, x, 1000, 1e-14, &r, &e), ORR_STOPPED);
  assert_int_equal(c.calls, 4);
  assert_string_equal(e.message, "asked to");
}

static void nonsense_is_reported(void **state) {
  (void)state;
  double x[2] = {0};
  orr_lbfgs_result r;
  assert_int_equal(orr_lbfgs_minimise(broken, NULL, 2, x, 100, 1e-12, &r, NULL), ORR_NUMERIC);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(minima),
      cmocka_unit_test(a_start_at_the_minimum_stays),
      cmocka_unit_test(limits_hold),
      cmocka_unit_test(a_stop_is_passed_on),
      cmocka_unit_test(nonsense_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
