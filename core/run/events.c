/* The event ring; see events.h. */
#include "run/events.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"

orr_status orr_events_init(orr_events *v, orr_error *e) {
  *v = (orr_events){.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  if (v->wake < 0) return orr_fail_errno(e, "cannot make a wake-up descriptor");
  v->ring = orr_calloc(ORR_EVENT_RING, sizeof *v->ring);
  if (!v->ring) {
    close(v->wake);
    return orr_fail_memory(e, "the event ring", ORR_EVENT_RING * sizeof *v->ring);
  }
  pthread_mutex_init(&v->lock, NULL);
  pthread_cond_init(&v->room, NULL);
  return ORR_OK;
}

void orr_events_fini(orr_events *v) {
  if (!v->ring) return;
  pthread_mutex_destroy(&v->lock);
  pthread_cond_destroy(&v->room);
  orr_free(v->ring);
  close(v->wake);
  v->ring = NULL;
}

void orr_events_put(orr_events *v, const orr_event *event) {
  uint64_t one = 1;
  pthread_mutex_lock(&v->lock);
  bool dropped = v->count == ORR_EVENT_RING && event->kind == ORR_EVENT_PROGRESS;
  while (!dropped && v->count == ORR_EVENT_RING) pthread_cond_wait(&v->room, &v->lock);
  if (!dropped) v->ring[(v->first + v->count++) % ORR_EVENT_RING] = *event;
  pthread_mutex_unlock(&v->lock);
  if (write(v->wake, &one, sizeof one) < 0) return; /* full counter: the reader is awake anyway */
}

bool orr_events_take(orr_events *v, orr_event *out) {
  uint64_t woken;
  pthread_mutex_lock(&v->lock);
  bool any = v->count > 0;
  if (any) {
    *out = v->ring[v->first];
    v->first = (v->first + 1) % ORR_EVENT_RING;
    v->count--;
    pthread_cond_signal(&v->room);
  } else if (read(v->wake, &woken, sizeof woken) < 0) {
    any = false; /* nothing had woken it: the same answer */
  }
  pthread_mutex_unlock(&v->lock);
  return any;
}
