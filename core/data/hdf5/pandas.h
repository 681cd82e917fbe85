/* What pandas' two forms in HDF5 share: pickled attributes, indexes, the order of columns. */
#ifndef ORR_DATA_HDF5_PANDAS_H
#define ORR_DATA_HDF5_PANDAS_H

#include "data/hdf5/layout.h"
#include "data/hdf5/pickle.h"

/* An attribute that is a pickled value; NULL: absent, or no pickle. */
const orr_h5_pickle *orr_h5_pickled(orr_h5_reader *r, hid_t object, const char *name);

/* The texts of a pickled list; numbers become text; NULL where neither. */
orr_status orr_h5_pickled_texts(orr_h5_reader *r, const orr_h5_pickle *list, orr_h5_texts *out, orr_error *e);

/* A text attribute that may hold a pickled None instead; NULL then. */
const char *orr_h5_pandas_name(orr_h5_reader *r, hid_t object, const char *attribute);

/* What the `kind` or `dtype` of pandas makes of a column of integers. */
void orr_h5_pandas_kind(orr_h5_column *c, const char *kind);

/* Puts the columns from `from` on into the order of `names`; those without a name there come last. */
orr_status orr_h5_plan_order(orr_h5_reader *r, orr_h5_plan *p, size_t from, const orr_h5_texts *names,
                             orr_error *e);

/* Leaves an index of 0, 1, 2, … without a name out: it is the row's number. */
orr_status orr_h5_plan_drop_range(orr_h5_reader *r, orr_h5_plan *p, size_t at, orr_error *e);

#endif
