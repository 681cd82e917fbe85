/* The workbench without a screen: lines, what fails, what is taken back, what is
 * seen, and that what it keeps gives the same numbers when it is run again. */
#include "bench_fixture.h"

static void reading_begins_at_once(void **state) {
  (void)state;
  open_bench();
  orr_snapshot *s = settle();
  assert_int_equal(s->n_tables, 1);
  assert_string_equal(s->tables[0].slot, "data1");
  assert_string_equal(s->tables[0].line, "s.data1 = o.data { }");
  assert_int_equal(s->tables[0].table->rows, 400);
  assert_int_equal(s->current, 0);
  assert_int_equal(s->n_journal, 1);
  assert_int_equal(s->journal[0].state, ORR_LINE_DONE);
  assert_null(s->running);
  assert_null(s->failure);
  assert_string_equal(s->source, "rows.csv");
  orr_snapshot_unref(s);
  assert_null(close_bench(true)); /* looking leaves nothing */
  assert_false(orr_file_exists("runs"));
}

static void a_slot_is_filled_without_being_named(void **state) {
  (void)state;
  open_bench();
  done("o.filter { s.data1, 'x > 0.5' }");
  done("o.split { s.filter1, stratify = 'class' } o.fit { 'logistic', s.split1, target = 'class' }");
  orr_snapshot *s = look();
  assert_int_equal(s->n_tables, 2);
  assert_int_equal(s->current, 1);
  assert_string_equal(s->fits[0].slot, "fit1");
  assert_string_equal(s->fits[0].table, "filter1");
  assert_string_equal(s->splits[0].table, "filter1");
  assert_string_equal(s->journal[1].text, "s.filter1 = o.filter { s.data1, \"x > 0.5\" }");
  orr_snapshot_unref(s);
}

static void what_fails_leaves_the_session_as_it_was(void **state) {
  (void)state;
  open_bench();
  orr_snapshot_unref(settle());
  fails("x = = 3", "unexpected symbol");
  fails("o.filter { s.data1, 'nothing > 1' }", "no column 'nothing'");
  fails("o.fit { 'logistc', s.data1, target = 'class' }", "logistic");
  fails("o.fitt { }", "did you mean o.fit?");
  fails("error { }", "an error that is not text");
  fails("while true do end", "too many instructions");
  fails("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", "memory");
  fails("o.undo { 9 }", "cannot be taken back");
  orr_snapshot *s = look();
  assert_int_equal(s->n_tables, 1);
  assert_int_equal(s->n_journal, 9);
  assert_string_equal(s->journal[2].text, "s.filter1 = o.filter { s.data1, \"nothing > 1\" }");
  assert_int_equal(s->journal[2].state, ORR_LINE_FAILED);
  assert_non_null(strstr(s->journal[2].error, "no column"));
  orr_snapshot_unref(s);
  done("s = 3 o = nil"); /* for that line only */
  done("kept = 41");
  done("o.note { 'x ' .. kept + 1 } o.split { s.data1 }");
}

static void the_queue_behind_a_failure_is_dropped(void **state) {
  (void)state;
  open_bench();
  orr_snapshot_unref(settle());
  put("for i = 1, 1e7 do local x = i end"); /* so that the next ones wait in the queue */
  put("o.nothing { }");
  put("o.note { 'never' }");
  orr_snapshot *s = settle();
  assert_non_null(strstr(s->failure, "o.nothing"));
  assert_null(strstr(s->report, "never"));
  orr_snapshot_unref(s);
  done("o.note { 'after' }");
}

