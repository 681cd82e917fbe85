/* The Record room: the runs kept on this machine, one or two of them number by
 * number, the figures of this session, and the session itself saved as a recipe.
 * The session is the first of the list; its numbers are the snapshot's, a kept
 * run's are the answer to a question. */
#include <stdio.h>
#include <string.h>

#include "app/keeping.h"
#include "app/tui/rooms/record_room.h"
#include "metric/format.h"

enum { WIDE = 76, WIDE_WITH_PLOT = 110, PLOT_OF_SESSION = 40 };

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_RECORD]; }

/* ---- runs ---- */

static bool sought(const orr_known_run *r, const char *search) {
  return !*search || strstr(r->path, search) || strstr(r->recipe, search) || strstr(r->headline, search);
}

/* This session is a line of the list, the first, unless a run is sought by name. */
static size_t own_line(const orr_ui *ui) {
  return ui->snapshot && ui->snapshot->n_journal && !*state(ui)->search ? 1 : 0;
}

static bool is_own(const orr_ui *ui, size_t place) { return place < own_line(ui); }

static size_t count_runs(const orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_RUNS];
  size_t n = own_line(ui);
  for (size_t i = 0; a && i < a->n_runs; i++) n += sought(&a->runs[i], state(ui)->search);
  return n;
}

static const orr_known_run *run_at(const orr_ui *ui, size_t place) {
  const orr_answer *a = ui->answers[ORR_ASK_RUNS];
  if (is_own(ui, place)) return NULL;
  place -= own_line(ui);
  for (size_t i = 0; a && i < a->n_runs; i++)
    if (sought(&a->runs[i], state(ui)->search) && !place--) return &a->runs[i];
  return NULL;
}

static const orr_known_run *chosen(const orr_ui *ui) { return run_at(ui, state(ui)->runs.cursor); }
bool record_own_is_chosen(const orr_ui *ui) { return is_own(ui, state(ui)->runs.cursor); }

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

/* ---- the figures of this session ---- */

static const orr_seen_evaluation *newest(const orr_ui *ui) {
  const orr_snapshot *s = ui->snapshot;
  return s && s->n_evaluations ? &s->evaluations[s->n_evaluations - 1] : NULL;
}

static const char *kind_of(const orr_ui *ui, const orr_evaluation_object *v, size_t *of) {
  static const char *const classes[] = {"roc", "precision_recall", "reliability", "confusion"};
  bool regression = v->model.task == ORR_REGRESSION;
  *of = regression ? 1 : sizeof classes / sizeof *classes;
  return regression ? "residuals" : classes[state(ui)->kind % *of];
}

/* ---- what is asked ---- */

static void ask_runs(orr_ui *ui) {
  orr_room_state *s = state(ui);
  orr_question q = {.kind = ORR_ASK_RUNS};
  if (s->asked) return;
  s->asked = true;
  orr_workbench_ask(ui->workbench, &q);
}

/* The run under the cursor, beside the marked one when there is one; of this session the snapshot has the numbers. */
static void ask_numbers(orr_ui *ui) {
  orr_room_state *s = state(ui);
  const orr_known_run *r = chosen(ui);
  orr_question q = {.kind = ORR_ASK_COMPARE};
  const char *first = *s->marked ? s->marked : r ? r->path : "", *second = *s->marked && r ? r->path : "";
  if ((!r && !(record_own_is_chosen(ui) && *first)) ||
      (!strcmp(first, s->compared[0]) && !strcmp(second, s->compared[1])))
    return;
  snprintf(q.paths[0], sizeof q.paths[0], "%s", first);
  snprintf(q.paths[1], sizeof q.paths[1], "%s", strcmp(first, second) ? second : "");
  snprintf(s->compared[0], sizeof s->compared[0], "%s", first);
  snprintf(s->compared[1], sizeof s->compared[1], "%s", second);
  s->compare_number = orr_workbench_ask(ui->workbench, &q);
}

