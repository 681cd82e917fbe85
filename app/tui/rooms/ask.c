/* The Ask room: why. Which columns matter, how the answer depends on the one
 * under the cursor, and why it is so for a row; of a latent space, what each
 * dimension does. All of it is looking, on the query thread: a fit that runs
 * meanwhile is not disturbed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tui/rooms/ask_room.h"

enum { WIDE = 76, PLOT_OF_DEPENDENCE = 30 };
#define LATENT_STEP 0.25 /* of the prior's standard deviation */
#define LATENT_END  3.0

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_ASK]; }

/* ---- which fit ---- */

const orr_seen_fit *ask_fit(const orr_ui *ui) {
  const orr_snapshot *now = ui->snapshot;
  for (size_t i = 0; now && i < now->n_fits; i++)
    if (!strcmp(now->fits[i].slot, state(ui)->fit)) return &now->fits[i];
  return now && now->n_fits ? &now->fits[now->n_fits - 1] : NULL;
}

bool ask_is_latent(const orr_seen_fit *fit) {
  return fit && fit->fit->n_members && !strcmp(orr_task_name(fit->fit->members[0].task), "latent");
}

const orr_seen_table *ask_table(const orr_ui *ui, const orr_seen_fit *fit) {
  for (size_t i = 0; fit && fit->table && i < ui->snapshot->n_tables; i++)
    if (!strcmp(ui->snapshot->tables[i].slot, fit->table)) return &ui->snapshot->tables[i];
  return NULL;
}

const orr_answer *ask_answer(const orr_ui *ui, orr_question_kind kind, uint64_t number) {
  const orr_answer *a = ui->answers[kind];
  return a && number && a->number == number ? a : NULL;
}

const char *ask_column(const orr_ui *ui) {
  const orr_room_state *s = state(ui);
  const orr_answer *a = ask_answer(ui, ORR_ASK_IMPORTANCE, s->importance_number);
  return a && !a->status && s->columns.cursor < a->n ? a->names[s->columns.cursor] : NULL;
}

/* ---- what is asked ---- */

static orr_question about(const orr_seen_fit *fit, const orr_seen_table *t, orr_question_kind kind) {
  return (orr_question){.kind = kind, .fit = fit->fit, .table = t->table};
}

static void ask_importance(orr_ui *ui, const orr_seen_fit *fit, const orr_seen_table *t) {
  orr_room_state *s = state(ui);
  orr_question q = about(fit, t, ORR_ASK_IMPORTANCE);
  if (s->importance_of == fit->fit) return;
  s->importance_of = fit->fit;
  s->columns = (orr_list){0, 0};
  s->importance_number = orr_workbench_ask(ui->workbench, &q);
}

static void ask_dependence(orr_ui *ui, const orr_seen_fit *fit, const orr_seen_table *t) {
  orr_room_state *s = state(ui);
  const char *column = ask_column(ui);
  orr_question q = about(fit, t, ORR_ASK_DEPENDENCE);
  if (!column || (s->dependence_of == fit->fit && !strcmp(s->dependence_column, column))) return;
  s->dependence_of = fit->fit;
  snprintf(s->dependence_column, sizeof s->dependence_column, "%s", column);
  snprintf(q.columns[0], sizeof q.columns[0], "%s", column);
  q.n_columns = 1;
  s->dependence_number = orr_workbench_ask(ui->workbench, &q);
}

static void ask_why(orr_ui *ui, const orr_seen_fit *fit, const orr_seen_table *t) {
  orr_room_state *s = state(ui);
  orr_question q = about(fit, t, ORR_ASK_WHY);
  if (!s->why_wanted || (s->why_of == fit->fit && s->why_row == s->row)) return;
  s->why_of = fit->fit;
  q.row = s->why_row = s->row;
  s->why_number = orr_workbench_ask(ui->workbench, &q);
}

