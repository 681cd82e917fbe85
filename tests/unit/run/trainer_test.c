/* The trainer: steps that can be said by hand, batches however they are put together, the best
 * epoch kept, divergence undone and given up, L-BFGS at the known minimum, the same bits for any
 * number of threads, and refusals of what makes no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "trainer_fixture.h"

static void remember_line(void *context, const char *line) { snprintf(context, 1024, "%s", line); }

/* Gradient descent with momentum on all rows, in double, from the same parameters w[3], b. */
static void descend_by_hand(const desk *d, int steps, double p[FEATURES + 1]) {
  double v[FEATURES + 1] = {0};
  for (int i = 0; i <= FEATURES; i++) p[i] = d->learner.initial[i];
  for (int step = 0; step < steps; step++) {
    double g[FEATURES + 1] = {0};
    for (size_t r = 0; r < TRAIN_ROWS; r++) {
      const float *x = d->train.x + r * FEATURES;
      double error = p[FEATURES] - (double)d->train.y[r];
      for (int i = 0; i < FEATURES; i++) error += p[i] * (double)x[i];
      for (int i = 0; i <= FEATURES; i++) g[i] += 2 * error * (i < FEATURES ? (double)x[i] : 1) / TRAIN_ROWS;
    }
    for (int i = 0; i <= FEATURES; i++) {
      v[i] = 0.9 * v[i] + g[i];
      p[i] -= 0.05 * v[i];
    }
  }
}

