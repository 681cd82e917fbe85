/* The record; see record.h. */
#include "session/record.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "session/begun.h"
#include "session/cache.h"
#include "session/fold.h"
#include "session/journal.h"
#include "session/provenance.h"

/* "a/b" becomes "a/.b.partial". */
static char *working_name(const char *final, orr_error *e) {
  orr_text t = {0};
  const char *name = orr_file_name(final);
  orr_text_add_bytes(&t, final, (size_t)(name - final));
  orr_text_printf(&t, ".%s.partial-%ld", name, (long)getpid());
  if (orr_text_check(&t, e)) orr_text_fini(&t);
  return t.data;
}

/* A descriptor that holds the folder until it is closed, or the process ends however it does. *held: by another. Where
 * folders cannot be locked there is none. */
static int lock_folder(const char *folder, bool *held) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (held) *held = false;
  if (fd <= 0 || !flock(fd, LOCK_EX | LOCK_NB)) return fd > 0 ? fd : 0;
  if (held) *held = errno == EWOULDBLOCK;
  close(fd);
  return 0;
}

/* Makes the folders that `parent` (ending in '/') is still missing. */
static orr_status make_parent(orr_record *r, char *parent, orr_error *e) {
  for (char *slash = strchr(parent + 1, '/'); slash && !r->made; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (!orr_file_exists(parent)) r->made = (size_t)(slash - parent);
    *slash = '/';
  }
  return orr_file_make_folders(parent, e);
}

/* A name of our own choice is taken at once, by an empty folder that the finished one will replace: another run
 * may choose the same. A name that was given must be free, or be that of an empty folder. */
static orr_status reserve(orr_record *r, bool fresh, orr_error *e) {
  if (fresh) r->reserved = mkdir(r->final, 0755) == 0;
  if (fresh && !r->reserved && errno != EEXIST)
    return orr_fail_errno(e, "cannot make the folder '%s'", r->final);
  if (r->reserved || (!fresh && (!rmdir(r->final) || errno == ENOENT))) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "--out '%s' is there already; name a new folder", r->final);
}

static orr_status make_working(orr_record *r, bool fresh, orr_error *e) {
  orr_text parent = {0};
  const char *name = orr_file_name(r->final);
  if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
    return orr_fail(e, ORR_USAGE, "--out '%s': name a new folder", r->final);
  orr_text_add_bytes(&parent, r->final, (size_t)(name - r->final));
  orr_status status = orr_text_check(&parent, e);
  if (!status && parent.length > 1) status = make_parent(r, parent.data, e);
  orr_text_fini(&parent);
  ORR_TRY(status);
  ORR_TRY(reserve(r, fresh, e));
  if (mkdir(r->working, 0755)) return orr_fail_errno(e, "cannot make the folder '%s'", r->working);
  r->lock = lock_folder(r->working, NULL);
  return ORR_OK;
}

static orr_status begin(orr_record *r, const char *final, bool fresh, const orr_clock *clock, orr_error *e) {
  size_t n = strlen(final);
  while (n > 1 && final[n - 1] == '/') n--;
  *r = (orr_record){.final = orr_strndup(final, n), .start = orr_clock_wall(clock)};
  if (!r->final || !(r->working = working_name(r->final, e))) return orr_fail_memory(e, "a path", n);
  return make_working(r, fresh, e);
}

orr_status orr_record_begin(orr_record *r, const char *final, const orr_clock *clock, orr_error *e) {
  return begin(r, final, false, clock, e);
}

orr_status orr_record_begin_fresh(orr_record *r, const char *final, const orr_clock *clock, orr_error *e) {
  return begin(r, final, true, clock, e);
}

static orr_status write_text(const orr_record *r, const char *name, orr_text *text, orr_error *e) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", r->working, name);
  orr_status status = orr_text_check(text, e);
  if (!status) status = orr_text_check(&path, e);
  if (!status) status = orr_file_write(orr_text_get(&path), orr_text_get(text), text->length, e);
  orr_text_fini(&path);
  orr_text_fini(text);
  return status;
}

/* A working folder's name ends in the number of the process that makes it. */
static bool is_alive(const char *folder) {
  const char *mark = strstr(orr_file_name(folder), ".partial-");
  long process = mark ? strtol(mark + strlen(".partial-"), NULL, 10) : 0;
  return process > 0 && (!kill((pid_t)process, 0) || errno == EPERM);
}

static orr_status take_lock(orr_record *r, const char *folder, orr_error *e) {
  bool held;
  r->lock = lock_folder(folder, &held);
  if (!held && (r->lock || !is_alive(folder))) return ORR_OK;
  return orr_fail(e, ORR_USAGE,
                  "the run '%s' is still being made by another process; wait for it, or stop it", r->final);
}

