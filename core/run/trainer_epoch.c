/* What is done at the end of an epoch: validation rows are looked at, the
 * history gets a row, the best parameters are kept, and the training may end.
 * Everything that can be interrupted comes before anything that changes. */
#include <math.h>
#include <string.h>

#include "run/trainer_parts.h"

/* What would be given out if it ended now. */
static const float *candidate(const orr_trainer *t) {
  const void *average = t->optimiser ? orr_optimiser_average(t->optimiser) : NULL;
  return average ? average : t->parameters;
}

/* The inputs from row `first` on; room for one entry an input. */
static void shift(const orr_trainer *t, const orr_dataset *d, size_t first, orr_rows_in *out) {
  for (size_t i = 0; i < orr_graph_inputs(t->graph); i++) {
    const float *x = d->inputs[i].x;
    out[i] = (orr_rows_in){x ? x + first * d->inputs[i].stride : NULL, d->inputs[i].stride};
  }
}

/* Means of all values over the validation rows, in batches of a fixed size. The noise is the same each time. */
static orr_status validate(orr_trainer *t, double *means, orr_error *e) {
  orr_moment at = orr_trainer_moment(t, 0);
  orr_rows_in *inputs;
  orr_arena arena = {0};
  orr_status status = ORR_OK;
  ORR_TAKE(&arena, inputs, orr_graph_inputs(t->graph) + 1, e);
  orr_trainer_set(t, &at, false);
  memset(means, 0, t->n_values * sizeof *means);
  for (size_t done = 0, now; done < t->n_check && !status; done += now) {
    now = t->n_check - done < ORR_CHECK_ROWS ? t->n_check - done : ORR_CHECK_ROWS;
    shift(t, t->in->validation, done, inputs);
    orr_feed feed = {.n_rows = now,
                     .inputs = inputs,
                     .parameters = candidate(t),
                     .settings = t->settings,
                     .seed = t->o->seed,
                     .step = UINT64_MAX,
                     .first_row = done,
                     .values = t->check_values};
    status = orr_program_run(t->checker, &feed, t->pool, e);
    if (!status) status = orr_progress_step(t->in->work, t->what, (size_t)t->counts.step, 0, e);
    for (size_t i = 0; i < t->n_values && !status; i++)
      means[i] += t->check_values[i] * ((double)now / (double)t->n_check);
  }
  orr_arena_fini(&arena);
  return status;
}

/* Appends a row: the epoch (whole ones), steps, means in training, in validation, rate, gradient's length. */
static orr_status add_row(orr_trainer *t, const double *means, bool whole, orr_error *e) {
  const double *extra = t->sums + t->n_values;
  size_t keep = t->history.count;
  double row[2 * ORR_MOST_VALUES + 4];
  size_t n = 0;
  row[n++] = (double)(t->counts.epoch + whole);
  row[n++] = (double)t->counts.step;
  for (size_t i = 0; i < t->n_values; i++) row[n++] = t->sums[i] / extra[2];
  for (size_t i = 0; t->n_check && i < t->n_values; i++) row[n++] = means[i];
  row[n++] = t->numbers.last_rate;
  row[n++] = extra[0] / extra[1];
  while (t->history.capacity < keep + n)
    ORR_TRY(orr_vector_grow((void **)&t->history.items, keep, &t->history.capacity, sizeof *row, e));
  memcpy(t->history.items + keep, row, n * sizeof *row);
  t->history.count += n;
  return ORR_OK;
}

static void keep_best(orr_trainer *t, double watched, bool whole) {
  if (!t->best) return;
  if (!(watched < t->numbers.best)) {
    t->counts.stale += whole;
    return;
  }
  t->counts.stale = 0;
  t->numbers.best = watched;
  t->counts.best_step = t->counts.step;
  t->counts.best_epoch = t->counts.epoch + whole;
  memcpy(t->best, candidate(t), t->n * sizeof *t->best);
}

static void look_at_plateau(orr_trainer *t, double watched) {
  orr_plateau p = {t->numbers.plateau_best, (size_t)t->counts.plateau_stale, t->numbers.plateau_factor};
  if (orr_schedule_look(&t->o->schedule, &p, watched))
    orr_log(t->in->work, "epoch %lld: no improvement; the learning_rate shrinks to %g",
            (long long)t->counts.epoch + 1, t->numbers.rate * p.factor);
  t->numbers.plateau_best = p.best;
  t->counts.plateau_stale = (int64_t)p.stale;
  t->numbers.plateau_factor = p.factor;
}

orr_status orr_trainer_look(orr_trainer *t, bool whole, orr_error *e) {
  double means[ORR_MOST_VALUES];
  if (t->good && !orr_trainer_is_finite(t, t->parameters))
    return orr_trainer_roll_back(t, "a parameter is", NAN, e);
  if (t->n_check) ORR_TRY(validate(t, means, e));
  ORR_TRY(add_row(t, means, whole, e));
  double watched = t->n_check ? means[t->watch] : t->sums[t->watch] / t->sums[t->n_values + 2];
  keep_best(t, watched, whole);
  if (whole) {
    look_at_plateau(t, watched);
    memset(t->sums, 0, (t->n_values + ORR_EXTRA_SUMS) * sizeof *t->sums);
    t->counts.epoch++;
    t->counts.row = 0;
  }
  if (t->counts.patience && t->counts.stale >= t->counts.patience) t->stop = "early stopping";
  return orr_trainer_tell_epoch(t, e);
}
