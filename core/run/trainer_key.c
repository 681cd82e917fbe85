/* What must be the same for a checkpoint to be taken up: every option that
 * decides the outcome, by name, so that a refusal can say what differs. */
#include <string.h>

#include "base/text.h"
#include "run/trainer_parts.h"

enum { MOST_PARTS = 40 };

static void add(orr_trainer *t, const char *name, char *value) {
  t->key[t->n_key++] = (orr_key_part){name, value}; /* a value of NULL is found at the end */
}

static void add_number(orr_trainer *t, const char *name, double x) {
  orr_text digits = {0};
  orr_text_add_number(&digits, x);
  add(t, name, digits.failed ? NULL : orr_arena_strdup(&t->arena, digits.data));
  orr_text_fini(&digits);
}

static void add_count(orr_trainer *t, const char *name, size_t x) {
  add(t, name, orr_arena_printf(&t->arena, "%zu", x));
}

static void add_hash(orr_trainer *t, const char *name, orr_hash h) {
  char text[ORR_HASH_TEXT];
  add(t, name, orr_arena_strdup(&t->arena, orr_hash_to_text(h, text)));
}

static void add_schedule(orr_trainer *t, const orr_schedule *s) {
  add(t, "schedule", (char *)orr_schedule_name(s->kind));
  add_number(t, "warm_up_epochs", s->warm_up.epochs);
  add_count(t, "warm_up_steps", s->warm_up.steps);
  add_number(t, "schedule_last", s->last);
  add_number(t, "schedule_shrink", s->shrink);
  add_count(t, "schedule_patience", s->patience);
}

/* Without those made by hand, of which a checkpoint cannot have known. */
static orr_hash hash_changes(const orr_trainer_options *o) {
  size_t n = 0;
  for (size_t i = 0; i < o->n_changes; i++) n += o->changes[i].cause != ORR_CAUSE_LIVE;
  orr_hash all = orr_hash_bytes(&n, sizeof n);
  for (size_t i = 0; i < o->n_changes; i++) {
    const orr_change *c = &o->changes[i];
    if (c->cause == ORR_CAUSE_LIVE) continue;
    all = orr_hash_join(all, orr_hash_bytes(&c->step, sizeof c->step));
    all = orr_hash_join(all, orr_hash_string(c->set.name));
    all = orr_hash_join(all, orr_hash_bytes(&c->set.value, sizeof c->set.value));
  }
  return all;
}

static orr_hash hash_movements(const orr_learner *l) {
  orr_hash all = orr_hash_bytes(&l->n_movements, sizeof l->n_movements);
  for (size_t i = 0; i < l->n_movements; i++) {
    const orr_movement *m = &l->movements[i];
    const double numbers[] = {m->from, m->to, m->span.epochs, (double)m->span.steps};
    all =
        orr_hash_join(all, orr_hash_join(orr_hash_string(m->name), orr_hash_bytes(numbers, sizeof numbers)));
  }
  return all;
}

static void add_options(orr_trainer *t, const orr_trainer_options *o) {
  add(t, "optimiser", (char *)orr_method_name(o->method));
  add_count(t, "epochs", o->epochs);
  add_count(t, "batch_size", o->batch_size);
  add_count(t, "accumulation", o->accumulation);
  add_number(t, "learning_rate", o->learning_rate);
  add_number(t, "momentum", o->momentum);
  add_count(t, "nesterov", o->nesterov);
  add_number(t, "beta1", o->beta1);
  add_number(t, "beta2", o->beta2);
  add_number(t, "epsilon", o->epsilon);
  add_number(t, "weight_decay", o->weight_decay);
  add_number(t, "clip_norm", o->clip_norm);
  add_number(t, "average", o->average);
  add_count(t, "memory", o->memory);
  add_count(t, "patience", o->patience);
  add_count(t, "keep_best", o->keep_best);
  add_count(t, "attempts", o->attempts);
  add_count(t, "stop_step", o->stop_step);
  add(t, "seed", orr_arena_printf(&t->arena, "%llu", (unsigned long long)o->seed));
  add_schedule(t, &o->schedule);
  add_hash(t, "control", hash_changes(o));
}

orr_status orr_trainer_make_key(orr_trainer *t, orr_error *e) {
  ORR_TAKE(&t->arena, t->key, MOST_PARTS, e);
  add_options(t, t->o);
  add_count(t, "rows", t->n_rows);
  add_count(t, "validation_rows", t->n_check);
  add_count(t, "parameters", t->n);
  add_hash(t, "settings", hash_movements(t->in->learner));
  add_hash(t, "initial_parameters", orr_hash_bytes(t->parameters, t->n * sizeof *t->parameters));
  for (size_t i = 0; i < t->n_key; i++)
    if (!t->key[i].value) return orr_fail_memory(e, "a checkpoint's key", 0);
  return ORR_OK;
}
