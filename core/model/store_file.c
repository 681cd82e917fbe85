/* Stores on disk: the safetensors layout, written plainly and read as hostile.
 *
 * Invariant: nothing of a file is used before it is proven. The header's length
 * lies inside the file, every type is known, every shape's product fits, and
 * the tensors follow each other without gap or overlap to the file's last byte.
 * Data are copied, so an odd offset is no unaligned read. Little-endian hosts.
 */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/store_format.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "stores are written as they lie in memory, which must be little-endian"
#endif

enum { LENGTH_BYTES = 8, MOST_HEADER = 16 << 20 };
static const size_t most_file = (size_t)16 << 30;

static size_t bytes_of(const orr_tensor *t) { return t->count * orr_dtype_bytes(t->dtype); }

static orr_json *tensor_to_json(const orr_tensor *t, size_t start) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "dtype", orr_json_new_string(orr_dtype_name(t->dtype)));
  orr_json *shape = orr_json_set(j, "shape", orr_json_new_array());
  for (size_t i = 0; i < t->n_dimensions; i++)
    orr_json_push(shape, orr_json_new_integer((int64_t)t->shape[i]));
  orr_json *offsets = orr_json_set(j, "data_offsets", orr_json_new_array());
  orr_json_push(offsets, orr_json_new_integer((int64_t)start));
  orr_json_push(offsets, orr_json_new_integer((int64_t)(start + bytes_of(t))));
  return j;
}

static orr_status print_header(const orr_store *s, orr_text *out, orr_error *e) {
  orr_json *header = orr_json_new_object();
  if (s->n_notes) {
    orr_json *notes = orr_json_set(header, ORR_STORE_NOTES, orr_json_new_object());
    for (size_t i = 0; i < s->n_notes; i++)
      orr_json_set(notes, s->notes[i].key, orr_json_new_string(s->notes[i].text));
  }
  size_t start = 0;
  for (size_t i = 0; i < s->n_tensors; i++) {
    orr_json_set(header, s->tensors[i].name, tensor_to_json(&s->tensors[i], start));
    start += bytes_of(&s->tensors[i]);
  }
  orr_status status = orr_json_print(header, false, out, e);
  orr_json_free(header);
  return status;
}

orr_status orr_store_write(const orr_store *s, const char *path, orr_error *e) {
  orr_text header = {0};
  orr_status status;
  orr_piece *pieces = orr_calloc(s->n_tensors + 2, sizeof *pieces);
  if (!pieces) return orr_fail_memory(e, "a list of tensors", s->n_tensors * sizeof *pieces);
  ORR_GO(print_header(s, &header, e));
  while (header.length % 8) orr_text_add(&header, " ");
  ORR_GO(orr_text_check(&header, e));
  if (header.length > MOST_HEADER) {
    status = orr_fail(e, ORR_DATA, "the model's names and notes take %zu bytes; at most %d are kept",
                      header.length, MOST_HEADER);
    goto out;
  }
  uint64_t length = header.length;
  pieces[0] = (orr_piece){&length, LENGTH_BYTES};
  pieces[1] = (orr_piece){header.data, header.length};
  for (size_t i = 0; i < s->n_tensors; i++)
    pieces[i + 2] = (orr_piece){s->tensors[i].data, bytes_of(&s->tensors[i])};
  status = orr_file_write_pieces(path, pieces, s->n_tensors + 2, e);
out:
  orr_text_fini(&header);
  orr_free(pieces);
  return status;
}

/* A whole number that a double holds exactly. */
static bool read_size(const orr_json *j, size_t *out) {
  double x;
  if (!j || !orr_json_number(j, &x) || !(x >= 0 && x < 0x1p53)) return false;
  *out = (size_t)x;
  return (double)*out == x;
}

static bool read_sizes(const orr_json *list, size_t most, size_t *out, size_t *n) {
  *n = 0;
  if (!list || !orr_json_is_array(list)) return false;
  for (const orr_json *j = orr_json_first(list); j; j = orr_json_next(j))
    if (*n == most || !read_size(j, &out[(*n)++])) return false;
  return true;
}

