/* Coverage of the 90 % interval: how often the truth lies in it, bounds included. */
#include "metric/score.h"

static double of_row(const orr_evaluation *v, size_t row) {
  return v->lower[row] <= v->truth[row] && v->truth[row] <= v->upper[row];
}

const orr_score orr_score_coverage = {
    .name = "coverage_90",
    .title = "90 % interval: coverage",
    .help =
        "The fraction of rows whose truth lies in the predicted interval; an honest one covers what it says.",
    .tasks = ORR_REGRESSION,
    .bounded = true,
    .needs_interval = true,
    .of_row = of_row,
};
