/* Neural spline flows (Durkan, Bekasov, Murray and Papamakarios, "Neural spline
 * flows", NeurIPS 2019): each column goes through a rational-quadratic spline
 * whose knots a network places; in coupling layers by the other half of the
 * columns (as fast to sample as to evaluate), in autoregressive ones by those
 * before it (fits better, slower to sample: a pass for each column). */
#include "model/flow.h"

static const orr_option options[] = {
    {.name = "autoregressive",
     .type = ORR_TAKES_BOOLEAN,
     .fallback = "true",
     .help = "each column sees those before it, instead of one half seeing the other"},
    ORR_FLOW_OPTIONS(NULL, "how many invertible layers; where none is given, 3 for up to 3 columns, else 2",
                     "64,64", "true", "silu", "0.1", "lu"),
    ORR_SPLINE_OPTIONS,
    ORR_AVERAGED_TRAINING_OPTIONS("60", "256", "2e-3", "cosine", "1e-2", "20", "0.99"),
};

static orr_status learner(const orr_density_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_flow_learner(in, orr_options_boolean(in->options, "autoregressive"), true, out, lesson, e);
}

const orr_density orr_density_nsf = {
    .name = "nsf",
    .title = "neural spline flow",
    .help = "a density built of splines whose knots a network places",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .check = orr_flow_density_check,
    .log_density = orr_flow_density_log,
    .sample = orr_flow_density_sample,
    .encode = orr_flow_density_encode,
    .decode = orr_flow_density_decode,
};
