/* Sparse matrices; see sparse.h. Stored values are read in long runs and put into their cells; a value that is stored
 * twice is added, as scipy does. Columns of the matrix are float64, float32 or int64 by what is stored. */
#include "data/hdf5/sparse.h"

#include <inttypes.h>
#include <string.h>

enum { RUN = 1 << 17 };

bool orr_h5_is_sparse(orr_h5_reader *r, const char *path) {
  hid_t group = H5Gopen2(r->file, path, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (group < 0) return false;
  const char *encoding = orr_h5_attribute_text(r, group, "encoding-type");
  bool is = encoding && (!strcmp(encoding, "csr_matrix") || !strcmp(encoding, "csc_matrix"));
  is = is || orr_h5_attribute_text(r, group, "h5sparse_format");
  H5Gclose(group);
  return is;
}

static orr_status open_part(orr_h5_reader *r, const char *path, const char *name, orr_h5_array **out,
                            orr_error *e) {
  const char *full = orr_arena_printf(&r->arena, "%s/%s", path, name);
  if (!full) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(orr_h5_array_open(r, full, out, e));
  return (*out)->rank == 1 ? orr_h5_array_check(r, *out, e)
                           : orr_fail(e, ORR_DATA, "%s is no list, as a sparse matrix has", full);
}

static void read_heading(orr_h5_reader *r, const char *path, orr_h5_sparse *s, int64_t shape[2]) {
  hid_t group = H5Gopen2(r->file, path, H5P_DEFAULT);
  const char *encoding = orr_h5_attribute_text(r, group, "encoding-type");
  const char *old = orr_h5_attribute_text(r, group, "h5sparse_format");
  s->by_columns = (encoding && !strcmp(encoding, "csc_matrix")) || (old && !strcmp(old, "csc"));
  if (!orr_h5_attribute_integers(r, group, "shape", shape, 2) &&
      !orr_h5_attribute_integers(r, group, "h5sparse_shape", shape, 2))
    shape[0] = shape[1] = -1;
  H5Gclose(group);
}

orr_status orr_h5_sparse_open(orr_h5_reader *r, const char *path, const orr_h5_sparse **out, orr_error *e) {
  orr_h5_sparse *s;
  int64_t shape[2];
  ORR_TAKE(&r->arena, s, 1, e);
  read_heading(r, path, s, shape);
  if (shape[0] < 0 || shape[1] < 0) return orr_fail(e, ORR_DATA, "%s does not say its shape", path);
  s->rows = (uint64_t)shape[0], s->columns = (uint64_t)shape[1];
  ORR_TRY(open_part(r, path, "data", &s->data, e));
  ORR_TRY(open_part(r, path, "indices", &s->indices, e));
  ORR_TRY(open_part(r, path, "indptr", &s->starts, e));
  uint64_t lines = s->by_columns ? s->columns : s->rows;
  if (s->starts->dims[0] != lines + 1 || s->indices->dims[0] != s->data->dims[0])
    return orr_fail(e, ORR_DATA, "%s: its parts do not fit together", path);
  *out = s;
  return ORR_OK;
}

orr_status orr_h5_plan_sparse(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_sparse *s,
                              const orr_h5_texts *names, orr_error *e) {
  orr_h5_column c = {.sparse = s, .meaning = {.factor = 1}};
  ORR_TRY(orr_h5_cell_of(r, s->data->type, &c.value, e));
  if (!orr_h5_cell_is_number(&c.value)) return orr_fail(e, ORR_DATA, "%s holds no numbers", s->data->path);
  c.value.names.count = 0, c.value.truth = false;
  for (c.cell = 0; c.cell < s->columns; c.cell++) {
    bool named = names && c.cell < names->count;
    c.name = named ? names->items[c.cell] : orr_arena_printf(&r->arena, "x%" PRIu64, c.cell + 1);
    if (!c.name) return orr_fail_memory(e, "a name", 0);
    ORR_TRY(orr_h5_plan_add(r, p, &c, NULL, e));
  }
  return ORR_OK;
}

/* Which columns are wanted, and where the rows of the file go. */
typedef struct scatter {
  orr_h5_reader *reader;
  const orr_h5_sparse *sparse;
  orr_h5_column *const *columns;
  int64_t *column_of; /* [sparse->columns] index into columns, -1: not wanted */
  int64_t *row_of;    /* [sparse->rows] row of the table, -1: not wanted */
  int64_t *starts;
  int64_t *indices;
  char *values;
  orr_h5_cell cell;
} scatter;

static void add_value(orr_h5_column *c, int64_t row, const orr_h5_cell *cell, const char *from) {
  if (c->type == ORR_INT64) {
    int64_t k;
    orr_h5_to_integers(cell, from, 0, 1, &k);
    int64_t *to = (int64_t *)(void *)c->cells + row;
    *to = (int64_t)((uint64_t)*to + (uint64_t)k);
    return;
  }
  double x;
  orr_h5_to_doubles(cell, from, 0, 1, &x);
  if (c->type == ORR_FLOAT32) ((float *)(void *)c->cells)[row] += (float)x;
  else ((double *)(void *)c->cells)[row] += x;
}

static orr_status put_run(scatter *s, uint64_t line, uint64_t first, size_t n, orr_error *e) {
  const orr_h5_sparse *m = s->sparse;
  uint64_t count = n, across = m->by_columns ? m->rows : m->columns;
  ORR_TRY(orr_h5_load_integers(s->reader, m->indices, first, count, s->indices, e));
  ORR_TRY(orr_h5_read_box(s->reader, m->data, &first, NULL, &count, s->values, e));
  for (size_t i = 0; i < n; i++) {
    while (line + 1 < m->starts->dims[0] - 1 && (uint64_t)s->starts[line + 1] <= first + i) line++;
    if (s->indices[i] < 0 || (uint64_t)s->indices[i] >= across)
      return orr_fail(e, ORR_DATA, "%s: index %" PRId64 " is out of the matrix", m->indices->path,
                      s->indices[i]);
    uint64_t row = m->by_columns ? (uint64_t)s->indices[i] : line,
             column = m->by_columns ? line : (uint64_t)s->indices[i];
    if (s->row_of[row] < 0 || s->column_of[column] < 0) continue;
    add_value(s->columns[s->column_of[column]], s->row_of[row], &s->cell, s->values + i * m->data->bytes);
  }
  return ORR_OK;
}

static orr_status put_lines(scatter *s, uint64_t from, uint64_t end, orr_error *e) {
  uint64_t first = (uint64_t)s->starts[from], last = (uint64_t)s->starts[end];
  for (uint64_t at = first, line = from; at < last; at += RUN) {
    while (line + 1 < end && (uint64_t)s->starts[line + 1] <= at) line++;
    ORR_TRY(put_run(s, line, at, last - at < RUN ? (size_t)(last - at) : RUN, e));
  }
  return ORR_OK;
}

static orr_status load_starts(scatter *s, orr_error *e) {
  const orr_h5_array *a = s->sparse->starts;
  ORR_TRY(orr_h5_load_integers(s->reader, a, 0, a->dims[0], s->starts, e));
  for (uint64_t i = 0; i < a->dims[0]; i++) {
    bool rises = s->starts[i] >= (i ? s->starts[i - 1] : 0);
    if (!rises || (uint64_t)s->starts[i] > s->sparse->data->dims[0])
      return orr_fail(e, ORR_DATA, "%s does not rise from 0 to the number of values", a->path);
  }
  return ORR_OK;
}

static orr_status take_memory(scatter *s, orr_arena *arena, orr_error *e) {
  const orr_h5_sparse *m = s->sparse;
  ORR_TAKE(arena, s->column_of, m->columns, e);
  ORR_TAKE(arena, s->row_of, m->rows, e);
  ORR_TAKE(arena, s->starts, m->starts->dims[0], e);
  ORR_TAKE(arena, s->indices, RUN, e);
  return orr_arena_take(arena, RUN, m->data->bytes, (void **)&s->values, e);
}

static orr_status put_all(scatter *s, const orr_h5_plan *p, const orr_h5_run *runs, size_t n_runs,
                          orr_error *e) {
  const orr_h5_sparse *m = s->sparse;
  uint64_t row = 0, step = p->step ? p->step : 1;
  for (uint64_t i = 0; i < m->rows; i++) s->row_of[i] = -1;
  for (size_t i = 0; i < n_runs; i++)
    for (uint64_t k = 0; k < runs[i].count; k++) {
      uint64_t at = p->first + (runs[i].start + k) * step;
      if (at < m->rows) s->row_of[at] = (int64_t)row;
      row++;
    }
  if (m->by_columns) return put_lines(s, 0, m->columns, e);
  for (size_t i = 0; i < n_runs; i++) {
    uint64_t from = p->first + runs[i].start * step,
             end = from + (runs[i].count ? (runs[i].count - 1) * step + 1 : 0);
    if (end <= m->rows) ORR_TRY(put_lines(s, from, end, e));
  }
  return ORR_OK;
}

orr_status orr_h5_sparse_fill(orr_h5_reader *r, const orr_h5_plan *p, orr_h5_column *const *columns, size_t n,
                              const orr_h5_run *runs, size_t n_runs, orr_error *e) {
  scatter s = {.reader = r, .sparse = columns[0]->sparse, .columns = columns, .cell = columns[0]->value};
  orr_arena arena = {0};
  orr_status status;
  ORR_GO(take_memory(&s, &arena, e));
  for (uint64_t i = 0; i < s.sparse->columns; i++) s.column_of[i] = -1;
  for (size_t i = 0; i < n; i++) s.column_of[columns[i]->cell] = (int64_t)i;
  ORR_GO(load_starts(&s, e));
  ORR_GO(put_all(&s, p, runs, n_runs, e));
out:
  orr_arena_fini(&arena);
  return status;
}
