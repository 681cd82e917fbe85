/* Units: the nodes of each phase in the order they run, chains of elementwise
 * operators fused. Going from the last node back, a chain takes in each
 * elementwise node of its own shape that nothing outside the chain still waits
 * for; so a value is computed as late as it can be, and what is only used in
 * the chain never leaves the cache. */
#include "grad/plan.h"

typedef struct fusing {
  orr_program *p;
  int *waiting; /* a node: uses in its phase by nodes without a unit */
  orr_node members[ORR_MOST_MEMBERS], operands[ORR_MOST_OPERANDS];
  int n_members, n_operands;
} fusing;

static const orr_vertex *vertex(const fusing *f, orr_node n) { return orr_graph_at(f->p->graph, n); }

static int find(const orr_node *list, int n, orr_node node) {
  for (int i = 0; i < n; i++)
    if (list[i] == node) return i;
  return -1;
}

/* Does the node run: is it not given, not a view, not dead? */
static bool runs(const orr_program *p, orr_node n) {
  const orr_vertex *v = orr_graph_at(p->graph, n);
  return p->facts[n].live && v->op->class != ORR_LEAF && v->op->class != ORR_VIEW;
}

static void count_waiting(fusing *f) {
  for (orr_node n = 1; n <= f->p->n_nodes; n++) {
    if (!runs(f->p, n)) continue;
    const orr_vertex *v = vertex(f, n);
    for (int k = 0; k < v->n_inputs; k++) {
      orr_node origin = f->p->facts[v->input[k]].origin;
      if (f->p->facts[origin].phase == f->p->facts[n].phase) f->waiting[origin]++;
    }
  }
}

static void release_inputs(fusing *f, orr_node n) {
  const orr_vertex *v = vertex(f, n);
  for (int k = 0; k < v->n_inputs; k++) {
    orr_node origin = f->p->facts[v->input[k]].origin;
    if (f->p->facts[origin].phase == f->p->facts[n].phase) f->waiting[origin]--;
  }
}

/* Does a member read the node otherwise than as itself, through a view? */
static bool read_through_view(const fusing *f, orr_node n) {
  for (int i = 0; i < f->n_members; i++) {
    const orr_vertex *v = vertex(f, f->members[i]);
    for (int k = 0; k < v->n_inputs; k++)
      if (v->input[k] != n && f->p->facts[v->input[k]].origin == n) return true;
  }
  return false;
}

static bool fits(const fusing *f, orr_node n, orr_node last) {
  const orr_vertex *v = vertex(f, n), *of = vertex(f, last);
  return runs(f->p, n) && v->op->class == ORR_ELEMENTWISE && f->p->facts[n].unit < 0 &&
         f->p->facts[n].phase == f->p->facts[last].phase && !f->waiting[n] &&
         orr_shape_equal(&v->shape, &of->shape) && f->n_members < ORR_MOST_MEMBERS &&
         f->n_operands + v->n_inputs <= ORR_MOST_OPERANDS && !read_through_view(f, n);
}

/* Takes a node into the chain: it is an operand no more, its own inputs are. */
static void absorb(fusing *f, orr_node n, int unit) {
  const orr_vertex *v = vertex(f, n);
  int was = find(f->operands, f->n_operands, n);
  if (was >= 0) f->operands[was] = f->operands[--f->n_operands];
  f->members[f->n_members++] = n;
  f->p->facts[n].unit = unit;
  release_inputs(f, n);
  for (int k = 0; k < v->n_inputs; k++)
    if (find(f->operands, f->n_operands, v->input[k]) < 0) f->operands[f->n_operands++] = v->input[k];
}

static void grow_chain(fusing *f, orr_node last, int unit) {
  f->n_members = f->n_operands = 0;
  absorb(f, last, unit);
  for (int i = 0; i < f->n_operands; i++) {
    orr_node n = f->operands[i];
    if (!fits(f, n, last)) continue;
    absorb(f, n, unit);
    i = -1; /* one taken in may have been what another waited for */
  }
}

