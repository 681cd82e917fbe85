/* The trainer: from a learner and rows to parameters.
 *
 * What comes out depends on the learner, the rows, the options and the changes
 * made on the way, each with the step it came at; never on time, threads, or
 * how often the training was paused, killed and taken up again: all that it
 * knows between two updates is in its checkpoint, bit for bit.
 *
 * A step is one update of the parameters, or one that was tried and undone:
 * steps only grow. Changes and stops are named by the steps done before them.
 */
#ifndef ORR_RUN_TRAINER_H
#define ORR_RUN_TRAINER_H

#include "base/clock.h"
#include "base/progress.h"
#include "base/vector.h"
#include "model/learner.h"
#include "run/checkpoint.h"
#include "run/control.h"
#include "run/schedule.h"

#define ORR_METHOD_LIST(X)                                                                                   \
  X(SGD, "sgd")                                                                                              \
  X(ADAM, "adam")                                                                                            \
  X(ADAMW, "adamw")                                                                                          \
  X(LBFGS, "lbfgs")

typedef enum orr_method {
#define X(code, name) ORR_METHOD_##code,
  ORR_METHOD_LIST(X)
#undef X
} orr_method;

typedef enum orr_cause {
  ORR_CAUSE_GIVEN, /* from the options: a replay */
  ORR_CAUSE_LIVE, /* by a person, through the mailbox: belongs into the record as a given one. Given as such to a
                        training that goes on: done only where its checkpoint does not have it */
  ORR_CAUSE_DIVERGED /* by the trainer itself, which does it again in a replay: not to be given */
} orr_cause;

/* A hyper-parameter that is something else from a step on: learning_rate (of the coming update; the schedule
 * goes on from there in proportion), weight_decay, clip_norm, batch_size, patience, or a setting's name. */
typedef struct orr_change {
  size_t step;
  orr_set set;
  orr_cause cause;
} orr_change;

typedef struct orr_trainer_options {
  orr_method method;
  size_t epochs; /* L-BFGS: iterations */
  size_t batch_size;
  size_t accumulation; /* batches an update, their gradients averaged; 0 is 1 */
  double learning_rate;
  double momentum; /* SGD */
  bool nesterov;
  double beta1, beta2, epsilon;            /* Adam; 0: the usual ones */
  double weight_decay, clip_norm, average; /* as in model/optimiser.h */
  size_t memory;                           /* L-BFGS: pairs kept; 0: 10 */
  orr_schedule schedule;                   /* not of L-BFGS, which finds its own steps */
  size_t patience;                         /* epochs without improvement before it stops; 0: it does not */
  bool keep_best;                          /* the best epoch by validation rows, not the last */
  size_t attempts;                         /* to recover from divergence; 0: 5 */
  size_t report_steps;                     /* report every so many; 0: 20 times a second, by the clock */
  uint64_t seed;
  size_t stop_step;          /* replay of a training that was stopped; 0: none */
  const orr_change *changes; /* replay of live changes, by step */
  size_t n_changes;
} orr_trainer_options;

typedef struct orr_trainer_input {
  orr_learner *learner; /* its graph gets the gradient's nodes */
  bool takes_initial;   /* the learner's initial parameters become the training's: NULL afterwards */
  const orr_dataset *train;
  const orr_dataset *validation; /* NULL or no rows: none */
  const orr_trainer_options *options;
  const char *what; /* name in reports; NULL: "training" */
  const orr_work *work;
  orr_control *control;             /* NULL: none */
  orr_clock clock;                  /* for reports and the time between checkpoints; {0} is legal */
  const orr_checkpoint *checkpoint; /* NULL: none is kept */
  void (*changed)(void *context,
                  const orr_change *change); /* at once, in the trainer's thread; may be NULL */
  void *context;
} orr_trainer_input;

typedef struct orr_trainer_result {
  float *parameters;       /* [slab]: averaged or best ones where asked for */
  size_t steps, epochs;    /* done; epochs only whole ones */
  size_t best_step;        /* of the parameters, where they are the best epoch's; else 0 */
  double best;             /* what was watched, there */
  const char *stop_reason; /* static text: "all epochs done", "early stopping", "converged", "deadline" … */
  bool cut;                /* ended from outside: a replay needs stop_step = steps */
  bool resumed;            /* from a checkpoint */
  size_t resumed_step;     /* the checkpoint's */
  size_t attempts;         /* recoveries from divergence */
  double seconds;          /* of training, over all its sessions */
  ORR_VECTOR(orr_change) changes;
  char **columns; /* [n_columns] names of the history's columns */
  size_t n_columns;
  ORR_VECTOR(double) history; /* a row for each epoch looked at, n_columns numbers each */
} orr_trainer_result;

/* Trains to an end, from the checkpoint where there is one. ORR_STOPPED when abandoned, the checkpoint then
 * holding the last step; ORR_NUMERIC when it diverged once too often; ORR_DATA when the checkpoint is damaged or
 * of another training. May run in several threads at once, each with inputs of its own. */
orr_status orr_trainer_run(const orr_trainer_input *in, orr_trainer_result *result, orr_error *e);
void orr_trainer_result_fini(orr_trainer_result *r);

const char *orr_method_name(orr_method method);

#endif
