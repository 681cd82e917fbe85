/* Figures: values, not drawings. One figure value makes the gnuplot text for
 * the screen, the window and the file, and can be said in words.
 *
 * A figure has one or more panels; a panel has axes and marks; a mark has its
 * numbers. Everything lives in the arena the figure was made in. Numbers that
 * are not finite are left out when a figure is drawn.
 */
#ifndef ORR_PLOT_FIGURE_H
#define ORR_PLOT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

typedef enum orr_mark_kind {
  ORR_LINE,        /* x, y */
  ORR_STEPS,       /* x, y: y[i] holds from x[i-1] to x[i] */
  ORR_POINTS,      /* x, y */
  ORR_BAND,        /* x, y = low, y2 = high */
  ORR_ERROR_BARS,  /* x, y, y2 = one standard error: points with bars */
  ORR_BARS,        /* x = centre, x2 = width, y = height */
  ORR_BARS_ACROSS, /* y = centre, y2 = thickness, x = length; x2 = one standard error, NULL: none */
  ORR_HISTOGRAM,   /* x = left edge, x2 = right edge, y = height: outlined and lightly filled */
  ORR_HEAT_MAP,    /* y = shade[rows,cols] in [0,1]; cell (r, c) lies at x = c, y = r; labels annotate. With
                   * x[2] and y2[2] the whole lies between those edges; a shade of NaN is left open */
  ORR_TEXT_MARK    /* x, y, labels */
} orr_mark_kind;

typedef struct orr_mark {
  orr_mark_kind kind;
  const char *title;             /* in the key; NULL: not listed. Of a heat map: beside its scale */
  size_t n;                      /* of a heat map: rows × cols */
  const double *x, *y, *x2, *y2; /* [n], as the kind needs */
  const char *const *labels;     /* [n]; NULL: none */
  size_t rows, cols;             /* heat map */
  double scale[2];               /* heat map: what shades 0 and 1 stand for; equal: themselves */
  int series;                    /* which colour and dash of the palette; the same series keeps both */
  bool muted;                    /* a guide line (chance, perfect calibration): grey, thin */
} orr_mark;

typedef struct orr_axis {
  const char *title;
  double low, high;         /* equal: automatic */
  const char *const *names; /* [n_names] categories at 0, 1, 2, …; NULL: an axis of numbers */
  size_t n_names;
  bool log;
  bool whole; /* tics at whole numbers only */
  bool down;  /* grows downwards, as the rows of a heat map do */
} orr_axis;

typedef struct orr_panel {
  const char *title;
  orr_axis x, y;
  bool equal;    /* one unit is as long on both axes */
  double height; /* beside the panels of other rows; 0: 1 */
  orr_mark *marks;
  size_t n_marks, capacity;
} orr_panel;

typedef struct orr_figure {
  const char *name;  /* file name stem: [a-z0-9_]+ */
  const char *title; /* user text reaches this */
  orr_panel *panels;
  size_t n_panels, capacity;
  size_t columns; /* of the panel grid; 0: 1 */
  bool one_key;   /* the first panel's key, above all panels */
  orr_arena *arena;
} orr_figure;

void orr_figure_init(orr_figure *f, orr_arena *arena, const char *name, const char *title);
orr_status orr_figure_panel(orr_figure *f, const char *title, orr_panel **out, orr_error *e);
/* Pointers to panels and marks are good until the next one of their kind is added. */
orr_status orr_panel_mark(orr_figure *f, orr_panel *p, orr_mark mark, orr_error *e);

/* A straight guide line, muted. */
orr_status orr_panel_guide(orr_figure *f, orr_panel *p, const char *title, double x0, double y0, double x1,
                           double y1, orr_error *e);

/* Adds the first `most` characters of `s`, the last of them an ellipsis where there are more. */
void orr_figure_shorten(orr_text *out, const char *s, size_t most);

/* What the axis runs over: its own bounds, else the finite numbers of the marks with a little room.
 * Always low < high. */
void orr_panel_range_x(const orr_panel *p, double *low, double *high);
void orr_panel_range_y(const orr_panel *p, double *low, double *high);

#endif
