/* The warm cache; see cache.h. */
#include "session/cache.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/provenance.h"
#include "session/steered.h"

enum { MOST_ENTRY = 1 << 24 };

/* ---- what a model comes of ---- */

/* The files that were read so far, by name and content: a refusal names the one that changed. */
static char *data_of(const orr_session *s, orr_arena *arena) {
  orr_text t = {0};
  char hash[ORR_HASH_TEXT];
  for (size_t i = 0; i < s->inputs.count; i++)
    orr_text_printf(&t, "%s%s %.16s", i ? ", " : "", orr_file_name(s->inputs.items[i].path),
                    orr_hash_to_text(s->inputs.items[i].content, hash));
  char *made = t.failed ? NULL : orr_arena_strdup(arena, orr_text_get(&t));
  orr_text_fini(&t);
  return made;
}

orr_status orr_cache_entry_of(const orr_session *s, const orr_call *call, size_t model, orr_cache_entry *out,
                              orr_error *e) {
  char hash[ORR_HASH_TEXT];
  orr_arena *arena = call->arena;
  *out = (orr_cache_entry){
      .slot = call->slot,
      .model = model,
      .key = {{"orrery", orr_arena_printf(arena, "%s (%d)", ORR_VERSION, ORR_NUMERICS_VERSION)},
              {"the kind of CPU", orr_arena_strdup(arena, orr_provenance_cpu())},
              {"data", data_of(s, arena)},
              {"step", orr_arena_strdup(arena, orr_hash_to_text(call->key, hash))}}};
  for (size_t i = 0; i < ORR_CACHE_KEY; i++)
    if (!out->key[i].value) return orr_fail_memory(e, "a step's key", 0);
  return ORR_OK;
}

orr_status orr_cache_path(orr_session *s, const orr_cache_entry *entry, const char *suffix, orr_text *out,
                          orr_error *e) {
  ORR_TRY(orr_session_path(s, ORR_CACHE_FOLDER, entry->slot, "", out, e));
  if (entry->model > 1) orr_text_printf(out, "-%zu", entry->model);
  orr_text_add(out, suffix);
  return orr_text_check(out, e);
}

static orr_status compare(const orr_cache_entry *entry, const orr_json *key, orr_error *e) {
  orr_text differs = {0};
  for (size_t i = 0; i < ORR_CACHE_KEY; i++) {
    const orr_key_part *now = &entry->key[i];
    const char *then = orr_json_text_of(key, now->name, "not said");
    if (strcmp(then, now->value))
      orr_text_printf(&differs, "%s%s was %.200s and is now %.200s", differs.length ? "; " : "", now->name,
                      then, now->value);
  }
  orr_status status = orr_text_check(&differs, e);
  if (!status && differs.length)
    status = orr_fail(e, ORR_DATA, "%s was begun with something else: %.600s; restore that, or run anew",
                      entry->slot, differs.data);
  orr_text_fini(&differs);
  return status;
}

/* ---- the entry's file ---- */

static orr_json *changes_to_json(const orr_cached *c) {
  orr_json *all = orr_json_new_array();
  for (size_t i = 0; i < c->changes.count; i++)
    orr_json_push(all, orr_steered_to_json(&(orr_steered){.model = 1, .change = c->changes.items[i]}));
  return all;
}

static orr_json *finished_to_json(const orr_cached *c) {
  char hash[ORR_HASH_TEXT];
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "model", orr_json_new_string(orr_hash_to_text(orr_store_hash(&c->kept.store), hash)));
  orr_json_set(j, "steps", orr_json_new_integer((int64_t)c->outcome.steps));
  orr_json_set(j, "best_step", orr_json_new_integer((int64_t)c->outcome.best_step));
  orr_json_set(j, "stop_reason", orr_json_new_string(c->outcome.stop_reason));
  orr_json_set(j, "cut", orr_json_new_boolean(c->outcome.cut));
  orr_json_set(j, "seconds", orr_json_new_number(c->seconds));
  orr_json_set(j, "changes", changes_to_json(c));
  return j;
}

