/* A latent space traversed: what is decoded while one dimension goes from -3 to 3.
 * Pictures are tiles, a dimension a row; few columns are lines in the model's
 * scale, many are curves along the columns, a panel a dimension. */
#include <math.h>

#include "explain/picture.h"
#include "explain/traverse.h"
#include "model/density.h"
#include "plot/kind.h"

enum { TILES = 13, POINTS = 25, CURVES = 5, PICTURES = 10, PANELS = 4, FEW = 8 };

static const double reach = 3;

typedef struct drawing {
  const orr_plot_input *in;
  const orr_latent *latent;
  const double *center, *scale;
  orr_figure *figure;
} drawing;

static orr_status traverse(const drawing *d, size_t dimension, size_t steps, orr_traversal *t, orr_error *e) {
  const double *code = d->in->code ? d->in->code : d->latent->middle_code;
  return orr_latent_traverse(d->in->kept, d->latent, code, dimension, -reach, reach, steps, d->in->work,
                             d->figure->arena, t, e);
}

/* "z3, KL 1.24" or "z3, 42 %" */
static const char *name_of(const drawing *d, size_t dimension) {
  const orr_dimension *z = &d->latent->dimension[dimension];
  if (d->latent->variational)
    return orr_arena_printf(d->figure->arena, "%s, KL %.2f", z->name, z->divergence);
  return orr_arena_printf(d->figure->arena, "%s, %.0f %%", z->name, 100 * z->share);
}

/* --- Pictures ------------------------------------------------------------------------------ */

typedef struct sheet {
  size_t rows, cols, tiles_down; /* pixels, a gap of one between tiles */
  double *shade;
} sheet;

static void place_tile(const sheet *s, const orr_picture *p, const double *pixels, size_t down,
                       size_t across) {
  for (size_t r = 0; r < p->rows; r++)
    for (size_t c = 0; c < p->cols; c++)
      s->shade[(down * (p->rows + 1) + r) * s->cols + across * (p->cols + 1) + c] = pixels[r * p->cols + c];
}

/* To 0 … 1 by the darkest and the lightest of all, but for what the gaps leave open. */
static void bring_to_shades(sheet *s, double *low, double *high) {
  *low = INFINITY, *high = -INFINITY;
  for (size_t i = 0; i < s->rows * s->cols; i++)
    *low = fmin(*low, s->shade[i]), *high = fmax(*high, s->shade[i]);
  double width = *high > *low ? *high - *low : 1;
  for (size_t i = 0; i < s->rows * s->cols; i++) s->shade[i] = (s->shade[i] - *low) / width;
}

static orr_status draw_tiles(const drawing *d, const orr_picture *p, sheet *s, const char **names,
                             orr_error *e) {
  double *pixels;
  ORR_TAKE(d->figure->arena, pixels, p->rows * p->cols, e);
  for (size_t i = 0; i < s->tiles_down; i++) {
    orr_traversal t;
    size_t dimension = d->latent->by_effect[i];
    ORR_TRY(traverse(d, dimension, TILES, &t, e));
    if (!(names[i] = name_of(d, dimension))) return orr_fail_memory(e, "a name", 0);
    for (size_t step = 0; step < TILES; step++) {
      orr_picture_lay(p, orr_matrix_row(&t.rows, step), NAN, pixels);
      place_tile(s, p, pixels, i, step);
    }
  }
  return ORR_OK;
}

static orr_status draw_pictures(const drawing *d, const orr_picture *p, orr_error *e) {
  orr_figure *f = d->figure;
  sheet s = {.tiles_down = d->latent->dimensions < PICTURES ? d->latent->dimensions : PICTURES};
  const char **names, **steps;
  double *x, *y, low, high;
  orr_panel *panel;
  s.rows = s.tiles_down * (p->rows + 1) - 1, s.cols = TILES * (p->cols + 1) - 1;
  ORR_TAKE(f->arena, s.shade, s.rows * s.cols, e);
  ORR_TAKE(f->arena, names, s.tiles_down, e);
  ORR_TAKE(f->arena, steps, TILES, e);
  ORR_TAKE(f->arena, x, 2, e);
  ORR_TAKE(f->arena, y, 2, e);
  for (size_t i = 0; i < s.rows * s.cols; i++) s.shade[i] = NAN;
  ORR_TRY(draw_tiles(d, p, &s, names, e));
  bring_to_shades(&s, &low, &high);
  for (size_t i = 0; i < TILES; i++)
    if (!(steps[i] = orr_arena_printf(f->arena, "%g", reach * (2 * (double)i / (TILES - 1) - 1))))
      return orr_fail_memory(e, "a name", 0);
  x[0] = -0.5, x[1] = TILES - 0.5, y[0] = -0.5, y[1] = (double)s.tiles_down - 0.5;
  ORR_TRY(orr_figure_panel(f, NULL, &panel, e));
  panel->equal = true;
  panel->x =
      (orr_axis){.title = d->latent->variational ? "latent coordinate, in standard deviations of the prior"
                                                 : "latent coordinate, in standard deviations of the codes",
                 .names = steps,
                 .n_names = TILES};
  panel->y = (orr_axis){.names = names, .n_names = s.tiles_down, .down = true};
  return orr_panel_mark(f, panel,
                        (orr_mark){.kind = ORR_HEAT_MAP,
                                   .title = "decoded",
                                   .n = s.rows * s.cols,
                                   .rows = s.rows,
                                   .cols = s.cols,
                                   .y = s.shade,
                                   .x = x,
                                   .y2 = y,
                                   .scale = {low, high}},
                        e);
}

