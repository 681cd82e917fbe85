/* Nearest neighbours against scikit-learn and against a plain search, with ties.
 *
 * The numbers are scikit-learn 1.2.1's on the rows of fixture.h: KNeighborsClassifier(7, weights=…) and
 * KNeighborsRegressor(7, weights=…) fitted on rows 0-199, shares s of rows 200-299 taken as (7 s + 1) / 10.
 */
#include "fixture.h"

static const setting uniform[] = {{"neighbours", "7"}, {"weights", "uniform"}, {0}};
static const setting by_distance[] = {{"neighbours", "7"}, {"weights", "distance"}, {0}};

static void check_against(size_t classes, const setting *settings, double loss) {
  orr_frame train = frame_of(0, 200, classes, 0), test = frame_of(200, ROWS, classes, 0);
  fitted m = fit_plain(&orr_family_knn, &train, settings);
  assert_near(loss_of(&m, &test), loss, 1e-11);
  fitted_fini(&m);
}

static void known_answers(void **state) {
  (void)state;
  check_against(3, uniform, 0.739609927231);
  check_against(3, by_distance, 0.658158005423);
  check_against(0, uniform, 1.79016279068);
  check_against(0, by_distance, 1.59042566213);
}

/* All rows are alike: the nearest of them are the first. */
static void ties_go_to_the_lower_row(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 0, 0);
  for (size_t i = 0; i < ROWS * COLUMNS; i++) cells[i] = 0.1 * (double)(i % COLUMNS) + 1.0 / 3;
  for (size_t i = 0; i < ROWS; i++) target[i] = (double)i;
  fitted m = fit_plain(&orr_family_knn, &f, uniform);
  const double *p = predict_with(&m, &f, NULL);
  for (size_t i = 0; i < ROWS; i++) assert_near(p[i], 3, 0);
  fitted_fini(&m);
}

static void weights_count_as_votes(void **state) {
  (void)state;
  orr_frame f = frame_of(0, 3, 2, 1);
  for (size_t i = 0; i < 12; i++) cells[i] = 0;
  labels[0] = 0, labels[1] = 1, labels[2] = 1;
  weights[0] = 6, weights[1] = 1, weights[2] = 1;
  fitted m = fit_plain(&orr_family_knn, &f, uniform);
  const double *p = predict_with(&m, &f, NULL);
  assert_near(p[0], (3 * 0.75 + 1) / 5, 1e-15);
  assert_near(p[0] + p[1], 1, 1e-15);
  fitted_fini(&m);
}

static void threads_agree(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 3, 1);
  assert_threads_agree(&orr_family_knn, &f, NULL, by_distance);
}

static void edges(void **state) {
  (void)state;
  orr_frame none = frame_of(0, 0, 2, 0), one = frame_of(0, 1, 2, 0), far = frame_of(1, 2, 2, 0);
  fitted m = fit_with(&orr_family_knn, &none, NULL, NULL, NULL, 0);
  assert_int_equal(m.status, ORR_DATA);
  fitted_fini(&m);
  m = fit_plain(&orr_family_knn, &one, NULL);
  assert_near(predict_with(&m, &far, NULL)[labels[0]], 2.0 / 3, 1e-15);
  predict_with(&m, &none, NULL);
  fitted_fini(&m);
}

static void a_stop_ends_it(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 2, 0);
  fitted m = fit_plain(&orr_family_knn, &f, NULL);
  listener l = {.signal = ORR_ABANDON, .at = 2};
  orr_work work = {.progress = listen, .context = &l};
  static double out[2 * ROWS];
  assert_int_equal(m.family->predict(&m.store, m.task, &f.x, 2, out, &work, &m.error), ORR_STOPPED);
  fitted_fini(&m);
}

static void a_damaged_store_is_refused(void **state) {
  (void)state;
  orr_frame f = frame_of(0, ROWS, 3, 0);
  fitted m = fit_plain(&orr_family_knn, &f, NULL);
  assert_int_equal(m.family->check(&m.store, m.task, 4, 2, NULL), ORR_DATA);
  orr_store_find(&m.store, "label")->i32[9] = -1;
  assert_int_equal(m.family->check(&m.store, m.task, 4, 3, NULL), ORR_DATA);
  orr_store_find(&m.store, "label")->i32[9] = 0;
  orr_store_find(&m.store, "neighbours")->f64[0] = 1e300;
  assert_int_equal(m.family->check(&m.store, m.task, 4, 3, NULL), ORR_DATA);
  fitted_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(ties_go_to_the_lower_row),
      cmocka_unit_test(threads_agree),
      cmocka_unit_test(weights_count_as_votes),
      cmocka_unit_test(edges),
      cmocka_unit_test(a_stop_ends_it),
      cmocka_unit_test(a_damaged_store_is_refused),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
