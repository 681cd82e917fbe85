/* Limited-memory BFGS over all rows (Nocedal and Wright, "Numerical
 * Optimization", 2nd edition, 2006): algorithm 7.5 with the two-loop recursion
 * 7.4, and a line search for the strong Wolfe conditions, 3.5 and 3.6.
 *
 * One iteration is one step and one epoch. Between iterations only the
 * parameters and the pairs are remembered; value and gradient at the
 * parameters are computed again where they are not at hand, so that a training
 * taken up from its checkpoint goes the very same way. Vectors are float, as
 * the network is; inner products are sums of fixed pieces in double.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "run/trainer_parts.h"

enum { MOST_TRIALS = 25, PIECE = 1 << 13, GROUPS = 16 };

struct orr_lbfgs {
  size_t memory;
  float *pairs;                /* s[memory,n], then y[memory,n]: differences of parameters and of gradients */
  float *direction;            /* [n] */
  float *scratch;              /* [n] the gradient of a part of the rows */
  float *trial;                /* [n] parameters tried; their gradient is in t->part */
  double *pieces;              /* of an inner product */
  double *settings;            /* those that value and gradient at the parameters were computed with */
  double *means, *trial_means; /* [n_values] */
  double value;                /* f at the parameters, the gradient in t->gradient … */
  bool known;                  /* … when they are at hand */
  orr_arena arena;
};

/* A point on the line, and f's slope along it. */
typedef struct spot {
  double at, value, slope;
} spot;

orr_status orr_trainer_lbfgs_new(orr_trainer *t, orr_error *e) {
  struct orr_lbfgs *l = t->lbfgs = orr_calloc(1, sizeof *l);
  if (!l) return orr_fail_memory(e, "L-BFGS", sizeof *l);
  l->memory = t->o->memory ? t->o->memory : ORR_LBFGS_MEMORY;
  size_t elements;
  if (!orr_multiply(2 * l->memory, t->n, &elements)) return orr_fail_memory(e, "L-BFGS's pairs", SIZE_MAX);
  ORR_TAKE(&l->arena, l->pairs, elements, e);
  ORR_TAKE(&l->arena, l->direction, t->n, e);
  ORR_TAKE(&l->arena, l->trial, t->n, e);
  ORR_TAKE(&l->arena, l->scratch, t->n, e);
  ORR_TAKE(&l->arena, l->pieces, t->n / PIECE + 1, e);
  ORR_TAKE(&l->arena, l->settings, orr_graph_settings(t->graph) + 1, e);
  ORR_TAKE(&l->arena, l->means, t->n_values, e);
  ORR_TAKE(&l->arena, l->trial_means, t->n_values, e);
  return ORR_OK;
}

void orr_trainer_lbfgs_free(struct orr_lbfgs *l) {
  if (!l) return;
  orr_arena_fini(&l->arena);
  orr_free(l);
}

void orr_trainer_lbfgs_forget(struct orr_lbfgs *l) { l->known = false; }

float *orr_trainer_lbfgs_pairs(const orr_trainer *t, size_t *count) {
  *count = 2 * t->lbfgs->memory * t->n;
  return t->lbfgs->pairs;
}

static float *step_of(const orr_trainer *t, size_t pair) { return t->lbfgs->pairs + pair * t->n; }
static float *change_of(const orr_trainer *t, size_t pair) { return step_of(t, t->lbfgs->memory + pair); }

typedef struct product {
  const float *x, *y;
  size_t n;
  double *pieces;
} product;

static void multiply_piece(void *context, size_t task) {
  const product *p = context;
  size_t start = task * PIECE, end = start + PIECE < p->n ? start + PIECE : p->n;
  double sums[GROUPS] = {0}, sum = 0;
  for (size_t i = start; i < end; i++) sums[i % GROUPS] += (double)p->x[i] * (double)p->y[i];
  for (size_t i = 0; i < GROUPS; i++) sum += sums[i];
  p->pieces[task] = sum;
}

