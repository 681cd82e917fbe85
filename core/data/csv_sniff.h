/* The parts of the CSV sniffer, for csv_sniff*.c; the reader asks it for units too.
 *
 * All work is on the head of the file as UTF-8 text: enough lines to judge
 * by. It is cut into a grid of cells by a dialect under trial; each cell has
 * a kind; the shape of a grid says how good a table the dialect makes of it.
 * Invariant: the spans of a grid point into the text it was cut from.
 */
#ifndef ORR_DATA_CSV_SNIFF_H
#define ORR_DATA_CSV_SNIFF_H

#include <stdint.h>

#include "base/vector.h"
#include "data/csv_dialect.h"

/* What a cell is at sight, blanks around it taken off. */
typedef enum orr_csv_kind {
  ORR_CSV_BLANK,
  ORR_CSV_MISSING, /* one of the usual words for it */
  ORR_CSV_NUMBER,  /* 12, -1.5e3, inf */
  ORR_CSV_COMMA,   /* 1,5: a number if the comma is decimal, or stands between thousands */
  ORR_CSV_GROUPED, /* 1.234.567,89: a number in groups of three */
  ORR_CSV_TIME,    /* dates, times, both, sexagesimal angles */
  ORR_CSV_SPECIAL, /* prices, per cent, addresses, truth values: data, but no names */
  ORR_CSV_NAME,    /* short words that could name a column */
  ORR_CSV_TEXT,    /* longer text */
  ORR_CSV_CLUTTER  /* text with what may be a delimiter inside */
} orr_csv_kind;

static inline bool orr_csv_kind_is_number(orr_csv_kind k) {
  return k == ORR_CSV_NUMBER || k == ORR_CSV_COMMA || k == ORR_CSV_GROUPED;
}
static inline bool orr_csv_kind_is_typed(orr_csv_kind k) {
  return k >= ORR_CSV_NUMBER && k <= ORR_CSV_SPECIAL;
}
static inline bool orr_csv_kind_is_empty(orr_csv_kind k) { return k <= ORR_CSV_MISSING; }

typedef struct orr_csv_span {
  const char *s; /* of a quoted cell: what is between the quotes */
  uint32_t n;
  uint16_t lead; /* blanks before a quote */
  bool quoted;
} orr_csv_span;

typedef struct orr_csv_grid {
  ORR_VECTOR(orr_csv_span) cells;
  ORR_VECTOR(size_t) starts; /* the first cell of each row, and the end of the last */
  ORR_VECTOR(size_t) lines;  /* the line of the file, from 0, on which each row starts */
  size_t quoted;             /* cells in quotes */
  size_t stray;              /* quotes out of place */
} orr_csv_grid;

static inline size_t orr_csv_grid_rows(const orr_csv_grid *g) { return g->lines.count; }
static inline size_t orr_csv_grid_width(const orr_csv_grid *g, size_t row) {
  return g->starts.items[row + 1] - g->starts.items[row];
}
static inline orr_csv_span orr_csv_grid_cell(const orr_csv_grid *g, size_t row, size_t column) {
  return g->cells.items[g->starts.items[row] + column];
}

/* The head of a file: UTF-8, beginning on line `line` (from 0); `cut`: it goes on after byte n. */
typedef struct orr_csv_head {
  const char *s;
  size_t n, line;
  bool cut;
} orr_csv_head;

/* csv_sniff_encoding.c: sets encoding (unless `fixed`) and mark; ORR_DATA when the bytes are no text. */
orr_status orr_csv_find_encoding(const char *bytes, size_t n, bool whole, bool fixed, orr_csv_dialect *d,
                                 orr_error *e);
/* The bytes after the mark as UTF-8, in the arena where they have to be changed. */
orr_status orr_csv_decode(const char *bytes, size_t n, const orr_csv_dialect *d, orr_arena *arena,
                          orr_csv_head *out, orr_error *e);

/* csv_sniff_kind.c */
orr_csv_kind orr_csv_kind_of(orr_csv_span cell);
/* Without the blanks around it. */
orr_csv_span orr_csv_trimmed(orr_csv_span cell);
bool orr_csv_span_is(orr_csv_span cell, const char *word); /* without regard to case */
bool orr_csv_spans_equal(orr_csv_span a, orr_csv_span b);
extern const char *const orr_csv_missing_words[];
extern const size_t orr_csv_missing_count;

