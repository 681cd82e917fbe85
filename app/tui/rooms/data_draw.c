/* The Data room, drawn: the list of columns, the one under the cursor in
 * figures, and what is said before there is a table. Figures are those of peek. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek_number.h"
#include "app/tui/rooms/data_room.h"

/* Where the fields of a column's line begin; a field of width 0 has no room. */
typedef struct fields {
  int name, type, missing, role, shape, shape_width;
} fields;

static fields fields_of(int width) {
  fields f = {.type = 8, .role = 8, .missing = 8, .shape_width = 16};
  if (width < 58) f.shape_width = width < 50 ? 0 : 8;
  if (width < 42) f.missing = 0;
  int rest = f.type + f.role + f.missing + (f.shape_width ? f.shape_width + 1 : 0);
  f.name = width - rest - 2;
  return f;
}

static orr_ink role_ink(orr_role role) {
  return role == ORR_ROLE_TARGET    ? ORR_INK_GOOD
         : role == ORR_ROLE_IGNORE  ? ORR_INK_MUTED
         : role == ORR_ROLE_FEATURE ? ORR_INK_TEXT
                                    : ORR_INK_NUMBER;
}

static orr_rect part(orr_rect line, int from, int width) {
  return (orr_rect){line.x + from, line.y, width < line.width - from ? width : line.width - from, 1};
}

static void draw_missing(const orr_column *c, orr_grid *g, orr_rect where) {
  char text[32];
  double share = c->rows ? (double)c->n_missing / (double)c->rows : 0;
  if (!c->n_missing) snprintf(text, sizeof text, "%s", g->utf8 ? "·" : "-");
  else snprintf(text, sizeof text, share < 0.001 ? "<0.1 %%" : "%.3g %%", 100 * share);
  orr_grid_right(g, where, where.x, where.y, where.width - 1, c->n_missing ? ORR_INK_WARNING : ORR_INK_MUTED,
                 text);
}

/* "flux [mJy]" says its unit itself. */
static const char *unit_of(const orr_column *c) {
  return c->unit && !strstr(c->name, c->unit) ? c->unit : NULL;
}

static void draw_name(const orr_ui *ui, const orr_column *c, orr_grid *g, orr_rect where) {
  bool marked = !strcmp(ui->rooms[ORR_ROOM_DATA]->marked, c->name);
  int x = orr_grid_text(g, where, where.x, where.y, ORR_INK_KEY, marked ? "*" : " ");
  x = orr_grid_text(g, where, x, where.y, ORR_INK_TEXT, c->name);
  if (unit_of(c) && x + 2 < where.x + where.width)
    orr_grid_format(g, where, x + 1, where.y, ORR_INK_MUTED, "%s", unit_of(c));
}

static void draw_line(const orr_ui *ui, size_t at, orr_grid *g, orr_rect line, const fields *f) {
  const orr_table *t = data_table(ui);
  const orr_column *c = t->columns[at];
  const orr_column_profile *p = data_profile(ui, at);
  int x = f->name;
  draw_name(ui, c, g, part(line, 0, f->name - 1));
  orr_grid_text(g, part(line, x, f->type), line.x + x, line.y, ORR_INK_MUTED, orr_type_name(c->type));
  x += f->type;
  if (f->missing) draw_missing(c, g, part(line, x, f->missing));
  x += f->missing;
  orr_grid_text(g, part(line, x, f->role), line.x + x, line.y, role_ink(t->roles[at]),
                orr_role_name(t->roles[at]));
  x += f->role + 1;
  size_t bins = p ? p->n_bins < (size_t)f->shape_width ? p->n_bins : (size_t)f->shape_width : 0;
  if (bins) orr_grid_spark(g, part(line, x, f->shape_width), line.x + x, line.y, ORR_INK_BAR, p->bins, bins);
}

static void draw_headings(orr_grid *g, orr_rect line, const fields *f) {
  int x = f->name;
  orr_grid_text(g, line, line.x + 1, line.y, ORR_INK_HEADING, "name");
  orr_grid_text(g, line, line.x + x, line.y, ORR_INK_HEADING, "type");
  x += f->type;
  if (f->missing) orr_grid_right(g, line, line.x + x, line.y, f->missing - 1, ORR_INK_HEADING, "missing");
  x += f->missing;
  orr_grid_text(g, line, line.x + x, line.y, ORR_INK_HEADING, "role");
  if (f->shape_width) orr_grid_text(g, line, line.x + x + f->role + 1, line.y, ORR_INK_HEADING, "shape");
}

/* Rows of the table that this one's rows were kept of. */
static size_t rows_before(const orr_ui *ui, const orr_table *t) {
  size_t rows = t->rows;
  static const orr_hash none;
  for (size_t i = 0; i < ui->snapshot->n_tables && memcmp(&t->origin, &none, sizeof none); i++) {
    const orr_table *other = ui->snapshot->tables[i].table;
    if (!memcmp(&other->origin, &t->origin, sizeof none) && other->rows > rows) rows = other->rows;
  }
  return rows;
}

