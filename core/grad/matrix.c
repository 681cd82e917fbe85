/* Matrix products over the last axis; leading axes are rows of the product.
 * The three products are each other's derivatives. */
#ifndef real
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"
#include "num/linear.h"

static size_t last_dim(const orr_tensor *t) { return t->dim[t->rank - 1]; }

#define FAMILY "grad/matrix.c"
#include "grad/both.h"

static orr_node input(const orr_graph *g, orr_node y, int k) { return orr_input_of(g, y, k); }

static bool disagree(orr_graph *g, const orr_vertex *v, const char *rule) {
  char a[64], b[64];
  orr_shape x = orr_shape_of(g, v->input[0]), w = orr_shape_of(g, v->input[1]);
  orr_graph_fail(g, "%s: %s by %s; %s", v->op->name, orr_shape_text(&x, a), orr_shape_text(&w, b), rule);
  return false;
}

/* x[…,k] by a whole w whose axis `inner` is k and whose other axis stays. */
static bool product_shape(orr_graph *g, const orr_vertex *v, int inner, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]), w = orr_shape_of(g, v->input[1]);
  if (w.rank != 2 || orr_shape_has_rows(&w))
    return disagree(g, v, "the right-hand side is a matrix without rows");
  if (!x.rank || x.dim[x.rank - 1] != w.dim[inner]) return disagree(g, v, "the inner sizes differ");
  *out = x;
  out->dim[x.rank - 1] = w.dim[1 - inner];
  return true;
}

/* --- matmul: y[…,n] = x[…,k] w[k,n] -------------------------------------- */

static bool matmul_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  return product_shape(g, v, 0, out);
}

static void matmul_plain(const orr_kernel_call *c) {
  size_t k = last_dim(&c->in[0]), n = last_dim(&c->out), m = orr_tensor_size(&c->out) / n;
  const double *x = c->in[0].x, *w = c->in[1].x;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++) sum += x[i * k + l] * w[l * n + j];
      ((double *)c->out.x)[i * n + j] = sum;
    }
}

static orr_node matmul_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return k ? orr_node_matmul_tn(g, input(g, y, 0), dy) : orr_node_matmul_nt(g, dy, input(g, y, 1));
}

static orr_node matmul_trial(orr_graph *g, int number) {
  if (number > 2) return 0;
  orr_shape x[] = {ORR_SHAPE_OF(ORR_FREE, 5), ORR_SHAPE_OF(ORR_FREE, 3, 5), ORR_SHAPE_OF(4, 5)};
  return orr_node_matmul(g, orr_node_trial(g, x[number], -2, 2, false),
                         orr_node_trial(g, ORR_SHAPE_OF(5, 7), -2, 2, false));
}

const orr_operator orr_operator_matmul = {.name = "matmul",
                                          .class = ORR_KERNEL,
                                          .arity = 2,
                                          .shape = matmul_shape,
                                          .run_f32 = matmul_f32,
                                          .run_f64 = matmul_f64,
                                          .plain = matmul_plain,
                                          .derivative = matmul_derivative,
                                          .trial = matmul_trial};

orr_node orr_node_matmul(orr_graph *g, orr_node x, orr_node w) {
  return orr_graph_apply(g, &orr_operator_matmul, (const orr_node[]){x, w}, 2, NULL);
}

/* --- linear: y[…,k] = x[…,d] w[d,k] + b[k] ------------------------------- */

static bool linear_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape b = orr_shape_of(g, v->input[2]);
  char text[64];
  if (!product_shape(g, v, 0, out)) return false;
  if (b.rank == 1 && b.dim[0] == out->dim[out->rank - 1]) return true;
  orr_graph_fail(g, "linear: the bias is %s, for %d outputs", orr_shape_text(&b, text),
                 out->dim[out->rank - 1]);
  return false;
}

