/* What flows learn is a density in the units of the data: it integrates to one, comes near the true one, moves with
 * its context, and is that of its samples. */
#include "tests/unit/model/network_fixture.h"

#include "model/flow.h"

static const double half_log_two_pi = 0.91893853320467274178;

typedef struct fitted {
  const orr_density *family;
  orr_arena arena;
  orr_options options;
  orr_store store;
  orr_lesson lesson;
} fitted;

static void prepare(fitted *f, const orr_density *family, const char *const *words,
                    const orr_density_rows *rows) {
  *f = (fitted){.family = family};
  options_of(&f->options, family->options, family->n_options, words, &f->arena);
  orr_density_input in = {.train = rows, .options = &f->options, .seed = 3, .arena = &f->arena};
  OK(family->learner(&in, &f->store, &f->lesson, e));
}

static void fit(fitted *f, const orr_density *family, const char *const *words, const orr_density_rows *rows,
                size_t steps) {
  size_t latent;
  prepare(f, family, words, rows);
  learn(&f->lesson, steps, 3e-3, 0, &f->store);
  OK(family->check(&f->store, rows->x.cols, rows->context.cols, &latent, e));
  assert_int_equal(latent, rows->x.cols);
}

static void end(fitted *f) {
  orr_lesson_fini(&f->lesson);
  orr_store_fini(&f->store);
  orr_arena_fini(&f->arena);
}

/* Columns of very different units: a bent one, and the one it bends after. */
static orr_density_rows bent(size_t n, orr_arena *arena) {
  orr_density_rows rows = {0};
  orr_random r = orr_random_stream(11, 0, ORR_FOR_TEST);
  OK(orr_matrix_take(arena, n, 2, &rows.x, e));
  for (size_t i = 0; i < n; i++) {
    double a = orr_random_normal(&r);
    rows.x.x[2 * i] = 1e3 + 100 * a;
    rows.x.x[2 * i + 1] = 0.01 * (a * a + 0.3 * orr_random_normal(&r));
  }
  return rows;
}

/* An untrained flow is the identity: a Gaussian of the columns' means and deviations. */
static void before_it_learns_it_is_a_gaussian(void **state) {
  (void)state;
  static const orr_density *const families[] = {&orr_density_maf, &orr_density_nsf, &orr_density_realnvp};
  for (size_t i = 0; i < 3; i++) {
    fitted f;
    orr_arena arena = {0};
    orr_density_rows rows = bent(50, &arena);
    double said[50];
    fit(&f, families[i], (const char *const[]){"hidden", "8", "layers", "2", NULL}, &rows, 0);
    OK(families[i]->log_density(&f.store, &rows.x, NULL, said, NULL, e));
    const double *m = orr_store_find(&f.store, "center")->f64, *s = orr_store_find(&f.store, "scale")->f64;
    for (size_t k = 0; k < 50; k++) {
      double a = (rows.x.x[2 * k] - m[0]) / s[0], b = (rows.x.x[2 * k + 1] - m[1]) / s[1];
      is_near(said[k], -(a * a + b * b) / 2 - log(s[0]) - log(s[1]) - 2 * half_log_two_pi, 1e-9);
    }
    end(&f);
    orr_arena_fini(&arena);
  }
}

/* Sum over a grid of 240 by 240 cells that holds nearly all of it. */
static double integral(const fitted *f, const double low[2], const double high[2],
                       const orr_matrix *context) {
  enum { SIDE = 240 };
  static double grid[SIDE * SIDE * 2], said[SIDE * SIDE];
  double step[2] = {(high[0] - low[0]) / SIDE, (high[1] - low[1]) / SIDE}, sum = 0;
  for (size_t i = 0; i < SIDE * SIDE; i++) {
    grid[2 * i] = low[0] + step[0] * ((double)(i / SIDE) + 0.5);
    grid[2 * i + 1] = low[1] + step[1] * ((double)(i % SIDE) + 0.5);
  }
  OK(f->family->log_density(&f->store, &(orr_matrix){SIDE * SIDE, 2, grid}, context, said, NULL, e));
  for (size_t i = 0; i < SIDE * SIDE; i++) sum += exp(said[i]) * step[0] * step[1];
  return sum;
}

static double mean_log_density(const fitted *f, const orr_matrix *x, const orr_matrix *context) {
  double *said = calloc(x->rows, sizeof *said), sum = 0;
  OK(f->family->log_density(&f->store, x, context, said, NULL, e));
  for (size_t i = 0; i < x->rows; i++) sum += said[i] / (double)x->rows;
  free(said);
  return sum;
}

