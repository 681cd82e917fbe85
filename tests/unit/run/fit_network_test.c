/* Families of networks trained for real: what is kept predicts the same bits from its file, threads change none, a
 * stopped fit is replayed by its step, options reach the trainer, and models without a target go the same way. */
#include "tests/unit/model/network_fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/table.h"
#include "run/fit_network.h"

enum { ROWS = 600, TRAIN = 400, COLUMNS = 3 };

static char path[] = "/tmp/orrery-network-XXXXXX";
static double cells[ROWS * COLUMNS], truth[ROWS];
static int32_t labels[ROWS];

static void fill(void) {
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS; i++) {
    double *x = cells + i * COLUMNS;
    for (int j = 0; j < COLUMNS; j++) x[j] = orr_random_normal(&r);
    truth[i] = 5 + sin(x[0]) + x[1] * x[2] + 0.1 * orr_random_normal(&r);
    labels[i] = truth[i] > 5;
  }
}

typedef struct fitted {
  orr_arena arena;
  orr_options options;
  orr_store store;
  orr_fit_outcome outcome;
  orr_task task;
  size_t k;
} fitted;

static orr_status fit(fitted *f, const orr_family *family, const char *const *words, orr_task task,
                      size_t stop_step, const orr_work *work, bool validate, orr_error *e) {
  size_t classes = task == ORR_CLASSIFICATION ? 2 : 0;
  orr_frame train = {.x = {TRAIN, COLUMNS, cells}, .classes = classes, .label = labels, .y = truth};
  orr_frame rest = {.x = {ROWS - TRAIN, COLUMNS, cells + TRAIN * COLUMNS},
                    .classes = classes,
                    .label = labels + TRAIN,
                    .y = truth + TRAIN};
  *f = (fitted){.task = task, .k = classes ? classes : 1};
  options_of(&f->options, family->options, family->n_options, words, &f->arena);
  orr_fit_input in = {.task = task,
                      .train = &train,
                      .validation = validate ? &rest : NULL,
                      .options = &f->options,
                      .seed = 7,
                      .stop_step = stop_step,
                      .work = work,
                      .arena = &f->arena};
  return orr_fit_network(family, &in, NULL, &f->store, &f->outcome, e);
}

static void end(fitted *f) {
  orr_store_fini(&f->store);
  orr_arena_fini(&f->arena);
}

static double *predict(fitted *f, const orr_family *family, const orr_store *s) {
  void *out;
  orr_matrix x = {ROWS, COLUMNS, cells};
  OK(orr_arena_take(&f->arena, ROWS * f->k, sizeof(double), &out, e));
  OK(family->predict(s, f->task, &x, f->k, out, NULL, e));
  return out;
}

static const orr_family *const families[] = {&orr_family_mlp, &orr_family_ensemble};
static const char *const small[] = {"hidden",        "24",   "epochs", "40", "batch_size", "50",
                                    "learning_rate", "0.01", NULL};

static void families_learn_and_come_back_from_their_files(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++)
    for (orr_task task = ORR_CLASSIFICATION; task <= ORR_REGRESSION; task++) {
      fitted f;
      orr_store back = {0};
      double right = 0, square = 0;
      OK(fit(&f, families[i], small, task, 0, NULL, true, e));
      OK(orr_store_write(&f.store, path, e));
      OK(orr_store_read(&back, path, e));
      OK(families[i]->check(&back, task, COLUMNS, f.k, e));
      const double *said = predict(&f, families[i], &f.store), *again = predict(&f, families[i], &back);
      assert_memory_equal(said, again, ROWS * f.k * sizeof *said);
      for (size_t n = TRAIN; n < ROWS; n++) {
        right += task == ORR_CLASSIFICATION && (said[2 * n + 1] > 0.5) == labels[n];
        square += task == ORR_REGRESSION ? pow(said[n] - truth[n], 2) : 0;
      }
      if (task == ORR_CLASSIFICATION && right < 0.75 * (ROWS - TRAIN)) fail_msg("%g right", right);
      if (sqrt(square / (ROWS - TRAIN)) > 0.5) fail_msg("rmse %g of 1.2", sqrt(square / (ROWS - TRAIN)));
      orr_store_fini(&back);
      end(&f);
    }
}

static void threads_change_no_bit(void **state) {
  (void)state;
  orr_hash first = {0};
  for (unsigned threads = 1; threads <= 3; threads++) {
    fitted f;
    orr_work work = {0};
    OK(orr_pool_new(threads, &work.pool, e));
    OK(fit(&f, &orr_family_ensemble, small, ORR_REGRESSION, 0, &work, true, e));
    orr_hash h = orr_store_hash(&f.store);
    if (threads == 1) first = h;
    assert_true(h.high == first.high && h.low == first.low);
    end(&f);
    orr_pool_free(work.pool);
  }
}

