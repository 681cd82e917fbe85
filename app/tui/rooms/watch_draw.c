/* The Watch room, drawn: what runs and how far it is, the figures of the last
 * report with the scores so far, and the log. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek_number.h"
#include "app/tui/rooms/watch_room.h"
#include "metric/format.h"

double watch_value(const orr_room_state *s, const char *name) {
  for (size_t i = 0; s->has_last && i < s->last.n_values; i++)
    if (!strcmp(s->last.values[i].name, name)) return s->last.values[i].value;
  return NAN;
}

/* "48 s", "3 min 20 s", "2 h 05 min" */
static void say_duration(double seconds, char out[40]) {
  long s = lround(fmax(0, seconds));
  if (s < 60) snprintf(out, 40, "%ld s", s);
  else if (s < 3600) snprintf(out, 40, "%ld min %02ld s", s / 60, s % 60);
  else snprintf(out, 40, "%ld h %02ld min", s / 3600, s / 60 % 60);
}

/* ---- what runs ---- */

/* How far the work is; its own estimate of the time left where it has one. */
static double share_done(const orr_room_state *s) {
  return s->has_progress && s->progress.steps ? (double)s->progress.step / (double)s->progress.steps : NAN;
}

static void say_left(const orr_ui *ui, char out[60]) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  char time[40];
  double left = watch_value(s, "seconds_left"), share = share_done(s);
  *out = 0;
  if (isnan(left) && share > 0.02) left = (ui->now - ui->snapshot->since) * (1 - share) / share;
  if (isnan(left)) return;
  say_duration(left, time);
  snprintf(out, 60, "%s left", time);
}

static void draw_meter(const orr_ui *ui, orr_grid *g, orr_rect line) {
  char left[60], done[48] = "";
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  double share = share_done(s);
  if (isnan(share)) return;
  say_left(ui, left);
  snprintf(done, sizeof done, " %3.0f %%  %zu of %zu  ", 100 * share, s->progress.step, s->progress.steps);
  int words = orr_text_cells(done) + orr_text_cells(left), width = line.width - words - 1;
  if (width > 40) width = 40;
  if (width >= 8) orr_grid_meter(g, line, line.x, line.y, width, ORR_INK_BAR, share);
  else width = 0;
  int x = orr_grid_text(g, line, line.x + width, line.y, ORR_INK_NUMBER, done);
  orr_grid_text(g, line, x, line.y, ORR_INK_MUTED, left);
}

static bool paused(const orr_ui *ui) {
  return ui->workbench && orr_control_is_paused(orr_workbench_control(ui->workbench));
}

static void draw_running(const orr_ui *ui, orr_grid *g, orr_rect line) {
  char time[40];
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  const orr_snapshot *now = ui->snapshot;
  say_duration(ui->now - now->since, time);
  int x = line.x;
  if (paused(ui)) x = orr_grid_text(g, line, x, line.y, ORR_INK_WARNING, "paused  ");
  if (now->recipe) x = orr_grid_format(g, line, x, line.y, ORR_INK_TITLE, "%s: ", now->recipe);
  if (s->has_progress) x = orr_grid_format(g, line, x, line.y, ORR_INK_TEXT, "%s, ", s->progress.what);
  if (s->has_progress && s->progress.member > 1)
    x = orr_grid_format(g, line, x, line.y, ORR_INK_TEXT, "model %zu, ", s->progress.member);
  x = orr_grid_format(g, line, x, line.y, ORR_INK_MUTED, "%s  ", time);
  bool said = now->recipe && !strcmp(now->recipe, now->running);
  if (!said) orr_grid_text(g, line, x, line.y, ORR_INK_CODE, now->running);
}

static void draw_idle(const orr_ui *ui, orr_grid *g, orr_rect where) {
  const orr_snapshot *now = ui->snapshot;
  if (now && now->failure) {
    orr_grid_wrapped(g, where, where.y, ORR_INK_BAD, now->failure);
    return;
  }
  const char *words =
      now && now->n_fits ? "Nothing is running." : "Nothing is running. 2 chooses a recipe; Ctrl-R runs it.";
  orr_grid_text(g, where, where.x, where.y, ORR_INK_MUTED, words);
}

void watch_draw_status(const orr_ui *ui, orr_grid *g, orr_rect *where) {
  const orr_snapshot *now = ui->snapshot;
  if (!now || !now->running) {
    const char *failure = now && now->failure ? now->failure : "";
    int lines = orr_grid_wrapped(NULL, *where, 0, ORR_INK_BAD, failure);
    draw_idle(ui, g, orr_rect_top(where, lines > 3 ? 3 : lines ? lines : 1));
    return;
  }
  draw_running(ui, g, orr_rect_top(where, 1));
  draw_meter(ui, g, orr_rect_top(where, 1));
}

