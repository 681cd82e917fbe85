/* Every node that is wanted or needed, in the order of their numbers. */
#include "grad/plain.h"

#include <string.h>

#include "grad/operator.h"

typedef struct walk {
  const orr_graph *g;
  const orr_plain_feed *feed;
  double **value; /* by node */
} walk;

static orr_tensor tensor_of(const walk *w, orr_node n) {
  const orr_shape *s = &orr_graph_at(w->g, n)->shape;
  orr_tensor t = {.rank = s->rank, .x = w->value[n]};
  for (int i = 0; i < s->rank; i++) t.dim[i] = s->dim[i] == ORR_FREE ? w->feed->rows : (size_t)s->dim[i];
  return t;
}

static void fill(double *x, size_t n, double value) {
  for (size_t i = 0; i < n; i++) x[i] = value;
}

static void read_leaf(const walk *w, const orr_vertex *v, double *x, size_t n) {
  const orr_attributes *a = &v->attributes;
  if (v->op == &orr_operator_input) memcpy(x, w->feed->inputs[a->number], n * sizeof *x);
  else if (v->op == &orr_operator_parameter) memcpy(x, w->feed->parameters + a->offset, n * sizeof *x);
  else if (v->op == &orr_operator_setting) *x = w->feed->settings[a->number];
  else if (v->op == &orr_operator_rows) *x = (double)w->feed->rows;
  else if (v->data) memcpy(x, v->data, n * sizeof *x);
  else fill(x, n, a->value[0]);
}

/* The element of input k that goes into element `index` of the result. */
static double stretched(const walk *w, const orr_vertex *v, int k, const size_t index[ORR_MOST_RANK]) {
  size_t stride[ORR_MOST_RANK], at = 0;
  if (k >= v->n_inputs) return 0;
  orr_shape_strides(&orr_graph_at(w->g, v->input[k])->shape, &v->shape, w->feed->rows, stride);
  for (int i = 0; i < v->shape.rank; i++) at += index[i] * stride[i];
  return w->value[v->input[k]][at];
}

static void each_element(const walk *w, const orr_vertex *v, const orr_tensor *out) {
  size_t i[ORR_MOST_RANK] = {0}, at = 0;
  do
    ((double *)out->x)[at++] =
        v->op->scalar(stretched(w, v, 0, i), stretched(w, v, 1, i), stretched(w, v, 2, i));
  while (orr_tensor_next(out, i));
}

static void call_plain(const walk *w, const orr_vertex *v, const orr_tensor *out) {
  orr_kernel_call call = {.node = v, .out = *out, .seed = w->feed->seed, .step = w->feed->step};
  for (int k = 0; k < v->n_inputs; k++) call.in[k] = tensor_of(w, v->input[k]);
  v->op->plain(&call);
}

static orr_status visit(walk *w, orr_node n, orr_arena *a, orr_error *e) {
  const orr_vertex *v = orr_graph_at(w->g, n);
  size_t size = orr_shape_size(&v->shape, w->feed->rows);
  ORR_TAKE(a, w->value[n], size, e);
  orr_tensor out = tensor_of(w, n);
  switch (v->op->class) {
  case ORR_LEAF: read_leaf(w, v, w->value[n], size); break;
  case ORR_VIEW: memcpy(w->value[n], w->value[v->input[0]], size * sizeof(double)); break;
  case ORR_ELEMENTWISE: each_element(w, v, &out); break;
  case ORR_KERNEL: call_plain(w, v, &out); break;
  }
  return ORR_OK;
}

orr_status orr_plain_evaluate(const orr_graph *g, const orr_plain_feed *feed, const orr_node *want, size_t n,
                              double **values, orr_arena *a, orr_error *e) {
  walk w = {.g = g, .feed = feed};
  bool *needed;
  orr_node count = orr_graph_count(g);
  ORR_TRY(orr_graph_check(g, e));
  ORR_TAKE(a, w.value, (size_t)count + 1, e);
  ORR_TAKE(a, needed, (size_t)count + 1, e);
  for (size_t i = 0; i < n; i++) needed[want[i]] = true;
  for (orr_node i = count; i > 0; i--)
    for (int k = 0; needed[i] && k < orr_graph_at(g, i)->n_inputs; k++)
      needed[orr_graph_at(g, i)->input[k]] = true;
  for (orr_node i = 1; i <= count; i++)
    if (needed[i]) ORR_TRY(visit(&w, i, a, e));
  for (size_t i = 0; i < n; i++) values[i] = w.value[want[i]];
  return ORR_OK;
}
