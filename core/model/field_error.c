/* How sure a field's coefficients are: Laplace's approximation about what was learnt.
 *
 * The loss is taken as minus a log-likelihood, with measurements about the
 * field by Gaussian noise of unknown deviation s, and the equation known as
 * firmly as its weight says. Near its minimum it is a sum of squares, |A z|²
 * for moves z of the parameters (Gauss-Newton), and what is left for the
 * coefficients once the network has given way as it can is their precision:
 *
 *   K = eps I + W Wᵀ;   precision = eps (I + Cᵀ K⁻¹ C),   A = [W, C]
 *
 * with W the columns of the network's parameters, C those of the coefficients,
 * and eps a weak prior: no difference of large numbers is taken. The network's
 * freedom is counted in the noise: s² = rss / (n - trace of the measurements'
 * part of A (AᵀA + eps)⁻¹ Aᵀ). A minimum that was not reached adds the step
 * still to go. D. J. C. MacKay, Neural Computation 4 (1992) 448.
 */
#include <math.h>
#include <string.h>

#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "model/field.h"
#include "num/linear.h"

enum { MOST_POINTS = 800, ROUNDS = 3 };

static const double prior = 1e-2; /* eps: parameters may move by about ten … */
static const double firmest =
    1e-11; /* … and no less of the largest diagonal element, or K would be singular */
static const double least_noise = 1e-4; /* of the field's deviation: what training in float can tell */

/* A row of A before it is weighted: the gradient of one value. */
typedef struct slopes {
  orr_program *program;
  double *parameters, *row[ORR_MOST_COORDINATES + 2]; /* one row of each input */
  size_t n;                                           /* parameters */
} slopes;

static orr_status compile(slopes *s, const orr_field_lesson *l, orr_node of, orr_arena *arena, orr_error *e) {
  orr_graph *g = l->lesson.learner.graph;
  size_t n = orr_graph_parameters(g);
  orr_node *parameter, *gradient, sum = orr_node_sum(g, of, 0, false);
  orr_root *roots;
  ORR_TAKE(arena, parameter, n, e);
  ORR_TAKE(arena, gradient, n, e);
  ORR_TAKE(arena, roots, n + 1, e);
  for (size_t i = 0; i < n; i++) parameter[i] = orr_graph_parameter(g, i);
  orr_differentiate(g, sum, 0, parameter, n, gradient);
  ORR_TRY(orr_graph_check(g, e));
  for (size_t i = 0; i < n; i++)
    roots[i] = (orr_root){gradient[i], ORR_ROOT_GRADIENT, orr_graph_at(g, parameter[i])->attributes.offset};
  roots[n] = (orr_root){sum, ORR_ROOT_VALUE, 0};
  return orr_program_compile(g, roots, n + 1, ORR_DOUBLE, 1, &s->program, e);
}

/* value and gradient[n] at the row of the training rows. */
static orr_status slope_at(const slopes *s, const orr_field_lesson *l, size_t row, double *value,
                           double *gradient, orr_error *e) {
  size_t n_inputs = orr_graph_inputs(l->lesson.learner.graph);
  double x[ORR_MOST_COORDINATES + 2];
  orr_rows_in inputs[ORR_MOST_COORDINATES + 2];
  for (size_t i = 0; i < n_inputs; i++) {
    x[i] = (double)((const float *)l->lesson.train.inputs[i].x)[row];
    inputs[i] = (orr_rows_in){&x[i], 1};
  }
  orr_feed feed = {
      .n_rows = 1, .inputs = inputs, .parameters = s->parameters, .values = value, .gradient = gradient};
  return orr_program_run(s->program, &feed, NULL, e);
}

/* The measurements' rows of A, then the equation's, not yet weighted; and how far each value is from where it should be. */
typedef struct curvature {
  size_t n_data, n, n_parameters, n_unknown;
  double *a;                      /* [n, n_parameters] */
  double *off;                    /* [n] */
  double *gram, *weighted, *room; /* [n,n], [n,n], [n,n] */
} curvature;

