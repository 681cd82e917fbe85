/* What a latent space holds; see latent.h. */
#include "explain/latent.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "explain/asked.h"
#include "explain/traverse.h"
#include "model/density.h"
#include "model/vae.h"
#include "num/statistics.h"

enum { ROWS = 2000, EFFECT_ROWS = 100 };

static const double active_variance = 0.01, dead_nats = 0.01, outside_at_least = 0.5;

typedef struct measuring {
  const orr_latent_spec *spec;
  const orr_work *work;
  orr_arena *arena;
  orr_asked asked;
  const double *scale; /* [width] of the model */
  orr_matrix z, log_variance;
  orr_latent *out;
} measuring;

static double error_of_mean(const double *x, size_t n) {
  return n > 1 ? orr_sample_deviation(x, n) / sqrt((double)n) : NAN;
}

/* --- Codes -------------------------------------------------------------------------------- */

static orr_status encode(measuring *m, orr_error *e) {
  const orr_kept *model = m->spec->model;
  const orr_density *f = model->family->density;
  ORR_TRY(orr_matrix_take(m->arena, m->asked.n, model->latent, &m->z, e));
  if (!f->posterior || !m->out->variational)
    return f->encode(&model->store, &m->asked.x, NULL, m->z.x, m->work, e);
  ORR_TRY(orr_matrix_take(m->arena, m->asked.n, model->latent, &m->log_variance, e));
  return f->posterior(&model->store, &m->asked.x, m->z.x, m->log_variance.x, m->work, e);
}

/* KL(N(mean, variance) ‖ N(0, 1)) of each row, and of all dimensions together. */
static orr_status measure_divergence(measuring *m, orr_error *e) {
  double *one, *all;
  size_t n = m->asked.n, k = m->out->dimensions;
  ORR_TAKE(m->arena, one, n, e);
  ORR_TAKE(m->arena, all, n, e);
  for (size_t j = 0; j < k; j++) {
    orr_dimension *d = &m->out->dimension[j];
    for (size_t i = 0; i < n; i++) {
      double mean = m->z.x[i * k + j], v = m->log_variance.x[i * k + j];
      all[i] += one[i] = 0.5 * (mean * mean + expm1(v) - v);
    }
    d->divergence = orr_mean(one, NULL, n);
    d->divergence_error = error_of_mean(one, n);
  }
  m->out->divergence = orr_mean(all, NULL, n);
  m->out->divergence_error = error_of_mean(all, n);
  return ORR_OK;
}

static orr_status describe_codes(measuring *m, orr_error *e) {
  orr_latent *out = m->out;
  double *z, total = 0;
  ORR_TAKE(m->arena, z, m->asked.n, e);
  for (size_t j = 0; j < out->dimensions; j++) {
    orr_dimension *d = &out->dimension[j];
    for (size_t i = 0; i < m->asked.n; i++) z[i] = m->z.x[i * out->dimensions + j];
    if (!(d->name = orr_arena_printf(m->arena, "z%zu", j + 1))) return orr_fail_memory(e, "a name", 0);
    d->mean = orr_mean(z, NULL, m->asked.n);
    d->sd = orr_standard_deviation(z, NULL, m->asked.n, d->mean);
    d->origin = out->variational ? 0 : d->mean;
    d->unit = out->variational ? 1 : d->sd;
    d->divergence = d->divergence_error = NAN;
    d->active = out->variational ? d->sd * d->sd > active_variance : d->sd > 0;
    out->active += d->active;
    total += d->sd * d->sd;
  }
  for (size_t j = 0; j < out->dimensions; j++)
    out->dimension[j].share = total > 0 ? out->dimension[j].sd * out->dimension[j].sd / total : 0;
  return out->variational ? measure_divergence(m, e) : ORR_OK;
}

/* The row whose code lies nearest to the mean of all, in their deviations. */
static void find_middle(const measuring *m) {
  orr_latent *out = m->out;
  size_t k = out->dimensions, best = 0;
  double least = INFINITY;
  for (size_t i = 0; i < m->asked.n; i++) {
    double apart = 0;
    for (size_t j = 0; j < k; j++) {
      const orr_dimension *d = &out->dimension[j];
      double x = d->active ? (m->z.x[i * k + j] - d->mean) / d->sd : 0;
      apart += x * x;
    }
    if (apart < least) least = apart, best = i;
  }
  out->middle = m->asked.rows[best];
  out->middle_code = m->z.x + best * k;
}

