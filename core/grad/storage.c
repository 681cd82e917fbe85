/* Where elements are: every node that outlives its unit gets a stretch of one of
 * the blocks. Rows of a shard and whole nodes share their blocks by liveness,
 * each taking the first gap that is free from its first writer to its last
 * reader; an elementwise result takes the place of an operand it is the last to
 * read. Time is counted in units, and in waves where units run side by side. */
#include "grad/plan.h"

typedef struct stretch {
  size_t offset, size;
  int last; /* position of its last reader */
  orr_node node;
} stretch;

/* The stretches in use, by offset. */
typedef struct block {
  stretch *in_use;
  size_t count, high; /* the most elements in use so far */
} block;

static size_t aligned(size_t n) {
  return (n + ORR_ALIGNED_ELEMENTS - 1) / ORR_ALIGNED_ELEMENTS * ORR_ALIGNED_ELEMENTS;
}

static void drop_before(block *b, int position) {
  size_t kept = 0;
  for (size_t i = 0; i < b->count; i++)
    if (b->in_use[i].last >= position) b->in_use[kept++] = b->in_use[i];
  b->count = kept;
}

/* The first gap that is large enough. */
static size_t place(block *b, orr_node node, size_t size, int last) {
  size_t offset = 0, at = 0;
  while (at < b->count && b->in_use[at].offset < offset + size) {
    offset = b->in_use[at].offset + b->in_use[at].size;
    at++;
  }
  for (size_t i = b->count; i > at; i--) b->in_use[i] = b->in_use[i - 1];
  b->in_use[at] = (stretch){offset, size, last, node};
  b->count++;
  if (offset + size > b->high) b->high = offset + size;
  return offset;
}

/* Hands a stretch to another node; false when there is none. */
static bool inherit(block *b, orr_node from, orr_node to, int last) {
  for (size_t i = 0; i < b->count; i++) {
    if (b->in_use[i].node != from) continue;
    b->in_use[i].node = to;
    b->in_use[i].last = last;
    return true;
  }
  return false;
}

/* Units of a phase without rows are timed by their wave, of one with rows by their number. */
static void note_reader(orr_program *p, orr_node n, int position) {
  orr_fact *f = &p->facts[p->facts[n].origin];
  if (position > f->last) f->last = position;
}

static void note_times(orr_program *p) {
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    const orr_fact *f = &p->facts[n];
    if (f->unit < 0) continue;
    const orr_vertex *v = orr_graph_at(p->graph, n);
    for (int k = 0; k < v->n_inputs; k++) note_reader(p, v->input[k], p->units[f->unit].position);
    note_reader(p, n, p->units[f->unit].position);
  }
  for (size_t i = 0; i < p->n_roots; i++) note_reader(p, p->roots[i].node, INT32_MAX);
}

/* Offsets of rows are in elements a row; shards have a multiple of 16 rows, so that all remain aligned. */
static void size_up(orr_program *p, orr_node n) {
  orr_fact *f = &p->facts[n];
  const orr_shape *s = &orr_graph_at(p->graph, n)->shape;
  f->at.size = orr_shape_size(s, 1);
}

static orr_node source_of(const orr_program *p, const orr_unit *u, int reg) {
  return reg >= 0 && reg < u->n_operands ? p->facts[u->operands[reg].node].origin : 0;
}

/* Is the node spread into tiles, or read by a member after this one? Then its elements must stay. */
static bool still_read(const orr_program *p, const orr_unit *u, int member, orr_node n) {
  for (int r = 0; r < u->n_operands; r++)
    if (!u->operands[r].direct && source_of(p, u, r) == n) return true;
  for (int i = member + 1; i < u->n_members; i++)
    for (int k = 0; k < 3; k++)
      if (source_of(p, u, u->members[i].in[k]) == n) return true;
  return false;
}

/* Gives a stored member the place of an operand of the chain that nobody reads after it. */
static bool take_over(block *b, const orr_program *p, const orr_unit *u, int member) {
  orr_node to = u->members[member].node;
  for (int r = 0; r < u->n_operands; r++) {
    orr_node from = source_of(p, u, r);
    const orr_fact *f = &p->facts[from];
    if (f->at.place != ORR_AT_SHARD || f->last != u->position || f->at.size != p->facts[to].at.size) continue;
    if (!still_read(p, u, member, from) && inherit(b, from, to, p->facts[to].last)) return true;
  }
  return false;
}

