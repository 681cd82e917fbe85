/* What a recipe says of a network: from nn's tables and functions to a family
 * and its options. Functions are traced here, before the call is journaled. */
#ifndef ORR_SESSION_NETWORK_H
#define ORR_SESSION_NETWORK_H

#include "grad/tape.h"
#include "session/training.h"

/* Traces a function of the call with these tensors; one that was is left as it is. ORR_RECIPE where the call is not
 * from a recipe. */
orr_status orr_call_trace(orr_session *s, const orr_call *call, orr_value *function, orr_graph *g,
                          const orr_tape_argument *arguments, size_t n, orr_error *e);

/* The functions of o.fit: layers, and a loss of (pred, target, row). */
orr_status orr_network_trace(orr_session *s, orr_call *call, orr_error *e);

/* The family of the argument `model`, a name or one of nn's tables; of a table also its options. */
orr_status orr_network_family(const orr_call *call, const char **family, orr_value *options, orr_error *e);

/* The table's columns that a traced loss looks at, in the order of its calls. */
orr_status orr_network_looks_at(const orr_options *options, orr_arena *arena, orr_training *t, orr_error *e);

#endif
