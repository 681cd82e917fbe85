/* Log loss: the mean of −ln p(true class), in nats. A probability below 1e-15 counts
 * as 1e-15, so that one confident mistake costs at most 34.5 and not infinity. */
#include "metric/score.h"

#include <math.h>

static const double LEAST = 1e-15;

static double of_row(const orr_evaluation *v, size_t row) {
  double p = orr_probability(v, row, (size_t)v->label[row]);
  return p >= 1 ? 0 : -log(p > LEAST ? p : LEAST);
}

const orr_score orr_score_log_loss = {
    .name = "log_loss",
    .title = "log loss",
    .help = "How surprised the model is by the truth, in nats a row: 0 is certainty, "
            "ln k is guessing among k classes.",
    .tasks = ORR_CLASSIFICATION,
    .lower_is_better = true,
    .of_row = of_row,
};
