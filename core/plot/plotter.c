/* The plotter: what is wanted, in flight and drawn; see plotter.h. The process and its pipes are plotter_pipe.c's. */
#include "plot/plotter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "plot/plotter_pipe.h"
#include "plot/screen_picture.h"
#include "plot/screen_text.h"
#include "plot/words_cells.h"

enum { MOST_FAILURES = 3, BYTES_A_CELL = 8 /* of escapes and UTF-8, about */ };

/* What gnuplot is to draw, ready to be sent. */
typedef struct order {
  orr_text script, data;
  orr_cell_layout layout;
  orr_plot_look look;
  uint64_t id;
  uint32_t frame;
} order;

typedef struct slot {
  bool asked, pending; /* something was wanted; it waits to be sent */
  order order;         /* what waits */
  uint64_t id;         /* what was wanted last */
  orr_plot_look look;
  orr_drawing *drawing;
  double ready; /* not to be sent before: the line is slow */
  int failures;
  char failure[256];
} slot;

struct orr_plotter {
  orr_plotter_pipe pipe;
  double deadline, bytes_per_second;
  slot slots[ORR_PLOTTER_SLOTS];
  order flight;
  int flying; /* the slot it is for; -1: none */
  double until;
  size_t next; /* the slot whose turn it is */
  uint32_t frames;
};

static void empty_order(order *o) {
  orr_text_fini(&o->script);
  orr_text_fini(&o->data);
  *o = (order){0};
}

orr_status orr_plotter_open(const orr_plotter_config *config, orr_plotter **out, orr_error *e) {
  orr_plotter *p = orr_calloc(1, sizeof *p);
  *out = NULL;
  if (!p) return orr_fail_memory(e, "the plotter", sizeof *p);
  p->flying = -1;
  p->deadline = config->deadline > 0 ? config->deadline : 2;
  p->bytes_per_second = config->bytes_per_second;
  orr_status status = orr_plotter_pipe_init(&p->pipe, config, e);
  if (status) orr_plotter_close(p);
  else *out = p;
  return status;
}

void orr_plotter_close(orr_plotter *p) {
  if (!p) return;
  orr_plotter_pipe_fini(&p->pipe);
  for (size_t i = 0; i < ORR_PLOTTER_SLOTS; i++) {
    empty_order(&p->slots[i].order);
    orr_drawing_unref(p->slots[i].drawing);
  }
  empty_order(&p->flight);
  orr_free(p);
}

/* ---- wanting ---- */

static bool same_colours(const orr_plot_palette *a, const orr_plot_palette *b) {
  return a->light == b->light && a->colours == b->colours && a->text == b->text && a->muted == b->muted &&
         a->back == b->back && !memcmp(a->series, b->series, sizeof a->series) &&
         !memcmp(a->shade, b->shade, sizeof a->shade);
}

static bool same_stretch(const double *a, const double *b) {
  bool all = !(a[0] < a[1]);
  return all ? !(b[0] < b[1]) : a[0] == b[0] && a[1] == b[1];
}

static bool same_look(const orr_plot_look *a, const orr_plot_look *b) {
  return a->mode == b->mode && a->columns == b->columns && a->rows == b->rows &&
         a->cell_width == b->cell_width && a->cell_height == b->cell_height && a->log_x == b->log_x &&
         a->log_y == b->log_y && same_stretch(a->zoom_x, b->zoom_x) && same_stretch(a->zoom_y, b->zoom_y) &&
         a->whole == b->whole && same_colours(&a->palette, &b->palette);
}

bool orr_plotter_has(const orr_plotter *p, size_t at, uint64_t id, const orr_plot_look *look) {
  const slot *s = &p->slots[at % ORR_PLOTTER_SLOTS];
  return s->asked && s->id == id && same_look(&s->look, look);
}

static orr_status say_in_words(slot *s, const orr_figure *f, const orr_plot_look *look, orr_error *e) {
  orr_drawing *d = orr_words_drawing(f, s->id, look, e);
  if (!d) return ORR_MEMORY;
  orr_drawing_unref(s->drawing);
  s->drawing = d;
  s->pending = false;
  return ORR_OK;
}

static orr_status make_order(const orr_plotter *p, order *o, const orr_figure *f, orr_error *e) {
  if (o->look.mode < ORR_PLOT_CELLS)
    return orr_screen_picture(f, &o->look, p->pipe.window, o->frame, &o->script, &o->data, e);
  ORR_TRY(orr_cell_layout_find(f, &o->look, &o->layout, e));
  return orr_screen_text(f, &o->look, &o->layout, o->frame, &o->script, &o->data, e);
}

orr_status orr_plotter_want(orr_plotter *p, size_t at, uint64_t id, const orr_figure *f,
                            const orr_plot_look *look, orr_error *e) {
  slot *s = &p->slots[at % ORR_PLOTTER_SLOTS];
  if (orr_plotter_has(p, at, id, look)) return ORR_OK;
  bool other = !s->asked || s->id != id;
  s->asked = true, s->id = id, s->look = *look;
  if (other) s->failures = 0;
  *s->failure = 0;
  if (look->mode == ORR_PLOT_WORDS || !orr_plotter_pipe_can(&p->pipe)) return say_in_words(s, f, look, e);
  empty_order(&s->order);
  s->pending = false;
  s->order.look = *look, s->order.id = id, s->order.frame = ++p->frames;
  orr_status status = make_order(p, &s->order, f, e);
  if (status) {
    snprintf(s->failure, sizeof s->failure, "%.250s", e ? e->message : "it cannot be drawn");
    empty_order(&s->order);
    return status;
  }
  s->pending = true;
  return ORR_OK;
}

