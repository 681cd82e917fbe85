/* What the tests of explanations share: tables made of functions, models that are
 * known functions, and fits of real families on them. */
#ifndef ORR_TESTS_EXPLAIN_FIXTURE_H
#define ORR_TESTS_EXPLAIN_FIXTURE_H

#include "tests/unit/data/table_from.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "model/kept.h"
#include "num/linear.h"
#include "run/fit_network.h"

typedef struct fixture {
  orr_table *table;
  orr_arena arena;
  size_t *rows;
  orr_kept kept;
  orr_options options;
} fixture;

/* Rows of x1 … xd and y, y filled by the test's function of the row. */
static inline void start(fixture *f, size_t n, size_t d,
                         double (*cell)(orr_random *r, size_t i, size_t j, const double *row),
                         double (*answer)(orr_random *r, size_t i, const double *row)) {
  orr_column *columns[64];
  double row[64];
  char name[16];
  *f = (fixture){0};
  orr_linear_init();
  orr_random r = orr_random_stream(11, n, ORR_FOR_TEST);
  for (size_t j = 0; j <= d; j++) {
    snprintf(name, sizeof name, j < d ? "x%zu" : "y", j + 1);
    assert_int_equal(orr_column_new(name, ORR_FLOAT64, n, &columns[j], NULL), ORR_OK);
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < d; j++) row[j] = columns[j]->float64[i] = cell(&r, i, j, row);
    columns[d]->float64[i] = answer(&r, i, row);
  }
  for (size_t j = 0; j <= d; j++) orr_column_seal(columns[j]);
  assert_int_equal(orr_table_new(columns, d + 1, "made", &f->table, NULL), ORR_OK);
  for (size_t j = 0; j <= d; j++) orr_column_unref(columns[j]);
  f->rows = rows_to(n, &f->arena);
}

static inline void end(fixture *f) {
  orr_kept_fini(&f->kept);
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
}

/* Trains on the first n rows. settings: pairs of name and text, ended by NULL. */
static inline void train(fixture *f, const orr_family *family, orr_task task, const char *target, size_t n,
                         const char *const *settings) {
  orr_pair pairs[8];
  orr_value given = {.kind = ORR_DICT, .pairs = pairs};
  orr_fit_outcome outcome;
  orr_error e = {0};
  size_t *features, count = 0;
  for (; settings && *settings; settings += 2)
    for (size_t i = 0; i < family->n_options; i++)
      if (!strcmp(family->options[i].name, settings[0])) {
        pairs[given.count].key = settings[0];
        assert_int_equal(
            orr_option_parse(&family->options[i], settings[1], &f->arena, &pairs[given.count++].value, &e),
            ORR_OK);
      }
  assert_int_equal(
      orr_options_init(&f->options, family->options, family->n_options, &given, NULL, &f->arena, &e), ORR_OK);
  assert_int_equal(orr_arena_take(&f->arena, f->table->n_columns, sizeof *features, (void **)&features, NULL),
                   ORR_OK);
  for (size_t j = 0; j < f->table->n_columns; j++)
    if (!target || strcmp(f->table->columns[j]->name, target)) features[count++] = j;
  orr_training t = {.task = task,
                    .family = family,
                    .table = f->table,
                    .target = target,
                    .weight = -1,
                    .features = features,
                    .n_features = count,
                    .train = f->rows,
                    .n_train = n,
                    .options = &f->options,
                    .seed = 3};
  if (orr_fit_kept(&f->kept, &t, NULL, &outcome, &e)) fail_msg("%s", e.message);
}

static inline orr_status learn_nothing(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome,
                                       orr_error *e) {
  (void)in, (void)out, (void)outcome, (void)e;
  return ORR_OK;
}

/* A family that is a known function of the raw columns. */
#define KNOWN_FAMILY(name_, function_)                                                                       \
  static orr_status name_##_predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k,        \
                                    double *out, const orr_work *work, orr_error *e) {                       \
    (void)s, (void)task, (void)k, (void)work, (void)e;                                                       \
    for (size_t i = 0; i < x->rows; i++) out[i] = function_(orr_matrix_row(x, i));                           \
    return ORR_OK;                                                                                           \
  }                                                                                                          \
  static const orr_family name_ = {.name = #name_,                                                           \
                                   .title = #name_,                                                          \
                                   .tasks = ORR_REGRESSION,                                                  \
                                   .fit = learn_nothing,                                                     \
                                   .predict = name_##_predict}

static inline double uniform_cell(orr_random *r, size_t i, size_t j, const double *row) {
  (void)i, (void)j, (void)row;
  return orr_random_uniform(r);
}

static inline double friedman(const double *x) {
  return 10 * sin(3.14159265358979323846 * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] +
         5 * x[4];
}
static inline double friedman_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return friedman(x) + orr_random_normal(r);
}

static inline void assert_near(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g within %g", a, b, tolerance);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}
static const orr_work stopping = {.progress = abandon};

#endif
