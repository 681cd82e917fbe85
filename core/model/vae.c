/* Variational autoencoders: graph, lesson and description; see vae.h. */
#include "model/vae.h"

#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "model/loss.h"

static const double half_log_two_pi = 0.91893853320467274178;
static const double widest = 12;     /* of ln variance: no posterior is a point */
static const double least_sd = 1e-3; /* of a Gaussian decoder, in standard deviations of the column */

/* --- The graph -------------------------------------------------------------------- */

orr_code orr_vae_encoder(const orr_vae *v, orr_layers *l, orr_node x) {
  orr_graph *g = l->graph;
  orr_graph_enter(g, "encoder");
  for (int i = 0; i < v->n_hidden; i++)
    x = orr_layer_activation(l, orr_layer_linear(l, x, v->hidden[i], orr_activation_gain(v->activation)),
                             v->activation);
  x = orr_layer_linear(l, x, v->variational ? 2 * v->latent : v->latent, ORR_GLOROT);
  orr_code q = {x, 0};
  if (v->variational) {
    orr_node raw = orr_node_slice(g, x, 1, v->latent, v->latent);
    q.mean = orr_node_slice(g, x, 1, 0, v->latent);
    q.log_variance = orr_node_scale(g, orr_node_tanh(g, orr_node_scale(g, raw, 1 / widest)), widest);
  }
  orr_graph_leave(g);
  return q;
}

orr_node orr_vae_decoder(const orr_vae *v, orr_layers *l, orr_node z) {
  orr_graph_enter(l->graph, "decoder");
  for (int i = v->n_hidden; i-- > 0;)
    z = orr_layer_activation(l, orr_layer_linear(l, z, v->hidden[i], orr_activation_gain(v->activation)),
                             v->activation);
  z = orr_layer_linear(l, z, v->columns, ORR_GLOROT);
  orr_graph_leave(l->graph);
  return z;
}

orr_node orr_vae_log_sd(const orr_vae *v, orr_layers *l) {
  if (!v->variational || v->decoder != ORR_DECODER_GAUSSIAN) return 0;
  return orr_layer_parameter(l, "log_sd", ORR_SHAPE_OF(v->columns), ORR_ALL_EQUAL, 0);
}

/* ln sd + (x - mean)² / (2 sd²) + ln(2π)/2, each column; or softplus(z) - x z. */
orr_node orr_vae_log_likelihood(const orr_vae *v, orr_graph *g, orr_node x, orr_node output,
                                orr_node log_sd) {
  orr_node l;
  if (v->decoder == ORR_DECODER_BERNOULLI) {
    l = orr_node_sub(g, orr_node_softplus(g, output), orr_node_mul(g, x, output));
  } else {
    orr_node sd = orr_node_offset(g, orr_node_exp(g, log_sd), least_sd);
    orr_node z = orr_node_div(g, orr_node_sub(g, x, output), sd);
    l = orr_node_add(g, orr_node_scale(g, orr_node_square(g, z), 0.5),
                     orr_node_offset(g, orr_node_log(g, sd), half_log_two_pi));
  }
  return orr_node_neg(g, orr_node_sum_sample(g, l));
}

/* (mean² + variance - 1 - ln variance) / 2 */
orr_node orr_vae_divergence(orr_graph *g, orr_code q) {
  orr_node grown = orr_node_add(g, orr_node_square(g, q.mean), orr_node_expm1(g, q.log_variance));
  return orr_node_scale(g, orr_node_sub(g, grown, q.log_variance), 0.5);
}

orr_node orr_vae_draw(orr_graph *g, orr_code q, int latent) {
  orr_node sd = orr_node_exp(g, orr_node_scale(g, q.log_variance, 0.5));
  return orr_node_add(g, q.mean, orr_node_mul(g, sd, orr_node_normal(g, ORR_SHAPE_OF(ORR_FREE, latent))));
}

/* --- The lesson --------------------------------------------------------------------- */

