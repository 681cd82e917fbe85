/* o.evaluate { model, baseline = base, on = parts.test }: scores with their errors, and whether the model earns its keep. */
#include <string.h>

#include "metric/compare.h"
#include "session/command.h"
#include "session/report.h"
#include "session/scoring.h"

static const orr_option args[] = {
    {.name = "model", .type = ORR_TAKES_OBJECT, .required = true, .help = "a fit"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "the rows to score: a part of a split, or a table"},
    {.name = "baseline", .type = ORR_TAKES_OBJECT, .help = "a simpler fit to set beside it"},
    {.name = "as",
     .type = ORR_TAKES_TEXT,
     .help = "a name for a further model of the run: its numbers become model.NAME.*"},
};

typedef struct scoring {
  orr_session *session;
  const orr_call *call;
  orr_table *table;
  orr_rows rows;
  const char *part; /* "test" */
  orr_measured *model, *baseline;
  size_t n_model, n_baseline;
} scoring;

/* Scores on rows that were learnt from are no scores: said on the page, before them. */
static void warn_of_seen(const scoring *c, const orr_fit_object *fit, const orr_evaluation *v) {
  const char *name = fit->members[0].family->name;
  size_t seen = orr_scoring_seen(fit, c->table, v);
  if (!seen) return;
  orr_session_note(c->session, "warning: %s learnt from %zu of the %zu rows it is scored on", name, seen,
                   v->n);
  orr_text_printf(&c->session->report,
                  "Warning: %s learnt from %zu of the %zu rows below; its scores are too good.\n", name, seen,
                  v->n);
}

static orr_status measure(const scoring *c, const orr_fit_object *fit, orr_evaluation_object *made,
                          bool baseline, const char *prefix, orr_measured **measured, size_t *n,
                          orr_error *e) {
  orr_session *s = c->session;
  orr_evaluation *v = baseline ? &made->baseline : &made->model;
  ORR_TAKE(&made->arena, *measured, orr_scores_count, e);
  ORR_TRY(orr_scoring_make(s, fit, 0, c->table, &c->rows, &made->arena, v, e));
  warn_of_seen(c, fit, v);
  ORR_TRY(orr_measure(v, s->config->seed, &s->work, &made->arena, *measured, n, e));
  for (size_t i = 0; i < *n; i++) ORR_TRY(orr_numbers_add(&s->numbers, prefix, &(*measured)[i].number, e));
  return orr_scoring_spread(s, fit, c->table, &c->rows, prefix, *measured, *n, e);
}

/* "test.", "model.NAME.test."; a second evaluation without a name takes its family's. */
static const char *prefix_of(const scoring *c, const orr_fit_object *fit, const char *as, orr_error *e) {
  char *plain = orr_arena_printf(c->call->arena, "%s.", c->part), *named = plain;
  if (plain && !as && orr_numbers_any(&c->session->numbers, plain)) as = fit->members[0].family->name;
  if (plain && as) named = orr_arena_printf(c->call->arena, "model.%s.%s.", as, c->part);
  if (!named) orr_fail_memory(e, "a name", 0);
  return named;
}

static orr_status compare(const scoring *c, const orr_evaluation_object *made, orr_error *e) {
  char *prefix = orr_arena_printf(c->call->arena, "difference.%s", made->prefix);
  if (!prefix) return orr_fail_memory(e, "a name", 0);
  for (size_t i = 0; i < c->n_model; i++)
    for (size_t j = 0; j < c->n_baseline; j++) {
      if (c->model[i].score != c->baseline[j].score) continue;
      orr_number d = orr_measure_difference(&made->model, &c->model[i], &made->baseline, &c->baseline[j]);
      ORR_TRY(orr_numbers_add(&c->session->numbers, prefix, &d, e));
    }
  return ORR_OK;
}

/* Its scores stand beside the model's: they are of the same thing. */
static orr_status check_baseline(const orr_kept *model, const orr_kept *baseline, orr_error *e) {
  const char *target = baseline->target ? baseline->target : "rows";
  if (model->task == baseline->task && !strcmp(model->target, target)) return ORR_OK;
  return orr_fail(e, ORR_RECIPE,
                  "baseline: it does %s of %s, the model %s of %s; name one that does the same",
                  orr_task_name(baseline->task), target, orr_task_name(model->task), model->target);
}

static orr_status with_baseline(scoring *c, const orr_kept *model, orr_evaluation_object *made,
                                orr_error *e) {
  orr_object *base;
  if (!orr_options_has(&c->call->args, "baseline")) return ORR_OK;
  ORR_TRY(orr_call_object(c->session, c->call, "baseline", ORR_FIT, &base, e));
  ORR_TRY(check_baseline(model, &base->fit->members[0], e));
  char *prefix = orr_arena_printf(c->call->arena, "baseline.%s", made->prefix);
  if (!prefix) return orr_fail_memory(e, "a name", 0);
  made->has_baseline = true;
  made->baseline_name = base->fit->members[0].family->name;
  ORR_TRY(measure(c, base->fit, made, true, prefix, &c->baseline, &c->n_baseline, e));
  return compare(c, made, e);
}

static orr_status score(scoring *c, orr_fit_object *fit, orr_evaluation_object *made, orr_error *e) {
  orr_session *s = c->session;
  const orr_object *on = orr_objects_peek(&s->objects, orr_options_get(&c->call->args, "on")->object);
  c->part = on->kind == ORR_SPLIT
                ? orr_part_name((orr_part)orr_options_get(&c->call->args, "on")->object.part)
                : "all";
  const char *prefix = prefix_of(c, fit, orr_options_text(&c->call->args, "as"), e);
  if (!prefix) return ORR_MEMORY;
  made->prefix = orr_arena_strdup(&made->arena, prefix);
  const char *target = fit->members[0].target;
  made->target =
      orr_arena_strdup(&made->arena, target ? target : ""); /* of rows without one no score is made */
  made->model_name = fit->members[0].family->name;
  if (!made->prefix || !made->target) return orr_fail_memory(e, "a name", 0);
  ORR_TRY(measure(c, fit, made, false, prefix, &c->model, &c->n_model, e));
  ORR_TRY(with_baseline(c, &fit->members[0], made, e));
  if (!s->main_family) s->main_family = made->model_name;
  if (!s->main_model && !(s->main_model = orr_strdup(fit->name))) return orr_fail_memory(e, "a name", 0);
  return orr_report_scores(s, made, c->part, fit, e);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *model;
  scoring c = {.session = s, .call = call};
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e));
  ORR_TRY(orr_call_rows(s, call, "on", &c.table, &c.rows, e));
  orr_evaluation_object *made = orr_calloc(1, sizeof *made);
  if (!made) return orr_fail_memory(e, "an evaluation", sizeof *made);
  orr_fit_object *fit = model->fit;
  orr_status status = score(&c, fit, made, e);
  if (status) {
    orr_evaluation_unref(made);
    return status;
  }
  ORR_TRY(orr_call_return(s, call, ORR_EVALUATION, made, e));
  orr_ref ref = orr_options_get(&call->args, "model")->object;
  s->objects.items[call->result.object.id].on = ref;
  orr_undo_keep(s, ref);
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e)); /* the list of objects may have moved */
  model->scored = call->result.object;
  return ORR_OK;
}

const orr_command orr_command_evaluate = {
    .name = "evaluate",
    .summary = "score a model on rows it did not learn from",
    .help = "Measures every score that applies, each with its standard error, beside the baseline's on the "
            "same rows, "
            "with the paired difference and its error.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .makes_object = true,
    .run = run,
};
