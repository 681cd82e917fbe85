/* A field along its first coordinate, with the measurements: one curve, or of
 * more coordinates a few at values of the second, each with the measurements
 * nearest to it; further coordinates stay in the middle of the domain. */
#include <math.h>

#include "plot/kind.h"

enum { GRID = 240, SLICES = 4, MOST_COORDINATES = 8 };

typedef struct domain {
  size_t n;
  double center[MOST_COORDINATES], half[MOST_COORDINATES];
  const char *name[MOST_COORDINATES];
} domain;

/* From the store's tensor "scale": mean and deviation of the field, then middle and half width of each coordinate. */
static orr_status read_domain(const orr_kept *m, domain *d, orr_error *e) {
  const orr_tensor *scale;
  d->n = m->encoder.width;
  if (d->n < 1 || d->n > MOST_COORDINATES) return orr_fail(e, ORR_DATA, "a field of %zu coordinates", d->n);
  ORR_TRY(orr_store_want(&m->store, "scale", ORR_F64, 1, (size_t[]){2 + 2 * d->n}, &scale, e));
  for (size_t i = 0; i < d->n; i++) {
    d->center[i] = scale->f64[2 + 2 * i], d->half[i] = scale->f64[3 + 2 * i];
    d->name[i] = m->encoder.names[i];
  }
  return ORR_OK;
}

static double slice_at(const domain *d, size_t slice) {
  return d->center[1] + d->half[1] * (2 * ((double)slice + 0.5) / SLICES - 1);
}

static orr_status add_slice(const orr_plot_input *in, const domain *d, size_t slice, orr_figure *f,
                            orr_error *e) {
  orr_matrix at;
  double *x, *u;
  const char *title =
      d->n > 1 ? orr_arena_printf(f->arena, "%s = %.4g", d->name[1], slice_at(d, slice)) : "field";
  if (!title) return orr_fail_memory(e, "a title", 0);
  ORR_TRY(orr_matrix_take(f->arena, GRID, d->n, &at, e));
  ORR_TAKE(f->arena, x, GRID, e);
  ORR_TAKE(f->arena, u, GRID, e);
  for (size_t i = 0; i < GRID; i++) {
    double *row = orr_matrix_row(&at, i);
    for (size_t k = 0; k < d->n; k++) row[k] = k == 1 ? slice_at(d, slice) : d->center[k];
    x[i] = row[0] = d->center[0] + d->half[0] * (2 * (double)i / (GRID - 1) - 1);
  }
  ORR_TRY(in->kept->family->predict(&in->kept->store, ORR_REGRESSION, &at, 1, u, in->work, e));
  orr_mark line = {.kind = ORR_LINE, .title = title, .n = GRID, .x = x, .y = u, .series = (int)slice};
  return orr_panel_mark(f, &f->panels[0], line, e);
}

static bool belongs(const orr_column *second, size_t row, const domain *d, size_t slice) {
  if (d->n < 2) return true;
  return fabs(orr_column_number(second, row) - slice_at(d, slice)) <= d->half[1] / (4 * SLICES);
}

static orr_status add_measured(const orr_plot_input *in, const domain *d, size_t slice, orr_figure *f,
                               orr_error *e) {
  size_t first, second, target, n = 0;
  double *x, *y;
  if (!in->n_rows) return ORR_OK;
  ORR_TRY(orr_table_column(in->table, d->name[0], &first, e));
  ORR_TRY(orr_table_column(in->table, d->name[d->n > 1], &second, e));
  ORR_TRY(orr_table_column(in->table, in->kept->target, &target, e));
  ORR_TAKE(f->arena, x, in->n_rows, e);
  ORR_TAKE(f->arena, y, in->n_rows, e);
  for (size_t i = 0; i < in->n_rows; i++) {
    if (!belongs(in->table->columns[second], in->rows[i], d, slice)) continue;
    x[n] = orr_column_number(in->table->columns[first], in->rows[i]);
    y[n++] = orr_column_number(in->table->columns[target], in->rows[i]);
  }
  orr_mark points = {.kind = ORR_POINTS,
                     .title = d->n > 1 ? NULL : "measured",
                     .n = n,
                     .x = x,
                     .y = y,
                     .series = d->n > 1 ? (int)slice : 1};
  return n ? orr_panel_mark(f, &f->panels[0], points, e) : ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  domain d;
  orr_panel *panel;
  ORR_TRY(orr_plot_begin(&orr_plot_field, in, "Field and measurements", f, e));
  if (!in->kept->family->of_coordinates)
    return orr_fail(e, ORR_DATA, "plot 'field': %s is no field", in->kept->family->title);
  ORR_TRY(read_domain(in->kept, &d, e));
  ORR_TRY(orr_figure_panel(f, NULL, &panel, e));
  panel->x = (orr_axis){.title = d.name[0]};
  panel->y = (orr_axis){.title = in->kept->target};
  for (size_t slice = 0; slice < (d.n > 1 ? SLICES : 1); slice++) {
    ORR_TRY(add_slice(in, &d, slice, f, e));
    ORR_TRY(add_measured(in, &d, slice, f, e));
  }
  return ORR_OK;
}

const orr_plot_kind orr_plot_field = {
    .name = "field",
    .help = "A field over its domain, with the measurements it was learnt from: they should scatter about it "
            "without shape.",
    .of_fit = true,
    .build = build,
};
