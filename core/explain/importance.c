/* Permutation importance; see importance.h. */
#include "explain/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "explain/correlated.h"
#include "metric/score.h"
#include "num/statistics.h"

enum { REPEATS = 10, MOST_ROWS = 5000, LEAST_ROWS = 2, NAMED = 3 };

/* A score is a mean of losses over rows, or a function of the mean squared error. */
typedef enum kind { OF_ROWS, ROOT, SHARE } kind;

typedef struct measuring {
  const orr_importance_spec *spec;
  const orr_work *work;
  orr_arena *arena;
  orr_asked asked;
  kind kind;
  double sign; /* worse is above 0 */
  const orr_score *score;
  orr_evaluation truth; /* without predictions */
  const double *weight; /* [n] of mean one */
  double variance;      /* of the target */
  double *base;         /* [n] losses as they are */
  double base_mean;
  size_t repeats;
  uint32_t *ring; /* [repeats,n]: where a row takes its cells from */
} measuring;

/* --- Scores ------------------------------------------------------------------------ */

static orr_status find_score(measuring *m, orr_error *e) {
  bool classify = m->spec->model->task == ORR_CLASSIFICATION;
  const char *name = m->spec->score;
  if (!name) name = classify ? "log_loss" : "rmse";
  m->score = orr_score_find(name);
  m->kind = !strcmp(name, "rmse") ? ROOT : !strcmp(name, "r2") ? SHARE : OF_ROWS;
  bool known = m->score && m->score->tasks & m->spec->model->task && !m->score->needs_interval &&
               (m->score->of_row || m->kind != OF_ROWS);
  if (!known)
    return orr_fail(e, ORR_USAGE, "score = '%.60s': importance is measured by %s", name,
                    classify ? "log_loss, brier or accuracy" : "rmse, mae or r2");
  m->sign = m->score->lower_is_better || m->kind != OF_ROWS ? 1 : -1;
  return ORR_OK;
}

static double of_mean(const measuring *m, double mean) {
  return m->kind == ROOT ? sqrt(mean) : m->kind == SHARE ? mean / m->variance : mean;
}

/* d of_mean / d mean */
static double slope(const measuring *m, double mean) {
  return m->kind == ROOT ? mean > 0 ? 0.5 / sqrt(mean) : 0 : m->kind == SHARE ? 1 / m->variance : 1;
}

/* loss[n] of predictions p of the rows; signed so that more is worse. */
static void losses(const measuring *m, const double *p, double *loss) {
  orr_evaluation v = m->truth;
  *(v.task == ORR_CLASSIFICATION ? &v.probability : &v.mean) = p;
  for (size_t i = 0; i < v.n; i++) {
    double miss = m->kind == OF_ROWS ? 0 : p[i] - v.truth[i];
    loss[i] = m->kind == OF_ROWS ? m->sign * m->score->of_row(&v, i) : miss * miss;
  }
}

static double weighted_mean(const measuring *m, const double *x) {
  return orr_mean(x, m->weight, m->truth.n);
}

/* One standard error of a weighted mean of x about 0, which has mean 0. */
static double error_of(const measuring *m, const double *x) {
  orr_sum squares = {0};
  double n = (double)m->truth.n;
  for (size_t i = 0; i < m->truth.n; i++) {
    double w = (m->weight ? m->weight[i] : 1) * x[i];
    orr_sum_add(&squares, w * w);
  }
  return sqrt(n / (n - 1) * orr_sum_get(&squares)) / n;
}

/* --- Rows ---------------------------------------------------------------------------- */

static orr_status labelled(measuring *m, size_t **rows, size_t *n, orr_error *e) {
  const orr_importance_spec *s = m->spec;
  size_t target, weight = 0, kept = 0;
  int32_t *label;
  ORR_TRY(orr_table_column(s->table, s->model->target, &target, e));
  if (s->weight) ORR_TRY(orr_table_column(s->table, s->weight, &weight, e));
  ORR_TRY(
      orr_target_rows(s->table, target, s->weight ? (int)weight : -1, s->rows, s->n, m->arena, rows, n, e));
  if (s->model->task == ORR_CLASSIFICATION) {
    ORR_TRY(orr_classes_label(&s->model->classes, s->table, target, *rows, *n, m->arena, &label, e));
    for (size_t i = 0; i < *n; i++)
      if (label[i] != ORR_NO_LABEL) (*rows)[kept++] = (*rows)[i];
    *n = kept;
  }
  if (*n >= LEAST_ROWS) return ORR_OK;
  return orr_fail(e, ORR_DATA, "importance needs at least %d rows with a known '%s'; there are %zu",
                  LEAST_ROWS, s->model->target, *n);
}

