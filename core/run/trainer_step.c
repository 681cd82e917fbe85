/* One update of the parameters by a gradient, and what to do when it went wrong.
 *
 * An update changes the state only at its end: what is abandoned half-way has
 * not been. When the loss or the gradient is not finite, or the loss far above
 * all that was seen, the parameters go back to a good place (kept every hundred
 * updates, where the loss was sound), the optimiser forgets, and the rate is
 * halved; the steps count on.
 */
#include <math.h>
#include <string.h>

#include "run/trainer_parts.h"

enum { GOOD_EVERY = 100, ATTEMPTS = 5 };

orr_moment orr_trainer_moment(const orr_trainer *t, size_t rows) {
  double n = (double)t->n_rows;
  return (orr_moment){.epoch = (double)t->counts.epoch + (double)t->counts.row / n,
                      .epochs = (double)t->o->epochs,
                      .length = (double)rows / n,
                      .step = (size_t)t->counts.step};
}

size_t orr_trainer_coming(const orr_trainer *t) {
  size_t left = t->n_rows - (size_t)t->counts.row, parts = t->o->accumulation > 1 ? t->o->accumulation : 1;
  return left / parts < orr_trainer_batch(t) ? left : parts * orr_trainer_batch(t);
}

double orr_trainer_rate(const orr_trainer *t, const orr_moment *at) {
  return t->numbers.rate * t->numbers.plateau_factor * orr_schedule_factor(&t->o->schedule, at);
}

void orr_trainer_set(orr_trainer *t, const orr_moment *at, bool training) {
  const orr_learner *l = t->in->learner;
  for (size_t i = 0; i < orr_graph_settings(t->graph); i++) {
    const char *name = orr_graph_at(t->graph, orr_graph_setting(t->graph, i))->name;
    t->settings[i] = training;
    for (size_t k = 0; k < l->n_movements; k++) {
      const orr_movement *m = &l->movements[k];
      if (strcmp(name, m->name)) continue;
      double done = training ? orr_span_done(&m->span, at) : 1;
      t->settings[i] = !isnan(t->overrides[k]) ? t->overrides[k]
                       : done < 1              ? m->from + (m->to - m->from) * done
                                               : m->to;
    }
  }
}

bool orr_trainer_is_finite(const orr_trainer *t, const float *slab) {
  return isfinite(orr_optimiser_norm(ORR_SINGLE, t->n, slab, t->pool));
}

/* One slab into another, in pieces for all workers. */
typedef struct mix {
  size_t n;
  float *to;
  const float *from;
  float weight;
  bool add;
} mix;

enum { PIECE = 1 << 14 };

static void mix_piece(void *context, size_t task) {
  const mix *m = context;
  size_t start = task * PIECE, end = start + PIECE < m->n ? start + PIECE : m->n;
  for (size_t i = start; i < end; i++) m->to[i] = m->weight * m->from[i] + (m->add ? m->to[i] : 0);
}

/* sum[n] (+)= weight × part[n] */
static void add_part(orr_trainer *t, float *sum, const float *part, double weight, bool first) {
  mix m = {t->n, sum, part, (float)weight, !first};
  orr_pool_run(t->pool, (t->n + PIECE - 1) / PIECE, mix_piece, &m);
}

static orr_status run_batch(orr_trainer *t, size_t first, size_t rows, float *gradient, orr_error *e) {
  orr_order_fill(&t->order, (size_t)t->counts.row + first, rows, t->rows);
  orr_feed feed = {.n_rows = rows,
                   .rows = t->rows,
                   .inputs = t->in->train->inputs,
                   .parameters = t->parameters,
                   .settings = t->settings,
                   .seed = t->o->seed,
                   .step = (uint64_t)t->counts.step,
                   .first_row = first,
                   .values = t->values,
                   .gradient = gradient};
  return orr_program_run(t->program, &feed, t->pool, e);
}

/* Values (means[n_values]) and gradient of the mean over the coming `rows` rows, batch by batch. */
static orr_status run_batches(orr_trainer *t, size_t rows, double *means, orr_error *e) {
  size_t batch = orr_trainer_batch(t);
  memset(means, 0, t->n_values * sizeof *means);
  for (size_t done = 0, now; done < rows; done += now) {
    bool whole = rows <= batch;
    now = rows - done < batch ? rows - done : batch;
    double weight = (double)now / (double)rows;
    if (done) ORR_TRY(orr_progress_step(t->in->work, t->what, (size_t)t->counts.step, 0, e));
    ORR_TRY(run_batch(t, done, now, whole ? t->gradient : t->part, e));
    if (!whole) add_part(t, t->gradient, t->part, weight, !done);
    for (size_t i = 0; i < t->n_values; i++) means[i] += weight * t->values[i];
  }
  return ORR_OK;
}

