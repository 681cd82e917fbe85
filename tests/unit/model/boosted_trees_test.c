/* Boosted trees against Python's XGBoost, the same bits for any threads, and stops.
 *
 * The numbers are XGBoost 1.7.4's on the rows of fixture.h, x[i,1] missing where i mod 7 = 0, trained on rows
 * 0-199 for 20 rounds: tree_method=hist, eta=.3, max_depth=4, max_bin=64, min_child_weight=2, base_score=.5
 * (regression: the mean), weights of mean one: unweighted log-loss or RMSE on rows 200-299.
 */
#include "fixture.h"

static const setting settings[] = {
    {"n_estimators", "20"},    {"learning_rate", "0.3"}, {"max_depth", "4"},        {"max_bin", "64"},
    {"min_child_weight", "2"}, {"subsample", "1"},       {"colsample_bytree", "1"}, {0}};
static const setting sampled[] = {
    {"n_estimators", "30"}, {"subsample", "0.5"}, {"colsample_bytree", "0.5"}, {0}};

static void check_against(size_t classes, int weighted, double loss, double first) {
  orr_frame train = frame_of(0, 200, classes, weighted), test = frame_of(200, ROWS, classes, 0);
  punch_holes();
  fitted m = fit_plain(&orr_family_boosted_trees, &train, settings);
  assert_near(loss_of(&m, &test), loss, 2e-6);
  const double *p = predict_with(&m, &test, NULL);
  assert_near(classes == 2 ? p[1] : p[0], first, classes ? 1e-6 : 1e-5);
  assert_string_equal(m.outcome.stop_reason, "all rounds done");
  fitted_fini(&m);
}

static void known_answers(void **state) {
  (void)state;
  check_against(2, 0, 0.473922113, 0.581695795059);
  check_against(3, 0, 0.663249399, 0.150256171823);
  check_against(0, 0, 1.94684801, 9.01919078827);
  check_against(2, 1, 0.479904573, 0.563679635525);
  check_against(3, 1, 0.663383257, 0.186204895377);
  check_against(0, 1, 1.84746412, 10.5245199203);
}

static void threads_agree(void **state) {
  (void)state;
  orr_frame two = frame_of(0, 200, 2, 1), rest = frame_of(200, ROWS, 2, 1);
  punch_holes();
  assert_threads_agree(&orr_family_boosted_trees, &two, &rest, sampled);
  orr_frame three = frame_of(0, 200, 3, 0);
  assert_threads_agree(&orr_family_boosted_trees, &three, NULL, sampled);
  orr_frame numbers = frame_of(0, 200, 0, 1);
  assert_threads_agree(&orr_family_boosted_trees, &numbers, NULL, settings);
}

static void the_best_round_is_kept(void **state) {
  (void)state;
  orr_frame train = frame_of(0, 200, 2, 0), rest = frame_of(200, ROWS, 2, 0);
  const setting patient[] = {{"learning_rate", "0.3"}, {"early_stopping_rounds", "10"}, {0}};
  listener l = {.signal = ORR_GO_ON};
  orr_work work = {.progress = listen, .context = &l};
  fitted m = fit_with(&orr_family_boosted_trees, &train, &rest, patient, &work, 0);
  assert_int_equal(m.status, ORR_OK);
  assert_string_equal(m.outcome.stop_reason, "early stopping");
  assert_int_equal(m.outcome.steps, m.outcome.best_step + 10);
  assert_int_equal(orr_store_find(&m.store, "tree.group")->count, m.outcome.best_step);
  assert_int_equal(l.n_values, 2);
  assert_true(l.last[0] < l.first);
  double kept = loss_of(&m, &rest);
  assert_true(kept < l.last[1]);
  fitted_fini(&m);
}

static void a_deadline_keeps_what_there_is_and_replays(void **state) {
  (void)state;
  orr_frame train = frame_of(0, 200, 2, 0), rest = frame_of(200, ROWS, 2, 0);
  listener l = {.signal = ORR_FINISH, .at = 6};
  orr_work work = {.progress = listen, .context = &l};
  fitted cut = fit_with(&orr_family_boosted_trees, &train, &rest, sampled, &work, 0);
  assert_int_equal(cut.status, ORR_OK);
  assert_true(cut.outcome.cut);
  assert_string_equal(cut.outcome.stop_reason, "deadline");
  assert_int_equal(cut.outcome.steps, 6);
  fitted again = fit_with(&orr_family_boosted_trees, &train, &rest, sampled, NULL, cut.outcome.steps);
  assert_false(again.outcome.cut);
  orr_hash a = orr_store_hash(&cut.store), b = orr_store_hash(&again.store);
  assert_true(a.high == b.high && a.low == b.low);
  fitted_fini(&cut);
  fitted_fini(&again);
}

