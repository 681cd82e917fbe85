/* The session with its folder: from a source, or what a crash has left, to the
 * record. The config is the engine's own, for it changes while the session goes
 * on: what may be read (all that a person names, little of what a recipe does)
 * and which fits are told how to end. */
#include <string.h>
#include <unistd.h>

#include "app/keeping.h"
#include "app/plan.h"
#include "app/workbench/bench.h"
#include "base/file.h"
#include "data/load.h"
#include "session/begun.h"
#include "session/journal.h"

enum { MOST_JOURNAL = 1 << 26 };

const orr_report_head orr_bench_head = {.title = "Session",
                                        .question = "What was done by hand, line by line.",
                                        .recipe = "session",
                                        .status = "ok"};

/* ---- what it is opened with ---- */

static orr_status plan_source(orr_bench_engine *b, const orr_workbench_config *config, orr_error *e) {
  const char *word = config->source;
  orr_words data = {.items = &word, .count = word && *word ? 1 : 0};
  orr_source *given;
  ORR_TRY(orr_plan_given(&data, config->loads, &b->arena, &given, &b->config.n_sources, e));
  ORR_TAKE(&b->arena, b->sources, b->config.n_sources + 1, e); /* a recipe may bring its own */
  if (b->config.n_sources) b->sources[0] = given[0];
  return ORR_OK;
}

static orr_status read_journal(orr_bench_engine *b, orr_text *out, orr_error *e) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/" ORR_BEGUN_JOURNAL, b->record.working);
  orr_status status = orr_text_check(&path, e);
  if (!status) status = orr_file_read_path(path.data, MOST_JOURNAL, out, e);
  orr_text_fini(&path);
  return status;
}

static orr_status plan_again(orr_workbench *w, const char *journal, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  orr_text folded = {0};
  orr_header h = {0};
  ORR_TRY(orr_fold(journal, &b->arena, &b->before, e));
  orr_folded_print(&b->before, false, &folded);
  char *text = folded.failed ? NULL : orr_arena_strdup(&b->arena, orr_text_get(&folded));
  orr_text_fini(&folded);
  if (!text) return orr_fail_memory(e, "a journal", 0);
  ORR_TRY(orr_header_parse(text, &b->arena, &h, e));
  ORR_TAKE(&b->arena, b->sources, h.n_sources + 1, e);
  for (size_t i = 0; i < h.n_sources; i++) {
    b->sources[i] = h.sources[i];
    if (!h.sources[i].bundled) continue;
    b->sources[i].path =
        orr_arena_printf(&b->arena, "%s/recipes/data/%s", w->place->data, orr_file_name(h.sources[i].path));
    if (!b->sources[i].path) return orr_fail_memory(e, "a path", 0);
  }
  b->config.n_sources = h.n_sources;
  b->config.where = h.where;
  if (h.has_seed) b->config.seed = h.seed;
  b->stops = h.stops, b->config.n_stops = h.n_stops;
  b->controls = h.controls, b->config.n_controls = h.n_controls;
  b->config.files = h.files, b->config.n_files = h.n_files;
  return ORR_OK;
}

static void plan(orr_workbench *w, const orr_workbench_config *config) {
  orr_bench_engine *b = &w->engine;
  b->grants[0] = "/"; /* a file that a person names */
  orr_lines_observe(w);
  b->config = (orr_session_config){.seed = config->seed,
                                   .grants = b->grants,
                                   .n_grants = 1,
                                   .checkpoint_seconds = w->place->checkpoint_seconds,
                                   .interactive = true,
                                   .observer = &b->observer,
                                   .resumes = config->resume != NULL,
                                   .gnuplot = w->place->gnuplot,
                                   .program = w->place->program,
                                   .plots = true,
                                   .language_version = orr_lua_version(),
                                   .clock = w->clock};
}

/* ---- the folder ---- */

/* ".r.partial-12" was to become "r". */
static char *final_name(const char *working) {
  orr_text t = {0};
  const char *name = orr_file_name(working), *mark = strstr(name, ".partial-");
  orr_text_add_bytes(&t, working, (size_t)(name - working));
  if (*name == '.' && mark) orr_text_add_bytes(&t, name + 1, (size_t)(mark - name) - 1);
  else orr_text_add(&t, name);
  if (t.failed) orr_text_fini(&t);
  return t.data;
}

static orr_status take_up(orr_workbench *w, const char *folder, orr_error *e) {
  orr_text journal = {0};
  orr_record *record = &w->engine.record;
  char *final = final_name(folder);
  if (!final) return orr_fail_memory(e, "a path", 0);
  orr_status status = orr_record_take_up(record, folder, final, &w->clock, e);
  orr_free(final);
  ORR_TRY(status);
  status = read_journal(&w->engine, &journal, e);
  if (!status) status = plan_again(w, orr_text_get(&journal), e);
  orr_text_fini(&journal);
  if (status) orr_record_give_back(record);
  return status;
}

