/* Flows: they are invertible, their log-determinants are those of their Jacobians, autoregressive ones look only
 * backwards, what they learn is a density in the units of the data, and a kept one is not believed. */
#include "tests/unit/model/network_fixture.h"

#include "base/memory.h"
#include "grad/nodes.h"
#include "grad/plain.h"
#include "model/flow.h"

static const double half_log_two_pi = 0.91893853320467274178;

/* --- Any flow, with parameters at random ------------------------------------- */

enum { KINDS = 16 };

/* Bits of `kind`: autoregressive, spline, mixing, residual. */
static orr_flow flow_of(int kind, int columns, int context) {
  return (orr_flow){.columns = columns,
                    .context = context,
                    .layers = 3,
                    .autoregressive = kind & 1,
                    .spline = kind & 2,
                    .mixing = kind & 4,
                    .residual = kind & 8,
                    .hidden = {12, 12},
                    .n_hidden = 2,
                    .activation = ORR_TANH,
                    .bins = 4,
                    .box = 3};
}

static void keep_flow(const orr_flow *f, orr_store *s, double spread) {
  orr_random r = orr_random_stream(5, 0, ORR_FOR_TEST);
  size_t n = orr_flow_parameters(f), cells = (size_t)(f->columns + f->context);
  orr_tensor *t;
  OK(orr_flow_note(f, s, e));
  OK(orr_store_add(s, "parameters", ORR_F32, 1, &n, &t, e));
  for (size_t i = 0; i < n; i++) t->f32[i] = (float)(spread * orr_random_normal(&r));
  OK(orr_store_add(s, "center", ORR_F64, 1, &cells, &t, e));
  for (size_t i = 0; i < cells; i++) t->f64[i] = (double)i - 1;
  OK(orr_store_add(s, "scale", ORR_F64, 1, &cells, &t, e));
  for (size_t i = 0; i < cells; i++) t->f64[i] = 0.5 + (double)i;
}

static void counts_are_those_of_the_graph(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; kind++)
    for (int d = 2; d <= 5; d++) {
      orr_flow f = flow_of(kind, d, d % 2);
      orr_learner l = {0};
      OK(orr_flow_make_learner(&f, false, 1, &l, e));
      assert_int_equal(orr_graph_slab(l.graph), orr_flow_parameters(&f));
      orr_learner_fini(&l);
    }
}

/* The networks of the benchmarks: 8 columns, 5 layers. */
static void known_shapes_have_known_sizes(void **state) {
  (void)state;
  orr_flow maf = {.columns = 8, .layers = 5, .autoregressive = true, .hidden = {128, 128, 128}, .n_hidden = 3},
           nsf = {.columns = 8, .layers = 5, .spline = true, .residual = true, .hidden = {128, 128}, .n_hidden = 2,
                  .bins = 8, .box = 3};
  assert_int_equal(orr_flow_parameters(&maf), 181200);
  assert_int_equal(orr_flow_parameters(&nsf), 392780);
}

static void fill_rows(orr_matrix *m, size_t rows, size_t cols, double scale, orr_arena *arena) {
  orr_random r = orr_random_stream(6, cols, ORR_FOR_TEST);
  OK(orr_matrix_take(arena, rows, cols, m, e));
  for (size_t i = 0; i < rows * cols; i++) m->x[i] = scale * orr_random_normal(&r);
}

/* The largest |inverse(forward(x)) - x|, over 100 rows, some of them far out. */
static double round_trip(const orr_store *s, const orr_flow *f, orr_precision precision) {
  orr_flow_model m;
  orr_arena arena = {0};
  orr_matrix x, context, z;
  double worst = 0;
  fill_rows(&x, 100, (size_t)f->columns, 2.5, &arena);
  fill_rows(&context, 100, (size_t)f->context, 2, &arena);
  fill_rows(&z, 100, (size_t)f->columns, 0, &arena);
  OK(orr_flow_open(&m, s, precision, e));
  OK(orr_flow_encode(&m, &x, f->context ? &context : NULL, z.x, NULL, NULL, e));
  OK(orr_flow_decode(&m, &z, f->context ? &context : NULL, z.x, NULL, e));
  for (size_t i = 0; i < x.rows * x.cols; i++) worst = fmax(worst, fabs(z.x[i] - x.x[i]));
  orr_flow_close(&m);
  orr_arena_fini(&arena);
  return worst;
}

static void every_flow_is_invertible(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; kind++)
    for (int d = 1; d <= 5; d += 2) {
      orr_flow f = flow_of(kind, d, d == 3 ? 2 : 0);
      orr_store s = {0};
      if (d == 1) f.autoregressive = true;
      keep_flow(&f, &s, 0.1);
      double in_double = round_trip(&s, &f, ORR_DOUBLE), in_single = round_trip(&s, &f, ORR_SINGLE);
      if (!(in_double < 1e-9)) fail_msg("kind %d, %d columns: %g in double", kind, d, in_double);
      if (!(in_single < 1e-4)) fail_msg("kind %d, %d columns: %g in single", kind, d, in_single);
      orr_store_fini(&s);
    }
}

