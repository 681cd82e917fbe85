/* The delimiter and the quotes: each candidate cuts the head, and the cut that
 * makes the best table wins.
 *
 * The measure follows van den Burg, Nazábal and Sutton (2019), "Wrangling messy
 * CSV files by detecting row and type patterns", Data Mining and Knowledge
 * Discovery 33: a pattern score (how alike in length the rows are) times a type
 * score (how many cells are something known). Ours differs in that cells of a
 * column should agree, that a preamble costs little, and that rare delimiters
 * start with a handicap. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/csv_sniff.h"

typedef struct candidate {
  const char *delimiter;
  bool squeeze, weak; /* weak: common inside of cells, so that all-text tables do not count */
  double prior;
} candidate;

static const candidate candidates[] = {
    {",", false, false, 1.00},  {"\t", false, false, 1.00}, {";", false, false, 0.99},
    {"|", false, false, 0.97},  {" ", true, true, 0.88},    {" ", false, true, 0.90},
    {", ", false, false, 0.90}, {"; ", false, false, 0.90}, {" | ", false, false, 0.90},
    {"||", false, false, 0.98}, {"::", false, false, 0.95}, {"^", false, false, 0.90},
    {"~", false, false, 0.85},  {":", false, true, 0.60},
};

enum { CANDIDATES = sizeof candidates / sizeof *candidates, MOST_CELLS = 4096, MOST_COLUMNS = 256 };

/* How many cells of each group a column has; their worth. */
typedef struct votes {
  size_t cells, empty, number, time, special, text, clutter;
  double worth;
} votes;

static void vote(votes *v, orr_csv_span cell) {
  static const double worth[] = {
      [ORR_CSV_BLANK] = 0.4,   [ORR_CSV_MISSING] = 0.9, [ORR_CSV_NUMBER] = 1,  [ORR_CSV_COMMA] = 0.9,
      [ORR_CSV_GROUPED] = 0.9, [ORR_CSV_TIME] = 1,      [ORR_CSV_SPECIAL] = 1, [ORR_CSV_NAME] = 0.7,
      [ORR_CSV_TEXT] = 0.5,    [ORR_CSV_CLUTTER] = 0.15};
  orr_csv_kind k = orr_csv_kind_of(cell);
  v->cells++;
  v->worth += cell.quoted && worth[k] < 0.75 && cell.n ? 0.75 : worth[k];
  v->empty += orr_csv_kind_is_empty(k);
  v->number += orr_csv_kind_is_number(k);
  v->time += k == ORR_CSV_TIME;
  v->special += k == ORR_CSV_SPECIAL;
  v->text += k >= ORR_CSV_NAME;
  v->clutter += k == ORR_CSV_CLUTTER;
}

static size_t largest(const votes *v) {
  size_t n = v->number > v->time ? v->number : v->time;
  if (v->special > n) n = v->special;
  return v->text > n ? v->text : n;
}

typedef struct judgement {
  double score;
  size_t columns, rows; /* rows that have all columns */
  bool regular;         /* no row is otherwise */
} judgement;

/* The type score of a sample of the cells, in evenly spaced columns and rows. */
static double type_score(const orr_csv_grid *g, const judgement *j, bool weak) {
  size_t by = j->columns / MOST_COLUMNS + 1, shown = (j->columns + by - 1) / by;
  size_t every = j->rows * shown / MOST_CELLS + 1;
  double sum = 0;
  size_t typed = 0, clutter = 0, cells = 0;
  for (size_t column = 0; column < j->columns; column += by) {
    votes v = {0};
    for (size_t r = 0, seen = 0; r < orr_csv_grid_rows(g); r++)
      if (orr_csv_grid_width(g, r) == j->columns && seen++ % every == 0)
        vote(&v, orr_csv_grid_cell(g, r, column));
    size_t full = v.cells - v.empty;
    double agreement = full ? (double)largest(&v) / (double)full : 1;
    sum += v.worth / (double)v.cells * (0.6 + 0.4 * agreement);
    typed += (v.number + v.time + v.special) * 2 > full;
    clutter += v.clutter;
    cells += v.cells;
  }
  double score = sum / (double)shown;
  if (weak && !typed) score *= 0.3;
  return clutter * 5 > cells * 2 && j->columns > 1 ? score * 0.1 : score;
}

/* Whether nearly every line, as one cell, is a number, a time or an address, without a common delimiter in it. */
static bool is_one_typed_column(const orr_csv_grid *g) {
  size_t typed = 0, rows = orr_csv_grid_rows(g);
  for (size_t r = 0; r < rows && r < MOST_CELLS; r++) {
    orr_csv_span c = orr_csv_grid_cell(g, r, 0);
    bool divisible = !c.quoted && (memchr(c.s, ',', c.n) || memchr(c.s, ';', c.n) || memchr(c.s, '\t', c.n));
    typed += !divisible && orr_csv_kind_is_typed(orr_csv_kind_of(c));
  }
  if (rows > MOST_CELLS) rows = MOST_CELLS;
  return typed && (typed + 1 + rows / 20) >= rows;
}

