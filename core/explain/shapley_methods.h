/* What the methods of sharing out fill in; see shapley.h. */
#ifndef ORR_EXPLAIN_SHAPLEY_METHODS_H
#define ORR_EXPLAIN_SHAPLEY_METHODS_H

#include "explain/shapley.h"

typedef struct orr_sharing {
  const orr_shapley_spec *spec;
  const orr_asked *asked, *background;
  size_t class;
  const orr_work *work;
  orr_arena *arena;
} orr_sharing;

/* Fill share, error (NaN to begin with), answer, base, base_error, method and scale. */
orr_status orr_shapley_linear(const orr_sharing *s, orr_shapley *out, orr_error *e);
orr_status orr_shapley_of_trees(const orr_sharing *s, orr_shapley *out, orr_error *e);
orr_status orr_shapley_sampled(const orr_sharing *s, orr_shapley *out, orr_error *e);

/* Of outputs[k] of which a model adds up (two classes have one, more one each): the weight of each in the answer about
 * the class. Two: ± the one; more: the class's own less the mean of all. */
void orr_shapley_weigh_outputs(size_t k, size_t class, double *weight);

/* to[n_columns] = the sums of encoded[width] cells over each column's. */
void orr_shapley_gather(const orr_encoder *c, const double *encoded, double *to);

#endif
