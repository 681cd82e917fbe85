/* Times in text: the parts of ISO 8601 that instruments and programs write.
 * Days are counted with the proleptic Gregorian calendar (the algorithm of
 * H. Hinnant, "chrono-compatible low-level date algorithms", 2013). */
#include "data/csv_cell.h"

typedef struct cursor {
  const char *s, *end;
} cursor;

static bool take(cursor *c, char wanted) {
  if (c->s == c->end || *c->s != wanted) return false;
  c->s++;
  return true;
}

static bool take_digits(cursor *c, int count, int *out) {
  *out = 0;
  if (c->end - c->s < count) return false;
  for (int i = 0; i < count; i++, c->s++) {
    if ((unsigned char)(*c->s - '0') > 9) return false;
    *out = *out * 10 + (*c->s - '0');
  }
  return true;
}

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static bool is_date(int year, int month, int day) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970-01-01; years begin in March, so that the leap day comes last. */
static int64_t days_of(int year, int month, int day) {
  int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
  int64_t of_era = y - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* 2024-05-01, or 20240501 before a time. */
static bool take_date(cursor *c, int64_t *days, bool *basic) {
  int year, month, day;
  if (!take_digits(c, 4, &year)) return false;
  *basic = !take(c, '-');
  if (!take_digits(c, 2, &month) || (!*basic && !take(c, '-')) || !take_digits(c, 2, &day)) return false;
  if (!is_date(year, month, day)) return false;
  *days = days_of(year, month, day);
  return true;
}

static bool take_fraction(cursor *c, int64_t *nanoseconds) {
  if (!take(c, '.') && !take(c, ',')) return true;
  const char *from = c->s;
  int64_t unit = 100000000;
  for (; c->s < c->end && (unsigned char)(*c->s - '0') <= 9; c->s++, unit /= 10)
    *nanoseconds += (*c->s - '0') * unit;
  return c->s > from;
}

/* 12:34, 12:34:56, 12:34:56.789, or 1234, 123456, 123456.789. */
static bool take_clock(cursor *c, bool basic, int64_t *seconds, int64_t *nanoseconds) {
  int hour, minute, second = 0;
  if (!take_digits(c, 2, &hour) || (!basic && !take(c, ':')) || !take_digits(c, 2, &minute)) return false;
  bool more = basic ? c->s < c->end && (unsigned char)(*c->s - '0') <= 9 : take(c, ':');
  if (more && (!take_digits(c, 2, &second) || !take_fraction(c, nanoseconds))) return false;
  *seconds = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second < 60;
}

/* Z, +02:00, +0200, +02, or nothing. */
static bool take_offset(cursor *c, int64_t *seconds) {
  int hours, minutes = 0;
  *seconds = 0;
  if (c->s == c->end || take(c, 'Z') || take(c, 'z')) return true;
  bool west = *c->s == '-';
  if (!take(c, '+') && !take(c, '-')) return false;
  if (!take_digits(c, 2, &hours)) return false;
  if (c->s < c->end) {
    take(c, ':');
    if (!take_digits(c, 2, &minutes)) return false;
  }
  *seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
  return hours < 24 && minutes < 60;
}

unsigned orr_csv_read_time(const char *s, size_t n, int64_t *out) {
  cursor c = {s, s + n};
  int64_t days, seconds = 0, nanoseconds = 0, offset = 0, total;
  bool basic;
  if (!take_date(&c, &days, &basic)) return 0;
  if (c.s == c.end && basic) return 0; /* 20240501 is an integer */
  if (c.s < c.end) {
    bool parted = take(&c, 'T') || take(&c, 't') || (!basic && take(&c, ' '));
    if (!parted || !take_clock(&c, basic, &seconds, &nanoseconds)) return 0;
    if (c.end - c.s > 1) take(&c, ' '); /* "12:34:56 +00:00" */
    if (!take_offset(&c, &offset)) return 0;
  }
  if (c.s != c.end) return 0;
  seconds += days * 86400 - offset;
  if (seconds < 0 && nanoseconds) seconds++, nanoseconds -= 1000000000; /* the product below may just fit */
  if (__builtin_mul_overflow(seconds, (int64_t)1000000000, &total)) return ORR_SEEN_FAR;
  if (__builtin_add_overflow(total, nanoseconds, out)) return ORR_SEEN_FAR;
  return ORR_SEEN_TIME;
}
