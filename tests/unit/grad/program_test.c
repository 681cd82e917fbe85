/* Compiled programs against the plain interpreter, which shares no code with
 * them: fused chains, broadcasts, storage that is reused, several passes over
 * the rows. And what is promised beside: bits that do not depend on threads, no
 * allocation in a step, errors that say what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "grad/plain.h"
#include "grad/program.h"

enum { MOST = 8192, MOST_ROOTS = 64 };

/* A graph with what is wanted of it, and data to feed it with. */
typedef struct subject {
  orr_graph *g;
  orr_root roots[MOST_ROOTS];
  size_t n_roots, data_rows;
  double *data[4], *parameters;
  double settings[4];
} subject;

static void want(subject *s, orr_node n, orr_root_kind kind, size_t offset) {
  assert_true(s->n_roots < MOST_ROOTS);
  s->roots[s->n_roots++] = (orr_root){n, kind, offset};
}

/* The loss and its gradient with respect to all parameters. */
static void want_gradients(subject *s, orr_node loss) {
  orr_node x[MOST_ROOTS], dx[MOST_ROOTS];
  size_t n = orr_graph_parameters(s->g);
  for (size_t i = 0; i < n; i++) x[i] = orr_graph_parameter(s->g, i);
  orr_differentiate(s->g, loss, 0, x, n, dx);
  want(s, loss, ORR_ROOT_VALUE, 0);
  for (size_t i = 0; i < n; i++)
    want(s, dx[i], ORR_ROOT_GRADIENT, orr_graph_at(s->g, x[i])->attributes.offset);
}

static size_t input_width(const subject *s, size_t i) {
  return orr_shape_size(&orr_graph_at(s->g, orr_graph_input(s->g, i))->shape, 1);
}

static double *random_numbers(size_t n, uint64_t seed) {
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_TEST);
  double *x = calloc(n + 1, sizeof *x);
  for (size_t i = 0; i < n; i++) x[i] = orr_random_normal(&r);
  return x;
}

static void fill_subject(subject *s, size_t rows) {
  orr_error e;
  if (orr_graph_check(s->g, &e)) fail_msg("%s", e.message);
  s->data_rows = rows;
  for (size_t i = 0; i < orr_graph_inputs(s->g); i++)
    s->data[i] = random_numbers(rows * input_width(s, i), i + 1);
  s->parameters = random_numbers(orr_graph_slab(s->g), 9);
  for (size_t i = 0; i < 4; i++) s->settings[i] = 0.5 + (double)i;
}

static void free_subject(subject *s) {
  for (size_t i = 0; i < 4; i++) free(s->data[i]);
  free(s->parameters);
  orr_graph_free(s->g);
}

/* What a run gave, as doubles. */
typedef struct results {
  double values[MOST], gradient[MOST], rows[4][MOST];
} results;

static const void *cast(const double *x, size_t n, orr_precision precision) {
  if (precision == ORR_DOUBLE) return x;
  float *y = calloc(n + 1, sizeof *y);
  for (size_t i = 0; i < n; i++) y[i] = (float)x[i];
  return y;
}

static void uncast(double *x, size_t n, orr_precision precision) {
  if (precision == ORR_DOUBLE) return;
  for (size_t i = n; i-- > 0;) {
    float f;
    memcpy(&f, (char *)x + i * sizeof f, sizeof f);
    x[i] = f;
  }
}

