/* The Watch room, drawn: what runs and how far it is, what came of it, and the log. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/peek_number.h"
#include "app/tui/rooms/watch_room.h"

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

/* How many models the running fit trains, one after the other: as its line says. */
static size_t models_of(const orr_snapshot *now) {
  const char *line = now->n_journal ? now->journal[now->n_journal - 1].text : "";
  const char *repeats = strstr(line, "repeats = ");
  long n = repeats ? strtol(repeats + 10, NULL, 10) : 1;
  return n > 1 ? (size_t)n : 1;
}

/* How far the whole fit is, all its models counted. */
static double share_done(const orr_ui *ui) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  size_t models = models_of(ui->snapshot), model = s->has_progress ? s->progress.member : 0;
  if (!s->has_progress || !s->progress.steps) return NAN;
  double share = (double)s->progress.step / (double)s->progress.steps;
  return model && model <= models ? ((double)(model - 1) + share) / (double)models : share;
}

static void say_left(const orr_ui *ui, char out[60]) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  char time[40];
  double left = watch_value(s, "seconds_left"), share = share_done(ui);
  size_t models = models_of(ui->snapshot), model = s->progress.member;
  *out = 0;
  if (!isnan(left) && model && model < models)
    left += (double)(models - model) * (watch_value(s, "seconds") + left);
  if (isnan(left) && share > 0.02) left = (ui->now - ui->snapshot->since) * (1 - share) / share;
  if (isnan(left)) return;
  say_duration(left, time);
  snprintf(out, 60, "%s left", time);
}

static void draw_meter(const orr_ui *ui, orr_grid *g, orr_rect line) {
  char left[60], done[48] = "";
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  double share = share_done(ui);
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
  if (s->has_progress && s->progress.member && models_of(now) > 1)
    x = orr_grid_format(g, line, x, line.y, ORR_INK_TEXT, "seed %zu of %zu, ", s->progress.member,
                        models_of(now));
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
  if (now && now->n_evaluations) {
    watch_draw_outcome(ui, g, where);
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
    int least = now && now->n_evaluations && where->width < 110 ? 2 : 1;
    draw_idle(ui, g, orr_rect_top(where, lines > 3 ? 3 : lines > least ? lines : least));
    return;
  }
  draw_running(ui, g, orr_rect_top(where, 1));
  draw_meter(ui, g, orr_rect_top(where, 1));
}

/* ---- the log ---- */

void watch_draw_log(const orr_ui *ui, orr_grid *g, orr_rect where) {
  orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  const char *title =
      s->log.cursor ? "Log, scrolled back; G goes to the newest" : "Log, in seconds since the start";
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_LOG);
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
