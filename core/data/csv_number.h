/* Numbers in text, read exactly and fast.
 *
 * The usual cell (a sign, digits that make at most 19 without leading zeros,
 * one decimal mark) is taken sixteen digits at a time, and rounded by one exact
 * operation or by csv_scale.c; everything else takes the careful way of
 * csv_number.c. Both give the double nearest to what is written, as strtod does.
 */
#ifndef ORR_DATA_CSV_NUMBER_H
#define ORR_DATA_CSV_NUMBER_H

#include "data/csv_digits.h"

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

/* Up to 32 digits, and one mark or none, that end at `end`. */
static inline bool orr_csv_read_many(const char *end, size_t n, char mark, orr_csv_digits *out) {
  const uint64_t most = 1843; /* times 10^16, and 16 digits more: below 2^64 */
  uint32_t marks = orr_csv_marks(end - 16, mark) | (uint32_t)orr_csv_marks(end, mark) << 16;
  if (n < 32) marks &= ~(uint32_t)0 << (32 - n);
  unsigned after = marks ? (unsigned)__builtin_clz(marks) : 32, digits = (unsigned)n - (marks != 0);
  orr_csv_eights low, high;
  bool good = orr_csv_read_sixteen(end, 16, after < 16 ? after : 16, &low);
  good &= orr_csv_read_sixteen(end - 16, digits - 16, after < 16 ? 0 : after - 16, &high);
  out->digits = orr_csv_whole(high) * 10000000000000000u + orr_csv_whole(low);
  out->integer = !marks;
  out->fraction = marks ? (int)after : 0;
  return good & (orr_csv_whole(high) <= most);
}

/* Up to 16 digits, and one mark or none, that end at `end`. */
static inline bool orr_csv_read_few(const char *end, size_t n, char mark, orr_csv_digits *out) {
  unsigned marks = orr_csv_marks(end, mark) << 1 & ~0u << (17 - n);
  unsigned after = (unsigned)__builtin_clz(marks | 1) - 15, digits = (unsigned)n - (marks != 0);
  out->integer = !marks;
  out->fraction = marks ? (int)after : 0;
  orr_csv_eights x;
  bool good = orr_csv_read_sixteen(end, digits, after, &x);
  out->digits = orr_csv_whole(x);
  return good & (digits != 0);
}

/* The usual form: [sign] digits [mark digits], no leading zero but one before the mark, and no more digits than 64
 * bits hold; false: it is another. Needs the margin around the cell. */
static inline __attribute__((always_inline)) bool orr_csv_read_digits(const char *s, size_t n, char mark,
                                                                      orr_csv_digits *out) {
  const char *end = s + n;
  out->negative = *s == '-';
  size_t sign = (size_t)(*s == '-') | (size_t)(*s == '+');
  n -= sign;
  if (n - 1 >= 32) return false;
  bool good = n < 17 ? orr_csv_read_few(end, n, mark, out) : orr_csv_read_many(end, n, mark, out);
  size_t whole = n - (size_t)out->fraction - !out->integer;
  return good & !((whole > 1) & (s[sign] == '0'));
}

/* digits × 10^exponent, correctly rounded. */
double orr_csv_scale(uint64_t digits, int exponent);

/* ±10^n, exact up to n = 22. */
static inline double orr_csv_power(unsigned n, bool negative) {
  static const double powers[2][23] = {
      {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22},
      {-1e0,  -1e1,  -1e2,  -1e3,  -1e4,  -1e5,  -1e6,  -1e7,  -1e8,  -1e9,  -1e10, -1e11,
       -1e12, -1e13, -1e14, -1e15, -1e16, -1e17, -1e18, -1e19, -1e20, -1e21, -1e22}};
  return powers[negative][n];
}

/* Signs come at random, and a branch would be guessed wrong half of the time: the divisor has the sign. */
static inline double orr_csv_digits_to_double(const orr_csv_digits *d) {
  const uint64_t safe =
      1000000000000000u; /* below 2^53; a bound on digits is easier to guess than one on bits */
  if ((d->digits < safe) & (d->fraction <= 22)) /* Clinger's fast path */
    return (double)(int64_t)d->digits / orr_csv_power((unsigned)d->fraction, d->negative);
  double x = orr_csv_scale(d->digits, -d->fraction);
  return d->negative ? -x : x;
}

/* The most usual form, with a mark and at most 16 digits, as a double; false: it is another. Needs the margin. */
static inline __attribute__((always_inline)) bool orr_csv_read_decimal(const char *s, size_t n, char mark,
                                                                       double *out) {
  const char *end = s + n;
  n -= ((unsigned)(*s - '+') & ~2u) == 0; /* '+' and '-' differ by 2 */
  if (n - 2 >= 16) return false;
  unsigned marks = orr_csv_marks(end, mark) << 1 & ~0u << (17 - n);
  if (!marks) return false;
  unsigned after = (unsigned)__builtin_clz(marks) - 15;
  orr_csv_eights digits;
  if (!orr_csv_read_sixteen(end, (unsigned)n - 1, after, &digits)) return false;
  double x = orr_csv_real(digits);
  if (x >= 0x1p53) return false;
  *out = x / orr_csv_power(after, *s == '-'); /* two exact numbers: rounded once */
  return true;
}

/* The most usual integer, of at most 16 digits; false: it is another form. Needs the margin. */
static inline __attribute__((always_inline)) bool orr_csv_read_integer(const char *s, size_t n,
                                                                       int64_t *out) {
  const char *end = s + n;
  size_t sign = ((unsigned)(*s - '+') & ~2u) == 0;
  orr_csv_eights digits;
  n -= sign;
  if (n - 1 >= 16 || (n > 1 && s[sign] == '0')) return false;
  if (!orr_csv_read_sixteen(end, (unsigned)n, 16, &digits)) return false;
  int64_t negative = -(int64_t)(*s == '-'); /* 0 or all ones: no branch to be guessed wrong */
  *out = ((int64_t)orr_csv_whole(digits) ^ negative) - negative;
  return true;
}

/* The usual form with an exponent of a sign and two digits; false: it is another. Needs the margin. */
static inline bool orr_csv_read_scientific(const char *s, size_t n, char mark, double *out) {
  orr_csv_digits d;
  if (n < 5 || (s[n - 4] | 0x20) != 'e' || (s[n - 3] != '-' && s[n - 3] != '+')) return false;
  unsigned tens = (unsigned)(s[n - 2] - '0'), ones = (unsigned)(s[n - 1] - '0');
  if (tens > 9 || ones > 9 || !orr_csv_read_digits(s, n - 4, mark, &d)) return false;
  int exponent = (int)(tens * 10 + ones);
  double x = orr_csv_scale(d.digits, (s[n - 3] == '-' ? -exponent : exponent) - d.fraction);
  *out = d.negative ? -x : x;
  return true;
}

/* Any number at all: what it is (ORR_SEEN_INTEGER, _LARGE, _NUMBER, _ZERO, _PADDED), or 0 when it is none. `mark` is the
 * decimal mark, `group` (0: none) stands between groups of three digits. *value is the nearest double; *integer is
 * set for ORR_SEEN_INTEGER and _PADDED. NaN is a number here. Needs the margin around the cell. */
unsigned orr_csv_read_number(const char *s, size_t n, char mark, char group, double *value, int64_t *integer);

#endif
