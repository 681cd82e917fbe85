/* Reductions along one axis, which stays with size 1, and running sums. Over
 * the batch a kernel reduces the rows at hand and the program combines what
 * it gets. Sums run in sixteen fixed lanes: the same bits with any vectors. */
#ifndef real
#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"

#define FAMILY "grad/reduce.c"
#include "grad/both.h"

static bool one_left(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = orr_shape_of(g, v->input[0]);
  out->dim[v->attributes.axis] = 1;
  return true;
}

static orr_node reduce(orr_graph *g, const orr_operator *op, orr_node x, int axis, bool keep) {
  axis = orr_axis_of(g, op->name, x, axis);
  if (axis < 0) return 0;
  orr_shape s = orr_shape_of(g, x);
  bool single = s.dim[axis] == 1 && op != &orr_operator_argmax;
  orr_node y = single ? x : orr_graph_apply(g, op, &x, 1, &(orr_attributes){.axis = axis});
  if (keep) return y;
  s.rank--;
  for (int i = axis; i < s.rank; i++) s.dim[i] = s.dim[i + 1];
  s.dim[s.rank] = 0;
  return orr_node_reshape(g, y, s);
}

/* Where the element `index` of the input goes. */
static double *target(const orr_kernel_call *c, const size_t index[ORR_MOST_RANK]) {
  size_t at[ORR_MOST_RANK];
  for (int i = 0; i < ORR_MOST_RANK; i++) at[i] = i == c->node->attributes.axis ? 0 : index[i];
  return (double *)c->out.x + orr_tensor_offset(&c->out, at);
}

static double element(const orr_kernel_call *c, const size_t index[ORR_MOST_RANK]) {
  return ((const double *)c->in[0].x)[orr_tensor_offset(&c->in[0], index)];
}

static void fill(const orr_kernel_call *c, double value) {
  for (size_t i = 0; i < orr_tensor_size(&c->out); i++) ((double *)c->out.x)[i] = value;
}

/* Tests of all: each axis of tensors with rows and without. */
static const orr_shape *trial_shape(int number, int *axis) {
  static const orr_shape shapes[] = {
      {2, {ORR_FREE, 7}}, {3, {ORR_FREE, 3, 5}}, {3, {4, 1, 20}}, {1, {ORR_FREE}}};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    *axis = number;
    if (number < shapes[i].rank) return &shapes[i];
    number -= shapes[i].rank;
  }
  return NULL;
}

static orr_node trial_of(orr_graph *g, int number, const orr_operator *op) {
  int axis;
  const orr_shape *s = trial_shape(number, &axis);
  if (!s) return 0;
  orr_node x = orr_node_trial(g, *s, -3, 3, false);
  return orr_graph_apply(g, op, &x, 1, &(orr_attributes){.axis = axis});
}

/* --- sum: y = Σ x -------------------------------------------------------- */

static void sum_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  fill(c, 0);
  do *target(c, i) += element(c, i);
  while (orr_tensor_next(&c->in[0], i));
}

static orr_node sum_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return orr_node_broadcast(g, dy, orr_shape_of(g, orr_input_of(g, y, k)));
}

static orr_node sum_trial(orr_graph *g, int number) { return trial_of(g, number, &orr_operator_sum); }

const orr_operator orr_operator_sum = {"sum",
                                       ORR_KERNEL,
                                       1,
                                       ORR_COMBINE_SUM,
                                       one_left,
                                       .run_f32 = sum_f32,
                                       .run_f64 = sum_f64,
                                       .plain = sum_plain,
                                       .derivative = sum_derivative,
                                       .trial = sum_trial};

orr_node orr_node_sum(orr_graph *g, orr_node x, int axis, bool keep) {
  return reduce(g, &orr_operator_sum, x, axis, keep);
}

/* --- max, min: elements that tie for it share the derivative ------------- */

static void extreme_plain(const orr_kernel_call *c, double sign) {
  size_t i[ORR_MOST_RANK] = {0};
  fill(c, -sign * INFINITY);
  do {
    double x = element(c, i), *y = target(c, i);
    if (sign * x > sign * *y || isnan(x)) *y = x;
  } while (orr_tensor_next(&c->in[0], i));
}

