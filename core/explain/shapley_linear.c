/* Shapley values of linear models, exact for columns taken apart from each other:
 *   share = w (x - mean of the background's x)
 * (Štrumbelj and Kononenko 2014, section 3.2), summed over a column's encoded cells. */
#include <string.h>

#include "explain/shapley_methods.h"
#include "model/fit.h"
#include "num/linear.h"
#include "num/statistics.h"

/* w[width] and the intercept of the answer about the class. */
static orr_status weigh(const orr_sharing *s, double *w, double *intercept, orr_error *e) {
  const orr_store *store = &s->spec->model->store;
  size_t k = s->spec->model->classes.count, d = s->asked->x.cols;
  double *output;
  if (s->spec->model->task == ORR_REGRESSION) {
    memcpy(w, orr_store_find(store, "weights")->f64, d * sizeof *w);
    *intercept = orr_store_find(store, "intercept")->f64[0];
    return ORR_OK;
  }
  ORR_TAKE(s->arena, output, k, e);
  orr_shapley_weigh_outputs(k, s->class, output);
  const double *weights = orr_store_find(store, "weights")->f64,
               *intercepts = orr_store_find(store, "intercepts")->f64;
  *intercept = 0;
  for (size_t v = 0; v < orr_score_count(k); v++) {
    for (size_t j = 0; j < d; j++) w[j] += output[v] * weights[v * d + j];
    *intercept += output[v] * intercepts[v];
  }
  return ORR_OK;
}

static void mean_row(const orr_matrix *x, double *mean) {
  for (size_t j = 0; j < x->cols; j++) {
    orr_sum sum = {0};
    for (size_t i = 0; i < x->rows; i++) orr_sum_add(&sum, x->x[i * x->cols + j]);
    mean[j] = orr_sum_get(&sum) / (double)x->rows;
  }
}

orr_status orr_shapley_linear(const orr_sharing *s, orr_shapley *out, orr_error *e) {
  const orr_matrix *x = &s->asked->x;
  double *w, *mean, *share, intercept;
  ORR_TAKE(s->arena, w, x->cols, e);
  ORR_TAKE(s->arena, mean, x->cols, e);
  ORR_TAKE(s->arena, share, x->cols, e);
  ORR_TRY(weigh(s, w, &intercept, e));
  mean_row(&s->background->x, mean);
  out->method = "exact";
  out->scale = s->spec->model->task == ORR_REGRESSION ? ORR_SHAPLEY_UNITS : ORR_SHAPLEY_LOG_ODDS;
  out->base = intercept + orr_dot(x->cols, w, mean);
  for (size_t i = 0; i < x->rows; i++) {
    const double *row = orr_matrix_row(x, i);
    for (size_t j = 0; j < x->cols; j++) share[j] = w[j] * (row[j] - mean[j]);
    orr_shapley_gather(&s->spec->model->encoder, share, out->share + i * out->n_columns);
    out->answer[i] = intercept + orr_dot(x->cols, w, row);
  }
  return ORR_OK;
}
