/* Split-conformal intervals: mean ± radius that cover a share `level` of new
 * rows, whatever the model, when rows are exchangeable (Papadopoulos et al.
 * 2002; Lei et al., "Distribution-free predictive inference for regression",
 * JASA 2018, algorithm 2). */
#ifndef ORR_MODEL_SPLIT_CONFORMAL_H
#define ORR_MODEL_SPLIT_CONFORMAL_H

#include "base/arena.h"

/* The ⌈(n+1) level⌉-th smallest of |truth - mean| over n calibration rows the model was not fitted on;
 * ORR_DATA when n is too small for the level. */
orr_status orr_conformal_radius(const double *truth, const double *mean, size_t n, double level,
                                orr_arena *arena, double *radius, orr_error *e);

#endif
