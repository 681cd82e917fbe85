/* The rows browser: only the cells that are seen are looked at, so that ten
 * million rows scroll like ten. The column under the cursor of the list of
 * columns is the one marked here, and kept in sight. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/rooms/data_room.h"

enum { LEAST_WIDTH = 6, MOST_WIDTH = 20, CELL = 256 };

/* Floats in six digits here: the facts beside the column have more. */
static const char *cell_text(const orr_column *c, size_t row, char buffer[CELL]) {
  if (orr_column_is_missing(c, row)) return "";
  if (c->type == ORR_FLOAT64 || c->type == ORR_FLOAT32) {
    snprintf(buffer, CELL, "%.6g", orr_column_number(c, row));
    return buffer;
  }
  return orr_column_text(c, row, buffer, CELL);
}

static int width_of(const orr_ui *ui, const orr_column *c, size_t first, size_t rows) {
  char buffer[CELL];
  bool orders = !strcmp(ui->rooms[ORR_ROOM_DATA]->order.column, c->name);
  int width = orr_text_cells(c->name) + orders; /* its arrow */
  for (size_t i = 0; i < rows; i++) {
    int cells = orr_text_cells(cell_text(c, data_row(ui, first + i), buffer));
    if (cells > width) width = cells;
  }
  return width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width;
}

typedef struct browser {
  const orr_ui *ui;
  const orr_table *table;
  orr_grid *g;
  orr_rect body; /* below the headings, right of the numbers */
  size_t first, rows;
} browser;

static void draw_cell(const browser *b, const orr_column *c, size_t row, int x, int y, int width) {
  char buffer[CELL];
  orr_rect field = {x, y, width, 1};
  if (field.x + field.width > b->body.x + b->body.width) field.width = b->body.x + b->body.width - x;
  const char *text = cell_text(c, row, buffer);
  if (orr_column_is_missing(c, row))
    orr_grid_right(b->g, field, x, y, field.width, ORR_INK_MUTED, b->g->utf8 ? "·" : "-");
  else if (c->type == ORR_TEXT) orr_grid_text(b->g, field, x, y, ORR_INK_TEXT, text);
  else orr_grid_right(b->g, field, x, y, field.width, ORR_INK_TEXT, text);
}

static void draw_heading(const browser *b, const orr_column *c, int x, int width) {
  const data_order *order = &b->ui->rooms[ORR_ROOM_DATA]->order;
  const char *arrow = strcmp(order->column, c->name) ? ""
                      : b->g->utf8                   ? order->descending ? "↓" : "↑"
                      : order->descending            ? "v"
                                                     : "^";
  orr_rect field = {x, b->body.y - 1, width, 1};
  if (field.x + field.width > b->body.x + b->body.width) field.width = b->body.x + b->body.width - x;
  char name[160];
  snprintf(name, sizeof name, "%s%s", arrow, c->name);
  if (c->type == ORR_TEXT || orr_text_cells(name) > field.width)
    orr_grid_text(b->g, field, x, field.y, ORR_INK_HEADING, name);
  else orr_grid_right(b->g, field, x, field.y, field.width, ORR_INK_HEADING, name);
}

/* Draws columns from `from` on; returns how many had all their room. */
static size_t draw_columns(const browser *b, size_t from, size_t chosen) {
  size_t whole = 0;
  int x = b->body.x, right = b->body.x + b->body.width;
  for (size_t k = from; k < b->table->n_columns && x + LEAST_WIDTH <= right; k++) {
    const orr_column *c = b->table->columns[k];
    int width = width_of(b->ui, c, b->first, b->rows);
    draw_heading(b, c, x, width);
    for (size_t i = 0; i < b->rows; i++)
      draw_cell(b, c, data_row(b->ui, b->first + i), x, b->body.y + (int)i, width);
    if (k == chosen)
      orr_grid_tint(b->g, (orr_rect){x, b->body.y - 1, width < right - x ? width : right - x, 1},
                    ORR_INK_CHOSEN);
    x += width + 2;
    whole += x - 2 <= right;
  }
  return whole;
}

/* The first column to draw so that the chosen one is seen whole. */
static size_t first_column(const browser *b, size_t chosen) {
  int room = b->body.width;
  size_t from = chosen;
  for (size_t k = chosen + 1; k-- > 0;) {
    room -= width_of(b->ui, b->table->columns[k], b->first, b->rows) + 2;
    if (room < -2) break;
    from = k;
  }
  return from;
}

static void draw_numbers(const browser *b, orr_rect numbers) {
  char text[32];
  for (size_t i = 0; i < b->rows; i++) {
    orr_text_count(text, (unsigned long long)orr_table_input_row(b->table, data_row(b->ui, b->first + i)));
    orr_grid_right(b->g, numbers, numbers.x, b->body.y + (int)i, numbers.width - 1, ORR_INK_MUTED, text);
  }
}

static void rows_title(const orr_ui *ui, char out[240]) {
  char count[32];
  const orr_table *t = data_table(ui);
  const data_order *order = &ui->rooms[ORR_ROOM_DATA]->order;
  const orr_answer *a = ui->answers[ORR_ASK_ORDER];
  orr_text_count(count, t->rows);
  bool waits = *order->column && (!a || a->number != ui->rooms[ORR_ROOM_DATA]->order_number);
  if (waits) snprintf(out, 240, "%s rows, being sorted by %s", count, order->column);
  else if (*order->column) snprintf(out, 240, "%s rows by %s", count, order->column);
  else snprintf(out, 240, "%s rows", count);
}

void data_draw_rows(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[240];
  size_t chosen = 0;
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_table *t = data_table(ui);
  rows_title(ui, title);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_ROWS);
  orr_rect_top(&inside, 1);
  s->shown_rows = inside.height > 0 ? (size_t)inside.height : 0;
  orr_list_move(&s->rows, 0, t->rows, s->shown_rows);
  size_t left = t->rows - s->rows.first;
  browser b = {ui, t, g, inside, s->rows.first, left < s->shown_rows ? left : s->shown_rows};
  char most[32];
  orr_text_count(most, t->rows);
  orr_rect numbers = orr_rect_left(&b.body, (int)strlen(most) + 1);
  orr_rect_right(&b.body, 2); /* the scroll bar, and a gap */
  draw_numbers(&b, numbers);
  if (data_column(ui, &chosen)) draw_columns(&b, first_column(&b, chosen), chosen);
  if (s->pane == PANE_ROWS && b.rows)
    orr_grid_tint(g,
                  (orr_rect){inside.x, inside.y + (int)(s->rows.cursor - s->rows.first), inside.width - 1, 1},
                  ORR_INK_CURSOR);
  orr_grid_scrollbar(g, inside, s->rows.first, s->shown_rows, t->rows);
}
