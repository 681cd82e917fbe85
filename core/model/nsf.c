/* Neural spline flows (Durkan, Bekasov, Murray and Papamakarios, "Neural spline
 * flows", NeurIPS 2019): each column goes through a rational-quadratic spline
 * whose knots a network places; in coupling layers by the other half of the
 * columns (as fast to sample as to evaluate), in autoregressive ones by those
 * before it (fits better, slower to sample). */
#include "model/flow.h"

static const orr_option options[] = {
    {.name = "autoregressive",
     .type = ORR_TAKES_BOOLEAN,
     .fallback = "false",
     .help = "each column sees those before it, instead of one half seeing the other"},
    ORR_FLOW_OPTIONS("5", "128,128", "true", "silu"),
    ORR_SPLINE_OPTIONS,
    ORR_TRAINING_OPTIONS("100", "256", "1e-3", "cosine", "1e-4", "20"),
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
