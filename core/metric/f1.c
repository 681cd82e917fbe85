/* F1: the harmonic mean of precision and recall at the predicted class,
 * 2 hits / (said + actual); undefined where the class has no rows. */
#include "metric/confusion.h"
#include "metric/score.h"

#include <math.h>

static double of_class(const orr_evaluation *v, const double *weight, int32_t k) {
  orr_tally t = orr_confusion_tally(v, weight, k);
  return t.actual != 0 ? 2 * t.hits / (t.said + t.actual) : NAN;
}

static double of_all(const orr_evaluation *v, const double *weight) {
  return orr_score_over_classes(v, weight, of_class);
}

const orr_score orr_score_f1 = {
    .name = "f1",
    .title = "F1",
    .help = "Precision and recall in one number, their harmonic mean: high only when both are.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_all = of_all,
};
