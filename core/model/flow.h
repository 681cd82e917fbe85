/* Normalising flows: a density as a chain of invertible layers.
 *
 * A layer moves each column by a monotone function, affine or a spline, whose
 * parameters a network computes from other columns: in an autoregressive layer
 * from those before it (Papamakarios, Pavlakou and Murray, "Masked
 * autoregressive flow", NeurIPS 2017, with the masks of Germain et al., "MADE",
 * ICML 2015), in a coupling layer from the other half (Dinh, Sohl-Dickstein and
 * Bengio, "Density estimation using Real NVP", ICLR 2017; Durkan et al., "Neural
 * spline flows", NeurIPS 2019). Context joins what the network sees.
 * ln p(x) = ln N(z; 0, 1) + Σ ln |dz/dx|.
 */
#ifndef ORR_MODEL_FLOW_H
#define ORR_MODEL_FLOW_H

#include "model/density.h"
#include "model/network.h"

enum { ORR_MOST_FLOW_COLUMNS = 512, ORR_MOST_FLOW_LAYERS = 64, ORR_MOST_FLOW_BINS = 64 };

/* What is kept of it, and what the graph is built from. */
typedef struct orr_flow {
  int columns, context, layers;
  bool autoregressive; /* else coupling */
  bool spline;         /* else affine */
  bool mixing;         /* a linear layer of full rank between layers; else columns change places */
  bool residual;       /* of the conditioners: hidden[0], then a block for each hidden width */
  int hidden[ORR_MOST_HIDDEN], n_hidden;
  orr_activation activation;
  int bins;       /* of a spline */
  double box;     /* of a spline: the identity beyond, in standard deviations */
  double dropout; /* within the conditioners, in training; not kept */
} orr_flow;

/* How many parameters, told without building it. */
size_t orr_flow_parameters(const orr_flow *f);

/* z[rows,columns] and ln |dz/dx| [rows] of x[rows,columns] and context[rows,context] (0: none). */
typedef struct orr_flow_nodes {
  orr_node z, log_determinant;
} orr_flow_nodes;
orr_flow_nodes orr_flow_forward(const orr_flow *f, orr_layers *l, orr_node x, orr_node context);

/* One layer backwards, without its mixing: what it was given, where it gave z, if `so_far` is right in all that
 * the network of the column looks at. Layers from 0; for parameters that are there (l->again). */
orr_node orr_flow_layer_inverse(const orr_flow *f, orr_layers *l, int layer, orr_node z, orr_node so_far,
                                orr_node context);

/* The first parameter of a layer, counted as the graph counts them; its mixing's come first. */
size_t orr_flow_first_parameter(const orr_flow *f, int layer);

/* From 1: column `c` of an autoregressive layer sees those of lower degree. */
int orr_flow_degree(const orr_flow *f, int layer, int column);

/* ln N(z; 0, 1) + log_determinant: [rows] */
orr_node orr_flow_log_density(orr_graph *g, const orr_flow *f, orr_flow_nodes at);

/* --- Learning and keeping ---------------------------------------------------- */

#define ORR_FLOW_OPTIONS(layers_, layers_help_, hidden_, residual_, activation_, dropout_, mixing_)          \
  {.name = "layers",                                                                                         \
   .type = ORR_TAKES_INTEGER,                                                                                \
   .fallback = layers_,                                                                                      \
   .least = 1,                                                                                               \
   .most = ORR_MOST_FLOW_LAYERS,                                                                             \
   .help = layers_help_},                                                                                    \
      ORR_HIDDEN_OPTION(hidden_),                                                                            \
      {.name = "residual",                                                                                   \
       .type = ORR_TAKES_BOOLEAN,                                                                            \
       .fallback = residual_,                                                                                \
       .help = "the networks within are residual: a block for each hidden width"},                           \
      {.name = "activation",                                                                                 \
       .type = ORR_TAKES_CHOICE,                                                                             \
       .fallback = activation_,                                                                              \
       .choices = ORR_ACTIVATION_CHOICES,                                                                    \
       .help = "what each unit's sum goes through"},                                                         \
      {.name = "dropout",                                                                                    \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = dropout_,                                                                                 \
       .least = 0,                                                                                           \
       .most = 0.95,                                                                                         \
       .help = "share of units left out at random in training"},                                             \
  {                                                                                                          \
    .name = "mixing", .type = ORR_TAKES_CHOICE, .fallback = mixing_, .choices = "reverse|lu",                \
    .help = "between layers: columns change places, or a linear layer learns how to mix them"                \
  }

