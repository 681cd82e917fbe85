/* The session's objects; see object.h. */
#include "session/object.h"

#include <string.h>

#include "base/memory.h"
#include "base/vector.h"

const char *orr_object_kind_name(orr_object_kind kind) {
  static const char *const names[] = {"nothing", "a table", "a split", "a fit", "an evaluation"};
  return names[kind];
}

void orr_split_free(orr_split_object *s) {
  orr_table_unref(s->table);
  orr_arena_fini(&s->arena);
  orr_free(s);
}

void orr_fit_free(orr_fit_object *f) {
  for (size_t i = 0; i < f->n_members; i++) orr_kept_fini(&f->members[i]);
  orr_free(f->members);
  orr_free(f->trained);
  orr_free(f->name);
  orr_free(f->weight);
  orr_free(f);
}

static void object_free(orr_object_kind kind, void *any) {
  orr_evaluation_object *evaluation = any;
  switch (kind) {
  case ORR_NO_OBJECT: break;
  case ORR_TABLE: orr_table_unref(any); break;
  case ORR_FIT: orr_fit_free(any); break;
  case ORR_SPLIT: orr_split_free(any); break;
  case ORR_EVALUATION:
    orr_arena_fini(&evaluation->arena);
    orr_free(evaluation);
    break;
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
    object_free(kind, any);
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
  object_free(o->kind, o->any);
  o->kind = ORR_NO_OBJECT;
  o->any = NULL;
  o->generation++;
  return ORR_OK;
}

void orr_objects_fini(orr_objects *all) {
  for (size_t i = 0; i < all->count; i++) {
    object_free(all->items[i].kind, all->items[i].any);
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
