/* Rows of a table in groups: the classes that colour a plot. */
#ifndef ORR_PLOT_GROUPS_H
#define ORR_PLOT_GROUPS_H

#include "plot/kind.h"

typedef struct orr_groups {
  size_t n, all;        /* groups kept (1: no grouping), and how many there are */
  const char *title;    /* the column's name; NULL: no grouping */
  const char **titles;  /* [n] "species = Adelie"; NULL inside: no grouping */
  int32_t *of_row;      /* [rows] group, or -1 */
  const double *weight; /* [rows] from the table's weight column; NULL: all one */
} orr_groups;

enum { ORR_MOST_GROUPS = 8 };

/* Groups by in->by, else by in->target where it has few enough values; the most frequent ORR_MOST_GROUPS of
 * them. Rows where the column is missing are in none. ORR_DATA when `by` is no column, or has no or too many
 * values. */
orr_status orr_groups_find(const orr_plot_input *in, orr_arena *arena, orr_groups *out, orr_error *e);

static inline double orr_group_weight(const orr_groups *g, size_t row) {
  return g->weight ? g->weight[row] : 1;
}

#endif
