/* How a figure is to be shown on a screen: in what, how large, in which colours
 * and which stretch of its axes. A value: the same figure and look make the same
 * bytes for gnuplot.
 */
#ifndef ORR_PLOT_LOOK_H
#define ORR_PLOT_LOOK_H

#include <stdbool.h>
#include <stdint.h>

/*    mode     name                                                                              */
#define ORR_PLOT_MODE_LIST(X)                                                                                \
  X(WINDOW, "window") /* gnuplot's own, on a display */                                                      \
  X(KITTY, "kitty")   /* a PNG, sent in kitty's graphics protocol */                                         \
  X(SIXEL, "sixel")                                                                                          \
  X(CELLS, "cells") /* braille, blocks and letters */                                                        \
  X(ASCII, "ascii") /* the same with ASCII alone */                                                          \
  X(WORDS, "words") /* said in sentences */

typedef enum orr_plot_mode {
#define X(mode, name) ORR_PLOT_##mode,
  ORR_PLOT_MODE_LIST(X)
#undef X
      ORR_PLOT_MODES
} orr_plot_mode;

const char *orr_plot_mode_name(orr_plot_mode mode);

/* Colours 0xRRGGBB; ORR_PLOT_NO_COLOUR (drawing.h) where the terminal's own is to stand. */
typedef struct orr_plot_palette {
  bool light;    /* for a light background */
  bool colours;  /* false: none at all; dashes and signs tell series apart */
  int32_t text;  /* titles */
  int32_t muted; /* axes, tics, guides */
  int32_t back;  /* what light fills are mixed with: the background, as far as it is known */
  int32_t series[8];
  int32_t shade[5]; /* of heat maps: at 0, 1/4, 1/2, 3/4, 1 */
} orr_plot_palette;

/* Okabe & Ito's series (2008), lightened for a dark background. */
orr_plot_palette orr_plot_palette_plain(bool light);

typedef struct orr_plot_look {
  orr_plot_mode mode;
  int columns, rows;           /* cells */
  int cell_width, cell_height; /* pixels, of the modes that show pictures; 0: 10 × 20 */
  bool log_x, log_y;           /* turned round: what was linear becomes logarithmic, and back */
  double zoom_x[2], zoom_y[2]; /* of the first panel, in the axes' units; equal: all */
  bool whole;                  /* every point goes to gnuplot, however many there are */
  orr_plot_palette palette;
} orr_plot_look;

#endif
