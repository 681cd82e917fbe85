/* Clocks are passed in: nothing in the core asks the system for the time, so a
 * test can freeze it and a replay cannot depend on it. */
#ifndef ORR_BASE_CLOCK_H
#define ORR_BASE_CLOCK_H

typedef struct orr_clock {
  double (*seconds)(void *context); /* monotonic */
  long long (*wall)(void *context); /* seconds since 1970, UTC */
  void *context;
} orr_clock;

static inline double orr_clock_seconds(const orr_clock *c) { return c->seconds ? c->seconds(c->context) : 0; }
static inline long long orr_clock_wall(const orr_clock *c) { return c->wall ? c->wall(c->context) : 0; }

/* 2026-11-22T09:01:00Z */
char *orr_clock_text(long long wall, char out[32]);

#endif
