/* Taking a step back; see undo.h. */
#include "session/undo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/cache.h"
#include "session/input.h"
#include "session/session.h"

void orr_undo_begin(const orr_session *s, orr_undo *out) {
  *out = (orr_undo){.lengths = {.objects = s->objects.count,
                                .numbers = s->numbers.count,
                                .inputs = s->inputs.count,
                                .cuts = s->cuts.count,
                                .facts = s->facts.length,
                                .report = s->report.length,
                                .stops = s->stops.length,
                                .controls = s->controls.length,
                                .plots = s->plots.length,
                                .plots_drawn = s->plots_drawn,
                                .plots_written = s->plots_written,
                                .trained = s->trained,
                                .told_features = s->told_features,
                                .had_model = s->main_model != NULL,
                                .main_family = s->main_family}};
}

void orr_undo_keep(orr_session *s, orr_ref ref) {
  const orr_object *o = orr_objects_peek(&s->objects, ref);
  if (!s->doing || !o || s->doing->changed.id) return;
  orr_object_ref(o);
  s->doing->changed = ref;
  s->doing->was = *o;
}

static orr_status push(orr_undo *u, orr_replaced file, orr_error *e) {
  ORR_PUSH(&u->files, file, e);
  return ORR_OK;
}

static orr_status set_aside(orr_session *s, orr_replaced *file, orr_error *e) {
  orr_text aside = {0};
  orr_text_printf(&aside, "%s/" ORR_CACHE_FOLDER "/aside-%zu", s->config->folder, ++s->set_aside);
  orr_status status = orr_text_check(&aside, e);
  if (!status && rename(file->path, aside.data))
    status = orr_fail_errno(e, "cannot set '%s' aside", file->path);
  if (status) return orr_text_fini(&aside), status;
  file->aside = aside.data;
  return ORR_OK;
}

orr_status orr_undo_keep_file(orr_session *s, const char *path, orr_error *e) {
  if (!s->doing) return ORR_OK;
  for (size_t i = 0; i < s->doing->files.count; i++)
    if (!strcmp(s->doing->files.items[i].path, path)) return ORR_OK;
  orr_replaced file = {.path = orr_strdup(path)};
  orr_status status = file.path ? ORR_OK : orr_fail_memory(e, "a path", 0);
  if (!status && orr_file_exists(path)) status = set_aside(s, &file, e);
  if (!status) status = push(s->doing, file, e);
  if (status) orr_free(file.path), orr_free(file.aside);
  return status;
}

static void cut_text(orr_text *t, size_t length) {
  if (t->length > length) t->data[t->length = length] = 0;
}

static void cut_lists(orr_session *s, const orr_lengths *m) {
  orr_numbers_cut(&s->numbers, m->numbers);
  while (s->inputs.count > m->inputs) orr_input_fini(&s->inputs.items[--s->inputs.count]);
  while (s->cuts.count > m->cuts) orr_free(s->cuts.items[--s->cuts.count].name);
  cut_text(&s->facts, m->facts);
  cut_text(&s->report, m->report);
  cut_text(&s->stops, m->stops);
  cut_text(&s->controls, m->controls);
  cut_text(&s->plots, m->plots);
  s->plots_drawn = m->plots_drawn, s->plots_written = m->plots_written;
  s->trained = m->trained, s->told_features = m->told_features;
  s->main_family = m->main_family;
  if (!m->had_model) orr_free(s->main_model), s->main_model = NULL;
}

/* What it made is gone, what it changed is as it was: handles that led there lead there again. */
static void restore_objects(orr_session *s, orr_undo *u) {
  for (size_t id = u->lengths.objects ? u->lengths.objects : 1; id < s->objects.count; id++) {
    orr_ref ref = {.id = (uint32_t)id, .generation = s->objects.items[id].generation};
    if (orr_objects_peek(&s->objects, ref)) orr_objects_drop(&s->objects, ref, NULL);
  }
  if (!u->changed.id) return;
  orr_object *now = &s->objects.items[u->changed.id];
  orr_object_unref(now->kind, now->any);
  *now = u->was;
  u->changed.id = 0;
}

static void restore_files(orr_undo *u) {
  for (size_t i = u->files.count; i--;) {
    unlink(u->files.items[i].path);
    if (u->files.items[i].aside) rename(u->files.items[i].aside, u->files.items[i].path);
  }
}

void orr_undo_apply(orr_session *s, orr_undo *u, const char *slot) {
  cut_lists(s, &u->lengths);
  restore_objects(s, u);
  restore_files(u);
  if (*slot) orr_cache_forget(s, slot);
}

void orr_undo_fini(orr_undo *u) {
  if (u->changed.id) orr_object_unref(u->was.kind, u->was.any);
  for (size_t i = 0; i < u->files.count; i++) {
    orr_free(u->files.items[i].path);
    orr_free(u->files.items[i].aside);
  }
  orr_free(u->files.items);
  *u = (orr_undo){0};
}

size_t orr_undo_action(const orr_session *s) {
  size_t n = 0, count = s->steps.count;
  while (n < count && s->steps.items[count - 1 - n].action == s->steps.items[count - 1].action) n++;
  return n;
}
