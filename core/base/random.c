/* The home of Random123. */
#include "base/random.h"

#include <math.h>
#include <string.h>

#include <Random123/philox.h>

orr_random orr_random_stream(uint64_t seed, uint64_t step, orr_purpose purpose) {
  orr_random r = {.key = {(uint32_t)seed, (uint32_t)(seed >> 32)}};
  r.counter[1] = (uint32_t)purpose;
  r.counter[2] = (uint32_t)step;
  r.counter[3] = (uint32_t)(step >> 32);
  return r;
}

static void refill(orr_random *r) {
  philox4x32_ctr_t counter;
  philox4x32_key_t key;
  memcpy(counter.v, r->counter, sizeof counter.v);
  memcpy(key.v, r->key, sizeof key.v);
  counter = philox4x32(counter, key);
  memcpy(r->block, counter.v, sizeof r->block);
  r->left = 4;
  if (++r->counter[0] == 0) r->counter[1] += 1u << 16; /* 2^34 words before the purpose's high half moves */
}

uint32_t orr_random_word(orr_random *r) {
  if (!r->left) refill(r);
  return r->block[4 - r->left--];
}

static uint64_t word64(orr_random *r) {
  uint64_t high = orr_random_word(r);
  return high << 32 | orr_random_word(r);
}

uint64_t orr_random_derive(uint64_t seed, uint64_t index) {
  orr_random r = orr_random_stream(seed, index, 0);
  return word64(&r);
}

double orr_random_uniform(orr_random *r) { return (double)(word64(r) >> 11) * 0x1p-53; }

/* Rejection on the top of the range: exact for any bound. */
uint64_t orr_random_below(orr_random *r, uint64_t bound) {
  uint64_t least = -bound % bound, word;
  do word = word64(r);
  while (word < least);
  return word % bound;
}

double orr_random_normal(orr_random *r) {
  double u = 1.0 - orr_random_uniform(r), v = orr_random_uniform(r);
  return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

void orr_random_shuffle(orr_random *r, size_t *items, size_t n) {
  for (size_t i = n; i > 1; i--) {
    size_t j = orr_random_below(r, i), item = items[i - 1];
    items[i - 1] = items[j];
    items[j] = item;
  }
}
