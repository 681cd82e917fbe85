/* Arenas: memory with one lifetime.
 *
 * A step takes all its scratch memory from one arena and frees it in one call,
 * so that no function on the way has anything to clean up. Blocks come back
 * zeroed and aligned to 64 bytes (a cache line, and any vector register).
 */
#ifndef ORR_BASE_ARENA_H
#define ORR_BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

typedef struct orr_arena {
  struct orr_arena_block *blocks;
} orr_arena;

/* {0} is an empty arena. */
orr_status orr_arena_take(orr_arena *a, size_t count, size_t size, void **out, orr_error *e);
char *orr_arena_strndup(orr_arena *a, const char *s, size_t n); /* NULL when out of memory */
char *orr_arena_strdup(orr_arena *a, const char *s);
char *orr_arena_printf(orr_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void orr_arena_fini(orr_arena *a);

/* pointer = count zeroed elements of its type, or the function returns the error. */
#define ORR_TAKE(arena, pointer, count, e)                                                                   \
  ORR_TRY(orr_arena_take((arena), (count), sizeof *(pointer), (void **)&(pointer), (e)))

#endif
