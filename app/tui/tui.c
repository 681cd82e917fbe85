/* The loop; see tui.h. It wakes for a key, the engine, gnuplot, a signal or the
 * seconds of a clock that is shown, changes the ui, and draws when something has
 * changed: at once for a key; what comes by itself makes ten frames a second,
 * thirty while there are keys, and fewer where they are large or the line is slow. */
#include "app/tui/tui.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/tui/term.h"
#include "app/tui/tui_export.h"
#include "app/tui/tui_plots.h"
#include "app/tui/tui_signals.h"

#define FRAME_SECONDS      0.1
#define BUSY_FRAME_SECONDS (1.0 / 30)
#define BUSY_SECONDS       0.5  /* after a key */
#define BYTES_PER_SECOND   36e3 /* of what comes by itself, to the terminal */

typedef struct loop {
  const orr_tui_options *options;
  orr_clock clock;
  orr_ui ui;
  orr_view view;
  orr_grid grid;
  orr_theme theme;
  orr_tui_plots plots;
  orr_tui_export *export; /* the file of a plot that is being made; NULL: none */
  double due;             /* when to draw; INFINITY: nothing that is seen has changed */
  double drawn, rest;     /* when it was last drawn; not to be drawn before, for the line is slow */
  size_t bytes;           /* that it took */
  double pressed;         /* when there was a key */
  orr_status ending;      /* ORR_STOPPED: a signal */
} loop;

/* Something that is seen has changed. */
static void touch(loop *l) {
  bool busy = l->ui.now - l->pressed < BUSY_SECONDS;
  double apart = busy ? BUSY_FRAME_SECONDS : fmax(FRAME_SECONDS, (double)l->bytes / BYTES_PER_SECOND);
  l->due = fmin(l->due, fmax(l->drawn + apart, l->rest));
}

/* A person has changed it. */
static void touch_now(loop *l) {
  l->pressed = l->ui.now;
  l->due = 0;
}

/* ---- what the engine says ---- */

static void note(orr_ui *ui, const orr_event *event) {
  orr_said *said = &ui->notes[ui->n_notes++ % ORR_NOTES];
  said->seconds = event->seconds;
  snprintf(said->text, sizeof said->text, "%.*s", (int)sizeof said->text - 1, event->text);
}

static void take_events(loop *l) {
  orr_event event;
  while (orr_workbench_event(l->ui.workbench, &event)) {
    if (event.kind == ORR_EVENT_PROGRESS) l->ui.progress = event;
    if (event.kind == ORR_EVENT_COMMAND) l->ui.progress = (orr_event){0};
    if (event.kind == ORR_EVENT_NOTE) note(&l->ui, &event);
    for (size_t i = 0; i < ORR_ROOMS; i++)
      if (orr_rooms[i]->event) orr_rooms[i]->event(&l->ui, &event);
    touch(l);
  }
}

static void take_snapshot(loop *l) {
  orr_ui *ui = &l->ui;
  orr_snapshot *s = orr_workbench_snapshot(ui->workbench), *old = ui->snapshot;
  if (s && old && s->version == old->version) {
    orr_snapshot_unref(s);
    return;
  }
  if (!s) return;
  bool fails = s->failure && (!old || !old->failure || strcmp(old->failure, s->failure));
  if (fails) orr_ui_say(ui, ORR_INK_BAD, "%s", s->failure);
  if (old && old->recipe && !s->recipe && !s->failure)
    orr_ui_say(ui, ORR_INK_GOOD, "%s is done: 3 shows what came of it, 4 asks why", old->recipe);
  if (!s->running) ui->progress = (orr_event){0};
  ui->snapshot = s;
  if (old) orr_snapshot_unref(old);
  touch(l);
}

static void take_answers(loop *l) {
  for (int kind = 0; kind < ORR_QUESTIONS; kind++) {
    orr_answer *a = orr_workbench_answer(l->ui.workbench, (orr_question_kind)kind);
    if (a && a != l->ui.answers[kind]) {
      if (l->ui.answers[kind]) orr_answer_unref(l->ui.answers[kind]);
      l->ui.answers[kind] = a;
      touch(l);
    } else if (a) orr_answer_unref(a);
  }
}

static void refresh(loop *l) {
  const orr_room *room = orr_ui_room(&l->ui);
  if (room->refresh) room->refresh(&l->ui);
}

