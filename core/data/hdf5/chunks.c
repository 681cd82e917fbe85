/* Chunks: fetched raw in order, undone and put in their places by all workers; see array.h.
 *
 * A batch holds the chunks of a part of the box, a few dozen megabytes of
 * compressed bytes at most. Each element of the box belongs to one chunk, so
 * workers never write to the same place.
 */
#include <stdatomic.h>
#include <string.h>

#include "data/hdf5/array.h"

enum { BATCH_BYTES = 16 << 20, BATCH_CHUNKS = 4096 };

typedef struct chunk {
  uint64_t start[H5S_MAX_RANK];
  size_t at, size; /* in the batch's bytes; size 0: never written */
  uint32_t skipped;
} chunk;

typedef struct orr_h5_batch {
  const orr_h5_array *array;
  const uint64_t *start, *count; /* the box */
  char *out;
  chunk *chunks;
  size_t n_chunks;
  char *raw;
  size_t used, capacity;
  orr_h5_scratch *scratch; /* [n_scratch] one a worker */
  atomic_flag *taken;      /* of scratch */
  size_t n_scratch;
  _Atomic(const char *) wrong;
} batch;

void orr_h5_batch_free(batch *b) {
  if (!b) return;
  for (size_t i = 0; i < b->n_scratch && b->scratch; i++) orr_h5_scratch_fini(&b->scratch[i]);
  orr_free(b->scratch);
  orr_free(b->taken);
  orr_free(b->chunks);
  orr_free(b->raw);
  orr_free(b);
}

/* What chunk and box have in common, along one axis. */
typedef struct overlap {
  uint64_t in_chunk, in_box, n;
} overlap;

static void find_overlaps(const batch *b, const uint64_t *start, overlap *o) {
  for (int i = 0; i < b->array->rank; i++) {
    uint64_t from = start[i] > b->start[i] ? start[i] : b->start[i];
    uint64_t chunk_end = start[i] + b->array->chunk[i], box_end = b->start[i] + b->count[i];
    uint64_t end = chunk_end < box_end ? chunk_end : box_end;
    o[i] = (overlap){.in_chunk = from - start[i], .in_box = from - b->start[i], .n = end - from};
  }
}

/* The first axis of those that run on without a gap in both chunk and box. */
static int first_joined(const batch *b, const overlap *o) {
  int axis = b->array->rank - 1;
  while (axis > 0 && o[axis].n == b->array->chunk[axis] && o[axis].n == b->count[axis]) axis--;
  return axis;
}

static size_t offset_in(const uint64_t *sizes, const uint64_t *index, int rank) {
  size_t at = 0;
  for (int i = 0; i < rank; i++) at = at * sizes[i] + index[i];
  return at;
}

static bool advance(uint64_t *index, const overlap *o, int axes) {
  for (int i = axes; i-- > 0;) {
    if (++index[i] < o[i].n) return true;
    index[i] = 0;
  }
  return false;
}

/* Lines of `bytes` each, `to_step` and `from_step` apart; the common widths without a call. */
static void copy_lines(char *to, size_t to_step, const char *from, size_t from_step, size_t lines,
                       size_t bytes) {
  if (bytes == 8)
    for (size_t i = 0; i < lines; i++) memcpy(to + i * to_step, from + i * from_step, 8);
  else if (bytes == 4)
    for (size_t i = 0; i < lines; i++) memcpy(to + i * to_step, from + i * from_step, 4);
  else
    for (size_t i = 0; i < lines; i++) memcpy(to + i * to_step, from + i * from_step, bytes);
}

/* Copies the common part; `from` is the chunk's elements, or one element for all of them when `single`. Axes before
 * `line` are stepped through; along `line` lie lines of elements that run on in both. */
static void place(const batch *b, const uint64_t *start, const char *from, bool single) {
  const orr_h5_array *a = b->array;
  overlap o[H5S_MAX_RANK];
  uint64_t index[H5S_MAX_RANK] = {0}, here[H5S_MAX_RANK], there[H5S_MAX_RANK];
  find_overlaps(b, start, o);
  int joined = first_joined(b, o), line = joined ? joined - 1 : 0;
  size_t elements = 1, lines = joined ? o[line].n : 1, to_step = a->bytes, from_step = a->bytes;
  for (int i = joined; i < a->rank; i++) {
    elements *= o[i].n;
    to_step *= b->count[i], from_step *= a->chunk[i];
  }
  do {
    for (int i = 0; i < a->rank; i++) {
      here[i] = o[i].in_chunk + (i < line ? index[i] : 0);
      there[i] = o[i].in_box + (i < line ? index[i] : 0);
    }
    char *to = b->out + offset_in(b->count, there, a->rank) * a->bytes;
    const char *first = from + offset_in(a->chunk, here, a->rank) * a->bytes;
    if (!single) copy_lines(to, to_step, first, from_step, lines, elements * a->bytes);
    for (size_t i = 0; single && i < lines; i++)
      copy_lines(to + i * to_step, a->bytes, from, 0, elements, a->bytes);
  } while (advance(index, o, line));
}

/* Where a chunk lies whole and in one run in the box, it is undone in its place. */
static char *own_place(const batch *b, const uint64_t *start) {
  overlap o[H5S_MAX_RANK];
  uint64_t there[H5S_MAX_RANK];
  find_overlaps(b, start, o);
  int joined = first_joined(b, o);
  for (int i = 0; i < b->array->rank; i++) {
    if (o[i].n != b->array->chunk[i] || (i < joined && o[i].n != 1)) return NULL;
    there[i] = o[i].in_box;
  }
  return b->out + offset_in(b->count, there, b->array->rank) * b->array->bytes;
}

