/* What keys do: the one way from a key to a change of the user interface or to
 * a line of Lua. Whatever key comes in whatever state, it is taken or ignored. */
#include <stdio.h>
#include <string.h>

#include "app/tui/hints.h"
#include "app/tui/over.h"

const orr_room *const orr_rooms[ORR_ROOMS] = {&orr_room_data, &orr_room_recipe, &orr_room_watch,
                                              &orr_room_ask, &orr_room_record};

const orr_room *orr_ui_room(const orr_ui *ui) { return orr_rooms[ui->room]; }

orr_status orr_ui_open(orr_ui *ui, orr_error *e) {
  for (size_t i = 0; i < ORR_ROOMS; i++) ORR_TRY(orr_rooms[i]->open(ui, &ui->rooms[i], e));
  return ORR_OK;
}

void orr_ui_close(orr_ui *ui) {
  for (size_t i = 0; i < ORR_ROOMS; i++)
    if (ui->rooms[i]) orr_rooms[i]->close(ui->rooms[i]), ui->rooms[i] = NULL;
  for (size_t i = 0; i < ORR_QUESTIONS; i++)
    if (ui->answers[i]) orr_answer_unref(ui->answers[i]), ui->answers[i] = NULL;
  if (ui->snapshot) orr_snapshot_unref(ui->snapshot), ui->snapshot = NULL;
  orr_text_fini(&ui->words);
}

static bool runs(const orr_ui *ui) { return ui->snapshot && ui->snapshot->running; }

/* The line that undo takes back (steering goes with its fit); NULL: none. */
static const orr_seen_line *last_done(const orr_ui *ui) {
  for (size_t i = ui->snapshot ? ui->snapshot->n_journal : 0; i--;) {
    const orr_seen_line *line = &ui->snapshot->journal[i];
    if (line->state == ORR_LINE_DONE && strncmp(line->text, "o.control ", 10)) return line;
  }
  return NULL;
}

/* Without its table a session has nothing to stand on. */
static bool is_the_table(const orr_ui *ui, const orr_seen_line *last) {
  for (const orr_seen_line *l = ui->snapshot->journal; l < last; l++)
    if (l->state == ORR_LINE_DONE) return false;
  return !last->recipe && strstr(last->text, " = o.data ");
}

static const char *why_no_undo(const orr_ui *ui) {
  const orr_seen_line *last = last_done(ui);
  if (runs(ui)) return "something runs";
  if (!last) return "nothing was done yet";
  return is_the_table(ui, last) ? "there is only the table; o opens another" : NULL;
}

/* The room another room's request lives in. */
static const orr_room *home_of(const orr_ui *ui, orr_request r) {
  const char *rooms = orr_request_rows[r].rooms;
  if (*rooms == '*' || strchr(rooms, orr_ui_room(ui)->letter)) return NULL;
  for (size_t i = 0; i < ORR_ROOMS; i++)
    if (orr_rooms[i]->letter == *rooms) return orr_rooms[i];
  return NULL;
}

const char *orr_ui_why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  const orr_room *home = home_of(ui, r), *room = orr_ui_room(ui);
  if (home) {
    snprintf(buffer, 160, "it is a key of the room %s", home->name);
    return buffer;
  }
  bool steers = (r >= ORR_REQUEST_pause && r <= ORR_REQUEST_slower) || r == ORR_REQUEST_run;
  if (steers && !ui->workbench) return "the engine has not begun yet";
  if (r == ORR_REQUEST_undo && why_no_undo(ui)) return why_no_undo(ui);
  if (r == ORR_REQUEST_save && !last_done(ui)) return "nothing was done yet";
  return room->why_not ? room->why_not(ui, r, buffer) : NULL;
}

static void show(orr_ui *ui, orr_overlay o) {
  size_t shown;
  ui->overlay = ui->overlay == o ? ORR_OVER_NONE : o;
  ui->over = (orr_list){0};
  ui->search = (orr_line_editor){0};
  if (ui->overlay != ORR_OVER_JOURNAL) return;
  size_t lines = orr_screen_over(ui, ui->width, ui->height, &shown);
  if (lines > shown) ui->over.first = ui->over.cursor = lines - shown; /* the newest lines */
}

