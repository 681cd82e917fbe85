/* Fitting a field (model/field.h): Adam from a random start, then L-BFGS to the minimum, then how sure its
 * coefficients are. A step is one of either; a stop is named by the steps of both. */
#ifndef ORR_RUN_FIT_FIELD_H
#define ORR_RUN_FIT_FIELD_H

#include "run/fit_network.h"

orr_status orr_fit_field(const orr_fit_input *in, const orr_steering *steering, orr_store *out,
                         orr_fit_outcome *outcome, orr_error *e);

#endif
