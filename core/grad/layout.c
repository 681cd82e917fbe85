/* Layout: the same numbers elsewhere, or some of them. The batch axis is never
 * cut, moved or joined. */
#ifndef real
#include <string.h>

#include "grad/elementwise.h"
#include "grad/nodes.h"
#include "grad/operator.h"

#define FAMILY "grad/layout.c"
#include "grad/both.h"

static bool refuse(orr_graph *g, const orr_vertex *v, const char *why) {
  char a[64], b[64];
  orr_shape x = orr_shape_of(g, v->input[0]), to = v->attributes.shape;
  orr_graph_fail(g, "%s: from %s to %s; %s", v->op->name, orr_shape_text(&x, a), orr_shape_text(&to, b), why);
  return false;
}

/* Where an axis of x is a part of something, from `start` on. */
static double *part(const orr_kernel_call *c, const orr_tensor *t, const size_t index[ORR_MOST_RANK],
                    size_t start) {
  size_t at[ORR_MOST_RANK] = {index[0], index[1], index[2], index[3]};
  at[c->node->attributes.axis] += start;
  return (double *)t->x + orr_tensor_offset(t, at);
}

/* --- broadcast ----------------------------------------------------------- */

static bool broadcast_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]);
  *out = v->attributes.shape;
  orr_shape common;
  if (orr_shape_broadcast(&x, out, &common) && orr_shape_equal(&common, out)) return true;
  return refuse(g, v, "only axes of 1 stretch");
}

LOOP1(broadcast, a)
PLAIN(broadcast) { return a; }
DERIVATIVE(broadcast) { return dy; }

static orr_node broadcast_trial(orr_graph *g, int number) {
  orr_shape from[] = {ORR_SHAPE_OF(3), ORR_SHAPE_OF(1), ORR_SHAPE_OF(ORR_FREE), ORR_SHAPE_OF(ORR_FREE, 1, 3)};
  orr_shape to[] = {ORR_SHAPE_OF(ORR_FREE, 3), ORR_SHAPE_OF(ORR_FREE, 3), ORR_SHAPE_OF(ORR_FREE, 7),
                    ORR_SHAPE_OF(ORR_FREE, 5, 3)};
  if (number > 3) return 0;
  return orr_node_broadcast(g, orr_node_trial(g, from[number], -3, 3, false), to[number]);
}

ELEMENTWISE(broadcast, 1, .shape = broadcast_shape, .trial = broadcast_trial)

orr_node orr_node_broadcast(orr_graph *g, orr_node x, orr_shape shape) {
  orr_shape from = orr_shape_of(g, x);
  if (orr_graph_has(g, x) && orr_shape_equal(&from, &shape)) return x;
  return orr_graph_apply(g, &orr_operator_broadcast, &x, 1, &(orr_attributes){.shape = shape});
}

/* --- reshape ------------------------------------------------------------- */

static bool reshape_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]);
  *out = v->attributes.shape;
  if (orr_shape_has_rows(&x) == orr_shape_has_rows(out) && orr_shape_size(&x, 1) == orr_shape_size(out, 1))
    return true;
  return refuse(g, v, "a row keeps its number of elements");
}

static orr_node reshape_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return orr_node_reshape(g, dy, orr_shape_of(g, orr_input_of(g, y, k)));
}

static orr_node reshape_trial(orr_graph *g, int number) {
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 6), -3, 3, false);
  return number ? 0 : orr_node_reshape(g, x, ORR_SHAPE_OF(ORR_FREE, 3, 2));
}

const orr_operator orr_operator_reshape = {.name = "reshape",
                                           .class = ORR_VIEW,
                                           .arity = 1,
                                           .shape = reshape_shape,
                                           .derivative = reshape_derivative,
                                           .trial = reshape_trial};

orr_node orr_node_reshape(orr_graph *g, orr_node x, orr_shape shape) {
  if (orr_graph_has(g, x) && orr_graph_at(g, x)->op == &orr_operator_reshape) x = orr_input_of(g, x, 0);
  orr_shape from = orr_shape_of(g, x);
  if (orr_graph_has(g, x) && orr_shape_equal(&from, &shape)) return x;
  return orr_graph_apply(g, &orr_operator_reshape, &x, 1, &(orr_attributes){.shape = shape});
}

/* --- transpose: axis i of y is axis order[i] of x ------------------------ */

