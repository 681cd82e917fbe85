/* Schedules; see schedule.h. */
#include "run/schedule.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

double orr_span_done(const orr_span *s, const orr_moment *at) {
  double done = s->steps        ? (double)(at->step + 1) / (double)s->steps
                : s->epochs > 0 ? (at->epoch + at->length) / s->epochs
                                : 1;
  return done < 1 ? done : 1;
}

/* From a to b along half a cosine. */
static double glide(double a, double b, double done) { return b + (a - b) * 0.5 * (1 + cos(pi * done)); }

static double one_cycle(double done) {
  const double first = 1.0 / 25, last = 1.0 / 250000, top = 0.3;
  return done < top ? glide(first, 1, done / top) : glide(1, last, (done - top) / (1 - top));
}

/* What is left of the training after the warm-up is the cosine's period. */
static double cosine(const orr_schedule *s, const orr_moment *at) {
  double warm = s->warm_up.steps ? (double)s->warm_up.steps * at->length : s->warm_up.epochs;
  double left = at->epochs - warm;
  double done = left > 0 ? (at->epoch - warm) / left : 0;
  return glide(1, s->last, fmin(fmax(done, 0), 1));
}

double orr_schedule_factor(const orr_schedule *s, const orr_moment *at) {
  if (s->kind == ORR_SCHEDULE_ONE_CYCLE) return one_cycle(fmin(at->epoch / at->epochs, 1));
  double warm = orr_span_done(&s->warm_up, at);
  return s->kind == ORR_SCHEDULE_COSINE ? warm * cosine(s, at) : warm;
}

bool orr_schedule_look(const orr_schedule *s, orr_plateau *p, double loss) {
  if (s->kind != ORR_SCHEDULE_PLATEAU) return false;
  if (loss < p->best) {
    p->best = loss;
    p->stale = 0;
    return false;
  }
  if (++p->stale <= s->patience) return false;
  p->stale = 0;
  p->factor *= s->shrink;
  return true;
}

const char *orr_schedule_name(orr_schedule_kind kind) {
  static const char *const names[] = {
#define X(code, name) name,
      ORR_SCHEDULE_LIST(X)
#undef X
  };
  return names[kind];
}
