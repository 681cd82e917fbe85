/* The Watch room: a fit as it learns. Its curves live, the last figures, the log,
 * and the hand on it: pause, stop and keep best, checkpoint, the learning rate.
 *
 * Steering goes through the control mailbox, between batches; what it changed is
 * in the record, so that a replay does it at the same step.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/rooms/watch_room.h"

enum { WIDE = 76, PLOT_OF_CURVES = 20 };
#define NUDGE 1.2 /* a fifth more; and back again by as much */

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_WATCH]; }
static bool running(const orr_ui *ui) { return ui->snapshot && ui->snapshot->running; }
static orr_control *control(const orr_ui *ui) { return orr_workbench_control(ui->workbench); }

/* ---- what the engine tells ---- */

static void keep_line(orr_room_state *s, const orr_event *event) {
  log_line *line = &s->lines[s->said++ % WATCH_LINES];
  snprintf(line->text, sizeof line->text, "%.390s", event->text);
  line->seconds = event->seconds;
  if (s->log.cursor) s->log.cursor++; /* who reads back stays where he is */
}

static void hear(orr_ui *ui, const orr_event *event) {
  orr_room_state *s = state(ui);
  if (event->kind == ORR_EVENT_NOTE) keep_line(s, event);
  if (event->kind == ORR_EVENT_COMMAND && !strstr(event->text, "o.control")) {
    s->has_last = s->has_progress = false;
    if (strstr(event->text, "o.fit")) *s->fit = 0; /* what is trained now is what one wants to see */
  }
  if (event->kind != ORR_EVENT_PROGRESS) return;
  s->progress = *event, s->has_progress = true;
  if (event->n_values) s->last = *event, s->has_last = true;
}

/* ---- drawing ---- */

static void plot_title(const orr_ui *ui, char out[160]) {
  char fit[32];
  watch_quantities all;
  snprintf(out, 160, "Curves");
  if (!watch_fit(ui, fit)) return;
  watch_find_quantities(ui, fit, &all);
  if (all.n)
    snprintf(out, 160, "s.%s: %s (%zu of %zu)", fit, all.names[state(ui)->quantity % all.n],
             state(ui)->quantity % all.n + 1, all.n);
}

static void draw_plot(orr_view *v, orr_grid *g, orr_rect where) {
  char title[160], fit[32];
  plot_title(v->ui, title);
  orr_rect inside = orr_grid_pane(g, where, title, state(v->ui)->pane == PANE_PLOT);
  if (!watch_fit(v->ui, fit)) {
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED,
                     v->ui->snapshot && v->ui->snapshot->n_fits
                         ? "What was trained has no curves: it has no steps."
                         : "The curves of a training are drawn here as it goes.");
    return;
  }
  orr_view_plot(
      v, g, inside,
      (orr_wanted){.id = PLOT_OF_CURVES, .version = watch_version(v->ui), .make = watch_make_figure});
}

static void draw_narrow(orr_view *v, orr_grid *g, orr_rect where) {
  watch_pane pane = state(v->ui)->pane;
  if (pane == PANE_PLOT) draw_plot(v, g, where);
  if (pane == PANE_FIGURES) watch_draw_figures(v->ui, g, where);
  if (pane == PANE_LOG) watch_draw_log(v->ui, g, where);
}

static void draw(orr_view *v, orr_grid *g, orr_rect where) {
  watch_draw_status(v->ui, g, &where);
  if (where.width < WIDE) {
    draw_narrow(v, g, where);
    return;
  }
  watch_draw_log(v->ui, g, orr_rect_bottom(&where, where.height > 24 ? 8 : 5));
  if (state(v->ui)->pane == PANE_FIGURES) {
    watch_draw_figures(v->ui, g, where);
    return;
  }
  watch_draw_figures(v->ui, g, orr_rect_right(&where, where.width >= 110 ? 40 : 30));
  orr_rect_right(&where, 1);
  draw_plot(v, g, where);
}

/* ---- steering ---- */

