/* Names that are numbers: wavelengths, years, depths. They stand after a word
 * that names the first column, and behave unlike the rows below them. */
#include <math.h>

#include "data/csv_sniff_rows.h"

enum { COMPARED = 200, ENOUGH = 5 /* numbers in order that need no second sign */ };

static bool is_year(double x) { return x >= 1800 && x <= 2100 && x == floor(x); }

/* The numbers of a row: how many, and whether all are years, or rise, or fall. */
typedef struct series {
  size_t count, words;
  bool years, distinct, rises, falls;
} series;

static series series_of(const orr_csv_table *t, size_t row) {
  series s = {.years = true, .rises = true, .falls = true};
  double before = NAN;
  for (size_t i = 0; i < t->columns && i < orr_csv_grid_width(t->grid, row); i++) {
    orr_csv_span c = orr_csv_grid_cell(t->grid, row, i);
    double x = orr_csv_number_of(c);
    s.words += orr_csv_kind_of(c) >= ORR_CSV_NAME;
    if (isnan(x)) continue;
    s.years = s.years && is_year(x);
    s.rises = s.rises && !(x <= before);
    s.falls = s.falls && !(x >= before);
    before = x;
    s.count++;
  }
  return s;
}

/* Most rows below are as the row is: in order, or years. */
static bool is_like_below(const orr_csv_table *t, size_t row, series s) {
  size_t alike = 0, seen = 0;
  for (size_t r = row + 1; r < orr_csv_grid_rows(t->grid) && seen < COMPARED; r++) {
    if (orr_csv_grid_width(t->grid, r) != t->columns) continue;
    series below = series_of(t, r);
    seen++;
    if (s.years) alike += below.count && below.years;
    else alike += below.count > 2 && ((s.rises && below.rises) || (s.falls && below.falls));
  }
  return !seen || alike * 2 > seen;
}

/* A word above the rows that is not met again in its column. */
static bool is_label(const orr_csv_table *t, size_t row, size_t column) {
  orr_csv_span c = orr_csv_grid_cell(t->grid, row, column);
  if (orr_csv_kind_of(c) != ORR_CSV_NAME) return false;
  for (size_t r = row + 1; r < orr_csv_grid_rows(t->grid) && r < row + COMPARED; r++)
    if (column < orr_csv_grid_width(t->grid, r) &&
        orr_csv_spans_equal(c, orr_csv_grid_cell(t->grid, r, column)))
      return false;
  return true;
}

/* Years, or numbers in order: with few of these, the row has a second label, or its first stands over numbers. */
static bool are_labels(const orr_csv_table *t, size_t row) {
  series s = series_of(t, row);
  if (!is_label(t, row, 0) || s.count < 2 || !orr_csv_are_distinct(t, row)) return false;
  if (!s.years && (s.count < 3 || !(s.rises || s.falls))) return false;
  bool sure =
      s.years || s.count >= ENOUGH || t->groups[0] != ORR_CSV_WORDS || (s.words > 1 && is_label(t, row, 1));
  return sure && !is_like_below(t, row, s);
}

/* After some cells that are no numbers come numbers, three at least, that rise by even steps: how many cells come
 * before; else 0. */
static size_t even_rise(const orr_csv_table *t, size_t row) {
  size_t words = 0, width = t->columns, numbers = 0;
  double step = 0, before = NAN;
  if (orr_csv_grid_width(t->grid, row) < width) return 0;
  while (width && !orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, width - 1)).n) width--;
  for (size_t i = 0; i < width; i++) {
    double x = orr_csv_number_of(orr_csv_grid_cell(t->grid, row, i));
    if (isnan(x) && numbers) return 0;
    if (isnan(x)) words++;
    else if (numbers++ == 1) step = x - before;
    if (numbers > 1 && (x <= before || fabs(x - before - step) > 1e-6 * fabs(x) + 0.01 * step)) return 0;
    before = x;
  }
  return numbers > 2 ? words : 0;
}

static bool is_even(const orr_csv_table *t, size_t row) {
  size_t words = even_rise(t, row);
  if (!words || t->columns < words + 3) return false;
  orr_csv_kind first = orr_csv_kind_of(orr_csv_grid_cell(t->grid, row, 0));
  if (first == ORR_CSV_BLANK && t->groups[0] != ORR_CSV_NOTHING) return true;
  return !even_rise(t, row + 1);
}

bool orr_csv_is_numeric_names(const orr_csv_table *t, size_t row) {
  if (row + 1 >= orr_csv_grid_rows(t->grid) || orr_csv_grid_width(t->grid, row) != t->columns) return false;
  return is_even(t, row) || are_labels(t, row);
}
