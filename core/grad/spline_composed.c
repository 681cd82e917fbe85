/* A spline of elementary operators: slow, and differentiable any number of
 * times. Tests hold the spline's own operators to it. */
#include <math.h>

#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/spline.h"

static orr_node add(orr_graph *g, orr_node a, orr_node b) { return orr_node_add(g, a, b); }
static orr_node sub(orr_graph *g, orr_node a, orr_node b) { return orr_node_sub(g, a, b); }
static orr_node mul(orr_graph *g, orr_node a, orr_node b) { return orr_node_mul(g, a, b); }
static orr_node times(orr_graph *g, double factor, orr_node x) { return orr_node_scale(g, x, factor); }
static orr_node one_minus(orr_graph *g, orr_node x) { return sub(g, orr_node_constant(g, 1), x); }

/* Of every element its own bin: what select picks with the mask. */
typedef struct bin {
  orr_node x, y, w, h, d0, d1; /* [rows,d] */
} bin;

static orr_node select_bin(orr_graph *g, orr_node mask, orr_node x) {
  return orr_node_sum(g, mul(g, mask, x), 2, false);
}

/* Sizes and lower edges of all bins, [rows,d,K], from raw parameters. */
static void edges(orr_graph *g, orr_node raw, double box, double least, orr_node *size, orr_node *edge) {
  int bins = orr_shape_of(g, raw).dim[2];
  orr_node share = times(g, 1 - least * bins, orr_node_softmax(g, raw, 2));
  *size = times(g, 2 * box, orr_node_offset(g, share, least));
  *edge = orr_node_offset(g, sub(g, orr_node_cumsum(g, *size, 2), *size), -box);
}

/* Inner derivatives with a 1 put before (start 1) or after (start 0). */
static orr_node with_one(orr_graph *g, orr_node inner, int start, int bins) {
  double one[ORR_MOST_BINS] = {0};
  one[start ? 0 : bins - 1] = 1;
  return add(g, orr_node_embed(g, inner, 2, start, bins), orr_node_constant_data(g, ORR_SHAPE_OF(bins), one));
}

static orr_node mask_of(orr_graph *g, orr_node x, orr_node edge) {
  orr_shape s = orr_shape_of(g, x), column = ORR_SHAPE_OF(s.dim[0], s.dim[1], 1);
  int bins = orr_shape_of(g, edge).dim[2];
  orr_node above = orr_node_less_equal(g, edge, orr_node_reshape(g, x, column));
  orr_node index = orr_node_offset(g, orr_node_sum(g, above, 2, false), -1);
  orr_node zero = orr_node_constant(g, 0), last = orr_node_constant(g, bins - 1);
  return orr_node_one_hot(g, orr_node_clamp(g, index, zero, last), bins);
}

static bin bin_of(orr_graph *g, orr_node x, orr_node p, const orr_attributes *a) {
  int bins = (orr_shape_of(g, p).dim[2] + 1) / 3;
  orr_node w, x_edge, h, y_edge;
  edges(g, orr_node_slice(g, p, 2, 0, bins), a->value[0], a->value[1], &w, &x_edge);
  edges(g, orr_node_slice(g, p, 2, bins, bins), a->value[0], a->value[2], &h, &y_edge);
  orr_node raw = orr_node_offset(g, orr_node_slice(g, p, 2, 2 * bins, bins - 1), log(expm1(1 - a->value[3])));
  orr_node inner = orr_node_offset(g, orr_node_softplus(g, raw), a->value[3]);
  orr_node mask = mask_of(g, x, a->flag ? y_edge : x_edge);
  return (bin){select_bin(g, mask, x_edge),
               select_bin(g, mask, y_edge),
               select_bin(g, mask, w),
               select_bin(g, mask, h),
               select_bin(g, mask, with_one(g, inner, 1, bins)),
               select_bin(g, mask, with_one(g, inner, 0, bins))};
}

static orr_node solve(orr_graph *g, const bin *b, orr_node s, orr_node bend, orr_node value) {
  orr_node rise = sub(g, value, b->y), bent = mul(g, rise, bend);
  orr_node qa = add(g, mul(g, b->h, sub(g, s, b->d0)), bent), qb = sub(g, mul(g, b->h, b->d0), bent);
  orr_node qc = orr_node_neg(g, mul(g, s, rise));
  orr_node root = orr_node_sqrt(g, sub(g, orr_node_square(g, qb), times(g, 4, mul(g, qa, qc))));
  return orr_node_neg(g, orr_node_div(g, times(g, 2, qc), add(g, qb, root)));
}

/* Values and logarithms of the derivative, [rows,d] each, inside the box. */
static void evaluate(orr_graph *g, orr_node x, orr_node p, const orr_attributes *a, orr_node out[2]) {
  bin b = bin_of(g, x, p, a);
  orr_node s = orr_node_div(g, b.h, b.w), bend = sub(g, add(g, b.d0, b.d1), times(g, 2, s));
  orr_node xi = a->flag ? solve(g, &b, s, bend, x) : orr_node_div(g, sub(g, x, b.x), b.w);
  orr_node theta = mul(g, xi, one_minus(g, xi)), square = orr_node_square(g, xi);
  orr_node d = add(g, s, mul(g, bend, theta));
  orr_node top = add(g, mul(g, s, square), mul(g, b.d0, theta));
  orr_node m = add(g, mul(g, b.d1, square), times(g, 2, mul(g, s, theta)));
  m = add(g, m, mul(g, b.d0, orr_node_square(g, one_minus(g, xi))));
  orr_node slope = orr_node_div(g, mul(g, orr_node_square(g, s), m), orr_node_square(g, d));
  out[0] = a->flag ? add(g, b.x, mul(g, xi, b.w)) : add(g, b.y, orr_node_div(g, mul(g, b.h, top), d));
  out[1] = times(g, a->flag ? -1 : 1, orr_node_log(g, slope));
}

orr_node orr_spline_composed(orr_graph *g, orr_node x, orr_node p, const orr_attributes *a) {
  orr_node low = orr_node_constant(g, -a->value[0]), high = orr_node_constant(g, a->value[0]), out[2];
  orr_node clamped = orr_node_clamp(g, x, low, high);
  orr_node inside = orr_node_less_equal(g, orr_node_abs(g, x), high);
  evaluate(g, clamped, p, a, out);
  out[0] = orr_node_where(g, inside, out[0], x);
  out[1] = orr_node_where(g, inside, out[1], orr_node_constant(g, 0));
  orr_shape s = orr_shape_of(g, x), line = ORR_SHAPE_OF(s.dim[0], 1, s.dim[1]);
  for (int i = 0; i < 2; i++) out[i] = orr_node_reshape(g, out[i], line);
  return orr_node_concatenate(g, out, 2, 1);
}

orr_node orr_spline_gradient_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  const orr_vertex *v = orr_graph_at(g, y);
  orr_node in[3] = {v->input[0], v->input[1], v->input[2]}, of[2], out[3];
  orr_differentiate_partial(g, orr_spline_composed(g, in[0], in[1], &v->attributes), in[2], in, 2, of);
  orr_shape s = orr_shape_of(g, in[0]), column = ORR_SHAPE_OF(s.dim[0], s.dim[1], 1);
  orr_node both[2] = {of[1], orr_node_reshape(g, of[0], column)};
  orr_differentiate_partial(g, orr_node_concatenate(g, both, 2, 2), dy, in, 3, out);
  return out[k];
}
