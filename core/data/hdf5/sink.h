/* A virtual file driver of libhdf5 that writes one descriptor, and whose writes never fail.
 *
 * libhdf5 neither closes its files nor frees what it holds when a write of its
 * last bytes fails. So the driver remembers the first failure, drops what comes
 * after it, and lets the library finish; then the writer asks.
 */
#ifndef ORR_DATA_HDF5_SINK_H
#define ORR_DATA_HDF5_SINK_H

#include "data/hdf5/library.h"

typedef struct orr_h5_sink {
  int fd;     /* open for reading and writing, empty; stays the caller's */
  int number; /* errno of the first failure; 0: none */
} orr_h5_sink;

/* Makes files of this access list go to the sink. The driver's id, to be given back with H5FDunregister after the
 * file is closed; negative on failure. */
hid_t orr_h5_sink_use(hid_t access, orr_h5_sink *sink);

#endif
