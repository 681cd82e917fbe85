/* A training's state, to a checkpoint and back. What comes back is proven:
 * shapes by this training's own, numbers by their ranges, so that nothing a
 * file says can lead outside of memory or into an endless loop. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "run/trainer_parts.h"

#define CHANGES_NOTE "changes"

enum { N_COUNTS = sizeof(orr_trainer_counts) / 8, N_NUMBERS = sizeof(orr_trainer_numbers) / 8 };

/* A tensor of the state: where it is, and how much of it. */
typedef struct part {
  const char *name;
  orr_dtype dtype;
  size_t count;
  void *data;
} part;

enum { MOST_TENSORS = 12 };

static void add(part *parts, size_t *n, const char *name, orr_dtype dtype, size_t count, void *data) {
  if (data && count) parts[(*n)++] = (part){name, dtype, count, data};
}

/* All that has a size of its own known beforehand; the history is apart. */
static size_t list(orr_trainer *t, orr_trainer_counts *counts, orr_trainer_numbers *numbers, part *parts) {
  size_t n = 0, bytes = 0, pairs = 0, sums = t->n_values + ORR_EXTRA_SUMS;
  void *state = t->optimiser ? orr_optimiser_state(t->optimiser, &bytes) : NULL;
  float *memory = t->lbfgs ? orr_trainer_lbfgs_pairs(t, &pairs) : NULL;
  add(parts, &n, "counts", ORR_I64, N_COUNTS, counts);
  add(parts, &n, "numbers", ORR_F64, N_NUMBERS, numbers);
  add(parts, &n, "sums", ORR_F64, sums, t->sums);
  add(parts, &n, "good_sums", ORR_F64, sums, t->good_sums);
  add(parts, &n, "overrides", ORR_F64, t->in->learner->n_movements, t->overrides);
  add(parts, &n, "parameters", ORR_F32, t->n, t->parameters);
  add(parts, &n, "good", ORR_F32, t->n, t->good);
  add(parts, &n, "best", ORR_F32, t->n, t->best);
  add(parts, &n, "optimiser", ORR_F32, bytes / sizeof(float), state);
  add(parts, &n, "pairs", ORR_F32, pairs, memory);
  return n;
}

/* [[412,"learning_rate",0.0003,1],…]: step, name, value, cause. */
static orr_status note_changes(const orr_trainer *t, orr_store *s, orr_error *e) {
  orr_json *all = orr_json_new_array();
  orr_text text = {0};
  for (size_t i = 0; i < t->changes.count; i++) {
    const orr_change *c = &t->changes.items[i];
    orr_json *j = orr_json_push(all, orr_json_new_array());
    orr_json_push(j, orr_json_new_integer((int64_t)c->step));
    orr_json_push(j, orr_json_new_string(c->set.name));
    orr_json_push(j, orr_json_new_number(c->set.value));
    orr_json_push(j, orr_json_new_integer(c->cause));
  }
  orr_status status = orr_json_print(all, false, &text, e);
  if (!status) status = orr_store_note(s, CHANGES_NOTE, orr_text_get(&text), e);
  orr_json_free(all);
  orr_text_fini(&text);
  return status;
}

orr_status orr_trainer_keep(orr_trainer *t, orr_error *e) {
  orr_store s = {0};
  orr_trainer_counts counts = t->counts;
  orr_trainer_numbers numbers = t->numbers;
  part parts[MOST_TENSORS];
  size_t n = list(t, &counts, &numbers, parts), rows = t->history.count / t->n_columns;
  orr_status status = ORR_OK;
  counts.optimiser_steps = t->optimiser ? (int64_t)orr_optimiser_steps(t->optimiser) : 0;
  numbers.seconds += orr_trainer_seconds(t);
  for (size_t i = 0; i < n && !status; i++)
    status = orr_store_show(&s, parts[i].name, parts[i].dtype, 1, &parts[i].count, parts[i].data, e);
  size_t shape[] = {rows, t->n_columns};
  if (!status) status = orr_store_show(&s, "history", ORR_F64, 2, shape, t->history.items, e);
  if (!status) status = note_changes(t, &s, e);
  if (!status) status = orr_checkpoint_write(t->in->checkpoint, t->key, t->n_key, &s, e);
  orr_store_fini(&s);
  return status;
}

static orr_status damaged(const char *what, orr_error *e) {
  return orr_fail(e, ORR_DATA, "its %s cannot be; the file is damaged, remove it to begin anew", what);
}

/* Counts by their ranges, and the numbers that loops and divisions rest on. */
static orr_status check_counts(const orr_trainer *t, const orr_trainer_counts *c, orr_error *e) {
  const int64_t *all = (const int64_t *)c, epochs = (int64_t)t->o->epochs, rows = (int64_t)t->n_rows;
  for (size_t i = 0; i < N_COUNTS; i++)
    if (all[i] < 0 || all[i] > INT64_C(1) << 52) return damaged("counts", e);
  if (c->epoch > epochs || c->good_epoch > epochs || c->row > rows || c->good_row > rows)
    return damaged("place in the training", e);
  if (c->epoch == epochs && c->row) return damaged("place in the training", e);
  if (c->good_step > c->step || c->best_step > c->step) return damaged("steps", e);
  if (!c->batch_size || c->applied > (int64_t)t->o->n_changes) return damaged("control", e);
  int64_t most = t->o->memory ? (int64_t)t->o->memory : ORR_LBFGS_MEMORY;
  if (c->pairs > most || c->next_pair >= most) return damaged("pairs", e);
  if (c->best_step && !t->best) return damaged("best step", e);
  return ORR_OK;
}

