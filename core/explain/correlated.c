/* Correlated columns; see correlated.h. */
#include "explain/correlated.h"

#include <math.h>

#include "base/memory.h"
#include "num/linear.h"
#include "num/matrix.h"
#include "num/statistics.h"

enum { MOST_ROWS = 2000, COLUMNS_AT_ONCE = 64 };

static void rank_sorted(double *x, const uint32_t *order, size_t n, double *ranks) {
  double middle = 0.5 * (double)(n - 1);
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && x[order[j]] == x[order[i]]; j++) continue;
    for (size_t k = i; k < j; k++)
      ranks[order[k]] = isinf(x[order[k]]) && x[order[k]] < 0 ? middle : 0.5 * (double)(i + j - 1);
  }
}

static void standardise(double *x, size_t n) {
  double mean = 0, squares = 0;
  for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
  for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
  double scale = squares > 1e-9 ? 1 / sqrt(squares) : 0;
  for (size_t i = 0; i < n; i++) x[i] = (x[i] - mean) * scale;
}

/* What is not a number stands below all, until its rank is known. */
orr_status orr_standard_ranks(double *x, size_t n, orr_error *e) {
  double *ranks = orr_calloc(n + 1, sizeof *ranks);
  uint32_t *order = orr_calloc(n + 1, sizeof *order);
  orr_status status = ranks && order ? ORR_OK : orr_fail_memory(e, "ranks", n * sizeof *ranks);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) x[i] = -INFINITY;
  if (!status) status = orr_sort_index(x, n, order, e);
  if (!status) {
    rank_sorted(x, order, n, ranks);
    for (size_t i = 0; i < n; i++) x[i] = ranks[i];
    standardise(x, n);
  }
  orr_free(ranks);
  orr_free(order);
  return status;
}

typedef struct finding {
  const orr_table *table;
  const size_t *columns, *rows;
  size_t n_columns, n, step; /* every step-th row */
  orr_matrix ranks;          /* [columns,n] */
} finding;

static orr_status rank_columns(const finding *f, const orr_work *work, orr_error *e) {
  for (size_t j = 0; j < f->n_columns; j++) {
    const orr_column *c = f->table->columns[f->columns[j]];
    double *x = orr_matrix_row(&f->ranks, j);
    ORR_TRY(orr_progress_step(work, "correlations", j, 2 * f->n_columns, e));
    if (!orr_column_is_numeric(c)) continue;
    for (size_t i = 0; i < f->n; i++) x[i] = orr_column_number(c, f->rows[i * f->step]);
    ORR_TRY(orr_standard_ranks(x, f->n, e));
  }
  return ORR_OK;
}

/* The first member of the group of j; chains are followed to their end. */
static size_t head(size_t *group, size_t j) {
  while (group[j] != j) j = group[j] = group[group[j]];
  return j;
}

/* rho[block,columns] = ranks of a block by all, a block at a time. */
static orr_status join(const finding *f, double above, orr_arena *arena, size_t *group, const orr_work *work,
                       orr_error *e) {
  double *rho;
  size_t d = f->n_columns;
  ORR_TAKE(arena, rho, COLUMNS_AT_ONCE * d, e);
  for (size_t first = 0; first < d; first += COLUMNS_AT_ONCE) {
    size_t block = d - first < COLUMNS_AT_ONCE ? d - first : COLUMNS_AT_ONCE;
    ORR_TRY(orr_progress_step(work, "correlations", d + first, 2 * d, e));
    orr_gemm(false, true, block, d, f->n, 1, orr_matrix_row(&f->ranks, first), f->n, f->ranks.x, f->n, 0, rho,
             d);
    for (size_t i = 0; i < block; i++)
      for (size_t j = 0; j < first + i; j++) {
        size_t a = head(group, first + i), b = head(group, j);
        if (fabs(rho[i * d + j]) > above && a != b) group[a > b ? a : b] = a > b ? b : a;
      }
  }
  return ORR_OK;
}

orr_status orr_correlated_groups(const orr_table *t, const size_t *columns, size_t n_columns,
                                 const size_t *rows, size_t n, double above, const orr_work *work,
                                 orr_arena *arena, size_t *group, size_t *n_groups, orr_error *e) {
  size_t step = n > MOST_ROWS ? n / MOST_ROWS : 1;
  size_t *number;
  finding f = {t, columns, rows, n_columns, n > MOST_ROWS ? MOST_ROWS : n, step, {0}};
  ORR_TRY(orr_matrix_take(arena, n_columns, f.n, &f.ranks, e));
  ORR_TAKE(arena, number, n_columns + 1, e);
  ORR_TRY(rank_columns(&f, work, e));
  for (size_t j = 0; j < n_columns; j++) group[j] = j;
  ORR_TRY(join(&f, above, arena, group, work, e));
  *n_groups = 0;
  for (size_t j = 0; j < n_columns; j++)
    if (head(group, j) == j) number[j] = (*n_groups)++;
  for (size_t j = n_columns; j-- > 0;) group[j] = head(group, j);
  for (size_t j = n_columns; j-- > 0;) group[j] = number[group[j]];
  return ORR_OK;
}
