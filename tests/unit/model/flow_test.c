/* Flows as graphs: they are invertible, their log-determinants are those of their Jacobians, autoregressive ones
 * look only backwards, and a kept one is not believed. */
#include "tests/unit/model/network_fixture.h"

#include "base/memory.h"
#include "grad/nodes.h"
#include "grad/plain.h"
#include "model/flow.h"

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
  orr_flow maf = {.columns = 8,
                  .layers = 5,
                  .autoregressive = true,
                  .hidden = {128, 128, 128},
                  .n_hidden = 3},
           nsf = {.columns = 8,
                  .layers = 5,
                  .spline = true,
                  .residual = true,
                  .hidden = {128, 128},
                  .n_hidden = 2,
                  .bins = 8,
                  .box = 3};
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
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
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

/* --- Kept flows ---------------------------------------------------------------- */

static void a_kept_flow_is_not_believed(void **state) {
  (void)state;
  static const char *const altered[][3] = {{"\"columns\":3", "\"columns\":2", "parameters"},
                                           {"\"columns\":3", "\"columns\":0", "columns"},
                                           {"\"columns\":3", "\"columns\":1e9", "columns"},
                                           {"\"context\":0", "\"context\":1", "parameters"},
                                           {"\"layers\":3", "\"layers\":60", "parameters"},
                                           {"\"layers\":3", "\"layers\":2.5", "whole"},
                                           {"\"bins\":4", "\"bins\":5", "parameters"},
                                           {"\"bins\":4", "\"bins\":1", "bins"},
                                           {"[12,12]", "[16384,16384]", "parameters"},
                                           {"[12,12]", "[]", "widths"},
                                           {"[12,12]", "[12,-1]", "units"},
                                           {"[12,12]", "7", "widths"},
                                           {"\"box\":3", "\"box\":0", "box"},
                                           {"\"tanh\"", "\"tan\"", "activation"},
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
      cmocka_unit_test(a_kept_flow_is_not_believed),
      cmocka_unit_test(no_allocation_is_taken_for_granted),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
