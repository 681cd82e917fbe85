/* Curves of a training; see learning.h. */
#include "plot/learning.h"

#include <math.h>

/* Members report at the same steps; where one has ended the others are left out too. */
static size_t shared(const orr_learning_curve *c, size_t n) {
  size_t least = n ? c[0].n : 0;
  for (size_t i = 1; i < n; i++) least = c[i].n < least ? c[i].n : least;
  return least;
}

static orr_status add_members(orr_figure *f, const orr_learning_curve *c, size_t n, const char *title,
                              int series, orr_error *e) {
  double *low, *high, *mean;
  size_t steps = shared(c, n);
  ORR_TAKE(f->arena, low, steps, e);
  ORR_TAKE(f->arena, high, steps, e);
  ORR_TAKE(f->arena, mean, steps, e);
  for (size_t i = 0; i < steps; i++) {
    low[i] = high[i] = c[0].value[i];
    for (size_t k = 0; k < n; k++) {
      low[i] = fmin(low[i], c[k].value[i]), high[i] = fmax(high[i], c[k].value[i]);
      mean[i] += c[k].value[i] / (double)n;
    }
  }
  orr_mark band = {.kind = ORR_BAND, .n = steps, .x = c[0].step, .y = low, .y2 = high, .series = series};
  orr_mark line = {.kind = ORR_LINE, .title = title, .n = steps, .x = c[0].step, .y = mean, .series = series};
  ORR_TRY(orr_panel_mark(f, &f->panels[0], band, e));
  return orr_panel_mark(f, &f->panels[0], line, e);
}

static orr_status add_curves(orr_figure *f, const orr_learning_curve *c, size_t n, const char *title,
                             int series, orr_error *e) {
  if (!n) return ORR_OK;
  if (n > 1) return add_members(f, c, n, title, series, e);
  orr_mark line = {
      .kind = ORR_LINE, .title = title, .n = c->n, .x = c->step, .y = c->value, .series = series};
  return orr_panel_mark(f, &f->panels[0], line, e);
}

static orr_status add_upright(orr_figure *f, double x, const char *title, orr_error *e) {
  double low, high;
  orr_panel_range_y(&f->panels[0], &low, &high);
  return orr_panel_guide(f, &f->panels[0], title, x, low, x, high, e);
}

/* What is kept, on the curve that was watched. */
static orr_status add_best(orr_figure *f, const orr_learning *v, orr_error *e) {
  const orr_learning_curve *c = v->n_watched ? v->watched : v->n_train ? v->train : NULL;
  double *x, *y;
  if (!c || !isfinite(v->best)) return ORR_OK;
  ORR_TAKE(f->arena, x, 1, e);
  ORR_TAKE(f->arena, y, 1, e);
  for (size_t i = 0; i < c->n && c->step[i] <= v->best; i++) *x = c->step[i], *y = c->value[i];
  const char *title = orr_arena_printf(f->arena, "best %.4g", *y);
  if (!title) return orr_fail_memory(e, "a title", 32);
  orr_mark best = {.kind = ORR_POINTS, .title = title, .n = 1, .x = x, .y = y, .series = 2};
  return orr_panel_mark(f, &f->panels[0], best, e);
}

orr_status orr_figure_learning(const orr_learning *v, orr_figure *f, orr_error *e) {
  orr_panel *p;
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x.title = "step", p->y.title = v->quantity;
  ORR_TRY(add_curves(f, v->train, v->n_train, v->n_watched ? "training" : NULL, 0, e));
  ORR_TRY(add_curves(f, v->watched, v->n_watched, "validation", 1, e));
  for (size_t i = 0; i < v->n_nudges; i++)
    ORR_TRY(add_upright(f, v->nudges[i], i ? NULL : "learning rate changed", e));
  return add_best(f, v, e);
}
