/* Rows and columns counted by kind; see csv_sniff_rows.h. */
#include "data/csv_sniff_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 400, PASSED_OVER = 4, COMPARED = 200, NAME_BYTES = 64, LONGEST_UNIT = 40 };

static orr_csv_group group_of(orr_csv_kind k) {
  if (orr_csv_kind_is_empty(k)) return ORR_CSV_NOTHING;
  if (orr_csv_kind_is_number(k)) return ORR_CSV_NUMBERS;
  return k == ORR_CSV_TIME ? ORR_CSV_TIMES : k == ORR_CSV_SPECIAL ? ORR_CSV_SPECIALS : ORR_CSV_WORDS;
}

/* Numbers, times or specials where they are most of what a column holds. */
static orr_csv_group column_group(const size_t votes[5]) {
  size_t full =
      votes[ORR_CSV_WORDS] + votes[ORR_CSV_NUMBERS] + votes[ORR_CSV_TIMES] + votes[ORR_CSV_SPECIALS];
  if (!full) return ORR_CSV_NOTHING;
  for (orr_csv_group k = ORR_CSV_NUMBERS; k <= ORR_CSV_SPECIALS; k++)
    if (votes[k] * 2 > full) return k;
  return ORR_CSV_WORDS;
}

/* Cells that all are of a legend, or all blank but for units, whatever the columns hold. */
static bool looks_like_legend(const orr_csv_table *t, size_t row) {
  size_t width = orr_csv_grid_width(t->grid, row), full = 0;
  for (size_t i = 0; i < width; i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    if (c.n && !orr_csv_is_legend(c)) return false;
    full += c.n > 0;
  }
  return full > 0 && (width == 1 || width * 2 > t->columns);
}

static bool is_text_column(const orr_csv_table *t, size_t column) {
  return column < t->columns && t->groups[column] == ORR_CSV_WORDS;
}

/* Rules and formats stand over any column. Kinds of average are a legend where the first column has none, and words
 * for types where one at least stands over a column that is no text. */
bool orr_csv_is_legend_row(const orr_csv_table *t, size_t row) {
  size_t rules = 0, types = 0, full = 0, width = orr_csv_grid_width(t->grid, row);
  if (!looks_like_legend(t, row)) return false;
  for (size_t i = 0; i < width; i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    if (!c.n) continue;
    full++;
    rules += orr_csv_is_rule(c);
    types += !is_text_column(t, i);
  }
  if (rules == full) return true;
  orr_csv_span first = orr_csv_grid_cell(t->grid, row, 0);
  return types && (orr_csv_is_type(first) || !orr_csv_trimmed(first).n);
}

/* "[#]", "(a.u.)", but no negative number of a bookkeeper. */
static bool is_unit(orr_csv_span cell) {
  orr_csv_span c = orr_csv_trimmed(cell);
  if (orr_csv_is_unit(c)) return true;
  bool square = c.n > 2 && c.s[0] == '[' && c.s[c.n - 1] == ']';
  bool round = c.n > 2 && c.s[0] == '(' && c.s[c.n - 1] == ')';
  return (square || round) && !strchr("+-.0123456789$", c.s[1]);
}

static bool looks_like_units(const orr_csv_table *t, size_t row) {
  size_t units = 0, full = 0, width = orr_csv_grid_width(t->grid, row);
  for (size_t i = 0; i < width; i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    orr_csv_kind k = orr_csv_kind_of(c);
    if (c.n > LONGEST_UNIT || orr_csv_kind_is_number(k) || k == ORR_CSV_TIME) return false;
    units += is_unit(c);
    full += c.n > 0;
  }
  return units && units * 2 >= full && width * 2 > t->columns;
}

/* A unit that is hardly anything else: of two characters and more, and no sign of a missing value. */
static bool is_sure_unit(orr_csv_span c) {
  return c.n > 1 && orr_csv_kind_of(c) != ORR_CSV_MISSING && is_unit(c);
}

static bool is_unit_below(const orr_csv_table *t, size_t row, size_t column) {
  return row + 1 < orr_csv_grid_rows(t->grid) && column < orr_csv_grid_width(t->grid, row + 1) &&
         orr_csv_is_unit(orr_csv_grid_cell(t->grid, row + 1, column));
}

/* What a row of units would be like: cells over text that are units, unlike those below, and cells over the other
 * columns. */
typedef struct unit_count {
  size_t full, text, text_units, units, sure;
} unit_count;

