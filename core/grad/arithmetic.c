/* Arithmetic, element by element. Sums with 0 and products with 1, of which
 * differentiation makes many, are not built. */
#include <tgmath.h>

#include "grad/elementwise.h"
#include "grad/vector_math.h"

static orr_node input(const orr_graph *g, orr_node y, int k) { return orr_input_of(g, y, k); }

/* Whether n is `value` everywhere, so that b combined with it is b itself. */
static bool is_neutral(const orr_graph *g, orr_node n, double value, orr_node b) {
  if (orr_graph_failed(g) || !orr_graph_has(g, n) || !orr_graph_has(g, b)) return false;
  orr_shape s = orr_shape_of(g, n), other = orr_shape_of(g, b), both;
  if (!orr_shape_broadcast(&s, &other, &both) || !orr_shape_equal(&both, &other)) return false;
  const orr_vertex *v = orr_graph_at(g, n);
  if (v->op == &orr_operator_broadcast) v = orr_graph_at(g, v->input[0]);
  return v->op == &orr_operator_constant && !v->data && v->attributes.value[0] == value;
}

static orr_node two(orr_graph *g, const orr_operator *op, orr_node a, orr_node b) {
  return orr_graph_apply(g, op, (const orr_node[]){a, b}, 2, NULL);
}

LOOP2(add, a + b)
PLAIN(add) { return a + b; }
DERIVATIVE(add) { return dy; }
ELEMENTWISE(add, 2, .range = {{-3, 3}, {-3, 3}})
orr_node orr_node_add(orr_graph *g, orr_node a, orr_node b) {
  if (is_neutral(g, a, 0, b)) return b;
  return is_neutral(g, b, 0, a) ? a : two(g, &orr_operator_add, a, b);
}

LOOP2(sub, a - b)
PLAIN(sub) { return a - b; }
DERIVATIVE(sub) { return k ? orr_node_neg(g, dy) : dy; }
ELEMENTWISE(sub, 2, .range = {{-3, 3}, {-3, 3}})
orr_node orr_node_sub(orr_graph *g, orr_node a, orr_node b) {
  return is_neutral(g, b, 0, a) ? a : two(g, &orr_operator_sub, a, b);
}

LOOP2(mul, (a * b))
PLAIN(mul) { return a * b; }
DERIVATIVE(mul) { return orr_node_mul(g, dy, input(g, y, 1 - k)); }
ELEMENTWISE(mul, 2, .range = {{-3, 3}, {-3, 3}})
orr_node orr_node_mul(orr_graph *g, orr_node a, orr_node b) {
  if (is_neutral(g, a, 1, b)) return b;
  return is_neutral(g, b, 1, a) ? a : two(g, &orr_operator_mul, a, b);
}

LOOP2(div, a / b)
PLAIN(div) { return a / b; }
DERIVATIVE(div) {
  orr_node share = orr_node_div(g, dy, input(g, y, 1));
  return k ? orr_node_neg(g, orr_node_mul(g, share, y)) : share;
}
ELEMENTWISE(div, 2, .range = {{-3, 3}, {0.3, 3}})
orr_node orr_node_div(orr_graph *g, orr_node a, orr_node b) {
  return is_neutral(g, b, 1, a) ? a : two(g, &orr_operator_div, a, b);
}

LOOP1(neg, -a)
PLAIN(neg) { return -a; }
DERIVATIVE(neg) { return orr_node_neg(g, dy); }
ELEMENTWISE(neg, 1, .range = {{-3, 3}})
orr_node orr_node_neg(orr_graph *g, orr_node x) {
  if (orr_graph_has(g, x) && orr_graph_at(g, x)->op == &orr_operator_neg) return input(g, x, 0);
  return orr_graph_apply(g, &orr_operator_neg, &x, 1, NULL);
}

static void pow_f32(size_t n, const float *a, const float *b, const float *c, float *out) {
  (void)c;
  orr_vector_pow_f32(n, a, b, out);
}
static void pow_f64(size_t n, const double *a, const double *b, const double *c, double *out) {
  (void)c;
  orr_vector_pow_f64(n, a, b, out);
}
PLAIN(pow) { return pow(a, b); }
DERIVATIVE(pow) {
  orr_node a = input(g, y, 0), b = input(g, y, 1);
  if (k) return orr_node_mul(g, dy, orr_node_mul(g, y, orr_node_log(g, a)));
  orr_node lower = orr_node_pow(g, a, orr_node_offset(g, b, -1));
  return orr_node_mul(g, dy, orr_node_mul(g, b, lower));
}
ELEMENTWISE(pow, 2, .range = {{0.3, 3}, {-2, 3}})
/* Small whole powers are products: exact, and defined for a < 0 with their derivatives. */
orr_node orr_node_pow(orr_graph *g, orr_node a, orr_node b) {
  if (is_neutral(g, b, 1, a)) return a;
  if (is_neutral(g, b, 2, a)) return orr_node_square(g, a);
  if (is_neutral(g, b, 3, a)) return orr_node_mul(g, orr_node_square(g, a), a);
  if (is_neutral(g, b, 4, a)) return orr_node_square(g, orr_node_square(g, a));
  if (is_neutral(g, b, 0.5, a)) return orr_node_sqrt(g, a);
  if (is_neutral(g, b, -1, a)) return orr_node_div(g, orr_node_constant(g, 1), a);
  return two(g, &orr_operator_pow, a, b);
}

LOOP1(square, (a * a))
PLAIN(square) { return a * a; }
DERIVATIVE(square) { return orr_node_mul(g, dy, orr_node_scale(g, input(g, y, 0), 2)); }
UNARY(square, .range = {{-3, 3}})

ARRAY(sqrt)
PLAIN(sqrt) { return sqrt(a); }
DERIVATIVE(sqrt) { return orr_node_div(g, orr_node_scale(g, dy, 0.5), y); }
UNARY(sqrt, .range = {{0.2, 9}})

LOOP1(abs, fabs(a))
PLAIN(abs) { return a < 0 ? -a : a; }
DERIVATIVE(abs) { return orr_node_mul(g, dy, orr_node_sign(g, input(g, y, 0))); }
UNARY(abs, .range = {{-3, 3, .n_kinks = 1}})

LOOP1(sign, (a > 0 ? one : 0) - (a < 0 ? one : 0))
PLAIN(sign) { return a > 0 ? 1 : a < 0 ? -1 : 0; }
CONSTANT(sign)
UNARY(sign, .range = {{-3, 3, .n_kinks = 1}})

LOOP1(floor, floor(a))
PLAIN(floor) {
  double whole = trunc(a);
  return whole > a ? whole - 1 : whole;
}
CONSTANT(floor)
UNARY(floor, .range = {{-0.9, 1.9, .n_kinks = 2, .kink = {0, 1}}})

orr_node orr_node_scale(orr_graph *g, orr_node x, double factor) {
  return factor == -1 ? orr_node_neg(g, x) : orr_node_mul(g, orr_node_constant(g, factor), x);
}

orr_node orr_node_offset(orr_graph *g, orr_node x, double summand) {
  return orr_node_add(g, x, orr_node_constant(g, summand));
}
