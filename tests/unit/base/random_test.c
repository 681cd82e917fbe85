/* Random streams: Philox gives Random123's published words (its kat_vectors,
 * philox4x32 with 10 rounds), streams do not meet, and what is made from the
 * words has the distribution it says. Bounds are many standard errors wide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"

static void words_are_the_published_ones(void **state) {
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], words[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    orr_random r = {0};
    memcpy(r.counter, known[i].counter, sizeof r.counter);
    memcpy(r.key, known[i].key, sizeof r.key);
    for (size_t k = 0; k < 4; k++) assert_int_equal(orr_random_word(&r), known[i].words[k]);
  }
}

static void streams_are_named_by_all_three(void **state) {
  (void)state;
  orr_random streams[] = {
      orr_random_stream(1, 0, ORR_FOR_TEST),          orr_random_stream(2, 0, ORR_FOR_TEST),
      orr_random_stream(1, 1, ORR_FOR_TEST),          orr_random_stream(1, 0, ORR_FOR_SPLIT),
      orr_random_stream(1ull << 32, 0, ORR_FOR_TEST), orr_random_stream(1, 1ull << 32, ORR_FOR_TEST)};
  enum { N = sizeof streams / sizeof *streams };
  uint32_t words[N];
  for (size_t i = 0; i < N; i++) words[i] = orr_random_word(&streams[i]);
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k < i; k++) assert_int_not_equal(words[i], words[k]);
  orr_random again = orr_random_stream(1, 0, ORR_FOR_TEST);
  assert_int_equal(orr_random_word(&again), words[0]);
  assert_int_not_equal(orr_random_derive(1, 0), orr_random_derive(1, 1));
  assert_int_equal(orr_random_derive(1, 5), orr_random_derive(1, 5));
}

/* 100 cells of 10,000: chi² has mean 99 and standard deviation 14. */
static void uniform_numbers_fill_the_unit_interval(void **state) {
  (void)state;
  enum { CELLS = 100, N = 1000000 };
  orr_random r = orr_random_stream(11, 0, ORR_FOR_TEST);
  double count[CELLS] = {0}, chi2 = 0;
  for (size_t i = 0; i < N; i++) {
    double u = orr_random_uniform(&r);
    assert_true(u >= 0 && u < 1);
    count[(size_t)(u * CELLS)]++;
  }
  for (size_t i = 0; i < CELLS; i++) chi2 += (count[i] - 1e4) * (count[i] - 1e4) / 1e4;
  assert_true(chi2 > 40 && chi2 < 180);
}

/* With bound 3·2^62 a plain remainder would give the lowest quarter twice as often. */
static void bounded_numbers_have_no_bias(void **state) {
  (void)state;
  enum { N = 300000 };
  orr_random r = orr_random_stream(12, 0, ORR_FOR_TEST);
  double low = 0;
  for (size_t i = 0; i < N; i++) {
    uint64_t x = orr_random_below(&r, 3ull << 62);
    assert_true(x < 3ull << 62);
    low += x < 1ull << 62;
  }
  assert_true(fabs(low / N - 1.0 / 3) < 0.006);
  for (size_t i = 0; i < 100; i++) assert_int_equal(orr_random_below(&r, 1), 0);
}

static void normal_numbers_have_their_moments(void **state) {
  (void)state;
  enum { N = 400000 };
  orr_random r = orr_random_stream(13, 0, ORR_FOR_TEST);
  double sum = 0, squares = 0, fourths = 0;
  for (size_t i = 0; i < N; i++) {
    double z = orr_random_normal(&r);
    assert_true(isfinite(z));
    sum += z, squares += z * z, fourths += z * z * z * z;
  }
  assert_true(fabs(sum / N) < 0.01);
  assert_true(fabs(squares / N - 1) < 0.015);
  assert_true(fabs(fourths / N - 3) < 0.1);
}

/* All 24 orders of four items, 1,000 of each expected: chi² has mean 23, standard deviation 7. */
static void shuffles_reach_all_orders_alike(void **state) {
  (void)state;
  orr_random r = orr_random_stream(14, 0, ORR_FOR_TEST);
  double count[256] = {0}, chi2 = 0;
  for (size_t round = 0; round < 24000; round++) {
    size_t items[4] = {0, 1, 2, 3};
    orr_random_shuffle(&r, items, 4);
    count[items[0] << 6 | items[1] << 4 | items[2] << 2 | items[3]]++;
  }
  size_t seen = 0;
  for (size_t i = 0; i < 256; i++) {
    seen += count[i] > 0;
    if (count[i] > 0) chi2 += (count[i] - 1000) * (count[i] - 1000) / 1000;
  }
  assert_int_equal(seen, 24);
  assert_true(chi2 < 60);
  orr_random_shuffle(&r, NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_the_published_ones),
      cmocka_unit_test(streams_are_named_by_all_three),
      cmocka_unit_test(uniform_numbers_fill_the_unit_interval),
      cmocka_unit_test(bounded_numbers_have_no_bias),
      cmocka_unit_test(normal_numbers_have_their_moments),
      cmocka_unit_test(shuffles_reach_all_orders_alike),
  };
  return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
