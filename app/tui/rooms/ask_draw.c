/* The Ask room, drawn: importances as bars with their errors, the reasons of a
 * row, the dimensions of a latent space and what they decode to. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek_number.h"
#include "app/tui/rooms/ask_room.h"
#include "metric/format.h"

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_ASK]; }

static double largest(const double *values, size_t n) {
  double most = 0;
  for (size_t i = 0; i < n; i++) most = fmax(most, fabs(values[i]));
  return most;
}

static bool wait_for(const orr_answer *a, orr_grid *g, orr_rect where, const char *doing) {
  if (!a) orr_grid_text(g, where, where.x, where.y, ORR_INK_MUTED, doing);
  else if (a->status) orr_grid_wrapped(g, where, where.y, ORR_INK_MUTED, a->error.message);
  return !a || a->status;
}

/* Widths of a line's parts: name, figures and bar, a blank between them. */
typedef struct bar_fields {
  int name, figures, bar;
} bar_fields;

static int longest(const char *const *names, size_t n, int least) {
  for (size_t i = 0; i < n; i++) least = orr_text_cells(names[i]) > least ? orr_text_cells(names[i]) : least;
  return least;
}

/* With its error; exact ones all to the place that gives the largest of them three or four digits. */
static void format_value(const orr_answer *a, size_t at, const orr_grid *g, orr_text *out) {
  double error = a->errors ? a->errors[at] : NAN, most = largest(a->values, a->n);
  int places = most > 0 ? (int)fmin(6, fmax(0, 3 - floor(log10(most)))) : 0;
  if (isnan(error) && most >= 1e-3 && most < 1e6) orr_text_printf(out, "%+.*f", places, a->values[at]);
  else orr_format_number(out, a->values[at], error, !g->utf8);
}

static bar_fields fields_of(const orr_answer *a, const orr_grid *g, int width) {
  enum { LEAST_NAME = 8, MOST_NAME = 40, LEAST_BAR = 6 };
  bar_fields f = {.name = longest(a->names, a->n, LEAST_NAME)};
  for (size_t i = 0; i < a->n; i++) {
    orr_text value = {0};
    format_value(a, i, g, &value);
    int cells = orr_text_cells(orr_text_get(&value));
    if (cells > f.figures) f.figures = cells;
    orr_text_fini(&value);
  }
  int room = width - f.figures - LEAST_BAR - 2;
  if (f.name > MOST_NAME) f.name = MOST_NAME;
  if (f.name > room) f.name = room > LEAST_NAME ? room : LEAST_NAME;
  f.bar = width - f.name - f.figures - 2;
  return f;
}

/* name, value ± error, and a bar; good and bad for the two signs. */
static void draw_bar(const orr_answer *a, size_t at, double most, orr_grid *g, orr_rect line,
                     const bar_fields *f) {
  orr_text value = {0};
  orr_rect name = {line.x, line.y, f->name, 1};
  format_value(a, at, g, &value);
  orr_grid_text(g, name, name.x, name.y, ORR_INK_TEXT, a->names[at]);
  orr_grid_right(g, line, line.x + f->name + 1, line.y, f->figures, ORR_INK_NUMBER, orr_text_get(&value));
  if (f->bar >= 4 && most > 0)
    orr_grid_meter(g, line, line.x + f->name + f->figures + 2, line.y, f->bar,
                   a->values[at] < 0 ? ORR_INK_BAD : ORR_INK_BAR, fabs(a->values[at]) / most);
  orr_text_fini(&value);
}

static void draw_bars(const orr_answer *a, orr_list *list, size_t *shown, bool focus, orr_grid *g,
                      orr_rect where) {
  double most = largest(a->values, a->n);
  bar_fields fields = fields_of(a, g, where.width - 2);
  *shown = where.height > 0 ? (size_t)where.height : 0;
  orr_list_move(list, 0, a->n, *shown);
  for (int y = 0; y < where.height && list->first + (size_t)y < a->n; y++) {
    size_t at = list->first + (size_t)y;
    orr_rect line = {where.x, where.y + y, where.width - 1, 1};
    draw_bar(a, at, most, g, line, &fields);
    if (at == list->cursor) orr_grid_tint(g, line, focus ? ORR_INK_CURSOR : ORR_INK_CHOSEN);
  }
  orr_grid_scrollbar(g, where, list->first, *shown, a->n);
}

