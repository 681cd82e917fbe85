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
#include "plot/gnuplot_data.h"
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

/* ---- marks ---- */

typedef struct page {
  const orr_figure *f;
  const orr_gnuplot_target *target; /* NULL: the files NAME.dat and NAME.png */
  orr_canvas canvas;
  orr_text *script, *data;
  size_t blocks;  /* of the data file so far */
  bool plot_open; /* a plot command has an item already */
} page;

/* On a dark background what is drawn dark on white is drawn light. */
static const char *tone(const page *g, const char *on_light, const char *on_dark) {
  return g->target && g->target->dark ? on_dark : on_light;
}

#define LIGHT_TEXT " tc rgb '#E4E4E4'"

static int series_of(const orr_mark *m) { return m->muted ? MUTED : m->series % SERIES + 1; }

static void add_item(page *g, size_t block, const char *columns) {
  orr_text_printf(g->script, "%s'%s%s' index %zu using %s", g->plot_open ? ", \\\n     " : "plot ",
                  g->target ? g->target->data : g->f->name, g->target ? "" : ".dat", block, columns);
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

/* Six digits of the series' colour; the text is good until the next but seven. */
static const char *colour_of(const page *g, int series) {
  static _Thread_local char digits[8][8];
  if (!g->target) return palette[series].colour;
  snprintf(digits[series & 7], sizeof digits[0], "%06X", (unsigned)g->target->series[series & 7] & 0xffffff);
  return digits[series & 7];
}

/* Many points are drawn small and see-through, so that their density shows. */
static void add_points(page *g, const orr_mark *m, size_t block) {
  int s = series_of(m);
  add_item(g, block, "1:2 with points");
  if (m->n <= 200 || m->muted) orr_text_printf(g->script, " ls %d", s);
  else
    orr_text_printf(g->script, " pt 7 ps %s lc rgb '#%s%s'", m->n > 1500 ? "0.45" : "0.6",
                    m->n > 1500 ? "A0" : "70", colour_of(g, s - 1));
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
    orr_text_printf(g->script, " pt 7 ps 0 lw 1.5 lc rgb '%s' notitle", tone(g, "#303030", "#D0D0D0"));
    return;
  case ORR_HISTOGRAM:
    add_item(g, block, "1:2 with filledcurves closed");
    orr_text_printf(g->script, " ls %d fs transparent solid 0.18 noborder notitle", s);
    add_item(g, block, "1:2 with lines");
    orr_text_printf(g->script, " ls %d lw 1.6", s);
    break;
  case ORR_HEAT_MAP:
    add_item(g, block, "1:2:3:4:5 with boxxyerror lc palette fs solid 1");
    if (m->x) orr_text_add(g->script, " noborder notitle");
    else orr_text_printf(g->script, " border lc rgb '%s' notitle", tone(g, "white", "#121212"));
    return;
  case ORR_TEXT_MARK: return;
  }
  add_title(g, m);
}

/* Labels of cells are white on dark shades; dark themes have those for small shares. */
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
    bool deep = cell && (m->y[i] > 0.5) != (g->target && g->target->dark);
    orr_text_printf(g->script, " tc rgb '%s'\n",
                    deep   ? "white"
                    : cell ? "#202020"
                           : tone(g, "#202020", "#E4E4E4"));
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
  orr_text_printf(g->script, ") font 'Sans,11' tc rgb '%s'\n", tone(g, "#303030", "#C0C0C0"));
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
  orr_text_printf(g->script, " font 'Sans,11' tc rgb '%s'\n", tone(g, "#303030", "#C0C0C0"));
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
    orr_text_printf(g->script, "set key %s vertical noenhanced samplen 2.6 spacing 1.15 width 1 nobox%s\n",
                    places[key], tone(g, "", LIGHT_TEXT));
}