static orr_status fill(curvature *c, const orr_field_lesson *l, const float *parameters, const orr_work *work,
                       orr_arena *arena, orr_error *e) {
  slopes u = {.n = c->n_parameters}, r = u;
  size_t n_points = c->n - c->n_data;
  const float *y = l->lesson.train.inputs[l->field.n_inputs].x;
  ORR_TAKE(arena, u.parameters, u.n, e);
  for (size_t i = 0; i < u.n; i++) u.parameters[i] = (double)parameters[i];
  r.parameters = u.parameters;
  orr_status status = compile(&u, l, l->u, arena, e);
  if (!status) status = compile(&r, l, l->residual, arena, e);
  for (size_t i = 0; i < c->n && !status; i++) {
    bool data = i < c->n_data;
    double *row = c->a + i * c->n_parameters, value;
    if (i % 64 == 0) status = orr_progress_step(work, "errors", i, c->n, e);
    size_t at = data ? i : (i - c->n_data) * l->n_rows / n_points;
    if (!status) status = slope_at(data ? &u : &r, l, at, &value, row, e);
    if (status) break;
    for (size_t k = 0; data && k < c->n_parameters; k++) row[k] /= l->field.deviation;
    c->off[i] = data ? (value - l->field.mean) / l->field.deviation - (double)y[i] : value;
  }
  orr_program_free(u.program);
  orr_program_free(r.program);
  return status;
}

/* What row i of A is multiplied by, when the noise is s. */
static double weight_of(const curvature *c, const orr_field_lesson *l, size_t i, double s) {
  if (i < c->n_data) return 1 / s;
  return sqrt((double)c->n_data * l->weight / (double)(c->n - c->n_data)) / s;
}

/* room = eps I + D W Wᵀ D: of all columns, or of the network's alone. Returns eps. */
static double fill_kernel(const curvature *c, const orr_field_lesson *l, double s, bool network_only) {
  size_t first = c->n_parameters - c->n_unknown;
  double largest = 0;
  for (size_t i = 0; i < c->n; i++)
    for (size_t j = 0; j < c->n; j++) {
      double dot = c->gram[i * c->n + j];
      for (size_t k = first; network_only && k < c->n_parameters; k++)
        dot -= c->a[i * c->n_parameters + k] * c->a[j * c->n_parameters + k];
      c->room[i * c->n + j] = weight_of(c, l, i, s) * weight_of(c, l, j, s) * dot;
      if (i == j) largest = fmax(largest, c->room[i * c->n + j]);
    }
  double eps = fmax(prior, firmest * largest);
  for (size_t i = 0; i < c->n; i++) c->room[i * c->n + i] += eps;
  return eps;
}

/* The deviation of the measurements about the field, in units of the field's: the network's freedom is taken off. */
static orr_status find_noise(const curvature *c, const orr_field_lesson *l, double *s, orr_error *e) {
  double rss = 0;
  for (size_t i = 0; i < c->n_data; i++) rss += c->off[i] * c->off[i];
  *s = fmax(sqrt(rss / (double)c->n_data), least_noise);
  for (int round = 0; round < ROUNDS; round++) {
    double freedom = 0;
    memset(c->weighted, 0, c->n * c->n * sizeof *c->weighted);
    for (size_t i = 0; i < c->n; i++) c->weighted[i * c->n + i] = 1;
    double eps = fill_kernel(c, l, *s, false);
    ORR_TRY(orr_solve_positive(c->n, c->n, c->room, c->weighted, e));
    for (size_t i = 0; i < c->n_data; i++) freedom += 1 - eps * c->weighted[i * c->n + i];
    double left = fmax((double)c->n_data - freedom, 0.1 * (double)c->n_data);
    *s = fmax(sqrt(rss / left), least_noise);
  }
  return ORR_OK;
}

