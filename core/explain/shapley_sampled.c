/* Shapley values of any model by sampling: in a random order the columns of a
 * background row are replaced by those of the row asked about, and each change
 * of the answer is the column's; then once more in the reverse order
 * (Štrumbelj and Kononenko 2014, algorithm 1; antithetic pairs: Mitchell,
 * Cooper, Frank and Holmes, JMLR 23, 2022, section 4.1). Pairs are independent,
 * so that their spread is the error. Each background row is used as often as any
 * other where there are enough pairs, and the base is the mean over those used,
 * so that shares add up exactly.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "explain/shapley_methods.h"
#include "num/statistics.h"

enum { PAIRS = 100, CHANGES = 6400, LEAST_PAIRS = 10 };

static const double least = 1e-15; /* of a probability whose logarithm is taken */

typedef struct sampling {
  const orr_sharing *s;
  size_t pairs, d; /* columns of the table */
  size_t *order;   /* [pairs,d] */
  size_t *from;    /* [pairs] background row */
  orr_matrix x;    /* [batch, 2 (d+1), width] */
  double *said;    /* answers to x */
  double *change;  /* [pairs,d] */
  double *start;   /* [pairs] answers to the background rows */
  size_t batch;    /* pairs */
} sampling;

static double answer_of(const orr_sharing *s, const double *p) {
  size_t k = s->spec->model->classes.count;
  double sum = 0;
  if (k == 2) return log(fmax(p[s->class], least)) - log(fmax(p[1 - s->class], least));
  for (size_t j = 0; j < k; j++) sum += log(fmax(p[j], least));
  return log(fmax(p[s->class], least)) - sum / (double)k;
}

static orr_status ask(const orr_sharing *s, const orr_matrix *x, double *out, orr_error *e) {
  orr_arena arena = {0};
  orr_prediction p;
  orr_status status = orr_kept_predict_encoded(s->spec->model, x, s->work, &arena, &p, e);
  for (size_t i = 0; !status && i < x->rows; i++)
    out[i] = p.mean ? p.mean[i] : answer_of(s, p.probability + i * s->spec->model->classes.count);
  orr_arena_fini(&arena);
  return status;
}

static orr_status draw(sampling *p, orr_error *e) {
  size_t n = p->s->background->n, *place;
  ORR_TAKE(p->s->arena, p->order, p->pairs * p->d, e);
  ORR_TAKE(p->s->arena, p->from, p->pairs, e);
  ORR_TAKE(p->s->arena, place, n, e);
  for (size_t i = 0; i < n; i++) place[i] = i;
  orr_random r = orr_random_stream(p->s->spec->seed, 0, ORR_FOR_SAMPLES);
  orr_random_shuffle(&r, place, n);
  for (size_t i = 0; i < p->pairs; i++) {
    size_t *order = p->order + i * p->d;
    r = orr_random_stream(p->s->spec->seed, i + 1, ORR_FOR_ORDER);
    for (size_t j = 0; j < p->d; j++) order[j] = j;
    orr_random_shuffle(&r, order, p->d);
    p->from[i] = place[i % n];
  }
  return ORR_OK;
}

/* The background row, and after it with one column more of the row each: forwards, or backwards through the order. */
static void lay_chain(const sampling *p, const double *row, size_t pair, bool backwards, double *to) {
  const orr_encoder *c = &p->s->spec->model->encoder;
  memcpy(to, orr_matrix_row(&p->s->background->x, p->from[pair]), c->width * sizeof *to);
  for (size_t i = 0; i < p->d; i++, to += c->width) {
    memcpy(to + c->width, to, c->width * sizeof *to);
    orr_asked_copy(c, p->order[pair * p->d + (backwards ? p->d - 1 - i : i)], row, to + c->width);
  }
}

static void take_changes(const sampling *p, const double *said, size_t pair, bool backwards) {
  for (size_t i = 0; i < p->d; i++) {
    size_t column = p->order[pair * p->d + (backwards ? p->d - 1 - i : i)];
    p->change[pair * p->d + column] += 0.5 * (said[i + 1] - said[i]);
  }
}

static orr_status sample_row(sampling *p, size_t row, orr_shapley *out, orr_error *e) {
  const double *x = orr_matrix_row(&p->s->asked->x, row);
  size_t long_ = p->d + 1;
  memset(p->change, 0, p->pairs * p->d * sizeof *p->change);
  for (size_t first = 0; first < p->pairs; first += p->batch) {
    size_t some = p->pairs - first < p->batch ? p->pairs - first : p->batch;
    ORR_TRY(orr_progress_step(p->s->work, "shapley", row * p->pairs + first, out->n * p->pairs, e));
    for (size_t i = 0; i < 2 * some; i++)
      lay_chain(p, x, first + i / 2, i % 2, orr_matrix_row(&p->x, i * long_));
    orr_matrix part = {2 * some * long_, p->x.cols, p->x.x};
    ORR_TRY(ask(p->s, &part, p->said, e));
    for (size_t i = 0; i < 2 * some; i++) take_changes(p, p->said + i * long_, first + i / 2, i % 2);
    for (size_t i = 0; i < some; i++) p->start[first + i] = p->said[2 * i * long_];
  }
  for (size_t j = 0; j < p->d; j++) {
    double *change = p->change + j, sum = 0, squares = 0;
    for (size_t i = 0; i < p->pairs; i++) sum += change[i * p->d];
    double mean = out->share[row * p->d + j] = sum / (double)p->pairs;
    for (size_t i = 0; i < p->pairs; i++) squares += (change[i * p->d] - mean) * (change[i * p->d] - mean);
    out->error[row * p->d + j] = sqrt(squares / (double)(p->pairs - 1) / (double)p->pairs);
  }
  return ORR_OK;
}

static orr_status take_room(sampling *p, orr_error *e) {
  const orr_encoder *c = &p->s->spec->model->encoder;
  size_t rows = 2 * (p->d + 1);
  p->batch = orr_asked_copies(c, rows, p->pairs);
  ORR_TRY(orr_matrix_take(p->s->arena, p->batch * rows, c->width, &p->x, e));
  ORR_TAKE(p->s->arena, p->said, p->batch * rows, e);
  ORR_TAKE(p->s->arena, p->change, p->pairs * p->d, e);
  ORR_TAKE(p->s->arena, p->start, p->pairs, e);
  return draw(p, e);
}

orr_status orr_shapley_sampled(const orr_sharing *s, orr_shapley *out, orr_error *e) {
  sampling p = {.s = s, .pairs = s->spec->samples, .d = out->n_columns};
  if (!p.pairs)
    p.pairs = p.d * PAIRS <= CHANGES ? PAIRS : CHANGES / p.d < LEAST_PAIRS ? LEAST_PAIRS : CHANGES / p.d;
  if (p.pairs < 2) p.pairs = 2;
  ORR_TRY(take_room(&p, e));
  out->method = "sampled";
  out->scale = s->spec->model->task == ORR_REGRESSION ? ORR_SHAPLEY_UNITS : ORR_SHAPLEY_LOG_ODDS;
  for (size_t i = 0; i < out->n; i++) ORR_TRY(sample_row(&p, i, out, e));
  out->base = orr_mean(p.start, NULL, p.pairs);
  out->base_error = orr_sample_deviation(p.start, p.pairs) / sqrt((double)p.pairs);
  return ask(s, &s->asked->x, out->answer, e);
}
