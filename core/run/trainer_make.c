/* How a training begins: options proven, names and programs made, slabs taken. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "grad/differentiate.h"
#include "run/trainer_parts.h"

static orr_status check_number(const char *name, double x, double least, double below, orr_error *e) {
  if (x >= least && x < below) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s is %g; it must be at least %g and below %g", name, x, least, below);
}

static orr_status check_schedule(const orr_schedule *s, orr_error *e) {
  ORR_TRY(check_number("warm-up", s->warm_up.epochs, 0, 1e9, e));
  if (s->kind == ORR_SCHEDULE_COSINE)
    ORR_TRY(check_number("the schedule's last factor", s->last, 0, 1 + 1e-9, e));
  if (s->kind == ORR_SCHEDULE_PLATEAU && !(s->shrink > 0 && s->shrink < 1))
    return orr_fail(e, ORR_USAGE, "the plateau schedule shrinks the rate by %g; it must be between 0 and 1",
                    s->shrink);
  return ORR_OK;
}

static orr_status check_lbfgs(const orr_trainer_options *o, orr_error *e) {
  const char *useless = o->accumulation > 1                         ? "accumulation"
                        : o->clip_norm > 0                          ? "clip_norm"
                        : o->average > 0                            ? "average"
                        : o->schedule.kind != ORR_SCHEDULE_CONSTANT ? "a schedule"
                                                                    : NULL;
  if (o->memory > ORR_MOST_PAIRS)
    return orr_fail(e, ORR_USAGE, "memory is %zu; lbfgs keeps at most %d pairs", o->memory, ORR_MOST_PAIRS);
  return useless ? orr_fail(e, ORR_USAGE, "lbfgs has no use for %s; leave it out", useless) : ORR_OK;
}

static orr_status check_options(const orr_trainer_options *o, orr_error *e) {
  if (!o->batch_size) return orr_fail(e, ORR_USAGE, "batch_size is 0; it must be at least 1");
  ORR_TRY(check_number("weight_decay", o->weight_decay, 0, 1e6, e));
  if (o->method == ORR_METHOD_LBFGS) return check_lbfgs(o, e);
  if (!(o->learning_rate > 0 && o->learning_rate < INFINITY))
    return orr_fail(e, ORR_USAGE, "learning_rate is %g; it must be above 0", o->learning_rate);
  ORR_TRY(check_number("momentum", o->momentum, 0, 1, e));
  ORR_TRY(check_number("beta1", o->beta1, 0, 1, e));
  ORR_TRY(check_number("beta2", o->beta2, 0, 1, e));
  ORR_TRY(check_number("epsilon", o->epsilon, 0, 1, e));
  ORR_TRY(check_number("clip_norm", o->clip_norm, 0, INFINITY, e));
  ORR_TRY(check_number("average", o->average, 0, 1, e));
  return check_schedule(&o->schedule, e);
}

static orr_status check_input(const orr_trainer *t, orr_error *e) {
  if (!t->n_rows) return orr_fail(e, ORR_DATA, "there are no rows to learn from");
  if (t->n_rows > UINT32_MAX)
    return orr_fail(e, ORR_DATA, "%zu rows are more than can be learnt from", t->n_rows);
  if (!t->n) return orr_fail(e, ORR_USAGE, "the network has no parameters to learn");
  if (t->o->patience && !t->n_check)
    return orr_fail(e, ORR_USAGE, "patience watches validation rows, and there are none; set it to 0");
  for (size_t i = 1; i < t->o->n_changes; i++)
    if (t->o->changes[i].step < t->o->changes[i - 1].step)
      return orr_fail(e, ORR_USAGE, "the control list is not in the order of its steps");
  return check_options(t->o, e);
}

/* The values that are computed with the loss: each node once. */
static void add_value(orr_trainer *t, const char *name, orr_node node, size_t *at) {
  for (size_t i = 0; i < t->n_values; i++)
    if (t->nodes[i] == node) {
      *at = i;
      return;
    }
  t->names[t->n_values] = name;
  t->nodes[t->n_values] = node;
  *at = t->n_values++;
}

static orr_status list_values(orr_trainer *t, orr_error *e) {
  const orr_learner *l = t->in->learner;
  size_t at;
  if (l->n_terms + 2 > ORR_MOST_VALUES)
    return orr_fail(e, ORR_USAGE, "a loss of %zu terms; at most %d are shown", l->n_terms,
                    ORR_MOST_VALUES - 2);
  ORR_TAKE(&t->arena, t->names, l->n_terms + 2, e);
  ORR_TAKE(&t->arena, t->nodes, l->n_terms + 2, e);
  add_value(t, "loss", l->loss, &at);
  for (size_t i = 0; i < l->n_terms; i++) add_value(t, l->terms[i].name, l->terms[i].node, &at);
  add_value(t, "watch", l->watch ? l->watch : l->loss, &t->watch);
  ORR_TAKE(&t->arena, t->values, t->n_values, e);
  ORR_TAKE(&t->arena, t->check_values, t->n_values, e);
  ORR_TAKE(&t->arena, t->sums, t->n_values + ORR_EXTRA_SUMS, e);
  ORR_TAKE(&t->arena, t->good_sums, t->n_values + ORR_EXTRA_SUMS, e);
  return ORR_OK;
}

