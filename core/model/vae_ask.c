/* A kept autoencoder being asked; see vae.h. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/nodes.h"
#include "model/vae.h"

enum { IN_X, IN_Z, IN_MEAN, IN_LOG_VARIANCE, INPUTS };

static const double active_variance = 0.01, dead_nats = 0.01;

/* Three questions in one graph: the code of x, the output of z, and ln p(x,z)/q(z|x) of a draw from a given code. */
typedef struct opened {
  orr_vae v;
  orr_graph *graph;
  const float *parameters;
  const double *center, *scale;
  orr_code code;
  orr_node output, log_sd, log_weight;
  double log_scale; /* Σ ln scale; 0 of shares */
} opened;

static orr_node square_sum(orr_graph *g, orr_node x) { return orr_node_sum_sample(g, orr_node_square(g, x)); }

/* ln p(x|z) + ln N(z; 0, 1) - ln N(z; mean, variance), the 2π gone from both. */
static orr_node log_weight(opened *o, orr_layers *l, size_t decoder, orr_node x, orr_code q) {
  orr_graph *g = l->graph;
  orr_node z = orr_vae_draw(g, q, o->v.latent);
  l->again = true;
  l->taken = decoder;
  orr_node p = orr_vae_log_likelihood(&o->v, g, x, orr_vae_decoder(&o->v, l, z), o->log_sd);
  orr_node sd = orr_node_exp(g, orr_node_scale(g, q.log_variance, 0.5));
  orr_node noise = square_sum(g, orr_node_div(g, orr_node_sub(g, z, q.mean), sd));
  orr_node prior = orr_node_add(g, orr_node_sub(g, noise, square_sum(g, z)), orr_node_sum_sample(g, q.log_variance));
  return orr_node_add(g, p, orr_node_scale(g, prior, 0.5));
}

static void build(opened *o) {
  orr_graph *g = o->graph;
  orr_layers l = {.graph = g};
  orr_shape latent = ORR_SHAPE_OF(ORR_FREE, o->v.latent);
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, o->v.columns)), z = orr_node_input(g, "z", latent);
  orr_code q = {orr_node_input(g, "mean", latent), orr_node_input(g, "log_variance", latent)};
  o->code = orr_vae_encoder(&o->v, &l, x);
  size_t decoder = orr_graph_parameters(g);
  o->output = orr_vae_decoder(&o->v, &l, z);
  o->log_sd = orr_vae_log_sd(&o->v, &l);
  if (o->v.decoder == ORR_DECODER_BERNOULLI) o->output = orr_node_sigmoid(g, o->output);
  if (o->v.variational) o->log_weight = log_weight(o, &l, decoder, x, q);
  orr_layers_fini(&l);
}

static orr_status open_kept(opened *o, const orr_store *s, orr_error *e) {
  *o = (opened){0};
  ORR_TRY(orr_vae_read(s, &o->v, e));
  ORR_TRY(orr_density_want_scale(s, (size_t)o->v.columns, 0, &o->center, &o->scale, e));
  bool gaussian = o->v.decoder == ORR_DECODER_GAUSSIAN;
  for (int i = 0; gaussian && i < o->v.columns; i++) o->log_scale += log(o->scale[i]);
  if (!(o->graph = orr_graph_new())) return orr_fail_memory(e, "a graph", 0);
  build(o);
  return orr_parameters_want(s, o->graph, &o->parameters, e);
}

static void close_kept(opened *o) { orr_graph_free(o->graph); }

orr_status orr_vae_check(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e) {
  opened o;
  orr_status status = open_kept(&o, s, e);
  if (!status && (d != (size_t)o.v.columns || c))
    status = orr_fail(e, ORR_DATA, "the kept autoencoder has %d columns and no context, not %zu and %zu",
                      o.v.columns, d, c);
  *latent = (size_t)o.v.latent;
  close_kept(&o);
  return status;
}

static orr_status ask(const opened *o, const orr_node *nodes, size_t n_nodes, const orr_matrix *in, size_t n,
                      double *const *answers, const orr_work *work, orr_error *e) {
  orr_evaluator v;
  ORR_TRY(orr_evaluator_init(&v, o->graph, nodes, n_nodes, ORR_SINGLE, o->parameters, e));
  orr_status status = orr_evaluator_run(&v, in, n, 0, 0, answers, work, e);
  orr_evaluator_fini(&v);
  return status;
}

static orr_status check_columns(size_t has, int wants, orr_error *e) {
  return has == (size_t)wants ? ORR_OK : orr_fail(e, ORR_SHAPE, "the autoencoder takes %d columns, not %zu", wants, has);
}

