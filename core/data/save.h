/* Saving a table: HDF5 for a name that ends in .h5 or .hdf5, else CSV. The file
 * is complete or absent. */
#ifndef ORR_DATA_SAVE_H
#define ORR_DATA_SAVE_H

#include "base/progress.h"
#include "data/hdf5.h"

bool orr_save_is_hdf5(const char *path);

/* `notes`: where the table came from; attributes of an HDF5 file, left out of CSV. */
orr_status orr_save(const char *path, const orr_table *t, const orr_hdf5_note *notes, size_t n_notes,
                    const orr_work *work, orr_error *e);

/* The table as CSV: a header, then a line a row; missing cells are empty. */
orr_status orr_save_print_csv(const orr_table *t, const orr_work *work, orr_text *out, orr_error *e);

#endif