static orr_status check_numbers(const orr_trainer *t, const orr_trainer_numbers *n, orr_error *e) {
  const double *all = (const double *)n;
  for (size_t i = 0; i < N_NUMBERS; i++)
    if (isnan(all[i])) return damaged("numbers", e);
  bool rate = t->lbfgs || (n->rate > 0 && isfinite(n->rate));
  bool good = rate && n->weight_decay >= 0 && n->clip_norm >= 0 && n->plateau_factor > 0 && n->seconds >= 0;
  return good ? ORR_OK : damaged("numbers", e);
}

static orr_status check_elements(const part *p, orr_error *e) {
  orr_tensor t = {.name = p->name, .dtype = p->dtype, .count = p->count, .data = p->data};
  bool may_be_infinite = !strcmp(p->name, "numbers") || !strcmp(p->name, "overrides");
  return may_be_infinite ? ORR_OK : orr_tensor_check_finite(&t, e);
}

/* Elements of the state, copied where they belong. */
static orr_status read_parts(const orr_store *s, const part *parts, size_t n, orr_error *e) {
  for (size_t i = 0; i < n; i++) {
    const orr_tensor *from;
    ORR_TRY(orr_store_want(s, parts[i].name, parts[i].dtype, 1, &parts[i].count, &from, e));
    memcpy(parts[i].data, from->data, parts[i].count * (parts[i].dtype == ORR_F32 ? 4 : 8));
    ORR_TRY(check_elements(&parts[i], e));
  }
  return ORR_OK;
}

static orr_status read_history(orr_trainer *t, const orr_store *s, orr_error *e) {
  const orr_tensor *from;
  ORR_TRY(orr_store_want(s, "history", ORR_F64, 2, (size_t[]){0, t->n_columns}, &from, e));
  t->history.items = orr_calloc(from->count, sizeof *t->history.items);
  if (!t->history.items) return orr_fail_memory(e, "the history", from->count * sizeof(double));
  if (from->count) memcpy(t->history.items, from->f64, from->count * sizeof(double));
  t->history.count = t->history.capacity = from->count;
  return ORR_OK;
}

static bool read_change(const orr_json *j, orr_change *out) {
  double step, cause;
  if (!orr_json_is_array(j) || orr_json_count(j) != 4) return false;
  const orr_json *at = orr_json_first(j);
  if (!orr_json_number(at, &step) || !(step >= 0 && step < 0x1p52)) return false;
  const char *name = orr_json_string(at = orr_json_next(at));
  if (!name || strlen(name) >= sizeof out->set.name) return false;
  *out = (orr_change){.step = (size_t)step};
  snprintf(out->set.name, sizeof out->set.name, "%s", name);
  if (!orr_json_number(at = orr_json_next(at), &out->set.value)) return false;
  if (!orr_json_number(orr_json_next(at), &cause) || !(cause >= 0 && cause <= ORR_CAUSE_DIVERGED))
    return false;
  out->cause = (orr_cause)cause;
  return true;
}

static orr_status push_changes(orr_trainer *t, const orr_json *all, orr_error *e) {
  orr_change change;
  if (!orr_json_is_array(all)) return damaged("list of changes", e);
  for (const orr_json *j = orr_json_first(all); j; j = orr_json_next(j)) {
    if (!read_change(j, &change)) return damaged("list of changes", e);
    ORR_PUSH(&t->changes, change, e);
  }
  return ORR_OK;
}

static orr_status read_changes(orr_trainer *t, const orr_store *s, orr_error *e) {
  const char *text = orr_store_text(s, CHANGES_NOTE);
  orr_json *all;
  if (!text) return damaged("list of changes", e);
  ORR_TRY(orr_json_parse(text, strlen(text), &all, e));
  orr_status status = push_changes(t, all, e);
  orr_json_free(all);
  return status;
}

static orr_status take_up(orr_trainer *t, const orr_store *s, orr_error *e) {
  orr_trainer_counts counts;
  orr_trainer_numbers numbers;
  part parts[MOST_TENSORS];
  size_t n = list(t, &counts, &numbers, parts);
  ORR_TRY(read_parts(s, parts, n, e));
  ORR_TRY(check_counts(t, &counts, e));
  ORR_TRY(check_numbers(t, &numbers, e));
  ORR_TRY(read_history(t, s, e));
  ORR_TRY(read_changes(t, s, e));
  t->counts = counts;
  t->numbers = numbers;
  t->resumed = true;
  t->resumed_step = counts.step;
  if (!t->optimiser) return ORR_OK;
  orr_optimiser_set_steps(t->optimiser, (uint64_t)counts.optimiser_steps);
  return orr_trainer_renew_optimiser(t, true, e); /* weight_decay and clip_norm may not be the options' */
}

orr_status orr_trainer_take_up(orr_trainer *t, orr_error *e) {
  orr_store s;
  bool found;
  ORR_TRY(orr_checkpoint_read(t->in->checkpoint, t->key, t->n_key, &s, &found, e));
  if (!found) return ORR_OK;
  orr_status status = take_up(t, &s, e);
  if (status) orr_fail_in(e, "checkpoint '%s'", t->in->checkpoint->path);
  else orr_log(t->in->work, "taken up from its checkpoint at step %lld", (long long)t->counts.step);
  orr_store_fini(&s);
  return status;
}
