/* Stores in memory: tensors and notes in the order they were added; see store.h.
 *
 * Everything lies in the store's arena, so a list that grows leaves its old
 * copy behind and pointers to tensors stay readable until the store ends.
 */
#include "model/store.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/store_format.h"

enum { MOST_NAMES = 4096 }; /* tensors, and notes: names are compared one by one */

static const struct {
  const char *name;
  size_t bytes;
} dtypes[] = {
    [ORR_F64] = {"F64", 8}, [ORR_F32] = {"F32", 4}, [ORR_I64] = {"I64", 8},
    [ORR_I32] = {"I32", 4}, [ORR_U8] = {"U8", 1},
};

const char *orr_dtype_name(orr_dtype dtype) { return dtypes[dtype].name; }
size_t orr_dtype_bytes(orr_dtype dtype) { return dtypes[dtype].bytes; }

bool orr_dtype_from_name(const char *name, orr_dtype *dtype) {
  for (size_t i = 0; name && i < sizeof dtypes / sizeof *dtypes; i++)
    if (!strcmp(dtypes[i].name, name)) return *dtype = (orr_dtype)i, true;
  return false;
}

void orr_store_fini(orr_store *s) {
  orr_arena_fini(&s->arena);
  *s = (orr_store){0};
}

/* Makes room for one more in a list that lives in the arena. */
static orr_status reserve(orr_store *s, void **items, size_t count, size_t *capacity, size_t size,
                          orr_error *e) {
  if (count >= MOST_NAMES) return orr_fail(e, ORR_DATA, "a store holds at most %d names", MOST_NAMES);
  if (count < *capacity) return ORR_OK;
  void *grown;
  size_t want = *capacity ? 2 * *capacity : 16;
  ORR_TRY(orr_arena_take(&s->arena, want, size, &grown, e));
  if (count) memcpy(grown, *items, count * size);
  *items = grown;
  *capacity = want;
  return ORR_OK;
}

static orr_status set_shape(orr_tensor *t, size_t n_dimensions, const size_t *shape, orr_error *e) {
  if (n_dimensions > ORR_MOST_DIMENSIONS)
    return orr_fail(e, ORR_DATA, "tensor '%.60s' has %zu dimensions; at most %d are known", t->name,
                    n_dimensions, ORR_MOST_DIMENSIONS);
  t->n_dimensions = n_dimensions;
  t->count = 1;
  for (size_t i = 0; i < n_dimensions; i++) {
    t->shape[i] = shape[i];
    if (!orr_multiply(t->count, shape[i], &t->count))
      return orr_fail(e, ORR_DATA, "tensor '%.60s' is larger than memory can be", t->name);
  }
  return ORR_OK;
}

/* A tensor without elements yet, not yet counted. */
static orr_status begin_tensor(orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                               const size_t *shape, orr_error *e) {
  if (!*name || !strcmp(name, ORR_STORE_NOTES))
    return orr_fail(e, ORR_DATA, "'%s' is no name for a tensor", name);
  if (orr_store_find(s, name)) return orr_fail(e, ORR_DATA, "two tensors are named '%.60s'", name);
  ORR_TRY(reserve(s, (void **)&s->tensors, s->n_tensors, &s->tensors_capacity, sizeof *s->tensors, e));
  orr_tensor *t = &s->tensors[s->n_tensors];
  *t = (orr_tensor){.dtype = dtype, .name = orr_arena_strdup(&s->arena, name)};
  if (!t->name) return orr_fail_memory(e, "a name", strlen(name));
  return set_shape(t, n_dimensions, shape, e);
}

orr_status orr_store_add(orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                         const size_t *shape, orr_tensor **out, orr_error *e) {
  ORR_TRY(begin_tensor(s, name, dtype, n_dimensions, shape, e));
  orr_tensor *t = &s->tensors[s->n_tensors];
  ORR_TRY(orr_arena_take(&s->arena, t->count, dtypes[dtype].bytes, &t->data, e));
  s->n_tensors++;
  *out = t;
  return ORR_OK;
}

