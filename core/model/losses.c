/* The losses; see loss.h. */
#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "base/text.h"
#include "model/loss.h"

static const double half_log_two_pi = 0.91893853320467274178;
static const double least_sd = 1e-6; /* in units of the scaled target: no likelihood grows without end */

const orr_loss_setting orr_loss_defaults = {
    .gamma = 2, .delta = 1, .levels = {0.05, 0.25, 0.5, 0.75, 0.95}, .n_levels = 5};

/* Output number `at`: [rows]. */
static orr_node column(orr_graph *g, orr_node output, int at) {
  return orr_node_reshape(g, orr_node_slice(g, output, 1, at, 1), ORR_SHAPE_OF(ORR_FREE));
}

static orr_node stack(orr_graph *g, const orr_node *columns, int n) {
  orr_node wide[ORR_MOST_INPUTS];
  for (int i = 0; i < n; i++) wide[i] = orr_node_reshape(g, columns[i], ORR_SHAPE_OF(ORR_FREE, 1));
  return orr_node_concatenate(g, wide, n, 1);
}

static int one(const orr_loss_setting *s, int k) { return (void)s, (void)k, 1; }
static int each_class(const orr_loss_setting *s, int k) { return (void)s, k; }
static int two(const orr_loss_setting *s, int k) { return (void)s, (void)k, 2; }
static int three(const orr_loss_setting *s, int k) { return (void)s, (void)k, 3; }
static int each_level(const orr_loss_setting *s, int k) { return (void)k, s->n_levels; }

static orr_node itself(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  return (void)g, (void)s, output;
}

/* log(1 + e^z) - y z */
static orr_node binary(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  (void)s;
  orr_node z = column(g, output, 0);
  return orr_node_sub(g, orr_node_softplus(g, z), orr_node_mul(g, y, z));
}

static orr_node two_shares(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  (void)s;
  orr_node z = column(g, output, 0);
  return stack(g, (orr_node[]){orr_node_sigmoid(g, orr_node_neg(g, z)), orr_node_sigmoid(g, z)}, 2);
}

static orr_node log_share(orr_graph *g, orr_node output, orr_node y) {
  return orr_node_pick(g, orr_node_log_softmax(g, output, 1), y);
}

static orr_node categorical(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  return (void)s, orr_node_neg(g, log_share(g, output, y));
}

static orr_node shares(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  return (void)s, orr_node_softmax(g, output, 1);
}

/* -(1 - p)^gamma log p: T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017, eq. 4. */
static orr_node focal(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  orr_node lp = log_share(g, output, y), miss = orr_node_neg(g, orr_node_expm1(g, lp));
  orr_node least = orr_node_constant(g, 1e-12);
  orr_node play_down = orr_node_pow(g, orr_node_maximum(g, miss, least), orr_node_constant(g, s->gamma));
  return orr_node_neg(g, orr_node_mul(g, play_down, lp));
}

static orr_node residual(orr_graph *g, orr_node output, orr_node y) {
  return orr_node_sub(g, y, column(g, output, 0));
}

static orr_node squared(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  return (void)s, orr_node_square(g, residual(g, output, y));
}

static orr_node absolute(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  return (void)s, orr_node_abs(g, residual(g, output, y));
}

/* r²/2 up to delta, then delta (|r| - delta/2): P. J. Huber, Annals of Mathematical Statistics 35 (1964) 73. */
static orr_node huber(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  orr_node r = orr_node_abs(g, residual(g, output, y)), delta = orr_node_constant(g, s->delta);
  orr_node near = orr_node_scale(g, orr_node_square(g, r), 0.5);
  orr_node far = orr_node_mul(g, delta, orr_node_offset(g, r, -0.5 * s->delta));
  return orr_node_where(g, orr_node_less_equal(g, r, delta), near, far);
}

/* max(t r, (t - 1) r), summed over the levels t: R. Koenker and G. Bassett, Econometrica 46 (1978) 33. */
static orr_node pinball(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  orr_node sum = 0;
  for (int i = 0; i < s->n_levels; i++) {
    orr_node r = orr_node_sub(g, y, column(g, output, i)), t = orr_node_scale(g, r, s->levels[i]);
    orr_node l = orr_node_maximum(g, t, orr_node_sub(g, t, r));
    sum = sum ? orr_node_add(g, sum, l) : l;
  }
  return sum;
}

static orr_node spread(orr_graph *g, orr_node output, int at) {
  return orr_node_offset(g, orr_node_softplus(g, column(g, output, at)), least_sd);
}

static orr_node mean_and_sd(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  (void)s;
  return stack(g, (orr_node[]){column(g, output, 0), spread(g, output, 1)}, 2);
}

/* log sd + (y - mean)² / (2 sd²) + log(2π)/2 */
static orr_node gaussian(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  (void)s;
  orr_node sd = spread(g, output, 1), z = orr_node_div(g, residual(g, output, y), sd);
  orr_node half = orr_node_scale(g, orr_node_square(g, z), 0.5);
  return orr_node_offset(g, orr_node_add(g, orr_node_log(g, sd), half), half_log_two_pi);
}

