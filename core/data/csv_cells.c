/* Which way a stretch of bytes is cut into cells, and what both ways share; see csv_cells.h. */
#include "data/csv_cells.h"

bool orr_csv_needs_rewriting(const orr_csv_dialect *d) {
  return d->escape || d->stray_quotes || d->squeeze || *d->comment || (*d->delimiter && d->delimiter[1]);
}

bool orr_csv_is_direct(const orr_csv_dialect *d, const char *bytes, size_t n) {
  if (*d->delimiter && d->delimiter[1]) return false;
  if (d->squeeze && (*d->delimiter != ' ' || (d->quote && memchr(bytes, d->quote, n)))) return false;
  return !d->escape || !memchr(bytes, d->escape, n);
}

orr_status orr_csv_cut(const orr_csv_dialect *d, char *bytes, size_t n, size_t line, orr_csv_ending ending,
                       orr_csv_cells *out, orr_error *e) {
  bool fit = orr_csv_is_direct(d, bytes, n);
  if (fit) ORR_TRY(orr_csv_cut_directly(d, bytes, n, line, ending, out, &fit, e));
  return fit ? ORR_OK : orr_csv_cut_by_library(d, bytes, n, line, ending, out, e);
}

void orr_csv_cells_fini(orr_csv_cells *c) {
  orr_free(c->cells.items);
  orr_free(c->rows.items);
  orr_free(c->doubled.items);
  orr_text_fini(&c->copied);
  *c = (orr_csv_cells){0};
}

static const char *find(const char *from, const char *end, char c) {
  const char *found = from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
  return found ? found : end;
}

size_t orr_csv_line_length(orr_csv_lines *l, const char *at) {
  if (!l->next_lf || l->next_lf < at) l->next_lf = find(at, l->end, '\n');
  if (!l->next_cr || l->next_cr < at) l->next_cr = find(at, l->end, '\r');
  const char *stop = l->next_lf < l->next_cr ? l->next_lf : l->next_cr;
  if (stop == l->end) return (size_t)(stop - at);
  bool pair = stop == l->next_cr && stop + 1 < l->end && stop[1] == '\n';
  return (size_t)(stop - at) + 1 + pair;
}

orr_status orr_csv_fail_row(size_t line, orr_error *e) {
  return orr_fail(e, ORR_DATA, "the row that begins on line %zu is longer than 64 MiB; is a quote left open?",
                  line);
}

orr_status orr_csv_check_zero(const char *bytes, size_t n, size_t line, orr_error *e) {
  const char *zero = n ? memchr(bytes, 0, n) : NULL;
  if (!zero) return ORR_OK;
  orr_csv_lines lines = {.end = zero};
  for (const char *at = bytes; at < zero; line++) {
    at += orr_csv_line_length(&lines, at);
    if (at == zero && at[-1] != '\n' && at[-1] != '\r') break;
  }
  return orr_fail(e, ORR_DATA, "line %zu holds a NUL byte; is this a text file?", line);
}
