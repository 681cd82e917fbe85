/* Views; see view.h. */
#include "data/hdf5/view.h"

#include <inttypes.h>

enum { BLOCK = 8 << 20, POINTERS = 1 << 19, SLAB = 256 << 20 };

/* A vector of MATLAB is 1 by n or n by 1: its rows run along the longer axis. */
static int matlab_row_axis(const orr_h5_view *v) {
  int last = -1, longer = -1, kept = 0;
  for (int i = 0; i < v->array->rank; i++) {
    if (v->dropped[i]) continue;
    last = i, kept++;
    if (v->count[i] != 1) longer = i;
  }
  return kept == 2 && last >= 0 && v->count[last] == 1 && longer >= 0 ? longer : last;
}

static int first_kept(const orr_h5_view *v) {
  for (int i = 0; i < v->array->rank; i++)
    if (!v->dropped[i]) return i;
  return -1;
}

static orr_status settle(orr_h5_view *v, orr_error *e) {
  v->row_axis = v->array->is_matlab ? matlab_row_axis(v) : first_kept(v);
  v->rows = v->row_axis < 0 ? !v->array->none : v->count[v->row_axis];
  v->cells = v->inner = 1;
  for (int i = 0; i < v->array->rank; i++) {
    if (i == v->row_axis) continue;
    if (__builtin_mul_overflow(v->cells, v->count[i], &v->cells))
      return orr_fail(e, ORR_DATA, "%s claims more columns than can be counted", v->array->path);
    if (i > v->row_axis) v->inner *= v->count[i];
  }
  return ORR_OK;
}

orr_status orr_h5_view_new(orr_h5_reader *r, orr_h5_array *a, orr_h5_view **out, orr_error *e) {
  orr_h5_view *v;
  ORR_TAKE(&r->arena, v, 1, e);
  v->array = a;
  for (int i = 0; i < a->rank; i++) v->step[i] = 1, v->count[i] = a->dims[i];
  *out = v;
  return settle(v, e);
}

static uint64_t clamp(int64_t at, uint64_t n) {
  if (at < 0) at = (uint64_t) - (at + 1) >= n ? 0 : at + (int64_t)n;
  return (uint64_t)at > n ? n : (uint64_t)at;
}

orr_status orr_h5_slice_resolve(const orr_h5_slice *s, uint64_t n, uint64_t *first, uint64_t *step,
                                uint64_t *count, orr_error *e) {
  if (s->is_index) {
    bool inside = s->begin < 0 ? (uint64_t) - (s->begin + 1) < n : (uint64_t)s->begin < n;
    if (!inside)
      return orr_fail(e, ORR_DATA, "index %" PRId64 " is outside of 0 to %" PRId64, s->begin, (int64_t)n - 1);
    *first = clamp(s->begin, n), *step = *count = 1;
    return ORR_OK;
  }
  if (s->step < 1) return orr_fail(e, ORR_USAGE, "a slice's step must be 1 or more, not %" PRId64, s->step);
  uint64_t end = s->has_end ? clamp(s->end, n) : n;
  *first = s->has_begin ? clamp(s->begin, n) : 0;
  *step = (uint64_t)s->step;
  *count = end > *first ? (end - *first - 1) / *step + 1 : 0;
  if (*count || !n) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the slice takes none of the %" PRIu64 " rows (or columns) that are there", n);
}

orr_status orr_h5_view_slice(orr_h5_view *v, const orr_h5_slice *slices, size_t n, orr_error *e) {
  int rank = v->array->rank;
  if (n > (size_t)rank)
    return orr_fail(e, ORR_USAGE, "%s has %d dimension%s; the slice names %zu", v->array->path, rank,
                    rank == 1 ? "" : "s", n);
  for (size_t k = 0; k < n; k++) {
    int i = v->array->is_matlab ? rank - 1 - (int)k : (int)k;
    uint64_t first, step, count;
    ORR_TRY(orr_h5_slice_resolve(&slices[k], v->count[i], &first, &step, &count, e));
    v->start[i] += first * v->step[i];
    v->step[i] *= step;
    v->count[i] = count;
    v->dropped[i] = slices[k].is_index;
  }
  return settle(v, e);
}

void orr_h5_view_take_rows(orr_h5_view *v, uint64_t first, uint64_t step, uint64_t count) {
  v->rows = count;
  if (v->row_axis < 0) return;
  v->start[v->row_axis] += first * v->step[v->row_axis];
  v->step[v->row_axis] *= step;
  v->count[v->row_axis] = count;
}

uint64_t orr_h5_view_block(const orr_h5_view *v) {
  const orr_h5_array *a = v->array;
  size_t row;
  if (!orr_multiply(v->cells ? v->cells : 1, a->bytes, &row)) return 1;
  size_t block = a->pointers ? POINTERS : BLOCK; /* what is pointed to is larger, and slow to come by */
  uint64_t rows = block / row ? block / row : 1;
  if (v->row_axis < 0 || !a->is_chunked || v->step[v->row_axis] != 1) return rows;
  uint64_t slab = a->chunk[v->row_axis];
  size_t chunk_rows_bytes;
  if (rows >= slab) return rows / slab * slab;
  return orr_multiply(slab, row, &chunk_rows_bytes) && chunk_rows_bytes <= SLAB ? slab : rows;
}

orr_status orr_h5_view_read(orr_h5_reader *r, const orr_h5_view *v, uint64_t first, uint64_t n, void *out,
                            orr_error *e) {
  uint64_t start[H5S_MAX_RANK], count[H5S_MAX_RANK];
  for (int i = 0; i < v->array->rank; i++) start[i] = v->start[i], count[i] = v->count[i];
  if (v->row_axis >= 0) {
    start[v->row_axis] += first * v->step[v->row_axis];
    count[v->row_axis] = n;
  }
  return orr_h5_read_box(r, v->array, start, v->step, count, out, e);
}

size_t orr_h5_view_at(const orr_h5_view *v, uint64_t cell, uint64_t n) {
  uint64_t outer = v->inner ? cell / v->inner : 0;
  return (outer * n * v->inner + (v->inner ? cell % v->inner : 0)) * v->array->bytes;
}

size_t orr_h5_view_stride(const orr_h5_view *v) { return v->inner * v->array->bytes; }

int orr_h5_view_row_axes(const orr_h5_view *v) {
  int axes = 0;
  for (int i = 0; i < v->array->rank; i++) axes += i != v->row_axis && v->count[i] != 1;
  return axes;
}

void orr_h5_view_name_cell(const orr_h5_view *v, uint64_t cell, orr_text *out) {
  uint64_t place[H5S_MAX_RANK];
  int axes = 0, axis[H5S_MAX_RANK];
  for (int i = v->array->rank; i-- > 0;) {
    if (i == v->row_axis || v->count[i] == 1) continue;
    place[axes] = v->count[i] ? cell % v->count[i] : 0;
    cell /= v->count[i] ? v->count[i] : 1;
    axis[axes++] = i;
  }
  for (int k = 0; k < axes; k++) {
    int at = v->array->is_matlab ? k : axes - 1 - k;
    uint64_t from = v->start[axis[at]] + place[at] * v->step[axis[at]];
    orr_text_printf(out, "_%" PRIu64, from + 1);
  }
}
