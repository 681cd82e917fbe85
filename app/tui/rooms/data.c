/* The Data room: what is in the table. Columns on the left, the one under the
 * cursor in figures and as a plot beside it, the rows below.
 *
 * Searching, sorting and marking are looking; a role, a filter, a derived
 * column and a split are commands, and each is a line of Lua.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/tui/rooms/data_room.h"

enum { TALL = 30, NARROW_PLOT = 8, PLOT_OF_COLUMN = 1 };

const orr_table *data_table(const orr_ui *ui) {
  const orr_seen_table *t = orr_ui_table(ui);
  return t ? t->table : NULL;
}

static bool holds(const char *name, const char *search) {
  size_t n = strlen(search);
  for (; n && *name; name++)
    if (!strncasecmp(name, search, n)) return true;
  return !n;
}

size_t data_columns(const orr_ui *ui, size_t *at) {
  const orr_table *t = data_table(ui);
  size_t n = 0;
  for (size_t i = 0; t && i < t->n_columns; i++) {
    if (!holds(t->columns[i]->name, ui->rooms[ORR_ROOM_DATA]->search)) continue;
    if (at) at[n] = i;
    n++;
  }
  return n;
}

const orr_column *data_column(const orr_ui *ui, size_t *at) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_table *t = data_table(ui);
  size_t n = 0;
  for (size_t i = 0; t && i < t->n_columns; i++) {
    if (!holds(t->columns[i]->name, s->search) || n++ != s->columns.cursor) continue;
    if (at) *at = i;
    return t->columns[i];
  }
  return NULL;
}

const orr_column_profile *data_profile(const orr_ui *ui, size_t column) {
  const orr_answer *a = ui->answers[ORR_ASK_PROFILE];
  bool of_this = a && !a->status && a->table == data_table(ui) && column < a->profile.n_columns;
  return of_this ? &a->profile.columns[column] : NULL;
}

size_t data_row(const orr_ui *ui, size_t at) {
  const orr_answer *a = ui->answers[ORR_ASK_ORDER];
  const orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  bool ordered = *s->order.column && a && !a->status && a->number == s->order_number && at < a->n_rows;
  return ordered ? a->rows[at] : at;
}

/* ---- what is asked ---- */

/* Until the table's profile has come, what coloured the table before still does. */
const char *data_colouring(const orr_ui *ui) {
  const orr_table *t = data_table(ui);
  const char *target = t ? orr_table_with(t, ORR_ROLE_TARGET) : NULL;
  int at = target ? orr_table_find(t, target) : -1;
  if (at < 0) return "";
  const orr_column_profile *p = data_profile(ui, (size_t)at);
  bool colours = p ? p->distinct <= DATA_FEW : !strcmp(target, ui->rooms[ORR_ROOM_DATA]->coloured);
  return colours ? target : "";
}

static void put_name(char out[128], const char *name) { snprintf(out, 128, "%s", name); }

static void ask_profile(orr_ui *ui, orr_table *t) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  orr_question q = {.kind = ORR_ASK_PROFILE, .table = t};
  if (s->profiled == t) return;
  s->profiled = t;
  s->profile_number = orr_workbench_ask(ui->workbench, &q);
}

/* Another room's figure has taken the place of this one's. */
static bool overtaken(const orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_FIGURE];
  return a && a->number > ui->rooms[ORR_ROOM_DATA]->figure_number;
}

/* A histogram of the column, or a scatter of it against the marked one. */
static void ask_figure(orr_ui *ui, orr_table *t) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_column *c = data_column(ui, NULL);
  const char *with = c && strcmp(s->marked, c->name) && orr_table_find(t, s->marked) >= 0 ? s->marked : "";
  const char *by = data_colouring(ui);
  orr_question q = {.kind = ORR_ASK_FIGURE, .table = t, .n_columns = *with ? 2 : 1};
  if (!c) return;
  bool same = s->figured == t && !strcmp(s->figure_of, c->name) && !strcmp(s->figure_with, with) &&
              !strcmp(s->coloured, by);
  if (same && !overtaken(ui)) return;
  snprintf(q.plot, sizeof q.plot, "%s", *with ? "scatter" : "histogram");
  put_name(q.by, strcmp(by, c->name) ? by : "");
  put_name(q.columns[0], *with ? with : c->name);
  put_name(q.columns[1], c->name);
  s->figured = t;
  put_name(s->figure_of, c->name);
  put_name(s->figure_with, with);
  if (by != s->coloured) put_name(s->coloured, by);
  s->figure_number = orr_workbench_ask(ui->workbench, &q);
}

