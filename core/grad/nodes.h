/* Building: one function for each operator, orr_node_<operator>(graph, inputs,
 * attributes), and for what is composed of them. Each returns the new node, or
 * 0 after the graph's first error. Inputs broadcast where shapes are not said.
 * An axis counts from 0, or from the end if negative; axis 0 of a node with
 * rows is the batch.
 */
#ifndef ORR_GRAD_NODES_H
#define ORR_GRAD_NODES_H

#include "grad/graph.h"

/* Arithmetic. */
orr_node orr_node_add(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_sub(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_mul(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_div(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_neg(orr_graph *g, orr_node x);
orr_node orr_node_pow(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_square(orr_graph *g, orr_node x);
orr_node orr_node_sqrt(orr_graph *g, orr_node x);
orr_node orr_node_abs(orr_graph *g, orr_node x);
orr_node orr_node_sign(orr_graph *g, orr_node x);
orr_node orr_node_floor(orr_graph *g, orr_node x);
orr_node orr_node_scale(orr_graph *g, orr_node x, double factor);   /* factor x */
orr_node orr_node_offset(orr_graph *g, orr_node x, double summand); /* x + summand */

/* Choices. Comparisons give 1 or 0. */
orr_node orr_node_maximum(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_minimum(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_clamp(orr_graph *g, orr_node x, orr_node low, orr_node high);
orr_node orr_node_where(orr_graph *g, orr_node condition, orr_node yes, orr_node no); /* yes where not 0 */
orr_node orr_node_less(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_less_equal(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_greater(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_greater_equal(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_equal(orr_graph *g, orr_node a, orr_node b);
orr_node orr_node_stop_gradient(orr_graph *g, orr_node x); /* x, held constant when differentiating */

/* Functions. */
orr_node orr_node_exp(orr_graph *g, orr_node x);
orr_node orr_node_expm1(orr_graph *g, orr_node x);
orr_node orr_node_log(orr_graph *g, orr_node x);
orr_node orr_node_log1p(orr_graph *g, orr_node x);
orr_node orr_node_sin(orr_graph *g, orr_node x);
orr_node orr_node_cos(orr_graph *g, orr_node x);
orr_node orr_node_tan(orr_graph *g, orr_node x);
orr_node orr_node_atan(orr_graph *g, orr_node x);
orr_node orr_node_tanh(orr_graph *g, orr_node x);
orr_node orr_node_erf(orr_graph *g, orr_node x);
orr_node orr_node_lgamma(orr_graph *g, orr_node x);
orr_node orr_node_digamma(orr_graph *g, orr_node x);
orr_node orr_node_polygamma(orr_graph *g, orr_node x, int order); /* order-th derivative of digamma, x > 0 */

/* Activations. */
orr_node orr_node_sigmoid(orr_graph *g, orr_node x);
orr_node orr_node_softplus(orr_graph *g, orr_node x);
orr_node orr_node_relu(orr_graph *g, orr_node x);
orr_node orr_node_leaky_relu(orr_graph *g, orr_node x, orr_node slope); /* slope x where x < 0 */
orr_node orr_node_elu(orr_graph *g, orr_node x, orr_node alpha);        /* alpha (exp x - 1) where x < 0 */
orr_node orr_node_gelu(orr_graph *g, orr_node x);                       /* x Φ(x) */
orr_node orr_node_silu(orr_graph *g, orr_node x);                       /* x sigmoid(x) */

/* Reductions along one axis, which is kept with size 1 or dropped. Over the batch they give a whole node. */
orr_node orr_node_sum(orr_graph *g, orr_node x, int axis, bool keep);
orr_node orr_node_mean(orr_graph *g, orr_node x, int axis, bool keep);
orr_node orr_node_max(orr_graph *g, orr_node x, int axis, bool keep);
orr_node orr_node_min(orr_graph *g, orr_node x, int axis, bool keep);
orr_node orr_node_logsumexp(orr_graph *g, orr_node x, int axis, bool keep);
orr_node orr_node_norm(orr_graph *g, orr_node x, int axis, bool keep);   /* sqrt of the sum of squares */
orr_node orr_node_argmax(orr_graph *g, orr_node x, int axis, bool keep); /* the first; not over the batch */
orr_node orr_node_sum_all(orr_graph *g, orr_node x);                     /* of every element: a scalar */
orr_node orr_node_mean_all(orr_graph *g, orr_node x);
orr_node orr_node_sum_sample(orr_graph *g, orr_node x);              /* [rows, …] → [rows] */
orr_node orr_node_sum_to(orr_graph *g, orr_node x, orr_shape shape); /* undoes a broadcast from `shape` */

/* Along an axis that is not the batch; softmax's may be. */
orr_node orr_node_cumsum(orr_graph *g, orr_node x, int axis);
orr_node orr_node_softmax(orr_graph *g, orr_node x, int axis);
orr_node orr_node_log_softmax(orr_graph *g, orr_node x, int axis);

/* (x - mean) / sqrt(variance + epsilon) over the last axis (Ba, Kiros and Hinton 2016), without scale and shift. */
orr_node orr_node_layer_norm(orr_graph *g, orr_node x, double epsilon);

/* Products; w is whole, of rank 2. */
orr_node orr_node_linear(orr_graph *g, orr_node x, orr_node w,
                         orr_node b); /* y[…,k] = x[…,d] w[d,k] + b[k]; b 0: none */
orr_node orr_node_masked_linear(orr_graph *g, orr_node x, orr_node w, orr_node mask, orr_node b); /* w∘mask */
orr_node orr_node_matmul(orr_graph *g, orr_node x, orr_node w);    /* y[…,n] = x[…,k] w[k,n] */
orr_node orr_node_matmul_nt(orr_graph *g, orr_node x, orr_node w); /* y[…,n] = x[…,k] w[n,k] */
orr_node orr_node_matmul_tn(orr_graph *g, orr_node a,
                            orr_node b); /* y[m,n] = Σ a[…,m] b[…,n], batch included */

/* Layout. The batch axis stays where and what it is. */
orr_node orr_node_broadcast(orr_graph *g, orr_node x, orr_shape shape);
orr_node orr_node_reshape(orr_graph *g, orr_node x, orr_shape shape);
orr_node orr_node_flatten(orr_graph *g, orr_node x); /* [rows, …] → [rows, product] */
orr_node orr_node_transpose(orr_graph *g, orr_node x,
                            const int order[ORR_MOST_RANK]); /* out axis i = in axis order[i] */
orr_node orr_node_slice(orr_graph *g, orr_node x, int axis, int start, int size);
orr_node orr_node_embed(orr_graph *g, orr_node x, int axis, int start,
                        int size); /* x at start amid zeros: size in all */
orr_node orr_node_concatenate(orr_graph *g, const orr_node *x, int n, int axis);

/* Indices are real numbers with whole values from 0; one out of range gives NaN, and nothing in one_hot. */
orr_node orr_node_gather(orr_graph *g, orr_node table, orr_node index); /* y[…,e] = table[index[…],e] */
orr_node orr_node_scatter(orr_graph *g, orr_node index, orr_node x,
                          int size);                               /* y[size,e] = Σ x[…,e] by index[…] */
orr_node orr_node_one_hot(orr_graph *g, orr_node index, int size); /* […] → […,size] */
orr_node orr_node_pick(orr_graph *g, orr_node x, orr_node index);  /* y[…] = x[…,index[…]] */

/* Noise of its own for each call: row r gets the same numbers however the batch is cut. */
orr_node orr_node_uniform(orr_graph *g, orr_shape shape); /* (0, 1) */
orr_node orr_node_normal(orr_graph *g, orr_shape shape);
orr_node orr_node_dropout(orr_graph *g, orr_node x,
                          orr_node rate); /* x / (1 - rate), or 0 with probability rate */

/* Convolutions, channels last; w[height·width·channels, out], in that order; b 0: none. */
typedef struct orr_window {
  int height, width;        /* of the kernel */
  int stride_y, stride_x;   /* ≥ 1 */
  int padding_y, padding_x; /* zeros on either side */
} orr_window;
orr_node orr_node_convolution_2d(orr_graph *g, orr_node x, orr_node w, orr_node b,
                                 orr_window window); /* x[rows,h,w,c] */
orr_node orr_node_convolution_1d(orr_graph *g, orr_node x, orr_node w, orr_node b, int width, int stride,
                                 int padding); /* x[rows,l,c] */
/* The transposes, onto a picture of a given size; w[in, height·width·channels]. */
orr_node orr_node_convolution_transpose_2d(orr_graph *g, orr_node x, orr_node w, orr_node b,
                                           orr_window window, int height, int width);
orr_node orr_node_convolution_transpose_1d(orr_graph *g, orr_node x, orr_node w, orr_node b, int width,
                                           int stride, int padding, int length);
orr_node orr_node_unfold(orr_graph *g, orr_node x, orr_window window); /* → [rows, places, height·width·c] */
orr_node orr_node_fold(orr_graph *g, orr_node x, orr_window window, int height,
                       int width); /* its transpose */

/* Rational-quadratic spline (Durkan, Bekasov, Murray and Papamakarios, "Neural spline flows", NeurIPS 2019,
 * section 3.1): x[rows,d] and raw parameters p[rows,d,3K-1] (widths K, heights K, inner derivatives K-1) give
 * y[rows,2,d]: the values, then the logarithms of |dy/dx|. Linear outside [-box, box]. */
orr_node orr_node_spline(orr_graph *g, orr_node x, orr_node p, double box, bool inverse);

#endif
