/* Geometry in cells; see cell_layout.h. */
#include "plot/cell_layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/cell_tics.h"
#include "plot/rune.h"

enum {
  LEAST_WIDTH = 16,
  LEAST_HEIGHT = 5,
  GRID_WIDTH = 25, /* a panel of a grid has at least this many columns and rows */
  GRID_HEIGHT = 8,
  TALL = 11,      /* from here on titles get rows of their own */
  SCALE_WIDTH = 9 /* of the shades and their numbers */
};

int orr_cells_of(const char *s) {
  const char *end = s + strlen(s);
  int cells = 0;
  while (s < end) cells += orr_rune_cells(orr_rune_next(&s, end));
  return cells;
}

void orr_cells_cut(orr_text *out, const char *s, int most) {
  const char *end = s + strlen(s);
  if (orr_cells_of(s) <= most) {
    orr_text_add(out, s);
    return;
  }
  for (int used = 0; s < end;) {
    uint32_t rune = orr_rune_next(&s, end);
    used += orr_rune_cells(rune);
    if (used > most - 1) break;
    orr_rune_add(out, rune);
  }
  if (most > 0) orr_text_add(out, "…");
}

static const orr_mark *heat_map(const orr_panel *p) {
  for (size_t i = 0; i < p->n_marks; i++)
    if (p->marks[i].kind == ORR_HEAT_MAP) return &p->marks[i];
  return NULL;
}

/* ---- what the axes run over ---- */

/* A logarithm needs numbers above zero: the least there is where the range reaches lower. */
static void make_log(orr_cell_axis *a, const orr_panel *p, bool of_x) {
  double least = INFINITY;
  for (size_t i = 0; i < p->n_marks; i++) {
    const orr_mark *m = &p->marks[i];
    const double *values = of_x ? m->x : m->y;
    for (size_t k = 0; values && m->kind != ORR_HEAT_MAP && k < m->n; k++)
      if (values[k] > 0 && isfinite(values[k])) least = fmin(least, values[k]);
  }
  a->log = a->high > 0 && isfinite(least) && !heat_map(p);
  if (a->log && a->low <= 0) a->low = fmin(least, a->high / 10);
}

static void set_range(orr_cell_axis *a, const orr_panel *p, bool of_x, bool turn, const double *zoom) {
  const orr_axis *axis = of_x ? &p->x : &p->y;
  if (of_x) orr_panel_range_x(p, &a->low, &a->high);
  else orr_panel_range_y(p, &a->low, &a->high);
  a->down = axis->down;
  if (axis->names && !heat_map(p) && axis->down) a->low = -0.5, a->high = (double)axis->n_names - 0.5;
  bool log = axis->log != (turn && !axis->names);
  if (zoom && zoom[0] < zoom[1]) a->low = zoom[0], a->high = zoom[1];
  if (log) make_log(a, p, of_x);
}

/* ---- one panel ---- */

/* Names below one another, or as many as fit side by side, cut to the cells each has. */
static void name_tics(orr_cell_axis *a, const orr_axis *axis, int cells, bool side_by_side, int longest) {
  int n = 0, every = 1;
  for (size_t i = 0; i < axis->n_names; i++) n += (double)i >= a->low && (double)i <= a->high;
  int each = n ? cells / n : cells;
  while (every < n && (side_by_side ? each * every < 4 : n / every > cells)) every++;
  if (n / every > ORR_CELL_TICS) every = n / ORR_CELL_TICS + 1;
  int most = side_by_side ? each * every - 1 : longest;
  a->n = 0;
  for (size_t i = 0; i < axis->n_names && a->n < ORR_CELL_TICS; i += (size_t)every) {
    if ((double)i < a->low || (double)i > a->high) continue;
    orr_text name = {0};
    orr_cells_cut(&name, axis->names[i], most < 1 ? 1 : most);
    orr_cell_tic *t = &a->tics[a->n++];
    t->value = (double)i;
    snprintf(t->label, sizeof t->label, "%s", orr_text_get(&name));
    orr_text_fini(&name);
  }
}

double orr_cell_bar_height(const orr_cell_panel *c) { return c->each > 1 ? (c->each - 1.0) / c->each : 1; }

double orr_cell_bar_middle(const orr_cell_panel *c, double name) {
  int row = c->each > 1 ? (c->each - 2) / 2 : 0;
  return name - 0.5 + (row + 0.5) / (c->each ? c->each : 1);
}

