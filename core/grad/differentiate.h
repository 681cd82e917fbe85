/* Differentiation, reverse mode: the derivative is more nodes of the same
 * graph, to be computed, differentiated or looked at like any other. */
#ifndef ORR_GRAD_DIFFERENTIATE_H
#define ORR_GRAD_DIFFERENTIATE_H

#include "grad/graph.h"

/* dx[i], of x[i]'s shape: the derivative of the sum of y's elements, each times dy's (dy of y's shape; 0: ones).
 * For a y with rows and an x with rows that is each row's own derivative. Zeros where y does not depend on x. */
void orr_differentiate(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n, orr_node *dx);
orr_node orr_gradient(orr_graph *g, orr_node y, orr_node x);

/* The same with each x taken as a variable of its own, even where one depends on another. */
void orr_differentiate_partial(orr_graph *g, orr_node y, orr_node dy, const orr_node *x, size_t n,
                               orr_node *dx);

#endif
