/* The table of operators. */
#include "grad/operator.h"

#define ORR_OPERATOR(family, name) &orr_operator_##name,
const orr_operator *const orr_operators[] = {
#include "grad/operators.def"
};
#undef ORR_OPERATOR

const size_t orr_operator_count = sizeof orr_operators / sizeof *orr_operators;

orr_node orr_no_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)g, (void)y, (void)dy, (void)k;
  return 0;
}

orr_along orr_tensor_along(const orr_tensor *t, int axis) {
  orr_along a = {1, t->dim[axis], 1};
  for (int i = 0; i < axis; i++) a.outer *= t->dim[i];
  for (int i = axis + 1; i < t->rank; i++) a.inner *= t->dim[i];
  return a;
}

size_t orr_tensor_size(const orr_tensor *t) {
  size_t n = 1;
  for (int i = 0; i < t->rank; i++) n *= t->dim[i];
  return n;
}

bool orr_tensor_next(const orr_tensor *t, size_t index[ORR_MOST_RANK]) {
  for (int i = t->rank; i-- > 0;) {
    if (++index[i] < t->dim[i]) return true;
    index[i] = 0;
  }
  return false;
}

size_t orr_tensor_offset(const orr_tensor *t, const size_t index[ORR_MOST_RANK]) {
  size_t offset = 0;
  for (int i = 0; i < t->rank; i++) offset = offset * t->dim[i] + index[i];
  return offset;
}

int orr_axis_of(orr_graph *g, const char *what, orr_node x, int axis) {
  if (orr_graph_failed(g)) return -1;
  orr_shape s = orr_shape_of(g, x);
  char text[64];
  if (axis >= -s.rank && axis < s.rank) return axis < 0 ? axis + s.rank : axis;
  orr_graph_fail(g, "%s: %s has no axis %d", what, orr_shape_text(&s, text), axis);
  return -1;
}
