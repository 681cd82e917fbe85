/* Growable arrays: one macro, so that any struct of {items, count, capacity} is one. */
#ifndef ORR_BASE_VECTOR_H
#define ORR_BASE_VECTOR_H

#include "base/error.h"
#include "base/memory.h"

#define ORR_VECTOR(type)                                                                                     \
  struct {                                                                                                   \
    type *items;                                                                                             \
    size_t count, capacity;                                                                                  \
  }

orr_status orr_vector_grow(void **items, size_t count, size_t *capacity, size_t size, orr_error *e);

/* Appends `value`; returns the error from the enclosing function. */
#define ORR_PUSH(vector, value, e)                                                                           \
  do {                                                                                                       \
    if ((vector)->count == (vector)->capacity)                                                               \
      ORR_TRY(orr_vector_grow((void **)&(vector)->items, (vector)->count, &(vector)->capacity,               \
                              sizeof *(vector)->items, (e)));                                                \
    (vector)->items[(vector)->count++] = (value);                                                            \
  } while (0)

#endif
