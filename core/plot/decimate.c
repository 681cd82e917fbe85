/* Decimation; see decimate.h. */
#include "plot/decimate.h"

#include <math.h>

double orr_dot_of(const orr_dot_axis *a, double value) {
  double at = a->log ? log(value / a->low) / log(a->high / a->low) : (value - a->low) / (a->high - a->low);
  return (a->log && value <= 0) || !isfinite(at) ? NAN : floor(at * (double)(a->dots - 1) + 0.5);
}

static bool rises(const double *x, const double *y, size_t n) {
  double last = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i] + y[i])) continue;
    if (x[i] < last) return false;
    last = x[i];
  }
  return true;
}

/* The points of one column that matter, by index. */
typedef struct column {
  double dot;
  size_t first, last, least, greatest;
} column;

static size_t keep_column(const column *c, size_t *kept, size_t n) {
  size_t low = c->least < c->greatest ? c->least : c->greatest,
         high = c->least < c->greatest ? c->greatest : c->least;
  kept[n++] = c->first;
  if (low != c->first) kept[n++] = low;
  if (high != low && high != c->first) kept[n++] = high;
  if (c->last != kept[n - 1]) kept[n++] = c->last;
  return n;
}

static double bounded(const orr_dot_axis *a, double x) {
  double dot = orr_dot_of(a, x);
  return dot < 0 ? -1 : dot > (double)a->dots ? (double)a->dots : dot;
}

size_t orr_decimate_line(const orr_dot_axis *a, const double *x, const double *y, size_t n, size_t *kept) {
  bool rising = rises(x, y, n), open = false;
  column c = {0};
  size_t n_kept = 0;
  for (size_t i = 0; i < n; i++) {
    double dot = bounded(a, x[i]);
    if (isnan(dot) || !isfinite(y[i])) continue;
    if (!rising) {
      kept[n_kept++] = i;
      continue;
    }
    if (open && dot == c.dot) {
      c.last = i;
      if (y[i] < y[c.least]) c.least = i;
      if (y[i] > y[c.greatest]) c.greatest = i;
      continue;
    }
    if (open) n_kept = keep_column(&c, kept, n_kept);
    c = (column){dot, i, i, i, i};
    open = true;
  }
  return open ? keep_column(&c, kept, n_kept) : n_kept;
}

size_t orr_decimate_points(const orr_dot_axis *a, const orr_dot_axis *b, const double *x, const double *y,
                           size_t n, unsigned char *seen, size_t *kept) {
  size_t n_kept = 0;
  for (size_t i = 0; i < n; i++) {
    double across = orr_dot_of(a, x[i]), up = orr_dot_of(b, y[i]);
    if (!(across >= 0 && across < (double)a->dots && up >= 0 && up < (double)b->dots)) continue;
    unsigned char *dot = &seen[(size_t)up * a->dots + (size_t)across];
    if (*dot) continue;
    *dot = 1;
    kept[n_kept++] = i;
  }
  return n_kept;
}
