/* The plain interpreter: walks the graph with the operators' references, in
 * double, one node after the other. Slow and simple; what tests and checks
 * against finite differences hold the program to. */
#ifndef ORR_GRAD_PLAIN_H
#define ORR_GRAD_PLAIN_H

#include "base/arena.h"
#include "grad/graph.h"

typedef struct orr_plain_feed {
  size_t rows;
  const double *const *inputs; /* inputs[i][rows, …], by number */
  const double *parameters;    /* the slab */
  const double *settings;      /* by number */
  uint64_t seed, step;         /* of the noise */
} orr_plain_feed;

/* values[i] = the elements of want[i], in the arena. ORR_SHAPE for a graph that failed. */
orr_status orr_plain_evaluate(const orr_graph *g, const orr_plain_feed *feed, const orr_node *want, size_t n,
                              double **values, orr_arena *a, orr_error *e);

#endif
