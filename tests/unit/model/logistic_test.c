/* Logistic regression against scikit-learn, and what a fit must refuse.
 *
 * The numbers are scikit-learn 1.2.1's, on the rows of fixture.h:
 *   LogisticRegression(C=1/(w.sum()*0.01), tol=1e-13, solver="newton-cg").fit(X, y, sample_weight=w)
 */
#include "base/random.h"
#include "fixture.h"

static const setting strength[] = {{"l2", "0.01"}, {0}};

static void check_binary(int weighted, const double *coefficients, double intercept, double loss) {
  orr_frame f = frame_of(0, ROWS, 2, weighted);
  fitted m = fit_plain(&orr_family_logistic, &f, strength);
  for (size_t j = 0; j < COLUMNS; j++)
    assert_near(orr_store_find(&m.store, "weights")->f64[j], coefficients[j], 2e-6);
  assert_near(orr_store_find(&m.store, "intercepts")->f64[0], intercept, 2e-6);
  assert_near(loss_of(&m, &f), loss, 1e-8);
  assert_string_equal(m.outcome.stop_reason, "converged");
  fitted_fini(&m);
}

static void two_classes(void **state) {
  (void)state;
  check_binary(0, (double[]){1.91833885401, 0.583863583306, 0.325586218968, -0.955151962555}, 0.0680512755862,
               0.498047364891);
  check_binary(1, (double[]){1.85595625438, 0.454440016216, 0.392158376054, -0.930830281454}, 0.140770578098,
               0.506992794766);
}

static void three_classes(void **state) {
  (void)state;
  const double coefficients[] = {-1.6619906715,    -0.0778911474351, 0.217046992695,   0.867816447153,
                                 -0.0213572816742, -0.236887427087,  -0.226235642181,  0.165948072441,
                                 1.68334795318,    0.314778574522,   0.00918864948552, -1.03376451959};
  orr_frame f = frame_of(0, ROWS, 3, 0);
  fitted m = fit_plain(&orr_family_logistic, &f, strength);
  for (size_t j = 0; j < 12; j++)
    assert_near(orr_store_find(&m.store, "weights")->f64[j], coefficients[j], 2e-6);
  assert_near(loss_of(&m, &f), 0.791073453557, 1e-8);
  fitted_fini(&m);
  f = frame_of(0, ROWS, 3, 1);
  m = fit_plain(&orr_family_logistic, &f, strength);
  assert_near(loss_of(&m, &f), 0.788781287404, 1e-8);
  fitted_fini(&m);
}

static void a_weight_is_a_repeated_row(void **state) {
  (void)state;
  orr_frame f = frame_of(0, 100, 2, 1);
  static double x[ROWS * COLUMNS];
  static int32_t label[ROWS];
  size_t n = 0;
  for (size_t i = 0; i < 100; i++)
    for (int c = 0; c < (int)f.weight[i]; c++, n++) {
      memcpy(x + n * COLUMNS, cells + i * COLUMNS, COLUMNS * sizeof *x);
      label[n] = f.label[i];
    }
  orr_frame repeated = {.x = {n, COLUMNS, x}, .classes = 2, .label = label};
  fitted a = fit_plain(&orr_family_logistic, &f, strength),
         b = fit_plain(&orr_family_logistic, &repeated, strength);
  for (size_t j = 0; j < COLUMNS; j++)
    assert_near(orr_store_find(&a.store, "weights")->f64[j], orr_store_find(&b.store, "weights")->f64[j],
                1e-5);
  fitted_fini(&a);
  fitted_fini(&b);
}

static void strength_is_chosen_and_kept(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  fitted m = fit_plain(&orr_family_logistic, &f, NULL);
  double l2 = orr_store_find(&m.store, "l2")->f64[0];
  assert_true(l2 > 1e-7 && l2 < 1);
  fitted again = fit_plain(&orr_family_logistic, &f, NULL);
  orr_hash a = orr_store_hash(&m.store), b = orr_store_hash(&again.store);
  assert_true(a.high == b.high && a.low == b.low);
  fitted_fini(&m);
  fitted_fini(&again);
}

