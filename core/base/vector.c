/* The one growth rule of all vectors: twice the room, from 16. */
#include "base/vector.h"

orr_status orr_vector_grow(void **items, size_t count, size_t *capacity, size_t size, orr_error *e) {
  size_t want = count ? count * 2 : 16;
  void *grown = orr_realloc(*items, want, size);
  if (!grown) return orr_fail_memory(e, "a list", (unsigned long long)want * size);
  *items = grown;
  *capacity = want;
  return ORR_OK;
}
