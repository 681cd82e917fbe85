/* Dependence on one column; see dependence.h. */
#include "explain/dependence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "explain/grid.h"
#include "num/statistics.h"

enum { POINTS = 33, ROWS = 2000, CURVES = 40, RESAMPLES = 200 };

typedef struct measuring {
  const orr_dependence_spec *spec;
  const orr_work *work;
  orr_arena *arena;
  orr_asked asked;
  size_t column, class;
  const double *value; /* [n] the column's number or word; NAN: missing */
  const uint32_t *bin; /* [n] number columns: in (at[bin-1], at[bin]]; 0: missing */
  orr_dependence *out;
  double *answer;      /* [n,points] */
  double *replicate;   /* [resamples, 2 points + 1]: partial, effect, strength */
  const double *whole; /* [points] steps of the effect over all rows */
  size_t resamples;
} measuring;

/* --- Answers ------------------------------------------------------------------------- */

static orr_status ask(measuring *m, orr_error *e) {
  const orr_encoder *c = &m->spec->model->encoder;
  size_t n = m->asked.n, points = m->out->points, copies = orr_asked_copies(c, n, points);
  orr_matrix x;
  double *said;
  ORR_TRY(orr_matrix_take(m->arena, copies * n, c->width, &x, e));
  ORR_TAKE(m->arena, said, copies * n, e);
  ORR_TAKE(m->arena, m->answer, n * points, e);
  for (size_t first = 0; first < points; first += copies) {
    size_t some = points - first < copies ? points - first : copies;
    ORR_TRY(orr_progress_step(m->work, "dependence", first, points, e));
    for (size_t p = 0; p < some; p++) {
      double *to = orr_matrix_row(&x, p * n);
      memcpy(to, m->asked.x.x, n * c->width * sizeof *to);
      for (size_t i = 0; i < n; i++) orr_encoder_set(c, m->column, m->out->at[first + p], to + i * c->width);
    }
    orr_matrix part = {some * n, c->width, x.x};
    ORR_TRY(orr_asked_answer(m->spec->model, &part, m->spec->response, m->class, said, m->work, e));
    for (size_t p = 0; p < some; p++)
      for (size_t i = 0; i < n; i++) m->answer[i * points + first + p] = said[p * n + i];
  }
  return ORR_OK;
}

/* --- Curves of weighted rows ------------------------------------------------------------ */

static void partial_of(const measuring *m, const double *weight, double *partial) {
  size_t n = m->asked.n, points = m->out->points;
  double total = 0;
  memset(partial, 0, points * sizeof *partial);
  for (size_t i = 0; i < n; i++) {
    total += weight[i];
    for (size_t p = 0; p < points; p++) partial[p] += weight[i] * m->answer[i * points + p];
  }
  for (size_t p = 0; p < points; p++) partial[p] /= total;
}

/* Mean change across each bin; one that no row counts in takes the step over all rows. */
static void steps_of(const measuring *m, const double *weight, double *step, double *count) {
  size_t points = m->out->points;
  memset(step, 0, points * sizeof *step);
  memset(count, 0, points * sizeof *count);
  for (size_t i = 0; i < m->asked.n; i++) {
    size_t b = m->bin[i];
    if (!b) continue;
    step[b] += weight[i] * (m->answer[i * points + b] - m->answer[i * points + b - 1]);
    count[b] += weight[i];
  }
  for (size_t b = 1; b < points; b++)
    step[b] = count[b] > 0 ? step[b] / count[b] : m->whole ? m->whole[b] : 0;
}

/* Steps in, effect of mean 0 out; returns its standard deviation over the rows, a bin's being that of its middle. */
static double accumulate(size_t points, const double *count, double *effect) {
  double mean = 0, squares = 0, total = 0;
  effect[0] = 0;
  for (size_t b = 1; b < points; b++) {
    effect[b] += effect[b - 1];
    mean += count[b] * 0.5 * (effect[b] + effect[b - 1]);
    total += count[b];
  }
  mean /= total;
  for (size_t b = 0; b < points; b++) effect[b] -= mean;
  for (size_t b = 1; b < points; b++) {
    double middle = 0.5 * (effect[b] + effect[b - 1]);
    squares += count[b] * middle * middle;
  }
  return sqrt(squares / total);
}

/* Of words: the spread of the partial dependence, by how often each occurs. */
static double spread_of(const measuring *m, const double *partial) {
  double mean = 0, squares = 0, total = 0;
  for (size_t p = 0; p < m->out->points; p++) {
    mean += m->out->share[p] * partial[p];
    total += m->out->share[p];
  }
  for (size_t p = 0; p < m->out->points; p++)
    squares += m->out->share[p] * (partial[p] - mean / total) * (partial[p] - mean / total);
  return sqrt(squares / total);
}

static void curves_of(const measuring *m, const double *weight, double *count, double *out) {
  size_t points = m->out->points;
  partial_of(m, weight, out);
  if (m->out->text) {
    out[2 * points] = spread_of(m, out);
    return;
  }
  steps_of(m, weight, out + points, count);
  out[2 * points] = accumulate(points, count, out + points);
}

/* --- Errors ------------------------------------------------------------------------------- */

