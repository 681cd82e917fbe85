/* What two columns do together that neither does alone: second-order accumulated
 * local effects (Apley and Zhu, JRSS B 82, 2020, section 3.2 and equation 17; as
 * in their package ALEPlot 1.1 main effects are taken off with the counts of the
 * cells).
 */
#ifndef ORR_EXPLAIN_INTERACTION_H
#define ORR_EXPLAIN_INTERACTION_H

#include "explain/dependence.h"

typedef struct orr_interaction {
  const char *columns[2], *units[2], *response;
  size_t n, points[2];
  double *at[2];  /* [points] ascending */
  double *effect; /* [points[0],points[1]] of mean 0 */
  double *share;  /* [points[0]-1,points[1]-1] of the rows; an empty cell has its nearest one's step */
  double strength, strength_error; /* standard deviation of the effect over the rows; over resamples */
} orr_interaction;

/* Two columns of numbers, the first of them spec's. points 0: 13 */
orr_status orr_interaction_measure(const orr_dependence_spec *spec, const char *second, const orr_work *work,
                                   orr_arena *arena, orr_interaction *out, orr_error *e);

#endif
