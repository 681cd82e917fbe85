/* Layers; see layers.h. Their descriptions in files: layers_json.c. */
#include "model/layers.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "grad/nodes.h"
#include "grad/tape.h"

static const char *const activations[] = {
#define X(code, name) name,
    ORR_ACTIVATION_LIST(X)
#undef X
};

enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static const double leak = 0.01, epsilon = 1e-5;

const char *orr_activation_name(orr_activation a) { return activations[a]; }

orr_status orr_activation_find(const char *name, orr_activation *out, orr_error *e) {
  for (int i = 0; i < ACTIVATIONS; i++)
    if (!strcmp(activations[i], name)) return *out = (orr_activation)i, ORR_OK;
  const char *nearest = orr_text_nearest(name, activations, ACTIVATIONS);
  return orr_fail(e, ORR_USAGE, "no activation '%.60s'; did you mean '%s'?", name,
                  nearest ? nearest : activations[0]);
}

orr_gain orr_activation_gain(orr_activation a) {
  return a == ORR_TANH || a == ORR_SIGMOID || a == ORR_SOFTPLUS ? ORR_GLOROT : ORR_HE;
}

/* --- How parameters begin ------------------------------------------------- */

void orr_layers_fini(orr_layers *l) {
  orr_free(l->beginnings.items);
  *l = (orr_layers){0};
}

static double draw(orr_random *r, const orr_beginning *b) {
  switch (b->kind) {
  case ORR_ALL_EQUAL: break;
  case ORR_NORMAL: return b->scale * orr_random_normal(r);
  case ORR_UNIFORM: return b->scale * (2 * orr_random_uniform(r) - 1);
  }
  return b->scale;
}

void orr_layers_begin(const orr_layers *l, uint64_t seed, float *parameters) {
  memset(parameters, 0, orr_graph_slab(l->graph) * sizeof *parameters);
  for (size_t i = 0; i < l->beginnings.count; i++) {
    const orr_beginning *b = &l->beginnings.items[i];
    const orr_vertex *v = orr_graph_at(l->graph, b->parameter);
    orr_random r = orr_random_stream(seed, (uint64_t)v->attributes.number, ORR_FOR_PARAMETERS);
    for (size_t k = b->idle; k < orr_shape_size(&v->shape, 1); k++)
      parameters[v->attributes.offset + k] = (float)draw(&r, b);
  }
}

static orr_status note(orr_layers *l, orr_beginning b) {
  orr_error e;
  ORR_PUSH(&l->beginnings, b, &e);
  return ORR_OK;
}

static orr_node take_again(orr_layers *l, orr_shape shape) {
  orr_node n = l->taken < orr_graph_parameters(l->graph) ? orr_graph_parameter(l->graph, l->taken++) : 0;
  orr_shape made = orr_shape_of(l->graph, n);
  return n && orr_shape_equal(&made, &shape)
             ? n
             : orr_graph_fail(l->graph, "is not the layer that was made before");
}

orr_node orr_layer_parameter(orr_layers *l, const char *name, orr_shape shape, orr_initial kind,
                             double scale) {
  if (l->again) return take_again(l, shape);
  orr_node n = orr_node_parameter(l->graph, name, shape);
  if (n && note(l, (orr_beginning){n, kind, scale, 0}))
    return orr_graph_fail_memory(l->graph, sizeof(orr_beginning));
  return n;
}

/* `inputs` reach each unit, `outputs` are reached by each input. */
static orr_node weights(orr_layers *l, int in, int out, double inputs, double outputs, orr_gain gain) {
  orr_shape shape = ORR_SHAPE_OF(in, out);
  if (gain == ORR_STILL) return orr_layer_parameter(l, "weight", shape, ORR_ALL_EQUAL, 0);
  if (gain == ORR_HE) return orr_layer_parameter(l, "weight", shape, ORR_NORMAL, sqrt(2 / inputs));
  return orr_layer_parameter(l, "weight", shape, ORR_UNIFORM, sqrt(6 / (inputs + outputs)));
}

/* Before a kink biases are spread, lest all units bend at the origin. */
static orr_node biases(orr_layers *l, int out, double inputs, orr_gain gain) {
  bool spread = gain == ORR_HE;
  return orr_layer_parameter(l, "bias", ORR_SHAPE_OF(out), spread ? ORR_UNIFORM : ORR_ALL_EQUAL,
                             spread ? 1 / sqrt(inputs) : 0);
}

