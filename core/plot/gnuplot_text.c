/* Figures to gnuplot commands and data, by pure functions; see gnuplot.h.
 *
 * Invariant: no byte of user text reaches the script but through
 * orr_gnuplot_quote, and none reaches the data; every number in both is finite
 * and written with a point, whatever the locale.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/gnuplot.h"
#include "plot/layout.h"

/* Okabe & Ito (2008), "Color universal design"; its yellow, unreadable as a line on white, gave way to a
 * violet. */
static const struct {
  const char *colour, *dash;
  int point;
} palette[] = {
    {"0072B2", "solid", 7},          {"D55E00", "(12,5)", 5},  {"009E73", "(3,3)", 9},
    {"CC79A7", "(14,4,3,4)", 13},    {"E69F00", "(20,6)", 11}, {"56B4E9", "(6,6)", 6},
    {"000000", "(10,3,3,3,3,3)", 4}, {"5D3A9B", "(2,5)", 8},
};
enum { SERIES = sizeof palette / sizeof *palette, MUTED = SERIES + 1 };

/* ---- words ---- */

/* gnuplot 5.4 ends a single-quoted literal early at some doubled quotes, so an apostrophe becomes a
 * typographic one; nothing else is special there: no backquote, macro, backslash or comment. */
void orr_gnuplot_quote(orr_text *out, const char *s) {
  orr_text inert = {0};
  orr_text_add_inert(&inert, s ? s : "");
  out->failed |= inert.failed;
  orr_text_add(out, "'");
  for (const char *c = orr_text_get(&inert); *c; c++) {
    if (*c == '\'') orr_text_add(out, "’");
    else orr_text_add_bytes(out, c, 1);
  }
  orr_text_add(out, "'");
  orr_text_fini(&inert);
}

/* Labels of tics are formats to gnuplot: there each '%' is doubled. */
static void quote_short(orr_text *out, const char *s, size_t most, bool is_format) {
  orr_text part = {0}, ready = {0};
  orr_figure_shorten(&part, s, most);
  for (const char *c = orr_text_get(&part); *c; c++) {
    if (is_format && *c == '%') orr_text_add(&ready, "%");
    orr_text_add_bytes(&ready, c, 1);
  }
  out->failed |= part.failed || ready.failed;
  orr_gnuplot_quote(out, orr_text_get(&ready));
  orr_text_fini(&part);
  orr_text_fini(&ready);
}

void orr_gnuplot_number(orr_text *out, double value, int digits) {
  char text[40];
  snprintf(text, sizeof text, "%.*g", digits, value);
  bool sign = false;
  for (const char *c = text; *c; c++) {
    bool plain = strchr("0123456789+-e", *c) != NULL;
    if (plain) orr_text_add_bytes(out, c, 1);
    else if (!sign) orr_text_add(out, ".");
    sign = !plain;
  }
}

static void set_number(orr_text *out, const char *before, double value, const char *after) {
  orr_text_add(out, before);
  orr_gnuplot_number(out, value, 10);
  orr_text_add(out, after);
}

static void set_quoted(orr_text *out, const char *before, const char *s, double pixels, const char *after) {
  orr_text_add(out, before);
  quote_short(out, s ? s : "", pixels < 80 ? 8 : (size_t)(pixels / 9), false);
  orr_text_add(out, after);
}

/* ---- numbers ---- */

static bool add_row(orr_text *data, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(values[i])) return false;
  for (size_t i = 0; i < n; i++) {
    if (i) orr_text_add(data, " ");
    orr_gnuplot_number(data, values[i], 17);
  }
  orr_text_add(data, "\n");
  return true;
}

/* The outline of a histogram as one path: up, over and down each bar, along the ground across gaps. */
static size_t add_outline(orr_text *data, const orr_mark *m) {
  size_t rows = 0;
  double at = NAN;
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->x[i] + m->x2[i] + m->y[i])) continue;
    if (rows && m->x[i] != at) rows += add_row(data, (double[]){at, 0}, 2);
    if (!rows || m->x[i] != at) rows += add_row(data, (double[]){m->x[i], 0}, 2);
    rows += add_row(data, (double[]){m->x[i], m->y[i]}, 2);
    rows += add_row(data, (double[]){m->x2[i], m->y[i]}, 2);
    at = m->x2[i];
  }
  if (rows) rows += add_row(data, (double[]){at, 0}, 2);
  return rows;
}

