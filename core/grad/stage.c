/* Stages of a program: which nodes are needed, which have rows, and in which
 * phase each is computed. Phase 0 is what constants alone decide, computed when
 * compiling; then phases without rows (even) and with rows (odd) alternate. */
#include "grad/plan.h"

enum { FIRST_WHOLE = 2, FIRST_ROWS = 3 };

static int larger(int a, int b) { return a > b ? a : b; }

/* The first phase that may read a node. */
static int known_from(const orr_fact *f) { return f->part ? f->phase + 1 : f->phase; }

static void mark_live(orr_program *p) {
  for (size_t i = 0; i < p->n_roots; i++)
    p->facts[p->roots[i].node].live = p->facts[p->roots[i].node].root = true;
  for (orr_node n = p->n_nodes; n > 0; n--) {
    const orr_vertex *v = orr_graph_at(p->graph, n);
    for (int k = 0; p->facts[n].live && k < v->n_inputs; k++) p->facts[v->input[k]].live = true;
  }
}

/* A whole node with an input that has rows is a sum (or a maximum) over the batch. */
static orr_status classify(orr_program *p, const orr_vertex *v, orr_fact *f, orr_error *e) {
  bool rows_in = false, constants_in = v->n_inputs > 0;
  for (int k = 0; k < v->n_inputs; k++) {
    rows_in |= p->facts[v->input[k]].rows;
    constants_in &= p->facts[v->input[k]].constant;
  }
  f->rows = orr_shape_has_rows(&v->shape);
  f->part = rows_in && !f->rows;
  f->constant = v->op == &orr_operator_constant || (constants_in && !f->part); /* the batch is not known yet */
  if (f->part && v->op->combine == ORR_COMBINE_NONE)
    return orr_fail(e, ORR_SHAPE, "%s%s%s: cannot be taken over the batch; reduce each row first", v->label,
                    *v->label ? ": " : "", v->op->name);
  return ORR_OK;
}

static int phase_of(const orr_program *p, const orr_vertex *v, const orr_fact *f) {
  if (f->constant && !f->rows) return 0;
  int phase = f->rows || f->part ? FIRST_ROWS : FIRST_WHOLE;
  for (int k = 0; k < v->n_inputs; k++) {
    const orr_fact *in = &p->facts[v->input[k]];
    int from = known_from(in);
    if ((f->rows || f->part) && !(from & 1)) from++;
    phase = larger(phase, from);
  }
  return phase;
}

static orr_status check_root(const orr_program *p, const orr_root *r, orr_error *e) {
  if (!r->node || r->node > p->n_nodes)
    return orr_fail(e, ORR_SHAPE, "root %u is no node of the graph", (unsigned)r->node);
  const orr_vertex *v = orr_graph_at(p->graph, r->node);
  char shape[64];
  bool rows = orr_shape_has_rows(&v->shape);
  orr_shape_text(&v->shape, shape);
  if (rows != (r->kind == ORR_ROOT_ROWS))
    return orr_fail(e, ORR_SHAPE,
                    "%s %s %s rows, and is asked for as a result %s them; reduce it over the batch",
                    v->op->name, shape, rows ? "has" : "has no", rows ? "without" : "with");
  size_t end = r->offset + orr_shape_size(&v->shape, 1);
  if (r->kind == ORR_ROOT_GRADIENT && end > orr_graph_slab(p->graph))
    return orr_fail(e, ORR_SHAPE, "gradient %s at %zu ends past the parameters' %zu elements", shape,
                    r->offset, orr_graph_slab(p->graph));
  return ORR_OK;
}

/* Which phase reads whom last, counted where the elements are. */
static void note_readers(orr_program *p) {
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    const orr_vertex *v = orr_graph_at(p->graph, n);
    orr_fact *f = &p->facts[n];
    if (!f->live || f->origin != n) continue;
    for (int k = 0; k < v->n_inputs; k++) {
      orr_fact *source = &p->facts[p->facts[v->input[k]].origin];
      source->last_phase = larger(source->last_phase, f->phase);
    }
  }
}

orr_status orr_plan_stage(orr_program *p, orr_error *e) {
  for (size_t i = 0; i < p->n_roots; i++) ORR_TRY(check_root(p, &p->roots[i], e));
  mark_live(p);
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    const orr_vertex *v = orr_graph_at(p->graph, n);
    orr_fact *f = &p->facts[n];
    f->unit = -1;
    f->origin = v->op->class == ORR_VIEW ? p->facts[v->input[0]].origin : n;
    if (!f->live) continue;
    if (v->op == &orr_operator_rows) p->rows = n;
    ORR_TRY(classify(p, v, f, e));
    f->phase = phase_of(p, v, f);
    f->last_phase = f->phase;
    p->n_phases = larger(p->n_phases, known_from(f) + 1);
  }
  note_readers(p);
  return ORR_OK;
}
