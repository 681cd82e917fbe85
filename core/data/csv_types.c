/* Types of CSV columns: a column is what all of its cells are. The order of
 * trial is truth value, integer, number, text; missing markers fit any of them. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/csv_cells.h"

static bool is_missing(const char *s) {
  static const char *const markers[] = {"",    "NA",   "N/A",  "n/a",  "NaN", "nan",
                                        "NAN", "null", "NULL", "None", "?",   "-"};
  for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
    if (!strcmp(s, markers[i])) return true;
  return false;
}

static bool to_bool(const char *s, uint8_t *out) {
  *out = !strcasecmp(s, "true");
  return *out || !strcasecmp(s, "false");
}

/* Leading zeros name things ("007"), they do not count them. */
static bool to_integer(const char *s, int64_t *out) {
  const char *digits = s + (*s == '-' || *s == '+');
  if (!isdigit((unsigned char)*digits) || (*digits == '0' && digits[1])) return false;
  char *end;
  errno = 0;
  *out = strtoll(s, &end, 10);
  return !*end && !errno;
}

static bool to_number(const char *s, double *out) {
  const char *p = s + (*s == '-' || *s == '+');
  if (*p == '0' && isdigit((unsigned char)p[1])) return false;
  bool word = !strcasecmp(p, "inf") || !strcasecmp(p, "infinity");
  if (!word && strspn(p, "0123456789.eE+-") != strlen(p)) return false;
  return orr_text_to_number(s, out);
}

/* Blanks around a number are not part of it. */
static const char *trim(const char *s, char *buffer, size_t size) {
  size_t n = strlen(s);
  while (n && isspace((unsigned char)s[n - 1])) n--;
  while (n && isspace((unsigned char)*s)) s++, n--;
  if (!s[n]) return s;
  if (n >= size) return s;
  memcpy(buffer, s, n);
  buffer[n] = 0;
  return buffer;
}

typedef bool (*fits_fn)(const char *s);
static bool fits_bool(const char *s) { return to_bool(s, &(uint8_t){0}); }
static bool fits_integer(const char *s) { return to_integer(s, &(int64_t){0}); }
static bool fits_number(const char *s) { return to_number(s, &(double){0}); }

static bool all_fit(const orr_csv_cells *c, size_t column, fits_fn fits, bool *any) {
  char buffer[64];
  *any = false;
  for (size_t row = 1; row < c->lines.count; row++) {
    const char *s = trim(orr_csv_cell(c, row, column), buffer, sizeof buffer);
    if (is_missing(s)) continue;
    *any = true;
    if (!fits(s)) return false;
  }
  return true;
}

static orr_type type_of(const orr_csv_cells *c, size_t column) {
  bool any;
  if (all_fit(c, column, fits_bool, &any) && any) return ORR_BOOL;
  if (all_fit(c, column, fits_integer, &any) && any) return ORR_INT64;
  if (all_fit(c, column, fits_number, &any)) return ORR_FLOAT64;
  return ORR_TEXT;
}

bool orr_csv_find_oddity(const orr_csv_cells *c, size_t column, orr_csv_oddity *out) {
  char buffer[64];
  *out = (orr_csv_oddity){0};
  for (size_t row = 1; row < c->lines.count; row++) {
    const char *s = trim(orr_csv_cell(c, row, column), buffer, sizeof buffer);
    if (is_missing(s)) continue;
    bool number = fits_number(s);
    out->numbers += number;
    if (!number && !out->odd++) out->row = row;
  }
  return out->odd && out->numbers >= 9 * out->odd;
}

static orr_status set_cell(orr_column *c, size_t row, const char *cell, orr_error *e) {
  char buffer[64];
  const char *s = trim(cell, buffer, sizeof buffer);
  if (is_missing(s)) return orr_column_set_missing(c, row, e);
  switch (c->type) {
  case ORR_BOOL: to_bool(s, &c->bools[row]); break;
  case ORR_INT64: to_integer(s, &c->int64[row]); break;
  case ORR_FLOAT64: to_number(s, &c->float64[row]); break;
  default: return orr_map_add(&c->words, cell, strlen(cell), &c->codes[row], e);
  }
  return ORR_OK;
}

orr_status orr_csv_column(const orr_csv_cells *c, size_t column, const char *name, orr_column **out,
                          orr_error *e) {
  orr_column *made;
  ORR_TRY(orr_column_new(name, type_of(c, column), c->lines.count - 1, &made, e));
  orr_status status = ORR_OK;
  for (size_t row = 1; row < c->lines.count && !status; row++)
    status = set_cell(made, row - 1, orr_csv_cell(c, row, column), e);
  if (status) return orr_column_unref(made), status;
  orr_column_seal(made);
  *out = made;
  return ORR_OK;
}