static orr_status add_bound(const orr_vae *v, orr_layers *l, orr_node x, orr_node weight, double beta,
                            double warm_up, orr_learner *out, orr_error *e) {
  orr_graph *g = l->graph;
  orr_code q = orr_vae_encoder(v, l, x);
  orr_node output = orr_vae_decoder(v, l, orr_vae_draw(g, q, v->latent)), log_sd = orr_vae_log_sd(v, l);
  orr_node near = orr_node_neg(g, orr_vae_log_likelihood(v, g, x, output, log_sd));
  orr_node reconstruction = orr_loss_mean(g, near, weight);
  orr_node divergence = orr_loss_mean(g, orr_node_sum_sample(g, orr_vae_divergence(g, q)), weight);
  out->loss = orr_node_add(g, reconstruction, orr_node_mul(g, orr_node_setting(g, "beta"), divergence));
  ORR_TRY(orr_learner_add_term(out, "reconstruction", reconstruction, e));
  ORR_TRY(orr_learner_add_term(out, "kl", divergence, e));
  orr_movement rise = {
      .name = "beta", .from = warm_up > 0 ? 0 : beta, .to = beta, .span = {.epochs = warm_up}};
  return orr_learner_add_movement(out, &rise, e);
}

/* The mean over columns of the squared error; of shares, the cross-entropy. */
static void add_error(const orr_vae *v, orr_layers *l, orr_node x, orr_node weight, orr_learner *out) {
  orr_graph *g = l->graph;
  orr_node output = orr_vae_decoder(v, l, orr_vae_encoder(v, l, x).mean);
  orr_node row = v->decoder == ORR_DECODER_BERNOULLI
                     ? orr_node_neg(g, orr_vae_log_likelihood(v, g, x, output, 0))
                     : orr_node_sum_sample(g, orr_node_square(g, orr_node_sub(g, x, output)));
  out->loss = orr_loss_mean(g, orr_node_scale(g, row, 1.0 / v->columns), weight);
}

orr_status orr_vae_make_learner(const orr_vae *v, double beta, double warm_up_epochs, bool weighted,
                                uint64_t seed, orr_learner *out, orr_error *e) {
  orr_layers layers = {.graph = out->graph = orr_graph_new()};
  orr_status status = ORR_OK;
  if (!out->graph) return orr_fail_memory(e, "a graph", 0);
  orr_node x = orr_node_input(out->graph, "x", ORR_SHAPE_OF(ORR_FREE, v->columns)), weight = 0;
  if (weighted) weight = orr_node_input(out->graph, "weight", ORR_SHAPE_OF(ORR_FREE));
  if (v->variational) status = add_bound(v, &layers, x, weight, beta, warm_up_epochs, out, e);
  else add_error(v, &layers, x, weight, out);
  if (!status) status = orr_learner_take_initial(out, e);
  if (!status) orr_layers_begin(&layers, seed, out->initial);
  orr_layers_fini(&layers);
  return status;
}

/* All data to 0 … 1 by one smallest and one largest value. */
static orr_status scale_together(const orr_density_input *in, orr_store *out, orr_error *e) {
  const orr_matrix *x = &in->train->x;
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < x->rows * x->cols; i++) low = fmin(low, x->x[i]), high = fmax(high, x->x[i]);
  if (!(high > low)) return orr_fail(e, ORR_DATA, "all cells are %g; there is nothing to learn", low);
  double *center = orr_store_find(out, "center")->f64, *scale = orr_store_find(out, "scale")->f64;
  for (size_t k = 0; k < x->cols; k++) center[k] = low, scale[k] = high - low;
  return ORR_OK;
}

static orr_status describe(const orr_density_input *in, bool variational, orr_vae *v, orr_error *e) {
  const orr_options *o = in->options;
  size_t n;
  if (in->train->context.cols) return orr_fail(e, ORR_USAGE, "an autoencoder takes no context");
  if (in->train->x.cols > ORR_MOST_WIDTH)
    return orr_fail(e, ORR_DATA, "%zu columns; an autoencoder takes at most %d", in->train->x.cols,
                    ORR_MOST_WIDTH);
  *v = (orr_vae){.columns = (int)in->train->x.cols,
                 .latent = (int)orr_options_integer(o, "latent"),
                 .variational = variational,
                 .decoder = strcmp(orr_options_text(o, "decoder"), "bernoulli") ? ORR_DECODER_GAUSSIAN
                                                                                : ORR_DECODER_BERNOULLI};
  ORR_TRY(orr_activation_find(orr_options_text(o, "activation"), &v->activation, e));
  ORR_TRY(orr_hidden_widths(o, v->hidden, &n, e));
  v->n_hidden = (int)n;
  return ORR_OK;
}

