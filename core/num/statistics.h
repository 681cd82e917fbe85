/* Sums and quantiles, weighted where weights are given (NULL: all one).
 * Every sum runs in a fixed order with compensation (Neumaier 1974), so that
 * it is the same for any number of threads and does not drift with n. */
#ifndef ORR_NUM_STATISTICS_H
#define ORR_NUM_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct orr_sum {
  double total, lost;
} orr_sum;

void orr_sum_add(orr_sum *s, double x);
double orr_sum_get(const orr_sum *s);

double orr_sum_of(const double *x, size_t n);
double orr_mean(const double *x, const double *weight, size_t n);

/* Standard deviation about the mean with divisor n (weights: their sum). */
double orr_standard_deviation(const double *x, const double *weight, size_t n, double mean);

/* Sample standard deviation, divisor n-1; 0 for n < 2. */
double orr_sample_deviation(const double *x, size_t n);

/* Linear interpolation between order statistics of sorted x (Hyndman & Fan 1996, type 7). */
double orr_quantile_sorted(const double *sorted, size_t n, double p);
void orr_sort(double *x, size_t n);
int orr_by_integer(const void *a, const void *b); /* ascending int64_t, for qsort and bsearch */

/* The median of x[n], none of them NaN; reorders x, in time that grows as n (Hoare 1961). NaN for n = 0. */
double orr_median(double *x, size_t n);

/* index = rows in ascending order of x; ties keep the order of rows. */
orr_status orr_sort_index(const double *x, size_t n, uint32_t *index, orr_error *e);

/* (Σw)² / Σw²: how many equal weights would tell as much (Kish 1965). */
double orr_effective_n(const double *weight, size_t n);

double orr_normal_cdf(double z);
double orr_normal_pdf(double z);

#endif
