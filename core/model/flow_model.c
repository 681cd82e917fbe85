/* A kept flow, opened: forwards in one program, backwards layer by layer.
 *
 * An autoregressive layer is undone column after column, in the order of their
 * degrees: what the network of a column looks at is then already right. Columns
 * not yet known are 0, so that nothing of what they would be is seen.
 */
#include "model/flow.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/nodes.h"

static const double half_log_two_pi = 0.91893853320467274178;

/* --- Opening -------------------------------------------------------------------- */

static orr_status build(orr_flow_model *m, const orr_store *s, orr_error *e) {
  if (!(m->graph = orr_graph_new())) return orr_fail_memory(e, "a graph", 0);
  orr_graph *g = m->graph;
  const orr_flow *f = &m->flow;
  orr_layers l = {.graph = g};
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, f->columns));
  orr_node z = orr_node_input(g, "z", ORR_SHAPE_OF(ORR_FREE, f->columns));
  orr_node context = f->context ? orr_node_input(g, "context", ORR_SHAPE_OF(ORR_FREE, f->context)) : 0;
  m->forward = orr_flow_forward(f, &l, x, context);
  for (int i = 0; i < f->layers; i++) m->inverse[i] = orr_flow_layer_inverse(f, &l, i, z, x, context);
  orr_layers_fini(&l);
  return orr_parameters_want(s, g, &m->parameters, e);
}

orr_status orr_flow_open(orr_flow_model *m, const orr_store *s, orr_precision precision, orr_error *e) {
  *m = (orr_flow_model){.precision = precision};
  ORR_TRY(orr_flow_read(s, &m->flow, e));
  ORR_TRY(
      orr_density_want_scale(s, (size_t)m->flow.columns, (size_t)m->flow.context, &m->center, &m->scale, e));
  for (int i = 0; i < m->flow.columns; i++) m->log_scale += log(m->scale[i]);
  orr_status status = build(m, s, e);
  if (status) orr_flow_close(m);
  return status;
}

void orr_flow_close(orr_flow_model *m) {
  orr_graph_free(m->graph);
  *m = (orr_flow_model){0};
}

static orr_status standardise_context(const orr_flow_model *m, const orr_matrix *context, size_t n,
                                      orr_arena *arena, orr_matrix *to, orr_error *e) {
  size_t d = (size_t)m->flow.columns, c = context ? context->cols : 0;
  *to = (orr_matrix){0};
  if (c != (size_t)m->flow.context)
    return orr_fail(e, ORR_SHAPE, "the flow takes %d columns of context, and there are %zu", m->flow.context,
                    c);
  if (!c) return ORR_OK;
  if (context->rows != n && context->rows != 1)
    return orr_fail(e, ORR_SHAPE, "%zu rows of context for %zu rows", context->rows, n);
  return orr_density_standardise(context, m->center + d, m->scale + d, arena, to, e);
}

static orr_status check_columns(const orr_flow_model *m, const orr_matrix *x, orr_error *e) {
  if (x->cols == (size_t)m->flow.columns) return ORR_OK;
  return orr_fail(e, ORR_SHAPE, "the flow has %d columns, and there are %zu", m->flow.columns, x->cols);
}

/* --- Forwards ---------------------------------------------------------------------- */

static orr_status encode(const orr_flow_model *m, const orr_matrix *x, const orr_matrix *context, double *z,
                         double *log_determinant, orr_arena *arena, const orr_work *work, orr_error *e) {
  orr_matrix in[3] = {{0}};
  orr_evaluator v;
  double *const answers[] = {z ? z : log_determinant, log_determinant};
  const orr_node nodes[] = {z ? m->forward.z : m->forward.log_determinant, m->forward.log_determinant};
  ORR_TRY(check_columns(m, x, e));
  ORR_TRY(orr_density_standardise(x, m->center, m->scale, arena, &in[0], e));
  ORR_TRY(standardise_context(m, context, x->rows, arena, &in[2], e));
  ORR_TRY(
      orr_evaluator_init(&v, m->graph, nodes, z && log_determinant ? 2 : 1, m->precision, m->parameters, e));
  orr_status status = orr_evaluator_run(&v, in, x->rows, 0, 0, answers, work, e);
  orr_evaluator_fini(&v);
  for (size_t i = 0; !status && log_determinant && i < x->rows; i++) log_determinant[i] -= m->log_scale;
  return status;
}

