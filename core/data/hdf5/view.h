/* A view of an array as rows of cells: which axis the rows run along, and which part is wanted.
 *
 * In C order the rows run along the first axis that is kept, as in numpy; in
 * MATLAB's files along the last, since MATLAB stores its first axis last.
 */
#ifndef ORR_DATA_HDF5_VIEW_H
#define ORR_DATA_HDF5_VIEW_H

#include "data/hdf5/array.h"

typedef struct orr_h5_view {
  orr_h5_array *array;
  uint64_t start[H5S_MAX_RANK], step[H5S_MAX_RANK], count[H5S_MAX_RANK]; /* along the file's axes */
  bool dropped[H5S_MAX_RANK];                                            /* by an index in place of a slice */
  int row_axis;                                                          /* -1: there is one row */
  uint64_t rows, cells;                                                  /* cells of a row */
  uint64_t inner; /* cells of a row that lie side by side: all, or one where rows run along the last axis */
} orr_h5_view;

/* One part of "[…]": begin:end:step or one index, which drops the axis. */
typedef struct orr_h5_slice {
  bool has_begin, has_end, is_index;
  int64_t begin, end, step;
} orr_h5_slice;

/* All of the array. */
orr_status orr_h5_view_new(orr_h5_reader *r, orr_h5_array *a, orr_h5_view **out, orr_error *e);

/* Narrows it; axes in the order of its language (MATLAB's reversed). ORR_DATA: too many, or out of range. */
orr_status orr_h5_view_slice(orr_h5_view *v, const orr_h5_slice *slices, size_t n, orr_error *e);

/* Python's rules for a slice of n things. */
orr_status orr_h5_slice_resolve(const orr_h5_slice *s, uint64_t n, uint64_t *first, uint64_t *step,
                                uint64_t *count, orr_error *e);

/* Keeps the rows first, first + step, …, count of them. */
void orr_h5_view_take_rows(orr_h5_view *v, uint64_t first, uint64_t step, uint64_t count);

/* Rows to read at a time: few megabytes, along the chunks. */
uint64_t orr_h5_view_block(const orr_h5_view *v);

/* The elements of rows first … first + n - 1; those of cell j lie at orr_h5_view_at and on with orr_h5_view_stride. */
orr_status orr_h5_view_read(orr_h5_reader *r, const orr_h5_view *v, uint64_t first, uint64_t n, void *out,
                            orr_error *e);
size_t orr_h5_view_at(const orr_h5_view *v, uint64_t cell, uint64_t n);
size_t orr_h5_view_stride(const orr_h5_view *v);

/* "_2_3" of cell j: its place along each axis of a row, from 1; "_7" when there is one such axis. */
void orr_h5_view_name_cell(const orr_h5_view *v, uint64_t cell, orr_text *out);
int orr_h5_view_row_axes(const orr_h5_view *v); /* axes of a row of more than one cell */

#endif