/* The largest |inverse(forward(x)) - x| in single precision, in deviations of the columns. */
static double trained_round_trip(const fitted *f, const orr_matrix *x) {
  orr_flow_model m;
  double *z = calloc(x->rows * x->cols, sizeof *z), worst = 0;
  orr_matrix at = {x->rows, x->cols, z};
  OK(orr_flow_open(&m, &f->store, ORR_SINGLE, e));
  OK(orr_flow_encode(&m, x, NULL, z, NULL, NULL, e));
  OK(orr_flow_decode(&m, &at, NULL, z, NULL, e));
  for (size_t i = 0; i < x->rows * x->cols; i++)
    worst = fmax(worst, fabs(z[i] - x->x[i]) / m.scale[i % x->cols]);
  orr_flow_close(&m);
  free(z);
  return worst;
}

/* The bent density's own: -(ln 100 + ln 0.003) - ln 2π - 1 on average. */
static void what_it_learns_integrates_to_one(void **state) {
  (void)state;
  static const struct {
    const orr_density *family;
    const char *words[9];
    double short_of;
  } tries[] = {{&orr_density_maf, {"hidden", "32", "layers", "3"}, 0.3},
               {&orr_density_nsf, {"hidden", "32", "layers", "3", "autoregressive", "false"}, 0.2},
               {&orr_density_nsf, {"hidden", "32", "layers", "2", "autoregressive", "true"}, 0.2},
               {&orr_density_realnvp, {"hidden", "32", "layers", "4", "mixing", "lu"}, 0.3}};
  orr_arena arena = {0};
  orr_density_rows rows = bent(4000, &arena);
  double truth = -(log(100) + log(0.003)) - 2 * half_log_two_pi - 1;
  for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
    fitted f;
    fit(&f, tries[i].family, tries[i].words, &rows, 1000);
    is_near(integral(&f, (double[]){400, -0.05}, (double[]){1600, 0.25}, NULL), 1, 0.01);
    double reached = mean_log_density(&f, &rows.x, NULL);
    if (!(reached > truth - tries[i].short_of && reached < truth + 0.05))
      fail_msg("%zu: %g of %g", i, reached, truth);
    double off = trained_round_trip(&f, &rows.x);
    if (!(off < 1e-4)) fail_msg("%zu: %g from x in single precision", i, off);
    end(&f);
  }
  orr_arena_fini(&arena);
}

/* x = c² + (0.2 + 0.1 [c > 0]) noise. */
static orr_density_rows conditioned(size_t n, orr_arena *arena, double *truth) {
  orr_density_rows rows = {0};
  orr_random r = orr_random_stream(12, 0, ORR_FOR_TEST);
  OK(orr_matrix_take(arena, n, 1, &rows.x, e));
  OK(orr_matrix_take(arena, n, 1, &rows.context, e));
  *truth = 0;
  for (size_t i = 0; i < n; i++) {
    double c = orr_random_normal(&r), z = orr_random_normal(&r), sd = c > 0 ? 0.3 : 0.2;
    rows.context.x[i] = 5 + c;
    rows.x.x[i] = c * c + sd * z;
    *truth -= (z * z / 2 + log(sd) + half_log_two_pi) / (double)n;
  }
  return rows;
}

static void context_decides_where_the_density_is(void **state) {
  (void)state;
  static const orr_density *const families[] = {&orr_density_maf, &orr_density_nsf};
  orr_arena arena = {0};
  double truth, x[200], low = 0, high = 0;
  orr_density_rows rows = conditioned(3000, &arena, &truth);
  for (size_t i = 0; i < 2; i++) {
    fitted f;
    fit(&f, families[i], (const char *const[]){"hidden", "48,48", "layers", "2", NULL}, &rows, 2000);
    double reached = mean_log_density(&f, &rows.x, &rows.context);
    if (!(reached > truth - 0.15)) fail_msg("%s: %g of %g", families[i]->name, reached, truth);
    OK(families[i]->sample(&f.store, &(orr_matrix){1, 1, (double[]){5}}, 200, 1, x, NULL, e));
    low = high = 0;
    for (int k = 0; k < 200; k++) low += x[k] / 200;
    OK(families[i]->sample(&f.store, &(orr_matrix){1, 1, (double[]){6.5}}, 200, 1, x, NULL, e));
    for (int k = 0; k < 200; k++) high += x[k] / 200;
    is_near(low, 0, 0.15);
    is_near(high, 2.25, 0.2);
    REFUSED(families[i]->sample(&f.store, NULL, 200, 1, x, NULL, e), "1 columns of context, and there are 0");
    end(&f);
  }
  orr_arena_fini(&arena);
}

/* Two columns about (c, -c), c the context. */
static orr_density_rows led(size_t n, orr_arena *arena) {
  orr_density_rows rows = {0};
  orr_random r = orr_random_stream(13, 0, ORR_FOR_TEST);
  OK(orr_matrix_take(arena, n, 2, &rows.x, e));
  OK(orr_matrix_take(arena, n, 1, &rows.context, e));
  for (size_t i = 0; i < n; i++) {
    double c = rows.context.x[i] = orr_random_normal(&r);
    rows.x.x[2 * i] = c + 0.4 * orr_random_normal(&r);
    rows.x.x[2 * i + 1] = -c + 0.4 * orr_random_normal(&r);
  }
  return rows;
}