static void a_stop_ends_it(void **state) {
  (void)state;
  orr_frame train = frame_of(0, 200, 0, 0);
  listener l = {.signal = ORR_ABANDON, .at = 3};
  orr_work work = {.progress = listen, .context = &l};
  fitted m = fit_with(&orr_family_boosted_trees, &train, NULL, NULL, &work, 0);
  assert_int_equal(m.status, ORR_STOPPED);
  assert_int_equal(l.calls, 3);
  fitted_fini(&m);
}

static void the_unit_of_the_target_does_not_matter(void **state) {
  (void)state;
  orr_frame f = frame_of(0, 200, 0, 0);
  double error[2];
  for (int i = 0; i < 2; i++) {
    fitted m = fit_plain(&orr_family_boosted_trees, &f, settings);
    error[i] = loss_of(&m, &f);
    fitted_fini(&m);
    for (size_t j = 0; j < ROWS; j++) target[j] *= 0x1p-60;
  }
  assert_near(error[1] * 0x1p60, error[0], 1e-3);
}

static void edges(void **state) {
  (void)state;
  orr_frame none = frame_of(0, 0, 2, 0), one = frame_of(0, 1, 0, 0), f = frame_of(0, ROWS, 0, 0);
  fitted m = fit_with(&orr_family_boosted_trees, &none, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
  m = fit_plain(&orr_family_boosted_trees, &one, settings);
  assert_near(loss_of(&m, &one), 0, 1e-9);
  fitted_fini(&m);
  cells[0] = INFINITY, cells[5] = -1e300;
  for (size_t i = 0; i < ROWS; i++) cells[i * COLUMNS + 2] = NAN;
  m = fit_plain(&orr_family_boosted_trees, &f, settings);
  assert_true(loss_of(&m, &f) < 2);
  fitted_fini(&m);
  target[3] = NAN;
  m = fit_with(&orr_family_boosted_trees, &f, NULL, settings, NULL, 0);
  assert_int_equal(m.status, ORR_NUMERIC);
  fitted_fini(&m);
}

static void many_classes(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 70, 0);
  for (size_t i = 0; i < ROWS; i++) labels[i] = (int32_t)(i % 70);
  fitted m = fit_plain(&orr_family_boosted_trees, &f, (setting[]){{"n_estimators", "2"}, {0}});
  assert_true(loss_of(&m, &f) < log(70));
  fitted_fini(&m);
}

/* Of two columns 0.8 would be one, and no tree could see that it is their product that matters. */
static void two_columns_are_seen_together(void **state) {
  (void)state;
  static double x[2 * ROWS];
  orr_frame f = frame_of(0, ROWS, 2, 0);
  for (long i = 0; i < ROWS; i++) {
    x[2 * i] = cell(i, 0), x[2 * i + 1] = cell(i, 1);
    labels[i] = x[2 * i] * x[2 * i + 1] > 0;
  }
  f.x = (orr_matrix){ROWS, 2, x};
  const setting few[] = {{"n_estimators", "100"}, {0}};
  fitted m = fit_plain(&orr_family_boosted_trees, &f, few);
  const setting alone[] = {{"n_estimators", "100"}, {"colsample_bytree", "0.8"}, {0}};
  fitted blind = fit_plain(&orr_family_boosted_trees, &f, alone);
  assert_true(loss_of(&m, &f) < 0.2);
  assert_true(loss_of(&blind, &f) > 0.5);
  fitted_fini(&m);
  fitted_fini(&blind);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(threads_agree),
      cmocka_unit_test(the_best_round_is_kept),
      cmocka_unit_test(a_deadline_keeps_what_there_is_and_replays),
      cmocka_unit_test(a_stop_ends_it),
      cmocka_unit_test(the_unit_of_the_target_does_not_matter),
      cmocka_unit_test(edges),
      cmocka_unit_test(many_classes),
      cmocka_unit_test(two_columns_are_seen_together),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