/* Beside a heat map without numbers stands the scale of its shades. */
static void set_scale(page *g, const orr_mark *map, const orr_place *place) {
  set_number(g->script, "set colorbox user vertical noborder origin screen ",
             (place->right + 24) / g->canvas.width, ", ");
  set_number(g->script, "", place->bottom / g->canvas.height, " size screen ");
  set_number(g->script, "", 14 / g->canvas.width, ", ");
  set_number(g->script, "", (place->top - place->bottom) / g->canvas.height, "\n");
  orr_text_printf(g->script, "set cbtics out scale 0.4 0.2 font 'Sans,11' tc rgb '%s'\n",
                  tone(g, "#303030", "#C0C0C0"));
  set_quoted(g->script, "set cblabel ", map->title, place->top - place->bottom, " noenhanced offset 1, 0");
  orr_text_printf(g->script, "%s\n", tone(g, "", LIGHT_TEXT));
}

static void set_heat(page *g, const orr_panel *p, const orr_place *place) {
  bool heat = p->n_marks && p->marks[0].kind == ORR_HEAT_MAP;
  if (heat) orr_text_add(g->script, "unset grid\nunset border\n");
  else
    orr_text_printf(g->script, "set border 3 back lw 1 lc rgb '%s'\nset grid back lt 1 lw 0.7 lc rgb '%s'\n",
                    tone(g, "#606060", "#909090"), tone(g, "#E2E2E2", "#343434"));
  bool box = heat && !p->marks[0].labels;
  if (box) set_scale(g, &p->marks[0], place);
  else orr_text_add(g->script, "unset colorbox\n");
}

/* The titles of the axes are labels, so that those of a column or row of panels line up. */
static void set_titles(page *g, const orr_panel *p, const orr_place *place) {
  double width = place->right - place->left, height = place->top - place->bottom;
  set_quoted(g->script, "set title ", g->f->n_panels > 1 ? p->title : "", width,
             " noenhanced offset 0, -0.4");
  orr_text_printf(g->script, "%s\nunset label\n", tone(g, "", LIGHT_TEXT));
  set_quoted(g->script, "set label ", p->x.title, width, " at graph 0.5, screen ");
  orr_gnuplot_number(g->script, place->title_y / g->canvas.height, 6);
  orr_text_printf(g->script, " center noenhanced%s\nset label ", tone(g, "", LIGHT_TEXT));
  set_quoted(g->script, "", p->y.title, height, " at screen ");
  orr_gnuplot_number(g->script, place->title_x / g->canvas.width, 6);
  orr_text_printf(g->script, ", graph 0.5 center rotate noenhanced%s\n", tone(g, "", LIGHT_TEXT));
}

/* Something must be plotted for the axes to show: a line below them. */
static void add_nothing(page *g, const orr_place *place) {
  set_number(g->script, "plot ", place->y.low - (place->y.high - place->y.low), " notitle");
}

static void label_page(page *g) {
  if (!g->target || !g->target->dark) return;
  set_quoted(g->script, "set label ", g->f->title, g->canvas.width - 60, " at screen 0.5, screen ");
  orr_gnuplot_number(g->script, 1 - 20 / g->canvas.height, 6);
  orr_text_add(g->script, " center noenhanced font 'Sans,14'" LIGHT_TEXT "\n");
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
  if (index == 0) label_page(g);
  for (size_t i = 0; i < p->n_marks; i++) add_labels(g, &p->marks[i]);
  g->plot_open = false;
  for (size_t i = 0; i < p->n_marks; i++) {
    if (p->marks[i].kind == ORR_TEXT_MARK) continue;
    size_t start = g->data->length;
    if (g->blocks) orr_text_add(g->data, "\n\n");
    if (orr_gnuplot_block(g->data, &p->marks[i])) add_mark(g, &p->marks[i], g->blocks++);
    else if (g->data->data) g->data->data[g->data->length = start] = 0;
  }
  if (!g->plot_open) add_nothing(g, &place);
  orr_text_add(g->script, "\n\n");
}

/* ---- the page ---- */

/* The script makes a PNG, and when told so another format: gnuplot -e "format='pdf'" NAME.gp. A point of text is a
 * 72nd of an inch in PDF, and a 96th of one in the others' pixels. */
