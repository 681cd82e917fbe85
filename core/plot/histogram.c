/* Histograms of columns, one panel each, by class where there is one.
 *
 * Bins are shared by the classes and sized by Freedman & Diaconis (1981) over the
 * middle 99 % of the cells; the densities of each class have mass one over all
 * its cells. Columns of text, and of few whole numbers, are bars of shares. Of more columns than panels
 * the ones that tell the classes apart best are drawn.
 */
#include <math.h>
#include <string.h>

#include "num/statistics.h"
#include "plot/groups.h"

enum { MOST_PANELS = 12, MOST_BINS = 60, LEAST_BINS = 5, MOST_BARS = 8, MOST_WORDS = 50, SAMPLE = 200000 };

typedef struct drawing {
  const orr_plot_input *in;
  orr_figure *f;
  orr_groups groups;
} drawing;

/* ---- which columns ---- */

typedef struct candidate {
  const orr_column *column;
  double apart;
} candidate;

static bool usable(const orr_column *c) { return c->n_missing < c->rows; }

static bool offered(const orr_table *t, size_t k, const char *target, const orr_groups *g) {
  const orr_column *c = t->columns[k];
  if (t->roles[k] != ORR_ROLE_FEATURE || !usable(c)) return false;
  if (c->type == ORR_TEXT && c->words.count > MOST_WORDS) return false;
  if (target && !strcmp(c->name, target)) return false;
  return !g->title || strcmp(c->name, g->title) != 0;
}

/* Of a column of numbers: the largest difference of two classes' means, in pooled standard deviations. */
static double numbers_apart(const orr_column *c, const orr_groups *g) {
  double weight[ORR_MOST_GROUPS] = {0}, mean[ORR_MOST_GROUPS] = {0}, squares = 0, all = 0, most = 0;
  for (size_t i = 0; i < c->rows; i++) {
    double x = orr_column_number(c, i), w = orr_group_weight(g, i);
    int32_t k = g->of_row[i];
    if (k < 0 || !isfinite(x) || !(w > 0)) continue;
    double step = x - mean[k];
    weight[k] += w;
    mean[k] += step * w / weight[k]; /* West (1979) */
    squares += w * step * (x - mean[k]);
    all += w;
  }
  for (size_t a = 0; a < g->n; a++)
    for (size_t b = 0; b < a; b++)
      if (weight[a] > 0 && weight[b] > 0) most = fmax(most, fabs(mean[a] - mean[b]));
  return most > 0 ? most / fmax(sqrt(squares / all), 1e-12 * most) : 0;
}

/* shares[words,groups] of each group's weight. */
static orr_status word_shares(const orr_column *c, const orr_groups *g, orr_arena *arena, double **out,
                              orr_error *e) {
  double *share, all[ORR_MOST_GROUPS] = {0};
  ORR_TAKE(arena, share, c->words.count * g->n, e);
  for (size_t i = 0; i < c->rows; i++) {
    int32_t k = g->of_row[i];
    if (k < 0 || orr_column_is_missing(c, i)) continue;
    share[(size_t)c->codes[i] * g->n + (size_t)k] += orr_group_weight(g, i);
    all[k] += orr_group_weight(g, i);
  }
  for (size_t i = 0; i < c->words.count * g->n; i++)
    share[i] = all[i % g->n] > 0 ? share[i] / all[i % g->n] : 0;
  *out = share;
  return ORR_OK;
}

/* Of a column of text: twice the largest total variation between two classes, 2 being wholly apart. */
static double words_apart(const double *share, size_t words, size_t groups) {
  double most = 0;
  for (size_t a = 0; a < groups; a++)
    for (size_t b = 0; b < a; b++) {
      double apart = 0;
      for (size_t w = 0; w < words; w++) apart += fabs(share[w * groups + a] - share[w * groups + b]);
      most = fmax(most, apart);
    }
  return most;
}

static orr_status find_apart(drawing *d, candidate *c, orr_error *e) {
  if (d->groups.n < 2) return ORR_OK;
  if (c->column->type != ORR_TEXT) {
    c->apart = numbers_apart(c->column, &d->groups);
    return ORR_OK;
  }
  orr_arena scratch = {0};
  double *share;
  orr_status status = word_shares(c->column, &d->groups, &scratch, &share, e);
  if (!status) c->apart = words_apart(share, c->column->words.count, d->groups.n);
  orr_arena_fini(&scratch);
  return status;
}

