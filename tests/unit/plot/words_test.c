/* Figures in words: known figures and the sentences they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "plot/words.h"

typedef struct fixture {
  orr_arena arena;
  orr_figure figure;
  orr_panel *panel;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){0};
  orr_figure_init(&f.figure, &f.arena, "test", "A title");
  orr_figure_panel(&f.figure, NULL, &f.panel, NULL);
  f.panel->x.title = "step", f.panel->y.title = "loss";
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  orr_arena_fini(&((fixture *)*state)->arena);
  return 0;
}

static void mark(fixture *f, orr_mark m) {
  assert_int_equal(orr_panel_mark(&f->figure, f->panel, m, NULL), ORR_OK);
}

static void says(const fixture *f, const char *wanted) {
  orr_text out = {0};
  orr_figure_say(&f->figure, &out);
  assert_string_equal(orr_text_get(&out), wanted);
  orr_text_fini(&out);
}

static void curves_have_a_course_and_a_gap(void **state) {
  fixture *f = *state;
  static const double x[] = {1, 2, 3, 4, 5}, train[] = {1, 0.6, 0.4, 0.3, 0.2},
                      watched[] = {0.9, 0.7, 0.5, 0.6, 0.8};
  mark(f, (orr_mark){.kind = ORR_LINE, .title = "train", .n = 5, .x = x, .y = train});
  mark(f, (orr_mark){.kind = ORR_LINE, .title = "validation", .n = 5, .x = x, .y = watched});
  says(f, "A title.\n"
          "loss from 0.2 to 1 over step from 1 to 5.\n"
          "train falls from 1 to 0.2.\n"
          "validation falls from 0.9 to 0.8, lowest with 0.5 at step 3.\n"
          "train and validation cross at step 1.5; at the end validation is above train by 0.6.\n");
}

static void what_is_not_finite_is_not_said(void **state) {
  fixture *f = *state;
  static const double x[] = {1, 2, 3}, y[] = {NAN, 2, INFINITY}, none[] = {NAN, NAN, NAN};
  mark(f, (orr_mark){.kind = ORR_LINE, .n = 3, .x = x, .y = y});
  mark(f, (orr_mark){.kind = ORR_POINTS, .n = 3, .x = x, .y = none});
  says(f, "A title.\nloss from 2 to 2 over step from 1 to 3.\n");
}

static void bars_are_told_largest_first_with_errors(void **state) {
  fixture *f = *state;
  static const char *const names[] = {"mass", "charge"};
  static const double length[] = {0.1, 0.25}, error[] = {0.01, 0.02}, place[] = {0, 1}, thick[] = {0.7, 0.7};
  f->panel->x.title = "loss", f->panel->y = (orr_axis){.names = names, .n_names = 2};
  mark(f, (orr_mark){.kind = ORR_BARS_ACROSS, .n = 2, .x = length, .x2 = error, .y = place, .y2 = thick});
  says(f, "A title.\n"
          "loss, largest first: charge 0.25 ± 0.02, mass 0.1 ± 0.01.\n");
}

static void a_map_says_where_it_is_largest(void **state) {
  fixture *f = *state;
  static const char *const names[] = {"a", "b"};
  static const double shade[] = {0.9, 0.1, 0.3, 0.7};
  static const char *const labels[] = {"9", "1", "3", "7"};
  f->panel->x = (orr_axis){.title = "predicted", .names = names, .n_names = 2};
  f->panel->y = (orr_axis){.title = "true", .names = names, .n_names = 2};
  mark(f, (orr_mark){.kind = ORR_HEAT_MAP,
                     .title = "share",
                     .n = 4,
                     .rows = 2,
                     .cols = 2,
                     .y = shade,
                     .labels = labels});
  says(f, "A title.\n2 by 2 cells; largest share is 90 % at true a, predicted a.\n"
          "Off the diagonal the largest is 30 % at true b, predicted a.\n");
}

static void points_have_a_trend(void **state) {
  fixture *f = *state;
  static const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 6, 8};
  mark(f, (orr_mark){.kind = ORR_POINTS, .title = "rows", .n = 4, .x = x, .y = y});
  says(f, "A title.\nloss from 2 to 8 over step from 1 to 4.\n"
          "rows: 4 points about step 2.5, loss 5, closely rising (correlation 1.00).\n");
}

static void a_histogram_has_a_middle(void **state) {
  fixture *f = *state;
  static const double left[] = {0, 1, 2, 3}, right[] = {1, 2, 3, 4}, y[] = {0.25, 0.25, 0.25, 0.25};
  mark(f, (orr_mark){.kind = ORR_HISTOGRAM, .n = 4, .x = left, .x2 = right, .y = y});
  says(f, "A title.\nloss from 0.25 to 0.25 over step from 0 to 3.\n"
          "step: mean 2, most frequent near 0.5, the middle half from 1 to 3.\n");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(curves_have_a_course_and_a_gap),
      TEST(what_is_not_finite_is_not_said),
      TEST(bars_are_told_largest_first_with_errors),
      TEST(a_map_says_where_it_is_largest),
      TEST(points_have_a_trend),
      TEST(a_histogram_has_a_middle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
