/* Why this row: each column's share of the answer, those that raise it and those
 * that lower it; of many rows the mean size of the shares. */
#include <math.h>
#include <stdio.h>

#include "explain/shapley.h"
#include "plot/kind.h"
#include "plot/layout.h"

enum { MOST_COLUMNS = 16, MOST_ROWS = 200 };

typedef struct bars {
  double *length, *error, *place, *thick;
  size_t n;
} bars;

static orr_status take_bars(bars *b, size_t n, orr_arena *arena, orr_error *e) {
  *b = (bars){0};
  ORR_TAKE(arena, b->length, n, e);
  ORR_TAKE(arena, b->error, n, e);
  ORR_TAKE(arena, b->place, n, e);
  ORR_TAKE(arena, b->thick, n, e);
  return ORR_OK;
}

static void add(bars *b, double length, double error, size_t place) {
  b->length[b->n] = length;
  b->error[b->n] = isfinite(error) ? error : 0;
  b->place[b->n] = (double)place;
  b->thick[b->n++] = 0.7;
}

static orr_status mark(orr_figure *f, orr_panel *p, const bars *b, const char *title, int series,
                       orr_error *e) {
  if (!b->n) return ORR_OK;
  return orr_panel_mark(f, p,
                        (orr_mark){.kind = ORR_BARS_ACROSS,
                                   .title = title,
                                   .n = b->n,
                                   .y = b->place,
                                   .y2 = b->thick,
                                   .x = b->length,
                                   .x2 = b->error,
                                   .series = series},
                        e);
}

/* "mass = 5.1"; where it is too long the name is cut, and not the number. */
static orr_status name_bar(const orr_shapley *s, size_t column, bool with_cell, orr_arena *arena,
                           const char **out, orr_error *e) {
  enum { LEAST_NAME = 6 };
  orr_text t = {0}, tail = {0}, name = {0};
  const char *cell = s->cells[column];
  if (with_cell) orr_text_add(&tail, *cell ? " = " : " missing"), orr_text_add_inert(&tail, cell);
  orr_text_add_inert(&name, s->names[column]);
  size_t width = orr_text_width(orr_text_get(&tail));
  orr_figure_shorten(&t, orr_text_get(&name),
                     width + LEAST_NAME < ORR_NAME_LONGEST ? ORR_NAME_LONGEST - width : LEAST_NAME);
  orr_text_add(&t, orr_text_get(&tail));
  *out = t.failed || tail.failed || name.failed ? NULL : orr_arena_strdup(arena, orr_text_get(&t));
  orr_text_fini(&t);
  orr_text_fini(&tail);
  orr_text_fini(&name);
  return *out ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static orr_status draw(const orr_shapley *s, orr_figure *f, orr_error *e) {
  size_t n = s->n_columns < MOST_COLUMNS ? s->n_columns : MOST_COLUMNS;
  const char **names;
  bars raises, lowers;
  orr_panel *p;
  ORR_TAKE(f->arena, names, n, e);
  ORR_TRY(take_bars(&raises, n, f->arena, e));
  ORR_TRY(take_bars(&lowers, n, f->arena, e));
  for (size_t i = 0; i < n; i++) {
    size_t j = s->order[i];
    double length = s->n == 1 ? s->share[j] : s->size[j], error = s->n == 1 ? s->error[j] : s->size_error[j];
    add(length < 0 ? &lowers : &raises, length, error, i);
    ORR_TRY(name_bar(s, j, s->n == 1, f->arena, &names[i], e));
  }
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x.title =
      s->n == 1 ? orr_arena_printf(f->arena, "share of the %s: from %.3g on average to %.3g", s->response,
                                   s->base, s->answer[0])
                : orr_arena_printf(f->arena, "mean size of the share of the %s, %zu rows", s->response, s->n);
  if (!p->x.title) return orr_fail_memory(e, "a title", 0);
  p->y = (orr_axis){.names = names, .n_names = n, .down = true};
  ORR_TRY(mark(f, p, &raises, s->n == 1 ? "raises" : NULL, 0, e));
  return mark(f, p, &lowers, "lowers", 1, e);
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  orr_shapley own;
  const orr_shapley *s = in->shapley;
  ORR_TRY(
      orr_plot_begin(&orr_plot_shapley, in, s && s->n == 1 ? "Why this row" : "Shares of the answer", f, e));
  if (!s && !in->table) return orr_fail(e, ORR_USAGE, "plot 'shapley' needs rows: on = parts.test");
  if (!s) {
    orr_shapley_spec spec = {.model = in->kept,
                             .table = in->table,
                             .rows = in->rows,
                             .n = in->n_rows < MOST_ROWS ? in->n_rows : MOST_ROWS,
                             .class = -1,
                             .seed = in->seed};
    ORR_TRY(orr_shapley_measure(&spec, in->work, f->arena, &own, e));
    s = &own;
  }
  return draw(s, f, e);
}

const orr_plot_kind orr_plot_shapley = {
    .name = "shapley",
    .help = "Why the model answers as it does: each column's share, which add up to the difference between "
            "this row's "
            "answer and the average one.",
    .of_fit = true,
    .build = build,
};