static unit_count count_units(const orr_csv_table *t, size_t row) {
  unit_count n = {0};
  for (size_t i = 0; i < orr_csv_grid_width(t->grid, row); i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    bool text = is_text_column(t, i), unit = is_unit(c);
    bool percent = orr_csv_span_is(c, "%");
    if (!c.n) continue;
    n.full++;
    n.text += text;
    n.text_units += text && unit && !is_unit_below(t, row, i);
    n.units += !text && unit && orr_csv_kind_of(c) != ORR_CSV_MISSING;
    n.sure += (!text || !t->typed) && (is_sure_unit(c) || percent);
  }
  return n;
}

/* Over text a cell is a unit or blank, unless two sure units and nothing else stand over the other columns; where
 * all is text, all cells are units, and one is sure. */
bool orr_csv_is_unit_row(const orr_csv_table *t, size_t row) {
  if (!looks_like_units(t, row)) return false;
  unit_count n = count_units(t, row);
  if (!t->typed) return n.text_units == n.full && n.sure;
  if (n.text_units < n.text) return n.sure > 1 && n.sure + n.text == n.full;
  return n.units && n.units * 2 >= n.full - n.text;
}

/* The rows to judge columns by: those with all cells, that are neither units nor legend. */
static orr_status regular_rows(const orr_csv_table *t, orr_arena *arena, size_t **rows, size_t *n,
                               orr_error *e) {
  size_t all = orr_csv_grid_rows(t->grid);
  *n = 0;
  ORR_TAKE(arena, *rows, MOST_ROWS, e);
  for (size_t r = 0; r < all && *n < MOST_ROWS; r++) {
    if (orr_csv_grid_width(t->grid, r) != t->columns) continue;
    if (*n<PASSED_OVER && * n> 0 && (looks_like_legend(t, r) || looks_like_units(t, r))) continue;
    (*rows)[(*n)++] = r;
  }
  return ORR_OK;
}

static orr_csv_group group_from(const orr_csv_table *t, size_t column, const size_t *rows, size_t n) {
  size_t votes[5] = {0};
  for (size_t i = 0; i < n; i++)
    votes[group_of(orr_csv_kind_of(orr_csv_grid_cell(t->grid, rows[i], column)))]++;
  return column_group(votes);
}

orr_status orr_csv_table_init(orr_csv_table *t, const orr_csv_grid *g, orr_arena *arena, orr_error *e) {
  *t = (orr_csv_table){.grid = g, .columns = orr_csv_grid_columns(g)};
  size_t *rows, n;
  ORR_TRY(regular_rows(t, arena, &rows, &n, e));
  size_t later = (n + 1) / 2, from = n < 2 ? 0 : later < PASSED_OVER ? later : PASSED_OVER;
  ORR_TAKE(arena, t->groups, t->columns, e);
  for (size_t i = 0; i < t->columns; i++) {
    orr_csv_group group = group_from(t, i, rows + from, n - from);
    if (!group && n > 1) group = group_from(t, i, rows + 1, n - 1);
    t->groups[i] = (uint8_t)group;
    t->typed += group > ORR_CSV_WORDS;
  }
  return ORR_OK;
}

static void count_cell(const orr_csv_table *t, size_t column, orr_csv_span cell, orr_csv_row *row) {
  orr_csv_kind k = orr_csv_kind_of(cell);
  if (k == ORR_CSV_BLANK) return;
  row->full++;
  row->last = column;
  row->words += k >= ORR_CSV_NAME;
  row->numbers += orr_csv_kind_is_number(k);
  row->times += k == ORR_CSV_TIME;
  row->specials += k == ORR_CSV_SPECIAL;
  row->clutter += k == ORR_CSV_CLUTTER;
  row->long_texts += k == ORR_CSV_TEXT;
  if (cell.n > row->longest) row->longest = cell.n;
  if (column >= t->columns || t->groups[column] <= ORR_CSV_WORDS) return;
  row->match += group_of(k) == t->groups[column];
  row->mismatch += k >= ORR_CSV_NAME;
}

orr_csv_row orr_csv_row_of(const orr_csv_table *t, size_t row) {
  orr_csv_row out = {.width = orr_csv_grid_width(t->grid, row)};
  for (size_t i = 0; i < out.width; i++) count_cell(t, i, orr_csv_grid_cell(t->grid, row, i), &out);
  out.sparse = out.full == 0 || (t->columns > 2 && out.full < 2);
  return out;
}