/* The engine has come to the end of what it was told, saving included. */
static void say_saved(orr_ui *ui) {
  if (*ui->saving && !(ui->snapshot && ui->snapshot->failure))
    orr_ui_say(ui, ORR_INK_GOOD, "Saved %s; `orrery run %s` replays it", ui->saving, ui->saving);
  *ui->saving = 0;
}

static void hear_engine(loop *l) {
  bool idle = !orr_workbench_is_busy(l->ui.workbench);
  take_events(l);
  take_snapshot(l);
  if (idle) say_saved(&l->ui);
  take_answers(l);
  l->ui.paused = orr_control_is_paused(orr_workbench_control(l->ui.workbench));
  refresh(l);
}

/* ---- keys and signals ---- */

static orr_status resize(loop *l, orr_error *e) {
  orr_term_facts facts = orr_term_facts_now();
  orr_grid_fini(&l->grid);
  ORR_TRY(orr_grid_init(&l->grid, facts.width, facts.height, facts.utf8, e));
  l->ui.width = facts.width, l->ui.height = facts.height;
  touch_now(l);
  return ORR_OK;
}

static void next_theme(loop *l, int by) {
  orr_arena arena = {0};
  orr_text problems = {0};
  const char **names;
  size_t n = 0, at = 0;
  if (!orr_config_themes(l->options->place, &arena, &names, &n, NULL) && n) {
    while (at < n && strcmp(names[at], l->theme.name)) at++;
    orr_config_theme(l->options->place, names[(at + (size_t)by) % n], &l->theme, &problems);
    orr_term_set_theme(&l->theme);
    if (problems.length)
      orr_ui_say(&l->ui, ORR_INK_WARNING, "%.*s", (int)strcspn(problems.data, "\n"), problems.data);
    else orr_ui_say(&l->ui, ORR_INK_TEXT, "Theme: %s", l->theme.name);
  }
  orr_text_fini(&problems);
  orr_arena_fini(&arena);
}

/* What a key asked of the loop itself. */
static void do_asked(loop *l) {
  orr_ui *ui = &l->ui;
  if (ui->suspend) orr_term_suspend();
  if (ui->redraw) orr_term_redraw();
  if (ui->theme_step) next_theme(l, ui->theme_step);
  if (ui->mode_step) {
    orr_tui_plots_step(&l->plots, ui->mode_step);
    orr_ui_say(ui, ORR_INK_TEXT, "Plots: %s", orr_text_get(&l->plots.said));
  }
  if (ui->describe) orr_tui_describe(ui, &l->view);
  if (*ui->export_to) orr_tui_export_begin(ui, &l->view, ui->export_to, &l->export);
  *ui->export_to = 0;
  ui->suspend = ui->redraw = ui->describe = false;
  ui->theme_step = ui->mode_step = 0;
}

static orr_status take_keys(loop *l, orr_error *e) {
  for (orr_key key; !l->ui.leave && (key = orr_term_key()).kind;) {
    touch_now(l);
    if (key.kind == ORR_KEY_RESIZE) ORR_TRY(resize(l, e));
    if (key.kind == ORR_KEY_GONE) return l->ui.leave = true, l->ending = ORR_STOPPED, ORR_OK;
    orr_ui_key(&l->ui, &key);
    do_asked(l);
    refresh(l);
  }
  return ORR_OK;
}

static void take_signals(loop *l) {
  static const orr_key interrupt = {.kind = ORR_KEY_RUNE, .rune = 'c', .control = true};
  for (int number; (number = orr_tui_next_signal());) {
    touch_now(l);
    if (number == SIGINT) orr_ui_key(&l->ui, &interrupt);
    else if (number == SIGTSTP) orr_term_suspend();
    else if (number == SIGCONT || number == SIGWINCH) orr_term_redraw(); /* there and back is a change, too */
    else l->ui.leave = true, l->ending = ORR_STOPPED;
  }
}

/* ---- drawing ---- */

static void draw(loop *l) {
  double begun = orr_clock_seconds(&l->clock);
  l->view.theme = &l->theme;
  orr_tui_plots_give(&l->plots, &l->view);
  orr_screen_draw(&l->view, &l->grid);
  l->bytes = orr_term_paint(&l->grid);
  orr_tui_plots_send(&l->plots, &l->view);
  bool there = orr_tui_plots_take(&l->plots, &l->view, orr_term_facts_now().depth);
  double ended = orr_clock_seconds(&l->clock);
  l->drawn = begun;
  l->rest = ended + 2 * (ended - begun);
  l->due = INFINITY;
  if (there) touch(l);
}