static void ask_figure(orr_ui *ui) {
  size_t kinds;
  orr_room_state *s = state(ui);
  const orr_seen_evaluation *v = newest(ui);
  orr_question q = {.kind = ORR_ASK_FIGURE, .evaluation = v ? v->evaluation : NULL};
  if (!v || ui->room != ORR_ROOM_RECORD) return;
  const char *kind = kind_of(ui, v->evaluation, &kinds);
  const orr_answer *a = ui->answers[ORR_ASK_FIGURE];
  bool others = a && a->number > s->figure_number; /* another room has asked since */
  if (s->figure_of == v->evaluation && !strcmp(s->figure_kind, kind) && s->figure_number && !others) return;
  s->figure_of = v->evaluation;
  snprintf(s->figure_kind, sizeof s->figure_kind, "%s", kind);
  snprintf(q.plot, sizeof q.plot, "%s", kind);
  s->figure_number = orr_workbench_ask(ui->workbench, &q);
}

static void refresh(orr_ui *ui) {
  if (!ui->workbench || ui->room != ORR_ROOM_RECORD) return;
  ask_runs(ui);
  ask_numbers(ui);
  ask_figure(ui);
}

/* ---- drawing ---- */

static void draw_run(const orr_ui *ui, const orr_known_run *r, orr_grid *g, orr_rect line) {
  bool marked = !strcmp(state(ui)->marked, r->path);
  orr_ink ink = r->there ? ORR_INK_TEXT : ORR_INK_MUTED;
  int x = orr_grid_text(g, line, line.x, line.y, ORR_INK_KEY, marked ? "*" : " ");
  x = orr_grid_format(g, line, x, line.y, ink, "%.10s %.5s ", r->start,
                      strlen(r->start) > 11 ? r->start + 11 : "");
  x = orr_grid_format(g, line, x, line.y, ink, "%-14s ", r->recipe);
  if (strcmp(r->status, "ok")) x = orr_grid_format(g, line, x, line.y, ORR_INK_WARNING, "%s ", r->status);
  if (!r->there) x = orr_grid_text(g, line, x, line.y, ORR_INK_WARNING, "gone ");
  orr_grid_text(g, line, x, line.y, ORR_INK_MUTED, r->headline);
}

/* What this session has come to: the model that it scored last. */
static void draw_own(const orr_ui *ui, orr_grid *g, orr_rect line) {
  const orr_snapshot *s = ui->snapshot;
  const orr_seen_evaluation *v = newest(ui);
  orr_lead lead = {.title = ""};
  orr_text score = {0};
  if (v) lead = orr_keeping_lead(v->evaluation);
  const orr_seen_number *number = v ? record_own_number(s, lead.name) : NULL;
  if (number) orr_format_number(&score, number->value, number->error, !g->utf8);
  int x = orr_grid_format(g, line, line.x, line.y, ORR_INK_HEADING, " %-17s", "this session");
  if (number)
    orr_grid_format(g, line, x, line.y, ORR_INK_MUTED, "%s  %s %s", v->evaluation->model_name, lead.title,
                    orr_text_get(&score));
  else
    orr_grid_format(g, line, x, line.y, ORR_INK_MUTED, "%zu fit%s, none scored yet", s->n_fits,
                    s->n_fits == 1 ? "" : "s");
  orr_text_fini(&score);
}

static void draw_runs(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[120];
  orr_room_state *s = state(ui);
  size_t n = count_runs(ui);
  snprintf(title, sizeof title, *s->search ? "Runs with '%s'" : "Runs", s->search);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_RUNS);
  if (!n)
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED,
                     "No runs are kept yet. S saves this session as a recipe that replays.");
  if (n == 1 && own_line(ui) && inside.height > 1)
    orr_grid_text(g, inside, inside.x + 1, inside.y + 1, ORR_INK_MUTED,
                  "S saves it as a recipe that replays; leaving keeps it here.");
  s->shown_runs = inside.height > 0 ? (size_t)inside.height : 0;
  orr_list_move(&s->runs, 0, n, s->shown_runs);
  for (int y = 0; y < inside.height && s->runs.first + (size_t)y < n; y++) {
    size_t at = s->runs.first + (size_t)y;
    orr_rect line = {inside.x, inside.y + y, inside.width - 1, 1};
    if (is_own(ui, at)) draw_own(ui, g, line);
    else draw_run(ui, run_at(ui, at), g, line);
    if (at == s->runs.cursor) orr_grid_tint(g, line, s->pane == PANE_RUNS ? ORR_INK_CURSOR : ORR_INK_CHOSEN);
  }
  orr_grid_scrollbar(g, inside, s->runs.first, s->shown_runs, n);
}

