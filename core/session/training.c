/* From a call's arguments to a training; see training.h. */
#include "session/training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/network.h"

static bool listed(const orr_value *names, const char *name) {
  for (size_t i = 0; names->kind == ORR_LIST && i < names->count; i++)
    if (!strcmp(names->items[i].string, name)) return true;
  return false;
}

static orr_status check_names(const orr_table *t, const orr_value *names, const char *what, orr_error *e) {
  size_t at;
  for (size_t i = 0; names->kind == ORR_LIST && i < names->count; i++)
    if (orr_table_column(t, names->items[i].string, &at, e)) return orr_fail_in(e, "%s", what);
  return ORR_OK;
}

/* Named features, or all columns with that role; never the target, the weight or an excluded one. */
static orr_status pick_features(const orr_call *call, orr_training *t, orr_error *e) {
  const orr_value *named = orr_options_get(&call->args, "features"),
                  *exclude = orr_options_get(&call->args, "exclude");
  size_t *features;
  ORR_TRY(check_names(t->table, named, "features", e));
  ORR_TRY(check_names(t->table, exclude, "exclude", e));
  ORR_TAKE(call->arena, features, t->table->n_columns, e);
  for (size_t i = 0; i < t->table->n_columns; i++) {
    const char *name = t->table->columns[i]->name;
    bool wanted = named->kind == ORR_LIST && named->count ? listed(named, name)
                                                          : t->table->roles[i] == ORR_ROLE_FEATURE;
    if (wanted && !(t->target && !strcmp(name, t->target)) && (int)i != t->weight && !listed(exclude, name))
      features[t->n_features++] = i;
  }
  t->features = features;
  if (t->n_features) return ORR_OK;
  if (!t->target) return orr_fail(e, ORR_USAGE, "no column is left to learn from");
  return orr_fail(e, ORR_USAGE, "no feature is left besides the target '%s'", t->target);
}

