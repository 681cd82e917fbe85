/* Split-conformal intervals; see split_conformal.h. */
#include "model/split_conformal.h"

#include <math.h>

#include "num/statistics.h"

orr_status orr_conformal_radius(const double *truth, const double *mean, size_t n, double level,
                                orr_arena *arena, double *radius, orr_error *e) {
  double *residual;
  size_t rank = (size_t)ceil((double)(n + 1) * level - 1e-9); /* 100 × 0.55 is 55, not a hair more */
  if (rank > n)
    return orr_fail(e, ORR_DATA,
                    "an interval at level %g needs at least %.0f rows held back to calibrate it, and there "
                    "are %zu; take a larger validation part",
                    level, ceil(level / (1 - level) - 1e-9), n);
  ORR_TAKE(arena, residual, n, e);
  for (size_t i = 0; i < n; i++) residual[i] = fabs(truth[i] - mean[i]);
  orr_sort(residual, n);
  *radius = residual[rank ? rank - 1 : 0];
  return ORR_OK;
}
