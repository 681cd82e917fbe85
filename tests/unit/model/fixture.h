/* What the family tests share: small data from whole-number arithmetic, so that Python can make the same
 * rows, and fitting, checking and predicting in one call.
 *
 *   v(i,j) = ((31 i² + 7919 i (j+1) + 977 j²) mod 1009) / 504.5 - 1
 *   x[i,j] = v(i,j), j < 4;  z = x0 + x1 x2 - x3/2 + v(i,7);  y = 10 + 3 z;  weight = 1 + i mod 3
 *   two classes: z > 0; three: (z > -1/2) + (z > 1/2)
 */
#ifndef ORR_TESTS_MODEL_FIXTURE_H
#define ORR_TESTS_MODEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/model.h"
#include "num/linear.h"

enum { ROWS = 300, COLUMNS = 4 };

static double cells[ROWS * COLUMNS], target[ROWS], weights[ROWS];
static int32_t labels[ROWS];

static inline double cell(long i, long j) {
  return (double)((i * i * 31 + i * (j + 1) * 7919 + j * j * 977) % 1009) / 504.5 - 1;
}

/* Rows [start, end) of the data; classes 0: regression. */
static inline orr_frame frame_of(size_t start, size_t end, size_t classes, int weighted) {
  for (long i = 0; i < ROWS; i++) {
    double *x = cells + i * COLUMNS;
    for (long j = 0; j < COLUMNS; j++) x[j] = cell(i, j);
    double z = x[0] + x[1] * x[2] - 0.5 * x[3] + cell(i, 7);
    target[i] = 10 + 3 * z;
    weights[i] = 1 + (double)(i % 3);
    labels[i] = classes == 3 ? (z > -0.5) + (z > 0.5) : z > 0;
  }
  return (orr_frame){.x = {end - start, COLUMNS, cells + start * COLUMNS},
                     .classes = classes,
                     .y = target + start,
                     .label = labels + start,
                     .weight = weighted ? weights + start : NULL};
}

static inline void punch_holes(void) {
  for (size_t i = 0; i < ROWS; i += 7) cells[i * COLUMNS + 1] = NAN;
}

typedef struct fitted {
  const orr_family *family;
  orr_task task;
  size_t k, d;
  orr_arena arena;
  orr_store store;
  orr_fit_outcome outcome;
  orr_error error;
  orr_status status;
} fitted;

typedef struct setting {
  const char *name, *text;
} setting;

/* Fits with settings up to one without a name; what goes wrong stands in .status and .error. */
static inline fitted fit_with(const orr_family *family, const orr_frame *train, const orr_frame *validation,
                              const setting *settings, const orr_work *work, size_t stop_step) {
  fitted f = {.family = family,
              .task = train->classes ? ORR_CLASSIFICATION : ORR_REGRESSION,
              .k = train->classes ? train->classes : 1,
              .d = train->x.cols};
  orr_pair pairs[16];
  orr_value given = {.kind = ORR_DICT, .pairs = pairs};
  for (; settings && settings->name; settings++)
    for (size_t i = 0; i < family->n_options; i++) {
      if (strcmp(family->options[i].name, settings->name)) continue;
      pairs[given.count].key = settings->name;
      assert_int_equal(orr_option_parse(&family->options[i], settings->text, &f.arena,
                                        &pairs[given.count++].value, &f.error),
                       ORR_OK);
    }
  orr_options options;
  assert_int_equal(
      orr_options_init(&options, family->options, family->n_options, &given, NULL, &f.arena, &f.error),
      ORR_OK);
  orr_fit_input in = {.task = f.task,
                      .train = train,
                      .validation = validation,
                      .options = &options,
                      .seed = 7,
                      .stop_step = stop_step,
                      .work = work,
                      .arena = &f.arena};
  f.status = family->fit(&in, &f.store, &f.outcome, &f.error);
  if (!f.status) assert_int_equal(family->check(&f.store, f.task, f.d, f.k, &f.error), ORR_OK);
  return f;
}

static inline fitted fit_plain(const orr_family *family, const orr_frame *train, const setting *settings) {
  fitted f = fit_with(family, train, NULL, settings, NULL, 0);
  assert_string_equal(f.error.message, "");
  assert_int_equal(f.status, ORR_OK);
  return f;
}

static inline void fitted_fini(fitted *f) {
  orr_store_fini(&f->store);
  orr_arena_fini(&f->arena);
}

/* out[n,k] in the fit's arena. */
static inline double *predict_with(fitted *f, const orr_frame *rows, const orr_work *work) {
  void *out;
  assert_int_equal(orr_arena_take(&f->arena, rows->x.rows * f->k, sizeof(double), &out, &f->error), ORR_OK);
  assert_int_equal(f->family->predict(&f->store, f->task, &rows->x, f->k, out, work, &f->error), ORR_OK);
  return out;
}

/* Weighted mean log-loss, or root mean squared error. */
static inline double loss_of(fitted *f, const orr_frame *rows) {
  double sum = 0, total = 0, *p = predict_with(f, rows, NULL);
  for (size_t i = 0; i < rows->x.rows; i++) {
    double w = rows->weight ? rows->weight[i] : 1, r = rows->y[i] - p[i];
    total += w;
    sum += f->task == ORR_REGRESSION ? w * r * r : -w * log(p[i * f->k + (size_t)rows->label[i]]);
  }
  return f->task == ORR_REGRESSION ? sqrt(sum / total) : sum / total;
}

static inline void assert_near(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g within %g", a, b, tolerance);
}

/* A listener that answers `signal` from its call number `at` on, and remembers the last report. */
typedef struct listener {
  orr_signal signal;
  size_t calls, at;
  size_t step, n_values;
  double first, last[2];
} listener;

static inline orr_signal listen(void *context, const orr_report *report) {
  listener *l = context;
  l->step = report->step;
  l->n_values = report->n_values;
  for (size_t i = 0; i < report->n_values && i < 2; i++) l->last[i] = report->values[i].value;
  if (!l->calls && report->n_values) l->first = report->values[0].value;
  return ++l->calls >= l->at ? l->signal : ORR_GO_ON;
}

/* The same bits for 1, 2 and 3 threads. */
static inline void assert_threads_agree(const orr_family *family, const orr_frame *train,
                                        const orr_frame *validation, const setting *settings) {
  orr_hash first = {0};
  for (unsigned threads = 1; threads <= 3; threads++) {
    orr_pool *pool;
    assert_int_equal(orr_pool_new(threads, &pool, NULL), ORR_OK);
    orr_work work = {.pool = pool};
    fitted f = fit_with(family, train, validation, settings, &work, 0);
    assert_int_equal(f.status, ORR_OK);
    const double *p = predict_with(&f, train, &work);
    orr_hash h = orr_hash_join(orr_store_hash(&f.store), orr_hash_bytes(p, train->x.rows * f.k * sizeof *p));
    if (threads == 1) first = h;
    assert_true(h.high == first.high && h.low == first.low);
    fitted_fini(&f);
    orr_pool_free(pool);
  }
}

#endif
