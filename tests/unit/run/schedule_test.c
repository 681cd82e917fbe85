/* Schedules: the factors at places where they are known, warm-up in steps and in epochs, the
 * plateau's memory; and the order of rows: a permutation for any size, another one each epoch,
 * without favourites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "run/order.h"
#include "run/schedule.h"

static double factor(const orr_schedule *s, double epoch, size_t step) {
  return orr_schedule_factor(s, &(orr_moment){.epoch = epoch, .epochs = 10, .length = 0.1, .step = step});
}

static void constant_is_one(void **state) {
  (void)state;
  orr_schedule s = {0};
  assert_true(factor(&s, 0, 0) == 1);
  assert_true(factor(&s, 9.9, 99) == 1);
}

static void warm_up_rises_in_a_line(void **state) {
  (void)state;
  orr_schedule steps = {.warm_up = {.steps = 4}}, epochs = {.warm_up = {.epochs = 2}};
  assert_float_equal(factor(&steps, 0, 0), 0.25, 1e-15);
  assert_float_equal(factor(&steps, 0.2, 2), 0.75, 1e-15);
  assert_true(factor(&steps, 0.3, 3) == 1);
  assert_float_equal(factor(&epochs, 0, 0), 0.05, 1e-15); /* an update is a tenth of an epoch */
  assert_float_equal(factor(&epochs, 0.9, 9), 0.5, 1e-15);
  assert_true(factor(&epochs, 3, 30) == 1);
}

/* SGDR's equation 5 with one period: 1, 1/2 in the middle, 0 at the end. */
static void cosine_falls_to_its_last(void **state) {
  (void)state;
  orr_schedule s = {.kind = ORR_SCHEDULE_COSINE};
  assert_float_equal(factor(&s, 0, 0), 1, 1e-15);
  assert_float_equal(factor(&s, 5, 50), 0.5, 1e-15);
  assert_float_equal(factor(&s, 2.5, 25), (1 + sqrt(0.5)) / 2, 1e-15);
  assert_float_equal(factor(&s, 10, 100), 0, 1e-15);
  s.last = 0.2;
  assert_float_equal(factor(&s, 5, 50), 0.6, 1e-15);
  assert_float_equal(factor(&s, 10, 100), 0.2, 1e-15);
  s.warm_up.epochs = 2;
  assert_float_equal(factor(&s, 6, 60), 0.6, 1e-15); /* the middle of what the warm-up leaves */
}

/* From 1/25 to 1 over the first 30 %, then to 1/250,000, along half cosines: the ends and the middles. */
static void one_cycle_goes_up_and_down(void **state) {
  (void)state;
  orr_schedule s = {.kind = ORR_SCHEDULE_ONE_CYCLE};
  assert_float_equal(factor(&s, 0, 0), 0.04, 1e-15);
  assert_float_equal(factor(&s, 1.5, 15), 0.52, 1e-15);
  assert_float_equal(factor(&s, 3, 30), 1, 1e-15);
  assert_float_equal(factor(&s, 6.5, 65), 0.500002, 1e-12);
  assert_float_equal(factor(&s, 10, 100), 4e-6, 1e-15);
}

static void a_plateau_shrinks_after_its_patience(void **state) {
  (void)state;
  orr_schedule s = {.kind = ORR_SCHEDULE_PLATEAU, .shrink = 0.5, .patience = 1};
  orr_plateau p = {.best = INFINITY, .factor = 1};
  const double losses[] = {3, 2, 2, 2.5, 1.9, NAN, 5, 5, 5};
  const bool shrinks[] = {false, false, false, true, false, false, true, false, true};
  for (size_t i = 0; i < 9; i++) assert_int_equal(orr_schedule_look(&s, &p, losses[i]), shrinks[i]);
  assert_true(p.factor == 0.125);
  assert_true(p.best == 1.9);
  s.kind = ORR_SCHEDULE_CONSTANT;
  assert_false(orr_schedule_look(&s, &p, 9));
}

static uint32_t *order_of(uint64_t seed, uint64_t epoch, size_t n) {
  orr_order o = {0};
  uint32_t *rows = orr_calloc(n, sizeof *rows);
  assert_non_null(rows);
  assert_int_equal(orr_order_set(&o, seed, epoch, n, NULL), ORR_OK);
  orr_order_fill(&o, 0, n, rows);
  orr_order_fini(&o);
  return rows;
}

