/* Text to index; see map.h. The table is at most half full. */
#include "base/map.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

static size_t probe(const orr_map *m, const char *key, size_t length) {
  size_t at = orr_hash_short(key, length) & (m->n_slots - 1);
  for (; m->slots[at]; at = (at + 1) & (m->n_slots - 1)) {
    const char *known = orr_map_key(m, m->slots[at] - 1);
    if (!strncmp(known, key, length) && !known[length]) break;
  }
  return at;
}

static orr_status rehash(orr_map *m, orr_error *e) {
  orr_map bigger = *m;
  bigger.n_slots = m->n_slots ? m->n_slots * 2 : 64;
  bigger.slots = orr_calloc(bigger.n_slots, sizeof *bigger.slots);
  if (!bigger.slots) return orr_fail_memory(e, "a dictionary", bigger.n_slots * sizeof *bigger.slots);
  for (size_t i = 0; i < m->count; i++) {
    const char *key = orr_map_key(m, i);
    bigger.slots[probe(&bigger, key, strlen(key))] = (uint32_t)i + 1;
  }
  orr_free(m->slots);
  *m = bigger;
  return ORR_OK;
}

static orr_status grow(void **block, size_t need, size_t *capacity, size_t size, orr_error *e) {
  if (need <= *capacity) return ORR_OK;
  size_t want = *capacity ? *capacity : 64;
  while (want < need) want *= 2;
  void *grown = orr_realloc(*block, want, size);
  if (!grown) return orr_fail_memory(e, "a dictionary", (unsigned long long)want * size);
  *block = grown;
  *capacity = want;
  return ORR_OK;
}

orr_status orr_map_add(orr_map *m, const char *key, size_t length, int32_t *index, orr_error *e) {
  length = strnlen(key, length);
  if (m->count * 2 >= m->n_slots) ORR_TRY(rehash(m, e));
  size_t at = probe(m, key, length);
  if (!m->slots[at]) {
    ORR_TRY(grow((void **)&m->bytes, m->bytes_used + length + 1, &m->bytes_capacity, 1, e));
    ORR_TRY(grow((void **)&m->offsets, m->count + 1, &m->capacity, sizeof *m->offsets, e));
    memcpy(m->bytes + m->bytes_used, key, length);
    m->bytes[m->bytes_used + length] = 0;
    m->offsets[m->count] = m->bytes_used;
    m->bytes_used += length + 1;
    m->slots[at] = (uint32_t)++m->count;
  }
  *index = (int32_t)m->slots[at] - 1;
  return ORR_OK;
}

int32_t orr_map_find(const orr_map *m, const char *key, size_t length) {
  if (!m->n_slots) return ORR_MAP_NONE;
  length = strnlen(key, length);
  return (int32_t)m->slots[probe(m, key, length)] - 1;
}

const char *orr_map_key(const orr_map *m, size_t index) { return m->bytes + m->offsets[index]; }

void orr_map_fini(orr_map *m) {
  orr_free(m->bytes);
  orr_free(m->offsets);
  orr_free(m->slots);
  *m = (orr_map){0};
}
