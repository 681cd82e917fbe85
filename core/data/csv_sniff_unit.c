/* Rows between the names and the data: units of measurement, and legends such
 * as rules of dashes, storage formats and kinds of average. A unit is read by
 * its parts: base units with prefixes, powers, and signs between them. */
#include <ctype.h>
#include <string.h>

#include "data/csv_sniff.h"

static const char *const bases[] = {
    "m",     "g",   "s",   "A",   "K",   "mol", "cd", "Hz", "N",   "Pa",  "J",   "W",    "C",    "V",
    "F",     "Ω",   "ohm", "Ohm", "S",   "Wb",  "T",  "H",  "lm",  "lx",  "lux", "Bq",   "Gy",   "Sv",
    "rad",   "sr",  "eV",  "bar", "L",   "l",   "M",  "Jy", "pc",  "mag", "yr",  "torr", "Torr", "G",
    "gauss", "cal", "Da",  "rpm", "ppm", "VA",  "Wh", "Ah", "psi", "bit", "sec", "atm"};

static const char *const prefixes[] = {"",  "k", "M", "G", "T", "P", "m", "u", "µ", "μ",
                                       "n", "p", "f", "c", "d", "h", "E", "a", "da"};

/* Compared without regard to case; no prefix stands before them. */
static const char *const words[] = {"°",       "°c",       "°f",        "°k",       "°n",
                                    "°e",      "deg",      "degc",      "degf",     "degt",
                                    "degree",  "degrees",  "deg_c",     "celsius",  "kelvin",
                                    "min",     "mins",     "minutes",   "h",        "hr",
                                    "hrs",     "hour",     "hours",     "hh",       "hn",
                                    "hmsl",    "seconds",  "second",    "secs",     "d",
                                    "day",     "days",     "dd",        "dy",       "mo",
                                    "month",   "mm",       "mn",        "yr",       "year",
                                    "years",   "yyyy",     "yy",        "ss",       "%",
                                    "percent", "pct",      "ppb",       "ppt",      "ppmv",
                                    "ppbv",    "psu",      "db",        "dbm",      "dba",
                                    "dbar",    "hpa",      "kpa",       "mpa",      "mbar",
                                    "mmhg",    "inhg",     "volt",      "volts",    "amp",
                                    "amps",    "watt",     "watts",     "count",    "counts",
                                    "cts",     "cps",      "adu",       "adc",      "knots",
                                    "kt",      "kts",      "kn",        "mph",      "kph",
                                    "ft",      "feet",     "in",        "inch",     "inches",
                                    "mi",      "miles",    "nmi",       "lb",       "lbs",
                                    "arcsec",  "arcmin",   "mas",       "uas",      "arcsec/yr",
                                    "au",      "ly",       "solar",     "erg",      "ergs",
                                    "å",       "angstrom", "angstroms", "micron",   "microns",
                                    "px",      "pix",      "pixel",     "pixels",   "date",
                                    "utc",     "ts",       "rn",        "unitless", "dimensionless",
                                    "none",    "n/a",      "-",         "--",       "a.u.",
                                    "au.",     "arb",      "arb.",      "units",    "unit",
                                    "ntu",     "fnu",      "ph",        "meter",    "meters",
                                    "metre",   "metres",   "liter",     "liters",   "litre",
                                    "litres",  "gram",     "grams",     "joule",    "hertz",
                                    "msun",    "rsun",     "lsun",      "dex",      "epoch",
                                    "hms",     "dms",      "sample",    "samples",  "gal",
                                    "w",       "str",      "index",     "text",     "tesla",
                                    "pascal",  "pascals",  "newton",    "newtons",  "cfu"};

static bool is_base(const char *s, size_t n) {
  for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++) {
    size_t length = strlen(prefixes[p]);
    if (n <= length || memcmp(s, prefixes[p], length)) continue;
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++)
      if (strlen(bases[b]) == n - length && !memcmp(s + length, bases[b], n - length)) return true;
  }
  return false;
}

