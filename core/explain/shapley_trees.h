/* TreeSHAP: Shapley values of trees from the paths their training rows took
 * (Lundberg et al., "From local explanations to global understanding with
 * explainable AI for trees", Nature Machine Intelligence 2, 2020, algorithm 2).
 * Equal to XGBoost's pred_contribs, in double precision.
 */
#ifndef ORR_EXPLAIN_SHAPLEY_TREES_H
#define ORR_EXPLAIN_SHAPLEY_TREES_H

#include "model/trees.h"

/* share[n,groups,d] of encoded x[n,d], in units of the margins; base[groups]: the mean margin by the trees' covers. */
orr_status orr_trees_shapley(const orr_trees *t, const orr_matrix *x, double *share, double *base,
                             const orr_work *work, orr_error *e);

#endif
