/* Models: one interface, one family a file, one row in families.def.
 *
 * A fitted family is nothing but named tensors in a store: fit fills it, check
 * validates one that was read from a file (hostile until proven sound), and
 * predict only reads it. So keeping, loading and hashing models is written once.
 */
#ifndef ORR_MODEL_MODEL_H
#define ORR_MODEL_MODEL_H

#include "base/option.h"
#include "base/progress.h"
#include "data/frame.h"
#include "metric/evaluation.h"
#include "model/store.h"

enum {
  ORR_NEEDS_IMPUTED = 1,      /* no NaN may reach it: median imputed, with an indicator column */
  ORR_NEEDS_SCALED = 2,       /* columns standardised over the training rows */
  ORR_WATCHES_VALIDATION = 4, /* stops early by the validation rows; others have no use for them */
  ORR_NEEDS_RECIPE = 8,       /* made of what only a recipe can say: in no list of models to choose from */
  ORR_LEARNS_CATEGORIES = 16  /* text may reach it as numbers of categories, as its option "embedding" says */
};

typedef struct orr_fit_input {
  orr_task task;
  const orr_frame *train;
  const orr_frame *validation; /* NULL or zero rows: none */
  const orr_options *options;  /* the family's own rows */
  uint64_t seed;
  size_t stop_step; /* replay of a fit that was stopped: end after this many steps; 0: do not */
  const orr_work *work;
  orr_arena *arena; /* scratch, until the fit ends */
} orr_fit_input;

typedef struct orr_fit_outcome {
  size_t steps;            /* done: boosting rounds, evaluations */
  size_t best_step;        /* of the kept model, where it differs */
  const char *stop_reason; /* "all rounds done", "early stopping", "converged", "deadline" */
  bool cut;                /* ended by a signal from outside: replay needs stop_step */
} orr_fit_outcome;

struct orr_lesson;  /* model/network.h */
struct orr_density; /* model/density.h */

typedef struct orr_family {
  const char *name;  /* "boosted_trees" */
  const char *title; /* "boosted trees" */
  const char *help;  /* one sentence */
  unsigned tasks, needs;
  const struct orr_density *density; /* of a latent family: what it is, instead of fit, learner, predict and check */
  bool takes_negative_weights;
  bool of_coordinates; /* a field: its store tells the domain, tensor "scale" */
  const orr_option *options;
  size_t n_options;
  orr_status (*fit)(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e);

  /* A network has this instead of fit: what is to be trained, and in the store all but its parameters, which
   * run/fit_network.h adds. */
  orr_status (*learner)(const orr_fit_input *in, orr_store *out, struct orr_lesson *lesson, orr_error *e);

  /* out[n,k] class probabilities, or out[n] means. The store passed check; x has the d columns it was fitted on. */
  orr_status (*predict)(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                        const orr_work *work, orr_error *e);

  /* Of a regression, where the family can know it (else NULL): mean[n], and the standard deviation sd[n] of the
   * target about it; NAN where this model does not. */
  orr_status (*predict_spread)(const orr_store *s, const orr_matrix *x, double *mean, double *sd,
                               const orr_work *work, orr_error *e);

  /* Shapes, ranges and finiteness of every tensor, for d encoded columns and k classes (1: regression). */
  orr_status (*check)(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e);
} orr_family;

#define ORR_FAMILY(name) extern const orr_family orr_family_##name;
#include "model/families.def"
#undef ORR_FAMILY

extern const orr_family *const orr_families[];
extern const size_t orr_families_count;
orr_status orr_family_find(const char *name, orr_task task, const orr_family **out, orr_error *e);

#endif
