/* The order of an epoch's rows: a keyed permutation of 0 … n-1 that is computed
 * where it is needed, so that any place of any epoch can be taken up again.
 *
 * A Feistel network (Luby and Rackoff 1988) on the next larger power of two,
 * its round functions tables of Philox words under the key (seed, epoch), and
 * cycle walking down to n (Black and Rogaway, "Ciphers with arbitrary finite
 * domains", CT-RSA 2002, section 4). The tables have about the square root of n
 * entries.
 */
#ifndef ORR_RUN_ORDER_H
#define ORR_RUN_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ORR_ORDER_ROUNDS = 6 };

typedef struct orr_order {
  size_t n;
  unsigned left, right;              /* bits of the two halves */
  uint16_t *round[ORR_ORDER_ROUNDS]; /* owned, one block */
} orr_order;

/* For n ≤ 2^32 rows; {0} before. Room is kept from epoch to epoch of the same n. */
orr_status orr_order_set(orr_order *o, uint64_t seed, uint64_t epoch, size_t n, orr_error *e);
void orr_order_fini(orr_order *o);

/* rows[count]: those at places first … first+count-1, which are below n. */
void orr_order_fill(const orr_order *o, size_t first, size_t count, uint32_t *rows);

#endif
