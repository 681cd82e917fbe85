/* o.predict { model, on = parts.test, keep = {"id"} }: predictions.csv of the run. */
#include "data/save.h"
#include "session/command.h"
#include "session/predictions.h"

static const orr_option args[] = {
    {.name = "model", .type = ORR_TAKES_OBJECT, .required = true, .help = "a fit"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "the rows: a part of a split, or a table"},
    {.name = "keep", .type = ORR_TAKES_TEXTS, .help = "columns carried into the file"},
};

static orr_status write(orr_session *s, const orr_predictions_spec *p, orr_error *e) {
  orr_text path = {0};
  orr_table *table = NULL;
  size_t unseen;
  orr_status status = orr_predictions_make(p, &s->work, &table, &unseen, e);
  if (!status) status = orr_session_path(s, "", "", "", &path, e);
  orr_text_add(&path, "predictions.csv");
  if (!status) status = orr_text_check(&path, e);
  if (!status) status = orr_undo_keep_file(s, path.data, e);
  if (!status) status = orr_save(orr_text_get(&path), table, NULL, 0, &s->work, e);
  orr_table_unref(table);
  orr_text_fini(&path);
  return status;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *model;
  orr_table *table;
  orr_rows rows;
  size_t *keep, n_keep;
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e));
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  ORR_TRY(orr_predictions_keep(table, orr_options_get(&call->args, "keep"), call->arena, &keep, &n_keep, e));
  orr_predictions_spec p = {.model = &model->fit->members[0],
                            .table = table,
                            .rows = rows.index,
                            .n = rows.n,
                            .keep = keep,
                            .n_keep = n_keep};
  return s->config->folder ? write(s, &p, e) : ORR_OK;
}

const orr_command orr_command_predict = {
    .name = "predict",
    .summary = "write predictions.csv",
    .help = "Writes the model's prediction for each row: classes with their probabilities, or a mean with "
            "its spread.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
