/* The control mailbox: what the main thread asks of running work.
 *
 * The engine reads it between batches and never waits on it. A request only
 * grows (go on < finish < abandon), and the first reason for it stays.
 */
#ifndef ORR_RUN_CONTROL_H
#define ORR_RUN_CONTROL_H

#include <stdatomic.h>

#include "base/progress.h"

#define ORR_REASON_LIST(X)                                                                                   \
  X(NONE, "")                                                                                                \
  X(DEADLINE, "deadline")                                                                                    \
  X(INTERRUPT, "interrupted (SIGINT)")                                                                       \
  X(TERMINATE, "terminated (SIGTERM)")                                                                       \
  X(HANGUP, "hangup (SIGHUP)")                                                                               \
  X(USER, "stopped by SIGUSR1")

typedef enum orr_reason {
#define X(code, text) ORR_REASON_##code,
  ORR_REASON_LIST(X)
#undef X
} orr_reason;

typedef struct orr_control {
  atomic_int request; /* orr_signal */
  atomic_int reason;  /* orr_reason */
} orr_control;

void orr_control_ask(orr_control *c, orr_signal request, orr_reason reason);
orr_signal orr_control_read(orr_control *c);
orr_reason orr_control_reason(orr_control *c);
const char *orr_reason_text(orr_reason reason);

#endif
