/* A small network with everything a learner can have (dropout, a term that warms up, a watched
 * number), noisy rows to learn, and what the tests of the trainer say about results. */
#ifndef TESTS_RUN_TRAINER_FIXTURE_H
#define TESTS_RUN_TRAINER_FIXTURE_H

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "grad/nodes.h"
#include "run/trainer.h"

enum { FEATURES = 3, HIDDEN = 8, TRAIN_ROWS = 300, CHECK_ROWS = 90 };

typedef struct sample {
  float x[TRAIN_ROWS * FEATURES], y[TRAIN_ROWS];
  orr_rows_in inputs[2];
  orr_dataset set;
} sample;

static inline void sample_make(sample *r, size_t n, uint64_t seed) {
  orr_random random = orr_random_stream(seed, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < n; i++) {
    float *x = r->x + i * FEATURES;
    for (int j = 0; j < FEATURES; j++) x[j] = (float)orr_random_normal(&random);
    r->y[i] = sinf(x[0]) + 0.5f * x[1] * x[2] + 0.1f * (float)orr_random_normal(&random);
  }
  r->inputs[0] = (orr_rows_in){r->x, FEATURES};
  r->inputs[1] = (orr_rows_in){r->y, 1};
  r->set = (orr_dataset){n, r->inputs};
}

static inline orr_node layer(orr_graph *g, orr_node x, int in, int out, const char *w, const char *b) {
  orr_node weight = orr_node_parameter(g, w, ORR_SHAPE_OF(in, out));
  return orr_node_linear(g, x, weight, orr_node_parameter(g, b, ORR_SHAPE_OF(out)));
}

static inline void fill_initial(orr_learner *l) {
  orr_random random = orr_random_stream(7, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < orr_graph_slab(l->graph); i++)
    l->initial[i] = 0.3f * (float)orr_random_normal(&random);
}

/* mean (net(x) - y)² + beta mean h², with dropout on h; the first part is watched. */
static inline void learner_make(orr_learner *l) {
  *l = (orr_learner){.graph = orr_graph_new()};
  orr_graph *g = l->graph;
  assert_non_null(g);
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, FEATURES));
  orr_node y = orr_node_input(g, "y", ORR_SHAPE_OF(ORR_FREE, 1));
  orr_node rate = orr_node_scale(g, orr_node_setting(g, "training"), 0.1);
  orr_node h = orr_node_tanh(g, layer(g, x, FEATURES, HIDDEN, "w1", "b1"));
  orr_node out = layer(g, orr_node_dropout(g, h, rate), HIDDEN, 1, "w2", "b2");
  orr_node squared = orr_node_mean_all(g, orr_node_square(g, orr_node_sub(g, out, y)));
  orr_node size = orr_node_mean_all(g, orr_node_square(g, h));
  l->loss = orr_node_add(g, squared, orr_node_mul(g, orr_node_setting(g, "beta"), size));
  l->watch = squared;
  orr_movement beta = {.name = "beta", .from = 0, .to = 1e-2, .span = {.epochs = 2}};
  assert_int_equal(orr_learner_add_term(l, "squared", squared, NULL), ORR_OK);
  assert_int_equal(orr_learner_add_term(l, "size", size, NULL), ORR_OK);
  assert_int_equal(orr_learner_add_movement(l, &beta, NULL), ORR_OK);
  assert_int_equal(orr_learner_take_initial(l, NULL), ORR_OK);
  fill_initial(l);
}

/* y = x w + b, squared error: what the optimisers do can be said by hand. */
static inline void linear_make(orr_learner *l) {
  *l = (orr_learner){.graph = orr_graph_new()};
  orr_graph *g = l->graph;
  assert_non_null(g);
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, FEATURES));
  orr_node y = orr_node_input(g, "y", ORR_SHAPE_OF(ORR_FREE, 1));
  orr_node error = orr_node_sub(g, layer(g, x, FEATURES, 1, "w", "b"), y);
  l->loss = orr_node_mean_all(g, orr_node_square(g, error));
  assert_int_equal(orr_learner_take_initial(l, NULL), ORR_OK);
  fill_initial(l);
}

typedef struct desk {
  sample train, check;
  orr_learner learner;
  orr_trainer_options options;
  orr_work work;
  orr_trainer_input in;
} desk;

/* A training with batches that do not divide the rows, on all that has a memory. */
static inline void desk_make(desk *d, void (*make)(orr_learner *)) {
  memset(d, 0, sizeof *d);
  sample_make(&d->train, TRAIN_ROWS, 1);
  sample_make(&d->check, CHECK_ROWS, 2);
  make(&d->learner);
  d->options = (orr_trainer_options){.method = ORR_METHOD_ADAM,
                                     .epochs = 6,
                                     .batch_size = 64,
                                     .learning_rate = 1e-2,
                                     .average = 0.9,
                                     .clip_norm = 1,
                                     .keep_best = true,
                                     .seed = 5,
                                     .schedule = {.kind = ORR_SCHEDULE_COSINE, .warm_up = {.epochs = 1}}};
  d->in = (orr_trainer_input){.learner = &d->learner,
                              .train = &d->train.set,
                              .validation = &d->check.set,
                              .options = &d->options,
                              .work = &d->work};
}

static inline void desk_drop(desk *d) { orr_learner_fini(&d->learner); }

static inline orr_trainer_result run(const desk *d) {
  orr_trainer_result r;
  orr_error e = {0};
  if (orr_trainer_run(&d->in, &r, &e)) fail_msg("%s", e.message);
  return r;
}

static inline size_t parameters_of(const desk *d) { return orr_graph_slab(d->learner.graph); }

/* Every bit of what comes out: parameters, history, counts, changes. */
static inline bool is_same(const desk *d, const orr_trainer_result *a, const orr_trainer_result *b) {
  return !memcmp(a->parameters, b->parameters, parameters_of(d) * sizeof *a->parameters) &&
         a->history.count == b->history.count &&
         !memcmp(a->history.items, b->history.items, a->history.count * sizeof *a->history.items) &&
         a->steps == b->steps && a->epochs == b->epochs && a->best_step == b->best_step &&
         !memcmp(&a->best, &b->best, sizeof a->best) && a->attempts == b->attempts;
}

static inline double column_of(const orr_trainer_result *r, size_t row, const char *name) {
  for (size_t i = 0; i < r->n_columns; i++)
    if (!strcmp(r->columns[i], name)) return r->history.items[row * r->n_columns + i];
  fail_msg("no column %s", name);
  return NAN;
}

#endif
