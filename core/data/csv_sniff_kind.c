/* What a single cell is at sight. The kinds need not be exact, for many cells
 * vote; they must be quick, and a number or a date must never pass as a name. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "data/csv_sniff.h"

enum { LONGEST_NAME = 64, MOST_WORDS = 8, LONGEST_NUMBER = 64 };

/* Compared as whole cells and exactly, so each has the spellings that are in use. */
const char *const orr_csv_missing_words[] = {
    "NA",      "N/A",     "n/a",     "na",      "#N/A",    "#NA",     "<NA>",    "NaN",
    "nan",     "NAN",     "-NaN",    "-nan",    "null",    "NULL",    "Null",    "None",
    "none",    "NONE",    "NIL",     "nil",     "\\N",     "?",       "-",       "--",
    "---",     ".",       "...",     "NaT",     "#DIV/0!", "#VALUE!", "#REF!",   "#NUM!",
    "#NAME?",  "#NULL!",  "1.#QNAN", "-1.#IND", "1.#IND",  "missing", "Missing", "MISSING",
    "no data", "No Data", "NO DATA", "nodata",  "NoData",  "NODATA"};
const size_t orr_csv_missing_count = sizeof orr_csv_missing_words / sizeof *orr_csv_missing_words;

orr_csv_span orr_csv_trimmed(orr_csv_span c) {
  while (c.n && isspace((unsigned char)c.s[0])) c.s++, c.n--;
  while (c.n && isspace((unsigned char)c.s[c.n - 1])) c.n--;
  return c;
}

bool orr_csv_span_is(orr_csv_span c, const char *word) {
  return c.n == strlen(word) && !strncasecmp(c.s, word, c.n);
}

bool orr_csv_spans_equal(orr_csv_span a, orr_csv_span b) {
  a = orr_csv_trimmed(a);
  b = orr_csv_trimmed(b);
  return a.n == b.n && !memcmp(a.s, b.s, a.n);
}

static bool is_missing(orr_csv_span c) {
  if (c.n > 8) return false;
  for (size_t i = 0; i < orr_csv_missing_count; i++)
    if (strlen(orr_csv_missing_words[i]) == c.n && !memcmp(orr_csv_missing_words[i], c.s, c.n)) return true;
  return false;
}

static size_t digits_at(orr_csv_span c, size_t at) {
  size_t from = at;
  while (at < c.n && isdigit((unsigned char)c.s[at])) at++;
  return at - from;
}

/* "e-5", "D+05" (Fortran) or nothing up to the end. */
static bool is_exponent(orr_csv_span c, size_t at) {
  if (at == c.n) return true;
  if (!strchr("eEdD", c.s[at]) || ++at == c.n) return false;
  at += c.s[at] == '+' || c.s[at] == '-';
  size_t n = digits_at(c, at);
  return n && at + n == c.n;
}

static bool is_plain_number(orr_csv_span c, char point) {
  size_t at = c.s[0] == '+' || c.s[0] == '-', whole = digits_at(c, at), part = 0;
  at += whole;
  if (at < c.n && c.s[at] == point) part = digits_at(c, at + 1), at += 1 + part;
  return (whole || part) && is_exponent(c, at);
}

static bool is_special_number(orr_csv_span c) {
  if (c.n > 1 && (c.s[0] == '+' || c.s[0] == '-')) c.s++, c.n--;
  return orr_csv_span_is(c, "inf") || orr_csv_span_is(c, "infinity");
}

/* 1.234.567 or 1'234,5: groups of three; one group alone ("1.234") is no sign of it unless a fraction follows. */
static bool is_grouped(orr_csv_span c, char mark) {
  size_t at = c.s[0] == '+' || c.s[0] == '-', first = digits_at(c, at), groups = 0;
  if (!first || first > 3) return false;
  for (at += first; at < c.n && c.s[at] == mark; at += 4, groups++)
    if (digits_at(c, at + 1) != 3) return false;
  char point = mark == ',' ? '.' : mark == '.' ? ',' : 0;
  bool fraction = at + 1 < c.n && (point ? c.s[at] == point : c.s[at] == ',' || c.s[at] == '.');
  if (fraction) at += 1 + digits_at(c, at + 1);
  return at == c.n && groups && (groups > 1 || fraction);
}

