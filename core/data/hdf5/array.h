/* A dataset opened for reading: its shape, its elements, how they are stored, and boxes of them. */
#ifndef ORR_DATA_HDF5_ARRAY_H
#define ORR_DATA_HDF5_ARRAY_H

#include "data/hdf5/cell.h"
#include "data/hdf5/inflate.h"

typedef enum orr_h5_storage {
  ORR_H5_BY_LIBRARY, /* libhdf5 reads it */
  ORR_H5_IN_ONE,     /* one run of bytes at `offset` of the file */
  ORR_H5_IN_CHUNKS   /* inflated here, by all workers */
} orr_h5_storage;

typedef struct orr_h5_array {
  const char *path;
  hid_t id;
  hid_t type; /* of an element as it comes to memory */
  bool none;  /* no elements and no shape (a null dataspace) */
  int rank;
  uint64_t dims[H5S_MAX_RANK];
  uint64_t elements;
  size_t bytes;    /* of an element */
  bool pointers;   /* elements hold memory of the library's: orr_h5_reclaim is due */
  bool is_matlab;  /* the axes are to be read in reverse */
  bool is_logical; /* MATLAB's integers 0 and 1 for false and true */

  orr_h5_storage storage;
  bool is_chunked; /* `chunk` is known; also where the library reads */
  uint64_t offset;
  uint64_t chunk[H5S_MAX_RANK];
  size_t chunk_bytes;
  orr_h5_filters filters;
  int missing_filter; /* the number of one that is not built in; 0: none */
  char *fill;         /* [bytes] an element that was never written */
} orr_h5_array;

/* Opens the dataset; the reader closes it. Says nothing yet about whether its data can be read. */
orr_status orr_h5_array_open(orr_h5_reader *r, const char *path, orr_h5_array **out, orr_error *e);

/* ORR_DATA, in words that name the cause, for data of other files and filters that are not built in. */
orr_status orr_h5_array_check(const orr_h5_reader *r, const orr_h5_array *a, orr_error *e);

/* The elements from `start`, `count` of them along each axis, every `step`-th (NULL: each), in C order. */
orr_status orr_h5_read_box(orr_h5_reader *r, const orr_h5_array *a, const uint64_t *start,
                           const uint64_t *step, const uint64_t *count, void *out, orr_error *e);
void orr_h5_reclaim(const orr_h5_array *a, void *elements, size_t n);

/* "gzip", "lz4", …; NULL for a number that is not known. */
const char *orr_h5_filter_name(int filter);

/* The way of orr_h5_read_box for chunks; out[count[0], …] */
orr_status orr_h5_read_chunks(orr_h5_reader *r, const orr_h5_array *a, const uint64_t *start,
                              const uint64_t *count, char *out, orr_error *e);
void orr_h5_batch_free(struct orr_h5_batch *b);

/* Boxes of about `budget` bytes that cut the array along its chunks: the counts of one. */
void orr_h5_array_block(const orr_h5_array *a, size_t budget, uint64_t *block);

#endif
