/* The marks of a panel as gnuplot commands for the screen, with their numbers as
 * binary doubles: never more of them than change a dot. */
#ifndef ORR_PLOT_SCREEN_MARKS_H
#define ORR_PLOT_SCREEN_MARKS_H

#include <stdio.h>

#include "plot/screen_text.h"

typedef struct orr_screen_page {
  const orr_figure *f;
  const orr_plot_look *look;
  const orr_cell_layout *layout;
  const orr_cell_panel *panel;
  orr_text *script, *data;
  bool utf8;
  bool open; /* a plot command has an item already */
} orr_screen_page;

void orr_screen_colour(orr_text *out, int32_t colour); /* "rgb '#RRGGBB'" */
/* Text whose first letter stands in that cell. */
void orr_screen_put(orr_screen_page *g, int column, int row, int32_t colour, const char *text);
/* The panel's key, right-justified in the cells `from` to `to` of a row; returns the first column it takes. */
int orr_screen_key(orr_screen_page *g, const orr_panel *p, int row, int from, int to);
const orr_mark *orr_screen_heat_map(const orr_panel *p);
void orr_screen_marks(orr_screen_page *g, const orr_panel *p); /* labels and the plot command */

#endif
