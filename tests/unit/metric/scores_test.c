/* Why: a score that is subtly wrong misleads every reader of a report. Known answers
 * are those of scikit-learn 1.2.1 on the tables below (roc_auc_score,
 * average_precision_score, log_loss, …; average="macro" for three classes; Brier of
 * three classes and ECE written out in NumPy), with and without sample_weight. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "metric/confusion.h"
#include "metric/score.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

enum { N2 = 12, N3 = 10, NR = 8, MOST = 16 };

/* 0.35 and 0.5 are tied between classes; 0.5 is said to be the first class. */
static const int32_t label2[N2] = {0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1};
static const double positive[N2] = {.1, .8, .35, .35, .9, .5, .2, .5, .65, .7, .05, .35};
static const double weight2[N2] = {1, 2, .5, 1.5, 1, 3, 1, .25, 2, 1, .5, 1};
static const int32_t label3[N3] = {0, 1, 2, 2, 1, 0, 2, 1, 0, 2};
static const double probability3[N3 * 3] = {.6,  .3, .1,  .2, .5, .3, .1, .2, .7, .4, .35, .25, .3, .4, .3,
                                            .25, .5, .25, .1, .3, .6, .5, .3, .2, .7, .1,  .2,  .2, .3, .5};
static const double weight3[N3] = {1, 2, .5, 1.5, 1, 3, 1, .25, 2, 1};
static const double truth[NR] = {1, 2.5, 3, -1, 4, 0, 2, 7}, mean[NR] = {1.2, 2, 3.5, -.5, 3, .4, 2, 5};
static const double lower[NR] = {.6, 1.4, 2.9, -1.1, 2.4, -.2, 1.4, 4.4};
static const double upper[NR] = {1.8, 2.6, 4.1, .1, 3.6, 1, 2.6, 5.6};
static const double weight_r[NR] = {1, 2, .5, 1.5, 1, 3, 1, .25};
static double probability2[N2 * 2];

static orr_evaluation binary(size_t n, const int32_t *label, const double *weight) {
  for (size_t i = 0; i < N2; i++) {
    probability2[2 * i] = 1 - positive[i];
    probability2[2 * i + 1] = positive[i];
  }
  return (orr_evaluation){.task = ORR_CLASSIFICATION,
                          .n = n,
                          .classes = 2,
                          .label = label,
                          .probability = probability2,
                          .weight = weight};
}

static orr_evaluation three(const double *weight) {
  return (orr_evaluation){.task = ORR_CLASSIFICATION,
                          .n = N3,
                          .classes = 3,
                          .label = label3,
                          .probability = probability3,
                          .weight = weight};
}

static orr_evaluation regression(size_t n, const double *weight) {
  return (orr_evaluation){.task = ORR_REGRESSION,
                          .n = n,
                          .truth = truth,
                          .mean = mean,
                          .lower = lower,
                          .upper = upper,
                          .level = 0.9,
                          .weight = weight};
}

typedef struct known {
  const char *name;
  double value;
} known;

static orr_number number_of(const orr_measured *m, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(m[i].number.name, name)) return m[i].number;
  fail_msg("no score %s", name);
  return (orr_number){0};
}

static orr_number measure(orr_evaluation v, const char *name) {
  orr_arena arena = {0};
  orr_measured m[MOST];
  size_t n;
  assert_int_equal(orr_evaluation_sort(&v, &arena, NULL), ORR_OK);
  assert_int_equal(orr_measure(&v, 1, NULL, &arena, m, &n, NULL), ORR_OK);
  orr_number number = number_of(m, n, name);
  orr_arena_fini(&arena);
  return number;
}

static void expect(orr_evaluation v, const known *k, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double value = measure(v, k[i].name).value;
    if (!(fabs(value - k[i].value) < 1e-12)) fail_msg("%s is %.17g, not %.17g", k[i].name, value, k[i].value);
  }
}

#define EXPECT(v, k) expect((v), (k), sizeof(k) / sizeof *(k))

static void test_two_classes(void **state) {
  (void)state;
  const known plain[] = {{"log_loss", 0.5216482229133094},
                         {"auc", 0.7916666666666666},
                         {"average_precision", 0.7916666666666666},
                         {"accuracy", 0.6666666666666666},
                         {"f1", 0.6},
                         {"precision", 0.75},
                         {"recall", 0.5},
                         {"brier", 0.181875}};
  const known weighted[] = {{"log_loss", 0.5047439231640286},
                            {"auc", 0.8194444444444444},
                            {"average_precision", 0.8348280253042158},
                            {"accuracy", 0.8135593220338984},
                            {"f1", 0.7843137254901961},
                            {"precision", 0.8333333333333334},
                            {"recall", 0.7407407407407407},
                            {"brier", 0.16991525423728815}};
  EXPECT(binary(N2, label2, NULL), plain);
  EXPECT(binary(N2, label2, weight2), weighted);
}

