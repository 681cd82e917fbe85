/* Why: an error bar is a claim. It must agree with theory where theory is known, be
 * the same bits for any number of threads, and be small where two models agree. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "metric/score.h"
#include "num/statistics.h"

enum { N = 2000, MOST = 16 };

static double truth[N], near_a[N], near_b[N], probability[2 * N];
static int32_t label[N];

/* Two models that miss by much the same noise; labels drawn from the probabilities. */
static int setup(void **state) {
  (void)state;
  orr_random random = orr_random_stream(5, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < N; i++) {
    truth[i] = orr_random_normal(&random);
    double shared = orr_random_normal(&random);
    near_a[i] = truth[i] + shared;
    near_b[i] = truth[i] + 1.05 * shared + 0.1 * orr_random_normal(&random);
    double p = 1 / (1 + exp(-2 * truth[i]));
    probability[2 * i] = 1 - p;
    probability[2 * i + 1] = p;
    label[i] = orr_random_uniform(&random) < p;
  }
  return 0;
}

static orr_evaluation regression(const double *mean) {
  return (orr_evaluation){.task = ORR_REGRESSION, .n = N, .truth = truth, .mean = mean};
}

static orr_evaluation classification(void) {
  return (orr_evaluation){
      .task = ORR_CLASSIFICATION, .n = N, .classes = 2, .label = label, .probability = probability};
}

static size_t measure(orr_evaluation *v, orr_arena *arena, orr_measured *m) {
  size_t n;
  assert_int_equal(orr_evaluation_sort(v, arena, NULL), ORR_OK);
  assert_int_equal(orr_measure(v, 1, NULL, arena, m, &n, NULL), ORR_OK);
  return n;
}

static const orr_measured *find(const orr_measured *m, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(m[i].number.name, name)) return &m[i];
  fail_msg("no score %s", name);
  return NULL;
}

static bool within(double a, double b, double share) { return fabs(a - b) < share * fabs(b); }

/* numpy: r.std(ddof=1)/sqrt(n), and sqrt(n/(n-1)*(w**2*(r-v)**2).sum())/w.sum(). */
static void test_error_of_a_mean(void **state) {
  (void)state;
  const double t[8] = {1, 2.5, 3, -1, 4, 0, 2, 7}, p[8] = {1.2, 2, 3.5, -.5, 3, .4, 2, 5};
  const double weight[8] = {1, 2, .5, 1.5, 1, 3, 1, .25};
  orr_evaluation v = {.task = ORR_REGRESSION, .n = 8, .truth = t, .mean = p};
  orr_arena arena = {0};
  orr_measured m[MOST];
  const orr_number *mae = &find(m, measure(&v, &arena, m), "mae")->number;
  assert_true(within(mae->error, 0.2195266824003731, 1e-12));
  assert_string_equal(mae->method, "standard_error");
  assert_true(mae->n == 8 && mae->n_eff == 8);
  v.weight = weight;
  mae = &find(m, measure(&v, &arena, m), "mae")->number;
  assert_true(within(mae->error, 0.09217184623164612, 1e-12));
  assert_true(within(mae->n_eff, 5.65993265993266, 1e-12));
  orr_arena_fini(&arena);
}

/* Recall is a mean over the positive rows: sqrt(r(1−r)/n); √ of a mean square: s(d²)/(2 rmse √n). */
/* All rows right: the share is 1, and its error that of Beta(n + 1/2, 1/2),
 * sqrt(1/2 (n + 1/2)) / ((n + 1) sqrt(n + 2)): for n = 4, sqrt(2.25) / (5 sqrt(6)) = 0.12247. */
static void test_all_right_is_not_certain(void **state) {
  (void)state;
  static const double sure[] = {0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.4, 0.6};
  static const int32_t truths[] = {0, 1, 0, 1};
  orr_arena arena = {0};
  orr_measured m[MOST];
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = 4, .classes = 2, .label = truths, .probability = sure};
  size_t n = measure(&v, &arena, m);
  assert_float_equal(find(m, n, "accuracy")->number.value, 1, 0);
  assert_float_equal(find(m, n, "accuracy")->number.error, 0.122474, 1e-6);
  assert_true(find(m, n, "auc")->number.error > 0.1);
  orr_arena_fini(&arena);
}

static void test_bootstrap_agrees_with_formula(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[MOST];
  orr_evaluation v = classification();
  const orr_measured *recall = find(m, measure(&v, &arena, m), "recall");
  double positives = 0, r = recall->number.value, square[N];
  for (size_t i = 0; i < N; i++) positives += label[i];
  assert_true(within(recall->number.error, sqrt(r * (1 - r) / positives), 0.1));
  assert_string_equal(recall->number.method, "bootstrap");
  assert_true(within(orr_mean(recall->replicate, NULL, ORR_RESAMPLES), r, 0.01));

  v = regression(near_a);
  const orr_number *rmse = &find(m, measure(&v, &arena, m), "rmse")->number;
  for (size_t i = 0; i < N; i++) square[i] = (near_a[i] - truth[i]) * (near_a[i] - truth[i]);
  double expected = orr_sample_deviation(square, N) / (2 * rmse->value * sqrt(N));
  assert_true(within(rmse->error, expected, 0.1));
  orr_arena_fini(&arena);
}

