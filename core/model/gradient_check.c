/* The gradient check; see gradient_check.h. Differences are central and of
 * fourth order; of three step lengths the best counts, since a long step sees
 * the curvature, and a short one the rounding. */
#include "model/gradient_check.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/differentiate.h"

enum { MOST_ROWS = 64, DIRECTIONS = 3 };

static const double shake = 0.05, most_deviation = 1e-3;

typedef struct check {
  const orr_learner *learner;
  orr_arena arena;
  orr_program *program;
  orr_feed feed;
  size_t n; /* parameters */
  double *parameters, *moved, *gradient;
  uint32_t *rows; /* [2 n_rows], each of them twice */
} check;

/* Evenly chosen rows of each input, in double. */
static orr_status take_rows(check *c, const orr_dataset *rows, orr_error *e) {
  size_t n_inputs = orr_graph_inputs(c->learner->graph),
         n = rows->n_rows < MOST_ROWS ? rows->n_rows : MOST_ROWS;
  orr_rows_in *inputs;
  ORR_TAKE(&c->arena, inputs, n_inputs, e);
  for (size_t i = 0; i < n_inputs; i++) {
    orr_shape s = orr_shape_of(c->learner->graph, orr_graph_input(c->learner->graph, i));
    size_t width = orr_shape_size(&s, 1);
    double *x;
    ORR_TAKE(&c->arena, x, n * width, e);
    for (size_t r = 0; r < n; r++) {
      const float *from = (const float *)rows->inputs[i].x + r * rows->n_rows / n * rows->inputs[i].stride;
      for (size_t k = 0; k < width; k++) x[r * width + k] = (double)from[k];
    }
    inputs[i] = (orr_rows_in){x, width};
  }
  ORR_TAKE(&c->arena, c->rows, 2 * n, e);
  for (size_t r = 0; r < 2 * n; r++) c->rows[r] = (uint32_t)(r % n);
  c->feed.inputs = inputs;
  c->feed.n_rows = n;
  c->feed.rows = c->rows;
  return ORR_OK;
}

/* As a validation sees them: nothing is left out at random, and what moves has come to its end. */
static orr_status take_settings(check *c, orr_error *e) {
  const orr_learner *l = c->learner;
  double *settings;
  size_t n = orr_graph_settings(l->graph);
  ORR_TAKE(&c->arena, settings, n, e);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < l->n_movements; k++)
      if (!strcmp(l->movements[k].name, orr_graph_at(l->graph, orr_graph_setting(l->graph, i))->name))
        settings[i] = l->movements[k].to;
  c->feed.settings = settings;
  return ORR_OK;
}

static orr_status compile(check *c, orr_error *e) {
  orr_graph *g = c->learner->graph;
  size_t n = orr_graph_parameters(g);
  orr_node *parameter, *gradient;
  orr_root *roots;
  ORR_TAKE(&c->arena, parameter, n, e);
  ORR_TAKE(&c->arena, gradient, n, e);
  ORR_TAKE(&c->arena, roots, n + 1, e);
  for (size_t i = 0; i < n; i++) parameter[i] = orr_graph_parameter(g, i);
  orr_differentiate(g, c->learner->loss, 0, parameter, n, gradient);
  ORR_TRY(orr_graph_check(g, e));
  for (size_t i = 0; i < n; i++)
    roots[i] = (orr_root){gradient[i], ORR_ROOT_GRADIENT, orr_graph_at(g, parameter[i])->attributes.offset};
  roots[n] = (orr_root){c->learner->loss, ORR_ROOT_VALUE, 0};
  return orr_program_compile(g, roots, n + 1, ORR_DOUBLE, 2 * c->feed.n_rows, &c->program, e);
}

static orr_status take_parameters(check *c, uint64_t seed, orr_error *e) {
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_TEST);
  c->n = orr_graph_slab(c->learner->graph);
  ORR_TAKE(&c->arena, c->parameters, c->n, e);
  ORR_TAKE(&c->arena, c->moved, c->n, e);
  ORR_TAKE(&c->arena, c->gradient, c->n, e);
  for (size_t i = 0; i < c->n; i++)
    c->parameters[i] = (double)c->learner->initial[i] + shake * orr_random_normal(&r);
  return ORR_OK;
}