/* --- Jacobians ------------------------------------------------------------------- */

enum { D = 3, ROWS = 4 };

/* j[rows][D][D] = dz[a]/dx[b] by differentiation, and the log-determinant that the flow states. */
static void jacobian(const orr_flow *f, double j[ROWS][D][D], double stated[ROWS]) {
  orr_layers l = {.graph = orr_graph_new()};
  orr_graph *g = l.graph;
  orr_arena arena = {0};
  orr_matrix x;
  orr_node in = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, D)), want[D + 1];
  orr_flow_nodes at = orr_flow_forward(f, &l, in, 0);
  for (int a = 0; a < D; a++) want[a] = orr_gradient(g, orr_node_slice(g, at.z, 1, a, 1), in);
  want[D] = at.log_determinant;
  void *slab;
  OK(orr_graph_check(g, e));
  OK(orr_arena_take(&arena, orr_graph_slab(g), sizeof(double), &slab, e));
  orr_random r = orr_random_stream(8, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < orr_graph_slab(g); i++) ((double *)slab)[i] = 0.3 * orr_random_normal(&r);
  fill_rows(&x, ROWS, D, 1, &arena);
  double *out[D + 1];
  orr_plain_feed feed = {.rows = ROWS, .inputs = (const double *const[]){x.x}, .parameters = slab};
  OK(orr_plain_evaluate(g, &feed, want, D + 1, out, &arena, e));
  for (int i = 0; i < ROWS; i++) {
    stated[i] = out[D][i];
    for (int a = 0; a < D; a++) memcpy(j[i][a], out[a] + i * D, sizeof j[i][a]);
  }
  orr_layers_fini(&l);
  orr_graph_free(g);
  orr_arena_fini(&arena);
}

