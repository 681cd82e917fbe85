/* The graph of a flow; see flow.h. */
#include "model/flow.h"

#include "base/memory.h"
#include "grad/nodes.h"

static const double half_log_two_pi = 0.91893853320467274178;
static const double steepest = 5; /* an affine layer's scale stays within e^±5 */

/* --- Sizes -------------------------------------------------------------------- */

/* Columns whose network this is: all, or the half that moves. The first half moves in odd layers. */
static int first_half(const orr_flow *f) { return f->columns / 2; }
static int moving(const orr_flow *f, int layer) {
  return f->autoregressive ? f->columns : layer % 2 ? first_half(f) : f->columns - first_half(f);
}
static int seen(const orr_flow *f, int layer) {
  return (f->autoregressive ? f->columns : f->columns - moving(f, layer)) + f->context;
}
static int each(const orr_flow *f) { return f->spline ? 3 * f->bins - 1 : 2; }
static bool mixes(const orr_flow *f, int layer) { return f->mixing && layer > 0; }

static size_t linear_size(size_t in, size_t out) { return in * out + out; }

size_t orr_flow_parameters(const orr_flow *f) {
  size_t n = 0, d = (size_t)f->columns;
  for (int layer = 0; layer < f->layers; layer++) {
    size_t width = (size_t)seen(f, layer);
    if (mixes(f, layer)) n += 2 * d * d + 2 * d;
    if (f->residual) n += linear_size(width, (size_t)f->hidden[0]);
    if (f->residual) width = (size_t)f->hidden[0];
    for (int i = 0; i < f->n_hidden; i++) {
      size_t hidden = (size_t)f->hidden[i];
      n += linear_size(width, hidden) + (f->residual ? linear_size(hidden, width) : 0);
      if (!f->residual) width = hidden;
    }
    n += linear_size(width, (size_t)(moving(f, layer) * each(f)));
  }
  return n;
}

size_t orr_flow_first_parameter(const orr_flow *f, int layer) {
  size_t linear = (size_t)(f->residual ? 2 + 2 * f->n_hidden : 1 + f->n_hidden), n = 0;
  for (int i = 0; i < layer; i++) n += 2 * linear + (mixes(f, i) ? 4 : 0);
  return n;
}

/* --- Masks ---------------------------------------------------------------------- */

int orr_flow_degree(const orr_flow *f, int layer, int column) {
  return !f->mixing && layer % 2 ? f->columns - column : column + 1;
}

typedef enum side { INPUT, HIDDEN, OUTPUT } side;

/* Context has degree 0: all see it. Without it no hidden unit need have less than 1. */
static int degree(const orr_flow *f, int layer, side s, int unit) {
  int d = f->columns;
  if (s == INPUT) return unit < d ? orr_flow_degree(f, layer, unit) : 0;
  if (s == OUTPUT) return orr_flow_degree(f, layer, f->spline ? unit / each(f) : unit % d);
  return f->context || d == 1 ? unit % d : unit % (d - 1) + 1;
}

static orr_node masked(orr_layers *l, const orr_flow *f, int layer, orr_node x, side from, side to, int out,
                       orr_gain gain) {
  orr_shape s = orr_shape_of(l->graph, x);
  if (orr_graph_failed(l->graph)) return 0;
  size_t in = (size_t)s.dim[1], width = (size_t)out;
  double *mask = orr_calloc(in * width, sizeof *mask);
  if (!mask) return orr_graph_fail_memory(l->graph, in * width * sizeof *mask);
  for (size_t i = 0; i < in; i++)
    for (size_t k = 0; k < width; k++) {
      int low = degree(f, layer, from, (int)i), high = degree(f, layer, to, (int)k);
      mask[i * width + k] = to == OUTPUT ? high > low : high >= low;
    }
  orr_node y = orr_layer_masked_linear(l, x, out, mask, gain);
  orr_free(mask);
  return y;
}

/* --- Conditioners ----------------------------------------------------------------- */

static orr_node act(orr_layers *l, const orr_flow *f, orr_node x) {
  return orr_layer_activation(l, x, f->activation);
}

static orr_node thin(orr_layers *l, const orr_flow *f, orr_node x) {
  return orr_layer_dropout(l, x, f->dropout);
}

