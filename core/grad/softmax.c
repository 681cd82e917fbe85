/* logsumexp, softmax and log_softmax along one axis, each taken about the
 * greatest element so that nothing overflows. Over the batch they are composed
 * of reductions. */
#ifndef real
#include <math.h>

#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/vector_math.h"

enum { TILE = 256, LANES = 16 };

#define FAMILY "grad/softmax.c"
#include "grad/both.h"

static bool same_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = orr_shape_of(g, v->input[0]);
  if (out->dim[v->attributes.axis] != ORR_FREE) return true;
  return orr_graph_fail(g, "%s: goes along an axis of a row, not along the batch", v->op->name), false;
}

static bool one_left(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  if (!same_shape(g, v, out)) return false;
  out->dim[v->attributes.axis] = 1;
  return true;
}

static bool is_batch(const orr_graph *g, orr_node x, int axis) {
  return orr_shape_of(g, x).dim[axis] == ORR_FREE;
}

static orr_node along(orr_graph *g, const orr_operator *op, orr_node x, int axis) {
  return orr_graph_apply(g, op, &x, 1, &(orr_attributes){.axis = axis});
}

/* One lane of the axis, for the references: where it starts, how far apart its elements are. */
typedef struct lane {
  const double *x;
  size_t n, step;
} lane;

static lane lane_of(const orr_tensor *t, int axis, size_t number) {
  orr_along a = orr_tensor_along(t, axis);
  size_t outer = number / a.inner, inner = number % a.inner;
  return (lane){(const double *)t->x + outer * a.length * a.inner + inner, a.length, a.inner};
}

static double logsumexp_of(lane l) {
  double most = -INFINITY, sum = 0;
  for (size_t i = 0; i < l.n; i++) most = fmax(most, l.x[i * l.step]);
  if (isinf(most)) return most;
  for (size_t i = 0; i < l.n; i++) sum += exp(l.x[i * l.step] - most);
  return most + log(sum);
}

static orr_node trial_of(orr_graph *g, const orr_operator *op, int number) {
  if (number < 2)
    return along(g, op, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 5, 3), -4, 4, false), 1 + number);
  if (number == 2) return along(g, op, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 1), -4, 4, false), 1);
  return number == 3 ? along(g, op, orr_node_trial(g, ORR_SHAPE_OF(2, 19), -4, 4, false), 1) : 0;
}

/* --- logsumexp: y = log Σ exp x ------------------------------------------ */

static void logsumexp_plain(const orr_kernel_call *c) {
  size_t lanes = orr_tensor_size(&c->out);
  for (size_t i = 0; i < lanes; i++)
    ((double *)c->out.x)[i] = logsumexp_of(lane_of(&c->in[0], c->node->attributes.axis, i));
}

static orr_node logsumexp_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return orr_node_mul(g, dy, orr_node_exp(g, orr_node_sub(g, orr_input_of(g, y, k), y)));
}

static orr_node logsumexp_trial(orr_graph *g, int number) {
  return trial_of(g, &orr_operator_logsumexp, number);
}

const orr_operator orr_operator_logsumexp = {.name = "logsumexp",
                                             .class = ORR_KERNEL,
                                             .arity = 1,
                                             .shape = one_left,
                                             .run_f32 = logsumexp_f32,
                                             .run_f64 = logsumexp_f64,
                                             .plain = logsumexp_plain,
                                             .derivative = logsumexp_derivative,
                                             .trial = logsumexp_trial};

static orr_node logsumexp_over_batch(orr_graph *g, orr_node x) {
  orr_node most = orr_node_stop_gradient(g, orr_node_max(g, x, 0, true));
  orr_node sum = orr_node_sum(g, orr_node_exp(g, orr_node_sub(g, x, most)), 0, true);
  return orr_node_add(g, most, orr_node_log(g, sum));
}

