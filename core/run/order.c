/* The order of an epoch's rows; see order.h.
 *
 * The halves swap roles instead of places: even rounds change the right half
 * by a function of the left one, odd rounds the left one, so that they may
 * differ by a bit. Small n walk in a domain of 256, where six rounds already mix.
 */
#include "run/order.h"

#include "base/memory.h"
#include "base/random.h"

enum { LEAST_BITS = 8 };

static unsigned bits_for(size_t n) {
  unsigned bits = LEAST_BITS;
  while (bits < 32 && (size_t)1 << bits < n) bits++;
  return bits;
}

/* Even rounds look up the left half, odd ones the right. */
static size_t entries(const orr_order *o, int round) { return (size_t)1 << (round % 2 ? o->right : o->left); }

static orr_status make_room(orr_order *o, size_t n, orr_error *e) {
  size_t all = 0;
  orr_order_fini(o);
  *o = (orr_order){.n = n, .right = bits_for(n) / 2, .left = bits_for(n) - bits_for(n) / 2};
  for (int r = 0; r < ORR_ORDER_ROUNDS; r++) all += entries(o, r);
  o->round[0] = orr_calloc(all, sizeof **o->round);
  if (!o->round[0]) return orr_fail_memory(e, "an order of rows", all * sizeof **o->round);
  for (int r = 1; r < ORR_ORDER_ROUNDS; r++) o->round[r] = o->round[r - 1] + entries(o, r - 1);
  return ORR_OK;
}

orr_status orr_order_set(orr_order *o, uint64_t seed, uint64_t epoch, size_t n, orr_error *e) {
  if (n > (size_t)UINT32_MAX + 1) return orr_fail(e, ORR_DATA, "%zu rows are more than can be trained on", n);
  if (!o->round[0] || o->n != n) ORR_TRY(make_room(o, n, e));
  orr_random words = orr_random_stream(seed, epoch, ORR_FOR_ORDER);
  for (int r = 0; r < ORR_ORDER_ROUNDS; r++) {
    uint32_t mask = (1u << (r % 2 ? o->left : o->right)) - 1;
    for (size_t i = 0; i < entries(o, r); i++) o->round[r][i] = (uint16_t)(orr_random_word(&words) & mask);
  }
  return ORR_OK;
}

void orr_order_fini(orr_order *o) {
  orr_free(o->round[0]);
  *o = (orr_order){0};
}

static inline uint32_t encipher(const orr_order *o, uint32_t place) {
  uint32_t left = place >> o->right, right = place & ((1u << o->right) - 1);
  for (int r = 0; r < ORR_ORDER_ROUNDS; r += 2) {
    right ^= o->round[r][left];
    left ^= o->round[r + 1][right];
  }
  return left << o->right | right;
}

void orr_order_fill(const orr_order *o, size_t first, size_t count, uint32_t *rows) {
  for (size_t i = 0; i < count; i++) {
    uint32_t row = encipher(o, (uint32_t)(first + i));
    while (row >= o->n) row = encipher(o, row);
    rows[i] = row;
  }
}
