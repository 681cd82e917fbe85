/* Fewer points, the same picture: what a curve of many points needs so that no
 * dot of the screen changes. */
#ifndef ORR_PLOT_DECIMATE_H
#define ORR_PLOT_DECIMATE_H

#include <stdbool.h>
#include <stddef.h>

/* How numbers of an axis become one of `dots` columns: evenly over low to high, or over their logarithms. */
typedef struct orr_dot_axis {
  double low, high;
  bool log;
  size_t dots;
} orr_dot_axis;

double orr_dot_of(const orr_dot_axis *a,
                  double value); /* NaN for what has no place; outside [0, dots) when beyond */

/* Of each column of dots the first, least, greatest and last point, in their order (M4: Jugel et al. 2014, "M4: a
 * visualization-oriented time series data aggregation"); of what lies beyond an end of the axis the nearest. Keeps the
 * indices in kept[n] and returns how many: all when x does not rise. Numbers that are not finite are left out. */
size_t orr_decimate_line(const orr_dot_axis *a, const double *x, const double *y, size_t n, size_t *kept);

/* Points that fall on a dot which has one already are left out. */
size_t orr_decimate_points(const orr_dot_axis *a, const orr_dot_axis *b, const double *x, const double *y,
                           size_t n, unsigned char *seen /* [a->dots × b->dots], zeroed */, size_t *kept);

#endif
