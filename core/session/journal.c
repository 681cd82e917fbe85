/* The journal and step keys: both write a call as canonical Lua; they differ in
 * how they name objects. See journal.h. */
#include "session/journal.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/provenance.h"
#include "session/steered.h"

static void name_by_slot(void *context, orr_ref ref, orr_text *out) {
  const orr_session *s = context;
  const orr_object *o = orr_objects_peek(&s->objects, ref);
  orr_text_printf(out, "s.%s", o ? o->slot : "dropped");
  if (ref.part) orr_text_printf(out, ".%s", orr_part_name((orr_part)ref.part));
}

static void name_by_key(void *context, orr_ref ref, orr_text *out) {
  const orr_session *s = context;
  char key[ORR_HASH_TEXT];
  const orr_object *o = orr_objects_peek(&s->objects, ref);
  orr_text_printf(out, "<%s.%u>", o ? orr_hash_to_text(o->key, key) : "dropped", ref.part);
}

static bool is_argument(const orr_command *c, const char *key) {
  for (size_t i = 0; i < c->n_args; i++)
    if (!strcmp(c->args[i].name, key)) return true;
  return false;
}

typedef struct writing {
  const orr_session *session;
  orr_name_object_fn name_object;
  orr_text *out;
  size_t written;
} writing;

static void write_value(writing *w, const char *key, const orr_value *v) {
  if (v->kind == ORR_NIL) return;
  orr_pair pair = {key, *v};
  orr_text one = {0};
  if (w->written++) orr_text_add(w->out, ", ");
  if (!key) {
    orr_value_to_lua(v, w->name_object, (void *)w->session, w->out);
    return;
  }
  orr_value dict = {.kind = ORR_DICT, .count = 1, .pairs = &pair};
  orr_value_to_lua(&dict, w->name_object, (void *)w->session, &one); /* "{ key = value }" */
  if (one.failed) w->out->failed = true;
  else orr_text_add_bytes(w->out, one.data + 2, one.length - 4);
  orr_text_fini(&one);
}

static void write_call(const orr_session *s, const orr_command *c, const orr_value *given,
                       orr_name_object_fn name, orr_text *out) {
  writing w = {s, name, out, 0};
  bool by_position = true;
  orr_text_printf(out, "o.%s { ", c->name);
  for (size_t i = 0; i < c->n_args; i++) {
    const orr_value *v = orr_value_get(given, c->args[i].name);
    by_position = by_position && i < c->n_positional && v;
    if (v) write_value(&w, by_position ? NULL : c->args[i].name, v);
  }
  for (size_t i = 0; i < given->count; i++)
    if (!is_argument(c, given->pairs[i].key)) write_value(&w, given->pairs[i].key, &given->pairs[i].value);
  orr_text_add(out, w.written ? " }" : "}");
}

orr_status orr_journal_line(const orr_session *s, const orr_command *c, const orr_value *given,
                            const char *slot, orr_text *out, orr_error *e) {
  if (*slot) orr_text_printf(out, "s.%s = ", slot);
  write_call(s, c, given, name_by_slot, out);
  return orr_text_check(out, e);
}

static orr_status append(orr_session *s, const char *line, orr_error *e) {
  orr_text text = {0};
  orr_text_printf(&text, "%s\n", line);
  orr_status status = orr_text_check(&text, e);
  if (!status && s->journal_fd >= 0 && write(s->journal_fd, text.data, text.length) != (ssize_t)text.length)
    status = orr_fail_errno(e, "cannot write the journal");
  orr_text_fini(&text);
  return status;
}

void orr_journal_annotate(orr_session *s, const char *line) {
  orr_error e;
  if (append(s, line, &e)) orr_session_note(s, "%s", e.message);
}

void orr_journal_note_failure(orr_session *s, const char *message) {
  orr_text line = {0};
  orr_text_add(&line, "-- failed: ");
  orr_text_add_inert(&line, message);
  if (!line.failed) orr_journal_annotate(s, line.data);
  orr_text_fini(&line);
}

