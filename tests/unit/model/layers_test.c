/* Layers: what they compute by hand, how their parameters begin, that errors of shape name the layer, and that
 * descriptions from a file are not believed. */
#include "tests/unit/model/network_fixture.h"

#include "grad/nodes.h"
#include "grad/plain.h"
#include "model/layers.h"

/* A network on x[rows,width], and its values by the plain interpreter. */
typedef struct net {
  orr_layers l;
  orr_node x;
  orr_arena arena;
  double *parameters;
} net;

static net net_of(int width) {
  net n = {.l = {.graph = orr_graph_new()}};
  n.x = orr_node_input(n.l.graph, "x", ORR_SHAPE_OF(ORR_FREE, width));
  return n;
}

static void begin(net *n, uint64_t seed) {
  size_t size = orr_graph_slab(n->l.graph);
  float *first = calloc(size + 1, sizeof *first);
  void *slab;
  OK(orr_graph_check(n->l.graph, e));
  orr_layers_begin(&n->l, seed, first);
  OK(orr_arena_take(&n->arena, size + 1, sizeof(double), &slab, e));
  n->parameters = slab;
  for (size_t i = 0; i < size; i++) n->parameters[i] = (double)first[i];
  free(first);
}

static double *values(net *n, orr_node y, const double *x, size_t rows, double setting) {
  double settings[4] = {setting, setting, setting, setting}, *out;
  orr_plain_feed feed = {rows, &x, n->parameters, settings, 3, 1};
  OK(orr_plain_evaluate(n->l.graph, &feed, &y, 1, &out, &n->arena, e));
  return out;
}

static void end(net *n) {
  orr_graph *g = n->l.graph;
  orr_layers_fini(&n->l);
  orr_graph_free(g);
  orr_arena_fini(&n->arena);
}

static void a_linear_layer_multiplies_and_adds(void **state) {
  (void)state;
  net n = net_of(2);
  orr_node y = orr_layer_linear(&n.l, n.x, 3, ORR_GLOROT);
  begin(&n, 1);
  const double w[] = {1, 2, 3, 4, 5, 6, 0.5, -0.5, 1}, x[] = {1, 10, -1, 2};
  memcpy(n.parameters, w, sizeof w);
  const double *out = values(&n, y, x, 2, 0), wanted[] = {41.5, 51.5, 64, 7.5, 7.5, 10};
  for (int i = 0; i < 6; i++) is_near(out[i], wanted[i], 1e-12);
  end(&n);
}

static void weights_begin_as_their_papers_say(void **state) {
  (void)state;
  net n = net_of(200);
  orr_layer_linear(&n.l, n.x, 100, ORR_HE);
  orr_layer_linear(&n.l, n.x, 100, ORR_GLOROT);
  orr_layer_linear(&n.l, n.x, 100, ORR_STILL);
  begin(&n, 1);
  double sum[3] = {0}, most = 0;
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 20000; i++) {
      double w = n.parameters[k * 20100 + i];
      sum[k] += w * w / 20000;
      if (k == 1) most = fmax(most, fabs(w));
    }
  is_near(sum[0], 2.0 / 200, 3e-4);
  is_near(sum[1], 2.0 / 300, 2e-4);
  is_near(most, sqrt(6.0 / 300), 1e-3);
  assert_true(most <= sqrt(6.0 / 300));
  assert_true(sum[2] == 0);
  end(&n);
}

static void a_further_layer_changes_no_other_and_seeds_differ(void **state) {
  (void)state;
  net a = net_of(5), b = net_of(5), c = net_of(5);
  orr_layer_linear(&a.l, a.x, 7, ORR_HE);
  orr_layer_linear(&b.l, orr_layer_linear(&b.l, b.x, 7, ORR_HE), 2, ORR_HE);
  orr_layer_linear(&c.l, c.x, 7, ORR_HE);
  begin(&a, 1), begin(&b, 1), begin(&c, 2);
  assert_memory_equal(a.parameters, b.parameters, 42 * sizeof(double));
  assert_true(memcmp(a.parameters, c.parameters, 42 * sizeof(double)) != 0);
  end(&a), end(&b), end(&c);
}

static void masked_weights_see_nothing(void **state) {
  (void)state;
  net n = net_of(2);
  orr_node y = orr_layer_masked_linear(&n.l, n.x, 2, (const double[]){1, 0, 1, 1}, ORR_HE);
  begin(&n, 1);
  const double x[] = {1, 1, 5, 1};
  const double *out = values(&n, y, x, 2, 0);
  is_near(out[1], out[3], 1e-15); /* the second unit does not see the first column */
  assert_true(fabs(out[0] - out[2]) > 1e-3);
  end(&n);
}

