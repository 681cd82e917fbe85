/* Differentiation of whole graphs: known derivatives, gradients through shared
 * and broadcast nodes, per-row derivatives and their derivatives, a small net
 * against finite differences, and a physics residual's gradient. */
#include "trial.h"

enum { F = ORR_FREE };

static trial begin(size_t rows) { return (trial){.g = orr_graph_new(), .rows = rows, .seed = 11}; }

static void expect(trial *t, orr_node n, const double *expected, size_t count) {
  const double *x = evaluated(t, n, &t->arena);
  assert_int_equal(size_of(t, n), count);
  for (size_t i = 0; i < count; i++)
    if (!(fabs(x[i] - expected[i]) < 1e-12))
      fail_msg("element %zu: %.15g is not %.15g", i, x[i], expected[i]);
}

/* d/dx sin(x²) = 2x cos(x²), and so on up to the third derivative. */
static void derivatives_of_derivatives_are_known(void **state) {
  trial t = begin(4);
  double in[] = {-1.5, -0.2, 0.4, 1.1}, out[3][4];
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F, 1)), y = orr_node_sin(t.g, orr_node_square(t.g, x));
  t.inputs[0] = in;
  for (int i = 0; i < 4; i++) {
    double v = in[i], s = sin(v * v), c = cos(v * v);
    out[0][i] = 2 * v * c, out[1][i] = 2 * c - 4 * v * v * s, out[2][i] = -12 * v * s - 8 * v * v * v * c;
  }
  for (int order = 0; order < 3; order++) {
    y = orr_gradient(t.g, y, x);
    sound(t.g);
    expect(&t, y, out[order], 4);
  }
  end_trial(&t);
}

/* y = x·x + x: both uses count. By a whole scale, the batch is summed over. */
static void uses_add_up_and_broadcasts_are_summed_back(void **state) {
  trial t = begin(2);
  double in[] = {1, 2, 3, 4, 5, 6}, scale[] = {10, 20, 30};
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F, 3)),
           s = orr_node_parameter(t.g, "s", ORR_SHAPE_OF(3));
  t.inputs[0] = in, t.parameters = scale;
  orr_node y = orr_node_mul(t.g, orr_node_add(t.g, orr_node_mul(t.g, x, x), x), s), d[2];
  orr_differentiate(t.g, y, 0, (orr_node[]){x, s}, 2, d);
  sound(t.g);
  expect(&t, d[0], (double[]){30, 100, 210, 90, 220, 390}, 6);
  expect(&t, d[1], (double[]){1 + 1 + 16 + 4, 4 + 2 + 25 + 5, 9 + 3 + 36 + 6}, 3);
  end_trial(&t);
}

static void what_does_not_depend_is_zero(void **state) {
  trial t = begin(2);
  double in[] = {1, 2}, zero[2] = {0};
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F)), y = orr_node_input(t.g, "y", ORR_SHAPE_OF(F));
  t.inputs[0] = t.inputs[1] = in;
  expect(&t, orr_gradient(t.g, orr_node_exp(t.g, x), y), zero, 2);
  expect(&t, orr_gradient(t.g, x, orr_node_exp(t.g, x)), zero, 2);
  expect(&t, orr_gradient(t.g, orr_node_floor(t.g, x), x), zero, 2);
  expect(&t, orr_gradient(t.g, orr_node_stop_gradient(t.g, orr_node_exp(t.g, x)), x), zero, 2);
  expect(&t, orr_gradient(t.g, x, x), (double[]){1, 1}, 2);
  end_trial(&t);
}

/* With b = 3a: d(ab)/da is 6a, and b alone where both are variables of their own. */
static void partial_derivatives_hold_the_others_still(void **state) {
  trial t = begin(1);
  double in[] = {2};
  (void)state;
  orr_node a = orr_node_input(t.g, "a", ORR_SHAPE_OF(F)), b = orr_node_scale(t.g, a, 3), d[2];
  t.inputs[0] = in;
  orr_node y = orr_node_mul(t.g, a, b);
  orr_differentiate(t.g, y, 0, (orr_node[]){a, b}, 2, d);
  expect(&t, d[0], (double[]){12}, 1);
  orr_differentiate_partial(t.g, y, 0, (orr_node[]){a, b}, 2, d);
  expect(&t, d[0], (double[]){6}, 1);
  expect(&t, d[1], (double[]){2}, 1);
  end_trial(&t);
}

