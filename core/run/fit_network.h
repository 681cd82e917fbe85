/* Fitting families of networks: the bridge from a family's lesson to the trainer.
 *
 * A family may not know the trainer, since `model` comes before `run`; it says
 * what is to be learnt, and here it is learnt. The options that decide how are
 * rows of the family (ORR_TRAINING_OPTIONS), read here by their names.
 */
#ifndef ORR_RUN_FIT_NETWORK_H
#define ORR_RUN_FIT_NETWORK_H

#include "model/density.h"
#include "model/kept.h"
#include "run/trainer.h"

/* What a training is steered by and remembered with; NULL or {0}: by nothing. */
typedef struct orr_steering {
  orr_control *control;
  orr_clock clock;
  const orr_checkpoint *checkpoint;
  const orr_change *changes; /* replay of live changes, by step */
  size_t n_changes;
  void (*changed)(void *context, const orr_change *change);
  void *context;
  /* The result's history and changes, before it is freed; in the trainer's thread. */
  void (*done)(void *context, const orr_trainer_result *result);
} orr_steering;

/* orr_kept_train for any family, network or not. */
orr_status orr_fit_kept(orr_kept *out, const orr_training *t, const orr_steering *steering,
                        orr_fit_outcome *outcome, orr_error *e);

/* A family that has a learner, into the store. */
orr_status orr_fit_network(const orr_family *family, const orr_fit_input *in, const orr_steering *steering,
                           orr_store *out, orr_fit_outcome *outcome, orr_error *e);

/* A density or latent model, into the store. */
orr_status orr_fit_density(const orr_density *density, const orr_density_input *in,
                           const orr_steering *steering, orr_store *out, orr_fit_outcome *outcome,
                           orr_error *e);

#endif
