/* Waves: the units of a phase without rows, gathered while none needs another's
 * result, then cut in jobs and dealt to tasks of about the same size. How is
 * decided by sizes alone; no sum is split, so neither do the bits depend on it. */
#include "grad/plan.h"

enum { JOB_ELEMENTS = 4096, TASK_ELEMENTS = 8192 };

static size_t job_count(size_t elements) { return (elements + JOB_ELEMENTS - 1) / JOB_ELEMENTS; }

static size_t jobs_of(const orr_unit *u) { return u->kind == ORR_UNIT_FUSED ? job_count(u->row_size) : 1; }

static size_t elements_of(const orr_program *p, orr_node n) {
  return orr_shape_size(&orr_graph_at(p->graph, n)->shape, 1);
}

/* A kernel's cost: what it reads and writes. */
static size_t kernel_elements(const orr_program *p, orr_node n) {
  const orr_vertex *v = orr_graph_at(p->graph, n);
  size_t sum = elements_of(p, n);
  for (int k = 0; k < v->n_inputs; k++) sum += elements_of(p, v->input[k]);
  return sum;
}

static void add_jobs(orr_wave *w, int unit, orr_node n, size_t elements) {
  for (size_t start = 0; start < elements; start += JOB_ELEMENTS) {
    size_t end = start + JOB_ELEMENTS < elements ? start + JOB_ELEMENTS : elements;
    w->jobs[w->n_jobs++] = (orr_job){unit, n, start, end};
  }
}

static void deal(const orr_program *p, orr_wave *w) {
  size_t load = TASK_ELEMENTS;
  for (size_t i = 0; i < w->n_jobs; i++) {
    const orr_job *job = &w->jobs[i];
    if (load >= TASK_ELEMENTS) w->task[w->n_tasks++] = i, load = 0;
    bool kernel = job->unit >= 0 && p->units[job->unit].kind == ORR_UNIT_KERNEL;
    load += kernel ? kernel_elements(p, job->node) : job->end - job->start;
  }
  w->task[w->n_tasks] = w->n_jobs;
}

static orr_status wave_take(orr_program *p, orr_wave *w, size_t jobs, orr_error *e) {
  ORR_TAKE(&p->arena, w->jobs, jobs, e);
  ORR_TAKE(&p->arena, w->task, jobs + 1, e);
  return ORR_OK;
}

static bool ends_in(const orr_program *p, orr_node n, int phase) {
  return p->facts[n].live && p->facts[n].part && p->facts[n].phase == phase;
}

/* Adds a node's part once; whoever is counted in `seen` is done. */
static void add_part(const orr_program *p, orr_wave *w, bool *seen, orr_node n, int phase) {
  if (seen[n] || !ends_in(p, n, phase)) return;
  seen[n] = true;
  add_jobs(w, -1, n, elements_of(p, n));
}

/* Combines the parts that the phase before left in the lanes: what is wanted first, in the order it is wanted
 * in, so that gradients are combined by the workers that take the optimiser's step with them. */
static orr_status combine_wave(orr_program *p, int phase, orr_error *e) {
  size_t jobs = 0;
  bool *seen;
  for (orr_node n = 1; n <= p->n_nodes; n++)
    if (ends_in(p, n, phase - 1)) jobs += job_count(elements_of(p, n));
  if (!jobs) return ORR_OK;
  orr_wave *w = &p->phases[phase].waves[p->phases[phase].n_waves++];
  ORR_TRY(wave_take(p, w, jobs, e));
  ORR_TAKE(&p->arena, seen, (size_t)p->n_nodes + 1, e);
  for (size_t i = 0; i < p->n_roots; i++) add_part(p, w, seen, p->facts[p->roots[i].node].origin, phase - 1);
  for (orr_node n = 1; n <= p->n_nodes; n++) add_part(p, w, seen, n, phase - 1);
  deal(p, w);
  return ORR_OK;
}

static bool needs(const orr_program *p, const orr_unit *u, int first, int end) {
  for (int i = 0; i < (u->kind == ORR_UNIT_FUSED ? u->n_operands : 1); i++) {
    const orr_vertex *v = orr_graph_at(p->graph, u->node);
    int n = u->kind == ORR_UNIT_FUSED ? 1 : v->n_inputs;
    for (int k = 0; k < n; k++) {
      orr_node source = u->kind == ORR_UNIT_FUSED ? u->operands[i].node : v->input[k];
      int unit = p->facts[p->facts[source].origin].unit;
      if (unit >= first && unit < end) return true;
    }
  }
  return false;
}

static orr_status unit_wave(orr_program *p, orr_phase *phase, int first, int end, orr_error *e) {
  size_t jobs = 0;
  for (int i = first; i < end; i++) jobs += jobs_of(&p->units[i]);
  orr_wave *w = &phase->waves[phase->n_waves++];
  ORR_TRY(wave_take(p, w, jobs, e));
  for (int i = first; i < end; i++) {
    const orr_unit *u = &p->units[i];
    if (u->kind == ORR_UNIT_FUSED) add_jobs(w, i, u->node, u->row_size);
    else w->jobs[w->n_jobs++] = (orr_job){i, u->node, 0, 0};
  }
  deal(p, w);
  return ORR_OK;
}

static orr_status cut_phase(orr_program *p, orr_phase *phase, int *position, orr_error *e) {
  int end = phase->first_unit + phase->n_units, first = phase->first_unit;
  for (int i = first; i < end; i++) {
    if (i > first && needs(p, &p->units[i], first, i)) {
      ORR_TRY(unit_wave(p, phase, first, i, e));
      first = i;
      ++*position;
    }
    p->units[i].position = *position;
  }
  if (end > first) ORR_TRY(unit_wave(p, phase, first, end, e));
  return ORR_OK;
}

orr_status orr_plan_waves(orr_program *p, orr_error *e) {
  int position = 0;
  for (int i = 0; i < p->n_phases; i++) {
    orr_phase *phase = &p->phases[i];
    position++;
    if (phase->rows) {
      for (int u = 0; u < phase->n_units; u++) p->units[phase->first_unit + u].position = position++;
      continue;
    }
    ORR_TAKE(&p->arena, phase->waves, (size_t)phase->n_units + 1, e);
    if (i) ORR_TRY(combine_wave(p, i, e));
    ORR_TRY(cut_phase(p, phase, &position, e));
  }
  return ORR_OK;
}