/* Middle of each cell, half its width and height, and its shade. */
static size_t add_cells(orr_text *data, const orr_mark *m) {
  double left = m->x ? m->x[0] : -0.5, low = m->y2 ? m->y2[0] : -0.5;
  double width = m->x ? (m->x[1] - left) / (double)m->cols : 1,
         height = m->y2 ? (m->y2[1] - low) / (double)m->rows : 1;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double x = left + width * ((double)(i % m->cols) + 0.5), y = low + height * ((double)(i / m->cols) + 0.5);
    rows += add_row(data, (double[]){x, y, width / 2, height / 2, m->y[i]}, 5);
  }
  return rows;
}

/* Length, middle, both ends, thickness from and to, standard error. */
static size_t add_bars_across(orr_text *data, const orr_mark *m) {
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double x = m->x[i], half = m->y2[i] / 2, error = m->x2 && isfinite(m->x2[i]) ? m->x2[i] : 0;
    rows += add_row(data,
                    (double[]){x, m->y[i], fmin(0, x), fmax(0, x), m->y[i] - half, m->y[i] + half, error}, 7);
  }
  return rows;
}

/* One block of the data file; the rows written, 0 when none is finite (the block is then empty). */
static size_t add_block(orr_text *data, const orr_mark *m) {
  if (m->kind == ORR_HEAT_MAP) return add_cells(data, m);
  if (m->kind == ORR_HISTOGRAM) return add_outline(data, m);
  if (m->kind == ORR_BARS_ACROSS) return add_bars_across(data, m);
  const double *third = m->kind == ORR_BAND || m->kind == ORR_ERROR_BARS ? m->y2
                        : m->kind == ORR_BARS                            ? m->x2
                                                                         : NULL;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++)
    rows += add_row(data, (double[]){m->x[i], m->y[i], third ? third[i] : 0}, third ? 3 : 2);
  return rows;
}

/* ---- marks ---- */

typedef struct page {
  const orr_figure *f;
  orr_canvas canvas;
  orr_text *script, *data;
  size_t blocks;  /* of the data file so far */
  bool plot_open; /* a plot command has an item already */
} page;

static int series_of(const orr_mark *m) { return m->muted ? MUTED : m->series % SERIES + 1; }

static void add_item(page *g, size_t block, const char *columns) {
  orr_text_printf(g->script, "%s'%s.dat' index %zu using %s", g->plot_open ? ", \\\n     " : "plot ",
                  g->f->name, block, columns);
  g->plot_open = true;
}

static void add_title(page *g, const orr_mark *m) {
  if (!m->title || g->f->one_key) {
    orr_text_add(g->script, " notitle");
    return;
  }
  orr_text_add(g->script, " title ");
  quote_short(g->script, m->title, ORR_KEY_LONGEST, false);
}

/* Many points are drawn small and see-through, so that their density shows. */
static void add_points(page *g, const orr_mark *m, size_t block) {
  int s = series_of(m);
  add_item(g, block, "1:2 with points");
  if (m->n <= 200 || m->muted) orr_text_printf(g->script, " ls %d", s);
  else
    orr_text_printf(g->script, " pt 7 ps %s lc rgb '#%s%s'", m->n > 1500 ? "0.45" : "0.6",
                    m->n > 1500 ? "A0" : "70", palette[s - 1].colour);
  add_title(g, m);
}

