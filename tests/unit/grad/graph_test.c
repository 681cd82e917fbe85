/* The graph: shapes meet as they should, equal nodes are one, the first error
 * names layer and shapes, memory that is not to be had is an ordinary error;
 * and what is special to some operators: noise, lookups, splines. */
#include "trial.h"

#include "base/memory.h"
#include "grad/spline.h"

enum { F = ORR_FREE };

static void broadcasts(orr_shape a, orr_shape b, const char *expected) {
  orr_shape out;
  char text[64];
  bool fits = orr_shape_broadcast(&a, &b, &out);
  assert_string_equal(fits ? orr_shape_text(&out, text) : "no", expected);
  orr_shape other;
  assert_int_equal(orr_shape_broadcast(&b, &a, &other), fits);
  if (fits) assert_true(orr_shape_equal(&out, &other));
}

static void shapes_meet_at_the_end_and_batches_meet(void **state) {
  (void)state;
  broadcasts(ORR_SHAPE_OF(F, 3), ORR_SHAPE_OF(3), "[rows, 3]");
  broadcasts(ORR_SHAPE_OF(F, 3), ORR_SHAPE_OF(1, 1), "[rows, 3]");
  broadcasts(ORR_SHAPE_OF(F), ORR_SHAPE_OF(F, 5, 3), "[rows, 5, 3]");
  broadcasts(ORR_SHAPE_OF(F, 3), ORR_SHAPE_OF(F, 5, 3), "[rows, 5, 3]");
  broadcasts(ORR_SHAPE_OF(F, 1), ORR_SHAPE_OF(1, 3), "[rows, 3]");
  broadcasts(orr_shape_scalar(), ORR_SHAPE_OF(2, 3), "[2, 3]");
  broadcasts(orr_shape_scalar(), orr_shape_scalar(), "[]");
  broadcasts(ORR_SHAPE_OF(F), ORR_SHAPE_OF(3), "no");
  broadcasts(ORR_SHAPE_OF(F, 3), ORR_SHAPE_OF(5, 3), "no");
  broadcasts(ORR_SHAPE_OF(F, 3), ORR_SHAPE_OF(2, 1, 3), "no");
  broadcasts(ORR_SHAPE_OF(2, 3), ORR_SHAPE_OF(2), "no");
}

static void equal_nodes_are_one(void **state) {
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(F, 3)), y = orr_node_input(g, "y", ORR_SHAPE_OF(F, 3));
  assert_int_not_equal(x, y);
  assert_int_equal(orr_node_add(g, x, y), orr_node_add(g, x, y));
  assert_int_not_equal(orr_node_sub(g, x, y), orr_node_sub(g, y, x));
  assert_int_equal(orr_node_constant(g, 0.5), orr_node_constant(g, 0.5));
  assert_int_not_equal(orr_node_constant(g, 0), orr_node_constant(g, -0.0));
  assert_int_not_equal(orr_node_slice(g, x, 1, 0, 1), orr_node_slice(g, x, 1, 1, 1));
  assert_int_not_equal(orr_node_uniform(g, ORR_SHAPE_OF(F)), orr_node_uniform(g, ORR_SHAPE_OF(F)));
  for (int i = 0; i < 2000; i++) orr_node_offset(g, x, i);
  orr_node count = orr_graph_count(g);
  for (int i = 0; i < 2000; i++) orr_node_offset(g, x, i);
  assert_int_equal(orr_graph_count(g), count);
  sound(g);
  orr_graph_free(g);
}

