/* The columns of the helper's answer; see hdf5_proof.h.
 *
 * First the header's words about a column are proven (name, type, and sections
 * that lie inside the answer), then every cell, by all workers in blocks of
 * rows. A column points into the answer: no cell is copied.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* these loops touch every byte of a table */
#endif

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/hdf5_proof.h"

enum { BLOCK = 1 << 18 /* rows */, MOST_NAME = 480 /* bytes */, WORDS_A_STEP = 1 << 16 };

typedef struct span {
  const orr_column *column;
  size_t from, to;          /* rows */
  size_t marks, loose, bad; /* missing cells with a mark; NaNs without one; cells that cannot be */
} span;

typedef struct proof {
  orr_mapping *answer;
  size_t start, taken; /* where sections may begin; bytes of the sections so far */
  const orr_work *work;
  orr_arena arena;
  size_t rows, n_columns;
  orr_column **columns; /* [n_columns], NULL: not yet made */
  orr_map names;
} proof;

/* ---- what the header says ---- */

/* A section of count × size bytes inside the answer. The sections together are no longer than the answer: no
 * small answer can become a large table. */
static orr_status section(proof *p, const orr_json *column, const char *key, size_t count, size_t size,
                          const void **out, orr_error *e) {
  size_t offset, bytes;
  if (!orr_hdf5_size_of(orr_json_get(column, key), &offset) || offset % ORR_HDF5_ALIGNMENT ||
      offset < p->start || offset > p->answer->size)
    return orr_hdf5_doubt(e, "where a section begins");
  if (!orr_multiply(count, size, &bytes) || bytes > p->answer->size - offset ||
      bytes > p->answer->size - p->taken)
    return orr_hdf5_doubt(e, "how long a section is");
  p->taken += bytes;
  *out = p->answer->address + offset;
  return ORR_OK;
}

/* Bytes of s that make whole characters, `most` at most. */
static size_t cut(const char *s, size_t most) {
  size_t n = strnlen(s, most + 1);
  if (n <= most) return n;
  for (n = most; n && ((unsigned char)s[n] & 0xc0) == 0x80; n--) continue;
  return n;
}

/* Names are inert, distinct (the second "x" becomes "x_2") and not blank ("column_3"). */
static orr_status name_column(proof *p, const orr_json *column, size_t at, char name[512], orr_error *e) {
  const char *given = orr_json_text_of(column, "name", NULL);
  char stem[MOST_NAME + 1];
  int32_t index;
  if (!given) return orr_hdf5_doubt(e, "a column without a name");
  size_t n = cut(given, MOST_NAME);
  memcpy(stem, given, n);
  stem[n] = 0;
  orr_text_make_inert(stem);
  if (strspn(stem, " ") == n) snprintf(stem, sizeof stem, "column_%zu", at + 1);
  snprintf(name, 512, "%s", stem);
  for (size_t copy = 2; orr_map_find(&p->names, name, strlen(name)) != ORR_MAP_NONE; copy++) {
    if (copy == 16 && at > copy) copy = at; /* many of one name: none is asked for a thousand times */
    snprintf(name, 512, "%s_%zu", stem, copy);
  }
  return orr_map_add(&p->names, name, strlen(name), &index, e);
}

static bool find_type(const char *name, orr_type *type) {
  for (int i = 0; name && i <= ORR_BOOL; i++)
    if (!strcmp(orr_type_name((orr_type)i), name)) return *type = (orr_type)i, true;
  return false;
}

/* n words that end in NUL, one after another, all different. */
static orr_status take_words(const proof *p, const char *words, size_t bytes, size_t n, orr_map *out,
                             orr_error *e) {
  const char *end = words + bytes;
  if (n > INT32_MAX || (bytes && end[-1])) return orr_hdf5_doubt(e, "words without an end");
  if (!orr_text_is_utf8(words, bytes)) return orr_hdf5_doubt(e, "words that are not UTF-8");
  for (size_t i = 0; i < n; i++) {
    int32_t code;
    if (words == end) return orr_hdf5_doubt(e, "fewer words than promised");
    size_t length = strlen(words);
    ORR_TRY(orr_map_add(out, words, length, &code, e));
    if ((size_t)code != i) return orr_hdf5_doubt(e, "a word twice");
    words += length + 1;
    if (i % WORDS_A_STEP == 0) ORR_TRY(orr_progress_step(p->work, "proving", i, n, e));
  }
  return words == end ? ORR_OK : orr_hdf5_doubt(e, "more words than promised");
}

