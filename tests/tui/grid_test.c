/* The grid: nothing is drawn outside, no half of a wide character stays, what cannot be shown in ASCII has its
 * fallback. Widths are those of the C library in UTF-8. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/tui/grid.h"

static orr_grid grid;

static void begin(int width, int height, bool utf8) {
  setlocale(LC_CTYPE, "C.UTF-8");
  assert_int_equal(orr_grid_init(&grid, width, height, utf8, NULL), ORR_OK);
}

/* What is drawn is this; the grid ends. */
static void end(const char *expected) {
  orr_text t = {0};
  orr_grid_dump(&grid, false, &t);
  assert_string_equal(orr_text_get(&t), expected);
  orr_text_fini(&t);
  orr_grid_fini(&grid);
}

static orr_rect whole(void) { return orr_grid_whole(&grid); }

static void test_text_is_clipped(void **state) {
  (void)state;
  begin(8, 3, true);
  orr_rect in = {2, 1, 4, 1};
  assert_int_equal(orr_grid_text(&grid, in, 2, 1, ORR_INK_TEXT, "ab"), 4);
  assert_int_equal(orr_grid_text(&grid, in, 2, 0, ORR_INK_TEXT, "above"), 6);
  assert_int_equal(orr_grid_text(&grid, in, 4, 1, ORR_INK_TEXT, "cdef"), 6);
  assert_int_equal(orr_grid_text(&grid, in, 9, 1, ORR_INK_TEXT, "x"), 9);
  orr_grid_text(&grid, whole(), -2, 2, ORR_INK_TEXT, "12345");
  end("\n  abc…\n345\n");
}

static void test_wide_and_combining(void **state) {
  (void)state;
  begin(8, 5, true);
  assert_int_equal(orr_text_cells("a星e\u0301"), 4);
  assert_int_equal(orr_grid_text(&grid, whole(), 0, 0, ORR_INK_TEXT, "a星e\u0301x"), 5);
  orr_grid_text(&grid, whole(), 0, 1, ORR_INK_TEXT, "星星");
  orr_grid_text(&grid, whole(), 1, 1, ORR_INK_TEXT, "b"); /* over the right half of the first */
  orr_grid_text(&grid, whole(), 0, 2, ORR_INK_TEXT, "星星");
  orr_grid_text(&grid, whole(), 2, 2, ORR_INK_TEXT, "c"); /* over the left half of the second */
  orr_grid_text(&grid, (orr_rect){0, 3, 4, 1}, 0, 3, ORR_INK_TEXT, "a星星"); /* half of one fits */
  orr_grid_text(&grid, (orr_rect){0, 4, 3, 1}, 2, 4, ORR_INK_TEXT, "星");
  end("a星e\u0301x\n b星\n星c\na星…\n  …\n");
}

static void test_hostile_bytes(void **state) {
  (void)state;
  begin(24, 2, true);
  orr_grid_text(&grid, whole(), 0, 0, ORR_INK_TEXT, "a\033[31m\r\n\tb\x9b\xff\xc0\xaf\xe2\x82");
  orr_grid_text(&grid, whole(), 0, 1, ORR_INK_TEXT, "\u202e\xc2\x85z\u200f");
  end("a?[31m???b??????\n??z?\n");
}

static void test_ascii(void **state) {
  (void)state;
  begin(30, 3, false);
  orr_grid_text(&grid, whole(), 0, 0, ORR_INK_TEXT, "0.5 ± 0.1 × µm → 星…é");
  orr_grid_text(&grid, (orr_rect){0, 1, 6, 1}, 0, 1, ORR_INK_TEXT, "too long");
  orr_grid_text(&grid, whole(), 0, 2, ORR_INK_TEXT, "⠀⠁⡇⣿ █▁│─┼");
  end("0.5+/-0.1 x um > ??~?\ntoo l~\n .:# @:|-+\n");
}

static void test_numbers_end_right(void **state) {
  (void)state;
  begin(12, 3, true);
  orr_grid_right(&grid, whole(), 2, 0, 6, ORR_INK_NUMBER, "3.14");
  orr_grid_right(&grid, whole(), 2, 1, 6, ORR_INK_NUMBER, "1234567");
  orr_grid_right(&grid, whole(), 8, 2, 10, ORR_INK_NUMBER, "12345");
  end("    3.14\n  12345…\n\n");
}

static void test_wrapped(void **state) {
  (void)state;
  begin(9, 6, true);
  assert_int_equal(
      orr_grid_wrapped(&grid, (orr_rect){0, 0, 8, 6}, 0, ORR_INK_TEXT, "one two three\nfour abcdefghijk"), 5);
  assert_int_equal(orr_grid_wrapped(NULL, (orr_rect){0, 0, 8, 6}, 0, ORR_INK_TEXT, "one two three"), 2);
  assert_int_equal(orr_grid_wrapped(&grid, (orr_rect){0, 0, 0, 6}, 0, ORR_INK_TEXT, "x"), 0);
  end("one two\nthree\nfour\nabcdefgh\nijk\n\n");
}

static void test_panes_and_boxes(void **state) {
  (void)state;
  begin(14, 6, true);
  orr_rect left = orr_grid_pane(&grid, (orr_rect){0, 0, 14, 2}, "Rows", false);
  assert_int_equal(left.y, 1);
  assert_int_equal(left.height, 1);
  orr_rect in = orr_grid_box(&grid, (orr_rect){0, 2, 14, 4}, "Help");
  assert_int_equal(in.x, 2);
  assert_int_equal(in.y, 3);
  assert_int_equal(in.width, 10);
  assert_int_equal(in.height, 2);
  end("── Rows ──────\n\n┌─ Help ─────┐\n│            │\n│            │\n└────────────┘\n");
  begin(14, 3, false);
  orr_grid_pane(&grid, whole(), "A title too long", true);
  orr_grid_box(&grid, (orr_rect){0, 1, 3, 2}, "x");
  end("== A title ~ =\n+-+\n+-+\n");
}

