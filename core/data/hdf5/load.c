/* Small datasets read whole, for layouts that need to know what is in them; see plan.h. */
#include <inttypes.h>
#include <string.h>

#include "data/hdf5/plan.h"

enum { MOST_TEXTS = 1000000 };

static orr_status text_at(orr_h5_reader *r, const orr_h5_cell *c, const char *at, const char **out,
                          orr_error *e) {
  size_t n;
  int64_t k;
  double x;
  if (orr_h5_cell_is_text(c)) {
    const char *s = orr_h5_text_of(c, at, &n);
    return orr_h5_utf8(r, s, n, out, e);
  }
  if (orr_h5_cell_is_integer(c)) {
    orr_h5_to_integers(c, at, 0, 1, &k);
    *out = c->truth ? (k ? "True" : "False") : orr_arena_printf(&r->arena, "%" PRId64, k);
    return *out ? ORR_OK : orr_fail_memory(e, "a name", 0);
  }
  orr_text t = {0};
  orr_h5_to_doubles(c, at, 0, 1, &x);
  orr_text_add_number(&t, x);
  *out = orr_arena_strdup(&r->arena, orr_text_get(&t));
  orr_text_fini(&t);
  return *out ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

orr_status orr_h5_column_texts(orr_h5_reader *r, const orr_h5_column *c, orr_h5_texts *out, orr_error *e) {
  const orr_h5_view *v = c->view;
  size_t elements, bytes;
  *out = (orr_h5_texts){0};
  if (v->rows > MOST_TEXTS || !orr_multiply((size_t)v->rows, (size_t)v->cells, &elements) ||
      !orr_multiply(elements, v->array->bytes, &bytes) || bytes > 1u << 30)
    return orr_fail(e, ORR_DATA, "%s: a list of %" PRIu64 " names is more than %d", v->array->path, v->rows,
                    MOST_TEXTS);
  ORR_TAKE(&r->arena, out->items, (size_t)v->rows, e);
  char *block = orr_calloc(bytes, 1);
  if (!block) return orr_fail_memory(e, "names", bytes);
  orr_status status = orr_h5_view_read(r, v, 0, v->rows, block, e);
  if (!status) {
    const char *first = block + orr_h5_view_at(v, c->cell, v->rows) + c->offset;
    for (size_t i = 0; i < v->rows && !status; i++)
      status = text_at(r, &c->value, first + i * orr_h5_view_stride(v), &out->items[i], e);
    orr_h5_reclaim(v->array, block, elements);
  }
  orr_free(block);
  out->count = status ? 0 : (size_t)v->rows;
  return status;
}

orr_status orr_h5_load_texts(orr_h5_reader *r, const char *path, orr_h5_texts *out, orr_error *e) {
  orr_h5_array *a;
  orr_h5_column c = {0};
  *out = (orr_h5_texts){0};
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  ORR_TRY(orr_h5_array_check(r, a, e));
  ORR_TRY(orr_h5_cell_of(r, a->type, &c.value, e));
  if (c.value.kind >= ORR_H5_ODD || a->rank > 1) return orr_fail(e, ORR_DATA, "%s is no list of names", path);
  ORR_TRY(orr_h5_view_new(r, a, &c.view, e));
  return orr_h5_column_texts(r, &c, out, e);
}

orr_status orr_h5_load_integers(orr_h5_reader *r, const orr_h5_array *a, uint64_t first, uint64_t n,
                                int64_t *out, orr_error *e) {
  orr_h5_cell cell;
  ORR_TRY(orr_h5_cell_of(r, a->type, &cell, e));
  if (!orr_h5_cell_is_integer(&cell) || a->rank != 1 || first > a->dims[0] || n > a->dims[0] - first)
    return orr_fail(e, ORR_DATA, "%s is no list of so many whole numbers", a->path);
  ORR_TRY(orr_h5_array_check(r, a, e));
  char *elements = orr_calloc((size_t)n, a->bytes);
  if (!elements) return orr_fail_memory(e, a->path, n);
  orr_status status = orr_h5_read_box(r, a, &first, NULL, &n, elements, e);
  if (!status) orr_h5_to_integers(&cell, elements, cell.bytes, (size_t)n, out);
  orr_free(elements);
  return status;
}
