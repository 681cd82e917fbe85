/* Arenas: a list of blocks, the newest first; large requests get a block of
 * their own behind it, so that the newest keeps its free space. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { ALIGNMENT = 64, BLOCK_BYTES = 64 * 1024 };

typedef struct orr_arena_block {
  struct orr_arena_block *next;
  size_t used, size; /* bytes of `data` */
  char data[];
} block;

static block *block_new(orr_arena *a, size_t size) {
  block *b = orr_calloc(1, sizeof *b + size + ALIGNMENT);
  if (!b) return NULL;
  b->size = size + ALIGNMENT;
  if (size > BLOCK_BYTES && a->blocks) {
    b->next = a->blocks->next;
    a->blocks->next = b;
  } else {
    b->next = a->blocks;
    a->blocks = b;
  }
  return b;
}

static void *block_take(block *b, size_t bytes) {
  size_t start = b->used + (size_t)(-(uintptr_t)(b->data + b->used) & (ALIGNMENT - 1));
  if (start + bytes > b->size) return NULL;
  b->used = start + bytes;
  return b->data + start;
}

orr_status orr_arena_take(orr_arena *a, size_t count, size_t size, void **out, orr_error *e) {
  size_t bytes;
  *out = NULL;
  if (!orr_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX / 2)
    return orr_fail_memory(e, "an array", (unsigned long long)count);
  if (a->blocks) *out = block_take(a->blocks, bytes);
  if (*out) return ORR_OK;
  block *b = block_new(a, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
  if (!b) return orr_fail_memory(e, "an array", bytes);
  *out = block_take(b, bytes);
  return ORR_OK;
}

char *orr_arena_strndup(orr_arena *a, const char *s, size_t n) {
  void *copy;
  if (orr_arena_take(a, n + 1, 1, &copy, NULL)) return NULL;
  memcpy(copy, s, n);
  return copy;
}

char *orr_arena_strdup(orr_arena *a, const char *s) { return orr_arena_strndup(a, s, strlen(s)); }

char *orr_arena_printf(orr_arena *a, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  void *text = NULL;
  if (n >= 0 && orr_arena_take(a, (size_t)n + 1, 1, &text, NULL) == ORR_OK)
    vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  va_end(args);
  return text;
}

void orr_arena_fini(orr_arena *a) {
  for (block *b = a->blocks, *next; b; b = next) {
    next = b->next;
    orr_free(b);
  }
  a->blocks = NULL;
}
