/* MATLAB 7.3: every dataset says its class; text is a matrix of UTF-16 units, a row of characters for each row. */
#include "data/hdf5/matlab.h"

#include <string.h>

enum { MOST_CHARACTERS = 1 << 24 };

bool orr_h5_matlab_is_numeric(const char *class) {
  static const char *const numeric[] = {"double", "single", "logical", "int8",  "uint8", "int16",
                                        "uint16", "int32",  "uint32",  "int64", "uint64"};
  for (size_t i = 0; i < sizeof numeric / sizeof *numeric; i++)
    if (!strcmp(class, numeric[i])) return true;
  return false;
}

static void add_unit(orr_text *t, const int64_t *units, uint64_t i, uint64_t n, uint64_t apart,
                     uint64_t *taken) {
  uint32_t c = (uint32_t)units[i * apart] & 0xffff;
  *taken = 1;
  if (c >= 0xd800 && c < 0xdc00 && i + 1 < n) {
    c = 0x10000 + ((c & 0x3ff) << 10) + ((uint32_t)units[(i + 1) * apart] & 0x3ff);
    *taken = 2;
  }
  if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
  orr_h5_add_character(t, c);
}

/* units[length][rows] in the file's order: one text for each row. */
static orr_status make_texts(orr_h5_reader *r, const int64_t *units, uint64_t length, uint64_t rows,
                             orr_h5_ready *out, orr_error *e) {
  ORR_TAKE(&r->arena, out->texts, (size_t)rows, e);
  out->count = (size_t)rows;
  for (uint64_t i = 0; i < rows; i++) {
    orr_text t = {0};
    for (uint64_t k = 0, taken; k < length; k += taken) add_unit(&t, units + i, k, length, rows, &taken);
    while (t.length && t.data[t.length - 1] == ' ') t.data[--t.length] = 0;
    orr_status status = orr_text_check(&t, e);
    if (!status) status = orr_h5_utf8(r, orr_text_get(&t), t.length, &out->texts[i], e);
    orr_text_fini(&t);
    if (status) return status;
  }
  return ORR_OK;
}

static orr_status plan_text(orr_h5_reader *r, orr_h5_array *a, orr_h5_plan *out, orr_error *e) {
  orr_h5_ready *ready;
  orr_h5_cell cell;
  int64_t *units;
  char *raw;
  uint64_t start[H5S_MAX_RANK] = {0};
  ORR_TRY(orr_h5_cell_of(r, a->type, &cell, e));
  if (a->rank != 2 || !orr_h5_cell_is_integer(&cell) || a->elements > MOST_CHARACTERS)
    return orr_fail(e, ORR_DATA, "%s: text of more than two dimensions, or very long, is no table", a->path);
  ORR_TAKE(&r->arena, ready, 1, e);
  ORR_TAKE(&r->arena, units, (size_t)a->elements, e);
  ORR_TRY(orr_arena_take(&r->arena, (size_t)a->elements, a->bytes, (void **)&raw, e));
  ORR_TRY(orr_h5_read_box(r, a, start, NULL, a->dims, raw, e));
  orr_h5_to_integers(&cell, raw, a->bytes, (size_t)a->elements, units);
  ORR_TRY(make_texts(r, units, a->dims[0], a->dims[1], ready, e));
  orr_h5_column c = {.name = strrchr(a->path, '/') + 1, .ready = ready};
  out->rows = ready->count;
  return orr_h5_plan_add(r, out, &c, NULL, e);
}

orr_status orr_h5_plan_matlab(orr_h5_reader *r, orr_h5_array *a, orr_h5_plan *out, bool *done, orr_error *e) {
  const char *class = orr_h5_attribute_text(r, a->id, "MATLAB_class");
  *done = false;
  if (H5Aexists(a->id, "MATLAB_empty") > 0)
    return orr_fail(e, ORR_DATA, "%s is an empty array of MATLAB's", a->path);
  if (!class || orr_h5_matlab_is_numeric(class)) return ORR_OK;
  if (strcmp(class, "char") != 0)
    return orr_fail(
        e, ORR_DATA,
        "%s is of MATLAB's class '%.40s', which is no table; save plain matrices, or a struct of vectors",
        a->path, class);
  *done = true;
  return plan_text(r, a, out, e);
}
