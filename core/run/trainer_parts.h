/* A training from inside: private to trainer.c and trainer_*.c.
 *
 * What is listed as counts and numbers, the slabs, the sums, the overrides, the
 * history and the changes are its state: they change together, between two
 * updates, and go into a checkpoint as they are. All the rest follows from the
 * input, or is for reports.
 */
#ifndef ORR_RUN_TRAINER_PARTS_H
#define ORR_RUN_TRAINER_PARTS_H

#include "model/optimiser.h"
#include "run/order.h"
#include "run/trainer.h"

#define ORR_TRAINER_COUNTS(X)                                                                                \
  X(step)  /* updates tried */                                                                               \
  X(epoch) /* whole ones done */                                                                             \
  X(row)   /* of the epoch, done */                                                                          \
  X(batch_size)                                                                                              \
  X(patience)                                                                                                \
  X(optimiser_steps) /* since it was last begun anew */                                                      \
  X(attempts)        /* to recover from divergence */                                                        \
  X(applied)         /* of the given changes */                                                              \
  X(best_step)                                                                                               \
  X(best_epoch)                                                                                              \
  X(stale) /* epochs since the best */                                                                       \
  X(plateau_stale)                                                                                           \
  X(good_step) /* where the parameters to fall back on are from */                                           \
  X(good_epoch)                                                                                              \
  X(good_row)                                                                                                \
  X(pairs)     /* L-BFGS's */                                                                                \
  X(next_pair) /* place of the next one */

#define ORR_TRAINER_NUMBERS(X)                                                                               \
  X(rate)      /* before schedule and plateau */                                                             \
  X(last_rate) /* after them, of the last update */                                                          \
  X(weight_decay)                                                                                            \
  X(clip_norm)                                                                                               \
  X(first)  /* loss of an update */                                                                          \
  X(lowest) /* the same */                                                                                   \
  X(best)   /* of what is watched */                                                                         \
  X(plateau_best)                                                                                            \
  X(plateau_factor)                                                                                          \
  X(seconds) /* of the sessions before */

typedef struct orr_trainer_counts {
#define X(name) int64_t name;
  ORR_TRAINER_COUNTS(X)
#undef X
} orr_trainer_counts;

typedef struct orr_trainer_numbers {
#define X(name) double name;
  ORR_TRAINER_NUMBERS(X)
#undef X
} orr_trainer_numbers;

enum {
  ORR_CHECK_ROWS = 2048, /* a batch of validation rows */
  ORR_LBFGS_MEMORY = 10, /* pairs, if nothing else is said */
  ORR_MOST_PAIRS = 64,
  ORR_EXTRA_SUMS = 3, /* after the values': of gradient norms, updates, rows */
  ORR_MOST_VALUES = 64
};

typedef struct orr_trainer {
  const orr_trainer_input *in;
  const orr_trainer_options *o;
  const char *what;
  orr_graph *graph;
  orr_arena arena; /* names, small lists */
  orr_pool *pool;
  size_t n, n_rows, n_check; /* parameters; rows to learn from, and for validation */

  const char **names; /* of the values: the loss, the terms, and what is watched */
  orr_node *nodes;
  size_t n_values, watch;
  orr_program *program, *checker; /* for batches of batch_size rows; for validation */
  double *values, *settings, *check_values;
  const char **columns; /* of the history */
  size_t n_columns;
  orr_key_part *key; /* the options, as far as they decide the outcome */
  size_t n_key;
  uint32_t *rows; /* [batch_size] of the present batch */
  orr_order order;
  int64_t ordered;        /* epoch the order is of; -1: none yet */
  float *gradient, *part; /* part: of one batch of several */

  orr_trainer_counts counts;
  orr_trainer_numbers numbers;
  double *sums, *good_sums;        /* over the epoch: [n_values + ORR_EXTRA_SUMS] */
  double *overrides;               /* [n_movements] values set by hand; NAN: none */
  float *parameters, *good, *best; /* best: NULL where it is not kept */
  orr_optimiser *optimiser;
  struct orr_lbfgs *lbfgs; /* instead */
  ORR_VECTOR(double) history;
  ORR_VECTOR(orr_change) changes;

  const char *stop; /* why it ends; NULL: it does not yet */
  bool cut, finish, resumed;
  int64_t resumed_step;
  double began, waited, told, kept,
      cost;           /* clock: start, time not training, last report, last checkpoint and its cost */
  double done_before; /* part of the training that was done when this session began */
  size_t told_rows, rows_done;
  unsigned checkpoints; /* asked for, when last looked */
} orr_trainer;

/* trainer_make.c */
orr_status orr_trainer_make(orr_trainer *t, const orr_trainer_input *in, orr_error *e);
void orr_trainer_drop(orr_trainer *t);
orr_status orr_trainer_compile(orr_trainer *t, orr_error *e); /* for counts.batch_size */
orr_status orr_trainer_renew_optimiser(orr_trainer *t, bool keep_state, orr_error *e);
size_t orr_trainer_batch(const orr_trainer *t); /* rows a program is run on at most */

/* trainer_key.c: what must be the same for a checkpoint to be taken up. */
orr_status orr_trainer_make_key(orr_trainer *t, orr_error *e);

/* trainer_step.c */
orr_moment orr_trainer_moment(const orr_trainer *t, size_t rows); /* before an update by so many rows */
double orr_trainer_rate(const orr_trainer *t, const orr_moment *at);
void orr_trainer_set(orr_trainer *t, const orr_moment *at, bool training); /* fills `settings` */
orr_status orr_trainer_update(orr_trainer *t, orr_error *e);
orr_status orr_trainer_roll_back(orr_trainer *t, const char *why, double value, orr_error *e);
size_t orr_trainer_coming(const orr_trainer *t); /* rows of the coming update */
bool orr_trainer_is_finite(const orr_trainer *t, const float *slab);

/* trainer_epoch.c */
orr_status orr_trainer_look(orr_trainer *t, bool whole, orr_error *e); /* whole: at an epoch's end */

/* trainer_lbfgs.c */
orr_status orr_trainer_lbfgs_new(orr_trainer *t, orr_error *e);
void orr_trainer_lbfgs_free(struct orr_lbfgs *l);
void orr_trainer_lbfgs_forget(struct orr_lbfgs *l); /* value and gradient, which a batch's cut decides */
orr_status orr_trainer_iterate(orr_trainer *t, orr_error *e);
float *orr_trainer_lbfgs_pairs(const orr_trainer *t, size_t *count); /* all in one slab */

/* trainer_report.c */
double orr_trainer_seconds(const orr_trainer *t);
orr_status orr_trainer_poll(orr_trainer *t, double rate, double norm, orr_error *e); /* after a batch */
orr_status orr_trainer_tell_epoch(orr_trainer *t, orr_error *e); /* the last row of the history */

/* trainer_change.c */
orr_status orr_trainer_apply(orr_trainer *t, const orr_set *set, orr_cause cause, orr_error *e);
orr_status orr_trainer_record(orr_trainer *t, const orr_set *set, orr_cause cause, orr_error *e);

/* trainer_state.c */
orr_status orr_trainer_keep(orr_trainer *t, orr_error *e); /* write the checkpoint */
orr_status orr_trainer_take_up(orr_trainer *t, orr_error *e);

#endif