static void what_does_nothing_is_not_built(void **state) {
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(F, 3)), one = orr_node_constant(g, 1);
  orr_node zeros = orr_node_broadcast(g, orr_node_constant(g, 0), ORR_SHAPE_OF(F, 3));
  assert_int_equal(orr_node_add(g, x, zeros), x);
  assert_int_equal(orr_node_mul(g, one, x), x);
  assert_int_equal(orr_node_div(g, x, one), x);
  assert_int_equal(orr_node_neg(g, orr_node_neg(g, x)), x);
  assert_int_equal(orr_node_pow(g, x, one), x);
  assert_int_equal(orr_node_slice(g, x, 1, 0, 3), x);
  assert_int_equal(orr_node_reshape(g, orr_node_reshape(g, x, ORR_SHAPE_OF(F, 1, 3)), ORR_SHAPE_OF(F, 3)), x);
  orr_node wide = orr_node_broadcast(g, one, ORR_SHAPE_OF(F, 3));
  assert_int_not_equal(orr_node_mul(g, wide, orr_node_constant(g, 2)), orr_node_constant(g, 2));
  sound(g);
  orr_graph_free(g);
}

/* --- Errors -------------------------------------------------------------- */

static void fails_with(orr_graph *g, const char *words) {
  orr_error e = {0};
  assert_int_equal(orr_graph_check(g, &e), ORR_SHAPE);
  if (!strstr(e.message, words)) fail_msg("\"%s\" does not say \"%s\"", e.message, words);
}

static void the_first_error_names_layer_and_shapes(void **state) {
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(F, 28)),
           w = orr_node_parameter(g, "w", ORR_SHAPE_OF(30, 64));
  orr_graph_enter(g, "net");
  orr_graph_enter(g, "layer %d (linear)", 2);
  orr_node y = orr_node_linear(g, x, w, orr_node_parameter(g, "b", ORR_SHAPE_OF(64)));
  orr_graph_leave(g);
  orr_graph_leave(g);
  assert_int_equal(y, 0);
  assert_int_equal(orr_node_add(g, y, x), 0);
  assert_int_equal(orr_gradient(g, y, x), 0);
  assert_int_equal(orr_node_concatenate(g, (orr_node[]){x, y}, 2, 1), 0);
  fails_with(g, "net, layer 2 (linear): linear: [rows, 28] by [30, 64]");
  orr_graph_free(g);
}

typedef orr_node (*mistake)(orr_graph *g, orr_node x, orr_node w); /* x[rows,4,6], w[4,6] */

static orr_node whole_input(orr_graph *g, orr_node x, orr_node w) {
  (void)x, (void)w;
  return orr_node_input(g, "z", ORR_SHAPE_OF(3));
}
static orr_node no_node(orr_graph *g, orr_node x, orr_node w) { return orr_node_add(g, x, w + 100); }
static orr_node none_of_two(orr_graph *g, orr_node x, orr_node w) { return (void)w, orr_node_add(g, x, 0); }
static orr_node no_axis(orr_graph *g, orr_node x, orr_node w) { return (void)w, orr_node_sum(g, x, 3, true); }
static orr_node sizes_differ(orr_graph *g, orr_node x, orr_node w) {
  return orr_node_add(g, x, orr_node_slice(g, w, 0, 0, 3));
}
static orr_node size_lost(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_reshape(g, x, ORR_SHAPE_OF(F, 23));
}
static orr_node batch_moved(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_transpose(g, x, (int[]){1, 0, 2, 3});
}
static orr_node batch_cut(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_slice(g, x, 0, 0, 1);
}
static orr_node cut_outside(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_slice(g, x, 1, 2, 3);
}
static orr_node cut_negative(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_slice(g, x, 1, -1, 2);
}
static orr_node inner_differs(orr_graph *g, orr_node x, orr_node w) { return orr_node_matmul(g, x, w); }
static orr_node rows_as_matrix(orr_graph *g, orr_node x, orr_node w) {
  return orr_node_matmul(g, w, orr_node_slice(g, x, 1, 0, 1));
}
static orr_node kernel_too_large(orr_graph *g, orr_node x, orr_node w) {
  return orr_node_convolution_1d(g, x, w, 0, 7, 1, 0);
}
static orr_node bins_uneven(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_spline(g, orr_node_sum(g, x, 2, false), x, 3, false);
}
static orr_node running_over_rows(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_node_cumsum(g, x, 0);
}
static orr_node derivative_of_nothing(orr_graph *g, orr_node x, orr_node w) {
  return (void)w, orr_gradient(g, 0, x);
}