static orr_status save_to(orr_ui *ui, const char *path, orr_error *e) {
  if (!*path) return orr_fail(e, ORR_USAGE, "a name is needed, such as session.lua");
  if (ui->workbench) ORR_TRY(orr_workbench_save(ui->workbench, path, e));
  snprintf(ui->saving, sizeof ui->saving, "%s", path);
  orr_ui_say(ui, ORR_INK_TEXT, "Saving %s ...", path);
  return ORR_OK;
}

static orr_status export_to(orr_ui *ui, const char *path, orr_error *e) {
  if (!*path) return orr_fail(e, ORR_USAGE, "a name is needed, such as losses.pdf");
  snprintf(ui->export_to, sizeof ui->export_to, "%s", path);
  return ORR_OK;
}

static orr_status leave(orr_ui *ui, orr_error *e) {
  (void)e;
  ui->leave = true;
  return ORR_OK;
}

/* A save that is under way needs no question: it ends before the program does. */
static void leave_or_ask(orr_ui *ui) {
  if (runs(ui) && strcmp(ui->snapshot->running, ui->saving)) orr_ui_confirm(ui, "Something runs. Leave, and keep what it has?", leave);
  else ui->leave = true;
}

static orr_status stop_or_leave(orr_ui *ui, orr_error *e) {
  if (!runs(ui)) return leave(ui, e);
  if (ui->workbench) orr_workbench_stop(ui->workbench);
  orr_ui_say(ui, ORR_INK_TEXT, "Stopping; its best is kept");
  return ORR_OK;
}

static void undo(orr_ui *ui) {
  orr_error e = {0};
  const orr_seen_line *last = last_done(ui);
  if (ui->workbench && orr_workbench_undo(ui->workbench, &e)) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
  else if (last->recipe) orr_ui_say(ui, ORR_INK_TEXT, "Taken back: all that %s did", last->recipe);
  else orr_ui_say(ui, ORR_INK_TEXT, "Taken back: %s", last->text);
}

