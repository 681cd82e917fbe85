/* Figures of a dataset's raw elements: how many are NaN, the least, the largest, the mean. */
#ifndef ORR_DATA_HDF5_FIGURES_H
#define ORR_DATA_HDF5_FIGURES_H

#include "data/hdf5/array.h"
#include "data/hdf5/walk.h"

/* [{"path", "shape", "dtype", "n_nan", "min", "max", "mean", "looked_at", "mean_error", "error"}, …] of all datasets,
 * the hidden ones too. What cannot be read has "error"; *readable counts those that could. */
orr_status orr_h5_datasets(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_json **out, size_t *readable,
                           orr_error *e);

#endif