static bool holds(const orr_record *r, const char *file) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", r->working, file);
  bool there = !path.failed && orr_file_exists(path.data);
  orr_text_fini(&path);
  return there;
}

/* The journal is written anew; the old one is kept for the case that nothing comes of it, and as long as the new one
 * does not hold all of it: one that was set aside before stays. */
static void set_aside(const orr_record *r, const char *from, const char *to) {
  orr_text a = {0}, b = {0};
  orr_text_printf(&a, "%s/%s", r->working, from);
  orr_text_printf(&b, "%s/%s", r->working, to);
  if (!a.failed && !b.failed) rename(a.data, b.data);
  orr_text_fini(&a);
  orr_text_fini(&b);
}

/* The name that the run gets in the end is ours until then. */
static orr_status hold_name(orr_record *r, bool had_it, orr_error *e) {
  if (!had_it && rmdir(r->final) && errno != ENOENT)
    return orr_fail(e, ORR_USAGE,
                    "'%s' is there already; move it away to resume what is left of a run by that name",
                    r->final);
  r->reserved = mkdir(r->final, 0755) == 0;
  return ORR_OK;
}

static orr_status take_up(orr_record *r, const char *folder, orr_error *e) {
  ORR_TRY(take_lock(r, folder, e));
  ORR_TRY(orr_begun_sessions(folder, &r->begun, &r->start, &r->resumed, e));
  bool had_it = !strcmp(folder, r->final);
  if (!had_it) ORR_TRY(hold_name(r, false, e));
  if (!(r->taken = orr_strdup(folder))) return orr_fail_memory(e, "a path", 0);
  if (strcmp(folder, r->working) && rename(folder, r->working)) {
    orr_free(r->taken);
    r->taken = NULL;
    return orr_fail_errno(e, "cannot take up '%s'", folder);
  }
  if (had_it) ORR_TRY(hold_name(r, true, e));
  if (!holds(r, ORR_BEGUN_JOURNAL)) set_aside(r, "journal.lua", ORR_BEGUN_JOURNAL);
  return ORR_OK;
}

orr_status orr_record_take_up(orr_record *r, const char *folder, const char *final, const orr_clock *clock,
                              orr_error *e) {
  char when[32];
  *r = (orr_record){.final = orr_strdup(final)};
  if (!r->final || !(r->working = working_name(final, e))) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(take_up(r, folder, e));
  orr_json *now = orr_json_push(r->resumed, orr_json_new_object());
  orr_json_set(now, "at", orr_json_new_string(orr_clock_text(orr_clock_wall(clock), when)));
  return ORR_OK;
}

void orr_record_give_back(orr_record *r) {
  if (!r->taken) return;
  set_aside(r, ORR_BEGUN_JOURNAL, "journal.lua");
  write_text(r, ORR_BEGUN_RUN, &r->begun, NULL);
  if (r->reserved) rmdir(r->final);
  r->reserved = false;
  rename(r->working, r->taken);
}

/* With the folders that were made for it, as long as nothing else came into them. */
void orr_record_discard(orr_record *r) {
  if (r->working) orr_file_remove_tree(r->working);
  if (r->reserved) rmdir(r->final);
  char *parent = r->made ? orr_strdup(r->final) : NULL, *slash;
  while (parent && (slash = strrchr(parent, '/')) && (size_t)(slash - parent) >= r->made) {
    *slash = 0;
    if (rmdir(parent)) break;
  }
  orr_free(parent);
}

void orr_record_fini(orr_record *r) {
  if (r->reserved) rmdir(r->final); /* only while it is empty: a whole run stays */
  if (r->lock) close(r->lock);
  orr_free(r->final);
  orr_free(r->working);
  orr_free(r->taken);
  orr_json_free(r->resumed);
  orr_text_fini(&r->begun);
  *r = (orr_record){0};
}

static orr_status write_recipe(const orr_record *r, const char *name, const orr_session *s,
                               const orr_record_facts *f, orr_error *e) {
  orr_text t = {0};
  orr_text_printf(&t, "--@recipe %s\n", f->head.recipe);
  orr_journal_header(s, &t);
  orr_text_add(&t, f->parameters_header);
  orr_text_add(&t, f->recipe_text);
  return write_text(r, name, &t, e);
}

static orr_status write_begun(const orr_record *r, const orr_session *s, const orr_record_facts *f,
                              orr_error *e) {
  orr_text run = {0};
  orr_begun begun = {.start = r->start,
                     .plots = s->config->plots,
                     .session = s->config->interactive,
                     .recipe_path = f->recipe_path,
                     .language_version = s->config->language_version,
                     .resumed = r->resumed};
  orr_status status = orr_begun_print(&begun, &run, e);
  if (!status) return write_text(r, ORR_BEGUN_RUN, &run, e);
  orr_text_fini(&run);
  return status;
}