#define ORR_SPLINE_OPTIONS                                                                                   \
  {.name = "bins",                                                                                           \
   .type = ORR_TAKES_INTEGER,                                                                                \
   .least = 2,                                                                                               \
   .most = ORR_MOST_FLOW_BINS,                                                                               \
   .help = "pieces of each spline; where none is given, 32 for up to 3 columns, else 8"},                    \
  {                                                                                                          \
    .name = "box", .type = ORR_TAKES_NUMBER, .fallback = "4", .least = 0.5, .most = 100,                     \
    .help = "splines reach from -box to box, in standard deviations; beyond is the identity"                 \
  }

/* A flow of these kinds from the options, with a lesson that learns it. */
orr_status orr_flow_learner(const orr_density_input *in, bool autoregressive, bool spline, orr_store *out,
                            orr_lesson *lesson, orr_error *e);

/* The learner alone, without rows: what the benchmarks train. Inputs "x" and, where there are any, "context" and
 * "weight"; the loss is the mean of minus the log-density of x as it is given. */
orr_status orr_flow_make_learner(const orr_flow *f, bool weighted, uint64_t seed, orr_learner *out,
                                 orr_error *e);

orr_status orr_flow_note(const orr_flow *f, orr_store *s, orr_error *e);
orr_status orr_flow_read(const orr_store *s, orr_flow *out, orr_error *e); /* not trusted */

/* --- A kept flow, opened ------------------------------------------------------- */

typedef struct orr_flow_model {
  orr_flow flow;
  orr_precision precision;
  const float *parameters;
  const double *center, *scale; /* of columns, then of context */
  double log_scale;             /* Σ ln scale over the columns */
  orr_graph *graph;
  orr_flow_nodes forward;
  orr_node inverse[ORR_MOST_FLOW_LAYERS];
} orr_flow_model;

/* The store must outlive it. Precision decides how far inverse(forward(x)) is from x. */
orr_status orr_flow_open(orr_flow_model *m, const orr_store *s, orr_precision precision, orr_error *e);
void orr_flow_close(orr_flow_model *m);

/* z[n,columns], and ln |dz/dx| [n] in the data's units, of x[n,columns]; either may be NULL. */
orr_status orr_flow_encode(const orr_flow_model *m, const orr_matrix *x, const orr_matrix *context, double *z,
                           double *log_determinant, const orr_work *work, orr_error *e);
orr_status orr_flow_decode(const orr_flow_model *m, const orr_matrix *z, const orr_matrix *context, double *x,
                           const orr_work *work, orr_error *e);

/* The functions of a row of density.h, the same for every flow. */
orr_status orr_flow_density_check(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e);
orr_status orr_flow_density_log(const orr_store *s, const orr_matrix *x, const orr_matrix *context,
                                double *out, const orr_work *work, orr_error *e);
orr_status orr_flow_density_sample(const orr_store *s, const orr_matrix *context, size_t n, uint64_t seed,
                                   double *x, const orr_work *work, orr_error *e);
orr_status orr_flow_density_encode(const orr_store *s, const orr_matrix *x, const orr_matrix *context,
                                   double *z, const orr_work *work, orr_error *e);
orr_status orr_flow_density_decode(const orr_store *s, const orr_matrix *z, const orr_matrix *context,
                                   double *x, const orr_work *work, orr_error *e);

#endif
