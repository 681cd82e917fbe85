/* A virtual file driver of libhdf5 that reads one descriptor, given to it, and opens nothing. */
#ifndef ORR_DATA_HDF5_DRIVER_H
#define ORR_DATA_HDF5_DRIVER_H

#include "data/hdf5/library.h"

typedef struct orr_h5_driver_info {
  int fd; /* open for reading; stays the caller's */
} orr_h5_driver_info;

/* The one name that the driver opens: that of the descriptor. */
#define ORR_H5_DRIVER_NAME "the file"

hid_t orr_h5_driver_register(void); /* to be given back with H5FDunregister; negative on failure */

#endif
