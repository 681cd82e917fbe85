/* Goldens of the frame: header, footer, and what lies over a room, at three sizes, with UTF-8 and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tui/fixture.h"
#include "tests/tui/golden.h"

static const struct { int width, height; } sizes[] = {{80, 24}, {120, 40}, {60, 16}};

/* What the keys lead to, at all sizes. Inks are kept for one of them. */
static void everywhere(const char *name, const char *keys) {
  for (size_t i = 0; i < 3; i++)
    for (int utf8 = 0; utf8 < 2; utf8++) {
      fixture f;
      char file[96];
      fixture_init(&f, sizes[i].width, sizes[i].height, utf8);
      fixture_keys(&f, keys);
      fixture_draw(&f);
      snprintf(file, sizeof file, "%s-%dx%d%s", name, sizes[i].width, sizes[i].height, utf8 ? "" : "-ascii");
      golden_check(file, &f.grid, utf8 && !i);
      fixture_fini(&f);
    }
}

static void test_help(void **state) {
  (void)state;
  everywhere("help", "3 ?");
}

static void test_help_scrolled(void **state) {
  (void)state;
  everywhere("help-end", "3 ? G");
}

static void test_palette(void **state) {
  (void)state;
  everywhere("palette", ":");
}

static void test_palette_found(void **state) {
  (void)state;
  everywhere("palette-found", ": undo");
}

static void test_glossary(void **state) {
  (void)state;
  everywhere("glossary", "T calib Down");
}

static void test_journal(void **state) {
  (void)state;
  everywhere("journal", "R");
}

static orr_status refuse(orr_ui *ui, const char *text, orr_error *e) {
  (void)ui;
  return orr_fail(e, ORR_USAGE, "'%.40s' is no expression: a comparison ends after '>'", text);
}

static void with_prompt(const char *name, const char *keys) {
  for (size_t i = 0; i < 3; i++) {
    fixture f;
    char file[96];
    fixture_init(&f, sizes[i].width, sizes[i].height, true);
    fixture_keys(&f, "5");
    orr_ui_prompt(&f.ui, "Keep the rows for which", "snr > 5 and quality == 'good'", "snr >", refuse);
    fixture_keys(&f, keys);
    fixture_draw(&f);
    assert_int_equal(f.grid.cursor_y, sizes[i].height - 2);
    snprintf(file, sizeof file, "%s-%dx%d", name, sizes[i].width, sizes[i].height);
    golden_check(file, &f.grid, false);
    fixture_fini(&f);
  }
}

static void test_prompt(void **state) {
  (void)state;
  with_prompt("prompt", "Left Left");
}

static void test_prompt_refused(void **state) {
  (void)state;
  with_prompt("prompt-refused", "Enter");
}

static void test_prompt_longer_than_the_screen(void **state) {
  (void)state;
  with_prompt("prompt-long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
                             "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
                             "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc end");
}

static void test_confirm(void **state) {
  (void)state;
  everywhere("confirm", "5 q");
}

static void test_words(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, 80, 24, true);
  orr_ui_words(&f.ui, "In words", "The loss falls from 0.7 to 0.1.\n\nIt is least at step 200.");
  fixture_draw(&f);
  golden_check("words-80x24", &f.grid, false);
  fixture_fini(&f);
}

/* What runs, how far and how long; the message line. */
static void test_header(void **state) {
  (void)state;
  fixture f;
  fixture_init(&f, 80, 24, true);
  fixture_keys(&f, "5");
  f.ui.paused = true;
  orr_ui_say(&f.ui, ORR_INK_BAD, "%s",
             "fit: the target 'klass' is no column of s.data1; did you mean 'class'?");
  fixture_draw(&f);
  golden_check("header-80x24", &f.grid, true);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_help),
      cmocka_unit_test(test_help_scrolled),
      cmocka_unit_test(test_palette),
      cmocka_unit_test(test_palette_found),
      cmocka_unit_test(test_glossary),
      cmocka_unit_test(test_journal),
      cmocka_unit_test(test_prompt),
      cmocka_unit_test(test_prompt_refused),
      cmocka_unit_test(test_prompt_longer_than_the_screen),
      cmocka_unit_test(test_confirm),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_header),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
