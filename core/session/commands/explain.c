/* o.explain { fit, by = "permutation", on = parts.test }: why a model answers as it does. */
#include <math.h>
#include <string.h>

#include "session/command.h"
#include "session/draw.h"
#include "session/report_explain.h"
#include "session/scoring.h"

enum { MOST_COLUMNS = 6, MOST_ROWS = 200 };

static const orr_option args[] = {
    {.name = "model", .type = ORR_TAKES_OBJECT, .required = true, .help = "a fit"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "rows it did not learn from: a part of a split, or a table"},
    {.name = "by",
     .type = ORR_TAKES_CHOICE,
     .fallback = "permutation",
     .choices = "permutation|dependence|interaction|shapley",
     .help = "which columns it needs; how the answer moves along a column; what two do together; why a row's "
             "answer"},
    {.name = "column", .type = ORR_TAKES_COLUMN, .help = "of a dependence; default: the most important ones"},
    {.name = "columns", .type = ORR_TAKES_TEXTS, .help = "several of them; of an interaction two"},
    {.name = "row",
     .type = ORR_TAKES_INTEGER,
     .least = 1,
     .most = 0x1p53,
     .help =
         "shapley: the row of the input to explain, from 1; without, the mean size of the shares over rows"},
    {.name = "worst",
     .type = ORR_TAKES_INTEGER,
     .least = 1,
     .most = 20,
     .help = "shapley: explain as many rows that the model gets most wrong"},
    {.name = "class",
     .type = ORR_TAKES_TEXT,
     .help = "whose probability is explained; default: the positive, or the likeliest"},
    {.name = "score",
     .type = ORR_TAKES_TEXT,
     .help = "permutation: log_loss, brier, accuracy; rmse, mae, r2"},
    {.name = "repeats",
     .type = ORR_TAKES_INTEGER,
     .fallback = "10",
     .least = 2,
     .most = 1000,
     .help = "permutations of each column"},
    {.name = "correlation",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.9",
     .least = 0.01,
     .most = 1,
     .help = "columns whose ranks are correlated above this are permuted together too; 1: none"},
    {.name = "samples",
     .type = ORR_TAKES_INTEGER,
     .least = 2,
     .most = 100000,
     .help = "shapley, where it is sampled: pairs of orders"},
    {.name = "most_rows",
     .type = ORR_TAKES_INTEGER,
     .least = 2,
     .most = 1e9,
     .help = "rows asked about, drawn at random"},
    {.name = "as",
     .type = ORR_TAKES_TEXT,
     .help = "a name for a further explanation: its numbers become model.NAME.*"},
    {.name = "name", .type = ORR_TAKES_TEXT, .help = "of the figure's files"},
};

typedef struct explaining {
  orr_session *session;
  const orr_call *call;
  const orr_fit_object *fit;
  const orr_kept *kept;
  orr_table *table;
  orr_rows rows;
  int class;
  size_t most_rows;
  const char *model, *name;
} explaining;