static bool transpose_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]);
  const int32_t *order = v->attributes.shape.dim;
  unsigned seen = 0;
  *out = (orr_shape){.rank = x.rank};
  for (int i = 0; i < x.rank; i++) {
    if (order[i] < 0 || order[i] >= x.rank || seen >> order[i] & 1) return refuse(g, v, "each axis once");
    seen |= 1u << order[i];
    out->dim[i] = x.dim[order[i]];
  }
  if (orr_shape_has_rows(&x) && order[0] != 0) return refuse(g, v, "the batch stays first");
  return true;
}

static void transpose_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  do {
    size_t at[ORR_MOST_RANK] = {0};
    for (int a = 0; a < c->out.rank; a++) at[a] = i[c->node->attributes.shape.dim[a]];
    ((double *)c->out.x)[orr_tensor_offset(&c->out, at)] =
        ((double *)c->in[0].x)[orr_tensor_offset(&c->in[0], i)];
  } while (orr_tensor_next(&c->in[0], i));
}

static orr_node transpose_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  const orr_shape *order = &orr_graph_at(g, y)->attributes.shape;
  int back[ORR_MOST_RANK] = {0};
  for (int i = 0; i < order->rank; i++) back[order->dim[i]] = i;
  return orr_node_transpose(g, dy, back);
}

static orr_node transpose_trial(orr_graph *g, int number) {
  static const int orders[4][ORR_MOST_RANK] = {{0, 2, 1}, {0, 3, 1, 2}, {1, 0}, {2, 0, 1}};
  orr_shape x[] = {ORR_SHAPE_OF(ORR_FREE, 3, 5), ORR_SHAPE_OF(ORR_FREE, 2, 3, 4), ORR_SHAPE_OF(3, 7),
                   ORR_SHAPE_OF(3, 7, 2)};
  return number > 3 ? 0 : orr_node_transpose(g, orr_node_trial(g, x[number], -3, 3, false), orders[number]);
}

const orr_operator orr_operator_transpose = {.name = "transpose",
                                             .class = ORR_KERNEL,
                                             .arity = 1,
                                             .shape = transpose_shape,
                                             .run_f32 = transpose_f32,
                                             .run_f64 = transpose_f64,
                                             .plain = transpose_plain,
                                             .derivative = transpose_derivative,
                                             .trial = transpose_trial};

orr_node orr_node_transpose(orr_graph *g, orr_node x, const int order[ORR_MOST_RANK]) {
  orr_attributes a = {.shape.rank = orr_shape_of(g, x).rank};
  bool moved = false;
  for (int i = 0; i < a.shape.rank; i++) moved |= (a.shape.dim[i] = order[i]) != i;
  return moved ? orr_graph_apply(g, &orr_operator_transpose, &x, 1, &a) : x;
}

/* --- slice: elements start … start+size-1 of an axis --------------------- */

static bool cut_shape(orr_graph *g, const orr_vertex *v, int least, int most, orr_shape *out) {
  const orr_attributes *a = &v->attributes;
  char text[64];
  *out = orr_shape_of(g, v->input[0]);
  if (out->dim[a->axis] == ORR_FREE) return orr_graph_fail(g, "%s: the batch is not cut", v->op->name), false;
  if (a->start >= 0 && a->size >= 1 && least <= most) return out->dim[a->axis] = a->size, true;
  orr_graph_fail(g, "%s: %s, axis %d, start %d, size %d do not fit", v->op->name, orr_shape_text(out, text),
                 a->axis, a->start, a->size);
  return false;
}

static bool slice_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  return cut_shape(g, v, v->attributes.start + v->attributes.size,
                   orr_shape_of(g, v->input[0]).dim[v->attributes.axis], out);
}

static void slice_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  do *part(c, &c->out, i, 0) = *part(c, &c->in[0], i, (size_t)c->node->attributes.start);
  while (orr_tensor_next(&c->out, i));
}

static orr_node slice_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  const orr_attributes *a = &orr_graph_at(g, y)->attributes;
  return orr_node_embed(g, dy, a->axis, a->start, orr_shape_of(g, orr_input_of(g, y, k)).dim[a->axis]);
}

static orr_node slice_trial(orr_graph *g, int number) {
  static const int cut[4][3] = {{1, 0, 1}, {1, 1, 2}, {2, 2, 3}, {2, 4, 1}};
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 3, 5), -3, 3, false);
  return number > 3 ? 0 : orr_node_slice(g, x, cut[number][0], cut[number][1], cut[number][2]);
}

const orr_operator orr_operator_slice = {.name = "slice",
                                         .class = ORR_KERNEL,
                                         .arity = 1,
                                         .shape = slice_shape,
                                         .run_f32 = slice_f32,
                                         .run_f64 = slice_f64,
                                         .plain = slice_plain,
                                         .derivative = slice_derivative,
                                         .trial = slice_trial};

