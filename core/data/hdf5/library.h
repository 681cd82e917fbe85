/* The one door to libhdf5. Its interface of version 1.10 is asked for, so that later versions serve too. */
#ifndef ORR_DATA_HDF5_LIBRARY_H
#define ORR_DATA_HDF5_LIBRARY_H

#define H5_USE_110_API
#include <hdf5.h>

#endif
