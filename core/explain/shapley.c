/* Why this row; see shapley.h. */
#include "explain/shapley.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/shapley_methods.h"
#include "metric/format.h"
#include "num/statistics.h"

enum { BACKGROUND = 1000, ENOUGH = 100 };

void orr_shapley_weigh_outputs(size_t k, size_t class, double *weight) {
  if (k == 2) *weight = class == 1 ? 1 : -1;
  for (size_t j = 0; k > 2 && j < k; j++) weight[j] = (j == class) - 1 / (double)k;
}

void orr_shapley_gather(const orr_encoder *c, const double *encoded, double *to) {
  for (size_t j = 0; j < c->n_columns; j++) {
    const orr_encoded_column *k = &c->columns[j];
    to[j] = 0;
    for (size_t w = 0; w < k->width; w++) to[j] += encoded[k->first + w];
  }
}

static orr_status find_background(const orr_shapley_spec *s, const orr_work *work, orr_arena *arena,
                                  orr_asked *out, orr_error *e) {
  const orr_table *t = s->background_table ? s->background_table : s->table;
  const size_t *rows = s->background;
  size_t n = s->n_background, *all;
  if (!rows && s->n >= ENOUGH) rows = s->rows, n = s->n;
  if (!rows) {
    ORR_TAKE(arena, all, t->rows, e);
    for (size_t i = 0; i < t->rows; i++) all[i] = i;
    rows = all, n = t->rows;
  }
  return orr_asked_init(out, s->model, t, rows, n, BACKGROUND, s->seed, work, arena, e);
}

static orr_status copy_cells(const orr_asked *a, orr_arena *arena, orr_shapley *out, orr_error *e) {
  const orr_encoder *c = &a->model->encoder;
  const char **cells, **names;
  char buffer[64];
  ORR_TAKE(arena, names, c->n_columns, e);
  ORR_TAKE(arena, cells, a->n * c->n_columns, e);
  for (size_t j = 0; j < c->n_columns; j++) {
    const orr_column *column = a->table->columns[orr_table_find(a->table, c->columns[j].name)];
    names[j] = c->columns[j].name;
    for (size_t i = 0; i < a->n; i++) {
      const char *cell = orr_column_text(column, a->rows[i], buffer, sizeof buffer);
      if (column->type == ORR_FLOAT64 || column->type == ORR_FLOAT32)
        snprintf(buffer, sizeof buffer, "%.4g", orr_column_number(column, a->rows[i])), cell = buffer;
      if (orr_column_is_missing(column, a->rows[i])) cell = "";
      if (!(cells[i * c->n_columns + j] = orr_arena_strdup(arena, cell)))
        return orr_fail_memory(e, "cells", 0);
    }
  }
  out->names = names;
  out->cells = cells;
  return ORR_OK;
}

static orr_status begin(const orr_asked *a, orr_arena *arena, orr_shapley *out, orr_error *e) {
  size_t d = a->model->encoder.n_columns;
  *out = (orr_shapley){.n = a->n, .n_columns = d, .base_error = NAN};
  ORR_TAKE(arena, out->share, a->n * d, e);
  ORR_TAKE(arena, out->error, a->n * d, e);
  ORR_TAKE(arena, out->answer, a->n, e);
  ORR_TAKE(arena, out->size, d, e);
  ORR_TAKE(arena, out->size_error, d, e);
  ORR_TAKE(arena, out->order, d, e);
  for (size_t i = 0; i < a->n * d; i++) out->error[i] = NAN;
  return copy_cells(a, arena, out, e);
}

static orr_status share_out(const orr_sharing *s, orr_shapley *out, orr_error *e) {
  const orr_family *f = s->spec->model->family;
  if (f == &orr_family_logistic || f == &orr_family_ridge) return orr_shapley_linear(s, out, e);
  if (f == &orr_family_boosted_trees || f == &orr_family_random_forest)
    return orr_shapley_of_trees(s, out, e);
  return orr_shapley_sampled(s, out, e);
}

static void sort_by(const double *size, size_t step, size_t n, size_t *order) {
  for (size_t j = 0; j < n; j++) {
    size_t at = j;
    for (; at && fabs(size[order[at - 1] * step]) < fabs(size[j * step]); at--) order[at] = order[at - 1];
    order[at] = j;
  }
}

