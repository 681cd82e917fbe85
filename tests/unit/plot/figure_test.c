/* Figures: axes run over what is finite, marks survive the growth of their
 * panel, and a key is put where there are no data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "plot/figure.h"
#include "plot/layout.h"
#include "plot/threshold.h"

typedef struct fixture {
  orr_arena arena;
  orr_figure figure;
  orr_panel *panel;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){0};
  orr_figure_init(&f.figure, &f.arena, "name", "title");
  *state = &f;
  return orr_figure_panel(&f.figure, NULL, &f.panel, NULL);
}

static int tear_down(void **state) {
  orr_arena_fini(&((fixture *)*state)->arena);
  return 0;
}

static void add(fixture *f, orr_mark m) {
  assert_int_equal(orr_panel_mark(&f->figure, f->panel, m, NULL), ORR_OK);
}

static void an_axis_runs_over_finite_numbers_with_room(void **state) {
  fixture *f = *state;
  const double x[] = {0, 100, INFINITY, 50}, y[] = {-1, 24, 3, NAN};
  double low, high;
  add(f, (orr_mark){.kind = ORR_LINE, .n = 4, .x = x, .y = y});
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(fabs(low + 4) < 1e-12);
  assert_true(fabs(high - 104) < 1e-12);
  orr_panel_range_y(f->panel, &low, &high);
  assert_true(fabs(low + 2) < 1e-12);
  assert_true(fabs(high - 25) < 1e-12);
}

static void given_bounds_hold(void **state) {
  fixture *f = *state;
  const double x[] = {0, 100};
  double low, high;
  f->panel->x.low = 10, f->panel->x.high = 20;
  add(f, (orr_mark){.kind = ORR_POINTS, .n = 2, .x = x, .y = x});
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(fabs(low - 10) < 1e-12);
  assert_true(fabs(high - 20) < 1e-12);
}

static void bars_stand_on_zero(void **state) {
  fixture *f = *state;
  const double x[] = {0, 1}, y[] = {5, 10}, width[] = {1, 1};
  double low, high;
  add(f, (orr_mark){.kind = ORR_BARS, .n = 2, .x = x, .y = y, .x2 = width});
  orr_panel_range_y(f->panel, &low, &high);
  assert_true(fabs(low) < 1e-12);
  assert_true(fabs(high - 10.4) < 1e-12);
}

static void nothing_and_constants_still_give_an_axis(void **state) {
  fixture *f = *state;
  const double same[] = {7, 7}, none[] = {NAN, NAN}, large[] = {1e300, 1e300};
  double low, high;
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(low < high);
  add(f, (orr_mark){.kind = ORR_POINTS, .n = 2, .x = same, .y = none});
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(low < 7 && high > 7);
  orr_panel_range_y(f->panel, &low, &high);
  assert_true(low < high && isfinite(low) && isfinite(high));
  f->panel->marks[0].x = large;
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(low < 1e300 && high > 1e300);
}

static void a_logarithmic_axis_leaves_out_what_is_not_positive(void **state) {
  fixture *f = *state;
  const double x[] = {-5, 0, 1, 100};
  double low, high;
  f->panel->x.log = true;
  add(f, (orr_mark){.kind = ORR_POINTS, .n = 4, .x = x, .y = x});
  orr_panel_range_x(f->panel, &low, &high);
  assert_true(low > 0.5 && low < 1 && high > 100 && high < 200);
}

static void marks_and_panels_survive_growth(void **state) {
  fixture *f = *state;
  const double x[] = {1};
  for (int i = 0; i < 50; i++) add(f, (orr_mark){.kind = ORR_POINTS, .n = 1, .x = x, .y = x, .series = i});
  for (int i = 0; i < 50; i++) assert_int_equal(f->panel->marks[i].series, i);
  orr_panel *p;
  for (int i = 0; i < 20; i++) assert_int_equal(orr_figure_panel(&f->figure, "more", &p, NULL), ORR_OK);
  assert_int_equal(f->figure.panels[0].n_marks, 50);
  assert_string_equal(f->figure.panels[20].title, "more");
}

static void a_heat_map_has_its_shape(void **state) {
  fixture *f = *state;
  const double y[6] = {0};
  orr_error e;
  orr_mark wrong = {.kind = ORR_HEAT_MAP, .n = 6, .rows = 2, .cols = 2, .y = y};
  assert_int_equal(orr_panel_mark(&f->figure, f->panel, wrong, &e), ORR_SHAPE);
  assert_string_equal(e.message, "heat map: 6 cells for 2 rows by 2 columns");
}

static void words_are_cut_at_characters(void **state) {
  (void)state;
  orr_text t = {0};
  orr_figure_shorten(&t, "ααααα", 5);
  orr_text_add(&t, "|");
  orr_figure_shorten(&t, "αααααα", 5);
  assert_string_equal(orr_text_get(&t), "ααααα|αααα…");
  orr_text_fini(&t);
}

static orr_key_place key_for(fixture *f, const double *x, const double *y, size_t n) {
  f->panel->n_marks = 0;
  f->panel->x = f->panel->y = (orr_axis){.low = 0, .high = 1};
  add(f, (orr_mark){.kind = ORR_LINE, .title = "a curve", .n = n, .x = x, .y = y});
  orr_canvas c = orr_layout_canvas(&f->figure);
  return orr_layout_panel(&f->figure, &c, 0).key;
}

static void the_key_keeps_off_the_data(void **state) {
  fixture *f = *state;
  const double up[] = {0, 1}, down[] = {1, 0};
  assert_int_equal(key_for(f, up, up, 2), ORR_BOTTOM_RIGHT);
  assert_int_equal(key_for(f, up, down, 2), ORR_TOP_RIGHT);
  const double edge_x[] = {0, 0, 1, 1, 0}, edge_y[] = {0.02, 0.98, 0.98, 0.02, 0.02};
  assert_int_equal(key_for(f, edge_x, edge_y, 5), ORR_CENTRE);
  const double all_x[] = {0, 1, 0, 1}, all_y[] = {0.05, 0.05, 0.95, 0.95};
  assert_int_equal(key_for(f, all_x, all_y, 4), ORR_OUTSIDE);
}

static void tics_tell_neighbours_apart(void **state) {
  fixture *f = *state;
  const double x[] = {2459000.5, 2459000.6};
  add(f, (orr_mark){.kind = ORR_POINTS, .n = 2, .x = x, .y = x});
  orr_canvas c = orr_layout_canvas(&f->figure);
  orr_place p = orr_layout_panel(&f->figure, &c, 0);
  assert_true(p.x.general && p.x.digits >= 9);
  assert_true(p.left > 0 && p.right > p.left && p.right < c.width && p.bottom > 0 && p.top > p.bottom);
}

static void thinning_keeps_the_ends_and_the_shape(void **state) {
  fixture *f = *state;
  orr_curve c = {.n = 100001};
  assert_int_equal(orr_arena_take(&f->arena, c.n, sizeof *c.x, (void **)&c.x, NULL), ORR_OK);
  assert_int_equal(orr_arena_take(&f->arena, c.n, sizeof *c.y, (void **)&c.y, NULL), ORR_OK);
  for (size_t i = 0; i < c.n; i++) c.x[i] = (double)i / 100000, c.y[i] = c.x[i] * c.x[i];
  orr_curve_thin(&c, 2000);
  assert_in_range(c.n, 1500, 2001);
  assert_true(c.x[0] == 0 && c.x[c.n - 1] == 1);
  for (size_t i = 1; i < c.n; i++) assert_true(c.x[i] - c.x[i - 1] < 0.002);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(an_axis_runs_over_finite_numbers_with_room),
      TEST(given_bounds_hold),
      TEST(bars_stand_on_zero),
      TEST(nothing_and_constants_still_give_an_axis),
      TEST(a_logarithmic_axis_leaves_out_what_is_not_positive),
      TEST(marks_and_panels_survive_growth),
      TEST(a_heat_map_has_its_shape),
      TEST(words_are_cut_at_characters),
      TEST(the_key_keeps_off_the_data),
      TEST(tics_tell_neighbours_apart),
      TEST(thinning_keeps_the_ends_and_the_shape),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