static void pause_or_go_on(orr_ui *ui) {
  if (orr_control_is_paused(control(ui))) {
    orr_control_resume(control(ui));
    orr_ui_say(ui, ORR_INK_GOOD, "it goes on");
  } else {
    orr_control_pause(control(ui));
    orr_ui_say(ui, ORR_INK_WARNING, "paused after this batch; p goes on");
  }
}

static void nudge(orr_ui *ui, double by) {
  double rate = watch_value(state(ui), "learning_rate");
  if (!orr_control_set(control(ui), "learning_rate", rate * by)) {
    orr_ui_say(ui, ORR_INK_BAD, "too many changes are waiting");
    return;
  }
  orr_ui_say(ui, ORR_INK_GOOD, "learning rate %.3g to %.3g; recorded with its step", rate, rate * by);
}

static orr_status abandon(orr_ui *ui, orr_error *e) {
  (void)e;
  orr_workbench_abandon(ui->workbench);
  return ORR_OK;
}

/* The newest fit, and the split of its table. */
static const orr_seen_fit *fit_to_score(const orr_ui *ui, const orr_seen_split **split) {
  const orr_snapshot *now = ui->snapshot;
  const orr_seen_fit *fit = now && now->n_fits ? &now->fits[now->n_fits - 1] : NULL;
  *split = NULL;
  for (size_t i = 0; fit && fit->table && i < now->n_splits; i++)
    if (!strcmp(now->splits[i].table, fit->table)) *split = &now->splits[i];
  return *split && (*split)->n_test ? fit : NULL;
}

static void write_evaluate(const orr_ui *ui, orr_text *out) {
  const orr_seen_split *split;
  const orr_seen_fit *fit = fit_to_score(ui, &split);
  if (fit) orr_text_printf(out, "o.evaluate { s.%s, on = s.%s.test }", fit->slot, split->slot);
}

static bool steer(orr_ui *ui, orr_request r) {
  orr_text line = {0};
  switch (r) {
  case ORR_REQUEST_pause: pause_or_go_on(ui); return true;
  case ORR_REQUEST_stop:
    orr_workbench_stop(ui->workbench);
    orr_ui_say(ui, ORR_INK_WARNING, "it ends, and its best is kept");
    return true;
  case ORR_REQUEST_abandon:
    orr_ui_confirm(ui, "End what runs, and keep nothing of it?", abandon);
    return true;
  case ORR_REQUEST_checkpoint:
    orr_control_ask_checkpoint(control(ui));
    orr_ui_say(ui, ORR_INK_GOOD, "a checkpoint is written after this batch");
    return true;
  case ORR_REQUEST_faster: nudge(ui, NUDGE); return true;
  case ORR_REQUEST_slower: nudge(ui, 1 / NUDGE); return true;
  case ORR_REQUEST_evaluate:
    write_evaluate(ui, &line);
    orr_ui_do(ui, "%s", orr_text_get(&line));
    orr_text_fini(&line);
    return true;
  default: return false;
  }
}

/* ---- looking ---- */

static void next_quantity(orr_ui *ui, int by) {
  char fit[32];
  watch_quantities all;
  if (!watch_fit(ui, fit)) return;
  watch_find_quantities(ui, fit, &all);
  if (all.n) state(ui)->quantity = (state(ui)->quantity % all.n + all.n + (size_t)(by + (int)all.n)) % all.n;
}

/* Through the fits of the session; past the newest, whatever is newest. */
static void next_fit(orr_ui *ui, int by) {
  orr_room_state *s = state(ui);
  const orr_snapshot *now = ui->snapshot;
  size_t n = now ? now->n_fits : 0, at = n;
  for (size_t i = 0; i < n; i++)
    if (!strcmp(now->fits[i].slot, s->fit)) at = i;
  at = (at + n + 1 + (size_t)(by + (int)n + 1)) % (n + 1);
  snprintf(s->fit, sizeof s->fit, "%s", at < n ? now->fits[at].slot : "");
}