static double dot(const orr_trainer *t, const float *x, const float *y) {
  product p = {x, y, t->n, t->lbfgs->pieces};
  size_t pieces = (t->n + PIECE - 1) / PIECE;
  double sum = 0;
  orr_pool_run(t->pool, pieces, multiply_piece, &p);
  for (size_t i = 0; i < pieces; i++) sum += p.pieces[i];
  return sum;
}

/* out = x + a y, all [n]; out may be x. */
typedef struct combination {
  const float *x, *y;
  double a;
  float *out;
  size_t n;
} combination;

static void combine_piece(void *context, size_t task) {
  const combination *c = context;
  size_t start = task * PIECE, end = start + PIECE < c->n ? start + PIECE : c->n;
  for (size_t i = start; i < end; i++) c->out[i] = (float)((double)c->x[i] + c->a * (double)c->y[i]);
}

static void combine(const orr_trainer *t, const float *x, double a, const float *y, float *out) {
  combination c = {x, y, a, out, t->n};
  orr_pool_run(t->pool, (t->n + PIECE - 1) / PIECE, combine_piece, &c);
}

static orr_status run_part(orr_trainer *t, const float *x, size_t first, size_t rows, float *out,
                           orr_error *e) {
  for (size_t i = 0; i < rows; i++) t->rows[i] = (uint32_t)(first + i);
  orr_feed feed = {.n_rows = rows,
                   .rows = t->rows,
                   .inputs = t->in->train->inputs,
                   .parameters = x,
                   .settings = t->settings,
                   .seed = t->o->seed,
                   .first_row = first,
                   .values = t->values,
                   .gradient = out};
  return orr_program_run(t->program, &feed, t->pool, e);
}

/* f(x) with weight_decay's half square, its gradient[n], and means[n_values] of what is looked at. */
static orr_status evaluate(orr_trainer *t, const float *x, float *gradient, double *means, double *value,
                           orr_error *e) {
  size_t batch = orr_trainer_batch(t);
  float *part = t->n_rows <= batch ? gradient : t->lbfgs->scratch;
  memset(means, 0, t->n_values * sizeof *means);
  if (part != gradient) memset(gradient, 0, t->n * sizeof *gradient);
  for (size_t done = 0, now; done < t->n_rows; done += now) {
    now = t->n_rows - done < batch ? t->n_rows - done : batch;
    double weight = (double)now / (double)t->n_rows;
    ORR_TRY(run_part(t, x, done, now, part, e));
    if (part != gradient) combine(t, gradient, weight, part, gradient);
    for (size_t i = 0; i < t->n_values; i++) means[i] += weight * t->values[i];
    ORR_TRY(orr_progress_step(t->in->work, t->what, (size_t)t->counts.step, 0, e));
  }
  *value = means[0] + 0.5 * t->numbers.weight_decay * dot(t, x, x);
  if (t->numbers.weight_decay > 0) combine(t, gradient, t->numbers.weight_decay, x, gradient);
  return ORR_OK;
}

/* Value and gradient at the parameters, under the settings of this iteration. */
static orr_status refresh(orr_trainer *t, orr_error *e) {
  struct orr_lbfgs *l = t->lbfgs;
  size_t bytes = orr_graph_settings(t->graph) * sizeof *l->settings;
  if (l->known && !memcmp(l->settings, t->settings, bytes)) return ORR_OK;
  l->known = false;
  ORR_TRY(evaluate(t, t->parameters, t->gradient, l->means, &l->value, e));
  memcpy(l->settings, t->settings, bytes);
  l->known = true;
  return ORR_OK;
}