static orr_node masked_network(orr_layers *l, const orr_flow *f, int layer, orr_node x) {
  orr_gain gain = orr_activation_gain(f->activation);
  side from = INPUT;
  if (f->residual) x = masked(l, f, layer, x, INPUT, HIDDEN, f->hidden[0], gain);
  for (int i = 0; i < f->n_hidden; i++, from = HIDDEN) {
    if (!f->residual) {
      x = thin(l, f, act(l, f, masked(l, f, layer, x, from, HIDDEN, f->hidden[i], gain)));
      continue;
    }
    orr_node h = masked(l, f, layer, act(l, f, x), HIDDEN, HIDDEN, f->hidden[i], gain);
    x = orr_node_add(l->graph, x,
                     masked(l, f, layer, thin(l, f, act(l, f, h)), HIDDEN, HIDDEN, f->hidden[0], ORR_STILL));
  }
  return masked(l, f, layer, x, HIDDEN, OUTPUT, moving(f, layer) * each(f), ORR_STILL);
}

static orr_node plain_network(orr_layers *l, const orr_flow *f, int layer, orr_node x) {
  orr_gain gain = orr_activation_gain(f->activation);
  if (f->residual) x = orr_layer_linear(l, x, f->hidden[0], gain);
  for (int i = 0; i < f->n_hidden; i++)
    x = f->residual ? orr_layer_residual(l, x, f->hidden[i], f->activation, f->dropout, false)
                    : thin(l, f, act(l, f, orr_layer_linear(l, x, f->hidden[i], gain)));
  return orr_layer_linear(l, x, moving(f, layer) * each(f), ORR_STILL);
}

static orr_node join(orr_graph *g, orr_node a, orr_node b) {
  return a && b ? orr_node_concatenate(g, (orr_node[]){a, b}, 2, 1) : a ? a : b;
}

/* What a layer's network says of what it sees: affine [rows, 2·columns], a spline [rows, columns, 3 bins - 1]. */
static orr_node condition(const orr_flow *f, orr_layers *l, int layer, orr_node x, orr_node context) {
  orr_node h = join(l->graph, x, context);
  h = f->autoregressive ? masked_network(l, f, layer, h) : plain_network(l, f, layer, h);
  if (!f->spline) return h;
  return orr_node_reshape(l->graph, h, ORR_SHAPE_OF(ORR_FREE, moving(f, layer), each(f)));
}

/* --- Moving ------------------------------------------------------------------------ */

/* z = (x - shift) e^-s, or back; *log_determinant: of what is done. */
static orr_node affine(orr_graph *g, orr_node x, orr_node h, int n, bool inverse, orr_node *log_determinant) {
  orr_node shift = orr_node_slice(g, h, 1, 0, n), raw = orr_node_slice(g, h, 1, n, n);
  orr_node s = orr_node_scale(g, orr_node_tanh(g, orr_node_scale(g, raw, 1 / steepest)), steepest);
  *log_determinant = orr_node_sum_sample(g, inverse ? s : orr_node_neg(g, s));
  if (inverse) return orr_node_add(g, orr_node_mul(g, x, orr_node_exp(g, s)), shift);
  return orr_node_mul(g, orr_node_sub(g, x, shift), orr_node_exp(g, orr_node_neg(g, s)));
}

static orr_node move(const orr_flow *f, orr_graph *g, orr_node x, orr_node h, int n, bool inverse,
                     orr_node *log_determinant) {
  if (!f->spline) return affine(g, x, h, n, inverse, log_determinant);
  orr_node both = orr_node_spline(g, x, h, f->box, inverse);
  *log_determinant = orr_node_sum_sample(g, orr_node_slice(g, both, 1, 1, 1));
  return orr_node_reshape(g, orr_node_slice(g, both, 1, 0, 1), ORR_SHAPE_OF(ORR_FREE, n));
}

/* The columns of a coupling layer in two: what is seen, and what moves. */
static void cut(const orr_flow *f, orr_graph *g, int layer, orr_node x, orr_node *still, orr_node *moved) {
  int half = first_half(f), d = f->columns;
  orr_node low = half ? orr_node_slice(g, x, 1, 0, half) : 0, high = orr_node_slice(g, x, 1, half, d - half);
  *still = layer % 2 ? high : low;
  *moved = layer % 2 ? low : high;
}

static orr_node sew(orr_graph *g, int layer, orr_node still, orr_node moved) {
  return layer % 2 ? join(g, moved, still) : join(g, still, moved);
}

