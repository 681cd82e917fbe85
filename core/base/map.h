/* Text to index, in order of first sight: column names, categories, classes.
 * Open addressing over xxHash; keys are copied into one growing block. */
#ifndef ORR_BASE_MAP_H
#define ORR_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct orr_map {
  char *bytes; /* all keys, each ending in NUL */
  size_t bytes_used, bytes_capacity;
  size_t *offsets; /* of key i in `bytes` */
  size_t count, capacity;
  uint32_t *slots; /* index + 1, or 0; a power of two of them */
  size_t n_slots;
} orr_map;

enum { ORR_MAP_NONE = -1 };

/* Index of the key, adding it when new. Keys hold no NUL: the first `length` bytes up to one count. */
orr_status orr_map_add(orr_map *m, const char *key, size_t length, int32_t *index, orr_error *e);
int32_t orr_map_find(const orr_map *m, const char *key, size_t length);
const char *orr_map_key(const orr_map *m, size_t index);
void orr_map_fini(orr_map *m);

#endif
