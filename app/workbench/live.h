/* Live curves: what running fits have reported, point by point, in a store that
 * the engine appends to and the screen reads. No point is ever dropped here;
 * the event ring may drop progress, for it only says that there is more.
 */
#ifndef ORR_WORKBENCH_LIVE_H
#define ORR_WORKBENCH_LIVE_H

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"
#include "run/events.h"

/* One reported quantity of one model: "loss", "validation_loss", "learning_rate". */
typedef struct orr_series {
  char fit[32];  /* slot: "fit2" */
  size_t member; /* from 1: which of the fit's seeds */
  char name[32];
  size_t n, capacity;
  double *step, *value; /* [n] */
} orr_series;

typedef struct orr_live {
  pthread_mutex_t lock;
  orr_series *items;
  size_t count, capacity;
  uint64_t version; /* grows with every point */
} orr_live;

void orr_live_init(orr_live *v);
void orr_live_fini(orr_live *v);
/* The engine's side: an event of progress with values, of this fit and model. A failed allocation loses the point. */
void orr_live_add(orr_live *v, const char *fit, size_t member, const orr_event *event);
/* The fit begins, perhaps once more under a name that another had: its curves begin anew. */
void orr_live_forget(orr_live *v, const char *fit);
/* The reader's side: calls visit (NULL: only the version is wanted) for each series under the lock (be quick: copy or
 * decimate). */
typedef void (*orr_live_visit_fn)(void *context, const orr_series *s);
uint64_t orr_live_read(orr_live *v, orr_live_visit_fn visit, void *context);

#endif
