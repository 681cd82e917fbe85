/* Autoencoders without a density: the code is a point, and the squared error of
 * the standardised columns is made small (Hinton and Salakhutdinov, "Reducing
 * the dimensionality of data with neural networks", Science 313, 2006). */
#include "model/vae.h"

static const orr_option options[] = {
    {.name = "latent",
     .type = ORR_TAKES_INTEGER,
     .fallback = "8",
     .least = 1,
     .most = 4096,
     .help = "numbers that describe a row"},
    ORR_HIDDEN_OPTION("256"),
    {.name = "activation",
     .type = ORR_TAKES_CHOICE,
     .fallback = "silu",
     .choices = ORR_ACTIVATION_CHOICES,
     .help = "what each unit's sum goes through"},
    {.name = "decoder",
     .type = ORR_TAKES_CHOICE,
     .fallback = "gaussian",
     .choices = "gaussian|bernoulli",
     .help = "gaussian: numbers, by squared error; bernoulli: truth values or grey levels, by cross-entropy"},
    ORR_AVERAGED_TRAINING_OPTIONS("300", NULL, "3e-3", "one_cycle", "0", "30", "0"),
};

static orr_status learner(const orr_density_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_vae_learner(in, false, out, lesson, e);
}

static orr_status encode(const orr_store *s, const orr_matrix *x, const orr_matrix *context, double *z,
                         const orr_work *work, orr_error *e) {
  (void)context;
  return orr_vae_encode(s, x, z, NULL, work, e);
}

static orr_status decode(const orr_store *s, const orr_matrix *z, const orr_matrix *context, double *x,
                         const orr_work *work, orr_error *e) {
  (void)context;
  return orr_vae_decode(s, z, x, work, e);
}

const orr_density orr_density_autoencoder = {
    .name = "autoencoder",
    .title = "autoencoder",
    .help = "a few numbers for each row, from which the row can be had again",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .check = orr_vae_check,
    .encode = encode,
    .decode = decode,
};

const orr_family orr_family_autoencoder = {
    .name = "autoencoder",
    .title = "autoencoder",
    .help = "a few numbers for each row, from which the row can be had again",
    .tasks = ORR_LATENT,
    .needs = ORR_NEEDS_IMPUTED | ORR_WATCHES_VALIDATION,
    .density = &orr_density_autoencoder,
    .options = options,
    .n_options = sizeof options / sizeof *options,
};
