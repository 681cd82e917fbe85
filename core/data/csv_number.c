/* Numbers in text: the careful way, for what csv_number.h does not take at a
 * glance. Digits and exponent are read by the byte. Only where more than 19
 * digits leave open between which two doubles the number lies is strtod asked. */
#include "data/csv_number.h"

#include <math.h>
#include <strings.h>

#include "base/text.h"

enum { MOST_LENGTH = 400, MOST_DIGITS = 19 };

/* A number taken apart; digits that do not fit into 64 bits make it inexact. */
typedef struct parts {
  orr_csv_digits d;
  int exponent, significant;
  bool exact, has_mark, has_exponent, leading_zero, large;
} parts;

static bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

static void add_digit(parts *p, char c) {
  if (p->significant >= MOST_DIGITS) {
    p->exact = p->exact && c == '0';
    p->exponent++;
  } else {
    p->d.digits = p->d.digits * 10 + (uint64_t)(c - '0');
    p->significant += p->d.digits != 0;
  }
}

static size_t read_mantissa(const char *s, size_t n, char mark, parts *p) {
  size_t at = 0, count = 0;
  for (; at < n && is_digit(s[at]); at++, count++) add_digit(p, s[at]);
  p->leading_zero = count > 1 && s[0] == '0';
  p->large = p->exponent > 0;
  p->has_mark = at < n && s[at] == mark;
  if (p->has_mark)
    for (at++; at < n && is_digit(s[at]); at++, count++) add_digit(p, s[at]), p->exponent--;
  return count ? at : 0;
}

/* e, E, or Fortran's d and D; a sign; digits. False when something else follows the mantissa. */
static bool read_exponent(const char *s, size_t n, parts *p) {
  if (!n) return true;
  if (!strchr("eEdD", *s) || !*s) return false;
  size_t at = 1;
  bool negative = at < n && s[at] == '-';
  at += at < n && (s[at] == '-' || s[at] == '+');
  int e = 0;
  if (at == n) return false;
  for (; at < n && is_digit(s[at]); at++)
    if (e < 100000) e = e * 10 + (s[at] - '0');
  p->exponent += negative ? -e : e;
  p->has_exponent = true;
  return at == n;
}

static bool is_word(const char *s, size_t n, const char *word) {
  return n == strlen(word) && !strncasecmp(s, word, n);
}

static bool read_word(const char *s, size_t n, bool negative, double *value) {
  if (is_word(s, n, "nan")) *value = NAN;
  else if (is_word(s, n, "inf") || is_word(s, n, "infinity")) *value = negative ? -INFINITY : INFINITY;
  else return false;
  return true;
}

/* strtod in the C locale knows neither another mark nor Fortran's exponents. */
static bool read_long(const char *s, size_t n, char mark, double *value) {
  char text[MOST_LENGTH + 1];
  if (n > MOST_LENGTH) return false;
  for (size_t i = 0; i < n; i++) text[i] = s[i] == mark ? '.' : s[i] == 'd' || s[i] == 'D' ? 'e' : s[i];
  text[n] = 0;
  return orr_text_to_number(text, value);
}

/* What lies between two numbers that round alike rounds so, too. */
static bool round_parts(const parts *p, double *value) {
  double x = orr_csv_scale(p->d.digits, p->exponent);
  if (!p->exact && orr_csv_scale(p->d.digits + 1, p->exponent) != x) return false;
  *value = p->d.negative ? -x : x;
  return true;
}

static unsigned integer_kind(const parts *p, int64_t *integer) {
  uint64_t most = (uint64_t)INT64_MAX + p->d.negative;
  if (p->large || p->d.digits > most) return ORR_SEEN_LARGE;
  *integer = (int64_t)(p->d.negative ? 0 - p->d.digits : p->d.digits);
  return ORR_SEEN_INTEGER;
}

static unsigned read_plain(const char *s, size_t n, char mark, double *value, int64_t *integer) {
  parts p = {.exact = true};
  const char *from = s;
  p.d.negative = n && *s == '-';
  size_t sign = n && (*s == '-' || *s == '+');
  size_t used = read_mantissa(s + sign, n - sign, mark, &p);
  if (!used) return read_word(s + sign, n - sign, p.d.negative, value) ? ORR_SEEN_NUMBER : 0;
  if (!read_exponent(s + sign + used, n - sign - used, &p)) return 0;
  if (p.leading_zero && !p.has_mark && !p.has_exponent) {
    *integer = (int64_t)p.d.digits;
    return n == 2 ? ORR_SEEN_PADDED : ORR_SEEN_ZERO;
  }
  if (!round_parts(&p, value) && !read_long(from, n, mark, value)) return 0;
  return p.has_mark || p.has_exponent ? ORR_SEEN_NUMBER : integer_kind(&p, integer);
}

static size_t digits_at(const char *s, size_t n, size_t at) {
  size_t from = at;
  while (at < n && is_digit(s[at])) at++;
  return at - from;
}

/* Takes out the marks between groups of three digits before the decimal mark; false where they stand elsewhere. */
static bool ungroup(const char *s, size_t n, char group, char *out, size_t *length) {
  size_t at = n && (*s == '-' || *s == '+'), first = digits_at(s, n, at), used = at + first;
  if (!first || first > 3) return false;
  memcpy(out, s, used);
  for (at = used; at < n && s[at] == group; at += 4, used += 3) {
    if (digits_at(s, n, at + 1) != 3) return false;
    memcpy(out + used, s + at + 1, 3);
  }
  if (memchr(s + at, group, n - at)) return false;
  memcpy(out + used, s + at, n - at);
  *length = used + n - at;
  return true;
}

unsigned orr_csv_read_number(const char *s, size_t n, char mark, char group, double *value,
                             int64_t *integer) {
  char text[ORR_CSV_MARGIN + 64 + ORR_CSV_MARGIN] = {0};
  if (n > MOST_LENGTH) return 0;
  if (!group || n > 64 || !memchr(s, group, n)) return read_plain(s, n, mark, value, integer);
  if (!ungroup(s, n, group, text + ORR_CSV_MARGIN, &n)) return 0;
  return read_plain(text + ORR_CSV_MARGIN, n, mark, value, integer);
}
