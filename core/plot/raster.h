/* What gnuplot drew, as characters. A cell is 2 × 4 dots; lines and signs are
 * dots, which become braille; strokes of axes become box lines; heavy fills
 * block characters, light ones a tint behind what is drawn over them, opaque
 * ones pictures of two squares a cell; labels are letters and never overlap.
 *
 * Fills below LIGHT percent are light, from OPAQUE on opaque. Strokes at least
 * FRAME tenths wide are of axes. screen_text.c draws by these rules.
 */
#ifndef ORR_PLOT_RASTER_H
#define ORR_PLOT_RASTER_H

#include "plot/drawing.h"
#include "plot/look.h"
#include "plot/stream.h"

enum { ORR_RASTER_LIGHT = 40, ORR_RASTER_OPAQUE = 95, ORR_RASTER_FRAME = 50 };
enum { ORR_RASTER_MOST_COLUMNS = 1000, ORR_RASTER_MOST_ROWS = 500 };

typedef struct orr_raster_cell {
  uint32_t rune;       /* of a label; 0: none */
  int32_t letter;      /* its colour */
  int32_t frame;       /* colour of the box lines */
  int32_t solid, tint; /* colours of the fills; tint: mixed with the background already */
  int32_t picture[2];  /* upper and lower half */
  uint8_t arms;        /* box lines: 1 up, 2 right, 4 down, 8 left */
  uint8_t solid_dots;  /* which dots the heavy fill covers; bit 4 × column + row */
  uint8_t light_dots;  /* and the light ones */
  bool has_picture;
} orr_raster_cell;

typedef struct orr_raster {
  int columns, rows, width, height; /* cells, dots */
  bool utf8;
  orr_plot_palette palette;
  orr_raster_cell *cells; /* [rows,columns] */
  int16_t *dots;          /* [height,width] which ink; 0: none */
  int32_t *inks;          /* [n_inks] colours; ink 0 is none */
  size_t n_inks;
  int ink; /* the pen */
  int32_t colour;
  bool frame;
  int dash[8], n_dash, run, left; /* which part of the pattern, and how many dots of it are left */
} orr_raster;

enum { ORR_UP = 1, ORR_RIGHT = 2, ORR_DOWN = 4, ORR_LEFT = 8 };

/* {0} before the first; memory is kept from frame to frame. ORR_DATA for sizes beyond the limits. */
orr_status orr_raster_begin(orr_raster *r, int columns, int rows, bool utf8, const orr_plot_palette *palette,
                            orr_error *e);
void orr_raster_add(orr_raster *r, const orr_stream_record *record);
/* The cells of what was added, with a reference for the caller; NULL when out of memory. */
orr_drawing *orr_raster_finish(const orr_raster *r, uint64_t figure);
void orr_raster_fini(orr_raster *r);

/* The sign of a series where there are no colours or no braille: in ASCII plots and their keys. */
char orr_raster_sign(int series);
/* Between two colours; ORR_PLOT_NO_COLOUR counts as the other. */
int32_t orr_colour_mix(int32_t from, int32_t to, double share);
double orr_colour_light(int32_t colour); /* 0 black to 1 white, as the eye sees it */

#endif