static void ten_steps_are_those_done_by_hand(void **state) {
  (void)state;
  desk d;
  double by_hand[FEATURES + 1];
  desk_make(&d, linear_make);
  d.options = (orr_trainer_options){
      .method = ORR_METHOD_SGD, .epochs = 10, .batch_size = 1000, .learning_rate = 0.05, .momentum = 0.9};
  orr_trainer_result r = run(&d);
  descend_by_hand(&d, 10, by_hand);
  for (int i = 0; i <= FEATURES; i++) assert_float_equal((double)r.parameters[i], by_hand[i], 1e-5);
  assert_int_equal(r.steps, 10);
  assert_string_equal(r.stop_reason, "all epochs done");
  assert_false(r.cut);
  assert_int_equal(r.history.count, 10 * r.n_columns);
  assert_true(column_of(&r, 9, "loss") < column_of(&r, 0, "loss"));
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void accumulated_batches_are_one_large_one(void **state) {
  (void)state;
  desk d;
  desk_make(&d, linear_make);
  d.options.batch_size = 128;
  orr_trainer_result large = run(&d);
  d.options.batch_size = 32;
  d.options.accumulation = 4;
  orr_trainer_result parts = run(&d);
  assert_int_equal(large.steps, parts.steps);
  for (size_t i = 0; i < parameters_of(&d); i++)
    assert_float_equal((double)large.parameters[i], (double)parts.parameters[i], 1e-5);
  orr_trainer_result_fini(&large);
  orr_trainer_result_fini(&parts);
  desk_drop(&d);
}

static void it_learns_and_the_curve_says_so(void **state) {
  (void)state;
  desk d;
  desk_make(&d, learner_make);
  d.options.epochs = 60;
  orr_trainer_result r = run(&d);
  size_t rows = r.history.count / r.n_columns;
  assert_int_equal(rows, 60);
  assert_true(column_of(&r, 59, "validation.squared") < 0.5 * column_of(&r, 0, "validation.squared"));
  assert_true(r.best_step > 0);
  double best = INFINITY;
  for (size_t i = 0; i < rows; i++) best = fmin(best, column_of(&r, i, "validation.squared"));
  assert_true(best == r.best);
  assert_true(column_of(&r, 59, "learning_rate") < column_of(&r, 5, "learning_rate"));
  /* the setting warms up: loss - squared = beta × size, with beta at its last value from epoch 2 on */
  double beta = (column_of(&r, 9, "loss") - column_of(&r, 9, "squared")) / column_of(&r, 9, "size");
  assert_float_equal(beta, 1e-2, 1e-4);
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  static const unsigned threads[] = {2, 3, 5};
  static const orr_method methods[] = {ORR_METHOD_ADAM, ORR_METHOD_LBFGS};
  for (size_t m = 0; m < 2; m++) {
    desk d;
    desk_make(&d, learner_make);
    d.options.method = methods[m];
    if (methods[m] == ORR_METHOD_LBFGS) {
      d.options.average = d.options.clip_norm = 0;
      d.options.schedule = (orr_schedule){.kind = ORR_SCHEDULE_CONSTANT};
    }
    orr_trainer_result one = run(&d);
    for (size_t i = 0; i < 3; i++) {
      assert_int_equal(orr_pool_new(threads[i], &d.work.pool, NULL), ORR_OK);
      orr_trainer_result more = run(&d);
      assert_true(is_same(&d, &one, &more));
      orr_trainer_result_fini(&more);
      orr_pool_free(d.work.pool);
    }
    orr_trainer_result_fini(&one);
    desk_drop(&d);
  }
}

static void early_stopping_gives_back_the_best(void **state) {
  (void)state;
  desk d;
  desk_make(&d, learner_make);
  d.options.epochs = 1000;
  d.options.patience = 5;
  d.options.average = 0;
  d.options.schedule = (orr_schedule){.kind = ORR_SCHEDULE_CONSTANT};
  orr_trainer_result r = run(&d);
  assert_string_equal(r.stop_reason, "early stopping");
  assert_false(r.cut);
  assert_int_equal(r.epochs * 5, r.steps); /* 300 rows by 64 */
  assert_int_equal(r.best_step, r.steps - 5 * 5);
  /* what came back is what stood there: a training that ends at that step has it as its last */
  d.options.patience = 0;
  d.options.keep_best = false;
  d.options.epochs = r.best_step / 5;
  orr_trainer_result there = run(&d);
  assert_memory_equal(there.parameters, r.parameters, parameters_of(&d) * sizeof *r.parameters);
  orr_trainer_result_fini(&there);
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void divergence_is_undone_with_half_the_rate(void **state) {
  (void)state;
  desk d;
  char line[1024] = "";
  desk_make(&d, linear_make);
  d.work = (orr_work){.log = remember_line, .context = line};
  d.options = (orr_trainer_options){
      .method = ORR_METHOD_SGD, .epochs = 200, .batch_size = 300, .learning_rate = 4, .attempts = 8};
  orr_trainer_result r = run(&d);
  assert_in_range(r.attempts, 1, 8);
  assert_non_null(strstr(line, "half the learning_rate"));
  assert_int_equal(r.changes.count, r.attempts);
  for (size_t i = 0; i < r.changes.count; i++) {
    assert_int_equal(r.changes.items[i].cause, ORR_CAUSE_DIVERGED);
    assert_string_equal(r.changes.items[i].set.name, "learning_rate");
    assert_true(r.changes.items[i].set.value == ldexp(4, -(int)i - 1));
  }
  assert_true(column_of(&r, r.epochs - 1, "loss") < 2);
  assert_true(r.steps > 200); /* steps that were undone count */
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void what_always_diverges_is_given_up(void **state) {
  (void)state;
  desk d;
  orr_error e = {0};
  orr_trainer_result r;
  desk_make(&d, linear_make);
  d.train.x[17] = NAN;
  d.options.attempts = 3;
  assert_int_equal(orr_trainer_run(&d.in, &r, &e), ORR_NUMERIC);
  assert_non_null(strstr(e.message, "the loss is nan"));
  assert_non_null(strstr(e.message, "3 times"));
  assert_null(r.parameters);
  d.options = (orr_trainer_options){.method = ORR_METHOD_LBFGS, .epochs = 9, .batch_size = 64};
  assert_int_equal(orr_trainer_run(&d.in, &r, &e), ORR_NUMERIC);
  desk_drop(&d);
}

/* The least-squares solution, by the normal equations and Gauss's elimination. */
static void solve_by_hand(const desk *d, double p[FEATURES + 1]) {
  double a[FEATURES + 1][FEATURES + 2] = {{0}};
  for (size_t r = 0; r < TRAIN_ROWS; r++) {
    double x[FEATURES + 1] = {[FEATURES] = 1};
    for (int i = 0; i < FEATURES; i++) x[i] = (double)d->train.x[r * FEATURES + (size_t)i];
    for (int i = 0; i <= FEATURES; i++) {
      for (int j = 0; j <= FEATURES; j++) a[i][j] += x[i] * x[j];
      a[i][FEATURES + 1] += x[i] * (double)d->train.y[r];
    }
  }
  for (int k = 0; k <= FEATURES; k++)
    for (int i = 0; i <= FEATURES; i++) {
      double f = a[i][k] / a[k][k];
      for (int j = 0; i != k && j <= FEATURES + 1; j++) a[i][j] -= f * a[k][j];
    }
  for (int i = 0; i <= FEATURES; i++) p[i] = a[i][FEATURES + 1] / a[i][i];
}

static void lbfgs_finds_the_minimum(void **state) {
  (void)state;
  desk d;
  double by_hand[FEATURES + 1];
  desk_make(&d, linear_make);
  d.options = (orr_trainer_options){.method = ORR_METHOD_LBFGS, .epochs = 100, .batch_size = 128};
  orr_trainer_result r = run(&d);
  solve_by_hand(&d, by_hand);
  for (int i = 0; i <= FEATURES; i++) assert_float_equal((double)r.parameters[i], by_hand[i], 2e-5);
  assert_string_equal(r.stop_reason, "converged");
  assert_in_range(r.steps, 3, 15); /* a quadratic of four parameters */
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void lbfgs_beats_adam_on_a_small_network(void **state) {
  (void)state;
  desk d;
  desk_make(&d, learner_make);
  d.in.validation = NULL;
  d.options = (orr_trainer_options){.method = ORR_METHOD_LBFGS, .epochs = 100, .batch_size = 1000};
  orr_trainer_result r = run(&d);
  d.options = (orr_trainer_options){
      .method = ORR_METHOD_ADAM, .epochs = 100, .batch_size = 1000, .learning_rate = 1e-2};
  orr_trainer_result adam = run(&d);
  size_t last = r.history.count / r.n_columns - 1;
  for (size_t i = 2; i < last; i++) /* once the setting has warmed up it only goes down */
    assert_true(column_of(&r, i + 1, "loss") <= column_of(&r, i, "loss") * (1 + 1e-5));
  assert_true(column_of(&r, last, "loss") < column_of(&adam, 99, "loss"));
  orr_trainer_result_fini(&r);
  orr_trainer_result_fini(&adam);
  desk_drop(&d);
}

static void plateaus_shrink_the_rate(void **state) {
  (void)state;
  desk d;
  desk_make(&d, linear_make);
  d.options.schedule = (orr_schedule){.kind = ORR_SCHEDULE_PLATEAU, .shrink = 0.5, .patience = 2};
  d.options.epochs = 80;
  orr_trainer_result r = run(&d);
  double rate = column_of(&r, 79, "learning_rate");
  assert_true(rate < 1e-2 / 4);
  assert_true(ldexp(rate, (int)round(log2(1e-2 / rate))) == 1e-2);
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

/* Reports: each step where asked, with the loss; each epoch's belong into the record. */
typedef struct heard {
  size_t passing, kept, last_steps;
  double loss, first_loss;
} heard;

static orr_signal listen(void *context, const orr_report *r) {
  heard *h = context;
  if (!r->n_values) return ORR_GO_ON;
  if (!h->passing && r->passing) h->first_loss = r->values[0].value;
  h->passing += r->passing;
  h->kept += !r->passing;
  h->last_steps = r->steps;
  for (size_t i = 0; i < r->n_values; i++)
    if (!strcmp(r->values[i].name, "loss")) h->loss = r->values[i].value;
  return ORR_GO_ON;
}

static void each_step_and_each_epoch_is_told(void **state) {
  (void)state;
  desk d;
  heard h = {0};
  desk_make(&d, learner_make);
  d.work = (orr_work){.progress = listen, .context = &h};
  d.options.report_steps = 1;
  orr_trainer_result r = run(&d);
  assert_int_equal(h.passing, 30);
  assert_int_equal(h.kept, 6);
  assert_int_equal(h.last_steps, 30);
  assert_true(h.loss == column_of(&r, 5, "loss"));
  assert_true(h.first_loss > h.loss);
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

static void *run_member(void *context) {
  desk *d = context;
  orr_trainer_result *r = orr_calloc(1, sizeof *r);
  if (r && orr_trainer_run(&d->in, r, NULL)) orr_free(r), r = NULL;
  return r;
}

/* Members of an ensemble side by side, each in a thread of its own, are those trained alone. */
static void members_may_be_trained_side_by_side(void **state) {
  (void)state;
  enum { MEMBERS = 4 };
  static desk d[MEMBERS];
  pthread_t threads[MEMBERS];
  for (int i = 0; i < MEMBERS; i++) {
    desk_make(&d[i], learner_make);
    d[i].options.seed = (uint64_t)i;
  }
  for (int i = 0; i < MEMBERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, run_member, &d[i]), 0);
  for (int i = 0; i < MEMBERS; i++) {
    void *member;
    pthread_join(threads[i], &member);
    assert_non_null(member);
    orr_trainer_result alone = run(&d[i]);
    assert_true(is_same(&d[i], &alone, member));
    orr_trainer_result_fini(&alone);
    orr_trainer_result_fini(member);
    orr_free(member);
  }
  for (int i = 0; i < MEMBERS; i++) desk_drop(&d[i]);
}

static void expect_refusal(desk *d, orr_status status, const char *words) {
  orr_trainer_result r;
  orr_error e = {0};
  assert_int_equal(orr_trainer_run(&d->in, &r, &e), status);
  if (!strstr(e.message, words)) fail_msg("'%s' does not say '%s'", e.message, words);
  orr_trainer_result_fini(&r);
}

static void what_makes_no_sense_is_refused(void **state) {
  (void)state;
  desk d;
  desk_make(&d, learner_make);
  orr_trainer_options sound = d.options;
  d.options.learning_rate = -1;
  expect_refusal(&d, ORR_USAGE, "learning_rate is -1");
  d.options = sound, d.options.learning_rate = NAN;
  expect_refusal(&d, ORR_USAGE, "learning_rate is nan");
  d.options = sound, d.options.batch_size = 0;
  expect_refusal(&d, ORR_USAGE, "batch_size");
  d.options = sound, d.options.method = ORR_METHOD_LBFGS;
  expect_refusal(&d, ORR_USAGE, "lbfgs has no use for clip_norm");
  d.options = sound, d.options.patience = 3, d.in.validation = NULL;
  expect_refusal(&d, ORR_USAGE, "patience watches validation rows");
  d.options = sound, d.train.set.n_rows = 0;
  expect_refusal(&d, ORR_DATA, "no rows");
  d.train.set.n_rows = TRAIN_ROWS;
  d.learner.initial[3] = INFINITY;
  expect_refusal(&d, ORR_NUMERIC, "initial parameters");
  d.learner.initial[3] = 0;
  d.learner.n_movements = 0;
  expect_refusal(&d, ORR_USAGE, "setting 'beta'");
  d.learner.n_movements = 1;
  const orr_change unknown = {.step = 3, .set = {"momentun", 1}};
  d.options.changes = &unknown, d.options.n_changes = 1;
  expect_refusal(&d, ORR_USAGE, "'momentun' cannot be set");
  desk_drop(&d);
}

static void no_epochs_and_one_row_are_legal(void **state) {
  (void)state;
  desk d;
  desk_make(&d, learner_make);
  d.options.epochs = 0;
  orr_trainer_result r = run(&d);
  assert_string_equal(r.stop_reason, "all epochs done");
  assert_int_equal(r.steps, 0);
  assert_memory_equal(r.parameters, d.learner.initial, parameters_of(&d) * sizeof *r.parameters);
  orr_trainer_result_fini(&r);
  d.options.epochs = 3;
  d.train.set.n_rows = d.check.set.n_rows = 1;
  r = run(&d);
  assert_int_equal(r.steps, 3);
  orr_trainer_result_fini(&r);
  desk_drop(&d);
}

/* A learner anew each time: its graph remembers that it could not grow. */
static void memory_that_runs_out_is_an_error(void **state) {
  (void)state;
  desk d;
  orr_trainer_result r;
  long after = 0;
  for (orr_status status = ORR_MEMORY; status; after += 1 + after / 8) {
    desk_make(&d, learner_make);
    d.options.epochs = 1;
    orr_memory_fail_after(after);
    status = orr_trainer_run(&d.in, &r, NULL);
    orr_memory_fail_after(-1);
    assert_true(status == ORR_OK || status == ORR_MEMORY);
    orr_trainer_result_fini(&r);
    desk_drop(&d);
  }
  assert_true(after > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ten_steps_are_those_done_by_hand),
      cmocka_unit_test(accumulated_batches_are_one_large_one),
      cmocka_unit_test(it_learns_and_the_curve_says_so),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(early_stopping_gives_back_the_best),
      cmocka_unit_test(divergence_is_undone_with_half_the_rate),
      cmocka_unit_test(what_always_diverges_is_given_up),
      cmocka_unit_test(lbfgs_finds_the_minimum),
      cmocka_unit_test(lbfgs_beats_adam_on_a_small_network),
      cmocka_unit_test(plateaus_shrink_the_rate),
      cmocka_unit_test(each_step_and_each_epoch_is_told),
      cmocka_unit_test(members_may_be_trained_side_by_side),
      cmocka_unit_test(what_makes_no_sense_is_refused),
      cmocka_unit_test(no_epochs_and_one_row_are_legal),
      cmocka_unit_test(memory_that_runs_out_is_an_error),
  };
  return cmocka_run_group_tests_name("trainer", tests, NULL, NULL);
}
