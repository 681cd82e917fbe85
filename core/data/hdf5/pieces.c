/* Pieces; see pieces.h. The library says where a chunk lies and the worker that undoes it reads it, so that its bytes
 * are in the right cache; see driver.h for how the library is kept from reading. */
#include "data/hdf5/pieces.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 20 /* bytes of a run of rows that are read at a time */, PAGE_OF_ROWS = 512 };

bool orr_h5_is_in_pieces(const orr_h5_array *a) {
  if (a->storage == ORR_H5_BY_LIBRARY || a->rank < 1 || a->pointers) return false;
  for (int i = 2; i < a->rank && a->storage == ORR_H5_IN_CHUNKS; i++)
    if (a->chunk[i] != a->dims[i]) return false;
  return true;
}

/* Rows of one run: as many as the budget holds, whole pages of any column. */
static uint64_t rows_of_run(const orr_h5_array *a, uint64_t width) {
  uint64_t rows = PIECE / a->bytes / (width ? width : 1);
  if (rows > PAGE_OF_ROWS) return rows / PAGE_OF_ROWS * PAGE_OF_ROWS;
  return rows ? rows : 1;
}

orr_status orr_h5_pieces_init(const orr_h5_array *a, orr_h5_pieces *p, orr_error *e) {
  bool chunked = a->storage == ORR_H5_IN_CHUNKS;
  *p = (orr_h5_pieces){.array = a, .inner = 1, .filters = a->filters};
  for (int i = 2; i < a->rank; i++) p->inner *= a->dims[i];
  p->width = a->rank > 1 ? p->inner * (chunked ? a->chunk[1] : a->dims[1]) : 1;
  p->height = chunked ? a->chunk[0] : rows_of_run(a, p->width);
  orr_h5_filters *f = &p->filters;
  if (!chunked) f->count = 0;
  p->shuffled = f->count && f->ids[0] == ORR_H5_SHUFFLE && f->element[0] == a->bytes;
  if (p->shuffled) {
    f->count--;
    memmove(f->ids, f->ids + 1, f->count * sizeof *f->ids);
    memmove(f->element, f->element + 1, f->count * sizeof *f->element);
  }
  p->pieces = orr_calloc(ORR_H5_PIECES, sizeof *p->pieces);
  return p->pieces ? ORR_OK : orr_fail_memory(e, "chunks", ORR_H5_PIECES);
}

void orr_h5_pieces_fini(orr_h5_pieces *p) {
  orr_free(p->pieces);
  orr_free(p->spare);
  *p = (orr_h5_pieces){0};
}

/* ---- where they lie ---- */

static orr_status locate_rows(const orr_h5_reader *r, const orr_h5_pieces *p, orr_h5_piece *piece,
                              orr_error *e) {
  const orr_h5_array *a = p->array;
  uint64_t left = a->dims[0] - piece->row, rows = left < p->height ? left : p->height, skip, end;
  size_t row;
  if (!orr_multiply((size_t)p->width, a->bytes, &row) || !orr_multiply(row, (size_t)rows, &piece->size) ||
      __builtin_mul_overflow(piece->row, row, &skip) || __builtin_add_overflow(a->offset, skip, &piece->at) ||
      __builtin_add_overflow(piece->at, piece->size, &end) || end > r->bytes)
    return orr_fail(e, ORR_DATA, "%s: the file ends before its data do; the file is not complete", a->path);
  return ORR_OK;
}

/* Reading a chunk with the driver's capture on tells its place and reads nothing. */
static bool capture(orr_h5_reader *r, orr_h5_pieces *p, const hsize_t *at, orr_h5_piece *piece) {
  orr_h5_capture *c = &r->capture;
  *c = (orr_h5_capture){.on = true};
  herr_t done = H5Dread_chunk(p->array->id, H5P_DEFAULT, at, &piece->skipped, p->spare);
  c->on = false;
  piece->at = c->at;
  return done >= 0 && c->reads == 1 && c->size == piece->size;
}

static orr_status locate_chunk(orr_h5_reader *r, orr_h5_pieces *p, orr_h5_piece *piece, orr_error *e) {
  const orr_h5_array *a = p->array;
  hsize_t at[H5S_MAX_RANK] = {piece->row}, size = 0;
  if (a->rank > 1) at[1] = piece->cell / p->inner;
  if (H5Dget_chunk_storage_size(a->id, at, &size) < 0) {
    H5Eclear2(H5E_DEFAULT);
    size = 0; /* so it speaks of chunks that were never written */
  }
  piece->size = size;
  if (!size) return ORR_OK;
  if (size > r->bytes)
    return orr_fail(e, ORR_DATA, "%s: a chunk is larger than the file; it is damaged", a->path);
  if (!orr_h5_worker_holds(&p->spare, &p->spare_size, size)) return orr_fail_memory(e, "a chunk", size);
  return capture(r, p, at, piece) ? ORR_OK : orr_h5_fail(e, "%s: a chunk cannot be read", a->path);
}

orr_status orr_h5_pieces_add(orr_h5_reader *r, orr_h5_pieces *p, uint64_t row, uint64_t cell, orr_error *e) {
  orr_h5_piece *piece = &p->pieces[p->n++];
  *piece = (orr_h5_piece){.row = row - row % p->height, .cell = cell - cell % p->width};
  return p->array->storage == ORR_H5_IN_ONE ? locate_rows(r, p, piece, e) : locate_chunk(r, p, piece, e);
}

/* ---- what they hold ---- */

void orr_h5_worker_fini(orr_h5_worker *w) {
  orr_h5_scratch_fini(&w->scratch);
  orr_free(w->raw);
  orr_free(w->tile);
  orr_free(w->stage);
  *w = (orr_h5_worker){0};
}

bool orr_h5_worker_holds(char **buffer, size_t *size, size_t wanted) {
  if (*size >= wanted) return true;
  orr_free(*buffer);
  *buffer = orr_realloc(NULL, wanted, 1);
  *size = *buffer ? wanted : 0;
  return *buffer != NULL;
}

/* Of a chunk, bytes after the end of the file are zeros, as the library has it. */
static const char *read_bytes(int fd, uint64_t at, size_t size, bool chunked, char *to) {
  while (size) {
    ssize_t n = pread(fd, to, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || (!n && !chunked)) return "the disk does not give its bytes";
    if (!n) {
      memset(to, 0, size);
      return NULL;
    }
    to += n, at += (uint64_t)n, size -= (size_t)n;
  }
  return NULL;
}

const char *orr_h5_piece_read(const orr_h5_pieces *p, const orr_h5_piece *piece, int fd, orr_h5_worker *w,
                              const char **elements, bool *planes) {
  bool chunked = p->array->storage == ORR_H5_IN_CHUNKS;
  uint32_t skipped = piece->skipped;
  if (!orr_h5_worker_holds(&w->raw, &w->raw_size, piece->size)) return "there is no memory for it";
  const char *wrong = read_bytes(fd, piece->at, piece->size, chunked, w->raw);
  *planes = p->shuffled && !(skipped & 1);
  *elements = w->raw;
  if (wrong || !chunked) return wrong;
  return orr_h5_inflate(&p->filters, p->shuffled ? skipped >> 1 : skipped, w->raw, piece->size, NULL,
                        p->array->chunk_bytes, &w->scratch, elements);
}