/* Degrees of freedom above two: the variance exists. */
static orr_node freedom(orr_graph *g, orr_node output) {
  return orr_node_offset(g, orr_node_softplus(g, column(g, output, 2)), 2 + 1e-3);
}

/* -log of Student's density with location, scale and degrees of freedom v:
 * lgamma(v/2) - lgamma((v+1)/2) + log(π v)/2 + log scale + (v+1)/2 log(1 + z²/v) */
static orr_node student(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  (void)s;
  orr_node scale = spread(g, output, 1), v = freedom(g, output);
  orr_node half = orr_node_scale(g, v, 0.5), more = orr_node_offset(g, half, 0.5);
  orr_node z = orr_node_div(g, residual(g, output, y), scale);
  orr_node tail = orr_node_log1p(g, orr_node_div(g, orr_node_square(g, z), v));
  orr_node l = orr_node_sub(g, orr_node_lgamma(g, half), orr_node_lgamma(g, more));
  l = orr_node_add(g, l,
                   orr_node_scale(g, orr_node_log(g, orr_node_scale(g, v, 3.14159265358979323846)), 0.5));
  l = orr_node_add(g, l, orr_node_log(g, scale));
  return orr_node_add(g, l, orr_node_mul(g, more, tail));
}

/* The standard deviation of Student's t: scale sqrt(v / (v - 2)). */
static orr_node student_sd(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  (void)s;
  orr_node v = freedom(g, output), ratio = orr_node_div(g, v, orr_node_offset(g, v, -2));
  orr_node sd = orr_node_mul(g, spread(g, output, 1), orr_node_sqrt(g, ratio));
  return stack(g, (orr_node[]){column(g, output, 0), sd}, 2);
}

/* e^z - y z + lgamma(y + 1), with z the logarithm of the rate. */
static orr_node poisson(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node y) {
  (void)s;
  orr_node z = column(g, output, 0);
  orr_node l = orr_node_sub(g, orr_node_exp(g, z), orr_node_mul(g, y, z));
  return orr_node_add(g, l, orr_node_lgamma(g, orr_node_offset(g, y, 1)));
}

static orr_node rate_and_sd(orr_graph *g, const orr_loss_setting *s, orr_node output) {
  (void)s;
  orr_node rate = orr_node_exp(g, column(g, output, 0));
  return stack(g, (orr_node[]){rate, orr_node_sqrt(g, rate)}, 2);
}

#define LOSS(name_, tasks_, outputs_, of_row_, meaning_, help_)                                              \
  const orr_loss orr_loss_##name_ = {.name = #name_,                                                         \
                                     .help = help_,                                                          \
                                     .tasks = tasks_,                                                        \
                                     .outputs = outputs_,                                                    \
                                     .of_row = of_row_,                                                      \
                                     .meaning = meaning_};

LOSS(binary_cross_entropy, ORR_CLASSIFICATION, one, binary, two_shares,
     "minus the log-likelihood of one of two classes")
LOSS(categorical_cross_entropy, ORR_CLASSIFICATION, each_class, categorical, shares,
     "minus the log-likelihood of one of several classes")
LOSS(focal, ORR_CLASSIFICATION, each_class, focal, shares, "cross-entropy that plays down rows already right")
LOSS(squared_error, ORR_REGRESSION, one, squared, itself, "the square of the residual")
LOSS(absolute_error, ORR_REGRESSION, one, absolute, itself, "the size of the residual: the median is learnt")
LOSS(huber, ORR_REGRESSION, one, huber, itself,
     "squared near zero, absolute beyond delta: outliers pull less")
LOSS(quantile, ORR_REGRESSION, each_level, pinball, itself,
     "pinball loss: quantiles of the target are learnt")
LOSS(gaussian_nll, ORR_REGRESSION, two, gaussian, mean_and_sd,
     "a Gaussian of its own mean and spread for each row")
LOSS(student_nll, ORR_REGRESSION, three, student, student_sd,
     "Student's t: like a Gaussian, with heavy tails")
LOSS(poisson_nll, ORR_REGRESSION, one, poisson, rate_and_sd, "counts with a rate of its own for each row")

const orr_loss *const orr_losses[] = {
#define ORR_LOSS(file, name) &orr_loss_##name,
#include "model/losses.def"
#undef ORR_LOSS
};
const size_t orr_losses_count = sizeof orr_losses / sizeof *orr_losses;

orr_status orr_loss_find(const char *name, const orr_loss **out, orr_error *e) {
  const char *names[sizeof orr_losses / sizeof *orr_losses];
  for (size_t i = 0; i < orr_losses_count; i++)
    if (!strcmp(names[i] = orr_losses[i]->name, name)) return *out = orr_losses[i], ORR_OK;
  const char *nearest = orr_text_nearest(name, names, orr_losses_count);
  return orr_fail(e, ORR_USAGE, "no loss '%.60s'; did you mean '%s'?", name, nearest ? nearest : names[0]);
}

orr_node orr_loss_mean(orr_graph *g, orr_node of_row, orr_node weight) {
  return orr_node_mean_all(g, weight ? orr_node_mul(g, of_row, weight) : of_row);
}