static void mistakes_are_told(void **state) {
  static const struct {
    mistake make;
    const char *words;
  } mistakes[] = {{whole_input, "batch"},
                  {no_node, "no node"},
                  {none_of_two, "input 2"},
                  {no_axis, "no axis 3"},
                  {sizes_differ, "[rows, 4, 6] and [3, 6]"},
                  {size_lost, "[rows, 4, 6] to [rows, 23]"},
                  {batch_moved, "batch stays"},
                  {batch_cut, "not cut"},
                  {cut_outside, "do not fit"},
                  {cut_negative, "do not fit"},
                  {inner_differs, "inner sizes"},
                  {rows_as_matrix, "without rows"},
                  {kernel_too_large, "window of 1 × 7"},
                  {bins_uneven, "3 bins - 1"},
                  {running_over_rows, "not along the batch"},
                  {derivative_of_nothing, "no node"}};
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    orr_graph *g = orr_graph_new();
    orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(F, 4, 6)),
             w = orr_node_parameter(g, "w", ORR_SHAPE_OF(4, 6));
    assert_int_equal(mistakes[i].make(g, x, w), 0);
    fails_with(g, mistakes[i].words);
    orr_graph_free(g);
  }
}

/* Parameters lie in the slab one behind the other. */
static void leaves_are_counted(void **state) {
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_node w = orr_node_parameter(g, "w", ORR_SHAPE_OF(4, 6)),
           b = orr_node_parameter(g, "b", ORR_SHAPE_OF(6));
  orr_node beta = orr_node_setting(g, "beta");
  assert_int_equal(orr_graph_slab(g), 30);
  assert_int_equal(orr_graph_at(g, b)->attributes.offset, 24);
  assert_int_equal(orr_graph_parameters(g), 2);
  assert_int_equal(orr_graph_parameter(g, 0), w);
  assert_int_equal(orr_graph_setting(g, 0), beta);
  assert_string_equal(orr_graph_at(g, b)->name, "b");
  assert_int_equal(orr_graph_inputs(g), 0);
  orr_graph_free(g);
}

static void lack_of_memory_is_an_error(void **state) {
  (void)state;
  for (long after = 0;; after++) {
    orr_memory_fail_after(after);
    orr_graph *g = orr_graph_new();
    orr_status status = ORR_MEMORY;
    if (g) {
      orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(F, 5)),
               w = orr_node_parameter(g, "w", ORR_SHAPE_OF(5, 7));
      orr_graph_enter(g, "layer");
      orr_node y = orr_node_tanh(g, orr_node_linear(g, x, w, orr_node_parameter(g, "b", ORR_SHAPE_OF(7))));
      for (int i = 0; i < 200; i++) y = orr_node_offset(g, y, i);
      orr_gradient(g, orr_node_mean_all(g, y), w);
      status = orr_graph_check(g, NULL);
      orr_graph_free(g);
    }
    orr_memory_fail_after(-1);
    if (status == ORR_OK) return;
    assert_int_equal(status, ORR_MEMORY);
  }
}

/* --- Noise --------------------------------------------------------------- */

static const double *noise_of(trial *t, bool normal, orr_shape shape, size_t rows, uint64_t seed) {
  *t = (trial){.g = orr_graph_new(), .rows = rows, .seed = seed, .step = 3};
  t->y = normal ? orr_node_normal(t->g, shape) : orr_node_uniform(t->g, shape);
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  orr_kernel_call c = {.node = v, .seed = seed, .step = 3, .out = {.rank = shape.rank}};
  for (int i = 0; i < shape.rank; i++) c.out.dim[i] = shape.dim[i] == F ? rows : (size_t)shape.dim[i];
  assert_int_equal(orr_arena_take(&t->arena, orr_shape_size(&shape, rows), 8, &c.out.x, NULL), ORR_OK);
  v->op->run_f64(&c);
  return c.out.x;
}

