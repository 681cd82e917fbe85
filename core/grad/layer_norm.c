/* Layer normalisation over the last axis, and its derivative in one pass; the
 * derivative's own derivatives go through elementary operators. */
#ifndef real
#include <math.h>

#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "grad/operator.h"

static double epsilon_of(const orr_kernel_call *c) { return c->node->attributes.value[0]; }

#define FAMILY "grad/layer_norm.c"
#include "grad/both.h"

static bool same_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  char text[64];
  *out = orr_shape_of(g, v->input[0]);
  if (out->rank && out->dim[out->rank - 1] != ORR_FREE) return true;
  return orr_graph_fail(g, "%s: %s has no axis after the batch", v->op->name, orr_shape_text(out, text)),
         false;
}

static bool gradient_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape dy = orr_shape_of(g, v->input[1]);
  char a[64], b[64];
  if (!same_shape(g, v, out)) return false;
  if (orr_shape_equal(out, &dy)) return true;
  orr_graph_fail(g, "%s: %s and %s differ", v->op->name, orr_shape_text(out, a), orr_shape_text(&dy, b));
  return false;
}

static void moments_plain(const double *x, size_t n, double epsilon, double *mean, double *deviation) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += x[i];
  *mean = sum / (double)n;
  for (size_t i = 0; i < n; i++) squares += (x[i] - *mean) * (x[i] - *mean);
  *deviation = sqrt(squares / (double)n + epsilon);
}

static void layer_norm_plain(const orr_kernel_call *c) {
  size_t n = c->out.dim[c->out.rank - 1];
  for (size_t at = 0; at < orr_tensor_size(&c->out); at += n) {
    const double *x = (const double *)c->in[0].x + at;
    double mean, deviation;
    moments_plain(x, n, epsilon_of(c), &mean, &deviation);
    for (size_t i = 0; i < n; i++) ((double *)c->out.x)[at + i] = (x[i] - mean) / deviation;
  }
}

/* By the Jacobian, element by element: dy_j/dx_i = ((i = j) - 1/n - y_i y_j / n) / deviation. */
static void layer_norm_gradient_plain(const orr_kernel_call *c) {
  size_t n = c->out.dim[c->out.rank - 1];
  for (size_t at = 0; at < orr_tensor_size(&c->out); at += n) {
    const double *x = (const double *)c->in[0].x + at, *dy = (const double *)c->in[1].x + at;
    double *dx = (double *)c->out.x + at, mean, s;
    moments_plain(x, n, epsilon_of(c), &mean, &s);
    for (size_t i = 0; i < n; i++) {
      dx[i] = 0;
      for (size_t j = 0; j < n; j++) {
        double yy = (x[i] - mean) * (x[j] - mean) / (s * s);
        dx[i] += dy[j] * ((i == j) - 1 / (double)n - yy / (double)n) / s;
      }
    }
  }
}

static orr_node layer_norm_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  orr_node x = orr_input_of(g, y, k);
  return orr_graph_apply(g, &orr_operator_layer_norm_gradient, (const orr_node[]){x, dy}, 2,
                         &orr_graph_at(g, y)->attributes);
}

static orr_node composed(orr_graph *g, orr_node x, double epsilon) {
  orr_node centred = orr_node_sub(g, x, orr_node_mean(g, x, -1, true));
  orr_node variance = orr_node_mean(g, orr_node_square(g, centred), -1, true);
  return orr_node_div(g, centred, orr_node_sqrt(g, orr_node_offset(g, variance, epsilon)));
}

static orr_node layer_norm_gradient_derivative(orr_graph *g, orr_node y, orr_node d, int k) {
  orr_node in[2] = {orr_input_of(g, y, 0), orr_input_of(g, y, 1)}, gradient, out[2];
  orr_node value = composed(g, in[0], orr_graph_at(g, y)->attributes.value[0]);
  orr_differentiate_partial(g, value, in[1], in, 1, &gradient);
  orr_differentiate_partial(g, gradient, d, in, 2, out);
  return out[k];
}

static orr_node layer_norm_trial(orr_graph *g, int number) {
  if (number == 0)
    return orr_node_layer_norm(g, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 7), -3, 3, false), 1e-5);
  if (number > 1) return 0;
  return orr_node_layer_norm(g, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 2, 19), -3, 3, false), 0.1);
}

