/* Which class was taken for which: the weighted counts below accuracy's kin. */
#ifndef ORR_METRIC_CONFUSION_H
#define ORR_METRIC_CONFUSION_H

#include "metric/evaluation.h"

/* cells[k,k] = weight of rows of the true class (row) predicted as (column); weight NULL: all one. */
void orr_confusion_fill(const orr_evaluation *v, const double *weight, double *cells);

/* Of one class: weight of rows that are of it, that are said to be, and both (hits). */
typedef struct orr_tally {
  double actual, said, hits;
} orr_tally;

orr_tally orr_confusion_tally(const orr_evaluation *v, const double *weight, int32_t k);

#endif
