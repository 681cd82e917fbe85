/* How numbers are written: the decimal sign, what stands between thousands,
 * and blanks around cells. Only columns of numbers have a vote, and only cells
 * that can be read in one way; "1,234" says nothing. */
#include <ctype.h>
#include <string.h>

#include "data/csv_sniff.h"

enum { MOST_CELLS = 20000, ROWS_FOR_A_COLUMN = 400 };

/* Cells of a column by how they can be read. */
typedef struct evidence {
  size_t cells, numbers, whole; /* not blank; of any form; digits only */
  size_t comma, point;          /* must be a decimal sign */
  size_t either;                /* 1,234 */
  size_t groups[4];             /* of ',' '.' ' ' '\'' between thousands, for certain */
} evidence;

static const char marks[] = ",. '";

static size_t digits_from(orr_csv_span c, size_t at) {
  size_t from = at;
  while (at < c.n && isdigit((unsigned char)c.s[at])) at++;
  return at - from;
}

/* A number with one sign among its digits: which it is shows where there are not three digits after it. */
static void weigh_single(orr_csv_span c, char sign, evidence *v) {
  size_t at = c.s[0] == '+' || c.s[0] == '-', whole = digits_from(c, at), part;
  size_t *count = sign == ',' ? &v->comma : &v->point;
  part = digits_from(c, at + whole + 1);
  bool grouped = part == 3 && at + whole + 4 == c.n && whole >= 1 && whole <= 3 && c.s[at] != '0';
  if (!grouped) (*count)++;
  else if (sign == ',') v->either++;
}

/* 1.234.567,89: the sign that comes last is decimal when it comes once and another comes before it. */
static void weigh_grouped(orr_csv_span c, evidence *v) {
  size_t at = c.s[0] == '+' || c.s[0] == '-';
  at += digits_from(c, at);
  const char *mark = strchr(marks, c.s[at]);
  char last = 0;
  for (size_t i = at; i < c.n; i++)
    if (!isdigit((unsigned char)c.s[i])) last = c.s[i];
  if (mark && *mark) v->groups[mark - marks]++;
  if (mark && last != *mark) *(last == ',' ? &v->comma : &v->point) += 1;
}

static void weigh(orr_csv_span cell, bool divisible, evidence *v) {
  orr_csv_span c = orr_csv_trimmed(cell);
  orr_csv_kind k = orr_csv_kind_of(c);
  if (orr_csv_kind_is_empty(k)) return;
  v->cells++;
  v->numbers += orr_csv_kind_is_number(k);
  if (k == ORR_CSV_COMMA && divisible) weigh_single(c, ',', v);
  if (k == ORR_CSV_GROUPED) weigh_grouped(c, v);
  if (k != ORR_CSV_NUMBER) return;
  if (memchr(c.s, '.', c.n)) weigh_single(c, '.', v);
  else v->whole++;
}

/* `divisible`: a bare comma can be within a cell. */
static evidence look_at_column(const orr_csv_grid *g, size_t first, size_t column, bool divisible) {
  evidence v = {0};
  size_t rows = orr_csv_grid_rows(g), seen = 0;
  for (size_t r = first; r < rows && seen < ROWS_FOR_A_COLUMN; r++) {
    if (column >= orr_csv_grid_width(g, r)) continue;
    orr_csv_span c = orr_csv_grid_cell(g, r, column);
    weigh(c, divisible || c.quoted, &v);
    seen++;
  }
  return v;
}

static void add(evidence *sum, const evidence *v, bool halves) {
  sum->comma += v->comma;
  sum->point += v->point;
  if (halves && v->either > 2 && !v->whole) sum->either += v->either;
  for (size_t i = 0; i < 4; i++) sum->groups[i] += v->groups[i];
}

static char thousands_of(const evidence *sum, char decimal) {
  size_t best = 4;
  for (size_t i = 0; i < 4; i++)
    if (marks[i] != decimal && sum->groups[i] && (best == 4 || sum->groups[i] > sum->groups[best])) best = i;
  return best < 4 ? marks[best] : 0;
}

static bool is_padded(orr_csv_span c) {
  return !c.quoted && c.n && (c.s[0] == ' ' || c.s[0] == '\t' || c.s[c.n - 1] == ' ' || c.s[c.n - 1] == '\t');
}

/* Padding where a number or a blank is padded, or one text in five is. */
static bool find_padding(const orr_csv_grid *g) {
  size_t padded = 0, cells = 0;
  for (size_t i = 0; i < g->cells.count && cells < MOST_CELLS; i++, cells++) {
    if (!is_padded(g->cells.items[i])) continue;
    orr_csv_kind k = orr_csv_kind_of(g->cells.items[i]);
    if (orr_csv_kind_is_typed(k) || orr_csv_kind_is_empty(k)) return true;
    padded++;
  }
  return padded && padded * 5 >= cells;
}

void orr_csv_find_numbers(const orr_csv_grid *g, size_t first, const orr_csv_numbers_given *given,
                          orr_csv_dialect *d) {
  evidence sum = {0};
  size_t columns = orr_csv_grid_columns(g);
  bool divisible = strcmp(d->delimiter, ",") != 0, halves = *d->delimiter == ';';
  for (size_t i = 0; i < columns && i * ROWS_FOR_A_COLUMN < 64 * (size_t)MOST_CELLS; i++) {
    evidence v = look_at_column(g, first, i, divisible);
    if (v.numbers * 10 >= v.cells * 9) add(&sum, &v, halves);
  }
  bool comma = sum.comma > sum.point || (!sum.comma && !sum.point && sum.either && !sum.groups[0]);
  if (!given->decimal) d->decimal = comma ? ',' : '.';
  if (!given->thousands) d->thousands = thousands_of(&sum, d->decimal);
  if (!given->trim) d->trim = !d->squeeze && find_padding(g);
}