static orr_status add_words(proof *p, const orr_json *column, orr_column *c, orr_error *e) {
  size_t bytes, n;
  const void *words;
  if (!orr_hdf5_size_of(orr_json_get(column, "words_bytes"), &bytes) ||
      !orr_hdf5_size_of(orr_json_get(column, "n_words"), &n))
    return orr_hdf5_doubt(e, "number of words");
  if (!bytes && !n) return ORR_OK;
  ORR_TRY(section(p, column, "words", bytes, 1, &words, e));
  return take_words(p, words, bytes, n, &c->words, e);
}

static orr_status add_unit(const orr_json *column, orr_column *c, orr_error *e) {
  const char *unit = orr_json_text_of(column, "unit", "");
  if (!*unit) return ORR_OK;
  c->unit = orr_strndup(unit, cut(unit, MOST_NAME));
  if (!c->unit) return orr_fail_memory(e, "a unit", MOST_NAME);
  orr_text_make_inert(c->unit);
  return ORR_OK;
}

static orr_status make_column(proof *p, const orr_json *column, size_t at, orr_error *e) {
  char name[512];
  orr_type type;
  size_t marked = 0;
  const void *cells, *missing = NULL;
  ORR_TRY(name_column(p, column, at, name, e));
  if (!find_type(orr_json_text_of(column, "type", NULL), &type))
    return orr_hdf5_doubt(e, "the type of a column");
  ORR_TRY(section(p, column, "cells", p->rows, orr_type_bytes(type), &cells, e));
  if (orr_json_get(column, "missing") && !orr_hdf5_size_of(orr_json_get(column, "missing"), &marked))
    return orr_hdf5_doubt(e, "missing marks");
  if (marked) ORR_TRY(section(p, column, "missing", p->rows, 1, &missing, e));
  ORR_TRY(orr_column_map(name, type, p->rows, p->answer, cells, missing, &p->columns[at], e));
  if (type == ORR_TEXT) ORR_TRY(add_words(p, column, p->columns[at], e));
  return add_unit(column, p->columns[at], e);
}

static orr_status make_columns(proof *p, const orr_json *columns, orr_error *e) {
  p->n_columns = orr_json_count(columns);
  ORR_TAKE(&p->arena, p->columns, p->n_columns, e);
  size_t at = 0;
  for (const orr_json *j = orr_json_first(columns); j; j = orr_json_next(j), at++) {
    if (at % 256 == 0) ORR_TRY(orr_progress_step(p->work, "proving", at, p->n_columns, e));
    ORR_TRY(make_column(p, j, at, e));
  }
  return ORR_OK;
}

/* ---- what the cells are ---- */

/* look_TYPE: a marked cell holds nothing, any other a value of its type. */
#define LOOK(TYPE, CELL, HOLDS_NOTHING, IS_VALUE, IS_NAN)                                                    \
  static void look_##TYPE(const orr_column *c, span *s) {                                                    \
    const CELL *cells = c->cells;                                                                            \
    const uint8_t *missing = c->missing;                                                                     \
    const size_t to = s->to;                                                                                 \
    size_t marks = 0, loose = 0, bad = 0;                                                                    \
    for (size_t i = s->from; i < to; i++) {                                                                  \
      const CELL x = cells[i];                                                                               \
      const uint8_t mark = missing ? missing[i] : 0;                                                         \
      bad += mark > 1 || !(mark ? (HOLDS_NOTHING) : (IS_VALUE));                                             \
      loose += !mark && (IS_NAN);                                                                            \
      marks += mark;                                                                                         \
    }                                                                                                        \
    s->marks = marks, s->loose = loose, s->bad = bad;                                                        \
  }

LOOK(FLOAT64, double, x != x, true, x != x)
LOOK(FLOAT32, float, x != x, true, x != x)
LOOK(INT64, int64_t, x == 0, true, false)
LOOK(TIME, int64_t, x == 0, true, false)
LOOK(TEXT, int32_t, x == 0, x >= 0 && (size_t)x < c->words.count, false)
LOOK(BOOL, uint8_t, x == 0, x <= 1, false)

static void look(void *context, size_t task) {
  static void (*const by_type[])(const orr_column *, span *) = {
#define X(type, name, bytes) look_##type,
      ORR_TYPE_LIST(X)
#undef X
  };
  span *s = (span *)context + task;
  by_type[s->column->type](s->column, s);
}

/* Marks the NaNs that have none; their column has marks of its own by now. */
static void mark(void *context, size_t task) {
  const span *s = (span *)context + task;
  const orr_column *c = s->column;
  if (!s->loose) return;
  for (size_t i = s->from; i < s->to; i++)
    if (c->type == ORR_FLOAT64 ? isnan(c->float64[i]) : isnan(c->float32[i])) c->missing[i] = 1;
}