static void run_again(orr_program *p, const subject *s, const uint32_t *rows, size_t n,
                      orr_precision precision, orr_pool *pool, results *out) {
  orr_error e;
  size_t slab = orr_graph_slab(s->g), inputs = orr_graph_inputs(s->g);
  orr_rows_in in[4];
  orr_rows_out outputs[4];
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < inputs; i++)
    in[i] = (orr_rows_in){cast(s->data[i], s->data_rows * input_width(s, i), precision), input_width(s, i)};
  size_t n_outputs = 0, width[4];
  for (size_t i = 0; i < s->n_roots; i++) {
    if (s->roots[i].kind != ORR_ROOT_ROWS) continue;
    width[n_outputs] = orr_shape_size(&orr_graph_at(s->g, s->roots[i].node)->shape, 1);
    outputs[n_outputs] = (orr_rows_out){out->rows[n_outputs], width[n_outputs]};
    n_outputs++;
  }
  const void *parameters = cast(s->parameters, slab, precision);
  orr_feed feed = {.n_rows = n,
                   .rows = rows,
                   .inputs = in,
                   .parameters = parameters,
                   .settings = s->settings,
                   .seed = 5,
                   .step = 3,
                   .values = out->values,
                   .gradient = out->gradient,
                   .outputs = outputs};
  if (orr_program_run(p, &feed, pool, &e)) fail_msg("%s", e.message);
  uncast(out->gradient, slab, precision);
  for (size_t i = 0; i < n_outputs; i++) uncast(out->rows[i], n * width[i], precision);
  if (precision == ORR_DOUBLE) return;
  for (size_t i = 0; i < inputs; i++) free((void *)(uintptr_t)in[i].x);
  free((void *)(uintptr_t)parameters);
}

static void run_program(const subject *s, const uint32_t *rows, size_t n, size_t batch,
                        orr_precision precision, orr_pool *pool, results *out) {
  orr_error e;
  orr_program *p;
  if (orr_program_compile(s->g, s->roots, s->n_roots, precision, batch, &p, &e)) fail_msg("%s", e.message);
  run_again(p, s, rows, n, precision, pool, out);
  run_again(p, s, rows, n, precision, pool, out); /* what the first left behind must not matter */
  orr_program_free(p);
}

/* The same by the plain interpreter, on the rows gathered here. */
static void run_plain(const subject *s, const uint32_t *rows, size_t n, results *out) {
  orr_error e;
  orr_arena a = {0};
  const double *in[4];
  orr_node wanted[MOST_ROOTS];
  double *value[MOST_ROOTS];
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < orr_graph_inputs(s->g); i++) {
    size_t width = input_width(s, i);
    double *x = calloc(n * width, sizeof *x);
    for (size_t r = 0; r < n; r++)
      memcpy(x + r * width, s->data[i] + (rows ? rows[r] : r) * width, width * sizeof *x);
    in[i] = x;
  }
  for (size_t i = 0; i < s->n_roots; i++) wanted[i] = s->roots[i].node;
  orr_plain_feed feed = {
      .rows = n, .inputs = in, .parameters = s->parameters, .settings = s->settings, .seed = 5, .step = 3};
  if (orr_plain_evaluate(s->g, &feed, wanted, s->n_roots, value, &a, &e)) fail_msg("%s", e.message);
  size_t at = 0, output = 0;
  for (size_t i = 0; i < s->n_roots; i++) {
    const orr_root *r = &s->roots[i];
    size_t size = orr_shape_size(&orr_graph_at(s->g, r->node)->shape, n);
    double *to = r->kind == ORR_ROOT_VALUE      ? out->values + at
                 : r->kind == ORR_ROOT_GRADIENT ? out->gradient + r->offset
                                                : out->rows[output++];
    memcpy(to, value[i], size * sizeof(double));
    if (r->kind == ORR_ROOT_VALUE) at += size;
  }
  for (size_t i = 0; i < orr_graph_inputs(s->g); i++) free((void *)(uintptr_t)in[i]);
  orr_arena_fini(&a);
}

static void compare(const results *a, const results *b, double tolerance) {
  const double *x = (const double *)(const void *)a, *y = (const double *)(const void *)b;
  for (size_t i = 0; i < sizeof *a / sizeof *x; i++) {
    if (isnan(x[i]) && isnan(y[i])) continue;
    if (!(fabs(x[i] - y[i]) <= tolerance * (1 + fabs(y[i]))))
      fail_msg("number %zu: %.17g, not %.17g", i, x[i], y[i]);
  }
}

static results found, expected;

static uint32_t *some_rows(size_t n, size_t of) {
  orr_random r = orr_random_stream(3, 0, ORR_FOR_TEST);
  uint32_t *rows = calloc(n, sizeof *rows);
  for (size_t i = 0; i < n; i++) rows[i] = (uint32_t)orr_random_below(&r, of);
  return rows;
}

