/* The numbers of marks as blocks of a data file. */
#ifndef ORR_PLOT_GNUPLOT_DATA_H
#define ORR_PLOT_GNUPLOT_DATA_H

#include "plot/figure.h"

/* One block; the rows written, 0 when none is finite (the block is then empty). */
size_t orr_gnuplot_block(orr_text *data, const orr_mark *m);

#endif
