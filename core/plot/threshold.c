/* Threshold curves; see threshold.h. */
#include "plot/threshold.h"

#include <math.h>

#include "metric/ranking.h"

enum { MOST_POINTS = 2000, MOST_CLASSES = 8 };

static orr_status ones(const orr_evaluation *v, orr_arena *arena, const double **out, orr_error *e) {
  if (v->weight) return *out = v->weight, ORR_OK;
  double *weight;
  ORR_TAKE(arena, weight, v->n, e);
  for (size_t i = 0; i < v->n; i++) weight[i] = 1;
  *out = weight;
  return ORR_OK;
}

static orr_status walk_class(const orr_evaluation *v, const double *weight, int32_t k, orr_arena *arena,
                             orr_walk *out, orr_error *e) {
  double *hits, *misses;
  ORR_TAKE(arena, hits, v->n, e);
  ORR_TAKE(arena, misses, v->n, e);
  *out = (orr_walk){.hits = hits, .misses = misses};
  orr_ranked tie;
  for (size_t at = 0; at < v->n; out->n++) {
    at = orr_ranking_next(v, weight, k, at, &tie);
    hits[out->n] = out->all_hits += tie.hits;
    misses[out->n] = out->all_misses += tie.misses;
  }
  return ORR_OK;
}

void orr_curve_thin(orr_curve *c, size_t most) {
  if (c->n <= most) return;
  double whole = 0, walked = 0;
  for (size_t i = 1; i < c->n; i++) whole += fabs(c->x[i] - c->x[i - 1]) + fabs(c->y[i] - c->y[i - 1]);
  double step = whole / (double)most, x = c->x[0], y = c->y[0];
  size_t kept = 1;
  for (size_t i = 1; i < c->n; i++) {
    walked += fabs(c->x[i] - x) + fabs(c->y[i] - y);
    x = c->x[i], y = c->y[i];
    if (walked < step && i + 1 < c->n) continue;
    walked = 0;
    c->x[kept] = x, c->y[kept++] = y;
  }
  c->n = kept;
}

typedef struct drawing {
  const orr_threshold_style *style;
  orr_figure *f;
  orr_panel *p;
  int drawn;
  orr_walk walks[MOST_CLASSES]; /* of the drawn curves */
} drawing;

/* "name, AUC 0.973", the name cut so that the key keeps the number. */
static orr_status entitle(const drawing *d, const orr_evaluation *v, const char *name, double area,
                          const char **title, orr_error *e) {
  orr_text text = {0};
  if (v->classes > 2) orr_text_add(&text, "class ");
  orr_figure_shorten(&text, name, v->classes > 2 ? 16 : 22);
  orr_text_printf(&text, ", %s %.3f", d->style->area, area);
  *title = text.failed ? NULL : orr_arena_strdup(d->f->arena, orr_text_get(&text));
  orr_text_fini(&text);
  return *title ? ORR_OK : orr_fail_memory(e, "a title", 64);
}

/* A curve, or nothing when the class or its contrary has no weight here. */
static orr_status draw(drawing *d, const orr_evaluation *v, int32_t k, const char *name, orr_error *e) {
  const double *weight;
  orr_walk w;
  orr_curve c = {0};
  ORR_TRY(ones(v, d->f->arena, &weight, e));
  ORR_TRY(walk_class(v, weight, k, d->f->arena, &w, e));
  if (!(w.all_hits > 0) || !(w.all_misses > 0)) return ORR_OK;
  ORR_TAKE(d->f->arena, c.x, w.n + 2, e);
  ORR_TAKE(d->f->arena, c.y, w.n + 2, e);
  d->style->trace(&w, &c);
  orr_curve_thin(&c, MOST_POINTS);
  const char *title;
  ORR_TRY(entitle(d, v, name, c.area, &title, e));
  orr_mark curve = {.kind = d->style->mark, .title = title, .n = c.n, .x = c.x, .y = c.y, .series = d->drawn};
  d->walks[d->drawn++] = w;
  return orr_panel_mark(d->f, d->p, curve, e);
}

/* The most frequent classes, in order of their numbers. */
static orr_status frequent(const orr_evaluation *v, orr_arena *arena, bool **out, orr_error *e) {
  double *weight;
  ORR_TAKE(arena, weight, v->classes, e);
  ORR_TAKE(arena, *out, v->classes, e);
  for (size_t i = 0; i < v->n; i++) weight[v->label[i]] += v->weight ? v->weight[i] : 1;
  for (size_t k = 0; k < v->classes; k++) {
    size_t above = 0;
    for (size_t other = 0; other < v->classes; other++)
      above += weight[other] > weight[k] || (weight[other] == weight[k] && other < k);
    (*out)[k] = above < MOST_CLASSES;
  }
  return ORR_OK;
}

static orr_status draw_classes(drawing *d, const orr_plot_input *in, orr_error *e) {
  const orr_evaluation *v = in->evaluation;
  bool *chosen;
  ORR_TRY(frequent(v, d->f->arena, &chosen, e));
  for (size_t k = 0; k < v->classes; k++) {
    ORR_TRY(orr_progress_step(in->work, "plot", k, v->classes, e));
    if (chosen[k]) ORR_TRY(draw(d, v, (int32_t)k, v->class_names[k], e));
  }
  return ORR_OK;
}

orr_status orr_threshold_curves(const orr_plot_input *in, const orr_threshold_style *style, orr_figure *f,
                                orr_panel *p, orr_error *e) {
  const orr_evaluation *v = in->evaluation;
  drawing d = {.style = style, .f = f, .p = p};
  if (v->classes > 2) ORR_TRY(draw_classes(&d, in, e));
  else ORR_TRY(draw(&d, v, ORR_POSITIVE, orr_plot_model(in), e));
  if (!d.drawn)
    return orr_fail(e, ORR_DATA,
                    "all %zu rows to plot are of class '%.80s', and %s needs two; try a larger test part",
                    v->n, v->class_names[v->label[0]], style->area);
  if (v->classes == 2 && in->baseline)
    ORR_TRY(draw(&d, in->baseline, ORR_POSITIVE, in->baseline_name ? in->baseline_name : "baseline", e));
  for (int i = 0; i < (v->classes > 2 && style->guide_for_each ? d.drawn : 1); i++)
    ORR_TRY(style->guide(&d.walks[i], f, p, i == 0, e));
  return ORR_OK;
}