static int wait_milliseconds(const loop *l, double now) {
  double until = l->due;
  if (l->ui.snapshot && l->ui.snapshot->running)
    until = fmin(until, floor(now) + 1);         /* the clock in the header */
  if (l->export) until = fmin(until, now + 0.1); /* a file of a plot is being made */
  double due = l->plots.plotter ? orr_plotter_due(l->plots.plotter, now) : -1;
  if (due >= 0) until = fmin(until, now + due);
  return isinf(until) ? -1 : (int)fmin(60000, fmax(0, ceil((until - now) * 1000)));
}

static orr_status turn(loop *l, orr_error *e) {
  enum { OWN = 3 };
  struct pollfd polls[OWN + ORR_PLOTTER_POLLS] = {{orr_term_descriptor(), POLLIN, 0},
                                                  {orr_tui_signals(), POLLIN, 0},
                                                  {orr_workbench_wake(l->ui.workbench), POLLIN, 0}};
  size_t n = OWN + (l->plots.plotter ? orr_plotter_polls(l->plots.plotter, polls + OWN) : 0);
  double now = orr_clock_seconds(&l->clock), before = l->ui.now;
  if (poll(polls, (nfds_t)n, wait_milliseconds(l, now)) < 0 && errno != EINTR)
    return orr_fail_errno(e, "cannot wait for the terminal");
  l->ui.now = now = orr_clock_seconds(&l->clock);
  if (l->ui.snapshot && l->ui.snapshot->running && floor(now) > floor(before)) touch(l);
  if (polls[1].revents) take_signals(l);
  ORR_TRY(take_keys(l, e));
  if (polls[2].revents) hear_engine(l);
  if (l->plots.plotter && orr_plotter_pump(l->plots.plotter, now)) touch(l);
  if (orr_tui_export_ended(&l->ui, &l->export)) touch(l);
  if (now >= l->due) draw(l);
  return ORR_OK;
}

/* ---- from beginning to end ---- */

static const char welcome[] = "1  Open a table with o, CSV or HDF5; t makes a column the target.\n"
                              "2  Choose a recipe by its question, look its form over; Ctrl-R runs it.\n"
                              "3  Watch it learn: p pauses, s stops and keeps the best.\n"
                              "4  Ask the model what it goes by, and why it says what it says.\n"
                              "5  Save the session with S: a recipe that replays to the same numbers.\n"
                              "\n"
                              "The keys 1 to 5 lead to these rooms; ? helps, : finds any command.\n"
                              "Enter begins.\n";

static void greet(loop *l) {
  orr_text page = {0};
  const orr_tui_options *o = l->options;
  if (o->first) orr_text_add(&page, welcome);
  if (*o->problems)
    orr_text_printf(&page, "%sWhat the settings say and cannot be done:\n%s", page.length ? "\n" : "",
                    o->problems);
  if (page.length) orr_ui_words(&l->ui, o->first ? "How to begin" : "Settings", orr_text_get(&page));
  orr_text_fini(&page);
}

static orr_status open_loop(loop *l, orr_error *e) {
  const orr_tui_options *o = l->options;
  orr_text problems = {0};
  orr_config_theme(o->place, o->theme ? o->theme : o->config->theme, &l->theme, &problems);
  orr_term_setup setup = {.in = 0, .out = 1, .mono = o->place->no_colour, .no_mouse = !o->config->mouse};
  orr_status status = orr_tui_watch_signals(e);
  if (!status) status = orr_term_open(&setup, &l->theme, e);
  orr_term_facts facts = orr_term_facts_now();
  if (!status) status = resize(l, e);
  if (!status && orr_tui_plots_open(&l->plots, o->place, &facts, NULL)) l->plots.plotter = NULL;
  if (!status && o->config->has_plot && l->plots.ladder.holds[o->config->plot]) {
    l->plots.mode = o->config->plot;
    orr_tui_plots_step(&l->plots, 0);
  }
  if (!status && problems.length)
    orr_ui_say(&l->ui, ORR_INK_WARNING, "%.*s", (int)strcspn(problems.data, "\n"), problems.data);
  orr_text_fini(&problems);
  return status;
}

static orr_status agree(orr_ui *ui, orr_error *e) {
  (void)e;
  ui->agreed = true;
  return ORR_OK;
}

