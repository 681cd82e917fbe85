/* Names in a comment, as numpy.savetxt, NDBC and many a script write them:
 * the last comment line above the data with as many words as there are columns. */
#include <string.h>

#include "data/csv_sniff_rows.h"

enum { KEPT = 4 };

/* The last comment lines above the data, without their prefix; lines are counted from 1. */
typedef struct notes {
  orr_csv_span text[KEPT];
  size_t line[KEPT], count;
} notes;

static orr_csv_span without_prefix(const char *s, size_t n, const char *prefix) {
  size_t length = strlen(prefix);
  while (n >= length && !memcmp(s, prefix, length)) s += length, n -= length;
  return (orr_csv_span){.s = s, .n = (uint32_t)n};
}

static void gather(const orr_csv_head *all, size_t until, const char *prefix, notes *out) {
  size_t length = strlen(prefix), at = 0;
  for (size_t line = 0; at < all->n && line < until; line++) {
    size_t end = at;
    while (end < all->n && !orr_csv_line_end(all->s, all->n, end)) end++;
    if (end - at >= length && !memcmp(all->s + at, prefix, length)) {
      size_t slot = out->count++ % KEPT;
      out->text[slot] = without_prefix(all->s + at, end - at, prefix);
      out->line[slot] = line + 1;
    }
    at = end + orr_csv_line_end(all->s, all->n, end);
  }
}

/* Words that tell prose from names. */
static bool is_prose(orr_csv_span c) {
  static const char *const words[] = {"from", "by",  "of",    "the",  "for",  "with", "and",
                                      "is",   "are", "using", "this", "data", "file"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (orr_csv_span_is(c, words[i])) return true;
  return c.n && c.s[c.n - 1] == ':' && !c.quoted;
}

typedef enum reading { NO_NAMES, NAMES, UNITS } reading;

/* What the cells of a comment line are, when there are as many as columns. */
static orr_status read_note(orr_csv_span text, const orr_csv_table *t, const orr_csv_dialect *d, reading *out,
                            orr_error *e) {
  orr_csv_grid g = {0};
  orr_csv_span line = orr_csv_trimmed(text);
  orr_status status = orr_csv_grid_cut_line(&g, line.s, line.n, d, e);
  size_t units = 0, words = 0, prose = 0, n = status ? 0 : orr_csv_grid_width(&g, 0);
  for (size_t i = 0; i < n; i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(&g, 0, i));
    orr_csv_kind k = orr_csv_kind_of(c);
    units += orr_csv_is_unit(c);
    words += k == ORR_CSV_NAME || orr_csv_is_unit(c);
    prose += is_prose(c);
  }
  bool names = n == t->columns && words == n && (!prose || n == 1);
  if (t->columns == 1) names = names && !memchr(line.s, ' ', line.n);
  *out = !names ? NO_NAMES : units * 2 >= n ? UNITS : NAMES;
  orr_csv_grid_fini(&g);
  return status;
}

static void set(orr_csv_dialect *d, size_t line, bool units) {
  d->header_comment = true;
  d->unit_row = units;
  d->header = d->legend = 0;
  d->skip = line;
}

orr_status orr_csv_find_comment_names(const orr_csv_head *all, const orr_csv_table *t, size_t data,
                                      const orr_csv_rows_given *given, orr_csv_dialect *d, orr_error *e) {
  const orr_csv_grid *g = t->grid;
  notes found = {0};
  size_t rows = orr_csv_grid_rows(g), until = data < rows ? g->lines.items[data] : SIZE_MAX;
  size_t above =
      data && data <= rows ? g->lines.items[data - 1] + 1 : 0; /* other lines that must be skipped */
  gather(all, given->skip >= 0 ? (size_t)given->skip : until, d->comment, &found);
  for (size_t back = 0; back < KEPT && back < found.count; back++) {
    size_t slot = (found.count - 1 - back) % KEPT, before = (slot + KEPT - 1) % KEPT;
    reading now, earlier = NO_NAMES;
    if (found.line[slot] <= above || (given->skip >= 0 && back)) return ORR_OK;
    ORR_TRY(read_note(found.text[slot], t, d, &now, e));
    bool pair = back + 1 < KEPT && back + 1 < found.count && found.line[before] + 1 == found.line[slot];
    if (now == UNITS && pair) ORR_TRY(read_note(found.text[before], t, d, &earlier, e));
    if (now != NO_NAMES) return set(d, found.line[slot], earlier != NO_NAMES), ORR_OK;
  }
  return ORR_OK;
}