static orr_status find_weight(const orr_call *call, orr_fit_object *fit, orr_training *t, orr_error *e) {
  const char *name = orr_options_text(&call->args, "weight"),
             *policy = orr_options_text(&call->args, "negative_weights");
  t->weight = -1;
  for (size_t i = 0; !name && i < t->table->n_columns; i++)
    if (t->table->roles[i] == ORR_ROLE_WEIGHT) name = t->table->columns[i]->name;
  if (!name) return ORR_OK;
  size_t at;
  if (orr_table_column(t->table, name, &at, e)) return orr_fail_in(e, "weight");
  if (!orr_column_is_numeric(t->table->columns[at]))
    return orr_fail(e, ORR_DATA, "weight '%s' is text; it must be numbers", name);
  t->weight = (int)at;
  t->absolute_weights = fit->absolute_weights = !strcmp(policy, "absolute");
  fit->drop_negative = !strcmp(policy, "drop");
  fit->weight = orr_strdup(name);
  return fit->weight ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static orr_status copy_rows(const orr_rows *from, orr_arena *arena, orr_rows *to, orr_error *e) {
  ORR_TAKE(arena, to->index, from->n, e);
  if (from->n) memcpy(to->index, from->index, from->n * sizeof *to->index);
  to->n = from->n;
  return ORR_OK;
}

orr_status orr_training_rows(const orr_fit_object *fit, const orr_table *t, const char *target,
                             const orr_rows *rows, orr_arena *arena, orr_rows *out, orr_error *e) {
  size_t at = 0, n = 0;
  if (target) ORR_TRY(orr_table_column(t, target, &at, e));
  int weight = fit->weight ? orr_table_find(t, fit->weight) : -1;
  if (fit->weight && weight < 0)
    return orr_fail(e, ORR_DATA, "the weight column '%s' is not in this table", fit->weight);
  if (!target && weight < 0) return copy_rows(rows, arena, out, e);
  if (!target) at = (size_t)weight;
  ORR_TRY(orr_target_rows(t, at, weight, rows->index, rows->n, arena, &out->index, &out->n, e));
  if (!fit->drop_negative) return ORR_OK;
  for (size_t i = 0; i < out->n; i++)
    if (orr_column_number(t->columns[weight], out->index[i]) >= 0) out->index[n++] = out->index[i];
  out->n = n;
  return ORR_OK;
}

static int by_row(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* The rows of both, ascending, into the first; the second is left empty. */
static orr_status join(orr_rows *into, orr_rows *from, orr_arena *arena, orr_error *e) {
  size_t *all;
  ORR_TAKE(arena, all, into->n + from->n, e);
  memcpy(all, into->index, into->n * sizeof *all);
  if (from->n) memcpy(all + into->n, from->index, from->n * sizeof *all);
  qsort(all, into->n + from->n, sizeof *all, by_row);
  *into = (orr_rows){all, into->n + from->n};
  from->n = 0;
  return ORR_OK;
}

static orr_status pick_rows(orr_session *s, const orr_call *call, orr_fit_object *fit, orr_training *t,
                            orr_error *e) {
  orr_rows all, train, validation = {0};
  orr_ref on = orr_options_get(&call->args, "on")->object;
  const orr_object *split = orr_objects_peek(&s->objects, on);
  bool whole_split = split && split->kind == ORR_SPLIT && !on.part;
  if (whole_split) all = split->split->split.part[ORR_PART_TRAIN];
  else ORR_TRY(orr_call_rows(s, call, "on", &(orr_table *){0}, &all, e));
  ORR_TRY(orr_training_rows(fit, t->table, t->target, &all, call->arena, &train, e));
  if (whole_split)
    ORR_TRY(orr_training_rows(fit, t->table, t->target, &split->split->split.part[ORR_PART_VALIDATION],
                              call->arena, &validation, e));
  if (!train.n && !t->target) return orr_fail(e, ORR_DATA, "there are no rows to learn from");
  if (!train.n)
    return orr_fail(e, ORR_DATA, "none of the %zu training rows has a value in target '%s'%s", all.n,
                    t->target, fit->weight ? " and a usable weight" : "");
  if (train.n < all.n)
    orr_session_note(s, "%zu of %zu training rows have no %susable weight and are left out", all.n - train.n,
                     all.n, t->target ? "target or no " : "");
  t->n_left_out = all.n - train.n;
  bool learn = !strcmp(orr_options_text(&call->args, "idle_validation"), "learn");
  if (learn && !(t->family->needs & ORR_WATCHES_VALIDATION))
    ORR_TRY(join(&train, &validation, call->arena, e));
  t->train = train.index, t->n_train = train.n;
  t->validation = validation.index, t->n_validation = validation.n;
  return ORR_OK;
}

/* Text and truth values are classes; so are few distinct integers. */
static orr_task guess_task(const orr_table *t, const char *target) {
  enum { FEW = 20 };
  const orr_column *c = t->columns[orr_table_find(t, target)];
  int64_t seen[FEW];
  size_t n = 0;
  if (c->type == ORR_TEXT || c->type == ORR_BOOL) return ORR_CLASSIFICATION;
  if (c->type != ORR_INT64) return ORR_REGRESSION;
  for (size_t i = 0, j; i < c->rows; i++) {
    for (j = 0; j < n && seen[j] != c->int64[i]; j++) continue;
    if (j < n) continue;
    if (n == FEW) return ORR_REGRESSION;
    seen[n++] = c->int64[i];
  }
  return ORR_CLASSIFICATION;
}

static bool knows(const orr_family *f, const char *name) {
  for (size_t i = 0; i < f->n_options; i++)
    if (!strcmp(f->options[i].name, name)) return true;
  return false;
}

/* The nearest name may be one of the family's options or one of o.fit itself. */
static orr_status unknown_option(const orr_call *call, const orr_family *f, const char *key, orr_error *e) {
  char what[96];
  orr_option *known;
  size_t n = call->args.count;
  ORR_TAKE(call->arena, known, n + f->n_options, e);
  for (size_t i = 0; i < n; i++) known[i] = call->args.specs[i];
  for (size_t i = 0; i < f->n_options; i++) known[n + i] = f->options[i];
  snprintf(what, sizeof what, "option of o.fit and %s", f->name);
  return orr_options_unknown(known, n + f->n_options, what, key, ORR_RECIPE, e);
}

/* The family's options: those named in the call, and those of `settings` that the family knows. */
static orr_status family_options(const orr_call *call, const orr_family *f, const orr_value *network,
                                 orr_options *out, orr_error *e) {
  const orr_value *settings = orr_options_get(&call->args, "settings"),
                  *epochs = orr_options_get(&call->args, "epochs");
  orr_value given = {.kind = ORR_DICT};
  size_t more = settings->kind == ORR_DICT ? settings->count : 0;
  ORR_TAKE(call->arena, given.pairs, call->rest.count + network->count + more + 1, e);
  const char *steps = knows(f, "epochs") ? "epochs" : knows(f, "n_estimators") ? "n_estimators" : NULL;
  if (epochs->kind == ORR_INTEGER && steps) given.pairs[given.count++] = (orr_pair){steps, *epochs};
  for (size_t i = 0; i < more; i++)
    if (knows(f, settings->pairs[i].key)) given.pairs[given.count++] = settings->pairs[i];
  for (size_t i = 0; i < network->count; i++) given.pairs[given.count++] = network->pairs[i];
  for (size_t i = 0; i < call->rest.count; i++) {
    const char *key = call->rest.pairs[i].key;
    if (!knows(f, key)) return unknown_option(call, f, key, e);
    given.pairs[given.count++] = call->rest.pairs[i];
  }
  return orr_fail_as(e, ORR_USAGE, ORR_RECIPE,
                     orr_options_init(out, f->options, f->n_options, &given, NULL, call->arena, e));
}

/* Families that learn without a target are of no other task. */
static bool is_latent(const char *family) {
  for (size_t i = 0; i < orr_families_count; i++)
    if (!strcmp(orr_families[i]->name, family)) return orr_families[i]->tasks == ORR_LATENT;
  return false;
}

static orr_status find_table(orr_session *s, const orr_call *call, orr_training *t, orr_error *e) {
  orr_rows rows;
  orr_table *table;
  size_t at;
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  t->table = table;
  t->target = orr_options_text(&call->args, "target");
  if (!t->target) t->target = orr_table_with(table, ORR_ROLE_TARGET);
  if (!t->target && t->task == ORR_LATENT) return ORR_OK;
  if (!t->target) return orr_fail(e, ORR_RECIPE, "target is needed: the column to be learnt");
  return orr_table_column(table, t->target, &at, e) ? orr_fail_in(e, "target") : ORR_OK;
}

orr_status orr_training_prepare(orr_session *s, orr_call *call, orr_fit_object *fit, orr_training *t,
                                orr_options *options, orr_error *e) {
  const char *task = orr_options_text(&call->args, "task"), *encode = orr_options_text(&call->args, "encode");
  const char *family;
  orr_value network;
  *t = (orr_training){.work = &s->work, .options = options};
  ORR_TRY(orr_network_family(call, &family, &network, e));
  if (is_latent(family)) t->task = ORR_LATENT;
  ORR_TRY(find_table(s, call, t, e));
  if (t->task != ORR_LATENT)
    t->task = !strcmp(task, "classification") ? ORR_CLASSIFICATION
              : !strcmp(task, "regression")   ? ORR_REGRESSION
                                              : guess_task(t->table, t->target);
  t->positive = orr_options_text(&call->args, "positive");
  t->encode_text = !strcmp(encode, "one_hot")   ? ORR_ENCODE_ONE_HOT
                   : !strcmp(encode, "ordinal") ? ORR_ENCODE_ORDINAL
                                                : ORR_ENCODE_AUTO;
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_family_find(family, t->task, &t->family, e)));
  ORR_TRY(family_options(call, t->family, &network, options, e));
  ORR_TRY(orr_network_looks_at(options, call->arena, t, e));
  ORR_TRY(find_weight(call, fit, t, e));
  const char *aside = t->target;
  if (t->task == ORR_LATENT)
    t->target = NULL; /* it is left out of the columns, and rows without it are learnt from */
  ORR_TRY(pick_rows(s, call, fit, t, e));
  t->target = aside;
  orr_status status = pick_features(call, t, e);
  if (t->task == ORR_LATENT) t->target = NULL;
  return status;
}
