/* Activations. Each is one operator, so that a layer makes one pass over its
 * units; derivatives are written with what is computed already where it can be. */
#include <math.h>

#include "grad/elementwise.h"
#include "grad/vector_math.h"

enum { TILE = 256 };

static orr_node input(const orr_graph *g, orr_node y, int k) { return orr_input_of(g, y, k); }
static orr_node times(orr_graph *g, orr_node a, orr_node b) { return orr_node_mul(g, a, b); }
static orr_node one_minus(orr_graph *g, orr_node x) { return orr_node_sub(g, orr_node_constant(g, 1), x); }
static orr_node positive(orr_graph *g, orr_node x) { return orr_node_less(g, orr_node_constant(g, 0), x); }

/* out = outer of an array function of inner, tile by tile: `out` may be `a`. */
#define TILED_IN(suffix, type, name, function, inner, outer, read_b)                                         \
  ORR_VECTORISED static void name##_inner_##suffix(size_t n, const type *ap, type *t) {                      \
    for (size_t i = 0; i < n; i++) {                                                                         \
      const type a = ap[i];                                                                                  \
      t[i] = inner;                                                                                          \
    }                                                                                                        \
  }                                                                                                          \
  ORR_VECTORISED static void name##_outer_##suffix(size_t n, const type *ap, const type *bp, const type *tp, \
                                                   type *out) {                                              \
    (void)bp;                                                                                                \
    for (size_t i = 0; i < n; i++) {                                                                         \
      ORR_UNUSED const type a = ap[i], b = read_b, t = tp[i];                                                \
      out[i] = outer;                                                                                        \
    }                                                                                                        \
  }                                                                                                          \
  static void name##_##suffix(size_t n, const type *a, const type *b, const type *c, type *out) {            \
    type t[TILE];                                                                                            \
    (void)c;                                                                                                 \
    for (size_t i = 0; i < n; i += TILE) {                                                                   \
      size_t m = n - i < TILE ? n - i : TILE;                                                                \
      name##_inner_##suffix(m, a + i, t);                                                                    \
      orr_vector_##function##_##suffix(m, t, t);                                                             \
      name##_outer_##suffix(m, a + i, b ? b + i : NULL, t, out + i);                                         \
    }                                                                                                        \
  }
#define TILED(name, function, inner, outer, read_b)                                                          \
  TILED_IN(f32, float, name, function, inner, outer, read_b)                                                 \
  TILED_IN(f64, double, name, function, inner, outer, read_b)

ARRAY(sigmoid)
PLAIN(sigmoid) { return 1 / (1 + exp(-a)); }
DERIVATIVE(sigmoid) { return times(g, dy, times(g, y, one_minus(g, y))); }
UNARY(sigmoid, .range = {{-4, 4}})

ARRAY(softplus)
PLAIN(softplus) { return a > 0 ? a + log1p(exp(-a)) : log1p(exp(a)); }
DERIVATIVE(softplus) { return times(g, dy, orr_node_sigmoid(g, input(g, y, 0))); }
UNARY(softplus, .range = {{-4, 4}})

LOOP1(relu, a <= 0 ? 0 : a)
PLAIN(relu) { return a > 0 ? a : 0; }
DERIVATIVE(relu) { return orr_node_where(g, positive(g, y), dy, orr_node_constant(g, 0)); }
UNARY(relu, .range = {{-3, 3, .n_kinks = 1}})

LOOP2(leaky_relu, a > 0 ? a : a * b)
PLAIN(leaky_relu) { return a > 0 ? a : a * b; }
DERIVATIVE(leaky_relu) {
  orr_node x = input(g, y, 0), slope = input(g, y, 1), up = positive(g, x);
  if (k) return times(g, dy, orr_node_minimum(g, x, orr_node_constant(g, 0)));
  return orr_node_where(g, up, dy, times(g, dy, slope));
}
ELEMENTWISE(leaky_relu, 2, .range = {{-3, 3, .n_kinks = 1}, {0.01, 0.5}})
orr_node orr_node_leaky_relu(orr_graph *g, orr_node x, orr_node slope) {
  return orr_graph_apply(g, &orr_operator_leaky_relu, (const orr_node[]){x, slope}, 2, NULL);
}

TILED(elu, expm1, a > 0 ? 0 : a, a > 0 ? a : b * t, bp[i])
PLAIN(elu) { return a > 0 ? a : b * (exp(a) - 1); }
DERIVATIVE(elu) {
  orr_node x = input(g, y, 0), alpha = input(g, y, 1), up = positive(g, x);
  orr_node below = orr_node_minimum(g, x, orr_node_constant(g, 0));
  if (k) return times(g, dy, orr_node_expm1(g, below));
  return orr_node_where(g, up, dy, times(g, dy, times(g, alpha, orr_node_exp(g, below))));
}
ELEMENTWISE(elu, 2, .range = {{-3, 3, .n_kinks = 1}, {0.5, 1.5}})
orr_node orr_node_elu(orr_graph *g, orr_node x, orr_node alpha) {
  return orr_graph_apply(g, &orr_operator_elu, (const orr_node[]){x, alpha}, 2, NULL);
}

/* x Φ(x) (Hendrycks and Gimpel 2016), exact. */
TILED(gelu, erf, a *(__typeof__(a))M_SQRT1_2, (__typeof__(a))0.5 * a * (1 + t), 0)
PLAIN(gelu) { return a * 0.5 * erfc(-a * M_SQRT1_2); }
DERIVATIVE(gelu) {
  orr_node x = input(g, y, 0), erf_x = orr_node_erf(g, orr_node_scale(g, x, M_SQRT1_2));
  orr_node cumulative = orr_node_scale(g, orr_node_offset(g, erf_x, 1), 0.5);
  orr_node bell = orr_node_exp(g, orr_node_scale(g, orr_node_square(g, x), -0.5));
  orr_node density = orr_node_scale(g, bell, 0.5 * M_SQRT1_2 * M_2_SQRTPI);
  return times(g, dy, orr_node_add(g, cumulative, times(g, x, density)));
}
UNARY(gelu, .range = {{-3, 3}})

/* x sigmoid(x) (Elfwing, Uchibe and Doya 2018). Its derivative is s + y (1 - s). */
TILED(silu, sigmoid, a, (a * t), 0)
PLAIN(silu) { return a / (1 + exp(-a)); }
DERIVATIVE(silu) {
  orr_node s = orr_node_sigmoid(g, input(g, y, 0));
  return times(g, dy, orr_node_add(g, s, times(g, y, one_minus(g, s))));
}
UNARY(silu, .range = {{-4, 4}})