static void ask_traverse(orr_ui *ui, const orr_seen_fit *fit, const orr_seen_table *t) {
  orr_room_state *s = state(ui);
  orr_question q = about(fit, t, ORR_ASK_TRAVERSE);
  bool same = s->traverse_of == fit->fit && s->traverse_row == s->row && !s->moved;
  if (same) return;
  s->traverse_of = fit->fit;
  q.row = s->traverse_row = s->row;
  s->moved = false;
  memcpy(q.coordinates, s->coordinates, sizeof q.coordinates);
  q.dimension = s->dimension;
  q.n_coordinates = ORR_ASKED_COORDINATES;
  s->traverse_number = orr_workbench_ask(ui->workbench, &q);
}

static void refresh(orr_ui *ui) {
  const orr_seen_fit *fit = ask_fit(ui);
  const orr_seen_table *t = ask_table(ui, fit);
  if (!fit || !t || !ui->workbench || ui->room != ORR_ROOM_ASK) return;
  if (ask_is_latent(fit)) {
    ask_traverse(ui, fit, t);
    return;
  }
  ask_importance(ui, fit, t);
  ask_dependence(ui, fit, t);
  ask_why(ui, fit, t);
}

/* ---- drawing ---- */

static orr_status make_dependence(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e) {
  (void)columns, (void)rows;
  const orr_answer *a = ui->answers[ORR_ASK_DEPENDENCE];
  if (!a || !a->has_figure) return orr_fail(e, ORR_DATA, "it is not known yet");
  *out = a->figure;
  return ORR_OK;
}

static void draw_dependence(orr_view *v, orr_grid *g, orr_rect where) {
  char title[300];
  const orr_room_state *s = state(v->ui);
  const orr_answer *a = ask_answer(v->ui, ORR_ASK_DEPENDENCE, s->dependence_number);
  snprintf(title, sizeof title, *s->dependence_column ? "Dependence on %s" : "Dependence",
           s->dependence_column);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_PLOT);
  if (a && a->status) orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, a->error.message);
  else if (*s->dependence_column)
    orr_view_plot(
        v, g, inside,
        (orr_wanted){.id = PLOT_OF_DEPENDENCE, .version = a ? a->number : 0, .make = make_dependence});
}

static void draw_supervised(orr_view *v, orr_grid *g, orr_rect where) {
  const orr_room_state *s = state(v->ui);
  if (where.width < WIDE) {
    if (s->pane == PANE_COLUMNS) ask_draw_columns(v->ui, g, where);
    if (s->pane == PANE_PLOT) draw_dependence(v, g, where);
    if (s->pane == PANE_WHY) ask_draw_why(v->ui, g, where);
    return;
  }
  int hint = where.width < 90 ? 3 : 2; /* that there is a key for it */
  int why = !s->why_wanted ? hint : s->pane == PANE_WHY ? where.height / 2 : where.height / 3;
  ask_draw_why(v->ui, g, orr_rect_bottom(&where, why));
  ask_draw_columns(v->ui, g, orr_rect_left(&where, where.width / 2));
  orr_rect_left(&where, 1);
  draw_dependence(v, g, where);
}

static void draw_latent(orr_view *v, orr_grid *g, orr_rect where) {
  int beside = where.width < WIDE ? 30 : where.width < 110 ? 36 : 48;
  if (where.width < 2 * beside - 4) ask_draw_dimensions(v->ui, g, orr_rect_top(&where, where.height / 3));
  else {
    ask_draw_dimensions(v->ui, g, orr_rect_left(&where, beside));
    orr_rect_left(&where, 1);
  }
  ask_draw_decoded(v, g, where);
}

static void draw(orr_view *v, orr_grid *g, orr_rect where) {
  const orr_seen_fit *fit = ask_fit(v->ui);
  if (!fit) {
    orr_rect inside = orr_rect_inner(where, where.width > 70 ? 4 : 1, where.height > 14 ? 2 : 0);
    orr_grid_wrapped(
        g, inside, inside.y, ORR_INK_MUTED,
        "There is no model to ask yet. 2 chooses a recipe and trains one; here it is asked why.");
    return;
  }
  if (ask_is_latent(fit)) draw_latent(v, g, where);
  else draw_supervised(v, g, where);
}

