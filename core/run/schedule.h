/* Schedules: how the learning rate moves, as a factor of the rate that was asked for.
 *
 * All but plateau are functions of how much of the training is done, counted in
 * epochs with fractions, so that they are the same after a pause, a kill or a
 * change of the batch size. Plateau remembers; its memory is a value of its own.
 */
#ifndef ORR_RUN_SCHEDULE_H
#define ORR_RUN_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/learner.h"

#define ORR_SCHEDULE_LIST(X)                                                                                 \
  X(CONSTANT, "constant")                                                                                    \
  X(COSINE, "cosine")                                                                                        \
  X(ONE_CYCLE, "one_cycle")                                                                                  \
  X(PLATEAU, "plateau")

typedef enum orr_schedule_kind {
#define X(code, name) ORR_SCHEDULE_##code,
  ORR_SCHEDULE_LIST(X)
#undef X
} orr_schedule_kind;

typedef struct orr_schedule {
  orr_schedule_kind kind;
  orr_span warm_up; /* the factor rises in a line to 1 over it, before the schedule proper begins */
  double last;      /* cosine: the factor at the end, 0 … 1 */
  double shrink;    /* plateau: the factor shrinks by it, 0 < shrink < 1 … */
  size_t patience;  /* … after more than so many epochs without improvement */
} orr_schedule;

/* Where a training stands. */
typedef struct orr_moment {
  double epoch;  /* epochs done, the present one as a fraction */
  double epochs; /* of the whole training */
  double length; /* of the coming update, as a part of an epoch */
  size_t step;   /* updates done */
} orr_moment;

/* The factor for the coming update, plateau's shrinking left out. Cosine: Loshchilov and Hutter, "SGDR", ICLR
 * 2017, equation 5, one period. One cycle: Smith and Topin 2019, from 1/25 up over the first 30 %, then down
 * to 1/250,000, along cosines both; it warms up by itself, so warm_up is not heeded. */
double orr_schedule_factor(const orr_schedule *s, const orr_moment *at);

typedef struct orr_plateau {
  double best;   /* INFINITY before the first epoch */
  size_t stale;  /* epochs since */
  double factor; /* 1 at first */
} orr_plateau;

/* After an epoch that came to `loss`; true when the factor has just shrunk. */
bool orr_schedule_look(const orr_schedule *s, orr_plateau *p, double loss);

/* How much of the span is over, 0 … 1, once the coming update is done. A span of nothing is over. */
double orr_span_done(const orr_span *s, const orr_moment *at);

const char *orr_schedule_name(orr_schedule_kind kind);

#endif
