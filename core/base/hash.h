/* Content hashes: XXH3, 128 bits, written as 32 hexadecimal digits.
 * They name data and steps; they guard against accident, not against malice. */
#ifndef ORR_BASE_HASH_H
#define ORR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct orr_hash {
  uint64_t high, low;
} orr_hash;

enum { ORR_HASH_TEXT = 33 }; /* bytes of a hash as text, NUL included */

orr_hash orr_hash_bytes(const void *bytes, size_t n);
uint64_t orr_hash_short(const void *bytes, size_t n);

/* Mixes in order: hash(a, b) differs from hash(b, a). */
orr_hash orr_hash_join(orr_hash a, orr_hash b);
orr_hash orr_hash_string(const char *s);
char *orr_hash_to_text(orr_hash h, char out[ORR_HASH_TEXT]);

/* The same hash of bytes that come piece by piece, in order. */
typedef struct orr_hashing orr_hashing;
orr_status orr_hashing_new(orr_hashing **out, orr_error *e);
void orr_hashing_add(orr_hashing *h, const void *bytes, size_t n);
orr_hash orr_hashing_get(const orr_hashing *h); /* of all bytes so far */
void orr_hashing_free(orr_hashing *h);

/* Hash of the whole content of an open descriptor, read from its start; *bytes gets its size. */
orr_status orr_hash_file(int fd, orr_hash *out, uint64_t *bytes, orr_error *e);

#endif
