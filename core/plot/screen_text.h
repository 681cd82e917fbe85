/* Figures to gnuplot for the screen's characters, by a pure function: the same
 * figure, look and frame make the same bytes. The numbers go as binary doubles
 * into a file of their own; user text goes through the escaper alone.
 */
#ifndef ORR_PLOT_SCREEN_TEXT_H
#define ORR_PLOT_SCREEN_TEXT_H

#include "plot/cell_layout.h"

/* Where the persistent gnuplot finds things; none of it holds what a quote must be told of. */
#define ORR_SCREEN_DATA    "/proc/self/fd/3"
#define ORR_SCREEN_PICTURE "/proc/self/fd/4"
#define ORR_SCREEN_DRIVER  "/proc/self/fd/5"

/* Commands that draw the figure as frame number `frame`, and what ORR_SCREEN_DATA is to hold. */
orr_status orr_screen_text(const orr_figure *f, const orr_plot_look *look, const orr_cell_layout *layout,
                           uint32_t frame, orr_text *script, orr_text *data, orr_error *e);

#endif
