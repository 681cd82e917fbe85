/* Matrices of which the zeros are not stored (CSR, CSC), as columns of a table. */
#ifndef ORR_DATA_HDF5_SPARSE_H
#define ORR_DATA_HDF5_SPARSE_H

#include "data/hdf5/plan.h"

/* The group at `path` with data, indices, indptr and a shape; ORR_DATA when it is no such thing. */
orr_status orr_h5_sparse_open(orr_h5_reader *r, const char *path, const orr_h5_sparse **out, orr_error *e);

/* True when the group says it is one. */
bool orr_h5_is_sparse(orr_h5_reader *r, const char *path);

/* One column for each of the matrix, named by `names` (NULL: x1, x2, …). */
orr_status orr_h5_plan_sparse(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_sparse *s,
                              const orr_h5_texts *names, orr_error *e);

/* Fills those of its columns; cells are zero before. */
orr_status orr_h5_sparse_fill(orr_h5_reader *r, const orr_h5_plan *p, orr_h5_column *const *columns, size_t n,
                              const orr_h5_run *runs, size_t n_runs, orr_error *e);

#endif