static void set_tics_y(orr_cell_panel *c, const orr_panel *p, int width) {
  int rows = c->bottom - c->top, longest = width / 4 < 20 ? width / 4 : 20;
  if (p->y.names) name_tics(&c->y, &p->y, rows, false, longest < 3 ? 3 : longest);
  for (size_t i = 0; c->each && i < c->y.n; i++)
    c->y.tics[i].value = orr_cell_bar_middle(c, c->y.tics[i].value);
  if (p->y.names) return;
  orr_cell_tics(&c->y, p->y.whole, 2 * rows / 5 + 1, 0);
}

static void set_tics_x(orr_cell_panel *c, const orr_panel *p) {
  int columns = c->right - c->left;
  if (p->x.names) name_tics(&c->x, &p->x, columns, true, 0);
  else orr_cell_tics(&c->x, p->x.whole, columns / 8 + 1, columns);
}

/* Rows of a heat map, and bars below one another, get the same number of cells each. */
static void align_rows(orr_cell_panel *c, const orr_panel *p) {
  const orr_mark *map = heat_map(p);
  int rows = c->bottom - c->top, names = (int)p->y.n_names;
  if (map && map->labels && rows >= (int)map->rows)
    c->bottom = c->top + rows / (int)map->rows * (int)map->rows;
  if (map || !p->y.names || !names) return;
  c->each = rows >= names ? rows / names : 1;
  if (rows >= names) c->bottom = c->top + c->each * names;
  else if (p->y.down) c->y.high = c->y.low + (c->y.high - c->y.low) * rows / names; /* the first ones */
}

static void align_columns(orr_cell_panel *c, const orr_panel *p) {
  const orr_mark *map = heat_map(p);
  int columns = c->right - c->left;
  if (map && map->labels && columns >= (int)map->cols)
    c->right = c->left + columns / (int)map->cols * (int)map->cols;
}

/* A picture keeps its shape: its pixels are square, a cell is twice as high as wide. */
static void keep_shape(orr_cell_panel *c, const orr_panel *p) {
  const orr_mark *map = heat_map(p);
  if (!map || !p->equal || !map->rows || !map->cols) return;
  double unit = fmin((c->right - c->left) / (double)map->cols, 2 * (c->bottom - c->top) / (double)map->rows);
  if (unit > 1) unit = floor(unit);
  int columns = (int)fmax(1, round(unit * (double)map->cols)),
      rows = (int)fmax(1, round(unit * (double)map->rows / 2));
  int spare = c->right - c->left - columns;
  if (spare > 0) c->left += spare / 2, c->right = c->left + columns;
  if (rows < c->bottom - c->top) c->bottom = c->top + rows;
}

static bool says(const char *s) { return s && *s; }

static void lay_panel(const orr_panel *p, const orr_plot_look *look, int top, int bottom, orr_cell_panel *c) {
  const orr_mark *map = heat_map(p);
  int width = c->last_column - c->first_column + 1, height = bottom - top;
  bool first = c->index == 0;
  set_range(&c->x, p, true, look->log_x && first, first ? look->zoom_x : NULL);
  set_range(&c->y, p, false, look->log_y && first, first ? look->zoom_y : NULL);
  c->bare = map != NULL && !map->x;
  if (!c->x_title) c->x_title = p->x.title;
  c->head = says(p->y.title) || says(c->x_title) || says(p->title) || p->n_marks > 1 ? top : -1;
  c->top = top + (c->head >= 0);
  bool titled = says(c->x_title) && height >= TALL && !c->small;
  bool named = !p->equal || !map || p->x.names;
  c->bottom = bottom - (named ? 1 : 0) - !c->bare - titled;
  c->left = c->first_column, c->right = c->last_column + 1 - (c->bare ? 0 : 1);
  if (map && !map->labels && !p->equal && width > 3 * SCALE_WIDTH)
    c->right -= SCALE_WIDTH, c->scale_left = c->right + 2;
  else c->scale_left = -1;
  align_rows(c, p);
  if (named) set_tics_y(c, p, width);
  c->left += orr_cell_tics_width(&c->y) + 1;
  if (!named) c->left = c->first_column, c->y.n = 0;
  align_columns(c, p);
  keep_shape(c, p);
  if (named) set_tics_x(c, p);
  c->x_edge = (map || p->x.names) && c->right < look->columns;
  c->y_edge = (map || p->y.names) && c->top > 0;
  c->title_row = titled ? c->bottom + !c->bare + named : -1;
  if (c->scale_left >= 0) c->scale_left = c->right + 2;
}

