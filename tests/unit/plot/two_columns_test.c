/* Plots of two columns, and that no allocation on the way to the screen fails but
 * as an ordinary error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "plot/kind.h"
#include "plot/screen_text.h"

enum { ROWS = 20000 };

typedef struct fixture {
  orr_arena arena;
  orr_table *table;
  orr_plot_input in;
  orr_figure figure;
  orr_error error;
} fixture;

/* x, y about 2x, a word, and the class B in one row of fifty. */
static orr_table *make_table(void) {
  static const char *const names[] = {"x", "word", "y", "class"};
  static const orr_type types[] = {ORR_FLOAT64, ORR_TEXT, ORR_FLOAT64, ORR_TEXT};
  orr_column *c[4];
  orr_table *t;
  orr_random r = orr_random_stream(6, 6, ORR_FOR_TEST);
  for (size_t k = 0; k < 4; k++)
    assert_int_equal(orr_column_new(names[k], types[k], ROWS, &c[k], NULL), ORR_OK);
  for (size_t i = 0; i < ROWS; i++) {
    c[0]->float64[i] = orr_random_normal(&r);
    c[2]->float64[i] = i % 1000 == 7 ? NAN : 2 * c[0]->float64[i] + orr_random_normal(&r);
    assert_int_equal(orr_map_add(&c[1]->words, "w", 1, &c[1]->codes[i], NULL), ORR_OK);
    assert_int_equal(orr_map_add(&c[3]->words, i % 50 ? "A" : "B", 1, &c[3]->codes[i], NULL), ORR_OK);
  }
  for (size_t k = 0; k < 4; k++) orr_column_seal(c[k]);
  assert_int_equal(orr_table_new(c, 4, "test", &t, NULL), ORR_OK);
  for (size_t k = 0; k < 4; k++) orr_column_unref(c[k]);
  return t;
}

static int set_up(void **state) {
  static fixture f;
  f = (fixture){.table = make_table()};
  f.in = (orr_plot_input){.table = f.table, .target = "class"};
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
  return 0;
}

static orr_status build(fixture *f, const char *name) {
  const orr_plot_kind *kind;
  assert_int_equal(orr_plot_find(name, &kind, NULL), ORR_OK);
  orr_figure_init(&f->figure, &f->arena, name, NULL);
  return kind->build(&f->in, &f->figure, &f->error);
}

/* The first two features that are numbers; an even choice of rows, of the rare class enough to be seen, and last. */
static void a_scatter_keeps_the_rare_class(void **state) {
  fixture *f = *state;
  assert_int_equal(build(f, "scatter"), ORR_OK);
  const orr_panel *p = f->figure.panels;
  assert_string_equal(p->x.title, "x");
  assert_string_equal(p->y.title, "y");
  assert_int_equal(p->n_marks, 2);
  assert_string_equal(p->marks[0].title, "class = A");
  assert_in_range(p->marks[0].n, 5000, 6000);
  assert_string_equal(p->marks[1].title, "class = B");
  assert_int_equal(p->marks[1].series, 1);
  assert_in_range(p->marks[1].n, 280, 320);
  for (size_t i = 0; i < p->marks[0].n; i++) assert_true(isfinite(p->marks[0].x[i] + p->marks[0].y[i]));
}

static void a_density_counts_rows(void **state) {
  fixture *f = *state;
  f->in.columns = (const char *const[]){"y", "x"};
  f->in.n_columns = 2;
  assert_int_equal(build(f, "density"), ORR_OK);
  const orr_mark *m = f->figure.panels[0].marks;
  assert_string_equal(f->figure.panels[0].x.title, "y");
  double rows = 0, most = 0;
  for (size_t i = 0; i < m->n; i++) {
    if (isnan(m->y[i])) continue;
    assert_true(m->y[i] >= 0 && m->y[i] <= 1);
    rows += round(pow(10, m->y[i] * m->scale[1]));
    most = fmax(most, m->y[i]);
  }
  assert_true(most == 1);
  assert_true(rows > 0.97 * ROWS && rows < ROWS); /* the middle 99 % of either */
}

static void what_is_not_two_columns_of_numbers_is_refused(void **state) {
  fixture *f = *state;
  f->in.columns = (const char *const[]){"x", "word", "y"};
  f->in.n_columns = 1;
  assert_int_equal(build(f, "scatter"), ORR_USAGE);
  f->in.n_columns = 2;
  assert_int_equal(build(f, "density"), ORR_USAGE);
  assert_non_null(strstr(f->error.message, "holds words"));
}

static orr_status draw(fixture *f, const char *name, orr_arena *arena) {
  const orr_plot_kind *kind;
  orr_cell_layout l;
  orr_plot_look look = {.mode = ORR_PLOT_CELLS, .columns = 60, .rows = 20};
  orr_text script = {0}, data = {0};
  orr_status status;
  look.palette = orr_plot_palette_plain(false);
  ORR_GO(orr_plot_find(name, &kind, &f->error));
  orr_figure_init(&f->figure, arena, name, NULL);
  ORR_GO(kind->build(&f->in, &f->figure, &f->error));
  ORR_GO(orr_cell_layout_find(&f->figure, &look, &l, &f->error));
  ORR_GO(orr_screen_text(&f->figure, &look, &l, 1, &script, &data, &f->error));
out:
  orr_text_fini(&script);
  orr_text_fini(&data);
  return status;
}

static void every_allocation_may_fail(void **state) {
  fixture *f = *state;
  static const char *const kinds[] = {"scatter", "density", "histogram"};
  for (size_t k = 0; k < 3; k++) {
    orr_status status = ORR_MEMORY;
    for (long after = 0; after < 100000 && status; after = after * 5 / 4 + 1) {
      orr_arena arena = {0};
      orr_memory_fail_after(after);
      status = draw(f, kinds[k], &arena);
      orr_memory_fail_after(-1);
      orr_arena_fini(&arena);
      assert_true(status == ORR_OK || status == ORR_MEMORY);
    }
    assert_int_equal(status, ORR_OK);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_scatter_keeps_the_rare_class),
      TEST(a_density_counts_rows),
      TEST(what_is_not_two_columns_of_numbers_is_refused),
      TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