/* Moments, and the distribution itself: Kolmogorov and Smirnov's distance below 1.95 / √n (p = 0.001). */
static void noise_has_its_distribution(void **state) {
  enum { N = 60000 };
  (void)state;
  for (int normal = 0; normal < 2; normal++) {
    trial t;
    const double *x = noise_of(&t, normal, ORR_SHAPE_OF(F, 3), N / 3, 7);
    double sum = 0, squares = 0, fourth = 0, neighbours = 0, worst = 0, mean = normal ? 0 : 0.5;
    size_t below[41] = {0};
    for (size_t i = 0; i < N; i++) {
      double d = x[i] - mean, u = normal ? 0.5 * erfc(-x[i] * M_SQRT1_2) : x[i];
      assert_true(normal || (x[i] > 0 && x[i] < 1));
      sum += d, squares += d * d, fourth += d * d * d * d;
      if (i) neighbours += d * (x[i - 1] - mean);
      below[(size_t)(u * 40)]++;
    }
    for (size_t i = 0, seen = 0; i < 40; i++)
      worst = fmax(worst, fabs((double)(seen += below[i]) / N - (double)(i + 1) / 40));
    double variance = normal ? 1 : 1.0 / 12, kurtosis = normal ? 3 : 1.8;
    assert_true(fabs(sum / N) < 4 * sqrt(variance / N));
    assert_true(fabs(squares / N / variance - 1) < 4 * sqrt((kurtosis - 1) / N));
    assert_true(fabs(fourth / N / (variance * variance) / kurtosis - 1) < 0.05);
    assert_true(fabs(neighbours / N / variance) < 4 / sqrt(N));
    assert_true(worst < 1.95 / sqrt(N));
    end_trial(&t);
  }
}

static void seeds_and_streams_differ(void **state) {
  trial a, b;
  size_t same = 0;
  (void)state;
  const double *x = noise_of(&a, false, ORR_SHAPE_OF(F, 5), 40, 1),
               *y = noise_of(&b, false, ORR_SHAPE_OF(F, 5), 40, 2);
  orr_node other = orr_node_uniform(a.g, ORR_SHAPE_OF(F, 5));
  const double *z = evaluated(&a, other, &a.arena);
  for (size_t i = 0; i < 200; i++) same += (x[i] == y[i]) + (x[i] == z[i]) + (y[i] == z[i]);
  assert_true(same < 2);
  end_trial(&a);
  end_trial(&b);
}

/* One number in P of it is dropped, the others grow, the mean stays. */
static void dropout_keeps_the_mean(void **state) {
  trial t = {.g = orr_graph_new(), .rows = 20000, .seed = 5};
  size_t dropped = 0;
  (void)state;
  orr_node x = orr_node_trial(t.g, ORR_SHAPE_OF(F, 1), 1, 2, false);
  orr_node y = orr_node_dropout(t.g, x, orr_node_setting(t.g, "rate"));
  fill_leaves(&t, NULL);
  const double *in = evaluated(&t, x, &t.arena), *out = evaluated(&t, y, &t.arena);
  for (size_t i = 0; i < t.rows; i++) {
    dropped += out[i] == 0;
    assert_true(out[i] == 0 || fabs(out[i] - in[i] / 0.7) < 1e-12);
  }
  assert_true(fabs((double)dropped / 20000 - 0.3) < 4 * sqrt(0.21 / 20000));
  end_trial(&t);
}

/* --- Lookups ------------------------------------------------------------- */

