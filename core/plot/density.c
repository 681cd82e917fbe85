/* How many rows lie where, over two columns: for tables of which a scatter would
 * be one blot. Cells reach over the middle 99 % of either column; the shade is
 * the logarithm of the rows, and empty cells stay open. */
#include <math.h>

#include "num/statistics.h"
#include "plot/columns.h"

enum { ACROSS = 60, UP = 40, SAMPLE = 100000 };

static orr_status find_edges(const orr_column *c, orr_arena *arena, double edges[2], orr_error *e) {
  size_t stride = c->rows / SAMPLE + 1, n = 0;
  double *x;
  ORR_TAKE(arena, x, c->rows / stride + 1, e);
  for (size_t i = 0; i < c->rows; i += stride) {
    x[n] = orr_column_number(c, i);
    n += isfinite(x[n]) != 0;
  }
  if (!n) return orr_fail(e, ORR_DATA, "density: column '%.80s' has no finite number", c->name);
  orr_sort(x, n);
  edges[0] = orr_quantile_sorted(x, n, 0.005), edges[1] = orr_quantile_sorted(x, n, 0.995);
  if (!(edges[0] < edges[1])) edges[0] = x[0], edges[1] = x[n - 1];
  if (!(edges[0] < edges[1])) edges[0] -= 0.5, edges[1] += 0.5;
  return ORR_OK;
}

static size_t cell_of(double value, const double edges[2], size_t cells) {
  double at = floor((value - edges[0]) / (edges[1] - edges[0]) * (double)cells);
  if (value == edges[1]) at = (double)cells - 1;
  return at >= 0 && at < (double)cells ? (size_t)at : cells;
}

/* shade[UP,ACROSS] from 0 at one row to 1 at the most; NaN where there is none. Returns log10 of the most. */
static double count_rows(const orr_column *two[2], const double *x, const double *y, double *shade) {
  double most = 1;
  for (size_t i = 0; i < two[0]->rows; i++) {
    size_t across = cell_of(orr_column_number(two[0], i), x, ACROSS),
           up = cell_of(orr_column_number(two[1], i), y, UP);
    if (across < ACROSS && up < UP) most = fmax(most, ++shade[up * ACROSS + across]);
  }
  double reach = fmax(log10(most), 0.3);
  for (size_t i = 0; i < (size_t)ACROSS * UP; i++) shade[i] = shade[i] > 0 ? log10(shade[i]) / reach : NAN;
  return reach;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  const orr_column *two[2];
  orr_panel *p;
  double *edges, *shade;
  ORR_TRY(orr_plot_begin(&orr_plot_density, in, "Rows over two columns", f, e));
  ORR_TRY(orr_plot_two_columns(&orr_plot_density, in, two, e));
  ORR_TAKE(f->arena, edges, 4, e);
  ORR_TAKE(f->arena, shade, (size_t)ACROSS * UP, e);
  for (size_t i = 0; i < 2; i++) ORR_TRY(find_edges(two[i], f->arena, edges + 2 * i, e));
  double reach = count_rows(two, edges, edges + 2, shade);
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x.title = orr_plot_column_title(two[0], f->arena), p->y.title = orr_plot_column_title(two[1], f->arena);
  if (!p->x.title || !p->y.title) return orr_fail_memory(e, "titles", 64);
  orr_mark map = {.kind = ORR_HEAT_MAP,
                  .title = "log10 of the rows",
                  .n = (size_t)ACROSS * UP,
                  .rows = UP,
                  .cols = ACROSS,
                  .x = edges,
                  .y2 = edges + 2,
                  .y = shade,
                  .scale = {0, reach}};
  return orr_panel_mark(f, p, map, e);
}

const orr_plot_kind orr_plot_density = {
    .name = "density",
    .help = "How many rows lie where over two columns: for tables too large for a scatter.",
    .build = build,
};