static orr_status make_figure(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e) {
  (void)columns, (void)rows;
  const orr_answer *a = ui->answers[ORR_ASK_FIGURE];
  if (!a || !a->has_figure || a->number != state(ui)->figure_number)
    return orr_fail(e, ORR_DATA, "there is no figure yet");
  *out = a->figure;
  out->title = NULL; /* the pane has one */
  return ORR_OK;
}

static void draw_plot(orr_view *v, orr_grid *g, orr_rect where) {
  char title[160];
  orr_room_state *s = state(v->ui);
  const orr_answer *a = v->ui->answers[ORR_ASK_FIGURE];
  const orr_seen_evaluation *of = newest(v->ui);
  snprintf(title, sizeof title, of ? "s.%s: %s" : "Plots", of ? of->slot : "", s->figure_kind);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_PLOT);
  if (!of)
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED,
                     "What this session has scored is drawn here; E scores a fit.");
  else if (a && a->number == s->figure_number && a->status)
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, a->error.message);
  else
    orr_view_plot(v, g, inside,
                  (orr_wanted){.id = PLOT_OF_SESSION, .version = a ? a->number : 0, .make = make_figure});
}

static void draw_narrow(orr_view *v, orr_grid *g, orr_rect where) {
  record_pane pane = state(v->ui)->pane;
  if (pane == PANE_RUNS) draw_runs(v->ui, g, where);
  if (pane == PANE_NUMBERS) record_draw_numbers(v->ui, g, where);
  if (pane == PANE_PLOT) draw_plot(v, g, where);
}

static void draw(orr_view *v, orr_grid *g, orr_rect where) {
  if (where.width < WIDE) {
    draw_narrow(v, g, where);
    return;
  }
  bool plot = state(v->ui)->pane == PANE_PLOT, wide = where.width >= WIDE_WITH_PLOT;
  int runs = (int)count_runs(v->ui) + 1, most = where.height / (plot ? 4 : 2);
  draw_runs(v->ui, g, orr_rect_top(&where, runs < 4 ? 4 : runs < most ? runs : most));
  if (plot && (!wide || !newest(v->ui))) {
    draw_plot(v, g, where);
    return;
  }
  if (newest(v->ui) && wide) {
    draw_plot(v, g, orr_rect_right(&where, where.width * 2 / 5));
    orr_rect_right(&where, 1);
  }
  record_draw_numbers(v->ui, g, where);
}

/* ---- requests ---- */

static orr_status accept_search(orr_ui *ui, const char *text, orr_error *e) {
  orr_room_state *s = state(ui);
  (void)e;
  snprintf(s->search, sizeof s->search, "%s", text);
  s->runs = (orr_list){0, 0};
  refresh(ui);
  return ORR_OK;
}

static void mark(orr_ui *ui) {
  orr_room_state *s = state(ui);
  const orr_known_run *r = chosen(ui);
  if (record_own_is_chosen(ui)) {
    orr_ui_say(ui, ORR_INK_MUTED, "mark the other run; this session then stands beside it");
    return;
  }
  if (!r) return;
  bool off = !strcmp(s->marked, r->path);
  snprintf(s->marked, sizeof s->marked, "%s", off ? "" : r->path);
  if (off) orr_ui_say(ui, ORR_INK_MUTED, "no run is marked");
  else orr_ui_say(ui, ORR_INK_MUTED, "marked: the run under the cursor stands beside it");
}

static orr_status run_again(orr_ui *ui, orr_error *e) {
  char recipe[1100];
  const orr_known_run *r = chosen(ui);
  orr_words none = {0};
  if (!r) return ORR_OK;
  snprintf(recipe, sizeof recipe, "%s/recipe.lua", r->path);
  ORR_TRY(orr_workbench_run(ui->workbench, recipe, &none, e));
  ui->room = ORR_ROOM_WATCH;
  return ORR_OK;
}

