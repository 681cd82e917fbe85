/* Questions: profiles, orders, figures, recipes, runs; the newest of a kind wins,
 * and none of them waits for a fit or changes the session. */
#include "bench_fixture.h"

#include "app/workbench/asking.h"

static orr_table *table(void) {
  orr_snapshot *s = settle();
  orr_table *t = orr_table_ref(s->tables[s->current].table);
  orr_snapshot_unref(s);
  return t;
}

static void a_profile_tells_of_each_column(void **state) {
  (void)state;
  open_bench();
  orr_question q = {.kind = ORR_ASK_PROFILE, .table = table()};
  orr_answer *a = ask(&q);
  orr_table_unref(q.table);
  assert_int_equal(a->status, ORR_OK);
  assert_int_equal(a->profile.n_columns, 4);
  assert_int_equal(a->profile.rows, 400);
  assert_string_equal(a->profile.columns[2].words[0], "red");
  orr_answer_unref(a);
}

static orr_answer *order(const char *column, bool descending, const char *where) {
  orr_question q = {.kind = ORR_ASK_ORDER, .table = table(), .descending = descending};
  q.n_columns = column != NULL;
  snprintf(q.columns[0], sizeof q.columns[0], "%s", column ? column : "");
  snprintf(q.where, sizeof q.where, "%s", where);
  orr_answer *a = ask(&q);
  orr_table_unref(q.table);
  return a;
}

static void expect_rows(const char *column, bool descending, const char *where, const char *wanted) {
  char got[64] = "";
  orr_answer *a = order(column, descending, where);
  if (a->status) fail_msg("%s", a->error.message);
  for (size_t i = 0; i < a->n_rows; i++)
    snprintf(got + strlen(got), sizeof got - strlen(got), "%zu ", a->rows[i]);
  assert_string_equal(got, wanted);
  orr_answer_unref(a);
}

static void rows_are_sorted_as_people_would(void **state) {
  (void)state;
  static const char rows[] = "number,whole,word,yes\n"
                             "1.5,3,pear,true\n"
                             "-2,-7,apple,false\n"
                             ",3,,true\n"
                             "1e300,,apple,\n"
                             "-0,900,zebra,false\n"
                             "0,-7,Fig,true\n";
  assert_int_equal(orr_file_write("odd.csv", rows, strlen(rows), NULL), ORR_OK);
  open_as("odd.csv", NULL);
  expect_rows("number", false, "", "1 4 5 0 3 2 "); /* -0 and 0 are equal and stay in order; missing last */
  expect_rows("number", true, "", "3 0 4 5 1 2 ");
  expect_rows("whole", false, "", "1 5 0 2 4 3 ");
  expect_rows("whole", true, "", "4 0 2 1 5 3 ");
  expect_rows("word", false, "", "5 1 3 0 4 2 ");
  expect_rows("yes", false, "", "1 4 0 2 5 3 ");
  expect_rows("whole", false, "number < 1", "1 5 4 ");
  expect_rows(NULL, false, "", "0 1 2 3 4 5 ");
  expect_rows(NULL, false, "word == 'apple'", "1 3 ");
  expect_rows("whole", false, "number > 1e301", "");
  orr_answer *a = order("whol", false, "");
  assert_int_equal(a->status, ORR_DATA);
  assert_non_null(strstr(a->error.message, "did you mean"));
  orr_answer_unref(a);
  a = order(NULL, false, "number >");
  assert_int_equal(a->status, ORR_RECIPE);
  orr_answer_unref(a);
}

static int by_x(const void *one, const void *two) {
  double x = *(const double *)one, y = *(const double *)two;
  return (x > y) - (x < y);
}

static void many_rows_are_sorted(void **state) {
  (void)state;
  write_rows("many.csv", 150000);
  open_as("many.csv", NULL);
  orr_answer *a = order("x", false, "");
  orr_table *t = table();
  double *x = test_malloc(t->rows * sizeof *x);
  assert_int_equal(a->n_rows, t->rows);
  for (size_t i = 0; i < t->rows; i++) x[i] = t->columns[0]->float64[i];
  qsort(x, t->rows, sizeof *x, by_x);
  for (size_t i = 0; i < t->rows; i++) {
    assert_true(t->columns[0]->float64[a->rows[i]] == x[i]);
    if (i && x[i] == x[i - 1]) assert_true(a->rows[i] > a->rows[i - 1]);
  }
  test_free(x);
  orr_table_unref(t);
  orr_answer_unref(a);
}