static void every_row_comes_once(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 5, 64, 255, 256, 257, 1000, 4095, 100003, 1 << 17};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
      uint32_t *rows = order_of(9, epoch, sizes[k]);
      char *seen = orr_calloc(sizes[k], 1);
      assert_non_null(seen);
      for (size_t i = 0; i < sizes[k]; i++) {
        assert_true(rows[i] < sizes[k]);
        assert_false(seen[rows[i]]);
        seen[rows[i]] = 1;
      }
      orr_free(seen);
      orr_free(rows);
    }
}

static void it_can_be_taken_up_anywhere(void **state) {
  (void)state;
  enum { N = 5000 };
  orr_order o = {0};
  uint32_t *whole = order_of(4, 7, N), part[61];
  assert_int_equal(orr_order_set(&o, 4, 6, N, NULL), ORR_OK); /* of another epoch before */
  assert_int_equal(orr_order_set(&o, 4, 7, N, NULL), ORR_OK);
  for (size_t at = N - 61;; at -= 61) {
    orr_order_fill(&o, at, 61, part);
    assert_memory_equal(part, whole + at, sizeof part);
    if (at < 61) break;
  }
  orr_order_fini(&o);
  orr_free(whole);
}

static void epochs_and_seeds_have_orders_of_their_own(void **state) {
  (void)state;
  enum { N = 4000 };
  uint32_t *a = order_of(1, 0, N), *b = order_of(1, 1, N), *c = order_of(2, 0, N);
  size_t same_ab = 0, same_ac = 0;
  for (size_t i = 0; i < N; i++) same_ab += a[i] == b[i], same_ac += a[i] == c[i];
  assert_true(same_ab < 12 && same_ac < 12); /* one is expected, Poisson */
  orr_free(a);
  orr_free(b);
  orr_free(c);
}

/* All 120 orders of five rows come about equally often: chi² of 119 degrees stays below its 1e-6 quantile, 205. */
static void small_orders_are_all_alike(void **state) {
  (void)state;
  enum { N = 5, ORDERS = 120, ROUNDS = 24000 };
  size_t counts[ORDERS] = {0};
  double chi2 = 0;
  for (uint64_t epoch = 0; epoch < ROUNDS; epoch++) {
    uint32_t *rows = order_of(3, epoch, N);
    size_t number = 0;
    for (size_t i = 0; i < N; i++) {
      size_t smaller = 0;
      for (size_t j = i + 1; j < N; j++) smaller += rows[j] < rows[i];
      number = number * (N - i) + smaller;
    }
    counts[number]++;
    orr_free(rows);
  }
  for (size_t i = 0; i < ORDERS; i++) chi2 += ((double)counts[i] - 200) * ((double)counts[i] - 200) / 200;
  assert_true(chi2 < 205);
}

/* Where row i goes, in 16 × 16 fields of place and row over many epochs; 225 degrees, 1e-6 quantile 340. */
static void no_row_favours_a_place(void **state) {
  (void)state;
  enum { N = 1600, ROUNDS = 100, FIELDS = 16 };
  double counts[FIELDS][FIELDS] = {{0}}, chi2 = 0;
  double wanted = (double)N * ROUNDS / (FIELDS * FIELDS);
  for (uint64_t epoch = 0; epoch < ROUNDS; epoch++) {
    uint32_t *rows = order_of(8, epoch, N);
    for (size_t i = 0; i < N; i++) counts[i * FIELDS / N][rows[i] * FIELDS / N]++;
    orr_free(rows);
  }
  for (size_t i = 0; i < FIELDS; i++)
    for (size_t j = 0; j < FIELDS; j++) chi2 += (counts[i][j] - wanted) * (counts[i][j] - wanted) / wanted;
  assert_true(chi2 < 340);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constant_is_one),
      cmocka_unit_test(warm_up_rises_in_a_line),
      cmocka_unit_test(cosine_falls_to_its_last),
      cmocka_unit_test(one_cycle_goes_up_and_down),
      cmocka_unit_test(a_plateau_shrinks_after_its_patience),
      cmocka_unit_test(every_row_comes_once),
      cmocka_unit_test(it_can_be_taken_up_anywhere),
      cmocka_unit_test(epochs_and_seeds_have_orders_of_their_own),
      cmocka_unit_test(small_orders_are_all_alike),
      cmocka_unit_test(no_row_favours_a_place),
  };
  return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