static double determinant(double m[D][D]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

static void log_determinants_are_those_of_the_jacobian(void **state) {
  (void)state;
  double j[ROWS][D][D], stated[ROWS];
  for (int kind = 0; kind < KINDS; kind++) {
    orr_flow f = flow_of(kind, D, 0);
    jacobian(&f, j, stated);
    for (int i = 0; i < ROWS; i++) is_near(stated[i], log(fabs(determinant(j[i]))), 1e-9);
  }
}

static void autoregressive_layers_look_only_backwards(void **state) {
  (void)state;
  double j[ROWS][D][D], stated[ROWS];
  for (int kind = 1; kind < KINDS; kind += 2) {
    orr_flow f = flow_of(kind, D, 0);
    double seen = 0;
    f.layers = 1;
    jacobian(&f, j, stated);
    for (int i = 0; i < ROWS; i++)
      for (int a = 0; a < D; a++)
        for (int b = 0; b < D; b++) {
          if (b > a) assert_true(j[i][a][b] == 0);
          else seen = fmax(seen, b < a ? fabs(j[i][a][b]) : 0);
        }
    assert_true(seen > 1e-3);
  }
  assert_int_equal(orr_flow_degree(&(orr_flow){.columns = 3}, 0, 0), 1);
  assert_int_equal(orr_flow_degree(&(orr_flow){.columns = 3}, 1, 0), 3);
  assert_int_equal(orr_flow_degree(&(orr_flow){.columns = 3, .mixing = true}, 1, 0), 1);
}

/* --- Learning ------------------------------------------------------------------------ */

typedef struct fitted {
  const orr_density *family;
  orr_arena arena;
  orr_options options;
  orr_store store;
  orr_lesson lesson;
} fitted;

static void prepare(fitted *f, const orr_density *family, const char *const *words, const orr_density_rows *rows) {
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
static double integral(const fitted *f, const double low[2], const double high[2]) {
  enum { SIDE = 240 };
  static double grid[SIDE * SIDE * 2], said[SIDE * SIDE];
  double step[2] = {(high[0] - low[0]) / SIDE, (high[1] - low[1]) / SIDE}, sum = 0;
  for (size_t i = 0; i < SIDE * SIDE; i++) {
    grid[2 * i] = low[0] + step[0] * ((double)(i / SIDE) + 0.5);
    grid[2 * i + 1] = low[1] + step[1] * ((double)(i % SIDE) + 0.5);
  }
  OK(f->family->log_density(&f->store, &(orr_matrix){SIDE * SIDE, 2, grid}, NULL, said, NULL, e));
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
  for (size_t i = 0; i < x->rows * x->cols; i++) worst = fmax(worst, fabs(z[i] - x->x[i]) / m.scale[i % x->cols]);
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
               {&orr_density_nsf, {"hidden", "32", "layers", "3"}, 0.2},
               {&orr_density_nsf, {"hidden", "32", "layers", "2", "autoregressive", "true"}, 0.2},
               {&orr_density_realnvp, {"hidden", "32", "layers", "4", "mixing", "lu"}, 0.3}};
  orr_arena arena = {0};
  orr_density_rows rows = bent(4000, &arena);
  double truth = -(log(100) + log(0.003)) - 2 * half_log_two_pi - 1;
  for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
    fitted f;
    fit(&f, tries[i].family, tries[i].words, &rows, 1000);
    is_near(integral(&f, (double[]){400, -0.05}, (double[]){1600, 0.25}), 1, 0.01);
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
  for (size_t i = 0; i < 2000; i++) mean += a[2 * i + 1] / 2000, square += (a[2 * i] - 1000) * (a[2 * i] - 1000) / 2000;
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

static void a_kept_flow_is_not_believed(void **state) {
  (void)state;
  static const char *const altered[][3] = {
      {"\"columns\":3", "\"columns\":2", "parameters"}, {"\"columns\":3", "\"columns\":0", "columns"},
      {"\"columns\":3", "\"columns\":1e9", "columns"},  {"\"context\":0", "\"context\":1", "parameters"},
      {"\"layers\":3", "\"layers\":60", "parameters"},  {"\"layers\":3", "\"layers\":2.5", "whole"},
      {"\"bins\":4", "\"bins\":5", "parameters"},       {"\"bins\":4", "\"bins\":1", "bins"},
      {"[12,12]", "[16384,16384]", "parameters"},       {"[12,12]", "[]", "widths"},
      {"[12,12]", "[12,-1]", "units"},                  {"[12,12]", "7", "widths"},
      {"\"box\":3", "\"box\":0", "box"},                {"\"tanh\"", "\"tan\"", "activation"},
      {"\"mixing\":true", "\"mixing\":0", "parameters"}};
  orr_flow f = flow_of(2 + 4, 3, 0);
  size_t latent;
  for (size_t i = 0; i < sizeof altered / sizeof *altered; i++) {
    orr_store s = {0};
    orr_text text = {0};
    keep_flow(&f, &s, 0.1);
    OK(orr_flow_density_check(&s, 3, 0, &latent, e));
    const char *note = orr_store_text(&s, "architecture"), *at = strstr(note, altered[i][0]);
    assert_non_null(at);
    orr_text_printf(&text, "%.*s%s%s", (int)(at - note), note, altered[i][1], at + strlen(altered[i][0]));
    OK(orr_store_note(&s, "architecture", text.data, e));
    REFUSED(orr_flow_density_check(&s, 3, 0, &latent, e), altered[i][2]);
    orr_text_fini(&text);
    orr_store_fini(&s);
  }
  orr_store s = {0};
  keep_flow(&f, &s, 0.1);
  REFUSED(orr_flow_density_check(&s, 3, 1, &latent, e), "not 3 and 1");
  orr_store_find(&s, "scale")->f64[1] = -1;
  REFUSED(orr_flow_density_check(&s, 3, 0, &latent, e), "scale");
  orr_store_find(&s, "scale")->f64[1] = 1;
  orr_store_find(&s, "parameters")->f32[1] = INFINITY;
  REFUSED(orr_flow_density_check(&s, 3, 0, &latent, e), "not finite");
  orr_store_fini(&s);
}

static void no_allocation_is_taken_for_granted(void **state) {
  (void)state;
  orr_flow f = flow_of(1 + 4, 3, 0);
  orr_store s = {0};
  double x[] = {0.1, 0.2, 0.3}, said;
  orr_status status = ORR_MEMORY;
  keep_flow(&f, &s, 0.1);
  for (long i = 0; status == ORR_MEMORY; i++) {
    orr_memory_fail_after(i);
    status = orr_flow_density_log(&s, &(orr_matrix){1, 3, x}, NULL, &said, NULL, NULL);
    if (!status) status = orr_flow_density_decode(&s, &(orr_matrix){1, 3, x}, NULL, x, NULL, NULL);
    orr_memory_fail_after(-1);
  }
  assert_int_equal(status, ORR_OK);
  orr_store_fini(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_are_those_of_the_graph),
      cmocka_unit_test(known_shapes_have_known_sizes),
      cmocka_unit_test(every_flow_is_invertible),
      cmocka_unit_test(log_determinants_are_those_of_the_jacobian),
      cmocka_unit_test(autoregressive_layers_look_only_backwards),
      cmocka_unit_test(before_it_learns_it_is_a_gaussian),
      cmocka_unit_test(what_it_learns_integrates_to_one),
      cmocka_unit_test(context_decides_where_the_density_is),
      cmocka_unit_test(samples_are_of_the_density_and_of_the_seed),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(rows_without_a_density_are_refused),
      cmocka_unit_test(a_kept_flow_is_not_believed),
      cmocka_unit_test(no_allocation_is_taken_for_granted),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
