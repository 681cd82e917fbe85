/* Plot kinds: known curves, degenerate inputs that give a figure or one clear
 * error, the same figure for any number of threads, and no allocation whose
 * failure is not an ordinary error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "plot/gnuplot.h"
#include "plot/kind.h"

static const char *const two[] = {"no", "yes"};

typedef struct fixture {
  orr_arena arena;
  orr_evaluation evaluation;
  orr_table *table;
  orr_plot_input in;
  orr_figure figure;
  orr_error error;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){0};
  f.in = (orr_plot_input){.evaluation = &f.evaluation, .model = "trees", .seed = 1};
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
  return 0;
}

static const orr_plot_kind *find(const char *name) {
  const orr_plot_kind *kind = NULL;
  assert_int_equal(orr_plot_find(name, &kind, NULL), ORR_OK);
  return kind;
}

static orr_status build(fixture *f, const char *name) {
  orr_figure_init(&f->figure, &f->arena, name, NULL);
  return find(name)->build(&f->in, &f->figure, &f->error);
}

/* The figure's script, checked: no number in it or its data is not finite. */
static void draw(fixture *f, const char *name, orr_text *script, orr_text *data) {
  assert_int_equal(build(f, name), ORR_OK);
  assert_int_equal(orr_gnuplot_render(&f->figure, script, data, NULL), ORR_OK);
  assert_int_equal(strspn(orr_text_get(data), "0123456789+-.e \n"), data->length);
  assert_null(strstr(orr_text_get(script), "nan"));
  assert_null(strstr(orr_text_get(script), "inf]"));
}

static void draws(fixture *f, const char *name) {
  orr_text script = {0}, data = {0};
  draw(f, name, &script, &data);
  assert_true(script.length > 0);
  orr_text_fini(&script);
  orr_text_fini(&data);
}

static void *take(fixture *f, size_t count, size_t size) {
  void *p;
  assert_int_equal(orr_arena_take(&f->arena, count, size, &p, NULL), ORR_OK);
  return p;
}

/* Two classes; p is the probability of the second. */
static void set_binary(fixture *f, const double *p, const int32_t *label, const double *weight, size_t n) {
  double *probability = take(f, 2 * n, sizeof *probability);
  for (size_t i = 0; i < n; i++) probability[2 * i] = 1 - p[i], probability[2 * i + 1] = p[i];
  f->evaluation = (orr_evaluation){.task = ORR_CLASSIFICATION,
                                   .n = n,
                                   .weight = weight,
                                   .classes = 2,
                                   .class_names = two,
                                   .label = label,
                                   .probability = probability};
  assert_int_equal(orr_evaluation_sort(&f->evaluation, &f->arena, NULL), ORR_OK);
}

/* Calibrated by making: the label is drawn with the probability. */
static void set_random(fixture *f, size_t n, size_t classes) {
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  orr_random r = orr_random_stream(5, n, ORR_FOR_TEST);
  double *probability = take(f, n * classes, sizeof *probability);
  int32_t *label = take(f, n, sizeof *label);
  for (size_t i = 0; i < n; i++) {
    double all = 0, at = orr_random_uniform(&r);
    for (size_t k = 0; k < classes; k++) all += probability[i * classes + k] = pow(orr_random_uniform(&r), 3);
    for (size_t k = 0; k < classes; k++) probability[i * classes + k] /= all;
    for (size_t k = 0; k + 1 < classes && (at -= probability[i * classes + k]) > 0; k++)
      label[i] = (int32_t)k + 1;
  }
  f->evaluation = (orr_evaluation){.task = ORR_CLASSIFICATION,
                                   .n = n,
                                   .classes = classes,
                                   .class_names = names,
                                   .label = label,
                                   .probability = probability};
  assert_int_equal(orr_evaluation_sort(&f->evaluation, &f->arena, NULL), ORR_OK);
}

static const orr_mark *titled(const fixture *f, const char *title) {
  for (size_t p = 0; p < f->figure.n_panels; p++)
    for (size_t m = 0; m < f->figure.panels[p].n_marks; m++) {
      const orr_mark *mark = &f->figure.panels[p].marks[m];
      if (mark->title && !strcmp(mark->title, title)) return mark;
    }
  return NULL;
}

