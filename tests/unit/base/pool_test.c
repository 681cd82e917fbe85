/* The pool and what runs on it: each task once, for any number of threads, and
 * work that is told to stop stops between groups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"

enum { MOST = 10000 };

typedef struct tally {
  atomic_int runs[MOST];
} tally;

static void count(void *context, size_t task) { atomic_fetch_add(&((tally *)context)->runs[task], 1); }

static void check(tally *t, size_t tasks, int runs) {
  for (size_t i = 0; i < tasks; i++) assert_int_equal(atomic_load(&t->runs[i]), runs);
  for (size_t i = tasks; i < MOST; i++) assert_int_equal(atomic_load(&t->runs[i]), 0);
  memset(t, 0, sizeof *t);
}

static void each_task_runs_once(void **state) {
  (void)state;
  static tally t;
  static const unsigned threads[] = {1, 2, 3, 8};
  static const size_t tasks[] = {0, 1, 2, 7, MOST};
  for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
    orr_pool *p;
    assert_int_equal(orr_pool_new(threads[i], &p, NULL), ORR_OK);
    assert_int_equal(orr_pool_threads(p), threads[i]);
    for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++) {
      orr_pool_run(p, tasks[k], count, &t);
      check(&t, tasks[k], 1);
    }
    orr_pool_free(p);
  }
}

static void each_task_apart_runs_once(void **state) {
  (void)state;
  static tally t;
  static const unsigned threads[] = {1, 2, 3, 8, 70};
  static const size_t tasks[] = {0, 1, 2, 7, 200, MOST};
  for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
    orr_pool *p;
    assert_int_equal(orr_pool_new(threads[i], &p, NULL), ORR_OK);
    for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++)
      for (int again = 0; again < 20; again++) {
        orr_pool_run_apart(p, tasks[k], count, &t);
        check(&t, tasks[k], 1);
      }
    orr_pool_free(p);
  }
  orr_pool_run_apart(NULL, 5, count, &t);
  check(&t, 5, 1);
}

/* A worker's number is its own while a task runs, also where the task runs a pool of its own. */
typedef struct numbers {
  orr_pool *pool;
  atomic_int inside[4];
} numbers;

static void number_alone(void *context, size_t task) {
  (void)context, (void)task;
  assert_int_equal(orr_pool_worker(), 0);
}

static void number(void *context, size_t task) {
  numbers *n = context;
  unsigned mine = orr_pool_worker();
  (void)task;
  assert_true(mine < orr_pool_threads(n->pool));
  assert_int_equal(atomic_fetch_add(&n->inside[mine], 1), 0);
  orr_pool_run(NULL, 2, number_alone, NULL);
  assert_int_equal(orr_pool_worker(), mine);
  atomic_fetch_sub(&n->inside[mine], 1);
}

static void workers_have_numbers(void **state) {
  (void)state;
  numbers n = {0};
  assert_int_equal(orr_pool_new(4, &n.pool, NULL), ORR_OK);
  for (int i = 0; i < 100; i++) orr_pool_run(n.pool, 50, number, &n);
  assert_int_equal(orr_pool_worker(), 0);
  orr_pool_free(n.pool);
}

static void no_pool_is_one_thread(void **state) {
  (void)state;
  static tally t;
  assert_int_equal(orr_pool_threads(NULL), 1);
  orr_pool_run(NULL, 5, count, &t);
  check(&t, 5, 1);
  orr_pool_free(NULL);
}

/* Workers that are late for one job must not spoil the next. */
static void many_tiny_jobs_follow_each_other(void **state) {
  (void)state;
  enum { JOBS = 20000 };
  static tally t;
  orr_pool *p;
  assert_int_equal(orr_pool_new(4, &p, NULL), ORR_OK);
  for (int job = 0; job < JOBS; job++) orr_pool_run(p, 3, count, &t);
  check(&t, 3, JOBS);
  orr_pool_free(p);
}

static void pools_come_and_go(void **state) {
  (void)state;
  for (int i = 0; i < 200; i++) {
    orr_pool *p;
    assert_int_equal(orr_pool_new(3, &p, NULL), ORR_OK);
    orr_pool_free(p);
  }
}

static void no_memory_is_an_error(void **state) {
  (void)state;
  for (long after = 0; after < 3; after++) {
    orr_pool *p;
    orr_memory_fail_after(after);
    assert_int_equal(orr_pool_new(2, &p, NULL), ORR_MEMORY);
    orr_memory_fail_after(-1);
  }
}

typedef struct listener {
  orr_signal answer;
  size_t after, asked;
  char line[64];
} listener;

static orr_signal answer(void *context, const orr_report *report) {
  listener *l = context;
  assert_string_equal(report->what, "counting");
  return l->asked++ >= l->after ? l->answer : ORR_GO_ON;
}

static void note(void *context, const char *line) {
  listener *l = context;
  snprintf(l->line, sizeof l->line, "%s", line);
}

static void work_is_done_once_and_reported(void **state) {
  (void)state;
  static tally t;
  listener l = {ORR_GO_ON, 0, 0, ""};
  orr_work w = {.progress = answer, .context = &l};
  assert_int_equal(orr_pool_new(3, &w.pool, NULL), ORR_OK);
  assert_int_equal(orr_work_run(&w, "counting", 1000, count, &t, NULL), ORR_OK);
  check(&t, 1000, 1);
  assert_true(l.asked > 0);
  assert_int_equal(orr_work_run(NULL, "counting", 10, count, &t, NULL), ORR_OK);
  check(&t, 10, 1);
  orr_pool_free(w.pool);
}

static void abandoned_work_stops_between_tasks(void **state) {
  (void)state;
  static tally t;
  listener l = {ORR_ABANDON, 2, 0, ""};
  orr_work w = {.progress = answer, .context = &l};
  orr_error e;
  assert_int_equal(orr_work_run(&w, "counting", 1000, count, &t, &e), ORR_STOPPED);
  assert_string_equal(e.message, "stopped during counting");
  check(&t, 1, 1);
}

static void only_who_can_finish_is_told_to(void **state) {
  (void)state;
  listener l = {ORR_FINISH, 0, 0, ""};
  orr_work w = {.progress = answer, .context = &l};
  bool finish = false;
  assert_int_equal(orr_progress(&w, &(orr_report){.what = "counting"}, &finish, NULL), ORR_OK);
  assert_true(finish);
  assert_int_equal(orr_progress_step(&w, "counting", 1, 2, NULL), ORR_OK);
  assert_int_equal(orr_progress(NULL, &(orr_report){.what = "counting"}, &finish, NULL), ORR_OK);
  assert_false(finish);
}

static void notes_reach_the_log(void **state) {
  (void)state;
  listener l = {ORR_GO_ON, 0, 0, ""};
  orr_log(&(orr_work){.log = note, .context = &l}, "%d of %s", 3, "them");
  assert_string_equal(l.line, "3 of them");
  orr_log(NULL, "nobody");
  orr_log(&(orr_work){0}, "nobody");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_task_runs_once),
      cmocka_unit_test(each_task_apart_runs_once),
      cmocka_unit_test(workers_have_numbers),
      cmocka_unit_test(no_pool_is_one_thread),
      cmocka_unit_test(many_tiny_jobs_follow_each_other),
      cmocka_unit_test(pools_come_and_go),
      cmocka_unit_test(no_memory_is_an_error),
      cmocka_unit_test(work_is_done_once_and_reported),
      cmocka_unit_test(abandoned_work_stops_between_tasks),
      cmocka_unit_test(only_who_can_finish_is_told_to),
      cmocka_unit_test(notes_reach_the_log),
  };
  return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
