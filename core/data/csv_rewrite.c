/* Dialects that libcsv does not know, put into the form that it does. A cell
 * is written in quotes when it was in quotes, or holds what would not be read
 * back bare; comments become blank lines, so that lines keep their numbers. */
#include "data/csv_cells.h"

typedef struct cursor {
  const char *s, *end; /* of the line, without its end */
  const orr_csv_dialect *d;
} cursor;

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Bytes of the delimiter here: of the whole run when runs count as one. */
static size_t delimiter_at(const cursor *c, const char *s) {
  const char *wanted = c->d->delimiter;
  if (!*wanted || s == c->end) return 0;
  if (c->d->squeeze) {
    const char *from = s;
    while (s < c->end && (*s == *wanted || (*wanted == ' ' && *s == '\t'))) s++;
    return (size_t)(s - from);
  }
  size_t n = strlen(wanted);
  return (size_t)(c->end - s) >= n && !memcmp(s, wanted, n) ? n : 0;
}

/* Padding is not taken for a delimiter, nor a delimiter for padding. */
static const char *skip_padding(const cursor *c, const char *s) {
  while (c->d->trim && s < c->end && is_blank(*s) && !delimiter_at(c, s)) s++;
  return s;
}

static void add(orr_csv_rewriter *w, char c) { orr_text_add_bytes(&w->line, &c, 1); }

static void add_quoted(orr_csv_rewriter *w, char c) {
  if (c == '"') add(w, c);
  add(w, c);
}

/* Whether the escape at s takes the meaning from the byte after it; before any other it is text, as in C:\new. */
static bool is_escape(const cursor *c, const char *s) {
  if (!c->d->escape || *s != c->d->escape || s + 1 >= c->end) return false;
  return s[1] == c->d->escape || (c->d->quote && s[1] == c->d->quote) ||
         (*c->d->delimiter && s[1] == *c->d->delimiter);
}

/* Whether the quote at s ends its cell: padding at most stands between it and a delimiter. */
static bool closes(const cursor *c, const char *s) {
  const char *next = skip_padding(c, s + 1);
  return next == c->end || delimiter_at(c, next);
}

/* From inside the quotes to after them, or to the line's end when they go on. */
static void rewrite_quoted(orr_csv_rewriter *w, cursor *c) {
  for (w->quoted = true; c->s < c->end && w->quoted; c->s++) {
    if (is_escape(c, c->s)) add_quoted(w, *++c->s);
    else if (*c->s != c->d->quote) add_quoted(w, *c->s);
    else if (!c->d->stray_quotes && c->s + 1 < c->end && c->s[1] == c->d->quote) add_quoted(w, *++c->s);
    else if (closes(c, c->s)) w->quoted = false;
    else {
      add_quoted(w, *c->s);
      w->stray += !c->d->stray_quotes;
    }
  }
  if (w->quoted) return;
  add(w, '"');
  c->s = skip_padding(c, c->s);
}

static const char *end_of_bare(const cursor *c, const char *s) {
  for (; s < c->end && !delimiter_at(c, s); s++)
    if (is_escape(c, s)) s++;
  return s;
}

/* Blanks that an escape saved from being a delimiter are no padding: such a cell goes into quotes. */
static void rewrite_bare(orr_csv_rewriter *w, cursor *c) {
  const char *next = end_of_bare(c, c->s), *last = next;
  while (c->d->trim && last > c->s && is_blank(last[-1]) && !(last - 1 > c->s && is_escape(c, last - 2)))
    last--;
  bool quotes = last > c->s && (*c->s == '"' || is_escape(c, c->s) || is_blank(last[-1]));
  if (quotes) add(w, '"');
  for (; c->s < last; c->s++) {
    if (is_escape(c, c->s)) c->s++;
    if (quotes) add_quoted(w, *c->s);
    else add(w, *c->s);
  }
  if (quotes) add(w, '"');
  c->s = next;
}

static void rewrite_cell(orr_csv_rewriter *w, cursor *c) {
  c->s = skip_padding(c, c->s);
  if (c->d->quote && c->s < c->end && *c->s == c->d->quote) {
    c->s++;
    add(w, '"');
    rewrite_quoted(w, c);
  } else rewrite_bare(w, c);
}

static void rewrite_row(orr_csv_rewriter *w, cursor *c) {
  if (w->quoted) rewrite_quoted(w, c);
  else {
    if (c->d->squeeze) c->s += delimiter_at(c, c->s);
    rewrite_cell(w, c);
  }
  for (size_t n; !w->quoted && (n = delimiter_at(c, c->s)); rewrite_cell(w, c)) {
    c->s += n;
    if (c->d->squeeze && c->s == c->end) return;
    add(w, 0);
  }
}

orr_status orr_csv_rewrite_line(orr_csv_rewriter *w, const char *line, size_t n, orr_error *e) {
  size_t length = n;
  while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
  cursor c = {line, line + length, w->d};
  w->line.length = 0;
  if (w->quoted || !orr_csv_is_comment(w->d, line, length)) rewrite_row(w, &c);
  orr_text_add_bytes(&w->line, line + length, n - length);
  return orr_text_check(&w->line, e);
}