/* --- Layers ---------------------------------------------------------------- */

/* Length of the last axis; 0 and a failure where there is none or the width is none. */
static int inputs_of(orr_layers *l, orr_node x, int width) {
  orr_shape s = orr_shape_of(l->graph, x);
  if (orr_graph_failed(l->graph)) return 0;
  if (width < 1 || width > ORR_MOST_WIDTH)
    return orr_graph_fail(l->graph, "a width of %d; 1 to %d are possible", width, ORR_MOST_WIDTH), 0;
  if (s.rank > 1) return s.dim[s.rank - 1];
  char text[64];
  return orr_graph_fail(l->graph, "takes [rows, …, inputs], not %s", orr_shape_text(&s, text)), 0;
}

orr_node orr_layer_linear(orr_layers *l, orr_node x, int width, orr_gain gain) {
  orr_graph_enter(l->graph, "linear %d", width);
  int in = inputs_of(l, x, width);
  orr_node y = 0;
  if (in) {
    orr_node w = weights(l, in, width, in, width, gain), b = biases(l, width, in, gain);
    y = orr_node_linear(l->graph, x, w, b);
  }
  orr_graph_leave(l->graph);
  return y;
}

orr_node orr_layer_masked_linear(orr_layers *l, orr_node x, int width, const double *mask, orr_gain gain) {
  orr_graph_enter(l->graph, "masked linear %d", width);
  int in = inputs_of(l, x, width);
  orr_node y = 0;
  if (in) {
    double kept = 0;
    for (int i = 0; i < in * width; i++) kept += mask[i];
    double inputs = fmax(kept / width, 1), outputs = fmax(kept / in, 1);
    orr_node w = weights(l, in, width, inputs, outputs, gain), b = biases(l, width, inputs, gain);
    y = orr_node_masked_linear(l->graph, x, w,
                               orr_node_constant_data(l->graph, ORR_SHAPE_OF(in, width), mask), b);
  }
  orr_graph_leave(l->graph);
  return y;
}

orr_node orr_layer_activation(orr_layers *l, orr_node x, orr_activation a) {
  orr_graph *g = l->graph;
  switch (a) {
  case ORR_RELU: break;
  case ORR_LEAKY_RELU: return orr_node_leaky_relu(g, x, orr_node_constant(g, leak));
  case ORR_ELU: return orr_node_elu(g, x, orr_node_constant(g, 1));
  case ORR_GELU: return orr_node_gelu(g, x);
  case ORR_SILU: return orr_node_silu(g, x);
  case ORR_TANH: return orr_node_tanh(g, x);
  case ORR_SIGMOID: return orr_node_sigmoid(g, x);
  case ORR_SOFTPLUS: return orr_node_softplus(g, x);
  }
  return orr_node_relu(g, x);
}

/* The setting "training", made when first asked for. */
static orr_node training(orr_graph *g) {
  for (size_t i = 0; i < orr_graph_settings(g); i++)
    if (!strcmp(orr_graph_at(g, orr_graph_setting(g, i))->name, "training")) return orr_graph_setting(g, i);
  return orr_node_setting(g, "training");
}

orr_node orr_layer_dropout(orr_layers *l, orr_node x, double rate) {
  if (!(rate > 0)) return x;
  orr_graph_enter(l->graph, "dropout %g", rate);
  orr_node y = rate < 1 ? orr_node_dropout(l->graph, x, orr_node_scale(l->graph, training(l->graph), rate))
                        : orr_graph_fail(l->graph, "a rate of %g; it must be below 1", rate);
  orr_graph_leave(l->graph);
  return y;
}

orr_node orr_layer_norm(orr_layers *l, orr_node x) {
  orr_graph *g = l->graph;
  orr_graph_enter(g, "layer_norm");
  int in = inputs_of(l, x, 1);
  orr_node y = 0;
  if (in) {
    orr_node scale = orr_layer_parameter(l, "scale", ORR_SHAPE_OF(in), ORR_ALL_EQUAL, 1);
    orr_node shift = orr_layer_parameter(l, "shift", ORR_SHAPE_OF(in), ORR_ALL_EQUAL, 0);
    y = orr_node_add(g, orr_node_mul(g, orr_node_layer_norm(g, x, epsilon), scale), shift);
  }
  orr_graph_leave(g);
  return y;
}

