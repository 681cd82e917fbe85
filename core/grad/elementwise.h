/* How an elementwise operator is written down: its loop over contiguous memory
 * (one expression of a, b, c for both precisions, or the function of arrays in
 * vector_math), its plain reference, its derivative, and its row. */
#ifndef ORR_GRAD_ELEMENTWISE_H
#define ORR_GRAD_ELEMENTWISE_H

#include "grad/nodes.h"
#include "grad/operator.h"

#define ORR_UNUSED __attribute__((unused))

#define LOOP_IN(suffix, type, name, expression, read_b, read_c)                                              \
  ORR_VECTORISED static void name##_##suffix(size_t n, const type *ap, const type *bp, const type *cp,       \
                                             type *out) {                                                    \
    (void)bp, (void)cp;                                                                                      \
    for (size_t i = 0; i < n; i++) {                                                                         \
      ORR_UNUSED const type a = ap[i], b = read_b, c = read_c, one = 1;                                      \
      out[i] = expression;                                                                                   \
    }                                                                                                        \
  }
#define LOOP1(name, expression)                                                                              \
  LOOP_IN(f32, float, name, expression, 0, 0) LOOP_IN(f64, double, name, expression, 0, 0)
#define LOOP2(name, expression)                                                                              \
  LOOP_IN(f32, float, name, expression, bp[i], 0) LOOP_IN(f64, double, name, expression, bp[i], 0)
#define LOOP3(name, expression)                                                                              \
  LOOP_IN(f32, float, name, expression, bp[i], cp[i]) LOOP_IN(f64, double, name, expression, bp[i], cp[i])

#define ARRAY_IN(suffix, type, name)                                                                         \
  static void name##_##suffix(size_t n, const type *a, const type *b, const type *c, type *out) {            \
    (void)b, (void)c;                                                                                        \
    orr_vector_##name##_##suffix(n, a, out);                                                                 \
  }
#define ARRAY(name) ARRAY_IN(f32, float, name) ARRAY_IN(f64, double, name)

#define PLAIN(name) static double name##_plain(ORR_UNUSED double a, ORR_UNUSED double b, ORR_UNUSED double c)
#define DERIVATIVE(name)                                                                                     \
  static orr_node name##_derivative(ORR_UNUSED orr_graph *g, ORR_UNUSED orr_node y, ORR_UNUSED orr_node dy,  \
                                    ORR_UNUSED int k)
#define CONSTANT(name)                                                                                       \
  DERIVATIVE(name) { return orr_no_derivative(g, y, dy, k); }

/* The row; what follows the arity are further fields: the ranges to draw from. */
#define ELEMENTWISE(name_, arity_, ...)                                                                      \
  const orr_operator orr_operator_##name_ = {.name = #name_,                                                 \
                                             .class = ORR_ELEMENTWISE,                                       \
                                             .arity = arity_,                                                \
                                             .vector_f32 = name_##_f32,                                      \
                                             .vector_f64 = name_##_f64,                                      \
                                             .scalar = name_##_plain,                                        \
                                             .derivative = name_##_derivative,                               \
                                             __VA_ARGS__};

#define UNARY(name, ...)                                                                                     \
  ELEMENTWISE(name, 1, __VA_ARGS__)                                                                          \
  orr_node orr_node_##name(orr_graph *g, orr_node x) {                                                       \
    return orr_graph_apply(g, &orr_operator_##name, &x, 1, NULL);                                            \
  }
#define BINARY(name, ...)                                                                                    \
  ELEMENTWISE(name, 2, __VA_ARGS__)                                                                          \
  orr_node orr_node_##name(orr_graph *g, orr_node a, orr_node b) {                                           \
    return orr_graph_apply(g, &orr_operator_##name, (const orr_node[]){a, b}, 2, NULL);                      \
  }
#define TERNARY(name, ...)                                                                                   \
  ELEMENTWISE(name, 3, __VA_ARGS__)                                                                          \
  orr_node orr_node_##name(orr_graph *g, orr_node a, orr_node b, orr_node c) {                               \
    return orr_graph_apply(g, &orr_operator_##name, (const orr_node[]){a, b, c}, 3, NULL);                   \
  }

#endif
