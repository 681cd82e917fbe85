/* A plot as cells: what gnuplot drew, rastered into characters. Immutable and
 * shared by reference count, so that a screen may show it as long as it likes.
 */
#ifndef ORR_PLOT_DRAWING_H
#define ORR_PLOT_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { ORR_PLOT_NO_COLOUR = -1 };

typedef struct orr_plot_cell {
  uint32_t rune;      /* ' ', braille, a shade, or a letter of a label */
  int32_t fore, back; /* 0xRRGGBB; ORR_PLOT_NO_COLOUR: the screen's own */
} orr_plot_cell;

/* Where a panel's axes lie, in dots (2 × 4 a cell, from the upper left), and what they run over: for the crosshair. */
typedef struct orr_plot_axes {
  double left, right, top, bottom;
  double x_low, x_high, y_low, y_high;
  bool x_log, y_log;
} orr_plot_axes;

typedef struct orr_drawing {
  int refs;        /* atomic */
  uint64_t figure; /* the number it was asked under */
  int columns, rows;
  orr_plot_cell *cells; /* [rows,columns] */
  orr_plot_axes *axes;
  size_t n_axes;
  char *
      picture; /* of the modes that show one: a PNG or sixel that fills the same cells, which are then blank */
  size_t picture_bytes;
} orr_drawing;

/* Blank cells with one reference; NULL when out of memory. */
orr_drawing *orr_drawing_new(uint64_t figure, int columns, int rows);
orr_drawing *orr_drawing_ref(orr_drawing *d);
void orr_drawing_unref(orr_drawing *d);

/* The cells as UTF-8, a line a row, trailing blanks cut: for goldens and for people. */
void orr_drawing_dump(const orr_drawing *d, orr_text *out);

#endif
