/* Numbers in text, read exactly and fast.
 *
 * The usual cell (a sign, up to 19 digits, one decimal mark) is taken eight
 * digits at a time without a loop over its bytes, and rounded by one exact
 * operation; everything else takes the careful way of csv_number.c. Both give
 * the double nearest to what is written, as strtod does.
 */
#ifndef ORR_DATA_CSV_NUMBER_H
#define ORR_DATA_CSV_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes before and after a cell that may be read, though they say nothing. */
enum { ORR_CSV_MARGIN = 64 };

/* What a cell was seen to be; a column is what all of its cells are. */
typedef enum orr_csv_seen {
  ORR_SEEN_BOOL = 1,
  ORR_SEEN_INTEGER = 2,
  ORR_SEEN_LARGE = 4, /* an integer beyond 64 bits */
  ORR_SEEN_NUMBER = 8,
  ORR_SEEN_TIME = 16,
  ORR_SEEN_FAR = 32,  /* a time that no int64 of nanoseconds holds */
  ORR_SEEN_ZERO = 64, /* an integer with leading zeros, which names something */
  ORR_SEEN_TEXT = 128,
  ORR_SEEN_PADDED = 256, /* an integer of two digits, the first of them 0: a month, a day, an hour */
  ORR_SEEN_UNEVEN = 512  /* beside ORR_SEEN_INTEGER: one of them has not just two digits */
} orr_csv_seen;

enum { ORR_SEEN_NUMERIC = ORR_SEEN_INTEGER | ORR_SEEN_LARGE | ORR_SEEN_NUMBER };

/* A number as digits: digits × 10^-fraction, with its sign. */
typedef struct orr_csv_digits {
  uint64_t digits;
  int fraction; /* digits after the mark */
  bool negative, integer;
} orr_csv_digits;

static inline uint64_t orr_csv_word(const char *s) {
  uint64_t word;
  memcpy(&word, s, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

/* The first of n ≤ 24 bytes that is `c`, or n. */
static inline size_t orr_csv_find_near(const char *s, size_t n, char c) {
  const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  for (size_t at = 0; at < n; at += 8) {
    uint64_t x = orr_csv_word(s + at) ^ (ones * (unsigned char)c), zero = (x - ones) & ~x & highs;
    if (!zero) continue;
    size_t found = at + (size_t)(__builtin_ctzll(zero) >> 3);
    return found < n ? found : n;
  }
  return n;
}

/* The eight bytes that end at `end` of a run of digits with a mark before the last `fraction` of them, as if the
 * mark were not there; those before the last `digits` count as '0'. */
static inline uint64_t orr_csv_gather(const char *end, int digits, int fraction) {
  const uint64_t zeros = 0x3030303030303030u;
  uint64_t after = orr_csv_word(end - 8), before = orr_csv_word(end - 9);
  uint64_t of_fraction = fraction >= 8   ? ~(uint64_t)0
                         : fraction <= 0 ? 0
                                         : ~(uint64_t)0 << (64 - 8 * fraction);
  uint64_t inside = digits >= 8 ? ~(uint64_t)0 : digits <= 0 ? 0 : ~(uint64_t)0 << (64 - 8 * digits);
  uint64_t word = (after & of_fraction) | (before & ~of_fraction);
  return (word & inside) | (zeros & ~inside);
}

static inline bool orr_csv_are_digits(uint64_t word) {
  return !(((word + 0x4646464646464646u) | (word - 0x3030303030303030u)) & 0x8080808080808080u);
}

/* Eight digits to their value: pairs, then fours, then all. */
static inline uint64_t orr_csv_value_of_eight(uint64_t word) {
  word -= 0x3030303030303030u;
  word = word * 10 + (word >> 8);
  uint64_t high = (word & 0x000000ff000000ffu) * 0x000f424000000064u;
  uint64_t low = ((word >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u;
  return (high + low) >> 32;
}

/* The usual form: [sign] digits [mark digits], 19 digits at most, no leading zero but one; false: it is another.
 * Needs the margin around the cell. */
static inline __attribute__((always_inline)) bool orr_csv_read_digits(const char *s, size_t n, char mark,
                                                                      orr_csv_digits *out) {
  out->negative = *s == '-';
  size_t sign = (size_t)(*s == '-') + (size_t)(*s == '+');
  s += sign;
  n -= sign;
  if (n - 1 >= 20) return false;
  size_t whole = orr_csv_find_near(s, n, mark);
  int digits = (int)n - (whole < n), fraction = whole < n ? digits - (int)whole : 64;
  const char *end = s + n;
  if (whole > 1 && *s == '0') return false;
  uint64_t last = orr_csv_gather(end, digits, fraction);
  bool good = orr_csv_are_digits(last);
  out->digits = orr_csv_value_of_eight(last);
  if (digits > 8) {
    uint64_t middle = orr_csv_gather(end - 8, digits - 8, fraction - 8);
    good &= orr_csv_are_digits(middle);
    out->digits += orr_csv_value_of_eight(middle) * 100000000u;
    uint64_t first = orr_csv_gather(end - 16, digits - 16, fraction - 16);
    good &= orr_csv_are_digits(first);
    out->digits += orr_csv_value_of_eight(first) * 10000000000000000u;
  }
  out->integer = whole == n;
  out->fraction = out->integer ? 0 : fraction;
  return good && digits > 0 && digits < 20;
}

/* ±digits × 10^exponent, correctly rounded; false where that takes more than 128 bits. */
bool orr_csv_scale(uint64_t digits, int exponent, double *out);

/* 10^n, exact up to n = 22. */
static inline double orr_csv_power(int n) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  return powers[n];
}

static inline bool orr_csv_digits_to_double(const orr_csv_digits *d, double *out) {
  const uint64_t safe =
      1000000000000000u; /* below 2^53; a bound on digits is easier to guess than one on bits */
  double x;
  if (d->digits >= safe) {
    if (!orr_csv_scale(d->digits, -d->fraction, &x)) return false;
  } else x = (double)(int64_t)d->digits / orr_csv_power(d->fraction); /* Clinger's fast path */
  uint64_t bits; /* signs come at random, and a branch would be guessed wrong half of the time */
  memcpy(&bits, &x, sizeof bits);
  bits |= (uint64_t)d->negative << 63;
  memcpy(out, &bits, sizeof bits);
  return true;
}

/* Any number at all: what it is (ORR_SEEN_INTEGER, _LARGE, _NUMBER, _ZERO, _PADDED), or 0 when it is none. `mark` is the
 * decimal mark, `group` (0: none) stands between groups of three digits. *value is the nearest double; *integer is
 * set for ORR_SEEN_INTEGER and _PADDED. NaN is a number here. Needs the margin around the cell. */
unsigned orr_csv_read_number(const char *s, size_t n, char mark, char group, double *value, int64_t *integer);

#endif
