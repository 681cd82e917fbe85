/* Matrices: row-major doubles, with the shape beside them. They own nothing;
 * their cells live in an arena or in a kept model. */
#ifndef ORR_NUM_MATRIX_H
#define ORR_NUM_MATRIX_H

#include "base/arena.h"

typedef struct orr_matrix {
  size_t rows, cols;
  double *x; /* x[rows,cols] */
} orr_matrix;

/* Zeroed. */
orr_status orr_matrix_take(orr_arena *a, size_t rows, size_t cols, orr_matrix *out, orr_error *e);

static inline double *orr_matrix_row(const orr_matrix *m, size_t row) { return m->x + row * m->cols; }

/* How a sum over n rows is cut, by n alone: blocks of a multiple of 64 rows, 256 of them at most. */
typedef struct orr_blocks {
  size_t rows, block, count;
} orr_blocks;
orr_blocks orr_blocks_of(size_t rows);
size_t orr_blocks_start(const orr_blocks *b, size_t i);
size_t orr_blocks_end(const orr_blocks *b, size_t i);

#endif