static void ask_order(orr_ui *ui) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_seen_table *t = orr_ui_table(ui);
  orr_question q = {
      .kind = ORR_ASK_ORDER, .table = t ? t->table : NULL, .n_columns = 1, .descending = s->order.descending};
  if (!t || !*s->order.column || !ui->workbench) return;
  put_name(q.columns[0], s->order.column);
  s->order_number = orr_workbench_ask(ui->workbench, &q);
}

/* A new table: what was looked at is looked at again, where it still is. */
static void keep_in_sight(orr_ui *ui) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_table *t = data_table(ui);
  if (t && *s->order.column && orr_table_find(t, s->order.column) < 0) *s->order.column = 0;
  orr_list_move(&s->columns, 0, data_columns(ui, NULL), s->shown_columns);
  orr_list_move(&s->rows, 0, t ? t->rows : 0, s->shown_rows);
}

static void refresh(orr_ui *ui) {
  const orr_seen_table *t = orr_ui_table(ui);
  bool is_new = t && ui->rooms[ORR_ROOM_DATA]->profiled != t->table;
  keep_in_sight(ui);
  if (!t || !ui->workbench) return;
  ask_profile(ui, t->table);
  ask_figure(ui, t->table);
  if (is_new) ask_order(ui);
}

/* ---- what is drawn ---- */

/* The answer to this room's own question: other rooms ask for figures too. NULL: it has not come. */
static const orr_answer *own_figure(const orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_FIGURE];
  return a && a->number == ui->rooms[ORR_ROOM_DATA]->figure_number ? a : NULL;
}

static orr_status make_figure(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e) {
  (void)columns, (void)rows;
  const orr_answer *a = own_figure(ui);
  if (!a || !a->has_figure) return orr_fail(e, ORR_DATA, "there is no figure of this column yet");
  *out = a->figure;
  out->title = NULL; /* the pane has one */
  return ORR_OK;
}

/* A histogram leaves out one cell in two hundred at either end where those would squeeze the rest. */
static bool leaves_out(const orr_ui *ui) {
  size_t at = 0;
  const orr_answer *a = own_figure(ui);
  const orr_column_profile *p = data_column(ui, &at) ? data_profile(ui, at) : NULL;
  if (!p || isnan(p->min) || !a || !a->has_figure || !a->figure.n_panels) return false;
  const orr_panel *panel = &a->figure.panels[0];
  for (size_t i = 0; i < panel->n_marks; i++) {
    const orr_mark *m = &panel->marks[i];
    if (m->kind == ORR_HISTOGRAM && m->n) return p->min < m->x[0] || p->max > m->x2[m->n - 1];
  }
  return false;
}

static void plot_title(const orr_ui *ui, char out[400]) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const char *by = strcmp(s->coloured, s->figure_of) ? s->coloured : "";
  if (*s->figure_with) snprintf(out, 400, "%s against %s", s->figure_of, s->figure_with);
  else snprintf(out, 400, "%s%s%s", *by ? "By " : "Distribution", by, leaves_out(ui) ? ", middle 99 %" : "");
}

static void draw_plot(orr_view *v, orr_grid *g, orr_rect where) {
  const orr_room_state *s = v->ui->rooms[ORR_ROOM_DATA];
  const orr_answer *a = own_figure(v->ui);
  char title[400];
  plot_title(v->ui, title);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_PLOT);
  if (a && a->status) {
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, a->error.message);
    return;
  }
  if (!*s->figure_of) return;
  orr_view_plot(
      v, g, inside,
      (orr_wanted){.id = PLOT_OF_COLUMN, .version = a ? a->number : s->figure_number, .make = make_figure});
}

