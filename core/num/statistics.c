/* Sums and quantiles; see statistics.h. */
#include "num/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

void orr_sum_add(orr_sum *s, double x) {
  double total = s->total + x;
  s->lost += fabs(s->total) >= fabs(x) ? (s->total - total) + x : (x - total) + s->total;
  s->total = total;
}

double orr_sum_get(const orr_sum *s) { return isfinite(s->total) ? s->total + s->lost : s->total; }

double orr_sum_of(const double *x, size_t n) {
  orr_sum s = {0};
  for (size_t i = 0; i < n; i++) orr_sum_add(&s, x[i]);
  return orr_sum_get(&s);
}

double orr_mean(const double *x, const double *weight, size_t n) {
  orr_sum s = {0}, w = {0};
  for (size_t i = 0; i < n; i++) {
    orr_sum_add(&s, weight ? weight[i] * x[i] : x[i]);
    orr_sum_add(&w, weight ? weight[i] : 1.0);
  }
  return orr_sum_get(&s) / orr_sum_get(&w);
}

double orr_standard_deviation(const double *x, const double *weight, size_t n, double mean) {
  orr_sum s = {0}, w = {0};
  for (size_t i = 0; i < n; i++) {
    double d = x[i] - mean;
    orr_sum_add(&s, weight ? weight[i] * d * d : d * d);
    orr_sum_add(&w, weight ? weight[i] : 1.0);
  }
  return sqrt(orr_sum_get(&s) / orr_sum_get(&w));
}

double orr_sample_deviation(const double *x, size_t n) {
  if (n < 2) return 0;
  return orr_standard_deviation(x, NULL, n, orr_mean(x, NULL, n)) * sqrt((double)n / (double)(n - 1));
}

double orr_quantile_sorted(const double *sorted, size_t n, double p) {
  if (!n) return NAN;
  double at = p * (double)(n - 1);
  size_t low = (size_t)at;
  if (low + 1 >= n) return sorted[n - 1];
  return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int orr_by_integer(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

void orr_sort(double *x, size_t n) {
  if (n) qsort(x, n, sizeof *x, ascending);
}

static void swap(double *a, double *b) {
  double kept = *a;
  *a = *b;
  *b = kept;
}

/* Leaves the k-th smallest at x[k], none larger before it, none smaller behind. */
static void select_kth(double *x, size_t n, size_t k) {
  size_t low = 0, high = n - 1;
  while (low < high) {
    size_t i = low, j = high;
    double pivot = x[low + (high - low) / 2];
    do {
      while (x[i] < pivot) i++;
      while (pivot < x[j]) j--;
      if (i > j) break;
      swap(&x[i], &x[j]);
      i++;
      if (!j--) break;
    } while (i <= j);
    if (k <= j && j < n) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

double orr_median(double *x, size_t n) {
  if (!n) return NAN;
  size_t k = n / 2;
  select_kth(x, n, k);
  if (n % 2) return x[k];
  double below = x[0];
  for (size_t i = 1; i < k; i++) below = x[i] > below ? x[i] : below;
  return below + 0.5 * (x[k] - below);
}

typedef struct keyed {
  double key;
  uint32_t row;
} keyed;

static int keyed_ascending(const void *a, const void *b) {
  const keyed *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

orr_status orr_sort_index(const double *x, size_t n, uint32_t *index, orr_error *e) {
  keyed *all = orr_calloc(n, sizeof *all);
  if (!all) return orr_fail_memory(e, "a sort", n * sizeof *all);
  for (size_t i = 0; i < n; i++) all[i] = (keyed){x[i], (uint32_t)i};
  qsort(all, n, sizeof *all, keyed_ascending);
  for (size_t i = 0; i < n; i++) index[i] = all[i].row;
  orr_free(all);
  return ORR_OK;
}

double orr_effective_n(const double *weight, size_t n) {
  if (!weight) return (double)n;
  orr_sum s = {0}, squares = {0};
  for (size_t i = 0; i < n; i++) {
    orr_sum_add(&s, weight[i]);
    orr_sum_add(&squares, weight[i] * weight[i]);
  }
  double total = orr_sum_get(&s), square = orr_sum_get(&squares);
  return square > 0 ? total * total / square : 0;
}

double orr_normal_cdf(double z) { return 0.5 * erfc(-z / 1.4142135623730951); }
double orr_normal_pdf(double z) { return 0.3989422804014327 * exp(-0.5 * z * z); }