static void next_kind(orr_ui *ui, int by) {
  size_t kinds;
  const orr_seen_evaluation *v = newest(ui);
  if (!v) {
    orr_ui_say(ui, ORR_INK_MUTED, "nothing was scored yet; E scores a fit");
    return;
  }
  kind_of(ui, v->evaluation, &kinds);
  if (ui->width < WIDE_WITH_PLOT && state(ui)->pane != PANE_PLOT) {
    state(ui)->pane = PANE_PLOT; /* first of all it is seen */
    return;
  }
  state(ui)->kind = (state(ui)->kind + kinds + (size_t)(by + (int)kinds)) % kinds;
}

static bool move(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  bool numbers = s->pane == PANE_NUMBERS;
  size_t count = numbers ? record_count_numbers(ui) : count_runs(ui),
         shown = numbers ? s->shown_numbers : s->shown_runs;
  long page = shown > 1 ? (long)shown - 1 : 1;
  long by = r == ORR_REQUEST_up          ? -1
            : r == ORR_REQUEST_down      ? 1
            : r == ORR_REQUEST_page_up   ? -page
            : r == ORR_REQUEST_page_down ? page
            : r == ORR_REQUEST_first     ? -(long)count
            : r == ORR_REQUEST_last      ? (long)count
                                         : 0;
  if (!by) return false;
  orr_list_move(numbers ? &s->numbers : &s->runs, by, count, shown);
  return true;
}

static bool look(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  switch (r) {
  case ORR_REQUEST_next_pane: s->pane = (s->pane + 1) % RECORD_PANES; return true;
  case ORR_REQUEST_previous_pane: s->pane = (s->pane + RECORD_PANES - 1) % RECORD_PANES; return true;
  case ORR_REQUEST_next_plot: next_kind(ui, 1); return true;
  case ORR_REQUEST_previous_plot: next_kind(ui, -1); return true;
  case ORR_REQUEST_mark: mark(ui); return true;
  case ORR_REQUEST_filter:
    orr_ui_prompt(ui, "Runs with", "a part of a name, recipe or score; empty shows all", s->search,
                  accept_search);
    return true;
  case ORR_REQUEST_choose:
    if (chosen(ui))
      orr_ui_confirm(ui, "Carry out this run's recipe again, on the table of the Data room?", run_again);
    return true;
  default: return move(ui, r);
  }
}

static bool request(orr_ui *ui, orr_request r, orr_error *e) {
  (void)e;
  bool done = look(ui, r);
  if (done) refresh(ui);
  return done;
}

static const char *why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  (void)buffer;
  bool of_run = r == ORR_REQUEST_choose || r == ORR_REQUEST_mark;
  if (r == ORR_REQUEST_choose && record_own_is_chosen(ui))
    return "this session is what you are in; S saves it";
  if (of_run && !chosen(ui) && !record_own_is_chosen(ui)) return "no runs are kept yet";
  if (r == ORR_REQUEST_choose && ui->snapshot && ui->snapshot->running) return "something is running";
  return NULL;
}

static void lua(const orr_ui *ui, orr_request r, orr_text *out) {
  if (r == ORR_REQUEST_choose && chosen(ui))
    orr_text_printf(out, "the commands of %s/recipe.lua", name_of(chosen(ui)->path));
}

static orr_status open_room(orr_ui *ui, orr_room_state **out, orr_error *e) {
  (void)ui;
  *out = orr_calloc(1, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a room", sizeof **out);
}

static void close_room(orr_room_state *s) { orr_free(s); }

static const orr_request footer[] = {ORR_REQUEST_save,   ORR_REQUEST_mark,      ORR_REQUEST_choose,
                                     ORR_REQUEST_filter, ORR_REQUEST_next_pane, ORR_REQUEST_next_plot,
                                     ORR_REQUEST_export, ORR_NO_REQUEST};

const orr_room orr_room_record = {
    .name = "Record",
    .letter = 'C',
    .help = "This session and what was run before, newest first. m marks a run: the one under the cursor "
            "then stands beside it, "
            "number by number, "
            "each with its error. S saves this session as a recipe that replays to the same numbers. [ and ] "
            "go through "
            "the figures of what this session has scored.",
    .open = open_room,
    .close = close_room,
    .draw = draw,
    .request = request,
    .why_not = why_not,
    .lua = lua,
    .refresh = refresh,
    .footer = footer,
};
