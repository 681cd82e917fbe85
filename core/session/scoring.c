/* Scoring; see scoring.h. */
#include "session/scoring.h"

#include <math.h>
#include <stdlib.h>

#include "num/statistics.h"
#include "session/training.h"

/* Rows of a class the model never saw cannot be scored: they are left out, and said. */
static orr_status known_rows(orr_session *s, const orr_kept *m, const orr_table *t, orr_rows *rows,
                             int32_t **label, orr_arena *arena, orr_error *e) {
  size_t at, n = 0;
  ORR_TRY(orr_table_column(t, m->target, &at, e));
  ORR_TRY(orr_classes_label(&m->classes, t, at, rows->index, rows->n, arena, label, e));
  for (size_t i = 0; i < rows->n; i++)
    if ((*label)[i] != ORR_NO_LABEL) {
      (*label)[n] = (*label)[i];
      rows->index[n++] = rows->index[i];
    }
  if (n < rows->n)
    orr_session_note(s, "%zu rows are of a class that training never saw and are not scored", rows->n - n);
  rows->n = n;
  return ORR_OK;
}

static orr_status truths(const orr_kept *m, const orr_table *t, const orr_rows *rows, orr_arena *arena,
                         double **y, orr_error *e) {
  size_t at;
  ORR_TRY(orr_table_column(t, m->target, &at, e));
  ORR_TAKE(arena, *y, rows->n, e);
  for (size_t i = 0; i < rows->n; i++) (*y)[i] = orr_column_number(t->columns[at], rows->index[i]);
  return ORR_OK;
}

static orr_status add_interval(const orr_kept *m, orr_evaluation *v, orr_arena *arena, orr_error *e) {
  double *lower, *upper;
  if (!(m->level > 0)) return ORR_OK;
  ORR_TAKE(arena, lower, v->n, e);
  ORR_TAKE(arena, upper, v->n, e);
  for (size_t i = 0; i < v->n; i++) lower[i] = v->mean[i] - m->radius, upper[i] = v->mean[i] + m->radius;
  v->lower = lower, v->upper = upper, v->level = m->level;
  return ORR_OK;
}

static orr_status input_rows(const orr_table *t, const orr_rows *rows, orr_arena *arena, orr_evaluation *v,
                             orr_error *e) {
  int64_t *row;
  ORR_TAKE(arena, row, rows->n, e);
  for (size_t i = 0; i < rows->n; i++) row[i] = orr_table_input_row(t, rows->index[i]);
  v->row = row;
  return ORR_OK;
}

/* The evaluation may outlive the model. */
static orr_status copy_names(const orr_classes *c, orr_arena *arena, orr_evaluation *v, orr_error *e) {
  const char **names;
  ORR_TAKE(arena, names, c->count, e);
  for (size_t k = 0; k < c->count; k++)
    if (!(names[k] = orr_arena_strdup(arena, c->names[k]))) return orr_fail_memory(e, "a name", 0);
  v->class_names = names;
  v->classes = c->count;
  return ORR_OK;
}

orr_status orr_scoring_make(orr_session *s, const orr_fit_object *fit, size_t member, const orr_table *t,
                            const orr_rows *rows, orr_arena *arena, orr_evaluation *out, orr_error *e) {
  const orr_kept *m = &fit->members[member];
  orr_rows kept;
  int32_t *label = NULL;
  double *y = NULL, *weight;
  orr_prediction p;
  if (m->task == ORR_LATENT)
    return orr_fail(e, ORR_RECIPE, "%s has no target to be scored on; o.traverse says what its codes hold",
                    m->family->name);
  if (!rows->n)
    return orr_fail(e, ORR_DATA, "there are no rows to score; give the test part a share above 0");
  ORR_TRY(orr_training_rows(fit, t, m->target, rows, arena, &kept, e));
  if (m->task == ORR_CLASSIFICATION) ORR_TRY(known_rows(s, m, t, &kept, &label, arena, e));
  else ORR_TRY(truths(m, t, &kept, arena, &y, e));
  if (!kept.n)
    return orr_fail(e, ORR_DATA, "no row to score: none of %zu has a known value of '%s'", rows->n,
                    m->target);
  ORR_TRY(orr_kept_predict(m, t, kept.index, kept.n, &s->work, arena, &p, e));
  int w = fit->weight ? orr_table_find(t, fit->weight) : -1;
  ORR_TRY(orr_weights_of(t, w, kept.index, kept.n, fit->absolute_weights, true, arena, &weight, e));
  if (p.unseen && !member) orr_session_note(s, "%zu cells hold a category that training never saw", p.unseen);
  *out = (orr_evaluation){.task = m->task,
                          .n = kept.n,
                          .weight = weight,
                          .label = label,
                          .probability = p.probability,
                          .truth = y,
                          .mean = p.mean};
  ORR_TRY(copy_names(&m->classes, arena, out, e));
  ORR_TRY(input_rows(t, &kept, arena, out, e));
  ORR_TRY(add_interval(m, out, arena, e));
  return orr_evaluation_sort(out, arena, e);
}