static orr_status truths(measuring *m, orr_error *e) {
  const orr_importance_spec *s = m->spec;
  const orr_asked *a = &m->asked;
  size_t at;
  ORR_TRY(orr_table_column(s->table, s->model->target, &at, e));
  m->truth = (orr_evaluation){.task = s->model->task,
                              .n = a->n,
                              .classes = s->model->classes.count,
                              .class_names = s->model->classes.names};
  if (s->model->task == ORR_CLASSIFICATION)
    return orr_classes_label(&s->model->classes, s->table, at, a->rows, a->n, m->arena,
                             (int32_t **)&m->truth.label, e);
  double *y;
  ORR_TAKE(m->arena, y, a->n, e);
  for (size_t i = 0; i < a->n; i++) y[i] = orr_column_number(s->table->columns[at], a->rows[i]);
  m->truth.truth = y;
  double sd = orr_standard_deviation(y, m->weight, a->n, orr_mean(y, m->weight, a->n));
  m->variance = sd * sd;
  if (m->kind == SHARE && !(m->variance > 0))
    return orr_fail(e, ORR_DATA, "'%s' does not vary over these rows, so R² is not known; try score = rmse",
                    s->model->target);
  return ORR_OK;
}

static orr_status weights(measuring *m, orr_error *e) {
  double *w;
  size_t at, n = m->asked.n;
  if (!m->spec->weight) return ORR_OK;
  ORR_TRY(orr_table_column(m->spec->table, m->spec->weight, &at, e));
  ORR_TRY(orr_weights_of(m->spec->table, (int)at, m->asked.rows, n, m->spec->absolute_weights, true, m->arena,
                         &w, e));
  double total = orr_sum_of(w, n);
  for (size_t i = 0; i < n; i++) w[i] *= (double)n / total;
  m->weight = w;
  return ORR_OK;
}

static orr_status draw_rings(measuring *m, orr_error *e) {
  size_t n = m->asked.n, *order;
  ORR_TAKE(m->arena, m->ring, m->repeats * n, e);
  ORR_TAKE(m->arena, order, n, e);
  for (size_t r = 0; r < m->repeats; r++) {
    orr_random random = orr_random_stream(m->spec->seed, r, ORR_FOR_ORDER);
    for (size_t i = 0; i < n; i++) order[i] = i;
    orr_random_shuffle(&random, order, n);
    for (size_t i = 0; i < n; i++) m->ring[r * n + order[i]] = (uint32_t)order[(i + 1) % n];
  }
  return ORR_OK;
}

/* --- One column or group --------------------------------------------------------------- */

typedef struct scratch {
  orr_matrix x;         /* [copies * n, width] */
  double *loss, *worse; /* [n] of a repeat; what it is above the base, mean over repeats */
  double *drop;         /* [repeats] */
  size_t copies;
} scratch;

static void fill(const measuring *m, const scratch *s, const size_t *columns, size_t n_columns, size_t first,
                 size_t copies) {
  const orr_encoder *c = &m->spec->model->encoder;
  size_t n = m->asked.n;
  for (size_t r = 0; r < copies; r++) {
    double *to = orr_matrix_row(&s->x, r * n);
    memcpy(to, m->asked.x.x, n * c->width * sizeof *to);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n_columns; j++)
        orr_asked_copy(c, columns[j], orr_matrix_row(&m->asked.x, m->ring[(first + r) * n + i]),
                       to + i * c->width);
  }
}