static void a_wrong_name_gets_the_nearest(void **state) {
  fixture *f = *state;
  const orr_plot_kind *kind;
  assert_int_equal(orr_plot_find("reliabilty", &kind, &f->error), ORR_USAGE);
  assert_string_equal(f->error.message, "unknown plot 'reliabilty'; did you mean 'reliability'?");
  assert_int_equal(orr_plot_find("zzzzzzzzzz", &kind, &f->error), ORR_USAGE);
  assert_non_null(strstr(f->error.message, "roc, precision_recall"));
}

static void every_row_of_the_table_is_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_plots_count; i++) {
    assert_true(orr_plots[i]->name && orr_plots[i]->build && strlen(orr_plots[i]->help) > 20);
    assert_ptr_equal(find(orr_plots[i]->name), orr_plots[i]);
  }
}

/* The example of scikit-learn's documentation: AUC 0.75, average precision 0.83. */
static const double example_p[] = {0.1, 0.4, 0.35, 0.8};
static const int32_t example_label[] = {0, 0, 1, 1};

static void roc_of_the_textbook(void **state) {
  fixture *f = *state;
  const double x[] = {0, 0, 0.5, 0.5, 1}, y[] = {0, 0.5, 0.5, 1, 1};
  set_binary(f, example_p, example_label, NULL, 4);
  assert_int_equal(build(f, "roc"), ORR_OK);
  assert_string_equal(f->figure.title, "ROC curve: trees");
  const orr_mark *m = titled(f, "trees, AUC 0.750");
  assert_non_null(m);
  assert_int_equal(m->n, 5);
  for (size_t i = 0; i < 5; i++) assert_true(m->x[i] == x[i] && m->y[i] == y[i]);
}

static void precision_recall_of_the_textbook(void **state) {
  fixture *f = *state;
  const double x[] = {0, 0.5, 0.5, 1, 1}, y[] = {1, 1, 0.5, 2.0 / 3, 0.5};
  set_binary(f, example_p, example_label, NULL, 4);
  assert_int_equal(build(f, "precision_recall"), ORR_OK);
  const orr_mark *m = titled(f, "trees, AP 0.833");
  assert_non_null(m);
  assert_int_equal(m->n, 5);
  for (size_t i = 0; i < 5; i++) assert_true(m->x[i] == x[i] && m->y[i] == y[i]);
  assert_true(titled(f, "guessing")->y[0] == 0.5);
}

static void a_weight_is_that_many_rows(void **state) {
  fixture *f = *state;
  const double weight[] = {1, 3, 2, 1}, p[] = {0.1, 0.4, 0.4, 0.4, 0.35, 0.35, 0.8};
  const int32_t label[] = {0, 0, 0, 0, 1, 1, 1};
  static const char *const kinds[] = {"roc", "precision_recall", "confusion"};
  for (size_t k = 0; k < 3; k++) {
    orr_text script[2] = {{0}, {0}}, data[2] = {{0}, {0}};
    set_binary(f, example_p, example_label, weight, 4);
    draw(f, kinds[k], &script[0], &data[0]);
    set_binary(f, p, label, NULL, 7);
    draw(f, kinds[k], &script[1], &data[1]);
    assert_string_equal(orr_text_get(&data[0]), orr_text_get(&data[1]));
    assert_string_equal(orr_text_get(&script[0]), orr_text_get(&script[1]));
    for (int i = 0; i < 2; i++) orr_text_fini(&script[i]), orr_text_fini(&data[i]);
  }
}

static void one_class_is_one_clear_error(void **state) {
  fixture *f = *state;
  const int32_t label[] = {1, 1, 1, 1};
  set_binary(f, example_p, label, NULL, 4);
  assert_int_equal(build(f, "roc"), ORR_DATA);
  assert_string_equal(f->error.message,
                      "all 4 rows to plot are of class 'yes', and AUC needs two; try a larger test part");
  assert_int_equal(build(f, "precision_recall"), ORR_DATA);
  draws(f, "reliability");
  draws(f, "confusion");
}

static void constant_predictions_are_chance(void **state) {
  fixture *f = *state;
  const double p[] = {0.5, 0.5, 0.5, 0.5};
  set_binary(f, p, example_label, NULL, 4);
  draws(f, "roc");
  assert_non_null(titled(f, "trees, AUC 0.500"));
  draws(f, "precision_recall");
  draws(f, "reliability");
  assert_int_equal(titled(f, "trees")->n, 1);
  draws(f, "confusion");
}

