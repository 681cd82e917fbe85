/* The engine thread: carries out what is queued, one after the other. */
#include <string.h>
#include <unistd.h>

#include "app/plan.h"
#include "app/workbench/bench.h"
#include "base/file.h"
#include "session/begun.h"
#include "session/journal.h"

void orr_errand_fini(orr_errand *errand) {
  orr_free(errand->text);
  for (size_t i = 0; i < errand->settings.count; i++) orr_free((char *)errand->settings.items[i]);
  orr_free(errand->settings.items);
  *errand = (orr_errand){0};
}

/* ---- what runs, as it is shown ---- */

static void begin(orr_workbench *w, const char *what) {
  orr_bench_engine *b = &w->engine;
  orr_free(b->failure);
  b->failure = NULL;
  b->has_failed = false;
  b->running = what;
  b->since = orr_clock_seconds(&w->clock);
  orr_bench_publish(w);
}

static void drop_queue(orr_workbench *w) {
  for (size_t i = 0; i < w->queue.count; i++) orr_errand_fini(&w->queue.items[i]);
  w->queue.count = 0;
}

/* What was queued behind a line that failed was meant for another world. */
static void end(orr_workbench *w, orr_status status, const orr_error *error) {
  orr_bench_engine *b = &w->engine;
  if (status) b->failure = orr_strdup(error->message);
  b->running = NULL;
  b->recipe = NULL;
  orr_snapshot *made = orr_bench_look(w);
  pthread_mutex_lock(&w->lock);
  w->busy = false;
  if (status) drop_queue(w);
  if (!w->closing) orr_control_renew(&w->control);
  orr_snapshot *old = orr_bench_swap(w, made);
  pthread_mutex_unlock(&w->lock);
  orr_snapshot_unref(old);
  orr_bench_wake(w);
}

/* ---- lines ---- */

static bool is_closing(orr_workbench *w) {
  pthread_mutex_lock(&w->lock);
  bool closing = w->closing;
  if (!closing) orr_control_renew(&w->control);
  pthread_mutex_unlock(&w->lock);
  return closing;
}

/* Of a line that is abandoned nothing is kept: what it had finished is taken back. */
static void take_back(orr_workbench *w) {
  orr_error e;
  orr_session *s = &w->engine.session;
  size_t n =
      s->steps.count && s->steps.items[s->steps.count - 1].action == s->action ? orr_undo_action(s) : 0;
  if (!n || is_closing(w)) return;
  if (orr_lua_run_line(&w->engine.lua, "o.undo { }", &e)) orr_session_note(s, "%s", e.message);
}

static orr_status run_line(orr_workbench *w, const char *line, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  b->session.action++;
  orr_status status = orr_lua_run_line(&b->lua, line, e);
  if (status && !b->has_failed) orr_lines_fail(w, line, e);
  if (status == ORR_STOPPED) take_back(w);
  return status;
}

/* ---- recipes ---- */

/* What the recipe may read, besides what was given for its parameters: its own folder. */
static orr_status grant(orr_bench_engine *b, orr_plan *p, const orr_recipe_file *f, const orr_recipe *r,
                        orr_error *e) {
  const char **grants;
  size_t n = 0;
  ORR_TAKE(&p->arena, grants, r->n_params + 1, e);
  grants[n++] = f->folder;
  for (size_t i = 0; i < r->n_params; i++)
    if (r->params[i].type == ORR_TAKES_FILE && p->given[i] && p->parameters.values[i].kind == ORR_STRING)
      grants[n++] = p->parameters.values[i].string;
  b->config.grants = grants;
  b->config.n_grants = n;
  return ORR_OK;
}

static orr_ref newest_table(const orr_session *s) {
  for (size_t i = s->objects.count; i-- > 1;)
    if (s->objects.items[i].kind == ORR_TABLE)
      return (orr_ref){.id = (uint32_t)i, .generation = s->objects.items[i].generation};
  return (orr_ref){0};
}

/* The table that the screen works on; where there is none, the recipe's own. */
static orr_status give_data(orr_workbench *w, orr_recipe *r, orr_plan *p, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  r->data = newest_table(&b->session);
  if (r->data.id || b->config.n_sources) return ORR_OK;
  if (!r->bundled_data) return orr_fail(e, ORR_USAGE, "there is no table yet; open a file first");
  char *path = orr_arena_printf(&b->arena, "%s/recipes/data/%s", w->place->data, r->bundled_data);
  char *line = orr_arena_printf(&b->arena, "--@bundled \"%s\"", r->bundled_data);
  if (!path || !line) return orr_fail_memory(e, "a path", 0);
  b->sources[b->config.n_sources++] = (orr_source){.name = "", .path = path, .bundled = true};
  orr_journal_annotate(&b->session, line);
  p->uses_bundled = true;
  return ORR_OK;
}

static void note_group(orr_bench_engine *b, const char *mark, const char *name) {
  orr_text line = {0};
  orr_text_printf(&line, "%s%s", mark, name);
  if (!line.failed) orr_journal_annotate(&b->session, line.data);
  orr_text_fini(&line);
}

