/* What the families share: the checks before a fit, folds, and class probabilities from margins. */
#ifndef ORR_MODEL_FIT_H
#define ORR_MODEL_FIT_H

#include "model/model.h"

/* *total = Σ weight over the training rows; ORR_DATA without rows, columns, two classes or a positive sum. */
orr_status orr_fit_check(const orr_fit_input *in, double *total, orr_error *e);

/* The weights scaled to mean one, in the arena: all one when the frame has none. Refuses negative ones. */
orr_status orr_fit_unit_weights(const orr_fit_input *in, const orr_frame *frame, double **out, orr_error *e);

/* fold[n] in 0 … folds-1 at random, each class (and the rows as a whole) spread evenly over them. */
orr_status orr_fit_folds(const orr_fit_input *in, size_t folds, uint8_t *fold, orr_error *e);

/* A new tensor holding these numbers. */
orr_status orr_store_put(orr_store *s, const char *name, size_t n_dimensions, const size_t *shape,
                         const double *x, orr_error *e);
orr_status orr_store_put_number(orr_store *s, const char *name, double x, orr_error *e);

/* The one finite number of a tensor, in [least, most]. */
orr_status orr_store_want_number(const orr_store *s, const char *name, double least, double most, double *out,
                                 orr_error *e);

/* p[k] from scores[k > 2], or from the one score of two classes: p[1] = 1 / (1 + exp(-score)). */
void orr_probabilities(const double *score, size_t k, double *p);

/* -ln of the true class's probability, from the same scores; exact where the probability underflows. */
double orr_log_loss(const double *score, size_t k, size_t label);

static inline size_t orr_score_count(size_t k) { return k > 2 ? k : 1; }

#endif