/* ---- the figure ---- */

static double height_of(const orr_panel *p) { return p->height > 0 ? p->height : 1; }

/* Panels below one another share the rows by their heights; those that would get too few are left out. */
static void stack(const orr_figure *f, const orr_plot_look *look, int top, orr_cell_layout *out) {
  int rows = look->rows - top;
  size_t n = f->n_panels < ORR_CELL_PANELS ? f->n_panels : ORR_CELL_PANELS;
  for (; n > 1; n--) {
    double sum = 0, least = INFINITY;
    for (size_t i = 0; i < n; i++)
      sum += height_of(&f->panels[i]), least = fmin(least, height_of(&f->panels[i]));
    if (rows * least / sum >= 5.5) break;
  }
  double sum = 0, at = 0;
  for (size_t i = 0; i < n; i++) sum += height_of(&f->panels[i]);
  for (size_t i = 0; i < n; i++) {
    orr_cell_panel *c = &out->panels[out->n++];
    *c = (orr_cell_panel){.index = i, .last_column = look->columns - 1};
    if (i + 1 == n && n < f->n_panels && !says(f->panels[i].x.title))
      c->x_title = f->panels[f->n_panels - 1].x.title;
    int first = top + (int)round(rows * at / sum);
    at += height_of(&f->panels[i]);
    lay_panel(&f->panels[i], look, first, top + (int)round(rows * at / sum), c);
  }
}

/* A grid of equal panels, as many as have room. */
static void tile(const orr_figure *f, const orr_plot_look *look, int top, orr_cell_layout *out) {
  int rows = look->rows - top, across = look->columns / GRID_WIDTH, most_down = rows / GRID_HEIGHT;
  int n = (int)(f->n_panels < ORR_CELL_PANELS ? f->n_panels : ORR_CELL_PANELS);
  across = across < 1 ? 1 : across > n ? n : across;
  most_down = most_down < 1 ? 1 : most_down;
  int down = (n + across - 1) / across;
  down = down < most_down ? down : most_down;
  if (down * across < n) n = down * across;
  across = (n + down - 1) / down;
  for (int i = 0; i < n; i++) {
    int column = i % across, row = i / across;
    orr_cell_panel *c = &out->panels[out->n++];
    *c = (orr_cell_panel){.index = (size_t)i,
                          .first_column = look->columns * column / across,
                          .last_column =
                              look->columns * (column + 1) / across - 1 - 2 * (column + 1 < across)};
    c->small = rows / down < TALL || look->columns / across < 34;
    lay_panel(&f->panels[i], look, top + rows * row / down, top + rows * (row + 1) / down, c);
  }
}

orr_status orr_cell_layout_find(const orr_figure *f, const orr_plot_look *look, orr_cell_layout *out,
                                orr_error *e) {
  *out = (orr_cell_layout){.columns = look->columns, .rows = look->rows, .title_row = -1, .key_row = -1};
  if (!f->n_panels) return orr_fail(e, ORR_DATA, "figure '%s' has no panels", f->name);
  if (look->columns < LEAST_WIDTH || look->rows < LEAST_HEIGHT)
    return orr_fail(e, ORR_DATA, "a plot needs %d by %d characters, and here are %d by %d", LEAST_WIDTH,
                    LEAST_HEIGHT, look->columns, look->rows);
  int top = 0;
  if (says(f->title) && look->rows >= TALL) out->title_row = top++;
  if (f->one_key && look->rows >= TALL) out->key_row = top++;
  bool grid = f->n_panels > 1 && f->columns > 1;
  if (grid) tile(f, look, top, out);
  else stack(f, look, top, out);
  out->left_out = f->n_panels - out->n;
  return ORR_OK;
}

orr_plot_axes orr_cell_panel_axes(const orr_cell_panel *p) {
  return (orr_plot_axes){.left = 2 * p->left,
                         .right = 2 * p->right - 1 + p->x_edge,
                         .top = 4 * p->top - p->y_edge,
                         .bottom = 4 * p->bottom - 1,
                         .x_low = p->x.down ? p->x.high : p->x.low,
                         .x_high = p->x.down ? p->x.low : p->x.high,
                         .y_low = p->y.down ? p->y.high : p->y.low,
                         .y_high = p->y.down ? p->y.low : p->y.high,
                         .x_log = p->x.log,
                         .y_log = p->y.log};
}