static orr_status prefix_of(const explaining *x, const char *stem, const char **prefix, orr_error *e) {
  const char *as = orr_options_text(&x->call->args, "as");
  *prefix = orr_explain_prefix(x->session, stem, x->fit->name, as, x->call->arena);
  return *prefix ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static orr_plot_input figure_of(const explaining *x) {
  return (orr_plot_input){.kept = x->kept,
                          .model = x->model,
                          .table = x->table,
                          .rows = x->rows.index,
                          .n_rows = x->rows.n,
                          .seed = x->session->config->seed,
                          .work = &x->session->work};
}

static orr_status measure_importance(const explaining *x, size_t repeats, size_t most_rows,
                                     double correlation, orr_importance *out, orr_error *e) {
  const orr_fit_object *f = x->fit;
  orr_importance_spec s = {.model = x->kept,
                           .table = x->table,
                           .rows = x->rows.index,
                           .n = x->rows.n,
                           .weight = f->weight,
                           .absolute_weights = f->absolute_weights,
                           .score = orr_options_text(&x->call->args, "score"),
                           .repeats = repeats,
                           .most_rows = most_rows,
                           .correlation = correlation,
                           .seed = x->session->config->seed};
  return orr_fail_as(e, ORR_USAGE, ORR_RECIPE,
                     orr_importance_measure(&s, &x->session->work, x->call->arena, out, e));
}

static orr_status permute(const explaining *x, orr_error *e) {
  const char *prefix;
  orr_importance i;
  const orr_options *o = &x->call->args;
  ORR_TRY(measure_importance(x, (size_t)orr_options_integer(o, "repeats"), x->most_rows,
                             orr_options_number(o, "correlation"), &i, e));
  ORR_TRY(prefix_of(x, "importance.", &prefix, e));
  ORR_TRY(orr_report_importance(x->session, prefix, x->model, &i, e));
  orr_plot_input in = figure_of(x);
  in.importance = &i;
  return orr_session_draw(x->session, &orr_plot_importance, &in, x->name, x->call->arena, e);
}

/* --- Dependence --------------------------------------------------------------------------- */

/* Those named, else the most important ones. */
static orr_status choose_columns(const explaining *x, const char **names, size_t *n, orr_error *e) {
  const orr_value *list = orr_options_get(&x->call->args, "columns");
  const char *one = orr_options_text(&x->call->args, "column");
  orr_importance i;
  *n = 0;
  if (one) names[(*n)++] = one;
  for (size_t j = 0; list->kind == ORR_LIST && j < list->count && *n < MOST_COLUMNS; j++)
    names[(*n)++] = list->items[j].string;
  if (*n) return ORR_OK;
  ORR_TRY(measure_importance(x, 3, 1000, 1, &i, e));
  for (size_t j = 0; j < i.n_columns && *n < MOST_COLUMNS; j++) names[(*n)++] = i.columns[j].name;
  return ORR_OK;
}

static orr_dependence_spec spec_of(const explaining *x, const char *column) {
  return (orr_dependence_spec){.model = x->kept,
                               .table = x->table,
                               .rows = x->rows.index,
                               .n = x->rows.n,
                               .column = column,
                               .class = x->class,
                               .most_rows = x->most_rows,
                               .seed = x->session->config->seed};
}

static orr_status depend(const explaining *x, orr_error *e) {
  const char *prefix;
  orr_dependence all[MOST_COLUMNS];
  const char *names[MOST_COLUMNS];
  size_t n, found = 0;
  bool named = orr_options_has(&x->call->args, "column") || orr_options_has(&x->call->args, "columns");
  ORR_TRY(choose_columns(x, names, &n, e));
  for (size_t j = 0; j < n; j++) {
    orr_dependence_spec s = spec_of(x, names[j]);
    orr_status status = orr_dependence_measure(&s, &x->session->work, x->call->arena, &all[found], e);
    if (status && (named || status != ORR_DATA)) return status;
    found += !status;
  }
  ORR_TRY(prefix_of(x, "dependence.", &prefix, e));
  ORR_TRY(orr_report_dependence(x->session, prefix, x->model, all, found, e));
  orr_plot_input in = figure_of(x);
  in.dependences = all, in.n_dependences = found;
  return found ? orr_session_draw(x->session, &orr_plot_dependence, &in, x->name, x->call->arena, e) : ORR_OK;
}

static bool is_text(const explaining *x, const char *name) {
  size_t column;
  if (orr_asked_column(x->kept, name, &column, NULL)) return false; /* said where it is asked about */
  return x->kept->encoder.columns[column].encoding != ORR_AS_NUMBER;
}

/* Of columns that were not named, the two most important of numbers; where there are none, there is nothing to say. */
static orr_status interact(const explaining *x, orr_error *e) {
  const char *prefix;
  const char *names[MOST_COLUMNS];
  orr_interaction i;
  size_t n, numbers = 0;
  bool named = orr_options_has(&x->call->args, "column") || orr_options_has(&x->call->args, "columns");
  ORR_TRY(choose_columns(x, names, &n, e));
  for (size_t j = 0; j < n; j++)
    if (named || !is_text(x, names[j])) names[numbers++] = names[j];
  if (numbers < 2 && named)
    return orr_fail(e, ORR_RECIPE, "an interaction is of two columns: columns = { \"a\", \"b\" }");
  if (numbers < 2) return ORR_OK;
  orr_dependence_spec s = spec_of(x, names[0]);
  orr_status status = orr_interaction_measure(&s, names[1], &x->session->work, x->call->arena, &i, e);
  if (status == ORR_DATA && !named) return ORR_OK;
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, status));
  ORR_TRY(prefix_of(x, "interaction.", &prefix, e));
  return orr_report_interaction(x->session, prefix, x->model, &i, e);
}

/* --- Shares ---------------------------------------------------------------------------------- */

static orr_status share(const explaining *x, const size_t *rows, size_t n, orr_shapley *out, orr_error *e) {
  orr_shapley_spec s = {.model = x->kept,
                        .table = x->table,
                        .rows = rows,
                        .n = n,
                        .background = x->rows.index,
                        .n_background = x->rows.n,
                        .class = x->class,
                        .samples = (size_t)orr_options_integer(&x->call->args, "samples"),
                        .seed = x->session->config->seed};
  return orr_shapley_measure(&s, &x->session->work, x->call->arena, out, e);
}

static orr_status explain_row(const explaining *x, size_t row, const char *name, orr_error *e) {
  const char *prefix;
  orr_shapley h;
  char buffer[64];
  int target = orr_table_find(x->table, x->kept->target);
  const char *truth =
      target < 0 ? NULL : orr_column_text(x->table->columns[target], row, buffer, sizeof buffer);
  ORR_TRY(share(x, &row, 1, &h, e));
  int64_t number = orr_table_input_row(x->table, row);
  char *stem = orr_arena_printf(x->call->arena, "shapley.row_%lld.", (long long)number);
  if (!stem) return orr_fail_memory(e, "a name", 0);
  ORR_TRY(prefix_of(x, stem, &prefix, e));
  ORR_TRY(orr_report_why(x->session, prefix, x->model, &h, number, truth && *truth ? truth : NULL, e));
  orr_plot_input in = figure_of(x);
  in.shapley = &h;
  if (!name && !(name = orr_arena_printf(x->call->arena, "why_row_%lld", (long long)number)))
    return orr_fail_memory(e, "a name", 0);
  return orr_session_draw(x->session, &orr_plot_shapley, &in, name, x->call->arena, e);
}

