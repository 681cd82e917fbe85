/* CSV tables through libcsv.
 *
 * The dialect is found by looking or given; types come from every cell of a
 * column, not from a prefix; nothing is dropped silently: rows with another
 * number of cells are counted, and their lines reported. Files are read in
 * blocks by all workers, and the table does not depend on how many there are.
 */
#ifndef ORR_DATA_CSV_H
#define ORR_DATA_CSV_H

#include "base/progress.h"
#include "base/text.h"
#include "data/csv_dialect.h"
#include "data/table.h"

enum { ORR_CSV_LINES_TOLD = 5 };

/* Rows that were not as the header promised, with the lines (from 1) of the first few. */
typedef struct orr_csv_oddities {
  size_t count;
  size_t lines[ORR_CSV_LINES_TOLD];
} orr_csv_oddities;

typedef struct orr_csv_reading {
  orr_table *table;
  orr_hash content; /* of the bytes as they are in the file */
  orr_csv_dialect dialect;
  orr_csv_oddities short_rows; /* filled up with missing cells */
  orr_csv_oddities long_rows;  /* left out: their surplus cells hold something */
  orr_csv_oddities repeated;   /* lines that repeat the names between rows, left out */
  orr_csv_oddities second;     /* where a second table begins, which is left out */
  orr_csv_oddities footer;     /* lines of one cell at the end of the table, left out */
  orr_arena arena;             /* the dialect's */
} orr_csv_reading;

/* Reads the descriptor (a file, or a pipe, whose bytes are kept in memory meanwhile) to its end. `source` names it
 * for people; `given` as in orr_csv_sniff.
 * Warnings (ragged rows, a column that is text for one odd cell, integers beyond 64 bits) go to work->log. */
orr_status orr_csv_read(int fd, const char *source, const orr_options *given, const orr_work *work,
                        orr_csv_reading *out, orr_error *e);

/* The same for a first look: a column that is all missing is a warning, and no error. */
orr_status orr_csv_read_lenient(int fd, const char *source, const orr_options *given, const orr_work *work,
                                orr_csv_reading *out, orr_error *e);

/* The same from memory, which is also how it is fuzzed. */
orr_status orr_csv_parse(const char *bytes, size_t n, const char *source, const orr_options *given,
                         const orr_work *work, orr_csv_reading *out, orr_error *e);

void orr_csv_reading_fini(orr_csv_reading *r); /* drops its table too, unless it was set to NULL */

/* The table as understood, every cell as the text that stands in the file (UTF-8, without quotes and padding):
 * a call for the header (row -1, when the file has one) and one for each row that the table has. A file without
 * rows, or without a byte, is no error here. */
typedef orr_status (*orr_csv_row_fn)(void *context, int64_t row, const char *const *cells, size_t n,
                                     orr_error *e);
orr_status orr_csv_each_row(int fd, const char *source, const orr_options *given, const orr_work *work,
                            orr_csv_row_fn fn, void *context, orr_error *e);

/* One cell, quoted where CSV needs it. */
void orr_csv_add_cell(orr_text *out, const char *cell);

#endif
