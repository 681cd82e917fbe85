/* The frame's commands: axes, titles, keys; see screen_text.h. The marks are screen_marks.c's. */
#include "plot/screen_text.h"

#include <math.h>
#include <string.h>

#include "plot/gnuplot.h"
#include "plot/raster.h"
#include "plot/screen_marks.h"

/* ---- colours and places ---- */

void orr_screen_colour(orr_text *out, int32_t colour) {
  if (colour < 0) orr_text_add(out, "rgb '#FF000000'");
  else orr_text_printf(out, "rgb '#%06X'", (unsigned)colour & 0xffffff);
}

/* gnuplot cuts off some places and rounds others: a little more than the dot comes to the dot either way. */
static double across(const orr_screen_page *g, int dot) {
  return (dot + 0.3) / (2.0 * g->layout->columns - 1);
}
static double up(const orr_screen_page *g, int dot) { return (dot + 0.3) / (4.0 * g->layout->rows - 1); }

static void set_margin(orr_screen_page *g, const char *side, double share) {
  orr_text_printf(g->script, "set %s at screen ", side);
  orr_gnuplot_number(g->script, share, 9);
  orr_text_add(g->script, "\n");
}

/* ASCII of as many letters: an ellipsis is one sign there too. */
static void add_plain(orr_text *out, const char *s) {
  for (const char *at; (at = strstr(s, "…")); s = at + strlen("…")) {
    orr_text part = {0};
    orr_text_add_bytes(&part, s, (size_t)(at - s));
    orr_text_add_ascii(out, orr_text_get(&part));
    orr_text_add(out, "~");
    out->failed |= part.failed;
    orr_text_fini(&part);
  }
  orr_text_add_ascii(out, s);
}

/* Text whose first letter stands in that cell. */
void orr_screen_put(orr_screen_page *g, int column, int row, int32_t colour, const char *text) {
  orr_text ascii = {0};
  if (!g->utf8) add_plain(&ascii, text);
  orr_text_add(g->script, "set label ");
  orr_gnuplot_quote(g->script, g->utf8 ? text : orr_text_get(&ascii));
  orr_text_add(g->script, " at screen ");
  orr_gnuplot_number(g->script, across(g, 2 * column), 9);
  orr_text_add(g->script, ", screen ");
  orr_gnuplot_number(g->script, up(g, 4 * (g->layout->rows - 1 - row) + 1), 9);
  orr_text_add(g->script, " left front noenhanced tc ");
  orr_screen_colour(g->script, colour);
  orr_text_add(g->script, "\n");
  g->script->failed |= ascii.failed;
  orr_text_fini(&ascii);
}

/* Cut to `most` cells; returns the column after it. */
static int put_cut(orr_screen_page *g, int column, int row, int most, int32_t colour, const char *text) {
  orr_text cut = {0};
  if (most > 0) orr_cells_cut(&cut, text, most);
  if (cut.length) orr_screen_put(g, column, row, colour, cut.data);
  int cells = orr_cells_of(orr_text_get(&cut));
  g->script->failed |= cut.failed;
  orr_text_fini(&cut);
  return column + cells;
}

/* ---- axes ---- */

static int dot_of(const orr_cell_axis *a, double value, int first, int last) {
  double at = a->log ? log(value / a->low) / log(a->high / a->low) : (value - a->low) / (a->high - a->low);
  return first + (int)floor((a->down ? 1 - at : at) * (last - first) + 0.5);
}

static void set_range(orr_screen_page *g, const char *letter, const orr_cell_axis *a, bool bare) {
  orr_text_printf(g->script, a->log ? "set logscale %s\n" : "unset logscale %s\n", letter);
  orr_text_printf(g->script, "set %srange [", letter);
  orr_gnuplot_number(g->script, a->down ? a->high : a->low, 17);
  orr_text_add(g->script, ":");
  orr_gnuplot_number(g->script, a->down ? a->low : a->high, 17);
  orr_text_add(g->script, "] noextend\n");
  if (!a->n || bare) {
    orr_text_printf(g->script, "unset %stics\n", letter);
    return;
  }
  orr_text_printf(g->script, "set %stics nomirror out scale 0.5 (", letter);
  for (size_t i = 0; i < a->n; i++) {
    orr_text_add(g->script, i ? ", '' " : "'' ");
    orr_gnuplot_number(g->script, a->tics[i].value, 12);
  }
  orr_text_add(g->script, ")\n");
}