/* Both precisions, gathered rows and the first ones, against the interpreter. */
static void check(const subject *s, size_t n, size_t batch, double tolerance) {
  uint32_t *rows = some_rows(n, s->data_rows);
  for (int gathered = 0; gathered < 2; gathered++) {
    run_plain(s, gathered ? rows : NULL, n, &expected);
    run_program(s, gathered ? rows : NULL, n, batch, ORR_DOUBLE, NULL, &found);
    compare(&found, &expected, 1e-11);
    run_program(s, gathered ? rows : NULL, n, batch, ORR_SINGLE, NULL, &found);
    compare(&found, &expected, tolerance);
  }
  free(rows);
}

static orr_node layer(orr_graph *g, orr_node x, int in, int out) {
  orr_node w = orr_node_parameter(g, "w", ORR_SHAPE_OF(in, out));
  return orr_node_linear(g, x, w, orr_node_parameter(g, "b", ORR_SHAPE_OF(out)));
}

static subject make_network(void) {
  subject s = {.g = orr_graph_new()};
  orr_graph *g = s.g;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 5)),
           t = orr_node_input(g, "t", ORR_SHAPE_OF(ORR_FREE, 1));
  orr_node z = layer(g, orr_node_tanh(g, layer(g, orr_node_relu(g, layer(g, x, 5, 7)), 7, 9)), 9, 1);
  orr_node each = orr_node_sub(g, orr_node_softplus(g, z), orr_node_mul(g, t, z));
  want_gradients(&s, orr_node_mean_all(g, each));
  want(&s, z, ORR_ROOT_ROWS, 0);
  fill_subject(&s, 600);
  return s;
}

static void a_network_is_computed(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 2, 31, 32, 33, 127, 128, 300, 513};
  subject s = make_network();
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check(&s, sizes[i], 513, 2e-4);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check(&s, sizes[i], sizes[i], 2e-4);
  free_subject(&s);
}

static void bits_do_not_depend_on_threads(void **state) {
  (void)state;
  static const unsigned threads[] = {1, 2, 3, 5};
  static const size_t sizes[] = {100, 129, 512, 600};
  static results one;
  subject s = make_network();
  uint32_t *rows = some_rows(600, 600);
  for (size_t k = 0; k < 8; k++) {
    orr_precision precision = k & 1 ? ORR_SINGLE : ORR_DOUBLE;
    run_program(&s, rows, sizes[k / 2], sizes[k / 2], precision, NULL, &one);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
      orr_pool *pool;
      assert_int_equal(orr_pool_new(threads[i], &pool, NULL), ORR_OK);
      for (int again = 0; again < 5; again++) {
        run_program(&s, rows, sizes[k / 2], sizes[k / 2], precision, pool, &found);
        assert_memory_equal(&one, &found, sizeof one);
      }
      orr_pool_free(pool);
    }
  }
  free(rows);
  free_subject(&s);
}

/* Chains over rows, columns, planes and scalars, at sizes around that of a tile. */
static void broadcasts_are_spread(void **state) {
  (void)state;
  static const int32_t widths[] = {1, 3, 130, 1030};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    subject s = {.g = orr_graph_new()};
    orr_graph *g = s.g;
    int32_t w = widths[i];
    orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 2, w));
    orr_node row = orr_node_parameter(g, "row", ORR_SHAPE_OF(w)),
             plane = orr_node_parameter(g, "plane", ORR_SHAPE_OF(2, w));
    orr_node column = orr_node_parameter(g, "column", ORR_SHAPE_OF(2, 1)), k = orr_node_setting(g, "k");
    orr_node each =
        orr_node_scale(g, orr_node_mean(g, orr_node_mean(g, x, 2, true), 1, true), 0.25); /* [rows,1,1] */
    orr_node y = orr_node_add(g, orr_node_mul(g, x, row), orr_node_mul(g, plane, k));
    y = orr_node_mul(g, orr_node_sub(g, y, column), orr_node_offset(g, each, 2));
    want_gradients(&s, orr_node_mean_all(g, orr_node_sigmoid(g, y)));
    want(&s, orr_node_sum(g, y, 2, false), ORR_ROOT_ROWS, 0);
    fill_subject(&s, 10);
    check(&s, 7, 7, 1e-3);
    check(&s, 3, 10, 1e-3);
    free_subject(&s);
  }
}

