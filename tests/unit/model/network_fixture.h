/* What the tests of networks share: a few hundred steps of Adam without the trainer, which belongs to a higher
 * room; options from words; known rows. */
#ifndef ORR_TESTS_MODEL_NETWORK_FIXTURE_H
#define ORR_TESTS_MODEL_NETWORK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "grad/differentiate.h"
#include "model/network.h"
#include "model/optimiser.h"
#include "num/linear.h"

#define OK(call)                                                                                             \
  do {                                                                                                       \
    orr_error ok_error_ = {0};                                                                               \
    orr_error *e = &ok_error_;                                                                               \
    if (call) fail_msg("%s", ok_error_.message);                                                             \
  } while (0)

#define REFUSED(call, words)                                                                                 \
  do {                                                                                                       \
    orr_error refused_error_ = {0};                                                                          \
    orr_error *e = &refused_error_;                                                                          \
    if (!(call)) fail_msg("was not refused: %s", words);                                                     \
    if (!strstr(refused_error_.message, words)) fail_msg("'%s' lacks '%s'", refused_error_.message, words);  \
  } while (0)

static inline void is_near(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g within %g", a, b, tolerance);
}

/* {"hidden", "8,8", "latent", "2", NULL}: names and texts by turns. */
static inline void options_of(orr_options *o, const orr_option *specs, size_t n, const char *const *words,
                              orr_arena *arena) {
  orr_pair pairs[32];
  orr_value given = {.kind = ORR_DICT, .pairs = pairs};
  for (; words && words[0]; words += 2) {
    size_t i = 0;
    while (i < n && strcmp(specs[i].name, words[0])) i++;
    if (i == n) fail_msg("no option %s", words[0]);
    pairs[given.count].key = words[0];
    OK(orr_option_parse(&specs[i], words[1], arena, &pairs[given.count++].value, e));
  }
  OK(orr_options_init(o, specs, n, &given, NULL, arena, e));
}

/* The loss and its gradient, compiled; other settings than "training" have the value `setting`. */
typedef struct school {
  orr_program *program;
  const orr_lesson *lesson;
  double setting, values[1];
  float *gradient;
} school;

static inline void school_open(school *s, const orr_lesson *l, double setting) {
  orr_graph *g = l->learner.graph;
  orr_node x[512], dx[512];
  orr_root roots[513] = {{l->learner.loss, ORR_ROOT_VALUE, 0}};
  size_t n = orr_graph_parameters(g);
  assert_true(n < 512);
  for (size_t i = 0; i < n; i++) x[i] = orr_graph_parameter(g, i);
  orr_differentiate(g, l->learner.loss, 0, x, n, dx);
  for (size_t i = 0; i < n; i++)
    roots[i + 1] = (orr_root){dx[i], ORR_ROOT_GRADIENT, orr_graph_at(g, x[i])->attributes.offset};
  *s = (school){.lesson = l, .setting = setting, .gradient = calloc(orr_graph_slab(g), sizeof(float))};
  OK(orr_program_compile(g, roots, n + 1, ORR_SINGLE, l->train.n_rows, &s->program, e));
}

static inline double school_run(school *s, uint64_t step, const uint32_t *rows, size_t n, const float *parameters) {
  double settings[8] = {0};
  const orr_graph *g = s->lesson->learner.graph;
  for (size_t i = 0; i < orr_graph_settings(g); i++)
    settings[i] = strcmp(orr_graph_at(g, orr_graph_setting(g, i))->name, "training") ? s->setting : 1;
  orr_feed feed = {.n_rows = n,
                   .rows = rows,
                   .inputs = s->lesson->train.inputs,
                   .parameters = parameters,
                   .settings = settings,
                   .seed = 5,
                   .step = step,
                   .values = s->values,
                   .gradient = s->gradient};
  OK(orr_program_run(s->program, &feed, NULL, e));
  return s->values[0];
}

static inline void school_close(school *s) {
  orr_program_free(s->program);
  free(s->gradient);
}

/* So many steps of Adam over batches of 128 rows, its rate falling along a cosine; the last loss. The parameters
 * go into the store. */
static inline double learn(const orr_lesson *l, size_t steps, double rate, double setting, orr_store *out) {
  school s;
  orr_optimiser *o;
  size_t n = orr_graph_slab(l->learner.graph), batch = l->train.n_rows < 128 ? l->train.n_rows : 128;
  float *p = l->learner.initial;
  uint32_t rows[128];
  double loss = 0;
  orr_random r = orr_random_stream(9, 0, ORR_FOR_TEST);
  school_open(&s, l, setting);
  OK(orr_optimiser_new(&(orr_optimiser_options){.kind = ORR_ADAM}, ORR_SINGLE, n, p, &o, e));
  for (size_t i = 0; i < steps; i++) {
    for (size_t k = 0; k < batch; k++) rows[k] = (uint32_t)orr_random_below(&r, l->train.n_rows);
    loss = school_run(&s, i, rows, batch, p);
    double now = rate * 0.5 * (1 + cos(3.14159265358979 * (double)i / (double)steps));
    orr_optimiser_step(o, now, p, s.gradient, NULL, NULL);
  }
  orr_optimiser_free(o);
  school_close(&s);
  if (out) OK(orr_parameters_put(out, p, n, e));
  return loss;
}

#endif