static bool is_word(const char *s, size_t n) {
  orr_csv_span c = {.s = s, .n = (uint32_t)n};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (orr_csv_span_is(c, words[i])) return true;
  return false;
}

static bool is_power(char x) { return isdigit((unsigned char)x) || strchr("^-+.{}", x); }

/* Powers at the end of a part: m2, s-1, cm^3, m². */
static size_t without_power(const char *s, size_t n) {
  while (n && (is_power(s[n - 1]) ||
               (n > 2 && (unsigned char)s[n - 2] == 0xc2 && strchr("\xb2\xb3\xb9", s[n - 1]))))
    n -= is_power(s[n - 1]) ? 1 : 2;
  return n;
}

static size_t separator_at(const char *s, size_t n) {
  if (strchr("/*()[]_ ", s[0])) return 1;
  return n > 1 && !memcmp(s, "·", 2) ? 2 : 0;
}

/* A date's pattern, as in "yyyy-mm-dd hh:mm:ss". */
static bool is_pattern(orr_csv_span c) {
  size_t y = 0;
  for (size_t i = 0; i < c.n; i++) {
    if (!strchr("yYmMdDhHsSfTZ-/:. ", c.s[i])) return false;
    y += c.s[i] == 'y' || c.s[i] == 'Y' || c.s[i] == ':';
  }
  return y && c.n >= 4;
}

bool orr_csv_is_unit(orr_csv_span cell) {
  orr_csv_span c = orr_csv_trimmed(cell);
  if (!c.n || c.n > 40) return false;
  if (is_word(c.s, c.n) || is_pattern(c)) return true;
  size_t parts = 0, used;
  for (size_t at = 0, n; at < c.n; at += n + used) {
    n = used = 0;
    while (at + n < c.n && !(used = separator_at(c.s + at + n, c.n - at - n))) n++;
    if (!n) continue;
    size_t core = without_power(c.s + at, n);
    if (core && !is_base(c.s + at, core) && !is_word(c.s + at, core)) return false;
    parts += core > 0;
  }
  return parts > 0;
}

static bool is_line(orr_csv_span c) {
  for (size_t i = 0; i < c.n; i++)
    if (!strchr("-=_+|: ", c.s[i])) return false;
  return c.n >= 2;
}

/* The formats of USGS RDB: 5s, 14n, 20d. */
static bool is_width(orr_csv_span c) {
  size_t i = 0;
  while (i < c.n && isdigit((unsigned char)c.s[i])) i++;
  return i && i + 1 == c.n && strchr("sndSND", c.s[i]);
}

static bool is_one_of(orr_csv_span cell, const char *const *list, size_t n) {
  orr_csv_span c = orr_csv_trimmed(cell);
  for (size_t i = 0; i < n; i++)
    if (orr_csv_span_is(c, list[i])) return true;
  return false;
}

bool orr_csv_is_rule(orr_csv_span cell) {
  orr_csv_span c = orr_csv_trimmed(cell);
  return c.n && (is_line(c) || is_width(c));
}

bool orr_csv_is_type(orr_csv_span cell) {
  static const char *const types[] = {
      "float", "double",  "int",  "integer",  "long",      "string",  "char",    "str",   "short", "real",
      "bool",  "boolean", "date", "datetime", "timestamp", "float32", "float64", "int32", "int64", "varchar"};
  return is_one_of(cell, types, sizeof types / sizeof *types);
}

bool orr_csv_is_legend(orr_csv_span cell) {
  static const char *const averages[] = {"Smp", "Avg", "Max", "Min",    "Tot", "Std",
                                         "Med", "Cov", "WVc", "Sample", "Mean"};
  return orr_csv_is_rule(cell) || orr_csv_is_type(cell) ||
         is_one_of(cell, averages, sizeof averages / sizeof *averages);
}