/* ---- requests ---- */

static void next_fit(orr_ui *ui, int by) {
  const orr_snapshot *now = ui->snapshot;
  const orr_seen_fit *fit = ask_fit(ui);
  if (!fit) return;
  size_t n = now->n_fits, at = (size_t)(fit - now->fits);
  snprintf(state(ui)->fit, sizeof state(ui)->fit, "%s", now->fits[(at + n + (size_t)(by + (int)n)) % n].slot);
  orr_ui_say(ui, ORR_INK_MUTED, "asking s.%s", state(ui)->fit);
}

static orr_status accept_row(orr_ui *ui, const char *text, orr_error *e) {
  char *end;
  const orr_seen_table *t = ask_table(ui, ask_fit(ui));
  unsigned long long row = strtoull(text, &end, 10);
  if (end == text || *end || !t || row >= t->table->rows)
    return orr_fail(e, ORR_USAGE, "a row of the table, from 0 to %zu", t ? t->table->rows - 1 : 0);
  state(ui)->row = (size_t)row;
  state(ui)->why_wanted = true;
  refresh(ui);
  return ORR_OK;
}

/* Of a latent space: left and right choose the dimension, up and down move along it. */
static bool move_latent(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  const orr_answer *a = ui->answers[ORR_ASK_TRAVERSE];
  size_t n = a && a->n_dimensions ? a->n_dimensions : 1;
  double *z = &s->coordinates[s->dimension < ORR_ASKED_COORDINATES ? s->dimension : 0], before = *z;
  switch (r) {
  case ORR_REQUEST_left: s->dimension = (s->dimension + n - 1) % n, s->moved = true; return true;
  case ORR_REQUEST_right: s->dimension = (s->dimension + 1) % n, s->moved = true; return true;
  case ORR_REQUEST_up: *z = fmin(LATENT_END, *z + LATENT_STEP); break;
  case ORR_REQUEST_down: *z = fmax(-LATENT_END, *z - LATENT_STEP); break;
  case ORR_REQUEST_first: *z = 0; break;
  case ORR_REQUEST_reset: memset(s->coordinates, 0, sizeof s->coordinates), s->moved = true; return true;
  default: return false;
  }
  s->moved = s->moved || *z != before;
  return true;
}

static bool move(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  bool reasons = s->pane == PANE_WHY;
  const orr_answer *a = ui->answers[reasons ? ORR_ASK_WHY : ORR_ASK_IMPORTANCE];
  size_t count = a ? a->n : 0, shown = reasons ? s->shown_reasons : s->shown_columns;
  long page = shown > 1 ? (long)shown - 1 : 1;
  long by = r == ORR_REQUEST_up          ? -1
            : r == ORR_REQUEST_down      ? 1
            : r == ORR_REQUEST_page_up   ? -page
            : r == ORR_REQUEST_page_down ? page
            : r == ORR_REQUEST_first     ? -(long)count
            : r == ORR_REQUEST_last      ? (long)count
                                         : 0;
  if (!by) return false;
  orr_list_move(reasons ? &s->reasons : &s->columns, by, count, shown);
  return true;
}

static void step_row(orr_ui *ui, int by) {
  orr_room_state *s = state(ui);
  const orr_seen_table *t = ask_table(ui, ask_fit(ui));
  if (!t || !t->table->rows) return;
  s->row = (s->row + t->table->rows + (size_t)(by + (long)t->table->rows)) % t->table->rows;
  s->why_wanted = true;
}

static void write_evaluate(const orr_ui *ui, orr_text *out) {
  const orr_seen_fit *fit = ask_fit(ui);
  for (size_t i = 0; fit && fit->table && i < ui->snapshot->n_splits; i++) {
    const orr_seen_split *split = &ui->snapshot->splits[i];
    if (strcmp(split->table, fit->table) || !split->n_test) continue;
    orr_text_printf(out, "o.evaluate { s.%s, on = s.%s.test }", fit->slot, split->slot);
    return;
  }
}

