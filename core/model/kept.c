/* Kept models; see kept.h. Training and predicting are here, files in kept_file.c. */
#include "model/kept.h"

#include <math.h>
#include <string.h>

#include "model/density.h"
#include "num/statistics.h"

orr_status orr_weights_of(const orr_table *t, int column, const size_t *rows, size_t n, bool absolute,
                          bool allow_negative, orr_arena *arena, double **out, orr_error *e) {
  *out = NULL;
  if (column < 0) return ORR_OK;
  const orr_column *c = t->columns[column];
  orr_sum total = {0};
  ORR_TAKE(arena, *out, n, e);
  for (size_t i = 0; i < n; i++) {
    double w = orr_column_number(c, rows[i]);
    if (absolute) w = fabs(w);
    if (w < 0 && !allow_negative)
      return orr_fail(e, ORR_DATA,
                      "weight '%s' is %g in row %lld; this model takes none below zero: set negative_weights "
                      "to drop or absolute",
                      c->name, w, (long long)orr_table_input_row(t, rows[i]));
    (*out)[i] = w;
    orr_sum_add(&total, w);
  }
  if (n && !(orr_sum_get(&total) > 0))
    return orr_fail(e, ORR_DATA, "the weights '%s' do not sum to more than zero", c->name);
  return ORR_OK;
}

static orr_status targets_of(const orr_kept *m, const orr_table *t, const size_t *rows, size_t n,
                             orr_frame *frame, orr_arena *arena, orr_error *e) {
  size_t at;
  ORR_TRY(orr_table_column(t, m->target, &at, e));
  if (m->task == ORR_CLASSIFICATION) {
    int32_t *label;
    ORR_TRY(orr_classes_label(&m->classes, t, at, rows, n, arena, &label, e));
    frame->label = label;
    frame->classes = m->classes.count;
    return ORR_OK;
  }
  double *y;
  ORR_TAKE(arena, y, n, e);
  for (size_t i = 0; i < n; i++) {
    y[i] = orr_column_number(t->columns[at], rows[i]);
    if (!isfinite(y[i]))
      return orr_fail(e, ORR_DATA, "target '%s' is not finite in row %lld", m->target,
                      (long long)orr_table_input_row(t, rows[i]));
  }
  frame->y = y;
  return ORR_OK;
}

/* The numbers as they are in the table, for a loss that asks for them. */
static orr_status look_at(const orr_training *t, const size_t *rows, size_t n, orr_frame *frame,
                          orr_arena *arena, orr_error *e) {
  ORR_TRY(orr_matrix_take(arena, n, t->n_looked_at, &frame->row, e));
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < t->n_looked_at; k++) {
      const orr_column *c = t->table->columns[t->looked_at[k]];
      double x = orr_matrix_row(&frame->row, i)[k] = orr_column_number(c, rows[i]);
      if (isfinite(x)) continue;
      return orr_fail(e, ORR_DATA, "the loss looks at '%s', which is not a finite number in row %lld",
                      c->name, (long long)orr_table_input_row(t->table, rows[i]));
    }
  return ORR_OK;
}

static orr_status frame_of(const orr_kept *m, const orr_training *t, const size_t *rows, size_t n,
                           orr_frame *frame, orr_arena *arena, orr_error *e) {
  size_t unseen;
  double *weight;
  *frame = (orr_frame){.names = m->encoder.names, .levels = m->encoder.levels};
  ORR_TRY(orr_encoder_apply(&m->encoder, t->table, rows, n, t->work, arena, &frame->x, &unseen, e));
  if (m->target) ORR_TRY(targets_of(m, t->table, rows, n, frame, arena, e));
  ORR_TRY(orr_weights_of(t->table, t->weight, rows, n, t->absolute_weights, m->family->takes_negative_weights,
                         arena, &weight, e));
  frame->weight = weight;
  return t->n_looked_at ? look_at(t, rows, n, frame, arena, e) : ORR_OK;
}

/* A validation row of a class that training never saw cannot be scored: it is left out. */
static orr_status validation_rows(const orr_kept *m, const orr_training *t, size_t **rows, size_t *n,
                                  orr_arena *arena, orr_error *e) {
  size_t at;
  int32_t *label = NULL;
  ORR_TAKE(arena, *rows, t->n_validation, e);
  if (m->target) ORR_TRY(orr_table_column(t->table, m->target, &at, e));
  if (m->task == ORR_CLASSIFICATION)
    ORR_TRY(orr_classes_label(&m->classes, t->table, at, t->validation, t->n_validation, arena, &label, e));
  *n = 0;
  for (size_t i = 0; i < t->n_validation; i++)
    if (!label || label[i] != ORR_NO_LABEL) (*rows)[(*n)++] = t->validation[i];
  return ORR_OK;
}

/* Of two classes the sought one is the second: precision, recall and the like are its own. */
static orr_status seek(orr_classes *c, const char *positive, orr_error *e) {
  const char **names = (const char **)c->names, *first = names[0];
  if (c->count != 2)
    return orr_fail(e, ORR_USAGE, "positive = '%.60s' is for two classes, and there are %zu", positive,
                    c->count);
  if (!strcmp(names[1], positive)) return ORR_OK;
  if (strcmp(first, positive))
    return orr_fail(e, ORR_USAGE, "positive = '%.60s' is no class; they are '%.60s' and '%.60s'", positive,
                    first, names[1]);
  names[0] = names[1];
  names[1] = first;
  return ORR_OK;
}