static void linear_plain(const orr_kernel_call *c) {
  size_t n = last_dim(&c->out);
  matmul_plain(c);
  for (size_t i = 0; i < orr_tensor_size(&c->out); i++)
    ((double *)c->out.x)[i] += ((const double *)c->in[2].x)[i % n];
}

static orr_node linear_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return k == 2 ? dy : matmul_derivative(g, y, dy, k); /* dy is summed to the bias's shape */
}

static orr_node linear_trial(orr_graph *g, int number) {
  if (number > 2) return 0;
  orr_shape x[] = {ORR_SHAPE_OF(ORR_FREE, 5), ORR_SHAPE_OF(ORR_FREE, 3, 5), ORR_SHAPE_OF(ORR_FREE, 1)};
  orr_shape w = ORR_SHAPE_OF(number == 2 ? 1 : 5, 7);
  return orr_node_linear(g, orr_node_trial(g, x[number], -2, 2, false), orr_node_trial(g, w, -2, 2, false),
                         orr_node_trial(g, ORR_SHAPE_OF(7), -2, 2, false));
}

const orr_operator orr_operator_linear = {.name = "linear",
                                          .class = ORR_KERNEL,
                                          .arity = 3,
                                          .shape = linear_shape,
                                          .run_f32 = linear_f32,
                                          .run_f64 = linear_f64,
                                          .plain = linear_plain,
                                          .derivative = linear_derivative,
                                          .trial = linear_trial};

orr_node orr_node_linear(orr_graph *g, orr_node x, orr_node w, orr_node b) {
  if (!b) return orr_node_matmul(g, x, w);
  return orr_graph_apply(g, &orr_operator_linear, (const orr_node[]){x, w, b}, 3, NULL);
}

orr_node orr_node_masked_linear(orr_graph *g, orr_node x, orr_node w, orr_node mask, orr_node b) {
  return orr_node_linear(g, x, orr_node_mul(g, w, mask), b);
}

/* --- matmul_nt: y[…,n] = x[…,k] w[n,k] ----------------------------------- */

static bool matmul_nt_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  return product_shape(g, v, 1, out);
}

static void matmul_nt_plain(const orr_kernel_call *c) {
  size_t k = last_dim(&c->in[0]), n = last_dim(&c->out), m = orr_tensor_size(&c->out) / n;
  const double *x = c->in[0].x, *w = c->in[1].x;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++) sum += x[i * k + l] * w[j * k + l];
      ((double *)c->out.x)[i * n + j] = sum;
    }
}

static orr_node matmul_nt_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return k ? orr_node_matmul_tn(g, dy, input(g, y, 0)) : orr_node_matmul(g, dy, input(g, y, 1));
}

static orr_node matmul_nt_trial(orr_graph *g, int number) {
  if (number > 1) return 0;
  orr_shape x[] = {ORR_SHAPE_OF(ORR_FREE, 5), ORR_SHAPE_OF(ORR_FREE, 3, 5)};
  return orr_node_matmul_nt(g, orr_node_trial(g, x[number], -2, 2, false),
                            orr_node_trial(g, ORR_SHAPE_OF(7, 5), -2, 2, false));
}

const orr_operator orr_operator_matmul_nt = {.name = "matmul_nt",
                                             .class = ORR_KERNEL,
                                             .arity = 2,
                                             .shape = matmul_nt_shape,
                                             .run_f32 = matmul_nt_f32,
                                             .run_f64 = matmul_nt_f64,
                                             .plain = matmul_nt_plain,
                                             .derivative = matmul_nt_derivative,
                                             .trial = matmul_nt_trial};

orr_node orr_node_matmul_nt(orr_graph *g, orr_node x, orr_node w) {
  return orr_graph_apply(g, &orr_operator_matmul_nt, (const orr_node[]){x, w}, 2, NULL);
}

/* --- matmul_tn: y[m,n] = Σ a[…,m] b[…,n] --------------------------------- */