static orr_signal finish_later(void *context, const orr_report *report) {
  return report->n_values && ++*(int *)context > 3 && report->step >= 37 ? ORR_FINISH : ORR_GO_ON;
}

static void a_stopped_fit_is_replayed_by_its_step(void **state) {
  (void)state;
  fitted f, again;
  int calls = 0;
  orr_work work = {.progress = finish_later, .context = &calls};
  OK(fit(&f, &orr_family_mlp, small, ORR_REGRESSION, 0, &work, true, e));
  assert_true(f.outcome.cut && f.outcome.steps >= 37 && f.outcome.steps < 320);
  OK(fit(&again, &orr_family_mlp, small, ORR_REGRESSION, f.outcome.steps, NULL, true, e));
  assert_false(again.outcome.cut);
  assert_int_equal(again.outcome.steps, f.outcome.steps);
  orr_hash a = orr_store_hash(&f.store), b = orr_store_hash(&again.store);
  assert_true(a.high == b.high && a.low == b.low);
  end(&f), end(&again);
}

static orr_signal abandon(void *context, const orr_report *report) {
  (void)context, (void)report;
  return ORR_ABANDON;
}

static void an_abandoned_fit_leaves_nothing(void **state) {
  (void)state;
  fitted f;
  orr_work work = {.progress = abandon};
  REFUSED(fit(&f, &orr_family_mlp, small, ORR_REGRESSION, 0, &work, true, e), "stopped");
  end(&f);
}

static void options_reach_the_trainer(void **state) {
  (void)state;
  fitted f;
  OK(fit(&f, &orr_family_mlp, (const char *const[]){"hidden", "8", "epochs", "3", "batch_size", "64", NULL},
         ORR_CLASSIFICATION, 0, NULL, false, e));
  assert_int_equal(f.outcome.steps, 3 * 7);
  assert_string_equal(f.outcome.stop_reason, "all epochs done");
  end(&f);
  OK(fit(&f, &orr_family_mlp,
         (const char *const[]){"hidden", "64", "epochs", "500", "patience", "3", "learning_rate", "0.02",
                               "schedule", "constant", NULL},
         ORR_CLASSIFICATION, 0, NULL, true, e));
  assert_string_equal(f.outcome.stop_reason, "early stopping");
  assert_true(f.outcome.best_step < f.outcome.steps);
  end(&f);
  static const char *const ways[] = {"adam", "sgd", "lbfgs"};
  for (size_t i = 0; i < 3; i++) {
    OK(fit(&f, &orr_family_mlp,
           (const char *const[]){"hidden", "8", "epochs", "20", "optimiser", ways[i], "loss", "squared_error",
                                 NULL},
           ORR_REGRESSION, 0, NULL, true, e));
    end(&f);
  }
  static const char *const schedules[] = {"constant", "cosine", "one_cycle", "plateau"};
  for (size_t i = 0; i < 4; i++) {
    OK(fit(&f, &orr_family_mlp,
           (const char *const[]){"hidden", "8", "epochs", "5", "schedule", schedules[i], "warm_up", "1",
                                 "ema", "0.9", "clip_norm", "1", NULL},
           ORR_REGRESSION, 0, NULL, true, e));
    end(&f);
  }
}

/* --- Through a table, as a session does -------------------------------------------- */

static orr_table *table(void) {
  orr_column *columns[3];
  orr_table *t;
  static const char *const names[] = {"a", "b", "y"};
  for (int j = 0; j < 3; j++) OK(orr_column_new(names[j], ORR_FLOAT64, ROWS, &columns[j], e));
  for (size_t i = 0; i < ROWS; i++) {
    columns[0]->float64[i] = i % 9 ? 1000 + 100 * cells[i * COLUMNS] : NAN;
    columns[1]->float64[i] = cells[i * COLUMNS + 1];
    columns[2]->float64[i] = 3 * cells[i * COLUMNS] + cells[i * COLUMNS + 1];
  }
  OK(orr_table_new(columns, 3, "memory", &t, e));
  for (int j = 0; j < 3; j++) orr_column_unref(columns[j]);
  return t;
}