static void indices_out_of_range_are_seen(void **state) {
  trial t = {.g = orr_graph_new(), .rows = 5};
  double index[] = {0, 2, 3, -1, NAN}, x[] = {1, 2, 3, 4, 5};
  (void)state;
  orr_node i = orr_node_input(t.g, "i", ORR_SHAPE_OF(F)), v = orr_node_input(t.g, "v", ORR_SHAPE_OF(F, 1));
  orr_node table = orr_node_constant_data(t.g, ORR_SHAPE_OF(3, 1), (double[]){10, 20, 30});
  t.inputs[0] = index, t.inputs[1] = x;
  const double *found = evaluated(&t, orr_node_gather(t.g, table, i), &t.arena);
  assert_true(found[0] == 10 && found[1] == 30 && isnan(found[2]) && isnan(found[3]) && isnan(found[4]));
  const double *sums = evaluated(&t, orr_node_scatter(t.g, i, v, 3), &t.arena);
  assert_true(sums[0] == 1 && sums[1] == 0 && sums[2] == 2);
  const double *hot = evaluated(&t, orr_node_one_hot(t.g, i, 3), &t.arena);
  for (size_t k = 0; k < 15; k++) assert_true(hot[k] == (k == 0 || k == 5));
  end_trial(&t);
}

static void the_first_of_the_greatest_is_found(void **state) {
  trial t = {.g = orr_graph_new(), .rows = 3};
  double x[] = {1, 5, 5, 7, 7, 7, 3, 2, 1}, y[3];
  (void)state;
  orr_node i = orr_node_input(t.g, "x", ORR_SHAPE_OF(F, 3)), m = orr_node_argmax(t.g, i, 1, false);
  t.inputs[0] = x;
  memcpy(y, evaluated(&t, m, &t.arena), sizeof y);
  assert_true(y[0] == 1 && y[1] == 0 && y[2] == 0);
  const orr_vertex *v = orr_graph_at(t.g, m);
  assert_ptr_equal(v->op, &orr_operator_reshape);
  end_trial(&t);
}

/* --- Splines: what the paper promises ------------------------------------ */

static void run_spline(orr_graph *g, orr_node y, size_t rows, size_t d, double *x, double *p, double *out) {
  const orr_vertex *v = orr_graph_at(g, y);
  size_t n = (size_t)orr_shape_of(g, v->input[1]).dim[2];
  orr_kernel_call c = {
      .node = v, .out = {3, {rows, 2, d}, out}, .in = {{2, {rows, d}, x}, {3, {rows, d, n}, p}}};
  v->op->run_f64(&c);
}

static void splines_invert(void **state) {
  enum { ROWS = 300, D = 2, BINS = 8, WORDS = 3 * BINS - 1 };
  static double x[ROWS * D], p[ROWS * D * WORDS], y[ROWS][2][D], z[ROWS * D], back[ROWS][2][D];
  (void)state;
  orr_random r = orr_random_stream(1, 2, ORR_FOR_TEST);
  for (size_t i = 0; i < ROWS * D; i++) x[i] = 8 * orr_random_uniform(&r) - 4;
  for (size_t i = 0; i < ROWS * D * WORDS; i++) p[i] = orr_random_normal(&r);
  orr_graph *g = orr_graph_new();
  orr_node in = orr_node_input(g, "x", ORR_SHAPE_OF(F, D)),
           raw = orr_node_input(g, "p", ORR_SHAPE_OF(F, D, WORDS));
  run_spline(g, orr_node_spline(g, in, raw, 3, false), ROWS, D, x, p, &y[0][0][0]);
  for (size_t i = 0; i < ROWS * D; i++) z[i] = y[i / D][0][i % D];
  run_spline(g, orr_node_spline(g, in, raw, 3, true), ROWS, D, z, p, &back[0][0][0]);
  for (size_t i = 0; i < ROWS * D; i++) {
    double returned = back[i / D][0][i % D], there = y[i / D][1][i % D];
    assert_true(fabs(returned - x[i]) < 1e-10);
    assert_true(fabs(there + back[i / D][1][i % D]) < 1e-9 * (1 + fabs(there)));
    if (fabs(x[i]) > 3) assert_true(z[i] == x[i] && there == 0);
    else assert_true(fabs(z[i]) <= 3 + 1e-12);
  }
  orr_graph_free(g);
}