static void dropout_is_for_training_only(void **state) {
  (void)state;
  net n = net_of(50);
  orr_node y = orr_layer_dropout(&n.l, n.x, 0.25);
  assert_int_equal(orr_layer_dropout(&n.l, n.x, 0), n.x);
  begin(&n, 1);
  static double x[2000];
  double sum = 0, zeros = 0;
  for (int i = 0; i < 2000; i++) x[i] = 1;
  const double *out = values(&n, y, x, 40, 0);
  for (int i = 0; i < 2000; i++) assert_true(out[i] == 1);
  out = values(&n, y, x, 40, 1);
  for (int i = 0; i < 2000; i++) sum += out[i] / 2000, zeros += out[i] == 0;
  is_near(sum, 1, 0.05);
  is_near(zeros / 2000, 0.25, 0.04);
  end(&n);
}

static void layer_norm_and_squash_scale_rows(void **state) {
  (void)state;
  net n = net_of(4);
  orr_node y = orr_layer_norm(&n.l, n.x), s = orr_layer_squash(&n.l, n.x, 3);
  begin(&n, 1);
  const double x[] = {1, 2, 3, 4, -1e9, 0, 3, 0.01};
  const double *out = values(&n, y, x, 2, 0);
  is_near(out[0], -1.5 / sqrt(1.25 + 1e-5), 1e-9);
  is_near(out[0] + out[1] + out[2] + out[3], 0, 1e-12);
  out = values(&n, s, x, 2, 0) + 4;
  is_near(out[0], -3, 1e-9);
  is_near(out[2], 3 / sqrt(2), 1e-12);
  is_near(out[3], 0.01, 1e-7);
  end(&n);
}

static void a_residual_block_begins_near_the_identity(void **state) {
  (void)state;
  net n = net_of(16);
  orr_node y = orr_layer_residual(&n.l, n.x, 32, ORR_SILU, 0.5, true);
  begin(&n, 1);
  double x[16], far = 0;
  for (int i = 0; i < 16; i++) x[i] = (i % 5) - 2.0;
  const double *out = values(&n, y, x, 1, 0);
  for (int i = 0; i < 16; i++) far = fmax(far, fabs(out[i] - x[i]));
  assert_true(far > 1e-6 && far < 0.5);
  end(&n);
}

static void embeddings_take_rows_of_their_tables(void **state) {
  (void)state;
  net n = net_of(2);
  orr_node y = orr_layer_embedding(&n.l, n.x, (const int[]){3, 2}, 4);
  begin(&n, 1);
  const double x[] = {2, 0, 0, 1};
  const double *out = values(&n, y, x, 2, 0), *second = n.parameters + 12;
  assert_memory_equal(out, n.parameters + 8, 4 * sizeof *out);
  assert_memory_equal(out + 4, second, 4 * sizeof *out);
  assert_memory_equal(out + 8, n.parameters, 4 * sizeof *out);
  assert_memory_equal(out + 12, second + 4, 4 * sizeof *out);
  for (int i = 0; i < 4; i++) assert_true(n.parameters[i] == 0 && second[i] == 0 && second[4 + i] != 0);
  end(&n);
}

static const orr_layer line[] = {
    {.kind = ORR_SQUASH, .rate = 3},
    {.kind = ORR_LINEAR, .width = 6},
    {.kind = ORR_LAYER_NORM},
    {.kind = ORR_ACTIVATION, .activation = ORR_GELU},
    {.kind = ORR_DROPOUT, .rate = 0.1},
    {.kind = ORR_RESIDUAL, .width = 5, .activation = ORR_TANH, .rate = 0.2, .norm = true},
    {.kind = ORR_LINEAR, .width = 2}};
enum { LINE = sizeof line / sizeof *line };

static void the_same_layers_again_share_their_parameters(void **state) {
  (void)state;
  net n = net_of(3);
  orr_node y = orr_layers_sequence(&n.l, line, LINE, n.x);
  size_t made = orr_graph_parameters(n.l.graph);
  n.l.again = true;
  n.l.taken = 0;
  orr_node z = orr_layers_sequence(&n.l, line, LINE, orr_node_neg(n.l.graph, n.x));
  assert_int_equal(orr_graph_parameters(n.l.graph), made);
  begin(&n, 4);
  const double x[] = {0.5, -1, 2}, minus[] = {-0.5, 1, -2};
  const double *a = values(&n, y, minus, 1, 0), *b = values(&n, z, x, 1, 0);
  for (int i = 0; i < 2; i++) is_near(a[i], b[i], 1e-12);
  end(&n);
}