static orr_status list_columns(orr_trainer *t, orr_error *e) {
  size_t n = 0;
  ORR_TAKE(&t->arena, t->columns, 2 * t->n_values + 4, e);
  t->columns[n++] = "epoch";
  t->columns[n++] = "step";
  for (size_t i = 0; i < t->n_values; i++) t->columns[n++] = t->names[i];
  for (size_t i = 0; t->n_check && i < t->n_values; i++) {
    t->columns[n] = orr_arena_printf(&t->arena, "validation.%s", t->names[i]);
    if (!t->columns[n++]) return orr_fail_memory(e, "a name", 0);
  }
  t->columns[n++] = "learning_rate";
  t->columns[n++] = "gradient_norm";
  t->n_columns = n;
  return ORR_OK;
}

/* Every setting but "training" must be one that the learner moves. */
static orr_status check_settings(orr_trainer *t, orr_error *e) {
  const orr_learner *l = t->in->learner;
  size_t n = orr_graph_settings(t->graph);
  ORR_TAKE(&t->arena, t->settings, n + 1, e);
  ORR_TAKE(&t->arena, t->overrides, l->n_movements + 1, e);
  for (size_t i = 0; i < l->n_movements; i++) t->overrides[i] = NAN;
  for (size_t i = 0; i < n; i++) {
    const char *name = orr_graph_at(t->graph, orr_graph_setting(t->graph, i))->name;
    bool known = !strcmp(name, "training");
    for (size_t k = 0; k < l->n_movements && !known; k++) known = !strcmp(name, l->movements[k].name);
    if (!known) return orr_fail(e, ORR_USAGE, "nothing says what the setting '%s' is", name);
  }
  return ORR_OK;
}

size_t orr_trainer_batch(const orr_trainer *t) {
  return (size_t)t->counts.batch_size < t->n_rows ? (size_t)t->counts.batch_size : t->n_rows;
}

/* The gradient's nodes, each to its parameter's place in the slab, after the values. */
static orr_status list_roots(orr_trainer *t, bool gradient, orr_root **out, size_t *n, orr_error *e) {
  size_t n_parameters = gradient ? orr_graph_parameters(t->graph) : 0;
  orr_node *x, *dx;
  orr_root *roots;
  ORR_TAKE(&t->arena, roots, t->n_values + n_parameters, e);
  ORR_TAKE(&t->arena, x, n_parameters + 1, e);
  ORR_TAKE(&t->arena, dx, n_parameters + 1, e);
  for (size_t i = 0; i < t->n_values; i++) roots[i] = (orr_root){t->nodes[i], ORR_ROOT_VALUE, 0};
  for (size_t i = 0; i < n_parameters; i++) x[i] = orr_graph_parameter(t->graph, i);
  if (n_parameters) orr_differentiate(t->graph, t->nodes[0], 0, x, n_parameters, dx);
  ORR_TRY(orr_graph_check(t->graph, e));
  for (size_t i = 0; i < n_parameters; i++)
    roots[t->n_values + i] =
        (orr_root){dx[i], ORR_ROOT_GRADIENT, orr_graph_at(t->graph, x[i])->attributes.offset};
  *out = roots;
  *n = t->n_values + n_parameters;
  return ORR_OK;
}

orr_status orr_trainer_compile(orr_trainer *t, orr_error *e) {
  orr_root *roots;
  size_t n;
  ORR_TRY(list_roots(t, true, &roots, &n, e));
  orr_program_free(t->program);
  t->program = NULL;
  uint32_t *rows = orr_realloc(t->rows, orr_trainer_batch(t), sizeof *rows);
  if (!rows) return orr_fail_memory(e, "a batch", orr_trainer_batch(t) * sizeof *rows);
  t->rows = rows;
  if (t->lbfgs) orr_trainer_lbfgs_forget(t->lbfgs);
  return orr_program_compile(t->graph, roots, n, ORR_SINGLE, orr_trainer_batch(t), &t->program, e);
}

static orr_status compile_checker(orr_trainer *t, orr_error *e) {
  orr_root *roots;
  size_t n, rows = t->n_check < ORR_CHECK_ROWS ? t->n_check : ORR_CHECK_ROWS;
  if (!t->n_check) return ORR_OK;
  ORR_TRY(list_roots(t, false, &roots, &n, e));
  return orr_program_compile(t->graph, roots, n, ORR_SINGLE, rows, &t->checker, e);
}

