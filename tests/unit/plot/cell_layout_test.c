/* Layout in characters: at every size the parts lie in their panels and apart,
 * and tics are few, round and told apart by their labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/cell_tics.h"
#include "plot/learning.h"
#include "plot/screen_text.h"

typedef struct fixture {
  orr_arena arena;
  orr_figure figure;
  orr_plot_look look;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){.look = {.mode = ORR_PLOT_CELLS, .columns = 80, .rows = 24}};
  f.look.palette = orr_plot_palette_plain(false);
  orr_figure_init(&f.figure, &f.arena, "test", "A title");
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  orr_arena_fini(&((fixture *)*state)->arena);
  return 0;
}

static void add_panels(fixture *f, size_t n, size_t columns, bool log) {
  static const double x[] = {1, 20, 300}, y[] = {1e-5, 0.3, 12};
  f->figure.columns = columns;
  for (size_t i = 0; i < n; i++) {
    orr_panel *p;
    assert_int_equal(orr_figure_panel(&f->figure, NULL, &p, NULL), ORR_OK);
    p->x = (orr_axis){.title = "a long title of the axis of x", .log = log};
    p->y = (orr_axis){.title = "y", .log = log};
    orr_mark m = {.kind = ORR_LINE, .title = "curve", .n = 3, .x = x, .y = y};
    assert_int_equal(orr_panel_mark(&f->figure, p, m, NULL), ORR_OK);
  }
}

static void check_axis(const orr_cell_axis *a) {
  assert_true(a->low < a->high && a->n <= ORR_CELL_TICS);
  for (size_t i = 0; i < a->n; i++) {
    assert_true(a->tics[i].value >= a->low - 1e-9 * fabs(a->low) - 1e-12);
    assert_true(a->tics[i].value <= a->high + 1e-9 * fabs(a->high) + 1e-12);
    for (size_t k = 0; k < i; k++)
      assert_true(!*a->tics[i].label || strcmp(a->tics[i].label, a->tics[k].label) != 0);
  }
}

static void check(fixture *f) {
  orr_cell_layout l;
  assert_int_equal(orr_cell_layout_find(&f->figure, &f->look, &l, NULL), ORR_OK);
  assert_true(l.n >= 1 && l.n + l.left_out == f->figure.n_panels);
  for (size_t i = 0; i < l.n; i++) {
    const orr_cell_panel *c = &l.panels[i];
    assert_true(c->first_column >= 0 && c->first_column < c->left && c->left < c->right);
    assert_true(c->right <= c->last_column + 1 && c->last_column < f->look.columns);
    assert_true(c->head < c->top && c->top < c->bottom && c->bottom + 1 < f->look.rows);
    assert_true(c->left - 1 - orr_cell_tics_width(&c->y) >= c->first_column);
    check_axis(&c->x);
    check_axis(&c->y);
    for (size_t k = 0; k < i; k++) {
      const orr_cell_panel *o = &l.panels[k];
      bool beside = o->last_column < c->first_column || c->last_column < o->first_column;
      assert_true(beside || o->bottom + 1 < c->top);
    }
  }
  orr_text script = {0}, data = {0};
  assert_int_equal(orr_screen_text(&f->figure, &f->look, &l, 1, &script, &data, NULL), ORR_OK);
  assert_null(strstr(script.data, "nan"));
  assert_null(strstr(script.data, "inf"));
  orr_text_fini(&script);
  orr_text_fini(&data);
}

static void check_sizes(fixture *f) {
  for (f->look.columns = 16; f->look.columns <= 130; f->look.columns += 7)
    for (f->look.rows = 5; f->look.rows <= 45; f->look.rows += 2) check(f);
}

static void one_panel_fits_everywhere(void **state) {
  fixture *f = *state;
  add_panels(f, 1, 1, false);
  check_sizes(f);
}

static void logarithmic_axes_fit_everywhere(void **state) {
  fixture *f = *state;
  add_panels(f, 1, 1, true);
  check_sizes(f);
}

static void a_grid_of_panels_fits_everywhere(void **state) {
  fixture *f = *state;
  add_panels(f, 9, 3, false);
  check_sizes(f);
}

static void a_stack_of_panels_fits_everywhere(void **state) {
  fixture *f = *state;
  add_panels(f, 3, 1, false);
  f->figure.panels[1].height = 0.4;
  check_sizes(f);
}

static void too_small_is_an_error(void **state) {
  fixture *f = *state;
  orr_cell_layout l;
  orr_error e;
  add_panels(f, 1, 1, false);
  f->look.columns = 15;
  assert_int_equal(orr_cell_layout_find(&f->figure, &f->look, &l, &e), ORR_DATA);
}

static void names_have_whole_rows(void **state) {
  fixture *f = *state;
  static const char *const names[] = {"mass", "charge", "a name that is far too long for its place"};
  static const double length[] = {3, 2, 1}, place[] = {0, 1, 2}, thick[] = {0.7, 0.7, 0.7};
  orr_panel *p;
  orr_cell_layout l;
  assert_int_equal(orr_figure_panel(&f->figure, NULL, &p, NULL), ORR_OK);
  p->y = (orr_axis){.names = names, .n_names = 3, .down = true};
  orr_mark m = {.kind = ORR_BARS_ACROSS, .n = 3, .x = length, .y = place, .y2 = thick};
  assert_int_equal(orr_panel_mark(&f->figure, p, m, NULL), ORR_OK);
  assert_int_equal(orr_cell_layout_find(&f->figure, &f->look, &l, NULL), ORR_OK);
  assert_int_equal((l.panels[0].bottom - l.panels[0].top) % 3, 0);
  assert_int_equal(l.panels[0].y.n, 3);
  assert_true(orr_cells_of(l.panels[0].y.tics[2].label) <= 20);
  assert_non_null(strstr(l.panels[0].y.tics[2].label, "…"));
}

static void zoom_and_turned_axes_hold(void **state) {
  fixture *f = *state;
  orr_cell_layout l;
  add_panels(f, 1, 1, false);
  f->look.zoom_x[0] = 2, f->look.zoom_x[1] = 3, f->look.log_y = true;
  assert_int_equal(orr_cell_layout_find(&f->figure, &f->look, &l, NULL), ORR_OK);
  assert_true(l.panels[0].x.low == 2 && l.panels[0].x.high == 3);
  assert_true(l.panels[0].y.log && l.panels[0].y.low > 0);
  orr_plot_axes a = orr_cell_panel_axes(&l.panels[0]);
  assert_true(a.y_log && a.x_low == 2 && a.left < a.right && a.top < a.bottom);
  f->figure.panels[0].marks[0].y = (const double[]){-1, -2, -3}; /* no logarithm of these */
  assert_int_equal(orr_cell_layout_find(&f->figure, &f->look, &l, NULL), ORR_OK);
  assert_false(l.panels[0].y.log);
}