void orr_shapley_order(const orr_shapley *s, size_t row, size_t *order) {
  sort_by(s->share + row * s->n_columns, 1, s->n_columns, order);
}

static orr_status summarise(orr_arena *arena, orr_shapley *out, orr_error *e) {
  double *size;
  size_t d = out->n_columns;
  ORR_TAKE(arena, size, out->n, e);
  for (size_t j = 0; j < d; j++) {
    for (size_t i = 0; i < out->n; i++) size[i] = fabs(out->share[i * d + j]);
    out->size[j] = orr_mean(size, NULL, out->n);
    out->size_error[j] =
        out->n > 1 ? orr_sample_deviation(size, out->n) / sqrt((double)out->n) : out->error[j];
  }
  sort_by(out->size, 1, d, out->order);
  for (size_t i = 0; i < out->n; i++) {
    orr_sum sum = {0};
    for (size_t j = 0; j < d; j++) orr_sum_add(&sum, out->share[i * d + j]);
    out->additivity = fmax(out->additivity, fabs(out->base + orr_sum_get(&sum) - out->answer[i]));
  }
  return ORR_OK;
}

static const char *title_of(const orr_shapley *s, const orr_kept *m, size_t class, orr_arena *arena) {
  if (s->scale == ORR_SHAPLEY_UNITS) return orr_arena_strdup(arena, m->target);
  const char *name = m->classes.names[class];
  if (s->scale == ORR_SHAPLEY_SHARE) return orr_arena_printf(arena, "share of trees for %s", name);
  return orr_arena_printf(
      arena, m->classes.count == 2 ? "log-odds of %s" : "log-probability of %s above the classes' mean",
      name);
}

orr_status orr_shapley_measure(const orr_shapley_spec *spec, const orr_work *work, orr_arena *arena,
                               orr_shapley *out, orr_error *e) {
  orr_asked asked, background, first;
  orr_sharing s = {.spec = spec, .asked = &asked, .background = &background, .work = work, .arena = arena};
  const orr_kept *m = spec->model;
  if (m->task != ORR_CLASSIFICATION && m->task != ORR_REGRESSION)
    return orr_fail(e, ORR_USAGE,
                    "a latent model has no answer to share out; move through it with o.traverse");
  ORR_TRY(orr_asked_init(&asked, m, spec->table, spec->rows, spec->n, 0, spec->seed, work, arena, e));
  ORR_TRY(find_background(spec, work, arena, &background, e));
  first = asked;
  first.n = first.x.rows = 1;
  ORR_TRY(orr_asked_class(&first, spec->class, work, &s.class, e));
  ORR_TRY(begin(&asked, arena, out, e));
  if (m->task == ORR_CLASSIFICATION) out->class = m->classes.names[s.class];
  ORR_TRY(share_out(&s, out, e));
  if (!(out->response = title_of(out, m, s.class, arena))) return orr_fail_memory(e, "a name", 0);
  return summarise(arena, out, e);
}

/* What is exact to three digits, for people. */
static void add_share(double share, double error, orr_text *out) {
  if (isfinite(error) && error > 0) orr_format_number(out, share, error, false);
  else orr_text_printf(out, "%.3g", share);
}

void orr_shapley_say(const orr_shapley *s, size_t row, size_t column, orr_text *out) {
  size_t at = row * s->n_columns + column;
  double share = s->share[at], error = s->error[at];
  const char *cell = s->cells[at], *verb = share < 0 ? "lowers" : "raises";
  orr_text_add_inert(out, s->names[column]);
  if (*cell) orr_text_add(out, " = "), orr_text_add_inert(out, cell);
  else orr_text_add(out, " (missing)");
  if (share == 0 && !(error > 0)) {
    orr_text_add(out, " changes nothing");
    return;
  }
  if (s->scale == ORR_SHAPLEY_LOG_ODDS) {
    orr_text_printf(out, " %s the odds of ", verb);
    orr_text_add_inert(out, s->class);
    orr_text_printf(out, " by a factor of %.3g (", exp(fabs(share)));
    if (share > 0) orr_text_add(out, "+");
    add_share(share, error, out);
    orr_text_add(out, ")");
    return;
  }
  orr_text_printf(out, " %s ", verb);
  orr_text_add_inert(out, s->response);
  orr_text_add(out, " by ");
  add_share(fabs(share), error, out);
}
