/* Masked autoregressive flows (Papamakarios, Pavlakou and Murray, "Masked
 * autoregressive flow for density estimation", NeurIPS 2017): each column is
 * shifted and scaled by what those before it say; from layer to layer the order
 * is turned round. A density is fast, a sample takes a pass for each column. No
 * dropout: the network's outputs are the means themselves, and what is left out
 * of them in training shrinks them (10 % of each hidden layer: by a tenth). */
#include "model/flow.h"

static const orr_option options[] = {
    ORR_FLOW_OPTIONS("5", "how many invertible layers one after the other", "128,128,128", "false", "silu",
                     "0", "lu"),
    ORR_AVERAGED_TRAINING_OPTIONS("60", "256", "2e-3", "cosine", "1e-2", "20", "0.99"),
};

static orr_status learner(const orr_density_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_flow_learner(in, true, false, out, lesson, e);
}

const orr_density orr_density_maf = {
    .name = "maf",
    .title = "masked autoregressive flow",
    .help = "a density built of affine steps, each column given those before it",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .check = orr_flow_density_check,
    .log_density = orr_flow_density_log,
    .sample = orr_flow_density_sample,
    .encode = orr_flow_density_encode,
    .decode = orr_flow_density_decode,
};
