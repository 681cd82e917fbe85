/* Tables written as one compound dataset, which h5py, PyTables, MATLAB and R read as a table.
 *
 * Text is of fixed width (UTF-8, as wide as the column's longest word): each of
 * them reads that in a compound, it compresses, and no heap of the file's is
 * needed, which text of any length would take. README.md has what stands for
 * missing cells. The file gets its name only when all of it is on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data/hdf5.h"
#include "data/hdf5/reader.h"
#include "data/hdf5/sink.h"

#define TIME_UNIT "nanoseconds since 1970-01-01T00:00:00Z"

enum { CHUNK = 1 << 20 /* bytes, about */, GZIP_LEVEL = 4, MANY_COLUMNS = 400 };

typedef enum form {
  AS_IT_IS,
  AS_NUMBER, /* float64, NaN where it is missing */
  AS_MARKED, /* an integer that no cell holds stands for missing */
  AS_WORD
} form;

typedef struct field {
  const orr_column *column;
  form form;
  hid_t type;
  size_t offset, bytes;
  int64_t mark;
} field;

typedef struct writer {
  const orr_table *table;
  const char *path;
  char part[PATH_MAX]; /* its name while it is written */
  orr_h5_sink sink;
  field *fields;
  size_t row_bytes, block; /* rows of a chunk */
  hid_t driver, access, file, text, type, space, creation, links, data;
  orr_arena arena;
} writer;

static orr_status broken(const writer *w, orr_error *e) {
  return orr_fail_as(e, ORR_DATA, ORR_SYSTEM, orr_h5_fail(e, "cannot write '%s'", w->path));
}

/* ---- the type of a row ---- */

/* Compared as doubles, so that readers which know numbers of that kind only are not misled. */
static bool holds(const orr_column *c, int64_t value) {
  for (size_t i = 0; i < c->rows; i++)
    if (!orr_column_is_missing(c, i) && (double)c->int64[i] == (double)value) return true;
  return false;
}

/* INT64_MIN (numpy's NaT in times), or the next that no cell equals; all are exact as doubles. */
static int64_t mark_of(const orr_column *c) {
  int64_t mark = INT64_MIN;
  while (holds(c, mark)) mark += 1024;
  return mark;
}

static bool is_exact_as_double(const orr_column *c) {
  for (size_t i = 0; i < c->rows; i++)
    if (c->int64[i] > (int64_t)1 << 53 || c->int64[i] < -((int64_t)1 << 53)) return false;
  return true;
}

static form form_of(const orr_column *c) {
  if (c->type == ORR_TEXT) return AS_WORD;
  if (!c->n_missing || c->type == ORR_FLOAT64 || c->type == ORR_FLOAT32) return AS_IT_IS;
  if (c->type == ORR_BOOL || (c->type == ORR_INT64 && is_exact_as_double(c))) return AS_NUMBER;
  return AS_MARKED;
}

static size_t longest_word(const orr_column *c) {
  size_t longest = 1;
  for (size_t i = 0; i < c->words.count; i++) {
    size_t n = strlen(orr_map_key(&c->words, i));
    if (n > longest) longest = n;
  }
  return longest;
}

