/* A ten-step loss curve of a small net, by gradients made here, against one
 * computed independently: curve.py beside this file writes the gradients out by
 * hand in NumPy 1.24 and prints the numbers below. */
#include "trial.h"

enum { ROWS = 12, INPUTS = 5, HIDDEN = 7, SLAB = INPUTS * HIDDEN + HIDDEN + HIDDEN + 1, STEPS = 10 };

static const double expected[STEPS + 1] = {
    1.333670855858, 0.865973180864, 0.575681079702, 0.407461807869, 0.315887505211, 0.264924155045,
    0.233506062751, 0.211117383955, 0.192428017704, 0.175569999807, 0.160704124652,
};

static orr_node net_loss(orr_graph *g, orr_node *gradients) {
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, INPUTS));
  orr_node target = orr_node_input(g, "target", ORR_SHAPE_OF(ORR_FREE, 1));
  orr_node w1 = orr_node_parameter(g, "w1", ORR_SHAPE_OF(INPUTS, HIDDEN));
  orr_node b1 = orr_node_parameter(g, "b1", ORR_SHAPE_OF(HIDDEN));
  orr_node w2 = orr_node_parameter(g, "w2", ORR_SHAPE_OF(HIDDEN, 1));
  orr_node b2 = orr_node_parameter(g, "b2", ORR_SHAPE_OF(1));
  orr_node out = orr_node_linear(g, orr_node_tanh(g, orr_node_linear(g, x, w1, b1)), w2, b2);
  orr_node loss = orr_node_mean_all(g, orr_node_square(g, orr_node_sub(g, out, target)));
  orr_differentiate(g, loss, 0, (orr_node[]){w1, b1, w2, b2}, 4, gradients);
  return loss;
}

static void fill(double *x, double *target, double *slab) {
  for (size_t i = 0; i < ROWS * INPUTS; i++) x[i] = sin(1 + (double)i);
  for (size_t i = 0; i < ROWS; i++) target[i] = x[5 * i] * x[5 * i + 1] + 0.5 * x[5 * i + 2];
  for (size_t i = 0; i < SLAB; i++) slab[i] = 0.5 * cos((double)i);
}

typedef struct adam {
  double m[SLAB], v[SLAB];
} adam;

static void adam_step(adam *a, int step, const double *gradient, double *slab) {
  for (size_t i = 0; i < SLAB; i++) {
    a->m[i] = 0.9 * a->m[i] + 0.1 * gradient[i];
    a->v[i] = 0.999 * a->v[i] + 0.001 * gradient[i] * gradient[i];
    double m = a->m[i] / (1 - pow(0.9, step)), v = a->v[i] / (1 - pow(0.999, step));
    slab[i] -= 0.05 * m / (sqrt(v) + 1e-8);
  }
}

static void the_curve_is_the_independent_one(void **state) {
  double x[ROWS * INPUTS], target[ROWS], slab[SLAB], gradient[SLAB];
  trial t = {.g = orr_graph_new(), .rows = ROWS, .parameters = slab, .inputs = {x, target}};
  orr_node parts[4], loss = net_loss(t.g, parts);
  adam a = {0};
  (void)state;
  sound(t.g);
  assert_int_equal(orr_graph_slab(t.g), SLAB);
  fill(x, target, slab);
  for (int step = 1; step <= STEPS + 1; step++) {
    double value = *evaluated(&t, loss, &t.arena);
    if (!(fabs(value - expected[step - 1]) < 1e-10)) fail_msg("step %d: %.12f", step, value);
    for (size_t i = 0, at = 0; i < 4; at += size_of(&t, parts[i++]))
      memcpy(gradient + at, evaluated(&t, parts[i], &t.arena), size_of(&t, parts[i]) * sizeof *gradient);
    adam_step(&a, step, gradient, slab);
  }
  end_trial(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_curve_is_the_independent_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
