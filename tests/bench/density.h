/* How close the flows come to densities that are known. Minutes each; figures of quality, not of speed. */
#ifndef BENCH_DENSITY_H
#define BENCH_DENSITY_H

#include "base/progress.h"
#include "model/density.h"

extern const char *const bench_density_problems[]; /* two_moons, rings, checkerboard, mixture_8; NULL */

typedef struct density_figures {
  double truth, test, standard_error; /* mean log-density of 20,000 test rows: true, the model's; of the gap */
  double c2st, seconds;               /* accuracy of boosted trees on samples against test rows; of training */
  size_t parameters, steps;
} density_figures;

orr_status bench_density_measure(const char *problem, const orr_density *family, const orr_value *given,
                                 const orr_work *w, density_figures *out, orr_error *e);

void bench_density(const orr_work *w); /* nsf and maf on all four: gap in nats, and C2ST */

#endif
