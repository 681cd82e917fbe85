/* RealNVP (Dinh, Sohl-Dickstein and Bengio, "Density estimation using Real NVP",
 * ICLR 2017): one half of the columns shifts and scales the other, in turn. The
 * simplest flow, and as fast to sample as to evaluate. */
#include "model/flow.h"

static const orr_option options[] = {
    ORR_FLOW_OPTIONS("8", "how many invertible layers one after the other", "128,128", "true", "silu", "0",
                     "lu"),
    ORR_AVERAGED_TRAINING_OPTIONS("60", "256", "2e-3", "cosine", "1e-2", "20", "0.99"),
};

static orr_status learner(const orr_density_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_flow_learner(in, false, false, out, lesson, e);
}

const orr_density orr_density_realnvp = {
    .name = "realnvp",
    .title = "RealNVP flow",
    .help = "a density built of affine steps, one half of the columns given the other",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .check = orr_flow_density_check,
    .log_density = orr_flow_density_log,
    .sample = orr_flow_density_sample,
    .encode = orr_flow_density_encode,
    .decode = orr_flow_density_decode,
};
