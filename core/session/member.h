/* One model of a fit, however it comes about: loaded from the record, taken up
 * from its checkpoint, or trained from the beginning; steered meanwhile, and
 * kept for whoever resumes. */
#ifndef ORR_SESSION_MEMBER_H
#define ORR_SESSION_MEMBER_H

#include "session/cache.h"

typedef struct orr_member {
  orr_cached done; /* the model and how it ended; the caller's */
  bool loaded;     /* from the record */
  double before;   /* seconds of training in sessions before this one */
} orr_member;

/* The model-th of the call's seeds, from 1; t->seed is its own. fini also after a failure. */
orr_status orr_member_train(orr_session *s, orr_call *call, const orr_training *t, size_t model,
                            orr_member *out, orr_error *e);

#endif
