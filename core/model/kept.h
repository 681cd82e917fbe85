/* Kept models: a fitted family with all that new rows need to reach it.
 *
 * Encoder, classes, options and calibration travel as notes beside the
 * family's tensors, so that `models/NAME.orrery` is one inert file that
 * predicts on any table with the columns it was trained on.
 */
#ifndef ORR_MODEL_KEPT_H
#define ORR_MODEL_KEPT_H

#include "data/encode.h"
#include "data/target.h"
#include "model/model.h"

typedef struct orr_kept {
  const orr_family *family;
  orr_task task;
  const char *target;  /* NULL of a latent model */
  orr_classes classes; /* of a classification */
  size_t latent;       /* of a latent model: how many numbers describe a row */
  orr_encoder encoder;
  orr_store store;
  const char *derivations; /* of the table it learnt from; NULL: none */
  double level, radius;    /* split-conformal: mean ± radius covers a share `level`; level 0: none */
  double spread;           /* root mean square of the residuals on the rows that calibrated it */
  orr_arena arena;         /* owns target and classes */
} orr_kept;

/* How a family of networks is trained: run/fit_network.h gives it. */
typedef orr_status (*orr_fit_learner_fn)(void *context, const orr_family *family, const orr_fit_input *in,
                                         orr_store *out, orr_fit_outcome *outcome, orr_error *e);

typedef struct orr_training {
  orr_task task;
  const orr_family *family;
  const orr_table *table;
  const char *target;     /* NULL: none, for latent families */
  const char *positive;   /* of two classes, the one that is sought; NULL: the second */
  int weight;             /* column number; -1: none */
  bool absolute_weights;  /* negative weights count by their size */
  const size_t *features; /* column numbers */
  size_t n_features;
  const size_t *looked_at; /* columns whose raw numbers the loss is given */
  size_t n_looked_at;
  orr_encode_text encode_text;
  const size_t *train, *validation;         /* rows, all with a target */
  size_t n_train, n_validation, n_left_out; /* left out: for want of a target or a weight */
  const orr_options *options;               /* the family's */
  uint64_t seed;
  size_t stop_step;
  const orr_work *work;
  orr_fit_learner_fn fit_learner; /* for families that have a learner */
  void *fit_learner_context;
} orr_training;

/* Use orr_fit_kept of run/fit_network.h where the family may be a network. */
orr_status orr_kept_train(orr_kept *out, const orr_training *t, orr_fit_outcome *outcome, orr_error *e);
void orr_kept_fini(orr_kept *m);

/* What the model says of rows: probability[n,k] of a classification; mean[n] of a regression, and sd[n] where the
 * model knows how far the target may be from each (else NULL); code[n,latent] of a latent model. */
typedef struct orr_prediction {
  size_t n;
  double *probability, *mean, *sd, *code;
  size_t unseen; /* cells with a category training never saw */
} orr_prediction;

orr_status orr_kept_predict(const orr_kept *m, const orr_table *t, const size_t *rows, size_t n,
                            const orr_work *work, orr_arena *arena, orr_prediction *out, orr_error *e);

/* The same of rows that the model's encoder has been applied to: x[n,width]. */
orr_status orr_kept_predict_encoded(const orr_kept *m, const orr_matrix *x, const orr_work *work,
                                    orr_arena *arena, orr_prediction *out, orr_error *e);

/* The family's own proof of its store, for this encoder and these classes; fills `latent`. */
orr_status orr_kept_check(orr_kept *m, orr_error *e);

orr_status orr_kept_write(orr_kept *m, const char *path, orr_error *e);
orr_status orr_kept_read(orr_kept *out, const char *path, orr_error *e);

/* Weights of rows as the training wants them; ORR_DATA on a negative one unless `allow_negative`. */
orr_status orr_weights_of(const orr_table *t, int column, const size_t *rows, size_t n, bool absolute,
                          bool allow_negative, orr_arena *arena, double **out, orr_error *e);

#endif
