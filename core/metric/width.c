/* Mean width of the 90 % interval, in the units of the target. */
#include "metric/score.h"

static double of_row(const orr_evaluation *v, size_t row) { return v->upper[row] - v->lower[row]; }

const orr_score orr_score_width = {
    .name = "width_90",
    .title = "90 % interval: width",
    .help = "How wide the predicted interval is, in the units of the target; "
            "of two with honest coverage prefer the narrower.",
    .tasks = ORR_REGRESSION,
    .lower_is_better = true,
    .needs_interval = true,
    .of_row = of_row,
};
