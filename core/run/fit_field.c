/* Fitting a field; see fit_field.h. */
#include "run/fit_field.h"

#include "model/field.h"
#include "run/curves.h"

typedef struct fitting {
  const orr_fit_input *in;
  const orr_steering *steering;
  orr_field_lesson lesson;
  orr_store *out;
  orr_fit_outcome *outcome; /* its steps: those of the stages that are done */
} fitting;

static void pass_change(void *context, const orr_change *change) {
  const fitting *f = context;
  orr_change shifted = *change;
  shifted.step += f->outcome->steps;
  f->steering->changed(f->steering->context, &shifted);
}

/* The changes of this stage, by its own steps. */
static orr_status given_changes(const fitting *f, size_t length, orr_trainer_options *o, orr_error *e) {
  const orr_steering *s = f->steering;
  orr_change *mine;
  size_t before = f->outcome->steps;
  ORR_TAKE(f->in->arena, mine, s ? s->n_changes : 0, e);
  for (size_t i = 0; s && i < s->n_changes; i++) {
    if (s->changes[i].step < before || (length && s->changes[i].step >= before + length)) continue;
    mine[o->n_changes] = s->changes[i];
    mine[o->n_changes++].step -= before;
  }
  o->changes = mine;
  return ORR_OK;
}

static orr_status conclude(fitting *f, orr_trainer_result *r, const char *curves, orr_error *e) {
  const orr_steering *s = f->steering;
  orr_learner *learner = &f->lesson.lesson.learner;
  learner->initial = r->parameters;
  r->parameters = NULL;
  for (size_t i = 0; i < r->changes.count; i++) r->changes.items[i].step += f->outcome->steps;
  if (r->resumed) r->resumed_step += f->outcome->steps;
  f->outcome->steps += r->steps;
  f->outcome->best_step = f->outcome->steps;
  f->outcome->stop_reason = r->stop_reason;
  f->outcome->cut = r->cut && f->outcome->steps != f->in->stop_step;
  if (s && s->done) s->done(s->context, r);
  return orr_curves_keep(r, curves, f->out, e);
}

/* A stage: from the learner's parameters to better ones, which become its. */
static orr_status train(fitting *f, orr_trainer_options *options, const char *curves,
                        const orr_checkpoint *checkpoint, orr_error *e) {
  const orr_steering *s = f->steering;
  orr_trainer_result result = {0};
  options->seed = f->in->seed;
  options->batch_size = f->lesson.n_rows;
  if (f->in->stop_step > f->outcome->steps) options->stop_step = f->in->stop_step - f->outcome->steps;
  orr_trainer_input input = {.learner = &f->lesson.lesson.learner,
                             .takes_initial = true,
                             .train = &f->lesson.lesson.train,
                             .options = options,
                             .what = "field",
                             .work = f->in->work,
                             .control = s ? s->control : NULL,
                             .clock = s ? s->clock : (orr_clock){0},
                             .checkpoint = checkpoint,
                             .changed = s && s->changed ? pass_change : NULL,
                             .context = f};
  orr_status status = orr_trainer_run(&input, &result, e);
  if (!status) status = conclude(f, &result, curves, e);
  orr_trainer_result_fini(&result);
  return status;
}

static orr_status adam(fitting *f, orr_error *e) {
  const orr_options *o = f->in->options;
  orr_trainer_options options = {.method = ORR_METHOD_ADAM,
                                 .epochs = (size_t)orr_options_integer(o, "epochs"),
                                 .learning_rate = orr_options_number(o, "learning_rate"),
                                 .schedule = {.kind = ORR_SCHEDULE_COSINE, .last = 0.05}};
  ORR_TRY(given_changes(f, options.epochs, &options, e));
  return train(f, &options, "history", f->steering ? f->steering->checkpoint : NULL, e);
}

/* With a checkpoint of its own beside the first stage's, which is found done when the fit is taken up. */
static orr_status lbfgs(fitting *f, orr_error *e) {
  enum { PAIRS = 50 };
  orr_trainer_options options = {.method = ORR_METHOD_LBFGS,
                                 .epochs = (size_t)orr_options_integer(f->in->options, "refinements"),
                                 .memory = PAIRS};
  orr_checkpoint own = {0};
  const orr_checkpoint *given = f->steering ? f->steering->checkpoint : NULL;
  bool ended = f->outcome->cut || (f->in->stop_step && f->outcome->steps >= f->in->stop_step);
  if (!options.epochs || ended) return ORR_OK;
  if (given) {
    own = *given;
    if (!(own.path = orr_arena_printf(f->in->arena, "%s.2", given->path)))
      return orr_fail_memory(e, "a path", 0);
  }
  ORR_TRY(given_changes(f, 0, &options, e));
  return train(f, &options, "history.2", given ? &own : NULL, e);
}

static orr_status keep(const fitting *f, orr_error *e) {
  double value[ORR_MOST_COEFFICIENTS], error[ORR_MOST_COEFFICIENTS], noise, residual;
  const float *parameters = f->lesson.lesson.learner.initial;
  orr_field_coefficients(&f->lesson, parameters, value);
  ORR_TRY(orr_parameters_put(f->out, parameters, orr_graph_slab(f->lesson.lesson.learner.graph), e));
  ORR_TRY(orr_field_errors(&f->lesson, parameters, error, &noise, &residual, f->in->work, e));
  return orr_field_keep(&f->lesson, value, error, noise, residual, f->out, e);
}

orr_status orr_fit_field(const orr_fit_input *in, const orr_steering *steering, orr_store *out,
                         orr_fit_outcome *outcome, orr_error *e) {
  fitting f = {.in = in, .steering = steering, .out = out, .outcome = outcome};
  *outcome = (orr_fit_outcome){0};
  orr_status status = orr_field_learn(in, out, &f.lesson, e);
  if (!status) status = adam(&f, e);
  if (!status) status = lbfgs(&f, e);
  if (!status) status = keep(&f, e);
  orr_field_lesson_fini(&f.lesson);
  return status;
}