static bool matmul_tn_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape a = orr_shape_of(g, v->input[0]), b = orr_shape_of(g, v->input[1]);
  bool fit = a.rank == b.rank && a.rank >= 2;
  for (int i = 0; fit && i + 1 < a.rank; i++) fit = a.dim[i] == b.dim[i];
  if (!fit) return disagree(g, v, "all axes but the last are summed over, and must agree");
  *out = ORR_SHAPE_OF(a.dim[a.rank - 1], b.dim[b.rank - 1]);
  return true;
}

static void matmul_tn_plain(const orr_kernel_call *c) {
  size_t m = c->out.dim[0], n = c->out.dim[1], rows = orr_tensor_size(&c->in[0]) / m;
  const double *a = c->in[0].x, *b = c->in[1].x;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t r = 0; r < rows; r++) sum += a[r * m + i] * b[r * n + j];
      ((double *)c->out.x)[i * n + j] = sum;
    }
}

static orr_node matmul_tn_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  return k ? orr_node_matmul(g, input(g, y, 0), dy) : orr_node_matmul_nt(g, input(g, y, 1), dy);
}

static orr_node matmul_tn_trial(orr_graph *g, int number) {
  if (number > 1) return 0;
  orr_shape a = number ? ORR_SHAPE_OF(ORR_FREE, 3, 5) : ORR_SHAPE_OF(ORR_FREE, 5), b = a;
  b.dim[b.rank - 1] = 7;
  return orr_node_matmul_tn(g, orr_node_trial(g, a, -2, 2, false), orr_node_trial(g, b, -2, 2, false));
}

const orr_operator orr_operator_matmul_tn = {.name = "matmul_tn",
                                             .class = ORR_KERNEL,
                                             .arity = 2,
                                             .combine = ORR_COMBINE_SUM,
                                             .shape = matmul_tn_shape,
                                             .run_f32 = matmul_tn_f32,
                                             .run_f64 = matmul_tn_f64,
                                             .plain = matmul_tn_plain,
                                             .derivative = matmul_tn_derivative,
                                             .trial = matmul_tn_trial};

orr_node orr_node_matmul_tn(orr_graph *g, orr_node a, orr_node b) {
  return orr_graph_apply(g, &orr_operator_matmul_tn, (const orr_node[]){a, b}, 2, NULL);
}

#else /* the kernels, for either precision */

/* y[m,n] = x[m] w[n]: as fast as it can be written, which gemm's kernels are not. */
ORR_VECTORISED static void K(outer)(size_t m, size_t n, const real *restrict x, const real *restrict w,
                                    real *restrict y) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) y[i * n + j] = x[i] * w[j];
}

static void K(multiply)(const orr_kernel_call *c, bool transposed, real beta) {
  size_t k = last_dim(&c->in[0]), n = last_dim(&c->out), m = orr_tensor_size(&c->in[0]) / k;
  if (k == 1 && beta == 0) K(outer)(m, n, c->in[0].x, c->in[1].x, c->out.x);
  else GEMM(false, transposed, m, n, k, 1, c->in[0].x, k, c->in[1].x, transposed ? k : n, beta, c->out.x, n);
}

static void K(matmul)(const orr_kernel_call *c) { K(multiply)(c, false, 0); }
static void K(matmul_nt)(const orr_kernel_call *c) { K(multiply)(c, true, 0); }

static void K(linear)(const orr_kernel_call *c) {
  size_t n = last_dim(&c->out), m = orr_tensor_size(&c->out) / n;
  for (size_t i = 0; i < m; i++) memcpy((real *)c->out.x + i * n, c->in[2].x, n * sizeof(real));
  K(multiply)(c, false, 1);
}

static void K(matmul_tn)(const orr_kernel_call *c) {
  size_t m = c->out.dim[0], n = c->out.dim[1], rows = orr_tensor_size(&c->in[0]) / m;
  GEMM(true, false, m, n, rows, 1, c->in[0].x, m, c->in[1].x, n, c->accumulate, c->out.x, n);
}

#endif