void orr_plotter_forget(orr_plotter *p, size_t at) {
  slot *s = &p->slots[at % ORR_PLOTTER_SLOTS];
  empty_order(&s->order);
  orr_drawing_unref(s->drawing);
  *s = (slot){0};
}

orr_drawing *orr_plotter_drawing(const orr_plotter *p, size_t at) {
  return p->slots[at % ORR_PLOTTER_SLOTS].drawing;
}

const char *orr_plotter_failure(const orr_plotter *p, size_t at) {
  const slot *s = &p->slots[at % ORR_PLOTTER_SLOTS];
  return *s->failure ? s->failure : NULL;
}

const char *orr_plotter_trouble(const orr_plotter *p) { return *p->pipe.trouble ? p->pipe.trouble : NULL; }

bool orr_plotter_busy(const orr_plotter *p) {
  for (size_t i = 0; i < ORR_PLOTTER_SLOTS; i++)
    if (p->slots[i].pending) return true;
  return p->flying >= 0;
}

/* ---- one frame ---- */

static orr_status keep_axes(orr_drawing *d, const orr_cell_layout *l) {
  d->axes = orr_calloc(l->n ? l->n : 1, sizeof *d->axes);
  if (!d->axes) return ORR_MEMORY;
  for (size_t i = 0; i < l->n; i++) d->axes[i] = orr_cell_panel_axes(&l->panels[i]);
  d->n_axes = l->n;
  return ORR_OK;
}

/* Bytes that showing it will cost the terminal: what differs from the one before. */
static double cost(const orr_drawing *d, const orr_drawing *before) {
  size_t count = (size_t)d->columns * (size_t)d->rows, changed = 0;
  if (d->picture_bytes) return 4.0 / 3 * (double)d->picture_bytes;
  if (!before || before->columns != d->columns || before->rows != d->rows)
    return (double)(BYTES_A_CELL * count);
  for (size_t i = 0; i < count; i++) {
    const orr_plot_cell *a = &d->cells[i], *b = &before->cells[i];
    changed += a->rune != b->rune || a->fore != b->fore || a->back != b->back;
  }
  return (double)(BYTES_A_CELL * changed);
}

static bool land(orr_plotter *p, double now) {
  slot *s = &p->slots[p->flying];
  bool wanted = s->asked;
  orr_drawing *d = wanted ? orr_plotter_pipe_drawing(&p->pipe, p->flight.id) : NULL;
  p->flying = -1;
  if (d && keep_axes(d, &p->flight.layout)) orr_drawing_unref(d), d = NULL;
  if (d && p->bytes_per_second > 0) s->ready = now + cost(d, s->drawing) / p->bytes_per_second;
  if (d) {
    orr_drawing_unref(s->drawing);
    s->drawing = d;
    s->failures = 0;
  }
  empty_order(&p->flight);
  return d != NULL;
}

/* The frame is lost with its gnuplot. It is asked for again unless something newer waits or it was lost too often. */
static void lose(orr_plotter *p, const char *why) {
  if (!p->pipe.complained) snprintf(p->pipe.trouble, sizeof p->pipe.trouble, "%s", why);
  orr_plotter_pipe_kill(&p->pipe);
  if (p->flying < 0) return;
  slot *s = &p->slots[p->flying];
  p->flying = -1;
  if (s->asked && !s->pending && ++s->failures >= MOST_FAILURES)
    snprintf(s->failure, sizeof s->failure, "%.120s: %.120s", why, p->pipe.trouble);
  else if (s->asked && !s->pending) {
    s->order = p->flight;
    s->pending = true;
    p->flight = (order){0};
  }
  empty_order(&p->flight);
}

static void take_off(orr_plotter *p, double now) {
  for (size_t i = 0; i < ORR_PLOTTER_SLOTS && p->flying < 0; i++) {
    size_t at = (p->next + i) % ORR_PLOTTER_SLOTS;
    slot *s = &p->slots[at];
    if (!s->pending || s->ready > now) continue;
    p->flight = s->order;
    s->order = (order){0};
    s->pending = false;
    p->flying = (int)at;
    p->next = at + 1;
    p->until = now + p->deadline;
    order *o = &p->flight;
    orr_plotter_pipe_send(&p->pipe, o->frame, &o->look, &o->script, &o->data);
  }
}

bool orr_plotter_pump(orr_plotter *p, double now) {
  char before[sizeof p->pipe.trouble];
  memcpy(before, p->pipe.trouble, sizeof before);
  bool changed = false;
  if (p->flying < 0) take_off(p, now);
  orr_plotter_pipe_pump(&p->pipe);
  if (p->flying >= 0 && p->pipe.whole) changed = land(p, now);
  else if (p->flying >= 0 && p->pipe.broken) lose(p, p->pipe.broken);
  else if (p->flying >= 0 && now >= p->until) lose(p, "gnuplot took too long");
  else if (p->pipe.broken) lose(p, p->pipe.broken);
  if (p->flying < 0) {
    take_off(p, now);
    if (p->flying >= 0) orr_plotter_pipe_pump(&p->pipe);
  }
  return changed || strcmp(before, p->pipe.trouble);
}

size_t orr_plotter_polls(const orr_plotter *p, struct pollfd *polls) {
  return orr_plotter_pipe_polls(&p->pipe, polls);
}

double orr_plotter_due(const orr_plotter *p, double now) {
  if (p->flying >= 0) return fmax(0, p->until - now);
  double soonest = INFINITY;
  for (size_t i = 0; i < ORR_PLOTTER_SLOTS; i++)
    if (p->slots[i].pending) soonest = fmin(soonest, fmax(0, p->slots[i].ready - now));
  return isfinite(soonest) ? soonest : -1;
}
