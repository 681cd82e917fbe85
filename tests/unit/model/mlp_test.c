/* Fully connected networks: every loss learns and says what it should, the mixture of an ensemble is that of its
 * members, units of the target do not matter, and a kept network is not believed. */
#include "tests/unit/model/network_fixture.h"

#include "base/memory.h"
#include "model/fit.h"
#include "model/gradient_check.h"
#include "model/mlp.h"

enum { ROWS = 400, COLUMNS = 3 };

static double cells[ROWS * COLUMNS], truth[ROWS], weights[ROWS];
static int32_t labels[ROWS];

static void fill(void) {
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS; i++) {
    double *x = cells + i * COLUMNS;
    for (int j = 0; j < COLUMNS; j++) x[j] = orr_random_normal(&r);
    truth[i] = 50 + 10 * (sin(x[0]) + 0.5 * x[1] * x[1]) + 0.5 * orr_random_normal(&r);
    weights[i] = 1 + (double)(i % 3);
    labels[i] = (truth[i] > 48) + (truth[i] > 56);
  }
}

typedef struct fitted {
  orr_task task;
  size_t k;
  orr_arena arena;
  orr_options options;
  orr_store store;
  orr_lesson lesson;
  orr_matrix x;
  double first, last; /* loss */
} fitted;

static orr_fit_input input_of(fitted *f, orr_frame *frame, size_t classes, bool weighted) {
  *frame = (orr_frame){.x = {ROWS, COLUMNS, cells},
                       .classes = classes,
                       .label = labels,
                       .y = truth,
                       .weight = weighted ? weights : NULL};
  f->task = classes ? ORR_CLASSIFICATION : ORR_REGRESSION;
  f->k = classes ? classes : 1;
  f->x = frame->x;
  return (orr_fit_input){
      .task = f->task, .train = frame, .options = &f->options, .seed = 7, .arena = &f->arena};
}

static void fit(fitted *f, const orr_family *family, const char *const *words, size_t classes, size_t steps) {
  orr_frame frame;
  *f = (fitted){0};
  options_of(&f->options, family->options, family->n_options, words, &f->arena);
  orr_fit_input in = input_of(f, &frame, classes, false);
  OK(family->learner(&in, &f->store, &f->lesson, e));
  f->last = learn(&f->lesson, steps, 1e-2, 0, &f->store);
  OK(family->check(&f->store, f->task, COLUMNS, f->k, e));
}

static void end(fitted *f) {
  orr_lesson_fini(&f->lesson);
  orr_store_fini(&f->store);
  orr_arena_fini(&f->arena);
}

static double *predict(fitted *f) {
  void *out;
  OK(orr_arena_take(&f->arena, ROWS * f->k, sizeof(double), &out, e));
  OK(orr_mlp_predict(&f->store, f->task, &f->x, f->k, out, NULL, e));
  return out;
}

static double rmse(fitted *f) {
  const double *said = predict(f);
  double sum = 0;
  for (size_t i = 0; i < ROWS; i++) sum += (said[i] - truth[i]) * (said[i] - truth[i]) / ROWS;
  return sqrt(sum);
}

static void every_loss_of_numbers_learns(void **state) {
  (void)state;
  static const char *const losses[] = {"squared_error", "absolute_error", "huber",      "quantile",
                                       "gaussian_nll",  "student_nll",    "poisson_nll"};
  for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
    fitted f;
    static double mean[ROWS], sd[ROWS];
    fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "32", "loss", losses[i], NULL}, 0, 500);
    double error = rmse(&f); /* noise alone 0.5, the mean alone 9.6 */
    if (!(error < 4)) fail_msg("%s: rmse %g", losses[i], error);
    OK(orr_mlp_predict_spread(&f.store, &f.x, mean, sd, NULL, e));
    assert_memory_equal(mean, predict(&f), sizeof mean);
    bool known = i >= 4;
    for (size_t k = 0; k < ROWS; k++) assert_true(known ? sd[k] > 0 : isnan(sd[k]));
    end(&f);
  }
}

