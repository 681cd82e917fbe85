/* Deep ensembles: networks that differ in where they began, and whose answers
 * are mixed (Lakshminarayanan, Pritzel and Blundell, "Simple and scalable
 * predictive uncertainty estimation using deep ensembles", NeurIPS 2017). Where
 * they disagree, the data do not decide. They see the rows in one order and are
 * trained side by side, in one graph; each has dropout of its own.
 */
#include "model/mlp.h"

static const orr_option options[] = {
    {.name = "members",
     .type = ORR_TAKES_INTEGER,
     .fallback = "5",
     .least = 1,
     .most = ORR_MOST_MEMBERS,
     .help = "how many networks"},
    ORR_MLP_OPTIONS("128,128,128", "auto",
                    "what training makes small; auto: cross-entropy of classes, gaussian_nll of numbers"),
    ORR_MLP_TRAINING_OPTIONS,
};

static orr_status learner(const orr_fit_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_mlp_learner(in, (int)orr_options_integer(in->options, "members"), out, lesson, e);
}

const orr_family orr_family_ensemble = {
    .name = "ensemble",
    .title = "deep ensemble",
    .help = "several neural networks whose answers are mixed: where they disagree, the error is larger",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED | ORR_WATCHES_VALIDATION | ORR_LEARNS_CATEGORIES,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .predict = orr_mlp_predict,
    .predict_spread = orr_mlp_predict_spread,
    .check = orr_mlp_check,
};
