/* Every row of the operators' table: nothing of it missing; kernels in double
 * and float against the plain reference, on odd shapes, in place, and in two
 * parts combined; first and second derivative against finite differences. */
#include "trial.h"

static const size_t all_rows[] = {1, 3, 7, 65};

/* --- The trials of an operator ------------------------------------------- */

enum { F = ORR_FREE };

/* Shapes to broadcast, for up to three inputs. */
static const orr_shape patterns[][3] = {
    {{2, {F, 3}}, {2, {F, 3}}, {2, {F, 3}}},
    {{2, {F, 3}}, {1, {3}}, {2, {F, 1}}},
    {{1, {3}}, {2, {F, 3}}, {0}},
    {{2, {F, 1}}, {2, {F, 3}}, {1, {3}}},
    {{1, {F}}, {2, {F, 3}}, {1, {F}}},
    {{2, {1, 3}}, {2, {F, 1}}, {1, {1}}},
    {{2, {5, 1}}, {2, {1, 3}}, {0}},
    {{0}, {4, {F, 2, 1, 3}}, {2, {2, 1}}},
    {{4, {2, 1, 3, 2}}, {0}, {1, {2}}},
};

static orr_node elementwise_trial(orr_graph *g, const orr_operator *op, int number) {
  orr_node in[3];
  if ((size_t)number >= sizeof patterns / sizeof *patterns) return 0;
  for (int k = 0; k < op->arity; k++) {
    const orr_range *r = &op->range[k];
    in[k] = orr_node_trial(g, patterns[number][k], r->low, r->high, r->whole);
  }
  return orr_graph_apply(g, op, in, op->arity, NULL);
}

static bool start(trial *t, const orr_operator *op, int number, size_t rows) {
  *t = (trial){.g = orr_graph_new(), .rows = rows, .seed = (uint64_t)number + 1, .step = 5};
  t->y = op->trial ? op->trial(t->g, number) : elementwise_trial(t->g, op, number);
  sound(t->g);
  if (t->y) assert_ptr_equal(orr_graph_at(t->g, t->y)->op, op);
  if (t->y) return true;
  end_trial(t);
  return false;
}

/* --- Completeness -------------------------------------------------------- */

static void a_row_is_complete(const orr_operator *op) {
  assert_non_null(op->name);
  if (op->class == ORR_LEAF) {
    assert_non_null(op->shape);
    return;
  }
  assert_non_null(op->derivative);
  if (op->class != ORR_ELEMENTWISE) assert_non_null(op->shape);
  if (op->class != ORR_ELEMENTWISE) assert_non_null(op->trial);
  if (op->class == ORR_KERNEL) assert_true(op->run_f32 && op->run_f64 && op->plain);
  if (op->class != ORR_ELEMENTWISE) return;
  assert_true(op->vector_f32 && op->vector_f64 && op->scalar);
  for (int k = 0; k < op->arity && !op->trial; k++) assert_true(op->range[k].low < op->range[k].high);
}

/* --- Kernels against the reference --------------------------------------- */

/* Against the size of each element; sums in single precision against that of the largest. */
static void assert_close(const trial *t, const double *got, const double *reference, size_t n,
                         double tolerance) {
  double most = 1;
  bool sums = orr_graph_at(t->g, t->y)->op->class == ORR_KERNEL && tolerance > 1e-6;
  for (size_t i = 0; sums && i < n; i++) most = fmax(most, fabs(reference[i]));
  for (size_t i = 0; i < n; i++) {
    bool same = (isnan(got[i]) && isnan(reference[i])) ||
                fabs(got[i] - reference[i]) <= tolerance * fmax(most, fabs(reference[i]));
    if (!same)
      fail_msg("%s, %zu rows, element %zu of %zu: %.17g is not %.17g", orr_graph_at(t->g, t->y)->op->name,
               t->rows, i, n, got[i], reference[i]);
  }
}

static orr_tensor tensor_of(const trial *t, orr_node n, void *x) {
  orr_shape s = orr_shape_of(t->g, n);
  orr_tensor out = {.rank = s.rank, .x = x};
  for (int i = 0; i < s.rank; i++) out.dim[i] = s.dim[i] == ORR_FREE ? t->rows : (size_t)s.dim[i];
  return out;
}

static void *take(trial *t, size_t n) {
  void *x;
  assert_int_equal(orr_arena_take(&t->arena, n + 1, sizeof(double), &x, NULL), ORR_OK);
  return x;
}

static float *as_floats(trial *t, const double *x, size_t n) {
  float *y = take(t, n);
  for (size_t i = 0; i < n; i++) y[i] = (float)x[i];
  return y;
}

static double *as_doubles(trial *t, const float *x, size_t n) {
  double *y = take(t, n);
  for (size_t i = 0; i < n; i++) y[i] = (double)x[i];
  return y;
}

