/* What the sniffer leaves out is looked at once more: a row that could be data
 * is noted, so that the reader can say so. Notes change nothing. */
#include "data/csv_sniff_rows.h"

static bool are_numbers(const orr_csv_table *t, size_t row) {
  orr_csv_row r = orr_csv_row_of(t, row);
  return r.width > 1 && r.numbers + r.times == r.width;
}

/* Rows of numbers of a table narrower or wider than the one that was found. */
static bool is_of_another_table(const orr_csv_table *t, size_t row) {
  if (!row || !are_numbers(t, row) || !are_numbers(t, row - 1)) return false;
  return orr_csv_grid_width(t->grid, row) == orr_csv_grid_width(t->grid, row - 1);
}

/* Cells of the columns' types, or the table's width with a word of its own in a first column of text. */
static bool is_suspect(const orr_csv_table *t, size_t row, bool below_names) {
  orr_csv_row r = orr_csv_row_of(t, row);
  if (!below_names && is_of_another_table(t, row)) return true;
  if (r.width != t->columns || t->columns < 2 || r.sparse) return false;
  if (r.match > r.mismatch) return true;
  if (!below_names || t->groups[0] != ORR_CSV_WORDS || r.full < r.width) return false;
  orr_csv_span first = orr_csv_grid_cell(t->grid, row, 0);
  return orr_csv_kind_of(first) == ORR_CSV_NAME && !orr_csv_is_unit(first) && !orr_csv_is_legend(first);
}

void orr_csv_audit(const orr_csv_table *t, const orr_csv_rows *rows, orr_csv_dialect *d) {
  size_t data = rows->first + rows->header + rows->units + rows->legend, all = orr_csv_grid_rows(t->grid);
  for (size_t r = 0; r < data && r < all; r++) {
    bool below = r > rows->first && rows->header; /* the fuller of two rows of names are the names */
    bool names = below && orr_csv_row_of(t, r).full > orr_csv_row_of(t, rows->first).full;
    if (rows->header && (r == rows->first || names || (below && orr_csv_are_equal(t, r, rows->first))))
      continue;
    if (!is_suspect(t, r, below)) continue;
    if (d->suspects < ORR_CSV_SUSPECTS) d->suspect_lines[d->suspects] = t->grid->lines.items[r] + 1;
    d->suspects++;
  }
}
