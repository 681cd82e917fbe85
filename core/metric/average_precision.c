/* Average precision: precision at each threshold weighted by the recall it adds,
 * AP = Σ (R_i − R_{i−1}) P_i, without interpolation, as scikit-learn defines it. */
#include "metric/ranking.h"
#include "metric/score.h"

#include <math.h>

static double of_class(const orr_evaluation *v, const double *weight, int32_t k) {
  double hits = 0, above = 0, area = 0;
  orr_ranked tie;
  for (size_t at = 0; at < v->n;) {
    at = orr_ranking_next(v, weight, k, at, &tie);
    hits += tie.hits;
    above += tie.hits + tie.misses;
    if (tie.hits != 0 && above != 0) area += tie.hits * (hits / above);
  }
  return hits != 0 ? area / hits : NAN;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  return orr_score_over_classes(v, weight, of_class);
}

const orr_score orr_score_average_precision = {
    .name = "average_precision",
    .title = "average precision",
    .help = "The area under the precision–recall curve, telling where the class is rare; "
            "guessing scores the fraction of rows in the class.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_all = of_all,
};
