/* The graph: what is to be computed, before anything is.
 *
 * A graph owns its nodes. A node is a number, greater than its inputs'; equal
 * nodes are one node. Tensors have rank 0 to 4, are row-major, and all axes
 * are known but one: the batch, always axis 0, written ORR_FREE. A node with
 * it has rows; one without is whole: parameters, constants, what was reduced
 * over the batch. Errors stick: after the first, builders return 0, and
 * orr_graph_check tells it with the layer and the shapes at fault.
 */
#ifndef ORR_GRAD_GRAPH_H
#define ORR_GRAD_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ORR_MOST_RANK = 4, ORR_MOST_INPUTS = 8, ORR_FREE = -1 };

typedef uint32_t orr_node; /* 0: none */
typedef struct orr_operator orr_operator;
typedef struct orr_graph orr_graph;

typedef struct orr_shape {
  int32_t rank;
  int32_t dim[ORR_MOST_RANK]; /* ≥ 1; dim[0] may be ORR_FREE; zero past the rank */
} orr_shape;

/* What an operator has beside its inputs; unused fields are zero. */
typedef struct orr_attributes {
  int32_t axis;        /* reductions, softmax, slices */
  int32_t start, size; /* slice: which part; embed: where, in how much; one_hot, scatter: classes */
  int32_t number;      /* leaves: the how-manieth of its kind; noise: its stream */
  int32_t window[8];   /* unfold, fold: kernel, stride, padding, then the picture's size */
  orr_shape shape;     /* leaves, broadcast, reshape; transpose: order of the axes */
  int32_t flag;        /* cumsum: backwards; noise: normal; spline: inverse */
  double value[4];     /* constant: its fill; layer_norm: epsilon; spline: box and least sizes */
  size_t offset;       /* parameter: first element in the slab */
} orr_attributes;

typedef struct orr_vertex {
  const orr_operator *op;
  orr_shape shape;
  int32_t n_inputs;
  orr_node input[ORR_MOST_INPUTS];
  orr_attributes attributes;
  const double *data; /* a constant's elements; NULL: all are attributes.value[0] */
  const char *name;   /* of an input, parameter or setting; else NULL */
  const char *label;  /* the layer it was made in, "" outside */
} orr_vertex;

orr_graph *orr_graph_new(void); /* NULL when out of memory */
void orr_graph_free(orr_graph *g);

/* The first error, if there was one. */
orr_status orr_graph_check(const orr_graph *g, orr_error *e);
bool orr_graph_failed(const orr_graph *g);

/* Notes the first error, ORR_SHAPE, under the layers entered; returns 0. */
orr_node orr_graph_fail(orr_graph *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for memory that was not to be had. */
orr_node orr_graph_fail_memory(orr_graph *g, size_t bytes);

/* Layers: what is made in between is said to be theirs. */
void orr_graph_enter(orr_graph *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void orr_graph_leave(orr_graph *g);

/* Nodes are 1 … orr_graph_count; a vertex stays where it is as long as the graph lives. */
orr_node orr_graph_count(const orr_graph *g);
bool orr_graph_has(const orr_graph *g, orr_node n);
const orr_vertex *orr_graph_at(const orr_graph *g, orr_node n); /* one it has */

/* Leaves in the order they were made, numbered from 0. */
size_t orr_graph_inputs(const orr_graph *g);
size_t orr_graph_parameters(const orr_graph *g);
size_t orr_graph_settings(const orr_graph *g);
orr_node orr_graph_input(const orr_graph *g, size_t number);
orr_node orr_graph_parameter(const orr_graph *g, size_t number);
orr_node orr_graph_setting(const orr_graph *g, size_t number);
size_t orr_graph_slab(const orr_graph *g); /* elements of all parameters together */

/* Shapes. */
orr_shape orr_shape_of(const orr_graph *g, orr_node n); /* a scalar's for no node */
bool orr_shape_has_rows(const orr_shape *s);
bool orr_shape_equal(const orr_shape *a, const orr_shape *b);
size_t orr_shape_size(const orr_shape *s, size_t rows); /* elements, with that many rows */
char *orr_shape_text(const orr_shape *s, char out[64]); /* "[rows, 28]" */

/* The common shape of two: like NumPy, axes aligned at the end, 1 stretches; the batch meets the batch (the
 * shorter of two shapes with rows gets axes of 1 after its batch), or an axis of 1. */
bool orr_shape_broadcast(const orr_shape *a, const orr_shape *b, orr_shape *out);

/* How far apart, in elements of a contiguous tensor of shape `in`, neighbours along each axis of `out` lie
 * (0 where it is stretched), with that many rows. */
void orr_shape_strides(const orr_shape *in, const orr_shape *out, size_t rows, size_t stride[ORR_MOST_RANK]);

#define ORR_SHAPE_OF(...) orr_shape_make((const int32_t[]){__VA_ARGS__}, sizeof((int32_t[]){__VA_ARGS__}) / 4)
orr_shape orr_shape_make(const int32_t *dims, size_t rank); /* ORR_SHAPE_OF(ORR_FREE, 3) */
orr_shape orr_shape_scalar(void);

/* Leaves. Names are copied; constants' elements too. */
orr_node orr_node_input(orr_graph *g, const char *name, orr_shape shape); /* shape.dim[0] = ORR_FREE */
orr_node orr_node_parameter(orr_graph *g, const char *name, orr_shape shape);
orr_node orr_node_setting(orr_graph *g, const char *name); /* a scalar that may change between steps */
orr_node orr_node_constant(orr_graph *g, double value);
orr_node orr_node_constant_data(orr_graph *g, orr_shape shape, const double *data);
orr_node orr_node_rows(orr_graph *g); /* how many rows the whole batch has */

#endif
