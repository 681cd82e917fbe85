/* The stream of gnuplot's driver: records come out as they went in however the
 * bytes are cut, and bytes of any other kind end it without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "plot/raster.h"
#include "plot/stream.h"

/* B(7, 20 × 5), C, W, D(2,1), P of 2, F(20 %) of 3, R, S, T, I of 2 × 1, N, E */
static const uint8_t all[] = "B\7\0\0\0\24\0\5\0"
                             "C\1\2\3"
                             "W\12"
                             "D\2\2\1"
                             "P\2\0\1\0\2\0\3\0\xff\xff"
                             "F\24\3\0\0\0\0\0\10\0\0\0\10\0\10\0"
                             "R\144\0\0\0\0\4\0\4\0"
                             "S\3\0\4\0\7\12"
                             "T\0\0\2\0\1\0\0\3\0abc"
                             "I\0\0\4\0\4\0\0\0\0\0\4\0\4\0\0\0\2\0\1\0\1\2\3\1\4\5\6\0"
                             "N"
                             "E\7\0\0\0";
enum { ALL = sizeof all - 1 };

static size_t count(orr_stream *s, char *kinds) {
  orr_stream_record r;
  size_t n = 0;
  while (orr_stream_next(s, &r)) kinds[n++] = r.kind;
  kinds[n] = 0;
  return n;
}

static void records_are_read(void **state) {
  (void)state;
  orr_stream s = {0};
  orr_stream_record r;
  assert_int_equal(orr_stream_feed(&s, all, ALL, NULL), ORR_OK);
  assert_true(orr_stream_next(&s, &r));
  assert_true(r.kind == 'B' && r.frame == 7 && r.columns == 20 && r.rows == 5);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'C' && r.colour[2] == 3);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'W' && r.tenths == 10);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'D' && r.n == 2 && r.bytes[1] == 1);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'P' && r.n == 2);
  assert_int_equal(orr_stream_point(&r, 1).x, 3);
  assert_int_equal(orr_stream_point(&r, 1).y, -1);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'F' && r.n == 3 && r.percent == 20);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'R' && r.n == 2 && r.percent == 100);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'S' && r.sign == 7 && r.tenths == 10);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'T' && r.justify == 1 && r.n == 3);
  assert_memory_equal(r.bytes, "abc", 3);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'I' && r.columns == 2 && r.rows == 1 && r.bytes[7] == 0);
  assert_true(orr_stream_next(&s, &r) && r.kind == 'N');
  assert_true(orr_stream_next(&s, &r) && r.kind == 'E' && r.frame == 7);
  assert_false(orr_stream_next(&s, &r));
  assert_false(s.broken);
  orr_stream_fini(&s);
}

static void cuts_do_not_matter(void **state) {
  (void)state;
  for (size_t at = 0; at <= ALL; at++) {
    orr_stream s = {0};
    char first[32], second[32];
    orr_stream_feed(&s, all, at, NULL);
    count(&s, first);
    orr_stream_feed(&s, all + at, ALL - at, NULL);
    count(&s, second);
    assert_false(s.broken);
    char both[64];
    stpcpy(stpcpy(both, first), second);
    assert_string_equal(both, "BCWDPFRSTINE");
    orr_stream_fini(&s);
  }
}

/* Whatever comes out is drawn: nothing of it may reach beyond the raster. */
static void draw_any(const uint8_t *bytes, size_t n) {
  orr_stream s = {0};
  orr_raster raster = {0};
  orr_stream_record r;
  orr_plot_palette palette = orr_plot_palette_plain(false);
  assert_int_equal(orr_raster_begin(&raster, 20, 5, true, &palette, NULL), ORR_OK);
  orr_stream_feed(&s, bytes, n, NULL);
  while (orr_stream_next(&s, &r)) orr_raster_add(&raster, &r);
  orr_drawing *d = orr_raster_finish(&raster, 1);
  assert_non_null(d);
  orr_drawing_unref(d);
  orr_raster_fini(&raster);
  orr_stream_fini(&s);
}

static void flipped_bytes_are_harmless(void **state) {
  (void)state;
  uint8_t bytes[ALL];
  for (size_t at = 0; at < ALL; at++)
    for (int bit = 0; bit < 8; bit++) {
      memcpy(bytes, all, ALL);
      bytes[at] ^= (uint8_t)(1 << bit);
      draw_any(bytes, ALL);
    }
}

static void random_bytes_are_harmless(void **state) {
  (void)state;
  orr_random r = orr_random_stream(3, 3, ORR_FOR_TEST);
  static const char letters[] = "BCNWDPFRSTIE";
  for (int i = 0; i < 3000; i++) {
    uint8_t bytes[200];
    for (size_t k = 0; k < sizeof bytes; k++)
      bytes[k] = (uint8_t)(orr_random_below(&r, 3) ? orr_random_below(&r, 256)
                                                   : (uint64_t)letters[orr_random_below(&r, 12)]);
    bytes[0] = (uint8_t)letters[orr_random_below(&r, 12)];
    draw_any(bytes, sizeof bytes);
  }
}

static void unsound_records_break_it(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
  } bad[] = {{"Z", 1},
             {"B\1\0\0\0\0\0\5\0", 9}, /* no columns */
             {"D\11"
              "123456789",
              11},                                       /* nine dashes */
             {"T\0\0\0\0\3\0\0\0\0", 10},                /* justified how? */
             {"F\145\0\0", 4},                           /* 101 percent */
             {"I0123456789abcdef\xff\xff\xff\xff", 21}}; /* 4 thousand million pixels */
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_stream s = {0};
    orr_stream_record r;
    orr_stream_feed(&s, bad[i].bytes, bad[i].n, NULL);
    assert_false(orr_stream_next(&s, &r));
    assert_true(s.broken);
    orr_stream_fini(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_are_read),           cmocka_unit_test(cuts_do_not_matter),
      cmocka_unit_test(flipped_bytes_are_harmless), cmocka_unit_test(random_bytes_are_harmless),
      cmocka_unit_test(unsound_records_break_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