/* Beside the columns: the one under the cursor, in figures and as a plot. */
static void draw_beside(orr_view *v, orr_grid *g, orr_rect where) {
  orr_rect facts = orr_rect_top(&where, where.height >= 24 ? 10 : where.height >= 16 ? 8 : 6);
  data_draw_facts(v->ui, g, facts);
  draw_plot(v, g, where);
}

/* Too narrow for two panes: one at a time, Tab goes on. */
static void draw_narrow(orr_view *v, orr_grid *g, orr_rect where) {
  data_pane pane = v->ui->rooms[ORR_ROOM_DATA]->pane;
  int spare = where.height - (int)data_columns(v->ui, NULL) - 2;
  if (pane == PANE_COLUMNS && spare >= 3) data_draw_facts(v->ui, g, orr_rect_bottom(&where, spare));
  if (pane == PANE_COLUMNS) data_draw_columns(v->ui, g, where);
  if (pane == PANE_PLOT) draw_beside(v, g, where);
  if (pane == PANE_ROWS) data_draw_rows(v->ui, g, where);
}

static void draw(orr_view *v, orr_grid *g, orr_rect where) {
  const orr_room_state *s = v->ui->rooms[ORR_ROOM_DATA];
  if (!data_table(v->ui)) {
    data_draw_begin(v->ui, g, where);
    return;
  }
  if (where.width < DATA_WIDE) {
    draw_narrow(v, g, where);
    return;
  }
  if (s->pane == PANE_ROWS || where.height >= TALL) {
    int rows = s->pane == PANE_ROWS ? where.height * 2 / 3 : where.height / 3;
    data_draw_rows(v->ui, g, orr_rect_bottom(&where, rows));
  }
  if (where.height < NARROW_PLOT) {
    data_draw_columns(v->ui, g, where);
    return;
  }
  data_draw_columns(v->ui, g, orr_rect_left(&where, where.width * 11 / 20));
  orr_rect_left(&where, 1);
  draw_beside(v, g, where);
}

/* ---- what keys do ---- */

static orr_status accept_search(orr_ui *ui, const char *text, orr_error *e) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  (void)e;
  snprintf(s->search, sizeof s->search, "%s", text);
  s->columns = (orr_list){0, 0};
  if (!data_columns(ui, NULL)) {
    orr_ui_say(ui, ORR_INK_WARNING, "no column's name holds '%s'; all are shown", text);
    *s->search = 0;
  }
  refresh(ui);
  return ORR_OK;
}

static const char *role_after(orr_role role) {
  static const orr_role order[] = {ORR_ROLE_FEATURE,  ORR_ROLE_TARGET, ORR_ROLE_WEIGHT,
                                   ORR_ROLE_ERROR_OF, ORR_ROLE_GROUP,  ORR_ROLE_IGNORE};
  size_t n = sizeof order / sizeof *order, i = 0;
  while (i < n && order[i] != role) i++;
  return orr_role_name(order[(i + 1) % n]);
}

/* There is one target: the column that was it becomes a feature again. */
static void write_role(const orr_ui *ui, const char *role, const char *column, orr_text *out) {
  const orr_seen_table *t = orr_ui_table(ui);
  const char *before = orr_table_with(t->table, ORR_ROLE_TARGET);
  orr_text_printf(out, "o.role { s.%s, %s = ", t->slot, role);
  orr_text_add_lua_string(out, column);
  if (!strcmp(role, "target") && before && strcmp(before, column)) {
    orr_text_add(out, ", feature = ");
    orr_text_add_lua_string(out, before);
  }
  orr_text_add(out, " }");
}

static void give_role(orr_ui *ui, const char *role) {
  size_t at = 0;
  orr_text line = {0};
  const orr_column *c = data_column(ui, &at);
  if (!c) return;
  write_role(ui, role ? role : role_after(data_table(ui)->roles[at]), c->name, &line);
  orr_ui_do(ui, "%s", orr_text_get(&line));
  orr_text_fini(&line);
}

