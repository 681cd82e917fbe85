/* Which rows are names, units, legends and data.
 *
 * The columns' types are known from rows further down; the topmost row of names
 * above the first row that has these types is found, and what is between them
 * is units, legends, or data that are unlike most. Where all is text, the first full row is names if it
 * could be: short, distinct, not met again below. */
#include <stdint.h>

#include "data/csv_sniff_rows.h"

enum { FIRST_ROWS = 20, MOST_HEADER_ROWS = 4, LONGEST_NAME = 200 };

/* Cells that begin data after a block of names and units; nothing in a headed table is as sure as a body of numbers. */
static bool is_data(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  bool fits = r.width == t->columns || r.width * 2 > t->columns;
  return fits && r.match && r.match > 2 * r.mismatch && (!r.sparse || r.width == t->columns);
}

/* One more row of names above row `below`: the same again, or headings of groups. */
static bool is_more_names(const orr_csv_table *t, size_t row, size_t below) {
  if (orr_csv_are_equal(t, row, below)) return true;
  orr_csv_row r = orr_csv_row_of(t, row);
  bool words = r.words && !r.sparse && !r.match && !r.numbers && !r.specials && r.longest <= LONGEST_NAME;
  if (t->columns < 3 || r.width != t->columns || r.clutter || r.long_texts || !words) return false;
  return r.full == r.width || (r.full >= 2 && (r.last >= t->columns / 2 && r.last > 1));
}

static bool are_all_units(const orr_csv_table *t, size_t row) {
  for (size_t i = 0; i < orr_csv_grid_width(t->grid, row); i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    if (c.n && !orr_csv_is_unit(c)) return false;
  }
  return true;
}

static bool has_gaps(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  return r.full + 1 < r.width || !orr_csv_are_distinct(t, row);
}

/* Names below names: the same again; words below headings of groups, above units, or without one for the rows'
 * own names, that leave the columns of text free. */
static bool is_names_below(const orr_csv_table *t, size_t row, size_t above, size_t data) {
  if (orr_csv_are_equal(t, row, above)) return true;
  if (t->columns < 3 || !orr_csv_is_names(t, row) || orr_csv_agrees_with_text(t, row)) return false;
  if (are_all_units(t, row)) return false;
  bool unnamed = !orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, 0)).n;
  if (has_gaps(t, above) && (unnamed || orr_csv_row_of(t, row).full > orr_csv_row_of(t, above).full))
    return true;
  if (orr_csv_is_unit_row(t, row) || orr_csv_is_legend_row(t, row)) return false;
  return unnamed || (row + 1 < data && orr_csv_is_unit_row(t, row + 1));
}

/* Narrower rows, sparse ones, and settings of two cells that a blank line ends: what may stand above names. */
static size_t after_scraps(const orr_csv_table *t, size_t from) {
  const orr_csv_grid *g = t->grid;
  size_t rows = orr_csv_grid_rows(g), r = from;
  while (r < rows && (orr_csv_grid_width(g, r) != t->columns || orr_csv_row_of(t, r).sparse)) r++;
  if (t->columns != 2 || t->groups[0] != ORR_CSV_WORDS) return r;
  for (size_t i = from + 1; i < rows && i < from + FIRST_ROWS; i++) {
    if (!orr_csv_row_of(t, i - 1).match) return r;
    if (g->lines.items[i] > g->lines.items[i - 1] + 1 && orr_csv_row_of(t, i).mismatch) return i;
  }
  return r;
}

/* The first row of data; where only scraps stand above a row of names, the first below that. */
static size_t find_data(const orr_csv_table *t) {
  size_t rows = orr_csv_grid_rows(t->grid), data = 0;
  while (data < rows && !is_data(t, data)) data++;
  if (orr_csv_find_top(t, data) != SIZE_MAX) return data;
  size_t r = after_scraps(t, data);
  if (r == data || r >= rows || !orr_csv_row_of(t, r).mismatch || !orr_csv_is_names(t, r)) return data;
  while (r < rows && !is_data(t, r)) r++;
  return r < rows ? r : data;
}

/* No names: the data, and what is above them and much like them. */
static void read_without_names(const orr_csv_table *t, size_t data, orr_csv_rows *out) {
  while (data > 0 && orr_csv_is_odd_data(t, data - 1)) data--;
  bool names = data < orr_csv_grid_rows(t->grid) && orr_csv_is_numeric_names(t, data);
  *out = (orr_csv_rows){.first = data, .header = names};
}

/* From the row of names upwards to more of them, and downwards to the first row of data. */
static void read_around(const orr_csv_table *t, size_t top, size_t data, orr_csv_rows *out) {
  size_t first = top, i = top + 1;
  while (i - first < MOST_HEADER_ROWS && first > 0 && is_more_names(t, first - 1, first)) first--;
  while (i - first < MOST_HEADER_ROWS && i < data && is_names_below(t, i, i - 1, data)) i++;
  *out = (orr_csv_rows){.first = first, .header = i - first};
  if (i < data && orr_csv_is_unit_row(t, i)) i++, out->units = 1;
  while (i < data && orr_csv_is_legend_row(t, i)) i++, out->legend++;
}