static orr_node extreme_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  orr_node hit = orr_node_equal(g, orr_input_of(g, y, k), y);
  orr_node ties = orr_node_sum(g, hit, orr_graph_at(g, y)->attributes.axis, true);
  return orr_node_mul(g, hit, orr_node_div(g, dy, ties));
}

static void max_plain(const orr_kernel_call *c) { extreme_plain(c, 1); }
static void min_plain(const orr_kernel_call *c) { extreme_plain(c, -1); }
static orr_node max_trial(orr_graph *g, int number) { return trial_of(g, number, &orr_operator_max); }
static orr_node min_trial(orr_graph *g, int number) { return trial_of(g, number, &orr_operator_min); }

const orr_operator orr_operator_max = {"max",
                                       ORR_KERNEL,
                                       1,
                                       ORR_COMBINE_MAX,
                                       one_left,
                                       .run_f32 = max_f32,
                                       .run_f64 = max_f64,
                                       .plain = max_plain,
                                       .derivative = extreme_derivative,
                                       .trial = max_trial};

const orr_operator orr_operator_min = {"min",
                                       ORR_KERNEL,
                                       1,
                                       ORR_COMBINE_MIN,
                                       one_left,
                                       .run_f32 = min_f32,
                                       .run_f64 = min_f64,
                                       .plain = min_plain,
                                       .derivative = extreme_derivative,
                                       .trial = min_trial};

orr_node orr_node_max(orr_graph *g, orr_node x, int axis, bool keep) {
  return reduce(g, &orr_operator_max, x, axis, keep);
}

orr_node orr_node_min(orr_graph *g, orr_node x, int axis, bool keep) {
  return reduce(g, &orr_operator_min, x, axis, keep);
}

/* --- argmax: where the first of the greatest is -------------------------- */

static bool not_the_batch(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = orr_shape_of(g, v->input[0]);
  if (out->dim[v->attributes.axis] != ORR_FREE) return true;
  return orr_graph_fail(g, "%s: goes along an axis of a row, not along the batch", v->op->name), false;
}

static bool argmax_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  return not_the_batch(g, v, out) && one_left(g, v, out);
}

static void argmax_plain(const orr_kernel_call *c) {
  int axis = c->node->attributes.axis;
  size_t i[ORR_MOST_RANK] = {0};
  fill(c, 0);
  do {
    size_t best[ORR_MOST_RANK] = {i[0], i[1], i[2], i[3]};
    best[axis] = (size_t)*target(c, i);
    if (element(c, i) > element(c, best)) *target(c, i) = (double)i[axis];
  } while (orr_tensor_next(&c->in[0], i));
}

static orr_node argmax_trial(orr_graph *g, int number) {
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 4, 7), -3, 3, number == 1);
  return number > 2 ? 0 : orr_node_argmax(g, x, 1 + number % 2, true);
}

const orr_operator orr_operator_argmax = {"argmax",
                                          ORR_KERNEL,
                                          1,
                                          .shape = argmax_shape,
                                          .run_f32 = argmax_f32,
                                          .run_f64 = argmax_f64,
                                          .plain = argmax_plain,
                                          .derivative = orr_no_derivative,
                                          .trial = argmax_trial};

orr_node orr_node_argmax(orr_graph *g, orr_node x, int axis, bool keep) {
  return reduce(g, &orr_operator_argmax, x, axis, keep);
}

/* --- cumsum: y_i = x_0 + … + x_i, or backwards --------------------------- */

static void cumsum_plain(const orr_kernel_call *c) {
  int axis = c->node->attributes.axis;
  size_t i[ORR_MOST_RANK] = {0};
  do {
    double sum = 0;
    size_t first = c->node->attributes.flag ? i[axis] : 0;
    size_t last = c->node->attributes.flag ? c->in[0].dim[axis] - 1 : i[axis];
    for (size_t j = first; j <= last; j++) {
      size_t at[ORR_MOST_RANK] = {i[0], i[1], i[2], i[3]};
      at[axis] = j;
      sum += element(c, at);
    }
    ((double *)c->out.x)[orr_tensor_offset(&c->out, i)] = sum;
  } while (orr_tensor_next(&c->in[0], i));
}

