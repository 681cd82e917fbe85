/* Carrying a plan out: blocks of rows of each view, converted by all workers tile by tile; see plan.h. */
#include <math.h>
#include <string.h>

#include "data/hdf5/sparse.h"
#include "data/hdf5/stream.h"
#include "data/hdf5/values.h"

enum { TILE = 1 << 15 /* cells of one task */, BUSY = 32 /* chunks at a time */ };

/* The columns that come from one view, and the block of it that is in memory. */
typedef struct feed {
  orr_h5_reader *reader;
  const orr_h5_view *view;
  orr_h5_column **columns;
  size_t n_columns;
  uint64_t first_cell; /* of the view, where it is a band of the columns' own */
  char *block;
  size_t capacity;
  uint64_t n, row; /* rows of the block, and where the first goes */
  uint64_t tile;   /* rows of a task */
} feed;

static const char *value_at(const feed *f, const orr_h5_column *c, uint64_t row) {
  return f->block + orr_h5_view_at(f->view, c->cell - f->first_cell, f->n) +
         row * orr_h5_view_stride(f->view) + c->offset;
}

/* One row's cells: side by side, or a block's rows apart. */
static void summarise_rows(const feed *f, size_t k, uint64_t from, uint64_t end) {
  const orr_h5_view *v = f->view;
  size_t apart = v->inner == v->cells ? v->array->bytes : f->n * v->array->bytes;
  for (uint64_t i = from; i < end; i++)
    orr_h5_put_summary(f->columns + k, value_at(f, f->columns[k], i), apart, v->cells, f->row + i);
}

static void fill_tile(void *context, size_t task) {
  feed *f = context;
  uint64_t from = task * f->tile, end = f->n - from < f->tile ? f->n : from + f->tile;
  for (size_t k = 0; k < f->n_columns; k++) {
    orr_h5_column *c = f->columns[k];
    if (c->summary == ORR_H5_SUMMARY) summarise_rows(f, k, from, end);
    else if (c->summary == ORR_H5_EACH && !orr_h5_is_stored_text(c))
      orr_h5_put_values(c, value_at(f, c, from), orr_h5_view_stride(f->view), (size_t)(end - from),
                        f->row + from, NULL);
  }
}

static orr_status fill_texts(const feed *f, orr_error *e) {
  for (size_t k = 0; k < f->n_columns; k++) {
    orr_h5_column *c = f->columns[k];
    for (uint64_t at = 0; orr_h5_is_stored_text(c) && at < f->n; at += TILE) {
      size_t n = f->n - at < TILE ? (size_t)(f->n - at) : TILE;
      ORR_TRY(orr_progress_step(f->reader->work, "reading", 0, 0, e));
      ORR_TRY(
          orr_h5_put_texts(f->reader, c, value_at(f, c, at), orr_h5_view_stride(f->view), n, f->row + at, e));
    }
  }
  return ORR_OK;
}

static orr_status fill_block(feed *f, uint64_t first, orr_error *e) {
  ORR_TRY(orr_h5_view_read(f->reader, f->view, first, f->n, f->block, e));
  uint64_t cells = f->view->cells < f->n_columns ? f->n_columns : f->view->cells;
  f->tile = TILE / cells ? TILE / cells : 1;
  size_t tiles = (size_t)((f->n + f->tile - 1) / f->tile);
  orr_status status = orr_work_run(f->reader->work, "reading", tiles, fill_tile, f, e);
  if (!status) status = fill_texts(f, e);
  orr_h5_reclaim(f->view->array, f->block, (size_t)(f->n * f->view->cells));
  return status;
}

/* Elements that are the one column's cells as they are. */
static bool is_direct(const feed *f) {
  const orr_h5_column *c = f->columns[0];
  return f->n_columns == 1 && f->view->cells == 1 && !c->offset && f->view->array->bytes == c->value.bytes &&
         orr_h5_is_verbatim(c);
}

static orr_status make_room(feed *f, uint64_t rows, orr_error *e) {
  size_t elements, bytes;
  if (!orr_multiply(f->view->cells, rows, &elements) ||
      !orr_multiply(elements, f->view->array->bytes, &bytes))
    return orr_fail_memory(e, f->view->array->path, UINT64_MAX);
  if (bytes <= f->capacity) return ORR_OK;
  orr_free(f->block);
  f->block = orr_realloc(NULL, bytes, 1);
  f->capacity = f->block ? bytes : 0;
  return f->block ? ORR_OK : orr_fail_memory(e, f->view->array->path, bytes);
}