/* The second product begins small, so that the block begins near the identity. */
orr_node orr_layer_residual(orr_layers *l, orr_node x, int width, orr_activation a, double rate, bool norm) {
  orr_graph_enter(l->graph, "residual %d", width);
  int in = inputs_of(l, x, width);
  orr_node y = 0;
  if (in) {
    orr_node h = orr_layer_activation(l, norm ? orr_layer_norm(l, x) : x, a);
    h = orr_layer_activation(l, orr_layer_linear(l, h, width, orr_activation_gain(a)), a);
    h = orr_layer_dropout(l, h, rate);
    orr_node w =
        orr_layer_parameter(l, "weight", ORR_SHAPE_OF(width, in), ORR_NORMAL, 0.1 * sqrt(1.0 / width));
    h = orr_node_linear(l->graph, h, w, orr_layer_parameter(l, "bias", ORR_SHAPE_OF(in), ORR_ALL_EQUAL, 0));
    y = orr_node_add(l->graph, x, h);
  }
  orr_graph_leave(l->graph);
  return y;
}

orr_node orr_layer_embedding(orr_layers *l, orr_node index, const int *categories, int width) {
  orr_graph *g = l->graph;
  orr_graph_enter(g, "embedding");
  int columns = inputs_of(l, index, width);
  orr_node all = 0;
  for (int i = 0; i < columns && !orr_graph_failed(g); i++) {
    orr_node table =
        orr_layer_parameter(l, "table", ORR_SHAPE_OF(categories[i], width), ORR_NORMAL, 1 / sqrt(width));
    if (table && !l->again) l->beginnings.items[l->beginnings.count - 1].idle = (size_t)width;
    orr_node of = orr_node_reshape(g, orr_node_slice(g, index, 1, i, 1), ORR_SHAPE_OF(ORR_FREE));
    orr_node row = orr_node_gather(g, table, of);
    all = i ? orr_node_concatenate(g, (orr_node[]){all, row}, 2, 1) : row;
  }
  orr_graph_leave(g);
  return all;
}

orr_node orr_layer_squash(orr_layers *l, orr_node x, double bound) {
  orr_graph *g = l->graph;
  if (!(bound > 0)) return orr_graph_fail(g, "squash: a bound of %g; it must be above 0", bound);
  orr_node ratio = orr_node_square(g, orr_node_scale(g, x, 1 / bound));
  return orr_node_div(g, x, orr_node_sqrt(g, orr_node_offset(g, ratio, 1)));
}

/* --- Networks in a line ---------------------------------------------------- */

static orr_gain gain_before(const orr_layer *next, const orr_layer *end) {
  while (next < end && (next->kind == ORR_DROPOUT || next->kind == ORR_LAYER_NORM)) next++;
  if (next < end && next->kind == ORR_RESIDUAL) return ORR_HE;
  return next < end && next->kind == ORR_ACTIVATION ? orr_activation_gain(next->activation) : ORR_GLOROT;
}

static orr_node traced_layer(orr_graph *g, const orr_tape *tape, orr_node x) {
  orr_node y = 0;
  orr_graph_enter(g, "function");
  orr_tape_play(tape, g, &(orr_tape_argument){.name = "x", .node = x}, 1, &y, NULL, NULL);
  orr_graph_leave(g);
  return y;
}

static orr_node one_layer(orr_layers *l, const orr_layer *at, const orr_layer *end, orr_node x) {
  switch (at->kind) {
  case ORR_LINEAR: return orr_layer_linear(l, x, at->width, gain_before(at + 1, end));
  case ORR_ACTIVATION: return orr_layer_activation(l, x, at->activation);
  case ORR_DROPOUT: return orr_layer_dropout(l, x, at->rate);
  case ORR_LAYER_NORM: return orr_layer_norm(l, x);
  case ORR_RESIDUAL: return orr_layer_residual(l, x, at->width, at->activation, at->rate, at->norm);
  case ORR_SQUASH: return orr_layer_squash(l, x, at->rate);
  case ORR_TRACED: return traced_layer(l->graph, at->tape, x);
  }
  return 0;
}

orr_node orr_layers_sequence(orr_layers *l, const orr_layer *list, size_t n, orr_node x) {
  for (size_t i = 0; i < n && !orr_graph_failed(l->graph); i++) {
    orr_graph_enter(l->graph, "layer %zu", i + 1);
    x = one_layer(l, &list[i], list + n, x);
    orr_graph_leave(l->graph);
  }
  return orr_graph_failed(l->graph) ? 0 : x;
}
