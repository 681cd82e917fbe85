/* The numbers of the room Record: one run's, or two runs' side by side. A kept
 * run's are the answer to a question, this session's the snapshot's. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/rooms/record_room.h"
#include "metric/format.h"

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_RECORD]; }

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

const orr_seen_number *record_own_number(const orr_snapshot *s, const char *name) {
  for (size_t i = 0; i < s->n_numbers; i++)
    if (!strcmp(s->numbers[i].name, name)) return &s->numbers[i];
  return NULL;
}

static void draw_value(orr_grid *g, orr_rect where, int x, int y, int width, double value, double error) {
  orr_text text = {0};
  if (isnan(value)) orr_text_add(&text, "-");
  else orr_format_number(&text, value, error, !g->utf8);
  orr_grid_right(g, where, x, y, width, isnan(value) ? ORR_INK_MUTED : ORR_INK_NUMBER, orr_text_get(&text));
  orr_text_fini(&text);
}

/* ---- the numbers that are shown: of the runs that were asked for, this session's among or beside them ---- */

static const orr_answer *answered(const orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_COMPARE];
  return a && a->number == state(ui)->compare_number && !a->status ? a : NULL;
}

size_t record_count_numbers(const orr_ui *ui) {
  const orr_answer *a = answered(ui);
  if (!record_own_is_chosen(ui)) return a ? a->n_compared : 0;
  size_t n = ui->snapshot->n_numbers;
  for (size_t i = 0; *state(ui)->marked && a && i < a->n_compared; i++)
    n += !record_own_number(ui->snapshot, a->compared[i].name);
  return n;
}

static const orr_compared *marked_number(const orr_ui *ui, const char *name) {
  const orr_answer *a = *state(ui)->marked ? answered(ui) : NULL;
  for (size_t i = 0; a && i < a->n_compared; i++)
    if (!strcmp(a->compared[i].name, name)) return &a->compared[i];
  return NULL;
}

/* This session's, at a place below record_count_numbers: beside the marked run's, then those that the marked run alone has. */
static orr_compared own_at(const orr_ui *ui, size_t place) {
  const orr_snapshot *s = ui->snapshot;
  const orr_answer *a = answered(ui);
  orr_compared c = {.a = NAN, .a_error = NAN, .b = NAN, .b_error = NAN};
  if (place < s->n_numbers) {
    const orr_seen_number *own = &s->numbers[place];
    const orr_compared *other = marked_number(ui, own->name);
    c = (orr_compared){own->name, own->value, own->error, NAN, NAN};
    if (!*state(ui)->marked) return c;
    return (orr_compared){own->name, other ? other->a : NAN, other ? other->a_error : NAN, own->value,
                          own->error};
  }
  place -= s->n_numbers;
  for (size_t i = 0; a && i < a->n_compared; i++)
    if (!record_own_number(s, a->compared[i].name) && !place--) c = a->compared[i], c.b = c.b_error = NAN;
  return c;
}

static orr_compared number_at(const orr_ui *ui, size_t place) {
  return record_own_is_chosen(ui) ? own_at(ui, place) : answered(ui)->compared[place];
}

/* Where the values of a line begin, and their width. */
typedef struct number_fields {
  int names, column;
} number_fields;

static number_fields fields_of(const orr_ui *ui, int width, bool two) {
  number_fields f = {.column = width >= 76 ? 24 : 19};
  int longest = 8, room = width - f.column * (two ? 2 : 1);
  for (size_t i = 0, n = record_count_numbers(ui); i < n; i++) {
    int cells = orr_text_cells(number_at(ui, i).name);
    longest = cells > longest ? cells : longest;
  }
  f.names = longest + 2 < room ? longest + 2 : room;
  return f;
}

/* What tells names of numbers apart stands at their end. */
static void draw_name(orr_grid *g, orr_rect where, orr_ink ink, const char *name) {
  int cells = orr_text_cells(name);
  if (cells <= where.width || where.width < 2) {
    orr_grid_text(g, where, where.x, where.y, ink, name);
    return;
  }
  const char *from = name;
  while (*from && orr_text_cells(from) > where.width - 1)
    for (from++; ((unsigned char)*from & 0xc0) == 0x80; from++) {}
  orr_grid_format(g, where, where.x, where.y, ink, "…%s", from);
}

static void draw_number(const orr_compared *c, bool two, orr_grid *g, orr_rect line, number_fields f) {
  orr_rect name = {line.x, line.y, f.names - 1, 1};
  bool differs = two && !(c->a == c->b) && !isnan(c->a) && !isnan(c->b);
  draw_name(g, name, differs ? ORR_INK_WARNING : ORR_INK_TEXT, c->name);
  draw_value(g, line, line.x + f.names, line.y, f.column - 1, c->a, c->a_error);
  if (two) draw_value(g, line, line.x + f.names + f.column, line.y, f.column - 1, c->b, c->b_error);
}

/* Which run's values stand at the left and at the right. */
static const char *name_shown(const orr_ui *ui, int side) {
  const orr_room_state *s = state(ui);
  bool own = record_own_is_chosen(ui) && side == (*s->marked ? 1 : 0);
  return own ? "this session" : name_of(s->compared[side]);
}

/* Above the values of two runs: which is whose. */
static void draw_runs_compared(const orr_ui *ui, orr_grid *g, orr_rect line, number_fields f) {
  for (int i = 0; i < 2; i++)
    orr_grid_right(g, line, line.x + f.names + i * f.column, line.y, f.column - 1, ORR_INK_HEADING,
                   name_shown(ui, i));
}

static bool shows_two(const orr_ui *ui) {
  const orr_room_state *s = state(ui);
  if (record_own_is_chosen(ui)) return *s->marked;
  return *s->compared[1] && strcmp(s->compared[0], s->compared[1]);
}

static void draw_number_lines(const orr_ui *ui, orr_grid *g, orr_rect inside) {
  orr_room_state *s = state(ui);
  size_t n = record_count_numbers(ui);
  bool two = shows_two(ui);
  number_fields fields = fields_of(ui, inside.width - 1, two);
  if (two) draw_runs_compared(ui, g, orr_rect_top(&inside, 1), fields);
  s->shown_numbers = inside.height > 0 ? (size_t)inside.height : 0;
  orr_list_move(&s->numbers, 0, n, s->shown_numbers);
  for (int y = 0; y < inside.height && s->numbers.first + (size_t)y < n; y++) {
    size_t at = s->numbers.first + (size_t)y;
    orr_compared number = number_at(ui, at);
    orr_rect line = {inside.x, inside.y + y, inside.width - 1, 1};
    draw_number(&number, two, g, line, fields);
    if (at == s->numbers.cursor && s->pane == PANE_NUMBERS) orr_grid_tint(g, line, ORR_INK_CURSOR);
  }
  orr_grid_scrollbar(g, inside, s->numbers.first, s->shown_numbers, n);
}

void record_draw_numbers(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[300];
  const orr_room_state *s = state(ui);
  const orr_answer *a = ui->answers[ORR_ASK_COMPARE];
  bool own = record_own_is_chosen(ui), none = !own && !*s->compared[0];
  bool failed = a && a->number == s->compare_number && a->status && !(own && !*s->marked);
  snprintf(title, sizeof title, "%.200s", shows_two(ui) ? "Two runs" : none ? "Numbers" : name_shown(ui, 0));
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_NUMBERS);
  if (failed) orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, a->error.message);
  else if (own && !record_count_numbers(ui))
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, "This session has no numbers yet; E scores a fit.");
  else draw_number_lines(ui, g, inside);
}
