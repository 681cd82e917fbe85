/* Marks for the screen; see screen_marks.h. What fills are covered by tells the
 * raster what they are (raster.h): 25 percent a tint, 75 a bar, 100 a picture. */
#include "plot/screen_marks.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "plot/decimate.h"
#include "plot/gnuplot.h"

const orr_mark *orr_screen_heat_map(const orr_panel *p) {
  for (size_t i = 0; i < p->n_marks; i++)
    if (p->marks[i].kind == ORR_HEAT_MAP) return &p->marks[i];
  return NULL;
}

/* ---- numbers ---- */

static bool add_row(orr_screen_page *g, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(values[i])) return false;
  orr_text_add_bytes(g->data, (const char *)values, n * sizeof *values);
  return true;
}

/* An item of the plot command that reads `rows` rows of `columns` doubles from byte `from` on. */
static void add_item(orr_screen_page *g, size_t from, size_t rows, int columns, const char *how) {
  orr_text_printf(g->script, "%s'" ORR_SCREEN_DATA "' binary skip=%zu record=(%zu) format='%%%ddouble' %s",
                  g->open ? ", \\\n  " : "plot ", from, rows, columns, how);
  g->open = true;
}

static void finish_item(orr_screen_page *g) { orr_text_add(g->script, " notitle"); }

static orr_dot_axis dots_of(const orr_cell_axis *a, int dots) {
  return (orr_dot_axis){a->low, a->high, a->log, (size_t)dots};
}

static orr_dot_axis dots_x(const orr_screen_page *g) {
  return dots_of(&g->panel->x, 2 * (g->panel->right - g->panel->left));
}
static orr_dot_axis dots_y(const orr_screen_page *g) {
  return dots_of(&g->panel->y, 4 * (g->panel->bottom - g->panel->top));
}

/* kept[n] of the mark's points that change a dot; NULL: all of them. */
static size_t thin(const orr_screen_page *g, const orr_mark *m, size_t *kept) {
  orr_dot_axis x = dots_x(g), y = dots_y(g);
  if (m->kind != ORR_POINTS) return orr_decimate_line(&x, m->x, m->y, m->n, kept);
  unsigned char *seen = orr_calloc(x.dots * y.dots, 1);
  if (!seen) {
    g->script->failed = true;
    return 0;
  }
  size_t n = orr_decimate_points(&x, &y, m->x, m->y, m->n, seen, kept);
  orr_free(seen);
  return n;
}

static size_t add_points(orr_screen_page *g, const orr_mark *m) {
  size_t rows = 0, dots = dots_x(g).dots;
  bool many = !g->look->whole && m->n > 4 * dots && m->kind != ORR_STEPS;
  size_t *kept = many ? orr_calloc(m->n, sizeof *kept) : NULL;
  if (!kept) {
    for (size_t i = 0; i < m->n; i++) rows += add_row(g, (double[]){m->x[i], m->y[i]}, 2);
    return rows;
  }
  size_t n = thin(g, m, kept);
  for (size_t i = 0; i < n; i++) rows += add_row(g, (double[]){m->x[kept[i]], m->y[kept[i]]}, 2);
  orr_free(kept);
  return rows;
}

/* Of a band of many points the least and greatest bound of each column of dots. */
static size_t add_band(orr_screen_page *g, const orr_mark *m) {
  orr_dot_axis axis = dots_x(g);
  bool many = m->n > 4 * axis.dots;
  double row[3] = {NAN, NAN, NAN}, at = NAN;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double dot = many ? orr_dot_of(&axis, m->x[i]) : (double)i;
    if (!isfinite(m->x[i] + m->y[i] + m->y2[i])) continue;
    if (dot == at) {
      row[1] = fmin(row[1], m->y[i]), row[2] = fmax(row[2], m->y2[i]);
      continue;
    }
    rows += add_row(g, row, 3);
    row[0] = m->x[i], row[1] = m->y[i], row[2] = m->y2[i], at = dot;
  }
  return rows + add_row(g, row, 3);
}

/* The outline of a histogram as one path: up, over and down each bar, along the ground across gaps. */
static size_t add_outline(orr_screen_page *g, const orr_mark *m) {
  size_t rows = 0;
  double at = NAN;
  for (size_t i = 0; i < m->n; i++) {
    if (!isfinite(m->x[i] + m->x2[i] + m->y[i])) continue;
    if (rows && m->x[i] != at) rows += add_row(g, (double[]){at, 0}, 2);
    if (!rows || m->x[i] != at) rows += add_row(g, (double[]){m->x[i], 0}, 2);
    rows += add_row(g, (double[]){m->x[i], m->y[i]}, 2);
    rows += add_row(g, (double[]){m->x2[i], m->y[i]}, 2);
    at = m->x2[i];
  }
  if (rows) rows += add_row(g, (double[]){at, 0}, 2);
  return rows;
}