static void sort(orr_ui *ui) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_column *c = data_column(ui, NULL);
  if (!c) return;
  bool again = !strcmp(s->order.column, c->name);
  if (again && s->order.descending) *s->order.column = 0;
  else put_name(s->order.column, c->name);
  s->order.descending = again;
  if (!*s->order.column) orr_ui_say(ui, ORR_INK_MUTED, "rows in the order of the table");
  else orr_ui_say(ui, ORR_INK_MUTED, "rows by %s, %s first", c->name, again ? "largest" : "smallest");
  s->rows = (orr_list){0, 0};
  ask_order(ui);
}

static void mark(orr_ui *ui) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  const orr_column *c = data_column(ui, NULL);
  if (!c) return;
  bool off = !strcmp(s->marked, c->name);
  put_name(s->marked, off ? "" : c->name);
  if (off) orr_ui_say(ui, ORR_INK_MUTED, "no column is marked; plots are histograms");
  else orr_ui_say(ui, ORR_INK_MUTED, "%s is marked: other columns are plotted against it", c->name);
}

static bool move(orr_ui *ui, orr_request request) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  bool rows = s->pane == PANE_ROWS;
  size_t count = rows ? data_table(ui)->rows : data_columns(ui, NULL);
  size_t shown = rows ? s->shown_rows : s->shown_columns;
  long page = shown > 1 ? (long)shown - 1 : 1, by = 0;
  if (request == ORR_REQUEST_up) by = -1;
  else if (request == ORR_REQUEST_down) by = 1;
  else if (request == ORR_REQUEST_page_up) by = -page;
  else if (request == ORR_REQUEST_page_down) by = page;
  else if (request == ORR_REQUEST_first) by = -(long)count;
  else if (request == ORR_REQUEST_last) by = (long)count;
  else if (request == ORR_REQUEST_left || request == ORR_REQUEST_right) {
    orr_list_move(&s->columns, request == ORR_REQUEST_left ? -1 : 1, data_columns(ui, NULL),
                  s->shown_columns);
    return true;
  } else return false;
  orr_list_move(rows ? &s->rows : &s->columns, by, count, shown);
  return true;
}

static void next_pane(orr_ui *ui, int by) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  s->pane = (data_pane)(((int)s->pane + by + DATA_PANES) % DATA_PANES);
}

static void start_filter(orr_ui *ui) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  if (s->pane == PANE_COLUMNS)
    orr_ui_prompt(ui, "Columns whose name holds", "part of a name; empty shows all", s->search,
                  accept_search);
  else data_prompt(ui, ORR_REQUEST_keep_rows);
}

static bool do_command(orr_ui *ui, orr_request request) {
  if (data_prompt(ui, request)) return true;
  switch (request) {
  case ORR_REQUEST_role: give_role(ui, NULL); return true;
  case ORR_REQUEST_role_target: give_role(ui, "target"); return true;
  case ORR_REQUEST_role_ignore: give_role(ui, "ignore"); return true;
  default: return false;
  }
}

static bool look(orr_ui *ui, orr_request request) {
  switch (request) {
  case ORR_REQUEST_next_pane: next_pane(ui, 1); return true;
  case ORR_REQUEST_previous_pane: next_pane(ui, -1); return true;
  case ORR_REQUEST_rows:
    ui->rooms[ORR_ROOM_DATA]->pane = ui->rooms[ORR_ROOM_DATA]->pane == PANE_ROWS ? PANE_COLUMNS : PANE_ROWS;
    return true;
  case ORR_REQUEST_choose: next_pane(ui, 1); return true;
  case ORR_REQUEST_sort: sort(ui); return true;
  case ORR_REQUEST_mark: mark(ui); return true;
  case ORR_REQUEST_filter: start_filter(ui); return true;
  default: return move(ui, request);
  }
}

static bool request(orr_ui *ui, orr_request asked, orr_error *e) {
  (void)e;
  if (do_command(ui, asked)) return true;
  if (!data_table(ui)) return false;
  bool done = look(ui, asked);
  if (done) refresh(ui);
  return done;
}

