/* Pieces to columns; see stream.h.
 *
 * A new page of the answer costs a fault and is zeroed when it is first touched through a mapping; when it is written
 * as a whole by a call it costs neither. So cells are gathered in the worker's own memory, a stretch of each column,
 * and written from there. Writing calls take turns, though: where there are many workers, or the stretches are short,
 * cells go through the mapping. */
#include "data/hdf5/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/hdf5/pieces.h"
#include "data/hdf5/shuffle.h"
#include "data/hdf5/values.h"

enum {
  TILE = 1 << 16,  /* bytes of elements that are taken apart at a time */
  STAGE = 1 << 19, /* bytes of cells that are gathered; of wide tables eight times as many */
  LEAST = 64,
  PAGE = 512,     /* rows: of a tile, and of a page of eight bytes each */
  STRETCH = 4096, /* bytes of one column that are worth a call */
  WRITERS = 4     /* workers that do not wait long for each other */
};

typedef struct stream {
  orr_h5_reader *reader;
  orr_h5_pieces pieces;
  orr_h5_column **columns; /* [n] in the order of their cells */
  size_t n;
  uint64_t first_cell;   /* of the array's rows: the view's first */
  uint64_t lo, hi, base; /* rows lo … hi - 1 of the array are the table's from `base` on */
  orr_h5_worker *workers;
  size_t n_workers;
  _Atomic(const char *) wrong;
} stream;

/* What one piece gives: rows from … end - 1 of the array and columns first … last - 1. */
typedef struct part {
  stream *s;
  orr_h5_worker *worker;
  const orr_h5_piece *piece;
  const char *elements;
  bool planes, blank; /* blank: one element for all, the fill value */
  uint64_t from, end;
  size_t first, last;
  bool staged;
  size_t row_bytes; /* of the cells of a row */
} part;

bool orr_h5_streams(const orr_h5_view *v, orr_h5_column *const *columns, size_t n) {
  const orr_h5_array *a = v->array;
  if (v->row_axis != 0 || !orr_h5_is_in_pieces(a)) return false;
  for (int i = 0; i < a->rank; i++) {
    bool whole = !v->start[i] && v->count[i] == a->dims[i];
    if (v->step[i] != 1 || (i > (a->storage == ORR_H5_IN_CHUNKS) && !whole)) return false;
  }
  for (size_t k = 0; k < n; k++)
    if (columns[k]->summary != ORR_H5_EACH || orr_h5_is_stored_text(columns[k])) return false;
  return true;
}

/* ---- one piece ---- */

static uint64_t cell_of(const stream *s, const orr_h5_column *c) { return s->first_cell + c->cell; }