size_t orr_scoring_seen(const orr_fit_object *fit, const orr_table *t, const orr_evaluation *v) {
  size_t seen = 0;
  bool same = fit->origin.high == t->origin.high && fit->origin.low == t->origin.low;
  if (!same || !(t->origin.high | t->origin.low)) return 0;
  for (size_t i = 0; i < v->n; i++)
    seen += bsearch(&v->row[i], fit->trained, fit->n_train, sizeof *fit->trained, orr_by_integer) != NULL;
  return seen;
}

static double value_of(const orr_score *score, const orr_evaluation *v, const double *ones) {
  const double *weight = v->weight ? v->weight : ones;
  if (score->of_all) return score->of_all(v, weight);
  orr_sum sum = {0}, total = {0};
  for (size_t i = 0; i < v->n; i++) {
    orr_sum_add(&sum, weight[i] * score->of_row(v, i));
    orr_sum_add(&total, weight[i]);
  }
  return orr_sum_get(&sum) / orr_sum_get(&total);
}

/* values[n scores, members] of one member. */
static orr_status score_member(orr_session *s, const orr_fit_object *fit, size_t member, const orr_table *t,
                               const orr_rows *rows, const orr_measured *measured, size_t n, double *values,
                               orr_error *e) {
  orr_arena arena = {0};
  orr_evaluation v;
  double *ones = NULL;
  orr_status status = orr_scoring_make(s, fit, member, t, rows, &arena, &v, e);
  if (!status) status = orr_arena_take(&arena, v.n, sizeof *ones, (void **)&ones, e);
  for (size_t i = 0; !status && i < v.n; i++) ones[i] = 1;
  for (size_t i = 0; !status && i < n; i++)
    values[i * fit->n_members + member] = value_of(measured[i].score, &v, ones);
  orr_arena_fini(&arena);
  return status;
}

/* To the last few bits: members that say the same may be summed to either side of a rounding. */
static bool all_equal(const double *x, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (fabs(x[i] - x[0]) > 1e-13 * fabs(x[0])) return false;
  return true;
}

orr_status orr_scoring_spread(orr_session *s, const orr_fit_object *fit, const orr_table *t,
                              const orr_rows *rows, const char *prefix, const orr_measured *measured,
                              size_t n, orr_error *e) {
  orr_arena arena = {0};
  double *values = NULL;
  size_t k = fit->n_members;
  if (k < 2) return ORR_OK;
  orr_status status = orr_arena_take(&arena, n * k, sizeof *values, (void **)&values, e);
  for (size_t m = 0; m < k && !status; m++) status = score_member(s, fit, m, t, rows, measured, n, values, e);
  for (size_t i = 0; i < n && !status; i++) {
    char *name = orr_arena_printf(&arena, "%s.seed_sd", measured[i].number.name);
    double sd = all_equal(values + i * k, k) ? 0 : orr_sample_deviation(values + i * k, k);
    orr_number number = {.name = name,
                         .value = sd,
                         .error = sd / sqrt(2.0 * (double)(k - 1)),
                         .n = (double)k,
                         .n_eff = (double)k,
                         .method = "seeds"};
    status = name ? orr_numbers_add(&s->numbers, prefix, &number, e) : orr_fail_memory(e, "a name", 0);
  }
  orr_arena_fini(&arena);
  return status;
}
