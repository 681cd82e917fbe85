/* Mappings: a piece of read-only memory that several columns look into.
 *
 * The columns of one HDF5 answer share the memory that the helper filled; it
 * goes away with the last of them. Nothing may write into it.
 */
#ifndef ORR_DATA_MAPPING_H
#define ORR_DATA_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef void (*orr_release_fn)(void *address, size_t size);

typedef struct orr_mapping {
  int refs; /* atomic */
  const char *address;
  size_t size;
  orr_release_fn release;
} orr_mapping;

/* Memory that exists already; `release` gives it back. */
orr_status orr_mapping_new(void *address, size_t size, orr_release_fn release, orr_mapping **out,
                           orr_error *e);

/* The whole of an open file, which must not change any more. */
orr_status orr_mapping_of_file(int fd, orr_mapping **out, orr_error *e);

orr_mapping *orr_mapping_ref(orr_mapping *m);
void orr_mapping_unref(orr_mapping *m);

static inline bool orr_mapping_holds(const orr_mapping *m, const void *p) {
  return m && (const char *)p >= m->address && (const char *)p < m->address + m->size;
}

#endif
