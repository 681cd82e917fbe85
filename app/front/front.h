/* Front ends without a screen: talk on standard error for people, or JSON lines
 * on standard output for programs. */
#ifndef ORR_APP_FRONT_FRONT_H
#define ORR_APP_FRONT_FRONT_H

#include "app/place.h"
#include "run/events.h"

typedef struct orr_front {
  const orr_place *place;
  bool quiet;
  bool line_open;    /* a progress line stands on the terminal */
  double last_shown; /* seconds */
  char last_what[48];
} orr_front;

/* Notes as lines; progress as one line rewritten on a terminal, as a line a second elsewhere. */
void orr_front_plain(void *front, const orr_event *event);
void orr_front_plain_end(orr_front *front);

/* Every event as a line of JSON on standard output. */
void orr_front_jsonl(void *front, const orr_event *event);

#endif
