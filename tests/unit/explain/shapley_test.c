/* Why this row: exact for linear models, equal to XGBoost's own for trees, within its
 * errors where it is sampled, and always adding up. */
#include "tests/unit/explain/fixture.h"

#include <dlfcn.h>
#include <xgboost/c_api.h>

#include "explain/shapley.h"
#include "explain/shapley_trees.h"
#include "model/xgboost.h"

static double linear_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return 4 * x[0] - 2 * x[1] + 0.1 * orr_random_normal(r);
}
static double class_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return (x[0] + x[1] * x[2] + 0.2 * orr_random_normal(r) > 0.7) + (x[0] > 0.9);
}
static double sign_answer(orr_random *r, size_t i, const double *x) {
  (void)i;
  return x[0] + x[1] * x[2] + 0.2 * orr_random_normal(r) > 0.7;
}

static orr_shapley measure(fixture *f, size_t n, const orr_shapley_spec *given, const orr_work *work) {
  orr_shapley out;
  orr_error e = {0};
  orr_shapley_spec s = *given;
  s.model = &f->kept, s.table = f->table, s.rows = f->rows, s.n = n, s.seed = 9;
  if (orr_shapley_measure(&s, work, &f->arena, &out, &e)) fail_msg("%s", e.message);
  return out;
}

/* share = coefficient (x - mean), of scaled columns as of raw ones. */
static void linear_is_exact(void **state) {
  (void)state;
  fixture f;
  start(&f, 400, 3, uniform_cell, linear_answer);
  train(&f, &orr_family_ridge, ORR_REGRESSION, "y", 400, (const char *const[]){"l2", "0.01", NULL});
  orr_shapley s = measure(&f, 50, &(orr_shapley_spec){.class = -1}, NULL);
  assert_string_equal(s.method, "exact");
  assert_string_equal(s.response, "y");
  const double *w = orr_store_find(&f.kept.store, "weights")->f64;
  for (size_t j = 0; j < 3; j++) {
    double mean = 0, b = w[j] / f.kept.encoder.columns[j].deviation;
    for (size_t i = 0; i < 400; i++) mean += f.table->columns[j]->float64[i] / 400;
    for (size_t i = 0; i < 50; i++)
      assert_near(s.share[i * 3 + j], b * (f.table->columns[j]->float64[i] - mean), 1e-12);
  }
  assert_true(s.additivity < 1e-12);
  assert_int_equal(s.order[0], 0);
  assert_true(s.size_error[0] > 0 && isnan(s.error[0]));
  end(&f);
}

static void logistic_in_log_odds(void **state) {
  (void)state;
  for (int classes = 2; classes <= 3; classes++) {
    fixture f;
    orr_prediction p;
    start(&f, 500, 3, uniform_cell, classes == 2 ? sign_answer : class_answer);
    train(&f, &orr_family_logistic, ORR_CLASSIFICATION, "y", 500, (const char *const[]){"l2", "0.001", NULL});
    orr_shapley s = measure(&f, 30, &(orr_shapley_spec){.class = 1}, NULL);
    assert_int_equal(orr_kept_predict(&f.kept, f.table, f.rows, 30, NULL, &f.arena, &p, NULL), ORR_OK);
    for (size_t i = 0; i < 30; i++) {
      const double *q = p.probability + i * (size_t)classes;
      double said = classes == 2 ? log(q[1] / q[0]) : log(q[1]) - (log(q[0]) + log(q[1]) + log(q[2])) / 3;
      assert_near(s.answer[i], said, 1e-9);
    }
    assert_true(s.additivity < 1e-12);
    orr_shapley other = measure(&f, 30, &(orr_shapley_spec){.class = 0}, NULL);
    if (classes == 2) assert_near(other.share[0], -s.share[0], 1e-12);
    end(&f);
  }
}

