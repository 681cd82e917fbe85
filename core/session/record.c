/* The record; see record.h. */
#include "session/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
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
  return mkdir(r->working, 0755) ? orr_fail_errno(e, "cannot make the folder '%s'", r->working) : ORR_OK;
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
  orr_free(r->final);
  orr_free(r->working);
  *r = (orr_record){0};
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

static orr_status write_recipe(const orr_record *r, const orr_session *s, const orr_record_facts *f,
                               orr_error *e) {
  orr_text t = {0};
  orr_text_printf(&t, "--@recipe %s\n", f->head.recipe);
  orr_journal_header(s, &t);
  orr_text_add(&t, f->parameters_header);
  orr_text_add(&t, f->recipe_text);
  return write_text(r, "recipe.lua", &t, e);
}

/* The lines of the journal whose command failed or was stopped do not replay: they become comments. */
static void add_lines(const char *lines, const orr_session *s, orr_text *out) {
  for (size_t done = 0, n; *lines; lines += n + (lines[n] == '\n')) {
    n = strcspn(lines, "\n");
    const char *next = done < s->steps.count ? s->steps.items[done].line : "";
    bool finished = strlen(next) == n && !strncmp(lines, next, n);
    done += finished;
    if (!finished) orr_text_add(out, "-- not finished: ");
    orr_text_add_bytes(out, lines, n);
    orr_text_add(out, "\n");
  }
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
  add_lines(body, s, &text);
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
  ORR_GO(write_recipe(r, s, f, e));
  ORR_GO(rewrite_journal(r, s, e));
  ORR_GO(orr_report_print(s, &f->head, &report, e));
  ORR_GO(write_text(r, "report.txt", &report, e));
  ORR_GO(write_run(r, s, f, e));
out:
  orr_text_fini(&numbers);
  orr_text_fini(&report);
  return status;
}

orr_status orr_record_finish(orr_record *r, const orr_session *s, const orr_record_facts *facts,
                             orr_error *e) {
  ORR_TRY(write_all(r, s, facts, e));
  if (rename(r->working, r->final)) return orr_fail_errno(e, "cannot name the run's folder '%s'", r->final);
  return ORR_OK;
}
