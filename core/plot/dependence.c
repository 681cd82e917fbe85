/* How the answer depends on columns, a panel each: accumulated local effects with
 * their band, and beside them partial dependence, both about their mean; a word's
 * mean answer for text. */
#include <math.h>

#include "explain/dependence.h"
#include "explain/importance.h"
#include "plot/kind.h"

enum { MOST_PANELS = 6, SHOWN_CURVES = 12 };

static const double wide = 2; /* standard errors of the band */

static orr_status line_of(orr_figure *f, orr_panel *p, const orr_dependence *d, const double *y, double shift,
                          const char *title, int series, bool muted, orr_error *e) {
  double *to;
  ORR_TAKE(f->arena, to, d->points, e);
  for (size_t i = 0; i < d->points; i++) to[i] = y[i] - shift;
  return orr_panel_mark(f, p,
                        (orr_mark){.kind = ORR_LINE,
                                   .title = title,
                                   .n = d->points,
                                   .x = d->at,
                                   .y = to,
                                   .series = series,
                                   .muted = muted},
                        e);
}

/* About its own mean over the rows. */
static double middle_of(const orr_dependence *d, const double *y) {
  double sum = 0, total = 0;
  for (size_t i = 0; i < d->points; i++) sum += d->share[i] * y[i], total += d->share[i];
  return sum / total;
}

static orr_status draw_numbers(orr_figure *f, orr_panel *p, const orr_dependence *d, bool curves, bool first,
                               orr_error *e) {
  double *low, *high;
  ORR_TAKE(f->arena, low, d->points, e);
  ORR_TAKE(f->arena, high, d->points, e);
  for (size_t i = 0; i < d->points; i++) {
    low[i] = d->effect[i] - wide * d->effect_error[i];
    high[i] = d->effect[i] + wide * d->effect_error[i];
  }
  for (size_t i = 0; curves && i < d->n_curves && i < SHOWN_CURVES; i++) {
    const double *y =
        d->curves + i * d->n_curves / (d->n_curves < SHOWN_CURVES ? d->n_curves : SHOWN_CURVES) * d->points;
    ORR_TRY(line_of(f, p, d, y, middle_of(d, y), i ? NULL : "single rows", 2, true, e));
  }
  ORR_TRY(orr_panel_mark(f, p, (orr_mark){.kind = ORR_BAND, .n = d->points, .x = d->at, .y = low, .y2 = high},
                         e));
  ORR_TRY(line_of(f, p, d, d->effect, 0, first ? "accumulated local effect ± 2 s.e." : NULL, 0, false, e));
  return line_of(f, p, d, d->partial, middle_of(d, d->partial), first ? "partial dependence" : NULL, 1, false,
                 e);
}

static orr_status draw_words(orr_figure *f, orr_panel *p, const orr_dependence *d, orr_error *e) {
  double *x, *y, middle = middle_of(d, d->partial);
  ORR_TAKE(f->arena, x, d->points, e);
  ORR_TAKE(f->arena, y, d->points, e);
  for (size_t i = 0; i < d->points; i++) x[i] = (double)i, y[i] = d->partial[i] - middle;
  p->x.names = d->words;
  p->x.n_names = d->points;
  return orr_panel_mark(
      f, p,
      (orr_mark){.kind = ORR_ERROR_BARS, .n = d->points, .x = x, .y = y, .y2 = d->partial_error, .series = 1},
      e);
}

static orr_status draw(const orr_dependence *d, size_t n, orr_figure *f, orr_error *e) {
  f->columns = n > 1 ? 2 : 1;
  f->one_key = n > 1;
  size_t first = 0;
  while (first < n && d[first].text) first++;
  for (size_t i = 0; i < n; i++) {
    orr_panel *p;
    ORR_TRY(orr_figure_panel(f, NULL, &p, e));
    const char *title =
        d[i].unit ? orr_arena_printf(f->arena, "%s [%s]", d[i].column, d[i].unit) : d[i].column;
    if (!title) return orr_fail_memory(e, "a title", 0);
    p->x = (orr_axis){.title = title};
    p->y = (orr_axis){.title = n > 1 ? "change" : orr_arena_printf(f->arena, "change of %s", d[i].response)};
    ORR_TRY(d[i].text ? draw_words(f, p, &d[i], e) : draw_numbers(f, p, &d[i], n == 1, i == first, e));
  }
  return ORR_OK;
}

/* Of no columns named, the most important ones. */
static orr_status choose(const orr_plot_input *in, orr_figure *f, const char *const **columns, size_t *n,
                         orr_error *e) {
  orr_importance i;
  const char **names;
  orr_importance_spec s = {.model = in->kept,
                           .table = in->table,
                           .rows = in->rows,
                           .n = in->n_rows,
                           .repeats = 3,
                           .most_rows = 1000,
                           .correlation = 1,
                           .seed = in->seed};
  *columns = in->columns, *n = in->n_columns;
  if (*n) return ORR_OK;
  ORR_TRY(orr_importance_measure(&s, in->work, f->arena, &i, e));
  ORR_TAKE(f->arena, names, i.n_columns, e);
  for (size_t j = 0; j < i.n_columns; j++) names[j] = i.columns[j].name;
  *columns = names;
  *n = i.n_columns;
  return ORR_OK;
}

static orr_status ask(const orr_plot_input *in, orr_figure *f, orr_dependence *out, size_t *n, orr_error *e) {
  const char *const *columns;
  size_t wanted;
  ORR_TRY(choose(in, f, &columns, &wanted, e));
  for (size_t j = 0; j < wanted && *n < MOST_PANELS; j++) {
    orr_dependence_spec s = {.model = in->kept,
                             .table = in->table,
                             .rows = in->rows,
                             .n = in->n_rows,
                             .column = columns[j],
                             .class = ORR_ANY_CLASS,
                             .seed = in->seed};
    orr_status status = orr_dependence_measure(&s, in->work, f->arena, &out[*n], e);
    if (status && (status != ORR_DATA || in->n_columns)) return status;
    *n += !status;
  }
  return *n ? ORR_OK : orr_fail(e, ORR_DATA, "no column varies in these rows");
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  orr_dependence own[MOST_PANELS];
  size_t n = in->n_dependences < MOST_PANELS ? in->n_dependences : MOST_PANELS;
  const orr_dependence *d = in->dependences;
  ORR_TRY(orr_plot_begin(&orr_plot_dependence, in, "Dependence", f, e));
  if (!d && !in->table) return orr_fail(e, ORR_USAGE, "plot 'dependence' needs rows: on = parts.test");
  if (!d) ORR_TRY(ask(in, f, own, &n, e));
  if (!d) d = own;
  const char *title = orr_arena_printf(f->arena, "How the %s depends on %s: %s", d->response,
                                       n > 1 ? "columns" : d->column, orr_plot_model(in));
  if (title) f->title = title;
  return draw(d, n, f, e);
}

const orr_plot_kind orr_plot_dependence = {
    .name = "dependence",
    .help = "How the model's answer changes along a column. Accumulated local effects stay right where "
            "columns are "
            "correlated; where partial dependence differs, it asks about rows that do not exist.",
    .of_fit = true,
    .build = build,
};
