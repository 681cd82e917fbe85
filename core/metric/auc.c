/* Area under the ROC curve, as the Mann–Whitney probability that a row of the
 * class is ranked above one of another (Hanley & McNeil 1982); ties count half. */
#include "metric/ranking.h"
#include "metric/score.h"

#include <math.h>

static double of_class(const orr_evaluation *v, const double *weight, int32_t k) {
  double hits = 0, misses = 0, won = 0;
  orr_ranked tie;
  for (size_t at = 0; at < v->n;) {
    at = orr_ranking_next(v, weight, k, at, &tie);
    won += tie.misses * (hits + 0.5 * tie.hits);
    hits += tie.hits;
    misses += tie.misses;
  }
  return hits != 0 && misses != 0 ? won / (hits * misses) : NAN;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  return orr_score_over_classes(v, weight, of_class);
}

const orr_score orr_score_auc = {
    .name = "auc",
    .title = "area under ROC curve",
    .help = "How often a row of the class is ranked above a row of another: 0.5 is guessing, 1 perfect; "
            "with more than two classes, the mean over them.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_all = of_all,
};