/* x, y, left, right, low, high, shade of each cell. */
static size_t add_cells(orr_screen_page *g, const orr_mark *m) {
  double left = m->x ? m->x[0] : -0.5, right = m->x ? m->x[1] : (double)m->cols - 0.5;
  double low = m->y2 ? m->y2[0] : -0.5, high = m->y2 ? m->y2[1] : (double)m->rows - 0.5;
  double width = (right - left) / (double)m->cols, height = (high - low) / (double)m->rows;
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) {
    double x = left + width * (double)(i % m->cols), y = low + height * (double)(i / m->cols);
    double cell[] = {x + width / 2, y + height / 2, x, x + width, y, y + height, fmin(1, fmax(0, m->y[i]))};
    if (!isnan(m->y[i])) rows += add_row(g, cell, 7);
  }
  return rows;
}

/* Bars of a name's rows fill whole cells. */
static size_t add_bars_across(orr_screen_page *g, const orr_mark *m) {
  size_t rows = 0;
  double height = orr_cell_bar_height(g->panel);
  for (size_t i = 0; i < m->n; i++) {
    double x = m->x[i], low = g->panel->each ? m->y[i] - 0.5 : m->y[i] - m->y2[i] / 2;
    double high = g->panel->each ? low + height : m->y[i] + m->y2[i] / 2;
    rows += add_row(g, (double[]){x / 2, (low + high) / 2, fmin(0, x), fmax(0, x), low, high}, 6);
  }
  return rows;
}

static size_t add_triples(orr_screen_page *g, const orr_mark *m, const double *third) {
  size_t rows = 0;
  for (size_t i = 0; i < m->n; i++) rows += add_row(g, (double[]){m->x[i], m->y[i], third[i]}, 3);
  return rows;
}

static size_t add_numbers(orr_screen_page *g, const orr_mark *m) {
  switch (m->kind) {
  case ORR_HEAT_MAP: return add_cells(g, m);
  case ORR_HISTOGRAM: return add_outline(g, m);
  case ORR_BARS_ACROSS: return add_bars_across(g, m);
  case ORR_BAND: return add_band(g, m);
  case ORR_ERROR_BARS: return add_triples(g, m, m->y2);
  case ORR_BARS: return add_triples(g, m, m->x2);
  case ORR_TEXT_MARK: return 0;
  default: return add_points(g, m);
  }
}

/* ---- items ---- */

static void add_ink(orr_screen_page *g, const orr_mark *m) {
  /* dots on, dots off: even and few, for a character has two across */
  static const char *const dashes[] = {"solid", "(6,2)", "(2,2)", "(8,2,2,2)",
                                       "(4,2)", "(3,3)", "(8,3)", "(2,4)"};
  static const int points[] = {7, 5, 9, 13, 11, 6, 4, 8};
  const orr_plot_palette *palette = &g->look->palette;
  orr_text_add(g->script, " lw 1 lc ");
  orr_screen_colour(g->script, m->muted ? palette->muted : palette->series[m->series & 7]);
  bool dashed =
      m->kind == ORR_LINE || m->kind == ORR_STEPS || (m->kind == ORR_HISTOGRAM && !palette->colours);
  orr_text_printf(g->script, " dt %s", !dashed ? "solid" : m->muted ? "(2,3)" : dashes[m->series & 7]);
  if (m->kind == ORR_POINTS || m->kind == ORR_ERROR_BARS)
    orr_text_printf(g->script, " pt %d ps %s", points[m->series & 7],
                    m->n > 150  ? "0.3"
                    : m->n > 30 ? "0.8"
                                : "1");
}

static void add_errors_across(orr_screen_page *g, const orr_mark *m) {
  size_t from = g->data->length, rows = 0;
  for (size_t i = 0; m->x2 && i < m->n; i++)
    rows += add_row(g,
                    (double[]){m->x[i] - m->x2[i],
                               g->panel->each ? orr_cell_bar_middle(g->panel, m->y[i]) : m->y[i],
                               2 * m->x2[i], 0},
                    4);
  if (!rows) return;
  add_item(g, from, rows, 4, "with vectors nohead lw 1 lc ");
  orr_screen_colour(g->script, g->look->palette.text);
  finish_item(g);
}

