/* Fields: a quantity over a few coordinates, learnt from measurements and from a
 * differential equation that it obeys (Raissi, Perdikaris and Karniadakis,
 * "Physics-informed neural networks", Journal of Computational Physics 378
 * (2019) 686).
 *
 * The network is smooth (a layer of sines, then tanh) and works in units of its
 * own: coordinates in [-1, 1], the field by its deviation. The equation and its
 * coefficients are in the units of the data; the graph's derivatives see to
 * that. Where the equation is held against the field is not where it was
 * measured: those points fill the domain evenly.
 */
#ifndef ORR_MODEL_FIELD_H
#define ORR_MODEL_FIELD_H

#include "grad/tape.h"
#include "model/model.h"
#include "model/network.h"

enum { ORR_MOST_COORDINATES = 4, ORR_MOST_COEFFICIENTS = 16 };

typedef struct orr_field {
  size_t n_inputs, n_hidden, n_unknown;
  const char *inputs[ORR_MOST_COORDINATES];
  double center[ORR_MOST_COORDINATES], half[ORR_MOST_COORDINATES]; /* of the domain */
  double mean, deviation;                                          /* of the measured field */
  int hidden[ORR_MOST_HIDDEN];
  double cycles;                              /* how many waves over the domain the first layer begins with */
  const char *unknown[ORR_MOST_COEFFICIENTS]; /* names of the coefficients to be found */
  double start[ORR_MOST_COEFFICIENTS];
} orr_field;

/* A field in a graph: from leaves for its coordinates, each [rows]. */
typedef struct orr_field_nodes {
  orr_node x[ORR_MOST_COORDINATES], u;         /* [rows] */
  orr_node coefficient[ORR_MOST_COEFFICIENTS]; /* scalars, in units of the equation */
} orr_field_nodes;

void orr_field_build(const orr_field *f, orr_layers *l, orr_field_nodes *n);

/* What is to be trained. Rows: the measurements, then the points. */
typedef struct orr_field_lesson {
  orr_lesson lesson;
  orr_field field;
  orr_node u, residual; /* [rows]; the residual in units of `size` */
  size_t n_measured, n_rows;
  double size;   /* of the residual of fields that do not obey: what is learnt is residual / size */
  double weight; /* of its mean square beside that of the measurements */
} orr_field_lesson;

/* The frame's columns are the coordinates, its target the field. Fills the store's description; checks the gradient. */
orr_status orr_field_learn(const orr_fit_input *in, orr_store *out, orr_field_lesson *lesson, orr_error *e);
void orr_field_lesson_fini(orr_field_lesson *l);

/* The coefficients that slab of parameters holds: value[n_unknown]. */
void orr_field_coefficients(const orr_field_lesson *l, const float *parameters, double *value);

/* How sure they are: error[n_unknown], one standard error each, from the curvature of the loss at the parameters;
 * *noise: deviation of the measurements about the field, *residual: root mean square of the equation's, both in the
 * units of the data. See field_error.c. */
orr_status orr_field_errors(const orr_field_lesson *l, const float *parameters, double *error, double *noise,
                            double *residual, const orr_work *work, orr_error *e);

/* In a kept field: tensor "coefficient.NAME" [value, error], and "noise", "residual". */
orr_status orr_field_keep(const orr_field_lesson *l, const double *value, const double *error, double noise,
                          double residual, orr_store *out, orr_error *e);

#endif