static orr_status encode(const opened *o, const orr_matrix *x, orr_arena *arena, double *mean, double *log_variance,
                         const orr_work *work, orr_error *e) {
  orr_matrix in[INPUTS] = {{0}};
  const orr_node nodes[] = {o->code.mean, o->code.log_variance};
  ORR_TRY(check_columns(x->cols, o->v.columns, e));
  ORR_TRY(orr_density_standardise(x, o->center, o->scale, arena, &in[IN_X], e));
  return ask(o, nodes, log_variance ? 2 : 1, in, x->rows, (double *const[]){mean, log_variance}, work, e);
}

orr_status orr_vae_encode(const orr_store *s, const orr_matrix *x, double *mean, double *log_variance,
                          const orr_work *work, orr_error *e) {
  opened o;
  orr_arena arena = {0};
  orr_status status = open_kept(&o, s, e);
  if (!status && log_variance && !o.v.variational)
    status = orr_fail(e, ORR_USAGE, "a plain autoencoder's code has no variance");
  if (!status) status = encode(&o, x, &arena, mean, log_variance, work, e);
  orr_arena_fini(&arena);
  close_kept(&o);
  return status;
}

orr_status orr_vae_decode(const orr_store *s, const orr_matrix *z, double *x, const orr_work *work, orr_error *e) {
  opened o;
  orr_status status = open_kept(&o, s, e);
  orr_matrix in[INPUTS] = {[IN_Z] = *z};
  if (!status) status = check_columns(z->cols, o.v.latent, e);
  if (!status) status = ask(&o, &o.output, 1, in, z->rows, &x, work, e);
  if (!status) orr_density_restore(x, z->rows, (size_t)o.v.columns, o.center, o.scale);
  close_kept(&o);
  return status;
}

/* Noise of the decoder on its mean, in place: [n,columns] in the data's units. */
static void add_noise(const opened *o, orr_random *r, size_t n, double *x) {
  size_t d = (size_t)o->v.columns;
  const float *log_sd = o->log_sd ? o->parameters + orr_graph_at(o->graph, o->log_sd)->attributes.offset : NULL;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < d; k++) {
      double *at = &x[i * d + k];
      if (log_sd) *at += o->scale[k] * (exp((double)log_sd[k]) + 1e-3) * orr_random_normal(r);
      else *at = o->center[k] + o->scale[k] * (orr_random_uniform(r) < (*at - o->center[k]) / o->scale[k]);
    }
}

orr_status orr_vae_sample(const orr_store *s, const orr_matrix *context, size_t n, uint64_t seed, double *x,
                          const orr_work *work, orr_error *e) {
  opened o;
  orr_arena arena = {0};
  orr_matrix z;
  (void)context;
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_SAMPLES);
  orr_status status = open_kept(&o, s, e);
  if (!status) status = orr_matrix_take(&arena, n, (size_t)o.v.latent, &z, e);
  for (size_t i = 0; !status && i < n * z.cols; i++) z.x[i] = orr_random_normal(&r);
  if (!status) status = orr_vae_decode(s, &z, x, work, e);
  if (!status) add_noise(&o, &r, n, x);
  orr_arena_fini(&arena);
  close_kept(&o);
  return status;
}

/* --- Likelihood ------------------------------------------------------------------------ */

/* Running mean of w and of ln w, each row, w kept relative to the largest so far. */
typedef struct tally {
  double *largest, *sum, *mean;
} tally;

static void count(tally *t, size_t n, const double *log_w, size_t draw) {
  for (size_t i = 0; i < n; i++) {
    if (!draw || log_w[i] > t->largest[i]) {
      t->sum[i] = draw ? t->sum[i] * exp(t->largest[i] - log_w[i]) : 0;
      t->largest[i] = log_w[i];
    }
    t->sum[i] += exp(log_w[i] - t->largest[i]);
    t->mean[i] += (log_w[i] - t->mean[i]) / (double)(draw + 1);
  }
}

static orr_status tally_draws(const opened *o, const orr_matrix *x, size_t draws, uint64_t seed, tally *t,
                              orr_arena *arena, const orr_work *work, orr_error *e) {
  orr_matrix in[INPUTS] = {{0}};
  orr_evaluator v;
  double *log_w;
  size_t n = x->rows, latent = (size_t)o->v.latent;
  ORR_TAKE(arena, log_w, n + 1, e);
  ORR_TRY(orr_matrix_take(arena, n, latent, &in[IN_MEAN], e));
  ORR_TRY(orr_matrix_take(arena, n, latent, &in[IN_LOG_VARIANCE], e));
  ORR_TRY(encode(o, x, arena, in[IN_MEAN].x, in[IN_LOG_VARIANCE].x, work, e));
  ORR_TRY(orr_density_standardise(x, o->center, o->scale, arena, &in[IN_X], e));
  ORR_TRY(orr_evaluator_init(&v, o->graph, &o->log_weight, 1, ORR_SINGLE, o->parameters, e));
  orr_status status = ORR_OK;
  for (size_t i = 0; i < draws && !status; i++) {
    status = orr_evaluator_run(&v, in, n, seed, i, &log_w, work, e);
    if (!status) count(t, n, log_w, i);
  }
  orr_evaluator_fini(&v);
  return status;
}