static void columns_title(const orr_ui *ui, size_t shown, char out[160]) {
  char rows[32], before[32];
  const orr_table *t = data_table(ui);
  const char *search = ui->rooms[ORR_ROOM_DATA]->search;
  size_t all = rows_before(ui, t);
  orr_text_count(rows, t->rows), orr_text_count(before, all);
  if (*search) snprintf(out, 160, "Columns with '%s': %zu of %zu", search, shown, t->n_columns);
  else if (all > t->rows) snprintf(out, 160, "%zu columns, %s of %s rows", t->n_columns, rows, before);
  else snprintf(out, 160, "%zu columns, %s rows", t->n_columns, rows);
}

/* On a narrow screen the other panes are out of sight. */
static void add_way_on(const orr_ui *ui, char title[160]) {
  char key[32];
  size_t n = strlen(title);
  snprintf(title + n, 160 - n, "; %s: plot, rows", orr_keymap_key(ui->keys, ORR_REQUEST_next_pane, key));
}

/* at[] holds the columns of the search; the window of it that fits is drawn. */
static void draw_lines(const orr_ui *ui, const size_t *at, size_t n, orr_grid *g, orr_rect where) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  fields f = fields_of(where.width - 1);
  draw_headings(g, orr_rect_top(&where, 1), &f);
  s->shown_columns = (size_t)where.height;
  orr_list_move(&s->columns, 0, n, s->shown_columns);
  for (int y = 0; y < where.height && s->columns.first + (size_t)y < n; y++) {
    size_t place = s->columns.first + (size_t)y;
    orr_rect line = {where.x, where.y + y, where.width - 1, 1};
    draw_line(ui, at[place], g, line, &f);
    if (place == s->columns.cursor)
      orr_grid_tint(g, line, s->pane == PANE_COLUMNS ? ORR_INK_CURSOR : ORR_INK_CHOSEN);
  }
  orr_grid_scrollbar(g, where, s->columns.first, s->shown_columns, n);
}

void data_draw_columns(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[160];
  size_t n = data_columns(ui, NULL), *at = orr_calloc(n ? n : 1, sizeof *at);
  columns_title(ui, n, title);
  if (where.width < DATA_WIDE && where.width == ui->width) add_way_on(ui, title);
  where = orr_grid_pane(g, where, title, ui->rooms[ORR_ROOM_DATA]->pane == PANE_COLUMNS);
  if (!at) return;
  data_columns(ui, at);
  draw_lines(ui, at, n, g, where);
  orr_free(at);
}

/* ---- the column under the cursor ---- */

/* A value that needs more than a line goes on below itself. */
static void say_in(orr_ink ink, orr_grid *g, orr_rect *where, const char *name, const char *value) {
  enum { NAMES = 10 };
  orr_rect values = *where;
  orr_rect_left(&values, NAMES);
  orr_grid_text(g, *where, where->x, where->y, ORR_INK_MUTED, name);
  int lines = orr_grid_wrapped(g, values, values.y, ink, value);
  orr_rect end = {values.x + values.width - 1, values.y + values.height - 1, 1, 1};
  if (lines > values.height) orr_grid_text(g, end, end.x, end.y, ink, "…");
  orr_rect_top(where, lines);
}

static void say(orr_grid *g, orr_rect *where, const char *name, const char *value) {
  if (where->height > 0) say_in(ORR_INK_NUMBER, g, where, name, value);
}

static void quantile(const orr_column_profile *p, double x, char *out) {
  if (p->column->type == ORR_TIME) orr_peek_time(out, orr_peek_nanoseconds(x));
  else orr_peek_number(out, x, fmax(fabs(p->min), fabs(p->max)), p->max - p->min);
}

static void say_range(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  char low[48], high[48], line[200];
  quantile(p, p->min, low), quantile(p, p->max, high);
  snprintf(line, sizeof line, "%s to %s", low, high);
  say(g, where, "range", line);
  quantile(p, p->q1, low), quantile(p, p->q3, high);
  snprintf(line, sizeof line, "%s to %s", low, high);
  say(g, where, "half in", line);
  quantile(p, p->median, line);
  say(g, where, "median", line);
}

static void say_mean(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  char mean[32], error[32], line[80];
  orr_peek_number(mean, p->mean, fmax(fabs(p->min), fabs(p->max)), p->max - p->min);
  orr_peek_number(error, p->mean_error, 0, 0);
  if (isnan(p->mean_error)) snprintf(line, sizeof line, "%s", mean);
  else snprintf(line, sizeof line, "%s %s %s", mean, g->utf8 ? "±" : "+-", error);
  say(g, where, "mean", line);
}

