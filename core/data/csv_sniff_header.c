/* Which rows are names, units, legends and data.
 *
 * The columns' types are known from rows further down; the data begin with the
 * first row that has them, and what stands directly above is read upwards:
 * legends, units, names. Where all is text, the first full row is names if it
 * could be: short, distinct, not met again below. */
#include <string.h>

#include "data/csv_sniff_rows.h"

enum { FIRST_ROWS = 20, MOST_HEADER_ROWS = 4, LONGEST_NAME = 200 };

/* Cells that begin data after a block of names and units; nothing in a headed table is as sure as a body of numbers. */
static bool is_data(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  bool fits = r.width == t->columns || r.width * 2 > t->columns;
  return fits && r.match && r.match > 2 * r.mismatch && (!r.sparse || r.width == t->columns);
}

/* Words by the types below them: nothing is a number where numbers are. */
static bool are_words(const orr_csv_row *r) {
  bool data = r->match || r->numbers || r->specials; /* times above numbers are the names of days */
  return !data && !r->sparse && r->words && (r->width == 1 || r->clutter * 2 <= r->width) &&
         r->longest <= LONGEST_NAME;
}

/* Words for at least half of the columns; one name less than columns where it can be told which has none. */
static bool is_names(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (!are_words(&r) || r.full * 2 < r.width) return false;
  if (r.width + 1 == t->columns) return orr_csv_is_short(t, row);
  return r.width * 2 > t->columns;
}

static bool are_equal(const orr_csv_grid *g, size_t a, size_t b) {
  size_t width = orr_csv_grid_width(g, a);
  if (width != orr_csv_grid_width(g, b)) return false;
  for (size_t i = 0; i < width; i++)
    if (!orr_csv_spans_equal(orr_csv_grid_cell(g, a, i), orr_csv_grid_cell(g, b, i))) return false;
  return true;
}

/* One more row of names above row `below`: the same again, or headings of groups. */
static bool is_more_names(const orr_csv_table *t, size_t row, size_t below) {
  if (are_equal(t->grid, row, below)) return true;
  orr_csv_row r = orr_csv_row_of(t, row);
  if (t->columns < 3 || r.width != t->columns || r.clutter || r.long_texts || !are_words(&r)) return false;
  return r.full == r.width || (r.full >= 2 && (r.last >= t->columns / 2 && r.last > 1));
}

/* Names that are numbers, such as wavelengths or years: evenly rising, after cells that are none. */
static bool is_numeric_names(const orr_csv_table *t, size_t row) {
  if (row + 1 >= orr_csv_grid_rows(t->grid) || orr_csv_grid_width(t->grid, row) != t->columns) return false;
  size_t words = orr_csv_rises(t, row);
  if (!words || t->columns < words + 3) return false;
  orr_csv_kind first = orr_csv_kind_of(orr_csv_grid_cell(t->grid, row, 0));
  if (first == ORR_CSV_BLANK && t->groups[0] != ORR_CSV_NOTHING) return true;
  return !orr_csv_rises(t, row + 1);
}

/* The first row of data. A row of names further down, with nothing but scraps before it, comes before the data. */
static size_t find_data(const orr_csv_table *t) {
  size_t rows = orr_csv_grid_rows(t->grid), data = 0, scraps = 0;
  while (data < rows && !is_data(t, data)) data++;
  for (size_t r = data; r < rows && r < data + FIRST_ROWS; r++) {
    orr_csv_row row = orr_csv_row_of(t, r);
    if (r > scraps && row.width == t->columns && row.mismatch && is_names(t, r)) {
      while (r < rows && !is_data(t, r)) r++;
      return r < rows ? r : data;
    }
    if (row.width == t->columns && !row.sparse && t->columns > 2) break;
  }
  return data;
}

/* A row of data that is unlike most: its cells match in part, or the columns with a type are blank. */
static bool is_odd_data(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (r.width != t->columns || r.sparse || orr_csv_is_legend_row(t, row)) return false;
  orr_csv_kind first = orr_csv_kind_of(orr_csv_grid_cell(t->grid, row, 0));
  bool setting =
      t->columns == 2 && first >= ORR_CSV_NAME && t->groups[0] > ORR_CSV_WORDS; /* "integration; 100" */
  return r.match ? !setting : !r.mismatch;
}

/* Reads upwards from the first row of data. */
static void read_up(const orr_csv_table *t, size_t data, orr_csv_rows *out) {
  while (data > 0 && !is_names(t, data - 1) && is_odd_data(t, data - 1)) data--;
  size_t i = data;
  *out = (orr_csv_rows){.first = data};
  while (i > 0 && orr_csv_is_legend_row(t, i - 1)) i--, out->legend++;
  if (i > 1 && orr_csv_is_unit_row(t, i - 1) && is_names(t, i - 2)) i--, out->units = 1;
  if (i > 0 && is_names(t, i - 1)) out->header = 1, i--;
  if (!out->header) { /* what seemed a legend may be the names: "max,min" */
    *out = (orr_csv_rows){.first = data};
    i = data;
    if (i > 0 && is_names(t, i - 1)) out->header = 1, i--;
  }
  while (out->header && out->header < MOST_HEADER_ROWS && i > 0 && is_more_names(t, i - 1, i))
    out->header++, i--;
  out->first = i;
  bool single = data < orr_csv_grid_rows(t->grid) && !out->header && is_numeric_names(t, data);
  if (single) out->header = 1;
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
  while (i + 1 < rows && i - names < MOST_HEADER_ROWS && are_equal(t->grid, i, i + 1)) i++;
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
static size_t lines_before(const orr_csv_head *head, const orr_csv_grid *g, size_t first,
                           const orr_csv_dialect *d) {
  if (!orr_csv_grid_rows(g) || (!first && *d->comment)) return head->line;
  return first < orr_csv_grid_rows(g) ? g->lines.items[first] : head->line;
}

/* A name before each row's first named cell, or a delimiter after its last. */
static void find_edges(const orr_csv_table *t, const orr_csv_rows *rows, orr_csv_dialect *d) {
  size_t data = rows->first + rows->header + rows->units + rows->legend;
  bool narrower = rows->header && orr_csv_grid_width(t->grid, rows->first) + 1 == t->columns;
  d->trailing = !d->squeeze && orr_csv_is_trailing(t, rows, data);
  d->row_names = narrower && !d->trailing;
}

static void apply(const orr_csv_head *head, const orr_csv_table *t, const orr_csv_rows *rows,
                  const orr_csv_rows_given *given, orr_csv_dialect *d) {
  d->skip = given->skip >= 0 ? (size_t)given->skip : lines_before(head, t->grid, rows->first, d);
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

orr_status orr_csv_find_rows(const orr_csv_head *all, const orr_csv_head *head, const orr_csv_grid *g,
                             const orr_csv_rows_given *given, orr_csv_dialect *d, size_t *data,
                             orr_arena *arena, orr_error *e) {
  orr_csv_table t;
  orr_csv_rows rows;
  ORR_TRY(orr_csv_table_init(&t, g, arena, e));
  if (t.typed) read_up(&t, find_data(&t), &rows);
  else read_down(&t, &rows);
  settle(given, &rows);
  *data = rows.first + rows.header + rows.units + rows.legend;
  apply(head, &t, &rows, given, d);
  bool may = !rows.header && (given->header == -2 || given->header == -1) && *d->comment;
  if (may) ORR_TRY(orr_csv_find_comment_names(all, &t, *data, given, d, e));
  orr_csv_keep_rows(given, d);
  return ORR_OK;
}
