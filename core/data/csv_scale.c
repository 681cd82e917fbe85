/* Decimal digits to the nearest double, for any exponent: the digits times the
 * leading 128 bits of a power of five (D. Lemire, "Number parsing at a gigabyte
 * per second", Software: Practice and Experience 51, 2021). That
 * these bits always suffice, for subnormal numbers too, is N. Mushtak and D.
 * Lemire, "Fast number parsing without fallback", the same, 53, 2023.
 *
 * The powers are exact but for the bits cut off; they are found once, by long
 * multiplication and division. */
#include <pthread.h>

#include "data/csv_number.h"

enum {
  LEAST_POWER = -342, /* 2^64 × 10^-343 rounds to 0 */
  MOST_POWER = 308,   /* 10^309 is infinite */
  UP_TO = 27, /* reciprocals of powers of five below 2^64 are rounded up, so that exact ones are met */
  LIMBS = 16, /* 2^960 / 5^342 still has more than 128 bits */
  FRACTION_BITS = 52,
  BIAS = 1023,
  INFINITE = 2047
};

__extension__ typedef unsigned __int128 wide;

typedef struct power {
  uint64_t high, low; /* of 128 bits, the top one set */
} power;

static power powers[MOST_POWER - LEAST_POWER + 1]; /* of five */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready; /* atomic */

static power top_of(const uint64_t limbs[LIMBS]) {
  int i = LIMBS - 1;
  while (!limbs[i]) i--;
  int shift = __builtin_clzll(limbs[i]);
  uint64_t a = limbs[i], b = i > 0 ? limbs[i - 1] : 0, c = i > 1 ? limbs[i - 2] : 0;
  if (!shift) return (power){a, b};
  return (power){a << shift | b >> (64 - shift), b << shift | c >> (64 - shift)};
}

static void times_five(uint64_t limbs[LIMBS]) {
  wide carry = 0;
  for (int i = 0; i < LIMBS; i++) {
    carry += (wide)limbs[i] * 5;
    limbs[i] = (uint64_t)carry;
    carry >>= 64;
  }
}

static void over_five(uint64_t limbs[LIMBS]) {
  wide rest = 0;
  for (int i = LIMBS; i--;) {
    rest = rest << 64 | limbs[i];
    limbs[i] = (uint64_t)(rest / 5);
    rest %= 5;
  }
}

static void find_powers(void) {
  uint64_t up[LIMBS] = {1}, down[LIMBS] = {[LIMBS - 1] = 1};
  for (int q = 0; q <= MOST_POWER; q++, times_five(up)) powers[q - LEAST_POWER] = top_of(up);
  for (int q = -1; q >= LEAST_POWER; q--) {
    over_five(down);
    power p = top_of(down);
    if (q >= -UP_TO) p.high += !++p.low;
    powers[q - LEAST_POWER] = p;
  }
  __atomic_store_n(&ready, true, __ATOMIC_RELEASE);
}

/* The leading 128 bits of digits × 5^q; the lower part of the power matters only where the upper one leaves the
 * rounding open. */
static wide multiply(uint64_t digits, int q) {
  const uint64_t open = 0x1ff; /* bits below those that a double, and its rounding, take */
  power p = powers[q - LEAST_POWER];
  wide product = (wide)digits * p.high;
  if (((uint64_t)(product >> 64) & open) == open) product += (uint64_t)((wide)digits * p.low >> 64);
  return product;
}

/* The leading one of `kept` adds one to the exponent, and so does a carry out of the fraction. */
static double put_together(uint64_t kept, int exponent) {
  uint64_t bits = kept + ((uint64_t)exponent << FRACTION_BITS);
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Exactly between two doubles lies only what 64 bits hold, so that its power of five is a small one. */
static bool is_half(wide product, uint64_t kept, int shift, int q) {
  return (uint64_t)product <= 1 && q >= -4 && q <= 23 && (kept & 3) == 1 &&
         kept << shift == (uint64_t)(product >> 64);
}

/* The last bit of `kept` is rounded away. */
static uint64_t round_last(uint64_t kept) { return (kept + (kept & 1)) >> 1; }

double orr_csv_scale(uint64_t digits, int q) {
  if (!digits || q < LEAST_POWER) return 0;
  if (q > MOST_POWER) return put_together(0, INFINITE);
  if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) pthread_once(&once, find_powers);
  int zeros = __builtin_clzll(digits);
  wide product = multiply(digits << zeros, q);
  int carry = (int)(product >> 127), shift = carry + 64 - FRACTION_BITS - 3;
  uint64_t kept = (uint64_t)(product >> 64) >> shift; /* a leading one, the fraction, a bit to round */
  int exponent = ((217706 * q) >> 16) + 63 + carry - zeros + BIAS; /* 217706 / 2^16: log2 of 10 */
  if (exponent >= INFINITE) return put_together(0, INFINITE);
  if (exponent <= -63) return 0;
  if (exponent <= 0) return put_together(round_last(kept >> (1 - exponent)), 0);
  if (is_half(product, kept, shift, q)) kept--;
  return put_together(round_last(kept), exponent - 1);
}