static void test_bars(void **state) {
  (void)state;
  static const uint64_t values[] = {0, 1, 50, 100};
  begin(8, 4, true);
  orr_grid_spark(&grid, whole(), 1, 0, ORR_INK_BAR, values, 4);
  orr_grid_meter(&grid, whole(), 0, 1, 6, ORR_INK_BAR, 0.5);
  orr_grid_meter(&grid, whole(), 0, 2, 6, ORR_INK_BAR, 7);
  orr_grid_meter(&grid, whole(), 0, 3, 6, ORR_INK_BAR, 0.0 / 0.0);
  end("  ▁▄█\n███···\n██████\n······\n");
  begin(8, 2, false);
  orr_grid_spark(&grid, whole(), 1, 0, ORR_INK_BAR, values, 4);
  orr_grid_meter(&grid, whole(), 0, 1, 6, ORR_INK_BAR, 0.5);
  end("  .=@\n###...\n");
}

static void test_scrollbar(void **state) {
  (void)state;
  begin(1, 4, true);
  orr_grid_scrollbar(&grid, whole(), 0, 4, 4); /* all is seen: none */
  end("\n\n\n\n");
  begin(1, 4, true);
  orr_grid_scrollbar(&grid, whole(), 1, 4, 1000); /* not at the top: the thumb is not either */
  end("│\n█\n│\n│\n");
  begin(1, 4, true);
  orr_grid_scrollbar(&grid, whole(), 996, 4, 1000);
  end("│\n│\n│\n█\n");
}

static void test_rectangles(void **state) {
  (void)state;
  orr_rect r = {1, 2, 10, 5}, top = orr_rect_top(&r, 2), bottom = orr_rect_bottom(&r, 9);
  assert_int_equal(top.y, 2);
  assert_int_equal(top.height, 2);
  assert_int_equal(bottom.y, 4);
  assert_int_equal(bottom.height, 3);
  assert_int_equal(r.height, 0);
  r = (orr_rect){1, 2, 10, 5};
  orr_rect left = orr_rect_left(&r, 3), right = orr_rect_right(&r, 4);
  assert_int_equal(left.width, 3);
  assert_int_equal(r.x, 4);
  assert_int_equal(right.x, 7);
  assert_int_equal(r.width, 3);
  assert_int_equal(orr_rect_left(&r, -4).width, 0);
  orr_rect inner = orr_rect_inner((orr_rect){0, 0, 3, 9}, 2, 1);
  assert_int_equal(inner.width, 0);
  assert_int_equal(inner.height, 7);
}

static void test_tint_and_inks(void **state) {
  (void)state;
  orr_text t = {0};
  begin(4, 2, true);
  orr_grid_text(&grid, whole(), 0, 0, ORR_INK_KEY, "ab");
  orr_grid_tint(&grid, (orr_rect){1, 0, 2, 1}, ORR_INK_CURSOR);
  orr_grid_dump(&grid, true, &t);
  assert_string_equal(orr_text_get(&t), "ab\n\nigg\n\n");
  orr_text_fini(&t);
  orr_grid_fini(&grid);
}

static void test_no_room(void **state) {
  (void)state;
  begin(0, 0, true);
  orr_grid_text(&grid, whole(), 0, 0, ORR_INK_TEXT, "x");
  orr_grid_box(&grid, (orr_rect){0, 0, 5, 5}, "x");
  orr_grid_pane(&grid, (orr_rect){-3, -3, 5, 5}, "x", true);
  end("");
  begin(-1, 4, true);
  end("\n\n\n\n");
}

/* Random drawing at random places never leaves its rectangle, and leaves no half of a wide character. */
static void test_random(void **state) {
  static const char *const texts[] = {"plain", "星星星", "e\u0301e\u0301", "\xff\xfe", "a星b\u0301c"};
  uint64_t seed = 7;
  (void)state;
  begin(20, 10, true);
  for (int i = 0; i < 20000; i++) {
    int n[5];
    for (int k = 0; k < 5; k++)
      seed = seed * 6364136223846793005u + 1442695040888963407u, n[k] = (int)(seed >> 40);
    orr_rect in = {n[0] % 24 - 2, n[1] % 14 - 2, n[2] % 12, n[3] % 6};
    if (n[4] % 5 == 0) orr_grid_box(&grid, in, texts[n[4] % 4]);
    else orr_grid_text(&grid, in, in.x + n[4] % 7 - 2, in.y + n[3] % 3, ORR_INK_TEXT, texts[n[4] % 5]);
  }
  for (int y = 0; y < 10; y++)
    for (int x = 0; x < 20; x++) {
      const orr_cell *c = &grid.cells[y * 20 + x];
      if (!c->rune) assert_true(x > 0 && c[-1].rune == 0x661f);
      if (c->rune == 0x661f) assert_true(x < 19 && !c[1].rune);
    }
  orr_grid_fini(&grid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_text_is_clipped),
      cmocka_unit_test(test_wide_and_combining),
      cmocka_unit_test(test_hostile_bytes),
      cmocka_unit_test(test_ascii),
      cmocka_unit_test(test_numbers_end_right),
      cmocka_unit_test(test_wrapped),
      cmocka_unit_test(test_panes_and_boxes),
      cmocka_unit_test(test_bars),
      cmocka_unit_test(test_scrollbar),
      cmocka_unit_test(test_rectangles),
      cmocka_unit_test(test_tint_and_inks),
      cmocka_unit_test(test_no_room),
      cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
