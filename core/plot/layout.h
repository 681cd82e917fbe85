/* Where things go on the canvas: panels, tics and keys. Pure geometry in pixels.
 *
 * It is worked out here and not left to gnuplot, so that panels line up, labels
 * never collide, and a key is put where there are no data.
 */
#ifndef ORR_PLOT_LAYOUT_H
#define ORR_PLOT_LAYOUT_H

#include "plot/figure.h"

enum {
  ORR_NAME_LONGEST = 20, /* characters of a category beside its axis */
  ORR_KEY_LONGEST = 36   /* characters of an entry of a key */
};

typedef enum orr_key_place {
  ORR_TOP_LEFT,
  ORR_TOP_RIGHT,
  ORR_BOTTOM_LEFT,
  ORR_BOTTOM_RIGHT,
  ORR_CENTRE,
  ORR_OUTSIDE /* right of the axes */
} orr_key_place;

typedef struct orr_tics {
  double low, high, step; /* step 0: logarithmic, left to gnuplot */
  int digits;             /* of the numbers: after the point, or all of them where `general` */
  bool general;           /* %g, not %f */
  bool whole;
  size_t width;   /* characters of the widest label */
  size_t every;   /* of categories, each how many-th is named */
  bool slanted;   /* names would collide when level */
  size_t longest; /* characters a name is cut to */
} orr_tics;

typedef struct orr_place {
  double left, right, bottom, top; /* of the axes, pixels from the lower left */
  double title_x, title_y;         /* middle of the titles of y and x: those of a column or row line up */
  orr_tics x, y;
  orr_key_place key;
} orr_place;

typedef struct orr_canvas {
  double width, height;
  double head; /* kept at the top for title and common key */
} orr_canvas;

orr_canvas orr_layout_canvas(const orr_figure *f);
orr_place orr_layout_panel(const orr_figure *f, const orr_canvas *c, size_t panel);

#endif