static void look_for_collapse(orr_latent *out) {
  size_t dead = 0;
  for (size_t j = 0; out->variational && j < out->dimensions; j++)
    dead += out->dimension[j].divergence < dead_nats;
  if (!out->variational) return;
  out->alarm = orr_collapse_text(dead == out->dimensions      ? ORR_COLLAPSE_ALL
                                 : 2 * dead > out->dimensions ? ORR_COLLAPSE_MOST
                                                              : ORR_COLLAPSE_NONE);
}

/* --- What is decoded ------------------------------------------------------------------------ */

/* misses[n] squared errors of rows, spreads[n] squares about the mean row; both in the model's scale, a column. */
static orr_status compare(const measuring *m, const orr_matrix *back, double *misses, double *spreads,
                          orr_error *e) {
  const orr_matrix *x = &m->asked.x;
  double *mean;
  ORR_TAKE(m->arena, mean, x->cols, e);
  for (size_t i = 0; i < x->rows; i++)
    for (size_t j = 0; j < x->cols; j++) mean[j] += x->x[i * x->cols + j] / (double)x->rows;
  for (size_t i = 0; i < x->rows; i++)
    for (size_t j = 0; j < x->cols; j++) {
      double cell = x->x[i * x->cols + j], miss = (back->x[i * x->cols + j] - cell) / m->scale[j],
             apart = (cell - mean[j]) / m->scale[j];
      misses[i] += miss * miss / (double)x->cols;
      spreads[i] += apart * apart / (double)x->cols;
    }
  return ORR_OK;
}

static orr_status reconstruct(measuring *m, orr_error *e) {
  orr_latent *out = m->out;
  orr_matrix back;
  double *misses, *spreads;
  size_t n = m->asked.n;
  ORR_TAKE(m->arena, misses, n, e);
  ORR_TAKE(m->arena, spreads, n, e);
  ORR_TAKE(m->arena, out->row_error, n, e);
  ORR_TRY(orr_latent_decode(m->spec->model, &m->z, m->work, m->arena, &back, e));
  ORR_TRY(compare(m, &back, misses, spreads, e));
  double miss = orr_mean(misses, NULL, n), spread = orr_mean(spreads, NULL, n), ratio = miss / spread;
  for (size_t i = 0; i < n; i++) out->row_error[i] = sqrt(misses[i]);
  bool orthogonal = m->spec->model->family == &orr_family_pca;
  for (size_t j = 0; orthogonal && spread > 0 && j < out->dimensions; j++) /* of all the variance there is */
    out->dimension[j].share = out->dimension[j].sd * out->dimension[j].sd / (spread * (double)out->width);
  out->reconstruction = sqrt(miss);
  out->reconstruction_error = miss > 0 ? error_of_mean(misses, n) / (2 * sqrt(miss)) : 0;
  out->explained = spread > 0 ? 1 - ratio : NAN;
  for (size_t i = 0; i < n; i++) misses[i] -= ratio * spreads[i]; /* of a ratio, by the delta method */
  out->explained_error = spread > 0 ? error_of_mean(misses, n) / spread : NAN;
  return ORR_OK;
}

