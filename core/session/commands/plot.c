/* o.plot { "reliability", scores }: a figure of an evaluation or of a table, as .gp, .dat and .png. */
#include <string.h>

#include "plot/gnuplot.h"
#include "plot/kind.h"
#include "session/command.h"

static const orr_option args[] = {
    {.name = "kind",
     .type = ORR_TAKES_TEXT,
     .required = true,
     .help = "roc, precision_recall, reliability, confusion, histogram, residuals, training, field"},
    {.name = "of",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "an evaluation (or an evaluated fit), a fit, or a table"},
    {.name = "columns", .type = ORR_TAKES_TEXTS, .help = "of a table; default: those that tell most"},
    {.name = "by", .type = ORR_TAKES_COLUMN, .help = "the column that colours a table's plot"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .help = "of a field: the table, or part of a split, whose measurements are shown"},
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

static orr_status need_table(orr_session *s, const orr_call *call, orr_plot_input *in, orr_error *e) {
  orr_object *o;
  const char **names;
  const orr_value *columns = orr_options_get(&call->args, "columns");
  ORR_TRY(orr_call_object(s, call, "of", ORR_TABLE, &o, e));
  in->table = o->table;
  in->by = orr_options_text(&call->args, "by");
  in->n_columns = columns->kind == ORR_LIST ? columns->count : 0;
  ORR_TAKE(call->arena, names, in->n_columns, e);
  for (size_t i = 0; i < in->n_columns; i++) names[i] = columns->items[i].string;
  in->columns = names;
  return ORR_OK;
}

static orr_status need_fit(orr_session *s, const orr_call *call, orr_plot_input *in, orr_error *e) {
  orr_object *o;
  orr_table *table;
  orr_rows rows;
  ORR_TRY(orr_call_object(s, call, "of", ORR_FIT, &o, e));
  in->kept = &o->fit->members[0];
  in->model = in->kept->family->name;
  if (!orr_options_has(&call->args, "on")) return ORR_OK;
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  in->table = table;
  in->rows = rows.index, in->n_rows = rows.n;
  return ORR_OK;
}

/* Those of an earlier figure of that name. */
static orr_status keep_files(orr_session *s, const char *name, const char *folder, orr_error *e) {
  static const char *const suffixes[] = {".gp", ".dat", ".png"};
  orr_status status = ORR_OK;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !status; i++) {
    orr_text path = {0};
    orr_text_printf(&path, "%s/%s%s", folder, name, suffixes[i]);
    status = orr_text_check(&path, e);
    if (!status) status = orr_undo_keep_file(s, path.data, e);
    orr_text_fini(&path);
  }
  return status;
}

static orr_status write(orr_session *s, const orr_figure *f, orr_error *e) {
  orr_text folder = {0};
  bool drawn = false;
  orr_status status = orr_session_path(s, "plots", "", "", &folder, e);
  if (!status) status = keep_files(s, f->name, orr_text_get(&folder), e);
  if (!status)
    status = orr_gnuplot_write(f, orr_text_get(&folder), s->config->gnuplot, 30, &s->work, &drawn, e);
  orr_text_fini(&folder);
  if (!status) orr_text_printf(&s->plots, "%s%s", s->plots_written ? ", " : "", f->name);
  s->plots_written += !status;
  s->plots_drawn += drawn;
  return status;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  const orr_plot_kind *kind;
  orr_figure figure;
  orr_plot_input in = {.seed = s->config->seed, .work = &s->work};
  const char *name = orr_options_text(&call->args, "name");
  ORR_TRY(
      orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_plot_find(orr_options_text(&call->args, "kind"), &kind, e)));
  if (kind->of_fit) ORR_TRY(need_fit(s, call, &in, e));
  else if (kind->tasks) ORR_TRY(need_evaluation(s, call, kind, &in, e));
  else ORR_TRY(need_table(s, call, &in, e));
  if (!name) name = kind->name;
  if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name) || strlen(name) > 60)
    return orr_fail(e, ORR_RECIPE, "name = '%.60s': use small letters, digits and _ only", name);
  if (!s->config->plots || !s->config->folder) return ORR_OK;
  orr_figure_init(&figure, call->arena, name, "");
  orr_status status = kind->build(&in, &figure, e);
  if (status == ORR_DATA) { /* what cannot be drawn never fails the work */
    orr_session_note(s, "the figure %s is left out: %s", name, e->message);
    return ORR_OK;
  }
  figure.name = name;
  return status ? status : write(s, &figure, e);
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