static void one_row_is_drawn(void **state) {
  fixture *f = *state;
  set_binary(f, example_p, example_label, NULL, 1);
  draws(f, "reliability");
  draws(f, "confusion");
  assert_int_equal(build(f, "roc"), ORR_DATA);
}

static void no_rows_or_no_evaluation_are_refused(void **state) {
  fixture *f = *state;
  set_binary(f, example_p, example_label, NULL, 0);
  assert_int_equal(build(f, "roc"), ORR_DATA);
  assert_int_equal(build(f, "residuals"), ORR_USAGE);
  f->in.evaluation = NULL;
  assert_int_equal(build(f, "confusion"), ORR_USAGE);
  assert_int_equal(build(f, "histogram"), ORR_USAGE);
}

static void weights_that_cancel_are_refused(void **state) {
  fixture *f = *state;
  const double weight[] = {1, 1, -1, -1};
  set_binary(f, example_p, example_label, weight, 4);
  assert_int_equal(build(f, "roc"), ORR_DATA);
  assert_int_equal(build(f, "reliability"), ORR_DATA);
}

static void ten_classes_give_eight_curves(void **state) {
  fixture *f = *state;
  set_random(f, 3000, 10);
  draws(f, "roc");
  assert_int_equal(f->figure.panels[0].n_marks, 9);
  draws(f, "precision_recall");
  draws(f, "reliability");
  draws(f, "confusion");
}

static void a_long_curve_is_thinned(void **state) {
  fixture *f = *state;
  set_random(f, 50000, 2);
  assert_int_equal(build(f, "roc"), ORR_OK);
  assert_in_range(f->figure.panels[0].marks[0].n, 500, 2002);
}

/* By making the model is calibrated: the diagonal is inside nearly every bin's 95 % band. */
static void a_calibrated_model_lies_on_the_diagonal(void **state) {
  fixture *f = *state;
  set_random(f, 20000, 2);
  assert_int_equal(build(f, "reliability"), ORR_OK);
  const orr_mark *band = titled(f, "95 % of resamples"), *points = titled(f, "trees");
  int outside = 0;
  assert_int_equal(points->n, 15);
  for (size_t i = 0; i < 15; i++) {
    outside += band->y[i] > band->x[i] || band->y2[i] < band->x[i];
    double error = sqrt(points->y[i] * (1 - points->y[i]) / (20000.0 / 15));
    assert_true(fabs(points->y2[i] - error) < 0.1 * error + 1e-3);
    assert_true(fabs((band->y2[i] - band->y[i]) / (2 * 1.96) - error) < 0.3 * error + 1e-3);
  }
  assert_in_range(outside, 0, 4);
}

static void threads_do_not_change_a_figure(void **state) {
  fixture *f = *state;
  orr_text script[2] = {{0}, {0}}, data[2] = {{0}, {0}};
  orr_work work = {0};
  set_random(f, 2000, 3);
  draw(f, "reliability", &script[0], &data[0]);
  assert_int_equal(orr_pool_new(3, &work.pool, NULL), ORR_OK);
  f->in.work = &work;
  draw(f, "reliability", &script[1], &data[1]);
  f->in.work = NULL;
  orr_pool_free(work.pool);
  assert_string_equal(orr_text_get(&data[0]), orr_text_get(&data[1]));
  for (int i = 0; i < 2; i++) orr_text_fini(&script[i]), orr_text_fini(&data[i]);
}

static void set_regression(fixture *f, size_t n) {
  orr_random r = orr_random_stream(9, n, ORR_FOR_TEST);
  double *truth = take(f, n, sizeof *truth), *mean = take(f, n, sizeof *mean),
         *lower = take(f, n, sizeof *lower), *upper = take(f, n, sizeof *upper);
  for (size_t i = 0; i < n; i++) {
    mean[i] = 10 * orr_random_uniform(&r);
    truth[i] = mean[i] + orr_random_normal(&r);
    lower[i] = mean[i] - 1.6, upper[i] = mean[i] + 1.6;
  }
  f->evaluation = (orr_evaluation){.task = ORR_REGRESSION,
                                   .n = n,
                                   .truth = truth,
                                   .mean = mean,
                                   .lower = lower,
                                   .upper = upper,
                                   .level = 0.9};
}