static void sort(orr_node *list, int n) {
  for (int i = 1; i < n; i++)
    for (int k = i; k > 0 && list[k] < list[k - 1]; k--) {
      orr_node swap = list[k];
      list[k] = list[k - 1];
      list[k - 1] = swap;
    }
}

/* How a row of `in` is stepped through for each row of `out`; axes that lie together are joined. */
static orr_operand operand_of(const orr_graph *g, orr_node n, const orr_shape *out) {
  const orr_shape *in = &orr_graph_at(g, n)->shape;
  bool rows = orr_shape_has_rows(out);
  size_t stride[ORR_MOST_RANK];
  orr_operand o = {.node = n, .scalar = !orr_shape_has_rows(in) && orr_shape_size(in, 1) == 1};
  orr_shape_strides(in, out, 2, stride);
  if (rows) o.row_stride = stride[0];
  for (int i = rows ? 1 : 0; i < out->rank; i++) {
    size_t dim = (size_t)out->dim[i];
    if (dim == 1) continue;
    if (o.rank && o.stride[o.rank - 1] == dim * stride[i]) {
      o.dim[o.rank - 1] *= dim;
      o.stride[o.rank - 1] = stride[i];
    } else {
      o.dim[o.rank] = dim;
      o.stride[o.rank++] = stride[i];
    }
  }
  if (!o.rank) o.dim[o.rank] = 1, o.stride[o.rank++] = 1;
  o.direct = o.rank == 1 && o.stride[0] == 1 && (!rows || o.row_stride == o.dim[0]);
  return o;
}

/* The last member that reads a register; -1: none. */
static int last_reader(const orr_unit *u, int reg) {
  for (int i = u->n_members; i-- > 0;)
    for (int k = 0; k < 3; k++)
      if (u->members[i].in[k] == reg) return i;
  return -1;
}

/* A tile of scratch for each register that is not read or written where its storage is: operands are spread
 * before the chain runs, members take the first tile that nobody reads any more. */
static void give_slots(orr_program *p, orr_unit *u) {
  int spread = 0;
  for (int r = 0; r < u->n_operands; r++) u->slot[r] = u->operands[r].direct ? -1 : spread++;
  if (spread > p->slots) p->slots = spread;
  for (int i = 0; i < u->n_members; i++) {
    bool taken[ORR_MOST_MEMBERS + 1] = {false};
    int slot = 0, *own = &u->slot[u->n_operands];
    for (int k = 0; k < i; k++)
      if (own[k] >= 0 && last_reader(u, u->n_operands + k) > i) taken[own[k] - spread] = true;
    while (taken[slot]) slot++;
    own[i] = u->members[i].stored ? -1 : spread + slot;
    if (own[i] >= p->slots) p->slots = own[i] + 1;
  }
}

static int register_of(const orr_unit *u, orr_node n) {
  for (int i = 0; i < u->n_members; i++)
    if (u->members[i].node == n) return u->n_operands + i;
  for (int i = 0; i < u->n_operands; i++)
    if (u->operands[i].node == n) return i;
  return -1;
}

static void fill_member(const orr_program *p, orr_unit *u, int i, orr_node n) {
  const orr_vertex *v = orr_graph_at(p->graph, n);
  u->members[i] = (orr_member){n, v->op, {-1, -1, -1}, p->facts[n].used_outside};
  for (int k = 0; k < v->n_inputs; k++) u->members[i].in[k] = register_of(u, v->input[k]);
}

static orr_status fill_chain(orr_program *p, orr_unit *u, orr_error *e) {
  const orr_shape *shape = &orr_graph_at(p->graph, u->node)->shape;
  u->row_size = orr_shape_size(shape, 1);
  for (int i = 0; i < u->n_operands; i++) u->operands[i] = operand_of(p->graph, u->operands[i].node, shape);
  for (int i = 0; i < u->n_members; i++) fill_member(p, u, i, u->members[i].node);
  ORR_TAKE(&p->arena, u->slot, (size_t)(u->n_operands + u->n_members), e);
  give_slots(p, u);
  return ORR_OK;
}

