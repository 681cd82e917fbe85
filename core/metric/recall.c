/* Recall at the predicted class, hits / actual; undefined where the class has no rows. */
#include "metric/confusion.h"
#include "metric/score.h"

#include <math.h>

static double of_class(const orr_evaluation *v, const double *weight, int32_t k) {
  orr_tally t = orr_confusion_tally(v, weight, k);
  return t.actual != 0 ? t.hits / t.actual : NAN;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  return orr_score_over_classes(v, weight, of_class);
}

const orr_score orr_score_recall = {
    .name = "recall",
    .title = "recall",
    .help = "Of the rows that are of the class, the fraction found: the completeness of a selection.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_all = of_all,
};
