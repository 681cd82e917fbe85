/* Minimisation of a smooth function by limited-memory BFGS (Nocedal 1980), through NLopt. */
#ifndef ORR_NUM_LBFGS_H
#define ORR_NUM_LBFGS_H

#include <stddef.h>

#include "base/error.h"

/* f(x[n]) and its gradient; a status other than ORR_OK ends the search and is returned by it. */
typedef orr_status (*orr_objective_fn)(void *context, size_t n, const double *x, double *gradient,
                                       double *value, orr_error *e);

typedef struct orr_lbfgs_result {
  double value;
  size_t evaluations;
  const char *reason; /* "converged", "evaluation limit" */
} orr_lbfgs_result;

/* Starts at x and leaves the minimum there. ORR_NUMERIC when the search breaks down. */
orr_status orr_lbfgs_minimise(orr_objective_fn f, void *context, size_t n, double *x, size_t most_evaluations,
                              double relative_tolerance, orr_lbfgs_result *result, orr_error *e);

const char *orr_lbfgs_version(void); /* NLopt's */

#endif