/* Moves the MOST_PANELS most telling candidates to the front, best first; equals keep their order. */
static orr_status rank(drawing *d, candidate *all, size_t *n, orr_error *e) {
  if (*n <= MOST_PANELS) return ORR_OK;
  for (size_t i = 0; i < *n; i++) {
    ORR_TRY(orr_progress_step(d->in->work, "histogram", i, *n, e));
    ORR_TRY(find_apart(d, &all[i], e));
    candidate c = all[i];
    size_t at = i;
    for (; at && all[at - 1].apart < c.apart; at--) all[at] = all[at - 1];
    all[at] = c;
  }
  orr_log(d->in->work, "histogram: %d of %zu columns are drawn%s", MOST_PANELS, *n,
          d->groups.n > 1 ? ", those whose classes differ most" : "; name others to see them");
  *n = MOST_PANELS;
  return ORR_OK;
}

static orr_status collect(drawing *d, candidate **out, size_t *n, orr_error *e) {
  const orr_table *t = d->in->table;
  candidate *all;
  *n = 0;
  ORR_TAKE(d->f->arena, all, t->n_columns + d->in->n_columns, e);
  for (size_t i = 0; i < d->in->n_columns; i++) {
    size_t at;
    ORR_TRY(orr_table_column(t, d->in->columns[i], &at, e));
    if (usable(t->columns[at])) all[(*n)++].column = t->columns[at];
  }
  for (size_t k = 0; k < t->n_columns && !d->in->n_columns; k++)
    if (offered(t, k, d->in->target, &d->groups)) all[(*n)++].column = t->columns[k];
  if (!*n)
    return orr_fail(e, ORR_DATA,
                    "histogram: no column with values to draw; name columns that are not all missing");
  *out = all;
  return rank(d, all, n, e);
}

/* ---- bins ---- */

typedef struct bins {
  double low, width;
  size_t n;
} bins;

/* Finite cells, sorted; of many rows an even choice. */
static orr_status sorted_cells(const orr_column *c, orr_arena *arena, double **out, size_t *n, bool *whole,
                               orr_error *e) {
  size_t stride = c->rows / SAMPLE + 1;
  double *x;
  ORR_TAKE(arena, x, c->rows / stride + 1, e);
  *n = 0, *whole = true;
  for (size_t i = 0; i < c->rows; i += stride) {
    double value = orr_column_number(c, i);
    if (!isfinite(value)) continue;
    *whole &= value == floor(value);
    x[(*n)++] = value;
  }
  orr_sort(x, *n);
  *out = x;
  return ORR_OK;
}

static bins cut(const double *x, size_t n, bool whole) {
  double low = orr_quantile_sorted(x, n, 0.005), high = orr_quantile_sorted(x, n, 0.995);
  if (low == high) low = x[0], high = x[n - 1];
  if (whole && high - low < 40) return (bins){floor(low) - 0.5, 1, (size_t)(ceil(high) - floor(low)) + 1};
  double half = fabs(low) > 1 ? fabs(low) / 2 : 0.5;
  if (low == high) return (bins){low - half, 2 * half, 1};
  double middle = orr_quantile_sorted(x, n, 0.75) - orr_quantile_sorted(x, n, 0.25);
  double wanted = middle > 0 ? (high - low) / (2 * middle / cbrt((double)n)) : MOST_BINS / 2;
  size_t count = (size_t)ceil(fmin(MOST_BINS, fmax(LEAST_BINS, wanted)));
  if (whole) { /* a bin holds a whole number of values, so that none is favoured */
    double width = ceil((high - low + 1) / (double)count);
    return (bins){low - 0.5, width, (size_t)ceil((high - low + 1) / width)};
  }
  return (bins){low, (high - low) / (double)count, count};
}

/* density[groups,bins]; all[groups] the weight of each group's cells. */
static orr_status count_cells(const orr_column *c, const orr_groups *g, const bins *b, orr_arena *arena,
                              double **out, double *all, orr_error *e) {
  double *density;
  ORR_TAKE(arena, density, g->n * b->n, e);
  for (size_t i = 0; i < c->rows; i++) {
    double x = orr_column_number(c, i), at = floor((x - b->low) / b->width), w = orr_group_weight(g, i);
    int32_t k = g->of_row[i];
    if (k < 0 || !isfinite(x)) continue;
    all[k] += w;
    if (x == b->low + b->width * (double)b->n) at = (double)b->n - 1;
    if (at >= 0 && at < (double)b->n) density[(size_t)k * b->n + (size_t)at] += w;
  }
  for (size_t i = 0; i < g->n * b->n; i++) density[i] /= all[i / b->n] > 0 ? all[i / b->n] * b->width : 1;
  *out = density;
  return ORR_OK;
}

