/* What MATLAB writes into its files of version 7.3 beside plain matrices. */
#ifndef ORR_DATA_HDF5_MATLAB_H
#define ORR_DATA_HDF5_MATLAB_H

#include "data/hdf5/plan.h"

bool orr_h5_matlab_is_numeric(const char *class);

/* Plans what is no plain matrix: text; *done is set. Cells and objects are refused in clear words. */
orr_status orr_h5_plan_matlab(orr_h5_reader *r, orr_h5_array *a, orr_h5_plan *out, bool *done, orr_error *e);

#endif