static void errors_of_shape_name_the_layer(void **state) {
  (void)state;
  net n = net_of(3);
  static const orr_layer bad[] = {{.kind = ORR_LINEAR, .width = 6}, {.kind = ORR_LINEAR, .width = 0}};
  assert_int_equal(orr_layers_sequence(&n.l, bad, 2, n.x), 0);
  REFUSED(orr_graph_check(n.l.graph, e), "layer 2, linear 0");
  end(&n);
  n = net_of(3);
  orr_layer_linear(
      &n.l, orr_node_reshape(n.l.graph, orr_node_slice(n.l.graph, n.x, 1, 0, 1), ORR_SHAPE_OF(ORR_FREE)), 4,
      ORR_HE);
  REFUSED(orr_graph_check(n.l.graph, e), "linear 4: takes [rows, …, inputs], not [rows]");
  end(&n);
}

static void descriptions_come_back(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_layer *back;
  size_t n;
  orr_json *written = orr_layers_to_json(line, LINE), *j;
  orr_text text = {0};
  OK(orr_json_print(written, false, &text, e));
  OK(orr_json_parse(text.data, strlen(text.data), &j, e));
  OK(orr_layers_from_json(j, &arena, &back, &n, e));
  assert_int_equal(n, LINE);
  for (size_t i = 0; i < n; i++) {
    assert_int_equal(back[i].kind, line[i].kind);
    assert_int_equal(back[i].width, line[i].width);
    assert_int_equal(back[i].activation, line[i].activation);
    assert_true(back[i].rate == line[i].rate && back[i].norm == line[i].norm);
  }
  orr_text_fini(&text);
  orr_json_free(written);
  orr_json_free(j);
  orr_arena_fini(&arena);
}

static void descriptions_are_not_believed(void **state) {
  (void)state;
  static const char *const bad[] = {
      "{}",
      "[]",
      "[1]",
      "[{}]",
      "[{\"layer\":\"convolution\"}]",
      "[{\"layer\":\"linear\"}]",
      "[{\"layer\":\"linear\",\"width\":0}]",
      "[{\"layer\":\"linear\",\"width\":1.5}]",
      "[{\"layer\":\"linear\",\"width\":1e300}]",
      "[{\"layer\":\"dropout\",\"rate\":1}]",
      "[{\"layer\":\"dropout\"}]",
      "[{\"layer\":\"squash\",\"bound\":0}]",
      "[{\"layer\":\"residual\",\"width\":4,\"rate\":0,\"activation\":\"step\"}]"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_arena arena = {0};
    orr_layer *list;
    orr_json *j;
    size_t n;
    OK(orr_json_parse(bad[i], strlen(bad[i]), &j, e));
    if (orr_layers_from_json(j, &arena, &list, &n, NULL) != ORR_DATA) fail_msg("believed %s", bad[i]);
    orr_json_free(j);
    orr_arena_fini(&arena);
  }
}

static void activations_have_names(void **state) {
  (void)state;
  orr_activation a;
  OK(orr_activation_find("gelu", &a, e));
  assert_int_equal(a, ORR_GELU);
  assert_string_equal(orr_activation_name(ORR_SOFTPLUS), "softplus");
  REFUSED(orr_activation_find("sillu", &a, e), "did you mean 'silu'");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_linear_layer_multiplies_and_adds),
      cmocka_unit_test(weights_begin_as_their_papers_say),
      cmocka_unit_test(a_further_layer_changes_no_other_and_seeds_differ),
      cmocka_unit_test(masked_weights_see_nothing),
      cmocka_unit_test(dropout_is_for_training_only),
      cmocka_unit_test(layer_norm_and_squash_scale_rows),
      cmocka_unit_test(a_residual_block_begins_near_the_identity),
      cmocka_unit_test(embeddings_take_rows_of_their_tables),
      cmocka_unit_test(the_same_layers_again_share_their_parameters),
      cmocka_unit_test(errors_of_shape_name_the_layer),
      cmocka_unit_test(descriptions_come_back),
      cmocka_unit_test(descriptions_are_not_believed),
      cmocka_unit_test(activations_have_names),
  };
  orr_linear_init();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