static void add_mark(page *g, const orr_mark *m, size_t block) {
  int s = series_of(m);
  switch (m->kind) {
  case ORR_LINE:
  case ORR_STEPS:
    add_item(g, block, m->kind == ORR_LINE ? "1:2 with lines" : "1:2 with fsteps");
    orr_text_printf(g->script, " ls %d", s);
    break;
  case ORR_POINTS: add_points(g, m, block); return;
  case ORR_BAND:
    add_item(g, block, "1:2:3 with filledcurves");
    orr_text_printf(g->script, " ls %d fs transparent solid 0.18 noborder", s);
    break;
  case ORR_ERROR_BARS:
    add_item(g, block, "1:2:3 with yerrorbars");
    orr_text_printf(g->script, " ls %d dt solid lw 1.5", s);
    break;
  case ORR_BARS:
    add_item(g, block, "1:2:3 with boxes");
    orr_text_printf(g->script, " ls %d dt solid fs solid 0.75 noborder", s);
    break;
  case ORR_BARS_ACROSS:
    add_item(g, block, "1:2:3:4:5:6 with boxxyerror");
    orr_text_printf(g->script, " ls %d dt solid fs solid 0.75 noborder", s);
    if (!m->x2) break;
    add_title(g, m);
    add_item(g, block, "1:2:7 with xerrorbars");
    orr_text_add(g->script, " pt 7 ps 0 lw 1.5 lc rgb '#303030' notitle");
    return;
  case ORR_HISTOGRAM:
    add_item(g, block, "1:2 with filledcurves closed");
    orr_text_printf(g->script, " ls %d fs transparent solid 0.18 noborder notitle", s);
    add_item(g, block, "1:2 with lines");
    orr_text_printf(g->script, " ls %d lw 1.6", s);
    break;
  case ORR_HEAT_MAP:
    add_item(g, block, "1:2:3:4:5 with boxxyerror lc palette fs solid 1");
    orr_text_add(g->script, m->x ? " noborder notitle" : " border lc rgb 'white' notitle");
    return;
  case ORR_TEXT_MARK: return;
  }
  add_title(g, m);
}

/* Labels of cells are white on dark shades. */
static void add_labels(page *g, const orr_mark *m) {
  if (!m->labels) return;
  for (size_t i = 0; i < m->n; i++) {
    bool cell = m->kind == ORR_HEAT_MAP;
    double x = cell ? (double)(i % m->cols) : m->x[i], y = cell ? (double)(i / m->cols) : m->y[i];
    if (!isfinite(x + y) || !m->labels[i]) continue;
    orr_text_add(g->script, "set label ");
    quote_short(g->script, m->labels[i], 40, false);
    set_number(g->script, " at ", x, ", ");
    set_number(g->script, "", y, " center front noenhanced");
    orr_text_printf(g->script, " tc rgb '%s'\n", cell && m->y[i] > 0.5 ? "white" : "#202020");
  }
}

/* ---- axes ---- */

static void set_margin(page *g, const char *side, double pixels, double whole) {
  orr_text_printf(g->script, "set %s at screen ", side);
  orr_gnuplot_number(g->script, pixels / whole, 6);
  orr_text_add(g->script, "\n");
}

static void set_names(page *g, const char *letter, const orr_axis *a, const orr_tics *t) {
  bool slanted = t->slanted && *letter == 'x';
  orr_text_printf(g->script, "set %stics nomirror out scale 0 %s (", letter,
                  slanted ? "rotate by 40 right" : "norotate");
  for (size_t i = 0; i < a->n_names; i += t->every) {
    if (i) orr_text_add(g->script, ", ");
    quote_short(g->script, a->names[i], t->longest, true);
    orr_text_printf(g->script, " %zu", i);
  }
  orr_text_add(g->script, ") font 'Sans,11' tc rgb '#303030'\n");
}

static void set_axis(page *g, const char *letter, const orr_axis *a, const orr_tics *t) {
  orr_text_printf(g->script, a->log ? "set logscale %s\n" : "unset logscale %s\n", letter);
  orr_text_printf(g->script, "set %srange [", letter);
  set_number(g->script, "", a->down ? t->high : t->low, ":");
  set_number(g->script, "", a->down ? t->low : t->high, "] noextend\n");
  if (a->names) {
    set_names(g, letter, a, t);
    return;
  }
  orr_text_printf(g->script, "set format %s '%%.%d%c'\nset %stics nomirror out scale 0.6 norotate ", letter,
                  t->digits, t->general ? 'g' : 'f', letter);
  if (t->step > 0) orr_gnuplot_number(g->script, t->step, 10);
  else orr_text_add(g->script, "autofreq");
  orr_text_add(g->script, " font 'Sans,11' tc rgb '#303030'\n");
}