static void read_typed(const orr_csv_table *t, orr_csv_rows *out) {
  size_t data = find_data(t), top = orr_csv_find_top(t, data);
  if (top == SIZE_MAX) read_without_names(t, data, out);
  else read_around(t, top, data, out);
}

static bool could_be_names(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (!r.words || r.numbers || r.times || r.specials || r.clutter || r.long_texts) return false;
  return orr_csv_are_distinct(t, row) && !orr_csv_comes_again(t, row);
}

/* A table of text, or of nothing: downwards from the first full row. */
static void read_down(const orr_csv_table *t, orr_csv_rows *out) {
  size_t rows = orr_csv_grid_rows(t->grid), i = 0;
  while (i < rows && (orr_csv_row_of(t, i).width != t->columns || orr_csv_row_of(t, i).sparse)) i++;
  *out = (orr_csv_rows){.first = i < rows ? i : 0};
  if (i >= rows) return;
  size_t names = i;
  while (i + 1 < rows && i - names < MOST_HEADER_ROWS && orr_csv_are_equal(t, i, i + 1)) i++;
  if (i - names == MOST_HEADER_ROWS) return;
  if (i == names && !could_be_names(t, i)) return;
  if (i > names && orr_csv_row_of(t, i).numbers + orr_csv_row_of(t, i).times) return;
  out->header = i - names + 1;
  if (i + 2 < rows && t->columns > 1 && orr_csv_is_unit_row(t, i + 1) && !orr_csv_is_unit_row(t, i + 2) &&
      !orr_csv_is_unit_row(t, i))
    out->units = 1, i++;
  while (i + 1 < rows && orr_csv_is_legend_row(t, i + 1) && !orr_csv_is_legend_row(t, names))
    out->legend++, i++;
}

/* The line to begin on: only comments, which are left out anyway, need no skipping. */
static size_t lines_before(const orr_csv_grid *g, size_t first, const orr_csv_dialect *d) {
  if (!first && *d->comment) return 0;
  return first < orr_csv_grid_rows(g) ? g->lines.items[first] : 0;
}

/* A name before each row's first named cell, or a delimiter after its last. */
static void find_edges(const orr_csv_table *t, const orr_csv_rows *rows, orr_csv_dialect *d) {
  size_t data = rows->first + rows->header + rows->units + rows->legend;
  bool narrower = rows->header && orr_csv_grid_width(t->grid, rows->first) + 1 == t->columns;
  d->trailing = !d->squeeze && orr_csv_is_trailing(t, rows, data);
  d->row_names = narrower && !d->trailing && !orr_csv_has_own_width(t, rows->first);
}

static void apply(const orr_csv_table *t, const orr_csv_rows *rows, const orr_csv_rows_given *given,
                  orr_csv_dialect *d) {
  d->skip = given->skip >= 0 ? (size_t)given->skip : lines_before(t->grid, rows->first, d);
  d->header = rows->header;
  d->unit_row = rows->units;
  d->legend = rows->legend;
  find_edges(t, rows, d);
}

/* Fits what was found to what is given. With the skipped lines given, names begin the grid or there are none; names
 * that are not wanted as such are data. */
static void settle(const orr_csv_rows_given *given, orr_csv_rows *rows) {
  if (given->skip >= 0 && rows->first > 0) *rows = (orr_csv_rows){0};
  size_t first = rows->first, data = first + rows->header + rows->units + rows->legend;
  if (given->header == 0) rows->units = rows->legend = 0;
  if (given->header >= -1) rows->header = given->header > 0 ? (size_t)given->header : 0;
  if (given->units >= 0) rows->units = (size_t)given->units;
  if (given->legend >= 0) rows->legend = (size_t)given->legend;
  size_t above = rows->header + rows->units + rows->legend, highest = data > above ? data - above : 0;
  if (given->skip < 0 && highest < first) rows->first = highest;
}

void orr_csv_keep_rows(const orr_csv_rows_given *given, orr_csv_dialect *d) {
  if (given->skip >= 0) d->skip = (size_t)given->skip;
  if (given->header >= -1) d->header = given->header > 0 ? (size_t)given->header : 0;
  if (given->header >= -1) d->header_comment = given->header == -1;
  if (given->units >= 0) d->unit_row = given->units;
  if (given->legend >= 0) d->legend = (size_t)given->legend;
  if (given->row_names >= 0) d->row_names = given->row_names;
  if (given->trailing >= 0) d->trailing = given->trailing;
}

orr_status orr_csv_find_rows(const orr_csv_head *all, const orr_csv_grid *g, const orr_csv_rows_given *given,
                             orr_csv_dialect *d, size_t *data, orr_arena *arena, orr_error *e) {
  orr_csv_table t;
  orr_csv_rows rows;
  ORR_TRY(orr_csv_table_init(&t, g, arena, e));
  if (t.typed) read_typed(&t, &rows);
  else read_down(&t, &rows);
  settle(given, &rows);
  *data = rows.first + rows.header + rows.units + rows.legend;
  apply(&t, &rows, given, d);
  bool may = !rows.header && (given->header == -2 || given->header == -1) && *d->comment;
  if (may) ORR_TRY(orr_csv_find_comment_names(all, &t, *data, given, d, e));
  orr_csv_keep_rows(given, d);
  if (given->header == -2) orr_csv_audit(&t, &rows, d);
  return ORR_OK;
}
