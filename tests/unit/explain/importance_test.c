/* Permutation importance: known answers of known functions, errors that hold what they
 * promise on pure noise, groups of correlated columns, and stopping. */
#include "tests/unit/explain/fixture.h"

#include "explain/correlated.h"
#include "explain/importance.h"

enum { ROWS = 3000 };

static double sum_of(const double *x) { return 3 * x[0] + 2 * x[1] + x[2]; }
KNOWN_FAMILY(known_sum, sum_of);
KNOWN_FAMILY(known_friedman, friedman);

static double sum_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return sum_of(x) + 0.5 * orr_random_normal(r);
}

static orr_importance measure(fixture *f, const orr_importance_spec *given) {
  orr_importance out;
  orr_error e = {0};
  orr_importance_spec s = *given;
  s.model = &f->kept, s.table = f->table, s.rows = s.rows ? s.rows : f->rows,
  s.n = s.n ? s.n : f->table->rows;
  s.seed = s.seed ? s.seed : 5;
  if (orr_importance_measure(&s, NULL, &f->arena, &out, &e)) fail_msg("%s", e.message);
  return out;
}

static const orr_important *column(const orr_importance *i, const char *name) {
  for (size_t j = 0; j < i->n_columns; j++)
    if (!strcmp(i->columns[j].name, name)) return &i->columns[j];
  fail_msg("no column %s", name);
  return NULL;
}

/* Of independent uniform columns: E (f(x) - f(x'))² = 2 b²/12, so RMSE goes from s to sqrt(s² + b²/6). */
static void known_answers(void **state) {
  (void)state;
  fixture f;
  start(&f, ROWS, 4, uniform_cell, sum_answer);
  train(&f, &known_sum, ORR_REGRESSION, "y", 10, NULL);
  orr_importance i = measure(&f, &(orr_importance_spec){.repeats = 20});
  const double b[] = {3, 2, 1};
  assert_string_equal(i.score, "rmse");
  assert_near(i.base, 0.5, 4 * i.base_error);
  assert_int_equal(i.n_groups, 0);
  for (size_t j = 0; j < 3; j++) {
    assert_string_equal(i.columns[j].name, ((const char *[]){"x1", "x2", "x3"})[j]);
    assert_true(i.columns[j].error > 0 && i.columns[j].error < 0.05);
    assert_near(i.columns[j].value, sqrt(0.25 + b[j] * b[j] / 6) - 0.5, 3 * i.columns[j].error);
  }
  assert_true(i.columns[3].value == 0 && i.columns[3].error == 0);
  end(&f);
}

/* In shares of the variance: S_total doubled (Sobol' total indices of interpretation_reference.csv). */
static void sobol_indices_of_friedman(void **state) {
  (void)state;
  fixture f;
  start(&f, ROWS, 10, uniform_cell, friedman_answer);
  train(&f, &known_friedman, ORR_REGRESSION, "y", 10, NULL);
  orr_importance i = measure(&f, &(orr_importance_spec){.score = "r2", .repeats = 20});
  const double total[] = {0.27223402, 0.27223402, 0.09326697, 0.34975116, 0.08743779};
  double share = 23.8 / 24.8; /* of the variance that is not noise; var f = 23.8 */
  for (size_t j = 0; j < 5; j++) {
    char name[8];
    snprintf(name, sizeof name, "x%zu", j + 1);
    const orr_important *c = column(&i, name);
    assert_near(c->value, 2 * total[j] * share, 3 * c->error + 0.01);
  }
  for (size_t j = 5; j < 10; j++) assert_true(i.columns[j].value == 0);
  end(&f);
}

static double noise_answer(orr_random *r, size_t i, const double *x) {
  (void)i, (void)x;
  return orr_random_normal(r);
}

/* A model that learnt noise by heart: on new rows no column matters, within its errors. */
static void noise_is_zero_within_errors(void **state) {
  (void)state;
  size_t within = 0, all = 0;
  for (size_t trial = 0; trial < 4; trial++) {
    fixture f;
    start(&f, 900 + trial, 10, uniform_cell, noise_answer);
    train(&f, &orr_family_boosted_trees, ORR_REGRESSION, "y", 300,
          (const char *const[]){"n_estimators", "40", "learning_rate", "0.3", NULL});
    orr_importance i = measure(&f, &(orr_importance_spec){.rows = f.rows + 300, .n = 600});
    for (size_t j = 0; j < i.n_columns; j++, all++) {
      within += fabs(i.columns[j].value) <= 2 * i.columns[j].error;
      assert_true(fabs(i.columns[j].value) <= 4.5 * i.columns[j].error);
    }
    end(&f);
  }
  assert_true(within >= all * 85 / 100);
}

/* x2 is x1 with a little noise, x3 its negative; x4 is alone. */
static double twin_cell(orr_random *r, size_t i, size_t j, const double *row) {
  (void)i;
  return j == 1   ? row[0] + 0.01 * orr_random_normal(r)
         : j == 2 ? -row[0] + 0.01 * orr_random_normal(r)
                  : orr_random_uniform(r);
}

