/* The list of lines that a person has given, as the session tells of its
 * commands; a recipe's commands are lines too. It only ever grows: what was
 * taken back stays, and is marked. */
#include <stdio.h>
#include <string.h>

#include "app/workbench/bench.h"

static bool push(orr_bench_engine *b, orr_told_line line) {
  if (b->lines.count == b->lines.capacity &&
      orr_vector_grow((void **)&b->lines.items, b->lines.count, &b->lines.capacity, sizeof line, NULL))
    return false;
  b->lines.items[b->lines.count++] = line;
  return true;
}

static void add(orr_bench_engine *b, const char *text, orr_line_state state, const char *error) {
  orr_told_line line = {.text = orr_strdup(text),
                        .error = error ? orr_strdup(error) : NULL,
                        .recipe = b->recipe ? orr_strdup(b->recipe) : NULL,
                        .state = state,
                        .step = b->session.steps.count};
  if (line.text && push(b, line)) return;
  orr_free(line.text);
  orr_free(line.error);
  orr_free(line.recipe);
}

void orr_lines_fail(orr_workbench *w, const char *text, const orr_error *error) {
  add(&w->engine, text, ORR_LINE_FAILED, error->message);
}

/* Steps that are no more, and the steering of a fit that came to nothing. */
static void mark_undone(orr_bench_engine *b) {
  for (size_t i = 0; i < b->lines.count; i++) {
    orr_told_line *line = &b->lines.items[i];
    if (line->state == ORR_LINE_DONE && line->step >= b->session.steps.count) line->state = ORR_LINE_UNDONE;
  }
}

static bool takes_back(const char *line) { return !strncmp(line, "o.undo ", 7); }

/* "s.fit2 = o.fit { …": its curves begin anew. */
static void forget_curves(orr_workbench *w) {
  if (*w->engine.session.slot) orr_live_forget(&w->live, w->engine.session.slot);
}

static void ended(orr_workbench *w, const char *line, const orr_error *error) {
  orr_bench_engine *b = &w->engine;
  double seconds = orr_clock_seconds(&w->clock) - b->command_since;
  if (takes_back(line)) {
    if (error) add(b, line, ORR_LINE_FAILED, error->message);
    orr_bench_forget_unused(b);
  }
  for (size_t i = b->lines.count; i-- && !takes_back(line);) {
    orr_told_line *last = &b->lines.items[i];
    if (last->state != ORR_LINE_RUNNING) continue;
    last->seconds = seconds;
    last->state = error ? ORR_LINE_FAILED : ORR_LINE_DONE;
    if (error) last->error = orr_strdup(error->message);
    break;
  }
  mark_undone(b);
  b->has_failed = b->has_failed || error;
}

/* "Stop and keep best" is for the fit it was asked for: the next command of a recipe goes on, unless all is to end. */
static void end_stop(orr_workbench *w) {
  pthread_mutex_lock(&w->lock);
  w->fitting = false;
  bool stopped = orr_control_read(&w->control) == ORR_FINISH;
  if (stopped && w->closing) orr_control_ask(&w->control, ORR_ABANDON, ORR_REASON_HAND);
  else if (stopped) orr_control_renew(&w->control);
  pthread_mutex_unlock(&w->lock);
}

static void on_command(void *context, const char *line, bool has_ended, const orr_error *error) {
  orr_workbench *w = context;
  orr_bench_engine *b = &w->engine;
  if (has_ended) {
    ended(w, line, error);
    end_stop(w);
  } else {
    b->command_since = orr_clock_seconds(&w->clock);
    forget_curves(w);
    if (!takes_back(line)) add(b, line, ORR_LINE_RUNNING, NULL);
    pthread_mutex_lock(&w->lock);
    w->fitting = strstr(line, " = o.fit ") != NULL;
    pthread_mutex_unlock(&w->lock);
  }
  orr_bench_publish(w);
}

/* Values of the moment are of a batch, not of an epoch: those that an epoch has too get curves of their own. */
static void name_passing(orr_event *event) {
  static const char *const same[] = {"learning_rate", "gradient_norm", "rows_per_second", "seconds",
                                     "seconds_left"};
  for (size_t i = 0; i < event->n_values; i++) {
    char *name = event->values[i].name;
    bool alike = false;
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) alike = alike || !strcmp(name, same[k]);
    char batch[sizeof event->values[i].name + 6];
    snprintf(batch, sizeof batch, "batch_%s", name);
    if (!alike) memcpy(name, batch, sizeof event->values[i].name), name[sizeof event->values[i].name - 1] = 0;
  }
}

/* Steering is a line of its own, of the fit that runs. */
static void on_event(void *context, const orr_event *event) {
  orr_workbench *w = context;
  if (event->kind == ORR_EVENT_PROGRESS && event->n_values && *event->slot) {
    orr_event point = *event;
    if (event->passing) name_passing(&point);
    orr_live_add(&w->live, event->slot, event->member ? event->member : 1, &point);
  }
  if (event->kind == ORR_EVENT_COMMAND && !strncmp(event->text, "o.control ", 10))
    add(&w->engine, event->text, ORR_LINE_DONE, NULL);
}

void orr_lines_observe(orr_workbench *w) {
  w->engine.observer = (orr_observer){.event = on_event, .command = on_command, .context = w};
}

void orr_lines_fini(orr_bench_engine *b) {
  for (size_t i = 0; i < b->lines.count; i++) {
    orr_free(b->lines.items[i].text);
    orr_free(b->lines.items[i].error);
    orr_free(b->lines.items[i].recipe);
  }
  orr_free(b->lines.items);
}
