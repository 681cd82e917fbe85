/* From a call's arguments to what a training needs: rows, features, weights, options. */
#ifndef ORR_SESSION_TRAINING_H
#define ORR_SESSION_TRAINING_H

#include "session/command.h"

/* Fills `t` and the family's options from the call of o.fit; everything lives in the call's arena. */
orr_status orr_training_prepare(orr_session *s, orr_call *call, orr_fit_object *fit, orr_training *t,
                                orr_options *options, orr_error *e);

/* The rows that have a target, and a weight that the fit takes. */
orr_status orr_training_rows(const orr_fit_object *fit, const orr_table *t, const char *target,
                             const orr_rows *rows, orr_arena *arena, orr_rows *out, orr_error *e);

#endif