static void test_three_classes(void **state) {
  (void)state;
  const known plain[] = {{"log_loss", 0.8014147754969209},
                         {"auc", 0.8382936507936508},
                         {"average_precision", 0.7466931216931215},
                         {"accuracy", 0.7},
                         {"f1", 0.6984126984126985},
                         {"precision", 0.7222222222222222},
                         {"recall", 0.6944444444444443},
                         {"brier", 0.46}};
  const known weighted[] = {{"log_loss", 0.8640293363814184},
                            {"auc", 0.7990477214615147},
                            {"average_precision", 0.6803709856035437},
                            {"accuracy", 0.6415094339622641},
                            {"f1", 0.6586729842543796},
                            {"precision", 0.7105263157894738},
                            {"recall", 0.6826923076923078},
                            {"brier", 0.5009433962264151}};
  EXPECT(three(NULL), plain);
  EXPECT(three(weight3), weighted);
}

static void test_regression(void **state) {
  (void)state;
  const known plain[] = {{"rmse", 0.862409415533017},
                         {"mae", 0.6375},
                         {"r2", 0.8631200575125808},
                         {"coverage_90", 0.75},
                         {"width_90", 1.2}};
  const known weighted[] = {{"rmse", 0.5860158992265837},
                            {"mae", 0.4780487804878049},
                            {"r2", 0.8943097766385939},
                            {"coverage_90", 0.8780487804878049},
                            {"width_90", 1.2}};
  EXPECT(regression(NR, NULL), plain);
  EXPECT(regression(NR, weight_r), weighted);
}

static void test_confusion(void **state) {
  (void)state;
  const double expected[9] = {3, 3, 0, .25, 3, 0, 1.5, 0, 2.5};
  double cells[9];
  orr_evaluation v = three(weight3);
  orr_confusion_fill(&v, weight3, cells);
  assert_memory_equal(cells, expected, sizeof cells);
  orr_confusion_fill(&v, NULL, cells);
  assert_true(cells[0] == 2 && cells[8] == 3);
}

/* Two bins of twenty rows; label frequency 0.3 everywhere. */
static void test_ece_known(void **state) {
  (void)state;
  double p[80], weight[40];
  int32_t label[40];
  for (size_t i = 0; i < 40; i++) {
    p[2 * i + 1] = ((double)i + 0.5) / 40;
    p[2 * i] = 1 - p[2 * i + 1];
    label[i] = i * 7 % 10 < 3;
    weight[i] = 1 + (double)(i % 3) * 0.5;
  }
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = 40, .classes = 2, .label = label, .probability = p};
  NEAR(measure(v, "ece").value, 0.20805823887439798);
  v.weight = weight;
  NEAR(measure(v, "ece").value, 0.18574320907061048);
}

/* One constant prediction, rows sorted by class: were the bins to part it, each would look wrong. */
static void test_ece_keeps_ties_together(void **state) {
  (void)state;
  double p[800];
  int32_t label[400];
  for (size_t i = 0; i < 400; i++) {
    p[2 * i] = p[2 * i + 1] = 0.5;
    label[i] = i < 200;
  }
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = 400, .classes = 2, .label = label, .probability = p};
  assert_true(measure(v, "ece").value == 0);
}

enum { CALIBRATED = 1500, REPEATS = 100, BINS = 15 };

/* |mean p − frequency| in 15 bins of 100 rows of ascending p, uncorrected. */
static double plug_in(const double *p, const int32_t *label) {
  double total = 0;
  for (size_t b = 0; b < BINS; b++) {
    double gap = 0;
    for (size_t i = b * 100; i < (b + 1) * 100; i++) gap += p[2 * i + 1] - label[i];
    total += fabs(gap);
  }
  return total / CALIBRATED;
}

/* Labels drawn from the very probabilities shifted by `off`: the true ECE is about |off|. */
static void ece_of(double off, double *corrected, double *plain) {
  static double p[2 * CALIBRATED], ones[CALIBRATED];
  static int32_t label[CALIBRATED];
  orr_random random = orr_random_stream(3, 0, ORR_FOR_TEST);
  *corrected = *plain = 0;
  for (size_t repeat = 0; repeat < REPEATS; repeat++) {
    orr_arena arena = {0};
    for (size_t i = 0; i < CALIBRATED; i++) {
      p[2 * i + 1] = 0.15 + 0.7 * (double)i / CALIBRATED;
      p[2 * i] = 1 - p[2 * i + 1];
      label[i] = orr_random_uniform(&random) < p[2 * i + 1] + off;
      ones[i] = 1;
    }
    orr_evaluation v = {
        .task = ORR_CLASSIFICATION, .n = CALIBRATED, .classes = 2, .label = label, .probability = p};
    assert_int_equal(orr_evaluation_sort(&v, &arena, NULL), ORR_OK);
    *corrected += orr_score_ece.of_all(&v, ones) / REPEATS;
    *plain += plug_in(p, label) / REPEATS;
    orr_arena_fini(&arena);
  }
}