static bool move(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  long by = r == ORR_REQUEST_up          ? 1
            : r == ORR_REQUEST_down      ? -1
            : r == ORR_REQUEST_page_up   ? 5
            : r == ORR_REQUEST_page_down ? -5
                                         : 0;
  if (r == ORR_REQUEST_first) by = WATCH_LINES;
  if (r == ORR_REQUEST_last) by = -WATCH_LINES;
  if (!by) return false;
  if (s->pane == PANE_FIGURES) orr_list_move(&s->figures, -by, 10000, 1); /* drawing keeps it in sight */
  else orr_list_move(&s->log, by, s->said < WATCH_LINES ? s->said : WATCH_LINES, 1);
  return true;
}

static bool request(orr_ui *ui, orr_request r, orr_error *e) {
  (void)e;
  orr_room_state *s = state(ui);
  if (steer(ui, r)) return true;
  switch (r) {
  case ORR_REQUEST_next_pane: s->pane = (s->pane + 1) % WATCH_PANES; return true;
  case ORR_REQUEST_previous_pane: s->pane = (s->pane + WATCH_PANES - 1) % WATCH_PANES; return true;
  case ORR_REQUEST_next_plot: next_quantity(ui, 1); return true;
  case ORR_REQUEST_previous_plot: next_quantity(ui, -1); return true;
  case ORR_REQUEST_left: next_fit(ui, -1); return true;
  case ORR_REQUEST_right: next_fit(ui, 1); return true;
  default: return move(ui, r);
  }
}

static const char *why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  (void)buffer;
  const orr_seen_split *split;
  bool steers = r == ORR_REQUEST_pause || r == ORR_REQUEST_stop || r == ORR_REQUEST_abandon ||
                r == ORR_REQUEST_checkpoint;
  bool nudges = r == ORR_REQUEST_faster || r == ORR_REQUEST_slower;
  if ((steers || nudges) && !running(ui)) return "nothing is running";
  if (nudges && isnan(watch_value(state(ui), "learning_rate")))
    return "what runs has no learning rate to change";
  if (r == ORR_REQUEST_evaluate && running(ui)) return "a fit is still running";
  if (r == ORR_REQUEST_evaluate && !fit_to_score(ui, &split))
    return "there is no fit on a split with test rows";
  return NULL;
}

static void lua(const orr_ui *ui, orr_request r, orr_text *out) {
  double rate = watch_value(state(ui), "learning_rate");
  if (r == ORR_REQUEST_evaluate) write_evaluate(ui, out);
  bool nudges = r == ORR_REQUEST_faster || r == ORR_REQUEST_slower;
  if (nudges && !isnan(rate))
    orr_text_printf(out, "control = { { step = …, learning_rate = %.3g } }",
                    r == ORR_REQUEST_faster ? rate * NUDGE : rate / NUDGE);
}

static void refresh(orr_ui *ui) { (void)ui; }

static orr_status open_room(orr_ui *ui, orr_room_state **out, orr_error *e) {
  (void)ui;
  *out = orr_calloc(1, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a room", sizeof **out);
}

static void close_room(orr_room_state *s) { orr_free(s); }

static const orr_request footer[] = {ORR_REQUEST_pause,  ORR_REQUEST_stop,     ORR_REQUEST_checkpoint,
                                     ORR_REQUEST_faster, ORR_REQUEST_slower,   ORR_REQUEST_next_plot,
                                     ORR_REQUEST_log_y,  ORR_REQUEST_evaluate, ORR_NO_REQUEST};

const orr_room orr_room_watch = {
    .name = "Watch",
    .letter = 'W',
    .help = "A fit as it learns: the loss on the rows it learns from and on the validation rows, with a band "
            "over the seeds. "
            "When the validation curve turns upwards the model begins to learn by heart; s stops there and "
            "keeps the best. "
            "[ and ] go through learning rate and gradient norm; left and right through the fits.",
    .open = open_room,
    .close = close_room,
    .draw = draw,
    .request = request,
    .why_not = why_not,
    .lua = lua,
    .refresh = refresh,
    .event = hear,
    .footer = footer,
};
