/* The history: runs come back newest first and to the letter, and a file that is none is
 * an error, not a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/history.h"

static char folder[64], file[96];

static int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/orrery-history-XXXXXX");
  assert_non_null(mkdtemp(folder));
  snprintf(file, sizeof file, "%s/history.db", folder);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  orr_file_remove_tree(folder);
  return 0;
}

typedef struct walk {
  size_t count, most;
  long long seeds[32];
  char last[256];
} walk;

static orr_status visit(void *context, const orr_past_run *run) {
  walk *w = context;
  w->seeds[w->count++] = run->seed;
  snprintf(w->last, sizeof w->last, "%s|%s|%s|%s|%s", run->path, run->recipe, run->status, run->start,
           run->headline);
  return w->most && w->count == w->most ? ORR_STOPPED : ORR_OK;
}

static orr_past_run run_of(long long seed) {
  return (orr_past_run){.path = "/r/a'); DROP TABLE runs; --",
                        .recipe = "classification",
                        .status = "ok",
                        .start = "2026-11-22T09:01:00Z",
                        .headline = "log loss 0.07 ± 0.01",
                        .seed = seed};
}

static void no_file_is_no_runs(void **state) {
  (void)state;
  walk w = {0};
  assert_int_equal(orr_history_list(file, visit, &w, NULL), ORR_OK);
  assert_int_equal(w.count, 0);
  assert_false(orr_file_exists(file));
}

static void runs_come_newest_first(void **state) {
  (void)state;
  static const long long seeds[] = {7, LLONG_MIN, LLONG_MAX};
  walk w = {0};
  for (size_t i = 0; i < 3; i++) {
    orr_past_run run = run_of(seeds[i]);
    assert_int_equal(orr_history_add(file, &run, NULL), ORR_OK);
  }
  assert_int_equal(orr_history_list(file, visit, &w, NULL), ORR_OK);
  assert_int_equal(w.count, 3);
  for (size_t i = 0; i < 3; i++) assert_true(w.seeds[i] == seeds[2 - i]);
  assert_string_equal(
      w.last, "/r/a'); DROP TABLE runs; --|classification|ok|2026-11-22T09:01:00Z|log loss 0.07 ± 0.01");
}

static void a_visitor_may_end_the_walk(void **state) {
  (void)state;
  walk w = {.most = 2};
  for (long long i = 0; i < 5; i++) {
    orr_past_run run = run_of(i);
    assert_int_equal(orr_history_add(file, &run, NULL), ORR_OK);
  }
  assert_int_equal(orr_history_list(file, visit, &w, NULL), ORR_STOPPED);
  assert_int_equal(w.count, 2);
}

static void what_is_no_history_is_an_error(void **state) {
  (void)state;
  walk w = {0};
  orr_error e;
  orr_past_run run = run_of(1);
  char nowhere[128];
  assert_int_equal(orr_file_write(file, "this is no database, and long enough to be read as one", 54, NULL),
                   ORR_OK);
  assert_int_equal(orr_history_list(file, visit, &w, &e), ORR_SYSTEM);
  assert_non_null(strstr(e.message, "the run history"));
  assert_int_equal(orr_history_add(file, &run, &e), ORR_SYSTEM);
  snprintf(nowhere, sizeof nowhere, "%s/no/folder/history.db", folder);
  assert_int_equal(orr_history_add(nowhere, &run, &e), ORR_SYSTEM);
  assert_int_equal(w.count, 0);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_folder(no_file_is_no_runs),
      with_folder(runs_come_newest_first),
      with_folder(a_visitor_may_end_the_walk),
      with_folder(what_is_no_history_is_an_error),
  };
  return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