static void label_x(orr_screen_page *g, const orr_cell_panel *c) {
  int row = c->bottom + !c->bare, end = c->first_column - 1;
  for (size_t i = 0; i < c->x.n; i++) {
    const char *label = c->x.tics[i].label;
    int n = orr_cells_of(label),
        at = dot_of(&c->x, c->x.tics[i].value, 2 * c->left, 2 * c->right - 1 + c->x_edge) / 2;
    int column = at - n / 2;
    if (column + n > c->last_column + 1) column = c->last_column + 1 - n;
    if (column < c->first_column) column = c->first_column;
    if (!n || column <= end) continue;
    orr_screen_put(g, column, row, g->look->palette.muted, label);
    end = column + n;
  }
}

static void label_y(orr_screen_page *g, const orr_cell_panel *c) {
  int low = 4 * (g->layout->rows - c->bottom), high = 4 * (g->layout->rows - c->top) - 1 + c->y_edge;
  for (size_t i = 0; i < c->y.n; i++) {
    const char *label = c->y.tics[i].label;
    int row = g->layout->rows - 1 - dot_of(&c->y, c->y.tics[i].value, low, high) / 4;
    if (*label) orr_screen_put(g, c->left - 1 - orr_cells_of(label), row, g->look->palette.muted, label);
  }
}

/* ---- titles ---- */

static bool says(const char *s) { return s && *s; }

/* What the panel's first row says of its axes: "loss ↑  step →" where the title of x has no row of its own. */
static void add_names(orr_screen_page *g, const orr_panel *p, const orr_cell_panel *c, orr_text *out) {
  const char *over = g->utf8 ? " ↑" : " ^", *along = g->utf8 ? " →" : " >";
  if (c->small) {
    orr_text_add(out, says(p->title) ? p->title : says(c->x_title) ? c->x_title : "");
    return;
  }
  if (says(p->title)) orr_text_printf(out, "%s%s", p->title, !says(p->y.title) ? "" : g->utf8 ? " · " : ": ");
  bool both = says(c->x_title) && c->title_row < 0 && c->last_column - c->first_column > 36;
  if (says(p->y.title)) orr_text_printf(out, "%s%s", p->y.title, both ? over : "");
  if (both) orr_text_printf(out, "%s%s%s", says(p->y.title) ? "  " : "", c->x_title, along);
}

/* What the shades stand for, above their scale. */
static int put_shade_title(orr_screen_page *g, const orr_panel *p, const orr_cell_panel *c, int from) {
  const orr_mark *m = orr_screen_heat_map(p);
  int n = m && says(m->title) ? orr_cells_of(m->title) : 0, room = c->last_column + 1 - from;
  if (!n || room < 4) return c->last_column + 1;
  int column = c->last_column + 1 - (n < room ? n : room);
  put_cut(g, column, c->head, room, g->look->palette.muted, m->title);
  return column;
}

static void put_titles(orr_screen_page *g, const orr_panel *p, const orr_cell_panel *c) {
  const orr_plot_palette *look = &g->look->palette;
  if (c->title_row >= 0) {
    int n = orr_cells_of(c->x_title), room = c->last_column - c->first_column + 1;
    n = n < room ? n : room;
    int column = (c->left + c->right - n) / 2;
    if (column + n > c->last_column + 1) column = c->last_column + 1 - n;
    put_cut(g, column < c->first_column ? c->first_column : column, c->title_row, room, look->text,
            c->x_title);
  }
  if (c->head < 0) return;
  orr_text names = {0};
  add_names(g, p, c, &names);
  int width = c->last_column - c->first_column + 1, n = orr_cells_of(orr_text_get(&names)),
      end = c->last_column + 1;
  int least = n < width * 2 / 5 ? n : width * 2 / 5;
  if (!g->f->one_key && !c->small)
    end = c->scale_left >= 0
              ? put_shade_title(g, p, c, c->first_column + least + 2)
              : orr_screen_key(g, p, c->head, c->first_column + least + (least ? 2 : 0), c->last_column);
  put_cut(g, c->first_column, c->head, end - c->first_column - (end <= c->last_column ? 2 : 0), look->text,
          orr_text_get(&names));
  g->script->failed |= names.failed;
  orr_text_fini(&names);
}

static void put_page_titles(orr_screen_page *g) {
  const orr_cell_layout *l = g->layout;
  if (l->title_row >= 0) {
    orr_text title = {0};
    orr_text_add(&title, g->f->title);
    if (l->left_out) orr_text_printf(&title, " (%zu of %zu)", l->n, l->n + l->left_out);
    put_cut(g, 0, l->title_row, l->columns, g->look->palette.text, orr_text_get(&title));
    g->script->failed |= title.failed;
    orr_text_fini(&title);
  }
  if (l->key_row >= 0) orr_screen_key(g, &g->f->panels[0], l->key_row, 0, l->columns - 1);
}