/* A mean over the batch, and the softmax, logsumexp and norm made of such. */
static void reductions_over_the_batch(void **state) {
  trial t = begin(3);
  double in[] = {1, 2, 4};
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F));
  t.inputs[0] = in;
  double sum = exp(1) + exp(2) + exp(4);
  expect(&t, orr_node_mean(t.g, x, 0, false), (double[]){7.0 / 3}, 1);
  expect(&t, orr_node_logsumexp(t.g, x, 0, false), (double[]){log(sum)}, 1);
  expect(&t, orr_node_softmax(t.g, x, 0), (double[]){exp(1) / sum, exp(2) / sum, exp(4) / sum}, 3);
  expect(&t, orr_node_norm(t.g, x, 0, false), (double[]){sqrt(21)}, 1);
  expect(&t, orr_gradient(t.g, orr_node_max(t.g, x, 0, false), x), (double[]){0, 0, 1}, 3);
  expect(&t, orr_gradient(t.g, orr_node_mean_all(t.g, orr_node_square(t.g, x)), x),
         (double[]){2.0 / 3, 4.0 / 3, 8.0 / 3}, 3);
  sound(t.g);
  end_trial(&t);
}

static void picked_and_tied(void **state) {
  trial t = begin(2);
  double in[] = {3, 3, 1, 0, 5, 5}, index[] = {2, 0};
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F, 3)), i = orr_node_input(t.g, "i", ORR_SHAPE_OF(F));
  t.inputs[0] = in, t.inputs[1] = index;
  expect(&t, orr_node_pick(t.g, x, i), (double[]){1, 0}, 2);
  expect(&t, orr_gradient(t.g, orr_node_max(t.g, x, 1, false), x), (double[]){0.5, 0.5, 0, 0, 0.5, 0.5}, 6);
  sound(t.g);
  end_trial(&t);
}

/* --- Larger graphs against finite differences ---------------------------- */

static void gradient_matches(trial *t, orr_node loss, orr_node parameter) {
  orr_node gradient = orr_gradient(t->g, loss, parameter);
  sound(t->g);
  double *w = leaf_values(t, parameter), *got = evaluated(t, gradient, &t->arena);
  for (size_t i = 0; i < size_of(t, parameter); i++) {
    double at = w[i], f[2], step = 1e-5;
    for (int side = 0; side < 2; side++) {
      w[i] = at + (side ? step : -step);
      f[side] = *evaluated(t, loss, &t->arena);
    }
    w[i] = at;
    double expected = (f[1] - f[0]) / (2 * step);
    if (!(fabs(got[i] - expected) < 1e-7 * (1 + fabs(expected))))
      fail_msg("%zu: %g is not %g", i, got[i], expected);
  }
}

static orr_node weights(orr_graph *g, int32_t a, int32_t b) {
  return orr_node_trial(g, b ? ORR_SHAPE_OF(a, b) : ORR_SHAPE_OF(a), -1, 1, false);
}

static void a_net_with_everything_in_it(void **state) {
  trial t = begin(9);
  orr_graph *g = t.g;
  (void)state;
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(F, 6, 5, 2), -1, 1, false);
  orr_node kernel = weights(g, 3 * 3 * 2, 4), w = weights(g, 2 * 3 * 4, 6), b = weights(g, 6, 0),
           table = weights(g, 3, 2);
  orr_node index = orr_node_trial(g, ORR_SHAPE_OF(F), 0, 3, true);
  orr_node picture = orr_node_convolution_2d(g, x, kernel, weights(g, 4, 0), (orr_window){3, 3, 2, 2, 0, 1});
  orr_node hidden = orr_node_silu(g, orr_node_linear(g, orr_node_flatten(g, picture), w, b));
  hidden = orr_node_layer_norm(g, hidden, 1e-5);
  hidden = orr_node_concatenate(g, (orr_node[]){hidden, orr_node_gather(g, table, index)}, 2, 1);
  orr_node out = orr_node_log_softmax(g, orr_node_linear(g, hidden, weights(g, 8, 3), 0), 1);
  orr_node loss = orr_node_neg(g, orr_node_mean_all(g, orr_node_pick(g, out, index)));
  fill_leaves(&t, NULL);
  orr_node by[] = {kernel, w, b, table};
  for (size_t i = 0; i < 4; i++) gradient_matches(&t, loss, by[i]);
  end_trial(&t);
}