static orr_status run_opened(orr_workbench *w, orr_recipe *r, const orr_recipe_file *f,
                             const orr_words *settings, orr_error *e) {
  orr_plan p = {0};
  orr_bench_engine *b = &w->engine;
  size_t objects = b->session.objects.count;
  orr_status status = give_data(w, r, &p, e);
  if (!status) status = orr_plan_parameters(&p, settings, f, r, e);
  if (!status) status = grant(b, &p, f, r, e);
  if (!status) {
    note_group(b, ORR_FOLD_RECIPE, f->name);
    status = orr_recipe_run(r, &b->session, &p.parameters, e);
    note_group(b, ORR_FOLD_RECIPE_OF, f->name);
  }
  b->config.grants = b->grants, b->config.n_grants = 1;
  r->lua.session = NULL;
  orr_plan_fini(&p);
  orr_error own;
  if (orr_lua_fill_slots(&b->lua, objects, &own) && !status) status = (*e = own, own.status);
  return status;
}

static orr_status run_recipe(orr_workbench *w, const orr_errand *errand, orr_error *e) {
  orr_recipe_file f = {0};
  orr_recipe r = {0};
  orr_bench_engine *b = &w->engine;
  b->session.action++;
  orr_status status = orr_recipe_file_read(&f, errand->text, w->place, e);
  if (!status) status = orr_recipe_file_open(&f, w->place, b->config.seed, &w->control, &r, e);
  b->recipe = f.name ? f.name : errand->text;
  if (!status) status = run_opened(w, &r, &f, &errand->settings, e);
  if (status && !b->has_failed) orr_lines_fail(w, errand->text, e);
  b->recipe = NULL;
  if (status == ORR_STOPPED) take_back(w);
  orr_recipe_fini(&r);
  orr_recipe_file_fini(&f);
  return status;
}

/* ---- the rest ---- */

static orr_status save(orr_workbench *w, const char *path, orr_error *e) {
  orr_text text = {0};
  orr_status status = orr_bench_print(&w->engine, &text, e);
  if (!status) status = orr_file_write(path, text.data, text.length, e);
  if (!status) orr_session_note(&w->engine.session, "saved as %s", path);
  orr_text_fini(&text);
  return status;
}

static void carry_out(orr_workbench *w, const orr_errand *errand) {
  orr_error e = {0};
  orr_status status = ORR_OK;
  begin(w, errand->text);
  switch (errand->kind) {
  case ORR_DO_LINE: status = run_line(w, errand->text, &e); break;
  case ORR_DO_RECIPE: status = run_recipe(w, errand, &e); break;
  case ORR_DO_SAVE: status = save(w, errand->text, &e); break;
  }
  end(w, status, &e);
}

/* ---- a session that goes on ---- */

static void begin_replayed(orr_bench_engine *b, const orr_folded_line *line, size_t *group) {
  if (*group && line->group != *group) note_group(b, ORR_FOLD_RECIPE_OF, b->recipe), *group = 0;
  if (!line->group || line->group != *group) b->session.action++;
  if (line->group && !*group) note_group(b, ORR_FOLD_RECIPE, line->recipe);
  *group = line->group;
  b->recipe = line->recipe;
}

static orr_status replay_line(orr_workbench *w, const orr_folded_line *line, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  b->has_failed = false;
  orr_status status = orr_lua_run_line(&b->lua, line->text, e);
  if (status && !b->has_failed) orr_lines_fail(w, line->text, e);
  return status;
}

/* Once the new journal holds all that the old one did. */
static void forget_journal(orr_bench_engine *b) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/" ORR_BEGUN_JOURNAL, b->record.working);
  if (!path.failed) unlink(path.data);
  orr_text_fini(&path);
}

/* The lines of a session that died, over what its folder has kept of their results. */
static void replay(orr_workbench *w) {
  orr_bench_engine *b = &w->engine;
  orr_error e = {0};
  orr_status status = ORR_OK;
  size_t group = 0;
  begin(w, "resuming");
  for (size_t i = 0; i < b->before.n && !status; i++) {
    const orr_folded_line *line = &b->before.lines[i];
    if (!line->is_command || line->state) continue;
    begin_replayed(b, line, &group);
    status = replay_line(w, line, &e);
  }
  if (group) note_group(b, ORR_FOLD_RECIPE_OF, b->recipe);
  if (!status) forget_journal(b), b->replaying = false;
  end(w, status, &e);
}

/* What was asked for before the end and changes nothing is still done; the rest of the queue is not. */
static void keep_saves(orr_workbench *w) {
  size_t kept = 0;
  for (size_t i = 0; i < w->queue.count; i++)
    if (w->queue.items[i].kind == ORR_DO_SAVE) w->queue.items[kept++] = w->queue.items[i];
    else orr_errand_fini(&w->queue.items[i]);
  w->queue.count = kept;
}

/* false: it is time to end. */
static bool take(orr_workbench *w, orr_errand *out) {
  pthread_mutex_lock(&w->lock);
  while (!w->closing && !w->queue.count) pthread_cond_wait(&w->errands, &w->lock);
  if (w->closing) keep_saves(w);
  bool any = w->queue.count > 0;
  if (any) {
    *out = w->queue.items[0];
    memmove(w->queue.items, w->queue.items + 1, --w->queue.count * sizeof *w->queue.items);
    w->busy = true;
    orr_control_renew(&w->control);
  } else {
    drop_queue(w);
  }
  pthread_mutex_unlock(&w->lock);
  return any;
}

void *orr_bench_run(void *workbench) {
  orr_workbench *w = workbench;
  orr_errand errand;
  orr_event ended = {.kind = ORR_EVENT_END};
  if (w->engine.replaying) replay(w);
  while (take(w, &errand)) {
    carry_out(w, &errand);
    orr_errand_fini(&errand);
  }
  orr_events_put(&w->events, &ended);
  return NULL;
}