static orr_status fill_runs(feed *f, const orr_h5_run *runs, size_t n_runs, orr_error *e) {
  uint64_t block = orr_h5_view_block(f->view);
  bool direct = is_direct(f);
  f->row = 0;
  for (size_t i = 0; i < n_runs; i++)
    for (uint64_t at = 0; at < runs[i].count; at += f->n, f->row += f->n) {
      uint64_t first = runs[i].start + at, to_edge = block - first % block;
      f->n = runs[i].count - at < to_edge ? runs[i].count - at : to_edge;
      if (direct) {
        char *to = f->columns[0]->cells + f->row * f->view->array->bytes;
        ORR_TRY(orr_h5_view_read(f->reader, f->view, first, f->n, to, e));
      } else {
        ORR_TRY(make_room(f, f->n, e));
        ORR_TRY(fill_block(f, first, e));
      }
    }
  return ORR_OK;
}

/* Cells of a row that are read together. Where chunks are narrower than the rows, bands of chunks are read one after
 * the other, as wide as keeps all workers busy: so a chunk of one column is undone in that column's own place. */
static uint64_t band_width(const orr_h5_view *v) {
  const orr_h5_array *a = v->array;
  bool banded = a->storage == ORR_H5_IN_CHUNKS && a->rank == 2 && v->row_axis == 0 && v->step[1] == 1;
  if (!banded || a->chunk[1] >= v->cells) return v->cells;
  uint64_t down = v->rows / a->chunk[0] + 1;
  return a->chunk[1] * (down < BUSY ? BUSY / down : 1);
}

static orr_status fill_bands(feed *f, const orr_h5_run *runs, size_t n_runs, orr_error *e) {
  const orr_h5_view *whole = f->view;
  orr_h5_column **all = f->columns;
  uint64_t width = band_width(whole);
  size_t n = f->n_columns;
  if (width >= whole->cells) return fill_runs(f, runs, n_runs, e);
  uint64_t shift = whole->start[1] % width;
  for (size_t i = 0, end; i < n; i = end) {
    orr_h5_view band = *whole;
    uint64_t which = (all[i]->cell + shift) / width;
    for (end = i; end < n && (all[end]->cell + shift) / width == which;) end++;
    f->first_cell = which ? which * width - shift : 0;
    uint64_t last = (which + 1) * width - shift;
    band.start[1] += f->first_cell;
    band.count[1] = band.cells = band.inner = (last < whole->cells ? last : whole->cells) - f->first_cell;
    f->view = &band, f->columns = all + i, f->n_columns = end - i;
    ORR_TRY(fill_runs(f, runs, n_runs, e));
  }
  return ORR_OK;
}

/* The feed of all columns of one view; those are put at the front of `left`. */
static orr_status fill_view(orr_h5_reader *r, orr_h5_column **left, size_t n_left, const orr_h5_run *runs,
                            size_t n_runs, size_t *done, orr_error *e) {
  feed f = {.reader = r, .view = left[0]->view, .columns = left};
  for (size_t i = 0; i < n_left; i++) {
    orr_h5_column *c = left[i];
    if (c->view != f.view) continue;
    memmove(left + f.n_columns + 1, left + f.n_columns, (i - f.n_columns) * sizeof *left);
    left[f.n_columns++] = c;
  }
  *done = f.n_columns;
  orr_status status = orr_h5_streams(f.view, left, f.n_columns)
                          ? orr_h5_stream(r, f.view, left, f.n_columns, runs, n_runs, e)
                          : fill_bands(&f, runs, n_runs, e);
  orr_free(f.block);
  return status;
}

static orr_status fill_ready(const orr_h5_plan *p, orr_h5_column *c, const orr_h5_run *runs, size_t n_runs,
                             orr_error *e) {
  uint64_t row = 0;
  for (size_t i = 0; i < n_runs; i++)
    for (uint64_t k = 0; k < runs[i].count; k++, row++) {
      uint64_t at = p->first + (runs[i].start + k) * (p->step ? p->step : 1);
      if (at >= c->ready->count)
        return orr_fail(e, ORR_DATA, "column '%s' is shorter than the table", c->name);
      if (c->ready->numbers) memcpy(c->cells + row * 8, &c->ready->numbers[at], 8);
      else if (c->ready->integers) memcpy(c->cells + row * 8, &c->ready->integers[at], 8);
      else if (!c->ready->texts[at]) c->missing[row] = 1, atomic_store(&c->any_missing, true);
      else {
        const char *s = c->ready->texts[at];
        ORR_TRY(orr_map_add(&c->words, s, strlen(s), (int32_t *)(void *)c->cells + row, e));
      }
    }
  return ORR_OK;
}

