/* What the families share; see fit.h. */
#include "model/fit.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "num/statistics.h"

orr_status orr_fit_check(const orr_fit_input *in, double *total, orr_error *e) {
  const orr_frame *f = in->train;
  if (!f->x.rows) return orr_fail(e, ORR_DATA, "no training rows are left; loosen the filter or the split");
  if (!f->x.cols) return orr_fail(e, ORR_DATA, "no feature column is left; name at least one");
  if (in->task == ORR_CLASSIFICATION && f->classes < 2)
    return orr_fail(e, ORR_DATA, "the target has %zu class; classification needs two or more", f->classes);
  *total = f->weight ? orr_sum_of(f->weight, f->x.rows) : (double)f->x.rows;
  if (isfinite(*total) && *total > 0) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the training weights sum to %g; their sum must be positive", *total);
}

orr_status orr_fit_unit_weights(const orr_fit_input *in, const orr_frame *frame, double **out, orr_error *e) {
  size_t n = frame->x.rows;
  double *weight;
  ORR_TAKE(in->arena, weight, n, e);
  double total = frame->weight ? orr_sum_of(frame->weight, n) : (double)n;
  for (size_t i = 0; i < n; i++) {
    weight[i] = frame->weight ? frame->weight[i] / total * (double)n : 1;
    if (!(weight[i] >= 0 && isfinite(weight[i])))
      return orr_fail(e, ORR_DATA,
                      "row %zu has the weight %g of a sum of %g; this family takes none below zero", i,
                      frame->weight[i], total);
  }
  *out = weight;
  return ORR_OK;
}

orr_status orr_fit_folds(const orr_fit_input *in, size_t folds, uint8_t *fold, orr_error *e) {
  const orr_frame *f = in->train;
  size_t n = f->x.rows, *row, *seen;
  ORR_TAKE(in->arena, row, n, e);
  ORR_TAKE(in->arena, seen, f->classes + 1, e);
  for (size_t i = 0; i < n; i++) row[i] = i;
  orr_random random = orr_random_stream(in->seed, 0, ORR_FOR_FOLDS);
  orr_random_shuffle(&random, row, n);
  for (size_t i = 0; i < n; i++) {
    size_t class = in->task == ORR_CLASSIFICATION ? (size_t)f->label[row[i]] : 0;
    fold[row[i]] = (uint8_t)((seen[class]++ + class) % folds);
  }
  return ORR_OK;
}

orr_status orr_store_put(orr_store *s, const char *name, size_t n_dimensions, const size_t *shape,
                         const double *x, orr_error *e) {
  orr_tensor *t;
  ORR_TRY(orr_store_add(s, name, ORR_F64, n_dimensions, shape, &t, e));
  if (t->count) memcpy(t->f64, x, t->count * sizeof *x);
  return ORR_OK;
}

orr_status orr_store_put_number(orr_store *s, const char *name, double x, orr_error *e) {
  return orr_store_put(s, name, 1, (size_t[]){1}, &x, e);
}

orr_status orr_store_want_number(const orr_store *s, const char *name, double least, double most, double *out,
                                 orr_error *e) {
  const orr_tensor *t;
  ORR_TRY(orr_store_want(s, name, ORR_F64, 1, (size_t[]){1}, &t, e));
  *out = t->f64[0];
  if (isfinite(*out) && *out >= least && *out <= most) return ORR_OK;
  return orr_fail(e, ORR_DATA, "tensor '%s' holds %g; it must be %g to %g", name, *out, least, most);
}

static double largest(const double *x, size_t n) {
  double most = x[0];
  for (size_t i = 1; i < n; i++) most = fmax(most, x[i]);
  return most;
}

void orr_probabilities(const double *score, size_t k, double *p) {
  if (k == 2) {
    double s = *score;
    p[0] = 1 / (1 + exp(s));
    p[1] = 1 / (1 + exp(-s));
    return;
  }
  double most = largest(score, k), sum = 0;
  for (size_t c = 0; c < k; c++) sum += p[c] = exp(score[c] - most);
  for (size_t c = 0; c < k; c++) p[c] /= sum;
}

double orr_log_loss(const double *score, size_t k, size_t label) {
  if (k == 2) {
    double s = label ? *score : -*score;
    return fmax(-s, 0) + log1p(exp(-fabs(s)));
  }
  double most = largest(score, k), sum = 0;
  for (size_t c = 0; c < k; c++) sum += exp(score[c] - most);
  return most + log(sum) - score[label];
}
