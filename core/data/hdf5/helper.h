/* What runs inside the helper process: a request read from JSON, a file, and the answer written into a piece of
 * memory that the parent reads. README.md gives the form of both. */
#ifndef ORR_DATA_HDF5_HELPER_H
#define ORR_DATA_HDF5_HELPER_H

#include "base/json.h"
#include "base/progress.h"

/* Writes the answer of success into `answer_fd` (growable, mappable). On failure what was written counts for
 * nothing, and the error is the answer: ORR_DATA for the file and the object, ORR_USAGE for the request,
 * ORR_SYSTEM and ORR_MEMORY for this machine, ORR_STOPPED. */
orr_status orr_hdf5_answer(const orr_json *request, int file_fd, int answer_fd, const orr_work *work,
                           orr_error *e);

#endif
