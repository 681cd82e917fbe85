/* Checked allocation: all heap memory of the core passes here, so that one
 * counter can make any of it fail, and another knows how much there is. */
#include "base/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long countdown = -1;

void orr_memory_fail_after(long after) { atomic_store(&countdown, after); }

static atomic_size_t held, peak;

static void *enter(void *block) {
  if (!block) return NULL;
  size_t size = malloc_usable_size(block);
  size_t now = atomic_fetch_add_explicit(&held, size, memory_order_relaxed) + size;
  size_t most = atomic_load_explicit(&peak, memory_order_relaxed);
  while (now > most && !atomic_compare_exchange_weak_explicit(&peak, &most, now, memory_order_relaxed,
                                                              memory_order_relaxed))
    ;
  return block;
}

static void leave(size_t size) { atomic_fetch_sub_explicit(&held, size, memory_order_relaxed); }

size_t orr_memory_held(void) { return atomic_load(&held); }
size_t orr_memory_peak(void) { return atomic_load(&peak); }
void orr_memory_forget_peak(void) { atomic_store(&peak, atomic_load(&held)); }

static bool fails(void) {
  if (atomic_load_explicit(&countdown, memory_order_relaxed) < 0) return false;
  if (atomic_fetch_sub(&countdown, 1) > 0) return false;
  atomic_store(&countdown, 0);
  return true;
}

bool orr_multiply(size_t a, size_t b, size_t *product) { return !__builtin_mul_overflow(a, b, product); }

void *orr_calloc(size_t count, size_t size) {
  size_t bytes;
  if (!orr_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX || fails()) return NULL;
  return enter(calloc(count ? count : 1, size ? size : 1));
}

void *orr_realloc(void *block, size_t count, size_t size) {
  size_t bytes;
  if (!orr_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX || fails()) return NULL;
  size_t before = block ? malloc_usable_size(block) : 0;
  void *grown = realloc(block, bytes ? bytes : 1);
  if (grown) leave(before);
  return enter(grown);
}

void orr_free(void *block) {
  if (block) leave(malloc_usable_size(block));
  free(block);
}

char *orr_strndup(const char *s, size_t n) {
  char *copy = orr_calloc(n + 1, 1);
  if (copy) memcpy(copy, s, n);
  return copy;
}

char *orr_strdup(const char *s) { return orr_strndup(s, strlen(s)); }