static void noise_is_shrunk_away(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  for (size_t i = 0; i < ROWS; i++) labels[i] = cell((long)i, 9) > 0;
  fitted m = fit_plain(&orr_family_logistic, &f, NULL);
  for (size_t j = 0; j < COLUMNS; j++) assert_near(orr_store_find(&m.store, "weights")->f64[j], 0, 0.01);
  assert_true(orr_store_find(&m.store, "l2")->f64[0] >
              0.9); /* not where the search stopped: where it was best */
  fitted_fini(&m);
}

static void threads_agree(void **state) {
  (void)state;
  orr_frame two = frame_of(0, ROWS, 2, 1);
  assert_threads_agree(&orr_family_logistic, &two, NULL, NULL);
  orr_frame three = frame_of(0, ROWS, 3, 0);
  assert_threads_agree(&orr_family_logistic, &three, NULL, strength);
}

static void separable_rows_and_one_row_end(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  for (size_t i = 0; i < ROWS; i++) labels[i] = cells[i * COLUMNS] > 0;
  fitted m = fit_plain(&orr_family_logistic, &f, (setting[]){{"l2", "0"}, {0}});
  assert_true(loss_of(&m, &f) < 1e-3);
  fitted_fini(&m);
  f = frame_of(0, 1, 2, 0);
  m = fit_plain(&orr_family_logistic, &f, NULL);
  assert_true(isfinite(loss_of(&m, &f)));
  fitted_fini(&m);
}

static void refusals(void **state) {
  (void)state;
  orr_frame none = frame_of(0, 0, 2, 0), one = frame_of(0, ROWS, 1, 0), f = frame_of(0, ROWS, 2, 1);
  fitted m = fit_with(&orr_family_logistic, &none, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
  m = fit_with(&orr_family_logistic, &one, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
  weights[5] = -1;
  m = fit_with(&orr_family_logistic, &f, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  assert_non_null(strstr(m.error.message, "row 5"));
  fitted_fini(&m);
}

static void a_stop_ends_it(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  listener l = {.signal = ORR_ABANDON, .at = 10};
  orr_work work = {.progress = listen, .context = &l};
  fitted m = fit_with(&orr_family_logistic, &f, NULL, NULL, &work, 0);
  assert_int_equal(m.status, ORR_STOPPED);
  assert_int_equal(l.calls, 10);
  fitted_fini(&m);
}

static void a_damaged_store_is_refused(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  fitted m = fit_plain(&orr_family_logistic, &f, strength);
  assert_int_equal(m.family->check(&m.store, m.task, 5, 2, NULL), ORR_DATA);
  assert_int_equal(m.family->check(&m.store, m.task, 4, 3, NULL), ORR_DATA);
  orr_store_find(&m.store, "weights")->f64[2] = NAN;
  assert_int_equal(m.family->check(&m.store, m.task, 4, 2, NULL), ORR_DATA);
  fitted_fini(&m);
}

/* More classes than fit on the stack. */
static void many_classes_sum_to_one(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 70, 0);
  for (size_t i = 0; i < ROWS; i++) labels[i] = (int32_t)(i % 70);
  fitted m = fit_plain(&orr_family_logistic, &f, (setting[]){{"l2", "0.1"}, {0}});
  const double *p = predict_with(&m, &f, NULL);
  for (size_t i = 0; i < 3; i++) {
    double sum = 0;
    for (size_t c = 0; c < 70; c++) sum += p[i * 70 + c];
    assert_near(sum, 1, 1e-12);
  }
  fitted_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_classes),
      cmocka_unit_test(three_classes),
      cmocka_unit_test(threads_agree),
      cmocka_unit_test(a_weight_is_a_repeated_row),
      cmocka_unit_test(noise_is_shrunk_away),
      cmocka_unit_test(strength_is_chosen_and_kept),
      cmocka_unit_test(refusals),
      cmocka_unit_test(separable_rows_and_one_row_end),
      cmocka_unit_test(a_stop_ends_it),
      cmocka_unit_test(a_damaged_store_is_refused),
      cmocka_unit_test(many_classes_sum_to_one),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