/* One tensor, whose bytes must start at *used, where the last one ended. */
static orr_status read_tensor(orr_store *s, const orr_json *j, const char *data, size_t n, size_t *used,
                              orr_error *e) {
  const char *name = orr_json_key(j);
  orr_dtype dtype;
  size_t shape[ORR_MOST_DIMENSIONS], n_dimensions, at[2], n_at, bytes, cells = 1;
  if (!orr_json_is_object(j) || orr_json_count(j) != 3)
    return orr_fail(e, ORR_DATA, "tensor '%.60s' is not described by dtype, shape and data_offsets", name);
  if (!orr_dtype_from_name(orr_json_string(orr_json_get(j, "dtype")), &dtype))
    return orr_fail(e, ORR_DATA, "tensor '%.60s' has an unknown dtype", name);
  if (!read_sizes(orr_json_get(j, "shape"), ORR_MOST_DIMENSIONS, shape, &n_dimensions))
    return orr_fail(e, ORR_DATA, "tensor '%.60s' has no usable shape", name);
  if (!read_sizes(orr_json_get(j, "data_offsets"), 2, at, &n_at) || n_at != 2)
    return orr_fail(e, ORR_DATA, "tensor '%.60s' has no usable data_offsets", name);
  for (size_t i = 0; i < n_dimensions; i++)
    if (!orr_multiply(cells, shape[i], &cells))
      return orr_fail(e, ORR_DATA, "tensor '%.60s' has a shape larger than memory can be", name);
  if (at[0] != *used || at[1] < at[0] || at[1] > n || !orr_multiply(cells, orr_dtype_bytes(dtype), &bytes) ||
      at[1] - at[0] != bytes)
    return orr_fail(e, ORR_DATA, "tensor '%.60s' lies at bytes %zu to %zu, which is not its place", name,
                    at[0], at[1]);
  orr_tensor *t;
  ORR_TRY(orr_store_add(s, name, dtype, n_dimensions, shape, &t, e));
  if (bytes) memcpy(t->data, data + at[0], bytes);
  *used = at[1];
  return ORR_OK;
}

static orr_status read_notes(orr_store *s, const orr_json *notes, orr_error *e) {
  if (!orr_json_is_object(notes) || s->n_notes)
    return orr_fail(e, ORR_DATA, "%s is not one object of texts", ORR_STORE_NOTES);
  for (const orr_json *j = orr_json_first(notes); j; j = orr_json_next(j)) {
    const char *text = orr_json_string(j);
    if (!text) return orr_fail(e, ORR_DATA, "the note '%.60s' is not a text", orr_json_key(j));
    if (orr_store_text(s, orr_json_key(j)))
      return orr_fail(e, ORR_DATA, "two notes are named '%.60s'", orr_json_key(j));
    ORR_TRY(orr_store_note(s, orr_json_key(j), text, e));
  }
  return ORR_OK;
}

static orr_status read_header(orr_store *s, const orr_json *header, const char *data, size_t n,
                              orr_error *e) {
  size_t used = 0;
  if (!orr_json_is_object(header)) return orr_fail(e, ORR_DATA, "its header is not a JSON object");
  for (const orr_json *j = orr_json_first(header); j; j = orr_json_next(j))
    ORR_TRY(strcmp(orr_json_key(j), ORR_STORE_NOTES) ? read_tensor(s, j, data, n, &used, e)
                                                     : read_notes(s, j, e));
  if (used != n) return orr_fail(e, ORR_DATA, "%zu bytes follow the last tensor", n - used);
  return ORR_OK;
}

orr_status orr_store_parse(orr_store *s, const void *bytes, size_t n, orr_error *e) {
  uint64_t length = 0;
  const char *at = bytes;
  orr_json *header = NULL;
  if (n >= LENGTH_BYTES) memcpy(&length, at, LENGTH_BYTES);
  if (n < LENGTH_BYTES || length > n - LENGTH_BYTES || length > MOST_HEADER)
    return orr_fail(e, ORR_DATA, "not a model file: a header of %llu bytes does not fit in %zu bytes",
                    (unsigned long long)length, n);
  at += LENGTH_BYTES;
  *s = (orr_store){0};
  orr_status status = orr_json_parse(at, length, &header, e);
  if (!status) status = read_header(s, header, at + length, n - LENGTH_BYTES - length, e);
  orr_json_free(header);
  if (!status) return ORR_OK;
  orr_store_fini(s);
  return orr_fail_in(e, "not a sound model file"), status;
}

orr_status orr_store_read(orr_store *s, const char *path, orr_error *e) {
  orr_text file = {0};
  orr_status status = orr_file_read_path(path, most_file, &file, e);
  if (!status) {
    status = orr_store_parse(s, orr_text_get(&file), file.length, e);
    if (status) orr_fail_in(e, "'%s'", path);
  }
  orr_text_fini(&file);
  return status;
}
