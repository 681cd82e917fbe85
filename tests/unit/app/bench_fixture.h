/* A workbench in a folder of its own over one small CSV file, and waiting for what it does: on its wake-up, never for
 * a time. What it keeps is run again as any recipe would be. */
#ifndef ORR_TESTS_BENCH_FIXTURE_H
#define ORR_TESTS_BENCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/engine.h"
#include "app/workbench/workbench.h"
#include "base/file.h"

typedef struct bench {
  char root[64];
  orr_place place;
  orr_workbench *w;
  orr_error error;
  size_t notes;
} bench;

static bench b;

/* x, y, kind (text) and class, which the first two tell most of; a fixed generator. */
static inline void write_rows(const char *path, size_t n) {
  orr_text t = {0};
  uint32_t s = 12345;
  orr_text_add(&t, "x,y,kind,class\n");
  for (size_t i = 0; i < n; i++) {
    double u[3];
    for (int k = 0; k < 3; k++) s = s * 69069 + 12345, u[k] = (s >> 16) / 65536.0;
    orr_text_printf(&t, "%.5f,%.5f,%s,%s\n", u[0], u[1], i % 3 ? "red" : "blue",
                    u[0] + u[1] + 0.8 * u[2] > 1.4 ? "yes" : "no");
  }
  assert_int_equal(orr_file_write(path, t.data, t.length, NULL), ORR_OK);
  orr_text_fini(&t);
}

static inline int bench_set_up(void **state) {
  (void)state;
  b = (bench){.root = "/tmp/workbench-XXXXXX"};
  if (!mkdtemp(b.root) || chdir(b.root)) return 1;
  setenv("XDG_STATE_HOME", b.root, 1);
  setenv("ORRERY_CHECKPOINT_SECONDS", "0.02", 1);
  write_rows("rows.csv", 400);
  if (orr_place_init(&b.place, "orrery", &b.error)) return 1;
  free(b.place.gnuplot); /* figures as text are enough, and quick */
  b.place.gnuplot = NULL;
  return 0;
}

static inline void open_as(const char *source, const char *resume) {
  orr_workbench_config config = {.place = &b.place,
                                 .source = source,
                                 .seed = 7,
                                 .threads = 2,
                                 .resume = resume,
                                 .clock = orr_place_clock()};
  if (orr_workbench_open(&config, &b.w, &b.error)) fail_msg("open: %s", b.error.message);
}

static inline void open_bench(void) { open_as("rows.csv", NULL); }

/* Sleeps until something has happened; what was told is read. */
static inline void wait_for_wake(void) {
  orr_event event;
  struct pollfd fd = {orr_workbench_wake(b.w), POLLIN, 0};
  assert_true(poll(&fd, 1, 300000) == 1); /* a runaway loop takes its time on a busy machine */
  while (orr_workbench_event(b.w, &event)) b.notes += event.kind == ORR_EVENT_NOTE;
}

static inline orr_snapshot *settle(void) {
  while (orr_workbench_is_busy(b.w)) wait_for_wake();
  return orr_workbench_snapshot(b.w);
}

static inline void put(const char *line) { assert_int_equal(orr_workbench_do(b.w, line, &b.error), ORR_OK); }

static inline void done(const char *line) {
  put(line);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s: %s", line, s->failure);
  orr_snapshot_unref(s);
}

static inline void fails(const char *line, const char *words) {
  put(line);
  orr_snapshot *s = settle();
  if (!s->failure || !strstr(s->failure, words)) fail_msg("%s: %s", line, s->failure ? s->failure : "passed");
  assert_null(strchr(s->failure, '\n'));
  orr_snapshot_unref(s);
}

static inline void undo(void) {
  if (orr_workbench_undo(b.w, &b.error)) fail_msg("undo: %s", b.error.message);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("undo: %s", s->failure);
  orr_snapshot_unref(s);
}

static inline orr_answer *ask(const orr_question *q) {
  uint64_t number = orr_workbench_ask(b.w, q);
  for (;;) {
    orr_answer *a = orr_workbench_answer(b.w, q->kind);
    if (a && a->number >= number) return a;
    orr_answer_unref(a);
    wait_for_wake();
  }
}

static inline orr_snapshot *look(void) { return orr_workbench_snapshot(b.w); }

static inline void read_text(const char *folder, const char *name, orr_text *out) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", folder, name);
  if (orr_file_read_path(path.data, SIZE_MAX, out, &b.error)) fail_msg("%s", b.error.message);
  orr_text_fini(&path);
}

static inline void show_nothing(void *context, const orr_event *event) { (void)context, (void)event; }

/* Runs the recipe to a folder of that name; its numbers are those of `folder` to the byte. */
static inline void expect_replay(const char *recipe, const char *folder, const char *out) {
  orr_text numbers = {0}, again = {0}, check = {0};
  orr_text_printf(&check, "%s/numbers.json", folder);
  orr_job j = {.recipe = recipe, .out = out, .check = check.data, .threads = 1, .place = &b.place};
  if (orr_engine_run(&j, 0, show_nothing, NULL, &b.error) || j.status)
    fail_msg("replay of %s: %s %s", recipe, j.error.message, orr_text_get(&j.differences));
  read_text(folder, "numbers.json", &numbers);
  read_text(out, "numbers.json", &again);
  assert_string_equal(numbers.data, again.data);
  orr_text_fini(&numbers);
  orr_text_fini(&again);
  orr_text_fini(&check);
  orr_job_fini(&j);
}

/* NULL: nothing was kept. The caller's. */
static inline char *close_bench(bool keep) {
  char *folder;
  if (orr_workbench_close(b.w, keep, &folder, &b.error)) fail_msg("close: %s", b.error.message);
  b.w = NULL;
  return folder;
}

static inline void close_and_replay(void) {
  orr_text recipe = {0};
  char *folder = close_bench(true);
  assert_non_null(folder);
  orr_text_printf(&recipe, "%s/recipe.lua", folder);
  expect_replay(recipe.data, folder, "again");
  orr_text_fini(&recipe);
  orr_free(folder);
}

static inline int bench_tear_down(void **state) {
  (void)state;
  if (b.w) orr_free(close_bench(false));
  orr_place_fini(&b.place);
  if (chdir("/")) return 1;
  orr_file_remove_tree(b.root);
  return 0;
}

#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_set_up, bench_tear_down)

#endif
