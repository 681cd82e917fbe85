/* The spline's derivative has derivatives too: composed of elementary
 * operators, since only what is differentiated twice needs them. */
#ifndef ORR_GRAD_SPLINE_H
#define ORR_GRAD_SPLINE_H

#include "grad/graph.h"

enum { ORR_MOST_BINS = 32 };

/* The spline of elementary operators, as orr_node_spline gives it, with a spline operator's attributes. */
orr_node orr_spline_composed(orr_graph *g, orr_node x, orr_node p, const orr_attributes *a);

orr_node orr_spline_gradient_derivative(orr_graph *g, orr_node y, orr_node dy, int k);

#endif
