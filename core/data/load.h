/* Loading: whatever a person names as data becomes a table, by what the file
 * is and not by its name. What was decided on the way (a CSV file's dialect, how
 * an HDF5 dataset became columns) comes back as options that decide it again. */
#ifndef ORR_DATA_LOAD_H
#define ORR_DATA_LOAD_H

#include "base/option.h"
#include "base/progress.h"
#include "data/locator.h"
#include "data/table.h"

typedef struct orr_loaded {
  orr_table *table;  /* its origin is the hash of the file, and of the place inside it */
  orr_hash content;  /* of the whole file's bytes */
  orr_value options; /* dict */
  const char *how;   /* the decisions in a line, for people */
  orr_arena arena;   /* owns options and how */
} orr_loaded;

/* Checks a dict of options by hand (NULL: none) against the rows of every kind of file. */
orr_status orr_load_options(const orr_value *given, orr_arena *arena, orr_options *out, orr_error *e);

/* Adds KEY=VALUE, as the command line gives it, to such a dict. */
orr_status orr_load_parse(const char *word, orr_arena *arena, orr_value *dict, orr_error *e);

/* Opens what a SRC names; standard input is descriptor 0. */
orr_status orr_load_open(const char *src, orr_arena *arena, orr_locator *where, int *fd, orr_error *e);

/* What kind of file it is. ORR_USAGE: an option that this kind does not know, or a place inside a file that has none;
 * ORR_DATA: a file of a kind that is known and not read. */
orr_status orr_load_kind(int fd, const orr_locator *where, const orr_options *given, bool *is_hdf5,
                         orr_error *e);

/* Reads the whole table. `program`: our own executable, which reads HDF5. Fails as orr_load_kind does, too. */
orr_status orr_load(int fd, const orr_locator *where, const char *program, const orr_options *given,
                    const orr_work *work, orr_loaded *out, orr_error *e);
void orr_loaded_fini(orr_loaded *l); /* drops its table too, unless it was set to NULL */

/* The same place as an absolute SRC. */
orr_status orr_load_absolute(const orr_locator *where, orr_arena *arena, const char **out, orr_error *e);

/* "x.h5:/events" of "/data/x.h5:/events": the file's name, and what is named inside. */
void orr_load_name(const orr_locator *where, orr_text *out);

#endif