orr_node orr_node_slice(orr_graph *g, orr_node x, int axis, int start, int size) {
  axis = orr_axis_of(g, "slice", x, axis);
  if (axis < 0) return 0;
  if (start == 0 && size == orr_shape_of(g, x).dim[axis]) return x;
  return orr_graph_apply(g, &orr_operator_slice, &x, 1,
                         &(orr_attributes){.axis = axis, .start = start, .size = size});
}

/* --- embed: the slice's transpose, zeros around -------------------------- */

static bool embed_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  return cut_shape(g, v, v->attributes.start + orr_shape_of(g, v->input[0]).dim[v->attributes.axis],
                   v->attributes.size, out);
}

static void embed_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  for (size_t j = 0; j < orr_tensor_size(&c->out); j++) ((double *)c->out.x)[j] = 0;
  do *part(c, &c->out, i, (size_t)c->node->attributes.start) = *part(c, &c->in[0], i, 0);
  while (orr_tensor_next(&c->in[0], i));
}

static orr_node embed_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  const orr_attributes *a = &orr_graph_at(g, y)->attributes;
  return orr_node_slice(g, dy, a->axis, a->start, orr_shape_of(g, orr_input_of(g, y, k)).dim[a->axis]);
}

static orr_node embed_trial(orr_graph *g, int number) {
  static const int cut[3][3] = {{1, 0, 4}, {1, 2, 5}, {2, 3, 8}};
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 3, 5), -3, 3, false);
  return number > 2 ? 0 : orr_node_embed(g, x, cut[number][0], cut[number][1], cut[number][2]);
}

const orr_operator orr_operator_embed = {.name = "embed",
                                         .class = ORR_KERNEL,
                                         .arity = 1,
                                         .shape = embed_shape,
                                         .run_f32 = embed_f32,
                                         .run_f64 = embed_f64,
                                         .plain = embed_plain,
                                         .derivative = embed_derivative,
                                         .trial = embed_trial};

orr_node orr_node_embed(orr_graph *g, orr_node x, int axis, int start, int size) {
  axis = orr_axis_of(g, "embed", x, axis);
  if (axis < 0) return 0;
  if (start == 0 && size == orr_shape_of(g, x).dim[axis]) return x;
  return orr_graph_apply(g, &orr_operator_embed, &x, 1,
                         &(orr_attributes){.axis = axis, .start = start, .size = size});
}

#else /* the kernels, for either precision */

static void K(transpose)(const orr_kernel_call *c) {
  size_t stride[ORR_MOST_RANK] = {0}, dim[ORR_MOST_RANK] = {1, 1, 1, 1}, step = 1, of_in[ORR_MOST_RANK] = {0};
  int rank = c->out.rank, lead = ORR_MOST_RANK - rank;
  for (int i = rank; i-- > 0; step *= c->in[0].dim[i]) of_in[i] = step;
  for (int i = 0; i < rank; i++) {
    stride[lead + i] = of_in[c->node->attributes.shape.dim[i]];
    dim[lead + i] = c->out.dim[i];
  }
  const real *x = c->in[0].x;
  real *y = c->out.x;
  for (size_t a = 0; a < dim[0]; a++)
    for (size_t b = 0; b < dim[1]; b++)
      for (size_t d = 0; d < dim[2]; d++) {
        const real *from = x + a * stride[0] + b * stride[1] + d * stride[2];
        for (size_t e = 0; e < dim[3]; e++) *y++ = from[e * stride[3]];
      }
}

static void K(slice)(const orr_kernel_call *c) {
  orr_along in = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  size_t n = (size_t)c->node->attributes.size * in.inner,
         start = (size_t)c->node->attributes.start * in.inner;
  for (size_t o = 0; o < in.outer; o++)
    memcpy((real *)c->out.x + o * n, (const real *)c->in[0].x + o * in.length * in.inner + start,
           n * sizeof(real));
}

static void K(embed)(const orr_kernel_call *c) {
  orr_along in = orr_tensor_along(&c->in[0], c->node->attributes.axis);
  size_t whole = (size_t)c->node->attributes.size * in.inner, n = in.length * in.inner;
  size_t before = (size_t)c->node->attributes.start * in.inner;
  real *y = c->out.x;
  for (size_t o = 0; o < in.outer; o++, y += whole) {
    memset(y, 0, before * sizeof(real));
    memcpy(y + before, (const real *)c->in[0].x + o * n, n * sizeof(real));
    memset(y + before + n, 0, (whole - before - n) * sizeof(real));
  }
}

#endif
