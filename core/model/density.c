/* What densities and latent models share: standardisation, and rows to learn from. */
#include "model/density.h"

#include <math.h>

#include "model/fit.h"
#include "model/network.h"
#include "num/statistics.h"

static orr_status check_rows(const orr_matrix *x, const char *what, orr_error *e) {
  for (size_t i = 0; i < x->rows * x->cols; i++)
    if (!isfinite(x->x[i]))
      return orr_fail(e, ORR_DATA, "%s holds %g in row %zu, column %zu; drop or impute such rows", what,
                      x->x[i], i / x->cols, i % x->cols);
  return ORR_OK;
}

static orr_status check_input(const orr_density_input *in, orr_error *e) {
  const orr_density_rows *t = in->train, *v = in->validation;
  if (!t->x.rows) return orr_fail(e, ORR_DATA, "no training rows are left; loosen the filter or the split");
  if (!t->x.cols) return orr_fail(e, ORR_DATA, "no column is left; name at least one");
  if (v && v->x.rows &&
      (v->x.cols != t->x.cols || v->context.cols != t->context.cols || !v->weight != !t->weight))
    return orr_fail(e, ORR_SHAPE, "validation rows have other columns than training rows");
  ORR_TRY(check_rows(&t->x, "the data", e));
  ORR_TRY(check_rows(&t->context, "the context", e));
  if (!v) return ORR_OK;
  ORR_TRY(check_rows(&v->x, "the validation data", e));
  return check_rows(&v->context, "the validation context", e);
}

static orr_status scale_columns(const orr_density_input *in, const orr_matrix *x, bool varying,
                                double *center, double *scale, orr_error *e) {
  double *column;
  ORR_TAKE(in->arena, column, x->rows + 1, e);
  for (size_t k = 0; k < x->cols; k++) {
    for (size_t i = 0; i < x->rows; i++) column[i] = x->x[i * x->cols + k];
    center[k] = orr_mean(column, in->train->weight, x->rows);
    scale[k] = orr_standard_deviation(column, in->train->weight, x->rows, center[k]);
    if (!isfinite(scale[k]) || !isfinite(center[k]))
      return orr_fail(e, ORR_DATA, "column %zu holds numbers too large to average; rescale it", k);
    bool still = !(scale[k] > 1e-12 * fabs(center[k]));
    if (still && varying)
      return orr_fail(e, ORR_DATA,
                      "column %zu does not vary (all rows are %g), so it has no density; leave it out", k,
                      center[k]);
    if (still) scale[k] = 1;
  }
  return ORR_OK;
}

orr_status orr_density_scale(const orr_density_input *in, bool varying, orr_store *out, orr_error *e) {
  const orr_matrix *x = &in->train->x, *context = &in->train->context;
  size_t n = x->cols + context->cols;
  orr_tensor *center, *scale;
  ORR_TRY(check_input(in, e));
  ORR_TRY(orr_store_add(out, "center", ORR_F64, 1, &n, &center, e));
  double *into = center->f64;
  ORR_TRY(orr_store_add(out, "scale", ORR_F64, 1, &n, &scale, e));
  ORR_TRY(scale_columns(in, x, varying, into, scale->f64, e));
  return scale_columns(in, context, false, into + x->cols, scale->f64 + x->cols, e);
}

static orr_status add_weights(const orr_density_input *in, const orr_density_rows *rows, orr_dataset *d,
                              orr_error *e) {
  double *weight, total = orr_sum_of(rows->weight, rows->x.rows);
  ORR_TAKE(in->arena, weight, rows->x.rows + 1, e);
  for (size_t i = 0; i < rows->x.rows; i++) {
    weight[i] = rows->weight[i] / total * (double)rows->x.rows;
    if (!(weight[i] >= 0 && isfinite(weight[i])))
      return orr_fail(e, ORR_DATA, "row %zu has the weight %g of a sum of %g; weights are 0 or more", i,
                      rows->weight[i], total);
  }
  return orr_dataset_add(d, weight, rows->x.rows, 1, NULL, NULL, in->arena, e);
}

static orr_status add_part(const orr_density_input *in, const orr_density_rows *rows, const double *center,
                           const double *inverse, orr_dataset *d, orr_error *e) {
  const orr_matrix *x = &rows->x, *c = &rows->context;
  ORR_TRY(orr_dataset_add(d, x->x, x->rows, x->cols, center, inverse, in->arena, e));
  if (c->cols)
    ORR_TRY(orr_dataset_add(d, c->x, x->rows, c->cols, center + x->cols, inverse + x->cols, in->arena, e));
  return rows->weight ? add_weights(in, rows, d, e) : ORR_OK;
}

orr_status orr_density_rows_add(const orr_density_input *in, const orr_store *s, orr_lesson *lesson,
                                orr_error *e) {
  const orr_tensor *center = orr_store_find(s, "center"), *scale = orr_store_find(s, "scale");
  double *inverse;
  ORR_TAKE(in->arena, inverse, scale->count, e);
  for (size_t i = 0; i < scale->count; i++) inverse[i] = 1 / scale->f64[i];
  ORR_TRY(add_part(in, in->train, center->f64, inverse, &lesson->train, e));
  if (!in->validation || !in->validation->x.rows) return ORR_OK;
  return add_part(in, in->validation, center->f64, inverse, &lesson->validation, e);
}

orr_status orr_density_want_scale(const orr_store *s, size_t d, size_t c, const double **center,
                                  const double **scale, orr_error *e) {
  const orr_tensor *a, *b;
  size_t n = d + c;
  ORR_TRY(orr_store_want(s, "center", ORR_F64, 1, &n, &a, e));
  ORR_TRY(orr_store_want(s, "scale", ORR_F64, 1, &n, &b, e));
  ORR_TRY(orr_tensor_check_finite(a, e));
  ORR_TRY(orr_tensor_check_finite(b, e));
  for (size_t i = 0; i < n; i++)
    if (!(b->f64[i] > 0)) return orr_fail(e, ORR_DATA, "the kept scale of column %zu is %g", i, b->f64[i]);
  *center = a->f64;
  *scale = b->f64;
  return ORR_OK;
}

orr_status orr_density_standardise(const orr_matrix *x, const double *center, const double *scale,
                                   orr_arena *arena, orr_matrix *to, orr_error *e) {
  ORR_TRY(orr_matrix_take(arena, x->rows, x->cols, to, e));
  for (size_t i = 0; i < x->rows; i++)
    for (size_t k = 0; k < x->cols; k++)
      to->x[i * x->cols + k] = (x->x[i * x->cols + k] - center[k]) / scale[k];
  return ORR_OK;
}

void orr_density_restore(double *x, size_t n, size_t d, const double *center, const double *scale) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < d; k++) x[i * d + k] = center[k] + scale[k] * x[i * d + k];
}
