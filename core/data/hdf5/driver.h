/* A virtual file driver of libhdf5 that reads one descriptor, given to it, and opens nothing. */
#ifndef ORR_DATA_HDF5_DRIVER_H
#define ORR_DATA_HDF5_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "data/hdf5/library.h"

/* Of a dataset's bytes the driver can say where they lie instead of reading them. */
typedef struct orr_h5_capture {
  bool on;
  size_t reads; /* that were not made; of the last one: */
  uint64_t at;
  size_t size;
} orr_h5_capture;

typedef struct orr_h5_driver_info {
  int fd;                  /* open for reading; stays the caller's */
  orr_h5_capture *capture; /* the caller's too, while the file is open; NULL: none */
} orr_h5_driver_info;

/* The one name that the driver opens: that of the descriptor. */
#define ORR_H5_DRIVER_NAME "the file"

hid_t orr_h5_driver_register(void); /* to be given back with H5FDunregister; negative on failure */

#endif