static void store_shard_node(orr_program *p, block *b, orr_unit *u, int member, orr_node n) {
  orr_fact *f = &p->facts[n];
  f->at.place = ORR_AT_SHARD;
  bool over = member >= 0 && take_over(b, p, u, member);
  if (!over) place(b, n, f->at.size, f->last);
  for (size_t i = 0; i < b->count; i++)
    if (b->in_use[i].node == n) f->at.offset = b->in_use[i].offset;
}

static void store_node(orr_program *p, block *shard, block *whole, orr_unit *u, int member, orr_node n) {
  orr_fact *f = &p->facts[n];
  size_up(p, n);
  if (f->part) {
    f->at.place = ORR_AT_PART;
  } else if (f->constant && !f->rows) {
    f->at.place = ORR_AT_CONSTANT;
    f->at.offset = p->constant_size;
    p->constant_size += aligned(f->at.size);
  } else if (!f->rows) {
    f->at.place = ORR_AT_WHOLE;
    f->at.offset = place(whole, n, aligned(f->at.size), f->last);
  } else if (f->last_phase > f->phase) {
    f->at.place = ORR_AT_KEPT;
    f->at.offset = p->kept_row;
    p->kept_row += f->at.size;
  } else {
    store_shard_node(p, shard, u, member, n);
  }
}

static void store_unit(orr_program *p, block *shard, block *whole, orr_unit *u) {
  drop_before(whole, u->position);
  if (p->phases[u->phase].rows) drop_before(shard, u->position);
  if (u->kind == ORR_UNIT_KERNEL) store_node(p, shard, whole, u, -1, u->node);
  for (int i = 0; i < u->n_members; i++)
    if (u->members[i].stored) store_node(p, shard, whole, u, i, u->members[i].node);
}

/* Leaves: given, or constants. Rows of inputs keep their place in the arena for the whole shard. */
static void store_leaf(orr_program *p, block *whole, orr_node n) {
  orr_fact *f = &p->facts[n];
  const orr_vertex *v = orr_graph_at(p->graph, n);
  size_up(p, n);
  if (v->op == &orr_operator_input) {
    f->at.place = ORR_AT_INPUT;
    f->at.offset = p->input_row;
    p->input_row += f->at.size;
  } else if (v->op == &orr_operator_parameter) {
    f->at.place = ORR_AT_PARAMETER;
    f->at.offset = v->attributes.offset;
  } else if (f->constant) {
    f->at.place = ORR_AT_CONSTANT;
    f->at.offset = p->constant_size;
    p->constant_size += aligned(f->at.size);
  } else {
    f->at.place = ORR_AT_WHOLE;
    f->at.offset = place(whole, n, aligned(f->at.size), INT32_MAX);
  }
}

/* A computed whole node that is a gradient is computed where it is wanted. */
static void store_gradients(orr_program *p) {
  for (size_t i = 0; i < p->n_roots; i++) {
    if (p->roots[i].kind != ORR_ROOT_GRADIENT) continue;
    orr_storage *at = &p->facts[p->facts[p->roots[i].node].origin].at;
    if (at->gradient || (at->place != ORR_AT_PART && at->place != ORR_AT_WHOLE)) continue;
    if (orr_plan_is_leaf(orr_graph_at(p->graph, p->facts[p->roots[i].node].origin))) continue;
    at->gradient = true;
    at->gradient_offset = p->roots[i].offset;
  }
}

/* Parts whose first lane is in the gradient slab come last in a lane: the first lane's own stretch ends before. */
static void store_parts(orr_program *p, bool gradient) {
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    orr_storage *at = &p->facts[n].at;
    if (at->place != ORR_AT_PART || at->gradient != gradient) continue;
    at->offset = p->part_size;
    p->part_size += aligned(at->size);
  }
}

orr_status orr_plan_store(orr_program *p, orr_error *e) {
  orr_arena scratch = {0};
  block shard = {0}, whole = {0};
  orr_status status =
      orr_arena_take(&scratch, p->n_nodes + 1, sizeof *shard.in_use, (void **)&shard.in_use, e);
  if (!status)
    status = orr_arena_take(&scratch, p->n_nodes + 1, sizeof *whole.in_use, (void **)&whole.in_use, e);
  if (!status) {
    note_times(p);
    for (orr_node n = 1; n <= p->n_nodes; n++)
      if (p->facts[n].live && orr_plan_is_leaf(orr_graph_at(p->graph, n))) store_leaf(p, &whole, n);
    for (int i = 0; i < p->n_units; i++) store_unit(p, &shard, &whole, &p->units[i]);
    store_gradients(p);
    store_parts(p, false);
    p->first_part_size = p->part_size;
    store_parts(p, true);
    p->whole_size = whole.high;
    p->shard_row = shard.high;
  }
  orr_arena_fini(&scratch);
  return status;
}
