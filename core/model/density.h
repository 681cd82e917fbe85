/* Densities and latent models: what learns from rows without a target.
 *
 * One interface, one family a file. A fitted one is named tensors and notes in
 * a store; everything it says is in the units of the data as they were given:
 * the standardisation is within, and its Jacobian counted. The columns may
 * depend on others, the context, which is then given wherever rows are.
 */
#ifndef ORR_MODEL_DENSITY_H
#define ORR_MODEL_DENSITY_H

#include "base/option.h"
#include "base/progress.h"
#include "model/store.h"
#include "num/matrix.h"

struct orr_lesson; /* model/network.h */

/* Rows with their context: [n,c], or no columns. */
typedef struct orr_density_rows {
  orr_matrix x, context; /* of the same rows; context.cols 0: none */
  const double *weight;  /* [n]; NULL: all one */
} orr_density_rows;

typedef struct orr_density_input {
  const orr_density_rows *train;
  const orr_density_rows *validation; /* NULL or no rows: none */
  const orr_options *options;
  uint64_t seed;
  size_t stop_step; /* replay of a fit that was stopped; 0: none */
  const orr_work *work;
  orr_arena *arena; /* scratch, until the fit ends */
} orr_density_input;

/* Every function but the first two takes a store that passed check. Context: [n,c], or one row for all; may be
 * NULL where the model has none. Outputs have room for n rows. */
typedef struct orr_density {
  const char *name, *title, *help;
  const orr_option *options;
  size_t n_options;

  /* What is to be trained, and in the store all but its parameters, which run/fit_network.h adds. */
  orr_status (*learner)(const orr_density_input *in, orr_store *out, struct orr_lesson *lesson, orr_error *e);

  /* What can be solved has this instead. */
  orr_status (*fit)(const orr_density_input *in, orr_store *out, orr_error *e);

  /* For d columns and c of context; *latent: columns of z. */
  orr_status (*check)(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e);

  /* out[n] = ln p(x), in nats, for x in its own units; NULL: not known. */
  orr_status (*log_density)(const orr_store *s, const orr_matrix *x, const orr_matrix *context, double *out,
                            const orr_work *work, orr_error *e);

  /* x[n,d] at random; NULL: not possible. */
  orr_status (*sample)(const orr_store *s, const orr_matrix *context, size_t n, uint64_t seed, double *x,
                       const orr_work *work, orr_error *e);

  /* z[n,latent] of x[n,d]: a flow's base variables, an autoencoder's code (a variational one's mean). */
  orr_status (*encode)(const orr_store *s, const orr_matrix *x, const orr_matrix *context, double *z,
                       const orr_work *work, orr_error *e);

  /* Of a variational one: mean[n,latent] and log_variance[n,latent] of z given x; its prior is N(0, 1). NULL: the code
   * is a point. */
  orr_status (*posterior)(const orr_store *s, const orr_matrix *x, double *mean, double *log_variance,
                          const orr_work *work, orr_error *e);

  /* x[n,d] of z[n,latent]: a flow's inverse, the mean of a decoder. */
  orr_status (*decode)(const orr_store *s, const orr_matrix *z, const orr_matrix *context, double *x,
                       const orr_work *work, orr_error *e);
} orr_density;

/* --- What the families share ------------------------------------------------- */

/* Mean and deviation of the training rows' columns, then of their context, into the tensors "center" and "scale".
 * ORR_DATA for rows that are none or not finite, and where `varying` is asked for and a column does not vary. */
orr_status orr_density_scale(const orr_density_input *in, bool varying, orr_store *out, orr_error *e);

/* The lesson's rows: standardised columns, then context and weights where there are any. */
orr_status orr_density_rows_add(const orr_density_input *in, const orr_store *s, struct orr_lesson *lesson,
                                orr_error *e);

/* The tensors as they were kept, proven: [d + c] each. */
orr_status orr_density_want_scale(const orr_store *s, size_t d, size_t c, const double **center,
                                  const double **scale, orr_error *e);

/* to[rows,cols] = (x - center) / scale, or back, in the arena. */
orr_status orr_density_standardise(const orr_matrix *x, const double *center, const double *scale,
                                   orr_arena *arena, orr_matrix *to, orr_error *e);
void orr_density_restore(double *x, size_t n, size_t d, const double *center, const double *scale);

extern const orr_density orr_density_pca, orr_density_autoencoder, orr_density_vae, orr_density_maf, orr_density_nsf,
    orr_density_realnvp;

#endif