/* --- Tables and spectra ---------------------------------------------------------------------- */

static double standard(const drawing *d, const orr_traversal *t, size_t step, size_t column) {
  return (orr_matrix_row(&t->rows, step)[column] - d->center[column]) / d->scale[column];
}

static orr_status draw_lines(const drawing *d, orr_panel *p, size_t dimension, orr_error *e) {
  orr_traversal t;
  ORR_TRY(traverse(d, dimension, POINTS, &t, e));
  for (size_t j = 0; j < d->latent->width; j++) {
    double *y;
    ORR_TAKE(d->figure->arena, y, POINTS, e);
    for (size_t s = 0; s < POINTS; s++) y[s] = standard(d, &t, s, j);
    ORR_TRY(orr_panel_mark(d->figure, p,
                           (orr_mark){.kind = ORR_LINE,
                                      .title = d->in->kept->encoder.names[j],
                                      .n = POINTS,
                                      .x = t.at,
                                      .y = y,
                                      .series = (int)j},
                           e));
  }
  p->x.title = "latent coordinate";
  p->y.title = "deviations from the mean";
  return ORR_OK;
}

static orr_status draw_curves(const drawing *d, orr_panel *p, size_t dimension, orr_error *e) {
  orr_traversal t;
  double *x;
  size_t width = d->latent->width;
  ORR_TRY(traverse(d, dimension, CURVES, &t, e));
  ORR_TAKE(d->figure->arena, x, width, e);
  for (size_t j = 0; j < width; j++) x[j] = (double)(j + 1);
  for (size_t s = 0; s < CURVES; s++) {
    const char *title = orr_arena_printf(d->figure->arena, "at %g", t.at[s]);
    if (!title) return orr_fail_memory(e, "a title", 0);
    ORR_TRY(orr_panel_mark(d->figure, p,
                           (orr_mark){.kind = ORR_LINE,
                                      .title = title,
                                      .n = width,
                                      .x = x,
                                      .y = orr_matrix_row(&t.rows, s),
                                      .series = (int)s},
                           e));
  }
  p->x.title = "column";
  p->y.title = "decoded";
  return ORR_OK;
}

static orr_status draw_panels(const drawing *d, orr_error *e) {
  size_t n = d->latent->dimensions < PANELS ? d->latent->dimensions : PANELS;
  d->figure->columns = n > 1 ? 2 : 1;
  d->figure->one_key = n > 1;
  for (size_t i = 0; i < n; i++) {
    orr_panel *p;
    size_t dimension = d->latent->by_effect[i];
    ORR_TRY(orr_figure_panel(d->figure, name_of(d, dimension), &p, e));
    ORR_TRY(d->latent->width <= FEW ? draw_lines(d, p, dimension, e) : draw_curves(d, p, dimension, e));
  }
  return ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  orr_latent own;
  orr_picture picture;
  bool found;
  drawing d = {.in = in, .latent = in->latent, .figure = f};
  ORR_TRY(orr_plot_begin(&orr_plot_traversal, in, "Latent traversal", f, e));
  if (in->kept->task != ORR_LATENT)
    return orr_fail(e, ORR_USAGE, "%s has no latent space", orr_plot_model(in));
  if (!d.latent && !in->table) return orr_fail(e, ORR_USAGE, "plot 'traversal' needs rows: on = data");
  if (!d.latent) {
    orr_latent_spec s = {
        .model = in->kept, .table = in->table, .rows = in->rows, .n = in->n_rows, .seed = in->seed};
    ORR_TRY(orr_latent_measure(&s, in->work, f->arena, &own, e));
    d.latent = &own;
  }
  ORR_TRY(orr_density_want_scale(&in->kept->store, d.latent->width, 0, &d.center, &d.scale, e));
  ORR_TRY(orr_picture_find(&in->kept->encoder, f->arena, &picture, &found, e));
  return found ? draw_pictures(&d, &picture, e) : draw_panels(&d, e);
}

const orr_plot_kind orr_plot_traversal = {
    .name = "traversal",
    .help = "What the model decodes while one dimension of its latent space moves and the others stay: the "
            "dimensions "
            "that move it most come first.",
    .of_fit = true,
    .build = build,
};