static orr_node layer_norm_gradient_trial(orr_graph *g, int number) {
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 7), -3, 3, false);
  orr_node dy = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 7), -3, 3, false);
  if (number > 1) return 0;
  return orr_graph_apply(g, &orr_operator_layer_norm_gradient, (const orr_node[]){x, dy}, 2,
                         &(orr_attributes){.value = {number ? 0.1 : 1e-5}});
}

const orr_operator orr_operator_layer_norm = {.name = "layer_norm",
                                              .class = ORR_KERNEL,
                                              .arity = 1,
                                              .shape = same_shape,
                                              .run_f32 = layer_norm_f32,
                                              .run_f64 = layer_norm_f64,
                                              .plain = layer_norm_plain,
                                              .derivative = layer_norm_derivative,
                                              .trial = layer_norm_trial};

const orr_operator orr_operator_layer_norm_gradient = {.name = "layer_norm_gradient",
                                                       .class = ORR_KERNEL,
                                                       .arity = 2,
                                                       .shape = gradient_shape,
                                                       .run_f32 = layer_norm_gradient_f32,
                                                       .run_f64 = layer_norm_gradient_f64,
                                                       .plain = layer_norm_gradient_plain,
                                                       .derivative = layer_norm_gradient_derivative,
                                                       .trial = layer_norm_gradient_trial};

orr_node orr_node_layer_norm(orr_graph *g, orr_node x, double epsilon) {
  return orr_graph_apply(g, &orr_operator_layer_norm, &x, 1, &(orr_attributes){.value = {epsilon}});
}

#else /* the kernels, for either precision */

enum { K(LANES) = 16 };

/* Σ (x - a) (y - b) in sixteen lanes. */
ORR_VECTORISED static real K(product)(const real *x, real a, const real *y, real b, size_t n) {
  real lane[K(LANES)] = {0}, sum = 0;
  size_t i = 0;
  for (; i + K(LANES) <= n; i += K(LANES))
    for (size_t l = 0; l < K(LANES); l++) lane[l] += (x[i + l] - a) * (y[i + l] - b);
  for (; i < n; i++) sum += (x[i] - a) * (y[i] - b);
  for (size_t half = K(LANES) / 2; half > 0; half /= 2)
    for (size_t l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0] + sum;
}

ORR_VECTORISED static real K(total)(const real *x, size_t n) {
  real lane[K(LANES)] = {0}, sum = 0;
  size_t i = 0;
  for (; i + K(LANES) <= n; i += K(LANES))
    for (size_t l = 0; l < K(LANES); l++) lane[l] += x[i + l];
  for (; i < n; i++) sum += x[i];
  for (size_t half = K(LANES) / 2; half > 0; half /= 2)
    for (size_t l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0] + sum;
}

/* out = (x - mean - slope (y - centre)) scale */
ORR_VECTORISED static void K(residue)(const real *x, real mean, const real *y, real centre, real slope,
                                      real scale, real *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = (x[i] - mean - slope * (y[i] - centre)) * scale;
}

static void K(layer_norm)(const orr_kernel_call *c) {
  size_t n = c->out.dim[c->out.rank - 1];
  for (size_t at = 0; at < orr_tensor_size(&c->out); at += n) {
    const real *x = (const real *)c->in[0].x + at;
    real mean = K(total)(x, n) / (real)n;
    real variance = K(product)(x, mean, x, mean, n) / (real)n;
    real scale = (real)(1 / sqrt((double)variance + epsilon_of(c)));
    K(residue)(x, mean, x, 0, 0, scale, (real *)c->out.x + at, n);
  }
}

/* dx = (dy - mean dy - y mean(y dy)) / deviation, with y = (x - mean x) / deviation */
static void K(layer_norm_gradient)(const orr_kernel_call *c) {
  size_t n = c->out.dim[c->out.rank - 1];
  for (size_t at = 0; at < orr_tensor_size(&c->out); at += n) {
    const real *x = (const real *)c->in[0].x + at, *dy = (const real *)c->in[1].x + at;
    real mean = K(total)(x, n) / (real)n, mean_dy = K(total)(dy, n) / (real)n;
    real variance = K(product)(x, mean, x, mean, n) / (real)n + (real)epsilon_of(c);
    real slope = K(product)(x, mean, dy, 0, n) / ((real)n * variance);
    K(residue)(dy, mean_dy, x, mean, slope, (real)(1 / sqrt((double)variance)), (real *)c->out.x + at, n);
  }
}

#endif