static void every_loss_of_classes_learns(void **state) {
  (void)state;
  static const char *const losses[] = {"auto", "binary_cross_entropy", "categorical_cross_entropy", "focal"};
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 2; k <= 3; k++) {
      fitted f;
      size_t right = 0;
      if (i == 1 && k == 3) continue;
      for (size_t n = 0; n < ROWS; n++) labels[n] = (truth[n] > 48) + (k == 3 && truth[n] > 56);
      fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "32", "loss", losses[i], NULL}, k, 300);
      const double *p = predict(&f);
      for (size_t n = 0; n < ROWS; n++) {
        double sum = 0, *row = (double *)p + n * k;
        for (size_t c = 0; c < k; c++) sum += row[c];
        is_near(sum, 1, 1e-14);
        bool best = true;
        for (size_t c = 0; c < k; c++) best = best && row[labels[n]] >= row[c];
        right += best;
      }
      if (right < ROWS * 9 / 10) fail_msg("%s, %zu classes: %zu right", losses[i], k, right);
      end(&f);
    }
}

static void shapes_of_networks(void **state) {
  (void)state;
  static const char *const words[][9] = {
      {"hidden", "16,8", "residual", "true", "layer_norm", "true", "dropout", "0.1"},
      {"hidden", "16", "layer_norm", "true", "squash", "0", "activation", "tanh"}};
  for (size_t i = 0; i < 2; i++) {
    fitted f;
    fit(&f, &orr_family_mlp, words[i], 0, 400);
    assert_true(rmse(&f) < 4);
    end(&f);
  }
}

/* The first half of an ensemble's parameters are its first member's. */
static void the_ensemble_is_the_mixture_of_its_members(void **state) {
  (void)state;
  fitted both, one[2];
  static double mean[3][ROWS], sd[3][ROWS];
  const char *const words[] = {"members", "2", "hidden", "16", NULL}, *const single[] = {"members", "1",
                                                                                         "hidden", "16",
                                                                                         NULL};
  fit(&both, &orr_family_ensemble, words, 0, 100);
  const orr_tensor *all = orr_store_find(&both.store, "parameters");
  for (size_t i = 0; i < 2; i++) {
    fit(&one[i], &orr_family_ensemble, single, 0, 1);
    orr_tensor *own = (orr_tensor *)orr_store_find(&one[i].store, "parameters");
    assert_int_equal(2 * own->count, all->count);
    memcpy(own->f32, all->f32 + i * own->count, own->count * sizeof(float));
    OK(orr_mlp_predict_spread(&one[i].store, &both.x, mean[i], sd[i], NULL, e));
  }
  assert_memory_not_equal(mean[0], mean[1], sizeof mean[0]);
  OK(orr_mlp_predict_spread(&both.store, &both.x, mean[2], sd[2], NULL, e));
  for (size_t i = 0; i < ROWS; i++) {
    double m = (mean[0][i] + mean[1][i]) / 2, half = (mean[0][i] - mean[1][i]) / 2;
    double v = (sd[0][i] * sd[0][i] + sd[1][i] * sd[1][i]) / 2 + half * half;
    is_near(mean[2][i], m, 1e-4);
    is_near(sd[2][i], sqrt(v), 1e-3);
  }
  end(&both), end(&one[0]), end(&one[1]);
}

/* The same numbers in other units, and weights as repeated rows. */
static void units_of_the_target_do_not_matter(void **state) {
  (void)state;
  fitted a, b;
  fit(&a, &orr_family_mlp, (const char *const[]){"hidden", "8", NULL}, 0, 50);
  const double *first = predict(&a);
  for (size_t i = 0; i < ROWS; i++) truth[i] = 1024 * truth[i];
  fit(&b, &orr_family_mlp, (const char *const[]){"hidden", "8", NULL}, 0, 50);
  const double *second = predict(&b);
  for (size_t i = 0; i < ROWS; i++) is_near(second[i] / 1024, first[i], 1e-9);
  for (size_t i = 0; i < ROWS; i++) truth[i] /= 1024;
  end(&a), end(&b);
}