/* Input k of an elementwise node, stretched to its shape. */
static double *stretched(trial *t, int k, const double *x) {
  orr_shape s = orr_shape_of(t->g, t->y), in = orr_shape_of(t->g, orr_input_of(t->g, t->y, k));
  orr_tensor out = tensor_of(t, t->y, NULL);
  size_t stride[ORR_MOST_RANK], i[ORR_MOST_RANK] = {0}, n = 0;
  double *y = take(t, orr_tensor_size(&out));
  orr_shape_strides(&in, &s, t->rows, stride);
  do y[n++] = x[i[0] * stride[0] + i[1] * stride[1] + i[2] * stride[2] + i[3] * stride[3]];
  while (orr_tensor_next(&out, i));
  return y;
}

static void vectors_match(trial *t, const double *reference) {
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  size_t n = size_of(t, t->y);
  double *in[3] = {0}, *y = take(t, n);
  float *narrow[3] = {0}, *z = take(t, n);
  for (int k = 0; k < v->n_inputs; k++) {
    in[k] = stretched(t, k, evaluated(t, v->input[k], &t->arena));
    narrow[k] = as_floats(t, in[k], n);
  }
  v->op->vector_f64(n, in[0], in[1], in[2], y);
  assert_close(t, y, reference, n, 1e-12);
  v->op->vector_f32(n, narrow[0], narrow[1], narrow[2], z);
  assert_close(t, as_doubles(t, z, n), reference, n, 1e-5);
  v->op->vector_f64(n, in[0], in[1], in[2], in[0]);
  assert_memory_equal(in[0], y, n * sizeof *y);
  v->op->vector_f32(n, narrow[0], narrow[1], narrow[2], narrow[0]);
  assert_memory_equal(narrow[0], z, n * sizeof *z);
}

/* Calls the kernel on rows `from` … `to` of the inputs that have rows. */
static void call(trial *t, orr_kernel_fn run, size_t size, void *const *in, void *out, size_t from, size_t to,
                 bool accumulate) {
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  orr_kernel_call c = {
      .node = v, .accumulate = accumulate, .seed = t->seed, .step = t->step, .first_row = from};
  for (int k = -1; k < v->n_inputs; k++) {
    orr_tensor *x = k < 0 ? &c.out : &c.in[k];
    orr_shape s = orr_shape_of(t->g, k < 0 ? t->y : v->input[k]);
    *x = tensor_of(t, k < 0 ? t->y : v->input[k], k < 0 ? out : in[k]);
    if (!orr_shape_has_rows(&s)) continue;
    x->x = (char *)x->x + from * orr_tensor_size(x) / t->rows * size;
    x->dim[0] = to - from;
  }
  run(&c);
}

/* The whole at once; again in two parts: the same bits where rows stand alone, and combined where they do not. */
static void kernel_matches(trial *t, orr_kernel_fn run, size_t size, void *const *in, const double *reference,
                           double tolerance) {
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  size_t n = size_of(t, t->y), cut = t->rows / 3;
  void *whole = take(t, n), *parts = take(t, n);
  memset(whole, 0xff, n * size);
  call(t, run, size, in, whole, 0, t->rows, false);
  assert_close(t, size == 8 ? whole : as_doubles(t, whole, n), reference, n, tolerance);
  bool has_rows = orr_shape_has_rows(&v->shape);
  if (!cut || !(has_rows || v->op->combine)) return;
  memset(parts, 0xff, n * size);
  call(t, run, size, in, parts, 0, cut, false);
  call(t, run, size, in, parts, cut, t->rows, !has_rows);
  bool blas = strstr(v->op->name, "mat") || !strcmp(v->op->name, "linear");
  if (has_rows && !blas) assert_memory_equal(whole, parts, n * size);
  else assert_close(t, size == 8 ? parts : as_doubles(t, parts, n), reference, n, tolerance);
}

static bool any_rows(const trial *t) {
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  for (int k = 0; k < v->n_inputs; k++) {
    orr_shape s = orr_shape_of(t->g, v->input[k]);
    if (orr_shape_has_rows(&s)) return true;
  }
  return orr_shape_has_rows(&v->shape);
}

static void kernels_match(trial *t, const double *reference) {
  const orr_vertex *v = orr_graph_at(t->g, t->y);
  void *in[ORR_MOST_INPUTS], *narrow[ORR_MOST_INPUTS];
  for (int k = 0; k < v->n_inputs; k++) {
    in[k] = evaluated(t, v->input[k], &t->arena);
    narrow[k] = as_floats(t, in[k], size_of(t, v->input[k]));
  }
  size_t rows = t->rows;
  if (!any_rows(t)) t->rows = 1;
  kernel_matches(t, v->op->run_f64, sizeof(double), in, reference, 1e-12);
  kernel_matches(t, v->op->run_f32, sizeof(float), narrow, reference, 1e-5);
  t->rows = rows;
}

