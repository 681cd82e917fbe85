/* What a single cell says; see csv_cell.h. */
#include "data/csv_cell.h"

#include <ctype.h>

void orr_csv_format_init(orr_csv_format *f, const orr_csv_dialect *d) {
  *f = (orr_csv_format){.mark = d->decimal ? d->decimal : '.',
                        .group = d->thousands,
                        .words = d->missing,
                        .n_words = d->n_missing};
  for (size_t i = 0; i < f->n_words; i++) {
    char padded[ORR_CSV_MARGIN + 64 + ORR_CSV_MARGIN] = {0};
    size_t n = strlen(f->words[i]);
    f->word_lengths[(unsigned char)*f->words[i]] |= (uint64_t)1 << (n < 63 ? n : 63);
    if (n > 64) continue;
    double value;
    int64_t integer;
    memcpy(padded + ORR_CSV_MARGIN, f->words[i], n);
    if (orr_csv_read_number(padded + ORR_CSV_MARGIN, n, f->mark, f->group, &value, &integer) &&
        value == value)
      f->numeric_words = true;
  }
}

static size_t word_at(const orr_csv_format *f, const char *s, size_t n) {
  size_t i = 0;
  while (i < f->n_words && (strncmp(f->words[i], s, n) || f->words[i][n])) i++;
  return i;
}

bool orr_csv_is_word(const orr_csv_format *f, const char *s, size_t n) {
  return orr_csv_may_be_word(f, s, n) && word_at(f, s, n) < f->n_words;
}

uint64_t orr_csv_word_bit(const orr_csv_format *f, const char *s, size_t n) {
  size_t i = word_at(f, s, n);
  return (uint64_t)1 << (i < 63 ? i : 63);
}

bool orr_csv_read_bool(const char *s, size_t n, uint8_t *out) {
  static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
  if (n != 4 && n != 5) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i]) == n && !memcmp(words[i], s, n)) return *out = i >= 3, true;
  return false;
}

unsigned orr_csv_see(const orr_csv_format *f, const char *s, size_t n, orr_csv_value *out) {
  unsigned char c = (unsigned char)*s;
  bool may_be_number = isdigit(c) || c == '-' || c == '+' || c == (unsigned char)f->mark || strchr("iInN", c);
  unsigned seen =
      may_be_number ? orr_csv_read_number(s, n, f->mark, f->group, &out->number, &out->integer) : 0;
  if (seen == ORR_SEEN_INTEGER && (n != 2 || !isdigit(c))) return seen | ORR_SEEN_UNEVEN;
  if (!seen && isdigit(c)) seen = orr_csv_read_time(s, n, &out->integer);
  if (!seen && orr_csv_read_bool(s, n, &out->truth)) seen = ORR_SEEN_BOOL;
  return seen ? seen : ORR_SEEN_TEXT;
}

/* An integer beyond 64 bits is a number among numbers with fractions; among integers it would lose digits. A zero
 * before a digit is padding where all cells have two digits, and part of a code elsewhere. */
orr_type orr_csv_type_of(unsigned seen) {
  if (seen & ORR_SEEN_PADDED)
    return seen & ~(unsigned)(ORR_SEEN_PADDED | ORR_SEEN_INTEGER) ? ORR_TEXT : ORR_INT64;
  seen &= ~(unsigned)ORR_SEEN_UNEVEN;
  if (!(seen & ~(unsigned)ORR_SEEN_NUMERIC)) {
    if (seen == ORR_SEEN_INTEGER) return ORR_INT64;
    return (seen & ORR_SEEN_LARGE) && !(seen & ORR_SEEN_NUMBER) ? ORR_TEXT : ORR_FLOAT64;
  }
  if (seen == ORR_SEEN_BOOL) return ORR_BOOL;
  return seen == ORR_SEEN_TIME ? ORR_TIME : ORR_TEXT;
}
