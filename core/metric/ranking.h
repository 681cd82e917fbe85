/* Walking the rows from the most to the least probable member of a class,
 * rows of equal probability taken as one: the walk below ROC and
 * precision–recall curves and their areas.
 */
#ifndef ORR_METRIC_RANKING_H
#define ORR_METRIC_RANKING_H

#include "metric/evaluation.h"

/* Weight of rows of the class (hits) and of any other (misses). */
typedef struct orr_ranked {
  double hits, misses;
} orr_ranked;

/* Sums the tie that starts at place `at` of the class's order; returns the place after it. */
static inline size_t orr_ranking_next(const orr_evaluation *v, const double *weight, int32_t k, size_t at,
                                      orr_ranked *tie) {
  const uint32_t *order = v->order + (size_t)k * v->n;
  const uint8_t *mark = v->mark + (size_t)k * v->n;
  *tie = (orr_ranked){0};
  do {
    if (mark[at] & ORR_HIT) tie->hits += weight[order[at]];
    else tie->misses += weight[order[at]];
  } while (++at < v->n && mark[at] & ORR_TIED);
  return at;
}

#endif
