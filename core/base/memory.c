/* Checked allocation: all heap memory of the core passes here, so that one
 * counter can make any of it fail. */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long countdown = -1;

void orr_memory_fail_after(long after) { atomic_store(&countdown, after); }

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
  return calloc(count ? count : 1, size ? size : 1);
}

void *orr_realloc(void *block, size_t count, size_t size) {
  size_t bytes;
  if (!orr_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX || fails()) return NULL;
  return realloc(block, bytes ? bytes : 1);
}

void orr_free(void *block) { free(block); }

char *orr_strndup(const char *s, size_t n) {
  char *copy = orr_calloc(n + 1, 1);
  if (copy) memcpy(copy, s, n);
  return copy;
}

char *orr_strdup(const char *s) { return orr_strndup(s, strlen(s)); }
