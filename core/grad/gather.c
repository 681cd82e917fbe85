/* Lookup by index: rows of a table (an embedding), their sums back, one-hot
 * codes. An index is a real number with a whole value; the fraction is cut. */
#ifndef real
#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"

/* The place an index names, or n for none. */
static size_t place(double index, size_t n) { return index >= 0 && index < (double)n ? (size_t)index : n; }

#define FAMILY "grad/gather.c"
#include "grad/both.h"

static orr_shape with_axis(orr_shape s, int32_t size) {
  s.dim[s.rank++] = size;
  return s;
}

static bool has_room(orr_graph *g, const orr_vertex *v, const orr_shape *index) {
  char text[64];
  if (index->rank < ORR_MOST_RANK) return true;
  return orr_graph_fail(g, "%s: an index of shape %s leaves no axis", v->op->name,
                        orr_shape_text(index, text)),
         false;
}

/* --- gather: y[…,e] = table[index[…],e] ---------------------------------- */

static bool gather_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape table = orr_shape_of(g, v->input[0]), index = orr_shape_of(g, v->input[1]);
  char text[64];
  if (table.rank != 2 || orr_shape_has_rows(&table))
    return orr_graph_fail(g, "gather: the table is %s, not a matrix without rows",
                          orr_shape_text(&table, text)),
           false;
  if (!has_room(g, v, &index)) return false;
  *out = with_axis(index, table.dim[1]);
  return true;
}

static void gather_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  do {
    double index = floor(((const double *)c->in[1].x)[orr_tensor_offset(&c->in[1], i)]);
    bool outside = !(index >= 0 && index < (double)c->in[0].dim[0]);
    size_t from[ORR_MOST_RANK] = {outside ? 0 : (size_t)index, i[c->out.rank - 1]};
    double x = ((const double *)c->in[0].x)[orr_tensor_offset(&c->in[0], from)];
    ((double *)c->out.x)[orr_tensor_offset(&c->out, i)] = outside ? NAN : x;
  } while (orr_tensor_next(&c->out, i));
}

static orr_node gather_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  if (k) return 0;
  orr_node index = orr_input_of(g, y, 1);
  return orr_node_scatter(g, index, dy, orr_shape_of(g, orr_input_of(g, y, 0)).dim[0]);
}

static orr_node gather_trial(orr_graph *g, int number) {
  if (number > 1) return 0;
  orr_node table = orr_node_trial(g, ORR_SHAPE_OF(6, number ? 1 : 3), -3, 3, false);
  orr_shape index = number ? ORR_SHAPE_OF(ORR_FREE, 2) : ORR_SHAPE_OF(ORR_FREE);
  return orr_node_gather(g, table, orr_node_trial(g, index, 0, 6, true));
}

const orr_operator orr_operator_gather = {.name = "gather",
                                          .class = ORR_KERNEL,
                                          .arity = 2,
                                          .shape = gather_shape,
                                          .run_f32 = gather_f32,
                                          .run_f64 = gather_f64,
                                          .plain = gather_plain,
                                          .derivative = gather_derivative,
                                          .trial = gather_trial};

orr_node orr_node_gather(orr_graph *g, orr_node table, orr_node index) {
  return orr_graph_apply(g, &orr_operator_gather, (const orr_node[]){table, index}, 2, NULL);
}

/* --- scatter: y[size,e] = Σ x[…,e] where index[…] is the row ------------- */

static bool scatter_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape index = orr_shape_of(g, v->input[0]), x = orr_shape_of(g, v->input[1]);
  char a[64], b[64];
  if (!has_room(g, v, &index)) return false;
  orr_shape wanted = with_axis(index, x.rank ? x.dim[x.rank - 1] : 0);
  *out = ORR_SHAPE_OF(v->attributes.size, wanted.dim[wanted.rank - 1]);
  if (orr_shape_equal(&wanted, &x)) return true;
  return orr_graph_fail(g, "scatter: index %s does not fit %s", orr_shape_text(&index, a),
                        orr_shape_text(&x, b)),
         false;
}

static void scatter_plain(const orr_kernel_call *c) {
  size_t e = c->out.dim[1], n = orr_tensor_size(&c->in[0]);
  for (size_t r = 0; r < c->out.dim[0]; r++)
    for (size_t j = 0; j < e; j++) {
      double sum = 0;
      for (size_t i = 0; i < n; i++)
        if (floor(((const double *)c->in[0].x)[i]) == (double)r)
          sum += ((const double *)c->in[1].x)[i * e + j];
      ((double *)c->out.x)[r * e + j] = sum;
    }
}

static orr_node scatter_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return k ? orr_node_gather(g, dy, orr_input_of(g, y, 0)) : 0;
}