static double within(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static bool move_crosshair(orr_ui *ui, orr_request r) {
  orr_plot_view *p = &ui->plot;
  if (!p->crosshair) return false;
  if (r == ORR_REQUEST_left) p->cross_x = within(p->cross_x - 0.02, 0, 1);
  else if (r == ORR_REQUEST_right) p->cross_x = within(p->cross_x + 0.02, 0, 1);
  else if (r == ORR_REQUEST_down) p->cross_y = within(p->cross_y - 0.04, 0, 1);
  else if (r == ORR_REQUEST_up) p->cross_y = within(p->cross_y + 0.04, 0, 1);
  else return false;
  return true;
}

/* `by` < 1 narrows what is seen around the crosshair (else the middle), > 1 widens it. */
static void zoom_axis(double zoom[2], double centre, double by) {
  double from = zoom[0], to = zoom[1] > zoom[0] ? zoom[1] : 1;
  if (zoom[1] <= zoom[0]) from = 0;
  double at = from + centre * (to - from), half = (to - from) * by / 2;
  half = within(half, 1e-6, 0.5);
  zoom[0] = within(at - half, 0, 1 - 2 * half);
  zoom[1] = zoom[0] + 2 * half;
  if (half >= 0.5) zoom[0] = zoom[1] = 0;
}

static void zoom(orr_plot_view *p, double by) {
  zoom_axis(p->zoom_x, p->crosshair ? p->cross_x : 0.5, by);
  zoom_axis(p->zoom_y, p->crosshair ? p->cross_y : 0.5, by);
  p->cross_x = p->cross_y = 0.5;
}

static bool look_at_plot(orr_ui *ui, orr_request r) {
  orr_plot_view *p = &ui->plot;
  switch (r) {
  case ORR_REQUEST_log_x: p->log_x = !p->log_x; break;
  case ORR_REQUEST_log_y: p->log_y = !p->log_y; break;
  case ORR_REQUEST_zoom_in: zoom(p, 0.5); break;
  case ORR_REQUEST_zoom_out: zoom(p, 2); break;
  case ORR_REQUEST_crosshair:
    p->crosshair = !p->crosshair;
    p->cross_x = p->cross_y = 0.5;
    return true;
  default: return move_crosshair(ui, r);
  }
  p->version++;
  return true;
}

/* What the frame itself does of a request that the room left to it. */
static bool frame_does(orr_ui *ui, orr_request r) {
  if (r >= ORR_REQUEST_room_data && r <= ORR_REQUEST_room_record) {
    ui->room = (orr_room_id)(r - ORR_REQUEST_room_data);
    ui->overlay = ORR_OVER_NONE;
    return true;
  }
  switch (r) {
  case ORR_REQUEST_help: return show(ui, ORR_OVER_HELP), true;
  case ORR_REQUEST_palette: return show(ui, ORR_OVER_PALETTE), true;
  case ORR_REQUEST_glossary: return show(ui, ORR_OVER_GLOSSARY), true;
  case ORR_REQUEST_journal: return show(ui, ORR_OVER_JOURNAL), true;
  case ORR_REQUEST_redraw: return ui->redraw = true;
  case ORR_REQUEST_suspend: return ui->suspend = true;
  case ORR_REQUEST_theme: return ui->theme_step++, true;
  case ORR_REQUEST_plot_mode: return ui->mode_step++, true;
  case ORR_REQUEST_describe: return ui->describe = true;
  case ORR_REQUEST_export:
    orr_ui_prompt(ui, "Write the plot as",
                  "NAME.pdf, .svg or .png, with .gp and .dat beside it; NAME alone: all", "plot.pdf",
                  export_to);
    ui->prompt.line.chosen = true;
    return true;
  case ORR_REQUEST_undo: return undo(ui), true;
  case ORR_REQUEST_back: return leave_or_ask(ui), true;
  case ORR_REQUEST_save:
    orr_ui_prompt(ui, "Save the session as a recipe", "a file that `orrery run` replays; Escape leaves",
                  "session.lua", save_to);
    ui->prompt.line.chosen = true;
    return true;
  default: return look_at_plot(ui, r);
  }
}

void orr_ui_ask(orr_ui *ui, orr_request r) {
  char buffer[160];
  orr_error e = {0};
  const orr_room *room = orr_ui_room(ui);
  const char *why = orr_ui_why_not(ui, r, buffer);
  char title[32];
  if (why) return orr_ui_say(ui, ORR_INK_WARNING, "%s: %s", orr_request_title(r, title), why);
  bool rooms = (r >= ORR_REQUEST_room_data && r <= ORR_REQUEST_room_record) || r == ORR_REQUEST_help;
  bool crosshair = ui->plot.crosshair && move_crosshair(ui, r);
  if (!rooms && !crosshair && room->request(ui, r, &e)) {
    if (e.status) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
    return;
  }
  if (!crosshair && !frame_does(ui, r))
    orr_ui_say(ui, ORR_INK_MUTED, "%s: nothing to do here", orr_request_title(r, title));
}

static void prompt_key(orr_ui *ui, const orr_key *key) {
  orr_prompt *p = &ui->prompt;
  if (key->kind == ORR_KEY_ESCAPE) {
    ui->overlay = ORR_OVER_NONE;
  } else if (key->kind == ORR_KEY_ENTER) {
    char text[sizeof p->line.text];
    memcpy(text, p->line.text, sizeof text);
    p->error = (orr_error){0};
    ui->overlay = ORR_OVER_NONE; /* accept may open another */
    if (p->accept && p->accept(ui, text, &p->error)) ui->overlay = ORR_OVER_PROMPT;
  } else if (key->kind == ORR_KEY_TAB && p->complete) {
    p->complete(&p->line);
  } else if (orr_line_edit(&p->line, key)) {
    p->error = (orr_error){0};
    if (p->check) p->check(ui, p->line.text, &p->error);
  }
}

static bool is_rune(const orr_key *key, uint32_t rune) {
  return key->kind == ORR_KEY_RUNE && !key->control && key->rune == rune;
}

static bool is_interrupt(const orr_key *key) {
  return key->kind == ORR_KEY_RUNE && key->control && key->rune == 'c';
}

static void confirm_key(orr_ui *ui, const orr_key *key) {
  orr_error e = {0};
  if (ui->pasting) return;
  bool yes = is_rune(key, 'y') || is_rune(key, 'Y') || is_interrupt(key);
  bool leaves = is_rune(key, 'q') || key->kind == ORR_KEY_ESCAPE;
  bool no = is_rune(key, 'n') || is_rune(key, 'N') || leaves;
  if (yes || no) ui->overlay = ORR_OVER_NONE;
  if (leaves && ui->may_leave) ui->leave = true;
  if (yes && ui->confirmed && ui->confirmed(ui, &e)) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
}

static orr_status run_line(orr_ui *ui, const char *text, orr_error *e) {
  if (!text[strspn(text, " ")]) return orr_fail(e, ORR_USAGE, "a line of Lua is needed");
  if (ui->workbench) ORR_TRY(orr_workbench_do(ui->workbench, text, e));
  orr_ui_say(ui, ORR_INK_CODE, "%s", text);
  return ORR_OK;
}

static void take_offer(orr_ui *ui) {
  orr_offer offers[ORR_OFFERS];
  size_t n = orr_palette_offers(ui, offers);
  if (ui->over.cursor >= n) return;
  orr_offer o = offers[ui->over.cursor];
  ui->overlay = ORR_OVER_NONE;
  if (!o.command) return orr_ui_ask(ui, o.request);
  char text[64];
  snprintf(text, sizeof text, "o.%s {  }", o.command->name);
  orr_ui_prompt(ui, "A line of Lua", o.command->summary, text, run_line);
  ui->prompt.line.at -= 2;
}

/* By how much a key moves in a list of which `shown` rows are seen; 0: it does not. */
static long movement(orr_request r, size_t shown) {
  long page = shown > 1 ? (long)shown - 1 : 1;
  switch (r) {
  case ORR_REQUEST_up: return -1;
  case ORR_REQUEST_down: return 1;
  case ORR_REQUEST_page_up: return -page;
  case ORR_REQUEST_page_down: return page;
  case ORR_REQUEST_first: return -1000000000;
  case ORR_REQUEST_last: return 1000000000;
  default: return 0;
  }
}

/* A list that is searched by typing: only keys that are no letters move. */
static void list_key(orr_ui *ui, const orr_key *key) {
  size_t shown, n = orr_screen_over(ui, ui->width, ui->height, &shown);
  bool letter = key->kind == ORR_KEY_RUNE && (!key->control || key->rune == 'u' || key->rune == 'w');
  bool edits = letter || key->kind == ORR_KEY_BACKSPACE || key->kind == ORR_KEY_DELETE ||
               key->kind == ORR_KEY_LEFT || key->kind == ORR_KEY_RIGHT;
  long by = edits ? 0 : movement(orr_keymap_find(ui->keys, key, '*'), shown);
  if (key->kind == ORR_KEY_ESCAPE || is_interrupt(key)) ui->overlay = ORR_OVER_NONE;
  else if (key->kind == ORR_KEY_ENTER && ui->overlay == ORR_OVER_PALETTE) take_offer(ui);
  else if (by) orr_list_move(&ui->over, by, n, shown);
  else if (edits && orr_line_edit(&ui->search, key)) ui->over = (orr_list){0};
}

static void page_scroll(orr_ui *ui, long by) {
  size_t shown, lines = orr_screen_over(ui, ui->width, ui->height, &shown),
                most = lines > shown ? lines - shown : 0;
  size_t at = ui->over.first;
  at = by < 0 ? ((size_t)-by > at ? 0 : at - (size_t)-by) : at + (size_t)by;
  ui->over.first = ui->over.cursor = at > most ? most : at;
}

static void page_key(orr_ui *ui, const orr_key *key) {
  size_t shown;
  orr_request r = orr_keymap_find(ui->keys, key, '*');
  orr_screen_over(ui, ui->width, ui->height, &shown);
  long by = movement(r, shown);
  bool leaves =
      r == ORR_REQUEST_back || key->kind == ORR_KEY_ESCAPE || is_interrupt(key) || r == ORR_REQUEST_choose;
  bool asked = r == ORR_REQUEST_help || r == ORR_REQUEST_palette || r == ORR_REQUEST_glossary ||
               r == ORR_REQUEST_journal || r == ORR_REQUEST_undo || r == ORR_REQUEST_save ||
               r == ORR_REQUEST_redraw || r == ORR_REQUEST_suspend || r == ORR_REQUEST_theme;
  bool room = r >= ORR_REQUEST_room_data && r <= ORR_REQUEST_room_record;
  if (leaves) ui->overlay = ORR_OVER_NONE;
  else if (by) page_scroll(ui, by);
  else if (asked || room) orr_ui_ask(ui, r);
}

static void room_key(orr_ui *ui, const orr_key *key) {
  orr_error e = {0};
  const orr_room *room = orr_ui_room(ui);
  if (room->key && room->key(ui, key, &e)) {
    if (e.status) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
    return;
  }
  if (ui->pasting) return; /* text that is pasted is no commands */
  orr_request r = orr_keymap_find(ui->keys, key, room->letter);
  bool escape = key->kind == ORR_KEY_ESCAPE && r == ORR_REQUEST_back; /* never leaves the program */
  if (is_interrupt(key) && !r)
    orr_ui_confirm(ui, runs(ui) ? "Stop what runs and keep its best?" : "Leave Orrery?", stop_or_leave);
  else if (escape && ui->plot.crosshair) ui->plot.crosshair = false;
  else if (escape && !room->request(ui, r, &e)) *ui->message = 0;
  else if (r && !escape) orr_ui_ask(ui, r);
}

/* A click on a word of the header or footer asks for what it says. */
static bool click_hint(orr_ui *ui, const orr_key *key) {
  orr_hint hints[ORR_HINTS];
  bool footer = key->y == ui->height - 1, header = !key->y;
  if (key->button != ORR_PRESS || (!footer && !header)) return false;
  size_t n = header ? orr_header_tabs(ui, hints) : orr_footer_hints(ui, ui->width, hints);
  for (size_t i = 0; i < n; i++)
    if (key->x >= hints[i].x && key->x < hints[i].x + hints[i].width)
      return orr_ui_ask(ui, hints[i].request), true;
  return true;
}

static void over_mouse(orr_ui *ui, const orr_key *key) {
  bool list = ui->overlay == ORR_OVER_PALETTE || ui->overlay == ORR_OVER_GLOSSARY;
  long by = key->button == ORR_WHEEL_UP ? -3 : key->button == ORR_WHEEL_DOWN ? 3 : 0;
  orr_rect frame = orr_over_frame(ui, ui->width, ui->height), in = orr_over_inside(frame);
  bool inside = key->x >= frame.x && key->x < frame.x + frame.width && key->y >= frame.y &&
                key->y < frame.y + frame.height;
  size_t shown, n = orr_screen_over(ui, ui->width, ui->height, &shown);
  if (by && list) return orr_list_move(&ui->over, by, n, shown);
  if (by) return page_scroll(ui, by);
  if (key->button != ORR_PRESS && key->button != ORR_DOUBLE_CLICK) return;
  if (!inside) ui->overlay = ORR_OVER_NONE;
  size_t row = key->y > in.y ? (size_t)(key->y - in.y - 1) : shown;
  if (!inside || !list || row >= shown || ui->over.first + row >= n) return;
  ui->over.cursor = ui->over.first + row;
  if (key->button == ORR_DOUBLE_CLICK && ui->overlay == ORR_OVER_PALETTE) take_offer(ui);
}

static void mouse(orr_ui *ui, const orr_key *key) {
  const orr_room *room = orr_ui_room(ui);
  if (ui->overlay == ORR_OVER_PROMPT || ui->overlay == ORR_OVER_CONFIRM) return;
  if (ui->overlay) over_mouse(ui, key);
  else if (!click_hint(ui, key) && room->mouse) room->mouse(ui, key, orr_screen_room(ui->width, ui->height));
}

void orr_ui_key(orr_ui *ui, const orr_key *key) {
  if (key->kind == ORR_KEY_NONE || key->kind == ORR_KEY_RESIZE || key->kind == ORR_KEY_GONE) return;
  if (key->kind == ORR_KEY_MOUSE) return mouse(ui, key);
  if (key->kind == ORR_KEY_PASTE) ui->pasting = key->rune;
  switch (ui->overlay) {
  case ORR_OVER_PROMPT: prompt_key(ui, key); break;
  case ORR_OVER_CONFIRM: confirm_key(ui, key); break;
  case ORR_OVER_PALETTE:
  case ORR_OVER_GLOSSARY: list_key(ui, key); break;
  case ORR_OVER_HELP:
  case ORR_OVER_JOURNAL:
  case ORR_OVER_WORDS:
    if (!ui->pasting) page_key(ui, key);
    break;
  default: room_key(ui, key);
  }
}