static orr_status find_row(const explaining *x, int64_t number, size_t *row, orr_error *e) {
  for (size_t i = 0; i < x->table->rows; i++)
    if (orr_table_input_row(x->table, i) == number) return *row = i, ORR_OK;
  return orr_fail(e, ORR_RECIPE, "row = %lld: the table has no such row of the input", (long long)number + 1);
}

static double wrongness(const orr_evaluation *v, size_t i) {
  return v->task == ORR_CLASSIFICATION ? -orr_probability(v, i, (size_t)v->label[i])
                                       : fabs(v->mean[i] - v->truth[i]);
}

static orr_status explain_worst(const explaining *x, size_t n, orr_error *e) {
  orr_evaluation v;
  bool *done;
  ORR_TRY(orr_scoring_make(x->session, x->fit, 0, x->table, &x->rows, x->call->arena, &v, e));
  ORR_TAKE(x->call->arena, done, v.n, e);
  for (size_t k = 0; k < n && k < v.n; k++) {
    size_t worst = v.n, row = 0;
    for (size_t i = 0; i < v.n; i++)
      if (!done[i] && (worst == v.n || wrongness(&v, i) > wrongness(&v, worst))) worst = i;
    done[worst] = true;
    ORR_TRY(find_row(x, v.row[worst], &row, e));
    ORR_TRY(explain_row(x, row, NULL, e));
  }
  return ORR_OK;
}

static orr_status explain_many(const explaining *x, orr_error *e) {
  const char *prefix;
  orr_shapley h;
  const size_t *rows;
  size_t n, most = x->most_rows ? x->most_rows : MOST_ROWS;
  ORR_TRY(
      orr_draw_rows(x->rows.index, x->rows.n, most, x->session->config->seed, x->call->arena, &rows, &n, e));
  ORR_TRY(share(x, rows, n, &h, e));
  ORR_TRY(prefix_of(x, "shapley.additivity", &prefix, e));
  ORR_TRY(orr_report_shares(x->session, prefix, x->model, &h, e));
  orr_plot_input in = figure_of(x);
  in.shapley = &h;
  return orr_session_draw(x->session, &orr_plot_shapley, &in, x->name, x->call->arena, e);
}

static orr_status share_out(const explaining *x, orr_error *e) {
  const orr_options *o = &x->call->args;
  size_t row = 0;
  if (orr_options_has(o, "worst")) return explain_worst(x, (size_t)orr_options_integer(o, "worst"), e);
  if (!orr_options_has(o, "row")) return explain_many(x, e);
  ORR_TRY(find_row(x, orr_options_integer(o, "row") - 1, &row, e));
  return explain_row(x, row, x->name, e);
}

/* --- The command ------------------------------------------------------------------------------ */

static orr_status find_class(explaining *x, orr_error *e) {
  const char *name = orr_options_text(&x->call->args, "class");
  x->class = ORR_ANY_CLASS;
  if (!name) return ORR_OK;
  for (size_t k = 0; k < x->kept->classes.count; k++)
    if (!strcmp(x->kept->classes.names[k], name)) return x->class = (int)k, ORR_OK;
  return orr_fail(e, ORR_RECIPE, "class = '%.60s': the model knows no such class", name);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *model;
  explaining x = {.session = s, .call = call, .name = orr_options_text(&call->args, "name")};
  const char *by = orr_options_text(&call->args, "by");
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e));
  ORR_TRY(orr_call_rows(s, call, "on", &x.table, &x.rows, e));
  x.fit = model->fit;
  x.kept = &model->fit->members[0];
  x.model = x.kept->family->name;
  x.most_rows = (size_t)orr_options_integer(&call->args, "most_rows");
  if (x.kept->task == ORR_LATENT)
    return orr_fail(e, ORR_RECIPE, "%s has no answer to explain; move through it with o.traverse", x.model);
  ORR_TRY(find_class(&x, e));
  if (!strcmp(by, "dependence")) return depend(&x, e);
  if (!strcmp(by, "interaction")) return interact(&x, e);
  return !strcmp(by, "shapley") ? share_out(&x, e) : permute(&x, e);
}

const orr_command orr_command_explain = {
    .name = "explain",
    .summary = "say why a model answers as it does",
    .help = "By permutation: which columns its score needs, each with its error, correlated ones together as "
            "well. By "
            "dependence: how the answer moves along a column. By interaction: what two columns do that "
            "neither does "
            "alone. By shapley: why the answer to a row is what it is, in words.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