static judgement judge(const orr_csv_grid *g, const candidate *c) {
  judgement j = {.columns = orr_csv_grid_columns(g)};
  size_t rows = orr_csv_grid_rows(g), first = rows;
  for (size_t r = 0; r < rows; r++) {
    if (orr_csv_grid_width(g, r) != j.columns) continue;
    if (first == rows) first = r;
    j.rows++;
  }
  if (!j.rows) return j;
  j.regular = j.rows == rows;
  double covered = (double)j.rows / (double)rows, dense = (double)j.rows / (double)(rows - first);
  double shape = j.columns > 1 ? 1 - 0.5 / (double)j.columns : is_one_typed_column(g) ? 0.85 : 0.45;
  double order = g->stray * 2 > g->quoted + 1 ? 0.7 : 1;
  if (rows > 2 && j.rows == 1) order *= 0.15; /* no two rows are alike */
  j.score = sqrt(covered * dense) * type_score(g, &j, c && c->weak) * shape * order * (c ? c->prior : 1);
  return j;
}

/* Whether columns are aligned: one line in ten begins with a blank, or has several in a row. */
static bool is_aligned(const orr_csv_head *head) {
  size_t lines = 0, aligned = 0;
  for (size_t at = 0; at < head->n; lines++) {
    bool run = head->s[at] == ' ' || head->s[at] == '\t';
    for (; at < head->n && !orr_csv_line_end(head->s, head->n, at); at++)
      run = run ||
            (head->s[at] == ' ' && at + 1 < head->n && (head->s[at + 1] == ' ' || head->s[at + 1] == '\t'));
    at += orr_csv_line_end(head->s, head->n, at);
    aligned += run;
  }
  return aligned * 10 > lines;
}

static void set_delimiter(orr_csv_dialect *d, const candidate *c) {
  snprintf(d->delimiter, sizeof d->delimiter, "%s", c ? c->delimiter : "");
  d->squeeze = c && c->squeeze;
}

/* Whether the sign comes at what could be a cell's start: not after a letter or a digit. */
static bool may_quote(const orr_csv_head *head, char sign) {
  for (const char *p = head->s; (p = memchr(p, sign, (size_t)(head->s + head->n - p))); p++)
    if (p == head->s || strchr(",;\t|^~: \r\n", p[-1])) return true;
  return false;
}

typedef struct search {
  const orr_csv_head *head;
  const orr_csv_fixed *fixed;
  orr_csv_grid *g;
  orr_csv_dialect best;
  judgement won;
  bool tabs;        /* every row has as many */
  bool backslashes; /* before a quote */
  bool aligned;
  bool typed; /* each line as it stands is a number, a time or an address */
} search;

/* Cuts by one candidate, and keeps it when it beats the best so far. */
static orr_status try_quote(search *s, orr_csv_dialect d, const candidate *c, char quote, orr_error *e) {
  if (!s->fixed->quote) d.quote = quote;
  ORR_TRY(orr_csv_grid_cut(s->g, s->head, &d, e));
  if (d.quote == '\'' && !s->fixed->quote && !s->g->quoted) return ORR_OK;
  judgement j = judge(s->g, c);
  if (*d.delimiter && j.columns < 2 && !s->fixed->delimiter) return ORR_OK;
  if (d.squeeze && !s->aligned) j.score *= 0.8;
  if (*d.delimiter == '\t') s->tabs = j.regular;
  bool whole = c && !c->weak && j.regular && j.rows > 2 && !s->typed; /* cuts every line alike */
  if (!c) s->typed = is_one_typed_column(s->g);
  if (j.score <= s->won.score * (1 + 1e-9) && !(whole && !*s->best.delimiter)) return ORR_OK;
  s->won = j;
  s->best = d;
  return ORR_OK;
}

static orr_status try_candidate(search *s, orr_csv_dialect d, const candidate *c, orr_error *e) {
  orr_csv_dialect escaped = d;
  if (!s->fixed->delimiter) set_delimiter(&d, c), set_delimiter(&escaped, c);
  escaped.escape = '\\';
  ORR_TRY(try_quote(s, d, c, '"', e));
  if (s->backslashes && s->g->stray && !s->fixed->escape) ORR_TRY(try_quote(s, escaped, c, '"', e));
  if (s->fixed->quote) return ORR_OK;
  if (s->g->stray > s->g->quoted) ORR_TRY(try_quote(s, d, c, 0, e));
  return may_quote(s->head, '\'') ? try_quote(s, d, c, '\'', e) : ORR_OK;
}

static orr_status try_all(search *s, const orr_csv_dialect *d, orr_error *e) {
  ORR_TRY(try_candidate(s, *d, NULL, e));
  if (s->fixed->delimiter) return ORR_OK;
  for (size_t i = 0; i < CANDIDATES; i++) {
    const char *sign = candidates[i].delimiter;
    bool there = memmem(s->head->s, s->head->n, sign, strlen(sign)) ||
                 (candidates[i].squeeze && memchr(s->head->s, '\t', s->head->n));
    if (there && !(candidates[i].squeeze && s->tabs)) ORR_TRY(try_candidate(s, *d, &candidates[i], e));
  }
  return ORR_OK;
}

