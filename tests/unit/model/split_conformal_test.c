/* Split-conformal intervals: the radius is the order statistic it says, too few rows are
 * refused, and the promised coverage holds over many draws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/split_conformal.h"

enum { MOST = 200 };

static const double zeros[MOST];

static orr_status radius_of(const double *truth, size_t n, double level, double *radius, orr_error *e) {
  orr_arena arena = {0};
  orr_status status = orr_conformal_radius(truth, zeros, n, level, &arena, radius, e);
  orr_arena_fini(&arena);
  return status;
}

/* |residual| i + 1 in mixed order and of both signs: the k-th smallest is k. */
static void the_radius_is_an_order_statistic(void **state) {
  (void)state;
  static const struct {
    size_t n;
    double level, radius;
  } rows[] = {{9, 0.9, 9},   {19, 0.9, 18}, {20, 0.9, 19}, {99, 0.95, 95}, {99, 0.55, 55},
              {99, 0.07, 7}, {1, 0.5, 1},   {4, 0.01, 1},  {49, 0.14, 7},  {100, 0.9, 91}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double truth[MOST], radius;
    for (size_t k = 0; k < rows[i].n; k++) {
      double x = (double)((k * 7919) % rows[i].n) + 1;
      truth[k] = k % 2 ? x : -x;
    }
    assert_int_equal(radius_of(truth, rows[i].n, rows[i].level, &radius, NULL), ORR_OK);
    if (radius != rows[i].radius) fail_msg("%zu rows at %g: %g", rows[i].n, rows[i].level, radius);
  }
}

static void the_mean_is_taken_away(void **state) {
  (void)state;
  orr_arena arena = {0};
  double radius;
  assert_int_equal(
      orr_conformal_radius((double[]){5, 6, 9}, (double[]){4, 8, 9}, 3, 0.5, &arena, &radius, NULL), ORR_OK);
  assert_true(radius == 1);
  orr_arena_fini(&arena);
}

static void too_few_rows_are_refused(void **state) {
  (void)state;
  double radius;
  orr_error e;
  assert_int_equal(radius_of(zeros, 8, 0.9, &radius, &e), ORR_DATA);
  assert_non_null(
      strstr(e.message, "at level 0.9 needs at least 9 rows held back to calibrate it, and there are 8"));
  assert_int_equal(radius_of(zeros, 0, 0.9, &radius, &e), ORR_DATA);
  assert_int_equal(radius_of(zeros, 9, 0.9, &radius, &e), ORR_OK);
}

/* Exchangeable rows, whatever their distribution (here: heavy tails): the interval covers a new row with
 * probability ⌈(n+1) level⌉ / (n+1). Ten thousand draws: standard error below 0.005. */
static void coverage_is_what_it_says(void **state) {
  (void)state;
  enum { DRAWS = 10000, N = 24 };
  static const double levels[] = {0.5, 0.8, 0.9};
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (size_t l = 0; l < 3; l++) {
    size_t covered = 0;
    for (size_t draw = 0; draw < DRAWS; draw++) {
      double x[N + 1], radius;
      for (size_t i = 0; i <= N; i++) x[i] = pow(orr_random_normal(&r), 3);
      assert_int_equal(radius_of(x, N, levels[l], &radius, NULL), ORR_OK);
      covered += fabs(x[N]) <= radius;
    }
    double share = (double)covered / DRAWS, exact = ceil((N + 1) * levels[l] - 1e-9) / (N + 1);
    assert_true(exact >= levels[l]);
    assert_true(fabs(share - exact) < 4 * sqrt(exact * (1 - exact) / DRAWS));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_radius_is_an_order_statistic),
      cmocka_unit_test(the_mean_is_taken_away),
      cmocka_unit_test(too_few_rows_are_refused),
      cmocka_unit_test(coverage_is_what_it_says),
  };
  return cmocka_run_group_tests_name("split_conformal", tests, NULL, NULL);
}
