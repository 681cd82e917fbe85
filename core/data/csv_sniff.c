/* The CSV sniffer: the parts in their order, each finding what was not given. */
#include "data/csv_sniff.h"

#include <string.h>

enum { HEAD = 1 << 16, LEAST_LINES = 8 };

/* The end of the line that begins at byte `at`. */
static size_t next_end(const orr_csv_head *text, size_t at) {
  while (at < text->n && !orr_csv_line_end(text->s, text->n, at)) at++;
  return at + orr_csv_line_end(text->s, text->n, at);
}

/* The first lines of the text: so many bytes, and at least so many lines. A text that goes on ends after a line. */
static orr_csv_head head_of(const orr_csv_head *text) {
  size_t end = 0;
  for (size_t lines = 0; end < text->n && (end < HEAD || lines < LEAST_LINES); lines++) {
    size_t next = next_end(text, end);
    if (next == text->n && text->s[next - 1] != '\n' && text->s[next - 1] != '\r') break;
    end = next;
  }
  orr_csv_head out = {.s = text->s, .n = end, .line = text->line, .cut = true};
  if (!end) out = *text, out.cut = false; /* no line end: the one line, be it cut off, is all there is */
  else if (!text->cut && next_end(text, end) == text->n) out = *text;
  return out;
}

static orr_csv_head without_lines(const orr_csv_head *text, size_t lines) {
  orr_csv_head out = *text;
  size_t at = 0;
  for (; at < text->n && out.line < lines; out.line++) at = next_end(text, at);
  out.s += at;
  out.n -= at;
  return out;
}

static bool is_blank(const orr_csv_head *text) {
  for (size_t i = 0; i < text->n; i++)
    if (!strchr(" \t\r\n\v\f\x1a", text->s[i])) return false;
  return true;
}

static bool is_all_given(const orr_csv_given *g) {
  const orr_csv_rows_given *r = &g->rows;
  return g->encoding && g->comment && g->fixed.delimiter && g->fixed.quote && g->fixed.escape &&
         g->fixed.stray_quotes && r->skip >= 0 && r->header >= -1 && r->units >= 0 && r->legend >= 0 &&
         r->row_names >= 0 && r->trailing >= 0 && g->numbers.decimal && g->numbers.thousands &&
         g->numbers.trim;
}

static orr_status find(const orr_csv_head *all, const orr_csv_given *given, orr_csv_dialect *d,
                       orr_csv_grid *g, orr_arena *arena, orr_error *e) {
  orr_csv_head skipped = without_lines(all, given->rows.skip > 0 ? (size_t)given->rows.skip : 0);
  orr_csv_head body = orr_csv_after_comments(&skipped, HEAD / 2), head = head_of(&body);
  size_t data;
  bool strewn = false, dropped = false;
  if (!given->comment) orr_csv_find_comment(&head, d);
  if (!given->comment && !*d->comment && given->rows.header == -1) orr_csv_find_comment(all, d);
  ORR_TRY(orr_csv_find_delimiter(&body, &head, &given->fixed, d, g, e));
  if (!given->comment && !*d->comment)
    ORR_TRY(orr_csv_find_strewn_comment(&head, orr_csv_grid_columns(g), d, &strewn, e));
  else if (!given->comment) ORR_TRY(orr_csv_drop_comment(&head, orr_csv_grid_columns(g), d, &dropped, e));
  if (strewn || dropped) ORR_TRY(orr_csv_grid_cut(g, &head, d, e));
  ORR_TRY(orr_csv_find_rows(all, g, &given->rows, d, &data, arena, e));
  orr_csv_find_numbers(g, data, &given->numbers, d);
  return ORR_OK;
}

orr_status orr_csv_sniff(const char *bytes, size_t n, bool whole, const orr_options *options,
                         orr_arena *arena, orr_csv_dialect *out, orr_error *e) {
  orr_csv_given given;
  orr_csv_head all;
  orr_csv_grid grid = {0};
  ORR_TRY(orr_csv_take_given(options, arena, &given, e));
  *out = given.dialect;
  ORR_TRY(orr_csv_find_encoding(bytes, n, whole, given.encoding, out, e));
  orr_csv_keep_rows(&given.rows, out);
  if (is_all_given(&given)) return ORR_OK;
  ORR_TRY(orr_csv_decode(bytes, n, out, arena, &all, e));
  all.cut = !whole;
  if (is_blank(&all)) return ORR_OK;
  orr_status status = find(&all, &given, out, &grid, arena, e);
  orr_csv_grid_fini(&grid);
  return status;
}