static void correlated_columns_are_grouped(void **state) {
  (void)state;
  fixture f;
  start(&f, ROWS, 4, twin_cell, sum_answer);
  train(&f, &known_sum, ORR_REGRESSION, "y", 10, NULL);
  orr_importance i = measure(&f, &(orr_importance_spec){0});
  assert_int_equal(i.n_groups, 1);
  assert_string_equal(i.groups[0].name, "x1+x2+x3");
  assert_int_equal(i.groups[0].n_columns, 3);
  assert_near(i.groups[0].value, sqrt(0.25 + 16.0 / 6) - 0.5, 4 * i.groups[0].error); /* 3x + 2x - x */
  assert_true(column(&i, "x1")->group == 1 && column(&i, "x4")->group == 0);
  i = measure(&f, &(orr_importance_spec){.correlation = 1});
  assert_int_equal(i.n_groups, 0);
  end(&f);
}

static double sign_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return x[0] + 0.3 * orr_random_normal(r) > 0.5;
}

/* With every score; weights that leave half the rows out are as those rows alone. */
static void scores_and_weights(void **state) {
  (void)state;
  fixture f;
  start(&f, 800, 3, uniform_cell, sign_answer);
  train(&f, &orr_family_logistic, ORR_CLASSIFICATION, "y", 300, NULL);
  const char *const scores[] = {"log_loss", "brier", "accuracy"};
  for (size_t s = 0; s < 3; s++) {
    orr_importance i = measure(&f, &(orr_importance_spec){.score = scores[s]});
    assert_string_equal(i.columns[0].name, "x1");
    assert_true(i.columns[0].value > 5 * i.columns[0].error);
    assert_true(i.base > 0);
  }
  orr_importance out;
  orr_error e = {0};
  orr_importance_spec bad = {.model = &f.kept, .table = f.table, .rows = f.rows, .n = 800, .score = "rmse"};
  assert_int_equal(orr_importance_measure(&bad, NULL, &f.arena, &out, &e), ORR_USAGE);
  bad.score = NULL, bad.n = 1;
  assert_int_equal(orr_importance_measure(&bad, NULL, &f.arena, &out, &e), ORR_DATA);
  bad.n = 800;
  assert_int_equal(orr_importance_measure(&bad, &stopping, &f.arena, &out, &e), ORR_STOPPED);
  end(&f);
}

static void threads_agree(void **state) {
  (void)state;
  fixture f;
  orr_importance one = {0}, four;
  start(&f, 2000, 6, uniform_cell, friedman_answer);
  train(&f, &orr_family_boosted_trees, ORR_REGRESSION, "y", 1000,
        (const char *const[]){"n_estimators", "30", NULL});
  one = measure(&f, &(orr_importance_spec){.most_rows = 700});
  orr_pool *pool;
  assert_int_equal(orr_pool_new(4, &pool, NULL), ORR_OK);
  orr_work work = {.pool = pool};
  orr_importance_spec s = {
      .model = &f.kept, .table = f.table, .rows = f.rows, .n = 2000, .seed = 5, .most_rows = 700};
  assert_int_equal(orr_importance_measure(&s, &work, &f.arena, &four, NULL), ORR_OK);
  assert_int_equal(four.n, 700);
  assert_int_equal(four.of, 2000);
  for (size_t j = 0; j < one.n_columns; j++)
    assert_true(one.columns[j].value == four.columns[j].value &&
                one.columns[j].error == four.columns[j].error);
  orr_pool_free(pool);
  end(&f);
}

/* Spearman's ranks by hand: ties share, what is missing stands in the middle. */
static void ranks(void **state) {
  (void)state;
  double x[] = {3, 1, 3, 10, NAN};
  assert_int_equal(orr_standard_ranks(x, 5, NULL), ORR_OK);
  double mean = 2, raw[] = {2.5, 1, 2.5, 4, 2}, squares = 0, expected;
  mean = (2.5 + 1 + 2.5 + 4 + 2) / 5;
  for (size_t i = 0; i < 5; i++) squares += (raw[i] - mean) * (raw[i] - mean);
  for (size_t i = 0; i < 5; i++)
    expected = (raw[i] - mean) / sqrt(squares), assert_near(x[i], expected, 1e-12);
  double still[] = {7, 7, 7};
  assert_int_equal(orr_standard_ranks(still, 3, NULL), ORR_OK);
  assert_true(still[0] == 0 && still[2] == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(sobol_indices_of_friedman),
      cmocka_unit_test(noise_is_zero_within_errors),
      cmocka_unit_test(correlated_columns_are_grouped),
      cmocka_unit_test(scores_and_weights),
      cmocka_unit_test(threads_agree),
      cmocka_unit_test(ranks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