/* {"key":{"data":…,…},"finished":{"model":…,"steps":…,…}} */
static orr_status write_entry(orr_session *s, const orr_cache_entry *entry, const orr_cached *done,
                              orr_error *e) {
  orr_text path = {0}, text = {0};
  orr_json *j = orr_json_new_object(), *key = orr_json_set(j, "key", orr_json_new_object());
  for (size_t i = 0; i < ORR_CACHE_KEY; i++)
    orr_json_set(key, entry->key[i].name, orr_json_new_string(entry->key[i].value));
  if (done) orr_json_set(j, "finished", finished_to_json(done));
  orr_status status = orr_json_print(j, true, &text, e);
  if (!status) status = orr_cache_path(s, entry, ".json", &path, e);
  if (!status) status = orr_file_write(orr_text_get(&path), text.data, text.length, e);
  orr_json_free(j);
  orr_text_fini(&path);
  orr_text_fini(&text);
  return status;
}

void orr_cache_begin(orr_session *s, const orr_cache_entry *entry) {
  orr_error e;
  if (s->config->folder && write_entry(s, entry, NULL, &e))
    orr_session_note(s, "%s could not be resumed from here: %s", entry->slot, e.message);
}

/* A training may come in stages, with a checkpoint of its own for the second. */
static bool remove_file(orr_session *s, const orr_cache_entry *entry, const char *suffix) {
  orr_text path = {0};
  bool removed = !orr_cache_path(s, entry, suffix, &path, NULL) && !unlink(path.data);
  orr_text_fini(&path);
  return removed;
}

static void remove_checkpoints(orr_session *s, const orr_cache_entry *entry) {
  remove_file(s, entry, ".ckpt");
  remove_file(s, entry, ".ckpt.2");
}

void orr_cache_forget(orr_session *s, const char *slot) {
  if (!s->config->folder) return;
  for (orr_cache_entry entry = {.slot = slot, .model = 1}; remove_file(s, &entry, ".json"); entry.model++) {
    remove_file(s, &entry, ".orrery");
    remove_checkpoints(s, &entry);
  }
}

void orr_cache_keep(orr_session *s, const orr_cache_entry *entry, orr_cached *done) {
  orr_text path = {0};
  orr_error e;
  if (!s->config->folder) return;
  orr_status status = orr_cache_path(s, entry, ".orrery", &path, &e);
  if (!status) status = orr_kept_write(&done->kept, orr_text_get(&path), &e);
  if (!status) status = write_entry(s, entry, done, &e);
  orr_text_fini(&path);
  if (status) orr_session_note(s, "%s would have to be trained again: %s", entry->slot, e.message);
  else remove_checkpoints(s, entry);
}

/* ---- and back ---- */

static orr_status damaged(orr_error *e) { return orr_fail(e, ORR_DATA, "its entry is damaged"); }

static orr_status push_changes(const orr_json *all, orr_arena *arena, orr_cached *out, orr_error *e) {
  if (!orr_json_is_array(all)) return damaged(e);
  for (const orr_json *j = orr_json_first(all); j; j = orr_json_next(j)) {
    orr_steered c;
    orr_value dict;
    orr_text text = {0};
    orr_status status = orr_json_print(j, false, &text, e);
    if (!status) status = orr_value_from_json(orr_text_get(&text), arena, &dict, e);
    orr_text_fini(&text);
    ORR_TRY(status);
    ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_DATA, orr_steered_read(&dict, &c, e)));
    c.change.cause = ORR_CAUSE_LIVE;
    ORR_PUSH(&out->changes, c.change, e);
  }
  return ORR_OK;
}

