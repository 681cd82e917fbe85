/* Random forests: shares that a hand can compute, better than one tree, the same bits for any threads. */
#include "fixture.h"

static const setting few[] = {{"n_estimators", "40"}, {0}};

static void it_learns(void **state) {
  (void)state;
  for (size_t classes = 0; classes < 4; classes += classes ? 1 : 2) {
    orr_frame train = frame_of(0, 200, classes, 0), test = frame_of(200, ROWS, classes, 0);
    punch_holes();
    fitted m = fit_plain(&orr_family_random_forest, &train, few),
           floor = fit_plain(&orr_family_constant, &train, NULL);
    assert_true(loss_of(&m, &test) < 0.85 * loss_of(&floor, &test));
    fitted_fini(&m);
    fitted_fini(&floor);
  }
}

/* One column of two values: a leaf is the share of its value in a bootstrap, so the average nears it. */
static void leaves_are_shares(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t j = 0; j < COLUMNS; j++) cells[i * COLUMNS + j] = i % 2;
    labels[i] = i % 2 ? i % 10 == 1 : i % 10 != 0;
  }
  fitted m = fit_plain(&orr_family_random_forest, &f, NULL);
  const double *p = predict_with(&m, &f, NULL);
  assert_near(p[1], (ROWS * 0.8 + 1) / (ROWS + 2), 0.01);
  assert_near(p[3], (ROWS * 0.2 + 1) / (ROWS + 2), 0.01);
  fitted_fini(&m);
}

static void probabilities_are_never_zero(void **state) {
  (void)state;
  for (size_t classes = 2; classes < 4; classes++) {
    orr_frame f = frame_of(0, ROWS, classes, 0);
    for (size_t i = 0; i < ROWS; i++) labels[i] = (int32_t)((cells[i * COLUMNS] > 0) * (classes - 1));
    fitted m = fit_plain(&orr_family_random_forest, &f, few);
    const double *p = predict_with(&m, &f, NULL);
    for (size_t i = 0; i < ROWS * classes; i++) assert_true(p[i] > 1e-4 && p[i] < 1);
    fitted_fini(&m);
  }
}

static void threads_agree(void **state) {
  (void)state;
  orr_frame two = frame_of(0, ROWS, 2, 1);
  punch_holes();
  assert_threads_agree(&orr_family_random_forest, &two, NULL, few);
  orr_frame three = frame_of(0, ROWS, 3, 0);
  assert_threads_agree(&orr_family_random_forest, &three, NULL, few);
  orr_frame numbers = frame_of(0, ROWS, 0, 1);
  assert_threads_agree(&orr_family_random_forest, &numbers, NULL, few);
}

static void a_deadline_keeps_the_trees_and_replays(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 3, 0);
  listener l = {.signal = ORR_FINISH, .at = 5};
  orr_work work = {.progress = listen, .context = &l};
  fitted cut = fit_with(&orr_family_random_forest, &f, NULL, few, &work, 0);
  assert_true(cut.outcome.cut);
  assert_int_equal(cut.outcome.steps, 5);
  assert_int_equal(orr_store_find(&cut.store, "tree.group")->count, 15);
  fitted again = fit_with(&orr_family_random_forest, &f, NULL, few, NULL, 5);
  orr_hash a = orr_store_hash(&cut.store), b = orr_store_hash(&again.store);
  assert_true(a.high == b.high && a.low == b.low);
  fitted_fini(&cut);
  fitted_fini(&again);
  l = (listener){.signal = ORR_ABANDON, .at = 2};
  cut = fit_with(&orr_family_random_forest, &f, NULL, few, &work, 0);
  assert_int_equal(cut.status, ORR_STOPPED);
  fitted_fini(&cut);
}

static void a_tiny_unit_and_one_row(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 0), one = frame_of(0, 1, 0, 0);
  for (size_t i = 0; i < ROWS; i++) target[i] *= 1e-20;
  fitted m = fit_plain(&orr_family_random_forest, &f, few), floor = fit_plain(&orr_family_constant, &f, NULL);
  assert_true(loss_of(&m, &f) < 0.5 * loss_of(&floor, &f));
  fitted_fini(&m);
  fitted_fini(&floor);
  m = fit_plain(&orr_family_random_forest, &one, few);
  assert_near(loss_of(&m, &one), 0, 1e-30);
  fitted_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_learns),
      cmocka_unit_test(leaves_are_shares),
      cmocka_unit_test(threads_agree),
      cmocka_unit_test(probabilities_are_never_zero),
      cmocka_unit_test(a_deadline_keeps_the_trees_and_replays),
      cmocka_unit_test(a_tiny_unit_and_one_row),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