static double loss_of(bool weighted, const uint32_t *rows, size_t n) {
  fitted f = {0};
  orr_frame frame;
  school s;
  options_of(&f.options, orr_family_mlp.options, orr_family_mlp.n_options,
             (const char *const[]){"hidden", "8", "loss", "squared_error", NULL}, &f.arena);
  orr_fit_input in = input_of(&f, &frame, 0, weighted);
  OK(orr_family_mlp.learner(&in, &f.store, &f.lesson, e));
  if (!weighted) /* the same scale of the target */
    for (size_t i = 0; i < ROWS; i++)
      ((float *)f.lesson.train.inputs[1].x)[i] = (float)((truth[i] - 50) / 10);
  else
    for (size_t i = 0; i < ROWS; i++)
      ((float *)f.lesson.train.inputs[1].x)[i] = (float)((truth[i] - 50) / 10);
  f.lesson.train.n_rows = 1000;
  school_open(&s, &f.lesson, 0);
  double loss = school_run(&s, 0, rows, n, f.lesson.learner.initial);
  school_close(&s);
  end(&f);
  return loss;
}

static void a_weight_is_a_repeated_row(void **state) {
  (void)state;
  static uint32_t once[ROWS], often[1000];
  size_t n = 0;
  for (uint32_t i = 0; i < ROWS; i++) {
    once[i] = i;
    for (uint32_t k = 0; k <= i % 3; k++) often[n++] = i;
  }
  is_near(loss_of(true, once, ROWS), loss_of(false, often, n), 1e-4);
}

static orr_status try_options(const char *const *words, size_t classes, orr_error *e) {
  fitted f = {0};
  orr_frame frame;
  options_of(&f.options, orr_family_mlp.options, orr_family_mlp.n_options, words, &f.arena);
  orr_fit_input in = input_of(&f, &frame, classes, false);
  orr_status status = orr_family_mlp.learner(&in, &f.store, &f.lesson, e);
  end(&f);
  return status;
}

static void options_that_make_no_sense_are_refused(void **state) {
  (void)state;
#define TRY(...) try_options((const char *const[]){__VA_ARGS__, NULL}, 0, e)
  REFUSED(TRY("hidden", "0"), "hidden: expected 1 to 64 numbers from 1 to 16384");
  REFUSED(TRY("hidden", "8,x"), "hidden");
  REFUSED(TRY("hidden", "8.5"), "whole number");
  REFUSED(TRY("hidden", ""), "hidden");
  REFUSED(TRY("loss", "focal"), "not for regression");
  REFUSED(TRY("loss", "quantile", "levels", "0.5,0.1"), "ascend");
  REFUSED(TRY("loss", "quantile", "levels", "0.5,1.5"), "levels");
  REFUSED(try_options((const char *const[]){"loss", "binary_cross_entropy", NULL}, 3, e), "two classes");
  truth[0] = -1;
  REFUSED(TRY("loss", "poisson_nll"), "counts");
  fill();
}

/* What is kept, with one thing altered, must be refused. */
static void expect_refusal(const orr_store *s, size_t d, size_t k, const char *words) {
  REFUSED(orr_mlp_check(s, k > 1 ? ORR_CLASSIFICATION : ORR_REGRESSION, d, k, e), words);
}

static void alter(fitted *f, const char *from, const char *to) {
  orr_text text = {0};
  const char *note = orr_store_text(&f->store, "architecture"), *at = strstr(note, from);
  if (!at) fail_msg("no %s in %s", from, note);
  orr_text_printf(&text, "%.*s%s%s", (int)(at - note), note, to, at + strlen(from));
  OK(orr_store_note(&f->store, "architecture", text.data, e));
  orr_text_fini(&text);
}

/* One column and few units may draw a first spread next to nothing in a row. */
static void the_first_spread_is_the_targets_own(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    fitted f = {0};
    school s;
    orr_frame frame = {.x = {ROWS, 1, cells}, .y = truth};
    options_of(&f.options, orr_family_mlp.options, orr_family_mlp.n_options,
               (const char *const[]){"hidden", "32", NULL}, &f.arena);
    orr_fit_input in = {
        .task = ORR_REGRESSION, .train = &frame, .options = &f.options, .seed = seed, .arena = &f.arena};
    OK(orr_family_mlp.learner(&in, &f.store, &f.lesson, e));
    school_open(&s, &f.lesson, 0);
    for (uint32_t i = 0; i < ROWS; i++) {
      double loss = school_run(&s, 0, &i, 1, f.lesson.learner.initial);
      if (!(loss < 100)) fail_msg("seed %d: row %u begins with a loss of %g", (int)seed, i, loss);
    }
    school_close(&s);
    end(&f);
  }
}