static void set_key(page *g, orr_key_place key) {
  static const char *const places[] = {
      [ORR_TOP_LEFT] = "inside left top Left reverse",
      [ORR_TOP_RIGHT] = "inside right top Left reverse",
      [ORR_BOTTOM_LEFT] = "inside left bottom Left reverse",
      [ORR_BOTTOM_RIGHT] = "inside right bottom Left reverse",
      [ORR_CENTRE] = "inside center center Left reverse",
      [ORR_OUTSIDE] = "at graph 1.02, graph 1 left top Left reverse",
  };
  if (g->f->one_key) orr_text_add(g->script, "unset key\n");
  else
    orr_text_printf(g->script, "set key %s vertical noenhanced samplen 2.6 spacing 1.15 width 1 nobox\n",
                    places[key]);
}

/* Beside a heat map without numbers stands the scale of its shades. */
static void set_scale(page *g, const orr_mark *map, const orr_place *place) {
  set_number(g->script, "set colorbox user vertical noborder origin screen ",
             (place->right + 24) / g->canvas.width, ", ");
  set_number(g->script, "", place->bottom / g->canvas.height, " size screen ");
  set_number(g->script, "", 14 / g->canvas.width, ", ");
  set_number(g->script, "", (place->top - place->bottom) / g->canvas.height, "\n");
  orr_text_add(g->script, "set cbtics out scale 0.4 0.2 font 'Sans,11' tc rgb '#303030'\n");
  set_quoted(g->script, "set cblabel ", map->title, place->top - place->bottom, " noenhanced offset 1, 0\n");
}

static void set_heat(page *g, const orr_panel *p, const orr_place *place) {
  bool heat = p->n_marks && p->marks[0].kind == ORR_HEAT_MAP;
  orr_text_add(g->script, heat ? "unset grid\nunset border\n"
                               : "set border 3 back lw 1 lc rgb '#606060'\n"
                                 "set grid back lt 1 lw 0.7 lc rgb '#E2E2E2'\n");
  bool box = heat && !p->marks[0].labels;
  if (box) set_scale(g, &p->marks[0], place);
  else orr_text_add(g->script, "unset colorbox\n");
}

/* The titles of the axes are labels, so that those of a column or row of panels line up. */
static void set_titles(page *g, const orr_panel *p, const orr_place *place) {
  double width = place->right - place->left, height = place->top - place->bottom;
  set_quoted(g->script, "set title ", g->f->n_panels > 1 ? p->title : "", width,
             " noenhanced offset 0, -0.4\n");
  orr_text_add(g->script, "unset label\n");
  set_quoted(g->script, "set label ", p->x.title, width, " at graph 0.5, screen ");
  orr_gnuplot_number(g->script, place->title_y / g->canvas.height, 6);
  set_quoted(g->script, " center noenhanced\nset label ", p->y.title, height, " at screen ");
  orr_gnuplot_number(g->script, place->title_x / g->canvas.width, 6);
  orr_text_add(g->script, ", graph 0.5 center rotate noenhanced\n");
}

/* Something must be plotted for the axes to show: a line below them. */
static void add_nothing(page *g, const orr_place *place) {
  set_number(g->script, "plot ", place->y.low - (place->y.high - place->y.low), " notitle");
}

static void add_panel(page *g, size_t index) {
  const orr_panel *p = &g->f->panels[index];
  orr_place place = orr_layout_panel(g->f, &g->canvas, index);
  set_margin(g, "lmargin", place.left, g->canvas.width);
  set_margin(g, "rmargin", place.right, g->canvas.width);
  set_margin(g, "bmargin", place.bottom, g->canvas.height);
  set_margin(g, "tmargin", place.top, g->canvas.height);
  set_heat(g, p, &place);
  set_axis(g, "x", &p->x, &place.x);
  set_axis(g, "y", &p->y, &place.y);
  set_key(g, place.key);
  set_titles(g, p, &place);
  for (size_t i = 0; i < p->n_marks; i++) add_labels(g, &p->marks[i]);
  g->plot_open = false;
  for (size_t i = 0; i < p->n_marks; i++) {
    if (p->marks[i].kind == ORR_TEXT_MARK) continue;
    size_t start = g->data->length;
    if (g->blocks) orr_text_add(g->data, "\n\n");
    if (add_block(g->data, &p->marks[i])) add_mark(g, &p->marks[i], g->blocks++);
    else if (g->data->data) g->data->data[g->data->length = start] = 0;
  }
  if (!g->plot_open) add_nothing(g, &place);
  orr_text_add(g->script, "\n\n");
}

