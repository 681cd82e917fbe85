/* Compiling: the stages in their order, then the memory they asked for. */
#include "grad/program.h"

#include <string.h>

#include "base/memory.h"
#include "grad/plan.h"

static void put(const orr_program *p, void *to, size_t i, double value) {
  if (p->precision == ORR_SINGLE) ((float *)to)[i] = (float)value;
  else ((double *)to)[i] = value;
}

static double get(const orr_program *p, const void *from, size_t i) {
  return p->precision == ORR_SINGLE ? (double)((const float *)from)[i] : ((const double *)from)[i];
}

static orr_status list_inputs(orr_program *p, orr_error *e) {
  for (int i = 0; i < p->n_phases; i++) {
    orr_phase *phase = &p->phases[i];
    if (!phase->rows) continue;
    ORR_TAKE(&p->arena, phase->inputs, orr_graph_inputs(p->graph) + 1, e);
    for (size_t k = 0; k < orr_graph_inputs(p->graph); k++) {
      orr_node n = orr_graph_input(p->graph, k);
      if (p->facts[n].live && p->facts[n].last_phase >= i) phase->inputs[phase->n_inputs++] = n;
    }
  }
  return ORR_OK;
}

static void fill_constants(orr_program *p) {
  for (orr_node n = 1; n <= p->n_nodes; n++) {
    const orr_vertex *v = orr_graph_at(p->graph, n);
    if (!p->facts[n].live || v->op != &orr_operator_constant) continue;
    char *to = p->constants + p->facts[n].at.offset * p->element;
    for (size_t i = 0; i < p->facts[n].at.size; i++)
      put(p, to, i, v->data ? v->data[i] : v->attributes.value[0]);
  }
}

static size_t worker_bytes(const orr_program *p) {
  return p->scratch_offset + (size_t)p->slots * ORR_TILE_BYTES;
}

static size_t parts_size(const orr_program *p) { return (p->lanes - 1) * p->part_size + p->first_part_size; }

static orr_status add_workers(orr_program *p, unsigned wanted, orr_error *e) {
  if (wanted <= p->n_workers) return ORR_OK;
  orr_worker *workers = orr_realloc(p->workers, wanted, sizeof *workers);
  if (!workers) return orr_fail_memory(e, "the program's workers", wanted * sizeof *workers);
  p->workers = workers;
  for (; p->n_workers < wanted; p->n_workers++)
    ORR_TAKE(&p->arena, p->workers[p->n_workers].memory, worker_bytes(p) + 1, e);
  return ORR_OK;
}

static orr_status take_blocks(orr_program *p, orr_error *e) {
  size_t rows_bytes = (p->shard_row + p->input_row) * p->shard_rows * p->element;
  p->scratch_offset = (rows_bytes + 63) / 64 * 64;
  p->kept_rows = (p->batch_rows + ORR_ALIGNED_ELEMENTS - 1) / ORR_ALIGNED_ELEMENTS * ORR_ALIGNED_ELEMENTS;
  ORR_TAKE(&p->arena, p->constants, p->constant_size * p->element + 1, e);
  ORR_TAKE(&p->arena, p->whole, p->whole_size * p->element + 1, e);
  ORR_TAKE(&p->arena, p->parts, parts_size(p) * p->element + 1, e);
  ORR_TAKE(&p->arena, p->kept, p->kept_row * p->kept_rows * p->element + 1, e);
  return add_workers(p, 1, e);
}

static orr_status compile(orr_program *p, const orr_root *roots, orr_error *e) {
  ORR_TAKE(&p->arena, p->facts, (size_t)p->n_nodes + 1, e);
  ORR_TAKE(&p->arena, p->roots, p->n_roots + 1, e);
  if (p->n_roots) memcpy(p->roots, roots, p->n_roots * sizeof *roots);
  ORR_TRY(orr_plan_stage(p, e));
  ORR_TRY(orr_plan_fuse(p, e));
  ORR_TRY(orr_plan_waves(p, e));
  ORR_TRY(orr_plan_store(p, e));
  ORR_TRY(list_inputs(p, e));
  ORR_TRY(take_blocks(p, e));
  fill_constants(p);
  if (p->n_phases) orr_run_phase(&(orr_run){.p = p, .lanes = 1}, 0, NULL);
  return ORR_OK;
}

orr_status orr_program_compile(const orr_graph *g, const orr_root *roots, size_t n_roots,
                               orr_precision precision, size_t batch_rows, orr_program **out, orr_error *e) {
  *out = NULL;
  ORR_TRY(orr_graph_check(g, e));
  if (!batch_rows) return orr_fail(e, ORR_SHAPE, "a batch of 0 rows cannot be computed with");
  orr_program *p = orr_calloc(1, sizeof *p);
  if (!p) return orr_fail_memory(e, "a program", sizeof *p);
  p->graph = g;
  p->precision = precision;
  p->element = precision == ORR_SINGLE ? sizeof(float) : sizeof(double);
  p->batch_rows = batch_rows;
  p->shard_rows = orr_shard_rows(batch_rows);
  p->lanes = orr_lane_count(batch_rows);
  p->n_nodes = orr_graph_count(g);
  p->n_roots = n_roots;
  orr_status status = compile(p, roots, e);
  if (status) orr_program_free(p);
  else *out = p;
  return status;
}