/* Twenty steps with what was taken back between them. */
static void twenty_steps(void) {
  done("s.role1 = o.role { s.data1, target = 'class', ignore = { 'kind' } }");
  done("s.filter1 = o.filter { s.role1, 'x > 0.05' }");
  done("o.filter { s.filter1, 'y > 0.5' }");
  undo();
  done("s.derive1 = o.derive { s.filter1, both = 'x + y' }");
  done("s.split1 = o.split { s.derive1, stratify = 'class' }");
  done("s.fit1 = o.fit { 'logistic', s.split1, target = 'class' }");
  done("s.fit2 = o.fit { 'mlp', s.split1, target = 'class', hidden = { 8 }, epochs = 5, repeats = 2 }");
  done("s.evaluate1 = o.evaluate { s.fit2, baseline = s.fit1, on = s.split1.test }");
  done("o.plot { 'roc', s.fit2 }");
  done("o.plot { 'reliability', s.evaluate1 }");
  undo();
  undo();
  undo(); /* the evaluation */
  undo(); /* the network */
  done("s.fit2 = o.fit { 'boosted_trees', s.split1, target = 'class', epochs = 20 }");
  done("s.evaluate1 = o.evaluate { s.fit2, baseline = s.fit1, on = s.split1.test }");
  done("o.plot { 'roc', s.fit2 }");
  done("o.plot { 'histogram', s.derive1, by = 'class' }");
  done("s.fit3 = o.fit { 'ridge', s.split1, target = 'y' }");
  done("o.calibrate { s.fit3, on = s.split1.validation }");
  undo();
  done("o.calibrate { s.fit3, on = s.split1.validation, level = 0.8 }");
  done("s.evaluate2 = o.evaluate { s.fit3, on = s.split1.test, as = 'y' }");
  done("o.explain { s.fit2, on = s.split1.test }");
  done("o.explain { s.fit2, on = s.split1.test, by = 'shapley', row = 12 }");
  undo();
  done("o.explain { s.fit2, on = s.split1.test, by = 'shapley', worst = 2 }");
  done("s.fit4 = o.fit { 'pca', s.split1, latent = 2 }");
  done("o.traverse { s.fit4, on = s.split1.test }");
  done("o.predict { s.fit2, on = s.split1.test, keep = { 'kind' } }");
  done("o.save { s.split1.test, 'test.csv' }");
  done("o.note { 'the end' }");
}

static void a_session_is_a_recipe(void **state) {
  (void)state;
  open_bench();
  orr_snapshot_unref(settle());
  twenty_steps();
  assert_int_equal(orr_workbench_save(b.w, "saved.lua", &b.error), ORR_OK);
  orr_snapshot *s = settle();
  assert_null(s->failure);
  assert_int_equal(s->n_fits, 4);
  assert_string_equal(s->fits[1].scores + strlen(s->fits[1].scores) - 1, "\n");
  assert_non_null(strstr(s->fits[1].scores, "boosted_trees"));
  assert_null(strstr(s->fits[1].scores, "coverage"));
  assert_string_equal(s->evaluations[0].fit, "fit2");
  assert_true(s->fits[2].fit->members[0].level == 0.8);
  assert_non_null(strstr(s->report, "the end"));
  orr_snapshot_unref(s);
  char *folder = close_bench(true);
  expect_replay("saved.lua", folder, "from-saved");
  orr_text path = {0};
  orr_text_printf(&path, "%s/recipe.lua", folder);
  expect_replay(path.data, folder, "again");
  static const char *const files[] = {"models/fit2.orrery", "models/fit3.orrery", "predictions.csv",
                                      "tables/test.csv", "recipe.lua"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    orr_text one = {0}, two = {0};
    read_text(folder, files[i], &one);
    read_text("again", files[i], &two);
    if (one.length != two.length || memcmp(orr_text_get(&one), orr_text_get(&two), one.length))
      fail_msg("%s differs", files[i]);
    orr_text_fini(&one);
    orr_text_fini(&two);
  }
  orr_text gone = {0};
  orr_text_printf(&gone, "%s/plots/reliability.gp", folder);
  assert_false(orr_file_exists(gone.data)); /* was taken back */
  orr_text_fini(&gone);
  orr_text_fini(&path);
  orr_free(folder);
}

static void all_of_it_can_be_taken_back(void **state) {
  (void)state;
  open_bench();
  orr_snapshot_unref(settle());
  twenty_steps();
  done("o.drop { s.fit1 }");
  for (;;) {
    orr_snapshot *s = look();
    size_t left = 0;
    for (size_t i = 0; i < s->n_journal; i++) left += s->journal[i].state == ORR_LINE_DONE;
    orr_snapshot_unref(s);
    if (!left) break;
    undo();
  }
  assert_int_equal(orr_workbench_undo(b.w, &b.error), ORR_USAGE);
  orr_snapshot *s = look();
  assert_int_equal(s->n_tables + s->n_fits + s->n_splits + s->n_evaluations + s->n_numbers, 0);
  assert_null(strstr(s->report, "yes"));
  orr_snapshot_unref(s);
  done("o.data { }");
  done("o.split { s.data1 }");
  assert_null(close_bench(true));
}

static void what_was_dropped_comes_back(void **state) {
  (void)state;
  open_bench();
  done("s.split1 = o.split { s.data1 } s.fit1 = o.fit { 'constant', s.split1, target = 'class' }");
  done("o.drop { s.fit1 }");
  fails("o.evaluate { s.fit1, on = s.split1.test }", "dropped");
  undo();
  done("o.evaluate { s.fit1, on = s.split1.test }");
  close_and_replay();
}

