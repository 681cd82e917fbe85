/* Joining tensors along an axis that is not the batch. */
#ifndef real
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"

#define FAMILY "grad/concatenate.c"
#include "grad/both.h"

static bool concatenate_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  int axis = v->attributes.axis;
  char a[64], b[64];
  *out = orr_shape_of(g, v->input[0]);
  if (out->dim[axis] == ORR_FREE) return orr_graph_fail(g, "concatenate: rows are not joined"), false;
  for (int k = 1; k < v->n_inputs; k++) {
    orr_shape next = orr_shape_of(g, v->input[k]), rest = next;
    if (next.rank == out->rank) rest.dim[axis] = out->dim[axis];
    if (!orr_shape_equal(&rest, out)) {
      orr_graph_fail(g, "concatenate: %s and %s differ in more than axis %d", orr_shape_text(out, a),
                     orr_shape_text(&next, b), axis);
      return false;
    }
    out->dim[axis] += next.dim[axis];
  }
  return true;
}

static void concatenate_plain(const orr_kernel_call *c) {
  size_t start = 0;
  int axis = c->node->attributes.axis;
  for (int k = 0; k < c->node->n_inputs; start += c->in[k++].dim[axis]) {
    size_t i[ORR_MOST_RANK] = {0};
    do {
      size_t at[ORR_MOST_RANK] = {i[0], i[1], i[2], i[3]};
      at[axis] += start;
      ((double *)c->out.x)[orr_tensor_offset(&c->out, at)] =
          ((double *)c->in[k].x)[orr_tensor_offset(&c->in[k], i)];
    } while (orr_tensor_next(&c->in[k], i));
  }
}

static orr_node concatenate_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  int axis = orr_graph_at(g, y)->attributes.axis, start = 0;
  for (int i = 0; i < k; i++) start += orr_shape_of(g, orr_input_of(g, y, i)).dim[axis];
  return orr_node_slice(g, dy, axis, start, orr_shape_of(g, orr_input_of(g, y, k)).dim[axis]);
}

static orr_node concatenate_trial(orr_graph *g, int number) {
  if (number > 2) return 0;
  orr_node x[3];
  for (int k = 0; k < 3; k++) {
    orr_shape s = ORR_SHAPE_OF(ORR_FREE, number == 0 ? 1 + k : 2, number == 1 ? 3 - k : 4);
    x[k] = orr_node_trial(g, s, -3, 3, false);
  }
  return orr_node_concatenate(g, x, number == 2 ? 1 : 3, number == 1 ? 2 : 1);
}

const orr_operator orr_operator_concatenate = {.name = "concatenate",
                                               .class = ORR_KERNEL,
                                               .arity = -1,
                                               .shape = concatenate_shape,
                                               .run_f32 = concatenate_f32,
                                               .run_f64 = concatenate_f64,
                                               .plain = concatenate_plain,
                                               .derivative = concatenate_derivative,
                                               .trial = concatenate_trial};

/* The same for every row, where another tensor has rows. */
static orr_node with_rows(orr_graph *g, orr_node x, int rank) {
  orr_shape s = orr_shape_of(g, x), out = {.rank = rank, .dim = {ORR_FREE}};
  if (orr_shape_has_rows(&s) || s.rank + 1 < rank || s.rank > rank) return x;
  for (int i = 1; i < rank; i++) out.dim[i] = s.dim[i - rank + s.rank];
  return orr_node_broadcast(g, x, out);
}

static int rank_with_rows(const orr_graph *g, const orr_node *x, int n) {
  for (int i = 0; i < n; i++) {
    orr_shape s = orr_shape_of(g, x[i]);
    if (orr_shape_has_rows(&s)) return s.rank;
  }
  return 0;
}

static orr_node join(orr_graph *g, const orr_node *x, int n, int axis, int rank) {
  orr_node part[ORR_MOST_INPUTS];
  if (n > ORR_MOST_INPUTS) {
    int share = (n + ORR_MOST_INPUTS - 1) / ORR_MOST_INPUTS, parts = 0;
    for (int i = 0; i < n; i += share)
      part[parts++] = join(g, x + i, n - i < share ? n - i : share, axis, rank);
    return join(g, part, parts, axis, rank);
  }
  for (int i = 0; i < n; i++) part[i] = rank ? with_rows(g, x[i], rank) : x[i];
  return orr_graph_apply(g, &orr_operator_concatenate, part, n, &(orr_attributes){.axis = axis});
}

orr_node orr_node_concatenate(orr_graph *g, const orr_node *x, int n, int axis) {
  if (orr_graph_failed(g)) return 0;
  if (n < 1) return orr_graph_fail(g, "concatenate: nothing to join");
  int rank = rank_with_rows(g, x, n);
  axis = orr_axis_of(g, "concatenate", rank ? with_rows(g, x[0], rank) : x[0], axis);
  return axis < 0 ? 0 : join(g, x, n, axis, rank);
}

#else /* the kernels, for either precision */

static void K(concatenate)(const orr_kernel_call *c) {
  orr_along out = orr_tensor_along(&c->out, c->node->attributes.axis);
  size_t start = 0;
  for (int k = 0; k < c->node->n_inputs; k++) {
    size_t n = c->in[k].dim[c->node->attributes.axis] * out.inner;
    for (size_t o = 0; o < out.outer; o++)
      memcpy((real *)c->out.x + o * out.length * out.inner + start, (const real *)c->in[k].x + o * n,
             n * sizeof(real));
    start += n;
  }
}

#endif
