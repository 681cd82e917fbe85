/* The report: what a run found, as a page a scientist reads, 80 columns wide. */
#ifndef ORR_SESSION_REPORT_H
#define ORR_SESSION_REPORT_H

#include "session/session.h"

/* Adds to the session's report: scores of model and baseline with their difference, the verdict, the confusion. */
orr_status orr_report_scores(orr_session *s, const orr_evaluation_object *v, const char *part,
                             const orr_fit_object *fit, orr_error *e);

/* Adds to the head: how the rows were split, and how many there are of each class of `classes` (a column's
 * name; NULL: none). */
orr_status orr_report_split(orr_session *s, const orr_table *t, const orr_split *split, const char *classes,
                            orr_error *e);

/* Adds to the head, once: how many features are numbers and how many text, and which miss cells. */
orr_status orr_report_features(orr_session *s, const orr_training *t, orr_error *e);

/* What a field's equation tells: numbers coefficient.NAME, noise and residual.rms, and a table of them. Nothing for
 * other models. */
orr_status orr_report_field(orr_session *s, const orr_fit_object *fit, orr_error *e);

/* What the page opens with. */
typedef struct orr_report_head {
  const char *title, *question, *recipe;
  const char *status; /* "ok", "deadline", "stopped" */
  const char *about;  /* of the bundled data, when it is used; NULL: nothing */
} orr_report_head;

/* The whole page: head, data and cut-flow, the session's report. */
orr_status orr_report_print(const orr_session *s, const orr_report_head *head, orr_text *out, orr_error *e);

#endif
