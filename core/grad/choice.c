/* Choices between elements. At a tie the first input is chosen, and gets the
 * derivative; comparisons give 1 or 0 and have none. */
#include "grad/elementwise.h"

static orr_node input(const orr_graph *g, orr_node y, int k) { return orr_input_of(g, y, k); }

/* The derivative of an input that was taken where `condition` holds. */
static orr_node where_taken(orr_graph *g, orr_node condition, orr_node dy) {
  return orr_node_where(g, condition, dy, orr_node_constant(g, 0));
}
static orr_node where_not_taken(orr_graph *g, orr_node condition, orr_node dy) {
  return orr_node_where(g, condition, orr_node_constant(g, 0), dy);
}

/* A NaN on either side comes through. */
LOOP2(maximum, a >= b || a != a ? a : b)
PLAIN(maximum) { return a < b ? b : a; }
DERIVATIVE(maximum) {
  orr_node first = orr_node_less_equal(g, input(g, y, 1), input(g, y, 0));
  return k ? where_not_taken(g, first, dy) : where_taken(g, first, dy);
}
BINARY(maximum, .range = {{-3, 3}, {-3, 3}})

LOOP2(minimum, a <= b || a != a ? a : b)
PLAIN(minimum) { return b < a ? b : a; }
DERIVATIVE(minimum) {
  orr_node first = orr_node_less_equal(g, input(g, y, 0), input(g, y, 1));
  return k ? where_not_taken(g, first, dy) : where_taken(g, first, dy);
}
BINARY(minimum, .range = {{-3, 3}, {-3, 3}})

/* a held between b and c. */
LOOP3(clamp, a<b ? b : a> c ? c : a)
PLAIN(clamp) {
  if (a < b) return b;
  return a > c ? c : a;
}
DERIVATIVE(clamp) {
  orr_node x = input(g, y, 0), low = input(g, y, 1), high = input(g, y, 2);
  orr_node below = orr_node_less(g, x, low), above = orr_node_less(g, high, x);
  if (k == 1) return where_taken(g, below, dy);
  orr_node not_below = where_not_taken(g, below, dy);
  return k == 2 ? where_taken(g, above, not_below) : where_not_taken(g, above, not_below);
}
TERNARY(clamp, .range = {{-3, 3}, {-2, -1}, {1, 2}})

LOOP3(where, a != 0 ? b : c)
PLAIN(where) {
  if (a != 0) return b;
  return c;
}
DERIVATIVE(where) {
  if (k == 0) return 0;
  return k == 1 ? where_taken(g, input(g, y, 0), dy) : where_not_taken(g, input(g, y, 0), dy);
}
TERNARY(where, .range = {{0, 2, true}, {-3, 3}, {-3, 3}})

LOOP2(less, a < b ? one : 0)
PLAIN(less) { return a < b; }
CONSTANT(less)
BINARY(less, .range = {{-3, 3}, {-3, 3}})

LOOP2(less_equal, a <= b ? one : 0)
PLAIN(less_equal) { return a <= b; }
CONSTANT(less_equal)
BINARY(less_equal, .range = {{-3, 3}, {-3, 3}})

LOOP2(equal, a == b ? one : 0)
PLAIN(equal) { return a == b; }
CONSTANT(equal)
BINARY(equal, .range = {{0, 3, true}, {0, 3, true}})

orr_node orr_node_greater(orr_graph *g, orr_node a, orr_node b) { return orr_node_less(g, b, a); }
orr_node orr_node_greater_equal(orr_graph *g, orr_node a, orr_node b) { return orr_node_less_equal(g, b, a); }

/* --- stop_gradient: the same elements, without a derivative -------------- */

static bool same_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = orr_shape_of(g, v->input[0]);
  return true;
}

static orr_node stop_gradient_trial(orr_graph *g, int number) {
  return number ? 0 : orr_node_stop_gradient(g, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 3), -3, 3, false));
}

const orr_operator orr_operator_stop_gradient = {.name = "stop_gradient",
                                                 .class = ORR_VIEW,
                                                 .arity = 1,
                                                 .shape = same_shape,
                                                 .derivative = orr_no_derivative,
                                                 .trial = stop_gradient_trial};

orr_node orr_node_stop_gradient(orr_graph *g, orr_node x) {
  return orr_graph_apply(g, &orr_operator_stop_gradient, &x, 1, NULL);
}