/* --- Categories --------------------------------------------------------------------- */

static void vectors_are_as_wide_as_their_source_says(void **state) {
  (void)state;
  static const int known[][2] = {{1, 2}, {2, 2}, {10, 6}, {41, 13}, {100, 21}, {1000, 50}, {1000000, 50}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_int_equal(orr_embedding_width(known[i][0]), known[i][1]);
}

/* Ten columns of categories and two of numbers: more pieces than an operator takes at once. */
enum { WIDE = 12 };
static double mixed[ROWS * WIDE];
static const size_t levels[WIDE] = {3, 0, 4, 3, 5, 3, 2, 3, 9, 3, 4, 0};

static orr_status teach_categories(fitted *f, orr_store *out, orr_lesson *lesson, orr_error *e) {
  orr_frame frame = {.x = {ROWS, WIDE, mixed}, .levels = levels, .y = truth};
  orr_random r = orr_random_stream(8, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS * WIDE; i++) {
    size_t n = levels[i % WIDE];
    mixed[i] = n ? (double)orr_random_below(&r, n) : orr_random_normal(&r);
  }
  f->x = frame.x;
  f->task = ORR_REGRESSION;
  f->k = 1;
  orr_fit_input in = {
      .task = f->task, .train = &frame, .options = &f->options, .seed = 7, .arena = &f->arena};
  return orr_family_mlp.learner(&in, out, lesson, e);
}

static void categories_have_the_slope_of_their_loss(void **state) {
  (void)state;
  fitted f = {0};
  double worst, said[ROWS];
  options_of(&f.options, orr_family_mlp.options, orr_family_mlp.n_options,
             (const char *const[]){"hidden", "6", "dropout", "0", NULL}, &f.arena);
  OK(teach_categories(&f, &f.store, &f.lesson, e));
  assert_int_equal(orr_graph_parameters(f.lesson.learner.graph), 10 + 4);
  OK(orr_gradient_check(&f.lesson.learner, &f.lesson.train, "categories", 1, NULL, &worst, e));
  if (!(worst < 1e-5)) fail_msg("deviates by %g", worst);
  OK(orr_parameters_put(&f.store, f.lesson.learner.initial, orr_graph_slab(f.lesson.learner.graph), e));
  OK(orr_mlp_check(&f.store, ORR_REGRESSION, WIDE, 1, e));
  OK(orr_mlp_predict(&f.store, ORR_REGRESSION, &f.x, 1, said, NULL, e));
  for (size_t i = 0; i < ROWS; i++) assert_true(isfinite(said[i]));
  end(&f);
}

/* A number's column may be moved about among those of categories: the network is told which is which. */
static void kept_categories_are_not_believed(void **state) {
  (void)state;
  static const char *const altered[][3] = {{"\"column\":2", "\"column\":0", "column"},
                                           {"\"column\":0", "\"column\":-1", "column"},
                                           {"\"column\":10", "\"column\":12", "column"},
                                           {"\"categories\":9", "\"categories\":0", "categories"},
                                           {"\"categories\":9", "\"categories\":1e9", "categories"},
                                           {"\"categories\":9", "\"categories\":8", "parameters"},
                                           {"\"width\":5", "\"width\":51", "width"},
                                           {"\"width\":5", "\"width\":4", "parameters"},
                                           {"\"embeddings\":[", "\"embeddings\":1,\"x\":[", "no list"}};
  for (size_t i = 0; i < sizeof altered / sizeof *altered; i++) {
    fitted f = {0};
    options_of(&f.options, orr_family_mlp.options, orr_family_mlp.n_options,
               (const char *const[]){"hidden", "6", NULL}, &f.arena);
    OK(teach_categories(&f, &f.store, &f.lesson, e));
    OK(orr_parameters_put(&f.store, f.lesson.learner.initial, orr_graph_slab(f.lesson.learner.graph), e));
    OK(orr_mlp_check(&f.store, ORR_REGRESSION, WIDE, 1, e));
    alter(&f, altered[i][0], altered[i][1]);
    expect_refusal(&f.store, WIDE, 1, altered[i][2]);
    end(&f);
  }
}

static void a_kept_network_is_not_believed(void **state) {
  (void)state;
  static const char *const altered[][3] = {
      {"\"inputs\":3", "\"inputs\":4", "takes 4 columns"},
      {"\"members\":1", "\"members\":2", "parameters"},
      {"\"members\":1", "\"members\":1e9", "members"},
      {"\"width\":8", "\"width\":9", "parameters"},
      {"\"width\":8", "\"width\":-8", "width"},
      {"gaussian_nll", "squared_error", "parameters"},
      {"gaussian_nll", "focal", "another task"},
      {"gaussian_nll", "gaussian", "no loss"},
      {"[0.05,", "[7,", "level"},
      {"\"levels\":[", "\"levels\":1,\"x\":[", "levels"},
      {"\"layers\":", "\"layer\":", "layers"},
      {"\"delta\":1", "\"delta\":null", "delta"},
      {"{", "", ""},
  };
  fitted f;
  for (size_t i = 0; i < sizeof altered / sizeof *altered; i++) {
    fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "8", NULL}, 0, 1);
    alter(&f, altered[i][0], altered[i][1]);
    expect_refusal(&f.store, COLUMNS, 1, altered[i][2]);
    end(&f);
  }
  fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "8", NULL}, 0, 1);
  expect_refusal(&f.store, COLUMNS, 3, "another task");
  orr_store_find(&f.store, "target")->f64[1] = 0;
  expect_refusal(&f.store, COLUMNS, 1, "scale of the target");
  orr_store_find(&f.store, "parameters")->f32[3] = NAN;
  expect_refusal(&f.store, COLUMNS, 1, "not finite");
  end(&f);
}

