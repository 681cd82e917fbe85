/* Steering what runs: a fit that is stopped keeps its best and replays, one that
 * is abandoned leaves nothing, a changed learning rate is a line of the record. */
#include "bench_fixture.h"

/* Long enough to be steered; it is always stopped. */
#define LONG                                                                                                 \
  "s.fit1 = o.fit { 'mlp', s.split1, target = 'class', hidden = { 16 }, epochs = 100000, patience = 0, "     \
  "batch_size = 32 }"

typedef struct seen {
  const char *name;
  size_t member, points;
  double last;
} seen;

static void count_points(void *context, const orr_series *s) {
  seen *wanted = context;
  assert_string_equal(s->fit, "fit1");
  if (s->member != wanted->member || strcmp(s->name, wanted->name)) return;
  for (size_t i = 1; i < s->n; i++) assert_true(s->step[i] >= s->step[i - 1]);
  wanted->points = s->n;
  wanted->last = s->value[s->n - 1];
}

static seen curve(const char *name) {
  seen wanted = {.name = name, .member = 1};
  orr_live_read(orr_workbench_live(b.w), count_points, &wanted);
  return wanted;
}

/* Until so many epochs more have been told. */
static void wait_for_epochs(size_t n) {
  size_t begun = curve("loss").points;
  while (curve("loss").points < begun + n) wait_for_wake();
}

static void begin_long(const char *line) {
  open_bench();
  done("s.split1 = o.split { s.data1, stratify = 'class' }");
  put(line);
  wait_for_epochs(3);
  orr_snapshot *s = look();
  assert_string_equal(s->running, line);
  assert_int_equal(s->journal[s->n_journal - 1].state, ORR_LINE_RUNNING);
  orr_snapshot_unref(s);
  assert_int_equal(orr_workbench_undo(b.w, &b.error), ORR_USAGE);
}

static void a_stopped_fit_keeps_its_best(void **state) {
  (void)state;
  begin_long(LONG);
  put("s.evaluate1 = o.evaluate { s.fit1, on = s.split1.test }"); /* goes on after the stop */
  orr_workbench_stop(b.w);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  assert_int_equal(s->n_fits, 1);
  assert_true(s->fits[0].fit->outcome.cut);
  assert_true(s->n_numbers > 5);
  orr_snapshot_unref(s);
  done("o.fit { 'mlp', s.split1, target = 'class', hidden = { 4 }, epochs = 3 }"); /* is not stopped */
  s = look();
  assert_false(s->fits[1].fit->outcome.cut);
  orr_snapshot_unref(s);
  close_and_replay();
}

static void a_stop_and_its_fit_are_taken_back_together(void **state) {
  (void)state;
  begin_long(LONG);
  orr_workbench_stop(b.w);
  orr_snapshot_unref(settle());
  undo();
  assert_true(curve("loss").points > 0);
  done("s.fit1 = o.fit { 'mlp', s.split1, target = 'class', hidden = { 4 }, epochs = 2 }");
  assert_int_equal(curve("loss").points, 2); /* those of the new one only */
  done("s.evaluate1 = o.evaluate { s.fit1, on = s.split1.test }");
  close_and_replay();
}

static void a_changed_rate_is_in_the_record(void **state) {
  (void)state;
  begin_long(LONG);
  double before = curve("learning_rate").last;
  assert_true(orr_control_set(orr_workbench_control(b.w), "learning_rate", before / 8));
  wait_for_epochs(3);
  assert_true(curve("learning_rate").last < before / 4);
  orr_workbench_stop(b.w);
  orr_snapshot *s = settle();
  const orr_seen_line *last = &s->journal[s->n_journal - 1];
  assert_non_null(strstr(last->text, "o.control { \"fit1\", step = "));
  orr_snapshot_unref(s);
  done("s.evaluate1 = o.evaluate { s.fit1, on = s.split1.test }");
  close_and_replay();
}

static void an_abandoned_line_leaves_nothing(void **state) {
  (void)state;
  begin_long("o.note { 'half' } " LONG);
  orr_workbench_abandon(b.w);
  orr_snapshot *s = settle();
  assert_int_equal(s->n_fits, 0);
  assert_non_null(s->failure);
  assert_null(strstr(s->report, "half"));
  assert_int_equal(s->journal[s->n_journal - 1].state, ORR_LINE_FAILED);
  assert_int_equal(s->journal[s->n_journal - 2].state, ORR_LINE_UNDONE);
  orr_snapshot_unref(s);
  done("s.fit1 = o.fit { 'constant', s.split1, target = 'class' }");
  done("s.evaluate1 = o.evaluate { s.fit1, on = s.split1.test }");
  close_and_replay();
}

static void a_pause_lasts_until_it_is_ended(void **state) {
  (void)state;
  begin_long(LONG);
  orr_control_pause(orr_workbench_control(b.w));
  orr_control_resume(orr_workbench_control(b.w));
  wait_for_epochs(2);
  orr_control_pause(orr_workbench_control(b.w));
  orr_workbench_stop(b.w); /* wakes it */
  orr_snapshot *s = settle();
  assert_null(s->failure);
  orr_snapshot_unref(s);
  done("o.fit { 'mlp', s.split1, target = 'class', hidden = { 4 }, epochs = 2 }"); /* is not paused */
}

static void leaving_keeps_the_best_of_what_runs(void **state) {
  (void)state;
  begin_long(LONG);
  put("o.note { 'never' }");
  char *folder = close_bench(true);
  assert_non_null(folder);
  orr_text recipe = {0}, path = {0};
  read_text(folder, "recipe.lua", &recipe);
  assert_non_null(strstr(recipe.data, "--@stop fit1 "));
  assert_null(strstr(recipe.data, "never"));
  orr_text_printf(&path, "%s/recipe.lua", folder);
  expect_replay(path.data, folder, "again");
  orr_text_fini(&recipe);
  orr_text_fini(&path);
  orr_free(folder);
}

static void leaving_without_it_keeps_nothing(void **state) {
  (void)state;
  begin_long(LONG);
  assert_null(close_bench(false));
  assert_false(orr_file_exists("runs"));
}

static void of_a_recipe_only_the_fit_that_runs_is_stopped(void **state) {
  (void)state;
  const char *words[] = {"target=class",  "model=mlp", "baseline=constant", "repeats=1",
                         "epochs=100000", "hidden=16", "patience=0"};
  orr_words settings = {.items = words, .count = sizeof words / sizeof *words};
  open_bench();
  assert_int_equal(orr_workbench_run(b.w, "classification", &settings, &b.error), ORR_OK);
  orr_snapshot *s = NULL;
  do {
    orr_snapshot_unref(s);
    wait_for_wake();
    s = look();
    if (s->failure) fail_msg("%s", s->failure);
  } while (s->n_fits < 1);
  orr_snapshot_unref(s);
  orr_workbench_stop(b.w); /* perhaps before the first step of the second */
  s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  assert_int_equal(s->n_evaluations, 1);
  orr_snapshot_unref(s);
  close_and_replay();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BENCH_TEST(a_stopped_fit_keeps_its_best),     BENCH_TEST(a_stop_and_its_fit_are_taken_back_together),
      BENCH_TEST(a_changed_rate_is_in_the_record),  BENCH_TEST(an_abandoned_line_leaves_nothing),
      BENCH_TEST(a_pause_lasts_until_it_is_ended),  BENCH_TEST(leaving_keeps_the_best_of_what_runs),
      BENCH_TEST(leaving_without_it_keeps_nothing), BENCH_TEST(of_a_recipe_only_the_fit_that_runs_is_stopped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