/* A softmax over the batch needs its largest value and its sum before the rows are gone through again. */
static void rows_are_gone_through_again(void **state) {
  (void)state;
  subject s = {.g = orr_graph_new()};
  orr_graph *g = s.g;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 4));
  orr_node z = orr_node_square(g, layer(g, x, 4, 3));
  orr_node m = orr_node_max(g, z, 0, true);
  orr_node y = orr_node_exp(g, orr_node_sub(g, z, m));
  orr_node p = orr_node_div(g, y, orr_node_sum(g, y, 0, true));
  want_gradients(&s, orr_node_sum_all(g, orr_node_mul(g, p, x ? orr_node_slice(g, x, 1, 0, 3) : 0)));
  want(&s, p, ORR_ROOT_ROWS, 0);
  want(&s, x, ORR_ROOT_ROWS, 0);
  want(&s, m, ORR_ROOT_VALUE, 0);
  fill_subject(&s, 300);
  static const size_t sizes[] = {1, 40, 200, 290};
  for (size_t i = 0; i < 4; i++) check(&s, sizes[i], 300, 1e-3);
  free_subject(&s);
}

/* Penalties, masks, constants: what has no rows, before and after them. */
static void whole_nodes_are_computed(void **state) {
  (void)state;
  subject s = {.g = orr_graph_new()};
  orr_graph *g = s.g;
  static double mask[70 * 90];
  for (size_t i = 0; i < 70 * 90; i++) mask[i] = i % 3 == 0;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 70)),
           w = orr_node_parameter(g, "w", ORR_SHAPE_OF(70, 90));
  orr_node unused = orr_node_parameter(g, "unused", ORR_SHAPE_OF(3)),
           strength = orr_node_setting(g, "strength");
  orr_node y = orr_node_masked_linear(g, x, w, orr_node_constant_data(g, ORR_SHAPE_OF(70, 90), mask), 0);
  orr_node folded = orr_node_exp(g, orr_node_constant(g, 0.5));
  orr_node loss = orr_node_add(g, orr_node_mean_all(g, orr_node_sin(g, orr_node_mul(g, y, folded))),
                               orr_node_mul(g, strength, orr_node_sum_all(g, orr_node_square(g, w))));
  want_gradients(&s, orr_node_log1p(g, orr_node_square(g, loss)));
  want(&s, folded, ORR_ROOT_VALUE, 0);
  want(&s, orr_node_rows(g), ORR_ROOT_VALUE, 0);
  want(&s, unused, ORR_ROOT_VALUE, 0);
  fill_subject(&s, 100);
  check(&s, 64, 64, 2e-3);
  check(&s, 9, 100, 2e-3);
  free_subject(&s);
}

/* Without any rows: a penalty alone. */
static void a_graph_may_have_no_rows(void **state) {
  (void)state;
  subject s = {.g = orr_graph_new()};
  orr_node w = orr_node_parameter(s.g, "w", ORR_SHAPE_OF(20, 30));
  want_gradients(&s, orr_node_logsumexp(s.g, orr_node_reshape(s.g, w, ORR_SHAPE_OF(600)), 0, false));
  fill_subject(&s, 2);
  check(&s, 1, 2, 1e-5);
  free_subject(&s);
}

/* Columns of wider tables are read, and written, where they are. */
static void rows_may_be_apart(void **state) {
  (void)state;
  enum { ROWS = 300, WIDE = 11 };
  static double table[ROWS * WIDE], out[ROWS * WIDE];
  orr_graph *g = orr_graph_new();
  orr_program *p;
  orr_error e;
  for (size_t i = 0; i < ROWS * WIDE; i++) table[i] = (double)i, out[i] = -1;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 3));
  orr_root root = {orr_node_sum(g, x, 1, false), ORR_ROOT_ROWS, 0};
  assert_int_equal(orr_program_compile(g, &root, 1, ORR_DOUBLE, 1000, &p, &e), ORR_OK);
  orr_feed feed = {
      .n_rows = ROWS, .inputs = &(orr_rows_in){table + 2, WIDE}, .outputs = &(orr_rows_out){out + 5, WIDE}};
  assert_int_equal(orr_program_run(p, &feed, NULL, &e), ORR_OK);
  for (size_t i = 0; i < ROWS * WIDE; i++) {
    double first = (double)(i - 5 + 2);
    assert_true(out[i] == (i % WIDE == 5 ? 3 * first + 3 : -1));
  }
  orr_program_free(p);
  orr_graph_free(g);
}

