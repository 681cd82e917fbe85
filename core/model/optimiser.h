/* Optimisers: one step from a gradient, over slabs of float or double.
 *
 * The state is one slab too, so that a checkpoint is three copies. Elements are
 * updated in ranges that depend on the size of the slab alone, and the norm is
 * summed in a fixed order: the bits do not depend on the threads.
 */
#ifndef ORR_MODEL_OPTIMISER_H
#define ORR_MODEL_OPTIMISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "grad/program.h"

typedef enum orr_optimiser_kind {
  ORR_SGD, /* b = momentum b + g; p -= rate b, or rate (g + momentum b) where nesterov (Sutskever, Martens, Dahl
             * and Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013) */
  ORR_ADAM, /* Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1 */
  ORR_ADAMW /* Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2 */
} orr_optimiser_kind;

typedef struct orr_optimiser_options {
  orr_optimiser_kind kind;
  double momentum; /* SGD */
  bool nesterov;
  double beta1, beta2, epsilon; /* Adam; 0: 0.9, 0.999, 1e-8 */
  double
      weight_decay; /* SGD and Adam: added to the gradient times the parameter; AdamW: decoupled, times the rate */
  double
      clip_norm; /* the gradient is shortened to this length (Pascanu, Mikolov and Bengio, ICML 2013); 0: not */
  double average; /* decay of the parameters' exponential moving average; 0: none is kept */
} orr_optimiser_options;

typedef struct orr_optimiser orr_optimiser;

/* For slabs of n elements; the average begins at `parameters`. */
orr_status orr_optimiser_new(const orr_optimiser_options *options, orr_precision precision, size_t n,
                             const void *parameters, orr_optimiser **out, orr_error *e);
void orr_optimiser_free(orr_optimiser *o);

/* One step: parameters[n] from gradient[n]. *norm (may be NULL) is the gradient's length before clipping. */
void orr_optimiser_step(orr_optimiser *o, double learning_rate, void *parameters, const void *gradient,
                        orr_pool *pool, double *norm);

/* Euclidean length of a slab, the same for any number of threads. */
double orr_optimiser_norm(orr_precision precision, size_t n, const void *x, orr_pool *pool);

/* Averaged parameters; NULL when none are kept. */
const void *orr_optimiser_average(const orr_optimiser *o);

/* All that a checkpoint must hold: the state slab, and how many steps were taken. */
void *orr_optimiser_state(orr_optimiser *o, size_t *bytes);
uint64_t orr_optimiser_steps(const orr_optimiser *o);
void orr_optimiser_set_steps(orr_optimiser *o, uint64_t steps);

#endif
