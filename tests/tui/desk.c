/* A user interface over a real workbench; see desk.h. */
#include "tests/tui/desk.h"

#include <locale.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/workbench/bench.h"
#include "base/file.h"

static double seconds(void *context) { return *(const double *)context; }
static long long wall(void *context) { return (void)context, 1795338060; /* 2026-11-22T09:01:00Z */ }

static void open_workbench(desk *d, const char *source) {
  orr_error e = {0};
  char out[96];
  snprintf(out, sizeof out, "%s/session", d->root);
  orr_workbench_config config = {.place = &d->place,
                                 .source = source,
                                 .seed = 7,
                                 .threads = 2,
                                 .out = out,
                                 .clock = {seconds, wall, &d->ui.now}};
  if (orr_workbench_open(&config, &d->workbench, &e)) fail_msg("open: %s", e.message);
  d->ui.workbench = d->workbench;
}

void desk_open(desk *d, const char *source) {
  orr_error e = {0};
  memset(d, 0, sizeof *d);
  snprintf(d->root, sizeof d->root, "/tmp/orrery-desk-XXXXXX");
  setlocale(LC_CTYPE, "C.UTF-8");
  assert_non_null(mkdtemp(d->root));
  setenv("XDG_STATE_HOME", d->root, 1);
  assert_int_equal(orr_place_init(&d->place, "orrery", &e), ORR_OK);
  orr_free(d->place.gnuplot); /* the record's figures as text are enough, and quick */
  d->place.gnuplot = NULL;
  orr_keymap_init(&d->keys);
  orr_theme_plain(&d->theme);
  d->ui = (orr_ui){.keys = &d->keys, .place = &d->place, .now = 1000, .width = 80, .height = 24};
  d->view = (orr_view){.ui = &d->ui, .theme = &d->theme, .plot_mode = "cells"};
  assert_int_equal(orr_ui_open(&d->ui, &e), ORR_OK);
  open_workbench(d, source);
  desk_settle(d);
}

char *desk_leave(desk *d) {
  orr_error e = {0};
  char *folder = NULL;
  if (d->workbench && orr_workbench_close(d->workbench, true, &folder, &e)) fail_msg("close: %s", e.message);
  d->workbench = d->ui.workbench = NULL;
  return folder;
}

void desk_close(desk *d) {
  orr_free(desk_leave(d));
  orr_ui_close(&d->ui);
  orr_place_fini(&d->place);
  orr_file_remove_tree(d->root);
}

/* ---- what the workbench tells ---- */

void desk_tell(desk *d, const orr_event *event) {
  if (event->kind == ORR_EVENT_PROGRESS) d->ui.progress = *event;
  if (event->kind == ORR_EVENT_COMMAND) d->ui.progress = (orr_event){0};
  for (size_t i = 0; i < ORR_ROOMS; i++)
    if (orr_rooms[i]->event) orr_rooms[i]->event(&d->ui, event);
}

static void take_answers(desk *d) {
  for (orr_question_kind k = 0; k < ORR_QUESTIONS; k++) {
    orr_answer *a = orr_workbench_answer(d->workbench, k), *old = d->ui.answers[k];
    d->ui.answers[k] = a;
    orr_answer_unref(old);
  }
}

void desk_listen(desk *d) {
  orr_event event;
  while (orr_workbench_event(d->workbench, &event)) desk_tell(d, &event);
  orr_snapshot *old = d->ui.snapshot;
  d->ui.snapshot = orr_workbench_snapshot(d->workbench);
  const char *failure = d->ui.snapshot ? d->ui.snapshot->failure : NULL;
  if (failure && (!old || !old->failure || strcmp(old->failure, failure)))
    orr_ui_say(&d->ui, ORR_INK_BAD, "%s", failure);
  if (old) orr_snapshot_unref(old);
  if (d->ui.snapshot && !d->ui.snapshot->running) d->ui.progress = (orr_event){0};
  take_answers(d);
  if (orr_ui_room(&d->ui)->refresh) orr_ui_room(&d->ui)->refresh(&d->ui);
}

/* An answer that is not the newest question's is still to come. */
static bool waits(const desk *d) {
  orr_asking *a = &d->workbench->asking;
  bool waiting = orr_workbench_is_busy(d->workbench);
  pthread_mutex_lock(&a->lock);
  for (orr_question_kind k = 0; k < ORR_QUESTIONS; k++)
    waiting = waiting || (a->newest[k] && (!a->answers[k] || a->answers[k]->number != a->newest[k])) ||
              (a->answers[k] && a->answers[k] != d->ui.answers[k]);
  pthread_mutex_unlock(&a->lock);
  return waiting;
}

