/* The session's objects; see object.h. */
#include "session/object.h"

#include <string.h>

#include "base/memory.h"
#include "base/vector.h"

const char *orr_object_kind_name(orr_object_kind kind) {
  static const char *const names[] = {"nothing", "a table", "a split", "a fit", "an evaluation"};
  return names[kind];
}

static void more(int *refs) { __atomic_add_fetch(refs, 1, __ATOMIC_RELAXED); }
static bool was_last(int *refs) { return __atomic_fetch_sub(refs, 1, __ATOMIC_ACQ_REL) == 0; }

orr_split_object *orr_split_ref(orr_split_object *s) { return more(&s->refs), s; }

void orr_split_unref(orr_split_object *s) {
  if (!s || !was_last(&s->refs)) return;
  orr_table_unref(s->table);
  orr_arena_fini(&s->arena);
  orr_free(s);
}

orr_fit_object *orr_fit_ref(orr_fit_object *f) { return more(&f->refs), f; }

/* Of a member that shares its base's tensors only the notes are its own. */
void orr_fit_unref(orr_fit_object *f) {
  if (!f || !was_last(&f->refs)) return;
  for (size_t i = 0; i < f->n_members; i++) {
    if (f->base) orr_arena_fini(&f->members[i].store.arena);
    else orr_kept_fini(&f->members[i]);
  }
  orr_fit_unref(f->base);
  orr_free(f->members);
  orr_free(f->trained);
  orr_free(f->name);
  orr_free(f->weight);
  orr_free(f);
}

orr_evaluation_object *orr_evaluation_ref(orr_evaluation_object *v) { return more(&v->refs), v; }

void orr_evaluation_unref(orr_evaluation_object *v) {
  if (!v || !was_last(&v->refs)) return;
  orr_arena_fini(&v->arena);
  orr_free(v);
}

static orr_status share(const orr_kept *of, orr_kept *out, orr_error *e) {
  orr_store *s = &out->store;
  *out = *of;
  s->arena = (orr_arena){0};
  s->notes_capacity = s->n_notes;
  ORR_TAKE(&s->arena, s->notes, s->n_notes, e);
  if (s->n_notes) memcpy(s->notes, of->store.notes, s->n_notes * sizeof *s->notes);
  return ORR_OK;
}

orr_status orr_fit_renew(orr_fit_object *base, orr_fit_object **out, orr_error *e) {
  orr_fit_object *f = *out = orr_calloc(1, sizeof *f);
  if (!f) return orr_fail_memory(e, "a fit", sizeof *f);
  *f = *base;
  f->refs = 0, f->n_members = 0;
  f->base = orr_fit_ref(base);
  f->members = orr_calloc(base->n_members, sizeof *f->members);
  f->name = orr_strdup(base->name);
  f->weight = base->weight ? orr_strdup(base->weight) : NULL;
  f->trained = orr_calloc(base->n_train, sizeof *f->trained);
  orr_status status = ORR_OK;
  if (!f->members || !f->name || (base->weight && !f->weight) || !f->trained)
    status = orr_fail_memory(e, "a fit", base->n_train * sizeof *f->trained);
  else if (base->n_train) memcpy(f->trained, base->trained, base->n_train * sizeof *f->trained);
  for (; !status && f->n_members < base->n_members; f->n_members++)
    status = share(&base->members[f->n_members], &f->members[f->n_members], e);
  if (status) orr_fit_unref(f), *out = NULL;
  return status;
}

void *orr_object_ref(const orr_object *o) {
  switch (o->kind) {
  case ORR_NO_OBJECT: break;
  case ORR_TABLE: orr_table_ref(o->table); break;
  case ORR_SPLIT: orr_split_ref(o->split); break;
  case ORR_FIT: orr_fit_ref(o->fit); break;
  case ORR_EVALUATION: orr_evaluation_ref(o->evaluation); break;
  }
  return o->any;
}

void orr_object_unref(orr_object_kind kind, void *any) {
  switch (kind) {
  case ORR_NO_OBJECT: break;
  case ORR_TABLE: orr_table_unref(any); break;
  case ORR_FIT: orr_fit_unref(any); break;
  case ORR_SPLIT: orr_split_unref(any); break;
  case ORR_EVALUATION: orr_evaluation_unref(any); break;
  }
}

static orr_status push(orr_objects *all, orr_object object, orr_error *e) {
  if (!all->count) ORR_PUSH(all, (orr_object){0}, e);
  ORR_PUSH(all, object, e);
  return ORR_OK;
}

orr_status orr_objects_add(orr_objects *all, orr_object_kind kind, void *any, const char *slot, orr_hash key,
                           orr_ref *out, orr_error *e) {
  orr_object made = {.kind = kind, .generation = 1, .slot = orr_strdup(slot), .key = key, .any = any};
  orr_status status = made.slot ? push(all, made, e) : orr_fail_memory(e, "an object", 0);
  if (status) {
    orr_object_unref(kind, any);
    orr_free(made.slot);
    return status;
  }
  *out = (orr_ref){.id = (uint32_t)all->count - 1, .generation = 1};
  return ORR_OK;
}

const orr_object *orr_objects_peek(const orr_objects *all, orr_ref ref) {
  bool there = ref.id > 0 && ref.id < all->count && all->items[ref.id].generation == ref.generation &&
               all->items[ref.id].kind != ORR_NO_OBJECT;
  return there ? &all->items[ref.id] : NULL;
}

orr_status orr_objects_get(const orr_objects *all, orr_ref ref, orr_object_kind kind, orr_object **out,
                           orr_error *e) {
  *out = (orr_object *)orr_objects_peek(all, ref);
  if (!*out) return orr_fail(e, ORR_RECIPE, "that object was dropped; make it again");
  if ((*out)->kind == kind) return ORR_OK;
  return orr_fail(e, ORR_RECIPE, "s.%s is %s where %s is needed", (*out)->slot,
                  orr_object_kind_name((*out)->kind), orr_object_kind_name(kind));
}

orr_status orr_objects_drop(orr_objects *all, orr_ref ref, orr_error *e) {
  orr_object *o = (orr_object *)orr_objects_peek(all, ref);
  if (!o) return orr_fail(e, ORR_RECIPE, "that object was dropped before");
  orr_object_unref(o->kind, o->any);
  o->kind = ORR_NO_OBJECT;
  o->any = NULL;
  o->generation++;
  return ORR_OK;
}

void orr_objects_fini(orr_objects *all) {
  for (size_t i = 0; i < all->count; i++) {
    orr_object_unref(all->items[i].kind, all->items[i].any);
    orr_free(all->items[i].slot);
  }
  orr_free(all->items);
  *all = (orr_objects){0};
}

static orr_status all_rows(const orr_table *t, orr_arena *arena, orr_rows *rows, orr_error *e) {
  ORR_TAKE(arena, rows->index, t->rows, e);
  rows->n = t->rows;
  for (size_t i = 0; i < t->rows; i++) rows->index[i] = i;
  return ORR_OK;
}

orr_status orr_objects_rows(const orr_objects *all, orr_ref ref, orr_arena *arena, orr_table **table,
                            orr_rows *rows, orr_error *e) {
  const orr_object *o = orr_objects_peek(all, ref);
  if (o && o->kind == ORR_TABLE) {
    *table = o->table;
    return all_rows(o->table, arena, rows, e);
  }
  orr_object *split;
  ORR_TRY(orr_objects_get(all, ref, ORR_SPLIT, &split, e));
  *table = split->split->table;
  *rows = split->split->split.part[ref.part];
  return ORR_OK;
}