static void no_allocation_is_taken_for_granted(void **state) {
  (void)state;
  fitted f;
  static double out[ROWS];
  orr_status status = ORR_MEMORY;
  fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "8", NULL}, 0, 1);
  for (long i = 0; status == ORR_MEMORY; i++) {
    orr_memory_fail_after(i);
    status = orr_mlp_predict(&f.store, f.task, &f.x, 1, out, NULL, NULL);
    orr_memory_fail_after(-1);
  }
  assert_int_equal(status, ORR_OK);
  status = ORR_MEMORY;
  for (long i = 0; status == ORR_MEMORY; i++) {
    orr_frame frame;
    orr_store store = {0};
    orr_lesson lesson = {0};
    orr_fit_input in = input_of(&f, &frame, 0, true);
    orr_memory_fail_after(i);
    status = orr_family_mlp.learner(&in, &store, &lesson, NULL);
    orr_memory_fail_after(-1);
    orr_lesson_fini(&lesson);
    orr_store_fini(&store);
  }
  assert_int_equal(status, ORR_OK);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_loss_of_numbers_learns),
      cmocka_unit_test(every_loss_of_classes_learns),
      cmocka_unit_test(shapes_of_networks),
      cmocka_unit_test(the_ensemble_is_the_mixture_of_its_members),
      cmocka_unit_test(units_of_the_target_do_not_matter),
      cmocka_unit_test(a_weight_is_a_repeated_row),
      cmocka_unit_test(options_that_make_no_sense_are_refused),
      cmocka_unit_test(the_first_spread_is_the_targets_own),
      cmocka_unit_test(vectors_are_as_wide_as_their_source_says),
      cmocka_unit_test(categories_have_the_slope_of_their_loss),
      cmocka_unit_test(kept_categories_are_not_believed),
      cmocka_unit_test(a_kept_network_is_not_believed),
      cmocka_unit_test(no_allocation_is_taken_for_granted),
  };
  orr_linear_init();
  fill();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