/* covariance[k,k] of the coefficients, in units of their moves. */
static orr_status find_covariance(const curvature *c, const orr_field_lesson *l, double s, double *covariance,
                                  orr_arena *arena, orr_error *e) {
  size_t k = c->n_unknown, first = c->n_parameters - k;
  double *right, *left, *precision;
  ORR_TAKE(arena, right, c->n * k, e);
  ORR_TAKE(arena, left, c->n * k, e);
  ORR_TAKE(arena, precision, k * k, e);
  for (size_t i = 0; i < c->n; i++)
    for (size_t j = 0; j < k; j++)
      right[i * k + j] = left[i * k + j] = weight_of(c, l, i, s) * c->a[i * c->n_parameters + first + j];
  double eps = fill_kernel(c, l, s, true);
  ORR_TRY(orr_solve_positive(c->n, k, c->room, right, e));
  orr_gemm(true, false, k, k, c->n, eps, left, k, right, k, 0, precision, k);
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < k; j++) {
      precision[i * k + j] += i == j ? 1e-12 : 0;
      covariance[i * k + j] = i == j;
    }
  return orr_solve_positive(k, k, precision, covariance, e);
}

/* The Gauss-Newton step that is still to go: -Cᵀ (eps I + A Aᵀ)⁻¹ off. step[n_unknown] */
static orr_status find_step(const curvature *c, const orr_field_lesson *l, double s, double *step,
                            orr_arena *arena, orr_error *e) {
  size_t first = c->n_parameters - c->n_unknown;
  double *off;
  ORR_TAKE(arena, off, c->n, e);
  for (size_t i = 0; i < c->n; i++) off[i] = weight_of(c, l, i, s) * c->off[i];
  fill_kernel(c, l, s, false);
  ORR_TRY(orr_solve_positive(c->n, 1, c->room, off, e));
  for (size_t j = 0; j < c->n_unknown; j++) {
    step[j] = 0;
    for (size_t i = 0; i < c->n; i++)
      step[j] -= weight_of(c, l, i, s) * c->a[i * c->n_parameters + first + j] * off[i];
  }
  return ORR_OK;
}

static orr_status take(curvature *c, const orr_field_lesson *l, orr_arena *arena, orr_error *e) {
  size_t n_points = l->n_rows < MOST_POINTS ? l->n_rows : MOST_POINTS;
  *c = (curvature){.n_data = l->n_measured,
                   .n = l->n_measured + n_points,
                   .n_parameters = orr_graph_slab(l->lesson.learner.graph),
                   .n_unknown = l->field.n_unknown};
  ORR_TAKE(arena, c->a, c->n * c->n_parameters, e);
  ORR_TAKE(arena, c->off, c->n, e);
  ORR_TAKE(arena, c->gram, c->n * c->n, e);
  ORR_TAKE(arena, c->weighted, c->n * c->n, e);
  ORR_TAKE(arena, c->room, c->n * c->n, e);
  return ORR_OK;
}

static orr_status find_errors(const curvature *c, const orr_field_lesson *l, double *error, double *noise,
                              orr_arena *arena, orr_error *e) {
  double *covariance, step[ORR_MOST_COEFFICIENTS], s;
  size_t k = c->n_unknown;
  ORR_TAKE(arena, covariance, k * k, e);
  orr_gemm(false, true, c->n, c->n, c->n_parameters, 1, c->a, c->n_parameters, c->a, c->n_parameters, 0,
           c->gram, c->n);
  ORR_TRY(find_noise(c, l, &s, e));
  *noise = s * l->field.deviation;
  if (!k) return ORR_OK;
  ORR_TRY(find_covariance(c, l, s, covariance, arena, e));
  ORR_TRY(find_step(c, l, s, step, arena, e));
  for (size_t i = 0; i < k; i++) {
    double unit = l->field.start[i] != 0 ? fabs(l->field.start[i]) : 1;
    error[i] = unit * sqrt(covariance[i * k + i] + step[i] * step[i]);
  }
  return ORR_OK;
}

orr_status orr_field_errors(const orr_field_lesson *l, const float *parameters, double *error, double *noise,
                            double *residual, const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  curvature c;
  double sum = 0;
  orr_status status = take(&c, l, &arena, e);
  if (!status) status = fill(&c, l, parameters, work, &arena, e);
  for (size_t i = c.n_data; i < c.n && !status; i++) sum += c.off[i] * c.off[i];
  if (!status) *residual = l->size * sqrt(sum / (double)(c.n - c.n_data));
  if (!status) status = find_errors(&c, l, error, noise, &arena, e);
  orr_arena_fini(&arena);
  return status ? orr_fail_in(e, "errors of the coefficients") : ORR_OK;
}
