/* Predictions as a table; see predictions.h. */
#include "session/predictions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/vector.h"

/* The columns made so far; they become the table's. */
typedef struct making {
  const orr_predictions_spec *p;
  ORR_VECTOR(orr_column *) columns;
} making;

static orr_status push(making *m, orr_column *c, orr_error *e) {
  ORR_PUSH(&m->columns, c, e);
  return ORR_OK;
}

/* The column is the table's from here on, also when it fails. */
static orr_status keep(making *m, orr_column *c, orr_error *e) {
  orr_status status = push(m, c, e);
  if (status) orr_column_unref(c);
  return status;
}

/* A new column of the table, still to be filled. */
static orr_status add(making *m, const char *name, orr_type type, orr_column **out, orr_error *e) {
  ORR_TRY(orr_column_new(name, type, m->p->n, out, e));
  return keep(m, *out, e);
}

static orr_status add_rows(making *m, orr_error *e) {
  orr_column *c;
  ORR_TRY(add(m, "row", ORR_INT64, &c, e));
  for (size_t i = 0; i < m->p->n; i++) c->int64[i] = orr_table_input_row(m->p->table, m->p->rows[i]);
  return ORR_OK;
}

static orr_status add_taken(making *m, size_t column, orr_error *e) {
  orr_column *c;
  ORR_TRY(orr_column_take(m->p->table->columns[column], m->p->rows, m->p->n, &c, e));
  return keep(m, c, e);
}

/* y[i] = x[i * step] + shift */
static orr_status add_numbers(making *m, const char *name, const double *x, size_t step, double shift,
                              orr_error *e) {
  orr_column *c;
  ORR_TRY(add(m, name, ORR_FLOAT64, &c, e));
  for (size_t i = 0; i < m->p->n; i++) c->float64[i] = x[i * step] + shift;
  orr_column_seal(c);
  return ORR_OK;
}

static size_t likeliest(const double *p, size_t n) {
  size_t best = 0;
  for (size_t k = 1; k < n; k++)
    if (p[k] > p[best]) best = k;
  return best;
}

static orr_status add_classes(making *m, const double *probability, orr_error *e) {
  orr_column *c;
  const orr_classes *classes = &m->p->model->classes;
  ORR_TRY(add(m, "prediction", ORR_TEXT, &c, e));
  for (size_t k = 0; k < classes->count; k++) {
    int32_t code;
    ORR_TRY(orr_map_add(&c->words, classes->names[k], strlen(classes->names[k]), &code, e));
  }
  for (size_t i = 0; i < m->p->n; i++)
    c->codes[i] = (int32_t)likeliest(probability + i * classes->count, classes->count);
  return ORR_OK;
}

static orr_status add_probabilities(making *m, const double *probability, orr_error *e) {
  const orr_classes *classes = &m->p->model->classes;
  for (size_t k = 0; k < classes->count; k++) {
    orr_text name = {0};
    orr_text_printf(&name, "p.%s", classes->names[k]);
    orr_status status = orr_text_check(&name, e);
    if (!status) status = add_numbers(m, name.data, probability + k, classes->count, 0, e);
    orr_text_fini(&name);
    ORR_TRY(status);
  }
  return ORR_OK;
}

/* From rows held back where the model was calibrated, else the family's own word, where it keeps one. */
static double residual_sd(const orr_kept *m) {
  if (m->level > 0) return m->spread;
  const orr_tensor *t = orr_store_find(&m->store, "residual_sd");
  return t && t->dtype == ORR_F64 && t->count == 1 ? t->f64[0] : NAN;
}

static orr_status add_means(making *m, const double *mean, orr_error *e) {
  const orr_kept *model = m->p->model;
  ORR_TRY(add_numbers(m, "mean", mean, 1, 0, e));
  double sd = residual_sd(model);
  ORR_TRY(add_numbers(m, "sd", &sd, 0, 0, e));
  if (!(model->level > 0)) return ORR_OK;
  ORR_TRY(add_numbers(m, "lower", mean, 1, -model->radius, e));
  return add_numbers(m, "upper", mean, 1, model->radius, e);
}

/* z1 … of a latent model. */
static orr_status add_codes(making *m, const double *code, orr_error *e) {
  size_t latent = m->p->model->latent;
  char name[32];
  for (size_t k = 0; k < latent; k++) {
    snprintf(name, sizeof name, "z%zu", k + 1);
    ORR_TRY(add_numbers(m, name, code + k, latent, 0, e));
  }
  return ORR_OK;
}

static orr_status add_said(making *m, const orr_prediction *said, orr_error *e) {
  if (m->p->model->task == ORR_LATENT) return add_codes(m, said->code, e);
  if (m->p->model->task == ORR_REGRESSION) return add_means(m, said->mean, e);
  ORR_TRY(add_classes(m, said->probability, e));
  return add_probabilities(m, said->probability, e);
}

static orr_status add_all(making *m, const orr_prediction *said, orr_error *e) {
  const orr_predictions_spec *p = m->p;
  int target = p->model->target ? orr_table_find(p->table, p->model->target) : -1;
  ORR_TRY(add_rows(m, e));
  for (size_t i = 0; i < p->n_keep; i++) ORR_TRY(add_taken(m, p->keep[i], e));
  if (target >= 0) ORR_TRY(add_taken(m, (size_t)target, e));
  return add_said(m, said, e);
}

orr_status orr_predictions_make(const orr_predictions_spec *p, const orr_work *work, orr_table **out,
                                size_t *unseen, orr_error *e) {
  orr_arena arena = {0};
  orr_prediction said = {0};
  making m = {.p = p};
  orr_status status = orr_kept_predict(p->model, p->table, p->rows, p->n, work, &arena, &said, e);
  if (!status) status = add_all(&m, &said, e);
  if (!status) status = orr_table_new(m.columns.items, m.columns.count, "predictions", out, e);
  if (!status) *unseen = said.unseen;
  for (size_t i = 0; i < m.columns.count; i++) orr_column_unref(m.columns.items[i]);
  orr_free(m.columns.items);
  orr_arena_fini(&arena);
  return status;
}

orr_status orr_predictions_keep(const orr_table *t, const orr_value *names, orr_arena *arena, size_t **keep,
                                size_t *n, orr_error *e) {
  *n = names && names->kind == ORR_LIST ? names->count : 0;
  ORR_TAKE(arena, *keep, *n, e);
  for (size_t i = 0; i < *n; i++)
    if (orr_table_column(t, names->items[i].string, &(*keep)[i], e)) return orr_fail_in(e, "keep");
  return ORR_OK;
}
