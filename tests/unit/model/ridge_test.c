/* Ridge regression against scikit-learn, and columns that have no one answer.
 *
 * The numbers are scikit-learn 1.2.1's on the rows of fixture.h:
 *   Ridge(alpha=w.sum()*0.1).fit(X, y, sample_weight=w)
 */
#include "fixture.h"

static const setting strength[] = {{"l2", "0.1"}, {0}};

static void check_against(int weighted, const double *coefficients, double intercept, double deviation) {
  orr_frame f = frame_of(0, ROWS, 0, weighted);
  fitted m = fit_plain(&orr_family_ridge, &f, strength);
  for (size_t j = 0; j < COLUMNS; j++)
    assert_near(orr_store_find(&m.store, "weights")->f64[j], coefficients[j], 1e-10);
  assert_near(orr_store_find(&m.store, "intercept")->f64[0], intercept, 1e-9);
  assert_near(orr_store_find(&m.store, "residual_sd")->f64[0], deviation, 1e-10);
  assert_near(loss_of(&m, &f), deviation, 1e-10);
  fitted_fini(&m);
}

static void known_answers(void **state) {
  (void)state;
  check_against(0, (double[]){2.41881133236, 0.460739669027, -0.00299651962658, -1.39162425479},
                9.96783464702, 1.98373267472);
  check_against(1, (double[]){2.42306027098, 0.372935509937, 0.0260932380455, -1.37026802146}, 10.029625705,
                1.98485027917);
}

static void a_line_is_found_exactly(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 0);
  for (size_t i = 0; i < ROWS; i++) target[i] = 1e6 + 2 * cells[i * COLUMNS] - 3 * cells[i * COLUMNS + 3];
  fitted m = fit_plain(&orr_family_ridge, &f, (setting[]){{"l2", "0"}, {0}});
  const double expected[] = {2, 0, 0, -3};
  for (size_t j = 0; j < COLUMNS; j++)
    assert_near(orr_store_find(&m.store, "weights")->f64[j], expected[j], 1e-8);
  assert_near(orr_store_find(&m.store, "intercept")->f64[0], 1e6, 1e-7);
  fitted_fini(&m);
}

static void collinear_columns_share(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 0);
  for (size_t i = 0; i < ROWS; i++) cells[i * COLUMNS + 1] = cells[i * COLUMNS];
  fitted m = fit_plain(&orr_family_ridge, &f, (setting[]){{"l2", "0"}, {0}});
  const double *w = orr_store_find(&m.store, "weights")->f64;
  assert_near(w[0], w[1], 1e-4);
  assert_true(orr_store_find(&m.store, "l2")->f64[0] > 0);
  fitted_fini(&m);
  f = frame_of(0, 3, 0, 0);
  m = fit_plain(&orr_family_ridge, &f, (setting[]){{"l2", "0"}, {0}});
  assert_true(isfinite(loss_of(&m, &f)));
  fitted_fini(&m);
}

/* Predictions on rows not seen are never much worse than with the best strength of the grid. */
static void strength_is_chosen(void **state) {
  (void)state;
  orr_frame train = frame_of(0, 40, 0, 0), rest = frame_of(40, ROWS, 0, 0);
  fitted m = fit_plain(&orr_family_ridge, &train, NULL);
  double chosen = loss_of(&m, &rest), best = HUGE_VAL;
  fitted_fini(&m);
  const char *const grid[] = {"10", "1", "0.1", "0.01", "0.001", "0.0001"};
  for (size_t i = 0; i < 6; i++) {
    m = fit_plain(&orr_family_ridge, &train, (setting[]){{"l2", grid[i]}, {0}});
    best = fmin(best, loss_of(&m, &rest));
    fitted_fini(&m);
  }
  assert_true(chosen < 1.1 * best);
}

static void threads_agree(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 1);
  assert_threads_agree(&orr_family_ridge, &f, NULL, NULL);
}

static void edges(void **state) {
  (void)state;
  orr_frame none = frame_of(0, 0, 0, 0), one = frame_of(0, 1, 0, 0), f = frame_of(0, ROWS, 0, 1);
  fitted m = fit_with(&orr_family_ridge, &none, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
  m = fit_plain(&orr_family_ridge, &one, NULL);
  assert_near(loss_of(&m, &one), 0, 1e-9);
  fitted_fini(&m);
  for (size_t i = 0; i < ROWS; i += 10) weights[i] = -0.5;
  m = fit_plain(&orr_family_ridge, &f, strength);
  fitted_fini(&m);
  for (size_t i = 0; i < ROWS; i++) weights[i] = -1;
  m = fit_with(&orr_family_ridge, &f, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
}

static void a_stop_ends_it(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 0);
  listener l = {.signal = ORR_ABANDON, .at = 1};
  orr_work work = {.progress = listen, .context = &l};
  fitted m = fit_with(&orr_family_ridge, &f, NULL, NULL, &work, 0);
  assert_int_equal(m.status, ORR_STOPPED);
  fitted_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),           cmocka_unit_test(a_line_is_found_exactly),
      cmocka_unit_test(collinear_columns_share), cmocka_unit_test(strength_is_chosen),
      cmocka_unit_test(threads_agree),           cmocka_unit_test(edges),
      cmocka_unit_test(a_stop_ends_it),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
