/* Scores with their errors; see score.h. Resample r draws from a stream of its
 * own, named by seed and r alone, and writes to replicate[r] alone: neither the
 * threads nor the model change which rows it counts. */
#include "metric/score.h"

#include <math.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "base/random.h"
#include "num/statistics.h"

static double weight_of(const orr_evaluation *v, size_t row) { return v->weight ? v->weight[row] : 1.0; }

/* Of a score over rows, or (with vb) of the difference a − b, row by row. */
typedef struct over_rows {
  const orr_score *score;
  const orr_evaluation *va, *vb;
} over_rows;

static double row_value(const over_rows *o, size_t row) {
  return o->score->of_row(o->va, row) - (o->vb ? o->score->of_row(o->vb, row) : 0);
}

/* value = Σwr/Σw; error² = n/(n−1) Σw²(r−value)² / (Σw)², which for equal weights is s²/n. */
static void mean_over_rows(const over_rows *o, orr_number *out) {
  orr_sum weights = {0}, values = {0}, squares = {0};
  double n = (double)o->va->n;
  for (size_t i = 0; i < o->va->n; i++) {
    double w = weight_of(o->va, i);
    orr_sum_add(&weights, w);
    orr_sum_add(&values, w * row_value(o, i));
  }
  double total = orr_sum_get(&weights);
  out->value = total != 0 ? orr_sum_get(&values) / total : NAN;
  for (size_t i = 0; i < o->va->n; i++) {
    double d = weight_of(o->va, i) * (row_value(o, i) - out->value);
    orr_sum_add(&squares, d * d);
  }
  out->error = n > 1 ? sqrt(n / (n - 1) * orr_sum_get(&squares)) / fabs(total) : NAN;
  if (out->error < 1e-14 * fabs(out->value))
    out->error = 0; /* one value in all rows: what is left is rounding */
}

/* Standard deviation of the finite values of a[i] − b[i] (b may be NULL); NaN for fewer than two. */
static double spread(const double *a, const double *b) {
  double finite[ORR_RESAMPLES];
  size_t n = 0;
  for (size_t i = 0; i < ORR_RESAMPLES; i++) {
    double x = a[i] - (b ? b[i] : 0);
    if (isfinite(x)) finite[n++] = x;
  }
  return n > 1 ? orr_sample_deviation(finite, n) : NAN;
}

typedef struct resampling {
  const orr_evaluation *v;
  uint64_t seed;
  const orr_measured *measured;
  size_t count;
  atomic_bool starved;
} resampling;

/* weight[n] (zeros) = multinomial counts of n draws from n rows, times the rows' own weights. */
static void draw_weights(const resampling *s, size_t resample, double *weight) {
  size_t n = s->v->n;
  orr_random random = orr_random_stream(s->seed, resample, ORR_FOR_BOOTSTRAP);
  for (size_t i = 0; i < n; i++) weight[orr_random_below(&random, n)] += 1;
  if (!s->v->weight) return;
  for (size_t i = 0; i < n; i++) weight[i] *= s->v->weight[i];
}

static void resample_once(void *context, size_t resample) {
  resampling *s = context;
  double *weight = orr_calloc(s->v->n, sizeof *weight);
  if (!weight) {
    atomic_store(&s->starved, true);
    return;
  }
  draw_weights(s, resample, weight);
  for (size_t i = 0; i < s->count; i++) {
    const orr_measured *m = &s->measured[i];
    if (m->replicate) m->replicate[resample] = m->score->of_all(s->v, weight);
  }
  orr_free(weight);
}

static orr_status bootstrap(const orr_evaluation *v, uint64_t seed, const orr_work *work,
                            orr_measured *measured, size_t count, orr_error *e) {
  resampling s = {.v = v, .seed = seed, .measured = measured, .count = count};
  ORR_TRY(orr_work_run(work, "bootstrap", ORR_RESAMPLES, resample_once, &s, e));
  if (atomic_load(&s.starved)) return orr_fail_memory(e, "the bootstrap", v->n * sizeof(double));
  for (size_t i = 0; i < count; i++)
    if (measured[i].replicate && isfinite(measured[i].number.value))
      measured[i].number.error = spread(measured[i].replicate, NULL);
  return ORR_OK;
}

