/* The trainer's loop; see trainer.h. */
#include "run/trainer.h"

#include <string.h>

#include "base/memory.h"
#include "run/trainer_parts.h"

const char *orr_method_name(orr_method method) {
  static const char *const names[] = {
#define X(code, name) name,
      ORR_METHOD_LIST(X)
#undef X
  };
  return names[method];
}

static double now(const orr_trainer *t) { return orr_clock_seconds(&t->in->clock); }

/* A checkpoint that cannot be written is no reason to lose the training: the old one is still whole. */
static void keep(orr_trainer *t) {
  orr_error why;
  double start = now(t);
  if (!t->in->checkpoint) return;
  if (t->in->control) orr_control_tell_saving(t->in->control, true);
  orr_status status = orr_trainer_keep(t, &why);
  if (t->in->control) orr_control_tell_saving(t->in->control, false);
  if (status)
    orr_log(t->in->work, "step %lld: no checkpoint, the one before is kept: %s", (long long)t->counts.step,
            why.message);
  t->kept = now(t);
  t->cost = t->kept - start;
}

/* Whatever the clock says only decides when a copy of the state is written. */
static bool is_checkpoint_due(orr_trainer *t) {
  if (!t->in->checkpoint) return false;
  unsigned asked = t->in->control ? orr_control_checkpoints(t->in->control) : 0;
  if (asked != t->checkpoints) return t->checkpoints = asked, true;
  double every = t->in->checkpoint->every_seconds;
  return every > 0 && now(t) - t->kept >= (every > 100 * t->cost ? every : 100 * t->cost);
}

/* Made by hand before a crash: the checkpoint that it went on from has it, or is older. */
static bool is_done(const orr_trainer *t, const orr_change *c) {
  for (size_t i = 0; i < t->changes.count; i++) {
    const orr_change *d = &t->changes.items[i];
    if (d->step == c->step && !strcmp(d->set.name, c->set.name) && d->set.value == c->set.value) return true;
  }
  return false;
}

static orr_status apply_given(orr_trainer *t, orr_error *e) {
  const orr_trainer_options *o = t->o;
  int64_t given = 0;
  for (size_t i = 0; i < o->n_changes && o->changes[i].step <= (size_t)t->counts.step; i++) {
    const orr_change *c = &o->changes[i];
    bool by_hand = c->cause == ORR_CAUSE_LIVE;
    if (by_hand ? is_done(t, c) : given++ < t->counts.applied) continue;
    if (c->cause != ORR_CAUSE_DIVERGED)
      ORR_TRY(orr_trainer_apply(t, &c->set, by_hand ? ORR_CAUSE_LIVE : ORR_CAUSE_GIVEN, e));
    t->counts.applied += !by_hand;
  }
  return ORR_OK;
}

/* A slip of the hand is told and passed over. */
static orr_status apply_live(orr_trainer *t, orr_error *e) {
  orr_set set;
  orr_error why;
  while (t->in->control && orr_control_take(t->in->control, &set)) {
    orr_status status = orr_trainer_apply(t, &set, ORR_CAUSE_LIVE, &why);
    if (status == ORR_USAGE) orr_log(t->in->work, "%s", why.message);
    else if (status) return orr_fail(e, status, "%s", why.message);
  }
  return ORR_OK;
}

static orr_status read_request(orr_trainer *t, orr_error *e) {
  orr_signal request = t->in->control ? orr_control_read(t->in->control) : ORR_GO_ON;
  if (request == ORR_ABANDON) return orr_fail(e, ORR_STOPPED, "stopped during %s", t->what);
  t->finish = t->finish || request == ORR_FINISH;
  return ORR_OK;
}

/* Sleeps until it is to go on or to end; what is asked meanwhile is done. */
static orr_status stay_paused(orr_trainer *t, orr_error *e) {
  orr_control *c = t->in->control;
  double since = now(t);
  orr_status status = ORR_OK;
  keep(t);
  orr_log(t->in->work, "paused at step %lld", (long long)t->counts.step);
  for (;;) {
    unsigned bell = orr_control_bell(c);
    status = read_request(t, e);
    if (!status) status = apply_live(t, e);
    if (is_checkpoint_due(t)) keep(t);
    if (status || t->finish || !orr_control_is_paused(c)) break;
    orr_control_wait(c, bell);
  }
  t->waited += now(t) - since;
  t->told = t->kept = now(t);
  if (!status && !t->finish) orr_log(t->in->work, "going on at step %lld", (long long)t->counts.step);
  return status;
}

static void end(orr_trainer *t, const char *why, bool cut) {
  t->stop = why;
  t->cut = cut;
}

/* Who is asked to finish before the first update makes that one: without any there is no best to keep, and no step that
 * a replay could end at. */