static orr_node cumsum_along(orr_graph *g, orr_node x, int axis, bool backwards) {
  axis = orr_axis_of(g, "cumsum", x, axis);
  if (axis < 0) return 0;
  return orr_graph_apply(g, &orr_operator_cumsum, &x, 1, &(orr_attributes){.axis = axis, .flag = backwards});
}

static orr_node cumsum_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  const orr_attributes *a = &orr_graph_at(g, y)->attributes;
  return cumsum_along(g, dy, a->axis, !a->flag);
}

static orr_node cumsum_trial(orr_graph *g, int number) {
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 4, 7), -3, 3, false);
  return number > 3 ? 0 : cumsum_along(g, x, 1 + number % 2, number / 2);
}

const orr_operator orr_operator_cumsum = {"cumsum",
                                          ORR_KERNEL,
                                          1,
                                          .shape = not_the_batch,
                                          .run_f32 = cumsum_f32,
                                          .run_f64 = cumsum_f64,
                                          .plain = cumsum_plain,
                                          .derivative = cumsum_derivative,
                                          .trial = cumsum_trial};

orr_node orr_node_cumsum(orr_graph *g, orr_node x, int axis) { return cumsum_along(g, x, axis, false); }

#else /* the kernels, for either precision */

/* Σ x[n] in sixteen lanes. */
ORR_VECTORISED static real K(sum_of)(const real *x, size_t n) {
  real lane[16] = {0}, sum = 0;
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (size_t l = 0; l < 16; l++) lane[l] += x[i + l];
  for (; i < n; i++) sum += x[i];
  for (size_t half = 8; half > 0; half /= 2)
    for (size_t l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0] + sum;
}

ORR_VECTORISED static void K(add_to)(real *y, const real *x, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static void K(sum)(const orr_kernel_call *c) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  const real *x = c->in[0].x;
  real *y = c->out.x;
  if (!c->accumulate) memset(y, 0, a.outer * a.inner * sizeof *y);
  for (size_t o = 0; o < a.outer; o++, y += a.inner, x += a.length * a.inner) {
    if (a.inner == 1) *y += K(sum_of)(x, a.length);
    else
      for (size_t i = 0; i < a.length; i++) K(add_to)(y, x + i * a.inner, a.inner);
  }
}

/* The greater of each two; a NaN stays. */
ORR_VECTORISED static void K(raise)(real *y, const real *x, size_t n, real sign) {
  for (size_t i = 0; i < n; i++) y[i] = sign * x[i] > sign * y[i] || x[i] != x[i] ? x[i] : y[i];
}

static void K(extreme)(const orr_kernel_call *c, real sign) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  const real *x = c->in[0].x;
  real *y = c->out.x;
  for (size_t i = 0; !c->accumulate && i < a.outer * a.inner; i++) y[i] = -sign * (real)INFINITY;
  for (size_t o = 0; o < a.outer; o++, y += a.inner)
    for (size_t i = 0; i < a.length; i++, x += a.inner) {
      if (a.inner > 1) K(raise)(y, x, a.inner, sign);
      else if (sign * *x > sign * *y || *x != *x) *y = *x;
    }
}

static void K(max)(const orr_kernel_call *c) { K(extreme)(c, 1); }
static void K(min)(const orr_kernel_call *c) { K(extreme)(c, -1); }

static void K(argmax)(const orr_kernel_call *c) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  const real *x = c->in[0].x;
  real *y = c->out.x;
  for (size_t o = 0; o < a.outer; o++, x += a.length * a.inner)
    for (size_t j = 0; j < a.inner; j++) {
      size_t best = 0;
      for (size_t i = 1; i < a.length; i++)
        if (x[i * a.inner + j] > x[best * a.inner + j]) best = i;
      *y++ = (real)best;
    }
}

static void K(cumsum)(const orr_kernel_call *c) {
  orr_along a = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  bool backwards = c->node->attributes.flag;
  for (size_t o = 0; o < a.outer; o++)
    for (size_t i = 0; i < a.length; i++) {
      size_t at = (o * a.length + (backwards ? a.length - 1 - i : i)) * a.inner;
      real *y = (real *)c->out.x + at;
      memcpy(y, (const real *)c->in[0].x + at, a.inner * sizeof *y);
      if (i) K(add_to)(y, backwards ? y + a.inner : y - a.inner, a.inner);
    }
}

#endif