/* The library's own contributions, in float32: of deep trees with gaps and several groups. */
static void trees_equal_xgboost(void **state) {
  (void)state;
  enum { N = 300, D = 5, G = 3, ROUNDS = 12 };
  static double x[N * D], gradient[N * G], hessian[N * G], share[N * G * D], base[G], margin[N * G];
  orr_arena arena = {0};
  orr_xgboost booster = {0};
  orr_store store = {0};
  orr_trees trees;
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  orr_matrix m = {N, D, x};
  for (size_t i = 0; i < N * D; i++) x[i] = i % 13 == 5 ? NAN : orr_random_normal(&r);
  assert_int_equal(orr_xgboost_init(&booster, &m, NULL, NULL, G, NULL, &arena, NULL), ORR_OK);
  assert_int_equal(orr_xgboost_set(&booster, "max_depth", 9, NULL), ORR_OK);
  for (size_t round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < N * G; i++) {
      const double *row = x + i / G * D;
      gradient[i] = orr_random_normal(&r) + (isnan(row[0]) ? 1 : row[0] * (isnan(row[1]) ? 1 : row[1]));
      hessian[i] = 0.5 + orr_random_uniform(&r);
    }
    assert_int_equal(orr_xgboost_round(&booster, gradient, hessian, NULL), ORR_OK);
  }
  assert_int_equal(orr_xgboost_trees(&booster, ROUNDS, &store, &trees, NULL), ORR_OK);
  assert_int_equal(orr_trees_check(&store, D, G, NULL), ORR_OK);
  assert_int_equal(orr_trees_shapley(&trees, &m, share, base, NULL, NULL), ORR_OK);
  assert_int_equal(orr_trees_margins(&trees, &m, margin, NULL, NULL), ORR_OK);
  bst_ulong const *shape;
  bst_ulong dimensions;
  float const *theirs;
  void *library = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL); /* the one that is loaded already */
  assert_non_null(library);
  __typeof__(&XGBoosterPredictFromDMatrix) ask = dlsym(library, "XGBoosterPredictFromDMatrix");
  assert_int_equal(ask(booster.booster, booster.train,
                       "{\"type\": 2, \"training\": false, \"iteration_begin\": 0,"
                       " \"iteration_end\": 0, \"strict_shape\": true}",
                       &shape, &dimensions, &theirs),
                   0);
  assert_int_equal(dimensions, 3);
  for (size_t i = 0; i < N * G; i++) {
    double sum = base[i % G];
    for (size_t j = 0; j < D; j++) {
      assert_near(share[i * D + j], (double)theirs[i * (D + 1) + j], 2e-5);
      sum += share[i * D + j];
    }
    assert_near(base[i % G], (double)theirs[i * (D + 1) + D], 2e-5);
    assert_near(sum, margin[i], 1e-10);
  }
  dlclose(library);
  orr_store_fini(&store);
  orr_xgboost_fini(&booster);
  orr_arena_fini(&arena);
}

static void trees_add_up(void **state) {
  (void)state;
  const orr_family *const families[] = {&orr_family_boosted_trees, &orr_family_random_forest};
  for (size_t k = 0; k < 2; k++)
    for (int task = 0; task < 3; task++) {
      fixture f;
      start(&f, 500, 4, uniform_cell, task == 0 ? linear_answer : task == 1 ? sign_answer : class_answer);
      train(&f, families[k], task ? ORR_CLASSIFICATION : ORR_REGRESSION, "y", 500,
            (const char *const[]){"n_estimators", "40", NULL});
      orr_shapley s = measure(&f, 60, &(orr_shapley_spec){.class = task ? 0 : -1}, NULL);
      assert_string_equal(s.method, "trees");
      assert_true(s.additivity < 1e-10);
      assert_true(s.order[0] == 0);
      end(&f);
    }
}

static double product(const double *x) { return 8 * x[0] * x[1] + 3 * x[2]; }
static double product_answer(orr_random *r, size_t i, const double *x) {
  (void)r, (void)i;
  return product(x);
}
KNOWN_FAMILY(known_product, product);

