/* Events: what the engine tells the front end, through a bounded ring.
 *
 * Every event is a value without pointers. When the ring is full, progress is
 * dropped (it is stored in events.jsonl all the same) and anything else waits
 * for room. One descriptor wakes the reader, however many events came.
 */
#ifndef ORR_RUN_EVENTS_H
#define ORR_RUN_EVENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef enum orr_event_kind {
  ORR_EVENT_COMMAND,  /* text: the journal's line */
  ORR_EVENT_PROGRESS, /* what, step, steps, values */
  ORR_EVENT_NOTE,     /* text for the person */
  ORR_EVENT_END       /* the engine has ended */
} orr_event_kind;

enum { ORR_EVENT_VALUES = 16, ORR_EVENT_RING = 512 };

typedef struct orr_event {
  orr_event_kind kind;
  double seconds; /* since the run's start */
  char slot[32];  /* of the command that runs: "fit2"; "" none */
  size_t member;  /* which of the fit's models is being trained, from 1; 0: none is */
  char what[48];
  bool passing; /* progress of the moment only: shown where there is room, kept nowhere */
  size_t step, steps, n_values;
  struct {
    char name[32];
    double value;
  } values[ORR_EVENT_VALUES];
  char text[1024];
} orr_event;

typedef struct orr_events {
  pthread_mutex_t lock;
  pthread_cond_t room;
  orr_event *ring;
  size_t first, count;
  int wake; /* eventfd, readable while there may be events */
} orr_events;

orr_status orr_events_init(orr_events *v, orr_error *e);
void orr_events_fini(orr_events *v);
void orr_events_put(orr_events *v, const orr_event *event);
bool orr_events_take(orr_events *v, orr_event *out); /* false: none left; the wake-up is then cleared */

#endif
