/* What is made of several operators, and no operator itself. */
#include "grad/nodes.h"
#include "grad/operator.h"

orr_node orr_node_mean(orr_graph *g, orr_node x, int axis, bool keep) {
  axis = orr_axis_of(g, "mean", x, axis);
  if (axis < 0) return 0;
  int32_t n = orr_shape_of(g, x).dim[axis];
  orr_node sum = orr_node_sum(g, x, axis, keep);
  return n == ORR_FREE ? orr_node_div(g, sum, orr_node_rows(g)) : orr_node_scale(g, sum, 1.0 / n);
}

/* Elements of a row; of the whole, where there are no rows. */
static int32_t elements(const orr_shape *s) { return (int32_t)orr_shape_size(s, 1); }

orr_node orr_node_flatten(orr_graph *g, orr_node x) {
  orr_shape s = orr_shape_of(g, x);
  if (orr_shape_has_rows(&s)) return orr_node_reshape(g, x, ORR_SHAPE_OF(ORR_FREE, elements(&s)));
  return orr_node_reshape(g, x, ORR_SHAPE_OF(elements(&s)));
}

orr_node orr_node_sum_sample(orr_graph *g, orr_node x) {
  return orr_node_sum(g, orr_node_flatten(g, x), -1, false);
}

orr_node orr_node_sum_all(orr_graph *g, orr_node x) {
  orr_shape s = orr_shape_of(g, x);
  orr_node sum = orr_node_sum_sample(g, x);
  return orr_shape_has_rows(&s) ? orr_node_sum(g, sum, 0, false) : sum;
}

orr_node orr_node_mean_all(orr_graph *g, orr_node x) {
  orr_shape s = orr_shape_of(g, x);
  orr_node mean = orr_node_scale(g, orr_node_sum_all(g, x), 1.0 / elements(&s));
  return orr_shape_has_rows(&s) ? orr_node_div(g, mean, orr_node_rows(g)) : mean;
}

orr_node orr_node_norm(orr_graph *g, orr_node x, int axis, bool keep) {
  return orr_node_sqrt(g, orr_node_sum(g, orr_node_square(g, x), axis, keep));
}

orr_node orr_node_sum_to(orr_graph *g, orr_node x, orr_shape shape) {
  if (orr_graph_failed(g)) return 0;
  orr_shape from = orr_shape_of(g, x);
  bool both = orr_shape_has_rows(&from) && orr_shape_has_rows(&shape);
  for (int i = from.rank; i-- > 0;) {
    int there =
        both && from.rank > shape.rank ? (i ? i - from.rank + shape.rank : 0) : i - from.rank + shape.rank;
    bool inserted = there < (both && i ? 1 : 0);
    if (inserted || (shape.dim[there] == 1 && from.dim[i] != 1)) x = orr_node_sum(g, x, i, true);
  }
  return orr_node_reshape(g, x, shape);
}

orr_node orr_node_dropout(orr_graph *g, orr_node x, orr_node rate) {
  orr_node kept = orr_node_sub(g, orr_node_constant(g, 1), rate);
  orr_node keep = orr_node_less(g, orr_node_uniform(g, orr_shape_of(g, x)), kept);
  return orr_node_where(g, keep, orr_node_div(g, x, kept), orr_node_constant(g, 0));
}
