/* Building figures, and how far their axes run; see figure.h. */
#include "plot/figure.h"

#include <math.h>
#include <string.h>

void orr_figure_init(orr_figure *f, orr_arena *arena, const char *name, const char *title) {
  *f = (orr_figure){.name = name, .title = title, .columns = 1, .arena = arena};
}

/* Room for one more item; the old items stay in the arena, unused. */
static orr_status grow(orr_arena *arena, void **items, size_t count, size_t *capacity, size_t size,
                       orr_error *e) {
  if (count < *capacity) return ORR_OK;
  size_t wanted = *capacity ? 2 * *capacity : 4;
  void *grown;
  ORR_TRY(orr_arena_take(arena, wanted, size, &grown, e));
  if (count) memcpy(grown, *items, count * size);
  *items = grown;
  *capacity = wanted;
  return ORR_OK;
}

orr_status orr_figure_panel(orr_figure *f, const char *title, orr_panel **out, orr_error *e) {
  ORR_TRY(grow(f->arena, (void **)&f->panels, f->n_panels, &f->capacity, sizeof *f->panels, e));
  *out = &f->panels[f->n_panels++];
  **out = (orr_panel){.title = title};
  return ORR_OK;
}

orr_status orr_panel_mark(orr_figure *f, orr_panel *p, orr_mark mark, orr_error *e) {
  if (mark.kind == ORR_HEAT_MAP && mark.rows * mark.cols != mark.n)
    return orr_fail(e, ORR_SHAPE, "heat map: %zu cells for %zu rows by %zu columns", mark.n, mark.rows,
                    mark.cols);
  ORR_TRY(grow(f->arena, (void **)&p->marks, p->n_marks, &p->capacity, sizeof *p->marks, e));
  p->marks[p->n_marks++] = mark;
  return ORR_OK;
}

orr_status orr_panel_guide(orr_figure *f, orr_panel *p, const char *title, double x0, double y0, double x1,
                           double y1, orr_error *e) {
  double *x, *y;
  ORR_TAKE(f->arena, x, 2, e);
  ORR_TAKE(f->arena, y, 2, e);
  x[0] = x0, x[1] = x1, y[0] = y0, y[1] = y1;
  orr_mark guide = {.kind = ORR_LINE, .title = title, .n = 2, .x = x, .y = y, .muted = true};
  return orr_panel_mark(f, p, guide, e);
}

void orr_figure_shorten(orr_text *out, const char *s, size_t most) {
  bool whole = orr_text_width(s) <= most;
  for (size_t seen = 0; *s; s++) {
    seen += ((unsigned char)*s & 0xc0) != 0x80;
    if (!whole && seen >= most) break;
    orr_text_add_bytes(out, s, 1);
  }
  if (!whole) orr_text_add(out, "…");
}

typedef struct extent {
  double low, high;
  bool log, from_zero;
} extent;

static void reach(extent *r, double value) {
  if (!isfinite(value) || (r->log && value <= 0)) return;
  r->low = fmin(r->low, value);
  r->high = fmax(r->high, value);
}

static void reach_x(extent *r, const orr_mark *m) {
  if (m->kind == ORR_HEAT_MAP) {
    reach(r, m->x ? m->x[0] : -0.5), reach(r, m->x ? m->x[1] : (double)m->cols - 0.5);
    return;
  }
  if (m->kind == ORR_BARS_ACROSS) r->from_zero = true, reach(r, 0);
  for (size_t i = 0; m->x && i < m->n; i++) {
    if (m->kind == ORR_BARS_ACROSS) {
      double error = m->x2 && isfinite(m->x2[i]) ? m->x2[i] : 0;
      reach(r, m->x[i] - error), reach(r, m->x[i] + error);
      continue;
    }
    double half = m->kind == ORR_BARS ? m->x2[i] / 2 : 0;
    reach(r, m->x[i] - half);
    reach(r, m->kind == ORR_HISTOGRAM ? m->x2[i] : m->x[i] + half);
  }
}

static void reach_y(extent *r, const orr_mark *m) {
  if (m->kind == ORR_HEAT_MAP) {
    reach(r, m->y2 ? m->y2[0] : -0.5), reach(r, m->y2 ? m->y2[1] : (double)m->rows - 0.5);
    return;
  }
  bool bars = m->kind == ORR_BARS || m->kind == ORR_HISTOGRAM;
  if (bars) r->from_zero = true, reach(r, 0);
  for (size_t i = 0; i < m->n; i++) {
    double error = m->kind == ORR_ERROR_BARS ? m->y2[i] : m->kind == ORR_BARS_ACROSS ? m->y2[i] / 2 : 0;
    reach(r, m->y[i] - error);
    reach(r, m->kind == ORR_BAND ? m->y2[i] : m->y[i] + error);
  }
}

/* A twenty-fifth of room at both ends, but none below bars that stand on zero. */
static void loosen(extent *r) {
  if (r->low > r->high) r->low = r->log ? 0.1 : 0, r->high = 1;
  if (r->log) {
    double room = r->high > r->low ? pow(r->high / r->low, 0.04) : 2;
    r->low /= room, r->high *= room;
    return;
  }
  double room = (r->high - r->low) / 25;
  if (!(room > 0)) room = r->low != 0 ? fabs(r->low) / 10 : 0.5;
  if (!r->from_zero || r->low < 0) r->low -= room;
  if (!r->from_zero || r->high > 0 || r->low == 0) r->high += room;
}

static void range(const orr_panel *p, const orr_axis *a, void (*reach_mark)(extent *, const orr_mark *),
                  double *low, double *high) {
  *low = a->low, *high = a->high;
  if (a->low < a->high) return;
  extent r = {.low = INFINITY, .high = -INFINITY, .log = a->log};
  for (size_t i = 0; i < p->n_marks; i++) reach_mark(&r, &p->marks[i]);
  bool fixed = p->n_marks && p->marks[0].kind == ORR_HEAT_MAP;
  if (!fixed) loosen(&r);
  *low = r.low, *high = r.high;
}

void orr_panel_range_x(const orr_panel *p, double *low, double *high) { range(p, &p->x, reach_x, low, high); }
void orr_panel_range_y(const orr_panel *p, double *low, double *high) { range(p, &p->y, reach_y, low, high); }