static void residuals_are_truth_minus_prediction(void **state) {
  fixture *f = *state;
  set_regression(f, 12345);
  draws(f, "residuals");
  assert_int_equal(f->figure.n_panels, 2);
  const orr_mark *m = &f->figure.panels[1].marks[1];
  assert_int_equal(m->n, 5000);
  assert_true(m->y[0] == f->figure.panels[0].marks[1].y[0] - m->x[0]);
  const orr_mark *band = titled(f, "90 % interval");
  for (size_t i = 0; i < band->n; i++) assert_true(fabs(band->y2[i] - band->y[i] - 3.2) < 1e-9);
}

static void odd_regressions_are_drawn_or_refused(void **state) {
  fixture *f = *state;
  const double same[] = {3, 3, 3}, none[] = {NAN, NAN, NAN};
  f->evaluation = (orr_evaluation){.task = ORR_REGRESSION, .n = 1, .truth = same, .mean = same};
  draws(f, "residuals");
  f->evaluation.n = 3;
  draws(f, "residuals");
  f->evaluation.truth = none;
  assert_int_equal(build(f, "residuals"), ORR_DATA);
}

/* x: numbers apart by class; none: all missing; word; same: constant; class; weight where asked. */
static void set_table(fixture *f, size_t n) {
  static const char *const names[] = {"x", "none", "word", "same", "class"};
  static const orr_type types[] = {ORR_FLOAT64, ORR_FLOAT64, ORR_TEXT, ORR_INT64, ORR_TEXT};
  orr_column *c[5];
  orr_random r = orr_random_stream(3, n, ORR_FOR_TEST);
  for (size_t k = 0; k < 5; k++) assert_int_equal(orr_column_new(names[k], types[k], n, &c[k], NULL), ORR_OK);
  for (size_t i = 0; i < n; i++) {
    c[0]->float64[i] = orr_random_normal(&r) + (i % 2 ? 3 : 0);
    c[1]->float64[i] = NAN;
    assert_int_equal(orr_map_add(&c[2]->words, i % 3 ? "p" : "q", 1, &c[2]->codes[i], NULL), ORR_OK);
    c[3]->int64[i] = 7;
    assert_int_equal(orr_map_add(&c[4]->words, i % 2 ? "B" : "A", 1, &c[4]->codes[i], NULL), ORR_OK);
  }
  for (size_t k = 0; k < 5; k++) orr_column_seal(c[k]);
  orr_table_unref(f->table);
  assert_int_equal(orr_table_new(c, 5, "test", &f->table, NULL), ORR_OK);
  for (size_t k = 0; k < 5; k++) orr_column_unref(c[k]);
  f->in.evaluation = NULL;
  f->in.table = f->table;
  f->in.target = "class";
}

static void histograms_have_mass_one(void **state) {
  fixture *f = *state;
  set_table(f, 4000);
  draws(f, "histogram");
  assert_string_equal(f->figure.title, "Features by class");
  assert_int_equal(f->figure.n_panels, 3); /* not the class, nor the column that is all missing */
  for (size_t k = 0; k < 2; k++) {
    const orr_mark *m = &f->figure.panels[0].marks[k];
    double mass = 0;
    for (size_t i = 0; i < m->n; i++) mass += m->y[i] * (m->x2[i] - m->x[i]);
    assert_true(mass > 0.97 && mass <= 1 + 1e-12);
    assert_in_range(m->n, 10, 60);
  }
  assert_string_equal(f->figure.panels[1].x.title, "word");
  assert_true(fabs(f->figure.panels[1].marks[0].y[0] - 2.0 / 3) < 0.001);
  assert_int_equal(f->figure.panels[2].marks[0].n, 1);
}

