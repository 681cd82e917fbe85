/* HDF5 tables, read in a process of their own.
 *
 * libhdf5 has died on files that it was given; so it reads in a helper: our own
 * executable run again, without a way to open files or sockets, that writes
 * its answer into a sealed piece of memory. Whatever it does, the parent sees
 * an answer that it proves before it believes it, or an ordinary error.
 */
#ifndef ORR_DATA_HDF5_H
#define ORR_DATA_HDF5_H

#include "base/json.h"
#include "base/option.h"
#include "base/progress.h"
#include "data/table.h"

/* The options of a reading by hand: `flatten` (columns|summary) for data of three dimensions and more, … */
extern const orr_option orr_hdf5_options[];
extern const size_t orr_hdf5_options_count;

typedef struct orr_hdf5_request {
  const char *inside;       /* "/group/dataset[0:1000,:]", "/events.pt"; NULL: the one table-like object */
  const orr_options *given; /* rows of orr_hdf5_options, or a longer list that contains them; NULL: none */
  bool tree;                /* also list what is in the file, with figures of every dataset */
  bool table;               /* hand over the picked table */
  size_t most; /* cells to look at: of a larger dataset a sample of evenly spread runs of rows is taken,
                      for figures and table alike; 0: all */
} orr_hdf5_request;

/* What came back. `facts` is the object that core/data/hdf5/README.md describes: picked, why, candidates, tree,
 * datasets, notes. */
typedef struct orr_hdf5_reading {
  orr_table *table; /* NULL: none was asked for, or none picked */
  size_t rows_of;   /* rows of the whole dataset, of which the table may be a sample */
  orr_json *facts;
} orr_hdf5_reading;

/* `program`: our own executable. `fd`: the open file, which `source` names for people.
 * ORR_DATA: the file or the object is no table; ORR_SYSTEM: the helper died or could not be run. */
orr_status orr_hdf5_read(const char *program, int fd, const char *source, const orr_hdf5_request *request,
                         const orr_work *work, orr_hdf5_reading *out, orr_error *e);
void orr_hdf5_reading_fini(orr_hdf5_reading *r); /* drops its table too, unless it was set to NULL */

/* True for the signature of HDF5 at offset 0, 512, 1024, 2048, … of the file. */
bool orr_hdf5_is(int fd);

/* The helper's whole life, for app/main.c: argv as the parent gave it, with this word first. Returns the exit
 * status, with which the process is to end at once. */
#define ORR_HDF5_HELPER_WORD "--hdf5-helper"
int orr_hdf5_helper(int argc, char **argv);

/* Writes a table as one compound dataset `name` ("a/b": in a group) of a new file at `path`, complete or absent.
 * hdf5/README.md has the form. ORR_SYSTEM: it cannot be written; ORR_DATA: too many columns for a compound. */
typedef struct orr_hdf5_note {
  const char *key, *text;
} orr_hdf5_note;
const char *orr_hdf5_version(void); /* "1.10.8" */
orr_status orr_hdf5_write(const char *path, const char *name, const orr_table *t, const orr_hdf5_note *notes,
                          size_t n_notes, orr_error *e);

#endif