/* Rises everywhere; its derivative is continuous, at knots and at the box's edge; raw zeros are the identity. */
static void splines_are_smooth_and_rise(void **state) {
  enum { ROWS = 4001, BINS = 5, WORDS = 3 * BINS - 1 };
  static double x[ROWS], p[ROWS * WORDS], y[ROWS][2], zero[ROWS * WORDS];
  (void)state;
  orr_graph *g = orr_graph_new();
  orr_node in = orr_node_input(g, "x", ORR_SHAPE_OF(F, 1)),
           raw = orr_node_input(g, "p", ORR_SHAPE_OF(F, 1, WORDS));
  orr_node spline = orr_node_spline(g, in, raw, 2, false);
  for (size_t i = 0; i < ROWS; i++) {
    x[i] = -2.2 + 4.4 * (double)i / (ROWS - 1);
    for (size_t j = 0; j < WORDS; j++) p[i * WORDS + j] = sin(3.0 * (double)j);
  }
  run_spline(g, spline, ROWS, 1, x, p, &y[0][0]);
  for (size_t i = 1; i < ROWS; i++) {
    double slope = (y[i][0] - y[i - 1][0]) / (x[i] - x[i - 1]),
           middle = (exp(y[i][1]) + exp(y[i - 1][1])) / 2;
    assert_true(slope > 0);
    assert_true(fabs(slope / middle - 1) < 5e-3);
    assert_true(fabs(y[i][1] - y[i - 1][1]) < 0.05);
  }
  run_spline(g, spline, ROWS, 1, x, zero, &y[0][0]);
  for (size_t i = 0; i < ROWS; i++) assert_true(fabs(y[i][0] - x[i]) < 1e-12 && fabs(y[i][1]) < 1e-12);
  orr_graph_free(g);
}

/* The operator and what it is composed of for its second derivative are the same function. */
static void the_composed_spline_is_the_spline(void **state) {
  (void)state;
  for (int inverse = 0; inverse < 2; inverse++) {
    trial t = {.g = orr_graph_new(), .rows = 40, .seed = 9};
    orr_node x = orr_node_trial(t.g, ORR_SHAPE_OF(F, 3), -3, 3, false);
    orr_node p = orr_node_trial(t.g, ORR_SHAPE_OF(F, 3, 11), -2, 2, false);
    orr_node y = orr_node_spline(t.g, x, p, 2, inverse);
    orr_node composed = orr_spline_composed(t.g, x, p, &orr_graph_at(t.g, y)->attributes);
    fill_leaves(&t, NULL);
    const double *a = evaluated(&t, y, &t.arena), *b = evaluated(&t, composed, &t.arena);
    for (size_t i = 0; i < size_of(&t, y); i++) assert_true(fabs(a[i] - b[i]) < 1e-11);
    end_trial(&t);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shapes_meet_at_the_end_and_batches_meet),
      cmocka_unit_test(equal_nodes_are_one),
      cmocka_unit_test(what_does_nothing_is_not_built),
      cmocka_unit_test(the_first_error_names_layer_and_shapes),
      cmocka_unit_test(mistakes_are_told),
      cmocka_unit_test(leaves_are_counted),
      cmocka_unit_test(lack_of_memory_is_an_error),
      cmocka_unit_test(noise_has_its_distribution),
      cmocka_unit_test(seeds_and_streams_differ),
      cmocka_unit_test(dropout_keeps_the_mean),
      cmocka_unit_test(indices_out_of_range_are_seen),
      cmocka_unit_test(the_first_of_the_greatest_is_found),
      cmocka_unit_test(splines_invert),
      cmocka_unit_test(splines_are_smooth_and_rise),
      cmocka_unit_test(the_composed_spline_is_the_spline),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
