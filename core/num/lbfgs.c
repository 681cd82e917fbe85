/* The home of NLopt.
 *
 * NLopt's search is restarted from the point it left until the gradient says
 * that it stands at a minimum: its own tests look at steps and values only.
 * The objective's error reaches the caller through a forced stop.
 */
#include "num/lbfgs.h"

#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { MEMORY_VECTORS = 20, MOST_STARTS = 10 };

typedef struct search {
  orr_objective_fn f;
  void *context;
  orr_error *e;
  nlopt_opt nlopt;
  orr_status status;
  size_t evaluations;
  double *best, *gradient; /* [n] the lowest point seen, and scratch for a gradient not asked for */
  double value, slope;     /* at `best`: f and the largest component of its gradient */
} search;

static double largest(const double *x, unsigned n) {
  double most = 0;
  for (unsigned i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
  return most;
}

static double evaluate(unsigned n, const double *x, double *gradient, void *data) {
  search *s = data;
  double value = NAN;
  if (s->status) return HUGE_VAL; /* it may ask once more after a forced stop */
  if (!gradient) gradient = s->gradient;
  s->evaluations++;
  s->status = s->f(s->context, n, x, gradient, &value, s->e);
  if (s->status) nlopt_force_stop(s->nlopt);
  else if (value < s->value || s->evaluations == 1) {
    s->value = value;
    s->slope = largest(gradient, n);
    memcpy(s->best, x, n * sizeof *x);
  }
  return s->status ? HUGE_VAL : value;
}

static orr_status make(search *s, size_t n, double tolerance, orr_error *e) {
  s->best = orr_calloc(n, sizeof *s->best);
  s->gradient = orr_calloc(n, sizeof *s->gradient);
  s->nlopt = nlopt_create(NLOPT_LD_LBFGS, (unsigned)n);
  if (!s->best || !s->gradient || !s->nlopt) return orr_fail_memory(e, "the optimiser", n * sizeof *s->best);
  nlopt_set_min_objective(s->nlopt, evaluate, s);
  nlopt_set_vector_storage(s->nlopt, MEMORY_VECTORS);
  nlopt_set_ftol_rel(s->nlopt, tolerance);
  return ORR_OK;
}

static void drop(search *s) {
  if (s->nlopt) nlopt_destroy(s->nlopt);
  orr_free(s->best);
  orr_free(s->gradient);
}

/* Starts again at the best point until it is flat there, no start gains any more, or evaluations run out. */
static const char *repeat(search *s, size_t n, double *x, size_t most, double tolerance) {
  double flat = sqrt(tolerance), before = HUGE_VAL;
  for (int start = 0; start < MOST_STARTS && !s->status; start++) {
    if (s->evaluations >= most) return "evaluation limit";
    nlopt_set_maxeval(s->nlopt, (int)(most - s->evaluations));
    double value;
    nlopt_optimize(s->nlopt, x, &value);
    memcpy(x, s->best, n * sizeof *x);
    bool stuck = !(s->value < before - tolerance * (1 + fabs(before)));
    if (s->slope <= flat * (1 + fabs(s->value)) || stuck) break;
    before = s->value;
  }
  return s->evaluations >= most ? "evaluation limit" : "converged";
}

orr_status orr_lbfgs_minimise(orr_objective_fn f, void *context, size_t n, double *x, size_t most_evaluations,
                              double relative_tolerance, orr_lbfgs_result *result, orr_error *e) {
  search s = {.f = f, .context = context, .e = e};
  *result = (orr_lbfgs_result){.reason = "converged"};
  orr_status status = make(&s, n, relative_tolerance, e);
  if (!status) {
    result->reason = repeat(&s, n, x, most_evaluations, relative_tolerance);
    status = s.status;
    if (!status && !isfinite(s.value))
      status =
          orr_fail(e, ORR_NUMERIC, "the search broke down: the objective is %g at its best point", s.value);
  }
  result->value = s.value;
  result->evaluations = s.evaluations;
  drop(&s);
  return status;
}

const char *orr_lbfgs_version(void) {
  static _Thread_local char text[32];
  int major, minor, bugfix;
  nlopt_version(&major, &minor, &bugfix);
  snprintf(text, sizeof text, "%d.%d.%d", major, minor, bugfix);
  return text;
}