/* Rows' losses under the permutations are averaged, so that their spread over rows holds a share of the repeats'. */
static orr_status permute(const measuring *m, scratch *s, const size_t *columns, size_t n_columns,
                          orr_error *e) {
  size_t n = m->asked.n, k = m->truth.task == ORR_CLASSIFICATION ? m->truth.classes : 1;
  memset(s->worse, 0, n * sizeof *s->worse);
  for (size_t first = 0; first < m->repeats; first += s->copies) {
    orr_arena arena = {0};
    orr_prediction p;
    size_t copies = m->repeats - first < s->copies ? m->repeats - first : s->copies;
    fill(m, s, columns, n_columns, first, copies);
    orr_matrix x = {copies * n, s->x.cols, s->x.x};
    orr_status status = orr_kept_predict_encoded(m->spec->model, &x, m->work, &arena, &p, e);
    for (size_t r = 0; !status && r < copies; r++) {
      losses(m, (p.mean ? p.mean : p.probability) + r * n * k, s->loss);
      s->drop[first + r] = of_mean(m, weighted_mean(m, s->loss)) - of_mean(m, m->base_mean);
      for (size_t i = 0; i < n; i++) s->worse[i] += (s->loss[i] - m->base[i]) / (double)m->repeats;
    }
    orr_arena_fini(&arena);
    ORR_TRY(status);
  }
  return ORR_OK;
}

/* By the delta method over rows: d = f'(mean) (loss - mean) - f'(base mean) (base loss - base mean). */
static void conclude(const measuring *m, scratch *s, orr_important *out) {
  double mean = m->base_mean + weighted_mean(m, s->worse), steep = slope(m, mean),
         steep_base = slope(m, m->base_mean);
  out->value = orr_mean(s->drop, NULL, m->repeats);
  for (size_t i = 0; i < m->asked.n; i++)
    s->worse[i] = steep * (m->base[i] + s->worse[i] - mean) - steep_base * (m->base[i] - m->base_mean);
  out->error_rows = error_of(m, s->worse);
  out->error_repeats = orr_sample_deviation(s->drop, m->repeats) / sqrt((double)m->repeats);
  out->error = hypot(out->error_rows, out->error_repeats);
}

/* --- All of them ------------------------------------------------------------------------- */

