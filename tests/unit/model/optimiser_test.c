/* Optimisers against PyTorch's (torch.optim 1.13 in double: five steps of
 * gradient (t/10, -0.3, 0.2/t) + p/2 from (1, -2, 0.5) at rate 0.1), and what is
 * promised beside: bits that do not depend on threads, a state that is all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/memory.h"
#include "base/random.h"
#include "model/optimiser.h"

enum { STEPS = 5, N = 3, MANY = 50001 };

static const double beginning[N] = {1, -2, 0.5};

static void take_steps(orr_optimiser *o, double *p, int first, int end) {
  for (int t = first; t < end; t++) {
    double g[N] = {0.1 * t + 0.5 * p[0], -0.3 + 0.5 * p[1], 0.2 / t + 0.5 * p[2]};
    orr_optimiser_step(o, 0.1, p, g, NULL, NULL);
  }
}

static void take_single_steps(orr_optimiser *o, float *p) {
  for (int t = 1; t <= STEPS; t++) {
    float g[N] = {0.1f * (float)t + 0.5f * p[0], -0.3f + 0.5f * p[1], 0.2f / (float)t + 0.5f * p[2]};
    orr_optimiser_step(o, 0.1, p, g, NULL, NULL);
  }
}

static void check(orr_optimiser_options options, const double expected[N], const double average[N]) {
  double p[N];
  float q[N];
  orr_optimiser *o;
  options.average = 0.9;
  memcpy(p, beginning, sizeof p);
  assert_int_equal(orr_optimiser_new(&options, ORR_DOUBLE, N, p, &o, NULL), ORR_OK);
  take_steps(o, p, 1, STEPS + 1);
  const double *mean = orr_optimiser_average(o);
  for (int i = 0; i < N; i++) assert_true(fabs(p[i] - expected[i]) < 1e-14);
  for (int i = 0; i < N; i++) assert_true(fabs(mean[i] - average[i]) < 1e-14);
  orr_optimiser_free(o);
  for (int i = 0; i < N; i++) q[i] = (float)beginning[i];
  assert_int_equal(orr_optimiser_new(&options, ORR_SINGLE, N, q, &o, NULL), ORR_OK);
  take_single_steps(o, q);
  for (int i = 0; i < N; i++) assert_true(fabs((double)q[i] - expected[i]) < 2e-6);
  orr_optimiser_free(o);
}

static void steps_are_torchs(void **state) {
  (void)state;
  check((orr_optimiser_options){.kind = ORR_SGD},
        (double[]){0.63341337500000006, -1.4118304375000001, 0.34725992708333331},
        (double[]){0.9086382125000001, -1.8407312312500004, 0.45583496145833335});
  check((orr_optimiser_options){.kind = ORR_SGD, .momentum = 0.9, .weight_decay = 0.01},
        (double[]){0.11488985028733889, -0.46505098528866778, 0.078158369812987794},
        (double[]){0.81025174865872385, -1.6537084401347473, 0.40050182396514389});
  check((orr_optimiser_options){.kind = ORR_SGD, .momentum = 0.9, .nesterov = true},
        (double[]){-0.063041476296250093, -0.22144999317062491, 0.023369500267395753},
        (double[]){0.75538595438787504, -1.5632983588133127, 0.37646970760236459});
  check((orr_optimiser_options){.kind = ORR_ADAM, .weight_decay = 0.01},
        (double[]){0.49797890376647813, -1.5021309207534757, 0.037345580462234407},
        (double[]){0.86821448643276167, -1.8689160173462509, 0.375114234736866});
  check(
      (orr_optimiser_options){
          .kind = ORR_ADAMW, .weight_decay = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6},
      (double[]){0.47635380456417381, -1.4590424392337973, 0.039823003801977244},
      (double[]){0.86229251373788973, -1.8570319758664355, 0.37450822246422283});
}

static void long_gradients_are_shortened(void **state) {
  (void)state;
  orr_optimiser *o;
  double p[2] = {0, 0}, norm;
  orr_optimiser_options options = {.kind = ORR_SGD, .clip_norm = 1};
  assert_int_equal(orr_optimiser_new(&options, ORR_DOUBLE, 2, p, &o, NULL), ORR_OK);
  orr_optimiser_step(o, 1, p, (const double[]){3, -4}, NULL, &norm);
  assert_true(fabs(norm - 5) < 1e-15 && fabs(p[0] + 0.6) < 1e-15 && fabs(p[1] - 0.8) < 1e-15);
  orr_optimiser_step(o, 1, p, (const double[]){0.3, -0.4}, NULL, &norm);
  assert_true(fabs(norm - 0.5) < 1e-15 && fabs(p[0] + 0.9) < 1e-15);
  orr_optimiser_free(o);
}

/* A step of many parameters, and its norm. */
static double many(unsigned threads, float *p) {
  static float g[MANY];
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  orr_pool *pool;
  orr_optimiser *o;
  double norm;
  orr_optimiser_options options = {.kind = ORR_ADAMW, .weight_decay = 0.01, .clip_norm = 1, .average = 0.99};
  for (size_t i = 0; i < MANY; i++) p[i] = (float)orr_random_normal(&r), g[i] = (float)orr_random_normal(&r);
  assert_int_equal(orr_pool_new(threads, &pool, NULL), ORR_OK);
  assert_int_equal(orr_optimiser_new(&options, ORR_SINGLE, MANY, p, &o, NULL), ORR_OK);
  for (int t = 0; t < 3; t++) orr_optimiser_step(o, 0.01, p, g, pool, &norm);
  memcpy(p, orr_optimiser_average(o), MANY * sizeof *p);
  orr_optimiser_free(o);
  orr_pool_free(pool);
  return norm;
}