static bool is_month(const char *s, size_t n) {
  static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (n < 3 || n > 9) return false;
  for (size_t m = 0; m < 12; m++)
    if (!strncasecmp(s, months + 3 * m, 3)) return true;
  return false;
}

static bool is_word_of_time(const char *s, size_t n) {
  static const char *const words[] = {"t",   "z",   "am",  "pm",  "utc", "gmt", "mon", "tue",
                                      "wed", "thu", "fri", "sat", "sun", "cet", "cest"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (n == strlen(words[i]) && !strncasecmp(s, words[i], n)) return true;
  return is_month(s, n);
}

typedef struct clock_parts {
  size_t groups, first, longest, strong, dots, blanks,
      months; /* groups of digits, their lengths; separators */
} clock_parts;

/* One separator of a date; '-' and '+' only between digits or words, where they are no sign of a number. */
static bool take_mark(orr_csv_span c, size_t at, clock_parts *p) {
  char x = c.s[at];
  bool inside =
      at && at + 1 < c.n && !isspace((unsigned char)c.s[at - 1]) && !isspace((unsigned char)c.s[at + 1]);
  if (x == ' ') p->blanks++;
  else if (x == '.') p->dots++;
  else if (x == ',') return inside && at + 4 == c.n && p->strong >= 2;
  else if (!strchr("-/:+", x)) return false;
  else if (!inside) return x == ':' ? false : at == 0;
  else p->strong += x != '+';
  return true;
}

/* Groups of digits with the separators of dates, times and angles between them; "12-Jan-2020", "10:05 PM". */
static bool is_time(orr_csv_span c) {
  clock_parts p = {0};
  if (c.n < 3 || c.n > 40) return false;
  for (size_t at = 0, n; at < c.n; at += n) {
    n = digits_at(c, at);
    if (n) {
      if (!p.groups++) p.first = n;
      if (n > p.longest) p.longest = n;
      continue;
    }
    while (at + n < c.n && isalpha((unsigned char)c.s[at + n])) n++;
    if (n && !is_word_of_time(c.s + at, n)) return false;
    if (n) p.months += is_month(c.s + at, n);
    else if (!take_mark(c, at, &p)) return false;
    else n = 1;
  }
  if (p.longest > 9 || p.blanks > 4) return false;
  bool clock = memchr(c.s, ':', c.n) != NULL, month = p.groups == 2 && p.first == 4 && p.strong == 1;
  bool dotted = p.dots == 2 && (!p.blanks || clock) && p.first <= 4;
  return (p.groups >= 3 && (p.strong >= 2 || dotted)) || (p.groups >= 2 && (clock || p.months)) || month;
}

/* 192.168.100.200 is no number, though it looks like one in groups of three. */
static bool is_network_address(orr_csv_span c) {
  size_t groups = 0, at = 0;
  for (size_t n; at < c.n && (n = digits_at(c, at)) > 0 && n <= 3; groups++) {
    at += n;
    if (at < c.n && c.s[at++] != '.') return false;
  }
  return groups == 4 && at == c.n && c.s[c.n - 1] != '.';
}

static bool is_address(orr_csv_span c) {
  if (c.n > 4 && !strncasecmp(c.s, "www.", 4)) return true;
  const char *at = memchr(c.s, '@', c.n), *blank = memchr(c.s, ' ', c.n);
  if (blank) return false;
  if (at) return at > c.s && memchr(at, '.', (size_t)(c.s + c.n - at)) != NULL;
  return c.n > 4 && memmem(c.s, c.n, "://", 3) != NULL;
}

/* Bytes of a sign of money at s, 0 when there is none. */
static size_t money_at(const char *s, size_t n) {
  static const char *const signs[] = {"$", "€", "£", "¥", "US$", "USD", "EUR"};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (n > strlen(signs[i]) && !memcmp(s, signs[i], strlen(signs[i]))) return strlen(signs[i]);
  return 0;
}

static bool is_amount(orr_csv_span c) {
  return c.n && c.n < LONGEST_NUMBER && (isdigit((unsigned char)c.s[0]) || strchr("+-.", c.s[0])) &&
         (is_plain_number(c, '.') || is_plain_number(c, ',') || is_grouped(c, '.') || is_grouped(c, ','));
}

static bool is_special(orr_csv_span c) {
  if (orr_csv_span_is(c, "true") || orr_csv_span_is(c, "false")) return true;
  orr_csv_span rest = c;
  rest.n -= c.s[c.n - 1] == '%';
  size_t money = money_at(c.s, c.n);
  bool below = c.n > 1 && (c.s[0] == '<' || c.s[0] == '>'); /* a limit of detection */
  if (money || below) rest.s += money + below, rest.n -= (uint32_t)(money + below);
  if (rest.n < c.n && is_amount(orr_csv_trimmed(rest))) return true;
  return is_address(c);
}

static orr_csv_kind number_kind(orr_csv_span c) {
  if (c.n > LONGEST_NUMBER) return ORR_CSV_TEXT;
  if (is_network_address(c)) return ORR_CSV_SPECIAL;
  if (is_plain_number(c, '.')) return ORR_CSV_NUMBER;
  if (is_plain_number(c, ',')) return ORR_CSV_COMMA;
  for (const char *mark = ".,' "; *mark; mark++)
    if (is_grouped(c, *mark)) return ORR_CSV_GROUPED;
  return ORR_CSV_TEXT;
}

/* Text with signs that may stand between cells, or "key=value", speaks against the cut that left it whole. */
static bool is_cluttered(orr_csv_span c) {
  for (size_t i = 0; i < c.n; i++)
    if (strchr(",;\t|=", c.s[i]) || (c.s[i] == '"' && i + 1 < c.n) ||
        (c.s[i] == ':' && i + 1 < c.n && c.s[i + 1] == ':'))
      return true;
  return false;
}

static orr_csv_kind word_kind(orr_csv_span c) {
  size_t words = 1, letters = 0;
  if (!c.quoted && is_cluttered(c)) return ORR_CSV_CLUTTER;
  if (c.n > LONGEST_NAME) return ORR_CSV_TEXT;
  for (size_t i = 0; i < c.n; i++) {
    unsigned char x = (unsigned char)c.s[i];
    letters += isalpha(x) || x >= 0x80;
    words += isspace(x) && !isspace((unsigned char)c.s[i + 1]);
    if (x == '{' || x == '}' || x == '!') return ORR_CSV_TEXT;
  }
  bool sentence = words > 3 && c.s[c.n - 1] == '.';
  return letters && words <= MOST_WORDS && !sentence ? ORR_CSV_NAME : ORR_CSV_TEXT;
}

orr_csv_kind orr_csv_kind_of(orr_csv_span cell) {
  orr_csv_span c = orr_csv_trimmed(cell);
  if (!c.n) return ORR_CSV_BLANK;
  unsigned char x = (unsigned char)c.s[0];
  if (isdigit(x) || x == '+' || x == '-' || x == '.') {
    orr_csv_kind kind = number_kind(c);
    if (kind != ORR_CSV_TEXT) return kind;
  }
  if (is_missing(c)) return ORR_CSV_MISSING;
  if (is_special_number(c)) return ORR_CSV_NUMBER;
  if (c.n <= 40 && is_time(c)) return ORR_CSV_TIME;
  return is_special(c) ? ORR_CSV_SPECIAL : word_kind(c);
}
