/* One reading of one file: the open file, the request's wishes, and all that is collected on the way.
 *
 * Memory of a reading is its arena's, library ids that live longer than a
 * function are the reader's: whoever fails has nothing to clean up.
 */
#ifndef ORR_DATA_HDF5_READER_H
#define ORR_DATA_HDF5_READER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/vector.h"
#include "data/hdf5/driver.h"
#include "data/hdf5/library.h"

typedef enum orr_h5_flatten {
  ORR_H5_FLATTEN_BY_SIZE,
  ORR_H5_FLATTEN_COLUMNS,
  ORR_H5_FLATTEN_SUMMARY
} orr_h5_flatten;

typedef struct orr_h5_reader {
  int fd;
  int answer;         /* memory that the table is written to */
  const char *source; /* the file's name, for people */
  const orr_work *work;
  orr_h5_flatten flatten;
  uint64_t most; /* cells to look at; 0: all */

  hid_t driver, access, file;
  orr_h5_capture capture;
  uint64_t bytes;      /* of the file */
  uint64_t user_block; /* bytes before the HDF5 data */
  bool is_pytables, is_netcdf;
  orr_arena arena;
  ORR_VECTOR(hid_t) ids;
  orr_json *notes, *options;  /* owned until the answer takes them */
  struct orr_h5_batch *batch; /* memory for chunks, reused from box to box */
} orr_h5_reader;

/* Opens the file; `fd`, `source`, `work` and the wishes are set already. orr_h5_close is due either way. */
orr_status orr_h5_open(orr_h5_reader *r, orr_error *e);
void orr_h5_close(orr_h5_reader *r);

/* Gives the id into the reader's keeping: it is closed with the file. */
orr_status orr_h5_keep(orr_h5_reader *r, hid_t id, orr_error *e);

/* One line for the person about what was decided or left out; told once. */
void orr_h5_note(orr_h5_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ORR_DATA with the words given and what the library said was wrong. */
orr_status orr_h5_fail(orr_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A copy in the reader's arena; ORR_MEMORY when there is no room. */
orr_status orr_h5_copy(orr_h5_reader *r, const char *s, const char **out, orr_error *e);

#endif
