/* A job; see job.h. */
#include "app/job.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/keeping.h"
#include "app/plan.h"
#include "base/file.h"
#include "session/record.h"

/* A run that failed is kept only when it had finished something worth keeping, or a training has left a checkpoint. */
static bool worth_keeping(const orr_job *j, const orr_session *s) {
  if (!j->status || (s && s->trained)) return true;
  return s && orr_keeping_is_worth(s);
}

/* What the run's end means, from how the recipe ended and what was asked of it meanwhile. s NULL: it had not begun. */
static void settle(orr_job *j, const orr_session *s) {
  orr_reason reason = orr_control_reason(j->control);
  if (!j->status) {
    bool late = reason == ORR_REASON_DEADLINE || s->config->resumes;
    j->state = late && s->stops.length ? "deadline" : "ok";
  } else if (j->status == ORR_STOPPED && reason == ORR_REASON_DEADLINE) {
    bool any = s && s->numbers.count > 0;
    j->state = "deadline";
    j->status = any ? ORR_OK
                    : orr_fail(&j->error, ORR_DEADLINE,
                               "the deadline passed before there was a result; give more time");
  } else if (j->status == ORR_STOPPED) {
    j->state = "stopped";
    orr_fail(&j->error, ORR_STOPPED, "%s; %s", orr_reason_text(reason),
             worth_keeping(j, s) ? "what was finished is kept" : "nothing was finished yet");
  } else {
    j->state = "failed";
  }
}

static void add_timings(orr_job *j, const orr_session *s) {
  j->timings = orr_json_new_object();
  double total = 0;
  static const char *const names[] = {"data", "fit", "evaluate", "plot"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    double seconds = 0;
    char call[32], name[32];
    snprintf(call, sizeof call, "o.%s {", names[k]);
    snprintf(name, sizeof name, "seconds.%s", names[k]);
    for (size_t i = 0; i < s->steps.count; i++)
      if (strstr(s->steps.items[i].line, call)) seconds += s->steps.items[i].seconds;
    orr_json_set(j->timings, name, orr_json_new_number(seconds));
  }
  for (size_t i = 0; i < s->steps.count; i++) total += s->steps.items[i].seconds;
  orr_json_set(j->timings, "seconds.total", orr_json_new_number(total));
}

static void remember(orr_job *j, orr_session *s, const orr_record *r) {
  orr_kept_run run = {.folder = j->folder,
                      .recipe = j->recipe_name,
                      .state = j->state,
                      .start = r->start,
                      .again = j->resume != NULL};
  orr_keeping_remember(s, &run, j->place->history);
}

static size_t compare_input(orr_job *j, const orr_source *then, const orr_input *now) {
  char hash[ORR_HASH_TEXT];
  if (!then->expected || strcmp(then->path, now->path)) return 0;
  if (!strcmp(then->expected, orr_hash_to_text(now->content, hash))) return 0;
  orr_text_printf(&j->differences, "input %s changed: its content is %.16s, was %.16s\n", now->path, hash,
                  then->expected);
  return 1;
}

/* Inputs that changed since the record was made are differences too. */
static orr_status check_inputs(orr_job *j, const orr_session *s, size_t *differences, orr_error *e) {
  for (size_t k = 0; k < s->inputs.count; k++) {
    const orr_input *now = &s->inputs.items[k];
    for (size_t i = 0; i < s->config->n_sources; i++)
      *differences += compare_input(j, &s->config->sources[i], now);
    for (size_t i = 0; i < s->config->n_files; i++)
      *differences += compare_input(j, &s->config->files[i], now);
  }
  return orr_text_check(&j->differences, e);
}

