/* What a training tells while it runs. The clock decides how often, never what. */
#include <string.h>

#include "run/trainer_parts.h"

static double now(const orr_trainer *t) { return orr_clock_seconds(&t->in->clock); }

double orr_trainer_seconds(const orr_trainer *t) { return now(t) - t->began - t->waited; }

static double done(const orr_trainer *t) {
  orr_moment at = orr_trainer_moment(t, 0);
  return at.epochs > 0 ? at.epoch / at.epochs : 1;
}

/* Updates of the whole training, as things stand. */
static size_t steps(const orr_trainer *t) {
  if (t->lbfgs) return t->o->epochs;
  size_t parts = t->o->accumulation > 1 ? t->o->accumulation : 1, batch = orr_trainer_batch(t);
  size_t group = t->n_rows / parts < batch ? t->n_rows : parts * batch;
  size_t epochs_left = t->o->epochs - (size_t)t->counts.epoch, row = (size_t)t->counts.row;
  if (!epochs_left) return (size_t)t->counts.step;
  return (size_t)t->counts.step + (t->n_rows - row + group - 1) / group +
         (epochs_left - 1) * ((t->n_rows + group - 1) / group);
}

/* Adds rows/s since the last report, seconds of training, and what is likely left of them. */
static size_t add_times(orr_trainer *t, orr_named_value *values) {
  double time = now(t), since = time - t->told, part = done(t) - t->done_before;
  size_t n = 0;
  if (since > 0)
    values[n++] = (orr_named_value){"rows_per_second", (double)(t->rows_done - t->told_rows) / since};
  values[n++] = (orr_named_value){"seconds", t->numbers.seconds + orr_trainer_seconds(t)};
  if (part > 0)
    values[n++] = (orr_named_value){"seconds_left", orr_trainer_seconds(t) * (1 - done(t)) / part};
  t->told = time;
  t->told_rows = t->rows_done;
  return n;
}

static orr_status report(orr_trainer *t, const orr_named_value *values, size_t n, bool passing,
                         orr_error *e) {
  bool finish = false;
  orr_report r = {.what = t->what,
                  .step = (size_t)t->counts.step,
                  .steps = steps(t),
                  .values = values,
                  .n_values = n,
                  .passing = passing};
  ORR_TRY(orr_progress(t->in->work, &r, &finish, e));
  t->finish = t->finish || finish;
  return ORR_OK;
}

static bool is_due(const orr_trainer *t) {
  if (t->o->report_steps) return (size_t)t->counts.step % t->o->report_steps == 0;
  return t->in->clock.seconds && now(t) - t->told >= 0.05;
}

orr_status orr_trainer_poll(orr_trainer *t, double rate, double norm, orr_error *e) {
  orr_named_value values[ORR_MOST_VALUES + 8];
  size_t n = 0;
  if (!is_due(t)) return report(t, NULL, 0, true, e);
  for (size_t i = 0; i < t->n_values; i++) values[n++] = (orr_named_value){t->names[i], t->values[i]};
  values[n++] = (orr_named_value){"learning_rate", rate};
  values[n++] = (orr_named_value){"gradient_norm", norm};
  n += add_times(t, values + n);
  return report(t, values, n, true, e);
}

orr_status orr_trainer_tell_epoch(orr_trainer *t, orr_error *e) {
  orr_named_value values[2 * ORR_MOST_VALUES + 8];
  const double *row = t->history.items + t->history.count - t->n_columns;
  size_t n = 0;
  for (size_t i = 0; i < t->n_columns; i++)
    if (strcmp(t->columns[i], "step")) values[n++] = (orr_named_value){t->columns[i], row[i]};
  n += add_times(t, values + n);
  return report(t, values, n, false, e);
}