static void forward_matches(const orr_operator *op, trial *t) {
  double *reference = evaluated(t, t->y, &t->arena);
  if (op->class == ORR_ELEMENTWISE) vectors_match(t, reference);
  if (op->class == ORR_KERNEL) kernels_match(t, reference);
}

/* --- Derivatives against central differences ----------------------------- */

/* Σ weight y, the weights' node making it. */
static double weighed(trial *t, orr_node y, const double *weight) {
  orr_arena scratch = {0};
  double *value = evaluated(t, y, &scratch), sum = 0;
  for (size_t i = 0; i < size_of(t, y); i++) sum += weight[i] * value[i];
  orr_arena_fini(&scratch);
  return sum;
}

/* d/dx of Σ weight y by the five-point formula. */
static double difference(trial *t, orr_node y, const double *weight, double *x) {
  double at = *x, step = 1e-4, f[4];
  for (int j = 0; j < 4; j++) {
    *x = at + step * (double[]){-2, -1, 1, 2}[j];
    f[j] = weighed(t, y, weight);
  }
  *x = at;
  return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * step);
}

static void derivative_matches(trial *t, const char *what, orr_node y, const double *weight, orr_node leaf,
                               orr_node dx) {
  double *x = leaf_values(t, leaf), *got = evaluated(t, dx, &t->arena);
  size_t n = size_of(t, leaf), probes = t->rows > 7 ? 3 : 10, step = n <= probes ? 1 : n / probes;
  for (size_t i = 0; i < n; i += step) {
    double expected = difference(t, y, weight, &x[i]);
    if (!(fabs(got[i] - expected) <= 1e-7 * fmax(1, fabs(expected))))
      fail_msg("%s, %s derivative, %zu rows, leaf %u, element %zu of %zu: %.12g is not %.12g",
               orr_graph_at(t->g, t->y)->op->name, what, t->rows, leaf, i, n, got[i], expected);
  }
}

/* The leaves that y's derivative is taken by. */
static size_t real_leaves(const trial *t, orr_node *leaves) {
  size_t n = 0;
  for (orr_node i = 1; i <= t->y; i++) {
    const orr_vertex *v = orr_graph_at(t->g, i);
    bool leaf = v->op == &orr_operator_input || v->op == &orr_operator_parameter;
    if (leaf && v->attributes.value[2] == 0) leaves[n++] = i;
  }
  return n;
}

static void derivatives_match(const orr_operator *op, trial *t) {
  orr_node leaves[MOST_LEAVES], dx[MOST_LEAVES], second[MOST_LEAVES];
  size_t n = real_leaves(t, leaves);
  orr_node weight = orr_node_trial(t->g, orr_shape_of(t->g, t->y), -1, 1, false);
  orr_differentiate(t->g, t->y, weight, leaves, n, dx);
  orr_node total = orr_node_constant(t->g, 0);
  for (size_t i = 0; i < n; i++) {
    orr_node across = orr_node_trial(t->g, orr_shape_of(t->g, dx[i]), -1, 1, false);
    total = orr_node_add(t->g, total, orr_node_sum_all(t->g, orr_node_mul(t->g, across, dx[i])));
  }
  leaves[n] = weight;
  orr_differentiate(t->g, total, 0, leaves, n + 1, second);
  sound(t->g);
  fill_leaves(t, op->range);
  const double *weights = evaluated(t, weight, &t->arena), one = 1;
  for (size_t i = 0; i < n; i++) derivative_matches(t, "first", t->y, weights, leaves[i], dx[i]);
  for (size_t i = 0; i <= n; i++) derivative_matches(t, "second", total, &one, leaves[i], second[i]);
}

static void an_operator_holds(void **state) {
  const orr_operator *op = *state;
  a_row_is_complete(op);
  if (op->class == ORR_LEAF) return;
  int trials = 0;
  for (size_t r = 0; r < sizeof all_rows / sizeof *all_rows; r++) {
    trial t;
    for (int number = 0; start(&t, op, number, all_rows[r]); number++, trials++) {
      fill_leaves(&t, op->range);
      forward_matches(op, &t);
      bool stops = op == &orr_operator_stop_gradient || op == &orr_operator_noise;
      if (!stops) derivatives_match(op, &t);
      end_trial(&t);
    }
  }
  assert_true(trials > 0);
}

int main(void) {
  static struct CMUnitTest tests[200];
  assert_true(orr_operator_count <= 200);
  for (size_t i = 0; i < orr_operator_count; i++)
    tests[i] = (struct CMUnitTest){.name = orr_operators[i]->name,
                                   .test_func = an_operator_holds,
                                   .initial_state = (void *)(uintptr_t)orr_operators[i]};
  return _cmocka_run_group_tests("operators", tests, orr_operator_count, NULL, NULL);
}
