/* Comment lines: at the top of a file, or strewn among its rows. A sign that
 * begins data ("#3", "#N/A", a blank first cell before ';') is no comment. */
#include <ctype.h>
#include <string.h>

#include "data/csv_sniff.h"

static const char *const prefixes[] = {"#", "%", "//", "!", ";"};
enum { PREFIXES = sizeof prefixes / sizeof *prefixes, ONE_IN = 10, KEPT = 4 };

typedef struct line {
  const char *s;
  size_t n;
} line;

/* Takes the next line of the head that is not blank; false at its end. */
static bool next_line(const orr_csv_head *head, size_t *at, line *out) {
  while (*at < head->n) {
    size_t from = *at, end = from;
    while (end < head->n && !orr_csv_line_end(head->s, head->n, end)) end++;
    *at = end + orr_csv_line_end(head->s, head->n, end);
    *out = (line){head->s + from, end - from};
    for (size_t i = from; i < end; i++)
      if (!isspace((unsigned char)head->s[i])) return true;
  }
  return false;
}

static bool is_error_of_a_spreadsheet(line l) {
  static const char *const words[] = {"#N/A",    "#NA",   "#REF!",  "#DIV/0!",
                                      "#VALUE!", "#NUM!", "#NAME?", "#NULL!"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (l.n >= strlen(words[i]) && !memcmp(l.s, words[i], strlen(words[i]))) return true;
  return false;
}

static bool has_prefix(line l, const char *prefix) {
  size_t n = strlen(prefix);
  if (l.n < n || memcmp(l.s, prefix, n) || is_error_of_a_spreadsheet(l)) return false;
  unsigned char next = l.n > n ? (unsigned char)l.s[n] : ' ';
  if (*prefix == ';')
    return (isspace(next) || isalpha(next) || next == ';') && !memchr(l.s + n, ';', l.n - n);
  if (*prefix == '#' && (next == ',' || next == ';')) return false; /* a column of its own: "#,name,mass" */
  if (*prefix == '!' || *prefix == '%') return !isdigit(next) && next != '.';
  return true;
}

typedef struct seen {
  size_t lines, with, top,
      last; /* non-blank lines; with the prefix; before the first without; last such line */
} seen;

static seen look(const orr_csv_head *head, const char *prefix) {
  seen f = {0};
  line l;
  for (size_t at = 0; next_line(head, &at, &l); f.lines++) {
    if (!has_prefix(l, prefix)) continue;
    f.top += f.with == f.lines;
    f.with++;
    f.last = f.lines;
  }
  return f;
}

/* At the top: a block of them, or most of the lines down to the last one; and never all lines. */
static bool is_comment_at_top(seen f) {
  if (!f.with || f.with == f.lines) return false;
  size_t strewn = f.with - f.top;
  if (f.top && strewn * ONE_IN <= f.lines) return true;
  return f.with > 1 && f.with * 2 >= f.last + 1 && f.last * 2 < f.lines;
}

void orr_csv_find_comment(const orr_csv_head *head, orr_csv_dialect *d) {
  size_t most = 0;
  for (size_t i = 0; i < PREFIXES; i++) {
    seen f = look(head, prefixes[i]);
    if (!is_comment_at_top(f) || f.with <= most) continue;
    most = f.with;
    strcpy(d->comment, prefixes[i]);
  }
}

/* Whether a line cut to the table's full width is data: with the prefix right before its first cell. */
static orr_status is_data(line l, const char *prefix, size_t columns, const orr_csv_dialect *d,
                          orr_csv_grid *g, bool *data, orr_error *e) {
  size_t n = strlen(prefix);
  bool spaced = l.n > n && (isspace((unsigned char)l.s[n]) || l.s[n] == l.s[n - 1]);
  ORR_TRY(orr_csv_grid_cut_line(g, l.s, l.n, d, e));
  *data = columns > 1 ? orr_csv_grid_width(g, 0) == columns : !spaced;
  return ORR_OK;
}

/* Among the rows only '#', '%' and '//' are trusted, few of them, and not where they cut into a row's cells. */
orr_status orr_csv_find_strewn_comment(const orr_csv_head *head, size_t columns, orr_csv_dialect *d,
                                       bool *found, orr_error *e) {
  *found = false;
  for (size_t i = 0; i < 3 && !*found; i++) {
    seen f = look(head, prefixes[i]);
    if (!f.with || f.with * ONE_IN > f.lines) continue;
    orr_csv_grid g = {0};
    orr_status status = ORR_OK;
    bool data = false;
    line l;
    for (size_t at = 0; !status && !data && next_line(head, &at, &l);)
      if (has_prefix(l, prefixes[i])) status = is_data(l, prefixes[i], columns, d, &g, &data, e);
    orr_csv_grid_fini(&g);
    if (status) return status;
    if (!data) *found = true, strcpy(d->comment, prefixes[i]);
  }
  return ORR_OK;
}

/* Lines below the first without the prefix that would be rows of the table, the prefix being part of a cell. */
orr_status orr_csv_drop_comment(const orr_csv_head *head, size_t columns, orr_csv_dialect *d, bool *dropped,
                                orr_error *e) {
  orr_csv_grid g = {0};
  orr_csv_dialect plain = *d;
  orr_status status = ORR_OK;
  bool below = false;
  size_t n = strlen(d->comment);
  line l;
  *plain.comment = 0;
  *dropped = false;
  for (size_t at = 0; columns > 1 && !status && !*dropped && next_line(head, &at, &l);) {
    if (l.n < n || memcmp(l.s, d->comment, n)) below = true;
    else if (below && l.n > n && !isspace((unsigned char)l.s[n]))
      status = is_data(l, d->comment, columns, &plain, &g, dropped, e);
  }
  orr_csv_grid_fini(&g);
  if (*dropped) *d->comment = 0;
  return status;
}

orr_csv_head orr_csv_after_comments(const orr_csv_head *text, size_t enough) {
  orr_csv_head out = *text;
  size_t at[KEPT] = {0}, lines = 0, i = 0, after = 0;
  for (; i < PREFIXES && !after; i++) {
    size_t n = strlen(prefixes[i]);
    for (size_t from = lines = 0; from < text->n; lines++) {
      if (text->n - from < n || memcmp(text->s + from, prefixes[i], n)) {
        after = from;
        break;
      }
      at[lines % KEPT] = from;
      while (from < text->n && !orr_csv_line_end(text->s, text->n, from)) from++;
      from += orr_csv_line_end(text->s, text->n, from);
    }
  }
  if (after < enough || lines < KEPT) return out;
  size_t from = at[lines % KEPT];
  return (orr_csv_head){text->s + from, text->n - from, text->line + lines - KEPT, text->cut};
}
