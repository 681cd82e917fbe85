/* o.plot { "reliability", scores }: a figure of an evaluation or of a table, as .gp, .dat and .png. */
#include <string.h>

#include "plot/kind.h"
#include "session/command.h"
#include "session/draw.h"

static const orr_option args[] = {
    {.name = "kind",
     .type = ORR_TAKES_TEXT,
     .required = true,
     .help = "such as roc, reliability, histogram, residuals, training, importance, dependence or traversal"},
    {.name = "of",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "an evaluation (or an evaluated fit), a fit, or a table"},
    {.name = "columns",
     .type = ORR_TAKES_TEXTS,
     .help = "of a table or a dependence; default: those that tell most"},
    {.name = "by", .type = ORR_TAKES_COLUMN, .help = "the column that colours a table's plot"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .help = "of a fit: the table, or part of a split, that is shown or asked about"},
    {.name = "name", .type = ORR_TAKES_TEXT, .help = "of the files; default: the kind"},
};

static orr_status need_evaluation(orr_session *s, const orr_call *call, const orr_plot_kind *kind,
                                  orr_plot_input *in, orr_error *e) {
  orr_object *o = NULL;
  orr_ref ref = orr_options_get(&call->args, "of")->object;
  const orr_object *fit = orr_objects_peek(&s->objects, ref);
  if (fit && fit->kind == ORR_FIT) {
    if (!fit->scored.id)
      return orr_fail(e, ORR_RECIPE, "s.%s was not evaluated yet; call o.evaluate first", fit->slot);
    ref = fit->scored;
  }
  ORR_TRY(orr_objects_get(&s->objects, ref, ORR_EVALUATION, &o, e));
  const orr_evaluation_object *v = o->evaluation;
  if (!(kind->tasks & v->model.task))
    return orr_fail(e, ORR_RECIPE, "the plot '%s' is not for %s", kind->name, orr_task_name(v->model.task));
  in->evaluation = &v->model;
  in->model = v->model_name;
  in->baseline = v->has_baseline ? &v->baseline : NULL;
  in->baseline_name = v->baseline_name;
  in->target = v->target;
  return ORR_OK;
}

static orr_status name_columns(const orr_call *call, orr_plot_input *in, orr_error *e) {
  const char **names;
  const orr_value *columns = orr_options_get(&call->args, "columns");
  in->n_columns = columns->kind == ORR_LIST ? columns->count : 0;
  ORR_TAKE(call->arena, names, in->n_columns, e);
  for (size_t i = 0; i < in->n_columns; i++) names[i] = columns->items[i].string;
  in->columns = names;
  return ORR_OK;
}

static orr_status need_table(orr_session *s, const orr_call *call, orr_plot_input *in, orr_error *e) {
  orr_object *o;
  ORR_TRY(orr_call_object(s, call, "of", ORR_TABLE, &o, e));
  in->table = o->table;
  in->by = orr_options_text(&call->args, "by");
  return name_columns(call, in, e);
}

static orr_status need_fit(orr_session *s, const orr_call *call, orr_plot_input *in, orr_error *e) {
  orr_object *o;
  orr_table *table;
  orr_rows rows;
  ORR_TRY(orr_call_object(s, call, "of", ORR_FIT, &o, e));
  in->kept = &o->fit->members[0];
  in->model = in->kept->family->name;
  ORR_TRY(name_columns(call, in, e));
  if (!orr_options_has(&call->args, "on")) return ORR_OK;
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  in->table = table;
  in->rows = rows.index, in->n_rows = rows.n;
  return ORR_OK;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  const orr_plot_kind *kind;
  orr_plot_input in = {.seed = s->config->seed, .work = &s->work};
  const char *name = orr_options_text(&call->args, "name");
  ORR_TRY(
      orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_plot_find(orr_options_text(&call->args, "kind"), &kind, e)));
  if (kind->of_fit) ORR_TRY(need_fit(s, call, &in, e));
  else if (kind->tasks) ORR_TRY(need_evaluation(s, call, kind, &in, e));
  else ORR_TRY(need_table(s, call, &in, e));
  return orr_session_draw(s, kind, &in, name, call->arena, e);
}

const orr_command orr_command_plot = {
    .name = "plot",
    .summary = "draw a figure",
    .help = "Writes a figure as gnuplot text, its data, and a PNG when gnuplot is installed.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 2,
    .run = run,
};
