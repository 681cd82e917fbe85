/* Reliability: do the probabilities come true as often as they say?
 *
 * Bins of equal mass as the calibration error cuts them (metric/ece.c): at most
 * 15, of 20 rows or more, equal probabilities together. Two classes: the
 * probability of the positive one; more: that of the predicted class against
 * its being right. The bars are one standard error; the band holds 95 % of
 * bootstrap resamples of the rows (Efron 1979).
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "num/statistics.h"
#include "plot/kind.h"

enum { MOST_BINS = 15, LEAST_ROWS = 20, RESAMPLES = 200, SHARE_BINS = 25 };

typedef struct sample {
  size_t n, bins;
  double *p, *weight; /* [n] in descending order of p */
  uint8_t *came_true, *bin;
} sample;

typedef struct tally {
  double weight, squares, claimed, right; /* Σw, Σw², Σwp, Σwy */
} tally;

static size_t bins_for(size_t n) {
  size_t bins = n / LEAST_ROWS;
  return bins < 1 ? 1 : bins < MOST_BINS ? bins : MOST_BINS;
}

static orr_status gather(const orr_evaluation *v, orr_arena *arena, sample *s, orr_error *e) {
  bool binary = v->classes == 2;
  const uint32_t *order = binary ? v->order + ORR_POSITIVE * v->n : v->confident;
  *s = (sample){.n = v->n};
  ORR_TAKE(arena, s->p, v->n, e);
  ORR_TAKE(arena, s->weight, v->n, e);
  ORR_TAKE(arena, s->came_true, v->n, e);
  ORR_TAKE(arena, s->bin, v->n, e);
  for (size_t i = 0; i < v->n; i++) {
    size_t row = order[i];
    int32_t k = binary ? ORR_POSITIVE : orr_predicted_class(v, row);
    s->p[i] = orr_probability(v, row, (size_t)k);
    s->weight[i] = v->weight ? v->weight[row] : 1;
    s->came_true[i] = v->label[row] == k;
  }
  return ORR_OK;
}

static void cut(sample *s) {
  size_t bins = bins_for(s->n), at = 0;
  for (size_t b = 1; b <= bins; b++) {
    size_t start = at;
    for (; at < s->n && (at < b * s->n / bins || (at && s->p[at] == s->p[at - 1])); at++)
      s->bin[at] = (uint8_t)s->bins;
    s->bins += at > start;
  }
}

static void count_row(tally *t, const sample *s, size_t i) {
  double w = s->weight[i];
  t += s->bin[i];
  t->weight += w;
  t->squares += w * w;
  t->claimed += w * s->p[i];
  t->right += s->came_true[i] ? w : 0;
}

/* Of the posterior of a share under Jeffreys' prior (Brown, Cai & DasGupta 2001), which is not 0 at shares of
 * 0 and 1; n is Kish's. */
static double standard_error(const tally *t) {
  double n = t->weight * t->weight / t->squares, share = fmin(1, fmax(0, t->right / t->weight));
  double p = (n * share + 0.5) / (n + 1);
  return sqrt(p * (1 - p) / (n + 2));
}

/* ---- bootstrap ---- */

typedef struct resampling {
  const sample *s;
  uint64_t seed;
  double *share; /* [bins,RESAMPLES]; NaN: the bin was empty */
} resampling;

static void resample(void *context, size_t r) {
  const resampling *b = context;
  tally t[MOST_BINS] = {0};
  orr_random random = orr_random_stream(b->seed, r, ORR_FOR_BOOTSTRAP);
  for (size_t i = 0; i < b->s->n; i++) count_row(t, b->s, (size_t)orr_random_below(&random, b->s->n));
  for (size_t k = 0; k < b->s->bins; k++)
    b->share[k * RESAMPLES + r] = t[k].weight > 0 ? t[k].right / t[k].weight : NAN;
}

static void bounds(double *share, double *low, double *high) {
  size_t n = 0;
  for (size_t r = 0; r < RESAMPLES; r++)
    if (!isnan(share[r])) share[n++] = share[r];
  orr_sort(share, n);
  *low = n ? fmax(0, orr_quantile_sorted(share, n, 0.025)) : NAN;
  *high = n ? fmin(1, orr_quantile_sorted(share, n, 0.975)) : NAN;
}

/* ---- drawing ---- */

typedef struct curve {
  size_t n;
  double *claimed, *share, *error, *low, *high;
} curve;

static orr_status take_curve(orr_arena *arena, curve *c, orr_error *e) {
  ORR_TAKE(arena, c->claimed, MOST_BINS, e);
  ORR_TAKE(arena, c->share, MOST_BINS, e);
  ORR_TAKE(arena, c->error, MOST_BINS, e);
  ORR_TAKE(arena, c->low, MOST_BINS, e);
  ORR_TAKE(arena, c->high, MOST_BINS, e);
  return ORR_OK;
}

/* Bins without positive weight are left out; `replicate` may be NULL. */
static orr_status find_curve(const sample *s, double *replicate, orr_arena *arena, curve *c, orr_error *e) {
  ORR_TRY(take_curve(arena, c, e));
  tally t[MOST_BINS] = {0};
  for (size_t i = 0; i < s->n; i++) count_row(t, s, i);
  for (size_t b = 0; b < s->bins; b++) {
    if (!(t[b].weight > 0)) continue;
    c->claimed[c->n] = t[b].claimed / t[b].weight;
    c->share[c->n] = t[b].right / t[b].weight;
    c->error[c->n] = standard_error(&t[b]);
    if (replicate) bounds(replicate + b * RESAMPLES, &c->low[c->n], &c->high[c->n]);
    c->n++;
  }
  if (!c->n)
    return orr_fail(e, ORR_DATA, "reliability: the weights of the %zu rows do not sum to more than 0", s->n);
  return ORR_OK;
}

