/* Root mean squared error, in the units of the target. */
#include "metric/score.h"

#include <math.h>

static double of_all(const orr_evaluation *v, const double *weight) {
  double squares = 0, total = 0;
  for (size_t i = 0; i < v->n; i++) {
    double d = v->mean[i] - v->truth[i];
    squares += weight[i] * d * d;
    total += weight[i];
  }
  return total != 0 ? sqrt(squares / total) : NAN;
}

const orr_score orr_score_rmse = {
    .name = "rmse",
    .title = "root mean squared error",
    .help = "The typical size of a miss, in the units of the target; large misses count more.",
    .tasks = ORR_REGRESSION,
    .lower_is_better = true,
    .of_all = of_all,
};
