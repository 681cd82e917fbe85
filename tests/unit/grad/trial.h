/* A try of one operator: a graph with its node, leaves filled from their
 * ranges, and the plain interpreter at hand. Values are floats, so that both
 * precisions see the same numbers, and lie on a lattice, those of each leaf
 * between those of the others, so that no two are nearly equal. */
#ifndef TESTS_GRAD_TRIAL_H
#define TESTS_GRAD_TRIAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/differentiate.h"
#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/plain.h"

enum { MOST_LEAVES = 32 };

typedef struct trial {
  orr_graph *g;
  orr_arena arena;
  orr_node y;
  size_t rows;
  double *parameters;
  double *inputs[MOST_LEAVES];
  uint64_t seed, step;
} trial;

static inline void sound(const orr_graph *g) {
  orr_error e = {0};
  if (orr_graph_check(g, &e)) fail_msg("%s", e.message);
}

static inline bool near_kink(const orr_range *r, double x) {
  for (int i = 0; i < r->n_kinks; i++)
    if (fabs(x - r->kink[i]) < 0.05) return true;
  return false;
}

static inline double drawn(const orr_attributes *a, size_t leaf, size_t place, size_t places) {
  double low = a->value[0], high = a->value[1];
  if (a->value[2] != 0) return floor(low + (high - low) * (double)place / (double)places);
  return (double)(float)(low +
                         (high - low) * ((double)place + 0.2 + 0.15 * (double)(leaf % 5)) / (double)places);
}

/* Distinct places of a lattice, in random order. */
static inline void fill_leaf(trial *t, orr_node n, size_t leaf, const orr_range *range, double *x) {
  const orr_vertex *v = orr_graph_at(t->g, n);
  size_t size = orr_shape_size(&v->shape, t->rows), places = size < 800 ? 1009 : size + 211, next = 0;
  size_t *place;
  orr_random r = orr_random_stream(t->seed, leaf, ORR_FOR_TEST);
  assert_int_equal(orr_arena_take(&t->arena, places, sizeof *place, (void **)&place, NULL), ORR_OK);
  for (size_t i = 0; i < places; i++) place[i] = i;
  orr_random_shuffle(&r, place, places);
  for (size_t i = 0; i < size; i++) {
    do x[i] = drawn(&v->attributes, leaf, place[next++], places);
    while (range && near_kink(range, x[i]) && next < places);
  }
}

/* Fills all leaves of the graph; ranges (may be NULL) are those of the first ones. */
static inline void fill_leaves(trial *t, const orr_range *ranges) {
  orr_arena *a = &t->arena;
  size_t n_inputs = orr_graph_inputs(t->g), n_parameters = orr_graph_parameters(t->g), leaf = 0;
  assert_true(n_inputs <= MOST_LEAVES);
  assert_int_equal(orr_arena_take(a, orr_graph_slab(t->g) + 1, sizeof(double), (void **)&t->parameters, NULL),
                   0);
  for (size_t i = 0; i < n_inputs; i++) {
    orr_shape s = orr_shape_of(t->g, orr_graph_input(t->g, i));
    assert_int_equal(orr_arena_take(a, orr_shape_size(&s, t->rows), 8, (void **)&t->inputs[i], NULL), 0);
  }
  for (orr_node n = 1; n <= orr_graph_count(t->g); n++) {
    const orr_vertex *v = orr_graph_at(t->g, n);
    const orr_range *range = ranges && leaf < 3 ? &ranges[leaf] : NULL;
    if (v->op == &orr_operator_input) fill_leaf(t, n, leaf++, range, t->inputs[v->attributes.number]);
    if (v->op == &orr_operator_parameter)
      fill_leaf(t, n, leaf++, range, t->parameters + v->attributes.offset);
  }
  (void)n_parameters;
}

static inline double *leaf_values(trial *t, orr_node leaf) {
  const orr_vertex *v = orr_graph_at(t->g, leaf);
  return v->op == &orr_operator_input ? t->inputs[v->attributes.number]
                                      : t->parameters + v->attributes.offset;
}

/* The elements of a node, kept in `arena`. */
static inline double *evaluated(trial *t, orr_node n, orr_arena *arena) {
  orr_plain_feed feed = {.rows = t->rows,
                         .inputs = (const double *const *)t->inputs,
                         .parameters = t->parameters,
                         .settings = (const double[]){0.3, 0.7},
                         .seed = t->seed,
                         .step = t->step};
  orr_error e = {0};
  double *x = NULL;
  if (orr_plain_evaluate(t->g, &feed, &n, 1, &x, arena, &e)) fail_msg("%s", e.message);
  return x;
}

static inline size_t size_of(const trial *t, orr_node n) {
  orr_shape s = orr_shape_of(t->g, n);
  return orr_shape_size(&s, t->rows);
}

static inline void end_trial(trial *t) {
  orr_graph_free(t->g);
  orr_arena_fini(&t->arena);
}

#endif
