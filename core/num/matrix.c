/* Matrices and the fixed cutting of sums; see matrix.h. */
#include "num/matrix.h"

#include "base/memory.h"

orr_status orr_matrix_take(orr_arena *a, size_t rows, size_t cols, orr_matrix *out, orr_error *e) {
  size_t cells;
  if (!orr_multiply(rows, cols, &cells)) return orr_fail_memory(e, "a matrix", (unsigned long long)rows);
  *out = (orr_matrix){.rows = rows, .cols = cols};
  ORR_TAKE(a, out->x, cells, e);
  return ORR_OK;
}

orr_blocks orr_blocks_of(size_t rows) {
  enum { UNIT = 64, MOST = 256 };
  size_t block = (rows / MOST / UNIT + 1) * UNIT;
  return (orr_blocks){.rows = rows, .block = block, .count = (rows + block - 1) / block};
}

size_t orr_blocks_start(const orr_blocks *b, size_t i) { return i * b->block; }

size_t orr_blocks_end(const orr_blocks *b, size_t i) {
  size_t end = (i + 1) * b->block;
  return end < b->rows ? end : b->rows;
}