/* Algorithm 7.4: direction = -H gradient. */
static void find_direction(const orr_trainer *t) {
  struct orr_lbfgs *l = t->lbfgs;
  size_t n = (size_t)t->counts.pairs;
  double share[ORR_MOST_PAIRS], scale = 1;
  memcpy(l->direction, t->gradient, t->n * sizeof *l->direction);
  for (size_t i = 0; i < n; i++) {
    size_t pair = ((size_t)t->counts.next_pair + l->memory - 1 - i) % l->memory;
    double curvature = dot(t, step_of(t, pair), change_of(t, pair));
    share[i] = dot(t, step_of(t, pair), l->direction) / curvature;
    combine(t, l->direction, -share[i], change_of(t, pair), l->direction);
    if (!i) scale = curvature / dot(t, change_of(t, pair), change_of(t, pair));
  }
  combine(t, l->direction, scale - 1, l->direction, l->direction);
  for (size_t i = n; i-- > 0;) {
    size_t pair = ((size_t)t->counts.next_pair + l->memory - 1 - i) % l->memory;
    double back = dot(t, change_of(t, pair), l->direction) / dot(t, step_of(t, pair), change_of(t, pair));
    combine(t, l->direction, share[i] - back, step_of(t, pair), l->direction);
  }
  combine(t, l->direction, -2, l->direction, l->direction);
}

static orr_status probe(orr_trainer *t, double at, spot *out, orr_error *e) {
  struct orr_lbfgs *l = t->lbfgs;
  combine(t, t->parameters, at, l->direction, l->trial);
  ORR_TRY(evaluate(t, l->trial, t->part, l->trial_means, &out->value, e));
  out->at = at;
  out->slope = dot(t, t->part, l->direction);
  if (!isfinite(out->value) || !isfinite(out->slope)) out->value = INFINITY, out->slope = NAN;
  return ORR_OK;
}

/* Sufficient decrease; near a minimum, where the decrease drowns in rounding, by the slope instead (Hager and
 * Zhang, SIAM J. Optim. 16, 2005, equation 1.7). */
static bool decreases(const spot *zero, const spot *x) {
  const double enough = 1e-4, rounding = 1e-6;
  if (x->value <= zero->value + enough * x->at * zero->slope) return true;
  return x->value <= zero->value + rounding * fabs(zero->value) && x->slope <= (2 * enough - 1) * zero->slope;
}

static bool is_flat(const spot *zero, const spot *x) { return fabs(x->slope) <= 0.9 * fabs(zero->slope); }

/* Minimum of the cubic through both spots (equation 3.59), or the middle where that is near an end. */
static double between(const spot *a, const spot *b) {
  double width = b->at - a->at, low = fmin(a->at, b->at), high = fmax(a->at, b->at),
         edge = 0.1 * (high - low);
  double d1 = a->slope + b->slope - 3 * (a->value - b->value) / (a->at - b->at);
  double d2 = copysign(sqrt(d1 * d1 - a->slope * b->slope), width);
  double x = b->at - width * (b->slope + d2 - d1) / (b->slope - a->slope + 2 * d2);
  return x > low + edge && x < high - edge ? x : 0.5 * (low + high);
}

/* Algorithm 3.6; `low` is the better end. *found: the trial is at a good spot. */
static orr_status zoom(orr_trainer *t, const spot *zero, spot low, spot high, int trials, bool *found,
                       orr_error *e) {
  spot x = low;
  while (trials++ < MOST_TRIALS && fabs(high.at - low.at) > 1e-12 * low.at) {
    ORR_TRY(probe(t, between(&low, &high), &x, e));
    if (!decreases(zero, &x) || x.value > low.value) {
      high = x;
      continue;
    }
    if (is_flat(zero, &x)) return *found = true, ORR_OK;
    if (x.slope * (high.at - low.at) >= 0) high = low;
    low = x;
  }
  if (!(low.at > 0 && low.value < zero->value)) return ORR_OK;
  *found = true; /* lower, if not flat */
  return x.at == low.at ? ORR_OK : probe(t, low.at, &x, e);
}