static orr_status describe(orr_kept *m, const orr_training *t, orr_error *e) {
  size_t at;
  m->task = t->task;
  m->family = t->family;
  if (t->table->derivations && !(m->derivations = orr_arena_strdup(&m->arena, t->table->derivations)))
    return orr_fail_memory(e, "derivations", 0);
  if (t->task == ORR_LATENT) return ORR_OK;
  ORR_TRY(orr_table_column(t->table, t->target, &at, e));
  if (!(m->target = orr_arena_strdup(&m->arena, t->target))) return orr_fail_memory(e, "a name", 0);
  if (t->task == ORR_CLASSIFICATION) {
    ORR_TRY(orr_classes_find(t->table, at, t->train, t->n_train, &m->arena, &m->classes, e));
    return t->positive ? seek(&m->classes, t->positive, e) : ORR_OK;
  }
  if (orr_column_is_numeric(t->table->columns[at])) return ORR_OK;
  return orr_fail(e, ORR_DATA,
                  "target '%s' is text; regression needs numbers: try the recipe 'classification'",
                  t->target);
}

static orr_status fit(orr_kept *m, const orr_training *t, orr_fit_outcome *outcome, orr_arena *arena,
                      orr_error *e) {
  orr_frame train, validation;
  size_t *rows, n;
  ORR_TRY(describe(m, t, e));
  orr_encoder_spec spec = {.columns = t->features,
                           .n_columns = t->n_features,
                           .impute = t->family->needs & ORR_NEEDS_IMPUTED,
                           .scale = t->family->needs & ORR_NEEDS_SCALED,
                           .text = t->encode_text};
  if (t->family->needs & ORR_LEARNS_CATEGORIES)
    spec.most_columns = (size_t)orr_options_integer(t->options, "embedding");
  ORR_TRY(orr_encoder_fit(&m->encoder, t->table, &spec, t->train, t->n_train, t->work, e));
  ORR_TRY(frame_of(m, t, t->train, t->n_train, &train, arena, e));
  ORR_TRY(validation_rows(m, t, &rows, &n, arena, e));
  ORR_TRY(frame_of(m, t, rows, n, &validation, arena, e));
  orr_fit_input in = {.task = t->task,
                      .train = &train,
                      .validation = n ? &validation : NULL,
                      .options = t->options,
                      .seed = t->seed,
                      .stop_step = t->stop_step,
                      .work = t->work,
                      .arena = arena};
  if (t->family->fit) return t->family->fit(&in, &m->store, outcome, e);
  if (t->fit_learner) return t->fit_learner(t->fit_learner_context, t->family, &in, &m->store, outcome, e);
  return orr_fail(e, ORR_USAGE, "%s is a network; there is no trainer at hand", t->family->name);
}

orr_status orr_kept_train(orr_kept *out, const orr_training *t, orr_fit_outcome *outcome, orr_error *e) {
  orr_arena scratch = {0};
  *out = (orr_kept){0};
  *outcome = (orr_fit_outcome){0};
  orr_status status = fit(out, t, outcome, &scratch, e);
  if (!status && out->task == ORR_LATENT) status = orr_kept_check(out, e);
  orr_arena_fini(&scratch);
  if (status) orr_kept_fini(out);
  return status;
}

void orr_kept_fini(orr_kept *m) {
  orr_encoder_fini(&m->encoder);
  orr_store_fini(&m->store);
  orr_arena_fini(&m->arena);
  *m = (orr_kept){0};
}

static orr_status predict_spread(const orr_kept *m, const orr_matrix *x, const orr_work *work,
                                 orr_arena *arena, orr_prediction *out, orr_error *e) {
  ORR_TAKE(arena, out->mean, x->rows, e);
  ORR_TAKE(arena, out->sd, x->rows, e);
  if (x->rows) ORR_TRY(m->family->predict_spread(&m->store, x, out->mean, out->sd, work, e));
  if (x->rows && isnan(out->sd[0])) out->sd = NULL;
  return ORR_OK;
}

orr_status orr_kept_check(orr_kept *m, orr_error *e) {
  size_t k = m->task == ORR_CLASSIFICATION ? m->classes.count : 1;
  if (m->family->density) return m->family->density->check(&m->store, m->encoder.width, 0, &m->latent, e);
  return m->family->check(&m->store, m->task, m->encoder.width, k, e);
}

static orr_status encode(const orr_kept *m, const orr_matrix *x, const orr_work *work, orr_arena *arena,
                         orr_prediction *out, orr_error *e) {
  ORR_TAKE(arena, out->code, x->rows * m->latent, e);
  return x->rows ? m->family->density->encode(&m->store, x, NULL, out->code, work, e) : ORR_OK;
}

orr_status orr_kept_predict_encoded(const orr_kept *m, const orr_matrix *x, const orr_work *work,
                                    orr_arena *arena, orr_prediction *out, orr_error *e) {
  double *values;
  size_t k = m->task == ORR_CLASSIFICATION ? m->classes.count : 1;
  *out = (orr_prediction){.n = x->rows};
  if (m->task == ORR_LATENT) return encode(m, x, work, arena, out, e);
  if (m->task == ORR_REGRESSION && m->family->predict_spread)
    return predict_spread(m, x, work, arena, out, e);
  ORR_TAKE(arena, values, x->rows * k, e);
  if (x->rows) ORR_TRY(m->family->predict(&m->store, m->task, x, k, values, work, e));
  *(m->task == ORR_CLASSIFICATION ? &out->probability : &out->mean) = values;
  return ORR_OK;
}

orr_status orr_kept_predict(const orr_kept *m, const orr_table *t, const size_t *rows, size_t n,
                            const orr_work *work, orr_arena *arena, orr_prediction *out, orr_error *e) {
  orr_matrix x;
  size_t unseen;
  ORR_TRY(orr_encoder_apply(&m->encoder, t, rows, n, work, arena, &x, &unseen, e));
  ORR_TRY(orr_kept_predict_encoded(m, &x, work, arena, out, e));
  out->unseen = unseen;
  return ORR_OK;
}
