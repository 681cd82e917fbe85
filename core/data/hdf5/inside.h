/* What is wanted inside a file: "/group/dataset[0:1000,:]", "/events.pt", "/group@attribute". */
#ifndef ORR_DATA_HDF5_INSIDE_H
#define ORR_DATA_HDF5_INSIDE_H

#include "data/hdf5/view.h"

typedef struct orr_h5_inside {
  const char *path;      /* of an object that exists */
  const char *column;    /* of it; NULL: all */
  const char *attribute; /* of it; NULL: none */
  orr_h5_slice slices[H5S_MAX_RANK];
  size_t n_slices;
} orr_h5_inside;

/* ORR_USAGE: a slice that cannot be read. ORR_DATA: no such object; names that are like it are given. */
orr_status orr_h5_inside_parse(orr_h5_reader *r, const char *text, orr_h5_inside *out, orr_error *e);

#endif
