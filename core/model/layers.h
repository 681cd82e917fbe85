/* Layers: networks put together from the graph's operators.
 *
 * Each builder enters its label, so that an error of shape names the layer, and
 * notes how its parameters begin. The numbers are drawn once the graph is
 * complete, every parameter's from a stream of its own. A network in a line is
 * a list of descriptions, so that one kept in a file is built again from it.
 */
#ifndef ORR_MODEL_LAYERS_H
#define ORR_MODEL_LAYERS_H

#include "base/arena.h"
#include "base/value.h"
#include "base/vector.h"
#include "grad/graph.h"

#define ORR_ACTIVATION_LIST(X)                                                                               \
  X(RELU, "relu")                                                                                            \
  X(LEAKY_RELU, "leaky_relu")                                                                                \
  X(ELU, "elu")                                                                                              \
  X(GELU, "gelu")                                                                                            \
  X(SILU, "silu")                                                                                            \
  X(TANH, "tanh")                                                                                            \
  X(SIGMOID, "sigmoid")                                                                                      \
  X(SOFTPLUS, "softplus")

typedef enum orr_activation {
#define X(code, name) ORR_##code,
  ORR_ACTIVATION_LIST(X)
#undef X
} orr_activation;

/* As an option's choices. */
#define ORR_ACTIVATION_CHOICES "relu|leaky_relu|elu|gelu|silu|tanh|sigmoid|softplus"

const char *orr_activation_name(orr_activation a);
orr_status orr_activation_find(const char *name, orr_activation *out, orr_error *e);

/* How a parameter begins: all the same, or drawn from a normal or a uniform distribution about 0. */
typedef enum orr_initial { ORR_ALL_EQUAL, ORR_NORMAL, ORR_UNIFORM } orr_initial;

typedef struct orr_beginning {
  orr_node parameter;
  orr_initial kind;
  double scale; /* the value; the standard deviation; the bound */
  size_t idle;  /* so many numbers in front begin at 0 */
} orr_beginning;

/* {.graph = …} is a network without a layer. */
typedef struct orr_layers {
  orr_graph *graph;
  ORR_VECTOR(orr_beginning) beginnings;
  bool again;   /* parameters are not made but taken, in their order, from … */
  size_t taken; /* … this number on: the same layers on another input */
} orr_layers;

void orr_layers_fini(orr_layers *l); /* the graph stays */

/* The parameters' first values: parameters[orr_graph_slab]. A parameter without a beginning is 0. */
void orr_layers_begin(const orr_layers *l, uint64_t seed, float *parameters);

/* A parameter with a beginning. */
orr_node orr_layer_parameter(orr_layers *l, const char *name, orr_shape shape, orr_initial kind,
                             double scale);

/* What a layer's output goes through decides how large its weights begin. */
typedef enum orr_gain {
  ORR_HE,     /* a rectifier and its kin: normal, variance 2 / inputs (He, Zhang, Ren and Sun, ICCV 2015) */
  ORR_GLOROT, /* anything else: uniform, variance 2 / (inputs + outputs) (Glorot and Bengio, AISTATS 2010) */
  ORR_STILL   /* the last layer of what shall begin as the identity: all 0 */
} orr_gain;

orr_gain orr_activation_gain(orr_activation a);

/* y[…,width] = x[…,d] w[d,width] + b[width] */
orr_node orr_layer_linear(orr_layers *l, orr_node x, int width, orr_gain gain);

/* The same with weights only where mask[d,width] is 1. */
orr_node orr_layer_masked_linear(orr_layers *l, orr_node x, int width, const double *mask, orr_gain gain);

orr_node orr_layer_activation(orr_layers *l, orr_node x, orr_activation a);

/* x / (1 - rate), or 0 with probability rate, in training; x otherwise (Srivastava et al., JMLR 15, 2014). */
orr_node orr_layer_dropout(orr_layers *l, orr_node x, double rate);

/* Ba, Kiros and Hinton 2016, with a scale and a shift for each unit. */
orr_node orr_layer_norm(orr_layers *l, orr_node x);

/* x + W2 dropout(a(W1 a(norm(x)))), the norm where asked for: full pre-activation (He, Zhang, Ren and Sun, ECCV 2016). */
orr_node orr_layer_residual(orr_layers *l, orr_node x, int width, orr_activation a, double rate, bool norm);

/* index[rows,c] of categories from 0 → [rows, c·width]: each column has a table of its own. A vector begins normal,
 * of length 1 in the mean square; that of category 0, which stands for what is not known, begins in their middle. */
orr_node orr_layer_embedding(orr_layers *l, orr_node index, const int *categories, int width);

/* x / sqrt(1 + (x / bound)²): the middle stays, far values end at ± bound (Holzmüller, Grinsztajn and Steinwart,
 * "Better by default", NeurIPS 2024, section 3.1). */
orr_node orr_layer_squash(orr_layers *l, orr_node x, double bound);

/* --- Networks in a line --------------------------------------------------- */

typedef enum orr_layer_kind {
  ORR_LINEAR,     /* width */
  ORR_ACTIVATION, /* activation */
  ORR_DROPOUT,    /* rate */
  ORR_LAYER_NORM,
  ORR_RESIDUAL, /* width (within), activation, rate, norm */
  ORR_SQUASH,   /* rate: the bound */
  ORR_TRACED    /* tape: a function of x[rows, …] written in a recipe, without parameters */
} orr_layer_kind;

typedef struct orr_layer {
  orr_layer_kind kind;
  int width;
  orr_activation activation;
  double rate;
  bool norm;
  const struct orr_tape *tape; /* of grad/tape.h */
} orr_layer;

enum { ORR_MOST_LAYERS = 256, ORR_MOST_WIDTH = 1 << 14 };

/* y = layers in their order of x[rows,d]. A linear layer's gain is that of the activation that comes next. */
orr_node orr_layers_sequence(orr_layers *l, const orr_layer *list, size_t n, orr_node x);

/* [{"layer": "linear", "width": 64}, {"layer": "silu"}, …] and back; the latter is not trusted. */
orr_json *orr_layers_to_json(const orr_layer *list, size_t n);
orr_status orr_layers_from_json(const orr_json *j, orr_arena *arena, orr_layer **list, size_t *n,
                                orr_error *e);

/* The same of a list that a recipe gives: tables with these keys, and functions that were traced. */
orr_status orr_layers_from_value(const orr_value *v, orr_arena *arena, orr_layer **list, size_t *n,
                                 orr_error *e);

#endif
