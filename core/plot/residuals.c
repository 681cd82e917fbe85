/* Residuals of a regression: truth against prediction, and what is left
 * (truth − prediction) against prediction, with the predicted interval as a
 * band where there is one. Of many rows an even choice is drawn. */
#include <math.h>

#include "num/statistics.h"
#include "plot/kind.h"

enum { MOST_POINTS = 5000, BAND_POINTS = 60 };

typedef struct points {
  size_t n;
  double *mean, *truth, *residual;
} points;

/* Every row with finite numbers, or evenly chosen ones of them. */
static orr_status choose(const orr_evaluation *v, orr_arena *arena, points *out, orr_error *e) {
  size_t usable = 0, seen = 0;
  for (size_t i = 0; i < v->n; i++) usable += isfinite(v->truth[i] + v->mean[i]);
  if (!usable)
    return orr_fail(e, ORR_DATA, "residuals: none of the %zu rows has a finite truth and prediction", v->n);
  size_t most = usable < MOST_POINTS ? usable : MOST_POINTS;
  *out = (points){0};
  ORR_TAKE(arena, out->mean, most, e);
  ORR_TAKE(arena, out->truth, most, e);
  ORR_TAKE(arena, out->residual, most, e);
  for (size_t i = 0; i < v->n; i++) {
    if (!isfinite(v->truth[i] + v->mean[i])) continue;
    bool chosen = seen * most / usable != (seen + 1) * most / usable;
    seen++;
    if (!chosen) continue;
    out->mean[out->n] = v->mean[i];
    out->truth[out->n] = v->truth[i];
    out->residual[out->n++] = v->truth[i] - v->mean[i];
  }
  return ORR_OK;
}

typedef struct band {
  size_t n;
  double *mean, *low, *high;
} band;

/* The interval along the prediction, averaged by weight over groups of neighbouring rows. */
static orr_status find_band(const orr_evaluation *v, orr_arena *arena, band *b, orr_error *e) {
  size_t groups = v->n < BAND_POINTS ? v->n : BAND_POINTS;
  uint32_t *order;
  ORR_TAKE(arena, order, v->n, e);
  ORR_TAKE(arena, b->mean, groups, e);
  ORR_TAKE(arena, b->low, groups, e);
  ORR_TAKE(arena, b->high, groups, e);
  ORR_TRY(orr_sort_index(v->mean, v->n, order, e));
  for (size_t g = 0; g < groups; g++) {
    double all = 0, mean = 0, low = 0, high = 0;
    for (size_t i = g * v->n / groups; i < (g + 1) * v->n / groups; i++) {
      size_t row = order[i];
      double w = v->weight ? v->weight[row] : 1;
      if (!isfinite(v->lower[row] + v->upper[row])) continue;
      all += w, mean += w * v->mean[row], low += w * v->lower[row], high += w * v->upper[row];
    }
    if (!(all > 0)) continue;
    b->mean[b->n] = mean / all, b->low[b->n] = low / all, b->high[b->n++] = high / all;
  }
  return ORR_OK;
}

static orr_status draw_bands(const orr_evaluation *v, orr_figure *f, orr_error *e) {
  band b = {0};
  double *below, *above;
  if (!v->lower || !v->upper || v->n < 2) return ORR_OK;
  ORR_TRY(find_band(v, f->arena, &b, e));
  ORR_TAKE(f->arena, below, b.n, e);
  ORR_TAKE(f->arena, above, b.n, e);
  for (size_t i = 0; i < b.n; i++) below[i] = b.low[i] - b.mean[i], above[i] = b.high[i] - b.mean[i];
  const char *title = orr_arena_printf(f->arena, "%.4g %% interval", 100 * v->level);
  if (!title) return orr_fail_memory(e, "a title", 32);
  orr_mark about = {
      .kind = ORR_BAND, .title = title, .n = b.n, .x = b.mean, .y = b.low, .y2 = b.high, .series = 1};
  orr_mark rest = {.kind = ORR_BAND, .n = b.n, .x = b.mean, .y = below, .y2 = above, .series = 1};
  ORR_TRY(orr_panel_mark(f, &f->panels[0], about, e));
  return orr_panel_mark(f, &f->panels[1], rest, e);
}

static void span(const double *x, size_t n, double *low, double *high) {
  for (size_t i = 0; i < n; i++) *low = fmin(*low, x[i]), *high = fmax(*high, x[i]);
}

/* The left panel has one range both ways, so that its diagonal is one. */
static orr_status set_panels(const points *q, orr_figure *f, orr_error *e) {
  double low = INFINITY, high = -INFINITY;
  orr_panel *left, *right;
  span(q->mean, q->n, &low, &high);
  span(q->truth, q->n, &low, &high);
  double room = high > low ? (high - low) / 25 : low != 0 ? fabs(low) / 10 : 0.5;
  orr_axis both = {.title = "prediction", .low = low - room, .high = high + room};
  f->columns = 2;
  ORR_TRY(orr_figure_panel(f, "truth and prediction", &left, e));
  left->x = left->y = both;
  left->y.title = "truth";
  ORR_TRY(orr_figure_panel(f, "what is left", &right, e));
  right->x = (orr_axis){.title = "prediction"};
  right->y = (orr_axis){.title = "truth − prediction"};
  return ORR_OK;
}

static orr_status draw_points(const points *q, orr_figure *f, orr_error *e) {
  orr_axis x = f->panels[0].x;
  double low = INFINITY, high = -INFINITY;
  orr_mark truth = {.kind = ORR_POINTS, .n = q->n, .x = q->mean, .y = q->truth};
  orr_mark residual = {.kind = ORR_POINTS, .n = q->n, .x = q->mean, .y = q->residual};
  span(q->mean, q->n, &low, &high);
  ORR_TRY(orr_panel_mark(f, &f->panels[0], truth, e));
  ORR_TRY(orr_panel_guide(f, &f->panels[0], "truth = prediction", x.low, x.low, x.high, x.high, e));
  ORR_TRY(orr_panel_mark(f, &f->panels[1], residual, e));
  return orr_panel_guide(f, &f->panels[1], NULL, low, 0, high, 0, e);
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  points q;
  ORR_TRY(orr_plot_begin(&orr_plot_residuals, in, "Residuals", f, e));
  ORR_TRY(choose(in->evaluation, f->arena, &q, e));
  ORR_TRY(set_panels(&q, f, e));
  ORR_TRY(draw_bands(in->evaluation, f, e));
  return draw_points(&q, f, e);
}

const orr_plot_kind orr_plot_residuals = {
    .name = "residuals",
    .help = "What a regression leaves over: a cloud without shape about the zero line is what is wanted.",
    .tasks = ORR_REGRESSION,
    .build = build,
};