static void the_columns_that_tell_most_come_first(void **state) {
  fixture *f = *state;
  set_table(f, 400);
  orr_table *t = orr_table_ref(f->table);
  for (int k = 0; k < 20; k++) {
    char name[8] = {'c', (char)('a' + k), 0};
    orr_column *c;
    orr_table *more;
    assert_int_equal(orr_column_new(name, ORR_FLOAT64, 400, &c, NULL), ORR_OK);
    for (size_t i = 0; i < 400; i++) c->float64[i] = (double)(i * 7919 % 101) + (i % 2 ? 10.0 * k : 0);
    orr_column_seal(c);
    assert_int_equal(orr_table_with_column(t, c, &more, NULL), ORR_OK);
    orr_column_unref(c);
    orr_table_unref(t);
    t = more;
  }
  f->in.table = t;
  draws(f, "histogram");
  orr_table_unref(t);
  assert_int_equal(f->figure.n_panels, 12);
  assert_string_equal(f->figure.panels[0].x.title, "ct");
  assert_string_equal(f->figure.panels[1].x.title, "cs");
}

static void odd_tables_are_drawn_or_refused(void **state) {
  fixture *f = *state;
  const char *none[] = {"none"}, *wrong[] = {"wrod"};
  set_table(f, 1);
  draws(f, "histogram");
  f->in.columns = none, f->in.n_columns = 1;
  assert_int_equal(build(f, "histogram"), ORR_DATA);
  f->in.columns = wrong;
  assert_int_equal(build(f, "histogram"), ORR_DATA);
  assert_non_null(strstr(f->error.message, "did you mean 'word'"));
  f->in.n_columns = 0;
  f->in.by = "none";
  assert_int_equal(build(f, "histogram"), ORR_DATA);
  f->in.by = "x";
  set_table(f, 200);
  assert_int_equal(build(f, "histogram"), ORR_DATA);
  assert_non_null(strstr(f->error.message, "more than 64"));
  set_table(f, 0);
  assert_int_equal(build(f, "histogram"), ORR_DATA);
}

/* Fails each allocation in turn until the figure is made. */
static void step_memory(fixture *f, const char *name) {
  for (long after = 0; after < 500; after++) {
    orr_arena arena = {0};
    orr_text script = {0}, data = {0};
    orr_memory_fail_after(after);
    orr_figure_init(&f->figure, &arena, name, NULL);
    orr_status status = find(name)->build(&f->in, &f->figure, &f->error);
    if (!status) status = orr_gnuplot_render(&f->figure, &script, &data, &f->error);
    orr_memory_fail_after(-1);
    orr_text_fini(&script);
    orr_text_fini(&data);
    orr_arena_fini(&arena);
    if (!status) return;
    assert_int_equal(status, ORR_MEMORY);
  }
  fail_msg("%s never succeeded", name);
}

static void every_allocation_may_fail(void **state) {
  fixture *f = *state;
  set_random(f, 300, 3);
  static const char *const kinds[] = {"roc", "precision_recall", "reliability", "confusion"};
  for (size_t i = 0; i < 4; i++) step_memory(f, kinds[i]);
  set_regression(f, 50);
  step_memory(f, "residuals");
  set_table(f, 60);
  step_memory(f, "histogram");
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void abandoned_work_stops(void **state) {
  fixture *f = *state;
  orr_work work = {.progress = abandon};
  set_random(f, 100, 3);
  f->in.work = &work;
  assert_int_equal(build(f, "reliability"), ORR_STOPPED);
  assert_int_equal(build(f, "roc"), ORR_STOPPED);
  set_table(f, 10);
  assert_int_equal(build(f, "histogram"), ORR_STOPPED);
  f->in.work = NULL;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_wrong_name_gets_the_nearest),
      TEST(every_row_of_the_table_is_whole),
      TEST(roc_of_the_textbook),
      TEST(precision_recall_of_the_textbook),
      TEST(a_weight_is_that_many_rows),
      TEST(one_class_is_one_clear_error),
      TEST(constant_predictions_are_chance),
      TEST(one_row_is_drawn),
      TEST(no_rows_or_no_evaluation_are_refused),
      TEST(weights_that_cancel_are_refused),
      TEST(ten_classes_give_eight_curves),
      TEST(a_long_curve_is_thinned),
      TEST(a_calibrated_model_lies_on_the_diagonal),
      TEST(threads_do_not_change_a_figure),
      TEST(residuals_are_truth_minus_prediction),
      TEST(odd_regressions_are_drawn_or_refused),
      TEST(histograms_have_mass_one),
      TEST(the_columns_that_tell_most_come_first),
      TEST(odd_tables_are_drawn_or_refused),
      TEST(every_allocation_may_fail),
      TEST(abandoned_work_stops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