/* ---- the scale of the shades ---- */

static void put_scale(orr_screen_page *g, const orr_panel *p, const orr_cell_panel *c) {
  if (c->scale_left < 0) {
    orr_text_add(g->script, "unset colorbox\n");
    return;
  }
  const orr_mark *m = orr_screen_heat_map(p);
  double low = m->scale[0], high = m->scale[1];
  if (!(low < high)) low = 0, high = 1;
  int rows = g->layout->rows;
  orr_text_add(g->script, "unset cbtics\nset colorbox user vertical noborder origin screen ");
  orr_gnuplot_number(g->script, across(g, 2 * c->scale_left), 9);
  orr_text_add(g->script, ", screen ");
  orr_gnuplot_number(g->script, up(g, 4 * (rows - c->bottom)), 9);
  orr_text_add(g->script, " size screen ");
  orr_gnuplot_number(g->script, across(g, 4), 9);
  orr_text_add(g->script, ", screen ");
  orr_gnuplot_number(g->script, up(g, 4 * (c->bottom - c->top) - 1), 9);
  orr_text_add(g->script, "\n");
  for (int i = 0; i < 2; i++) {
    char number[32];
    snprintf(number, sizeof number, "%.3g", i ? high : low);
    put_cut(g, c->scale_left + 3, i ? c->top : c->bottom - 1, 6, g->look->palette.muted, number);
  }
}

/* ---- the page ---- */

static void add_panel(orr_screen_page *g, const orr_cell_panel *c, bool first) {
  const orr_panel *p = &g->f->panels[c->index];
  int rows = g->layout->rows;
  g->panel = c;
  /* left and bottom are shares of the whole, right and top of the last dot */
  set_margin(g, "lmargin", (2 * c->left + 0.3) / (2 * g->layout->columns));
  set_margin(g, "rmargin", across(g, 2 * c->right - 1 + c->x_edge));
  set_margin(g, "bmargin", (4 * (rows - c->bottom) + 0.3) / (4 * rows));
  set_margin(g, "tmargin", up(g, 4 * (rows - c->top) - 1 + c->y_edge));
  orr_text_add(g->script, c->bare ? "unset border\n" : "set border 3 back lw 7 lc ");
  if (!c->bare) orr_screen_colour(g->script, g->look->palette.muted);
  orr_text_add(g->script, "\nunset label\n");
  set_range(g, "x", &c->x, c->bare);
  set_range(g, "y", &c->y, c->bare);
  put_scale(g, p, c);
  if (first) put_page_titles(g);
  put_titles(g, p, c);
  label_x(g, c);
  label_y(g, c);
  orr_screen_marks(g, p);
  orr_text_add(g->script, "\n");
}

static void add_head(orr_screen_page *g, uint32_t frame) {
  const int32_t *shade = g->look->palette.shade;
  orr_text_printf(g->script,
                  "reset\nset encoding utf8\nset terminal lua '" ORR_SCREEN_DRIVER "' %d %d %u\n"
                  "set output '" ORR_SCREEN_PICTURE "'\nunset key\nset errorbars 0\nset cbrange [0:1]\n",
                  g->layout->columns, g->layout->rows, frame);
  orr_text_printf(
      g->script, "set palette defined (0 '#%06X', 0.25 '#%06X', 0.5 '#%06X', 0.75 '#%06X', 1 '#%06X')\n",
      (unsigned)shade[0], (unsigned)shade[1], (unsigned)shade[2], (unsigned)shade[3], (unsigned)shade[4]);
  orr_text_add(g->script, "set multiplot\n");
}

orr_status orr_screen_text(const orr_figure *f, const orr_plot_look *look, const orr_cell_layout *layout,
                           uint32_t frame, orr_text *script, orr_text *data, orr_error *e) {
  orr_screen_page g = {.f = f,
                       .look = look,
                       .layout = layout,
                       .script = script,
                       .data = data,
                       .utf8 = look->mode != ORR_PLOT_ASCII};
  add_head(&g, frame);
  for (size_t i = 0; i < layout->n; i++) add_panel(&g, &layout->panels[i], i == 0);
  orr_text_printf(script, "unset multiplot\nset output\nprint 'orrery %u'\n", frame);
  ORR_TRY(orr_text_check(script, e));
  return orr_text_check(data, e);
}
