/* Columns of numbers straight from where they are stored. A piece (a chunk, or some rows of one run of bytes) is read,
 * undone, taken apart and written out by one worker while all of it is in that worker's cache. */
#ifndef ORR_DATA_HDF5_STREAM_H
#define ORR_DATA_HDF5_STREAM_H

#include "data/hdf5/plan.h"

/* Whether these columns of one view can be filled so: numbers, rows along the first axis, none left out. */
bool orr_h5_streams(const orr_h5_view *v, orr_h5_column *const *columns, size_t n);

/* Fills the rows of `runs`, as orr_h5_fill does. */
orr_status orr_h5_stream(orr_h5_reader *r, const orr_h5_view *v, orr_h5_column *const *columns, size_t n,
                         const orr_h5_run *runs, size_t n_runs, orr_error *e);

#endif
