/* o.traverse { fit, on = data }: what a latent space holds, and what moving through it decodes. */
#include <string.h>

#include "explain/traverse.h"
#include "session/command.h"
#include "session/draw.h"
#include "session/report_explain.h"

static const orr_option args[] = {
    {.name = "model", .type = ORR_TAKES_OBJECT, .required = true, .help = "a fit of pca, autoencoder or vae"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "rows to look at: a part of a split, or a table"},
    {.name = "row",
     .type = ORR_TAKES_INTEGER,
     .least = 1,
     .most = 0x1p53,
     .help = "the row of the input from whose code is moved, from 1; default: the one in the middle"},
    {.name = "most_rows",
     .type = ORR_TAKES_INTEGER,
     .least = 2,
     .most = 1e9,
     .help = "rows looked at, drawn at random (2,000)"},
    {.name = "as",
     .type = ORR_TAKES_TEXT,
     .help = "a name for a further traversal: its numbers become model.NAME.*"},
    {.name = "name", .type = ORR_TAKES_TEXT, .help = "of the figure's files; default: traversal"},
};

static orr_status code_of(const orr_session *s, const orr_call *call, const orr_kept *m, const orr_table *t,
                          const double **code, orr_error *e) {
  int64_t number = orr_options_integer(&call->args, "row") - 1;
  orr_matrix z;
  *code = NULL;
  if (number < 0) return ORR_OK;
  for (size_t i = 0; i < t->rows; i++) {
    if (orr_table_input_row(t, i) != number) continue;
    ORR_TRY(orr_latent_encode(m, t, &i, 1, &s->work, call->arena, &z, e));
    *code = z.x;
    return ORR_OK;
  }
  return orr_fail(e, ORR_RECIPE, "row = %lld: the table has no such row of the input", (long long)number + 1);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *model;
  orr_table *table;
  orr_rows rows;
  orr_latent l;
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e));
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  const orr_kept *m = &model->fit->members[0];
  orr_latent_spec spec = {.model = m,
                          .table = table,
                          .rows = rows.index,
                          .n = rows.n,
                          .most_rows = (size_t)orr_options_integer(&call->args, "most_rows"),
                          .seed = s->config->seed};
  orr_plot_input in = {
      .kept = m, .model = m->family->name, .latent = &l, .seed = s->config->seed, .work = &s->work};
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_latent_measure(&spec, &s->work, call->arena, &l, e)));
  ORR_TRY(code_of(s, call, m, table, &in.code, e));
  const char *as = orr_options_text(&call->args, "as");
  const char *prefix = orr_explain_prefix(s, "latent.", model->fit->name, as, call->arena);
  if (!prefix) return orr_fail_memory(e, "a name", 0);
  if (!s->main_family) s->main_family = m->family->name;
  if (!s->main_model && !(s->main_model = orr_strdup(model->fit->name)))
    return orr_fail_memory(e, "a name", 0);
  ORR_TRY(orr_report_latent(s, prefix, m->family->name, &l, e));
  return orr_session_draw(s, &orr_plot_traversal, &in, orr_options_text(&call->args, "name"), call->arena, e);
}

const orr_command orr_command_traverse = {
    .name = "traverse",
    .summary = "move through a latent space",
    .help = "Measures what each dimension of a latent model carries (its divergence from the prior, its "
            "effect on what "
            "is decoded, the known column it goes with), sounds the alarm of a collapse, and draws what is "
            "decoded while "
            "each dimension goes from -3 to 3.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
