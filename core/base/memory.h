/* Checked allocation.
 *
 * Sizes are count × size, checked for overflow; memory comes back zeroed; a
 * failure is NULL and becomes an ordinary error. Tests make the n-th
 * allocation fail and walk n upwards, so each path is tried.
 */
#ifndef ORR_BASE_MEMORY_H
#define ORR_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void *orr_calloc(size_t count, size_t size);

/* Grows or shrinks; new bytes are not zeroed. On failure the old block lives. */
void *orr_realloc(void *block, size_t count, size_t size);
void orr_free(void *block);
char *orr_strdup(const char *s);
char *orr_strndup(const char *s, size_t n);

/* The allocation `after` further ones from now fails, and all later ones too; negative: none fails. */
void orr_memory_fail_after(long after);

/* Bytes that blocks hold now, their rounding up included, and the most that they did since `orr_memory_forget_peak`. */
size_t orr_memory_held(void);
size_t orr_memory_peak(void);
void orr_memory_forget_peak(void);

/* True when *product = a × b did not overflow. */
bool orr_multiply(size_t a, size_t b, size_t *product);

#endif
