/* What a single cell says, for csv_*.c alone: nothing, a number, a time, a
 * truth value, or words. The order of trial does not matter: no text is two of
 * these at once. */
#ifndef ORR_DATA_CSV_CELL_H
#define ORR_DATA_CSV_CELL_H

#include "data/csv_dialect.h"
#include "data/csv_number.h"
#include "data/table.h"

/* What it takes to read cells, made ready from a dialect. The words stay the dialect's. */
typedef struct orr_csv_format {
  char mark, group;         /* decimal; between groups of three digits, or 0 */
  bool numeric_words;       /* some word for missing reads as a number: -999 */
  const char *const *words; /* that mean missing */
  size_t n_words;
  uint64_t word_lengths[256]; /* by first byte: bit n is set when a word has n bytes (63: or more) */
} orr_csv_format;

void orr_csv_format_init(orr_csv_format *f, const orr_csv_dialect *d);

/* Whether the cell is one of the words; for all but these it takes one look at a table. */
static inline bool orr_csv_may_be_word(const orr_csv_format *f, const char *s, size_t n) {
  return (f->word_lengths[(unsigned char)*s] >> (n < 63 ? n : 63)) & 1;
}
bool orr_csv_is_word(const orr_csv_format *f, const char *s, size_t n);
/* A bit for the word that the cell is, by its place in the list; the last of 64 stands for all beyond. */
uint64_t orr_csv_word_bit(const orr_csv_format *f, const char *s, size_t n);

/* Takes blanks off both ends. */
static inline void orr_csv_trim(const char **s, size_t *n) {
  while (*n && (**s == ' ' || **s == '\t')) ++*s, --*n;
  while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t')) --*n;
}

/* true and false, in any of the usual cases. */
bool orr_csv_read_bool(const char *s, size_t n, uint8_t *out);

/* ISO-8601 dates, and dates with times, as nanoseconds since 1970 in UTC: 2024-05-01, 2024-05-01T12:34,
 * 2024-05-01 12:34:56.789Z, 2024-05-01T12:34:56+02:00, 20240501T123456Z. Without an offset it is taken as UTC; what
 * is finer than a nanosecond is dropped. ORR_SEEN_TIME; ORR_SEEN_FAR before 1677 and after 2262; 0: no time. */
unsigned orr_csv_read_time(const char *s, size_t n, int64_t *out);

/* What may make text of a column of numbers, or of times. */
enum { ORR_SEEN_SPECIAL = ORR_SEEN_LARGE | ORR_SEEN_FAR | ORR_SEEN_ZERO | ORR_SEEN_PADDED };

/* What a cell was seen to be, as a value. */
typedef struct orr_csv_value {
  double number;   /* ORR_SEEN_NUMERIC */
  int64_t integer; /* ORR_SEEN_INTEGER, ORR_SEEN_PADDED, ORR_SEEN_TIME */
  uint8_t truth;   /* ORR_SEEN_BOOL */
} orr_csv_value;

/* A cell without blanks around it that is neither empty nor a word for missing: one of orr_csv_seen, an integer
 * with ORR_SEEN_UNEVEN where that holds. Needs the margin. */
unsigned orr_csv_see(const orr_csv_format *f, const char *s, size_t n, orr_csv_value *out);

/* The type of a column in which all of `seen` (a union) was seen. Nothing at all makes float64. */
orr_type orr_csv_type_of(unsigned seen);

#endif
