/* Whether a sophisticated model earns its keep against a simple one, in a sentence. */
#ifndef ORR_METRIC_COMPARE_H
#define ORR_METRIC_COMPARE_H

#include "base/text.h"
#include "metric/score.h"

/* A gain of this many standard errors of the paired difference is taken as real. */
enum { ORR_EARNS_ERRORS = 2 };

/* Fewer rows (by effective number) are not judged at all. */
enum { ORR_JUDGED_ROWS = 20 };

/* Adds the sentence to out. `difference` is the model's score minus the baseline's on the same rows
 * (orr_measure_difference); `score_title` as in orr_score. */
orr_status orr_compare_verdict(const char *model, const char *baseline, const char *score_title,
                               orr_number difference, bool lower_is_better, orr_text *out, orr_error *e);

#endif