void desk_settle(desk *d) {
  struct pollfd fd = {orr_workbench_wake(d->workbench), POLLIN, 0};
  for (desk_listen(d); waits(d); desk_listen(d)) assert_true(poll(&fd, 1, 120000) == 1);
  desk_listen(d);
}

void desk_do(desk *d, const char *line) {
  orr_error e = {0};
  assert_int_equal(orr_workbench_do(d->workbench, line, &e), ORR_OK);
  desk_settle(d);
  if (d->ui.snapshot->failure) fail_msg("%s: %s", line, d->ui.snapshot->failure);
}

void desk_keys(desk *d, const char *names) {
  while (*(names += strspn(names, " "))) {
    char word[64];
    orr_key key;
    size_t n = strcspn(names, " ");
    snprintf(word, sizeof word, "%.*s", (int)n, names);
    names += n;
    if (orr_key_parse(word, &key)) orr_ui_key(&d->ui, &key);
    else
      for (const char *p = word; *p; p++)
        orr_ui_key(&d->ui, &(orr_key){.kind = ORR_KEY_RUNE, .rune = (unsigned char)*p});
    if (orr_ui_room(&d->ui)->refresh) orr_ui_room(&d->ui)->refresh(&d->ui);
  }
}

/* ---- drawing ---- */

static uint32_t sign_at(const orr_drawing *d, int x, int y) {
  int bottom = d->rows - 2, left = 6;
  if (x == left) return y == bottom ? 0x2514 : y < bottom ? 0x2502 : ' ';
  if (y == bottom && x > left) return 0x2500;
  int curve = bottom - 1 - (x - left) * (bottom - 1) / (d->columns - left);
  return x > left && y == curve ? 0x28ff : ' ';
}

orr_drawing *desk_drawing(int columns, int rows) {
  orr_drawing *d = orr_drawing_new(1, columns, rows);
  assert_non_null(d);
  for (int y = 0; y < d->rows; y++)
    for (int x = 0; x < d->columns; x++)
      d->cells[y * d->columns + x] = (orr_plot_cell){sign_at(d, x, y), ORR_NO_COLOUR, ORR_NO_COLOUR};
  d->axes = orr_calloc(1, sizeof *d->axes);
  assert_non_null(d->axes);
  d->n_axes = 1;
  *d->axes = (orr_plot_axes){.left = 13,
                             .right = 2 * d->columns - 1,
                             .top = 1,
                             .bottom = 4 * d->rows - 8,
                             .x_high = 10,
                             .y_high = 1};
  return d;
}

/* What is wanted can be made. */
static void make_figures(desk *d) {
  for (size_t i = 0; i < d->view.n_wanted; i++) {
    orr_figure figure;
    orr_arena arena = {0};
    orr_error e = {0};
    const orr_wanted *w = &d->view.wanted[i];
    orr_figure_init(&figure, &arena, "x", "");
    if (w->make(&d->ui, w->where.width, w->where.height, &figure, &e))
      fail_msg("the plot in %d,%d: %s", w->where.x, w->where.y, e.message);
    assert_true(figure.n_panels > 0);
    orr_arena_fini(&arena);
  }
}

void desk_draw(desk *d, int width, int height, bool utf8, orr_grid *g) {
  orr_error e = {0};
  orr_drawing *drawn[ORR_WANTED_PLOTS] = {0};
  assert_int_equal(orr_grid_init(g, width, height, utf8, &e), ORR_OK);
  d->ui.width = width, d->ui.height = height;
  memset(d->view.drawings, 0, sizeof d->view.drawings);
  orr_screen_draw(&d->view, g);
  make_figures(d);
  for (size_t i = 0; i < d->view.n_wanted; i++) {
    d->view.drawings[i] = drawn[i] =
        desk_drawing(d->view.wanted[i].where.width, d->view.wanted[i].where.height);
    d->view.drawn[i] = d->view.wanted[i].id;
  }
  orr_screen_draw(&d->view, g);
  for (size_t i = 0; i < ORR_WANTED_PLOTS; i++)
    if (drawn[i]) orr_drawing_unref(drawn[i]);
  memset(d->view.drawings, 0, sizeof d->view.drawings);
}