orr_status orr_record_open(const orr_record *r, const orr_session *s, const orr_record_facts *facts,
                           orr_error *e) {
  orr_text folder = {0};
  orr_text_printf(&folder, "%s/" ORR_CACHE_FOLDER, r->working);
  orr_status status = orr_text_check(&folder, e);
  if (!status) status = orr_file_make_folders(folder.data, e);
  orr_text_fini(&folder);
  ORR_TRY(status);
  ORR_TRY(write_begun(r, s, facts, e));
  return write_recipe(r, ORR_BEGUN_RECIPE, s, facts, e);
}

/* The lines of the journal whose command failed or was stopped do not replay: they become comments. So do those of
 * steering, which is in the header now. */
static void add_lines(const char *lines, const orr_session *s, orr_text *out) {
  for (size_t done = 0, n; *lines; lines += n + (lines[n] == '\n')) {
    n = strcspn(lines, "\n");
    const char *next = done < s->steps.count ? s->steps.items[done].line : "";
    bool finished = strlen(next) == n && !strncmp(lines, next, n);
    bool steering = !strncmp(lines, "o.control ", 10);
    done += finished;
    if (steering) orr_text_add(out, "-- by hand: ");
    else if (!finished) orr_text_add(out, "-- not finished: ");
    orr_text_add_bytes(out, lines, n);
    orr_text_add(out, "\n");
  }
}

/* Of a session by hand the journal says itself what failed or was taken back. */
static orr_status add_folded(const char *journal, orr_text *out, orr_error *e) {
  orr_arena arena = {0};
  orr_folded folded;
  orr_status status = orr_fold(journal, &arena, &folded, e);
  if (!status) orr_folded_print_lines(&folded, true, out);
  orr_arena_fini(&arena);
  return status;
}

/* The journal once more, with what is known only now: hashes of the inputs, where fits were cut, what failed. */
static orr_status rewrite_journal(const orr_record *r, const orr_session *s, orr_error *e) {
  orr_text path = {0}, text = {0}, old = {0};
  orr_text_printf(&path, "%s/journal.lua", r->working);
  orr_status status = orr_file_read_path(orr_text_get(&path), SIZE_MAX, &old, e);
  const char *body = orr_text_get(&old);
  for (size_t n; !strncmp(body, "--@", 3); body += n + (body[n] == '\n')) n = strcspn(body, "\n");
  orr_text_add(&text, ORR_JOURNAL_MARK "\n");
  orr_journal_header(s, &text);
  if (s->config->interactive && !status) status = add_folded(orr_text_get(&old), &text, e);
  else add_lines(body, s, &text);
  if (!status) status = write_text(r, "journal.lua", &text, e);
  orr_text_fini(&path);
  orr_text_fini(&text);
  orr_text_fini(&old);
  return status;
}

static orr_json *inputs_to_json(const orr_session *s) {
  char hash[ORR_HASH_TEXT];
  orr_json *all = orr_json_new_array();
  for (size_t i = 0; i < s->inputs.count; i++) {
    const orr_input *in = &s->inputs.items[i];
    orr_json *j = orr_json_push(all, orr_json_new_object());
    orr_json_set(j, "name", orr_json_new_string(in->name));
    orr_json_set(j, "path", orr_json_new_string(in->path));
    orr_json_set(j, "hash", orr_json_new_string(orr_hash_to_text(in->content, hash)));
    orr_json_set(j, "rows", orr_json_new_integer((int64_t)in->rows));
    orr_json_set(j, "columns", orr_json_new_integer((int64_t)in->columns));
    orr_json_set(j, "bundled", orr_json_new_boolean(in->bundled));
  }
  return all;
}

static orr_json *cuts_to_json(const orr_session *s) {
  orr_json *all = orr_json_new_array();
  for (size_t i = 0; i < s->cuts.count; i++) {
    orr_json *j = orr_json_push(all, orr_json_new_object());
    orr_json_set(j, "name", orr_json_new_string(s->cuts.items[i].name));
    orr_json_set(j, "rows", orr_json_new_integer((int64_t)s->cuts.items[i].rows));
  }
  return all;
}

static orr_json *copy_json(const char *text) {
  orr_json *j = NULL;
  if (text && orr_json_parse(text, strlen(text), &j, NULL)) return NULL;
  return j;
}

