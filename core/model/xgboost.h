/* XGBoost, to grow trees from gradients of our own; what is kept are our tensors.
 *
 * The bits of the trees do not depend on the number of threads: with `hist`
 * only the order of a histogram's sums does, and gradients are rounded to
 * whole multiples of a power of two, few enough to a sum that it is exact.
 */
#ifndef ORR_MODEL_XGBOOST_H
#define ORR_MODEL_XGBOOST_H

#include "base/progress.h"
#include "model/trees.h"
#include "num/matrix.h"

typedef struct orr_xgboost {
  void *booster, *train, *validation; /* the library's handles */
  size_t rows, groups;                /* of `train` */
  float *gradient, *hessian;          /* [rows,groups] of the round */
} orr_xgboost;

/* {0} before; fini after, also when it failed. weight[n] ≥ 0 (NULL: all one) places the bins, no more.
 * validation may be NULL. groups: trees of a round. */
orr_status orr_xgboost_init(orr_xgboost *x, const orr_matrix *train, const double *weight,
                            const orr_matrix *validation, size_t groups, const orr_work *work,
                            orr_arena *scratch, orr_error *e);
void orr_xgboost_fini(orr_xgboost *x);

/* A parameter of the library by its own name, before the first round. */
orr_status orr_xgboost_set(orr_xgboost *x, const char *name, double value, orr_error *e);

/* One tree for each group from gradients[n,groups] and hessians[n,groups]. */
orr_status orr_xgboost_round(orr_xgboost *x, const double *gradient, const double *hessian, orr_error *e);

/* out[n,groups]: the sum of the trees so far, on the training or the validation rows. Rounds update the sums
 * on the training rows as they go when this was called before the first. */
orr_status orr_xgboost_margins(orr_xgboost *x, bool validation, double *out, orr_error *e);

/* The trees of the first `rounds` rounds, into the store; base is 0 and scale 1. */
orr_status orr_xgboost_trees(const orr_xgboost *x, size_t rounds, orr_store *out, orr_trees *trees,
                             orr_error *e);

const char *orr_xgboost_version(void);

#endif