static orr_status draw_model(const orr_plot_input *in, const sample *s, orr_figure *f, orr_panel *p,
                             orr_error *e) {
  resampling b = {.s = s, .seed = in->seed};
  curve c = {0};
  ORR_TAKE(f->arena, b.share, MOST_BINS * RESAMPLES, e);
  ORR_TRY(orr_work_run(in->work, "reliability band", RESAMPLES, resample, &b, e));
  ORR_TRY(find_curve(s, b.share, f->arena, &c, e));
  orr_mark band = {
      .kind = ORR_BAND, .title = "95 % of resamples", .n = c.n, .x = c.claimed, .y = c.low, .y2 = c.high};
  orr_mark line = {.kind = ORR_LINE, .n = c.n, .x = c.claimed, .y = c.share};
  orr_mark points = {.kind = ORR_ERROR_BARS,
                     .title = orr_plot_model(in),
                     .n = c.n,
                     .x = c.claimed,
                     .y = c.share,
                     .y2 = c.error};
  if (c.n > 1) ORR_TRY(orr_panel_mark(f, p, band, e));
  if (c.n > 1) ORR_TRY(orr_panel_mark(f, p, line, e));
  return orr_panel_mark(f, p, points, e);
}

static orr_status draw_baseline(const orr_plot_input *in, const sample *s, orr_figure *f, orr_panel *p,
                                orr_error *e) {
  curve c = {0};
  ORR_TRY(find_curve(s, NULL, f->arena, &c, e));
  orr_mark line = {.kind = ORR_LINE,
                   .title = in->baseline_name ? in->baseline_name : "baseline",
                   .n = c.n,
                   .x = c.claimed,
                   .y = c.share,
                   .series = 1};
  orr_mark points = {.kind = ORR_POINTS, .n = c.n, .x = c.claimed, .y = c.share, .series = 1};
  ORR_TRY(orr_panel_mark(f, p, line, e));
  return orr_panel_mark(f, p, points, e);
}

/* How often each probability is claimed: shares of the rows over SHARE_BINS bins of [0, 1]. */
static orr_status draw_shares(const sample *s, int series, orr_figure *f, orr_panel *p, orr_error *e) {
  double *left, *right, *share, all = 0;
  ORR_TAKE(f->arena, left, SHARE_BINS, e);
  ORR_TAKE(f->arena, right, SHARE_BINS, e);
  ORR_TAKE(f->arena, share, SHARE_BINS, e);
  for (size_t i = 0; i < s->n; i++) all += s->weight[i];
  for (size_t i = 0; i < s->n; i++) {
    double at = fmin(SHARE_BINS - 1, fmax(0, floor(s->p[i] * SHARE_BINS)));
    share[(size_t)at] += s->weight[i] / all;
  }
  for (size_t b = 0; b < SHARE_BINS; b++)
    left[b] = (double)b / SHARE_BINS, right[b] = (double)(b + 1) / SHARE_BINS;
  orr_mark bars = {
      .kind = ORR_HISTOGRAM, .n = SHARE_BINS, .x = left, .x2 = right, .y = share, .series = series};
  return orr_panel_mark(f, p, bars, e);
}

static orr_status set_panels(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  const orr_evaluation *v = in->evaluation;
  orr_panel *main, *below;
  bool binary = v->classes == 2;
  const char *title = "confidence (probability of the predicted class)";
  if (binary && !(title = orr_arena_printf(f->arena, "predicted probability of class %s",
                                           v->class_names[ORR_POSITIVE])))
    return orr_fail_memory(e, "a title", 64);
  ORR_TRY(orr_figure_panel(f, NULL, &main, e));
  main->y = (orr_axis){
      .title = binary ? "observed frequency" : "share that is right", .low = -0.015, .high = 1.015};
  main->x = (orr_axis){.low = -0.015, .high = 1.015};
  ORR_TRY(orr_figure_panel(f, NULL, &below, e));
  below->x = (orr_axis){.title = title, .low = -0.015, .high = 1.015};
  below->y = (orr_axis){.title = "share of rows"};
  below->height = 0.42;
  return ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  sample model, baseline;
  ORR_TRY(orr_plot_begin(&orr_plot_reliability, in, "Reliability", f, e));
  ORR_TRY(set_panels(in, f, e));
  ORR_TRY(gather(in->evaluation, f->arena, &model, e));
  cut(&model);
  ORR_TRY(draw_model(in, &model, f, &f->panels[0], e));
  ORR_TRY(draw_shares(&model, 0, f, &f->panels[1], e));
  if (in->baseline) {
    ORR_TRY(gather(in->baseline, f->arena, &baseline, e));
    cut(&baseline);
    ORR_TRY(draw_baseline(in, &baseline, f, &f->panels[0], e));
    ORR_TRY(draw_shares(&baseline, 1, f, &f->panels[1], e));
  }
  return orr_panel_guide(f, &f->panels[0], "perfect", 0, 0, 1, 1, e);
}

const orr_plot_kind orr_plot_reliability = {
    .name = "reliability",
    .help = "Whether probabilities come true as often as they say: on the diagonal they do, below it they "
            "promise too much.",
    .tasks = ORR_CLASSIFICATION,
    .build = build,
};
