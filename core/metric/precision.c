/* Precision at the predicted class, hits / said; 0 for a class never predicted (as
 * in scikit-learn) and undefined where the class has no rows. */
#include "metric/confusion.h"
#include "metric/score.h"

#include <math.h>

static double of_class(const orr_evaluation *v, const double *weight, int32_t k) {
  orr_tally t = orr_confusion_tally(v, weight, k);
  if (t.actual == 0) return NAN;
  return t.said != 0 ? t.hits / t.said : 0;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  return orr_score_over_classes(v, weight, of_class);
}

const orr_score orr_score_precision = {
    .name = "precision",
    .title = "precision",
    .help = "Of the rows said to be of the class, the fraction that are: the purity of a selection.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_all = of_all,
};
