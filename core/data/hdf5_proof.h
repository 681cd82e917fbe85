/* The helper's answer, believed only after it was proven.
 *
 * The helper may have been taken over by the file that it read: every offset,
 * size, code, mark and byte of text of its answer is checked before anything of
 * it is used. What is not as promised is ORR_SYSTEM; the form of an answer is in
 * core/data/hdf5/README.md.
 */
#ifndef ORR_DATA_HDF5_PROOF_H
#define ORR_DATA_HDF5_PROOF_H

#include "data/hdf5.h"
#include "data/mapping.h"

#define ORR_HDF5_MAGIC "ORRH5\0\0\1" /* of 8 bytes */

enum { ORR_HDF5_HEAD = 16 /* bytes before the JSON */, ORR_HDF5_ALIGNMENT = 64 /* of a section */ };

/* What the answer says: facts and table, or the helper's own error with its status. */
orr_status orr_hdf5_prove(orr_mapping *answer, const char *source, const orr_work *work,
                          orr_hdf5_reading *out, orr_error *e);

/* The member "table" of the header: columns whose cells lie in the answer, from byte `start` on. */
orr_status orr_hdf5_prove_table(const orr_json *table, orr_mapping *answer, size_t start, const char *source,
                                const orr_work *work, orr_hdf5_reading *out, orr_error *e);

/* A whole number that a double holds exactly. */
bool orr_hdf5_size_of(const orr_json *number, size_t *out);

/* ORR_SYSTEM: the answer is not as promised. */
orr_status orr_hdf5_doubt(orr_error *e, const char *what);

#endif