static void noise_is_that_of_the_row(void **state) {
  (void)state;
  subject s = {.g = orr_graph_new()};
  orr_graph *g = s.g;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, 6));
  orr_node y = orr_node_dropout(g, orr_node_add(g, x, orr_node_normal(g, ORR_SHAPE_OF(ORR_FREE, 6))),
                                orr_node_setting(g, "rate"));
  want(&s, y, ORR_ROOT_ROWS, 0);
  fill_subject(&s, 300);
  check(&s, 300, 300, 1e-4);
  check(&s, 300, 1000, 1e-4);
  free_subject(&s);
}

/* Random graphs: any mixture of shapes, operators and readers. */
static orr_node random_node(orr_graph *g, orr_random *r, const orr_node *x, size_t n) {
  orr_node a = x[orr_random_below(r, n)], b = x[orr_random_below(r, n)];
  orr_shape sa = orr_shape_of(g, a), sb = orr_shape_of(g, b), out;
  if (!orr_shape_broadcast(&sa, &sb, &out)) b = a;
  int axis = sa.rank ? (int)orr_random_below(r, (uint64_t)sa.rank) : 0;
  switch (orr_random_below(r, 12)) {
  case 0: return orr_node_add(g, a, b);
  case 1: return orr_node_sub(g, a, b);
  case 2: return orr_node_mul(g, orr_node_tanh(g, a), b);
  case 3: return orr_node_maximum(g, a, b);
  case 4: return orr_node_tanh(g, a);
  case 5: return orr_node_sigmoid(g, a);
  case 6: return orr_node_sin(g, a);
  case 7: return orr_node_relu(g, a);
  case 8: return sa.rank ? orr_node_sum(g, orr_node_tanh(g, a), axis, orr_random_below(r, 2)) : a;
  case 9: return sa.rank ? orr_node_mean(g, a, axis, true) : a;
  case 10: return orr_shape_has_rows(&sa) ? orr_node_flatten(g, a) : a;
  default: return orr_node_neg(g, a);
  }
}

static subject random_subject(uint64_t seed) {
  enum { NODES = 40 };
  subject s = {.g = orr_graph_new()};
  orr_graph *g = s.g;
  orr_random r = orr_random_stream(seed, 1, ORR_FOR_TEST);
  orr_node x[8 + NODES] = {
      orr_node_input(g, "a", ORR_SHAPE_OF(ORR_FREE, 3, 5)), orr_node_input(g, "b", ORR_SHAPE_OF(ORR_FREE, 5)),
      orr_node_input(g, "c", ORR_SHAPE_OF(ORR_FREE)),       orr_node_parameter(g, "p", ORR_SHAPE_OF(5)),
      orr_node_parameter(g, "q", ORR_SHAPE_OF(3, 1)),       orr_node_setting(g, "s")};
  size_t n = 6;
  for (; n < 6 + NODES; n++) x[n] = random_node(g, &r, x, n);
  orr_node loss = orr_node_mean_all(g, orr_node_sin(g, x[n - 1]));
  for (size_t i = n - 4; i < n - 1; i++) loss = orr_node_add(g, loss, orr_node_mean_all(g, x[i]));
  want_gradients(&s, loss);
  size_t outputs = 0;
  for (size_t i = 6; i < n && outputs < 4; i++) {
    orr_shape shape = orr_shape_of(g, x[i]);
    if (orr_shape_has_rows(&shape) && orr_shape_size(&shape, 1) < 100 && orr_random_below(&r, 4) == 0)
      want(&s, x[i], ORR_ROOT_ROWS, 0), outputs++;
  }
  fill_subject(&s, 80);
  return s;
}