/* The loss at parameters + h v; its gradient goes to `gradient`. */
static orr_status loss_at(check *c, const double *v, double h, double *loss, orr_error *e) {
  for (size_t i = 0; i < c->n; i++) c->moved[i] = c->parameters[i] + (v ? h * v[i] : 0);
  c->feed.parameters = c->moved;
  c->feed.gradient = c->gradient;
  c->feed.values = loss;
  return orr_program_run(c->program, &c->feed, NULL, e);
}

static orr_status slope(check *c, const double *v, double h, double *out, orr_error *e) {
  double far, near, back, far_back;
  ORR_TRY(loss_at(c, v, 2 * h, &far, e));
  ORR_TRY(loss_at(c, v, h, &near, e));
  ORR_TRY(loss_at(c, v, -h, &back, e));
  ORR_TRY(loss_at(c, v, -2 * h, &far_back, e));
  *out = (8 * (near - back) - (far - far_back)) / (12 * h);
  return ORR_OK;
}

static orr_status look_along(check *c, orr_random *r, double *deviation, orr_error *e) {
  double loss, *v, along = 0, squares = 0;
  ORR_TAKE(&c->arena, v, c->n, e);
  for (size_t i = 0; i < c->n; i++) v[i] = orr_random_normal(r);
  ORR_TRY(loss_at(c, NULL, 0, &loss, e));
  for (size_t i = 0; i < c->n; i++)
    along += c->gradient[i] * v[i], squares += c->gradient[i] * c->gradient[i];
  if (squares == 0)
    return orr_fail(e, ORR_NUMERIC, "the loss does not depend on any parameter of the network");
  *deviation = INFINITY;
  for (double h = 1e-2; h > 1e-5; h /= 10) {
    double difference;
    ORR_TRY(slope(c, v, h, &difference, e));
    double size = fmax(fmax(fabs(along), fabs(difference)), 1e-3 * sqrt(squares));
    *deviation = fmin(*deviation, fabs(along - difference) / size);
  }
  return ORR_OK;
}

/* The loss of all rows once and of all rows twice. */
static orr_status look_at_mean(check *c, orr_error *e) {
  double once, twice;
  ORR_TRY(loss_at(c, NULL, 0, &once, e));
  if (!isfinite(once))
    return orr_fail(
        e, ORR_NUMERIC,
        "the loss is %g before any training; a logarithm, root or quotient may leave its range: try "
        "softplus or clamp",
        once);
  c->feed.n_rows *= 2;
  orr_status status = loss_at(c, NULL, 0, &twice, e);
  c->feed.n_rows /= 2;
  ORR_TRY(status);
  if (fabs(once - twice) <= 1e-9 * fmax(1, fabs(once))) return ORR_OK;
  return orr_fail(
      e, ORR_NUMERIC,
      "the loss of a batch is %g, and %g with each row twice; it must be a mean over the rows: use :mean() "
      "where you have :sum(), or return one value a row",
      once, twice);
}

static orr_status look(check *c, uint64_t seed, double *worst, orr_error *e) {
  orr_random r = orr_random_stream(seed, 1, ORR_FOR_TEST);
  ORR_TRY(look_at_mean(c, e));
  *worst = 0;
  for (int i = 0; i < DIRECTIONS; i++) {
    double deviation = INFINITY;
    ORR_TRY(look_along(c, &r, &deviation, e));
    if (!(deviation <= *worst)) *worst = deviation;
  }
  if (*worst <= most_deviation) return ORR_OK;
  return orr_fail(
      e, ORR_NUMERIC,
      "gradient check: %.1e: what is called the gradient is not the slope of the loss; it may jump, or hold "
      "something constant (stop_gradient)",
      *worst);
}

orr_status orr_gradient_check(orr_learner *l, const orr_dataset *rows, const char *what, uint64_t seed,
                              const orr_work *work, double *worst, orr_error *e) {
  check c = {.learner = l};
  orr_status status = rows->n_rows ? ORR_OK : orr_fail(e, ORR_DATA, "no rows to check a gradient on");
  if (!status) status = take_rows(&c, rows, e);
  if (!status) status = take_settings(&c, e);
  if (!status) status = take_parameters(&c, seed, e);
  if (!status) status = compile(&c, e);
  if (!status) status = look(&c, seed, worst, e);
  if (!status) orr_log(work, "%s: gradient check: %.1e", what, *worst);
  orr_program_free(c.program);
  orr_arena_fini(&c.arena);
  return status ? orr_fail_in(e, "%s", what) : ORR_OK;
}