static orr_node scatter_trial(orr_graph *g, int number) {
  if (number > 1) return 0;
  orr_shape index = number ? ORR_SHAPE_OF(ORR_FREE, 2) : ORR_SHAPE_OF(ORR_FREE);
  orr_node x = orr_node_trial(g, with_axis(index, 3), -3, 3, false);
  return orr_node_scatter(g, orr_node_trial(g, index, 0, 6, true), x, 6);
}

const orr_operator orr_operator_scatter = {.name = "scatter",
                                           .class = ORR_KERNEL,
                                           .arity = 2,
                                           .combine = ORR_COMBINE_SUM,
                                           .shape = scatter_shape,
                                           .run_f32 = scatter_f32,
                                           .run_f64 = scatter_f64,
                                           .plain = scatter_plain,
                                           .derivative = scatter_derivative,
                                           .trial = scatter_trial};

orr_node orr_node_scatter(orr_graph *g, orr_node index, orr_node x, int size) {
  return orr_graph_apply(g, &orr_operator_scatter, (const orr_node[]){index, x}, 2,
                         &(orr_attributes){.size = size});
}

/* --- one_hot: y[…,i] = 1 where index[…] is i ----------------------------- */

static bool one_hot_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape index = orr_shape_of(g, v->input[0]);
  if (!has_room(g, v, &index)) return false;
  *out = with_axis(index, v->attributes.size);
  return true;
}

static void one_hot_plain(const orr_kernel_call *c) {
  size_t i[ORR_MOST_RANK] = {0};
  do {
    double index = floor(((const double *)c->in[0].x)[orr_tensor_offset(&c->in[0], i)]);
    ((double *)c->out.x)[orr_tensor_offset(&c->out, i)] = index == (double)i[c->out.rank - 1];
  } while (orr_tensor_next(&c->out, i));
}

static orr_node one_hot_trial(orr_graph *g, int number) {
  if (number > 1) return 0;
  orr_shape index = number ? ORR_SHAPE_OF(ORR_FREE, 2) : ORR_SHAPE_OF(ORR_FREE);
  return orr_node_one_hot(g, orr_node_trial(g, index, -1, 6, true), 5);
}

const orr_operator orr_operator_one_hot = {.name = "one_hot",
                                           .class = ORR_KERNEL,
                                           .arity = 1,
                                           .shape = one_hot_shape,
                                           .run_f32 = one_hot_f32,
                                           .run_f64 = one_hot_f64,
                                           .plain = one_hot_plain,
                                           .derivative = orr_no_derivative,
                                           .trial = one_hot_trial};

orr_node orr_node_one_hot(orr_graph *g, orr_node index, int size) {
  return orr_graph_apply(g, &orr_operator_one_hot, &index, 1, &(orr_attributes){.size = size});
}

orr_node orr_node_pick(orr_graph *g, orr_node x, orr_node index) {
  orr_shape s = orr_shape_of(g, x);
  int size = s.rank ? s.dim[s.rank - 1] : 0;
  return orr_node_sum(g, orr_node_mul(g, orr_node_one_hot(g, index, size), x), -1, false);
}

#else /* the kernels, for either precision */

static void K(gather)(const orr_kernel_call *c) {
  size_t n = c->in[0].dim[0], e = c->in[0].dim[1], m = orr_tensor_size(&c->in[1]);
  const real *table = c->in[0].x, *index = c->in[1].x;
  real *y = c->out.x;
  for (size_t i = 0; i < m; i++, y += e) {
    size_t row = place((double)index[i], n);
    if (row < n) memcpy(y, table + row * e, e * sizeof *y);
    else
      for (size_t j = 0; j < e; j++) y[j] = (real)NAN;
  }
}

static void K(scatter)(const orr_kernel_call *c) {
  size_t n = c->out.dim[0], e = c->out.dim[1], m = orr_tensor_size(&c->in[0]);
  const real *index = c->in[0].x, *x = c->in[1].x;
  real *y = c->out.x;
  if (!c->accumulate) memset(y, 0, n * e * sizeof *y);
  for (size_t i = 0; i < m; i++, x += e) {
    size_t row = place((double)index[i], n);
    for (size_t j = 0; row < n && j < e; j++) y[row * e + j] += x[j];
  }
}

static void K(one_hot)(const orr_kernel_call *c) {
  size_t n = (size_t)c->node->attributes.size, m = orr_tensor_size(&c->in[0]);
  const real *index = c->in[0].x;
  real *y = c->out.x;
  memset(y, 0, m * n * sizeof *y);
  for (size_t i = 0; i < m; i++, y += n) {
    size_t hot = place((double)index[i], n);
    if (hot < n) y[hot] = 1;
  }
}

#endif
