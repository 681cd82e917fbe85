/* Columns that say the same: those whose ranks are correlated, grouped.
 *
 * What is permuted alone is made up by its twin, so that each of two columns
 * that carry the same looks unimportant; together they do not.
 */
#ifndef ORR_EXPLAIN_CORRELATED_H
#define ORR_EXPLAIN_CORRELATED_H

#include "base/progress.h"
#include "data/table.h"

/* group[n] of table columns: from 0, in order of their first member. Two columns of numbers are joined where
 * Spearman's |rho| over the rows (at most 2,000 of them are looked at) is above `above`; a missing cell has the middle
 * rank; text stands alone. */
orr_status orr_correlated_groups(const orr_table *t, const size_t *columns, size_t n_columns,
                                 const size_t *rows, size_t n, double above, const orr_work *work,
                                 orr_arena *arena, size_t *group, size_t *n_groups, orr_error *e);

/* x[n] → its ranks, those of equals averaged; NaN gets the middle one. Then mean 0 and sum of squares 1, or all 0
 * where x does not vary. */
orr_status orr_standard_ranks(double *x, size_t n, orr_error *e);

#endif
