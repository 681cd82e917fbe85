/* Whether a learner's gradient is the slope of its loss: looked at before a loss that somebody wrote is trained. */
#ifndef ORR_MODEL_GRADIENT_CHECK_H
#define ORR_MODEL_GRADIENT_CHECK_H

#include "base/progress.h"
#include "model/learner.h"

/* Compares, in double precision, on some of the rows and at parameters shaken at random, derivatives along random
 * directions with differences of the loss; *worst is the largest relative deviation. Says it to the person as
 * "WHAT: gradient check: 3.1e-09". ORR_NUMERIC when they differ by more than a thousandth, when the loss is not
 * finite or does not depend on any parameter, or when it is no mean over the rows of a batch. */
orr_status orr_gradient_check(orr_learner *l, const orr_dataset *rows, const char *what, uint64_t seed,
                              const orr_work *work, double *worst, orr_error *e);

#endif
