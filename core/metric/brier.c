/* Brier score (Brier 1950). Two classes: the mean of (p − y)² of the positive class, in
 * [0, 1]; more: the sum of that over all classes, in [0, 2], Brier's own definition. */
#include "metric/score.h"

static double of_row(const orr_evaluation *v, size_t row) {
  double total = 0;
  for (size_t k = v->classes == 2 ? ORR_POSITIVE : 0; k < v->classes; k++) {
    double d = orr_probability(v, row, k) - (v->label[row] == (int32_t)k);
    total += d * d;
  }
  return total;
}

const orr_score orr_score_brier = {
    .name = "brier",
    .title = "Brier score",
    .help = "The mean squared distance of the probabilities from the truth: 0 is perfect; "
            "kinder than log loss to a confident mistake.",
    .tasks = ORR_CLASSIFICATION,
    .lower_is_better = true,
    .of_row = of_row,
};