static void a_kept_network_predicts_on_a_table(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_kept m, back;
  orr_options options;
  orr_fit_outcome outcome;
  orr_prediction a, b;
  size_t rows[ROWS];
  for (size_t i = 0; i < ROWS; i++) rows[i] = i;
  orr_table *t = table();
  options_of(&options, orr_family_mlp.options, orr_family_mlp.n_options, small, &arena);
  orr_training training = {.task = ORR_REGRESSION,
                           .family = &orr_family_mlp,
                           .table = t,
                           .target = "y",
                           .weight = -1,
                           .features = (const size_t[]){0, 1},
                           .n_features = 2,
                           .train = rows,
                           .validation = rows + TRAIN,
                           .n_train = TRAIN,
                           .n_validation = ROWS - TRAIN,
                           .options = &options,
                           .seed = 1};
  REFUSED(orr_kept_train(&m, &training, &outcome, e), "no trainer at hand");
  OK(orr_fit_kept(&m, &training, NULL, &outcome, e));
  OK(orr_kept_write(&m, path, e));
  OK(orr_kept_read(&back, path, e));
  OK(orr_kept_predict(&m, t, rows, ROWS, NULL, &arena, &a, e));
  OK(orr_kept_predict(&back, t, rows, ROWS, NULL, &arena, &b, e));
  assert_memory_equal(a.mean, b.mean, ROWS * sizeof *a.mean);
  assert_non_null(a.sd); /* gaussian_nll knows it */
  assert_memory_equal(a.sd, b.sd, ROWS * sizeof *a.sd);
  OK(orr_kept_predict(&m, t, rows, 0, NULL, &arena, &b, e));
  assert_int_equal(b.n, 0);
  orr_kept_fini(&m);
  orr_kept_fini(&back);
  orr_table_unref(t);
  orr_arena_fini(&arena);
}

/* 40 categories, each with an effect of its own, and a number: y = effect + x + 0.1 noise. */
enum { CATEGORIES = 40, SAMPLES = 1200, LEARNT = 800 };

static orr_table *table_of_categories(void) {
  orr_column *columns[3];
  orr_table *t;
  double effect[CATEGORIES];
  char word[16];
  orr_random r = orr_random_stream(6, 0, ORR_FOR_TEST);
  for (int k = 0; k < CATEGORIES; k++) effect[k] = orr_random_normal(&r);
  OK(orr_column_new("place", ORR_TEXT, SAMPLES, &columns[0], e));
  OK(orr_column_new("x", ORR_FLOAT64, SAMPLES, &columns[1], e));
  OK(orr_column_new("y", ORR_FLOAT64, SAMPLES, &columns[2], e));
  for (size_t i = 0; i < SAMPLES; i++) {
    size_t k = orr_random_below(&r, CATEGORIES);
    double x = orr_random_normal(&r);
    snprintf(word, sizeof word, i + 1 < SAMPLES ? "p%zu" : "new", k); /* training never saw the last row's */
    OK(orr_map_add(&columns[0]->words, word, strlen(word), &columns[0]->codes[i], e));
    columns[1]->float64[i] = x;
    columns[2]->float64[i] = effect[k] + x + 0.1 * orr_random_normal(&r);
  }
  for (int j = 0; j < 3; j++) orr_column_seal(columns[j]);
  OK(orr_table_new(columns, 3, "memory", &t, e));
  for (int j = 0; j < 3; j++) orr_column_unref(columns[j]);
  return t;
}

typedef struct studied {
  orr_kept kept;
  double rmse;
  double *mean;
} studied;

static void study(const orr_table *t, const orr_family *family, const char *embedding, bool with_place,
                  unsigned threads, orr_arena *arena, studied *out) {
  orr_options options;
  orr_fit_outcome outcome;
  orr_prediction p;
  orr_work work = {0};
  size_t *rows;
  OK(orr_pool_new(threads, &work.pool, e));
  OK(orr_arena_take(arena, SAMPLES, sizeof *rows, (void **)&rows, e));
  for (size_t i = 0; i < SAMPLES; i++) rows[i] = i;
  options_of(&options, family->options, family->n_options,
             (const char *const[]){"hidden", "32", "epochs", "60", "embedding", embedding, NULL}, arena);
  orr_training training = {.task = ORR_REGRESSION,
                           .family = family,
                           .table = t,
                           .target = "y",
                           .weight = -1,
                           .features = with_place ? (const size_t[]){0, 1} : (const size_t[]){1},
                           .n_features = with_place ? 2 : 1,
                           .train = rows,
                           .n_train = LEARNT,
                           .options = &options,
                           .seed = 1,
                           .work = &work};
  OK(orr_fit_kept(&out->kept, &training, NULL, &outcome, e));
  OK(orr_kept_predict(&out->kept, t, rows, SAMPLES, &work, arena, &p, e));
  assert_int_equal(p.unseen, with_place);
  out->mean = p.mean;
  out->rmse = 0;
  for (size_t i = LEARNT; i + 1 < SAMPLES; i++)
    out->rmse += pow(p.mean[i] - t->columns[2]->float64[i], 2) / (SAMPLES - LEARNT - 1);
  out->rmse = sqrt(out->rmse);
  orr_pool_free(work.pool);
}