static void figures_are_those_of_the_record(void **state) {
  (void)state;
  open_bench();
  done("s.split1 = o.split { s.data1 } s.fit1 = o.fit { 'logistic', s.split1, target = 'class' }");
  done("s.evaluate1 = o.evaluate { s.fit1, on = s.split1.test }");
  orr_snapshot *s = look();
  orr_question q = {.kind = ORR_ASK_FIGURE, .plot = "roc", .evaluation = s->evaluations[0].evaluation};
  orr_answer *a = ask(&q);
  assert_int_equal(a->status, ORR_OK);
  assert_true(a->has_figure && a->figure.n_panels == 1);
  assert_string_equal(a->figure.name, "roc");
  undo(); /* the answer holds what it shows */
  assert_non_null(strstr(a->figure.title, "logistic"));
  orr_answer_unref(a);
  orr_question histogram = {.kind = ORR_ASK_FIGURE,
                            .plot = "histogram",
                            .table = s->tables[0].table,
                            .columns = {"x"},
                            .n_columns = 1,
                            .by = "class"};
  a = ask(&histogram);
  if (a->status) fail_msg("%s", a->error.message);
  assert_true(a->has_figure);
  orr_answer_unref(a);
  orr_question none = {.kind = ORR_ASK_FIGURE, .plot = "rok", .table = s->tables[0].table};
  a = ask(&none);
  assert_int_equal(a->status, ORR_USAGE);
  assert_false(a->has_figure);
  orr_answer_unref(a);
  orr_snapshot_unref(s);
}

static void a_model_is_asked(void **state) {
  (void)state;
  open_bench();
  done("s.split1 = o.split { s.data1 } s.fit1 = o.fit { 'boosted_trees', s.split1, target = 'class', epochs "
       "= 20 }");
  orr_snapshot *s = look();
  orr_question q = {.kind = ORR_ASK_IMPORTANCE, .table = s->tables[0].table, .fit = s->fits[0].fit, .row = 7};
  orr_answer *a = ask(&q);
  if (a->status) fail_msg("%s", a->error.message);
  assert_int_equal(a->n, 3);
  assert_true(a->values[0] >= a->values[1] && a->errors[0] > 0 && a->has_figure);
  assert_string_equal(a->names[2], "kind");
  orr_answer_unref(a);
  q.kind = ORR_ASK_DEPENDENCE;
  snprintf(q.columns[0], sizeof q.columns[0], "x");
  q.n_columns = 1;
  a = ask(&q);
  if (a->status) fail_msg("%s", a->error.message);
  assert_true(a->has_figure && strstr(a->text, "Along x"));
  orr_answer_unref(a);
  q.kind = ORR_ASK_WHY;
  a = ask(&q);
  if (a->status) fail_msg("%s", a->error.message);
  assert_int_equal(a->n, 3);
  assert_true(fabs(a->values[0]) >= fabs(a->values[2]) && a->has_figure);
  assert_non_null(strstr(a->text, "log-odds of yes"));
  orr_answer_unref(a);
  q.row = 400;
  a = ask(&q);
  assert_int_equal(a->status, ORR_USAGE);
  orr_answer_unref(a);
  q.kind = ORR_ASK_TRAVERSE;
  a = ask(&q);
  assert_int_equal(a->status, ORR_USAGE); /* it is no latent model */
  orr_answer_unref(a);
  orr_snapshot_unref(s);
}

static void a_latent_space_is_walked(void **state) {
  (void)state;
  open_bench();
  done("o.derive { s.data1, a = 'x + y', b = 'x - y', c = '3 * x' } s.fit1 = o.fit { 'pca', s.derive1, "
       "exclude = { "
       "'kind', 'class' }, latent = 2 }");
  orr_snapshot *s = look();
  const orr_table *t = s->tables[1].table;
  orr_question q = {.kind = ORR_ASK_TRAVERSE,
                    .table = s->tables[1].table,
                    .fit = s->fits[0].fit,
                    .row = 3,
                    .n_coordinates = 2};
  orr_answer *a = ask(&q);
  if (a->status) fail_msg("%s", a->error.message);
  assert_int_equal(a->n_dimensions, 2);
  assert_int_equal(a->n, 5);
  assert_int_equal(a->picture_rows, 0);
  assert_string_equal(a->names[4], "c");
  for (size_t i = 0; i < 2; i++) assert_true(fabs(a->values[i] - t->columns[i]->float64[3]) < 1e-5);
  q.coordinates[0] = 1; /* a step of one standard deviation along the first */
  orr_answer *moved = ask(&q);
  assert_int_equal(moved->status, ORR_OK);
  assert_true(fabs(moved->values[0] - a->values[0]) > 0.05);
  assert_true(fabs(moved->values[4] - 3 * moved->values[0]) < 1e-5); /* stays on the plane */
  orr_answer_unref(moved);
  orr_answer_unref(a);
  q.kind = ORR_ASK_WHY;
  a = ask(&q);
  assert_int_equal(a->status, ORR_USAGE);
  orr_answer_unref(a);
  orr_snapshot_unref(s);
}