static orr_json *steps_to_json(const orr_session *s) {
  char hash[ORR_HASH_TEXT];
  orr_json *all = orr_json_new_array();
  for (size_t i = 0; i < s->steps.count; i++) {
    const orr_step *step = &s->steps.items[i];
    orr_json *j = orr_json_push(all, orr_json_new_object());
    orr_json_set(j, "slot", orr_json_new_string(step->slot));
    orr_json_set(j, "command", orr_json_new_string(step->line));
    orr_json_set(j, "key", orr_json_new_string(orr_hash_to_text(step->key, hash)));
    orr_json_set(j, "seconds", orr_json_new_number(step->seconds));
    if (step->detail) orr_json_set(j, "detail", copy_json(step->detail));
  }
  return all;
}

/* The session that ends: where it went on. */
static void note_resumed(const orr_record *r, const orr_session *s) {
  orr_json *last = NULL;
  for (const orr_json *j = orr_json_first(r->resumed); j; j = orr_json_next(j)) last = (orr_json *)j;
  if (!last || !s->resumed_fit) return;
  orr_json_set(last, "fit", orr_json_new_string(s->resumed_fit));
  orr_json_set(last, "step", orr_json_new_integer((int64_t)s->resumed_step));
}

static orr_json *parameters_copy(const orr_json *parameters) {
  orr_text text = {0};
  orr_json *copy = NULL;
  if (parameters && !orr_json_print(parameters, false, &text, NULL)) copy = copy_json(text.data);
  orr_text_fini(&text);
  return copy;
}

static orr_status write_run(const orr_record *r, const orr_session *s, const orr_record_facts *f,
                            orr_error *e) {
  char when[32];
  orr_text text = {0};
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "schema", orr_json_new_integer(1));
  orr_json_set(j, "recipe", orr_json_new_string(f->head.recipe));
  orr_json_set(j, "title", orr_json_new_string(f->head.title));
  orr_json_set(j, "status", orr_json_new_string(f->head.status));
  orr_json_set(j, "stopped_because", orr_json_new_string(f->stop_reason));
  orr_json_set(j, "start", orr_json_new_string(orr_clock_text(r->start, when)));
  if (r->resumed) orr_json_set(j, "resumed", orr_json_copy(r->resumed));
  orr_json_set(j, "end", orr_json_new_string(orr_clock_text(orr_clock_wall(&s->config->clock), when)));
  orr_json_set(j, "seed", orr_json_new_integer((int64_t)s->config->seed));
  orr_json_set(j, "threads", orr_json_new_integer(f->threads));
  orr_json_set(j, "cpu", orr_json_new_string(orr_provenance_cpu()));
  orr_json_set(j, "versions", orr_provenance_versions(s->config->language_version));
  orr_json_set(j, "where", orr_json_new_string(s->config->where));
  orr_json_set(j, "inputs", inputs_to_json(s));
  orr_json_set(j, "cut_flow", cuts_to_json(s));
  orr_json_set(j, "parameters", parameters_copy(f->parameters));
  orr_json_set(j, "model", orr_json_new_string(s->main_model));
  orr_json_set(j, "steps", steps_to_json(s));
  orr_status status = orr_json_print(j, true, &text, e);
  orr_json_free(j);
  orr_text_add(&text, "\n");
  if (!status) return write_text(r, "run.json", &text, e);
  orr_text_fini(&text);
  return status;
}

static orr_status write_all(const orr_record *r, const orr_session *s, const orr_record_facts *f,
                            orr_error *e) {
  orr_text numbers = {0}, report = {0};
  orr_status status;
  if (s->events_fd < 0)
    return orr_fail(e, ORR_SYSTEM, "cannot write '%s/events.jsonl': is the disk full?", r->working);
  ORR_GO(orr_numbers_print(&s->numbers, &numbers, e));
  ORR_GO(write_text(r, "numbers.json", &numbers, e));
  ORR_GO(write_recipe(r, "recipe.lua", s, f, e));
  ORR_GO(rewrite_journal(r, s, e));
  ORR_GO(orr_report_print(s, &f->head, &report, e));
  ORR_GO(write_text(r, "report.txt", &report, e));
  ORR_GO(write_run(r, s, f, e));
out:
  orr_text_fini(&numbers);
  orr_text_fini(&report);
  return status;
}

/* Only now: whoever is killed before can still be taken up. */
static void forget_checkpoints(const orr_record *r) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/" ORR_CACHE_FOLDER, r->final);
  if (!path.failed) orr_file_remove_tree(path.data);
  orr_text_fini(&path);
}

orr_status orr_record_finish(orr_record *r, const orr_session *s, const orr_record_facts *facts,
                             orr_error *e) {
  note_resumed(r, s);
  ORR_TRY(write_all(r, s, facts, e));
  if (facts->unfinished) ORR_TRY(write_begun(r, s, facts, e));
  if (rename(r->working, r->final)) return orr_fail_errno(e, "cannot name the run's folder '%s'", r->final);
  if (!facts->unfinished) forget_checkpoints(r);
  return ORR_OK;
}
