/* How close the flows come to densities that are known. Minutes each; figures of quality, not of speed. */
#ifndef BENCH_DENSITY_H
#define BENCH_DENSITY_H

#include "base/progress.h"
#include "model/density.h"
#include "model/two_sample.h"

extern const char *const bench_density_problems[]; /* NULL is the last */
bool bench_density_is_problem(const char *word);

typedef struct density_figures {
  double truth, test, standard_error; /* mean log-density of the test rows: true, the model's; of their gap */
  double integral; /* on a grid in 2 dimensions; in 8 weighed by the truth, with its error */
  double integral_error, round_trip; /* round_trip: largest |inverse(forward(x)) - x| over the test rows */
  orr_two_sample c2st;               /* of 10,000 samples and as many test rows */
  double seconds;                    /* of training */
  size_t parameters, steps;
} density_figures;

orr_status bench_density_measure(const char *problem, const orr_density *family, const orr_value *given,
                                 const orr_work *w, density_figures *out, orr_error *e);

/* nsf, maf and realnvp with their defaults, on one problem or, for NULL, on all. */
void bench_density(const orr_work *w, const char *problem_name);

#endif
