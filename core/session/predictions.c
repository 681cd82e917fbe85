/* Predictions as a CSV table; see predictions.h. */
#include "session/predictions.h"

#include <math.h>
#include <string.h>

#include "data/csv.h"

static void add_number(orr_text *out, double x) {
  orr_text_add(out, ",");
  if (isfinite(x)) orr_text_add_number(out, x);
}

static void add_text(orr_text *out, const char *s) {
  orr_text_add(out, ",");
  orr_csv_add_cell(out, s);
}

static void add_header(const orr_predictions_spec *p, bool has_target, orr_text *out) {
  const orr_kept *m = p->model;
  orr_text name = {0};
  orr_text_add(out, "row");
  for (size_t i = 0; i < p->n_keep; i++) add_text(out, p->table->columns[p->keep[i]]->name);
  if (has_target) add_text(out, m->target);
  if (m->task == ORR_REGRESSION) orr_text_add(out, ",mean,sd");
  else orr_text_add(out, ",prediction");
  if (m->task == ORR_REGRESSION && m->level > 0) orr_text_add(out, ",lower,upper");
  for (size_t k = 0; k < m->classes.count; k++) {
    name.length = 0;
    orr_text_printf(&name, "p.%s", m->classes.names[k]);
    add_text(out, orr_text_get(&name));
  }
  orr_text_fini(&name);
  orr_text_add(out, "\n");
}

static void add_classes(const orr_kept *m, const double *p, orr_text *out) {
  size_t best = 0;
  for (size_t k = 1; k < m->classes.count; k++)
    if (p[k] > p[best]) best = k;
  add_text(out, m->classes.names[best]);
  for (size_t k = 0; k < m->classes.count; k++) add_number(out, p[k]);
}

/* From rows held back where the model was calibrated, else the family's own word, where it keeps one. */
static double residual_sd(const orr_kept *m) {
  if (m->level > 0) return m->spread;
  const orr_tensor *t = orr_store_find(&m->store, "residual_sd");
  return t && t->dtype == ORR_F64 && t->count == 1 ? t->f64[0] : NAN;
}

static void add_mean(const orr_kept *m, double mean, double sd, orr_text *out) {
  add_number(out, mean);
  add_number(out, sd);
  if (!(m->level > 0)) return;
  add_number(out, mean - m->radius);
  add_number(out, mean + m->radius);
}

orr_status orr_predictions_print(const orr_predictions_spec *p, const orr_work *work, orr_text *out,
                                 size_t *unseen, orr_error *e) {
  orr_arena arena = {0};
  orr_prediction said;
  char buffer[64];
  const orr_kept *m = p->model;
  int target = orr_table_find(p->table, m->target);
  orr_status status = orr_kept_predict(m, p->table, p->rows, p->n, work, &arena, &said, e);
  double sd = residual_sd(m);
  if (!status) add_header(p, target >= 0, out);
  for (size_t i = 0; i < p->n && !status; i++) {
    orr_text_printf(out, "%lld", (long long)orr_table_input_row(p->table, p->rows[i]));
    for (size_t j = 0; j < p->n_keep; j++)
      add_text(out, orr_column_text(p->table->columns[p->keep[j]], p->rows[i], buffer, sizeof buffer));
    if (target >= 0)
      add_text(out, orr_column_text(p->table->columns[target], p->rows[i], buffer, sizeof buffer));
    if (m->task == ORR_REGRESSION) add_mean(m, said.mean[i], sd, out);
    else add_classes(m, said.probability + i * m->classes.count, out);
    orr_text_add(out, "\n");
    if (i % 4096 == 0) status = orr_progress_step(work, "writing predictions", i, p->n, e);
  }
  *unseen = status ? 0 : said.unseen;
  orr_arena_fini(&arena);
  return status ? status : orr_text_check(out, e);
}

orr_status orr_predictions_keep(const orr_table *t, const orr_value *names, orr_arena *arena, size_t **keep,
                                size_t *n, orr_error *e) {
  *n = names && names->kind == ORR_LIST ? names->count : 0;
  ORR_TAKE(arena, *keep, *n, e);
  for (size_t i = 0; i < *n; i++)
    if (orr_table_column(t, names->items[i].string, &(*keep)[i], e)) return orr_fail_in(e, "keep");
  return ORR_OK;
}