static orr_status add_chain(fusing *f, orr_node last, orr_unit *u, int number, orr_error *e) {
  grow_chain(f, last, number);
  sort(f->members, f->n_members);
  u->kind = ORR_UNIT_FUSED;
  u->n_members = f->n_members;
  u->n_operands = f->n_operands;
  ORR_TAKE(&f->p->arena, u->members, (size_t)f->n_members, e);
  ORR_TAKE(&f->p->arena, u->operands, (size_t)f->n_operands, e);
  for (int i = 0; i < f->n_members; i++) u->members[i].node = f->members[i];
  for (int i = 0; i < f->n_operands; i++) u->operands[i].node = f->operands[i];
  return ORR_OK;
}

static orr_status make_units(fusing *f, orr_unit *units, int *count, orr_error *e) {
  for (orr_node n = f->p->n_nodes; n > 0; n--) {
    if (!runs(f->p, n) || f->p->facts[n].unit >= 0) continue;
    orr_unit *u = &units[*count];
    u->phase = f->p->facts[n].phase;
    u->node = n;
    if (vertex(f, n)->op->class == ORR_ELEMENTWISE) {
      ORR_TRY(add_chain(f, n, u, *count, e));
    } else {
      u->kind = ORR_UNIT_KERNEL;
      f->p->facts[n].unit = *count;
      release_inputs(f, n);
    }
    ++*count;
  }
  return ORR_OK;
}

/* Made from the last to the first, of all phases; wanted by phases, from the first to the last. */
static orr_status order_units(orr_program *p, const orr_unit *made, int count, int *place, orr_error *e) {
  ORR_TAKE(&p->arena, p->units, (size_t)count + 1, e);
  ORR_TAKE(&p->arena, p->phases, (size_t)p->n_phases, e);
  for (int phase = 0; phase < p->n_phases; phase++) {
    p->phases[phase].rows = phase & 1;
    p->phases[phase].first_unit = p->n_units;
    for (int i = count; i-- > 0;) {
      if (made[i].phase != phase) continue;
      place[i] = p->n_units;
      p->units[p->n_units++] = made[i];
    }
    p->phases[phase].n_units = p->n_units - p->phases[phase].first_unit;
  }
  for (orr_node n = 1; n <= p->n_nodes; n++)
    if (p->facts[n].unit >= 0) p->facts[n].unit = place[p->facts[n].unit];
  return ORR_OK;
}

static void note_use_outside(orr_program *p) {
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    const orr_vertex *v = orr_graph_at(p->graph, n);
    if (p->facts[n].root) p->facts[p->facts[n].origin].used_outside = true;
    for (int k = 0; runs(p, n) && k < v->n_inputs; k++) {
      orr_fact *source = &p->facts[p->facts[v->input[k]].origin];
      if (source->unit != p->facts[n].unit) source->used_outside = true;
    }
  }
}

orr_status orr_plan_fuse(orr_program *p, orr_error *e) {
  orr_arena scratch = {0};
  fusing f = {.p = p};
  orr_unit *made;
  int *place, count = 0;
  orr_status status = orr_arena_take(&scratch, p->n_nodes + 1, sizeof *made, (void **)&made, e);
  if (!status) status = orr_arena_take(&scratch, p->n_nodes + 1, sizeof *place, (void **)&place, e);
  if (!status) status = orr_arena_take(&scratch, p->n_nodes + 1, sizeof *f.waiting, (void **)&f.waiting, e);
  if (!status) {
    count_waiting(&f);
    status = make_units(&f, made, &count, e);
  }
  if (!status) status = order_units(p, made, count, place, e);
  if (!status) note_use_outside(p);
  for (int i = 0; !status && i < p->n_units; i++)
    if (p->units[i].kind == ORR_UNIT_FUSED) status = fill_chain(p, &p->units[i], e);
  orr_arena_fini(&scratch);
  return status;
}
