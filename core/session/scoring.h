/* Scoring: a fitted model's predictions beside the truth, as metric sees them. */
#ifndef ORR_SESSION_SCORING_H
#define ORR_SESSION_SCORING_H

#include "session/session.h"

/* member of fit on the rows that have a target and a usable weight; everything lives in `arena`. */
orr_status orr_scoring_make(orr_session *s, const orr_fit_object *fit, size_t member, const orr_table *t,
                            const orr_rows *rows, orr_arena *arena, orr_evaluation *out, orr_error *e);

/* How many of these rows of t the fit was trained on: scores on them are too good. */
size_t orr_scoring_seen(const orr_fit_object *fit, const orr_table *t, const orr_evaluation *v);

/* Standard deviation of each measured score over the fit's members, as numbers "PREFIX<score>.seed_sd". */
orr_status orr_scoring_spread(orr_session *s, const orr_fit_object *fit, const orr_table *t,
                              const orr_rows *rows, const char *prefix, const orr_measured *measured,
                              size_t n, orr_error *e);

#endif