/* Rows with the usual number of cells none of which has blanks at its ends. */
static size_t tight_rows(const orr_csv_grid *g, size_t columns) {
  size_t tight = 0;
  for (size_t r = 0; r < orr_csv_grid_rows(g); r++) {
    bool loose = orr_csv_grid_width(g, r) != columns;
    for (size_t i = 0; i < columns && !loose; i++) {
      orr_csv_span c = orr_csv_grid_cell(g, r, i);
      loose = c.lead || (!c.quoted && c.n && (c.s[0] == ' ' || c.s[c.n - 1] == ' '));
    }
    tight += !loose;
  }
  return tight;
}

/* ',' always followed by one blank is the delimiter ", "; as soon as one row is otherwise, the blanks are padding. */
static orr_status lengthen(search *s, orr_error *e) {
  static const char *const longer[][2] = {{",", ", "}, {";", "; "}, {"|", " | "}};
  for (size_t i = 0; i < 3; i++) {
    if (strcmp(s->best.delimiter, longer[i][0])) continue;
    orr_csv_dialect d = s->best;
    snprintf(d.delimiter, sizeof d.delimiter, "%s", longer[i][1]);
    ORR_TRY(orr_csv_grid_cut(s->g, s->head, &d, e));
    if (orr_csv_grid_columns(s->g) == s->won.columns && tight_rows(s->g, s->won.columns) == s->won.rows)
      s->best.delimiter[0] = 0, memcpy(s->best.delimiter, d.delimiter, sizeof d.delimiter);
    return ORR_OK;
  }
  return ORR_OK;
}

static size_t regular_rows(const orr_csv_grid *g, size_t columns) {
  size_t n = 0;
  for (size_t r = 0; r < orr_csv_grid_rows(g); r++) n += orr_csv_grid_width(g, r) == columns;
  return n;
}

/* A way in which a quote stands inside quotes, and what the head is like when it is read so. */
typedef struct way {
  bool possible;
  size_t regular, stray;
} way;

static orr_status try_way(search *s, char escape, bool stray_quotes, way *out, orr_error *e) {
  orr_csv_dialect d = s->best;
  *out = (way){0};
  if (s->fixed->escape && d.escape != escape) return ORR_OK;
  if (s->fixed->stray_quotes && d.stray_quotes != stray_quotes) return ORR_OK;
  d.escape = escape;
  d.stray_quotes = stray_quotes;
  ORR_TRY(orr_csv_grid_cut(s->g, s->head, &d, e));
  *out = (way){true, regular_rows(s->g, s->won.columns), s->g->stray};
  return ORR_OK;
}

static bool is_better(way a, way b) {
  if (!a.possible || !b.possible) return a.possible;
  return a.regular > b.regular || (a.regular == b.regular && a.stray < b.stray);
}

/* Doubled, as it is, or after a backslash: the reading that makes most rows regular, then leaves fewest quotes out
 * of place. A backslash must explain most of these. */
static orr_status find_escape(search *s, orr_error *e) {
  way doubled, bare, escaped;
  ORR_TRY(try_way(s, 0, false, &doubled, e));
  ORR_TRY(try_way(s, 0, true, &bare, e));
  ORR_TRY(try_way(s, '\\', false, &escaped, e));
  bool stray = is_better(bare, doubled);
  way best = stray ? bare : doubled;
  bool explains = !best.possible || escaped.regular > best.regular || escaped.stray * 2 < best.stray;
  bool escapes = escaped.possible && explains && is_better(escaped, best);
  if (!escapes && !best.possible) return ORR_OK; /* an escape sign of its own was given */
  s->best.escape = escapes ? '\\' : 0;
  s->best.stray_quotes = !escapes && stray;
  return ORR_OK;
}

/* The whole sample is asked about the escape when a backslash comes before a quote only after the head. */
static orr_status find_late_escape(search *s, const orr_csv_head *all, orr_error *e) {
  const char sign[] = {'\\', s->best.quote};
  bool later = s->g->quoted && !s->backslashes && memmem(all->s, all->n, sign, sizeof sign);
  if (later) s->head = all;
  return find_escape(s, e);
}

orr_status orr_csv_find_delimiter(const orr_csv_head *all, const orr_csv_head *head,
                                  const orr_csv_fixed *fixed, orr_csv_dialect *d, orr_csv_grid *g,
                                  orr_error *e) {
  search s = {.head = head, .fixed = fixed, .g = g, .best = *d};
  s.aligned = is_aligned(head);
  s.backslashes = memmem(head->s, head->n, "\\\"", 2) != NULL;
  if (!fixed->quote) s.best.quote = '"';
  ORR_TRY(try_all(&s, d, e));
  if (!fixed->delimiter && s.won.columns > 1) ORR_TRY(lengthen(&s, e));
  ORR_TRY(orr_csv_grid_cut(g, head, &s.best, e));
  bool known = fixed->escape && fixed->stray_quotes;
  if (!known && s.best.quote) ORR_TRY(find_late_escape(&s, all, e));
  *d = s.best;
  return orr_csv_grid_cut(g, head, d, e);
}
