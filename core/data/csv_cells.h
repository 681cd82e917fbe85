/* The cells of a CSV file as text, before types: what csv.c hands to csv_types.c. */
#ifndef ORR_DATA_CSV_CELLS_H
#define ORR_DATA_CSV_CELLS_H

#include "base/progress.h"
#include "base/text.h"
#include "base/vector.h"
#include "data/table.h"

typedef struct orr_csv_cells {
  orr_text bytes;            /* all cells, each ending in NUL */
  ORR_VECTOR(size_t) starts; /* of cell i, row-major, header first */
  ORR_VECTOR(size_t) lines;  /* line of the file on which row i starts, from 1 */
  size_t columns;            /* of every row */
} orr_csv_cells;

static inline const char *orr_csv_cell(const orr_csv_cells *c, size_t row, size_t column) {
  return c->bytes.data + c->starts.items[row * c->columns + column];
}

/* The one cell that makes a column of numbers text: its row, how many there are like it, and how many numbers. */
typedef struct orr_csv_oddity {
  size_t row, odd, numbers;
} orr_csv_oddity;

/* Looks through a text column; false unless nine in ten of its cells are numbers. */
bool orr_csv_find_oddity(const orr_csv_cells *c, size_t column, orr_csv_oddity *out);

/* Column `column` of rows 1…, typed by what all its cells are. */
orr_status orr_csv_column(const orr_csv_cells *c, size_t column, const char *name, orr_column **out,
                          orr_error *e);

#endif
