/* Goldens of the rooms Data and Recipe: before there is a table, looking, choosing, filling in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/tui/room_golden.h"

static desk d;

static int set_up(void **state) {
  (void)state;
  open_stars(&d);
  return 0;
}

static int set_up_empty(void **state) {
  (void)state;
  desk_open(&d, NULL);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  desk_close(&d);
  return 0;
}

/* Keys, what they ask for, and how it looks. */
static void press(const char *keys) {
  desk_keys(&d, keys);
  desk_settle(&d);
}

static void shows(const char *keys, const char *name) {
  press(keys);
  room_golden(&d, name);
}

static void no_table_yet(void **state) {
  (void)state;
  shows("", "data-none");
  shows("2", "recipe-none");
}

static void columns(void **state) {
  (void)state;
  shows("", "data-columns");
  shows("j j j", "data-missing");
  shows("j j", "data-words");
  shows("j", "data-times");
}

static void roles(void **state) {
  (void)state;
  press("G t");
  press("g i");
  shows("", "data-roles");
}

static void search(void **state) {
  (void)state;
  shows("/ m a g Enter", "data-search");
  shows("/ Ctrl-U x y z Enter", "data-search-nothing");
}

static void scatter(void **state) {
  (void)state;
  press("G t");
  press("g j m");
  shows("j j Tab", "data-scatter");
  shows("c Left Left Up", "data-crosshair");
}

static void rows(void **state) {
  (void)state;
  shows("b", "data-rows");
  shows("l s s", "data-rows-sorted");
  shows("l l l PageDown j", "data-rows-further");
}

static void refused(void **state) {
  (void)state;
  press("d");
  shows("l o g 1 0 ( x ) Enter", "data-derive-refused");
  press("Escape f");
  shows("m a g > 1 4 Enter", "data-filter-failed");
}

/* What the figure that is wanted would be drawn of. */
static size_t marks_of(const orr_answer *a) {
  assert_true(a && a->has_figure && a->figure.n_panels == 1);
  return a->figure.panels[0].n_marks;
}

static void colours_stay(void **state) {
  (void)state;
  press("G t g j");
  assert_int_equal(marks_of(d.ui.answers[ORR_ASK_FIGURE]), 2);
  shows("f ` p e r i o d Space [ d ] ` > 4 Enter", "data-filtered");
  assert_int_equal(marks_of(d.ui.answers[ORR_ASK_FIGURE]), 2);
  press("u");
  assert_int_equal(marks_of(d.ui.answers[ORR_ASK_FIGURE]), 2);
}

/* The figure another room asked for is not this one's. */
static void own_figure_again(void **state) {
  (void)state;
  press("j j");
  orr_question q = {.kind = ORR_ASK_FIGURE, .table = orr_ui_table(&d.ui)->table, .n_columns = 2};
  snprintf(q.plot, sizeof q.plot, "scatter");
  snprintf(q.columns[0], sizeof q.columns[0], "magnitude [mag]");
  snprintf(q.columns[1], sizeof q.columns[1], "period [d]");
  uint64_t other = orr_workbench_ask(d.workbench, &q);
  press("2");
  assert_int_equal(d.ui.answers[ORR_ASK_FIGURE]->number, other);
  press("1");
  assert_true(d.ui.answers[ORR_ASK_FIGURE]->number > other);
  assert_int_equal(d.ui.answers[ORR_ASK_FIGURE]->figure.panels[0].marks[0].kind, ORR_HISTOGRAM);
}

/* A target chosen later in Data counts, not what the form was given before. */
static void newest_target_counts(void **state) {
  (void)state;
  press("G t 2 Tab Enter g Enter");
  press("1 k k t 2");
  shows("", "recipe-target-of-data");
}

static void completes_paths(void **state) {
  (void)state;
  char folder[] = "/tmp/orrery-complete-XXXXXX", name[96];
  assert_non_null(mkdtemp(folder));
  static const char *const files[] = {"stars_a.csv", "stars_b.csv", "other.h5", ".hidden"};
  for (size_t i = 0; i < 4; i++) {
    snprintf(name, sizeof name, "%s/%s", folder, files[i]);
    assert_int_equal(orr_file_write(name, "x\n", 2, NULL), ORR_OK);
  }
  static const struct {
    const char *typed, *is;
  } cases[] = {{"s", "stars_"}, {"o", "other.h5"}, {"x", "x"},
               {"", ""},        {".", ".hidden"},  {"stars_b", "stars_b.csv"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    orr_line_editor l = {0};
    snprintf(l.text, sizeof l.text, "%s/%s", folder, cases[i].typed);
    l.length = l.at = strlen(l.text);
    orr_line_complete_path(&l);
    assert_string_equal(l.text + strlen(folder) + 1, cases[i].is);
    assert_int_equal(l.at, strlen(l.text));
  }
  orr_line_editor l = {0};
  snprintf(l.text, sizeof l.text, "%.*s", (int)strlen(folder) - 1, folder);
  l.length = l.at = strlen(l.text);
  orr_line_complete_path(&l);
  assert_int_equal(strlen(l.text), strlen(folder) + 1);
  assert_int_equal(l.text[strlen(folder)], '/');
  orr_file_remove_tree(folder);
}

static void recipe(void **state) {
  (void)state;
  shows("2", "recipe-choose");
  shows("Tab", "recipe-form");
  shows("Tab", "recipe-lua");
}

static void ready(void **state) {
  (void)state;
  press("G t 2");
  shows("Tab", "recipe-ready");
  shows("/ e p o c h s Enter Enter 0", "recipe-refused");
  shows("Backspace 4 0 Enter", "recipe-typed");
}

static void picks(void **state) {
  (void)state;
  press("G t 2 Tab");
  shows("j Enter", "recipe-choices");
  press("Escape j j j");
  shows("Enter j Space j Space", "recipe-columns");
  shows("Enter", "recipe-picked");
  press("k k k Enter");
  shows("End", "recipe-choices-end");
  press("g Escape");
}

int main(void) {
#define OVER_STARS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_table_yet, set_up_empty, tear_down),
      OVER_STARS(columns),
      OVER_STARS(roles),
      OVER_STARS(search),
      OVER_STARS(scatter),
      OVER_STARS(rows),
      OVER_STARS(refused),
      OVER_STARS(colours_stay),
      OVER_STARS(own_figure_again),
      OVER_STARS(newest_target_counts),
      cmocka_unit_test(completes_paths),
      OVER_STARS(recipe),
      OVER_STARS(ready),
      OVER_STARS(picks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
