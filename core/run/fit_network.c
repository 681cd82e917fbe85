/* Fitting families of networks; see fit_network.h. */
#include "run/fit_network.h"

#include <string.h>

#include "base/memory.h"
#include "model/field.h"
#include "model/network.h"
#include "run/curves.h"
#include "run/fit_field.h"

static int place_of(const char *name, const char *const *names, int n) {
  int i = 0;
  while (i + 1 < n && strcmp(names[i], name)) i++;
  return i;
}

static orr_method method_of(const char *name) {
  static const char *const names[] = {
#define X(code, text) text,
      ORR_METHOD_LIST(X)
#undef X
  };
  return (orr_method)place_of(name, names, sizeof names / sizeof *names);
}

static orr_schedule_kind schedule_of(const char *name) {
  static const char *const names[] = {
#define X(code, text) text,
      ORR_SCHEDULE_LIST(X)
#undef X
  };
  return (orr_schedule_kind)place_of(name, names, sizeof names / sizeof *names);
}

/* L-BFGS takes all rows at once, and has no use for what moves or shortens a step. */
static void read_options(const orr_options *o, size_t rows, bool validates, orr_trainer_options *t) {
  t->method = method_of(orr_options_text(o, "optimiser"));
  t->epochs = (size_t)orr_options_integer(o, "epochs");
  t->batch_size = (size_t)orr_options_integer(o, "batch_size");
  if (!orr_options_has(o, "batch_size")) t->batch_size = orr_batch_size_for(rows);
  t->weight_decay = orr_options_number(o, "weight_decay");
  t->patience = validates ? (size_t)orr_options_integer(o, "patience") : 0;
  t->keep_best = validates;
  if (t->method == ORR_METHOD_LBFGS) return;
  t->learning_rate = orr_options_number(o, "learning_rate");
  t->momentum = t->method == ORR_METHOD_SGD ? 0.9 : 0;
  t->clip_norm = orr_options_number(o, "clip_norm");
  t->average = orr_options_number(o, "ema");
  t->schedule = (orr_schedule){.kind = schedule_of(orr_options_text(o, "schedule")),
                               .warm_up = {.epochs = orr_options_number(o, "warm_up")},
                               .shrink = 0.5,
                               .patience = t->patience ? t->patience / 3 : 5};
}

typedef struct task {
  const char *what;
  const orr_options *options;
  uint64_t seed;
  size_t stop_step;
  const orr_work *work;
  const orr_steering *steering;
} task;

/* A replay ends where it was told to: that is no cut of its own. */
static orr_status keep(const task *t, const orr_lesson *lesson, const orr_trainer_result *r, orr_store *out,
                       orr_fit_outcome *outcome, orr_error *e) {
  *outcome = (orr_fit_outcome){.steps = r->steps,
                               .best_step = r->best_step ? r->best_step : r->steps,
                               .stop_reason = r->stop_reason,
                               .cut = r->cut && r->steps != t->stop_step};
  return orr_parameters_put(out, r->parameters, orr_graph_slab(lesson->learner.graph), e);
}

static orr_status train(const task *t, orr_lesson *lesson, orr_store *out, orr_fit_outcome *outcome,
                        orr_error *e) {
  static const orr_steering nothing;
  const orr_steering *s = t->steering ? t->steering : &nothing;
  orr_trainer_options options = {
      .seed = t->seed, .stop_step = t->stop_step, .changes = s->changes, .n_changes = s->n_changes};
  orr_trainer_result result = {0};
  read_options(t->options, lesson->train.n_rows, lesson->validation.n_rows > 0, &options);
  orr_trainer_input in = {.learner = &lesson->learner,
                          .takes_initial = true,
                          .train = &lesson->train,
                          .validation = lesson->validation.n_rows ? &lesson->validation : NULL,
                          .options = &options,
                          .what = t->what,
                          .work = t->work,
                          .control = s->control,
                          .clock = s->clock,
                          .checkpoint = s->checkpoint,
                          .changed = s->changed,
                          .context = s->context};
  orr_status status = orr_trainer_run(&in, &result, e);
  if (!status) status = keep(t, lesson, &result, out, outcome, e);
  if (!status) status = orr_curves_keep(&result, "history", out, e);
  if (!status && s->done) s->done(s->context, &result);
  orr_trainer_result_fini(&result);
  return status;
}

orr_status orr_fit_network(const orr_family *family, const orr_fit_input *in, const orr_steering *steering,
                           orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  orr_lesson lesson = {0};
  task t = {family->name, in->options, in->seed, in->stop_step, in->work, steering};
  orr_status status = family->learner(in, out, &lesson, e);
  if (!status) status = train(&t, &lesson, out, outcome, e);
  orr_lesson_fini(&lesson);
  return status;
}

orr_status orr_fit_density(const orr_density *density, const orr_density_input *in,
                           const orr_steering *steering, orr_store *out, orr_fit_outcome *outcome,
                           orr_error *e) {
  orr_lesson lesson = {0};
  if (density->fit) {
    *outcome = (orr_fit_outcome){.steps = 1, .best_step = 1, .stop_reason = "solved"};
    return density->fit(in, out, e);
  }
  task t = {density->name, in->options, in->seed, in->stop_step, in->work, steering};
  orr_status status = density->learner(in, out, &lesson, e);
  if (!status) status = train(&t, &lesson, out, outcome, e);
  orr_lesson_fini(&lesson);
  return status;
}

static orr_status fit_latent(const orr_fit_input *in, const orr_density *density,
                             const orr_steering *steering, orr_store *out, orr_fit_outcome *outcome,
                             orr_error *e) {
  orr_density_rows train = {.x = in->train->x, .weight = in->train->weight}, validation = {0};
  if (in->validation)
    validation = (orr_density_rows){.x = in->validation->x, .weight = in->validation->weight};
  orr_density_input with = {.train = &train,
                            .validation = in->validation ? &validation : NULL,
                            .options = in->options,
                            .seed = in->seed,
                            .stop_step = in->stop_step,
                            .work = in->work,
                            .arena = in->arena};
  return orr_fit_density(density, &with, steering, out, outcome, e);
}

static orr_status fit_learner(void *context, const orr_family *family, const orr_fit_input *in,
                              orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  if (family->density) return fit_latent(in, family->density, context, out, outcome, e);
  if (family == &orr_family_field) return orr_fit_field(in, context, out, outcome, e);
  return orr_fit_network(family, in, context, out, outcome, e);
}

orr_status orr_fit_kept(orr_kept *out, const orr_training *t, const orr_steering *steering,
                        orr_fit_outcome *outcome, orr_error *e) {
  orr_training with = *t;
  with.fit_learner = fit_learner;
  with.fit_learner_context = (void *)steering;
  return orr_kept_train(out, &with, outcome, e);
}
