/* Questions to a model: which columns it needs, how its answer moves along one,
 * and why it says this of a row. They look at fewer rows than o.explain does, for
 * somebody is waiting; those the model has learnt from are left out where enough
 * others are there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/workbench/asking.h"
#include "explain/dependence.h"
#include "explain/importance.h"
#include "explain/shapley.h"
#include "num/statistics.h"
#include "plot/kind.h"

enum { MOST_ROWS = 2000, MOST_BACKGROUND = 200, FEWEST = 50, REPEATS = 5, MOST_SAID = 8 };

static orr_status need_model(const orr_question *q, orr_error *e) {
  if (!q->fit) return orr_fail(e, ORR_USAGE, "there is no model yet; fit one first");
  if (!q->table) return orr_fail(e, ORR_USAGE, "the table it learnt from is gone; make it again");
  if (q->fit->members[0].task != ORR_LATENT) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s has no answer to explain; move through its space instead",
                  q->fit->members[0].family->title);
}

static bool is_learnt(const orr_fit_object *f, int64_t row) {
  return bsearch(&row, f->trained, f->n_train, sizeof row, orr_by_integer) != NULL;
}

/* Rows of the table that it did not learn from; all of them where too few are left, or where they are of another file. */
static orr_status pick_rows(const orr_inquiry *asked, orr_rows *out, orr_error *e) {
  const orr_question *q = asked->q;
  const orr_table *t = q->table;
  bool same = q->fit->origin.high == t->origin.high && q->fit->origin.low == t->origin.low;
  ORR_TAKE(&asked->out->arena, out->index, t->rows, e);
  out->n = 0;
  for (size_t i = 0; same && i < t->rows; i++)
    if (!is_learnt(q->fit, orr_table_input_row(t, i))) out->index[out->n++] = i;
  if (out->n >= FEWEST) return ORR_OK;
  out->n = t->rows;
  for (size_t i = 0; i < t->rows; i++) out->index[i] = i;
  return ORR_OK;
}

static orr_plot_input figure_of(const orr_inquiry *asked, const orr_rows *rows) {
  const orr_kept *kept = &asked->q->fit->members[0];
  return (orr_plot_input){.kept = kept,
                          .model = kept->family->name,
                          .table = asked->q->table,
                          .rows = rows->index,
                          .n_rows = rows->n,
                          .seed = asked->seed,
                          .work = &asked->work};
}

static orr_status draw(const orr_inquiry *asked, const orr_plot_kind *kind, const orr_plot_input *in,
                       orr_error *e) {
  orr_answer *out = asked->out;
  orr_figure_init(&out->figure, &out->arena, kind->name, "");
  ORR_TRY(kind->build(in, &out->figure, e));
  out->has_figure = true;
  return ORR_OK;
}

static orr_status take_list(orr_answer *out, size_t n, orr_error *e) {
  ORR_TAKE(&out->arena, out->names, n, e);
  ORR_TAKE(&out->arena, out->values, n, e);
  ORR_TAKE(&out->arena, out->errors, n, e);
  out->n = n;
  return ORR_OK;
}

/* ---- importance ---- */

orr_status orr_answer_importance(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  orr_answer *out = asked->out;
  orr_rows rows;
  orr_importance i;
  ORR_TRY(need_model(q, e));
  ORR_TRY(pick_rows(asked, &rows, e));
  orr_importance_spec spec = {.model = &q->fit->members[0],
                              .table = q->table,
                              .rows = rows.index,
                              .n = rows.n,
                              .weight = q->fit->weight,
                              .absolute_weights = q->fit->absolute_weights,
                              .repeats = REPEATS,
                              .most_rows = MOST_ROWS,
                              .seed = asked->seed};
  ORR_TRY(orr_importance_measure(&spec, &asked->work, &out->arena, &i, e));
  ORR_TRY(take_list(out, i.n_columns, e));
  for (size_t k = 0; k < i.n_columns; k++) {
    out->names[k] = i.columns[k].name;
    out->values[k] = i.columns[k].value;
    out->errors[k] = i.columns[k].error;
  }
  orr_plot_input in = figure_of(asked, &rows);
  in.importance = &i;
  return draw(asked, &orr_plot_importance, &in, e);
}

/* ---- dependence ---- */