static void say_words(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  orr_text line = {0};
  bool repeat = p->n_bins && p->bins[0] > 1;
  for (size_t i = 0; i < p->n_bins && i < (repeat ? 6 : 3) && p->words[i]; i++) {
    orr_text_printf(&line, "%s%s", i ? ", " : "", p->words[i]);
    if (repeat) orr_text_printf(&line, " %llu", (unsigned long long)p->bins[i]);
  }
  if (!repeat && p->n_bins) orr_text_add(&line, ": each once");
  say(g, where, "words", orr_text_get(&line));
  orr_text_fini(&line);
}

/* Of whole numbers that lie close together each has a bin of its own. */
static bool has_few(const orr_column_profile *p) {
  bool whole = p->column->type == ORR_INT64 || p->column->type == ORR_BOOL;
  return whole && p->distinct <= DATA_FEW && p->max - p->min < ORR_PROFILE_BINS && p->n_bins;
}

/* "0 16,259, 1 1,639" */
static void say_values(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  char count[32];
  orr_text line = {0};
  for (double x = p->min; x <= p->max; x++) {
    size_t bin = p->width > 0 ? (size_t)((x - p->low) / p->width) : 0;
    uint64_t n = p->bins[bin < p->n_bins ? bin : p->n_bins - 1];
    if (!n) continue;
    orr_text_printf(&line, "%s%.0f: %s", line.length ? ", " : "", x, orr_text_count(count, n));
  }
  say(g, where, "values", orr_text_get(&line));
  orr_text_fini(&line);
}

static void say_flags(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  for (size_t i = 0; i < p->n_flags && where->height > 0; i++)
    say_in(ORR_INK_WARNING, g, where, "look out", p->flags[i]);
}

static void say_counts(const orr_column_profile *p, orr_grid *g, orr_rect *where) {
  char distinct[32], missing[32], line[96];
  orr_text_count(distinct, p->distinct);
  orr_text_count(missing, p->missing);
  snprintf(line, sizeof line, p->missing ? "%s, %s missing" : "%s", distinct, missing);
  say(g, where, "distinct", line);
}

/* Its role with the reason, or what it seems to be when it has another. */
static void say_role(const orr_column_profile *p, orr_role role, orr_grid *g, orr_rect *where) {
  char line[240];
  const char *seems = p->role == role ? "" : "; looks like ";
  snprintf(line, sizeof line, "%s%s%s: %s", orr_role_name(role), seems, *seems ? orr_role_name(p->role) : "",
           p->why);
  if (p->why && *p->why) say(g, where, "role", line);
}

static void draw_known(const orr_column_profile *p, const orr_column *c, orr_role role, orr_grid *g,
                       orr_rect where) {
  say_counts(p, g, &where);
  say_flags(p, g, &where);
  if (c->type == ORR_TEXT) say_words(p, g, &where);
  else if (has_few(p)) say_values(p, g, &where);
  else if (!isnan(p->min)) {
    say_range(p, g, &where);
    if (c->type != ORR_TIME) say_mean(p, g, &where);
  }
  say_role(p, role, g, &where);
}

void data_draw_facts(const orr_ui *ui, orr_grid *g, orr_rect where) {
  size_t at = 0;
  char title[300];
  const orr_column *c = data_column(ui, &at);
  const orr_column_profile *p = c ? data_profile(ui, at) : NULL;
  const char *unit = c ? unit_of(c) : NULL;
  snprintf(title, sizeof title, unit ? "%s [%s]" : "%s", c ? c->name : "Column", unit ? unit : "");
  where = orr_grid_pane(g, where, title, false);
  if (!c) return;
  if (p) draw_known(p, c, data_table(ui)->roles[at], g, where);
  else orr_grid_text(g, where, where.x, where.y, ORR_INK_MUTED, "looking at the column…");
}

/* ---- before there is a table ---- */

void data_draw_begin(const orr_ui *ui, orr_grid *g, orr_rect where) {
  static const char *const lines[] = {
      "o   opens a CSV or HDF5 file: its columns appear here",
      "t   makes the column under the cursor the one to learn",
      "2   chooses a recipe and fills in its form; Ctrl-R runs it",
      "3   watches it learn;  4  asks the model why",
      "?   helps, in every place;  :  finds any command",
  };
  bool reading = ui->snapshot && ui->snapshot->running;
  orr_rect inside = orr_rect_inner(where, where.width > 70 ? 4 : 1, where.height > 14 ? 2 : 0);
  int y = inside.y;
  orr_grid_text(g, inside, inside.x, y, ORR_INK_TITLE,
                reading ? "The table is being read." : "There is no table yet. To begin:");
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    orr_grid_text(g, inside, inside.x, y + 2 + (int)i, ORR_INK_TEXT, lines[i]);
}