typedef struct resampling {
  const measuring *m;
  double *weight, *count; /* [resamples,n], [resamples,points] */
} resampling;

static void resample(void *context, size_t task) {
  const resampling *r = context;
  const measuring *m = r->m;
  size_t n = m->asked.n, points = m->out->points;
  double *weight = r->weight + task * n;
  orr_random random = orr_random_stream(m->spec->seed, task, ORR_FOR_BOOTSTRAP);
  for (size_t i = 0; i < n; i++) weight[orr_random_below(&random, n)] += 1;
  curves_of(m, weight, r->count + task * points, m->replicate + task * (2 * points + 1));
}

static double deviation(const measuring *m, size_t at, double *room) {
  for (size_t r = 0; r < m->resamples; r++) room[r] = m->replicate[r * (2 * m->out->points + 1) + at];
  return orr_sample_deviation(room, m->resamples);
}

static orr_status find_errors(measuring *m, orr_error *e) {
  resampling r = {.m = m};
  orr_dependence *out = m->out;
  double *room;
  ORR_TAKE(m->arena, r.weight, m->resamples * m->asked.n, e);
  ORR_TAKE(m->arena, r.count, m->resamples * out->points, e);
  ORR_TAKE(m->arena, m->replicate, m->resamples * (2 * out->points + 1), e);
  ORR_TAKE(m->arena, room, m->resamples, e);
  ORR_TRY(orr_work_run(m->work, "bootstrap", m->resamples, resample, &r, e));
  for (size_t p = 0; p < out->points; p++) {
    out->partial_error[p] = deviation(m, p, room);
    if (!out->text) out->effect_error[p] = deviation(m, out->points + p, room);
  }
  out->strength_error = deviation(m, 2 * out->points, room);
  return ORR_OK;
}

static orr_status conclude(measuring *m, orr_error *e) {
  orr_dependence *out = m->out;
  size_t n = m->asked.n, points = out->points;
  double *ones, *curves, *count;
  ORR_TAKE(m->arena, ones, n, e);
  ORR_TAKE(m->arena, curves, 2 * points + 1, e);
  ORR_TAKE(m->arena, count, points, e);
  ORR_TAKE(m->arena, out->partial_error, points, e);
  ORR_TAKE(m->arena, out->effect_error, points, e);
  for (size_t i = 0; i < n; i++) ones[i] = 1;
  curves_of(m, ones, count, curves);
  out->partial = curves;
  out->effect = out->text ? NULL : curves + points;
  out->strength = curves[2 * points];
  if (!out->text) {
    double *whole;
    ORR_TAKE(m->arena, whole, points, e);
    for (size_t b = 1; b < points; b++) whole[b] = out->effect[b] - out->effect[b - 1];
    m->whole = whole;
  }
  return find_errors(m, e);
}

static orr_status keep_curves(measuring *m, orr_error *e) {
  orr_dependence *out = m->out;
  size_t most = m->spec->curves ? m->spec->curves : CURVES, n = m->asked.n;
  out->n_curves = n < most ? n : most;
  ORR_TAKE(m->arena, out->curves, out->n_curves * out->points, e);
  for (size_t i = 0; i < out->n_curves; i++) /* rows spread evenly over those drawn */
    memcpy(out->curves + i * out->points, m->answer + i * n / out->n_curves * out->points,
           out->points * sizeof *out->curves);
  return ORR_OK;
}

static orr_status mean_answer(measuring *m, orr_error *e) {
  double *said;
  ORR_TAKE(m->arena, said, m->asked.n, e);
  ORR_TRY(orr_asked_answer(m->spec->model, &m->asked.x, m->spec->response, m->class, said, m->work, e));
  m->out->mean = orr_mean(said, NULL, m->asked.n);
  return ORR_OK;
}

orr_status orr_dependence_measure(const orr_dependence_spec *spec, const orr_work *work, orr_arena *arena,
                                  orr_dependence *out, orr_error *e) {
  measuring m = {.spec = spec, .work = work, .arena = arena, .out = out};
  orr_grid grid;
  *out = (orr_dependence){.of = spec->n};
  m.resamples = spec->resamples ? spec->resamples : RESAMPLES;
  ORR_TRY(orr_asked_column(spec->model, spec->column, &m.column, e));
  ORR_TRY(orr_asked_init(&m.asked, spec->model, spec->table, spec->rows, spec->n,
                         spec->most_rows ? spec->most_rows : ROWS, spec->seed, work, arena, e));
  ORR_TRY(orr_grid_lay(&m.asked, m.column, spec->points ? spec->points : POINTS, arena, &grid, e));
  ORR_TRY(orr_asked_class(&m.asked, spec->class, work, &m.class, e));
  out->column = grid.name, out->unit = grid.unit, out->text = grid.words != NULL;
  out->n = m.asked.n, out->points = grid.points, out->at = grid.at, out->words = grid.words,
  out->share = grid.share;
  m.value = grid.value, m.bin = grid.bin;
  if (!(out->response = orr_asked_title(spec->model, spec->response, m.class, arena)))
    return orr_fail_memory(e, "a name", 0);
  ORR_TRY(mean_answer(&m, e));
  ORR_TRY(ask(&m, e));
  ORR_TRY(conclude(&m, e));
  return keep_curves(&m, e);
}
