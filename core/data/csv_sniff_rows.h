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
/* Half of the cells at least are units, and none is a number; all cells are of a legend. */
bool orr_csv_is_unit_row(const orr_csv_table *t, size_t row);
bool orr_csv_is_legend_row(const orr_csv_table *t, size_t row);
orr_csv_row orr_csv_row_of(const orr_csv_table *t, size_t row);

/* A row of names that is one shorter than the data fits: their first column names rows, or their last is blank. */
bool orr_csv_is_short(const orr_csv_table *t, size_t row);
/* After some cells that are no numbers come numbers, three at least, that rise by even steps: how many cells come
 * before; else 0. */
size_t orr_csv_rises(const orr_csv_table *t, size_t row);
bool orr_csv_are_distinct(const orr_csv_table *t, size_t row);
/* A cell of the row stands again below it, in its column. */
bool orr_csv_comes_again(const orr_csv_table *t, size_t row);
/* The last column is a delimiter too many: always blank below a blank or missing name. */
bool orr_csv_is_trailing(const orr_csv_table *t, const orr_csv_rows *rows, size_t data);

/* csv_sniff_names.c: names in the comment lines above row `data`: sets skip, header_comment, unit_row. */
orr_status orr_csv_find_comment_names(const orr_csv_head *all, const orr_csv_table *t, size_t data,
                                      const orr_csv_rows_given *given, orr_csv_dialect *d, orr_error *e);

#endif