static void test_ece_is_unbiased(void **state) {
  (void)state;
  double corrected, plain;
  ece_of(0, &corrected, &plain);
  assert_true(plain > 0.03);
  assert_true(corrected < plain / 3);
  ece_of(0.1, &corrected, &plain);
  assert_true(fabs(corrected - 0.1) < 0.01);
}

/* Of three classes, that the predicted one is right: p(top) 0.6 and right 6 times in 10 is calibrated. */
static void test_ece_top_class(void **state) {
  (void)state;
  double p[300];
  int32_t label[100];
  for (size_t i = 0; i < 100; i++) {
    for (size_t k = 0; k < 3; k++) p[3 * i + k] = k == i % 3 ? 0.6 : 0.2;
    label[i] = (int32_t)((i / 10 < 6 ? i : i + 1) % 3);
  }
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = 100, .classes = 3, .label = label, .probability = p};
  assert_true(measure(v, "ece").value < 1e-12);
  for (size_t i = 0; i < 100; i++) label[i] = (int32_t)(i % 3);
  NEAR(measure(v, "ece").value, 0.4);
}

static void test_one_class(void **state) {
  (void)state;
  const char *const undefined[] = {"auc", "average_precision", "f1", "precision", "recall"};
  const int32_t zeros[N2] = {0};
  for (size_t i = 0; i < 5; i++) {
    orr_number number = measure(binary(N2, zeros, NULL), undefined[i]);
    assert_true(isnan(number.value) && isnan(number.error));
  }
  const int32_t ones[N2] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  assert_true(isnan(measure(binary(N2, ones, NULL), "auc").value));
  NEAR(measure(binary(N2, ones, NULL), "average_precision").value, 1);
}

/* A class that is in the model but not in the rows is left out of the mean. */
static void test_absent_class(void **state) {
  (void)state;
  const int32_t two_of_three[4] = {0, 1, 0, 1};
  const double p[12] = {.5, .3, .2, .1, .8, .1, .2, .6, .2, .3, .6, .1};
  orr_evaluation v = {
      .task = ORR_CLASSIFICATION, .n = 4, .classes = 3, .label = two_of_three, .probability = p};
  NEAR(measure(v, "recall").value, 0.75); /* (1/2 + 2/2) / 2 */
  NEAR(measure(v, "auc").value, (0.75 + 0.875) / 2);
}

static void test_never_predicted(void **state) {
  (void)state;
  const int32_t label[2] = {0, 1};
  orr_evaluation v = binary(2, label, NULL);
  probability2[3] = 0.4, probability2[2] = 0.6;
  assert_true(measure(v, "precision").value == 0 && measure(v, "f1").value == 0);
}

static void test_few_rows(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_scores_count; i++) {
    bool classes = orr_scores[i]->tasks & ORR_CLASSIFICATION;
    for (size_t n = 0; n < 2; n++) {
      orr_evaluation v = classes ? binary(n, label2, NULL) : regression(n, NULL);
      orr_number number = measure(v, orr_scores[i]->name);
      if (!n) assert_true(isnan(number.value));
      assert_true(isnan(number.error));
    }
  }
  NEAR(measure(regression(1, NULL), "mae").value, 0.2);
}

static void test_no_weight(void **state) {
  (void)state;
  const double none[N2] = {0}, cancelling[N2] = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
  for (size_t i = 0; i < orr_scores_count; i++) {
    bool classes = orr_scores[i]->tasks & ORR_CLASSIFICATION;
    orr_number number =
        measure(classes ? binary(N2, label2, none) : regression(NR, none), orr_scores[i]->name);
    assert_true(isnan(number.value));
    measure(classes ? binary(N2, label2, cancelling) : regression(NR, cancelling), orr_scores[i]->name);
  }
}

/* −1 beside +2 of the same row is +1 of it. */
static void test_negative_weights(void **state) {
  (void)state;
  const double signed_weight[4] = {2, -1, 1, 1};
  const double t[4] = {1, 1, 2, 3}, m[4] = {2, 2, 2, 5};
  orr_evaluation v = {.task = ORR_REGRESSION, .n = 4, .truth = t, .mean = m, .weight = signed_weight};
  NEAR(measure(v, "mae").value, 1);
  NEAR(measure(v, "rmse").value, sqrt(5. / 3));
}

