/* Chunks undone: the filters that this program undoes itself, on any thread. */
#ifndef ORR_DATA_HDF5_INFLATE_H
#define ORR_DATA_HDF5_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ORR_H5_MOST_FILTERS = 8, ORR_H5_SHUFFLE = 2, ORR_H5_LZF = 32000 };

/* A chunk's filters in the order of writing. */
typedef struct orr_h5_filters {
  size_t count;
  int ids[ORR_H5_MOST_FILTERS];
  size_t element[ORR_H5_MOST_FILTERS]; /* of shuffle: bytes of an element */
} orr_h5_filters;

bool orr_h5_inflates(int filter);

/* One worker's memory, reused from chunk to chunk; {0} is empty. */
typedef struct orr_h5_scratch {
  void *inflater;
  char *buffers[2];
  size_t capacity;
} orr_h5_scratch;
void orr_h5_scratch_fini(orr_h5_scratch *s);

/* Undoes the filters on raw[n], of which `bytes` must come. They go to `out`, or, when that is NULL, into memory of the
 * scratch; *made says where they are. A set bit i of `skipped`: filter i was not applied. Returns what is wrong, or
 * NULL. */
const char *orr_h5_inflate(const orr_h5_filters *f, uint32_t skipped, const char *raw, size_t n, char *out,
                           size_t bytes, orr_h5_scratch *s, const char **made);

/* Teaches the library h5py's LZF, for what only the library can read. */
void orr_h5_inflate_register(void);

#endif
