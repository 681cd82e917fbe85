/* Learners: what a family of networks gives the trainer.
 *
 * A learner owns a graph that ends in numbers to be looked at, one of which is
 * minimised. Whatever the network is, training it needs no more than this. The
 * loss and all terms are means over the rows of a batch, each row's value being
 * its own, so that batches and parts of them may be averaged by their rows.
 */
#ifndef ORR_MODEL_LEARNER_H
#define ORR_MODEL_LEARNER_H

#include "base/arena.h"
#include "grad/graph.h"
#include "grad/program.h"

/* A length of training: so many updates, or if 0 so many epochs, or if 0 none. */
typedef struct orr_span {
  size_t steps;
  double epochs;
} orr_span;

/* A setting of the graph and how it moves: from `from` to `to` in a line over the span, then it stays. The
 * setting named "training" is not listed: it is 1 in training and 0 otherwise. Validation sees `to`. */
typedef struct orr_movement {
  const char *name;
  double from, to;
  orr_span span;
} orr_movement;

/* A number to be looked at: a whole scalar. */
typedef struct orr_term {
  const char *name;
  orr_node node;
} orr_term;

/* {0}, then a graph. */
typedef struct orr_learner {
  orr_graph *graph; /* owned */
  orr_node loss;    /* what is minimised */
  orr_node watch;   /* what validation rows are watched for; 0: the loss */
  orr_term *terms;  /* parts of the loss and the like, a curve each; the loss itself need not be here */
  size_t n_terms, terms_capacity;
  orr_movement *movements;
  size_t n_movements, movements_capacity;
  float *initial; /* [orr_graph_slab] parameters to start from; owned */
} orr_learner;

void orr_learner_fini(orr_learner *l);

/* Names are copied. */
orr_status orr_learner_add_term(orr_learner *l, const char *name, orr_node node, orr_error *e);
orr_status orr_learner_add_movement(orr_learner *l, const orr_movement *m, orr_error *e);

/* Room for the initial parameters, zeroed, once the graph is complete; passes on the graph's first error. */
orr_status orr_learner_take_initial(orr_learner *l, orr_error *e);

/* Rows to learn from: for each input of the graph, in their order, x[n_rows,width] in float. It owns nothing. */
typedef struct orr_dataset {
  size_t n_rows;
  const orr_rows_in *inputs;
} orr_dataset;

#endif