orr_status orr_flow_encode(const orr_flow_model *m, const orr_matrix *x, const orr_matrix *context, double *z,
                           double *log_determinant, const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_status status = encode(m, x, context, z, log_determinant, &arena, work, e);
  orr_arena_fini(&arena);
  return status;
}

/* --- Backwards --------------------------------------------------------------------- */

typedef struct mixing {
  const float *lower, *upper, *log_diagonal, *bias;
} mixing;

static mixing mixing_of(const orr_flow_model *m, int layer) {
  const float *at[4];
  for (size_t i = 0; i < 4; i++) {
    orr_node n = orr_graph_parameter(m->graph, orr_flow_first_parameter(&m->flow, layer) + i);
    at[i] = m->parameters + orr_graph_at(m->graph, n)->attributes.offset;
  }
  return (mixing){at[0], at[1], at[2], at[3]};
}

/* x P L U + b = y solved for a row x: first w U = y - b, then v L = w, then x = v backwards. */
static void unmix_row(const mixing *a, int d, double *x, double *v) {
  for (int j = 0; j < d; j++) {
    v[j] = x[j] - (double)a->bias[j];
    for (int i = 0; i < j; i++) v[j] -= v[i] * (double)a->upper[i * d + j];
    v[j] /= exp((double)a->log_diagonal[j]);
  }
  for (int j = d; j-- > 0;)
    for (int i = j + 1; i < d; i++) v[j] -= v[i] * (double)a->lower[i * d + j];
  for (int j = 0; j < d; j++) x[j] = v[d - 1 - j];
}

static void unmix(const orr_flow_model *m, int layer, size_t n, double *x, double *room) {
  if (!m->flow.mixing || !layer) return;
  mixing a = mixing_of(m, layer);
  for (size_t i = 0; i < n; i++) unmix_row(&a, m->flow.columns, x + i * (size_t)m->flow.columns, room);
}

/* The column of each degree, as it comes out, into what is known so far. */
static void accept(const orr_flow *f, int layer, int degree, size_t n, const double *from, double *to) {
  size_t d = (size_t)f->columns, column = 0;
  while (orr_flow_degree(f, layer, (int)column) != degree) column++;
  for (size_t i = 0; i < n; i++) to[i * d + column] = from[i * d + column];
}

/* z of one layer to x, in place; known, room: [n,d]. in: x so far, z, context. */
static orr_status undo(const orr_flow_model *m, int layer, orr_matrix in[3], double *known, double *room,
                       const orr_work *work, orr_error *e) {
  orr_evaluator v;
  size_t n = in[1].rows, cells = n * in[1].cols;
  int passes = m->flow.autoregressive ? m->flow.columns : 1;
  memset(known, 0, cells * sizeof *known);
  in[0] = (orr_matrix){n, in[1].cols, known};
  ORR_TRY(orr_evaluator_init(&v, m->graph, &m->inverse[layer], 1, m->precision, m->parameters, e));
  orr_status status = ORR_OK;
  for (int i = 1; i <= passes && !status; i++) {
    status = orr_evaluator_run(&v, in, n, 0, 0, &room, work, e);
    if (!status && passes > 1) accept(&m->flow, layer, i, n, room, known);
  }
  orr_evaluator_fini(&v);
  memcpy(in[1].x, passes > 1 ? known : room, cells * sizeof *known);
  return status;
}

