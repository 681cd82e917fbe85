/* Tics of an axis on a screen of characters: few, round, and with labels that
 * all show what they need to differ. */
#ifndef ORR_PLOT_CELL_TICS_H
#define ORR_PLOT_CELL_TICS_H

#include "plot/cell_layout.h"

/* At most `most` labels (2 at least are tried for); `room`: cells between two of them when they stand side by side, 0:
 * above one another. */
void orr_cell_tics(orr_cell_axis *a, bool whole, int most, int room);
int orr_cell_tics_width(const orr_cell_axis *a); /* of the widest label */

#endif