static orr_status name_group(orr_important *g, orr_arena *arena, orr_error *e) {
  orr_text t = {0};
  for (size_t i = 0; i < g->n_columns && i < NAMED; i++)
    orr_text_printf(&t, "%s%s", i ? "+" : "", g->columns[i]);
  if (g->n_columns > NAMED) orr_text_printf(&t, "+%zu more", g->n_columns - NAMED);
  g->name = t.failed ? NULL : orr_arena_strdup(arena, orr_text_get(&t));
  orr_text_fini(&t);
  return g->name ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static int descending(const void *a, const void *b) {
  const orr_important *x = a, *y = b;
  if (x->value != y->value) return x->value > y->value ? -1 : 1;
  return strcmp(x->name, y->name);
}

static orr_status measure_one(const measuring *m, scratch *s, const size_t *columns, size_t n,
                              orr_important *out, orr_error *e) {
  const char **names;
  ORR_TAKE(m->arena, names, n, e);
  for (size_t j = 0; j < n; j++) names[j] = m->spec->model->encoder.columns[columns[j]].name;
  out->columns = names;
  out->n_columns = n;
  ORR_TRY(name_group(out, m->arena, e));
  ORR_TRY(permute(m, s, columns, n, e));
  conclude(m, s, out);
  return ORR_OK;
}

/* group[n_columns] of the encoder's columns. */
static orr_status find_groups(const measuring *m, size_t *group, size_t *n_groups, orr_error *e) {
  const orr_encoder *c = &m->spec->model->encoder;
  double above = m->spec->correlation > 0 ? m->spec->correlation : 0.9;
  size_t *columns;
  ORR_TAKE(m->arena, columns, c->n_columns, e);
  for (size_t j = 0; j < c->n_columns; j++)
    ORR_TRY(orr_table_column(m->spec->table, c->columns[j].name, &columns[j], e));
  return orr_correlated_groups(m->spec->table, columns, c->n_columns, m->asked.rows, m->asked.n, above,
                               m->work, m->arena, group, n_groups, e);
}

static orr_status measure_groups(const measuring *m, scratch *s, orr_importance *out, orr_error *e) {
  size_t d = out->n_columns, n_groups, *group, *members;
  ORR_TAKE(m->arena, group, d, e);
  ORR_TAKE(m->arena, members, d, e);
  ORR_TRY(find_groups(m, group, &n_groups, e));
  ORR_TAKE(m->arena, out->groups, n_groups, e);
  for (size_t g = 0; g < n_groups; g++) {
    size_t n = 0;
    for (size_t j = 0; j < d; j++)
      if (group[j] == g) members[n++] = j;
    if (n < 2) continue;
    ORR_TRY(orr_progress_step(m->work, "importance", d + g, d + n_groups, e));
    ORR_TRY(measure_one(m, s, members, n, &out->groups[out->n_groups++], e));
  }
  qsort(out->groups, out->n_groups, sizeof *out->groups, descending);
  return ORR_OK;
}

static void note_groups(orr_importance *out) {
  for (size_t g = 0; g < out->n_groups; g++)
    for (size_t j = 0; j < out->n_columns; j++)
      for (size_t i = 0; i < out->groups[g].n_columns; i++)
        if (out->groups[g].columns[i] == out->columns[j].columns[0]) out->columns[j].group = g + 1;
}

static orr_status measure_base(measuring *m, orr_importance *out, orr_error *e) {
  orr_prediction p;
  double *apart;
  size_t n = m->asked.n;
  ORR_TAKE(m->arena, m->base, n, e);
  ORR_TAKE(m->arena, apart, n, e);
  ORR_TRY(orr_kept_predict_encoded(m->spec->model, &m->asked.x, m->work, m->arena, &p, e));
  losses(m, p.mean ? p.mean : p.probability, m->base);
  m->base_mean = weighted_mean(m, m->base);
  for (size_t i = 0; i < n; i++) apart[i] = slope(m, m->base_mean) * (m->base[i] - m->base_mean);
  double value = of_mean(m, m->base_mean);
  out->base = m->kind == SHARE ? 1 - value : m->sign * value;
  out->base_error = error_of(m, apart);
  if (isfinite(value)) return ORR_OK;
  return orr_fail(e, ORR_NUMERIC, "the model's %s on these rows is not finite", m->score->title);
}

static orr_status measure_columns(const measuring *m, orr_importance *out, orr_error *e) {
  const orr_encoder *c = &m->spec->model->encoder;
  scratch s = {.copies = orr_asked_copies(c, m->asked.n, m->repeats)};
  ORR_TRY(orr_matrix_take(m->arena, s.copies * m->asked.n, c->width, &s.x, e));
  ORR_TAKE(m->arena, s.loss, m->asked.n, e);
  ORR_TAKE(m->arena, s.worse, m->asked.n, e);
  ORR_TAKE(m->arena, s.drop, m->repeats, e);
  ORR_TAKE(m->arena, out->columns, c->n_columns, e);
  for (size_t j = 0; j < c->n_columns; j++) {
    ORR_TRY(orr_progress_step(m->work, "importance", j, c->n_columns, e));
    ORR_TRY(measure_one(m, &s, &j, 1, &out->columns[out->n_columns++], e));
  }
  qsort(out->columns, out->n_columns, sizeof *out->columns, descending);
  if (!(m->spec->correlation >= 1)) ORR_TRY(measure_groups(m, &s, out, e));
  note_groups(out);
  return ORR_OK;
}

orr_status orr_importance_measure(const orr_importance_spec *spec, const orr_work *work, orr_arena *arena,
                                  orr_importance *out, orr_error *e) {
  measuring m = {
      .spec = spec, .work = work, .arena = arena, .repeats = spec->repeats ? spec->repeats : REPEATS};
  size_t *rows, n;
  if (spec->model->task != ORR_CLASSIFICATION && spec->model->task != ORR_REGRESSION)
    return orr_fail(e, ORR_USAGE, "importance needs a model of a target; this one is %s",
                    spec->model->family->name);
  ORR_TRY(find_score(&m, e));
  ORR_TRY(labelled(&m, &rows, &n, e));
  ORR_TRY(orr_asked_init(&m.asked, spec->model, spec->table, rows, n,
                         spec->most_rows ? spec->most_rows : MOST_ROWS, spec->seed, work, arena, e));
  ORR_TRY(weights(&m, e));
  ORR_TRY(truths(&m, e));
  ORR_TRY(draw_rings(&m, e));
  *out = (orr_importance){
      .score = m.score->name, .score_title = m.score->title, .n = m.asked.n, .of = n, .repeats = m.repeats};
  ORR_TRY(measure_base(&m, out, e));
  return measure_columns(&m, out, e);
}
