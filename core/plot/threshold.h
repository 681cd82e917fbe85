/* Curves traced by moving the threshold of a class's probability: what ROC and
 * precision–recall share. With two classes a curve for the model and one for the
 * baseline; with more, one against the rest for each of the most frequent. */
#ifndef ORR_PLOT_THRESHOLD_H
#define ORR_PLOT_THRESHOLD_H

#include "plot/kind.h"

/* Points of a curve at falling thresholds, rows of equal probability being one point. hits[n] and misses[n]
 * are the summed weights at or above each; the totals are those of all rows. */
typedef struct orr_walk {
  size_t n;
  const double *hits, *misses;
  double all_hits, all_misses;
} orr_walk;

typedef struct orr_curve {
  size_t n;
  double *x, *y; /* room for two points more than the walk's */
  double area;
} orr_curve;

typedef struct orr_threshold_style {
  const char *area; /* "AUC" */
  orr_mark_kind mark;
  void (*trace)(const orr_walk *w, orr_curve *c); /* fills points and area */
  orr_status (*guide)(const orr_walk *w, orr_figure *f, orr_panel *p, bool first, orr_error *e);
  bool guide_for_each; /* of more than two classes; else one */
} orr_threshold_style;

/* Adds the curves to the panel; ORR_DATA when no class has rows of it and rows of another. */
orr_status orr_threshold_curves(const orr_plot_input *in, const orr_threshold_style *style, orr_figure *f,
                                orr_panel *p, orr_error *e);

/* Leaves `most` points or so, evenly along the curve, the ends among them. */
void orr_curve_thin(orr_curve *c, size_t most);

#endif