/* Given 1 or -1 it integrates to one; seen from where the one puts it, the other is 2·2²/(2·0.4²) = 25 nats off. */
static void the_density_moves_with_its_context(void **state) {
  (void)state;
  static const struct {
    const orr_density *family;
    const char *words[9];
  } tries[] = {{&orr_density_maf, {"hidden", "24", "layers", "2"}},
               {&orr_density_nsf, {"hidden", "24", "layers", "2", "autoregressive", "false"}},
               {&orr_density_nsf, {"hidden", "24", "layers", "1", "autoregressive", "true"}},
               {&orr_density_realnvp, {"hidden", "24", "layers", "2"}}};
  orr_arena arena = {0};
  orr_density_rows rows = led(2000, &arena);
  for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
    fitted f;
    fit(&f, tries[i].family, tries[i].words, &rows, 600);
    for (double c = -1; c <= 1; c += 2) {
      orr_matrix at = {1, 2, (double[]){c, -c}}, here = {1, 1, &c}, there = {1, 1, (double[]){-c}};
      double gained = mean_log_density(&f, &at, &here) - mean_log_density(&f, &at, &there);
      if (!(gained > 8)) fail_msg("%zu: %g nats", i, gained);
      is_near(integral(&f, (double[]){-6, -6}, (double[]){6, 6}, &here), 1, 0.01);
    }
    end(&f);
  }
  orr_arena_fini(&arena);
}

static void samples_are_of_the_density_and_of_the_seed(void **state) {
  (void)state;
  fitted f;
  orr_arena arena = {0};
  orr_density_rows rows = bent(4000, &arena);
  static double a[4000], b[4000];
  double mean = 0, square = 0;
  fit(&f, &orr_density_nsf, (const char *const[]){"hidden", "32", "layers", "3", NULL}, &rows, 400);
  OK(f.family->sample(&f.store, NULL, 2000, 1, a, NULL, e));
  OK(f.family->sample(&f.store, NULL, 2000, 1, b, NULL, e));
  assert_memory_equal(a, b, sizeof a);
  OK(f.family->sample(&f.store, NULL, 2000, 2, b, NULL, e));
  assert_memory_not_equal(a, b, sizeof a);
  for (size_t i = 0; i < 2000; i++)
    mean += a[2 * i + 1] / 2000, square += (a[2 * i] - 1000) * (a[2 * i] - 1000) / 2000;
  is_near(mean, 0.01, 0.002);
  is_near(sqrt(square), 100, 8);
  end(&f);
  orr_arena_fini(&arena);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  fitted f;
  orr_arena arena = {0};
  orr_density_rows rows = bent(3000, &arena);
  static double said[3][3000];
  fit(&f, &orr_density_maf, (const char *const[]){"hidden", "16", NULL}, &rows, 20);
  for (unsigned threads = 1; threads <= 3; threads++) {
    orr_work work = {0};
    OK(orr_pool_new(threads, &work.pool, e));
    OK(f.family->log_density(&f.store, &rows.x, NULL, said[threads - 1], &work, e));
    orr_pool_free(work.pool);
  }
  assert_memory_equal(said[0], said[1], sizeof said[0]);
  assert_memory_equal(said[0], said[2], sizeof said[0]);
  end(&f);
  orr_arena_fini(&arena);
}

/* --- Refusals ---------------------------------------------------------------------------- */

static orr_status try_rows(const orr_density_rows *rows, orr_error *e) {
  fitted f = {0};
  const orr_density *d = &orr_density_nsf;
  options_of(&f.options, d->options, d->n_options, NULL, &f.arena);
  orr_density_input in = {.train = rows, .options = &f.options, .seed = 3, .arena = &f.arena};
  orr_status status = d->learner(&in, &f.store, &f.lesson, e);
  end(&f);
  return status;
}

static void rows_without_a_density_are_refused(void **state) {
  (void)state;
  double x[] = {1, 2, 1, 3, 1, 4};
  orr_density_rows rows = {.x = {3, 2, x}};
  REFUSED(try_rows(&rows, e), "column 0 does not vary");
  x[0] = NAN;
  REFUSED(try_rows(&rows, e), "row 0, column 0");
  x[0] = 1e200;
  REFUSED(try_rows(&rows, e), "too large");
  rows.x.rows = 0;
  REFUSED(try_rows(&rows, e), "no training rows");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(before_it_learns_it_is_a_gaussian),
      cmocka_unit_test(what_it_learns_integrates_to_one),
      cmocka_unit_test(context_decides_where_the_density_is),
      cmocka_unit_test(the_density_moves_with_its_context),
      cmocka_unit_test(samples_are_of_the_density_and_of_the_seed),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(rows_without_a_density_are_refused),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