orr_node orr_flow_layer_inverse(const orr_flow *f, orr_layers *l, int layer, orr_node z, orr_node so_far,
                                orr_node context) {
  orr_node still, moved, unused;
  orr_graph *g = l->graph;
  l->again = true;
  l->taken = orr_flow_first_parameter(f, layer) + (mixes(f, layer) ? 4 : 0);
  if (f->autoregressive) {
    orr_node h = condition(f, l, layer, so_far, context);
    return move(f, g, z, h, f->columns, true, &unused);
  }
  cut(f, g, layer, z, &still, &moved);
  moved = move(f, g, moved, condition(f, l, layer, still, context), moving(f, layer), true, &unused);
  return sew(g, layer, still, moved);
}

/* --- Mixing ------------------------------------------------------------------------ */

typedef enum triangle { BELOW, DIAGONAL, ABOVE, REVERSAL } triangle;

static orr_node pattern(orr_graph *g, int n, triangle kind) {
  double *x = orr_calloc((size_t)n * (size_t)n, sizeof *x);
  if (!x) return orr_graph_fail_memory(g, (size_t)n * (size_t)n * sizeof *x);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      x[i * n + k] = kind == BELOW      ? i > k
                     : kind == DIAGONAL ? i == k
                     : kind == ABOVE    ? i < k
                                        : i + k == n - 1;
  orr_node c = orr_node_constant_data(g, ORR_SHAPE_OF(n, n), x);
  orr_free(x);
  return c;
}

/* y = x P L U + b: P puts the columns in reverse, L is lower with ones and U upper triangular, its diagonal e^s
 * (Oliva et al., "Transformation autoregressive networks", ICML 2018, section 3.1.1). */
static orr_node mix(const orr_flow *f, orr_layers *l, orr_node x, orr_node *log_determinant) {
  orr_graph *g = l->graph;
  int d = f->columns;
  orr_node identity = pattern(g, d, DIAGONAL);
  orr_node lower = orr_layer_parameter(l, "lower", ORR_SHAPE_OF(d, d), ORR_ALL_EQUAL, 0);
  orr_node upper = orr_layer_parameter(l, "upper", ORR_SHAPE_OF(d, d), ORR_ALL_EQUAL, 0);
  orr_node s = orr_layer_parameter(l, "log_diagonal", ORR_SHAPE_OF(d), ORR_ALL_EQUAL, 0);
  orr_node b = orr_layer_parameter(l, "bias", ORR_SHAPE_OF(d), ORR_ALL_EQUAL, 0);
  lower = orr_node_add(g, orr_node_mul(g, lower, pattern(g, d, BELOW)), identity);
  upper = orr_node_add(g, orr_node_mul(g, upper, pattern(g, d, ABOVE)),
                       orr_node_mul(g, identity, orr_node_exp(g, s)));
  orr_node w = orr_node_matmul(g, pattern(g, d, REVERSAL), orr_node_matmul(g, lower, upper));
  *log_determinant = orr_node_sum_all(g, s);
  return orr_node_linear(g, x, w, b);
}

/* --- The whole ------------------------------------------------------------------------ */

static orr_node forward_layer(const orr_flow *f, orr_layers *l, int layer, orr_node x, orr_node context,
                              orr_node *log_determinant) {
  orr_node still, moved;
  orr_graph *g = l->graph;
  if (f->autoregressive)
    return move(f, g, x, condition(f, l, layer, x, context), f->columns, false, log_determinant);
  cut(f, g, layer, x, &still, &moved);
  moved = move(f, g, moved, condition(f, l, layer, still, context), moving(f, layer), false, log_determinant);
  return sew(g, layer, still, moved);
}

orr_flow_nodes orr_flow_forward(const orr_flow *f, orr_layers *l, orr_node x, orr_node context) {
  orr_graph *g = l->graph;
  orr_node sum = 0;
  for (int layer = 0; layer < f->layers && !orr_graph_failed(g); layer++) {
    orr_node part, mixed = 0;
    orr_graph_enter(g, "layer %d", layer + 1);
    if (mixes(f, layer)) x = mix(f, l, x, &mixed);
    x = forward_layer(f, l, layer, x, context, &part);
    if (mixed) part = orr_node_add(g, part, mixed);
    sum = sum ? orr_node_add(g, sum, part) : part;
    orr_graph_leave(g);
  }
  return (orr_flow_nodes){x, sum};
}

orr_node orr_flow_log_density(orr_graph *g, const orr_flow *f, orr_flow_nodes at) {
  orr_node half = orr_node_scale(g, orr_node_sum_sample(g, orr_node_square(g, at.z)), -0.5);
  return orr_node_offset(g, orr_node_add(g, half, at.log_determinant), -half_log_two_pi * f->columns);
}