/* Counts what is missing, drops marks of nothing, and makes room for marks where the answer lacks some. */
static orr_status settle(const span *spans, size_t n, orr_column *c, bool *lacks, orr_error *e) {
  size_t loose = 0;
  for (size_t i = 0; i < n; i++) {
    if (spans[i].bad) return orr_hdf5_doubt(e, "a cell that its type does not have");
    c->n_missing += spans[i].marks + spans[i].loose;
    loose += spans[i].loose;
  }
  const uint8_t *given = c->missing;
  if (!c->n_missing) c->missing = NULL;
  if (!loose) return ORR_OK;
  uint8_t *own = orr_calloc(c->rows, 1);
  if (!own) return orr_fail_memory(e, "missing marks", c->rows);
  if (given) memcpy(own, given, c->rows);
  c->missing = own;
  *lacks = true;
  return ORR_OK;
}

static orr_status prove_cells(proof *p, orr_error *e) {
  const size_t blocks = p->rows / BLOCK + (p->rows % BLOCK != 0);
  bool lacks = false;
  span *spans;
  ORR_TAKE(&p->arena, spans, blocks * p->n_columns, e);
  for (size_t j = 0; j < p->n_columns; j++)
    for (size_t i = 0; i < blocks; i++) {
      size_t from = i * BLOCK, to = i + 1 < blocks ? from + BLOCK : p->rows;
      spans[j * blocks + i] = (span){.column = p->columns[j], .from = from, .to = to};
    }
  ORR_TRY(orr_work_run(p->work, "proving", blocks * p->n_columns, look, spans, e));
  for (size_t j = 0; j < p->n_columns; j++)
    ORR_TRY(settle(spans + j * blocks, blocks, p->columns[j], &lacks, e));
  return lacks ? orr_work_run(p->work, "proving", blocks * p->n_columns, mark, spans, e) : ORR_OK;
}

/* ---- which rows they are ---- */

/* runs: [[first, count], …] of the dataset, ascending; all rows of the table together. */
static orr_status add_runs(const orr_json *runs, size_t rows_of, orr_table *t, orr_error *e) {
  size_t row = 0, next = 0;
  t->row_index = orr_calloc(t->rows, sizeof *t->row_index);
  if (!t->row_index) return orr_fail_memory(e, "row numbers", t->rows * sizeof *t->row_index);
  for (const orr_json *run = orr_json_first(runs); run; run = orr_json_next(run)) {
    const orr_json *first = orr_json_is_array(run) && orr_json_count(run) == 2 ? orr_json_first(run) : NULL;
    size_t from, n;
    bool good = first && orr_hdf5_size_of(first, &from) && orr_hdf5_size_of(orr_json_next(first), &n) &&
                from >= next && n && from + n <= rows_of && n <= t->rows - row;
    if (!good) return orr_hdf5_doubt(e, "which rows they are");
    for (size_t i = 0; i < n; i++) t->row_index[row++] = (int64_t)(from + i);
    next = from + n;
  }
  return row == t->rows ? ORR_OK : orr_hdf5_doubt(e, "how many rows they are");
}

static orr_status prove(proof *p, const orr_json *table, const char *source, orr_hdf5_reading *out,
                        orr_error *e) {
  const orr_json *columns = orr_json_get(table, "columns"), *runs = orr_json_get(table, "runs");
  bool sized = orr_hdf5_size_of(orr_json_get(table, "rows"), &p->rows) &&
               orr_hdf5_size_of(orr_json_get(table, "rows_of"), &out->rows_of);
  if (!sized || p->rows > out->rows_of) return orr_hdf5_doubt(e, "number of rows");
  if (!orr_json_is_array(columns) || !orr_json_first(columns)) return orr_hdf5_doubt(e, "no columns");
  ORR_TRY(make_columns(p, columns, e));
  ORR_TRY(prove_cells(p, e));
  ORR_TRY(orr_table_new(p->columns, p->n_columns, source, &out->table, e));
  return orr_json_is_array(runs) ? add_runs(runs, out->rows_of, out->table, e) : ORR_OK;
}

orr_status orr_hdf5_prove_table(const orr_json *table, orr_mapping *answer, size_t start, const char *source,
                                const orr_work *work, orr_hdf5_reading *out, orr_error *e) {
  proof p = {.answer = answer, .start = start, .work = work};
  orr_status status = prove(&p, table, source, out, e);
  for (size_t i = 0; p.columns && i < p.n_columns; i++) orr_column_unref(p.columns[i]);
  orr_map_fini(&p.names);
  orr_arena_fini(&p.arena);
  return status;
}
