/* Running a program: phase after phase, the ones with rows lane by lane. Nothing
 * here allocates, and nothing fails once the feed has been looked at. */
#include <string.h>

#include "base/cpu.h"
#include "grad/plan.h"

enum { AHEAD = 8 }; /* rows */

static char *part_pointer(const orr_run *r, const orr_storage *s, size_t lane) {
  const orr_program *p = r->p;
  if (!lane && s->gradient) return (char *)r->feed->gradient + s->gradient_offset * p->element;
  return p->parts + ((p->lanes - 1 - lane) * p->part_size + s->offset) * p->element;
}

void *orr_run_part(const orr_run *r, orr_node n, size_t lane) {
  return part_pointer(r, &r->p->facts[n].at, lane);
}

static bool read_in_place(const orr_run *r, const orr_storage *s, const orr_rows_in *in) {
  return !r->feed->rows && in->stride == s->size;
}

static void *input_pointer(const orr_spot *at, const orr_storage *s, orr_node n) {
  const orr_program *p = at->run->p;
  const orr_rows_in *in = &at->run->feed->inputs[orr_graph_at(p->graph, n)->attributes.number];
  if (read_in_place(at->run, s, in))
    return (char *)(uintptr_t)in->x + at->first_row * in->stride * p->element;
  return at->memory + (p->shard_row + s->offset) * p->shard_rows * p->element;
}

void *orr_run_pointer(const orr_spot *at, orr_node n) {
  const orr_run *r = at->run;
  const orr_program *p = r->p;
  orr_node origin = p->facts[n].origin;
  const orr_fact *f = &p->facts[origin];
  const orr_storage *s = &f->at;
  switch (s->place) {
  case ORR_AT_CONSTANT: return p->constants + s->offset * p->element;
  case ORR_AT_PARAMETER: return (char *)(uintptr_t)r->feed->parameters + s->offset * p->element;
  case ORR_AT_WHOLE:
    if (s->gradient) return (char *)r->feed->gradient + s->gradient_offset * p->element;
    return p->whole + s->offset * p->element;
  case ORR_AT_PART: return part_pointer(r, s, f->phase == r->phase ? at->lane : 0);
  case ORR_AT_SHARD: return at->memory + s->offset * p->shard_rows * p->element;
  case ORR_AT_KEPT: return p->kept + (s->offset * p->kept_rows + at->first_row * s->size) * p->element;
  case ORR_AT_INPUT: return input_pointer(at, s, origin);
  case ORR_AT_NOTHING: break;
  }
  return NULL;
}

static orr_tensor tensor(const orr_spot *at, orr_node n) {
  const orr_shape *s = &orr_graph_at(at->run->p->graph, n)->shape;
  orr_tensor t = {.rank = s->rank, .x = orr_run_pointer(at, n)};
  for (int i = 0; i < s->rank; i++) t.dim[i] = s->dim[i] == ORR_FREE ? at->rows : (size_t)s->dim[i];
  return t;
}

static void run_kernel(const orr_spot *at, orr_node n) {
  const orr_vertex *v = orr_graph_at(at->run->p->graph, n);
  const orr_feed *feed = at->run->feed;
  orr_kernel_call call = {
      .node = v, .out = tensor(at, n), .accumulate = at->accumulate && at->run->p->facts[n].part};
  if (feed) call.seed = feed->seed, call.step = feed->step, call.first_row = feed->first_row + at->first_row;
  for (int k = 0; k < v->n_inputs; k++) call.in[k] = tensor(at, v->input[k]);
  if (at->run->p->precision == ORR_SINGLE) v->op->run_f32(&call);
  else v->op->run_f64(&call);
}

void orr_run_unit(const orr_spot *at, const orr_unit *u) {
  if (u->kind == ORR_UNIT_KERNEL) run_kernel(at, u->node);
  else orr_run_fused(at, u, 0, u->row_size * at->rows);
}