static orr_status check(orr_job *j, const orr_session *s, orr_error *e) {
  size_t inputs = 0, numbers = 0;
  orr_text then = {0};
  ORR_TRY(check_inputs(j, s, &inputs, e));
  if (!j->check) {
    if (inputs)
      orr_session_note((orr_session *)s,
                       "an input changed since this recipe was recorded; the numbers may differ");
    return ORR_OK;
  }
  orr_status status = orr_file_read_path(j->check, (size_t)1 << 26, &then, e);
  if (!status) status = orr_numbers_check(&s->numbers, orr_text_get(&then), &j->differences, &numbers, e);
  orr_text_fini(&then);
  if (status) return orr_fail_in(e, "--check %s", j->check), e->status = ORR_USAGE;
  if (!inputs && !numbers) {
    orr_session_note((orr_session *)s, "check passed: %zu numbers and %zu inputs are as in %s",
                     s->numbers.count, s->inputs.count, j->check);
    return ORR_OK;
  }
  j->state = "check failed";
  return orr_fail(e, ORR_CHECK, "check failed against %s: %zu of %zu numbers differ, %zu inputs changed",
                  j->check, numbers, s->numbers.count, inputs);
}

/* What a run is made of, all the way. */
typedef struct making {
  orr_session *session;
  orr_plan *plan;
  const orr_recipe_file *file;
  orr_recipe *recipe;
  orr_record record;
} making;

static orr_record_facts facts_of(const orr_job *j, const making *m, bool whole) {
  const orr_session_config *c = &m->plan->config;
  const char *why = orr_reason_text(orr_control_reason(j->control));
  return (orr_record_facts){
      .head = {.title = m->recipe->title,
               .question = m->recipe->question,
               .recipe = m->file->name,
               .status = j->state,
               .about = c->n_sources == 1 && c->sources[0].bundled ? m->recipe->bundled_about : NULL},
      .recipe_text = m->file->header.body,
      .parameters_header = orr_text_get(&m->plan->parameters_header),
      .parameters = m->plan->parameters_json,
      .stop_reason = !strcmp(j->state, "ok") ? ""
                     : *why                  ? why
                                             : j->state,
      .recipe_path = j->resume ? j->recipe_path : m->file->path,
      .unfinished = !whole,
      .threads = (unsigned)j->threads};
}

static orr_status finish(orr_job *j, making *m, bool whole, orr_error *e) {
  orr_record_facts facts = facts_of(j, m, whole);
  ORR_TRY(orr_report_print(m->session, &facts.head, &j->report, e));
  ORR_TRY(orr_record_finish(&m->record, m->session, &facts, e));
  if (!(j->folder = orr_strdup(m->record.final))) return orr_fail_memory(e, "a path", 0);
  remember(j, m->session, &m->record);
  return ORR_OK;
}

/* The same words with the folder, once it has its name. */
static void say_where(orr_job *j) {
  if (j->status == ORR_STOPPED)
    orr_fail(&j->error, ORR_STOPPED,
             "%s; what was finished is kept in %s, and `orrery resume` goes on from there",
             orr_reason_text(orr_control_reason(j->control)), j->folder);
  if (j->status == ORR_DEADLINE)
    orr_fail(
        &j->error, ORR_DEADLINE,
        "the deadline passed before there was a result; give more time (what was finished is kept in %s)",
        j->folder);
}

/* Nothing came of it: a new run leaves nothing behind, one that was taken up is what it was. */
static void undo(orr_job *j, making *m) {
  if (!m->record.taken) {
    orr_record_discard(&m->record);
    return;
  }
  orr_record_give_back(&m->record);
  if (j->status == ORR_STOPPED)
    orr_fail(&j->error, ORR_STOPPED, "%s; nothing more was finished, and %s is as it was",
             orr_reason_text(orr_control_reason(j->control)), m->record.taken);
}

/* The recipe's end, however it came, and then the record, unless nothing is worth it. */
static void conclude(orr_job *j, making *m) {
  orr_error e = {0};
  orr_session *s = m->session;
  bool whole = !j->status;
  orr_control_tell_saving(j->control, true);
  settle(j, s);
  j->numbers = orr_numbers_to_json(&s->numbers);
  add_timings(j, s);
  if (!j->status) j->status = check(j, s, &j->error);
  if (!whole && (m->record.taken ? !s->trained : !worth_keeping(j, s))) {
    undo(j, m);
    return;
  }
  orr_status status = finish(j, m, whole, &e);
  if (!status) {
    say_where(j);
    return;
  }
  orr_session_note(s, "the unfinished record is left in %s", m->record.working);
  if (!j->status || j->status == ORR_CHECK) j->status = status, j->error = e;
}

