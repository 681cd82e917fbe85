/* The row of names above rows with numbers. The topmost row of distinct words
 * over all columns is it, unless what comes between it and a later one shows
 * that it belongs to a preamble. */
#include <stdint.h>

#include "data/csv_sniff_rows.h"

enum { LONGEST_NAME = 200 };

/* Words by the types below them: nothing is a number where numbers are. */
static bool are_words(const orr_csv_row *r) {
  bool data = r->match || r->numbers || r->specials; /* times above numbers are the names of days */
  return !data && !r->sparse && r->words && (r->width == 1 || r->clutter * 2 <= r->width) &&
         r->longest <= LONGEST_NAME;
}

/* Words for at least half of the columns; one name less than columns where it can be told which has none, or where
 * rows of data are as short. */
bool orr_csv_is_names(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (!are_words(&r) || r.full * 2 < r.width) return false;
  if (r.width + 1 == t->columns)
    return orr_csv_is_short(t, row) || (row == 0 && orr_csv_has_own_width(t, row));
  return r.width * 2 > t->columns;
}

bool orr_csv_are_equal(const orr_csv_table *t, size_t a, size_t b) {
  const orr_csv_grid *g = t->grid;
  size_t width = orr_csv_grid_width(g, a);
  if (width != orr_csv_grid_width(g, b)) return false;
  for (size_t i = 0; i < width; i++)
    if (!orr_csv_spans_equal(orr_csv_grid_cell(g, a, i), orr_csv_grid_cell(g, b, i))) return false;
  return true;
}

/* "integration; 100" above two columns the first of which is no text. */
static bool is_setting(const orr_csv_table *t, size_t row) {
  orr_csv_kind first = orr_csv_kind_of(orr_csv_grid_cell(t->grid, row, 0));
  return t->columns == 2 && first >= ORR_CSV_NAME && t->groups[0] > ORR_CSV_WORDS;
}

/* Something stands over a column of text. */
bool orr_csv_agrees_with_text(const orr_csv_table *t, size_t row) {
  for (size_t i = 0; i < t->columns && i < orr_csv_grid_width(t->grid, row); i++)
    if (t->groups[i] == ORR_CSV_WORDS && orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i)).n) return true;
  return false;
}

/* A row of data that is unlike most: its cells match in part, or the columns with a type are blank, or hold words
 * beside a column of text. */
bool orr_csv_is_odd_data(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (r.width != t->columns || r.sparse || orr_csv_is_legend_row(t, row)) return false;
  if (!r.match && r.mismatch) return orr_csv_agrees_with_text(t, row);
  return !r.match || !is_setting(t, row);
}

bool orr_csv_has_text(const orr_csv_table *t) {
  for (size_t i = 0; i < t->columns; i++)
    if (t->groups[i] == ORR_CSV_WORDS) return true;
  return false;
}

/* Most columns that hold something; an index of rows may have no name. */
static size_t fullness(const orr_csv_table *t, size_t row) {
  return orr_csv_row_of(t, row).full + !orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, 0)).n;
}

/* Whether names at `row` take the place of those at `top`: something that is no data stands between, or they are
 * fuller, or no column is text that would make them a row of data. */
static bool replaces(const orr_csv_table *t, size_t row, size_t top, size_t scraps, size_t data) {
  if (scraps || orr_csv_row_of(t, row).full > fullness(t, top)) return true;
  bool units = orr_csv_is_unit_row(t, row) && !(row + 1 < data && orr_csv_is_unit_row(t, row + 1));
  return !orr_csv_has_text(t) && !units && !orr_csv_is_legend_row(t, row);
}

static bool is_scrap(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  return r.width != t->columns || r.sparse || is_setting(t, row);
}

static size_t find_names(const orr_csv_table *t, size_t data, bool distinct) {
  size_t top = SIZE_MAX, scraps = 0;
  for (size_t i = 0; i < data; i++) {
    bool names = orr_csv_is_names(t, i) && (!distinct || orr_csv_are_distinct(t, i));
    if (names && (top == SIZE_MAX || replaces(t, i, top, scraps, data))) top = i, scraps = 0;
    else if (top != SIZE_MAX) scraps += is_scrap(t, i) && !orr_csv_is_legend_row(t, i);
  }
  return scraps > 1 && !orr_csv_has_text(t) ? SIZE_MAX : top; /* the first line of settings, and no names */
}

/* Units above the data tell that the row above them is names, be some of them numbers. */
static bool is_below_names(const orr_csv_table *t, size_t row) {
  if (!row || !orr_csv_is_unit_row(t, row) || orr_csv_grid_width(t->grid, row - 1) != t->columns)
    return false;
  orr_csv_row above = orr_csv_row_of(t, row - 1);
  return above.full == above.width && orr_csv_are_distinct(t, row - 1) &&
         orr_csv_kind_of(orr_csv_grid_cell(t->grid, row - 1, 0)) == ORR_CSV_NAME;
}

size_t orr_csv_find_top(const orr_csv_table *t, size_t data) {
  size_t top = find_names(t, data, true);
  if (top == SIZE_MAX && data && is_below_names(t, data - 1)) return data - 2;
  if (top == SIZE_MAX) top = find_names(t, data, false);
  if (top != SIZE_MAX || data != 1) return top;
  orr_csv_row only = orr_csv_row_of(t, 0); /* names for some of the columns, when there is nothing else */
  return are_words(&only) && only.width == t->columns ? 0 : SIZE_MAX;
}