static bool needs_table(orr_request r) {
  return r == ORR_REQUEST_role || r == ORR_REQUEST_role_target || r == ORR_REQUEST_role_ignore ||
         r == ORR_REQUEST_derive || r == ORR_REQUEST_split || r == ORR_REQUEST_keep_rows ||
         r == ORR_REQUEST_sort || r == ORR_REQUEST_mark || r == ORR_REQUEST_rows || r == ORR_REQUEST_filter;
}

static const char *why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  (void)buffer;
  if (!needs_table(r) || data_table(ui)) return NULL;
  return ui->snapshot && ui->snapshot->running ? "the table is still being read"
                                               : "there is no table yet; o opens a file";
}

static void lua(const orr_ui *ui, orr_request r, orr_text *out) {
  const orr_seen_table *t = orr_ui_table(ui);
  size_t at = 0;
  const orr_column *c = data_column(ui, &at);
  if (r == ORR_REQUEST_load) orr_text_add(out, "o.load { \"FILE\" }");
  if (!t) return;
  if (r == ORR_REQUEST_keep_rows) orr_text_printf(out, "o.filter { s.%s, where = \"EXPRESSION\" }", t->slot);
  if (r == ORR_REQUEST_derive) orr_text_printf(out, "o.derive { s.%s, NAME = \"EXPRESSION\" }", t->slot);
  if (r == ORR_REQUEST_split) orr_text_printf(out, "o.split { s.%s, test = 0.2, validation = 0.2 }", t->slot);
  const char *role = r == ORR_REQUEST_role_target   ? "target"
                     : r == ORR_REQUEST_role_ignore ? "ignore"
                     : r == ORR_REQUEST_role && c   ? role_after(t->table->roles[at])
                                                    : NULL;
  if (role && c) write_role(ui, role, c->name, out);
}

static void wheel(orr_ui *ui, const orr_key *key) {
  for (int i = 0; i < 3; i++) move(ui, key->button == ORR_WHEEL_UP ? ORR_REQUEST_up : ORR_REQUEST_down);
}

static void mouse(orr_ui *ui, const orr_key *key, orr_rect room) {
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  if (!data_table(ui)) return;
  if (key->button == ORR_WHEEL_UP || key->button == ORR_WHEEL_DOWN) wheel(ui, key);
  int row = key->y - room.y - 2; /* below the pane's title and the headings */
  bool in_columns =
      s->pane != PANE_ROWS && key->x < room.x + (room.width < DATA_WIDE ? room.width : room.width * 11 / 20);
  if (key->button == ORR_PRESS && in_columns && row >= 0 &&
      s->columns.first + (size_t)row < data_columns(ui, NULL)) {
    s->pane = PANE_COLUMNS;
    s->columns.cursor = s->columns.first + (size_t)row;
  }
  refresh(ui);
}

static orr_status open_room(orr_ui *ui, orr_room_state **out, orr_error *e) {
  (void)ui;
  *out = orr_calloc(1, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a room", sizeof **out);
}

static void close_room(orr_room_state *s) { orr_free(s); }

static const orr_request footer[] = {ORR_REQUEST_role_target, ORR_REQUEST_role, ORR_REQUEST_keep_rows,
                                     ORR_REQUEST_derive,      ORR_REQUEST_rows, ORR_REQUEST_sort,
                                     ORR_REQUEST_filter,      ORR_REQUEST_mark, ORR_REQUEST_undo,
                                     ORR_REQUEST_split,       ORR_REQUEST_load, ORR_NO_REQUEST};

const orr_room orr_room_data = {
    .name = "Data",
    .letter = 'D',
    .help = "What is in the table: its columns with their types, what is missing, their shapes and roles. "
            "Move with the arrows; t makes the column under the cursor the target, which is what recipes "
            "learn to predict. f keeps the rows for which an expression is true; b browses the rows; / "
            "searches columns by name. m marks a column: moving to another one then shows a scatter of it "
            "against the marked one, m on the marked one ends that. Tab goes to the next pane, on a small "
            "screen to the plot.",
    .open = open_room,
    .close = close_room,
    .draw = draw,
    .request = request,
    .why_not = why_not,
    .lua = lua,
    .refresh = refresh,
    .mouse = mouse,
    .footer = footer,
};
