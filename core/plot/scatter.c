/* Two columns against each other, a point a row, by class where there is one.
 * Of many rows an even choice is drawn, of rare classes at least LEAST_POINTS; the
 * rarer a class, the later, so that it is not hidden. */
#include <math.h>

#include "plot/columns.h"
#include "plot/groups.h"

enum { MOST_POINTS = 6000, LEAST_POINTS = 300 };

typedef struct cloud {
  size_t n;
  double *x, *y;
  int group;
} cloud;

static bool usable(const orr_column *two[2], const orr_groups *g, size_t row, int group) {
  return g->of_row[row] == group && isfinite(orr_column_number(two[0], row) + orr_column_number(two[1], row));
}

static orr_status gather(const orr_column *two[2], const orr_groups *g, int group, orr_arena *arena,
                         cloud *out, orr_error *e) {
  size_t all = 0, seen = 0, rows = two[0]->rows;
  for (size_t i = 0; i < rows; i++) all += usable(two, g, i, group);
  size_t share = (size_t)ceil((double)MOST_POINTS * (double)all / (double)rows);
  share = rows <= MOST_POINTS ? all : share < LEAST_POINTS ? LEAST_POINTS : share;
  size_t most = all < share ? all : share;
  *out = (cloud){.group = group};
  ORR_TAKE(arena, out->x, most, e);
  ORR_TAKE(arena, out->y, most, e);
  for (size_t i = 0; i < rows; i++) {
    if (!usable(two, g, i, group)) continue;
    bool chosen = seen * most / all != (seen + 1) * most / all;
    seen++;
    if (!chosen) continue;
    out->x[out->n] = orr_column_number(two[0], i);
    out->y[out->n++] = orr_column_number(two[1], i);
  }
  return ORR_OK;
}

static void by_size(cloud *clouds, size_t n) {
  for (size_t i = 1; i < n; i++)
    for (size_t at = i; at && clouds[at - 1].n < clouds[at].n; at--) {
      cloud swapped = clouds[at];
      clouds[at] = clouds[at - 1], clouds[at - 1] = swapped;
    }
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  const orr_column *two[2];
  orr_groups groups;
  orr_panel *p;
  cloud clouds[ORR_MOST_GROUPS];
  size_t points = 0;
  ORR_TRY(orr_plot_begin(&orr_plot_scatter, in, "Two columns", f, e));
  ORR_TRY(orr_plot_two_columns(&orr_plot_scatter, in, two, e));
  ORR_TRY(orr_groups_find(in, f->arena, &groups, e));
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x.title = orr_plot_column_title(two[0], f->arena), p->y.title = orr_plot_column_title(two[1], f->arena);
  if (!p->x.title || !p->y.title) return orr_fail_memory(e, "titles", 64);
  for (size_t k = 0; k < groups.n; k++) {
    ORR_TRY(orr_progress_step(in->work, "scatter", k, groups.n, e));
    ORR_TRY(gather(two, &groups, (int)k, f->arena, &clouds[k], e));
    points += clouds[k].n;
  }
  if (!points)
    return orr_fail(e, ORR_DATA, "scatter: no row has numbers in both '%.60s' and '%.60s'", two[0]->name,
                    two[1]->name);
  by_size(clouds, groups.n);
  for (size_t k = 0; k < groups.n; k++) {
    orr_mark m = {.kind = ORR_POINTS,
                  .title = groups.titles[clouds[k].group],
                  .n = clouds[k].n,
                  .x = clouds[k].x,
                  .y = clouds[k].y,
                  .series = clouds[k].group};
    if (m.n) ORR_TRY(orr_panel_mark(f, p, m, e));
  }
  return ORR_OK;
}

const orr_plot_kind orr_plot_scatter = {
    .name = "scatter",
    .help =
        "Two columns against each other, a point a row: where classes lie apart, the two tell them apart.",
    .build = build,
};
