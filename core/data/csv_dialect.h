/* The dialect of a CSV file: everything a reader must know besides the bytes.
 *
 * It is found by looking (csv_sniff.c), any part of it may be given by hand,
 * and it can be written out as options that give the same dialect again, so
 * that a recipe records what was decided and replay decides nothing.
 */
#ifndef ORR_DATA_CSV_DIALECT_H
#define ORR_DATA_CSV_DIALECT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/option.h"

#define ORR_ENCODING_LIST(X)                                                                                 \
  X(UTF_8, "utf-8")                                                                                          \
  X(LATIN_1, "latin-1")                                                                                      \
  X(WINDOWS_1252, "windows-1252")                                                                            \
  X(UTF_16LE, "utf-16le")                                                                                    \
  X(UTF_16BE, "utf-16be")

typedef enum orr_encoding {
#define X(code, name) ORR_##code,
  ORR_ENCODING_LIST(X)
#undef X
} orr_encoding;

enum { ORR_CSV_SUSPECTS = 5 };

/* Lists and long texts belong to the arena the dialect was made in, or are static.
 *
 * The lines of a file, in this order: `skip` lines of any kind; then, with lines that begin with `comment` and
 * blank lines left out wherever they stand: `header` rows of names, a row of units, `legend` rows, the data. */
typedef struct orr_csv_dialect {
  char delimiter[8]; /* one byte, or several such as ", "; "": the file has one column */
  bool squeeze;      /* a run of delimiters is one, also at a line's start and end; tabs count as blanks */
  char quote;        /* 0: none */
  char escape;       /* 0: none, a quote inside quotes is doubled */
  bool
      stray_quotes; /* quotes inside quotes are not doubled: one closes only before a delimiter or line end */
  char comment[8];  /* lines that begin with it are left out; "": none */
  size_t skip;      /* lines (as they stand, quotes or not) before the header: a preamble, blank lines */
  size_t header;    /* rows of column names, joined with a blank; 0: columns are named column_1, … */
  bool
      header_comment; /* header is 0: the names stand, after the comment prefix, in line number `skip` (from 1);
                          with unit_row they stand one line above it, and line `skip` holds the units */
  bool unit_row;      /* the row after the names holds units */
  size_t legend;      /* rows after these that are no data: dashes, formats (5s 10n), kinds of average */
  bool row_names;     /* each row has a name before its first named column (as R writes) */
  bool trailing;      /* each row ends in one delimiter more (the header may, or may not) */
  bool trim;          /* blanks around unquoted cells are padding */
  char decimal;       /* '.' or ',' */
  char thousands;     /* 0: none; ',' '.' ' ' or '\'' between groups of three digits */
  orr_encoding encoding;
  bool mark;                  /* a byte order mark comes first; always found by looking */
  const char *const *missing; /* words that mean missing, besides the blank cell */
  size_t n_missing;
  size_t
      suspects; /* found, no option: rows that look like data, but stand above them and are left out or read as
                      names, units or a legend; the lines (from 1) of the first of them */
  size_t suspect_lines[ORR_CSV_SUSPECTS];
} orr_csv_dialect;

/* The options that give a dialect by hand: delimiter, quote, escape, stray_quotes, comment, skip, header (-1: names
 * in a comment), units, legend, row_names, trailing, trim, decimal, thousands, encoding, missing. An option that is
 * absent (ORR_NIL) is found by looking. */
extern const orr_option orr_csv_options[];
extern const size_t orr_csv_options_count;

const char *orr_encoding_name(orr_encoding encoding);

/* Looks at the first n bytes of a file (`whole`: there are no more) and fills in what `given` (rows of
 * orr_csv_options, or a longer list that contains them; NULL: nothing) leaves open. ORR_USAGE when what is given
 * cannot be; ORR_DATA when the bytes are no text. A file without a byte has a dialect too. */
orr_status orr_csv_sniff(const char *bytes, size_t n, bool whole, const orr_options *given, orr_arena *arena,
                         orr_csv_dialect *out, orr_error *e);

/* The dialect as options: a dict of explicit values that orr_csv_sniff turns into the same dialect. */
orr_status orr_csv_dialect_to_value(const orr_csv_dialect *d, orr_arena *arena, orr_value *out, orr_error *e);

/* One line for people: "delimiter ';', decimal comma, 2 lines before the header, latin-1". */
void orr_csv_dialect_describe(const orr_csv_dialect *d, orr_text *out);

#endif