/* ---- panels ---- */

static orr_status draw_numbers(drawing *d, const orr_column *c, orr_panel *p, orr_error *e) {
  const orr_groups *g = &d->groups;
  double *x, *density, *left, *right, all[ORR_MOST_GROUPS] = {0};
  size_t n;
  bool whole;
  ORR_TRY(sorted_cells(c, d->f->arena, &x, &n, &whole, e));
  bins b = n ? cut(x, n, whole) : (bins){0, 1, 1};
  p->x.whole = whole;
  ORR_TRY(count_cells(c, g, &b, d->f->arena, &density, all, e));
  ORR_TAKE(d->f->arena, left, b.n, e);
  ORR_TAKE(d->f->arena, right, b.n, e);
  for (size_t i = 0; i < b.n; i++)
    left[i] = b.low + b.width * (double)i, right[i] = b.low + b.width * (double)(i + 1);
  for (size_t k = 0; k < g->n; k++) {
    orr_mark m = {.kind = ORR_HISTOGRAM,
                  .title = d->groups.titles[k],
                  .n = all[k] > 0 ? b.n : 0,
                  .x = left,
                  .x2 = right,
                  .y = density + k * b.n,
                  .series = (int)k};
    ORR_TRY(orr_panel_mark(d->f, p, m, e));
  }
  return ORR_OK;
}

/* words[shown] = the most frequent ones, most frequent first. */
static size_t frequent_words(const double *share, size_t count, size_t groups, size_t *words) {
  size_t shown = 0;
  double mass[MOST_BARS];
  for (size_t w = 0; w < count; w++) {
    double m = 0;
    for (size_t k = 0; k < groups; k++) m += share[w * groups + k];
    size_t at = shown < MOST_BARS ? shown++ : MOST_BARS;
    for (; at && mass[at - 1] < m; at--)
      if (at < MOST_BARS) mass[at] = mass[at - 1], words[at] = words[at - 1];
    if (at < MOST_BARS) mass[at] = m, words[at] = w;
  }
  return shown;
}

static orr_status name_bars(drawing *d, const orr_column *c, const size_t *words, size_t shown, orr_axis *x,
                            orr_error *e) {
  bool rest = shown < c->words.count;
  const char **names;
  ORR_TAKE(d->f->arena, names, shown + 1, e);
  for (size_t i = 0; i < shown; i++)
    if (!(names[i] = orr_arena_strdup(d->f->arena, orr_map_key(&c->words, words[i]))))
      return orr_fail_memory(e, "names", 64);
  if (rest) names[shown] = "(others)";
  x->names = names;
  x->n_names = shown + rest;
  x->low = -0.6;
  x->high = (double)x->n_names - 0.4;
  return ORR_OK;
}

/* Bars of group k: its shares of the shown words, and of all others. */
static orr_status draw_bars(drawing *d, const double *share, const size_t *words, size_t shown, size_t bars,
                            size_t k, orr_panel *p, orr_error *e) {
  size_t groups = d->groups.n;
  double *x, *width, *height, rest = 1;
  ORR_TAKE(d->f->arena, x, bars, e);
  ORR_TAKE(d->f->arena, width, bars, e);
  ORR_TAKE(d->f->arena, height, bars, e);
  for (size_t i = 0; i < bars; i++) {
    width[i] = 0.8 / (double)groups;
    x[i] = (double)i - 0.4 + width[i] * ((double)k + 0.5);
    height[i] = i < shown ? share[words[i] * groups + k] : fmax(0, rest);
    rest -= height[i];
  }
  orr_mark m = {.kind = ORR_BARS,
                .title = d->groups.titles[k],
                .n = bars,
                .x = x,
                .x2 = width,
                .y = height,
                .series = (int)k};
  return orr_panel_mark(d->f, p, m, e);
}

static orr_status draw_words(drawing *d, const orr_column *c, orr_panel *p, orr_error *e) {
  double *share;
  size_t words[MOST_BARS];
  ORR_TRY(word_shares(c, &d->groups, d->f->arena, &share, e));
  size_t shown = frequent_words(share, c->words.count, d->groups.n, words);
  ORR_TRY(name_bars(d, c, words, shown, &p->x, e));
  for (size_t k = 0; k < d->groups.n; k++) ORR_TRY(draw_bars(d, share, words, shown, p->x.n_names, k, p, e));
  return ORR_OK;
}

