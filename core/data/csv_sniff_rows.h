/* Rows at sight: what csv_sniff_header.c decides by. */
#ifndef ORR_DATA_CSV_SNIFF_ROWS_H
#define ORR_DATA_CSV_SNIFF_ROWS_H

#include "data/csv_sniff.h"

typedef enum orr_csv_group {
  ORR_CSV_NOTHING,
  ORR_CSV_WORDS,
  ORR_CSV_NUMBERS,
  ORR_CSV_TIMES,
  ORR_CSV_SPECIALS
} orr_csv_group;

/* A grid with the number of its columns and what most cells of each column are, judged below the first rows. */
typedef struct orr_csv_table {
  const orr_csv_grid *grid;
  size_t columns, typed; /* typed: columns of numbers, times or specials */
  uint8_t *groups;
} orr_csv_table;

typedef struct orr_csv_row {
  size_t width, full, last; /* cells; those not blank; the last such */
  size_t words, numbers, times, specials, clutter, long_texts, longest;
  size_t match, mismatch; /* cells that are, and words that are not, of their column's group */
  bool sparse;            /* one cell at most holds something, of three or more */
} orr_csv_row;

/* Rows of the grid: names, units and legend from row `first`; the data come after. */
typedef struct orr_csv_rows {
  size_t first, header, units, legend;
} orr_csv_rows;

orr_status orr_csv_table_init(orr_csv_table *t, const orr_csv_grid *g, orr_arena *arena, orr_error *e);
/* Rows of units and legends, with regard to what the columns hold. */
bool orr_csv_is_unit_row(const orr_csv_table *t, size_t row);
bool orr_csv_is_legend_row(const orr_csv_table *t, size_t row);
orr_csv_row orr_csv_row_of(const orr_csv_table *t, size_t row);

/* A row of names that is one shorter than the data fits: their first column names rows, or their last is blank. */
bool orr_csv_is_short(const orr_csv_table *t, size_t row);
/* A row below is as wide as this one, and holds data. */
bool orr_csv_has_own_width(const orr_csv_table *t, size_t row);
/* NAN where the cell is no plain number. */
double orr_csv_number_of(orr_csv_span cell);
/* csv_sniff_numeric.c: the row's names are numbers, such as wavelengths or years, after a name that is a word. */
bool orr_csv_is_numeric_names(const orr_csv_table *t, size_t row);
bool orr_csv_are_distinct(const orr_csv_table *t, size_t row);
/* A cell of the row stands again below it, in its column. */
bool orr_csv_comes_again(const orr_csv_table *t, size_t row);
/* The last column is a delimiter too many: always blank below a blank or missing name. */
bool orr_csv_is_trailing(const orr_csv_table *t, const orr_csv_rows *rows, size_t data);

/* csv_sniff_top.c: the row of names, or SIZE_MAX, in a table with columns that are no text, whose first row of data
 * is `data`; whether a row can be names; a row that is data though the columns with a type have words. */
size_t orr_csv_find_top(const orr_csv_table *t, size_t data);
bool orr_csv_is_names(const orr_csv_table *t, size_t row);
bool orr_csv_is_odd_data(const orr_csv_table *t, size_t row);
/* A column is text; the row has something in such a column. */
bool orr_csv_has_text(const orr_csv_table *t);
bool orr_csv_agrees_with_text(const orr_csv_table *t, size_t row);
bool orr_csv_are_equal(const orr_csv_table *t, size_t a, size_t b);

/* csv_sniff_audit.c: rows that are left out or read as names, units or legend, and look like data. */
void orr_csv_audit(const orr_csv_table *t, const orr_csv_rows *rows, orr_csv_dialect *d);

/* csv_sniff_names.c: names in the comment lines above row `data`: sets skip, header_comment, unit_row. */
orr_status orr_csv_find_comment_names(const orr_csv_head *all, const orr_csv_table *t, size_t data,
                                      const orr_csv_rows_given *given, orr_csv_dialect *d, orr_error *e);

#endif