static orr_status begin_folder(orr_workbench *w, const orr_workbench_config *config, orr_error *e) {
  orr_record *record = &w->engine.record;
  if (config->resume) return take_up(w, config->resume, e);
  ORR_TRY(plan_source(&w->engine, config, e));
  return config->out ? orr_record_begin(record, config->out, &w->clock, e)
                     : orr_keeping_begin("session", &w->clock, record, e);
}

/* ---- the session ---- */

static orr_record_facts facts_of(const orr_workbench *w, const char *lines) {
  return (orr_record_facts){.head = orr_bench_head,
                            .recipe_text = lines,
                            .parameters_header = ORR_JOURNAL_MARK "\n",
                            .stop_reason = "",
                            .threads = w->threads};
}

static orr_status open_session(orr_workbench *w, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  orr_record_facts facts = facts_of(w, "");
  b->config.sources = b->sources, b->config.stops = b->stops, b->config.controls = b->controls;
  b->config.folder = b->record.working;
  ORR_TRY(orr_session_open(&b->session, &b->config, b->pool, &w->control, &w->events, e));
  ORR_TRY(orr_record_open(&b->record, &b->session, &facts, e));
  orr_text_printf(&b->sugar, "%s/lua/orrery", w->place->data);
  ORR_TRY(orr_lua_init(&b->lua, b->config.seed, &w->control, e));
  return orr_lua_open_lines(&b->lua, &b->session, orr_text_get(&b->sugar), e);
}

orr_status orr_bench_begin(orr_workbench *w, const orr_workbench_config *config, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  b->session = (orr_session){.journal_fd = -1, .events_fd = -1};
  plan(w, config);
  ORR_TRY(begin_folder(w, config, e));
  orr_status status = orr_pool_new(w->threads, &b->pool, e);
  if (!status) status = open_session(w, e);
  if (!status) return ORR_OK;
  if (b->record.taken) orr_record_give_back(&b->record);
  else orr_record_discard(&b->record);
  return status;
}

void orr_bench_end(orr_bench_engine *b) {
  orr_lua_fini(&b->lua);
  orr_session_close(&b->session);
  orr_pool_free(b->pool);
  orr_record_fini(&b->record);
  orr_lines_fini(b);
  orr_free(b->failure);
  orr_text_fini(&b->sugar);
  orr_arena_fini(&b->arena);
}

static bool has_slot(const orr_session *s, const char *slot) {
  for (size_t i = 0; i < s->steps.count; i++)
    if (!strcmp(s->steps.items[i].slot, slot)) return true;
  return false;
}

void orr_bench_forget_unused(orr_bench_engine *b) {
  size_t kept = 0;
  for (size_t i = 0; i < b->config.n_stops; i++)
    if (has_slot(&b->session, b->stops[i].slot)) b->stops[kept++] = b->stops[i];
  b->config.n_stops = kept;
  kept = 0;
  for (size_t i = 0; i < b->config.n_controls; i++)
    if (has_slot(&b->session, b->controls[i].slot)) b->controls[kept++] = b->controls[i];
  b->config.n_controls = kept;
}

/* ---- what is kept ---- */

static void print_lines(const orr_session *s, orr_text *out) {
  for (size_t i = 0; i < s->steps.count; i++) orr_text_printf(out, "%s\n", s->steps.items[i].line);
}

orr_status orr_bench_print(const orr_bench_engine *b, orr_text *out, orr_error *e) {
  orr_text_add(out, ORR_JOURNAL_MARK "\n");
  orr_journal_header(&b->session, out);
  print_lines(&b->session, out);
  return orr_text_check(out, e);
}

/* Something was found, or written. */
static bool is_worth(const orr_session *s) {
  for (size_t i = 0; i < s->steps.count; i++)
    if (s->steps.items[i].undo.files.count) return true;
  return orr_keeping_is_worth(s);
}

static orr_status finish(orr_workbench *w, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  orr_text lines = {0};
  print_lines(&b->session, &lines);
  orr_record_facts facts = facts_of(w, orr_text_get(&lines));
  orr_status status = orr_text_check(&lines, e);
  if (!status) status = orr_record_finish(&b->record, &b->session, &facts, e);
  orr_text_fini(&lines);
  return status;
}

orr_status orr_bench_keep(orr_workbench *w, char **folder, orr_error *e) {
  orr_bench_engine *b = &w->engine;
  *folder = NULL;
  if (b->replaying) return orr_record_give_back(&b->record), ORR_OK; /* it goes on another time */
  if (!is_worth(&b->session)) return orr_record_discard(&b->record), ORR_OK;
  ORR_TRY(finish(w, e));
  if (!(*folder = orr_strdup(b->record.final))) return orr_fail_memory(e, "a path", 0);
  orr_kept_run run = {.folder = *folder,
                      .recipe = orr_bench_head.recipe,
                      .state = orr_bench_head.status,
                      .start = b->record.start,
                      .again = b->record.taken != NULL};
  orr_keeping_remember(&b->session, &run, w->place->history);
  return ORR_OK;
}
