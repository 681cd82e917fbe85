/* Boxes of elements: straight from the file where they lie in one run, through our own inflating where they lie in
 * chunks, else through the library; see array.h. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "data/hdf5/array.h"

enum { PIECE = 4 << 20 }; /* bytes of one task's read */

typedef struct run_read {
  int fd;
  uint64_t offset;
  size_t bytes;
  char *out;
  atomic_int failure; /* errno, or -1 for a file that ends too early */
} run_read;

static void read_piece(void *context, size_t task) {
  run_read *t = context;
  size_t at = task * PIECE, end = t->bytes - at < PIECE ? t->bytes : at + PIECE;
  while (at < end) {
    ssize_t n = pread(t->fd, t->out + at, end - at, (off_t)(t->offset + at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      atomic_store(&t->failure, n ? errno : -1);
      return;
    }
    at += (size_t)n;
  }
}

static orr_status read_run(orr_h5_reader *r, const orr_h5_array *a, uint64_t first, uint64_t elements,
                           char *out, orr_error *e) {
  run_read t = {.fd = r->fd, .out = out};
  uint64_t skip, end;
  if (__builtin_mul_overflow(first, a->bytes, &skip) || !orr_multiply(elements, a->bytes, &t.bytes) ||
      __builtin_add_overflow(a->offset, skip, &t.offset) || __builtin_add_overflow(t.offset, t.bytes, &end) ||
      end > r->bytes)
    return orr_fail(e, ORR_DATA, "%s: the file ends before its data do; the file is not complete", a->path);
  ORR_TRY(orr_work_run(r->work, "reading", (t.bytes + PIECE - 1) / PIECE, read_piece, &t, e));
  int failure = atomic_load(&t.failure);
  if (!failure) return ORR_OK;
  errno = failure < 0 ? EIO : failure;
  return orr_fail_errno(e, "%s: its data cannot be read", a->path);
}

/* A box of which only the first axis may be cut is one run of elements. */
static bool is_run(const orr_h5_array *a, const uint64_t *start, const uint64_t *count, uint64_t *first) {
  uint64_t row = 1;
  for (int i = 1; i < a->rank; i++) {
    if (start[i] || count[i] != a->dims[i]) return false;
    row *= a->dims[i];
  }
  *first = a->rank ? start[0] * row : 0;
  return true;
}

static hid_t select_box(const orr_h5_array *a, const uint64_t *start, const uint64_t *step,
                        const uint64_t *count) {
  hsize_t from[H5S_MAX_RANK], by[H5S_MAX_RANK], n[H5S_MAX_RANK];
  hid_t space = H5Dget_space(a->id);
  if (space < 0 || !a->rank) return space;
  for (int i = 0; i < a->rank; i++) from[i] = start[i], by[i] = step ? step[i] : 1, n[i] = count[i];
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, from, by, n, NULL) >= 0) return space;
  H5Sclose(space);
  return -1;
}

static orr_status read_by_library(const orr_h5_array *a, const uint64_t *start, const uint64_t *step,
                                  const uint64_t *count, uint64_t elements, void *out, orr_error *e) {
  hsize_t all = elements;
  hid_t in_file = select_box(a, start, step, count);
  hid_t in_memory = H5Screate_simple(1, &all, NULL);
  herr_t done = -1;
  memset(out, 0, (size_t)elements * a->bytes);
  if (in_file >= 0 && in_memory >= 0) done = H5Dread(a->id, a->type, in_memory, in_file, H5P_DEFAULT, out);
  if (in_file >= 0) H5Sclose(in_file);
  if (in_memory >= 0) H5Sclose(in_memory);
  return done < 0 ? orr_h5_fail(e, "%s: its data cannot be read", a->path) : ORR_OK;
}

static bool is_each(const orr_h5_array *a, const uint64_t *step) {
  for (int i = 0; step && i < a->rank; i++)
    if (step[i] != 1) return false;
  return true;
}

orr_status orr_h5_read_box(orr_h5_reader *r, const orr_h5_array *a, const uint64_t *start,
                           const uint64_t *step, const uint64_t *count, void *out, orr_error *e) {
  uint64_t elements = 1, first, bytes;
  for (int i = 0; i < a->rank; i++)
    if (__builtin_mul_overflow(elements, count[i], &elements)) return orr_fail_memory(e, a->path, UINT64_MAX);
  if (!elements || a->none) return ORR_OK;
  if (__builtin_mul_overflow(elements, a->bytes, &bytes)) return orr_fail_memory(e, a->path, UINT64_MAX);
  ORR_TRY(orr_progress_step(r->work, "reading", 0, 0, e));
  if (is_each(a, step)) {
    if (a->storage == ORR_H5_IN_ONE && is_run(a, start, count, &first))
      return read_run(r, a, first, elements, out, e);
    if (a->storage == ORR_H5_IN_CHUNKS) return orr_h5_read_chunks(r, a, start, count, out, e);
  }
  return read_by_library(a, start, step, count, elements, out, e);
}

void orr_h5_reclaim(const orr_h5_array *a, void *elements, size_t n) {
  hsize_t all = n;
  if (!a->pointers || !n) return;
  hid_t space = H5Screate_simple(1, &all, NULL);
  if (space < 0) return;
  H5Dvlen_reclaim(a->type, space, H5P_DEFAULT, elements);
  H5Sclose(space);
}