static bool evaluate(orr_ui *ui) {
  orr_text line = {0};
  write_evaluate(ui, &line);
  if (line.length) orr_ui_do(ui, "%s", orr_text_get(&line));
  orr_text_fini(&line);
  return true;
}

static bool look(orr_ui *ui, orr_request r) {
  char number[32];
  orr_room_state *s = state(ui);
  if (ask_is_latent(ask_fit(ui)) && move_latent(ui, r)) return true;
  switch (r) {
  case ORR_REQUEST_next_pane: s->pane = (s->pane + 1) % ASK_PANES; return true;
  case ORR_REQUEST_previous_pane: s->pane = (s->pane + ASK_PANES - 1) % ASK_PANES; return true;
  case ORR_REQUEST_next_plot: next_fit(ui, 1); return true;
  case ORR_REQUEST_previous_plot: next_fit(ui, -1); return true;
  case ORR_REQUEST_left: step_row(ui, -1); return true;
  case ORR_REQUEST_right: step_row(ui, 1); return true;
  case ORR_REQUEST_why: s->why_wanted = true, s->pane = PANE_WHY; return true;
  case ORR_REQUEST_filter:
    snprintf(number, sizeof number, "%zu", s->row);
    orr_ui_prompt(ui, "Row", "its number in the table, from 0", number, accept_row);
    return true;
  default: return move(ui, r);
  }
}

static bool request(orr_ui *ui, orr_request r, orr_error *e) {
  (void)e;
  if (r == ORR_REQUEST_evaluate) return evaluate(ui);
  if (!ask_fit(ui)) return false;
  bool done = look(ui, r);
  if (done) refresh(ui);
  return done;
}

static const char *why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  (void)buffer;
  orr_text line = {0};
  bool asks = r == ORR_REQUEST_why || r == ORR_REQUEST_filter;
  if (asks && !ask_fit(ui)) return "there is no model to ask yet";
  if (asks && !ask_table(ui, ask_fit(ui))) return "the table it learnt from was dropped";
  if (r == ORR_REQUEST_why && ask_is_latent(ask_fit(ui)))
    return "a latent space says nothing to be explained";
  if (r == ORR_REQUEST_reset && !ask_is_latent(ask_fit(ui)))
    return "only a place in a latent space goes back";
  if (r != ORR_REQUEST_evaluate) return NULL;
  write_evaluate(ui, &line);
  bool can = line.length > 0;
  orr_text_fini(&line);
  return can ? NULL : "there is no fit on a split with test rows";
}

static void lua(const orr_ui *ui, orr_request r, orr_text *out) {
  if (r == ORR_REQUEST_evaluate) write_evaluate(ui, out);
}

static orr_status open_room(orr_ui *ui, orr_room_state **out, orr_error *e) {
  (void)ui;
  *out = orr_calloc(1, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a room", sizeof **out);
}

static void close_room(orr_room_state *s) { orr_free(s); }

static const orr_request footer[] = {ORR_REQUEST_why,       ORR_REQUEST_filter,   ORR_REQUEST_next_pane,
                                     ORR_REQUEST_next_plot, ORR_REQUEST_describe, ORR_REQUEST_evaluate,
                                     ORR_NO_REQUEST};

const orr_room orr_room_ask = {
    .name = "Ask",
    .letter = 'A',
    .help = "Why. The columns by importance: how much worse the scores become when a column is shuffled, "
            "with the error. The "
            "curve is how the answer depends on the column under the cursor. w says why the model answers as "
            "it does for a "
            "row; left and right go through rows, / goes to one by its number. [ and ] choose the fit. Of a "
            "latent space left "
            "and right choose the dimension, up and down move along it.",
    .open = open_room,
    .close = close_room,
    .draw = draw,
    .request = request,
    .why_not = why_not,
    .lua = lua,
    .refresh = refresh,
    .footer = footer,
};
