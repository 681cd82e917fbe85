/* Shared parts of pandas' forms; see pandas.h. */
#include "data/hdf5/pandas.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { LOOKED_AT = 1 << 16 };

const orr_h5_pickle *orr_h5_pickled(orr_h5_reader *r, hid_t object, const char *name) {
  const char *bytes;
  size_t n;
  const orr_h5_pickle *p;
  if (!orr_h5_attribute_bytes(r, object, name, &bytes, &n)) return NULL;
  while (n && !bytes[n - 1]) n--; /* padding */
  return orr_h5_pickle_read(&r->arena, bytes, n, &p, NULL) ? NULL : p;
}

orr_status orr_h5_pickled_texts(orr_h5_reader *r, const orr_h5_pickle *list, orr_h5_texts *out,
                                orr_error *e) {
  *out = (orr_h5_texts){0};
  if (!list || list->kind != ORR_H5_PICKLE_LIST)
    return orr_fail(e, ORR_DATA, "pandas: a list of names is damaged");
  ORR_TAKE(&r->arena, out->items, list->count, e);
  for (size_t i = 0; i < list->count; i++) {
    const orr_h5_pickle *p = list->items[i];
    if (p->kind == ORR_H5_PICKLE_TEXT) ORR_TRY(orr_h5_utf8(r, p->text, p->count, &out->items[i], e));
    if (p->kind == ORR_H5_PICKLE_INTEGER) out->items[i] = orr_arena_printf(&r->arena, "%" PRId64, p->integer);
  }
  out->count = list->count;
  return ORR_OK;
}

const char *orr_h5_pandas_name(orr_h5_reader *r, hid_t object, const char *attribute) {
  const char *text = orr_h5_attribute_text(r, object, attribute);
  if (!text || !*text || !strcmp(text, "N.")) return NULL;
  const orr_h5_pickle *p = orr_h5_pickled(r, object, attribute);
  if (!p) return text;
  return p->kind == ORR_H5_PICKLE_TEXT ? p->text
         : p->kind == ORR_H5_PICKLE_INTEGER && text[0] == 'I'
             ? orr_arena_printf(&r->arena, "%" PRId64, p->integer)
         : p->kind == ORR_H5_PICKLE_NONE ? NULL
                                         : text;
}

void orr_h5_pandas_kind(orr_h5_column *c, const char *kind) {
  if (!kind || !orr_h5_cell_is_integer(&c->value)) return;
  if (!strncmp(kind, "datetime", 8)) orr_h5_column_is_time(c);
  if (!strcmp(kind, "date")) {
    orr_h5_column_is_time(c);
    c->meaning.tick = 86400000000000;
    c->meaning.origin = -719163 * INT64_C(86400); /* day 1 is the first of the year 1 */
  }
  if (!strncmp(kind, "timedelta", 9))
    c->meaning = (orr_h5_meaning){.unit = "ns", .n_fills = 1, .fills = {(double)INT64_MIN}};
  if (!strcmp(kind, "bool")) c->value.truth = true, c->type = ORR_BOOL;
}

orr_status orr_h5_plan_order(orr_h5_reader *r, orr_h5_plan *p, size_t from, const orr_h5_texts *names,
                             orr_error *e) {
  orr_h5_column **sorted, **left = p->columns.items + from;
  size_t n = p->columns.count - from, placed = 0;
  orr_map index = {0};
  int32_t *first, *next, at;
  ORR_TAKE(&r->arena, sorted, n, e);
  ORR_TAKE(&r->arena, first, n, e); /* of a name: column + 1 */
  ORR_TAKE(&r->arena, next, n, e);  /* a further column of the same name + 1 */
  orr_status status = ORR_OK;
  for (size_t i = n; i-- > 0 && !status;) {
    status = orr_map_add(&index, left[i]->name, strlen(left[i]->name), &at, e);
    if (!status) next[i] = first[at], first[at] = (int32_t)i + 1;
  }
  for (size_t k = 0; k < names->count && !status; k++) {
    at = names->items[k] ? orr_map_find(&index, names->items[k], strlen(names->items[k])) : ORR_MAP_NONE;
    if (at < 0 || !first[at]) continue;
    size_t i = (size_t)first[at] - 1;
    first[at] = next[i];
    sorted[placed++] = left[i];
    left[i] = NULL;
  }
  orr_map_fini(&index);
  for (size_t i = 0; i < n && !status; i++)
    if (left[i]) sorted[placed++] = left[i];
  if (!status && n) memcpy(left, sorted, n * sizeof *left);
  return status;
}

/* All of it where the file is read whole; of a sample the first rows and the last. */
static orr_status is_range(orr_h5_reader *r, const orr_h5_column *c, bool *range, orr_error *e) {
  uint64_t rows = c->view->rows;
  int64_t *k;
  ORR_TAKE(&r->arena, k, LOOKED_AT, e);
  char *raw;
  ORR_TRY(orr_arena_take(&r->arena, LOOKED_AT, c->view->array->bytes, (void **)&raw, e));
  *range = true;
  for (uint64_t at = 0; at < rows && *range; at += LOOKED_AT) {
    uint64_t n = rows - at < LOOKED_AT ? rows - at : LOOKED_AT;
    if (r->most && at && at + n < rows) continue;
    ORR_TRY(orr_h5_view_read(r, c->view, at, n, raw, e));
    orr_h5_to_integers(&c->value, raw + c->offset, c->view->array->bytes, (size_t)n, k);
    for (uint64_t i = 0; i < n && *range; i++) *range = k[i] == (int64_t)(at + i);
  }
  return ORR_OK;
}

orr_status orr_h5_plan_drop_range(orr_h5_reader *r, orr_h5_plan *p, size_t at, orr_error *e) {
  orr_h5_column *c = p->columns.items[at];
  bool range = false;
  if (c->type != ORR_INT64 || c->view->array->pointers || c->view->cells != 1) return ORR_OK;
  ORR_TRY(is_range(r, c, &range, e));
  if (!range) return ORR_OK;
  memmove(p->columns.items + at, p->columns.items + at + 1, (p->columns.count - at - 1) * sizeof c);
  p->columns.count--;
  orr_h5_note(r, "the index 0, 1, 2, … is left out: it is the row's number");
  return ORR_OK;
}