static void convolutions_and_their_transposes(void **state) {
  trial t = begin(3);
  orr_graph *g = t.g;
  (void)state;
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(F, 9, 2), -1, 1, false), k = weights(g, 3 * 2, 4),
           b = weights(g, 4, 0);
  orr_node code = orr_node_tanh(g, orr_node_convolution_1d(g, x, k, b, 3, 2, 1)), up = weights(g, 4, 3 * 2);
  orr_node back = orr_node_convolution_transpose_1d(g, code, up, weights(g, 2, 0), 3, 2, 1, 9);
  orr_node loss = orr_node_mean_all(g, orr_node_square(g, orr_node_sub(g, back, x)));
  fill_leaves(&t, NULL);
  orr_node by[] = {k, b, up};
  for (size_t i = 0; i < 3; i++) gradient_matches(&t, loss, by[i]);
  end_trial(&t);
}

/* A convolution by hand: the first place, the last, and one that hangs over the edge. */
static void a_convolution_is_what_it_says(void **state) {
  trial t = begin(1);
  double in[] = {1, 2, 3, 4, 5}, w[] = {1, 10, 100, 0.5};
  (void)state;
  orr_node x = orr_node_input(t.g, "x", ORR_SHAPE_OF(F, 5, 1)),
           k = orr_node_parameter(t.g, "k", ORR_SHAPE_OF(3, 1));
  orr_node b = orr_node_parameter(t.g, "b", ORR_SHAPE_OF(1));
  t.inputs[0] = in, t.parameters = w;
  expect(&t, orr_node_convolution_1d(t.g, x, k, b, 3, 1, 0), (double[]){321.5, 432.5, 543.5}, 3);
  expect(&t, orr_node_convolution_1d(t.g, x, k, 0, 3, 2, 1), (double[]){210, 432, 54}, 3);
  end_trial(&t);
}

/* u(t) of a net with u_t and u_tt in the loss: the gradient goes through both. */
static void a_differential_equation_is_a_loss(void **state) {
  trial t = begin(7);
  orr_graph *g = t.g;
  (void)state;
  orr_node time = orr_node_trial(g, ORR_SHAPE_OF(F, 1), 0, 3, false);
  orr_node w1 = weights(g, 1, 8), b1 = weights(g, 8, 0), w2 = weights(g, 8, 1), damping = weights(g, 1, 0);
  orr_node u = orr_node_linear(g, orr_node_tanh(g, orr_node_linear(g, time, w1, b1)), w2, 0);
  orr_node velocity = orr_gradient(g, u, time), acceleration = orr_gradient(g, velocity, time);
  orr_node residual = orr_node_add(g, orr_node_add(g, acceleration, orr_node_mul(g, damping, velocity)),
                                   orr_node_scale(g, u, 4));
  orr_node loss = orr_node_mean_all(g, orr_node_square(g, residual));
  fill_leaves(&t, NULL);
  orr_node by[] = {w1, b1, w2, damping};
  for (size_t i = 0; i < 4; i++) gradient_matches(&t, loss, by[i]);
  end_trial(&t);
}

/* Second derivatives where spline and layer norm have inputs that depend on each other. */
static void dependent_inputs_of_fused_operators(void **state) {
  trial t = begin(5);
  orr_graph *g = t.g;
  (void)state;
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(F, 2), -1.5, 1.5, false), w = weights(g, 2, 22),
           scale = weights(g, 2, 0);
  orr_node raw = orr_node_reshape(g, orr_node_matmul(g, orr_node_tanh(g, x), w), ORR_SHAPE_OF(F, 2, 11));
  orr_node y = orr_node_spline(g, orr_node_mul(g, x, scale), raw, 2, false);
  orr_node slope = orr_gradient(g, orr_node_layer_norm(g, orr_node_flatten(g, y), 0.1), x);
  orr_node loss = orr_node_mean_all(g, orr_node_square(g, orr_node_add(g, slope, orr_gradient(g, y, x))));
  fill_leaves(&t, NULL);
  gradient_matches(&t, loss, w);
  gradient_matches(&t, loss, scale);
  end_trial(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(derivatives_of_derivatives_are_known),
      cmocka_unit_test(uses_add_up_and_broadcasts_are_summed_back),
      cmocka_unit_test(what_does_not_depend_is_zero),
      cmocka_unit_test(partial_derivatives_hold_the_others_still),
      cmocka_unit_test(reductions_over_the_batch),
      cmocka_unit_test(picked_and_tied),
      cmocka_unit_test(a_net_with_everything_in_it),
      cmocka_unit_test(convolutions_and_their_transposes),
      cmocka_unit_test(a_convolution_is_what_it_says),
      cmocka_unit_test(a_differential_equation_is_a_loss),
      cmocka_unit_test(dependent_inputs_of_fused_operators),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
