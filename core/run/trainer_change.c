/* Hyper-parameters that change while a training runs: from the list it was
 * given, or by hand. Either way each takes effect between two updates, and is
 * recorded with the number of updates before it, so that a replay can do the same. */
#include <math.h>
#include <string.h>

#include "run/trainer_parts.h"

orr_status orr_trainer_record(orr_trainer *t, const orr_set *set, orr_cause cause, orr_error *e) {
  orr_change change = {.step = (size_t)t->counts.step, .set = *set, .cause = cause};
  ORR_PUSH(&t->changes, change, e);
  if (t->in->changed) t->in->changed(t->in->context, &change);
  return ORR_OK;
}

static orr_status refuse(const orr_set *set, const char *wanted, orr_error *e) {
  return orr_fail(e, ORR_USAGE, "%s cannot be set to %g: it must be %s", set->name, set->value, wanted);
}

/* The coming update has this rate; the schedule's factor goes on from where it is. */
static orr_status set_rate(orr_trainer *t, const orr_set *set, orr_error *e) {
  orr_moment at = orr_trainer_moment(t, orr_trainer_coming(t));
  double factor = t->numbers.plateau_factor * orr_schedule_factor(&t->o->schedule, &at);
  double rate = factor > 0 ? set->value / factor : set->value;
  if (!(set->value > 0 && isfinite(rate))) return refuse(set, "above 0", e);
  t->numbers.rate = rate;
  return ORR_OK;
}

static orr_status set_number(orr_trainer *t, const orr_set *set, double *number, orr_error *e) {
  double before = *number;
  if (!(set->value >= 0 && isfinite(set->value))) return refuse(set, "at least 0", e);
  *number = set->value;
  orr_status status = orr_trainer_renew_optimiser(t, true, e);
  if (status) *number = before;
  return status;
}

static orr_status set_count(const orr_set *set, double least, int64_t *count, orr_error *e) {
  if (!(set->value >= least && set->value <= 0x1p40 && floor(set->value) == set->value))
    return refuse(set, least > 0 ? "a whole number above 0" : "a whole number", e);
  *count = (int64_t)set->value;
  return ORR_OK;
}

static orr_status set_batch(orr_trainer *t, const orr_set *set, orr_error *e) {
  ORR_TRY(set_count(set, 1, &t->counts.batch_size, e));
  return t->program ? orr_trainer_compile(t, e) : ORR_OK;
}

static orr_status set_patience(orr_trainer *t, const orr_set *set, orr_error *e) {
  if (!t->best) return orr_fail(e, ORR_USAGE, "patience cannot be set: no best parameters are kept");
  return set_count(set, 0, &t->counts.patience, e);
}

static orr_status set_override(orr_trainer *t, const orr_set *set, orr_error *e) {
  const orr_learner *l = t->in->learner;
  if (!isfinite(set->value)) return refuse(set, "finite", e);
  for (size_t i = 0; i < l->n_movements; i++)
    if (!strcmp(l->movements[i].name, set->name)) return t->overrides[i] = set->value, ORR_OK;
  return orr_fail(e, ORR_USAGE,
                  "'%s' cannot be set while training; learning_rate, weight_decay, clip_norm, "
                  "batch_size, patience%s can",
                  set->name, l->n_movements ? " and the network's own settings" : "");
}

static orr_status apply(orr_trainer *t, const orr_set *set, orr_error *e) {
  const char *name = set->name;
  if (t->optimiser && !strcmp(name, "learning_rate")) return set_rate(t, set, e);
  if (t->optimiser && !strcmp(name, "weight_decay")) return set_number(t, set, &t->numbers.weight_decay, e);
  if (t->optimiser && !strcmp(name, "clip_norm")) return set_number(t, set, &t->numbers.clip_norm, e);
  if (!strcmp(name, "batch_size")) return set_batch(t, set, e);
  if (!strcmp(name, "patience")) return set_patience(t, set, e);
  return set_override(t, set, e);
}

orr_status orr_trainer_apply(orr_trainer *t, const orr_set *set, orr_cause cause, orr_error *e) {
  ORR_TRY(apply(t, set, e));
  ORR_TRY(orr_trainer_record(t, set, cause, e));
  orr_log(t->in->work, "%s is %g from step %lld on", set->name, set->value, (long long)t->counts.step);
  return ORR_OK;
}
