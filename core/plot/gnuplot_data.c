/* Numbers for gnuplot; see gnuplot_data.h. */
#include "plot/gnuplot_data.h"

#include <math.h>

#include "plot/gnuplot.h"

static bool add_row(orr_text *data, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(values[i])) return false;
  for (size_t i = 0; i < n; i++) {
    if (i) orr_text_add(data, " ");
    orr_gnuplot_number(data, values[i], 17);
  }
  orr_text_add(data, "\n");
  return true;
}

/* The outline of a histogram as one path: up, over and down each bar, along the ground across gaps. */
static size_t add_outline(orr_text *data, const orr_mark *m) {
  size_t rows = 0;
  double at = NAN;
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->x[i] + m->x2[i] + m->y[i])) continue;
    if (rows && m->x[i] != at) rows += add_row(data, (double[]){at, 0}, 2);
    if (!rows || m->x[i] != at) rows += add_row(data, (double[]){m->x[i], 0}, 2);
    rows += add_row(data, (double[]){m->x[i], m->y[i]}, 2);
    rows += add_row(data, (double[]){m->x2[i], m->y[i]}, 2);
    at = m->x2[i];
  }
  if (rows) rows += add_row(data, (double[]){at, 0}, 2);
  return rows;
}

/* Middle of each cell, half its width and height, and its shade. */
static size_t add_cells(orr_text *data, const orr_mark *m) {
  double left = m->x ? m->x[0] : -0.5, low = m->y2 ? m->y2[0] : -0.5;
  double width = m->x ? (m->x[1] - left) / (double)m->cols : 1,
         height = m->y2 ? (m->y2[1] - low) / (double)m->rows : 1;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double x = left + width * ((double)(i % m->cols) + 0.5), y = low + height * ((double)(i / m->cols) + 0.5);
    rows += add_row(data, (double[]){x, y, width / 2, height / 2, m->y[i]}, 5);
  }
  return rows;
}

/* Length, middle, both ends, thickness from and to, standard error. */
static size_t add_bars_across(orr_text *data, const orr_mark *m) {
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double x = m->x[i], half = m->y2[i] / 2, error = m->x2 && isfinite(m->x2[i]) ? m->x2[i] : 0;
    rows += add_row(data,
                    (double[]){x, m->y[i], fmin(0, x), fmax(0, x), m->y[i] - half, m->y[i] + half, error}, 7);
  }
  return rows;
}

size_t orr_gnuplot_block(orr_text *data, const orr_mark *m) {
  if (m->kind == ORR_HEAT_MAP) return add_cells(data, m);
  if (m->kind == ORR_HISTOGRAM) return add_outline(data, m);
  if (m->kind == ORR_BARS_ACROSS) return add_bars_across(data, m);
  const double *third = m->kind == ORR_BAND || m->kind == ORR_ERROR_BARS ? m->y2
                        : m->kind == ORR_BARS                            ? m->x2
                                                                         : NULL;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++)
    rows += add_row(data, (double[]){m->x[i], m->y[i], third ? third[i] : 0}, third ? 3 : 2);
  return rows;
}
