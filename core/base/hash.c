/* The home of xxHash. */
#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/memory.h"

static orr_hash from_xxh(XXH128_hash_t h) { return (orr_hash){h.high64, h.low64}; }

orr_hash orr_hash_bytes(const void *bytes, size_t n) { return from_xxh(XXH3_128bits(bytes, n)); }

uint64_t orr_hash_short(const void *bytes, size_t n) { return XXH3_64bits(bytes, n); }

orr_hash orr_hash_join(orr_hash a, orr_hash b) {
  uint64_t pair[4] = {a.high, a.low, b.high, b.low};
  return orr_hash_bytes(pair, sizeof pair);
}

orr_hash orr_hash_string(const char *s) { return orr_hash_bytes(s, strlen(s)); }

char *orr_hash_to_text(orr_hash h, char out[ORR_HASH_TEXT]) {
  snprintf(out, ORR_HASH_TEXT, "%016llx%016llx", (unsigned long long)h.high, (unsigned long long)h.low);
  return out;
}

struct orr_hashing {
  XXH3_state_t *state;
};

orr_status orr_hashing_new(orr_hashing **out, orr_error *e) {
  orr_hashing *h = orr_calloc(1, sizeof *h);
  if (h) h->state = XXH3_createState();
  if (!h || !h->state) return orr_free(h), orr_fail_memory(e, "a hash", 0);
  XXH3_128bits_reset(h->state);
  *out = h;
  return ORR_OK;
}

void orr_hashing_add(orr_hashing *h, const void *bytes, size_t n) { XXH3_128bits_update(h->state, bytes, n); }

orr_hash orr_hashing_get(const orr_hashing *h) { return from_xxh(XXH3_128bits_digest(h->state)); }

void orr_hashing_free(orr_hashing *h) {
  if (!h) return;
  XXH3_freeState(h->state);
  orr_free(h);
}

orr_status orr_hash_file(int fd, orr_hash *out, uint64_t *bytes, orr_error *e) {
  static _Thread_local char block[1 << 16];
  orr_hashing *h;
  ORR_TRY(orr_hashing_new(&h, e));
  *bytes = 0;
  ssize_t n;
  while ((n = pread(fd, block, sizeof block, (off_t)*bytes)) > 0) {
    orr_hashing_add(h, block, (size_t)n);
    *bytes += (uint64_t)n;
  }
  *out = orr_hashing_get(h);
  orr_hashing_free(h);
  return n < 0 ? orr_fail_errno(e, "cannot read the file to hash it") : ORR_OK;
}