orr_status orr_vae_learner(const orr_density_input *in, bool variational, orr_store *out, orr_lesson *lesson,
                           orr_error *e) {
  orr_vae v;
  ORR_TRY(describe(in, variational, &v, e));
  ORR_TRY(orr_density_scale(in, false, out, e));
  if (v.decoder == ORR_DECODER_BERNOULLI) ORR_TRY(scale_together(in, out, e));
  ORR_TRY(orr_vae_note(&v, out, e));
  ORR_TRY(orr_density_rows_add(in, out, lesson, e));
  double beta = variational ? orr_options_number(in->options, "beta") : 0;
  double warm_up = variational ? orr_options_number(in->options, "kl_warm_up") : 0;
  return orr_vae_make_learner(&v, beta, warm_up, in->train->weight, in->seed, &lesson->learner, e);
}

/* --- The description ---------------------------------------------------------------- */

orr_status orr_vae_note(const orr_vae *v, orr_store *s, orr_error *e) {
  orr_json *j = orr_json_new_object(), *hidden = orr_json_new_array();
  for (int i = 0; i < v->n_hidden; i++) orr_json_push(hidden, orr_json_new_integer(v->hidden[i]));
  orr_json_set(j, "columns", orr_json_new_integer(v->columns));
  orr_json_set(j, "latent", orr_json_new_integer(v->latent));
  orr_json_set(j, "variational", orr_json_new_boolean(v->variational));
  orr_json_set(j, "bernoulli", orr_json_new_boolean(v->decoder == ORR_DECODER_BERNOULLI));
  orr_json_set(j, "hidden", hidden);
  orr_json_set(j, "activation", orr_json_new_string(orr_activation_name(v->activation)));
  return orr_store_note_json(s, "architecture", j, e);
}

static orr_status read_description(const orr_json *j, orr_vae *v, orr_error *e) {
  size_t n;
  ORR_TRY(orr_json_want_integer(j, "columns", 1, ORR_MOST_WIDTH, &v->columns, e));
  ORR_TRY(orr_json_want_integer(j, "latent", 1, ORR_MOST_WIDTH / 2, &v->latent, e));
  ORR_TRY(orr_json_want_widths(j, "hidden", v->hidden, &n, e));
  v->n_hidden = (int)n;
  v->variational = orr_json_is_true(orr_json_get(j, "variational"));
  v->decoder = orr_json_is_true(orr_json_get(j, "bernoulli")) ? ORR_DECODER_BERNOULLI : ORR_DECODER_GAUSSIAN;
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_DATA,
                      orr_activation_find(orr_json_text_of(j, "activation", ""), &v->activation, e)));
  return ORR_OK;
}

orr_status orr_vae_read(const orr_store *s, orr_vae *v, orr_error *e) {
  orr_json *j;
  *v = (orr_vae){0};
  ORR_TRY(orr_store_want_json(s, "architecture", &j, e));
  orr_status status = read_description(j, v, e);
  orr_json_free(j);
  return status;
}

/* --- The family ---------------------------------------------------------------------- */

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
     .help = "gaussian: numbers with noise; bernoulli: truth values, or grey levels as shares"},
    {.name = "beta",
     .type = ORR_TAKES_NUMBER,
     .fallback = "1",
     .least = 0,
     .most = 1e6,
     .help = "weight of the divergence from the prior; 1 is the bound itself"},
    {.name = "kl_warm_up",
     .type = ORR_TAKES_NUMBER,
     .fallback = "10",
     .least = 0,
     .most = 1e6,
     .help = "epochs over which beta rises from 0"},
    ORR_AVERAGED_TRAINING_OPTIONS("300", NULL, "3e-3", "one_cycle", "0", "30", "0"),
};

static orr_status learner(const orr_density_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_vae_learner(in, true, out, lesson, e);
}

enum { DRAWS = 100 };

static orr_status log_density(const orr_store *s, const orr_matrix *x, const orr_matrix *context, double *out,
                              const orr_work *work, orr_error *e) {
  (void)context;
  return orr_vae_likelihood(s, x, DRAWS, 1, NULL, out, work, e);
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

const orr_density orr_density_vae = {
    .name = "vae",
    .title = "variational autoencoder",
    .help = "a few numbers for each row, with a density over them",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .check = orr_vae_check,
    .log_density = log_density,
    .sample = orr_vae_sample,
    .encode = encode,
    .posterior = orr_vae_encode,
    .decode = decode,
};

const orr_family orr_family_vae = {
    .name = "vae",
    .title = "variational autoencoder",
    .help = "a few numbers for each row, with a density over them",
    .tasks = ORR_LATENT,
    .needs = ORR_NEEDS_IMPUTED | ORR_WATCHES_VALIDATION,
    .density = &orr_density_vae,
    .options = options,
    .n_options = sizeof options / sizeof *options,
};