static orr_status read_finished(const orr_json *j, orr_cached *out, orr_error *e) {
  double steps = orr_json_number_of(j, "steps", -1), best = orr_json_number_of(j, "best_step", -1);
  const char *why = orr_json_text_of(j, "stop_reason", NULL);
  out->seconds = orr_json_number_of(j, "seconds", -1);
  bool good = steps >= 0 && steps < 0x1p52 && best >= 0 && best < 0x1p52 && why && out->seconds >= 0;
  if (!good || !orr_json_is_boolean(orr_json_get(j, "cut"))) return damaged(e);
  out->outcome = (orr_fit_outcome){.steps = (size_t)steps,
                                   .best_step = (size_t)best,
                                   .cut = orr_json_is_true(orr_json_get(j, "cut")),
                                   .stop_reason = orr_arena_strdup(&out->kept.arena, why)};
  if (!out->outcome.stop_reason) return orr_fail_memory(e, "a text", 0);
  return push_changes(orr_json_get(j, "changes"), &out->kept.arena, out, e);
}

/* The very bits that were kept, or none. */
static orr_status read_model(orr_session *s, const orr_cache_entry *entry, const orr_json *finished,
                             orr_cached *out, orr_error *e) {
  orr_text path = {0};
  char hash[ORR_HASH_TEXT];
  orr_status status = orr_cache_path(s, entry, ".orrery", &path, e);
  if (!status) status = orr_kept_read(&out->kept, orr_text_get(&path), e);
  orr_text_fini(&path);
  ORR_TRY(status);
  orr_hash_to_text(orr_store_hash(&out->kept.store), hash);
  if (strcmp(hash, orr_json_text_of(finished, "model", "")))
    return orr_fail(e, ORR_DATA, "its model is damaged");
  return read_finished(finished, out, e);
}

static orr_status read_entry(orr_session *s, const orr_cache_entry *entry, orr_json **out, orr_error *e) {
  orr_text path = {0}, text = {0};
  *out = NULL;
  orr_status status = orr_cache_path(s, entry, ".json", &path, e);
  if (!status && orr_file_exists(path.data)) {
    status = orr_file_read_path(path.data, MOST_ENTRY, &text, e);
    if (!status) status = orr_json_parse(orr_text_get(&text), text.length, out, e);
    if (!status && !orr_json_is_object(orr_json_get(*out, "key"))) status = damaged(e);
    if (status) orr_json_free(*out), *out = NULL;
  }
  orr_text_fini(&path);
  orr_text_fini(&text);
  return status;
}

/* What cannot be read is only slower: it is trained again. */
static orr_status pass_over(orr_session *s, const orr_cache_entry *entry, orr_status status, orr_error *e) {
  if (status != ORR_DATA) return status;
  orr_session_note(s, "%s is trained again: %s", entry->slot, e->message);
  return ORR_OK;
}

orr_status orr_cache_find(orr_session *s, const orr_cache_entry *entry, orr_cached *out, bool *found,
                          orr_error *e) {
  orr_json *j;
  orr_error why = {0};
  *out = (orr_cached){0};
  *found = false;
  if (!s->config->folder || !s->config->resumes) return ORR_OK;
  orr_status status = read_entry(s, entry, &j, &why);
  if (status) return *e = why, pass_over(s, entry, status, e);
  if (!j) return ORR_OK;
  status = compare(entry, orr_json_get(j, "key"), e);
  if (status == ORR_DATA && s->config->interactive) { /* a step that was taken back since, or other data */
    orr_json_free(j);
    return pass_over(s, entry, status, e);
  }
  const orr_json *finished = orr_json_get(j, "finished");
  if (!status && finished) {
    orr_status sound = read_model(s, entry, finished, out, e);
    *found = !sound;
    if (sound) orr_cached_fini(out), status = pass_over(s, entry, sound, e);
  }
  orr_json_free(j);
  return status;
}

void orr_cached_fini(orr_cached *c) {
  orr_kept_fini(&c->kept);
  orr_free(c->changes.items);
  *c = (orr_cached){0};
}