orr_status orr_answer_dependence(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  orr_answer *out = asked->out;
  orr_rows rows;
  orr_dependence d;
  ORR_TRY(need_model(q, e));
  ORR_TRY(pick_rows(asked, &rows, e));
  orr_dependence_spec spec = {.model = &q->fit->members[0],
                              .table = q->table,
                              .rows = rows.index,
                              .n = rows.n,
                              .column = q->columns[0],
                              .class = ORR_ANY_CLASS,
                              .most_rows = MOST_ROWS,
                              .seed = asked->seed};
  ORR_TRY(orr_dependence_measure(&spec, &asked->work, &out->arena, &d, e));
  out->text = orr_arena_printf(&out->arena,
                               "Along %s the %s moves by %.3g ± %.2g (one standard deviation over %zu rows).",
                               d.column, d.response, d.strength, d.strength_error, d.n);
  if (!out->text) return orr_fail_memory(e, "a text", 0);
  orr_plot_input in = figure_of(asked, &rows);
  in.dependences = &d, in.n_dependences = 1;
  return draw(asked, &orr_plot_dependence, &in, e);
}

/* ---- why ---- */

/* "log-odds of yes is 1.2 (a probability of 0.77), 0.1 on average; in truth it is yes." and the largest shares. */
static orr_status say_why(const orr_inquiry *asked, const orr_shapley *h, orr_error *e) {
  const orr_question *q = asked->q;
  orr_text t = {0};
  char cell[64];
  int target = orr_table_find(q->table, q->fit->members[0].target);
  const char *truth = target < 0 ? "" : orr_column_text(q->table->columns[target], q->row, cell, sizeof cell);
  orr_text_add_inert(&t, h->response);
  orr_text_printf(&t, " is %.3g", h->answer[0]);
  if (h->scale == ORR_SHAPLEY_LOG_ODDS && !strncmp(h->response, "log-odds", 8))
    orr_text_printf(&t, " (a probability of %.3g)", 1 / (1 + exp(-h->answer[0])));
  orr_text_printf(&t, ", %.3g on average", h->base);
  if (*truth) orr_text_add(&t, "; in truth it is "), orr_text_add_inert(&t, truth);
  orr_text_add(&t, ".\n");
  for (size_t i = 0; i < h->n_columns && i < MOST_SAID; i++) {
    orr_shapley_say(h, 0, h->order[i], &t);
    orr_text_add(&t, "\n");
  }
  orr_status status = orr_text_check(&t, e);
  if (!status && !(asked->out->text = orr_arena_strdup(&asked->out->arena, orr_text_get(&t))))
    status = orr_fail_memory(e, "a text", t.length);
  orr_text_fini(&t);
  return status;
}

/* "mass = 3.2" */
static orr_status list_shares(orr_answer *out, const orr_shapley *h, orr_error *e) {
  ORR_TRY(take_list(out, h->n_columns, e));
  for (size_t i = 0; i < h->n_columns; i++) {
    size_t k = h->order[i];
    const char *cell = *h->cells[k] ? h->cells[k] : "missing";
    out->names[i] = orr_arena_printf(&out->arena, "%s = %s", h->names[k], cell);
    if (!out->names[i]) return orr_fail_memory(e, "a name", 0);
    out->values[i] = h->share[k];
    out->errors[i] = h->error[k];
  }
  return ORR_OK;
}

orr_status orr_answer_why(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  orr_rows rows;
  orr_shapley h;
  ORR_TRY(need_model(q, e));
  if (q->row >= q->table->rows) return orr_fail(e, ORR_USAGE, "the table has no row %zu", q->row);
  ORR_TRY(pick_rows(asked, &rows, e));
  orr_shapley_spec spec = {.model = &q->fit->members[0],
                           .table = q->table,
                           .rows = &q->row,
                           .n = 1,
                           .class = ORR_ANY_CLASS,
                           .seed = asked->seed};
  ORR_TRY(orr_draw_rows(rows.index, rows.n, MOST_BACKGROUND, asked->seed, &asked->out->arena,
                        &spec.background, &spec.n_background, e));
  ORR_TRY(orr_shapley_measure(&spec, &asked->work, &asked->out->arena, &h, e));
  ORR_TRY(list_shares(asked->out, &h, e));
  ORR_TRY(say_why(asked, &h, e));
  orr_plot_input in = figure_of(asked, &rows);
  in.shapley = &h;
  return draw(asked, &orr_plot_shapley, &in, e);
}
