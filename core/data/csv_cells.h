/* Bytes to cells, for csv_*.c alone.
 *
 * A stretch of a file is cut into rows of cells, each cell a place in memory
 * without its quotes and padding. Stretches without anything unusual are cut
 * directly, the others by libcsv, after dialects that libcsv does not know
 * were rewritten; which way was taken cannot be told from the cells.
 */
#ifndef ORR_DATA_CSV_CELLS_H
#define ORR_DATA_CSV_CELLS_H

#include "base/text.h"
#include "base/vector.h"
#include "data/csv_dialect.h"
#include "data/csv_number.h"

enum { ORR_CSV_MOST_CELL = 1 << 20, ORR_CSV_MOST_ROW = 1 << 26 }; /* bytes */

/* How a stretch ends: amid a row, which is left for the next; with a row; with the file. */
typedef enum orr_csv_ending { ORR_CSV_CUT_OFF, ORR_CSV_WITH_ROW, ORR_CSV_WITH_FILE } orr_csv_ending;

typedef struct orr_csv_cell {
  uint32_t at, n;
} orr_csv_cell;

typedef struct orr_csv_row {
  uint32_t first, count; /* its cells */
  uint32_t at;           /* where it starts in the stretch */
  size_t line;           /* of the file, from 1 */
} orr_csv_row;

typedef struct orr_csv_cells {
  const char
      *bytes; /* that cells point into, with ORR_CSV_MARGIN bytes to read before and after every cell */
  ORR_VECTOR(orr_csv_cell) cells;
  ORR_VECTOR(orr_csv_row) rows;
  ORR_VECTOR(uint32_t) doubled; /* cells in which quotes are doubled */
  uint32_t rest;                /* where the bytes begin that belong to no complete row */
  size_t rest_line;             /* and on which line */
  bool whole;                   /* the stretch ended with a row, as it was said to */
  size_t stray;                 /* quotes within quoted cells that stand for themselves */
  size_t stray_line;            /* of the first */
  orr_text copied;              /* cells that libcsv made */
} orr_csv_cells;

static inline const char *orr_csv_cell_at(const orr_csv_cells *c, const orr_csv_row *row, size_t column,
                                          size_t *n) {
  static const char blank[2 * ORR_CSV_MARGIN] = {0};
  if (column >= row->count) return *n = 0, blank + ORR_CSV_MARGIN;
  orr_csv_cell cell = c->cells.items[row->first + column];
  return *n = cell.n, c->bytes + cell.at;
}

/* Cuts n < 2^32 bytes (and may move some of them), which begin with a row on line `line`, and around which the
 * margin can be read. What was in
 * `out` is forgotten, its memory used again. ORR_DATA for a cell without end. */
orr_status orr_csv_cut(const orr_csv_dialect *d, char *bytes, size_t n, size_t line, orr_csv_ending ending,
                       orr_csv_cells *out, orr_error *e);
void orr_csv_cells_fini(orr_csv_cells *c);

/* The direct way is for delimiters of one byte and no escapes, and for quotes around whole cells only: *fit says
 * whether that was so, and the cells are right; doubled quotes then become single ones in the bytes themselves. The
 * library takes everything. */
bool orr_csv_is_direct(const orr_csv_dialect *d, const char *bytes, size_t n);
orr_status orr_csv_cut_directly(const orr_csv_dialect *d, char *bytes, size_t n, size_t line,
                                orr_csv_ending ending, orr_csv_cells *out, bool *fit, orr_error *e);
orr_status orr_csv_cut_by_library(const orr_csv_dialect *d, const char *bytes, size_t n, size_t line,
                                  orr_csv_ending ending, orr_csv_cells *out, orr_error *e);
orr_status orr_csv_fail_cell(size_t line, orr_error *e); /* too long */
orr_status orr_csv_fail_row(size_t line, orr_error *e);
orr_status orr_csv_check_zero(const char *bytes, size_t n, size_t line, orr_error *e); /* fails at a NUL */

/* Forgets the cells, and where the stretch was. */
static inline void orr_csv_cells_clear(orr_csv_cells *c) {
  c->cells.count = c->rows.count = c->doubled.count = 0;
  c->rest = 0;
  c->rest_line = c->stray = c->stray_line = 0;
  c->whole = true;
  c->copied.length = 0;
}

/* Dialects that libcsv does not know, line by line into the form that it does: '"' quotes, doubled inside them, and
 * NUL, which no text holds, as the delimiter. */
typedef struct orr_csv_rewriter {
  const orr_csv_dialect *d;
  bool quoted;   /* the line before ended inside quotes */
  size_t stray;  /* quotes that stand for themselves, so far */
  orr_text line; /* the last one rewritten, with its end */
} orr_csv_rewriter;

bool orr_csv_needs_rewriting(const orr_csv_dialect *d);
orr_status orr_csv_rewrite_line(orr_csv_rewriter *w, const char *line, size_t n, orr_error *e);

/* Whether a line that begins here is a comment. */
static inline bool orr_csv_is_comment(const orr_csv_dialect *d, const char *line, size_t n) {
  if (!*d->comment || !n || *line != *d->comment) return false;
  size_t length = strlen(d->comment);
  return n >= length && !memcmp(line, d->comment, length);
}

/* Bytes up to the end of the line, which is included: LF, CR, or both. Remembers what it found for the next call. */
typedef struct orr_csv_lines {
  const char *end;
  const char *next_lf, *next_cr;
} orr_csv_lines;
size_t orr_csv_line_length(orr_csv_lines *lines, const char *at);

#endif