static bool last_is_blank(const orr_csv_table *t, size_t from, size_t column) {
  size_t seen = 0;
  for (size_t r = from; r < orr_csv_grid_rows(t->grid); r++) {
    if (orr_csv_grid_width(t->grid, r) != t->columns) continue;
    if (orr_csv_trimmed(orr_csv_grid_cell(t->grid, r, column)).n) return false;
    seen++;
  }
  return seen > 0;
}

double orr_csv_number_of(orr_csv_span cell) {
  char digits[NAME_BYTES];
  orr_csv_span c = orr_csv_trimmed(cell);
  if (c.n >= sizeof digits || orr_csv_kind_of(c) != ORR_CSV_NUMBER) return NAN;
  memcpy(digits, c.s, c.n);
  digits[c.n] = 0;
  return strtod(digits, NULL);
}

/* Distinct words, or numbers counted up, or cells in quotes: what R writes before each row. */
static bool names_rows(const orr_csv_table *t, size_t from) {
  size_t rows = orr_csv_grid_rows(t->grid), seen = 0;
  double last = 0;
  for (size_t r = from; r < rows && seen < COMPARED; r++) {
    if (orr_csv_grid_width(t->grid, r) != t->columns) continue;
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, r, 0));
    if (!c.n) return false;
    if (!c.quoted && t->groups[0] == ORR_CSV_NUMBERS) {
      double x = orr_csv_number_of(c);
      if (!(x == floor(x)) || (seen && x <= last)) return false;
      last = x;
    }
    seen++;
  }
  return seen > 0;
}

bool orr_csv_is_short(const orr_csv_table *t, size_t row) {
  if (orr_csv_grid_width(t->grid, row) + 1 != t->columns) return false;
  if (last_is_blank(t, row + 1, t->columns - 1)) return true;
  if (orr_csv_has_own_width(t, row)) return false;
  return (t->columns > 2 || orr_csv_grid_cell(t->grid, row, 0).quoted) && names_rows(t, row + 1);
}

bool orr_csv_has_own_width(const orr_csv_table *t, size_t row) {
  size_t width = orr_csv_grid_width(t->grid, row);
  for (size_t r = row + 1; r < orr_csv_grid_rows(t->grid) && r < row + MOST_ROWS; r++) {
    orr_csv_row below = orr_csv_row_of(t, r);
    if (below.width == width && below.match && !below.mismatch) return true;
  }
  return false;
}

static int by_text(const void *a, const void *b) {
  const orr_csv_span *x = a, *y = b;
  uint32_t n = x->n < y->n ? x->n : y->n;
  int order = n ? memcmp(x->s, y->s, n) : 0;
  return order ? order : (x->n > y->n) - (x->n < y->n);
}

bool orr_csv_are_distinct(const orr_csv_table *t, size_t row) {
  size_t width = orr_csv_grid_width(t->grid, row), n = 0;
  orr_csv_span *all = orr_calloc(width, sizeof *all);
  if (!all) return false;
  for (size_t i = 0; i < width; i++) {
    orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
    if (c.n) all[n++] = c;
  }
  qsort(all, n, sizeof *all, by_text);
  bool distinct = true;
  for (size_t i = 1; i < n; i++) distinct = distinct && by_text(&all[i - 1], &all[i]);
  orr_free(all);
  return distinct;
}

bool orr_csv_comes_again(const orr_csv_table *t, size_t row) {
  for (size_t r = row + 1; r < orr_csv_grid_rows(t->grid) && r < row + COMPARED; r++) {
    size_t again = 0, full = 0; /* half of them again: the same categories; all: a second table begins */
    for (size_t i = 0; i < t->columns && i < orr_csv_grid_width(t->grid, r); i++) {
      orr_csv_span c = orr_csv_trimmed(orr_csv_grid_cell(t->grid, row, i));
      full += c.n > 0;
      again += c.n && orr_csv_spans_equal(c, orr_csv_grid_cell(t->grid, r, i));
    }
    if (again * 2 >= full && (again < full || t->columns == 1)) return true;
  }
  return false;
}

bool orr_csv_is_trailing(const orr_csv_table *t, const orr_csv_rows *rows, size_t data) {
  if (t->columns < 2 || !last_is_blank(t, data, t->columns - 1) || last_is_blank(t, data, t->columns - 2))
    return false;
  if (!rows->header) return t->typed + 1 == t->columns;
  size_t width = orr_csv_grid_width(t->grid, rows->first);
  if (width + 1 == t->columns) return true;
  return width == t->columns && !orr_csv_trimmed(orr_csv_grid_cell(t->grid, rows->first, width - 1)).n;
}