/* A question that comes before the engine: keys and signals only. */
static orr_status ask_first(loop *l, orr_error *e) {
  touch_now(l);
  while (l->ui.overlay == ORR_OVER_CONFIRM && !l->ui.leave) {
    struct pollfd polls[] = {{orr_term_descriptor(), POLLIN, 0}, {orr_tui_signals(), POLLIN, 0}};
    if (!isinf(l->due)) draw(l);
    if (poll(polls, 2, -1) < 0 && errno != EINTR) return orr_fail_errno(e, "cannot wait for the terminal");
    if (polls[1].revents) take_signals(l);
    ORR_TRY(take_keys(l, e));
  }
  return ORR_OK;
}

/* "htru2.csv: a session of 22 Nov 17:12 is not finished; 5 lines, the last s.fit1 = o.fit. Go on with it?" */
static void say_left(const orr_left_session *s, orr_text *out) {
  char when[32];
  struct tm local;
  time_t seconds = (time_t)s->when;
  localtime_r(&seconds, &local);
  strftime(when, sizeof when, "%-d %b %H:%M", &local);
  if (*s->data) orr_text_printf(out, "%s: ", s->data);
  orr_text_printf(out, "a session of %s is not finished; %zu line%s, the last %s. Go on with it?", when,
                  s->lines, s->lines == 1 ? "" : "s", s->last);
}

/* A session that a crash left is gone on with where the person wants it; *folder is then its folder. */
static orr_status offer_unfinished(loop *l, char **folder, orr_error *e) {
  orr_text question = {0};
  orr_left_session left;
  if (!orr_workbench_unfinished(l->options->workbench.source, &left)) return ORR_OK;
  say_left(&left, &question);
  orr_ui_confirm(&l->ui, orr_text_get(&question), agree);
  orr_text_fini(&question);
  l->ui.may_leave = true;
  orr_status status = ask_first(l, e);
  l->ui.may_leave = false;
  if (!status && l->ui.agreed) *folder = left.folder;
  else orr_free(left.folder);
  return status;
}

/* The first frame comes before the engine: what there is to see of it is soon there. */
static orr_status open_workbench(loop *l, orr_error *e) {
  const orr_tui_options *o = l->options;
  l->ui.place = o->place, l->ui.keys = o->keys, l->ui.now = l->pressed = orr_clock_seconds(&l->clock);
  l->ui.recipe = o->recipe;
  if (o->recipe) l->ui.room = ORR_ROOM_RECIPE;
  ORR_TRY(orr_ui_open(&l->ui, e));
  draw(l);
  orr_workbench_config config = o->workbench;
  char *resume = NULL;
  ORR_TRY(offer_unfinished(l, &resume, e));
  if (!l->ui.leave) {
    greet(l);
    config.resume = resume;
    orr_status status = orr_workbench_open(&config, &l->ui.workbench, e);
    orr_free(resume);
    ORR_TRY(status);
    hear_engine(l);
  } else orr_free(resume);
  return ORR_OK;
}

static orr_status close_workbench(loop *l, char **folder, orr_error *e) {
  if (!l->ui.workbench) return ORR_OK;
  orr_ui_say(&l->ui, ORR_INK_TEXT, "Keeping the session ...");
  l->ui.overlay = ORR_OVER_NONE;
  draw(l);
  orr_workbench *w = l->ui.workbench;
  l->ui.workbench = NULL;
  return orr_workbench_close(w, true, folder, e);
}

orr_status orr_tui_run(const orr_tui_options *options, char **folder, orr_error *e) {
  loop *l = orr_calloc(1, sizeof *l);
  orr_error closing = {0};
  *folder = NULL;
  if (!l) return orr_fail_memory(e, "the screen", sizeof *l);
  l->options = options;
  l->clock = options->workbench.clock;
  l->due = INFINITY;
  l->view.ui = &l->ui;
  orr_status status = open_loop(l, e);
  if (!status) status = open_workbench(l, e);
  while (!status && !l->ui.leave) status = turn(l, e);
  orr_status kept = close_workbench(l, folder, &closing);
  orr_term_close();
  orr_tui_unwatch_signals();
  orr_tui_export_close(&l->export);
  orr_ui_close(&l->ui);
  orr_tui_plots_close(&l->plots);
  orr_grid_fini(&l->grid);
  if (!status && kept) status = orr_fail(e, kept, "%s", closing.message);
  if (!status && l->ending) status = orr_fail(e, l->ending, "stopped by a signal; what was done is kept");
  orr_free(l);
  return status;
}