/* Brings the shard's rows of an input together; which rows comes as a surprise to the cache, unless it is told. */
static void gather(const orr_spot *at, orr_node n) {
  const orr_program *p = at->run->p;
  const orr_storage *s = &p->facts[n].at;
  const orr_feed *feed = at->run->feed;
  const orr_rows_in *in = &feed->inputs[orr_graph_at(p->graph, n)->attributes.number];
  if (read_in_place(at->run, s, in)) return;
  char *to = input_pointer(at, s, n);
  size_t bytes = s->size * p->element, stride = in->stride * p->element;
  for (size_t i = 0; i < at->rows; i++) {
    size_t row = feed->rows ? feed->rows[at->first_row + i] : at->first_row + i;
    if (feed->rows && i + AHEAD < at->rows)
      __builtin_prefetch((const char *)in->x + feed->rows[at->first_row + i + AHEAD] * stride);
    memcpy(to + i * bytes, (const char *)in->x + row * stride, bytes);
  }
}

static void put_rows(const orr_spot *at, orr_node n, const orr_rows_out *out) {
  const orr_program *p = at->run->p;
  size_t bytes = p->facts[p->facts[n].origin].at.size * p->element;
  const char *from = orr_run_pointer(at, n);
  for (size_t i = 0; i < at->rows; i++)
    memcpy((char *)out->x + (at->first_row + i) * out->stride * p->element, from + i * bytes, bytes);
}

static void put_outputs(const orr_spot *at) {
  const orr_program *p = at->run->p;
  size_t output = 0;
  for (size_t i = 0; i < p->n_roots; i++) {
    if (p->roots[i].kind != ORR_ROOT_ROWS) continue;
    if (p->facts[p->roots[i].node].phase == at->run->phase)
      put_rows(at, p->roots[i].node, &at->run->feed->outputs[output]);
    output++;
  }
}

static void run_shard(const orr_spot *at) {
  const orr_program *p = at->run->p;
  const orr_phase *phase = &p->phases[at->run->phase];
  for (size_t i = 0; i < phase->n_inputs; i++) gather(at, phase->inputs[i]);
  for (int i = 0; i < phase->n_units; i++) orr_run_unit(at, &p->units[phase->first_unit + i]);
  put_outputs(at);
}

static void run_lane(void *context, size_t lane) {
  const orr_run *r = context;
  unsigned before = orr_cpu_flush_subnormals();
  orr_spot at = {.run = r, .lane = lane, .memory = r->p->workers[orr_pool_worker()].memory};
  size_t end = (lane + 1) * r->shards / r->lanes;
  for (size_t shard = lane * r->shards / r->lanes; shard < end; shard++) {
    at.first_row = shard * r->p->shard_rows;
    at.rows = r->n_rows - at.first_row < r->p->shard_rows ? r->n_rows - at.first_row : r->p->shard_rows;
    run_shard(&at);
    at.accumulate = true;
  }
  orr_cpu_restore(before);
}

static void run_task(void *context, size_t task) {
  const orr_run *r = context;
  const orr_wave *w = r->wave;
  unsigned before = orr_cpu_flush_subnormals();
  orr_spot at = {.run = r, .rows = 1, .memory = r->p->workers[orr_pool_worker()].memory};
  for (size_t i = w->task[task]; i < w->task[task + 1]; i++) {
    const orr_job *job = &w->jobs[i];
    const orr_unit *u = &r->p->units[job->unit < 0 ? 0 : job->unit];
    if (job->unit < 0) orr_run_combine(r, job);
    else if (u->kind == ORR_UNIT_FUSED) orr_run_fused(&at, u, job->start, job->end);
    else orr_run_unit(&at, u);
  }
  orr_cpu_restore(before);
}

void orr_run_phase(orr_run *r, int phase, orr_pool *pool) {
  const orr_phase *now = &r->p->phases[phase];
  r->phase = phase;
  if (now->rows && (now->n_units || now->n_inputs)) orr_pool_run_apart(pool, r->lanes, run_lane, r);
  for (size_t i = 0; i < now->n_waves; i++) {
    r->wave = &now->waves[i];
    orr_pool_run_apart(pool, r->wave->n_tasks, run_task, r);
  }
}