void orr_program_free(orr_program *p) {
  if (!p) return;
  orr_free(p->workers);
  orr_arena_fini(&p->arena);
  orr_free(p);
}

static bool wants(const orr_program *p, orr_root_kind kind) {
  for (size_t i = 0; i < p->n_roots; i++)
    if (p->roots[i].kind == kind) return true;
  return false;
}

static bool reads_all(const orr_program *p, const orr_feed *f) {
  for (size_t i = 0; i < orr_graph_inputs(p->graph); i++)
    if (p->facts[orr_graph_input(p->graph, i)].live && !(f->inputs && f->inputs[i].x)) return false;
  return true;
}

static orr_status check_feed(const orr_program *p, const orr_feed *f, orr_error *e) {
  if (!f->n_rows || f->n_rows > p->batch_rows)
    return orr_fail(e, ORR_SHAPE, "a batch of %zu rows for a program of 1 to %zu", f->n_rows, p->batch_rows);
  const char *missing = !f->parameters && orr_graph_slab(p->graph)     ? "parameters"
                        : !f->settings && orr_graph_settings(p->graph) ? "settings"
                        : !reads_all(p, f)                             ? "an input's rows"
                        : !f->values && wants(p, ORR_ROOT_VALUE)       ? "room for values"
                        : !f->gradient && wants(p, ORR_ROOT_GRADIENT)  ? "room for the gradient"
                        : !f->outputs && wants(p, ORR_ROOT_ROWS)       ? "room for rows"
                                                                       : NULL;
  return missing ? orr_fail(e, ORR_USAGE, "the program is run without %s", missing) : ORR_OK;
}

/* Settings and the number of rows, into the whole nodes they are. */
static void put_scalars(const orr_program *p, const orr_feed *f) {
  if (p->rows) put(p, p->whole, p->facts[p->rows].at.offset, (double)f->n_rows);
  for (size_t i = 0; i < orr_graph_settings(p->graph); i++) {
    orr_node n = orr_graph_setting(p->graph, i);
    if (p->facts[n].live) put(p, p->whole, p->facts[n].at.offset, f->settings[i]);
  }
}

/* Whole roots: values as doubles; gradients that were not computed in their place. */
static void put_results(const orr_run *r) {
  const orr_program *p = r->p;
  orr_spot at = {.run = r, .rows = 1};
  double *value = r->feed->values;
  for (size_t i = 0; i < p->n_roots; i++) {
    if (p->roots[i].kind == ORR_ROOT_ROWS) continue;
    const void *from = orr_run_pointer(&at, p->roots[i].node);
    size_t size = p->facts[p->facts[p->roots[i].node].origin].at.size;
    char *slab = (char *)r->feed->gradient + p->roots[i].offset * p->element;
    if (p->roots[i].kind == ORR_ROOT_VALUE)
      for (size_t k = 0; k < size; k++) *value++ = get(p, from, k);
    else if (from != slab) memcpy(slab, from, size * p->element);
  }
}

orr_status orr_program_run(orr_program *p, const orr_feed *feed, orr_pool *pool, orr_error *e) {
  ORR_TRY(check_feed(p, feed, e));
  ORR_TRY(add_workers(p, orr_pool_threads(pool), e));
  orr_run r = {.p = p, .feed = feed, .n_rows = feed->n_rows};
  r.shards = (feed->n_rows + p->shard_rows - 1) / p->shard_rows;
  r.lanes = r.shards < p->lanes ? r.shards : p->lanes;
  put_scalars(p, feed);
  for (int phase = 1; phase < p->n_phases; phase++) orr_run_phase(&r, phase, pool);
  r.phase = p->n_phases;
  put_results(&r);
  return ORR_OK;
}

orr_program_facts orr_program_about(const orr_program *p) {
  orr_program_facts f = {.units = (size_t)p->n_units, .shard_rows = p->shard_rows, .lanes = p->lanes};
  for (int i = 0; i < p->n_units; i++) f.fused += p->units[i].kind == ORR_UNIT_FUSED;
  for (int i = 0; i < p->n_phases; i++) f.phases += p->phases[i].n_units > 0;
  f.worker_bytes = worker_bytes(p);
  f.shared_bytes =
      (p->constant_size + p->whole_size + parts_size(p) + p->kept_row * p->kept_rows) * p->element;
  return f;
}