/* Half the change from a step below a row's own code to a step above it. */
static orr_status measure_effect(measuring *m, size_t dimension, size_t n, double *change, orr_error *e) {
  orr_arena arena = {0};
  orr_matrix z, x;
  size_t k = m->out->dimensions, width = m->out->width;
  orr_dimension *d = &m->out->dimension[dimension];
  orr_status status = orr_matrix_take(&arena, 2 * n, k, &z, e);
  for (size_t i = 0; !status && i < n; i++)
    for (size_t side = 0; side < 2; side++) {
      double *to = orr_matrix_row(&z, 2 * i + side);
      memcpy(to, orr_matrix_row(&m->z, i * m->asked.n / n), k * sizeof *to);
      to[dimension] += side ? d->unit : -d->unit;
    }
  if (!status) status = orr_latent_decode(m->spec->model, &z, m->work, &arena, &x, e);
  for (size_t i = 0; !status && i < n; i++) {
    double squares = 0;
    for (size_t j = 0; j < width; j++) {
      double apart = (x.x[(2 * i + 1) * width + j] - x.x[2 * i * width + j]) / m->scale[j];
      squares += apart * apart;
    }
    change[i] = 0.5 * sqrt(squares / (double)width);
  }
  if (!status) d->effect = orr_mean(change, NULL, n), d->effect_error = error_of_mean(change, n);
  if (d->effect_error < 1e-12 * d->effect) d->effect_error = NAN; /* a straight line: the same everywhere */
  orr_arena_fini(&arena);
  return status;
}

static orr_status measure_effects(measuring *m, orr_error *e) {
  size_t n = m->asked.n < EFFECT_ROWS ? m->asked.n : EFFECT_ROWS;
  double *change;
  ORR_TAKE(m->arena, change, n, e);
  for (size_t j = 0; j < m->out->dimensions; j++) {
    ORR_TRY(orr_progress_step(m->work, "latent", j, m->out->dimensions, e));
    ORR_TRY(measure_effect(m, j, n, change, e));
  }
  return ORR_OK;
}

/* --- Known columns ---------------------------------------------------------------------------- */

static double pearson(const double *z, size_t stride, const orr_column *c, const size_t *rows, size_t n) {
  double mz = 0, mc = 0, zz = 0, cc = 0, zc = 0, found = 0;
  for (size_t i = 0; i < n; i++) {
    double x = orr_column_number(c, rows[i]), dz, dc;
    if (!isfinite(x)) continue;
    found++;
    dz = z[i * stride] - mz, dc = x - mc;
    mz += dz / found, mc += dc / found; /* Welford 1962 */
    zz += dz * (z[i * stride] - mz), cc += dc * (x - mc), zc += dz * (x - mc);
  }
  return zz > 0 && cc > 0 ? zc / sqrt(zz * cc) : NAN;
}

/* The share of the variance of z that lies between the words, its root. */
static double ratio_with(const double *z, size_t stride, const orr_column *c, const size_t *rows, size_t n) {
  size_t words = c->words.count;
  double *sum = orr_calloc(2 * words + 1, sizeof *sum), all = 0, squares = 0, between = 0, found = 0;
  if (!sum) return NAN;
  for (size_t i = 0; i < n; i++) {
    if (orr_column_is_missing(c, rows[i])) continue;
    double *word = sum + 2 * (size_t)c->codes[rows[i]];
    word[0] += z[i * stride], word[1]++;
    all += z[i * stride], squares += z[i * stride] * z[i * stride], found++;
  }
  for (size_t w = 0; w < words; w++)
    if (sum[2 * w + 1] > 0) between += sum[2 * w] * sum[2 * w] / sum[2 * w + 1];
  orr_free(sum);
  double mean = all * all / found;
  return found > 1 && squares > mean ? sqrt(fmax(between - mean, 0) / (squares - mean)) : NAN;
}

double orr_correlation_with(const double *z, size_t stride, const orr_column *c, const size_t *rows,
                            size_t n) {
  return c->type == ORR_TEXT ? ratio_with(z, stride, c, rows, n) : pearson(z, stride, c, rows, n);
}

static bool learnt_from(const orr_kept *m, const char *name) {
  for (size_t j = 0; j < m->encoder.n_columns; j++)
    if (!strcmp(m->encoder.columns[j].name, name)) return true;
  return false;
}

/* A column that it did not learn from says more than one it did, where both fit. */
static void name_dimension(const measuring *m, size_t j) {
  const orr_latent *out = m->out;
  orr_dimension *d = &out->dimension[j];
  double best = 0;
  for (int outside = 1; outside >= 0 && best < outside_at_least; outside--)
    for (size_t c = 0; c < out->n_known; c++) {
      double r = out->correlation[j * out->n_known + c];
      if (learnt_from(m->spec->model, out->known[c]) == outside || !(fabs(r) > best)) continue;
      best = fabs(r);
      d->column = out->known[c];
      d->correlation = r;
    }
  d->correlation_error = (1 - d->correlation * d->correlation) / sqrt((double)m->asked.n);
}