/* The same with weights from 0.2 to 5.2 that also follow the misses; formula as for a weighted mean. */
static void test_bootstrap_with_weights(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[MOST];
  double weight[N], total = 0, squares = 0;
  for (size_t i = 0; i < N; i++)
    weight[i] = 0.2 + 5 * (double)(i % 7 == 0) * fabs(tanh(near_a[i] - truth[i]));
  orr_evaluation v = regression(near_a);
  v.weight = weight;
  const orr_number *rmse = &find(m, measure(&v, &arena, m), "rmse")->number;
  for (size_t i = 0; i < N; i++) {
    double d = near_a[i] - truth[i], off = weight[i] * (d * d - rmse->value * rmse->value);
    total += weight[i];
    squares += off * off;
  }
  assert_true(within(rmse->error, sqrt(squares) / total / (2 * rmse->value), 0.1));
  orr_arena_fini(&arena);
}

static void test_threads_do_not_matter(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[4][MOST];
  orr_evaluation v = classification();
  size_t n = measure(&v, &arena, m[0]);
  for (unsigned threads = 1; threads <= 3; threads++) {
    orr_work work = {0};
    assert_int_equal(orr_pool_new(threads, &work.pool, NULL), ORR_OK);
    assert_int_equal(orr_measure(&v, 1, &work, &arena, m[threads], &n, NULL), ORR_OK);
    orr_pool_free(work.pool);
    for (size_t i = 0; i < n; i++) {
      assert_memory_equal(&m[threads][i].number.error, &m[0][i].number.error, sizeof(double));
      if (!m[0][i].replicate) continue;
      assert_memory_equal(m[threads][i].replicate, m[0][i].replicate, ORR_RESAMPLES * sizeof(double));
    }
  }
  assert_int_equal(orr_measure(&v, 2, NULL, &arena, m[1], &n, NULL), ORR_OK);
  const orr_measured *one = find(m[0], n, "auc"), *two = find(m[1], n, "auc");
  assert_true(one->number.value == two->number.value && one->number.error != two->number.error);
  orr_arena_fini(&arena);
}

static void check_paired(const char *name) {
  orr_arena arena = {0};
  orr_measured a[MOST], b[MOST];
  orr_evaluation va = regression(near_a), vb = regression(near_b);
  size_t n = measure(&va, &arena, a);
  measure(&vb, &arena, b);
  const orr_measured *ma = find(a, n, name), *mb = find(b, n, name);
  orr_number d = orr_measure_difference(&va, ma, &vb, mb);
  double unpaired = hypot(ma->number.error, mb->number.error);
  assert_true(within(d.value, ma->number.value - mb->number.value, 1e-9));
  assert_true(d.error > 0 && d.error < unpaired / 4);
  d = orr_measure_difference(&va, ma, &va, ma);
  assert_true(d.value == 0 && isnan(d.error) && !strcmp(d.method, "exact"));
  orr_arena_fini(&arena);
}

static void test_paired_difference(void **state) {
  (void)state;
  check_paired("mae");
  check_paired("rmse");
}

static void test_difference_of_unlike(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[MOST];
  orr_evaluation v = regression(near_a), shorter = v;
  size_t n = measure(&v, &arena, m);
  shorter.n--;
  assert_true(isnan(orr_measure_difference(&v, find(m, n, "mae"), &v, find(m, n, "rmse")).value));
  assert_true(isnan(orr_measure_difference(&v, find(m, n, "mae"), &shorter, find(m, n, "mae")).value));
  orr_arena_fini(&arena);
}

/* Three positives in forty rows: some resamples have none, and the rest still tell the spread. */
static void test_rare_class(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[MOST];
  orr_evaluation v = classification();
  int32_t rare[40] = {[3] = 1, [17] = 1, [29] = 1};
  v.n = 40;
  v.label = rare;
  const orr_measured *auc = find(m, measure(&v, &arena, m), "auc");
  size_t undefined = 0;
  for (size_t i = 0; i < ORR_RESAMPLES; i++) undefined += isnan(auc->replicate[i]) != 0;
  assert_true(undefined > 10 && undefined < 120); /* (37/40)^40 is 4 % */
  assert_true(isfinite(auc->number.error) && auc->number.error > 0);
  orr_arena_fini(&arena);
}

static orr_signal abandon(void *context, const orr_report *report) {
  size_t *calls = context;
  assert_string_equal(report->what, "bootstrap");
  return ++*calls > 3 ? ORR_ABANDON : ORR_GO_ON;
}

static void test_stop(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_measured m[MOST];
  size_t n, calls = 0;
  orr_evaluation v = regression(near_a);
  orr_work work = {.progress = abandon, .context = &calls};
  assert_int_equal(orr_measure(&v, 1, &work, &arena, m, &n, NULL), ORR_STOPPED);
  assert_int_equal(calls, 4);
  orr_arena_fini(&arena);
}

static orr_status measure_few(orr_error *e) {
  orr_arena arena = {0};
  orr_measured m[MOST];
  size_t n;
  orr_evaluation v = classification();
  v.n = 30;
  orr_status status = orr_evaluation_sort(&v, &arena, e);
  if (!status) status = orr_measure(&v, 1, NULL, &arena, m, &n, e);
  orr_arena_fini(&arena);
  return status;
}

static void test_out_of_memory(void **state) {
  (void)state;
  for (long after = 0; after < 30; after++) {
    orr_memory_fail_after(after);
    orr_error e = {0};
    orr_status status = measure_few(&e);
    orr_memory_fail_after(-1);
    assert_int_equal(status, ORR_MEMORY);
  }
  assert_int_equal(measure_few(NULL), ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_error_of_a_mean),
      cmocka_unit_test(test_all_right_is_not_certain),
      cmocka_unit_test(test_bootstrap_agrees_with_formula),
      cmocka_unit_test(test_bootstrap_with_weights),
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_paired_difference),
      cmocka_unit_test(test_difference_of_unlike),
      cmocka_unit_test(test_rare_class),
      cmocka_unit_test(test_stop),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, setup, NULL);
}