/* The values of a column of whole numbers, in their order; 0: they are more than MOST_BARS, or no whole numbers. */
static size_t few_values(const orr_column *c, int64_t values[MOST_BARS]) {
  size_t n = 0;
  if (c->type != ORR_INT64) return 0;
  for (size_t i = 0; i < c->rows; i++) {
    size_t at = 0;
    if (orr_column_is_missing(c, i)) continue;
    while (at < n && values[at] < c->int64[i]) at++;
    if (at < n && values[at] == c->int64[i]) continue;
    if (n == MOST_BARS) return 0;
    memmove(values + at + 1, values + at, (n++ - at) * sizeof *values);
    values[at] = c->int64[i];
  }
  return n;
}

/* share[values,groups] of each group's weight. */
static orr_status value_shares(drawing *d, const orr_column *c, const int64_t *values, size_t n, double **out,
                               orr_error *e) {
  const orr_groups *g = &d->groups;
  double *share, all[ORR_MOST_GROUPS] = {0};
  ORR_TAKE(d->f->arena, share, n * g->n, e);
  for (size_t i = 0; i < c->rows; i++) {
    int32_t k = g->of_row[i];
    size_t at = 0;
    if (k < 0 || orr_column_is_missing(c, i)) continue;
    while (values[at] != c->int64[i]) at++;
    share[at * g->n + (size_t)k] += orr_group_weight(g, i);
    all[k] += orr_group_weight(g, i);
  }
  for (size_t i = 0; i < n * g->n; i++) share[i] = all[i % g->n] > 0 ? share[i] / all[i % g->n] : 0;
  *out = share;
  return ORR_OK;
}

static orr_status draw_values(drawing *d, const orr_column *c, const int64_t *values, size_t n, orr_panel *p,
                              orr_error *e) {
  double *share;
  size_t order[MOST_BARS];
  const char **names;
  ORR_TRY(value_shares(d, c, values, n, &share, e));
  ORR_TAKE(d->f->arena, names, n, e);
  for (size_t i = 0; i < n; i++) {
    order[i] = i;
    if (!(names[i] = orr_arena_printf(d->f->arena, "%lld", (long long)values[i])))
      return orr_fail_memory(e, "names", 64);
  }
  p->y.title = "share";
  p->x.names = names, p->x.n_names = n;
  p->x.low = -0.6, p->x.high = (double)n - 0.4;
  for (size_t k = 0; k < d->groups.n; k++) ORR_TRY(draw_bars(d, share, order, n, n, k, p, e));
  return ORR_OK;
}

static orr_status draw_column(drawing *d, const orr_column *c, size_t index, orr_error *e) {
  orr_panel *p;
  ORR_TRY(orr_figure_panel(d->f, NULL, &p, e));
  bool text = c->type == ORR_TEXT, first = index % d->f->columns == 0;
  p->x.title = c->unit && *c->unit ? orr_arena_printf(d->f->arena, "%s (%s)", c->name, c->unit)
                                   : orr_arena_strdup(d->f->arena, c->name);
  if (!p->x.title) return orr_fail_memory(e, "a title", strlen(c->name));
  p->y.title = text ? "share" : first ? "density" : NULL;
  if (text) return draw_words(d, c, p, e);
  int64_t values[MOST_BARS];
  size_t few = few_values(c, values);
  return few ? draw_values(d, c, values, few, p, e) : draw_numbers(d, c, p, e);
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  drawing d = {.in = in, .f = f};
  candidate *chosen;
  size_t n;
  bool titled = f->title && *f->title;
  ORR_TRY(orr_plot_begin(&orr_plot_histogram, in, "Features", f, e));
  ORR_TRY(orr_groups_find(in, f->arena, &d.groups, e));
  if (!titled && d.groups.title) f->title = orr_arena_printf(f->arena, "Features by %s", d.groups.title);
  if (!f->title) return orr_fail_memory(e, "a title", 64);
  if (d.groups.all > d.groups.n)
    orr_log(in->work, "histogram: the %zu most frequent of %zu values of '%s' are drawn", d.groups.n,
            d.groups.all, d.groups.title);
  ORR_TRY(collect(&d, &chosen, &n, e));
  f->columns = n == 1 ? 1 : n == 2 || n == 4 ? 2 : 3;
  f->one_key = d.groups.title && n > 1;
  for (size_t i = 0; i < n; i++) {
    ORR_TRY(orr_progress_step(in->work, "histogram", i, n, e));
    ORR_TRY(draw_column(&d, chosen[i].column, i, e));
  }
  return ORR_OK;
}

const orr_plot_kind orr_plot_histogram = {
    .name = "histogram",
    .help =
        "How each feature is distributed, by class: where the classes lie apart, a feature tells them apart.",
    .build = build,
};
