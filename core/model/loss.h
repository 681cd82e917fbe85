/* Losses: what training makes small, a row each in losses.def.
 *
 * A loss takes what a network's last layer gives, without bounds, and states
 * itself how many such outputs it needs for a target and what they mean: a
 * Gaussian needs two and calls them mean and spread. Every loss is a negative
 * log-likelihood or a distance for one row; the mean over the batch, with the
 * rows' weights, is taken in one place.
 */
#ifndef ORR_MODEL_LOSS_H
#define ORR_MODEL_LOSS_H

#include "grad/graph.h"
#include "metric/evaluation.h"

enum { ORR_MOST_LEVELS = 16 };

/* What some losses ask for besides the target. */
typedef struct orr_loss_setting {
  double gamma;                   /* focal: how much easy rows are played down, 2 in the paper */
  double delta;                   /* huber: where squared becomes absolute, in units of the target */
  double levels[ORR_MOST_LEVELS]; /* quantile: in (0, 1), ascending */
  int n_levels;
} orr_loss_setting;

typedef struct orr_loss {
  const char *name, *help;
  unsigned tasks; /* of metric/evaluation.h */

  /* Outputs for a target of k classes (1: a number). */
  int (*outputs)(const orr_loss_setting *s, int k);

  /* l[rows] of output[rows, outputs] and target[rows] (a class's number from 0, or a number). */
  orr_node (*of_row)(orr_graph *g, const orr_loss_setting *s, orr_node output, orr_node target);

  /* What the outputs say: probabilities[rows, k], or [mean, sd] or quantiles [rows, …] of the target. */
  orr_node (*meaning)(orr_graph *g, const orr_loss_setting *s, orr_node output);
} orr_loss;

#define ORR_LOSS(file, name) extern const orr_loss orr_loss_##name;
#include "model/losses.def"
#undef ORR_LOSS

extern const orr_loss *const orr_losses[];
extern const size_t orr_losses_count;
orr_status orr_loss_find(const char *name, const orr_loss **out, orr_error *e);

extern const orr_loss_setting orr_loss_defaults;

/* Σ w l / Σ w over the batch's rows as they are weighted to mean 1 over the training rows: mean of w l.
 * weight 0: all rows count the same. */
orr_node orr_loss_mean(orr_graph *g, orr_node of_row, orr_node weight);

#endif
