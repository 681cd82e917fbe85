/* Text to cells under a dialect that is on trial. The rules are those of the
 * reader, but where the reader would complain this goes on and counts: a quote
 * that is never closed is an ordinary character. */
#include <string.h>

#include "data/csv_sniff.h"

enum { MOST_LINES_IN_A_CELL = 100, MOST_WIDTHS = 64 };

typedef struct cutter {
  const char *s;
  size_t n, at, line;
  const orr_csv_dialect *d;
  size_t width;    /* of the delimiter */
  bool blank;      /* the delimiter is a blank, and runs of it count as one */
  bool cut, open;  /* open: the text ends inside a cell in quotes */
  size_t hopeless; /* from here on no quote is ever closed, or too many were not */
  size_t wasted;   /* bytes looked at for a closing quote in vain */
} cutter;

size_t orr_csv_line_end(const char *s, size_t n, size_t at) {
  if (at >= n) return 0;
  if (s[at] == '\r') return at + 1 < n && s[at + 1] == '\n' ? 2 : 1;
  return s[at] == '\n';
}

static bool is_over(const cutter *c, size_t at) { return at >= c->n || c->s[at] == '\n' || c->s[at] == '\r'; }

static bool is_gap(const cutter *c, size_t at) {
  if (at >= c->n) return false;
  return c->s[at] == c->d->delimiter[0] || (c->d->delimiter[0] == ' ' && c->s[at] == '\t');
}

/* Bytes of the delimiter at `at`, 0 when there is none. */
static size_t delimiter_at(const cutter *c, size_t at) {
  if (!c->width || at >= c->n) return 0;
  if (c->d->squeeze) {
    size_t from = at;
    while (is_gap(c, at)) at++;
    return at - from;
  }
  if (c->s[at] != c->d->delimiter[0] || c->n - at < c->width) return 0;
  return memcmp(c->s + at, c->d->delimiter, c->width) ? 0 : c->width;
}

/* Whether a quote at `at` - 1 can end its cell: blanks at most come before a delimiter or the line's end. */
static bool can_end(const cutter *c, size_t at, size_t *next) {
  while (!is_over(c, at) && !delimiter_at(c, at)) {
    if (c->s[at] != ' ' && c->s[at] != '\t') return false;
    at++;
  }
  *next = at;
  return true;
}

typedef struct quoted {
  size_t end, next, lines, stray; /* end: of the search, at the closing quote; next: what comes after that */
} quoted;

/* Reads on from the first byte inside the quotes; false when they are never closed. */
static bool find_close(const cutter *c, size_t at, quoted *q) {
  *q = (quoted){0};
  for (; at < c->n && q->lines < MOST_LINES_IN_A_CELL; at++) {
    char x = c->s[at];
    if (c->d->escape && x == c->d->escape && at + 1 < c->n) at++;
    else if (x == '\n' || x == '\r') q->lines++, at += orr_csv_line_end(c->s, c->n, at) - 1;
    else if (x != c->d->quote) continue;
    else if (!c->d->stray_quotes && !c->d->escape && at + 1 < c->n && c->s[at + 1] == x) at++;
    else if (can_end(c, at + 1, &q->next)) return q->end = at, true;
    else q->stray++;
  }
  q->end = at;
  return false;
}

static size_t blanks_at(const cutter *c, size_t at) {
  size_t from = at;
  while (at < c->n && (c->s[at] == ' ' || c->s[at] == '\t') && !delimiter_at(c, at)) at++;
  return at - from;
}

static bool take_quoted(cutter *c, orr_csv_grid *g, orr_csv_span *span) {
  size_t lead = blanks_at(c, c->at), from = c->at + lead + 1;
  quoted q;
  if (!c->d->quote || from > c->n || c->s[from - 1] != c->d->quote || c->at >= c->hopeless) return false;
  if (!find_close(c, from, &q)) {
    g->stray++;
    if (c->cut && q.lines < MOST_LINES_IN_A_CELL) return c->open = true, c->at = c->n, true;
    c->wasted += q.end - from;
    if (q.lines < MOST_LINES_IN_A_CELL || c->wasted > 8 * c->n) c->hopeless = c->at;
    return false;
  }
  g->quoted++;
  g->stray += q.stray;
  *span = (orr_csv_span){.s = c->s + from,
                         .n = (uint32_t)(q.end - from),
                         .lead = (uint16_t)(lead < 9 ? lead : 9),
                         .quoted = true};
  c->at = q.next;
  c->line += q.lines;
  return true;
}

static orr_csv_span take_bare(cutter *c) {
  size_t from = c->at;
  while (!is_over(c, c->at) && !delimiter_at(c, c->at)) c->at++;
  return (orr_csv_span){.s = c->s + from, .n = (uint32_t)(c->at - from)};
}