static void random_graphs_are_computed(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 150; seed++) {
    subject s = random_subject(seed);
    run_plain(&s, NULL, 70, &expected);
    run_program(&s, NULL, 70, 80, ORR_DOUBLE, NULL, &found);
    compare(&found, &expected, 1e-9);
    free_subject(&s);
  }
}

static void steps_allocate_nothing(void **state) {
  (void)state;
  subject s = make_network();
  orr_program *p;
  orr_pool *pool;
  static results again;
  assert_int_equal(orr_pool_new(2, &pool, NULL), ORR_OK);
  assert_int_equal(orr_program_compile(s.g, s.roots, s.n_roots, ORR_DOUBLE, 200, &p, NULL), ORR_OK);
  run_again(p, &s, NULL, 200, ORR_DOUBLE, pool, &found);
  orr_memory_fail_after(0);
  run_again(p, &s, NULL, 200, ORR_DOUBLE, pool, &again);
  orr_memory_fail_after(-1);
  assert_memory_equal(&found, &again, sizeof found);
  orr_program_free(p);
  orr_pool_free(pool);
  free_subject(&s);
}

static void no_memory_is_an_error(void **state) {
  (void)state;
  subject s = make_network();
  orr_program *p;
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status; after++) {
    orr_memory_fail_after(after);
    status = orr_program_compile(s.g, s.roots, s.n_roots, ORR_SINGLE, 64, &p, NULL);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    if (status) assert_null(p);
  }
  assert_true(after > 2);
  orr_program_free(p);
  orr_program_free(NULL);
  free_subject(&s);
}

static void wrong_use_is_said(void **state) {
  (void)state;
  subject s = make_network();
  orr_program *p;
  orr_error e;
  orr_root with_rows = {orr_graph_input(s.g, 0), ORR_ROOT_VALUE, 0};
  orr_root outside = {orr_graph_parameter(s.g, 0), ORR_ROOT_GRADIENT, orr_graph_slab(s.g)};
  assert_int_equal(orr_program_compile(s.g, &with_rows, 1, ORR_SINGLE, 8, &p, &e), ORR_SHAPE);
  assert_string_equal(e.message,
                      "input [rows, 5] has rows, and is asked for as a result without them; reduce it "
                      "over the batch");
  assert_int_equal(orr_program_compile(s.g, &outside, 1, ORR_SINGLE, 8, &p, &e), ORR_SHAPE);
  assert_int_equal(orr_program_compile(s.g, s.roots, s.n_roots, ORR_SINGLE, 0, &p, &e), ORR_SHAPE);
  assert_int_equal(orr_program_compile(s.g, s.roots, s.n_roots, ORR_DOUBLE, 8, &p, &e), ORR_OK);
  assert_int_equal(orr_program_run(p, &(orr_feed){.n_rows = 9}, NULL, &e), ORR_SHAPE);
  assert_string_equal(e.message, "a batch of 9 rows for a program of 1 to 8");
  assert_int_equal(orr_program_run(p, &(orr_feed){.n_rows = 0}, NULL, &e), ORR_SHAPE);
  assert_int_equal(orr_program_run(p, &(orr_feed){.n_rows = 8}, NULL, &e), ORR_USAGE);
  assert_string_equal(e.message, "the program is run without parameters");
  orr_program_free(p);
  free_subject(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_network_is_computed),      cmocka_unit_test(bits_do_not_depend_on_threads),
      cmocka_unit_test(broadcasts_are_spread),      cmocka_unit_test(rows_are_gone_through_again),
      cmocka_unit_test(whole_nodes_are_computed),   cmocka_unit_test(noise_is_that_of_the_row),
      cmocka_unit_test(random_graphs_are_computed), cmocka_unit_test(steps_allocate_nothing),
      cmocka_unit_test(no_memory_is_an_error),      cmocka_unit_test(wrong_use_is_said),
      cmocka_unit_test(a_graph_may_have_no_rows),   cmocka_unit_test(rows_may_be_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
