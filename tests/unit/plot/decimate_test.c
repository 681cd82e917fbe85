/* Decimation: the dots of a thinned curve are those of the whole one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "plot/decimate.h"

enum { N = 5000, DOTS = 40 };

static double x[N], y[N];
static size_t kept[N];

typedef struct column {
  double first, last, least, greatest;
  size_t n;
} column;

static void tally(const orr_dot_axis *a, const size_t *index, size_t n, column *c) {
  memset(c, 0, DOTS * sizeof *c);
  for (size_t i = 0; i < n; i++) {
    size_t at = index ? index[i] : i;
    double dot = orr_dot_of(a, x[at]);
    if (!(dot >= 0 && dot < DOTS) || !isfinite(y[at])) continue;
    column *k = &c[(size_t)dot];
    if (!k->n++) *k = (column){y[at], y[at], y[at], y[at], 1};
    k->last = y[at], k->least = fmin(k->least, y[at]), k->greatest = fmax(k->greatest, y[at]);
  }
}

static void each_column_keeps_its_reach(void **state) {
  (void)state;
  orr_random r = orr_random_stream(4, 4, ORR_FOR_TEST);
  for (int log = 0; log < 2; log++) {
    orr_dot_axis a = {.low = log ? 1 : 0, .high = N, .log = log, .dots = DOTS};
    column whole[DOTS], thin[DOTS];
    for (size_t i = 0; i < N; i++) x[i] = (double)i, y[i] = i % 97 ? orr_random_normal(&r) : NAN;
    size_t n = orr_decimate_line(&a, x, y, N, kept);
    assert_true(n <= 4 * (DOTS + 2));
    for (size_t i = 1; i < n; i++) assert_true(kept[i - 1] < kept[i]);
    tally(&a, NULL, N, whole);
    tally(&a, kept, n, thin);
    for (size_t k = 0; k < DOTS; k++) {
      assert_int_equal(whole[k].n > 0, thin[k].n > 0);
      assert_true(whole[k].first == thin[k].first && whole[k].last == thin[k].last);
      assert_true(whole[k].least == thin[k].least && whole[k].greatest == thin[k].greatest);
    }
  }
}

/* What lies beyond the axis still leads the line to its edge. */
static void the_neighbours_of_a_zoom_stay(void **state) {
  (void)state;
  orr_dot_axis a = {.low = 2000, .high = 2100, .dots = DOTS};
  for (size_t i = 0; i < N; i++) x[i] = (double)i, y[i] = 1;
  size_t n = orr_decimate_line(&a, x, y, N, kept);
  assert_true(x[kept[0]] < 2000 && x[kept[n - 1]] > 2100);
  assert_true(n <= 4 * (DOTS + 2));
}

static void a_curve_that_turns_back_is_whole(void **state) {
  (void)state;
  orr_dot_axis a = {.low = -1, .high = 1, .dots = DOTS};
  for (size_t i = 0; i < N; i++) x[i] = cos((double)i), y[i] = sin((double)i);
  assert_int_equal(orr_decimate_line(&a, x, y, N, kept), N);
}

static void few_points_stay(void **state) {
  (void)state;
  orr_dot_axis a = {.low = 0, .high = 1, .dots = DOTS};
  x[0] = 0.5, y[0] = 2;
  assert_int_equal(orr_decimate_line(&a, x, y, 0, kept), 0);
  assert_int_equal(orr_decimate_line(&a, x, y, 1, kept), 1);
  y[0] = NAN;
  assert_int_equal(orr_decimate_line(&a, x, y, 1, kept), 0);
}

static void every_dot_of_a_cloud_stays(void **state) {
  (void)state;
  orr_dot_axis a = {.low = 0, .high = 1, .dots = DOTS}, b = {.low = 0, .high = 1, .dots = DOTS};
  static unsigned char seen[DOTS * DOTS], whole[DOTS * DOTS];
  orr_random r = orr_random_stream(5, 5, ORR_FOR_TEST);
  for (size_t i = 0; i < N; i++) x[i] = orr_random_uniform(&r), y[i] = orr_random_uniform(&r) * x[i];
  size_t n = orr_decimate_points(&a, &b, x, y, N, seen, kept);
  for (size_t i = 0; i < N; i++)
    whole[(size_t)orr_dot_of(&b, y[i]) * DOTS + (size_t)orr_dot_of(&a, x[i])] = 1;
  assert_memory_equal(seen, whole, sizeof seen);
  size_t dots = 0;
  for (size_t i = 0; i < sizeof whole; i++) dots += whole[i];
  assert_int_equal(n, dots);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_column_keeps_its_reach),      cmocka_unit_test(the_neighbours_of_a_zoom_stay),
      cmocka_unit_test(a_curve_that_turns_back_is_whole), cmocka_unit_test(few_points_stay),
      cmocka_unit_test(every_dot_of_a_cloud_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
