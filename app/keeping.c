/* How runs and sessions come to be kept; see keeping.h. */
#include "app/keeping.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "metric/format.h"
#include "session/history.h"

orr_status orr_keeping_begin(const char *stem, const orr_clock *clock, orr_record *record, orr_error *e) {
  time_t now = (time_t)orr_clock_wall(clock);
  char when[32];
  struct tm local;
  orr_status status = ORR_USAGE;
  localtime_r(&now, &local);
  strftime(when, sizeof when, "%Y%m%d-%H%M%S", &local);
  for (unsigned copy = 1; copy < 1000 && status == ORR_USAGE; copy++) {
    orr_text folder = {0};
    orr_text_printf(&folder, "runs/%s-%s", when, stem);
    if (copy > 1) orr_text_printf(&folder, "-%u", copy);
    orr_record_fini(record);
    status = orr_record_begin_fresh(record, orr_text_get(&folder), clock, e);
    orr_text_fini(&folder);
  }
  return status;
}

bool orr_keeping_is_worth(const orr_session *s) {
  for (size_t i = 0; i < s->steps.count; i++)
    if (s->steps.items[i].detail) return true; /* a fit */
  return s->numbers.count > 0;
}

orr_lead orr_keeping_lead(const orr_evaluation_object *v) {
  orr_lead lead = {.title = v->model.task == ORR_REGRESSION ? "RMSE" : "log loss"};
  snprintf(lead.name, sizeof lead.name, "%s%s", v->prefix,
           v->model.task == ORR_REGRESSION ? "rmse" : "log_loss");
  return lead;
}

static const orr_number *lead_of(const orr_session *s, const orr_evaluation_object *v) {
  orr_lead lead = orr_keeping_lead(v);
  return orr_numbers_find(&s->numbers, lead.name);
}

/* The best of those that foretell what the newest does; both leading scores are better when lower. */
static const orr_evaluation_object *best(const orr_session *s) {
  const orr_evaluation_object *found = NULL;
  for (size_t i = s->objects.count; i--;) {
    const orr_object *o = &s->objects.items[i];
    const orr_evaluation_object *v = o->kind == ORR_EVALUATION ? o->evaluation : NULL;
    if (!v || !lead_of(s, v)) continue;
    bool same = found && v->model.task == found->model.task && !strcmp(v->target, found->target);
    if (!found || (same && lead_of(s, v)->value < lead_of(s, found)->value)) found = v;
  }
  return found;
}

static void add_source(const orr_session *s, orr_text *out) {
  if (s->inputs.count) orr_text_printf(out, "on %s  ", orr_file_name(s->inputs.items[0].path));
}

static void add_score(const char *title, const orr_number *number, orr_text *out) {
  orr_text_printf(out, "%s ", title);
  orr_format_number(out, number->value, number->error, false);
}

/* A recipe has a main model; in a session by hand it is the one that did best. */
static void add_headline(const orr_session *s, orr_text *out) {
  static const struct {
    const char *name, *title;
  } lines[] = {{"test.log_loss", "log loss"}, {"test.rmse", "RMSE"}};
  const orr_evaluation_object *v = s->config->interactive ? best(s) : NULL;
  if (v) {
    orr_text_printf(out, "%s ", v->model_name);
    add_source(s, out);
    add_score(orr_keeping_lead(v).title, lead_of(s, v), out);
    return;
  }
  if (s->main_family) orr_text_printf(out, "%s ", s->main_family);
  add_source(s, out);
  for (size_t i = 0; i < 2; i++) {
    const orr_number *number = orr_numbers_find(&s->numbers, lines[i].name);
    if (number) add_score(lines[i].title, number, out);
  }
}

void orr_keeping_remember(orr_session *s, const orr_kept_run *kept, const char *history) {
  orr_error e;
  char start[32];
  orr_text headline = {0}, path = {0};
  add_headline(s, &headline);
  orr_past_run run = {.recipe = kept->recipe,
                      .status = kept->state,
                      .start = orr_clock_text(kept->start, start),
                      .headline = orr_text_get(&headline),
                      .seed = (long long)s->config->seed};
  if (!orr_file_absolute(kept->folder, &path, &e)) {
    run.path = path.data;
    if (kept->again) orr_history_remove(history, run.path, &e);
    if (orr_history_add(history, &run, &e)) orr_session_note(s, "not in the history: %s", e.message);
  }
  orr_text_fini(&headline);
  orr_text_fini(&path);
}