static void categories_are_learnt(void **state) {
  (void)state;
  orr_table *t = table_of_categories();
  for (size_t i = 0; i < 2; i++) {
    orr_arena arena = {0};
    studied with, without, again;
    orr_kept back;
    orr_prediction p;
    size_t rows[SAMPLES];
    for (size_t k = 0; k < SAMPLES; k++) rows[k] = k;
    study(t, families[i], "8", true, 1, &arena, &with);
    study(t, families[i], "8", false, 1, &arena, &without);
    study(t, families[i], "8", true, 3, &arena, &again);
    assert_memory_equal(with.mean, again.mean, SAMPLES * sizeof *with.mean);
    if (!(without.rmse > 0.7)) fail_msg("%g without the categories", without.rmse);
    if (!(with.rmse < 0.3)) fail_msg("%g with %s of categories", with.rmse, families[i]->name);
    assert_non_null(strstr(orr_store_text(&with.kept.store, "architecture"), "\"categories\":41"));
    OK(orr_kept_write(&with.kept, path, e));
    OK(orr_kept_read(&back, path, e));
    OK(orr_kept_predict(&back, t, rows, SAMPLES, NULL, &arena, &p, e));
    assert_memory_equal(with.mean, p.mean, SAMPLES * sizeof *with.mean);
    assert_true(fabs(p.mean[SAMPLES - 1] - t->columns[1]->float64[SAMPLES - 1]) < 1.5);
    orr_kept_fini(&with.kept), orr_kept_fini(&without.kept), orr_kept_fini(&again.kept), orr_kept_fini(&back);
    orr_arena_fini(&arena);
  }
  orr_table_unref(t);
}

/* --- Without a target ------------------------------------------------------------------ */

static void densities_and_codes_are_kept_and_read_back(void **state) {
  (void)state;
  static const orr_density *const all[] = {&orr_density_maf, &orr_density_nsf, &orr_density_realnvp,
                                           &orr_density_vae, &orr_density_autoencoder};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    orr_arena arena = {0};
    orr_options options;
    orr_store store = {0}, back = {0};
    orr_fit_outcome outcome;
    size_t latent;
    static double a[ROWS * 8], b[ROWS * 8];
    orr_density_rows train = {.x = {TRAIN, COLUMNS, cells}},
                     rest = {.x = {ROWS - TRAIN, COLUMNS, cells + TRAIN * COLUMNS}};
    options_of(&options, all[i]->options, all[i]->n_options,
               (const char *const[]){"hidden", "16", "epochs", "5", NULL}, &arena);
    orr_density_input in = {
        .train = &train, .validation = &rest, .options = &options, .seed = 1, .arena = &arena};
    OK(orr_fit_density(all[i], &in, NULL, &store, &outcome, e));
    OK(orr_store_write(&store, path, e));
    OK(orr_store_read(&back, path, e));
    OK(all[i]->check(&back, COLUMNS, 0, &latent, e));
    assert_true(latent <= 8);
    OK(all[i]->encode(&store, &train.x, NULL, a, NULL, e));
    OK(all[i]->encode(&back, &train.x, NULL, b, NULL, e));
    assert_memory_equal(a, b, TRAIN * latent * sizeof *a);
    if (all[i]->log_density) {
      OK(all[i]->log_density(&store, &rest.x, NULL, a, NULL, e));
      OK(all[i]->log_density(&back, &rest.x, NULL, b, NULL, e));
      assert_memory_equal(a, b, rest.x.rows * sizeof *a);
    }
    orr_store_fini(&store);
    orr_store_fini(&back);
    orr_arena_fini(&arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(families_learn_and_come_back_from_their_files),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(a_stopped_fit_is_replayed_by_its_step),
      cmocka_unit_test(an_abandoned_fit_leaves_nothing),
      cmocka_unit_test(options_reach_the_trainer),
      cmocka_unit_test(a_kept_network_predicts_on_a_table),
      cmocka_unit_test(categories_are_learnt),
      cmocka_unit_test(densities_and_codes_are_kept_and_read_back),
  };
  orr_linear_init();
  fill();
  int file = mkstemp(path);
  if (file < 0) return 1;
  close(file);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