/* Algorithm 3.5. */
static orr_status search(orr_trainer *t, double slope, bool *found, orr_error *e) {
  spot zero = {0, t->lbfgs->value, slope}, before = zero, x;
  double at = t->counts.pairs ? 1 : fmin(1, 1 / sqrt(-slope));
  *found = false;
  for (int trials = 1; trials <= MOST_TRIALS; trials++, at *= 2) {
    ORR_TRY(probe(t, at, &x, e));
    if (!decreases(&zero, &x) || (trials > 1 && x.value > before.value))
      return zoom(t, &zero, before, x, trials, found, e);
    if (is_flat(&zero, &x)) return *found = true, ORR_OK;
    if (x.slope >= 0) return zoom(t, &zero, x, before, trials, found, e);
    before = x;
  }
  return ORR_OK;
}

/* The pair is kept where the curvature is safely positive. */
static void keep_pair(orr_trainer *t) {
  size_t pair = (size_t)t->counts.next_pair;
  float *s = step_of(t, pair), *y = change_of(t, pair);
  combine(t, t->lbfgs->trial, -1, t->parameters, s);
  combine(t, t->part, -1, t->gradient, y);
  double curvature = dot(t, s, y);
  if (!(curvature > 1e-10 * dot(t, y, y))) return;
  t->counts.next_pair = (int64_t)((pair + 1) % t->lbfgs->memory);
  if ((size_t)t->counts.pairs < t->lbfgs->memory) t->counts.pairs++;
}

/* Nothing can interrupt this: the trial becomes the parameters. */
static void commit(orr_trainer *t, double norm) {
  struct orr_lbfgs *l = t->lbfgs;
  double *extra = t->sums + t->n_values;
  keep_pair(t);
  memcpy(t->parameters, l->trial, t->n * sizeof *l->trial);
  memcpy(t->gradient, t->part, t->n * sizeof *t->part);
  memcpy(l->means, l->trial_means, t->n_values * sizeof *l->means);
  memcpy(t->values, l->means, t->n_values * sizeof *l->means);
  for (size_t i = 0; i < t->n_values; i++) t->sums[i] = l->means[i] * (double)t->n_rows;
  extra[0] = norm;
  extra[1] = 1;
  extra[2] = (double)t->n_rows;
  t->numbers.last_rate = 1;
  t->counts.step++;
  t->counts.row = (int64_t)t->n_rows;
  t->rows_done += t->n_rows;
}

/* Along the quasi-Newton direction; where that leads nowhere, once more straight down with nothing remembered. */
static orr_status descend(orr_trainer *t, bool *found, orr_error *e) {
  find_direction(t);
  double slope = dot(t, t->gradient, t->lbfgs->direction);
  *found = false;
  if (slope < 0 && isfinite(slope)) ORR_TRY(search(t, slope, found, e));
  if (*found || !t->counts.pairs) return ORR_OK;
  t->counts.pairs = t->counts.next_pair = 0;
  return descend(t, found, e);
}

orr_status orr_trainer_iterate(orr_trainer *t, orr_error *e) {
  const double flat = 1e-6;
  struct orr_lbfgs *l = t->lbfgs;
  bool found;
  orr_moment at = orr_trainer_moment(t, t->n_rows);
  orr_trainer_set(t, &at, true);
  ORR_TRY(refresh(t, e));
  double norm = sqrt(dot(t, t->gradient, t->gradient));
  if (!isfinite(l->value) || !isfinite(norm))
    return orr_fail(e, ORR_NUMERIC,
                    "the loss is %g and its gradient %g long where lbfgs stands, at step %lld; "
                    "look for extreme values in the columns",
                    l->value, norm, (long long)t->counts.step);
  if (norm > flat * fmax(1, sqrt(dot(t, t->parameters, t->parameters)))) ORR_TRY(descend(t, &found, e));
  else found = false;
  if (!found) return t->stop = "converged", ORR_OK;
  commit(t, norm);
  l->value = t->values[0] + 0.5 * t->numbers.weight_decay * dot(t, t->parameters, t->parameters);
  return orr_trainer_poll(t, 1, norm, e);
}