static void what_is_kept_is_listed(void **state) {
  (void)state;
  static const char mine[] =
      "return { title = 'Mine', question = 'What?', params = { { 'n', type = 'integer', "
      "default = 3, help = 'how many' } }, run = function(o, p) end }";
  assert_int_equal(orr_file_write("mine.lua", mine, strlen(mine), NULL), ORR_OK);
  assert_int_equal(orr_file_write("none.lua", "return 3", 8, NULL), ORR_OK);
  open_bench();
  orr_question q = {.kind = ORR_ASK_RECIPES};
  orr_answer *a = ask(&q);
  const orr_known_recipe *found = NULL;
  bool shipped = false;
  for (size_t i = 0; i < a->n_recipes; i++) {
    if (!strcmp(a->recipes[i].name, "mine.lua")) found = &a->recipes[i];
    assert_string_not_equal(a->recipes[i].name, "none.lua");
    shipped = shipped || !strcmp(a->recipes[i].name, "classification");
  }
  assert_true(shipped);
  assert_string_equal(found->title, "Mine");
  assert_string_equal(found->params[0].name, "n");
  assert_string_equal(found->params[0].fallback, "3");
  assert_string_equal(found->text, mine);
  orr_answer_unref(a);
}

static void runs_are_listed_and_compared(void **state) {
  (void)state;
  char *folders[2];
  for (int i = 0; i < 2; i++) {
    open_bench();
    done("s.split1 = o.split { s.data1 } s.fit1 = o.fit { 'logistic', s.split1, target = 'class' }");
    done(i ? "o.evaluate { s.fit1, on = s.split1.test }" : "o.evaluate { s.fit1, on = s.split1.train }");
    folders[i] = close_bench(true);
  }
  open_bench();
  orr_question q = {.kind = ORR_ASK_RUNS};
  orr_answer *a = ask(&q);
  assert_int_equal(a->n_runs, 2);
  assert_string_equal(a->runs[0].recipe, "session");
  assert_true(a->runs[0].there);
  orr_answer_unref(a);
  orr_question both = {.kind = ORR_ASK_COMPARE};
  for (int i = 0; i < 2; i++) snprintf(both.paths[i], sizeof both.paths[i], "%s", folders[i]);
  a = ask(&both);
  if (a->status) fail_msg("%s", a->error.message);
  size_t one = 0, other = 0;
  for (size_t i = 0; i < a->n_compared; i++) {
    one += isnan(a->compared[i].b) && !isnan(a->compared[i].a);
    other += isnan(a->compared[i].a) && !isnan(a->compared[i].b);
  }
  assert_true(one > 3 && other > 3); /* train.* and test.* */
  orr_answer_unref(a);
  *both.paths[1] = 0;
  a = ask(&both);
  if (a->status) fail_msg("one run alone: %s", a->error.message);
  assert_true(a->n_compared > 3 && isnan(a->compared[0].b));
  orr_answer_unref(a);
  for (int i = 0; i < 2; i++) orr_free(folders[i]);
}

/* An answer that was overtaken is never seen; the last question put is always answered. */
static void the_newest_question_wins(void **state) {
  (void)state;
  write_rows("many.csv", 60000);
  open_as("many.csv", NULL);
  orr_question q = {.kind = ORR_ASK_ORDER, .table = table(), .n_columns = 1};
  uint64_t last = 0, seen = 0;
  for (int i = 0; i < 200; i++) {
    snprintf(q.columns[0], sizeof q.columns[0], "%s", i % 2 ? "x" : "y");
    uint64_t number = orr_workbench_ask(b.w, &q);
    assert_true(number > last);
    last = number;
    orr_answer *a = orr_workbench_answer(b.w, ORR_ASK_ORDER);
    if (a) assert_true(a->number >= seen && a->number <= last);
    if (a) seen = a->number;
    orr_answer_unref(a);
  }
  orr_answer *a = ask(&q);
  assert_true(a->number > last);
  assert_int_equal(a->status, ORR_OK);
  orr_answer_unref(a);
  orr_table_unref(q.table);
}

static void questions_do_not_wait_for_a_fit(void **state) {
  (void)state;
  open_bench();
  done("s.split1 = o.split { s.data1 }");
  put("s.fit1 = o.fit { 'mlp', s.split1, target = 'class', hidden = { 16 }, epochs = 100000, patience = 0 }");
  orr_snapshot *s = look();
  orr_question q = {.kind = ORR_ASK_PROFILE, .table = s->tables[0].table};
  for (int i = 0; i < 5; i++) {
    orr_answer *a = ask(&q);
    assert_int_equal(a->status, ORR_OK);
    orr_answer_unref(a);
  }
  orr_snapshot_unref(s);
  assert_true(orr_workbench_is_busy(b.w));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BENCH_TEST(a_profile_tells_of_each_column),
      BENCH_TEST(rows_are_sorted_as_people_would),
      BENCH_TEST(many_rows_are_sorted),
      BENCH_TEST(figures_are_those_of_the_record),
      BENCH_TEST(a_model_is_asked),
      BENCH_TEST(a_latent_space_is_walked),
      BENCH_TEST(what_is_kept_is_listed),
      BENCH_TEST(runs_are_listed_and_compared),
      BENCH_TEST(the_newest_question_wins),
      BENCH_TEST(questions_do_not_wait_for_a_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
