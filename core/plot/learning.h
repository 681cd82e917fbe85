/* The curves of a training as it goes on: what a screen shows live. */
#ifndef ORR_PLOT_LEARNING_H
#define ORR_PLOT_LEARNING_H

#include "plot/figure.h"

/* One quantity of one member; step[n] rises. */
typedef struct orr_learning_curve {
  size_t n;
  const double *step, *value;
} orr_learning_curve;

typedef struct orr_learning {
  const char *quantity; /* "loss" */
  const orr_learning_curve *train,
      *watched; /* [n_train], [n_watched]: a curve a member; watched: validation */
  size_t n_train, n_watched;
  const double *nudges; /* [n_nudges] steps at which the learning rate was changed */
  size_t n_nudges;
  double best; /* step of what is kept; NaN: not known */
} orr_learning;

/* Of several members the mean, and a band from the least to the greatest. The numbers must live as long as the figure. */
orr_status orr_figure_learning(const orr_learning *v, orr_figure *f, orr_error *e);

#endif