static void set_terminals(page *g) {
  double width = g->canvas.width, height = g->canvas.height;
  orr_text_printf(
      g->script,
      "# Drawn by Orrery; `gnuplot %s.gp` in this folder makes %s.png (gnuplot 5.4 or newer), and\n"
      "# `gnuplot -e \"format='pdf'\" %s.gp` a PDF; svg is the third.\n"
      "reset\nset encoding utf8\nif (!exists('format')) format = 'png'\n",
      g->f->name, g->f->name, g->f->name);
  orr_text_printf(g->script,
                  "if (format eq 'png') set terminal pngcairo noenhanced size %.0f,%.0f font 'Sans,12' "
                  "background 'white'\n",
                  width, height);
  orr_text_add(g->script, "if (format eq 'pdf') set terminal pdfcairo noenhanced size ");
  orr_gnuplot_number(g->script, width / 96, 6);
  orr_text_add(g->script, "in,");
  orr_gnuplot_number(g->script, height / 96, 6);
  orr_text_add(g->script, "in font 'Sans,12' linewidth 0.75 background 'white'\n");
  orr_text_printf(
      g->script,
      "if (format eq 'svg') set terminal svg noenhanced size %.0f,%.0f font 'Sans,12' fontscale 1.3 "
      "background 'white'\n",
      width, height);
  orr_text_printf(g->script, "set output '%s.'.format\n\n", g->f->name);
}

static void set_target(page *g) {
  orr_text_printf(g->script, "reset\nset encoding utf8\nset terminal %s size %.0f,%.0f\n",
                  g->target->terminal, g->canvas.width, g->canvas.height);
  if (g->target->output) orr_text_printf(g->script, "set output '%s'\n", g->target->output);
}

static void set_shades(page *g) {
  static const int32_t on_white[5] = {0xf5f9fd, 0xc6dbef, 0x7fb3d9, 0x2b74b3, 0x08306b};
  const int32_t *shade = g->target ? g->target->shade : on_white;
  for (int i = 0; i < 5; i++)
    orr_text_printf(g->script, "%s%s '#%06X'", i ? ", " : "set palette defined (",
                    (const char *[]){"0", "0.25", "0.5", "0.75", "1"}[i], (unsigned)shade[i] & 0xffffff);
  orr_text_add(g->script, ")\nset cbrange [0:1]\nset errorbars small\n\n");
}

static void add_head(page *g) {
  if (g->target) set_target(g);
  else set_terminals(g);
  for (int i = 0; i < SERIES; i++)
    orr_text_printf(g->script, "set style line %d lc rgb '#%s' lw 2.2 dt %s pt %d ps 1.1\n", i + 1,
                    colour_of(g, i), palette[i].dash, palette[i].point);
  orr_text_printf(g->script, "set style line %d lc rgb '#8C8C8C' lw 1.3 dt (6,5) pt 7 ps 0.6\n", (int)MUTED);
  set_shades(g);
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
               "set key at graph 0.5, graph 0.5 center center horizontal noenhanced nobox maxrows 1");
  orr_text_printf(g->script, "%s\n", tone(g, "", LIGHT_TEXT));
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

/* The page's title; on a dark background a label of the first panel, for there gnuplot lets its colour be chosen. */
static void add_title_of_page(page *g) {
  bool dark = g->target && g->target->dark;
  set_quoted(g->script, "set multiplot title ", dark ? "" : g->f->title, g->canvas.width - 60,
             " noenhanced font 'Sans,14'\n");
}

static orr_status render(page *g, orr_error *e) {
  ORR_TRY(check_name(g->f->name, e));
  if (!g->f->n_panels) return orr_fail(e, ORR_DATA, "figure '%s' has no panels", g->f->name);
  g->canvas = orr_layout_canvas(g->f);
  if (g->target && g->target->width > 0)
    g->canvas.width = g->target->width, g->canvas.height = g->target->height;
  add_head(g);
  add_title_of_page(g);
  if (g->f->one_key) add_common_key(g);
  for (size_t i = 0; i < g->f->n_panels; i++) add_panel(g, i);
  orr_text_add(g->script, "unset multiplot\nset output\n");
  ORR_TRY(orr_text_check(g->script, e));
  return orr_text_check(g->data, e);
}

orr_status orr_gnuplot_render(const orr_figure *f, orr_text *script, orr_text *data, orr_error *e) {
  return render(&(page){.f = f, .script = script, .data = data}, e);
}

orr_status orr_gnuplot_render_to(const orr_figure *f, const orr_gnuplot_target *target, orr_text *script,
                                 orr_text *data, orr_error *e) {
  return render(&(page){.f = f, .target = target, .script = script, .data = data}, e);
}
