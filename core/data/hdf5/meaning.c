/* What a dataset's attributes say of its numbers: units, scales, missing values and times, after the CF conventions
 * (version 1.10, sections 2.5.1, 3.1, 4.4 and 8.1). HDF5's own fill value is no missing value: it is only what was
 * never written. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "data/hdf5/plan.h"

static const char *const unit_names[] = {"units", "unit", "UNITS", "Units", "UNIT", "Unit"};

static const char *unit_of(orr_h5_reader *r, hid_t dataset) {
  for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names; i++) {
    const char *unit = orr_h5_attribute_text(r, dataset, unit_names[i]);
    if (unit) return *unit && strcmp(unit, "1") != 0 ? unit : NULL;
  }
  return NULL;
}

static const struct {
  const char *name;
  int64_t nanoseconds;
} ticks[] = {{"day", 86400000000000},
             {"hour", 3600000000000},
             {"minute", 60000000000},
             {"second", 1000000000},
             {"millisecond", 1000000},
             {"microsecond", 1000},
             {"nanosecond", 1},
             {"min", 60000000000},
             {"sec", 1000000000},
             {"hr", 3600000000000},
             {"msec", 1000000},
             {"d", 86400000000000},
             {"h", 3600000000000},
             {"s", 1000000000},
             {"ms", 1000000},
             {"us", 1000},
             {"ns", 1}};

static int64_t tick_of(const char *unit, size_t n) {
  for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
    size_t m = strlen(ticks[i].name);
    bool same = n >= m && !strncasecmp(unit, ticks[i].name, m);
    if (same && (n == m || (n == m + 1 && m > 1 && tolower((unsigned char)unit[m]) == 's')))
      return ticks[i].nanoseconds;
  }
  return 0;
}

/* The day's number since 1970-01-01, in the Gregorian calendar or the Julian. */
static int64_t day_number(int64_t year, int64_t month, int64_t day, bool julian) {
  int64_t early = month < 3, y = year + 4800 - early, m = month + 12 * early - 3;
  int64_t of_year = day + (153 * m + 2) / 5 + 365 * y + y / 4;
  return of_year - (julian ? 32083 : 32045 - -(y / 100) - y / 400) - 2440588;
}

/* Digits, at most `most`; the rest of the text, or NULL when there are none. */
static const char *digits(const char *s, int most, int64_t *value) {
  const char *from = s;
  for (*value = 0; isdigit((unsigned char)*s) && s - from < most; s++) *value = *value * 10 + (*s - '0');
  return s == from ? NULL : s;
}

/* "12:30:00", "+01:00": seconds; fractions of one are dropped. */
static const char *clock_time(const char *s, int64_t *seconds) {
  int64_t part, scale = 3600;
  *seconds = 0;
  for (int i = 0; i < 3; i++, scale /= 60) {
    const char *after = digits(s, 2, &part);
    if (!after) return s;
    *seconds += part * scale;
    s = after;
    if (*s != ':') break;
    s++;
  }
  if (*s == '.')
    for (s++; isdigit((unsigned char)*s);) s++;
  return s;
}

/* "1970-01-01 00:00:00 UTC" to seconds since 1970. */
static bool parse_origin(const char *s, bool proleptic, int64_t *origin) {
  int64_t year, month, day, seconds = 0, zone = 0;
  while (*s == ' ') s++;
  if (!(s = digits(s, 5, &year)) || *s++ != '-') return false;
  if (!(s = digits(s, 2, &month)) || *s++ != '-') return false;
  if (!(s = digits(s, 2, &day)) || month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (*s == 'T') s++;
  while (*s == ' ') s++;
  s = clock_time(s, &seconds);
  while (*s == ' ') s++;
  if (*s == '+' || *s == '-') {
    bool west = *s == '-';
    s = clock_time(s + 1, &zone);
    if (west) zone = -zone;
  } else if (*s && strcmp(s, "UTC") != 0 && strcmp(s, "Z") != 0 && strcmp(s, "GMT") != 0) return false;
  bool julian = !proleptic && (year < 1582 || (year == 1582 && month * 100 + day < 1015));
  *origin = day_number(year, month, day, julian) * 86400 + seconds - zone;
  return true;
}

void orr_h5_meaning_take_unit(orr_h5_reader *r, orr_h5_meaning *m, const char *unit, const char *calendar) {
  static const char *const ours[] = {"standard", "gregorian", "proleptic_gregorian", "none"};
  m->unit = unit && *unit ? unit : NULL;
  m->is_time = false;
  const char *since = m->unit ? strstr(m->unit, " since ") : NULL;
  bool known = !calendar || !*calendar;
  for (size_t i = 0; i < 4 && !known; i++) known = !strcasecmp(calendar, ours[i]);
  if (!since) return;
  if (!known) {
    orr_h5_note(r, "times in the calendar '%.40s' stay numbers", calendar);
    return;
  }
  m->tick = tick_of(m->unit, (size_t)(since - m->unit));
  m->is_time = m->tick && parse_origin(since + 7, calendar && !strcasecmp(calendar, ours[2]), &m->origin);
}

static void find_fills(orr_h5_reader *r, hid_t dataset, orr_h5_meaning *m) {
  static const char *const names[] = {"_FillValue", "missing_value"};
  for (size_t i = 0; i < 2; i++)
    m->n_fills +=
        orr_h5_attribute_numbers(r, dataset, names[i], m->fills + m->n_fills, ORR_H5_MOST_FILLS - m->n_fills);
}

void orr_h5_meaning_of(orr_h5_reader *r, hid_t dataset, orr_h5_meaning *m) {
  *m = (orr_h5_meaning){.factor = 1};
  orr_h5_meaning_take_unit(r, m, unit_of(r, dataset), orr_h5_attribute_text(r, dataset, "calendar"));
  find_fills(r, dataset, m);
  bool factor = orr_h5_attribute_numbers(r, dataset, "scale_factor", &m->factor, 1);
  bool shift = orr_h5_attribute_numbers(r, dataset, "add_offset", &m->shift, 1);
  m->scaled = (factor && m->factor != 1) || (shift && m->shift != 0);
}
