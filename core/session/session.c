/* The session; see session.h. */
#include "session/session.h"

#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "session/input.h"
#include "session/journal.h"

static double elapsed(const orr_session *s) { return orr_clock_seconds(&s->config->clock) - s->started; }

/* A line of events.jsonl; a failed write is found when the run's folder is closed. */
static void keep_event(orr_session *s, const orr_event *event) {
  if (s->events_fd < 0 || event->kind == ORR_EVENT_COMMAND) return;
  orr_json *j = orr_json_new_object();
  orr_text line = {0};
  orr_json_set(j, "seconds", orr_json_new_number(round(event->seconds * 1e6) * 1e-6));
  if (event->kind == ORR_EVENT_NOTE) orr_json_set(j, "note", orr_json_new_string(event->text));
  else orr_json_set(j, "what", orr_json_new_string(event->what));
  if (event->kind == ORR_EVENT_PROGRESS) orr_json_set(j, "step", orr_json_new_integer((int64_t)event->step));
  for (size_t i = 0; i < event->n_values; i++)
    orr_json_set(j, event->values[i].name, orr_json_new_number(event->values[i].value));
  if (!orr_json_print(j, false, &line, NULL)) {
    orr_text_add(&line, "\n");
    if (write(s->events_fd, line.data, line.length) < 0) s->events_fd = -1;
  }
  orr_text_fini(&line);
  orr_json_free(j);
}

void orr_session_emit(orr_session *s, orr_event *event) {
  event->seconds = elapsed(s);
  bool epoch = event->kind == ORR_EVENT_PROGRESS && event->n_values && !event->passing;
  snprintf(event->slot, sizeof event->slot, "%s", s->slot);
  event->member = s->member;
  if (epoch || event->kind == ORR_EVENT_NOTE) keep_event(s, event);
  const orr_observer *o = s->config->observer;
  if (o && o->event) o->event(o->context, event);
  if (s->events) orr_events_put(s->events, event);
}

void orr_session_note(orr_session *s, const char *format, ...) {
  orr_event event = {.kind = ORR_EVENT_NOTE};
  va_list args;
  va_start(args, format);
  vsnprintf(event.text, sizeof event.text, format, args);
  va_end(args);
  orr_session_emit(s, &event);
}

/* How far something is, with nothing learnt, is passed on twenty times a second at most; so is what is passing, by
 * whoever reports it. */
static bool is_beat(orr_session *s, const orr_report *r) {
  double now = elapsed(s);
  if (r->n_values || now - s->last_beat >= 0.05) return s->last_beat = now, true;
  return false;
}

static orr_signal on_progress(void *context, const orr_report *r) {
  orr_session *s = context;
  if (!is_beat(s, r)) return s->control ? orr_control_read(s->control) : ORR_GO_ON;
  orr_event event = {.kind = ORR_EVENT_PROGRESS, .passing = r->passing, .step = r->step, .steps = r->steps};
  snprintf(event.what, sizeof event.what, "%s", r->what);
  for (size_t i = 0; i < r->n_values && i < ORR_EVENT_VALUES; i++) {
    snprintf(event.values[i].name, sizeof event.values[i].name, "%s", r->values[i].name);
    event.values[i].value = r->values[i].value;
    event.n_values++;
  }
  orr_session_emit(s, &event);
  return s->control ? orr_control_read(s->control) : ORR_GO_ON;
}

static void on_log(void *context, const char *line) { orr_session_note(context, "%s", line); }

static orr_status open_file(const orr_session *s, const char *name, int how, int *fd, orr_error *e) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", s->config->folder, name);
  *fd = open(orr_text_get(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | how, 0644);
  orr_status status = *fd < 0 ? orr_fail_errno(e, "cannot write '%s'", orr_text_get(&path)) : ORR_OK;
  orr_text_fini(&path);
  return status;
}

/* The mark by which a journal is known, and the header that makes it a recipe. */
static orr_status begin_journal(orr_session *s, orr_error *e) {
  orr_text header = {0};
  orr_text_add(&header, ORR_JOURNAL_MARK "\n");
  if (s->config->interactive) orr_text_add(&header, "--@recipe session\n");
  orr_journal_header(s, &header);
  orr_status status = orr_text_check(&header, e);
  if (!status && write(s->journal_fd, header.data, header.length) != (ssize_t)header.length)
    status = orr_fail_errno(e, "cannot write the journal");
  orr_text_fini(&header);
  return status;
}

orr_status orr_session_open(orr_session *s, const orr_session_config *config, orr_pool *pool,
                            orr_control *control, orr_events *events, orr_error *e) {
  *s = (orr_session){
      .config = config, .control = control, .events = events, .journal_fd = -1, .events_fd = -1};
  s->work = (orr_work){.pool = pool, .progress = on_progress, .log = on_log, .context = s};
  s->started = orr_clock_seconds(&config->clock);
  if (!config->folder) return ORR_OK;
  ORR_TRY(open_file(s, "journal.lua", O_TRUNC, &s->journal_fd, e));
  ORR_TRY(open_file(s, "events.jsonl", config->resumes ? 0 : O_TRUNC, &s->events_fd, e));
  return begin_journal(s, e);
}

void orr_step_fini(orr_step *step) {
  orr_free(step->slot);
  orr_free(step->line);
  orr_free(step->detail);
  orr_undo_fini(&step->undo);
}

void orr_session_close(orr_session *s) {
  if (s->journal_fd >= 0) close(s->journal_fd);
  if (s->events_fd >= 0) close(s->events_fd);
  orr_objects_fini(&s->objects);
  orr_numbers_fini(&s->numbers);
  for (size_t i = 0; i < s->inputs.count; i++) orr_input_fini(&s->inputs.items[i]);
  for (size_t i = 0; i < s->cuts.count; i++) orr_free(s->cuts.items[i].name);
  for (size_t i = 0; i < s->steps.count; i++) orr_step_fini(&s->steps.items[i]);
  orr_free(s->inputs.items);
  orr_free(s->cuts.items);
  orr_free(s->steps.items);
  orr_text_fini(&s->facts);
  orr_text_fini(&s->report);
  orr_text_fini(&s->stops);
  orr_text_fini(&s->controls);
  orr_free(s->resumed_fit);
  orr_text_fini(&s->plots);
  orr_free(s->main_model);
}

static orr_status push_cut(orr_session *s, orr_cut cut, orr_error *e) {
  ORR_PUSH(&s->cuts, cut, e);
  return ORR_OK;
}

orr_status orr_session_add_cut(orr_session *s, const char *name, size_t rows, orr_error *e) {
  orr_cut cut = {orr_strdup(name), rows};
  orr_status status = cut.name ? push_cut(s, cut, e) : orr_fail_memory(e, "a name", 0);
  if (status) orr_free(cut.name);
  return status;
}

orr_status orr_session_path(orr_session *s, const char *kind, const char *name, const char *suffix,
                            orr_text *out, orr_error *e) {
  orr_text_printf(out, "%s/%s", s->config->folder, kind);
  ORR_TRY(orr_text_check(out, e));
  ORR_TRY(orr_file_make_folders(out->data, e));
  if (*name) orr_text_printf(out, "/%s%s", name, suffix);
  return orr_text_check(out, e);
}
