/* What a function on tensors can call; see tape.h. A row makes the method in
 * Lua, its words in a journal, and its place in a kept model. */
#include <string.h>

#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/tape.h"

/* --- Axes and columns from 1 ------------------------------------------------ */

/* From 0, or -1 and a failure. */
static int axis_of(orr_graph *g, const char *what, orr_node x, int axis) {
  int rank = orr_shape_of(g, x).rank, from_start = axis < 0 ? axis + rank : axis - 1;
  char shape[64];
  orr_shape s = orr_shape_of(g, x);
  if (axis && from_start >= 0 && from_start < rank) return from_start;
  return orr_graph_fail(g, "%s: axis %d of %s; axes count from 1, or from -1 at the end", what, axis,
                        orr_shape_text(&s, shape)),
         -1;
}

static orr_node soft(orr_graph *g, const char *what, orr_node x, const int *axis, int n,
                     orr_node (*make)(orr_graph *, orr_node, int)) {
  int at = axis_of(g, what, x, n ? axis[0] : -1);
  return at < 0 ? 0 : make(g, x, at);
}

static orr_node softmax(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  return (void)n, soft(g, "softmax", x[0], number, n_numbers, orr_node_softmax);
}

static orr_node log_softmax(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  return (void)n, soft(g, "log_softmax", x[0], number, n_numbers, orr_node_log_softmax);
}

static orr_node cumsum(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  return (void)n, soft(g, "cumsum", x[0], number, n_numbers, orr_node_cumsum);
}

static orr_node argmax(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  (void)n;
  int at = axis_of(g, "argmax", x[0], n_numbers ? number[0] : -1);
  return at < 0 ? 0 : orr_node_argmax(g, x[0], at, false);
}

static orr_node part(orr_graph *g, orr_node x, int from, int to) {
  orr_shape s = orr_shape_of(g, x);
  char shape[64];
  if (s.rank > 1 && from >= 1 && to >= from && to <= s.dim[s.rank - 1])
    return orr_node_slice(g, x, s.rank - 1, from - 1, to - from + 1);
  return orr_graph_fail(g, "columns %d to %d of %s", from, to, orr_shape_text(&s, shape));
}

/* One column: the last axis is gone. */
static orr_node column(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  (void)n, (void)n_numbers;
  orr_node one = part(g, x[0], number[0], number[0]);
  orr_shape s = orr_shape_of(g, one);
  if (!one) return 0;
  s.dim[--s.rank] = 0;
  return orr_node_reshape(g, one, s);
}

static orr_node columns(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  return (void)n, (void)n_numbers, part(g, x[0], number[0], number[1]);
}

static orr_node one_hot(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  (void)n, (void)n_numbers;
  if (number[0] < 1) return orr_graph_fail(g, "one_hot: %d classes", number[0]);
  return orr_node_one_hot(g, x[0], number[0]);
}

/* --- Operators and functions ------------------------------------------------ */

/* Powers that are products have derivatives where x^y has none. */
static orr_node power(orr_graph *g, orr_node x, orr_node y) {
  const orr_vertex *v = orr_graph_has(g, y) ? orr_graph_at(g, y) : NULL;
  double p = v && v->op == &orr_operator_constant && !v->data && !v->shape.rank ? v->attributes.value[0] : 0;
  if (p == 1) return x;
  if (p == 2) return orr_node_square(g, x);
  if (p == 3) return orr_node_mul(g, orr_node_square(g, x), x);
  if (p == 4) return orr_node_square(g, orr_node_square(g, x));
  if (p == 0.5) return orr_node_sqrt(g, x);
  if (p == -1) return orr_node_div(g, orr_node_constant(g, 1), x);
  return orr_node_pow(g, x, y);
}

/* As columns; tensors of [rows] count as one. */
static orr_node concatenate(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers) {
  (void)number, (void)n_numbers;
  orr_node wide[ORR_MOST_INPUTS];
  for (int i = 0; i < n; i++) {
    orr_shape s = orr_shape_of(g, x[i]);
    wide[i] =
        s.rank == 1 && orr_shape_has_rows(&s) ? orr_node_reshape(g, x[i], ORR_SHAPE_OF(ORR_FREE, 1)) : x[i];
  }
  return orr_node_concatenate(g, wide, n, -1);
}

