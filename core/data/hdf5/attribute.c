/* Reading attributes; see attribute.h. */
#include "data/hdf5/attribute.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20, MOST_SHOWN = 64 };

/* An attribute's elements in memory. */
typedef struct value {
  hid_t type, space;
  H5T_class_t class;
  orr_h5_cell cell;
  size_t count;
  char *data;
} value;

static void forget(value *v) {
  if (v->data && v->space >= 0) H5Dvlen_reclaim(v->type, v->space, H5P_DEFAULT, v->data);
  if (v->type >= 0) H5Tclose(v->type);
  if (v->space >= 0) H5Sclose(v->space);
  orr_free(v->data);
  H5Eclear2(H5E_DEFAULT);
}

static hid_t memory_type(orr_h5_reader *r, hid_t attribute, orr_h5_cell *cell) {
  hid_t type = H5Aget_type(attribute);
  if (type < 0 || orr_h5_cell_of(r, type, cell, NULL)) return -1;
  if (cell->kind != ORR_H5_ODD) return type;
  hid_t native = H5Tget_native_type(type, H5T_DIR_ASCEND);
  H5Tclose(type);
  return native >= 0 && orr_h5_cell_of(r, native, cell, NULL) ? -1 : native;
}

static bool load(orr_h5_reader *r, hid_t object, const char *name, value *v) {
  *v = (value){.type = -1, .space = -1};
  if (H5Aexists(object, name) <= 0) return false;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return false;
  v->type = memory_type(r, attribute, &v->cell);
  v->space = H5Aget_space(attribute);
  hssize_t count = v->space < 0 ? -1 : H5Sget_simple_extent_npoints(v->space);
  size_t bytes = v->type < 0 ? 0 : H5Tget_size(v->type), all;
  bool read = false;
  if (count > 0 && bytes && orr_multiply((size_t)count, bytes, &all) && all <= MOST_BYTES) {
    v->class = H5Tget_class(v->type);
    v->count = (size_t)count;
    char *data = orr_calloc(all, 1);
    read = data && H5Aread(attribute, v->type, data) >= 0;
    if (read) v->data = data;
    else orr_free(data);
  }
  H5Aclose(attribute);
  if (!read) forget(v);
  return read;
}

void orr_h5_add_character(orr_text *t, uint32_t c) {
  char bytes[4] = {(char)c};
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = n; n > 1 && i-- > 0; c >>= 6)
    bytes[i] = (char)(i ? 0x80 | (c & 63) : (0xf00 >> n & 0xff) | c);
  orr_text_add_bytes(t, bytes, n);
}

static const char *latin1(orr_h5_reader *r, const char *s, size_t n) {
  orr_text t = {0};
  for (size_t i = 0; i < n; i++) orr_h5_add_character(&t, (unsigned char)s[i]);
  const char *out = t.failed ? NULL : orr_arena_strdup(&r->arena, orr_text_get(&t));
  orr_text_fini(&t);
  return out;
}

orr_status orr_h5_utf8(orr_h5_reader *r, const char *s, size_t n, const char **out, orr_error *e) {
  n = strnlen(s, n);
  *out = orr_text_is_utf8(s, n) ? orr_arena_strndup(&r->arena, s, n) : latin1(r, s, n);
  return *out ? ORR_OK : orr_fail_memory(e, "a text", n);
}

bool orr_h5_attribute_texts(orr_h5_reader *r, hid_t object, const char *name, orr_h5_texts *out) {
  value v;
  *out = (orr_h5_texts){0};
  if (!load(r, object, name, &v)) return false;
  void *items;
  bool is =
      orr_h5_cell_is_text(&v.cell) && !orr_arena_take(&r->arena, v.count, sizeof *out->items, &items, NULL);
  if (is) out->items = items;
  for (size_t i = 0; is && i < v.count; i++) {
    size_t n;
    const char *s = orr_h5_text_of(&v.cell, v.data + i * v.cell.bytes, &n);
    is = orr_h5_utf8(r, s, n, &out->items[i], NULL) == ORR_OK;
  }
  out->count = is ? v.count : 0;
  forget(&v);
  return is;
}

const char *orr_h5_attribute_text(orr_h5_reader *r, hid_t object, const char *name) {
  orr_h5_texts t;
  return orr_h5_attribute_texts(r, object, name, &t) && t.count == 1 ? t.items[0] : NULL;
}

bool orr_h5_attribute_bytes(orr_h5_reader *r, hid_t object, const char *name, const char **out, size_t *n) {
  value v;
  if (!load(r, object, name, &v)) return false;
  bool is = orr_h5_cell_is_text(&v.cell) && v.count == 1;
  if (is) {
    const char *s = orr_h5_text_of(&v.cell, v.data, n);
    if (v.cell.kind == ORR_H5_TEXT) *n = v.cell.bytes;
    is = (*out = orr_arena_strndup(&r->arena, s, *n)) != NULL;
  }
  forget(&v);
  return is;
}

size_t orr_h5_attribute_numbers(orr_h5_reader *r, hid_t object, const char *name, double *out, size_t most) {
  value v;
  if (!load(r, object, name, &v)) return 0;
  size_t n = !orr_h5_cell_is_number(&v.cell) ? 0 : v.count < most ? v.count : most;
  if (n) orr_h5_to_doubles(&v.cell, v.data, v.cell.bytes, n, out);
  forget(&v);
  return n;
}

bool orr_h5_attribute_integers(orr_h5_reader *r, hid_t object, const char *name, int64_t *out, size_t n) {
  value v;
  if (!load(r, object, name, &v)) return false;
  bool is = orr_h5_cell_is_integer(&v.cell) && v.count == n;
  if (is) orr_h5_to_integers(&v.cell, v.data, v.cell.bytes, n, out);
  forget(&v);
  return is;
}

