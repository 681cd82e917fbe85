/* Leaves: what is given from outside. They have a shape and nothing else. */
#include "grad/operator.h"

static bool given_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  (void)g;
  *out = v->attributes.shape;
  return true;
}

#define LEAF(kind) const orr_operator orr_operator_##kind = {#kind, ORR_LEAF, .shape = given_shape};

LEAF(input)
LEAF(parameter)
LEAF(setting)
LEAF(constant)
LEAF(rows)
