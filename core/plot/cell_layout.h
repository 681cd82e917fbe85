/* Where a figure's parts go on a screen of characters: panels, axes, tics, titles
 * and keys. Pure geometry in cells from the upper left; a label stands in cells
 * of its own, so nothing can collide, and what has no room is left out.
 */
#ifndef ORR_PLOT_CELL_LAYOUT_H
#define ORR_PLOT_CELL_LAYOUT_H

#include "plot/drawing.h"
#include "plot/figure.h"
#include "plot/look.h"

enum { ORR_CELL_TICS = 24, ORR_CELL_TIC_LABEL = 64, ORR_CELL_PANELS = 12 };

typedef struct orr_cell_tic {
  double value;
  char label[ORR_CELL_TIC_LABEL]; /* "": a mark alone */
} orr_cell_tic;

typedef struct orr_cell_axis {
  double low, high;
  bool log, down;
  orr_cell_tic tics[ORR_CELL_TICS];
  size_t n;
} orr_cell_axis;

/* A panel: its numbers lie in columns left to right − 1 and rows top to bottom − 1. */
typedef struct orr_cell_panel {
  size_t index;                        /* of the figure's panel */
  int first_column, last_column, head; /* of the whole panel; the row of its titles and key, -1: none */
  int left, right, top, bottom;
  int title_row;       /* of the x title; -1: none, it stands in the head */
  int scale_left;      /* of the column that shows the shades; -1: none */
  bool bare;           /* no axes: a heat map */
  bool small;          /* one of many: its first row names what is drawn, and no more */
  int x_edge, y_edge;  /* 1: one more dot, so that whole cells belong to each name or each cell of a map */
  int each;            /* rows of each name of y; 0: an axis of numbers */
  const char *x_title; /* of x; where the panel below that has it is left out, its */
  orr_cell_axis x, y;
} orr_cell_panel;

typedef struct orr_cell_layout {
  int columns, rows;
  int title_row, key_row; /* of the figure; -1: none */
  orr_cell_panel panels[ORR_CELL_PANELS];
  size_t n, left_out; /* panels shown, and those there is no room for */
} orr_cell_layout;

/* ORR_DATA when the place is too small for any panel (16 × 5 cells). */
orr_status orr_cell_layout_find(const orr_figure *f, const orr_plot_look *look, orr_cell_layout *out,
                                orr_error *e);

/* The same for the crosshair, in dots. */
orr_plot_axes orr_cell_panel_axes(const orr_cell_panel *p);

/* Where y names stand that have `each` rows: a bar fills all of them but the last, in shares of 1; the middle of the row
 * that its name stands in. */
double orr_cell_bar_height(const orr_cell_panel *c);
double orr_cell_bar_middle(const orr_cell_panel *c, double name);

/* Cells a text takes, and the text cut to that many, the last an ellipsis. */
int orr_cells_of(const char *s);
void orr_cells_cut(orr_text *out, const char *s, int most);

#endif