static hid_t text_type(size_t bytes) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, bytes);
  H5Tset_strpad(type, bytes == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

/* What h5py takes for booleans. */
static hid_t truth_type(void) {
  hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  H5Tenum_insert(type, "FALSE", &(int8_t){0});
  H5Tenum_insert(type, "TRUE", &(int8_t){1});
  return type;
}

static hid_t type_of(const field *f) {
  if (f->form == AS_WORD) return text_type(longest_word(f->column));
  if (f->form == AS_NUMBER) return H5Tcopy(H5T_NATIVE_DOUBLE);
  switch (f->column->type) {
  case ORR_FLOAT64: return H5Tcopy(H5T_NATIVE_DOUBLE);
  case ORR_FLOAT32: return H5Tcopy(H5T_NATIVE_FLOAT);
  case ORR_BOOL: return truth_type();
  default: return H5Tcopy(H5T_NATIVE_INT64);
  }
}

static orr_status plan_rows(writer *w, orr_error *e) {
  const orr_table *t = w->table;
  ORR_TAKE(&w->arena, w->fields, t->n_columns, e);
  for (size_t i = 0; i < t->n_columns; i++) {
    field *f = &w->fields[i];
    *f = (field){.column = t->columns[i], .form = form_of(t->columns[i]), .offset = w->row_bytes};
    f->type = type_of(f);
    f->bytes = H5Tget_size(f->type);
    if (f->form == AS_MARKED) f->mark = mark_of(f->column);
    w->row_bytes += f->bytes;
  }
  w->type = H5Tcreate(H5T_COMPOUND, w->row_bytes);
  for (size_t i = 0; i < t->n_columns; i++)
    if (H5Tinsert(w->type, t->columns[i]->name, w->fields[i].offset, w->fields[i].type) < 0)
      return broken(w, e);
  return ORR_OK;
}

/* ---- attributes ---- */

static orr_status attach(const writer *w, hid_t to, const char *key, hid_t type, size_t n, const void *value,
                         orr_error *e) {
  hid_t space = n ? H5Screate_simple(1, &(hsize_t){n}, NULL) : H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate2(to, key, type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool good = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
  orr_status status = good ? ORR_OK : broken(w, e);
  if (attribute >= 0) H5Aclose(attribute);
  H5Sclose(space);
  return status;
}

static orr_status attach_text(const writer *w, hid_t to, const char *key, const char *value, orr_error *e) {
  return attach(w, to, key, w->text, 0, &value, e);
}

static const char *unit_of(const orr_column *c) {
  if (c->type == ORR_TIME) return TIME_UNIT;
  return c->unit ? c->unit : "";
}

static orr_status attach_to_field(const writer *w, size_t i, orr_error *e) {
  const field *f = &w->fields[i];
  const char *unit = unit_of(f->column), *nothing = "";
  char key[64];
  snprintf(key, sizeof key, "FIELD_%zu_NAME", i);
  ORR_TRY(attach_text(w, w->data, key, f->column->name, e));
  snprintf(key, sizeof key, "FIELD_%zu_UNITS", i);
  if (*unit) ORR_TRY(attach_text(w, w->data, key, unit, e));
  snprintf(key, sizeof key, "FIELD_%zu_MISSING", i);
  if (f->form == AS_MARKED) return attach(w, w->data, key, H5T_NATIVE_INT64, 0, &f->mark, e);
  if (f->form == AS_WORD && f->column->n_missing) return attach_text(w, w->data, key, nothing, e);
  return ORR_OK;
}

static orr_status attach_all(writer *w, const orr_hdf5_note *notes, size_t n_notes, orr_error *e) {
  const size_t n = w->table->n_columns;
  const char **units;
  bool some = false;
  ORR_TAKE(&w->arena, units, n, e);
  for (size_t i = 0; i < n; i++) {
    units[i] = unit_of(w->table->columns[i]);
    some |= *units[i] != 0;
    ORR_TRY(attach_to_field(w, i, e));
  }
  if (some) ORR_TRY(attach(w, w->data, "units", w->text, n, units, e));
  for (size_t i = 0; i < n_notes; i++) ORR_TRY(attach_text(w, w->file, notes[i].key, notes[i].text, e));
  return ORR_OK;
}

/* ---- rows ---- */

/* Cells from … from + n - 1 of one column into its place in rows of `stride` bytes, which are zero. */
static void fill(const field *f, size_t from, size_t n, char *rows, size_t stride) {
  const orr_column *c = f->column;
  for (size_t i = from; i < from + n; i++) {
    char *to = rows + (i - from) * stride + f->offset;
    bool missing = orr_column_is_missing(c, i);
    double number;
    const char *word;
    switch (f->form) {
    case AS_IT_IS: memcpy(to, (const char *)c->cells + i * f->bytes, f->bytes); break;
    case AS_NUMBER:
      number = orr_column_number(c, i);
      memcpy(to, &number, sizeof number);
      break;
    case AS_MARKED: memcpy(to, missing ? &f->mark : &c->int64[i], sizeof f->mark); break;
    case AS_WORD:
      word = missing ? "" : orr_map_key(&c->words, (size_t)c->codes[i]);
      memcpy(to, word, strlen(word));
      break;
    }
  }
}

static orr_status write_block(writer *w, size_t from, size_t n, char *rows, orr_error *e) {
  memset(rows, 0, n * w->row_bytes);
  for (size_t i = 0; i < w->table->n_columns; i++) fill(&w->fields[i], from, n, rows, w->row_bytes);
  hid_t memory = H5Screate_simple(1, &(hsize_t){n}, NULL);
  bool good =
      H5Sselect_hyperslab(w->space, H5S_SELECT_SET, &(hsize_t){from}, NULL, &(hsize_t){n}, NULL) >= 0 &&
      H5Dwrite(w->data, w->type, memory, w->space, H5P_DEFAULT, rows) >= 0;
  orr_status status = good ? ORR_OK : broken(w, e);
  H5Sclose(memory);
  return status;
}

static orr_status write_rows(writer *w, orr_error *e) {
  char *rows;
  ORR_TRY(orr_arena_take(&w->arena, w->block, w->row_bytes, (void **)&rows, e));
  for (size_t from = 0; from < w->table->rows && !w->sink.number; from += w->block) {
    size_t left = w->table->rows - from;
    ORR_TRY(write_block(w, from, left < w->block ? left : w->block, rows, e));
  }
  return ORR_OK;
}

/* ---- the file ---- */

static orr_status create_data(writer *w, const char *name, orr_error *e) {
  const size_t rows = w->table->rows;
  w->block = CHUNK / w->row_bytes ? CHUNK / w->row_bytes : 1;
  if (w->block > rows) w->block = rows;
  w->space = H5Screate_simple(1, &(hsize_t){rows}, NULL);
  w->creation = H5Pcreate(H5P_DATASET_CREATE);
  w->links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_obj_track_times(w->creation, false); /* equal tables, equal bytes */
  H5Pset_create_intermediate_group(w->links, 1);
  H5Pset_char_encoding(w->links, H5T_CSET_UTF8);
  if (rows) {
    H5Pset_chunk(w->creation, 1, &(hsize_t){w->block});
    H5Pset_shuffle(w->creation);
    H5Pset_deflate(w->creation, GZIP_LEVEL);
  }
  w->data = H5Dcreate2(w->file, name, w->type, w->space, w->links, w->creation, H5P_DEFAULT);
  if (w->data >= 0) return ORR_OK;
  if (w->table->n_columns < MANY_COLUMNS) return broken(w, e);
  H5Eclear2(H5E_DEFAULT);
  return orr_fail(e, ORR_DATA,
                  "'%s': %zu columns are too many for one HDF5 dataset; write a .csv file instead", w->path,
                  w->table->n_columns);
}

static orr_status open_part(writer *w, orr_error *e) {
  if (strlen(w->path) + sizeof ".part" > sizeof w->part)
    return orr_fail(e, ORR_USAGE, "the path '%.60s…' is too long", w->path);
  stpcpy(stpcpy(w->part, w->path), ".part");
  w->sink.fd = open(w->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (w->sink.fd >= 0) return ORR_OK;
  *w->part = 0;
  return orr_fail_errno(e, "cannot write '%s'", w->path);
}

static orr_status create_file(writer *w, orr_error *e) {
  ORR_TRY(open_part(w, e));
  if (H5open() < 0) return orr_fail(e, ORR_SYSTEM, "the HDF5 library does not start");
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  w->text = text_type(H5T_VARIABLE);
  w->access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(w->access, H5F_LIBVER_V18, H5F_LIBVER_V110);
  w->driver = orr_h5_sink_use(w->access, &w->sink);
  if (w->driver >= 0) w->file = H5Fcreate(w->part, H5F_ACC_TRUNC, H5P_DEFAULT, w->access);
  return w->file >= 0 ? ORR_OK : broken(w, e);
}

static void close_ids(writer *w) {
  hid_t *const ids[] = {&w->data, &w->links, &w->creation, &w->space,
                        &w->type, &w->text,  &w->access,   &w->file};
  for (size_t i = 0; w->fields && i < w->table->n_columns; i++)
    if (w->fields[i].type > 0) H5Tclose(w->fields[i].type);
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    if (*ids[i] >= 0) H5Idec_ref(*ids[i]);
    *ids[i] = -1;
  }
  if (w->driver >= 0) H5FDunregister(w->driver);
  w->fields = NULL;
  w->driver = -1;
}

/* All of it onto the disk, then under its name. */
static orr_status finish(writer *w, orr_error *e) {
  close_ids(w);
  errno = w->sink.number;
  if (!errno && !fsync(w->sink.fd) && !rename(w->part, w->path)) return ORR_OK;
  return orr_fail_errno(e, "cannot write '%s'", w->path);
}

orr_status orr_hdf5_write(const char *path, const char *name, const orr_table *t, const orr_hdf5_note *notes,
                          size_t n_notes, orr_error *e) {
  writer w = {.table = t, .path = path, .sink.fd = -1};
  orr_status status;
  w.driver = w.text = w.access = w.file = w.type = w.space = w.creation = w.links = w.data = -1;
  if (!t->n_columns) return orr_fail(e, ORR_DATA, "'%s': a table without columns is not written", path);
  ORR_GO(create_file(&w, e));
  ORR_GO(plan_rows(&w, e));
  ORR_GO(create_data(&w, name, e));
  ORR_GO(attach_all(&w, notes, n_notes, e));
  ORR_GO(write_rows(&w, e));
  ORR_GO(finish(&w, e));
out:
  close_ids(&w);
  if (w.sink.fd >= 0) close(w.sink.fd);
  if (status && *w.part) unlink(w.part);
  orr_arena_fini(&w.arena);
  return status;
}

const char *orr_hdf5_version(void) {
  return H5_VERS_INFO + sizeof "HDF5 library version: " - 1;
}