static const char *path_of(orr_h5_reader *r, hid_t object, const hobj_ref_t *reference) {
  char path[1024];
  hid_t target = H5Rdereference2(object, H5P_DEFAULT, H5R_OBJECT, reference);
  if (target < 0) return NULL;
  ssize_t n = H5Iget_name(target, path, sizeof path);
  H5Oclose(target);
  return n > 0 && (size_t)n < sizeof path ? orr_arena_strdup(&r->arena, path) : NULL;
}

static const hobj_ref_t *reference_at(const value *v, size_t i) {
  if (v->class == H5T_REFERENCE) return (const hobj_ref_t *)(const void *)v->data + i;
  const hvl_t *list = (const hvl_t *)(const void *)v->data + i;
  return list->len ? list->p : NULL;
}

static bool holds_references(const value *v) {
  if (v->class == H5T_REFERENCE) return H5Tequal(v->type, H5T_STD_REF_OBJ) > 0;
  if (v->class != H5T_VLEN) return false;
  hid_t base = H5Tget_super(v->type);
  bool is = H5Tequal(base, H5T_STD_REF_OBJ) > 0;
  H5Tclose(base);
  return is;
}

bool orr_h5_attribute_paths(orr_h5_reader *r, hid_t object, const char *name, orr_h5_texts *out) {
  value v;
  void *items;
  *out = (orr_h5_texts){0};
  if (!load(r, object, name, &v)) return false;
  bool is = holds_references(&v) && !orr_arena_take(&r->arena, v.count, sizeof *out->items, &items, NULL);
  if (is) *out = (orr_h5_texts){.count = v.count, .items = items};
  for (size_t i = 0; is && i < v.count; i++) {
    const hobj_ref_t *reference = reference_at(&v, i);
    out->items[i] = reference ? path_of(r, object, reference) : NULL;
  }
  forget(&v);
  return is;
}

static void add_value(const value *v, size_t i, orr_text *t) {
  const char *at = v->data + i * v->cell.bytes;
  if (orr_h5_cell_is_text(&v->cell)) {
    size_t n;
    const char *s = orr_h5_text_of(&v->cell, at, &n);
    orr_text_add_bytes(t, s, n < ORR_H5_ATTRIBUTE_TEXT + 1 ? n : ORR_H5_ATTRIBUTE_TEXT + 1);
  } else if (orr_h5_cell_is_integer(&v->cell)) {
    int64_t x;
    orr_h5_to_integers(&v->cell, at, 0, 1, &x);
    const char *name = NULL;
    for (size_t k = 0; k < v->cell.names.count; k++)
      if (v->cell.names.values[k] == x) name = v->cell.names.names[k];
    if (name) orr_text_add(t, name);
    else orr_text_printf(t, v->cell.kind == ORR_H5_SIGNED ? "%" PRId64 : "%" PRIu64, x);
  } else {
    double x;
    orr_h5_to_doubles(&v->cell, at, 0, 1, &x);
    orr_text_add_number(t, x);
  }
}

/* Cuts to what a page can show, at the end of a character. */
static void shorten(orr_text *t) {
  if (t->length <= ORR_H5_ATTRIBUTE_TEXT) return;
  size_t n = ORR_H5_ATTRIBUTE_TEXT;
  while (n && ((unsigned char)t->data[n] & 0xc0) == 0x80) n--;
  t->length = n;
  orr_text_add(t, "…");
}

static orr_json *short_text(orr_h5_reader *r, hid_t object, const char *name) {
  value v;
  orr_text t = {0};
  const char *utf8 = "";
  if (!load(r, object, name, &v)) return orr_json_new_string("");
  bool plain = orr_h5_cell_is_number(&v.cell) || orr_h5_cell_is_text(&v.cell);
  if (!plain) orr_text_add(&t, orr_h5_type_words(v.type));
  for (size_t i = 0; plain && i < v.count && i < ORR_H5_ATTRIBUTE_VALUES; i++) {
    if (i) orr_text_add(&t, ", ");
    add_value(&v, i, &t);
  }
  if (v.count > ORR_H5_ATTRIBUTE_VALUES && plain) orr_text_add(&t, ", …");
  shorten(&t);
  orr_h5_utf8(r, orr_text_get(&t), t.length, &utf8, NULL);
  orr_text_fini(&t);
  forget(&v);
  return orr_json_new_string(utf8);
}

typedef struct listing {
  orr_h5_reader *reader;
  orr_h5_texts names;
} listing;

static herr_t list_one(hid_t object, const char *name, const H5A_info_t *info, void *context) {
  listing *l = context;
  (void)object, (void)info;
  const char *copy = orr_arena_strdup(&l->reader->arena, name);
  if (copy) l->names.items[l->names.count++] = copy;
  return l->names.count == MOST_SHOWN;
}

orr_json *orr_h5_attributes(orr_h5_reader *r, hid_t object) {
  const char *names[MOST_SHOWN];
  listing l = {.reader = r, .names = {.items = names}};
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, list_one, &l);
  H5Eclear2(H5E_DEFAULT);
  if (!l.names.count) return NULL;
  orr_json *all = orr_json_new_object();
  for (size_t i = 0; i < l.names.count; i++) {
    const char *utf8 = "";
    orr_h5_utf8(r, names[i], strlen(names[i]), &utf8, NULL);
    orr_json_set(all, utf8, short_text(r, object, names[i]));
  }
  return all;
}