static void add_mark(orr_screen_page *g, const orr_mark *m) {
  static const struct {
    int columns;
    const char *how, *fill;
  } styles[] = {
      [ORR_LINE] = {2, "using 1:2 with lines", ""},
      [ORR_STEPS] = {2, "using 1:2 with fsteps", ""},
      [ORR_POINTS] = {2, "using 1:2 with points", ""},
      [ORR_BAND] = {3, "using 1:2:3 with filledcurves", " fs transparent solid 0.25 noborder"},
      [ORR_ERROR_BARS] = {3, "using 1:2:3 with yerrorbars", ""},
      [ORR_BARS] = {3, "using 1:2:3 with boxes", " fs solid 0.75 noborder"},
      [ORR_BARS_ACROSS] = {6, "using 1:2:3:4:5:6 with boxxyerror", " fs solid 0.75 noborder"},
      [ORR_HISTOGRAM] = {2, "using 1:2 with filledcurves closed", " fs transparent solid 0.2 noborder"},
      [ORR_HEAT_MAP] = {7, "using 1:2:3:4:5:6:7 with boxxyerror lc palette fs solid 1 noborder", ""},
  };
  size_t from = g->data->length, rows = add_numbers(g, m);
  if (!rows || m->kind == ORR_TEXT_MARK) return;
  add_item(g, from, rows, styles[m->kind].columns, styles[m->kind].how);
  if (m->kind != ORR_HEAT_MAP) add_ink(g, m);
  orr_text_add(g->script, styles[m->kind].fill);
  finish_item(g);
  if (m->kind == ORR_BARS_ACROSS) add_errors_across(g, m);
  if (m->kind != ORR_HISTOGRAM) return;
  add_item(g, from, rows, 2, "using 1:2 with lines");
  add_ink(g, m);
  finish_item(g);
}

static void add_label(orr_screen_page *g, double x, double y, const char *text, int most) {
  orr_text cut = {0};
  orr_cells_cut(&cut, text, most);
  orr_text_add(g->script, "set label ");
  orr_gnuplot_quote(g->script, orr_text_get(&cut));
  orr_text_add(g->script, " at ");
  orr_gnuplot_number(g->script, x, 12);
  orr_text_add(g->script, ", ");
  orr_gnuplot_number(g->script, y, 12);
  orr_text_add(g->script, " center front noenhanced tc ");
  orr_screen_colour(g->script, g->look->palette.text);
  orr_text_add(g->script, "\n");
  g->script->failed |= cut.failed;
  orr_text_fini(&cut);
}

/* What there is room for in a heat map's cells: of "95 (96.0 %)" perhaps the first word alone; none when not even those
 * of the largest fit. */
static int room_for(const orr_screen_page *g, const orr_mark *m, bool *first_word) {
  int most = (g->panel->right - g->panel->left) / (int)(m->cols ? m->cols : 1) - 1, whole = 0, short_one = 0;
  for (size_t i = 0; i < m->n; i++) {
    const char *label = m->labels[i] ? m->labels[i] : "";
    int cells = orr_cells_of(label), word = (int)strcspn(label, " ");
    whole = cells > whole ? cells : whole, short_one = word > short_one ? word : short_one;
  }
  *first_word = whole > most;
  return *first_word && short_one > most ? 0 : most;
}

static void add_labels(orr_screen_page *g, const orr_mark *m) {
  bool map = m->kind == ORR_HEAT_MAP, first_word = false;
  if (!m->labels) return;
  int most = map ? room_for(g, m, &first_word) : 30;
  for (size_t i = 0; i < m->n && most > 0; i++) {
    double x = map ? (double)(i % m->cols) : m->x[i], y = map ? (double)(i / m->cols) : m->y[i];
    if (!isfinite(x + y) || !m->labels[i]) continue;
    orr_text label = {0};
    orr_text_add_bytes(&label, m->labels[i], first_word ? strcspn(m->labels[i], " ") : strlen(m->labels[i]));
    add_label(g, x, y, orr_text_get(&label), most);
    g->script->failed |= label.failed;
    orr_text_fini(&label);
  }
}

void orr_screen_marks(orr_screen_page *g, const orr_panel *p) {
  for (size_t i = 0; i < p->n_marks; i++) add_labels(g, &p->marks[i]);
  g->open = false;
  for (size_t i = 0; i < p->n_marks; i++) add_mark(g, &p->marks[i]);
  if (g->open) return;
  orr_text_add(g->script, "plot "); /* something must be plotted for the axes to show: a line below them */
  double low = g->panel->y.low, high = g->panel->y.high;
  orr_gnuplot_number(g->script, g->panel->y.log ? low / 10 : low - (high - low), 12);
  finish_item(g);
}
