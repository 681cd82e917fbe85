/* Themes: the shipped ones say how every ink looks, and can be read at every depth; what is wrong in one is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/settings.h"
#include "app/tui/theme.h"

static const char *const shipped[] = {"dark", "light", "contrast"};

static void test_shipped(void **state) {
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    orr_theme t;
    orr_error e = {0};
    if (orr_theme_read("themes", shipped[i], &t, &e)) fail_msg("%s", e.message);
    assert_string_equal(t.name, shipped[i]);
    assert_int_equal(t.light, i == 1);
  }
}

/* An ink that a file forgets would silently be plain. */
static void test_every_ink_is_said(void **state) {
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    char path[64];
    orr_arena arena = {0};
    orr_value all;
    snprintf(path, sizeof path, "themes/%s.lua", shipped[i]);
    assert_int_equal(orr_settings_read(path, &arena, &all, NULL), ORR_OK);
    const orr_value *inks = orr_value_get(&all, "inks");
    for (size_t ink = 0; ink < ORR_INKS; ink++)
      if (!orr_value_get(inks, orr_ink_name((orr_ink)ink)))
        fail_msg("%s has no %s", path, orr_ink_name((orr_ink)ink));
    orr_arena_fini(&arena);
  }
}

static bool differs(const orr_look *a, const orr_look *b) {
  return a->fore != b->fore || a->back != b->back || a->bold != b->bold || a->underline != b->underline ||
         a->reverse != b->reverse || a->dim != b->dim;
}

/* At every depth, without any colour too: the cursor's row is not like the rest, nor is what is disabled, nor is bad like
 * good; and no text is the colour of a background. */
static void test_readable(void **state) {
  static const orr_ink told_apart[][2] = {{ORR_INK_CURSOR, ORR_INK_TEXT},
                                          {ORR_INK_CHOSEN, ORR_INK_TEXT},
                                          {ORR_INK_CURSOR, ORR_INK_CHOSEN},
                                          {ORR_INK_BAD, ORR_INK_GOOD}};
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    orr_theme t;
    assert_int_equal(orr_theme_read("themes", shipped[i], &t, NULL), ORR_OK);
    for (int depth = ORR_MONO; depth <= ORR_TRUE_COLOUR; depth++) {
      for (size_t k = 0; k < sizeof told_apart / sizeof *told_apart; k++) {
        orr_look a = orr_theme_look(&t, told_apart[k][0], (orr_depth)depth);
        orr_look b = orr_theme_look(&t, told_apart[k][1], (orr_depth)depth);
        if (!differs(&a, &b))
          fail_msg("%s at depth %d: %s", shipped[i], depth, orr_ink_name(told_apart[k][0]));
      }
      for (size_t ink = 0; ink < ORR_INKS; ink++) {
        orr_look l = orr_theme_look(&t, (orr_ink)ink, (orr_depth)depth);
        if (depth == ORR_MONO) assert_true(l.fore < 0 && l.back < 0);
        if (depth == ORR_8_COLOURS) assert_true(l.fore < 8 && l.back < 8);
        if (depth == ORR_16_COLOURS && t.light) assert_true(l.fore != 7 && l.fore != 15 && l.fore != 11);
        if (depth == ORR_16_COLOURS && !t.light) assert_true(l.fore != 0);
      }
    }
  }
}

static void test_nearest(void **state) {
  (void)state;
  assert_int_equal(orr_colour_nearest(0xff0000, ORR_MONO, false, false), -1);
  assert_int_equal(orr_colour_nearest(0xff0000, ORR_256_COLOURS, false, false), 196);
  assert_int_equal(orr_colour_nearest(0x808080, ORR_256_COLOURS, false, false), 244);
  assert_int_equal(orr_colour_nearest(0x123456, ORR_TRUE_COLOUR, false, false), 0x1123456);
  assert_int_equal(orr_colour_nearest(0xfe0101, ORR_16_COLOURS, false, false), 9);
  assert_int_not_equal(orr_colour_nearest(0x000000, ORR_16_COLOURS, false, false), 0); /* black on black */
  assert_int_equal(orr_colour_nearest(0x000000, ORR_16_COLOURS, false, true), -1);
  assert_int_equal(orr_colour_nearest(0x8a8a8a, ORR_8_COLOURS, false, false), 7); /* grey, not yellow */
  assert_int_not_equal(orr_colour_nearest(0xffffff, ORR_8_COLOURS, true, false), 7);
}

static void expect_problem(const char *text, const char *says) {
  char folder[] = "/tmp/orrery-themeXXXXXX", path[64];
  orr_theme t;
  orr_error e = {0};
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/mine.lua", folder);
  FILE *f = fopen(path, "w");
  fputs(text, f);
  fclose(f);
  assert_int_equal(orr_theme_read(folder, "mine", &t, &e), ORR_USAGE);
  if (!strstr(e.message, says)) fail_msg("%s: %s", text, e.message);
  unlink(path);
  rmdir(folder);
}

static void test_problems(void **state) {
  (void)state;
  expect_problem("return { inks = { txt = {} } }", "no ink 'txt'");
  expect_problem("return { inks = { text = { fore = 'pink' } } }", "text.fore is no colour");
  expect_problem("return { inks = { text = { fore = 300 } } }", "text.fore is no colour");
  expect_problem("return { inks = { text = { fore = 200 } } }", "of the 16 colours");
  expect_problem("return { inks = { text = { bold = 1 } } }", "true or false");
  expect_problem("return { inks = { text = { fat = true } } }", "has no 'fat'");
  expect_problem("return { series = { '#ffffff' } }", "eight colours");
  expect_problem("return { plot_text = '#ff' }", "no colour");
  expect_problem("return { dark = true }", "not understood");
  expect_problem("retrun", "mine.lua");
  orr_theme t;
  orr_error e = {0};
  assert_int_equal(orr_theme_read("themes", "none", &t, &e), ORR_USAGE);
  assert_int_equal(orr_theme_read("themes", "../themes/dark", &t, &e), ORR_USAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shipped),  cmocka_unit_test(test_every_ink_is_said),
      cmocka_unit_test(test_readable), cmocka_unit_test(test_nearest),
      cmocka_unit_test(test_problems),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