#define ONE(name_)                                                                                           \
  { .name = #name_, .form = ORR_WRITTEN_METHOD, .tensors = 1, .one = orr_node_##name_ }
#define TWO(name_)                                                                                           \
  { .name = #name_, .form = ORR_WRITTEN_METHOD, .tensors = 2, .two = orr_node_##name_ }
#define SIGN(sign_, make_)                                                                                   \
  { .name = sign_, .form = ORR_WRITTEN_OPERATOR, .tensors = 2, .two = make_ }
#define ALONG(name_)                                                                                         \
  { .name = #name_, .form = ORR_WRITTEN_METHOD, .tensors = 1, .most_numbers = 1, .along = orr_node_##name_ }
#define ANY(name_, least_, most_)                                                                            \
  {                                                                                                          \
    .name = #name_, .form = ORR_WRITTEN_METHOD, .tensors = 1, .least_numbers = least_,                       \
    .most_numbers = most_, .any = name_                                                                      \
  }

const orr_tape_method orr_tape_methods[] = {
    SIGN("+", orr_node_add),
    SIGN("-", orr_node_sub),
    SIGN("*", orr_node_mul),
    SIGN("/", orr_node_div),
    SIGN("^", power),
    {.name = "negative", .form = ORR_WRITTEN_MINUS, .tensors = 1, .one = orr_node_neg},
    ONE(exp),
    ONE(expm1),
    ONE(log),
    ONE(log1p),
    ONE(sqrt),
    ONE(square),
    ONE(abs),
    ONE(sign),
    ONE(floor),
    ONE(sin),
    ONE(cos),
    ONE(tan),
    ONE(atan),
    ONE(tanh),
    ONE(erf),
    ONE(lgamma),
    ONE(digamma),
    ONE(sigmoid),
    ONE(softplus),
    ONE(relu),
    ONE(gelu),
    ONE(silu),
    ONE(stop_gradient),
    TWO(leaky_relu),
    TWO(elu),
    TWO(maximum),
    TWO(minimum),
    TWO(less),
    TWO(less_equal),
    TWO(greater),
    TWO(greater_equal),
    TWO(equal),
    TWO(pick),
    {.name = "clamp", .form = ORR_WRITTEN_METHOD, .tensors = 3, .three = orr_node_clamp},
    ALONG(sum),
    ALONG(mean),
    ALONG(max),
    ALONG(min),
    ALONG(logsumexp),
    ALONG(norm),
    ANY(argmax, 0, 1),
    ANY(softmax, 0, 1),
    ANY(log_softmax, 0, 1),
    ANY(cumsum, 0, 1),
    ANY(column, 1, 1),
    ANY(columns, 2, 2),
    ANY(one_hot, 1, 1),
    {.name = "grad", .form = ORR_WRITTEN_FUNCTION, .tensors = 2, .two = orr_gradient},
    {.name = "where", .form = ORR_WRITTEN_FUNCTION, .tensors = 3, .three = orr_node_where},
    {.name = "concatenate", .form = ORR_WRITTEN_LIST, .tensors = -1, .any = concatenate},
};
const size_t orr_tape_methods_count = sizeof orr_tape_methods / sizeof *orr_tape_methods;

static orr_node along(const orr_tape_method *m, orr_graph *g, orr_node x, const int *axis, int n) {
  if (n) {
    int at = axis_of(g, m->name, x, axis[0]);
    return at < 0 ? 0 : m->along(g, x, at, false);
  }
  if (m->along == orr_node_sum) return orr_node_sum_all(g, x);
  if (m->along == orr_node_mean) return orr_node_mean_all(g, x);
  while (orr_graph_has(g, x) && orr_shape_of(g, x).rank)
    x = m->along(g, x, orr_shape_of(g, x).rank - 1, false);
  return x;
}

orr_node orr_tape_method_make(const orr_tape_method *m, orr_graph *g, const orr_node *x, int n,
                              const int *number, int n_numbers) {
  if (m->one) return m->one(g, x[0]);
  if (m->two) return m->two(g, x[0], x[1]);
  if (m->three) return m->three(g, x[0], x[1], x[2]);
  return m->along ? along(m, g, x[0], number, n_numbers) : m->any(g, x, n, number, n_numbers);
}