static orr_status likelihood(const opened *o, const orr_matrix *x, size_t draws, uint64_t seed, double *elbo,
                             double *out, orr_arena *arena, const orr_work *work, orr_error *e) {
  tally t;
  size_t n = x->rows;
  if (!o->v.variational || !draws) return orr_fail(e, ORR_USAGE, "a likelihood needs a variational autoencoder and draws");
  ORR_TAKE(arena, t.largest, n + 1, e);
  ORR_TAKE(arena, t.sum, n + 1, e);
  ORR_TAKE(arena, t.mean, n + 1, e);
  ORR_TRY(tally_draws(o, x, draws, seed, &t, arena, work, e));
  for (size_t i = 0; elbo && i < n; i++) elbo[i] = t.mean[i] - o->log_scale;
  for (size_t i = 0; out && i < n; i++)
    out[i] = t.largest[i] + log(t.sum[i] / (double)draws) - o->log_scale;
  return ORR_OK;
}

orr_status orr_vae_likelihood(const orr_store *s, const orr_matrix *x, size_t draws, uint64_t seed, double *elbo,
                              double *out, const orr_work *work, orr_error *e) {
  opened o;
  orr_arena arena = {0};
  orr_status status = open_kept(&o, s, e);
  if (!status) status = likelihood(&o, x, draws, seed, elbo, out, &arena, work, e);
  orr_arena_fini(&arena);
  close_kept(&o);
  return status;
}

/* --- What the latent columns carry ------------------------------------------------------- */

const char *orr_collapse_text(orr_collapse c) {
  static const char *const texts[] = {
      NULL,
      "more than half of the latent columns carry nothing (KL below 0.01 nats): a smaller latent would do, or try a "
      "smaller beta or a longer kl_warm_up",
      "the posterior has collapsed: no latent column carries anything (KL below 0.01 nats each); try a smaller beta, "
      "a longer kl_warm_up or a weaker decoder"};
  return texts[c];
}

static void look_at(orr_latent_look *l, size_t k, size_t n, const double *mean, const double *log_variance) {
  double sum = 0, squares = 0, divergence = 0;
  for (size_t i = 0; i < n; i++) {
    double m = mean[i * l->latent + k], v = log_variance[i * l->latent + k];
    sum += m;
    divergence += 0.5 * (m * m + expm1(v) - v);
  }
  for (size_t i = 0; i < n; i++) {
    double apart = mean[i * l->latent + k] - sum / (double)n;
    squares += apart * apart;
  }
  l->divergence[k] = divergence / (double)n;
  l->variance[k] = squares / (double)n;
  l->total += l->divergence[k];
  l->active += l->variance[k] > active_variance;
  l->dead += l->divergence[k] < dead_nats;
}

orr_status orr_vae_look(const orr_store *s, const orr_matrix *x, orr_arena *arena, orr_latent_look *l,
                        const orr_work *work, orr_error *e) {
  orr_vae v;
  double *mean, *log_variance;
  ORR_TRY(orr_vae_read(s, &v, e));
  if (!x->rows) return orr_fail(e, ORR_DATA, "there are no rows to look at");
  *l = (orr_latent_look){.latent = (size_t)v.latent};
  ORR_TAKE(arena, mean, x->rows * l->latent, e);
  ORR_TAKE(arena, log_variance, x->rows * l->latent, e);
  ORR_TAKE(arena, l->divergence, l->latent, e);
  ORR_TAKE(arena, l->variance, l->latent, e);
  ORR_TRY(orr_vae_encode(s, x, mean, log_variance, work, e));
  for (size_t k = 0; k < l->latent; k++) look_at(l, k, x->rows, mean, log_variance);
  l->collapse = l->dead == l->latent ? ORR_COLLAPSE_ALL : 2 * l->dead > l->latent ? ORR_COLLAPSE_MOST : ORR_COLLAPSE_NONE;
  if (l->collapse) orr_log(work, "vae: %s", orr_collapse_text(l->collapse));
  return ORR_OK;
}
