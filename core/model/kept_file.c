/* Kept models in files; see kept.h. A file is hostile: each note is proven
 * before it is believed, then the family proves its own tensors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/kept.h"

static orr_status note_json(orr_store *s, const char *key, orr_json *j, orr_error *e) {
  orr_text text = {0};
  orr_status status = orr_json_print(j, false, &text, e);
  if (!status) status = orr_store_note(s, key, orr_text_get(&text), e);
  orr_text_fini(&text);
  orr_json_free(j);
  return status;
}

static orr_json *classes_to_json(const orr_classes *c) {
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < c->count; i++) orr_json_push(j, orr_json_new_string(c->names[i]));
  return j;
}

static orr_json *interval_to_json(const orr_kept *m) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "method", orr_json_new_string("split_conformal"));
  orr_json_set(j, "level", orr_json_new_number(m->level));
  orr_json_set(j, "radius", orr_json_new_number(m->radius));
  orr_json_set(j, "spread", orr_json_new_number(m->spread));
  return j;
}

orr_status orr_kept_write(orr_kept *m, const char *path, orr_error *e) {
  orr_store *s = &m->store;
  ORR_TRY(orr_store_note(s, "format", "orrery 1", e));
  ORR_TRY(orr_store_note(s, "family", m->family->name, e));
  ORR_TRY(orr_store_note(s, "task", orr_task_name(m->task), e));
  if (m->target) ORR_TRY(orr_store_note(s, "target", m->target, e));
  ORR_TRY(note_json(s, "classes", classes_to_json(&m->classes), e));
  ORR_TRY(note_json(s, "encoder", orr_encoder_to_json(&m->encoder), e));
  if (m->derivations) ORR_TRY(orr_store_note(s, "derivations", m->derivations, e));
  if (m->level > 0) ORR_TRY(note_json(s, "interval", interval_to_json(m), e));
  return orr_store_write(s, path, e);
}

static orr_status read_classes(orr_kept *m, const orr_json *j, orr_error *e) {
  const char **names;
  size_t n = orr_json_count(j), i = 0;
  if (!orr_json_is_array(j) || n < 2 || n > ORR_MOST_CLASSES)
    return orr_fail(e, ORR_DATA, "the kept model has %zu classes; 2 to %d were expected", n,
                    ORR_MOST_CLASSES);
  ORR_TAKE(&m->arena, names, n, e);
  for (const orr_json *c = orr_json_first(j); c; c = orr_json_next(c)) {
    const char *name = orr_json_string(c);
    if (!name) return orr_fail(e, ORR_DATA, "the kept model has a class that is not text");
    if (!(names[i++] = orr_arena_strdup(&m->arena, name))) return orr_fail_memory(e, "class names", 0);
  }
  m->classes = (orr_classes){.count = n, .names = names};
  return ORR_OK;
}

static orr_status parse_note(const orr_store *s, const char *key, orr_json **out, orr_error *e) {
  const char *text = orr_store_text(s, key);
  if (!text) return orr_fail(e, ORR_DATA, "the kept model has no note '%s'", key);
  return orr_json_parse(text, strlen(text), out, e);
}

static orr_status read_interval(orr_kept *m, orr_error *e) {
  orr_json *j;
  if (!orr_store_text(&m->store, "interval")) return ORR_OK;
  ORR_TRY(parse_note(&m->store, "interval", &j, e));
  m->level = orr_json_number_of(j, "level", NAN);
  m->radius = orr_json_number_of(j, "radius", NAN);
  m->spread = orr_json_number_of(j, "spread", NAN);
  orr_json_free(j);
  if (m->level > 0 && m->level < 1 && m->radius >= 0 && m->spread >= 0) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept model's interval is damaged");
}

static orr_status read_notes(orr_kept *m, orr_error *e) {
  orr_json *j;
  const char *family = orr_store_text(&m->store, "family"), *task = orr_store_text(&m->store, "task"),
             *target = orr_store_text(&m->store, "target");
  bool latent = task && !strcmp(task, orr_task_name(ORR_LATENT));
  if (!family || !task || (!target && !latent))
    return orr_fail(e, ORR_DATA, "not a model of Orrery: its notes lack family, task or target");
  m->task = latent                                         ? ORR_LATENT
            : !strcmp(task, orr_task_name(ORR_REGRESSION)) ? ORR_REGRESSION
                                                           : ORR_CLASSIFICATION;
  if (orr_family_find(family, m->task, &m->family, e)) return e ? (e->status = ORR_DATA) : ORR_DATA;
  m->derivations = orr_store_text(&m->store, "derivations");
  if (!latent && !(m->target = orr_arena_strdup(&m->arena, target))) return orr_fail_memory(e, "a name", 0);
  if (m->task == ORR_CLASSIFICATION) {
    ORR_TRY(parse_note(&m->store, "classes", &j, e));
    orr_status status = read_classes(m, j, e);
    orr_json_free(j);
    ORR_TRY(status);
  }
  ORR_TRY(parse_note(&m->store, "encoder", &j, e));
  orr_status status = orr_encoder_from_json(&m->encoder, j, e);
  orr_json_free(j);
  return status ? status : read_interval(m, e);
}

orr_status orr_kept_read(orr_kept *out, const char *path, orr_error *e) {
  *out = (orr_kept){0};
  orr_status status = orr_store_read(&out->store, path, e);
  if (!status) status = read_notes(out, e);
  if (!status) status = orr_kept_check(out, e);
  if (status) {
    orr_fail_in(e, "'%s'", path);
    orr_kept_fini(out);
  }
  return status;
}