static void bits_do_not_depend_on_threads(void **state) {
  (void)state;
  static float one[MANY], more[MANY];
  double norm = many(1, one);
  assert_true(fabs(norm - sqrt(MANY)) < 3);
  for (unsigned threads = 2; threads <= 5; threads++) {
    assert_true(many(threads, more) == norm);
    assert_memory_equal(one, more, sizeof one);
  }
}

static void the_state_is_all(void **state) {
  (void)state;
  orr_optimiser_options options = {.kind = ORR_ADAM, .average = 0.9};
  orr_optimiser *o, *resumed;
  double p[N], q[N];
  size_t bytes;
  memcpy(p, beginning, sizeof p);
  assert_int_equal(orr_optimiser_new(&options, ORR_DOUBLE, N, p, &o, NULL), ORR_OK);
  take_steps(o, p, 1, 3);
  memcpy(q, p, sizeof p);
  assert_int_equal(orr_optimiser_new(&options, ORR_DOUBLE, N, q, &resumed, NULL), ORR_OK);
  void *kept = orr_optimiser_state(o, &bytes);
  assert_int_equal(bytes, 3 * N * sizeof(double));
  memcpy(orr_optimiser_state(resumed, &bytes), kept, bytes);
  orr_optimiser_set_steps(resumed, orr_optimiser_steps(o));
  take_steps(o, p, 3, 6);
  take_steps(resumed, q, 3, 6);
  assert_memory_equal(p, q, sizeof p);
  assert_memory_equal(orr_optimiser_average(o), orr_optimiser_average(resumed), sizeof p);
  orr_optimiser_free(o);
  orr_optimiser_free(resumed);
}

/* Whether the processor does as it is told: valgrind's does not. */
static bool flushes(void) {
  volatile float least = FLT_MIN;
  unsigned before = orr_cpu_flush_subnormals();
  least /= 2;
  orr_cpu_restore(before);
  return least == 0;
}

/* A gradient that has become zero leaves moments that decay past the smallest normal number. */
static void moments_end_at_zero(void **state) {
  (void)state;
  orr_optimiser_options options = {.kind = ORR_ADAM};
  orr_optimiser *o;
  float p[1] = {1}, g[1] = {1e-3f};
  size_t bytes;
  assert_int_equal(orr_optimiser_new(&options, ORR_SINGLE, 1, p, &o, NULL), ORR_OK);
  for (int t = 0; t < 2000; t++, g[0] = 0) orr_optimiser_step(o, 1e-3, p, g, NULL, NULL);
  const float *m = orr_optimiser_state(o, &bytes);
  assert_true(isfinite(p[0]));
  if (flushes()) assert_true((m[0] == 0 || isnormal(m[0])) && (m[1] == 0 || isnormal(m[1])));
  orr_optimiser_free(o);
}

static void no_parameters_and_no_memory(void **state) {
  (void)state;
  orr_optimiser_options options = {.kind = ORR_ADAM};
  orr_optimiser *o;
  double norm = 1;
  assert_int_equal(orr_optimiser_new(&options, ORR_SINGLE, 0, NULL, &o, NULL), ORR_OK);
  orr_optimiser_step(o, 1, NULL, NULL, NULL, &norm);
  assert_true(norm == 0);
  assert_null(orr_optimiser_average(o));
  orr_optimiser_free(o);
  orr_optimiser_free(NULL);
  for (long after = 0; after < 2; after++) {
    orr_memory_fail_after(after);
    assert_int_equal(orr_optimiser_new(&options, ORR_SINGLE, 5, NULL, &o, NULL), ORR_MEMORY);
    orr_memory_fail_after(-1);
    assert_null(o);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_are_torchs),    cmocka_unit_test(long_gradients_are_shortened),
      cmocka_unit_test(the_state_is_all),    cmocka_unit_test(bits_do_not_depend_on_threads),
      cmocka_unit_test(moments_end_at_zero), cmocka_unit_test(no_parameters_and_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