static void tics_are(double low, double high, bool log, int most, int room, const char *wanted) {
  orr_cell_axis a = {.low = low, .high = high, .log = log};
  char all[1024] = "";
  orr_cell_tics(&a, false, most, room);
  for (size_t i = 0; i < a.n; i++)
    snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "",
             *a.tics[i].label ? a.tics[i].label : "|");
  assert_string_equal(all, wanted);
}

static void tics_are_round(void **state) {
  (void)state;
  tics_are(0, 1, false, 3, 0, "0.0 0.5 1.0");
  tics_are(0, 1, false, 6, 0, "0.0 0.2 0.4 0.6 0.8 1.0");
  tics_are(-3, 2.5, false, 4, 0, "-2 0 2");
  tics_are(0, 12345, false, 4, 0, "0 5000 10000");
  tics_are(0, 3e7, false, 4, 0, "0 1e7 2e7 3e7");
  tics_are(0, 2e-5, false, 4, 0, "0 1e-5 2e-5");
  tics_are(0, 3000, false, 9, 30, "0 1000 2000 3000"); /* side by side in 30 cells */
  tics_are(100.001, 100.003, false, 3, 0, "100.001 100.002 100.003");
}

static void tics_of_logarithms_are_powers(void **state) {
  (void)state;
  tics_are(1, 1000, true, 5, 0, "1 10 100 1000");
  tics_are(1e-4, 1, true, 9, 0, "1e-4 0.001 0.01 0.1 1");
  tics_are(1e-8, 1, true, 4, 0, "| | 1e-6 | | 0.001 | | 1");
}

static void what_has_no_width_has_no_tics(void **state) {
  (void)state;
  orr_cell_axis a = {.low = 1, .high = 1};
  orr_cell_tics(&a, false, 5, 0);
  assert_int_equal(a.n, 0);
  a.high = INFINITY;
  orr_cell_tics(&a, false, 5, 0);
  assert_int_equal(a.n, 0);
}

static void texts_are_cut_by_cells(void **state) {
  (void)state;
  orr_text t = {0};
  assert_int_equal(orr_cells_of("漢字e\xcc\x81"), 5);
  orr_cells_cut(&t, "漢字漢字", 5);
  assert_string_equal(t.data, "漢字…");
  t.length = 0;
  orr_cells_cut(&t, "short", 5);
  assert_string_equal(t.data, "short");
  orr_text_fini(&t);
}

/* The band holds the members, the line is their mean, and what is kept is marked on the curve. */
static void a_training_has_a_band_and_its_best(void **state) {
  fixture *f = *state;
  static const double step[] = {1, 2, 3}, a[] = {3, 2, 1}, b[] = {5, 2, 3, 9}, watched[] = {4, 1, 2};
  orr_learning_curve train[] = {{3, step, a}, {3, step, b}}, check_curve = {3, step, watched};
  orr_learning v = {.quantity = "loss",
                    .train = train,
                    .watched = &check_curve,
                    .n_train = 2,
                    .n_watched = 1,
                    .nudges = (const double[]){2},
                    .n_nudges = 1,
                    .best = 2};
  assert_int_equal(orr_figure_learning(&v, &f->figure, NULL), ORR_OK);
  const orr_panel *p = f->figure.panels;
  assert_int_equal(p->n_marks, 5);
  assert_true(p->marks[0].kind == ORR_BAND && p->marks[0].y[0] == 3 && p->marks[0].y2[0] == 5);
  assert_true(p->marks[1].kind == ORR_LINE && p->marks[1].y[0] == 4 && p->marks[1].y[2] == 2);
  assert_true(p->marks[3].muted && p->marks[3].x[0] == 2);
  assert_true(p->marks[4].kind == ORR_POINTS && p->marks[4].x[0] == 2 && p->marks[4].y[0] == 1);
  assert_string_equal(p->marks[4].title, "best 1");
  check_sizes(f);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(one_panel_fits_everywhere),
      TEST(logarithmic_axes_fit_everywhere),
      TEST(a_grid_of_panels_fits_everywhere),
      TEST(a_stack_of_panels_fits_everywhere),
      TEST(too_small_is_an_error),
      TEST(names_have_whole_rows),
      TEST(zoom_and_turned_axes_hold),
      TEST(tics_are_round),
      TEST(tics_of_logarithms_are_powers),
      TEST(what_has_no_width_has_no_tics),
      TEST(texts_are_cut_by_cells),
      TEST(a_training_has_a_band_and_its_best),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