orr_node orr_node_logsumexp(orr_graph *g, orr_node x, int axis, bool keep) {
  axis = orr_axis_of(g, "logsumexp", x, axis);
  if (axis < 0) return 0;
  orr_node y = is_batch(g, x, axis) ? logsumexp_over_batch(g, x) : along(g, &orr_operator_logsumexp, x, axis);
  return keep ? y : orr_node_sum(g, y, axis, false);
}

/* --- softmax: y = exp x / Σ exp x ---------------------------------------- */

static void softmax_plain(const orr_kernel_call *c) {
  int axis = c->node->attributes.axis;
  orr_along a = orr_tensor_along(&c->in[0], axis);
  for (size_t i = 0; i < a.outer * a.inner; i++) {
    lane in = lane_of(&c->in[0], axis, i), out = lane_of(&c->out, axis, i);
    double total = logsumexp_of(in);
    for (size_t j = 0; j < in.n; j++) ((double *)out.x)[j * out.step] = exp(in.x[j * in.step] - total);
  }
}

/* dx = y (dy - Σ y dy) */
static orr_node softmax_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  orr_node share = orr_node_sum(g, orr_node_mul(g, y, dy), orr_graph_at(g, y)->attributes.axis, true);
  return orr_node_mul(g, y, orr_node_sub(g, dy, share));
}

static orr_node softmax_trial(orr_graph *g, int number) { return trial_of(g, &orr_operator_softmax, number); }

const orr_operator orr_operator_softmax = {.name = "softmax",
                                           .class = ORR_KERNEL,
                                           .arity = 1,
                                           .shape = same_shape,
                                           .run_f32 = softmax_f32,
                                           .run_f64 = softmax_f64,
                                           .plain = softmax_plain,
                                           .derivative = softmax_derivative,
                                           .trial = softmax_trial};

orr_node orr_node_softmax(orr_graph *g, orr_node x, int axis) {
  axis = orr_axis_of(g, "softmax", x, axis);
  if (axis < 0) return 0;
  if (is_batch(g, x, axis)) return orr_node_exp(g, orr_node_log_softmax(g, x, axis));
  return along(g, &orr_operator_softmax, x, axis);
}

/* --- log_softmax: y = x - log Σ exp x ------------------------------------ */

static void log_softmax_plain(const orr_kernel_call *c) {
  int axis = c->node->attributes.axis;
  orr_along a = orr_tensor_along(&c->in[0], axis);
  for (size_t i = 0; i < a.outer * a.inner; i++) {
    lane in = lane_of(&c->in[0], axis, i), out = lane_of(&c->out, axis, i);
    double total = logsumexp_of(in);
    for (size_t j = 0; j < in.n; j++) ((double *)out.x)[j * out.step] = in.x[j * in.step] - total;
  }
}

/* dx = dy - exp(y) Σ dy */
static orr_node log_softmax_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  orr_node total = orr_node_sum(g, dy, orr_graph_at(g, y)->attributes.axis, true);
  return orr_node_sub(g, dy, orr_node_mul(g, orr_node_exp(g, y), total));
}

static orr_node log_softmax_trial(orr_graph *g, int number) {
  return trial_of(g, &orr_operator_log_softmax, number);
}

const orr_operator orr_operator_log_softmax = {.name = "log_softmax",
                                               .class = ORR_KERNEL,
                                               .arity = 1,
                                               .shape = same_shape,
                                               .run_f32 = log_softmax_f32,
                                               .run_f64 = log_softmax_f64,
                                               .plain = log_softmax_plain,
                                               .derivative = log_softmax_derivative,
                                               .trial = log_softmax_trial};

orr_node orr_node_log_softmax(orr_graph *g, orr_node x, int axis) {
  axis = orr_axis_of(g, "log_softmax", x, axis);
  if (axis < 0) return 0;
  if (is_batch(g, x, axis)) return orr_node_sub(g, x, logsumexp_over_batch(g, x));
  return along(g, &orr_operator_log_softmax, x, axis);
}

