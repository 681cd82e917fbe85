/* Operators: what a node of the graph can be.
 *
 * One table (operators.def) names them all; each is one orr_operator in its
 * family's file, and holds everything there is to know of it: shape rule,
 * kernels in float and double, derivative as graph nodes (so that derivatives
 * of derivatives come for free), a plain reference in double that shares no
 * code with the kernels, and how it is tried. A kernel sees contiguous
 * row-major tensors of concrete shape, allocates nothing and cannot fail.
 */
#ifndef ORR_GRAD_OPERATOR_H
#define ORR_GRAD_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grad/graph.h"

/* How a program treats an operator. */
typedef enum orr_class {
  ORR_LEAF,        /* no kernel: the value is given */
  ORR_ELEMENTWISE, /* out[i] = f(a[i], b[i], c[i]) after broadcasting; has vector_f32, vector_f64, scalar */
  ORR_VIEW,        /* the input's elements in the same order under another shape */
  ORR_KERNEL       /* anything else: has run_f32, run_f64, plain */
} orr_class;

/* How partial results of shards become the result, where the batch axis is reduced away. */
typedef enum orr_combine { ORR_COMBINE_NONE, ORR_COMBINE_SUM, ORR_COMBINE_MAX, ORR_COMBINE_MIN } orr_combine;

/* A contiguous row-major tensor; for a row node dim[0] is the number of rows at hand. */
typedef struct orr_tensor {
  int rank;
  size_t dim[ORR_MOST_RANK];
  void *x; /* float or double, by the kernel called; inputs are not written to */
} orr_tensor;

typedef struct orr_kernel_call {
  const orr_vertex *node; /* attributes and symbolic shape */
  orr_tensor out;
  orr_tensor in[ORR_MOST_INPUTS];
  bool accumulate;     /* combine with what `out` holds; for operators with a combination only */
  uint64_t seed, step; /* noise */
  size_t first_row;    /* of these rows within the batch */
} orr_kernel_call;

typedef void (*orr_kernel_fn)(const orr_kernel_call *);

/* out[n] = f(a[n], b[n], c[n]); unused inputs are NULL; out may be one of the inputs. */
typedef void (*orr_vector_f32_fn)(size_t n, const float *a, const float *b, const float *c, float *out);
typedef void (*orr_vector_f64_fn)(size_t n, const double *a, const double *b, const double *c, double *out);
typedef double (*orr_scalar_fn)(double a, double b, double c);

/* The shape of the result, or false after orr_graph_fail. Elementwise operators need none: they broadcast. */
typedef bool (*orr_shape_fn)(orr_graph *g, const orr_vertex *v, orr_shape *out);

/* What the node y passes to its input number k, given what it is passed itself, dy (of y's shape): any shape
 * that fits the input's after sums and broadcasts; 0 for nothing. */
typedef orr_node (*orr_derivative_fn)(orr_graph *g, orr_node y, orr_node dy, int k);

/* Where a test draws an input of an elementwise operator from: [low, high], whole numbers or not, no nearer
 * than 0.05 to a kink. */
typedef struct orr_range {
  double low, high;
  bool whole;
  int n_kinks;
  double kink[2];
} orr_range;

/* The number-th test of an operator that is not elementwise, over leaves made by orr_node_trial; 0 after the last. */
typedef orr_node (*orr_trial_fn)(orr_graph *g, int number);

struct orr_operator {
  const char *name;
  orr_class class;
  int arity;           /* -1: 1 … ORR_MOST_INPUTS */
  orr_combine combine; /* used where the result is whole and an input has rows */
  orr_shape_fn shape;
  orr_vector_f32_fn vector_f32;
  orr_vector_f64_fn vector_f64;
  orr_scalar_fn scalar; /* reference of an elementwise operator */
  orr_kernel_fn run_f32, run_f64;
  orr_kernel_fn plain;          /* reference of any other */
  orr_derivative_fn derivative; /* orr_no_derivative: piecewise constant */
  orr_range range[3];
  orr_trial_fn trial;
};

#define ORR_OPERATOR(family, name) extern const orr_operator orr_operator_##name;
#include "grad/operators.def"
#undef ORR_OPERATOR

extern const orr_operator *const orr_operators[];
extern const size_t orr_operator_count;

orr_node orr_no_derivative(orr_graph *g, orr_node y, orr_node dy, int k);

/* Adds a node, or finds the one that is already the same. For the operators' own builders. */
orr_node orr_graph_apply(orr_graph *g, const orr_operator *op, const orr_node *inputs, int n_inputs,
                         const orr_attributes *attributes);

/* A number for a stream of noise, its own in this graph. */
int32_t orr_graph_stream(orr_graph *g);

/* A leaf for tests, an input or a parameter by its shape, to be filled from [low, high], with `whole` by whole
 * numbers: attributes.value holds the three. */
orr_node orr_node_trial(orr_graph *g, orr_shape shape, double low, double high, bool whole);

static inline orr_node orr_input_of(const orr_graph *g, orr_node n, int k) {
  return orr_graph_at(g, n)->input[k];
}

/* A tensor as [outer, length, inner] about one axis. */
typedef struct orr_along {
  size_t outer, length, inner;
} orr_along;
orr_along orr_tensor_along(const orr_tensor *t, int axis);
size_t orr_tensor_size(const orr_tensor *t);

/* For references: the next index of a tensor, last axis first; false after the last one. And where it lies. */
bool orr_tensor_next(const orr_tensor *t, size_t index[ORR_MOST_RANK]);
size_t orr_tensor_offset(const orr_tensor *t, const size_t index[ORR_MOST_RANK]);

/* An axis as the caller counts it, from the end if negative; -1 and a failure when there is none. */
int orr_axis_of(orr_graph *g, const char *what, orr_node x, int axis);

/* A loop over contiguous memory, compiled for several instruction sets, the best chosen when the program
 * starts. No sum is reordered and nothing contracted: the bits are the same at each level. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define ORR_VECTORISED                                                                                       \
  __attribute__((target_clones("avx512f", "avx2", "default"),                                                \
                 optimize("O3", "no-math-errno", "no-trapping-math")))
#else
#define ORR_VECTORISED
#endif

#endif
