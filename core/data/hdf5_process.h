/* The helper as a process: what it is given, how it is watched, how it ends.
 *
 * The helper is our own executable, started anew (never a fork that runs on
 * inside a program with threads). It gets the descriptors below and no other,
 * leads a process group of its own, and is reaped on every way out.
 */
#ifndef ORR_DATA_HDF5_PROCESS_H
#define ORR_DATA_HDF5_PROCESS_H

#include "base/progress.h"

/* Its descriptors; 0, 1 and 2 are /dev/null. */
enum {
  ORR_HDF5_FILE = 3,     /* what is read */
  ORR_HDF5_ANSWER = 4,   /* memory for the answer */
  ORR_HDF5_PROGRESS = 5, /* a byte now and then: it makes headway */
  ORR_HDF5_REQUEST = 6   /* JSON */
};

/* Runs the helper on the open file `fd`. *answer: memory that nobody can change any more; the caller closes it.
 * ORR_SYSTEM: it could not be run, or died; ORR_DATA: it made no headway; ORR_STOPPED: `work` asked for that. */
orr_status orr_hdf5_run(const char *program, int fd, const char *source, const char *request,
                        const orr_work *work, int *answer, orr_error *e);

#endif