/* Of x1 x2 by hand: half of (x1 x2 - m1 x2 + x1 m2 - E x1x2) each, with the background's moments. */
static void sampling_is_within_its_errors(void **state) {
  (void)state;
  enum { N = 200, ROWS = 40 };
  fixture f;
  size_t within = 0;
  start(&f, N, 4, uniform_cell, product_answer);
  train(&f, &known_product, ORR_REGRESSION, "y", 10, NULL);
  orr_shapley s = measure(&f, ROWS, &(orr_shapley_spec){.class = -1, .samples = 150}, NULL);
  assert_string_equal(s.method, "sampled");
  assert_true(s.additivity < 1e-12);
  const double *a = f.table->columns[0]->float64, *b = f.table->columns[1]->float64,
               *c = f.table->columns[2]->float64;
  double ma = 0, mb = 0, mc = 0, mab = 0;
  for (size_t i = 0; i < N; i++) ma += a[i] / N, mb += b[i] / N, mc += c[i] / N, mab += a[i] * b[i] / N;
  for (size_t i = 0; i < ROWS; i++) {
    double both = a[i] * b[i] - mab, first = 4 * (both + a[i] * mb - ma * b[i]), *share = s.share + 4 * i,
           *error = s.error + 4 * i;
    within += fabs(share[0] - first) <= 2 * error[0];
    assert_near(share[0], first, 4.5 * error[0]);
    assert_near(share[2], 3 * (c[i] - mc), 4.5 * error[2]);
    assert_true(share[3] == 0 && error[3] == 0 && error[0] < 0.3);
  }
  assert_true(within >= ROWS * 80 / 100);
  end(&f);
}

/* The sampled answer about a linear model is the exact one, but for its error; here in log-odds. */
static void sampling_agrees_with_exact(void **state) {
  (void)state;
  fixture f;
  orr_family hidden = orr_family_logistic;
  start(&f, 300, 3, uniform_cell, sign_answer);
  train(&f, &orr_family_logistic, ORR_CLASSIFICATION, "y", 300, (const char *const[]){"l2", "0.01", NULL});
  orr_shapley exact = measure(&f, 20, &(orr_shapley_spec){.class = 1}, NULL);
  f.kept.family = &hidden;
  orr_shapley sampled = measure(&f, 20, &(orr_shapley_spec){.class = 1, .samples = 400}, NULL);
  assert_string_equal(sampled.method, "sampled");
  for (size_t i = 0; i < 60; i++)
    assert_near(sampled.share[i], exact.share[i], 4.5 * sampled.error[i] + 1e-9);
  orr_pool *pool;
  assert_int_equal(orr_pool_new(3, &pool, NULL), ORR_OK);
  orr_work work = {.pool = pool};
  orr_shapley threads = measure(&f, 20, &(orr_shapley_spec){.class = 1, .samples = 400}, &work);
  assert_memory_equal(threads.share, sampled.share, 60 * sizeof(double));
  assert_memory_equal(threads.error, sampled.error, 60 * sizeof(double));
  orr_pool_free(pool);
  orr_shapley out;
  orr_shapley_spec s = {.model = &f.kept, .table = f.table, .rows = f.rows, .n = 20, .class = 1};
  assert_int_equal(orr_shapley_measure(&s, &stopping, &f.arena, &out, NULL), ORR_STOPPED);
  s.class = 7;
  assert_int_equal(orr_shapley_measure(&s, NULL, &f.arena, &out, NULL), ORR_USAGE);
  s.n = 0;
  assert_int_equal(orr_shapley_measure(&s, NULL, &f.arena, &out, NULL), ORR_DATA);
  end(&f);
}

static void words(void **state) {
  (void)state;
  const char *names[] = {"x3", "island"}, *cells[] = {"5.1", ""};
  double share[] = {log(2), -0.5}, error[] = {0.02, NAN};
  orr_shapley s = {.names = names,
                   .cells = cells,
                   .share = share,
                   .error = error,
                   .n = 1,
                   .n_columns = 2,
                   .scale = ORR_SHAPLEY_LOG_ODDS,
                   .class = "pulsar",
                   .response = "price"};
  orr_text out = {0};
  orr_shapley_say(&s, 0, 0, &out);
  assert_string_equal(out.data, "x3 = 5.1 raises the odds of pulsar by a factor of 2 (+0.693 ± 0.020)");
  orr_text_fini(&out);
  s.scale = ORR_SHAPLEY_UNITS;
  orr_shapley_say(&s, 0, 1, &out);
  assert_string_equal(out.data, "island (missing) lowers price by 0.5");
  orr_text_fini(&out);
  share[0] = 0, error[0] = 0;
  orr_shapley_say(&s, 0, 0, &out);
  assert_string_equal(out.data, "x3 = 5.1 changes nothing");
  orr_text_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(linear_is_exact),
      cmocka_unit_test(logistic_in_log_odds),
      cmocka_unit_test(trees_equal_xgboost),
      cmocka_unit_test(trees_add_up),
      cmocka_unit_test(sampling_is_within_its_errors),
      cmocka_unit_test(sampling_agrees_with_exact),
      cmocka_unit_test(words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
