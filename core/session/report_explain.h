/* What explanations add to a run: numbers with stable names, and a block of the
 * report. */
#ifndef ORR_SESSION_REPORT_EXPLAIN_H
#define ORR_SESSION_REPORT_EXPLAIN_H

#include "explain/dependence.h"
#include "explain/importance.h"
#include "explain/interaction.h"
#include "explain/latent.h"
#include "explain/shapley.h"
#include "session/session.h"

/* "" where no number begins with the stem, else "model.AS.", or without `as` "model.FIT.", "model.FIT_2." … */
const char *orr_explain_prefix(const orr_session *s, const char *stem, const char *fit, const char *as,
                               orr_arena *arena);

/* importance.COLUMN, importance.A+B of groups */
orr_status orr_report_importance(orr_session *s, const char *prefix, const char *model,
                                 const orr_importance *i, orr_error *e);

/* dependence.COLUMN: how far the answer moves along it, one standard deviation over the rows */
orr_status orr_report_dependence(orr_session *s, const char *prefix, const char *model,
                                 const orr_dependence *all, size_t n, orr_error *e);

/* interaction.A+B */
orr_status orr_report_interaction(orr_session *s, const char *prefix, const char *model,
                                  const orr_interaction *i, orr_error *e);

/* shapley.COLUMN, the mean size over rows, and shapley.additivity */
orr_status orr_report_shares(orr_session *s, const char *prefix, const char *model, const orr_shapley *h,
                             orr_error *e);

/* One row: shapley.row_R.COLUMN, .base, .answer and .additivity; row: of the input, from 0. truth: as text, NULL. */
orr_status orr_report_why(orr_session *s, const char *prefix, const char *model, const orr_shapley *h,
                          int64_t row, const char *truth, orr_error *e);

/* latent.KL.z1 …, latent.KL, latent.active_units, latent.reconstruction, latent.explained, latent.effect.z1,
 * latent.share.z1, latent.correlation.z1 */
orr_status orr_report_latent(orr_session *s, const char *prefix, const char *model, const orr_latent *l,
                             orr_error *e);

#endif
