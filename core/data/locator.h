/* SRC: what a person names as data. `file.csv`, `file.h5`, `file.h5:/group/dataset[0:1000,:]`,
 * `file.h5/group/dataset`, `file.h5:/events.pt`, or `-` for CSV on standard input. */
#ifndef ORR_DATA_LOCATOR_H
#define ORR_DATA_LOCATOR_H

#include "base/arena.h"

typedef struct orr_locator {
  const char *file;   /* "-": standard input */
  const char *inside; /* from its first '/' on; NULL: nothing is named */
} orr_locator;

/* A file whose whole name is `src` wins; then "FILE:/inside", "FILE/inside" and "FILE:" for a FILE that exists, the
 * longest first. What names no file that exists is taken apart at the first ":/" all the same, so that the error
 * names the file. ORR_DATA: "FILE:inside", which needs a '/'. */
orr_status orr_locator_parse(const char *src, orr_arena *arena, orr_locator *out, orr_error *e);

#endif
