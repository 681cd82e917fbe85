/* The constant: the training rows' class shares, or their mean.
 *
 * It looks at no feature; what does not beat it has learnt nothing.
 */
#include <math.h>
#include <string.h>

#include "model/fit.h"
#include "num/statistics.h"

static orr_status fit_shares(const orr_fit_input *in, orr_store *out, orr_error *e) {
  const orr_frame *f = in->train;
  orr_tensor *share;
  double total = 0;
  ORR_TRY(orr_store_add(out, "share", ORR_F64, 1, &f->classes, &share, e));
  for (size_t i = 0; i < f->x.rows; i++) share->f64[f->label[i]] += f->weight ? f->weight[i] : 1;
  for (size_t c = 0; c < f->classes; c++) {
    share->f64[c] = fmax(share->f64[c], 0); /* negative weights may outweigh a class */
    total += share->f64[c];
  }
  for (size_t c = 0; c < f->classes; c++) share->f64[c] /= total;
  return ORR_OK;
}

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  double total;
  ORR_TRY(orr_fit_check(in, &total, e));
  *outcome = (orr_fit_outcome){.steps = 1, .best_step = 1, .stop_reason = "converged"};
  if (in->task == ORR_CLASSIFICATION) return fit_shares(in, out, e);
  return orr_store_put_number(out, "mean", orr_mean(in->train->y, in->train->weight, in->train->x.rows), e);
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  (void)work, (void)e;
  size_t width = task == ORR_CLASSIFICATION ? k : 1;
  const double *row = orr_store_find(s, task == ORR_CLASSIFICATION ? "share" : "mean")->f64;
  for (size_t i = 0; i < x->rows; i++) memcpy(out + i * width, row, width * sizeof *row);
  return ORR_OK;
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)d;
  const orr_tensor *t;
  double mean;
  if (task == ORR_REGRESSION) return orr_store_want_number(s, "mean", -HUGE_VAL, HUGE_VAL, &mean, e);
  ORR_TRY(orr_store_want(s, "share", ORR_F64, 1, &k, &t, e));
  for (size_t c = 0; c < k; c++)
    if (!(t->f64[c] >= 0 && t->f64[c] <= 1)) return orr_fail(e, ORR_DATA, "share %zu is %g", c, t->f64[c]);
  return ORR_OK;
}

const orr_family orr_family_constant = {
    .name = "constant",
    .title = "constant",
    .help = "the training rows' class shares, or their mean: the floor every model must beat",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .takes_negative_weights = true,
    .fit = fit,
    .predict = predict,
    .check = check,
};
