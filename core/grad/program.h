/* Programs: a graph compiled once, run many times.
 *
 * A batch is cut in shards of a fixed number of rows, shards are dealt to a few
 * lanes, both by the size of the batch and of the parameters alone; workers take
 * lanes. What is summed over the batch is summed along each lane, then over the
 * lanes in a fixed tree, so that the bits do not depend on the threads.
 * A program holds all memory its steps need; the graph must outlive it. One
 * program is run by one thread at a time.
 */
#ifndef ORR_GRAD_PROGRAM_H
#define ORR_GRAD_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "grad/graph.h"

typedef struct orr_program orr_program;

typedef enum orr_precision { ORR_SINGLE, ORR_DOUBLE } orr_precision; /* elements: float, double */

/* What is wanted of a node. */
typedef enum orr_root_kind {
  ORR_ROOT_VALUE,    /* a whole node: its elements as doubles */
  ORR_ROOT_GRADIENT, /* a whole node: its elements into the gradient slab, at `offset` */
  ORR_ROOT_ROWS      /* a node with rows: into an output matrix */
} orr_root_kind;

typedef struct orr_root {
  orr_node node;
  orr_root_kind kind;
  size_t offset;
} orr_root;

/* Reserves memory for batches of up to batch_rows. A root that is not of its kind is ORR_SHAPE. */
orr_status orr_program_compile(const orr_graph *g, const orr_root *roots, size_t n_roots,
                               orr_precision precision, size_t batch_rows, orr_program **out, orr_error *e);
void orr_program_free(orr_program *p);

/* x[rows,width] in the program's precision, rows `stride` elements apart. */
typedef struct orr_rows_in {
  const void *x;
  size_t stride;
} orr_rows_in;

typedef struct orr_rows_out {
  void *x;
  size_t stride;
} orr_rows_out;

/* One run. Slabs have orr_graph_slab elements in the program's precision. */
typedef struct orr_feed {
  size_t n_rows;             /* of this batch, at most batch_rows */
  const uint32_t *rows;      /* which rows of the inputs; NULL: the first n_rows */
  const orr_rows_in *inputs; /* one for each input of the graph; x may be NULL where nothing reads it */
  const void *parameters;
  const double *settings; /* one for each setting */
  uint64_t seed, step;    /* of the noise */
  size_t first_row;       /* of this batch, in the numbering of the noise */
  double *values;         /* elements of the ORR_ROOT_VALUE roots, one root after the other */
  void *gradient;
  const orr_rows_out *outputs; /* one for each ORR_ROOT_ROWS root */
} orr_feed;

/* Allocates only when the pool has more threads than any before it. Fails where the feed does not fit. */
orr_status orr_program_run(orr_program *p, const orr_feed *feed, orr_pool *pool, orr_error *e);

typedef struct orr_program_facts {
  size_t units, fused, phases; /* units of work; of these, fused chains */
  size_t shard_rows, lanes;
  size_t worker_bytes; /* activations and scratch of one worker */
  size_t shared_bytes; /* whole nodes, partial sums, what is kept between passes over the rows */
} orr_program_facts;
orr_program_facts orr_program_about(const orr_program *p);

#endif
