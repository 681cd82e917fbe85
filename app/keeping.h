/* What a run and a session by hand have in common once they come to be kept:
 * the name of the folder, whether it is worth it, the line in the history. */
#ifndef ORR_APP_KEEPING_H
#define ORR_APP_KEEPING_H

#include "session/record.h"

/* runs/20261122-090100-classification; a second one in the same second gets -2. */
orr_status orr_keeping_begin(const char *stem, const orr_clock *clock, orr_record *record, orr_error *e);

/* Something was found: a fit, or numbers. */
bool orr_keeping_is_worth(const orr_session *s);

/* The score that speaks for an evaluation in one line. */
typedef struct orr_lead {
  const char *title; /* "log loss" */
  char name[256];    /* of the number: "model.mlp.test.log_loss" */
} orr_lead;
orr_lead orr_keeping_lead(const orr_evaluation_object *v);

typedef struct orr_kept_run {
  const char *folder, *recipe, *state;
  long long start;
  bool again; /* it was in the history before */
} orr_kept_run;

/* A history that cannot be written is told in a note. */
void orr_keeping_remember(orr_session *s, const orr_kept_run *run, const char *history);

#endif
