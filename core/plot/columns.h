/* Which two columns of a table a plot of two is of. */
#ifndef ORR_PLOT_COLUMNS_H
#define ORR_PLOT_COLUMNS_H

#include "plot/kind.h"

/* The two that were named, else the first two features that are numbers. ORR_DATA when there are none, ORR_USAGE when
 * not two were named or they are not numbers. */
orr_status orr_plot_two_columns(const orr_plot_kind *kind, const orr_plot_input *in, const orr_column *two[2],
                                orr_error *e);
const char *orr_plot_column_title(const orr_column *c,
                                  orr_arena *arena); /* "mass (GeV)"; NULL: out of memory */

#endif