static orr_status begin(const orr_job *j, const orr_clock *clock, orr_record *record, orr_error *e) {
  if (j->resume) return orr_record_take_up(record, j->resume, j->out, clock, e);
  return j->out ? orr_record_begin(record, j->out, clock, e)
                : orr_keeping_begin(j->recipe_name, clock, record, e);
}

static orr_status open_session(orr_job *j, making *m, orr_pool *pool, orr_error *e) {
  orr_session *s = m->session;
  orr_record_facts facts = facts_of(j, m, false);
  m->plan->config.folder = m->record.working;
  ORR_TRY(orr_session_open(s, &m->plan->config, pool, j->control, j->events, e));
  ORR_TRY(orr_record_open(&m->record, s, &facts, e));
  if (j->resume) orr_session_note(s, "%s is taken up", j->out);
  if (m->plan->uses_bundled)
    orr_session_note(s, "no --data was given: the bundled %s is used", m->recipe->bundled_data);
  if (m->file->header.request && !j->grants.count)
    orr_session_note(s, "this recipe asks to read %s; if you trust it: --grant %s", m->file->header.request,
                     m->file->header.request);
  return ORR_OK;
}

static orr_status run_session(orr_job *j, orr_plan *p, const orr_recipe_file *f, orr_recipe *r,
                              orr_pool *pool, orr_error *e) {
  orr_session s = {.journal_fd = -1, .events_fd = -1};
  making m = {.session = &s, .plan = p, .file = f, .recipe = r};
  orr_status status = begin(j, &p->config.clock, &m.record, e);
  if (!status) {
    j->status = open_session(j, &m, pool, &j->error);
    if (!j->status) j->status = orr_recipe_run(r, &s, &p->parameters, &j->error);
    if (j->status == ORR_DATA && p->uses_bundled)
      orr_fail_in(&j->error, "no --data was given, and in the bundled %s", r->bundled_data);
    conclude(j, &m);
    r->lua.session = NULL;
    orr_session_close(&s);
    status = j->status;
  }
  orr_record_fini(&m.record);
  return status;
}

static orr_status run_recipe(orr_job *j, const orr_recipe_file *f, orr_error *e) {
  orr_recipe r;
  orr_plan p = {0};
  orr_pool *pool = NULL;
  orr_status status = orr_recipe_file_open(f, j->place, orr_plan_seed(j, f), j->control, &r, e);
  if (status == ORR_STOPPED) j->status = status, settle(j, NULL), status = j->status;
  if (!status) status = orr_plan_make(&p, j, f, &r, e);
  if (!status) status = orr_pool_new((unsigned)j->threads, &pool, e);
  if (!status) status = run_session(j, &p, f, &r, pool, e);
  orr_pool_free(pool);
  orr_plan_fini(&p);
  orr_recipe_fini(&r);
  return status;
}

/* Known before an hour is spent: is there a file to check against? */
static orr_status find_check(const orr_job *j, orr_error *e) {
  int fd;
  if (!j->check) return ORR_OK;
  if (orr_file_open(j->check, &fd, e)) return orr_fail_in(e, "--check"), e->status = ORR_USAGE;
  close(fd);
  return ORR_OK;
}

void orr_job_run(orr_job *j) {
  orr_recipe_file f = {0};
  j->state = "failed";
  j->status = find_check(j, &j->error);
  if (!j->status) j->status = orr_recipe_file_read(&f, j->recipe, j->place, &j->error);
  if (!j->status) {
    j->recipe_name = orr_strdup(f.name);
    j->status = j->recipe_name ? run_recipe(j, &f, &j->error) : orr_fail_memory(&j->error, "a name", 0);
  }
  orr_recipe_file_fini(&f);
}

void orr_job_fini(orr_job *j) {
  orr_free(j->data.items);
  orr_free(j->loads.items);
  orr_free(j->settings.items);
  orr_free(j->grants.items);
  orr_free(j->folder);
  orr_free(j->recipe_name);
  orr_text_fini(&j->report);
  orr_text_fini(&j->differences);
  orr_json_free(j->numbers);
  orr_json_free(j->timings);
}