#else /* the kernels, for either precision */

/* In sixteen lanes where elements are neighbours, else one after the other; a NaN comes through. */
ORR_VECTORISED static real K(greatest)(const real *x, size_t n, size_t step) {
  real lane[LANES], most = x[0];
  size_t i = 0;
  for (size_t l = 0; l < LANES; l++) lane[l] = x[0];
  for (; step == 1 && i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++)
      lane[l] = x[i + l] > lane[l] || x[i + l] != x[i + l] ? x[i + l] : lane[l];
  for (; i < n; i++) most = x[i * step] > most || x[i * step] != x[i * step] ? x[i * step] : most;
  for (size_t l = 0; l < LANES; l++) most = lane[l] > most || lane[l] != lane[l] ? lane[l] : most;
  return most;
}

ORR_VECTORISED static real K(total)(const real *x, size_t n, size_t step) {
  real lane[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; step == 1 && i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++) lane[l] += x[i + l];
  for (; i < n; i++) sum += x[i * step];
  for (size_t half = LANES / 2; half > 0; half /= 2)
    for (size_t l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0] + sum;
}

ORR_VECTORISED static void K(scale)(real *x, size_t n, size_t step, real factor) {
  if (step == 1)
    for (size_t i = 0; i < n; i++) x[i] *= factor;
  else
    for (size_t i = 0; i < n; i++) x[i * step] *= factor;
}

ORR_VECTORISED static void K(less)(const real *x, size_t n, size_t step, real level, real *y) {
  if (step == 1)
    for (size_t i = 0; i < n; i++) y[i] = x[i] - level;
  else
    for (size_t i = 0; i < n; i++) y[i * step] = x[i * step] - level;
}

/* log Σ exp x over n elements, `step` apart; what is not finite comes through. */
static real K(logsumexp_of)(const real *x, size_t n, size_t step) {
  real t[TILE], most = K(greatest)(x, n, step), sum = 0;
  if (!isfinite(most)) return most;
  for (size_t i = 0; i < n; i += TILE) {
    size_t m = n - i < TILE ? n - i : TILE;
    for (size_t j = 0; j < m; j++) t[j] = x[(i + j) * step] - most;
    V(exp)(m, t, t);
    sum += K(total)(t, m, 1);
  }
  V(log)(1, &sum, &sum);
  return most + sum;
}

static void K(logsumexp)(const orr_kernel_call *c) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  const real *x = c->in[0].x;
  real *y = c->out.x;
  for (size_t o = 0; o < a.outer; o++, x += a.length * a.inner)
    for (size_t j = 0; j < a.inner; j++) *y++ = K(logsumexp_of)(x + j, a.length, a.inner);
}

/* y = x less one number for each lane, found by `level`. */
static void K(less_level)(const orr_kernel_call *c, real (*level)(const real *, size_t, size_t)) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  const real *x = c->in[0].x;
  real *y = c->out.x;
  for (size_t o = 0; o < a.outer; o++, x += a.length * a.inner, y += a.length * a.inner)
    for (size_t j = 0; j < a.inner; j++)
      K(less)(x + j, a.length, a.inner, level(x + j, a.length, a.inner), y + j);
}

static void K(log_softmax)(const orr_kernel_call *c) { K(less_level)(c, K(logsumexp_of)); }

/* All exponentials in one call, then each lane by its sum. */
static void K(softmax)(const orr_kernel_call *c) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  real *y = c->out.x;
  K(less_level)(c, K(greatest));
  V(exp)(a.outer * a.length * a.inner, y, y);
  for (size_t o = 0; o < a.outer; o++, y += a.length * a.inner)
    for (size_t j = 0; j < a.inner; j++)
      K(scale)(y + j, a.length, a.inner, 1 / K(total)(y + j, a.length, a.inner));
}

#endif