/* ---- figures ---- */

static int draw_figure(orr_grid *g, orr_rect where, int y, const char *name, const char *value, orr_ink ink) {
  orr_rect line = {where.x, y, where.width, 1};
  int wide = orr_text_cells(value);
  if (y >= where.y + where.height) return y;
  orr_rect left = line;
  left.width -= wide + 1;
  orr_grid_text(g, left, line.x, y, ORR_INK_MUTED, name);
  orr_grid_right(g, line, line.x, y, line.width, ink, value);
  return y + 1;
}

static int draw_reported(const orr_room_state *s, orr_grid *g, orr_rect where, int y) {
  for (size_t i = 0; s->has_last && i < s->last.n_values; i++) {
    char value[48];
    const char *name = s->last.values[i].name;
    if (!strcmp(name, "seconds") || !strcmp(name, "seconds_left")) continue;
    orr_peek_number(value, s->last.values[i].value, 0, 0);
    y = draw_figure(g, where, y, name, value, ORR_INK_NUMBER);
  }
  return y;
}

/* Bytes of a number's name before its score: of "model.mlp.test.auc.seed_sd" those of "model.mlp.test". */
static size_t family_of(const char *name) {
  size_t end = strlen(name), n = end;
  bool spread = n > 8 && !strcmp(name + n - 8, ".seed_sd");
  if (spread) n -= 8;
  while (n && name[n - 1] != '.') n--;
  return n ? n - 1 : 0;
}

static int draw_family(const char *name, orr_grid *g, orr_rect where, int y) {
  orr_rect line = {where.x, y, where.width, 1};
  if (y < where.y + where.height)
    orr_grid_format(g, line, line.x, y, ORR_INK_HEADING, "%.*s", (int)family_of(name), name);
  return y + 1;
}

static int draw_score(const orr_seen_number *n, orr_grid *g, orr_rect where, int y) {
  orr_text value = {0};
  size_t skip = family_of(n->name);
  orr_rect inside = where;
  if (skip) orr_rect_left(&inside, 1);
  orr_format_number(&value, n->value, n->error, !g->utf8);
  y = draw_figure(g, inside, y, n->name + skip + (skip > 0), orr_text_get(&value), ORR_INK_TEXT);
  orr_text_fini(&value);
  return y;
}

static bool same_family(const char *a, const char *b) {
  size_t n = family_of(a);
  return n == family_of(b) && !strncmp(a, b, n);
}

/* From number `from` on, with a heading where another family begins. */
static void draw_scores(const orr_snapshot *now, size_t from, orr_grid *g, orr_rect where, int y) {
  for (size_t i = from; i < now->n_numbers && y < where.y + where.height; i++) {
    const char *name = now->numbers[i].name;
    bool begins = i == from || !same_family(name, now->numbers[i - 1].name);
    if (begins && family_of(name)) y = draw_family(name, g, where, y);
    y = draw_score(&now->numbers[i], g, where, y);
  }
}

void watch_draw_figures(const orr_ui *ui, orr_grid *g, orr_rect where) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  const orr_snapshot *now = ui->snapshot;
  orr_rect inside = orr_grid_pane(g, where, "Figures", s->pane == PANE_FIGURES);
  int y = draw_reported(s, g, inside, inside.y);
  if (!now || !now->n_numbers) {
    if (y == inside.y)
      orr_grid_wrapped(g, inside, y, ORR_INK_MUTED, "Scores come here, each with its error.");
    return;
  }
  if (y > inside.y) y++;
  size_t skip = s->figures.cursor < now->n_numbers ? s->figures.cursor : now->n_numbers - 1;
  draw_scores(now, skip, g, inside, y);
}

/* ---- the log ---- */

void watch_draw_log(const orr_ui *ui, orr_grid *g, orr_rect where) {
  orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  orr_rect inside = orr_grid_pane(g, where, "Log", s->pane == PANE_LOG);
  size_t kept = s->said < WATCH_LINES ? s->said : WATCH_LINES;
  s->shown_log = inside.height > 0 ? (size_t)inside.height : 0;
  size_t back = s->log.cursor < kept ? s->log.cursor : kept ? kept - 1 : 0; /* lines up from the newest */
  for (int y = 0; y < inside.height && back + (size_t)y < kept; y++) {
    const log_line *line = &s->lines[(s->said - 1 - back - (size_t)y) % WATCH_LINES];
    int at = inside.y + inside.height - 1 - y;
    int x = orr_grid_format(g, inside, inside.x, at, ORR_INK_MUTED, "%7.1f  ", line->seconds);
    orr_grid_text(g, inside, x, at, ORR_INK_TEXT, line->text);
  }
}