orr_status orr_journal_write(orr_session *s, const char *line, orr_error *e) {
  orr_event event = {.kind = ORR_EVENT_COMMAND};
  orr_status status = append(s, line, e);
  strncpy(event.text, line, sizeof event.text - 1);
  orr_session_emit(s, &event);
  return status;
}

/* Content hash of an input, and how it was read. */
static void add_found(const orr_input *in, orr_text *out) {
  char hash[ORR_HASH_TEXT];
  orr_text_printf(out, " xxh3:%s", orr_hash_to_text(in->content, hash));
  if (!in->options) return;
  orr_text_add(out, " ");
  orr_text_add_json(out, in->options);
}

/* What is known of a source: all of it once it was read, before that how it is to be read. */
static void add_known(const orr_session *s, const orr_source *source, orr_text *out) {
  for (size_t i = 0; i < s->inputs.count; i++)
    if (!s->inputs.items[i].is_file && !strcmp(s->inputs.items[i].path, source->path) &&
        !strcmp(s->inputs.items[i].name, source->name))
      return add_found(&s->inputs.items[i], out);
  if (source->options.kind != ORR_DICT) return;
  orr_json *options = orr_value_to_json(&source->options);
  orr_text_add(out, " ");
  if (orr_json_print(options, false, out, NULL)) out->failed = true;
  orr_json_free(options);
}

/* A file that the recipe named: --@file "as it calls it"="where it is" … */
void orr_journal_add_file(const orr_input *in, orr_text *out) {
  orr_text_add(out, "--@file ");
  orr_text_add_lua_string(out, in->name);
  orr_text_add(out, "=");
  orr_text_add_lua_string(out, in->path);
  add_found(in, out);
  orr_text_add(out, "\n");
}

void orr_journal_header(const orr_session *s, orr_text *out) {
  for (size_t i = 0; i < s->config->n_sources; i++) {
    const orr_source *source = &s->config->sources[i];
    orr_text_printf(out, "--@%s ", source->bundled ? "bundled" : "data");
    if (*source->name) orr_text_printf(out, "%s=", source->name);
    orr_text_add_lua_string(out, source->bundled ? orr_file_name(source->path) : source->path);
    add_known(s, source, out);
    orr_text_add(out, "\n");
  }
  for (size_t i = 0; i < s->inputs.count; i++)
    if (s->inputs.items[i].is_file) orr_journal_add_file(&s->inputs.items[i], out);
  if (s->config->where) {
    orr_text_add(out, "--@where ");
    orr_text_add_lua_string(out, s->config->where);
    orr_text_add(out, "\n");
  }
  orr_text_printf(out, "--@seed %llu\n", (unsigned long long)s->config->seed);
  for (size_t i = 0; i < s->config->n_stops; i++) {
    const orr_stop *stop = &s->config->stops[i];
    orr_text_printf(out, "--@stop %s %s%zu\n", stop->slot, stop->models ? "models " : "",
                    stop->models + stop->step);
  }
  orr_text_add(out, orr_text_get(&s->stops));
  for (size_t i = 0; i < s->config->n_controls; i++) orr_steered_add_header(&s->config->controls[i], out);
  orr_text_add(out, orr_text_get(&s->controls));
}

orr_status orr_step_key(const orr_session *s, const orr_command *c, const orr_value *given, orr_hash *out,
                        orr_error *e) {
  orr_text text = {0};
  write_call(s, c, given, name_by_key, &text);
  orr_text_printf(&text, "\nseed %llu\n", (unsigned long long)s->config->seed);
  orr_provenance_line(s->config->language_version, &text);
  orr_status status = orr_text_check(&text, e);
  if (!status) *out = orr_hash_bytes(text.data, text.length);
  orr_text_fini(&text);
  return status;
}
