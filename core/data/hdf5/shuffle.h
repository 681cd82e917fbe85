/* The inverse of HDF5's shuffle filter, which gathers first bytes, second bytes, … of a chunk's elements. */
#ifndef ORR_DATA_HDF5_SHUFFLE_H
#define ORR_DATA_HDF5_SHUFFLE_H

#include <stddef.h>

/* out[n] from shuffled[n], elements of `element` bytes; bytes after the last whole element stay as they are. */
void orr_h5_unshuffle(const char *shuffled, size_t n, size_t element, char *out);

/* Elements first … first + n - 1 of planes that lie `apart` bytes from each other: out[n, element]. */
void orr_h5_unshuffle_part(const char *planes, size_t apart, size_t element, size_t first, size_t n,
                           char *out);

#endif
