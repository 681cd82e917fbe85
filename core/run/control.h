/* The control mailbox: what the main thread asks of running work.
 *
 * The engine reads it between batches. A request to end only grows (go on <
 * finish < abandon), and the first reason for it stays; pausing, asking for a
 * checkpoint and setting a hyper-parameter may happen any number of times.
 * Nothing in it is a pointer: names and numbers are copied in and out. Who
 * pauses is waited for on a bell that every request rings, at no cost.
 */
#ifndef ORR_RUN_CONTROL_H
#define ORR_RUN_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/progress.h"

#define ORR_REASON_LIST(X)                                                                                   \
  X(NONE, "")                                                                                                \
  X(DEADLINE, "deadline")                                                                                    \
  X(INTERRUPT, "interrupted (SIGINT)")                                                                       \
  X(TERMINATE, "terminated (SIGTERM)")                                                                       \
  X(HANGUP, "hangup (SIGHUP)")                                                                               \
  X(USER, "stopped by SIGUSR1")                                                                              \
  X(HAND, "stopped by hand")

typedef enum orr_reason {
#define X(code, text) ORR_REASON_##code,
  ORR_REASON_LIST(X)
#undef X
} orr_reason;

enum { ORR_CONTROL_SETS = 16 };

/* A hyper-parameter and what it is to become. */
typedef struct orr_set {
  char name[32];
  double value;
} orr_set;

/* {0} is an empty mailbox. */
typedef struct orr_control {
  atomic_int request;      /* orr_signal */
  atomic_int reason;       /* orr_reason */
  atomic_int paused;       /* 0 or 1 */
  atomic_uint checkpoints; /* how often one was asked for */
  atomic_uint bell;        /* counts what was asked; a paused reader sleeps on it */
  atomic_bool busy;        /* somebody touches the queue, for a few instructions */
  atomic_bool saving;      /* the reader writes what it has: an answer may take as long as the disk does */
  unsigned first, waiting; /* of the queue of settings */
  orr_set sets[ORR_CONTROL_SETS];
} orr_control;

/* These may be called from any thread, and the first four from a signal handler. */
void orr_control_ask(orr_control *c, orr_signal request, orr_reason reason);
void orr_control_pause(orr_control *c);
void orr_control_resume(orr_control *c);
void orr_control_ask_checkpoint(orr_control *c);
bool orr_control_set(orr_control *c, const char *name, double value); /* false: the queue is full */

/* As it was when nothing had been asked: what a new line of a person begins with. Not from a signal handler; callers see
 * to it that nobody asks meanwhile for what belongs to the line before. */
void orr_control_renew(orr_control *c);

/* The reader's side. */
orr_signal orr_control_read(orr_control *c);
orr_reason orr_control_reason(orr_control *c);
bool orr_control_is_paused(orr_control *c);
unsigned orr_control_checkpoints(orr_control *c); /* one is due when this has changed */
bool orr_control_take(orr_control *c, orr_set *out);
unsigned orr_control_bell(orr_control *c);
void orr_control_wait(orr_control *c, unsigned bell); /* sleeps until the bell has rung since it was read */
void orr_control_tell_saving(orr_control *c, bool saving);
bool orr_control_is_saving(orr_control *c); /* for the main thread */

const char *orr_reason_text(orr_reason reason);

#endif