/* ---- the page ---- */

static void add_head(page *g) {
  orr_text_printf(g->script,
                  "# Drawn by Orrery; `gnuplot %s.gp` in this folder makes %s.png (gnuplot 5.4 or newer).\n"
                  "reset\nset encoding utf8\n",
                  g->f->name, g->f->name);
  orr_text_printf(g->script,
                  "set terminal pngcairo noenhanced size %.0f,%.0f font 'Sans,12' background 'white'\n",
                  g->canvas.width, g->canvas.height);
  orr_text_printf(g->script, "set output '%s.png'\n\n", g->f->name);
  for (int i = 0; i < SERIES; i++)
    orr_text_printf(g->script, "set style line %d lc rgb '#%s' lw 2.2 dt %s pt %d ps 1.1\n", i + 1,
                    palette[i].colour, palette[i].dash, palette[i].point);
  orr_text_printf(g->script, "set style line %d lc rgb '#8C8C8C' lw 1.3 dt (6,5) pt 7 ps 0.6\n", (int)MUTED);
  orr_text_add(
      g->script,
      "set palette defined (0 '#F5F9FD', 0.25 '#C6DBEF', 0.5 '#7FB3D9', 0.75 '#2B74B3', 1 '#08306B')\n"
      "set cbrange [0:1]\nset errorbars small\n\n");
}

/* The first panel's key on one line above the panels, drawn by a plot with nothing in it. */
static void add_common_key(page *g) {
  const orr_panel *p = &g->f->panels[0];
  double high = g->canvas.height - g->canvas.head + 30;
  set_margin(g, "lmargin", 20, g->canvas.width);
  set_margin(g, "rmargin", g->canvas.width - 20, g->canvas.width);
  set_margin(g, "bmargin", high - 30, g->canvas.height);
  set_margin(g, "tmargin", high, g->canvas.height);
  orr_text_add(g->script,
               "unset border\nunset tics\nunset grid\nunset colorbox\nset xrange [0:1]\nset yrange [0:1]\n"
               "set key at graph 0.5, graph 0.5 center center horizontal noenhanced nobox maxrows 1\n");
  const char *open = "plot ";
  for (size_t i = 0; i < p->n_marks; i++) {
    if (!p->marks[i].title) continue;
    orr_text_printf(g->script, "%s2 with lines ls %d title ", open, series_of(&p->marks[i]));
    quote_short(g->script, p->marks[i].title, ORR_KEY_LONGEST, false);
    open = ", \\\n     ";
  }
  if (*open == 'p') orr_text_add(g->script, "plot 2 notitle");
  orr_text_add(g->script, "\n\n");
}

static orr_status check_name(const char *name, orr_error *e) {
  if (name && *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")]) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "figure name '%.80s': use small letters, digits and '_' only",
                  name ? name : "");
}

orr_status orr_gnuplot_render(const orr_figure *f, orr_text *script, orr_text *data, orr_error *e) {
  ORR_TRY(check_name(f->name, e));
  if (!f->n_panels) return orr_fail(e, ORR_DATA, "figure '%s' has no panels", f->name);
  page g = {.f = f, .canvas = orr_layout_canvas(f), .script = script, .data = data};
  add_head(&g);
  set_quoted(script, "set multiplot title ", f->title, g.canvas.width - 60, " noenhanced font 'Sans,14'\n");
  if (f->one_key) add_common_key(&g);
  for (size_t i = 0; i < f->n_panels; i++) add_panel(&g, i);
  orr_text_add(script, "unset multiplot\nset output\n");
  ORR_TRY(orr_text_check(script, e));
  return orr_text_check(data, e);
}
