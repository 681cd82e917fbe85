/* o.calibrate { model, on = parts.validation, level = 0.9 }: an interval that covers what it says. */
#include <math.h>

#include "model/split_conformal.h"
#include "num/statistics.h"
#include "session/command.h"
#include "session/scoring.h"

static const orr_option args[] = {
    {.name = "model", .type = ORR_TAKES_OBJECT, .required = true, .help = "a fit of a numeric target"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "rows the model did not learn from: parts.validation"},
    {.name = "by",
     .type = ORR_TAKES_CHOICE,
     .fallback = "split_conformal",
     .choices = "split_conformal",
     .help = "the method"},
    {.name = "level",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.9",
     .least = 0.01,
     .most = 0.999,
     .help = "share of new rows the interval is to cover"},
};

static double spread_of(const orr_evaluation *v) {
  orr_sum squares = {0};
  for (size_t i = 0; i < v->n; i++)
    orr_sum_add(&squares, (v->truth[i] - v->mean[i]) * (v->truth[i] - v->mean[i]));
  return sqrt(orr_sum_get(&squares) / (double)v->n);
}

static orr_status calibrate(orr_session *s, orr_call *call, orr_kept *m, const orr_fit_object *fit,
                            orr_error *e) {
  orr_table *table;
  orr_rows rows;
  orr_evaluation v;
  double level = orr_options_number(&call->args, "level");
  ORR_TRY(orr_call_rows(s, call, "on", &table, &rows, e));
  ORR_TRY(orr_scoring_make(s, fit, (size_t)(m - fit->members), table, &rows, call->arena, &v, e));
  ORR_TRY(orr_conformal_radius(v.truth, v.mean, v.n, level, call->arena, &m->radius, e));
  m->level = level;
  m->spread = spread_of(&v);
  return ORR_OK;
}

static orr_status rewrite(orr_session *s, orr_fit_object *fit, orr_error *e) {
  orr_text path = {0};
  if (!s->config->folder) return ORR_OK;
  orr_status status = orr_session_path(s, "models", fit->name, ".orrery", &path, e);
  if (!status) status = orr_undo_keep_file(s, orr_text_get(&path), e);
  if (!status) status = orr_kept_write(&fit->members[0], orr_text_get(&path), e);
  orr_text_fini(&path);
  return status;
}

/* Others may hold the fit as it is: the object gets one with intervals instead. */
static orr_status replace(orr_session *s, orr_call *call, orr_object *model, orr_error *e) {
  orr_fit_object *fit;
  ORR_TRY(orr_fit_renew(model->fit, &fit, e));
  orr_status status = ORR_OK;
  for (size_t i = 0; i < fit->n_members && !status; i++)
    status = calibrate(s, call, &fit->members[i], fit, e);
  if (!status) status = rewrite(s, fit, e);
  if (status) return orr_fit_unref(fit), status;
  orr_undo_keep(s, orr_options_get(&call->args, "model")->object);
  orr_fit_unref(model->fit);
  model->fit = fit;
  model->key = orr_hash_join(model->key, call->key);
  return ORR_OK;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *model;
  ORR_TRY(orr_call_object(s, call, "model", ORR_FIT, &model, e));
  const orr_kept *first = &model->fit->members[0];
  if (first->task != ORR_REGRESSION)
    return orr_fail(e, ORR_RECIPE, "split_conformal intervals need a numeric target; this is %s%s%s",
                    orr_task_name(first->task), first->target ? " of " : "",
                    first->target ? first->target : "");
  ORR_TRY(replace(s, call, model, e));
  first = &model->fit->members[0];
  orr_session_note(s, "interval at level %g: mean ± %.4g (split conformal)", first->level, first->radius);
  return ORR_OK;
}

const orr_command orr_command_calibrate = {
    .name = "calibrate",
    .summary = "give predictions an interval that covers what it says",
    .help = "Split-conformal prediction: the interval's half width is taken from rows held back from "
            "training, so that "
            "it covers the asked share of new rows whatever the model.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