static orr_status take_slab(orr_trainer *t, float **out, orr_error *e) {
  *out = orr_calloc(t->n, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a slab of parameters", t->n * sizeof **out);
}

static orr_status take_parameters(orr_trainer *t, orr_error *e) {
  orr_learner *l = t->in->learner;
  if (t->in->takes_initial) {
    t->parameters = l->initial;
    l->initial = NULL;
    return ORR_OK;
  }
  ORR_TRY(take_slab(t, &t->parameters, e));
  memcpy(t->parameters, l->initial, t->n * sizeof *t->parameters);
  return ORR_OK;
}

static orr_status take_slabs(orr_trainer *t, orr_error *e) {
  bool best = t->n_check && (t->o->keep_best || t->o->patience);
  ORR_TRY(take_parameters(t, e));
  ORR_TRY(take_slab(t, &t->gradient, e));
  if (t->o->method != ORR_METHOD_LBFGS) ORR_TRY(take_slab(t, &t->good, e));
  if (t->o->accumulation > 1 || t->o->method == ORR_METHOD_LBFGS) ORR_TRY(take_slab(t, &t->part, e));
  if (best) ORR_TRY(take_slab(t, &t->best, e));
  if (t->good) memcpy(t->good, t->parameters, t->n * sizeof *t->parameters);
  if (orr_trainer_is_finite(t, t->parameters)) return ORR_OK;
  return orr_fail(e, ORR_NUMERIC, "the initial parameters are not all finite");
}

orr_status orr_trainer_renew_optimiser(orr_trainer *t, bool keep_state, orr_error *e) {
  const orr_trainer_options *o = t->o;
  orr_optimiser_options options = {.kind = (orr_optimiser_kind)o->method,
                                   .momentum = o->momentum,
                                   .nesterov = o->nesterov,
                                   .beta1 = o->beta1,
                                   .beta2 = o->beta2,
                                   .epsilon = o->epsilon,
                                   .weight_decay = t->numbers.weight_decay,
                                   .clip_norm = t->numbers.clip_norm,
                                   .average = o->average};
  orr_optimiser *fresh;
  size_t bytes;
  ORR_TRY(orr_optimiser_new(&options, ORR_SINGLE, t->n, t->parameters, &fresh, e));
  if (keep_state) {
    const void *state = orr_optimiser_state(t->optimiser, &bytes);
    memcpy(orr_optimiser_state(fresh, &bytes), state, bytes);
    orr_optimiser_set_steps(fresh, orr_optimiser_steps(t->optimiser));
  }
  orr_optimiser_free(t->optimiser);
  t->optimiser = fresh;
  return ORR_OK;
}

_Static_assert(ORR_METHOD_SGD == (int)ORR_SGD && ORR_METHOD_ADAM == (int)ORR_ADAM &&
                   ORR_METHOD_ADAMW == (int)ORR_ADAMW,
               "methods of the trainer begin as the optimisers do");

static void begin(orr_trainer *t) {
  t->counts =
      (orr_trainer_counts){.batch_size = (int64_t)t->o->batch_size, .patience = (int64_t)t->o->patience};
  t->numbers = (orr_trainer_numbers){.rate = t->o->learning_rate,
                                     .weight_decay = t->o->weight_decay,
                                     .clip_norm = t->o->clip_norm,
                                     .lowest = INFINITY,
                                     .best = INFINITY,
                                     .plateau_best = INFINITY,
                                     .plateau_factor = 1};
  t->ordered = -1;
}

orr_status orr_trainer_make(orr_trainer *t, const orr_trainer_input *in, orr_error *e) {
  *t = (orr_trainer){.in = in, .o = in->options, .graph = in->learner->graph};
  ORR_TRY(orr_graph_check(t->graph, e));
  t->what = in->what ? in->what : "training";
  t->pool = in->work ? in->work->pool : NULL;
  t->n = orr_graph_slab(t->graph);
  t->n_rows = in->train->n_rows;
  t->n_check = in->validation ? in->validation->n_rows : 0;
  ORR_TRY(check_input(t, e));
  begin(t);
  ORR_TRY(list_values(t, e));
  ORR_TRY(list_columns(t, e));
  ORR_TRY(check_settings(t, e));
  ORR_TRY(take_slabs(t, e));
  if (in->checkpoint) ORR_TRY(orr_trainer_make_key(t, e));
  if (t->o->method == ORR_METHOD_LBFGS) ORR_TRY(orr_trainer_lbfgs_new(t, e));
  else ORR_TRY(orr_trainer_renew_optimiser(t, false, e));
  if (in->checkpoint) ORR_TRY(orr_trainer_take_up(t, e));
  ORR_TRY(orr_trainer_compile(t, e));
  return compile_checker(t, e);
}

void orr_trainer_drop(orr_trainer *t) {
  orr_program_free(t->program);
  orr_program_free(t->checker);
  orr_optimiser_free(t->optimiser);
  orr_trainer_lbfgs_free(t->lbfgs);
  orr_order_fini(&t->order);
  orr_free(t->rows);
  orr_free(t->gradient);
  orr_free(t->part);
  orr_free(t->parameters);
  orr_free(t->good);
  orr_free(t->best);
  orr_free(t->history.items);
  orr_free(t->changes.items);
  orr_arena_fini(&t->arena);
}