void ask_draw_columns(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[200];
  orr_room_state *s = state(ui);
  const orr_seen_fit *fit = ask_fit(ui);
  const orr_answer *a = ask_answer(ui, ORR_ASK_IMPORTANCE, s->importance_number);
  const char *family = fit->fit->n_members ? fit->fit->members[0].family->title : "";
  snprintf(title, sizeof title, "What matters to s.%s, %s", fit->slot, family);
  if (orr_text_cells(title) > where.width - 6)
    snprintf(title, sizeof title, "What matters to s.%s", fit->slot);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_COLUMNS);
  if (wait_for(a, g, inside, "shuffling each column in turn…")) return;
  int lines = a->text ? orr_grid_wrapped(NULL, inside, 0, ORR_INK_MUTED, a->text) : 0;
  if (lines && inside.height > lines + 4) {
    orr_rect note = orr_rect_bottom(&inside, lines);
    orr_grid_wrapped(g, note, note.y, ORR_INK_MUTED, a->text);
  }
  draw_bars(a, &s->columns, &s->shown_columns, s->pane == PANE_COLUMNS, g, inside);
}

void ask_draw_why(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[120];
  orr_room_state *s = state(ui);
  const orr_answer *a = ask_answer(ui, ORR_ASK_WHY, s->why_number);
  snprintf(title, sizeof title, "Why row %zu", s->row);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_WHY);
  if (!s->why_wanted) {
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED,
                     "w says why the model answers as it does for this row; left and right choose another.");
    return;
  }
  if (wait_for(a, g, inside, "weighing the columns of this row…")) return;
  char answer[600]; /* the first line; what follows says in words what the bars show */
  snprintf(answer, sizeof answer, "%.*s", a->text ? (int)strcspn(a->text, "\n") : 0, a->text ? a->text : "");
  orr_rect_top(&inside, orr_grid_wrapped(g, inside, inside.y, ORR_INK_TEXT, answer));
  draw_bars(a, &s->reasons, &s->shown_reasons, s->pane == PANE_WHY, g, inside);
}

/* ---- the latent space ---- */

static void draw_dimension(const orr_ui *ui, const orr_answer *a, size_t at, double most, orr_grid *g,
                           orr_rect line) {
  char kl[32], effect[32];
  double z = at < ORR_ASKED_COORDINATES ? state(ui)->coordinates[at] : 0;
  orr_peek_number(effect, a->effect[at], 0, 0);
  if (a->divergence) orr_peek_number(kl, a->divergence[at], 0, 0);
  else snprintf(kl, sizeof kl, "-");
  int x = orr_grid_format(g, line, line.x, line.y, ORR_INK_TEXT, "z%-3zu %+5.2f ", at + 1, z);
  x = orr_grid_format(g, line, x, line.y, ORR_INK_NUMBER, "%8.8s %8.8s ", kl, effect);
  if (most > 0 && line.x + line.width - x >= 4)
    orr_grid_meter(g, line, x, line.y, line.x + line.width - x, ORR_INK_BAR, a->effect[at] / most);
}

/* Below the dimensions, where there is room: what the keys do here. */
static void draw_keys(orr_grid *g, orr_rect *where, size_t dimensions) {
  static const char words[] =
      "Left and right choose a dimension, up and down move along it; Backspace goes back to "
      "where the row lies, / takes another row.";
  int lines = orr_grid_wrapped(NULL, *where, 0, ORR_INK_MUTED, words);
  if (where->height < (int)dimensions + 2 + lines) return;
  orr_rect note = orr_rect_bottom(where, lines);
  orr_grid_wrapped(g, note, note.y, ORR_INK_MUTED, words);
}

void ask_draw_dimensions(const orr_ui *ui, orr_grid *g, orr_rect where) {
  orr_room_state *s = state(ui);
  const orr_answer *a = ui->answers[ORR_ASK_TRAVERSE];
  orr_rect inside = orr_grid_pane(g, where, "Dimensions", s->pane == PANE_COLUMNS);
  if (wait_for(a, g, inside, "encoding the row…")) return;
  orr_rect head = orr_rect_top(&inside, 1);
  orr_grid_format(g, head, head.x, head.y, ORR_INK_HEADING, "%10s %8s %8s", "at", "KL/nat", "effect");
  draw_keys(g, &inside, a->n_dimensions);
  orr_list list = {.cursor = s->dimension, .first = 0};
  double most = a->effect ? largest(a->effect, a->n_dimensions) : 0;
  orr_list_move(&list, 0, a->n_dimensions, inside.height > 0 ? (size_t)inside.height : 0);
  for (int y = 0; y < inside.height && a->effect && list.first + (size_t)y < a->n_dimensions; y++) {
    orr_rect line = {inside.x, inside.y + y, inside.width - 1, 1};
    draw_dimension(ui, a, list.first + (size_t)y, most, g, line);
    if (list.first + (size_t)y == s->dimension) orr_grid_tint(g, line, ORR_INK_CURSOR);
  }
}

/* Two pixels a cell, one above the other. */
static uint32_t grey(double share) {
  int level = (int)lround(255 * fmin(1, fmax(0, share)));
  return (uint32_t)(level << 16 | level << 8 | level);
}