static orr_status correlate(measuring *m, orr_error *e) {
  const orr_table *t = m->spec->table;
  orr_latent *out = m->out;
  const char **known;
  size_t n = m->asked.n;
  enum { MOST_WORDS = 64 };
  ORR_TAKE(m->arena, known, t->n_columns, e);
  ORR_TAKE(m->arena, out->correlation, out->dimensions * t->n_columns, e);
  for (size_t c = 0; c < t->n_columns; c++) {
    if (t->columns[c]->type == ORR_TEXT && t->columns[c]->words.count > MOST_WORDS) continue;
    ORR_TRY(orr_progress_step(m->work, "correlations", c, t->n_columns, e));
    if (!(known[out->n_known++] = orr_arena_strdup(m->arena, t->columns[c]->name)))
      return orr_fail_memory(e, "a name", 0);
  }
  for (size_t j = 0; j < out->dimensions; j++)
    for (size_t c = 0; c < out->n_known; c++) {
      const orr_column *column = t->columns[orr_table_find(t, known[c])];
      out->correlation[j * out->n_known + c] =
          orr_correlation_with(m->z.x + j, out->dimensions, column, m->asked.rows, n);
    }
  out->known = known;
  for (size_t j = 0; j < out->dimensions; j++) name_dimension(m, j);
  return ORR_OK;
}

/* --- All of it --------------------------------------------------------------------------------- */

static void sort(const orr_latent *l, bool by_effect, size_t *order) {
  for (size_t j = 0; j < l->dimensions; j++) {
    size_t at = j;
    for (; at; at--) {
      const orr_dimension *a = &l->dimension[order[at - 1]], *b = &l->dimension[j];
      double x = by_effect        ? a->effect
                 : l->variational ? a->divergence
                                  : a->share,
             y = by_effect        ? b->effect
                 : l->variational ? b->divergence
                                  : b->share;
      if (!(x < y)) break;
      order[at] = order[at - 1];
    }
    order[at] = j;
  }
}

static orr_status is_variational(const orr_kept *m, bool *out, orr_error *e) {
  orr_vae v;
  *out = false;
  if (!m->family->density->posterior) return ORR_OK;
  ORR_TRY(orr_vae_read(&m->store, &v, e));
  *out = v.variational;
  return ORR_OK;
}

orr_status orr_latent_measure(const orr_latent_spec *spec, const orr_work *work, orr_arena *arena,
                              orr_latent *out, orr_error *e) {
  measuring m = {.spec = spec, .work = work, .arena = arena, .out = out};
  const orr_kept *model = spec->model;
  const double *center;
  *out = (orr_latent){.of = spec->n, .dimensions = model->latent, .width = model->encoder.width};
  if (model->task != ORR_LATENT)
    return orr_fail(e, ORR_USAGE, "%s has no latent space; train pca, autoencoder or vae",
                    model->family->name);
  ORR_TRY(is_variational(model, &out->variational, e));
  ORR_TRY(orr_asked_init(&m.asked, model, spec->table, spec->rows, spec->n,
                         spec->most_rows ? spec->most_rows : ROWS, spec->seed, work, arena, e));
  out->n = m.asked.n, out->rows = m.asked.rows;
  ORR_TRY(orr_density_want_scale(&model->store, out->width, 0, &center, &m.scale, e));
  ORR_TAKE(arena, out->dimension, out->dimensions, e);
  ORR_TAKE(arena, out->by_effect, out->dimensions, e);
  ORR_TAKE(arena, out->by_divergence, out->dimensions, e);
  ORR_TRY(encode(&m, e));
  ORR_TRY(describe_codes(&m, e));
  look_for_collapse(out);
  find_middle(&m);
  ORR_TRY(reconstruct(&m, e));
  ORR_TRY(measure_effects(&m, e));
  ORR_TRY(correlate(&m, e));
  sort(out, true, out->by_effect);
  sort(out, false, out->by_divergence);
  return ORR_OK;
}
