/* HDF5 files made for a test, and what the helper's side answers on them, cell by cell. */
#ifndef ORR_TESTS_DATA_HDF5_READING_H
#define ORR_TESTS_DATA_HDF5_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/hdf5/helper.h"
#include "data/hdf5/library.h"
#include "data/table.h"

typedef struct reading {
  orr_status status;
  orr_error e;
  orr_json *header;
  char *bytes; /* the answer */
  size_t size;
} reading;

typedef struct asked {
  const char *inside, *flatten;
  bool tree, no_table;
  double most;
  unsigned threads;
} asked;

/* ---- making files ---- */

static inline hid_t file_new(char path[32], hid_t creation) {
  strcpy(path, "/tmp/orr-hdf5-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
  assert_true(file >= 0);
  return file;
}

/* A dataset of that many dimensions, written whole when `values` is given. */
static inline hid_t put(hid_t where, const char *name, hid_t stored, int rank, const hsize_t *dims,
                        hid_t creation, hid_t type, const void *values) {
  hid_t space = rank ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
  hid_t data = H5Dcreate2(where, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  assert_true(data >= 0);
  if (values) assert_true(H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  H5Sclose(space);
  return data;
}

static inline hid_t put_doubles(hid_t where, const char *name, int rank, const hsize_t *dims,
                                const double *values) {
  return put(where, name, H5T_IEEE_F64LE, rank, dims, H5P_DEFAULT, H5T_NATIVE_DOUBLE, values);
}

static inline void put_vector(hid_t where, const char *name, hsize_t n, const double *values) {
  H5Dclose(put_doubles(where, name, 1, &n, values));
}

static inline void attach(hid_t to, const char *name, hid_t type, hsize_t n, const void *values) {
  hid_t space = n ? H5Screate_simple(1, &n, NULL) : H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate2(to, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0 && H5Awrite(attribute, type, values) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
}

static inline hid_t text_type(size_t n) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, n);
  return type;
}

static inline void attach_text(hid_t to, const char *name, const char *value) {
  hid_t type = text_type(strlen(value) + 1);
  attach(to, name, type, 0, value);
  H5Tclose(type);
}

static inline void attach_texts(hid_t to, const char *name, hsize_t n, const char *const *values) {
  hid_t type = text_type(H5T_VARIABLE);
  attach(to, name, type, n, values);
  H5Tclose(type);
}

/* ---- asking ---- */

static inline orr_json *request_for(const char *path, const asked *a) {
  orr_text t = {0};
  orr_json *made = orr_json_new_object(), *parsed = NULL;
  orr_json_set(made, "source", orr_json_new_string(path));
  orr_json_set(made, "inside", orr_json_new_string(a->inside));
  orr_json *options = orr_json_set(made, "options", orr_json_new_object());
  if (a->flatten) orr_json_set(options, "flatten", orr_json_new_string(a->flatten));
  orr_json_set(made, "tree", orr_json_new_boolean(a->tree));
  orr_json_set(made, "table", orr_json_new_boolean(!a->no_table));
  orr_json_set(made, "most", orr_json_new_number(a->most));
  assert_int_equal(orr_json_print(made, false, &t, NULL), ORR_OK);
  assert_int_equal(orr_json_parse(t.data, t.length, &parsed, NULL), ORR_OK);
  orr_json_free(made);
  orr_text_fini(&t);
  return parsed;
}

static inline void take_answer(reading *r, int answer) {
  struct stat s;
  uint64_t n;
  assert_int_equal(fstat(answer, &s), 0);
  r->size = (size_t)s.st_size;
  r->bytes = mmap(NULL, r->size, PROT_READ, MAP_SHARED, answer, 0);
  assert_true(r->bytes != MAP_FAILED);
  assert_memory_equal(r->bytes, "ORRH5\0\0\1", 8);
  memcpy(&n, r->bytes + 8, sizeof n);
  assert_true(n <= r->size - 16);
  if (orr_json_parse(r->bytes + 16, n, &r->header, &r->e)) fail_msg("%s", r->e.message);
}

static inline reading ask(const char *path, asked a) {
  reading r = {0};
  orr_work work = {0};
  orr_json *request = request_for(path, &a);
  int file = open(path, O_RDONLY), answer = memfd_create("answer", 0);
  assert_int_equal(orr_pool_new(a.threads ? a.threads : 2, &work.pool, NULL), ORR_OK);
  r.status = orr_hdf5_answer(request, file, answer, &work, &r.e);
  if (!r.status) take_answer(&r, answer);
  orr_pool_free(work.pool);
  orr_json_free(request);
  close(file);
  close(answer);
  return r;
}

static inline reading ask_for(const char *path, const char *inside) {
  return ask(path, (asked){.inside = inside});
}

static inline void done(reading *r) {
  if (r->bytes) munmap(r->bytes, r->size);
  orr_json_free(r->header);
  *r = (reading){0};
}

/* Fails and says why unless there is an answer. */
static inline const orr_json *table_of(const reading *r) {
  if (r->status) fail_msg("%s", r->e.message);
  const orr_json *table = orr_json_get(r->header, "table");
  if (!table) fail_msg("no table in %s", r->bytes + 16);
  return table;
}

static inline size_t rows_of(const reading *r) { return (size_t)orr_json_number_of(table_of(r), "rows", -1); }

static inline const orr_json *column(const reading *r, const char *name) {
  const orr_json *columns = orr_json_get(table_of(r), "columns");
  for (const orr_json *c = orr_json_first(columns); c; c = orr_json_next(c))
    if (!strcmp(orr_json_text_of(c, "name", ""), name)) return c;
  fail_msg("no column %s in %s", name, r->bytes + 16);
  return NULL;
}

static inline void check_type(const reading *r, const char *name, const char *type) {
  assert_string_equal(orr_json_text_of(column(r, name), "type", ""), type);
}

static inline bool is_missing(const reading *r, const char *name, size_t row) {
  size_t at = (size_t)orr_json_number_of(column(r, name), "missing", 0);
  return at && r->bytes[at + row];
}

static inline double number(const reading *r, const char *name, size_t row) {
  const orr_json *c = column(r, name);
  const char *type = orr_json_text_of(c, "type", ""),
             *cells = r->bytes + (size_t)orr_json_number_of(c, "cells", 0);
  double d;
  float f;
  int64_t i;
  assert_true(row < rows_of(r));
  if (!strcmp(type, "float64")) return memcpy(&d, cells + 8 * row, 8), d;
  if (!strcmp(type, "float32")) return memcpy(&f, cells + 4 * row, 4), (double)f;
  if (!strcmp(type, "bool")) return cells[row];
  assert_string_not_equal(type, "text");
  return memcpy(&i, cells + 8 * row, 8), (double)i;
}

static inline const char *word(const reading *r, const char *name, size_t row) {
  const orr_json *c = column(r, name);
  int32_t code;
  assert_string_equal(orr_json_text_of(c, "type", ""), "text");
  memcpy(&code, r->bytes + (size_t)orr_json_number_of(c, "cells", 0) + 4 * row, 4);
  const char *at = r->bytes + (size_t)orr_json_number_of(c, "words", 0);
  for (; code > 0; code--) at += strlen(at) + 1;
  return at;
}

static inline void check_column_names(const reading *r, const char *wanted) {
  orr_text names = {0};
  const orr_json *columns = orr_json_get(table_of(r), "columns");
  for (const orr_json *c = orr_json_first(columns); c; c = orr_json_next(c))
    orr_text_printf(&names, "%s%s", names.length ? " " : "", orr_json_text_of(c, "name", ""));
  assert_string_equal(orr_text_get(&names), wanted);
  orr_text_fini(&names);
}

static inline bool notes_say(const reading *r, const char *words) {
  const orr_json *notes = orr_json_get(r->header, "notes");
  for (const orr_json *n = orr_json_first(notes); n; n = orr_json_next(n))
    if (strstr(orr_json_string(n), words)) return true;
  return false;
}

static inline void check_refused(const char *path, const char *inside, orr_status status, const char *words) {
  reading r = ask_for(path, inside);
  if (r.status != status || !strstr(r.e.message, words))
    fail_msg("%s: '%s' with status %d, not '%s'", inside ? inside : "(nothing named)", r.e.message,
             (int)r.status, words);
  done(&r);
}

#endif
