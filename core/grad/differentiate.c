/* Reverse mode: from y down to the leaves, each node that lies between y and
 * some x hands its inputs what its operator's derivative says, fitted to their
 * shapes. Numbers of nodes grow from inputs to results, so that one pass in
 * falling order sees every node after all that use it. */
#include "grad/differentiate.h"

#include <string.h>

#include "base/memory.h"
#include "grad/nodes.h"
#include "grad/operator.h"

typedef struct pass {
  orr_graph *g;
  orr_node y;
  bool *on_path;    /* node depends on some x */
  bool *held;       /* node is an x that nothing is passed through */
  orr_node *passed; /* what the node has been passed so far; 0: nothing */
} pass;

/* From any shape that y's inputs may be passed to the input's own: axes it lacks are summed, others stretched. */
static orr_node fitted(orr_graph *g, orr_node dx, orr_shape shape) {
  orr_shape from = orr_shape_of(g, dx), common;
  if (orr_shape_equal(&from, &shape)) return dx;
  if (orr_shape_broadcast(&from, &shape, &common) && orr_shape_equal(&common, &shape))
    return orr_node_broadcast(g, dx, shape);
  return orr_node_sum_to(g, dx, shape);
}

static void pass_on(pass *p, orr_node n) {
  const orr_vertex *v = orr_graph_at(p->g, n);
  for (int k = 0; k < v->n_inputs; k++) {
    orr_node to = v->input[k];
    if (!p->on_path[to]) continue;
    orr_node dx = v->op->derivative(p->g, n, p->passed[n], k);
    if (!dx) continue;
    dx = fitted(p->g, dx, orr_graph_at(p->g, to)->shape);
    p->passed[to] = p->passed[to] ? orr_node_add(p->g, p->passed[to], dx) : dx;
  }
}

static void find_path(pass *p, const orr_node *x, size_t n, bool partial) {
  for (size_t i = 0; i < n; i++)
    if (x[i] <= p->y) p->on_path[x[i]] = true, p->held[x[i]] = partial;
  for (orr_node i = 1; i <= p->y; i++) {
    const orr_vertex *v = orr_graph_at(p->g, i);
    for (int k = 0; k < v->n_inputs; k++) p->on_path[i] |= p->on_path[v->input[k]];
  }
}

static orr_node zeros(orr_graph *g, orr_shape shape) {
  return orr_node_broadcast(g, orr_node_constant(g, 0), shape);
}

static void run(pass *p, orr_node dy, const orr_node *x, size_t n, orr_node *dx) {
  orr_shape shape = orr_shape_of(p->g, p->y);
  p->passed[p->y] =
      dy ? fitted(p->g, dy, shape) : orr_node_broadcast(p->g, orr_node_constant(p->g, 1), shape);
  for (orr_node i = p->y; i > 0 && !orr_graph_failed(p->g); i--)
    if (p->passed[i] && p->on_path[i] && !p->held[i]) pass_on(p, i);
  for (size_t i = 0; i < n && !orr_graph_failed(p->g); i++)
    dx[i] = x[i] <= p->y && p->passed[x[i]] ? p->passed[x[i]] : zeros(p->g, orr_shape_of(p->g, x[i]));
}

static bool sound(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n) {
  bool all = orr_graph_has(g, y) && (!dy || orr_graph_has(g, dy));
  for (size_t i = 0; i < n; i++) all = all && orr_graph_has(g, x[i]);
  if (!all) orr_graph_fail(g, "gradient: of or by what is no node of this graph");
  return !orr_graph_failed(g);
}

static void differentiate(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n, orr_node *dx,
                          bool partial) {
  memset(dx, 0, n * sizeof *dx);
  if (orr_graph_failed(g) || !sound(g, y, dy, x, n)) return;
  size_t nodes = (size_t)y + 1;
  pass p = {.g = g,
            .y = y,
            .on_path = orr_calloc(nodes, sizeof *p.on_path),
            .held = orr_calloc(nodes, sizeof *p.held),
            .passed = orr_calloc(nodes, sizeof *p.passed)};
  if (p.on_path && p.held && p.passed) {
    find_path(&p, x, n, partial);
    run(&p, dy, x, n, dx);
  } else orr_graph_fail_memory(g, nodes * sizeof *p.passed);
  orr_free(p.on_path);
  orr_free(p.held);
  orr_free(p.passed);
}

void orr_differentiate(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n, orr_node *dx) {
  differentiate(g, y, dy, x, n, dx, false);
}

void orr_differentiate_partial(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n,
                               orr_node *dx) {
  differentiate(g, y, dy, x, n, dx, true);
}

orr_node orr_gradient(orr_graph *g, orr_node y, orr_node x) {
  orr_node dx = 0;
  orr_differentiate(g, y, 0, &x, 1, &dx);
  return dx;
}
