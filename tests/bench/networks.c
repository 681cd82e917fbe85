/* The networks of the benchmark, written with the graph's own builders. */
#include "tests/bench/networks.h"

#include <math.h>
#include <string.h>

#include "grad/differentiate.h"
#include "grad/nodes.h"

enum { HIDDEN = 128, DIMENSIONS = 8, LAYERS = 5, BINS = 8 };

static orr_node linear(orr_graph *g, orr_node x, int in, int out) {
  orr_node w = orr_node_parameter(g, "weight", ORR_SHAPE_OF(in, out));
  return orr_node_linear(g, x, w, orr_node_parameter(g, "bias", ORR_SHAPE_OF(out)));
}

static orr_node input(network *n, const char *name, int width, bool binary) {
  n->width[n->n_inputs] = (size_t)width;
  n->binary[n->n_inputs++] = binary;
  return orr_node_input(n->graph, name, ORR_SHAPE_OF(ORR_FREE, width));
}

/* Mean of softplus(z) - t z over the rows: binary cross-entropy of logits. */
static orr_node cross_entropy(orr_graph *g, orr_node z, orr_node t) {
  return orr_node_mean(
      g, orr_node_sum_sample(g, orr_node_sub(g, orr_node_softplus(g, z), orr_node_mul(g, t, z))), 0, false);
}

static orr_node mlp(network *n) {
  orr_graph *g = n->graph;
  orr_node x = input(n, "x", 28, false), t = input(n, "target", 1, true);
  for (int i = 0; i < 3; i++) x = orr_node_relu(g, linear(g, x, i ? HIDDEN : 28, HIDDEN));
  return cross_entropy(g, linear(g, x, HIDDEN, 1), t);
}

/* Degrees of the units of a masked network (Germain et al., "MADE", ICML 2015). */
static int degree(int unit, int width, bool reversed) {
  if (width == HIDDEN) return unit % (DIMENSIONS - 1) + 1;
  int d = unit % DIMENSIONS;
  return reversed ? DIMENSIONS - d : d + 1;
}

static orr_node masked(orr_graph *g, orr_node x, int in, int out, bool reversed) {
  static double mask[HIDDEN * HIDDEN];
  for (int i = 0; i < in; i++)
    for (int k = 0; k < out; k++) {
      int from = degree(i, in, reversed), to = degree(k, out, reversed);
      mask[i * out + k] = out == HIDDEN ? to >= from : to > from;
    }
  orr_node w = orr_node_parameter(g, "weight", ORR_SHAPE_OF(in, out));
  orr_node m = orr_node_constant_data(g, ORR_SHAPE_OF(in, out), mask);
  return orr_node_masked_linear(g, x, w, m, orr_node_parameter(g, "bias", ORR_SHAPE_OF(out)));
}

/* Minus the mean log-density, without the constant: half the squares and what the layers shrink. */
static orr_node negative_log_density(orr_graph *g, orr_node z, orr_node log_determinant) {
  orr_node half = orr_node_scale(g, orr_node_sum_sample(g, orr_node_square(g, z)), 0.5);
  return orr_node_mean(g, orr_node_sub(g, half, log_determinant), 0, false);
}

static orr_node maf(network *n) {
  orr_graph *g = n->graph;
  orr_node x = input(n, "x", DIMENSIONS, false), sum = 0;
  for (int layer = 0; layer < LAYERS; layer++) {
    bool reversed = layer % 2;
    orr_node h = orr_node_relu(g, masked(g, x, DIMENSIONS, HIDDEN, reversed));
    for (int i = 0; i < 2; i++) h = orr_node_relu(g, masked(g, h, HIDDEN, HIDDEN, reversed));
    h = masked(g, h, HIDDEN, 2 * DIMENSIONS, reversed);
    orr_node shift = orr_node_slice(g, h, 1, 0, DIMENSIONS);
    orr_node log_scale = orr_node_slice(g, h, 1, DIMENSIONS, DIMENSIONS);
    x = orr_node_mul(g, orr_node_sub(g, x, shift), orr_node_exp(g, orr_node_neg(g, log_scale)));
    orr_node shrunk = orr_node_sum_sample(g, log_scale);
    sum = sum ? orr_node_add(g, sum, shrunk) : shrunk;
  }
  return negative_log_density(g, x, orr_node_neg(g, sum));
}

static orr_node residual_network(orr_graph *g, orr_node x, int in, int out) {
  x = linear(g, x, in, HIDDEN);
  for (int block = 0; block < 2; block++) {
    orr_node h = linear(g, orr_node_relu(g, x), HIDDEN, HIDDEN);
    x = orr_node_add(g, x, linear(g, orr_node_relu(g, h), HIDDEN, HIDDEN));
  }
  return linear(g, x, HIDDEN, out);
}