static orr_status weights_or_ones(const orr_evaluation *v, orr_arena *arena, const double **out,
                                  orr_error *e) {
  *out = v->weight;
  if (v->weight) return ORR_OK;
  double *ones;
  ORR_TAKE(arena, ones, v->n, e);
  for (size_t i = 0; i < v->n; i++) ones[i] = 1;
  *out = ones;
  return ORR_OK;
}

/* The value, and for a mean its error; else room for the replicates, NaN until drawn. */
static orr_status measure_one(const orr_score *s, const orr_evaluation *v, const double *weight,
                              orr_arena *arena, orr_measured *out, orr_error *e) {
  *out = (orr_measured){.score = s, .number = {.name = s->name, .n = (double)v->n, .error = NAN}};
  char label[ORR_LABEL];
  if (!(out->number.name = orr_arena_strdup(arena, orr_score_label(s, v, s->name, label))))
    return orr_fail_memory(e, "a name", ORR_LABEL);
  out->number.n_eff = orr_effective_n(v->weight, v->n);
  out->number.method = s->of_row ? "standard_error" : "bootstrap";
  if (s->of_row) {
    mean_over_rows(&(over_rows){.score = s, .va = v}, &out->number);
    return ORR_OK;
  }
  out->number.value = s->of_all(v, weight);
  ORR_TAKE(arena, out->replicate, ORR_RESAMPLES, e);
  for (size_t i = 0; i < ORR_RESAMPLES; i++) out->replicate[i] = NAN;
  return ORR_OK;
}

/* Standard deviation of Beta(n + 1/2, 1/2): n of n rows were right. */
static double never_failed(double n) { return sqrt(0.5 * (n + 0.5) / ((n + 1) * (n + 1) * (n + 2))); }

/* Effective rows of the smallest class that is there: what a score of classes rests on. */
static double smallest_class(const orr_evaluation *v) {
  double least = INFINITY;
  for (size_t k = 0; k < v->classes; k++) {
    orr_sum sum = {0}, squares = {0};
    for (size_t i = 0; i < v->n; i++) {
      double w = (size_t)v->label[i] == k ? weight_of(v, i) : 0;
      orr_sum_add(&sum, w);
      orr_sum_add(&squares, w * w);
    }
    double n = orr_sum_get(&sum) * orr_sum_get(&sum) / orr_sum_get(&squares);
    if (n > 0 && n < least) least = n;
  }
  return isfinite(least) ? least : 1;
}

/* A score that no resample moves: an extreme share is still not certain; any other value is exact. */
static void settle_constant(const orr_evaluation *v, orr_measured *m) {
  orr_number *x = &m->number;
  bool extreme = m->score->bounded && (fabs(x->value) < 1e-12 || fabs(x->value - 1) < 1e-12);
  if (!(x->error <= 1e-12 * fabs(x->value))) return;
  if (extreme) x->error = never_failed(m->score->of_row ? x->n_eff : smallest_class(v));
  else x->error = NAN, x->method = "exact";
}

orr_status orr_measure(const orr_evaluation *v, uint64_t seed, const orr_work *work, orr_arena *arena,
                       orr_measured *out, size_t *n, orr_error *e) {
  const double *weight;
  *n = 0;
  ORR_TRY(weights_or_ones(v, arena, &weight, e));
  for (size_t i = 0; i < orr_scores_count; i++) {
    if (!orr_score_applies(orr_scores[i], v)) continue;
    ORR_TRY(measure_one(orr_scores[i], v, weight, arena, &out[*n], e));
    ++*n;
  }
  if (v->n > 1) ORR_TRY(bootstrap(v, seed, work, out, *n, e));
  for (size_t i = 0; i < *n; i++) settle_constant(v, &out[i]);
  return ORR_OK;
}

orr_number orr_measure_difference(const orr_evaluation *va, const orr_measured *a, const orr_evaluation *vb,
                                  const orr_measured *b) {
  orr_number d = a->number;
  d.value = a->number.value - b->number.value;
  d.error = NAN;
  if (a->score != b->score || va->n != vb->n) return d.value = NAN, d;
  if (a->score->of_row) mean_over_rows(&(over_rows){.score = a->score, .va = va, .vb = vb}, &d);
  else if (isfinite(d.value)) d.error = spread(a->replicate, b->replicate);
  d.method = a->score->of_row ? "standard_error" : "bootstrap";
  if (d.error <= 1e-12 * fabs(a->number.value)) d.error = NAN, d.method = "exact";
  return d;
}
