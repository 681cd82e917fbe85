/* R², the fraction of the target's variance that the prediction explains:
 * 1 − Σw(y−m)² / Σw(y−ȳ)²; undefined where the target does not vary. */
#include "metric/score.h"

#include <math.h>

/* The weighted mean, taken from a counted row so that of a constant it is that constant to the bit. */
static double mean_truth(const orr_evaluation *v, const double *weight) {
  size_t first = 0;
  while (first < v->n && weight[first] == 0) first++;
  double sum = 0, total = 0;
  for (size_t i = first; i < v->n; i++) {
    sum += weight[i] * (v->truth[i] - v->truth[first]);
    total += weight[i];
  }
  return total != 0 ? v->truth[first] + sum / total : NAN;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  double missed = 0, spread = 0, centre = mean_truth(v, weight);
  for (size_t i = 0; i < v->n; i++) {
    double miss = v->truth[i] - v->mean[i], away = v->truth[i] - centre;
    missed += weight[i] * miss * miss;
    spread += weight[i] * away * away;
  }
  return spread > 0 ? 1 - missed / spread : NAN;
}

const orr_score orr_score_r2 = {
    .name = "r2",
    .title = "R²",
    .help = "The fraction of the target's variance explained: 1 is perfect, 0 no better than the mean, "
            "below 0 worse.",
    .tasks = ORR_REGRESSION,
    .of_all = of_all,
};
