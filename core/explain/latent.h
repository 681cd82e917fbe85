/* What the latent space of a model holds, over rows: how far each of its
 * dimensions carries something (its divergence from the prior, Kingma and Welling
 * 2014; active units, Burda, Grosse and Salakhutdinov 2016, section 5.2), how far
 * it moves what is decoded, and which known columns it goes with.
 */
#ifndef ORR_EXPLAIN_LATENT_H
#define ORR_EXPLAIN_LATENT_H

#include "model/kept.h"

typedef struct orr_latent_spec {
  const orr_kept *model;
  const orr_table *table;
  const size_t *rows;
  size_t n;
  size_t most_rows; /* 0: 2,000 */
  uint64_t seed;
} orr_latent_spec;

typedef struct orr_dimension {
  const char *name;    /* "z1" */
  double mean, sd;     /* of its codes over the rows */
  double origin, unit; /* it is moved through origin + step · unit: 0 and 1 of a prior, else mean and sd */
  double share;        /* of the variance of all codes; principal components: of all there is in the rows */
  double divergence, divergence_error; /* nats; NaN where the code is a point */
  bool active; /* its codes vary: by more than 0.01 of the prior's variance; of a point code, at all */
  double effect,
      effect_error;   /* root mean square change of the columns, in the model's scale, for a step of 1 */
  const char *column; /* the known column it goes with best; NULL: with none */
  double correlation, correlation_error; /* Pearson's; of a text column the correlation ratio */
} orr_dimension;

typedef struct orr_latent {
  bool variational;
  size_t n, of, dimensions, width;
  orr_dimension *dimension; /* [dimensions] */
  size_t *by_effect,
      *by_divergence; /* [dimensions] numbers of dimensions, descending; point codes: by share */
  double divergence, divergence_error; /* of all dimensions, nats a row */
  size_t active;
  const char *alarm;                           /* of a collapse, with what to try; NULL: there is none */
  double reconstruction, reconstruction_error; /* root mean squared error of a column, in the model's scale */
  double explained, explained_error;           /* 1 - squared error / squares about the mean */
  double *row_error;                           /* [n] root mean squared error of each row looked at */
  const size_t *rows;                          /* [n] which they are */
  size_t
      middle; /* of the table: the row whose code lies nearest to the mean of all, in units of the dimensions */
  double *
      middle_code; /* [dimensions] its code: what a traversal starts from, for a mean may be like no row at all */
  const char *const *known; /* [n_known] columns of the table that vary */
  size_t n_known;
  double *correlation; /* [dimensions,n_known] */
} orr_latent;

orr_status orr_latent_measure(const orr_latent_spec *spec, const orr_work *work, orr_arena *arena,
                              orr_latent *out, orr_error *e);

/* Pairwise over the n rows; NaN where one does not vary. Text: the correlation ratio. */
double orr_correlation_with(const double *z, size_t stride, const orr_column *c, const size_t *rows,
                            size_t n);

#endif