static void an_earlier_file_comes_back(void **state) {
  (void)state;
  orr_text before = {0}, after = {0}, path = {0};
  open_bench();
  done("o.split { s.data1 } o.fit { 'ridge', s.split1, target = 'y', name = 'm' }");
  orr_snapshot *s = look();
  const char *name = orr_file_name(s->folder);
  orr_text_printf(&path, "runs/.%s.partial-%ld", name, (long)getpid());
  orr_snapshot_unref(s);
  read_text(path.data, "models/m.orrery", &before);
  done("o.fit { 'constant', s.split1, target = 'class', name = 'm' }");
  undo();
  read_text(path.data, "models/m.orrery", &after);
  assert_true(before.length == after.length && !memcmp(before.data, after.data, before.length));
  orr_text_fini(&before);
  orr_text_fini(&after);
  orr_text_fini(&path);
}

static void a_recipe_runs_over_the_table_and_is_one_action(void **state) {
  (void)state;
  const char *words[] = {"target=class", "model=logistic", "repeats=1"};
  orr_words settings = {.items = words, .count = 3};
  open_bench();
  done("s.filter1 = o.filter { s.data1, 'x > 0.1' }");
  assert_int_equal(orr_workbench_run(b.w, "classification", &settings, &b.error), ORR_OK);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  size_t steps = 0;
  for (size_t i = 0; i < s->n_journal; i++) {
    if (s->journal[i].recipe) assert_string_equal(s->journal[i].recipe, "classification");
    assert_null(strstr(s->journal[i].text, "s.data2"));
    steps += s->journal[i].recipe != NULL;
  }
  assert_true(steps > 5);
  assert_string_equal(s->fits[0].table, "filter1");
  orr_snapshot_unref(s);
  undo();
  s = look();
  assert_int_equal(s->n_fits + s->n_numbers, 0);
  assert_int_equal(s->n_tables, 2);
  orr_snapshot_unref(s);
  assert_int_equal(orr_workbench_run(b.w, "classification", &settings, &b.error), ORR_OK);
  orr_snapshot_unref(settle());
  done("o.note { 'rows: ' .. s.filter1.rows .. ' ' .. s.evaluate1.log_loss.n }");
  close_and_replay();
}

static void a_recipe_that_fails_is_told(void **state) {
  (void)state;
  const char *words[] = {"target=clas"}, *wrong[] = {"targt=class"};
  orr_words settings = {.items = words, .count = 1}, misspelt = {.items = wrong, .count = 1};
  open_bench();
  assert_int_equal(orr_workbench_run(b.w, "classification", &settings, &b.error), ORR_OK);
  orr_snapshot *s = settle();
  assert_non_null(strstr(s->failure, "did you mean"));
  orr_snapshot_unref(s);
  assert_int_equal(orr_workbench_run(b.w, "classification", &misspelt, &b.error), ORR_OK);
  s = settle();
  assert_non_null(strstr(s->failure, "targt"));
  orr_snapshot_unref(s);
  assert_int_equal(orr_workbench_run(b.w, "clasification", &settings, &b.error), ORR_OK);
  s = settle();
  assert_non_null(strstr(s->failure, "did you mean 'classification'"));
  orr_snapshot_unref(s);
}

static void without_data_a_recipe_brings_its_own(void **state) {
  (void)state;
  const char *words[] = {"target=class", "model=logistic", "repeats=1"};
  orr_words settings = {.items = words, .count = 3};
  open_as(NULL, NULL);
  assert_int_equal(orr_workbench_run(b.w, "classification", &settings, &b.error), ORR_OK);
  orr_snapshot *s = settle();
  if (s->failure) fail_msg("%s", s->failure);
  assert_int_equal(s->tables[0].table->rows, 17898);
  orr_snapshot_unref(s);
  close_and_replay();
}

static void another_file_is_loaded_by_hand(void **state) {
  (void)state;
  open_bench();
  write_rows("more.csv", 100);
  done("o.load { 'more.csv' }");
  done("o.split { s.load1 } o.fit { 'constant', s.split1, target = 'class' }");
  done("o.evaluate { s.fit1, on = s.split1.test }");
  close_and_replay();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BENCH_TEST(reading_begins_at_once),
      BENCH_TEST(a_slot_is_filled_without_being_named),
      BENCH_TEST(what_fails_leaves_the_session_as_it_was),
      BENCH_TEST(the_queue_behind_a_failure_is_dropped),
      BENCH_TEST(a_session_is_a_recipe),
      BENCH_TEST(all_of_it_can_be_taken_back),
      BENCH_TEST(what_was_dropped_comes_back),
      BENCH_TEST(an_earlier_file_comes_back),
      BENCH_TEST(a_recipe_runs_over_the_table_and_is_one_action),
      BENCH_TEST(a_recipe_that_fails_is_told),
      BENCH_TEST(without_data_a_recipe_brings_its_own),
      BENCH_TEST(another_file_is_loaded_by_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