/* Marks what a mask says is missing. */
static void apply_mask(const orr_h5_plan *p, orr_h5_column *c, const orr_h5_run *runs, size_t n_runs) {
  uint64_t row = 0;
  size_t width = orr_type_bytes(c->type);
  const double nothing = NAN;
  const float nothing32 = NAN;
  for (size_t i = 0; i < n_runs; i++)
    for (uint64_t k = 0; k < runs[i].count; k++, row++) {
      if (!c->mask[p->first + (runs[i].start + k) * (p->step ? p->step : 1)]) continue;
      c->missing[row] = 1;
      atomic_store(&c->any_missing, true);
      memset(c->cells + row * width, 0, width);
      if (c->type == ORR_FLOAT64) memcpy(c->cells + row * width, &nothing, width);
      if (c->type == ORR_FLOAT32) memcpy(c->cells + row * width, &nothing32, width);
    }
}

static orr_status fill_columns(orr_h5_reader *r, orr_h5_plan *p, orr_h5_column **columns, size_t n,
                               const orr_h5_run *runs, size_t n_runs, orr_error *e) {
  for (size_t i = 0, done; i < n; i += done) {
    done = 1;
    if (columns[i]->view) ORR_TRY(fill_view(r, columns + i, n - i, runs, n_runs, &done, e));
    else if (columns[i]->sparse) {
      while (i + done < n && columns[i + done]->sparse == columns[i]->sparse) done++;
      ORR_TRY(orr_h5_sparse_fill(r, p, columns + i, done, runs, n_runs, e));
    } else ORR_TRY(fill_ready(p, columns[i], runs, n_runs, e));
  }
  return ORR_OK;
}

/* Numbers that their type cannot hold come again: as float64, or as text where that would lose digits. */
static orr_status refill(orr_h5_reader *r, orr_h5_plan *p, orr_h5_column *c, const orr_h5_run *runs,
                         size_t n_runs, uint64_t rows, orr_error *e) {
  if (c->type == ORR_TIME)
    orr_h5_note(r, "%.200s: times outside of the years 1678 to 2261 stay numbers", c->name);
  else if (atomic_load(&c->inexact) && c->view) {
    orr_h5_note(r, "%.200s: whole numbers beyond 64 bits with a sign are text, for float64 would lose digits",
                c->name);
    c->digits = true;
  } else orr_h5_note(r, "%.200s: whole numbers beyond 64 bits with a sign are float64", c->name);
  c->type = c->digits ? ORR_TEXT : ORR_FLOAT64;
  atomic_store(&c->any_missing, false);
  memset(c->missing, 0, (size_t)rows);
  return fill_columns(r, p, &c, 1, runs, n_runs, e);
}

static void note_unnamed(orr_h5_reader *r, const orr_h5_column *c) {
  size_t n = atomic_load(&c->unnamed);
  if (n)
    orr_h5_note(r, "%.200s: %zu cell%s a code that the enumeration does not name, and %s missing", c->name, n,
                n == 1 ? " holds" : "s hold", n == 1 ? "is" : "are");
}

orr_status orr_h5_fill(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_run *runs, size_t n_runs,
                       orr_error *e) {
  orr_h5_column **columns;
  uint64_t rows = 0;
  for (size_t i = 0; i < n_runs; i++) rows += runs[i].count;
  ORR_TAKE(&r->arena, columns, p->columns.count, e);
  for (size_t i = 0; i < p->columns.count; i++) {
    orr_h5_column *c = columns[i] = p->columns.items[i];
    if (c->type == ORR_TEXT && !c->ready && !orr_h5_is_stored_text(c)) ORR_TRY(orr_h5_prepare_words(r, c, e));
  }
  ORR_TRY(fill_columns(r, p, columns, p->columns.count, runs, n_runs, e));
  for (size_t i = 0; i < p->columns.count; i++) {
    orr_h5_column *c = p->columns.items[i];
    if (atomic_load(&c->misfit)) ORR_TRY(refill(r, p, c, runs, n_runs, rows, e));
    note_unnamed(r, c);
    if (c->mask) apply_mask(p, c, runs, n_runs);
    if (c->type == ORR_TIME) c->meaning.unit = NULL;
  }
  return ORR_OK;
}