static orr_status decode(const orr_flow_model *m, const orr_matrix *z, const orr_matrix *context, double *x,
                         orr_arena *arena, const orr_work *work, orr_error *e) {
  orr_matrix in[3] = {{0}, {z->rows, z->cols, x}};
  double *known, *room;
  ORR_TRY(check_columns(m, z, e));
  ORR_TRY(standardise_context(m, context, z->rows, arena, &in[2], e));
  ORR_TAKE(arena, known, z->rows * z->cols + 1, e);
  ORR_TAKE(arena, room, (z->rows + 1) * z->cols, e);
  if (x != z->x) memcpy(x, z->x, z->rows * z->cols * sizeof *x);
  for (int layer = m->flow.layers; layer-- > 0;) {
    ORR_TRY(undo(m, layer, in, known, room, work, e));
    unmix(m, layer, z->rows, x, room);
  }
  orr_density_restore(x, z->rows, z->cols, m->center, m->scale);
  return ORR_OK;
}

orr_status orr_flow_decode(const orr_flow_model *m, const orr_matrix *z, const orr_matrix *context, double *x,
                           const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_status status = decode(m, z, context, x, &arena, work, e);
  orr_arena_fini(&arena);
  return status;
}

/* --- The functions of density.h ------------------------------------------------------ */

orr_status orr_flow_density_check(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e) {
  orr_flow_model m;
  ORR_TRY(orr_flow_open(&m, s, ORR_DOUBLE, e));
  bool fits = d == (size_t)m.flow.columns && c == (size_t)m.flow.context;
  if (!fits)
    orr_fail(e, ORR_DATA, "the kept flow has %d columns and %d of context, not %zu and %zu", m.flow.columns,
             m.flow.context, d, c);
  orr_flow_close(&m);
  *latent = d;
  return fits ? ORR_OK : ORR_DATA;
}

static orr_status log_density(const orr_flow_model *m, const orr_matrix *x, const orr_matrix *context,
                              double *out, orr_arena *arena, const orr_work *work, orr_error *e) {
  double *z;
  ORR_TAKE(arena, z, x->rows * x->cols + 1, e);
  ORR_TRY(encode(m, x, context, z, out, arena, work, e));
  for (size_t i = 0; i < x->rows; i++)
    for (size_t k = 0; k < x->cols; k++) {
      double u = z[i * x->cols + k];
      out[i] -= u * u / 2 + half_log_two_pi;
    }
  return ORR_OK;
}

orr_status orr_flow_density_log(const orr_store *s, const orr_matrix *x, const orr_matrix *context,
                                double *out, const orr_work *work, orr_error *e) {
  orr_flow_model m;
  orr_arena arena = {0};
  ORR_TRY(orr_flow_open(&m, s, ORR_DOUBLE, e));
  orr_status status = log_density(&m, x, context, out, &arena, work, e);
  orr_arena_fini(&arena);
  orr_flow_close(&m);
  return status;
}

orr_status orr_flow_density_sample(const orr_store *s, const orr_matrix *context, size_t n, uint64_t seed,
                                   double *x, const orr_work *work, orr_error *e) {
  orr_flow_model m;
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_SAMPLES);
  ORR_TRY(orr_flow_open(&m, s, ORR_DOUBLE, e));
  orr_matrix z = {n, (size_t)m.flow.columns, x};
  for (size_t i = 0; i < n * z.cols; i++) x[i] = orr_random_normal(&r);
  orr_status status = orr_flow_decode(&m, &z, context, x, work, e);
  orr_flow_close(&m);
  return status;
}

orr_status orr_flow_density_encode(const orr_store *s, const orr_matrix *x, const orr_matrix *context,
                                   double *z, const orr_work *work, orr_error *e) {
  orr_flow_model m;
  ORR_TRY(orr_flow_open(&m, s, ORR_DOUBLE, e));
  orr_status status = orr_flow_encode(&m, x, context, z, NULL, work, e);
  orr_flow_close(&m);
  return status;
}

orr_status orr_flow_density_decode(const orr_store *s, const orr_matrix *z, const orr_matrix *context,
                                   double *x, const orr_work *work, orr_error *e) {
  orr_flow_model m;
  ORR_TRY(orr_flow_open(&m, s, ORR_DOUBLE, e));
  orr_status status = orr_flow_decode(&m, z, context, x, work, e);
  orr_flow_close(&m);
  return status;
}