static size_t take_scratch(batch *b) {
  for (size_t i = 0;; i = (i + 1) % b->n_scratch)
    if (!atomic_flag_test_and_set(&b->taken[i])) return i;
}

static void undo_chunk(void *context, size_t task) {
  batch *b = context;
  const chunk *c = &b->chunks[task];
  const char *wrong;
  if (atomic_load_explicit(&b->wrong, memory_order_relaxed)) return;
  if (!c->size) {
    place(b, c->start, b->array->fill, true);
    return;
  }
  size_t s = take_scratch(b);
  char *to = own_place(b, c->start);
  const char *out = to;
  wrong = orr_h5_inflate(&b->array->filters, c->skipped, b->raw + c->at, c->size, to, b->array->chunk_bytes,
                         &b->scratch[s], &out);
  if (!wrong && !to) place(b, c->start, out, false);
  atomic_flag_clear(&b->taken[s]);
  if (wrong) atomic_store(&b->wrong, wrong);
}

static orr_status make_room(batch *b, size_t more, orr_error *e) {
  if (b->used + more <= b->capacity) return ORR_OK;
  size_t want = b->used + more + b->capacity / 2;
  char *grown = orr_realloc(b->raw, want, 1);
  if (!grown) return orr_fail_memory(e, "a dataset's chunks", want);
  b->raw = grown;
  b->capacity = want;
  return ORR_OK;
}

static orr_status fetch(orr_h5_reader *r, batch *b, chunk *c, orr_error *e) {
  hsize_t at[H5S_MAX_RANK], size = 0;
  const orr_h5_array *a = b->array;
  for (int i = 0; i < a->rank; i++) at[i] = c->start[i];
  if (H5Dget_chunk_storage_size(a->id, at, &size) < 0) {
    H5Eclear2(H5E_DEFAULT);
    size = 0; /* so it speaks of chunks that were never written */
  }
  c->at = b->used;
  c->size = size;
  if (!size) return ORR_OK;
  if (size > r->bytes)
    return orr_fail(e, ORR_DATA, "%s: a chunk is larger than the file; it is damaged", a->path);
  ORR_TRY(make_room(b, size, e));
  if (H5Dread_chunk(a->id, H5P_DEFAULT, at, &c->skipped, b->raw + b->used) < 0)
    return orr_h5_fail(e, "%s: a chunk cannot be read", a->path);
  b->used += size;
  return ORR_OK;
}

static orr_status run_batch(orr_h5_reader *r, batch *b, orr_error *e) {
  ORR_TRY(orr_work_run(r->work, "inflating", b->n_chunks, undo_chunk, b, e));
  const char *wrong = atomic_load(&b->wrong);
  b->n_chunks = b->used = 0;
  return wrong ? orr_fail(e, ORR_DATA, "%s: a chunk cannot be read: %s", b->array->path, wrong) : ORR_OK;
}

static bool next_chunk(const batch *b, uint64_t *at) {
  const orr_h5_array *a = b->array;
  for (int i = a->rank; i-- > 0;) {
    at[i] += a->chunk[i];
    if (at[i] < b->start[i] + b->count[i]) return true;
    at[i] = b->start[i] - b->start[i] % a->chunk[i];
  }
  return false;
}

static orr_status read_all(orr_h5_reader *r, batch *b, orr_error *e) {
  uint64_t at[H5S_MAX_RANK];
  for (int i = 0; i < b->array->rank; i++) at[i] = b->start[i] - b->start[i] % b->array->chunk[i];
  bool more = true;
  while (more) {
    chunk *c = &b->chunks[b->n_chunks++];
    memcpy(c->start, at, sizeof c->start);
    ORR_TRY(fetch(r, b, c, e));
    if (b->n_chunks % 64 == 0) ORR_TRY(orr_progress_step(r->work, "reading", 0, 0, e));
    more = next_chunk(b, at);
    if (!more || b->n_chunks == BATCH_CHUNKS || b->used >= BATCH_BYTES) ORR_TRY(run_batch(r, b, e));
  }
  return ORR_OK;
}

static orr_status new_batch(orr_h5_reader *r, orr_error *e) {
  batch *b = r->batch = orr_calloc(1, sizeof *b);
  if (!b) return orr_fail_memory(e, "chunks", sizeof *b);
  b->n_scratch = orr_pool_threads(r->work ? r->work->pool : NULL);
  b->chunks = orr_calloc(BATCH_CHUNKS, sizeof *b->chunks);
  b->scratch = orr_calloc(b->n_scratch, sizeof *b->scratch);
  b->taken = orr_calloc(b->n_scratch, sizeof *b->taken);
  return b->chunks && b->scratch && b->taken ? ORR_OK : orr_fail_memory(e, "chunks", BATCH_CHUNKS);
}

orr_status orr_h5_read_chunks(orr_h5_reader *r, const orr_h5_array *a, const uint64_t *start,
                              const uint64_t *count, char *out, orr_error *e) {
  if (!r->batch) ORR_TRY(new_batch(r, e));
  batch *b = r->batch;
  b->array = a, b->start = start, b->count = count, b->out = out;
  b->n_chunks = b->used = 0;
  atomic_store(&b->wrong, NULL);
  return read_all(r, b, e);
}