static orr_status set_order(orr_trainer *t, orr_error *e) {
  if (t->ordered == t->counts.epoch) return ORR_OK;
  ORR_TRY(orr_order_set(&t->order, t->o->seed, (uint64_t)t->counts.epoch, t->n_rows, e));
  t->ordered = t->counts.epoch;
  return ORR_OK;
}

/* Far above the lowest and above where it began: spikes that a training recovers from are below that. */
static bool is_far(const orr_trainer *t, double loss) {
  double lowest = t->numbers.lowest, ceiling = lowest + 1e3 * fabs(lowest);
  double warm = orr_span_done(&t->o->schedule.warm_up, &(orr_moment){.epoch = (double)t->counts.epoch,
                                                                     .step = (size_t)t->counts.step});
  return warm >= 1 && loss > fmax(ceiling, 10 * fabs(t->numbers.first));
}

static bool is_sound(const orr_trainer *t, double loss) {
  double lowest = t->numbers.lowest;
  return loss <= fmax(lowest + 10 * fabs(lowest), fabs(t->numbers.first));
}

static void keep_good(orr_trainer *t) {
  memcpy(t->good, t->parameters, t->n * sizeof *t->good);
  memcpy(t->good_sums, t->sums, (t->n_values + ORR_EXTRA_SUMS) * sizeof *t->sums);
  t->counts.good_step = t->counts.step;
  t->counts.good_epoch = t->counts.epoch;
  t->counts.good_row = t->counts.row;
}

orr_status orr_trainer_roll_back(orr_trainer *t, const char *why, double value, orr_error *e) {
  orr_set halved = {.name = "learning_rate", .value = t->numbers.rate / 2};
  int64_t most = t->o->attempts ? (int64_t)t->o->attempts : ATTEMPTS;
  if (t->counts.attempts == most)
    return orr_fail(e, ORR_NUMERIC,
                    "the training diverged: %s %g at step %lld, after going back %lld times with half the "
                    "learning_rate each (now %g); try a smaller learning_rate, clip_norm = 1, or look for "
                    "extreme values in the columns",
                    why, value, (long long)t->counts.step, (long long)most, t->numbers.rate);
  ORR_TRY(orr_trainer_record(t, &halved, ORR_CAUSE_DIVERGED, e));
  memcpy(t->parameters, t->good, t->n * sizeof *t->good);
  ORR_TRY(orr_trainer_renew_optimiser(t, false, e));
  memcpy(t->sums, t->good_sums, (t->n_values + ORR_EXTRA_SUMS) * sizeof *t->sums);
  t->counts.attempts++;
  t->counts.epoch = t->counts.good_epoch;
  t->counts.row = t->counts.good_row;
  t->numbers.rate = halved.value;
  orr_log(t->in->work, "step %lld: %s %g; back to step %lld, with half the learning_rate, %g",
          (long long)t->counts.step, why, value, (long long)t->counts.good_step, t->numbers.rate);
  return ORR_OK;
}

static void commit(orr_trainer *t, size_t rows, const double *means, double rate, double norm) {
  double *extra = t->sums + t->n_values;
  for (size_t i = 0; i < t->n_values; i++) t->sums[i] += means[i] * (double)rows;
  extra[0] += norm;
  extra[1] += 1;
  extra[2] += (double)rows;
  t->counts.row += (int64_t)rows;
  t->numbers.last_rate = rate;
  t->rows_done += rows;
  if (isinf(t->numbers.lowest)) t->numbers.first = means[0];
  t->numbers.lowest = fmin(t->numbers.lowest, means[0]);
  bool due = t->counts.step - t->counts.good_step >= GOOD_EVERY;
  if (due && is_sound(t, means[0]) && orr_trainer_is_finite(t, t->parameters)) keep_good(t);
}

orr_status orr_trainer_update(orr_trainer *t, orr_error *e) {
  double means[ORR_MOST_VALUES], norm = 0;
  size_t rows = orr_trainer_coming(t);
  orr_moment at = orr_trainer_moment(t, rows);
  ORR_TRY(set_order(t, e));
  orr_trainer_set(t, &at, true);
  ORR_TRY(run_batches(t, rows, means, e));
  double rate = orr_trainer_rate(t, &at);
  t->counts.step++;
  if (!isfinite(means[0])) return orr_trainer_roll_back(t, "the loss is", means[0], e);
  if (is_far(t, means[0])) return orr_trainer_roll_back(t, "the loss has risen to", means[0], e);
  orr_optimiser_step(t->optimiser, rate, t->parameters, t->gradient, t->pool, &norm);
  if (!isfinite(norm)) return orr_trainer_roll_back(t, "the gradient's length is", norm, e);
  commit(t, rows, means, rate, norm);
  memcpy(t->values, means, t->n_values * sizeof *means);
  return orr_trainer_poll(t, rate, norm, e);
}
