/* Mean absolute error, in the units of the target. */
#include "metric/score.h"

#include <math.h>

static double of_row(const orr_evaluation *v, size_t row) { return fabs(v->mean[row] - v->truth[row]); }

const orr_score orr_score_mae = {
    .name = "mae",
    .title = "mean absolute error",
    .help = "The mean size of a miss, in the units of the target; all misses count alike.",
    .tasks = ORR_REGRESSION,
    .lower_is_better = true,
    .of_row = of_row,
};