static orr_node nsf(network *n) {
  enum { HALF = DIMENSIONS / 2, RAW = 3 * BINS - 1 };
  orr_graph *g = n->graph;
  orr_node x = input(n, "x", DIMENSIONS, false), sum = 0;
  orr_node half[2] = {orr_node_slice(g, x, 1, 0, HALF), orr_node_slice(g, x, 1, HALF, HALF)};
  for (int layer = 0; layer < LAYERS; layer++) {
    orr_node raw = residual_network(g, half[layer % 2], HALF, HALF * RAW);
    raw = orr_node_reshape(g, raw, ORR_SHAPE_OF(ORR_FREE, HALF, RAW));
    orr_node y = orr_node_spline(g, half[(layer + 1) % 2], raw, 3, false);
    orr_node values = orr_node_slice(g, y, 1, 0, 1), logs = orr_node_slice(g, y, 1, 1, 1);
    half[(layer + 1) % 2] = orr_node_reshape(g, values, ORR_SHAPE_OF(ORR_FREE, HALF));
    sum = sum ? orr_node_add(g, sum, orr_node_sum_sample(g, logs)) : orr_node_sum_sample(g, logs);
  }
  return negative_log_density(g, orr_node_concatenate(g, half, 2, 1), sum);
}

static orr_node vae(network *n) {
  enum { PIXELS = 784, WIDE = 400, LATENT = 20 };
  orr_graph *g = n->graph;
  orr_node x = input(n, "x", PIXELS, true);
  orr_node h = linear(g, orr_node_relu(g, linear(g, x, PIXELS, WIDE)), WIDE, 2 * LATENT);
  orr_node mean = orr_node_slice(g, h, 1, 0, LATENT), log_variance = orr_node_slice(g, h, 1, LATENT, LATENT);
  orr_node deviation = orr_node_exp(g, orr_node_scale(g, log_variance, 0.5));
  orr_node noise = orr_node_normal(g, ORR_SHAPE_OF(ORR_FREE, LATENT));
  orr_node z = orr_node_add(g, mean, orr_node_mul(g, deviation, noise));
  orr_node logits = linear(g, orr_node_relu(g, linear(g, z, LATENT, WIDE)), WIDE, PIXELS);
  orr_node divergence =
      orr_node_sub(g, orr_node_add(g, orr_node_square(g, mean), orr_node_exp(g, log_variance)),
                   orr_node_offset(g, log_variance, 1));
  orr_node kl = orr_node_scale(g, orr_node_sum_sample(g, divergence), 0.5);
  return orr_node_add(g, cross_entropy(g, logits, x), orr_node_mean(g, kl, 0, false));
}

static const struct {
  const char *name;
  orr_node (*build)(network *n);
  size_t parameters, activations;
} networks[] = {{"mlp", mlp, 36865, 28 + 3 * HIDDEN + 1},
                {"maf", maf, 181200, LAYERS *(DIMENSIONS + 3 * HIDDEN + 2 * DIMENSIONS)},
                {"nsf", nsf, 392780, LAYERS *(DIMENSIONS / 2 * 3 * BINS + 5 * HIDDEN + DIMENSIONS)},
                {"vae", vae, 652824, 784 + 400 + 40 + 20 + 400 + 784}};

static int find(const char *name) {
  int i = 0;
  while (strcmp(networks[i].name, name)) i++;
  return i;
}

size_t network_parameters(const char *name) { return networks[find(name)].parameters; }

size_t network_activations(const char *name) { return networks[find(name)].activations; }

orr_status network_loss(const char *name, network *n, orr_node *loss, orr_error *e) {
  *n = (network){.graph = orr_graph_new()};
  if (!n->graph) return orr_fail_memory(e, "a graph", 0);
  *loss = networks[find(name)].build(n);
  n->n_parameters = orr_graph_slab(n->graph);
  return orr_graph_check(n->graph, e);
}

orr_status network_build(const char *name, network *n, orr_error *e) {
  orr_node loss, x[MOST_PARAMETERS], dx[MOST_PARAMETERS];
  ORR_TRY(network_loss(name, n, &loss, e));
  size_t count = orr_graph_parameters(n->graph);
  for (size_t i = 0; i < count; i++) x[i] = orr_graph_parameter(n->graph, i);
  orr_differentiate(n->graph, loss, 0, x, count, dx);
  n->roots[n->n_roots++] = (orr_root){loss, ORR_ROOT_VALUE, 0};
  for (size_t i = 0; i < count; i++)
    n->roots[n->n_roots++] =
        (orr_root){dx[i], ORR_ROOT_GRADIENT, orr_graph_at(n->graph, x[i])->attributes.offset};
  return orr_graph_check(n->graph, e);
}

void network_free(network *n) { orr_graph_free(n->graph); }

void network_initialise(const network *n, float *parameters, orr_random *r) {
  double bound = 1;
  for (size_t i = 0; i < orr_graph_parameters(n->graph); i++) {
    const orr_vertex *v = orr_graph_at(n->graph, orr_graph_parameter(n->graph, i));
    size_t size = orr_shape_size(&v->shape, 1);
    if (v->shape.rank == 2) bound = 1 / sqrt(v->shape.dim[0]);
    for (size_t k = 0; k < size; k++)
      parameters[v->attributes.offset + k] = (float)(bound * (2 * orr_random_uniform(r) - 1));
  }
}