/* csv_sniff_unit.c: whether a cell reads as a unit of measurement, or as what stands in a legend row. */
bool orr_csv_is_unit(orr_csv_span cell);
bool orr_csv_is_legend(orr_csv_span cell);
/* The parts of legends that are no kind of average: a rule of dashes or a format; a word for a type. */
bool orr_csv_is_rule(orr_csv_span cell);
bool orr_csv_is_type(orr_csv_span cell);

/* csv_sniff_grid.c: cuts the text (its last row is left out when the text is cut off) by the delimiter, quotes,
 * escape and comment of `d`. Lenient: a quote inside quotes that cannot end the cell is text, and counted as stray. */
orr_status orr_csv_grid_cut(orr_csv_grid *g, const orr_csv_head *head, const orr_csv_dialect *d,
                            orr_error *e);
void orr_csv_grid_fini(orr_csv_grid *g);
/* The cells of one line, which may begin with the comment prefix. */
orr_status orr_csv_grid_cut_line(orr_csv_grid *g, const char *s, size_t n, const orr_csv_dialect *d,
                                 orr_error *e);
/* Bytes of the line end at s[at] (1, or 2 for CRLF), 0 when there is none. */
size_t orr_csv_line_end(const char *s, size_t n, size_t at);

/* The number of cells that the rows of the table have, 0 when there is no row. */
size_t orr_csv_grid_columns(const orr_csv_grid *g);

/* csv_sniff_comment.c */
void orr_csv_find_comment(const orr_csv_head *head, orr_csv_dialect *d);
/* Comment lines strewn among the data of a file with `columns` columns, when none stood at the top. */
orr_status orr_csv_find_strewn_comment(const orr_csv_head *head, size_t columns, orr_csv_dialect *d,
                                       bool *found, orr_error *e);
/* Takes the comment prefix back where it would leave out rows of the table: "#2,5" below "1,4". */
orr_status orr_csv_drop_comment(const orr_csv_head *head, size_t columns, orr_csv_dialect *d, bool *dropped,
                                orr_error *e);
/* The text from the last few of the comment lines that it begins with, if these are `enough` bytes and more. */
orr_csv_head orr_csv_after_comments(const orr_csv_head *text, size_t enough);

/* csv_sniff_delimiter.c: delimiter, squeeze, quote, escape, stray_quotes; what `fixed` names stays. Leaves the
 * grid cut by what was found. `all` is what `head` is the beginning of: a late escape is looked for in it. */
typedef struct orr_csv_fixed {
  bool delimiter, quote, escape, stray_quotes;
} orr_csv_fixed;
orr_status orr_csv_find_delimiter(const orr_csv_head *all, const orr_csv_head *head,
                                  const orr_csv_fixed *fixed, orr_csv_dialect *d, orr_csv_grid *g,
                                  orr_error *e);

/* csv_sniff_header.c: skip, header, header_comment, unit_row, legend, row_names, trailing. A number that is given
 * is not negative in `given`. */
typedef struct orr_csv_rows_given {
  int64_t skip, header, units, legend, row_names, trailing; /* -1: not given; header -2: not given */
} orr_csv_rows_given;
/* `all`: the head from the first line of the file. *data is the row of the grid that the data begin with. */
orr_status orr_csv_find_rows(const orr_csv_head *all, const orr_csv_grid *g, const orr_csv_rows_given *given,
                             orr_csv_dialect *d, size_t *data, orr_arena *arena, orr_error *e);

/* csv_sniff_number.c: decimal, thousands, trim, from the rows of data that begin at row `first` of the grid. */
typedef struct orr_csv_numbers_given {
  bool decimal, thousands, trim;
} orr_csv_numbers_given;
void orr_csv_find_numbers(const orr_csv_grid *g, size_t first, const orr_csv_numbers_given *given,
                          orr_csv_dialect *d);

/* What is given of the rows, into the dialect. */
void orr_csv_keep_rows(const orr_csv_rows_given *given, orr_csv_dialect *d);

/* csv_dialect.c: what is given by hand; what is not, is at its default there. */
typedef struct orr_csv_given {
  orr_csv_dialect dialect;
  bool encoding, comment, missing;
  orr_csv_fixed fixed;
  orr_csv_rows_given rows;
  orr_csv_numbers_given numbers;
} orr_csv_given;

orr_status orr_csv_take_given(const orr_options *options, orr_arena *arena, orr_csv_given *out, orr_error *e);

#endif
