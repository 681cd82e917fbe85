/* What a score sees: predictions beside the truth, row by row, with weights.
 *
 * A score is a weighted function of these, so that its bootstrap is the same
 * function under resampled weights, and two models scored on the same resamples
 * give a paired difference. Everything here lives in the evaluation's arena.
 */
#ifndef ORR_METRIC_EVALUATION_H
#define ORR_METRIC_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/progress.h"

/* Latent: rows without a target, each described by a few numbers. */
typedef enum orr_task { ORR_CLASSIFICATION = 1, ORR_REGRESSION = 2, ORR_LATENT = 4 } orr_task;

typedef struct orr_evaluation {
  orr_task task;
  size_t n;
  const double *weight; /* [n]; NULL: all one */
  const int64_t *row;   /* [n] row of the input, from 0 */

  /* classification */
  size_t classes;                 /* k ≥ 2 */
  const char *const *class_names; /* [k] */
  const int32_t *label;           /* [n] true class */
  const double *probability;      /* [n,k] rows sum to one */
  const uint32_t *order;          /* [k,n] for each class, rows by descending probability of it */
  const uint8_t *mark;            /* [k,n] along order: ORR_HIT, ORR_TIED */
  const int32_t *predicted;       /* [n] class of highest probability */
  const uint32_t *confident;      /* [n] rows by descending probability of their claimed class */
  const uint8_t *bin;             /* [n] of ORR_BINS, cut along confident */

  /* regression */
  const double *truth, *mean;  /* [n] */
  const double *lower, *upper; /* [n] bounds of the predicted interval; NULL: none */
  double level;                /* of that interval, such as 0.9 */
} orr_evaluation;

const char *orr_task_name(orr_task task);

/* A place in the order: its row is of the class; is as probable as the row before it. */
enum { ORR_HIT = 1, ORR_TIED = 2 };

/* Bins of calibration: of equal mass in rows, fewer than 15 rather than below 20 rows in one; equal
 * probabilities stay together. */
enum { ORR_BINS = 15 };

/* Fills all from `order` to `bin` in the arena; for regression there is nothing to fill. A copy cut to
 * other rows has to be sorted again. ORR_NUMERIC when a probability is not a number. */
orr_status orr_evaluation_sort(orr_evaluation *v, orr_arena *arena, orr_error *e);

static inline double orr_probability(const orr_evaluation *v, size_t row, size_t k) {
  return v->probability[row * v->classes + k];
}

/* The class of highest probability; of equals the first. */
int32_t orr_predicted_class(const orr_evaluation *v, size_t row);

/* The class whose probability is held against its frequency: the positive one of two, else the predicted. */
int32_t orr_claimed_class(const orr_evaluation *v, size_t row);

/* The class binary scores call positive: the second of two. */
enum { ORR_POSITIVE = 1 };

#endif
