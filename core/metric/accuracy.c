/* Accuracy: the fraction of rows whose most probable class is the true one. */
#include "metric/score.h"

static double of_row(const orr_evaluation *v, size_t row) {
  return orr_predicted_class(v, row) == v->label[row];
}

const orr_score orr_score_accuracy = {
    .name = "accuracy",
    .title = "accuracy",
    .help = "The fraction of rows given their true class; compare it with the share of the largest class.",
    .tasks = ORR_CLASSIFICATION,
    .bounded = true,
    .of_row = of_row,
};