static void test_constant_target(void **state) {
  (void)state;
  const double t[3] = {.1, .1, .1}, m[3] = {.1, .2, .3};
  orr_evaluation v = {.task = ORR_REGRESSION, .n = 3, .truth = t, .mean = m};
  assert_true(isnan(measure(v, "r2").value));
  const double beside[3] = {5, .1, .1}, none_of_it[3] = {0, 1, 2};
  v.truth = beside;
  v.weight = none_of_it;
  assert_true(isnan(measure(v, "r2").value));
}

static void test_log_loss_is_clipped(void **state) {
  (void)state;
  const double p[4] = {1, 0, 0, 1};
  const int32_t label[2] = {1, 1};
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = 2, .classes = 2, .label = label, .probability = p};
  NEAR(measure(v, "log_loss").value, -log(1e-15) / 2);
}

static void test_probability_not_a_number(void **state) {
  (void)state;
  const double p[4] = {1, 0, NAN, 1};
  const int64_t row[2] = {10, 77};
  const char *const names[2] = {"noise", "pulsar"};
  orr_evaluation v = {.task = ORR_CLASSIFICATION,
                      .n = 2,
                      .classes = 2,
                      .label = label2,
                      .probability = p,
                      .row = row,
                      .class_names = names};
  orr_arena arena = {0};
  orr_error e;
  assert_int_equal(orr_evaluation_sort(&v, &arena, &e), ORR_NUMERIC);
  assert_non_null(strstr(e.message, "'noise' in row 77"));
  orr_arena_fini(&arena);
}

static void test_sort(void **state) {
  (void)state;
  const uint32_t expected[N2] = {4, 1, 9, 8, 5, 7, 2, 3, 11, 6, 0, 10};
  orr_evaluation v = binary(N2, label2, NULL);
  orr_arena arena = {0};
  assert_int_equal(orr_predicted_class(&v, 5), 0);
  assert_int_equal(orr_evaluation_sort(&v, &arena, NULL), ORR_OK);
  assert_memory_equal(v.order + N2, expected, sizeof expected);
  assert_memory_equal(v.confident, expected, sizeof expected);
  assert_int_equal(v.mark[N2 + 4], 0);                  /* row 5, 0.5, not of the class */
  assert_int_equal(v.mark[N2 + 5], ORR_HIT | ORR_TIED); /* row 7, 0.5 too */
  assert_int_equal(orr_predicted_class(&v, 5), 0);
  assert_int_equal(orr_predicted_class(&v, 8), 1);
  orr_arena_fini(&arena);
}

static void test_table(void **state) {
  (void)state;
  orr_evaluation v = regression(NR, NULL);
  for (size_t i = 0; i < orr_scores_count; i++) {
    const orr_score *s = orr_scores[i];
    assert_ptr_equal(orr_score_find(s->name), s);
    assert_true(s->title && s->help && !s->of_row != !s->of_all);
  }
  assert_null(orr_score_find("elegance"));
  assert_true(orr_score_applies(orr_score_find("coverage_90"), &v));
  assert_false(orr_score_applies(orr_score_find("auc"), &v));
  v.level = 0.5;
  char label[ORR_LABEL];
  assert_true(orr_score_applies(orr_score_find("width_90"), &v));
  assert_string_equal(orr_score_label(orr_score_find("width_90"), &v, "width_90", label), "width_50");
  assert_string_equal(orr_score_label(orr_score_find("mae"), &v, "width_90", label), "width_90");
  v.lower = NULL;
  assert_false(orr_score_applies(orr_score_find("coverage_90"), &v));
  assert_true(orr_score_applies(orr_score_find("mae"), &v));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_two_classes),
      cmocka_unit_test(test_three_classes),
      cmocka_unit_test(test_regression),
      cmocka_unit_test(test_confusion),
      cmocka_unit_test(test_ece_known),
      cmocka_unit_test(test_ece_keeps_ties_together),
      cmocka_unit_test(test_ece_is_unbiased),
      cmocka_unit_test(test_ece_top_class),
      cmocka_unit_test(test_one_class),
      cmocka_unit_test(test_absent_class),
      cmocka_unit_test(test_never_predicted),
      cmocka_unit_test(test_few_rows),
      cmocka_unit_test(test_no_weight),
      cmocka_unit_test(test_negative_weights),
      cmocka_unit_test(test_constant_target),
      cmocka_unit_test(test_log_loss_is_clipped),
      cmocka_unit_test(test_probability_not_a_number),
      cmocka_unit_test(test_sort),
      cmocka_unit_test(test_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