/* One row, up to its line end, which is not taken. */
static orr_status take_row(cutter *c, orr_csv_grid *g, orr_error *e) {
  if (c->d->squeeze) c->at += delimiter_at(c, c->at);
  for (;;) {
    orr_csv_span span;
    if (!take_quoted(c, g, &span)) span = take_bare(c);
    if (c->open) return ORR_OK;
    ORR_PUSH(&g->cells, span, e);
    if (is_over(c, c->at)) return ORR_OK;
    c->at += delimiter_at(c, c->at);
    if (c->d->squeeze && is_over(c, c->at)) return ORR_OK;
  }
}

static bool is_left_out(const cutter *c) {
  size_t prefix = strlen(c->d->comment), at = c->at;
  if (prefix && c->n - at >= prefix && !memcmp(c->s + at, c->d->comment, prefix)) return true;
  while (!is_over(c, at) && (c->s[at] == ' ' || c->s[at] == '\t')) at++;
  return is_over(c, at);
}

static void skip_line(cutter *c) {
  while (!is_over(c, c->at)) c->at++;
}

static orr_status cut_rows(cutter *c, orr_csv_grid *g, orr_error *e) {
  while (c->at < c->n) {
    if (is_left_out(c)) skip_line(c);
    else {
      size_t first = g->cells.count, line = c->line;
      ORR_TRY(take_row(c, g, e));
      if (c->open || (c->cut && c->at >= c->n)) {
        g->cells.count = first;
        return ORR_OK;
      }
      ORR_PUSH(&g->lines, line, e);
      ORR_PUSH(&g->starts, g->cells.count, e);
    }
    c->at += orr_csv_line_end(c->s, c->n, c->at);
    c->line++;
  }
  return ORR_OK;
}

static orr_status begin(orr_csv_grid *g, orr_error *e) {
  g->cells.count = g->starts.count = g->lines.count = g->quoted = g->stray = 0;
  ORR_PUSH(&g->starts, 0, e);
  return ORR_OK;
}

static cutter cutter_of(const char *s, size_t n, const orr_csv_dialect *d) {
  return (cutter){.s = s, .n = n, .d = d, .width = strlen(d->delimiter), .hopeless = SIZE_MAX};
}

orr_status orr_csv_grid_cut(orr_csv_grid *g, const orr_csv_head *head, const orr_csv_dialect *d,
                            orr_error *e) {
  cutter c = cutter_of(head->s, head->n, d);
  c.line = head->line;
  c.cut = head->cut;
  ORR_TRY(begin(g, e));
  return cut_rows(&c, g, e);
}

orr_status orr_csv_grid_cut_line(orr_csv_grid *g, const char *s, size_t n, const orr_csv_dialect *d,
                                 orr_error *e) {
  cutter c = cutter_of(s, n, d);
  ORR_TRY(begin(g, e));
  ORR_TRY(take_row(&c, g, e));
  ORR_PUSH(&g->lines, 0, e);
  ORR_PUSH(&g->starts, g->cells.count, e);
  return ORR_OK;
}

void orr_csv_grid_fini(orr_csv_grid *g) {
  orr_free(g->cells.items);
  orr_free(g->starts.items);
  orr_free(g->lines.items);
  *g = (orr_csv_grid){0};
}

typedef struct tally {
  size_t width, count;
} tally;

static size_t tally_widths(const orr_csv_grid *g, tally t[MOST_WIDTHS]) {
  size_t n = 0;
  for (size_t r = 0; r < orr_csv_grid_rows(g); r++) {
    size_t width = orr_csv_grid_width(g, r), i = 0;
    while (i < n && t[i].width != width) i++;
    if (i == MOST_WIDTHS) continue;
    if (i == n) t[n++] = (tally){.width = width};
    t[i].count++;
  }
  return n;
}

/* The number of rows of the most frequent width, among widths from `least` to `most`. */
static size_t most_of(const tally *t, size_t n, size_t least, size_t most) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    if (t[i].width >= least && t[i].width <= most && t[i].count > count) count = t[i].count;
  return count;
}

/* The most frequent number of cells; of those nearly as frequent the one that comes first in the file, so that a
 * second table further down does not win over the first. Pairs ("key; value") count only where nothing is wider,
 * lines of one cell (titles) only where there are no pairs. */
size_t orr_csv_grid_columns(const orr_csv_grid *g) {
  tally t[MOST_WIDTHS];
  size_t n = tally_widths(g, t), all = most_of(t, n, 0, SIZE_MAX), least = 3;
  for (; least > 1; least--) {
    size_t count = most_of(t, n, least, least == 3 ? SIZE_MAX : least);
    if (count > 1 && count * 4 > all) break;
  }
  if (least == 1) least = 0;
  size_t most = least == 2 ? 2 : SIZE_MAX, frequent = most_of(t, n, least, most);
  for (size_t i = 0; i < n; i++)
    if (t[i].width >= least && t[i].width <= most && t[i].count * 10 >= frequent * 7 &&
        (t[i].count > 1 || frequent == 1))
      return t[i].width;
  return 0;
}