static size_t first_at(const stream *s, uint64_t cell) {
  size_t low = 0, high = s->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (cell_of(s, s->columns[middle]) < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}

static const char *write_cells(const stream *s, const orr_h5_column *c, const char *cells, uint64_t row,
                               size_t n) {
  size_t width = orr_type_bytes(c->type), left = n * width;
  uint64_t at = c->cells_at + row * width;
  while (left) {
    ssize_t done = pwrite(s->reader->answer, cells, left, (off_t)at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return "there is no memory for its cells";
    cells += done, at += (uint64_t)done, left -= (size_t)done;
  }
  return NULL;
}

static bool is_staged(const part *p, const orr_h5_column *c, uint64_t rows) {
  return p->staged && rows * orr_type_bytes(c->type) >= STRETCH;
}

/* Bytes between the stretches of two columns in the stage. */
static size_t stretch(const orr_h5_column *c, uint64_t rows) {
  return ((size_t)rows * orr_type_bytes(c->type) + 63) / 64 * 64;
}

/* Rows from … end - 1 go to the stage, whose first row is `base`, or to their places. */
static void take_apart(const part *p, uint64_t base, uint64_t rows, uint64_t from, uint64_t end) {
  const stream *s = p->s;
  size_t bytes = s->pieces.array->bytes, width = (size_t)s->pieces.width, n = (size_t)(end - from);
  size_t skip = (size_t)(from - p->piece->row) * width, at = 0;
  const char *elements = p->blank ? p->elements : p->elements + skip * bytes;
  if (p->planes) {
    orr_h5_unshuffle_part(p->elements, (size_t)s->pieces.height * width, bytes, skip, n * width,
                          p->worker->tile);
    elements = p->worker->tile;
  }
  for (size_t k = p->first; k < p->last; k++) {
    orr_h5_column *c = s->columns[k];
    size_t cell = p->blank ? 0 : (size_t)(cell_of(s, c) - p->piece->cell);
    bool staged = is_staged(p, c, rows);
    char *to = staged ? p->worker->stage + at + (size_t)(from - base) * orr_type_bytes(c->type) : NULL;
    orr_h5_put_values(c, elements + cell * bytes + c->offset, p->blank ? 0 : width * bytes, n,
                      s->base + (from - s->lo), to);
    if (staged) at += stretch(c, rows);
  }
}

static const char *write_stage(const part *p, uint64_t base, uint64_t rows) {
  const stream *s = p->s;
  const char *wrong = NULL, *cells = p->worker->stage;
  for (size_t k = p->first; k < p->last && !wrong; k++) {
    const orr_h5_column *c = s->columns[k];
    if (!is_staged(p, c, rows)) continue;
    wrong = write_cells(s, c, cells, s->base + (base - s->lo), (size_t)rows);
    cells += stretch(c, rows);
  }
  return wrong;
}

/* Rows that are taken apart together, and rows that are gathered before they are written: whole pages of a column. */
static void choose_rows(const part *p, uint64_t *tile, uint64_t *band) {
  const stream *s = p->s;
  size_t row = (size_t)s->pieces.width * s->pieces.array->bytes;
  *tile = LEAST;
  while (*tile < PAGE && 2 * *tile * row <= TILE) *tile *= 2;
  *band = STAGE / p->row_bytes > PAGE ? STAGE / p->row_bytes / PAGE * PAGE : PAGE;
  if (*band > p->end - p->from) *band = p->end - p->from;
}

static const char *spread(const part *p) {
  const stream *s = p->s;
  uint64_t band, tile;
  const char *wrong = NULL;
  choose_rows(p, &tile, &band);
  size_t stage = p->staged ? p->row_bytes * (size_t)band + 64 * (p->last - p->first) : 0;
  if (!orr_h5_worker_holds(&p->worker->stage, &p->worker->stage_size, stage) ||
      (p->planes && !orr_h5_worker_holds(&p->worker->tile, &p->worker->tile_size,
                                         (size_t)(tile * s->pieces.width) * s->pieces.array->bytes)))
    return "there is no memory for it";
  for (uint64_t base = p->from, end; base < p->end && !wrong; base = end) {
    end = p->end - base < band ? p->end : base + band;
    for (uint64_t at = base; at < end; at += tile)
      take_apart(p, base, end - base, at, end - at < tile ? end : at + tile);
    wrong = write_stage(p, base, end - base);
  }
  return wrong;
}

/* A piece of one column whose cells are stored as they are needs no taking apart. */
static bool is_ready(const part *p) {
  const stream *s = p->s;
  const orr_h5_column *c = s->columns[p->first];
  return !p->planes && !p->blank && s->pieces.width == 1 && p->last - p->first == 1 && !c->offset &&
         s->pieces.array->bytes == c->value.bytes && orr_h5_is_verbatim(c) &&
         is_staged(p, c, p->end - p->from);
}

static const char *pass(part *p) {
  const stream *s = p->s;
  if (is_ready(p))
    return write_cells(s, s->columns[p->first],
                       p->elements + (p->from - p->piece->row) * s->pieces.array->bytes,
                       s->base + (p->from - s->lo), (size_t)(p->end - p->from));
  return spread(p);
}

static void run_piece(void *context, size_t task) {
  stream *s = context;
  const orr_h5_piece *piece = &s->pieces.pieces[task];
  part p = {
      .s = s, .worker = &s->workers[orr_pool_worker()], .piece = piece, .elements = s->pieces.array->fill};
  const char *wrong = NULL;
  if (atomic_load_explicit(&s->wrong, memory_order_relaxed)) return;
  p.from = piece->row > s->lo ? piece->row : s->lo;
  p.end = piece->row + s->pieces.height < s->hi ? piece->row + s->pieces.height : s->hi;
  p.first = first_at(s, piece->cell), p.last = first_at(s, piece->cell + s->pieces.width);
  for (size_t k = p.first; k < p.last; k++) p.row_bytes += orr_type_bytes(s->columns[k]->type);
  p.staged = s->n_workers <= WRITERS && p.row_bytes <= 8 * STAGE / PAGE;
  p.blank = !piece->size;
  if (!p.blank) wrong = orr_h5_piece_read(&s->pieces, piece, s->reader->fd, p.worker, &p.elements, &p.planes);
  if (!wrong) wrong = pass(&p);
  if (wrong) atomic_store(&s->wrong, wrong);
}

/* ---- all of them ---- */

static orr_status run_turn(stream *s, orr_error *e) {
  ORR_TRY(orr_work_run(s->reader->work, "reading", s->pieces.n, run_piece, s, e));
  const char *wrong = atomic_load(&s->wrong);
  s->pieces.n = 0;
  const orr_h5_array *a = s->pieces.array;
  const char *what = a->storage == ORR_H5_IN_CHUNKS ? "a chunk" : "a part of it";
  return wrong ? orr_fail(e, ORR_DATA, "%s: %s cannot be read: %s", a->path, what, wrong) : ORR_OK;
}

static orr_status add_piece(stream *s, uint64_t row, uint64_t cell, orr_error *e) {
  if (s->pieces.n % 64 == 0) ORR_TRY(orr_progress_step(s->reader->work, "reading", 0, 0, e));
  ORR_TRY(orr_h5_pieces_add(s->reader, &s->pieces, row, cell, e));
  return s->pieces.n == ORR_H5_PIECES ? run_turn(s, e) : ORR_OK;
}

/* The pieces of a band of rows that hold a column each. */
static orr_status add_band(stream *s, uint64_t row, orr_error *e) {
  for (size_t k = 0; k < s->n;) {
    uint64_t cell = cell_of(s, s->columns[k]);
    ORR_TRY(add_piece(s, row, cell, e));
    k = first_at(s, cell - cell % s->pieces.width + s->pieces.width);
  }
  return ORR_OK;
}

static orr_status run_rows(stream *s, const orr_h5_view *v, const orr_h5_run *run, orr_error *e) {
  s->lo = v->start[0] + run->start;
  s->hi = s->lo + run->count;
  for (uint64_t row = s->lo; row < s->hi; row += s->pieces.height - row % s->pieces.height)
    ORR_TRY(add_band(s, row, e));
  ORR_TRY(run_turn(s, e));
  s->base += run->count;
  return ORR_OK;
}

static int by_cell(const void *a, const void *b) {
  const orr_h5_column *x = *(orr_h5_column *const *)a, *y = *(orr_h5_column *const *)b;
  return (x->cell > y->cell) - (x->cell < y->cell);
}

static orr_status prepare(stream *s, const orr_h5_view *v, orr_h5_column *const *columns, orr_error *e) {
  const orr_h5_array *a = v->array;
  ORR_TRY(orr_h5_pieces_init(a, &s->pieces, e));
  ORR_TAKE(&s->reader->arena, s->columns, s->n, e);
  memcpy(s->columns, columns, s->n * sizeof *columns);
  qsort(s->columns, s->n, sizeof *s->columns, by_cell);
  s->first_cell = a->rank > 1 ? v->start[1] * s->pieces.inner : 0;
  s->n_workers = orr_pool_threads(s->reader->work ? s->reader->work->pool : NULL);
  s->workers = orr_calloc(s->n_workers, sizeof *s->workers);
  return s->workers ? ORR_OK : orr_fail_memory(e, "chunks", s->n_workers);
}

orr_status orr_h5_stream(orr_h5_reader *r, const orr_h5_view *v, orr_h5_column *const *columns, size_t n,
                         const orr_h5_run *runs, size_t n_runs, orr_error *e) {
  stream s = {.reader = r, .n = n};
  orr_status status = prepare(&s, v, columns, e);
  for (size_t i = 0; i < n_runs && !status; i++) status = run_rows(&s, v, &runs[i], e);
  for (size_t i = 0; i < s.n_workers && s.workers; i++) orr_h5_worker_fini(&s.workers[i]);
  orr_free(s.workers);
  orr_h5_pieces_fini(&s.pieces);
  return status;
}