static void decide(orr_trainer *t) {
  orr_reason reason = t->in->control ? orr_control_reason(t->in->control) : ORR_REASON_NONE;
  if (t->stop) return;
  if ((size_t)t->counts.epoch >= t->o->epochs) end(t, "all epochs done", false);
  else if (t->o->stop_step && (size_t)t->counts.step >= t->o->stop_step)
    end(t, "stopped where it was before", true);
  else if (t->finish && t->counts.step) end(t, reason ? orr_reason_text(reason) : "stopped", true);
}

/* Between two updates: everything from outside comes in here. */
static orr_status attend(orr_trainer *t, orr_error *e) {
  ORR_TRY(apply_given(t, e));
  ORR_TRY(apply_live(t, e));
  ORR_TRY(read_request(t, e));
  decide(t);
  if (t->stop) return ORR_OK;
  if (t->in->control && orr_control_is_paused(t->in->control)) {
    ORR_TRY(stay_paused(t, e));
    decide(t);
  } else if (is_checkpoint_due(t)) {
    keep(t);
  }
  return ORR_OK;
}

static orr_status train(orr_trainer *t, orr_error *e) {
  for (;;) {
    bool ended = (size_t)t->counts.row == t->n_rows;
    if (ended) ORR_TRY(orr_trainer_look(t, true, e));
    if (!ended) ORR_TRY(attend(t, e));
    if (t->stop) break;
    if (!ended) ORR_TRY(t->lbfgs ? orr_trainer_iterate(t, e) : orr_trainer_update(t, e));
  }
  bool begun =
      t->counts.row && t->counts.step; /* an epoch that was cut: its end so far is looked at as well */
  return begun ? orr_trainer_look(t, false, e) : ORR_OK;
}

static orr_status give_names(const orr_trainer *t, orr_trainer_result *r, orr_error *e) {
  r->columns = orr_calloc(t->n_columns, sizeof *r->columns);
  if (!r->columns) return orr_fail_memory(e, "a list of names", 0);
  for (; r->n_columns < t->n_columns; r->n_columns++) {
    r->columns[r->n_columns] = orr_strdup(t->columns[r->n_columns]);
    if (!r->columns[r->n_columns]) return orr_fail_memory(e, "a name", 0);
  }
  return ORR_OK;
}

/* Hands over the parameters the training has come to: the best, else the averaged, else the last. */
static void give_parameters(orr_trainer *t, orr_trainer_result *r) {
  const float *average = t->optimiser ? orr_optimiser_average(t->optimiser) : NULL;
  bool best = t->best && t->counts.best_step;
  float **from = best ? &t->best : &t->parameters;
  if (!best && average) memcpy(t->parameters, average, t->n * sizeof *average);
  if (best) r->best_step = (size_t)t->counts.best_step;
  if (best) r->best = t->numbers.best;
  r->parameters = *from;
  *from = NULL;
}

static orr_status give(orr_trainer *t, orr_trainer_result *r, orr_error *e) {
  give_parameters(t, r);
  r->steps = (size_t)t->counts.step;
  r->epochs = (size_t)t->counts.epoch;
  r->stop_reason = t->stop;
  r->cut = t->cut;
  r->resumed = t->resumed;
  r->resumed_step = (size_t)t->resumed_step;
  r->attempts = (size_t)t->counts.attempts;
  r->seconds = t->numbers.seconds + orr_trainer_seconds(t);
  memcpy(&r->changes, &t->changes, sizeof r->changes);
  memcpy(&r->history, &t->history, sizeof r->history);
  memset(&t->changes, 0, sizeof t->changes);
  memset(&t->history, 0, sizeof t->history);
  return give_names(t, r, e);
}

static void start_clock(orr_trainer *t) {
  orr_moment at = orr_trainer_moment(t, 0);
  t->done_before = at.epochs > 0 ? at.epoch / at.epochs : 0;
  t->began = t->told = t->kept = now(t);
  t->checkpoints = t->in->control ? orr_control_checkpoints(t->in->control) : 0;
}

orr_status orr_trainer_run(const orr_trainer_input *in, orr_trainer_result *result, orr_error *e) {
  orr_trainer t;
  *result = (orr_trainer_result){0};
  orr_status status = orr_trainer_make(&t, in, e);
  if (status) goto out;
  start_clock(&t);
  status = train(&t, e);
  if (status == ORR_STOPPED) keep(&t);
  if (!status) status = give(&t, result, e);
out:
  orr_trainer_drop(&t);
  if (status) orr_trainer_result_fini(result);
  return status;
}

void orr_trainer_result_fini(orr_trainer_result *r) {
  for (size_t i = 0; i < r->n_columns; i++) orr_free(r->columns[i]);
  orr_free(r->columns);
  orr_free(r->parameters);
  orr_free(r->changes.items);
  orr_free(r->history.items);
  *r = (orr_trainer_result){0};
}