orr_status orr_store_show(orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                          const size_t *shape, const void *data, orr_error *e) {
  ORR_TRY(begin_tensor(s, name, dtype, n_dimensions, shape, e));
  s->tensors[s->n_tensors++].data = (void *)data;
  return ORR_OK;
}

orr_status orr_store_note(orr_store *s, const char *key, const char *text, orr_error *e) {
  size_t at = 0;
  while (at < s->n_notes && strcmp(s->notes[at].key, key)) at++;
  ORR_TRY(reserve(s, (void **)&s->notes, s->n_notes, &s->notes_capacity, sizeof *s->notes, e));
  orr_note note = {orr_arena_strdup(&s->arena, key), orr_arena_strdup(&s->arena, text)};
  if (!note.key || !note.text) return orr_fail_memory(e, "a note", strlen(text));
  s->notes[at] = note;
  s->n_notes += at == s->n_notes;
  return ORR_OK;
}

const orr_tensor *orr_store_find(const orr_store *s, const char *name) {
  for (size_t i = 0; i < s->n_tensors; i++)
    if (!strcmp(s->tensors[i].name, name)) return &s->tensors[i];
  return NULL;
}

const char *orr_store_text(const orr_store *s, const char *key) {
  for (size_t i = 0; i < s->n_notes; i++)
    if (!strcmp(s->notes[i].key, key)) return s->notes[i].text;
  return NULL;
}

orr_status orr_store_want(const orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                          const size_t *shape, const orr_tensor **out, orr_error *e) {
  const orr_tensor *t = orr_store_find(s, name);
  if (!t)
    return orr_fail(e, ORR_DATA, "the model has no tensor '%s'; the file is of another kind or damaged",
                    name);
  if (t->dtype != dtype)
    return orr_fail(e, ORR_DATA, "tensor '%s' holds %s, not %s", name, dtypes[t->dtype].name,
                    dtypes[dtype].name);
  if (t->n_dimensions != n_dimensions)
    return orr_fail(e, ORR_DATA, "tensor '%s' has %zu dimensions, not %zu", name, t->n_dimensions,
                    n_dimensions);
  for (size_t i = 0; i < n_dimensions; i++)
    if (shape[i] && t->shape[i] != shape[i])
      return orr_fail(e, ORR_DATA, "tensor '%s' has size %zu in dimension %zu, not %zu", name, t->shape[i], i,
                      shape[i]);
  *out = t;
  return ORR_OK;
}

orr_status orr_tensor_check_finite(const orr_tensor *t, orr_error *e) {
  if (t->dtype != ORR_F64 && t->dtype != ORR_F32) return ORR_OK;
  for (size_t i = 0; i < t->count; i++)
    if (!isfinite(t->dtype == ORR_F64 ? t->f64[i] : (double)t->f32[i]))
      return orr_fail(e, ORR_DATA, "tensor '%s' holds a value that is not finite, at %zu", t->name, i);
  return ORR_OK;
}

orr_hash orr_store_hash(const orr_store *s) {
  orr_hash all = orr_hash_bytes(&s->n_tensors, sizeof s->n_tensors);
  for (size_t i = 0; i < s->n_tensors; i++) {
    const orr_tensor *t = &s->tensors[i];
    all = orr_hash_join(all, orr_hash_string(t->name));
    all = orr_hash_join(all, orr_hash_string(dtypes[t->dtype].name));
    all = orr_hash_join(all, orr_hash_bytes(t->shape, t->n_dimensions * sizeof *t->shape));
    all = orr_hash_join(all, orr_hash_bytes(t->data, t->count * dtypes[t->dtype].bytes));
  }
  for (size_t i = 0; i < s->n_notes; i++) {
    all = orr_hash_join(all, orr_hash_string(s->notes[i].key));
    all = orr_hash_join(all, orr_hash_string(s->notes[i].text));
  }
  return all;
}
