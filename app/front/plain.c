/* Talk for people, on standard error; see front.h. */
#include <stdio.h>
#include <string.h>

#include "app/front/front.h"
#include "app/speak.h"
#include "base/text.h"

static void close_line(orr_front *f) {
  if (f->line_open) fputs("\r\033[K", stderr);
  f->line_open = false;
}

static void add_progress(const orr_event *event, orr_text *out) {
  orr_text_add_inert(out, event->what);
  if (event->step) orr_text_printf(out, "  step %zu", event->step);
  if (event->step && event->steps) orr_text_printf(out, " of %zu", event->steps);
  for (size_t i = 0; i < event->n_values; i++) {
    orr_text_add(out, "  ");
    orr_text_add_inert(out, event->values[i].name);
    orr_text_printf(out, " %.4g", event->values[i].value);
  }
}

/* Ten lines a second are as many as an eye can use; without a terminal, one is. */
static bool is_due(orr_front *f, const orr_event *event) {
  bool rewrites = f->place->is_terminal && !f->place->plain;
  bool fresh = strcmp(f->last_what, event->what) != 0;
  if (!rewrites && (!event->n_values || event->passing)) return false;
  if (!fresh && event->seconds - f->last_shown < (rewrites ? 0.1 : 1.0)) return false;
  f->last_shown = event->seconds;
  snprintf(f->last_what, sizeof f->last_what, "%s", event->what);
  return true;
}

static void show_progress(orr_front *f, const orr_event *event) {
  orr_text line = {0};
  bool rewrites = f->place->is_terminal && !f->place->plain;
  add_progress(event, &line);
  if (rewrites && line.length > f->place->columns - 1) line.data[f->place->columns - 1] = 0;
  fprintf(stderr, rewrites ? "\r\033[K%s" : "%s\n", orr_text_get(&line));
  f->line_open = rewrites;
  orr_text_fini(&line);
}

static void wrap(orr_text *line, size_t columns) {
  orr_text wrapped = {0};
  orr_text_add_wrapped(&wrapped, orr_text_get(line), 0, 2, columns);
  if (wrapped.length) wrapped.data[--wrapped.length] = 0; /* its newline */
  orr_text_fini(line);
  *line = wrapped;
}

void orr_front_plain(void *front, const orr_event *event) {
  orr_front *f = front;
  orr_text line = {0};
  if (f->quiet) return;
  if (event->kind == ORR_EVENT_PROGRESS && is_due(f, event)) show_progress(f, event);
  if (event->kind != ORR_EVENT_NOTE) return;
  close_line(f);
  orr_text_add_inert(&line, event->text);
  if (f->place->is_terminal) wrap(&line, f->place->columns);
  orr_say_line(orr_text_get(&line));
  orr_text_fini(&line);
}

void orr_front_plain_end(orr_front *front) { close_line(front); }