static void draw_pixels(const orr_answer *a, double low, double range, orr_grid *g, int x, int y, size_t row,
                        size_t column) {
  static const char ramp[] = " .:-=+*#%@";
  orr_cell *cell = &g->cells[y * g->width + x];
  double top = (a->values[row * a->picture_columns + column] - low) / range;
  double below =
      row + 1 < a->picture_rows ? (a->values[(row + 1) * a->picture_columns + column] - low) / range : 0;
  *cell = (orr_cell){
      .rune = 0x2580, .ink = ORR_INK_TEXT, .fore = (int32_t)grey(top), .back = (int32_t)grey(below)};
  if (!g->utf8)
    *cell = (orr_cell){.rune = (uint32_t)ramp[(int)(fmin(1, fmax(0, (top + below) / 2)) * 9)],
                       .ink = ORR_INK_TEXT,
                       .fore = ORR_NO_COLOUR,
                       .back = ORR_NO_COLOUR};
}

/* As large as whole cells allow: each pixel `wide` cells across, and half as many down. */
static void draw_picture(const orr_answer *a, orr_grid *g, orr_rect where) {
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < a->picture_rows * a->picture_columns; i++)
    low = fmin(low, a->values[i]), high = fmax(high, a->values[i]);
  int wide = where.width / (int)a->picture_columns, tall = where.height * 2 / (int)a->picture_rows;
  int scale = wide < tall ? wide : tall;
  if (scale < 1) scale = 1;
  double range = high > low ? high - low : 1;
  for (int y = 0; y < where.height; y++)
    for (int x = 0; x < where.width; x++) {
      size_t column = (size_t)(x / scale), row = (size_t)(2 * y / scale);
      if (column >= a->picture_columns || row >= a->picture_rows) continue;
      bool split = scale == 1;
      draw_pixels(a, low, range, g, where.x + x, where.y + y, row, column);
      orr_cell *cell = &g->cells[(where.y + y) * g->width + where.x + x];
      if (!split && (2 * y + 1) / scale == (int)row) cell->back = cell->fore;
    }
}

static void draw_values(const orr_answer *a, orr_grid *g, orr_rect where) {
  enum { FIGURES = 14 };
  char value[32];
  int wanted = longest(a->names, a->n, 8) + FIGURES;
  if (wanted < where.width) where.width = wanted;
  for (size_t i = 0; i < a->n && (int)i < where.height; i++) {
    orr_rect line = {where.x, where.y + (int)i, where.width, 1};
    orr_peek_number(value, a->values[i], 0, 0);
    orr_rect name = orr_rect_left(&line, line.width - FIGURES);
    orr_grid_text(g, name, name.x, name.y, ORR_INK_TEXT, a->names[i]);
    orr_grid_right(g, line, line.x, line.y, FIGURES, ORR_INK_NUMBER, value);
  }
}

static orr_status make_spectrum(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e) {
  (void)columns, (void)rows;
  orr_panel *panel;
  double *x;
  const orr_answer *a = ui->answers[ORR_ASK_TRAVERSE];
  if (!a || a->status) return orr_fail(e, ORR_DATA, "nothing is decoded yet");
  orr_figure_init(out, out->arena, "decoded", "");
  ORR_TRY(orr_figure_panel(out, "", &panel, e));
  ORR_TAKE(out->arena, x, a->n, e);
  for (size_t i = 0; i < a->n; i++) x[i] = (double)(i + 1);
  panel->x.title = "column";
  return orr_panel_mark(out, panel, (orr_mark){.kind = ORR_LINE, .n = a->n, .x = x, .y = a->values}, e);
}

void ask_draw_decoded(orr_view *v, orr_grid *g, orr_rect where) {
  enum { PLOT_OF_SPECTRUM = 31, MOST_LISTED = 24 };
  char title[120];
  const orr_room_state *s = state(v->ui);
  const orr_answer *a = v->ui->answers[ORR_ASK_TRAVERSE];
  snprintf(title, sizeof title, "Row %zu, moved along z%zu", s->row, s->dimension + 1);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_PLOT);
  if (wait_for(a, g, inside, "decoding…")) return;
  if (a->text) {
    int lines = orr_grid_wrapped(NULL, inside, 0, ORR_INK_MUTED, a->text);
    orr_rect note = orr_rect_bottom(&inside, lines < 3 ? lines : 3);
    orr_grid_wrapped(g, note, note.y, ORR_INK_MUTED, a->text);
  }
  if (a->picture_rows) draw_picture(a, g, inside);
  else if (a->n <= MOST_LISTED) draw_values(a, g, inside);
  else
    orr_view_plot(v, g, inside,
                  (orr_wanted){.id = PLOT_OF_SPECTRUM, .version = a->number, .make = make_spectrum});
}
