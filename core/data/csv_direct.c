/* The direct way from bytes to cells, for stretches without escapes and odd
 * quotes: ends of cells are found 64 bytes at a time, those in quotes left
 * out by the parity of the quotes before them. Every quote must turn out to be
 * the first or the last byte of a cell, or doubled inside one; where the count
 * says that one is not, libcsv is asked. It gives the cells that libcsv gives,
 * which a fuzz target proves. */
#include "data/csv_cells.h"
#include "data/csv_scan.h"

typedef struct direct {
  char *bytes;
  size_t n;
  char ends[2]; /* bytes that end a cell, but not its line */
  bool trim, squeeze;
  bool plain;             /* cells are what lies between their ends */
  char quote;             /* 0: there is none in these bytes */
  uint64_t inside;        /* all ones: the next glance begins within quotes */
  size_t quotes, matched; /* all so far; those that were accounted for */
  const orr_csv_dialect *d;
  orr_csv_cells *out;
  size_t cell, row_at; /* where the cell and the row being read begin */
  size_t line, first;
  bool comment; /* this line is one */
} direct;

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Room for as many cells and rows as 64 bytes can end. */
static orr_status make_room(orr_csv_cells *c, orr_error *e) {
  while (c->cells.capacity - c->cells.count < 2 * ORR_CSV_GLANCE)
    ORR_TRY(orr_vector_grow((void **)&c->cells.items, c->cells.capacity, &c->cells.capacity,
                            sizeof *c->cells.items, e));
  while (c->rows.capacity - c->rows.count < 2 * ORR_CSV_GLANCE)
    ORR_TRY(orr_vector_grow((void **)&c->rows.items, c->rows.capacity, &c->rows.capacity,
                            sizeof *c->rows.items, e));
  while (c->doubled.capacity - c->doubled.count < 2 * ORR_CSV_GLANCE)
    ORR_TRY(orr_vector_grow((void **)&c->doubled.items, c->doubled.capacity, &c->doubled.capacity,
                            sizeof *c->doubled.items, e));
  return ORR_OK;
}

/* The cell that ends before `end`, without padding and quotes. */
static inline orr_csv_cell cell_before(direct *x, size_t end, bool *quoted) {
  size_t at = x->cell;
  if (x->trim) {
    while (at < end && is_blank(x->bytes[at])) at++;
    while (end > at && is_blank(x->bytes[end - 1])) end--;
  }
  *quoted = x->quote && end - at >= 2 && x->bytes[at] == x->quote && x->bytes[end - 1] == x->quote;
  if (*quoted) at++, end--;
  return (orr_csv_cell){(uint32_t)at, (uint32_t)(end - at)};
}

/* Quotes inside quotes, if they stand in pairs; they become single ones when all is known to be right. */
static void match_inner(direct *x, orr_csv_cell cell) {
  const char *s = x->bytes + cell.at, *end = s + cell.n;
  size_t pairs = 0;
  for (; (s = s < end ? memchr(s, x->quote, (size_t)(end - s)) : NULL); s += 2, pairs++)
    if (x->d->stray_quotes || s + 1 == end || s[1] != x->quote) return;
  x->matched += 2 * pairs;
  if (pairs) x->out->doubled.items[x->out->doubled.count++] = (uint32_t)x->out->cells.count;
}

static inline void push(direct *x, orr_csv_cell cell, bool quoted) {
  orr_csv_cells *c = x->out;
  if (x->squeeze && !cell.n) return;
  if (quoted) {
    x->matched += 2;
    match_inner(x, cell);
  }
  c->cells.items[c->cells.count++] = cell;
}

/* A line of nothing is no row. */
static void end_row(direct *x, size_t end) {
  orr_csv_cells *c = x->out;
  bool quoted;
  orr_csv_cell cell = cell_before(x, end, &quoted);
  if (x->comment || (!cell.n && !quoted && c->cells.count == x->first)) return;
  push(x, cell, quoted);
  c->rows.items[c->rows.count++] = (orr_csv_row){.first = (uint32_t)x->first,
                                                 .count = (uint32_t)(c->cells.count - x->first),
                                                 .at = (uint32_t)x->row_at,
                                                 .line = x->line};
  x->first = c->cells.count;
}

static void begin_line(direct *x, size_t at) {
  x->cell = x->row_at = at;
  x->comment = orr_csv_is_comment(x->d, x->bytes + at, x->n - at);
}

/* Line ends in the quotes of the row that ends at `end`. */
static size_t lines_within(const direct *x, size_t end) {
  orr_csv_lines lines = {.end = x->bytes + end};
  size_t count = 0;
  if (!x->quote) return 0;
  for (const char *s = x->bytes + x->row_at; (s += orr_csv_line_length(&lines, s)) < lines.end;) count++;
  return count;
}

/* CR LF ends one line, which its CR ended already. */
static void end_line(direct *x, size_t at) {
  bool half = x->bytes[at] == '\n' && at && x->bytes[at - 1] == '\r' && x->row_at == at;
  if (!half) {
    end_row(x, at);
    x->line += 1 + lines_within(x, at);
  }
  begin_line(x, at + 1);
}

static orr_status check_length(direct *x, size_t end, orr_error *e) {
  bool quoted;
  if (end - x->cell <= ORR_CSV_MOST_CELL || x->comment) return ORR_OK;
  return cell_before(x, end, &quoted).n > ORR_CSV_MOST_CELL ? orr_csv_fail_cell(x->line, e) : ORR_OK;
}

static inline void end_cell(direct *x, size_t end) {
  bool quoted;
  orr_csv_cell cell = cell_before(x, end, &quoted);
  push(x, cell, quoted);
  x->cell = end + 1;
}

/* Cells that end at these bits. */
static inline void end_cells(direct *x, size_t at, uint64_t ends) {
  if (x->comment) return;
  if (!x->plain) {
    for (; ends; ends &= ends - 1) end_cell(x, at + (size_t)__builtin_ctzll(ends));
    return;
  }
  orr_csv_cell *to = x->out->cells.items + x->out->cells.count;
  size_t from = x->cell;
  for (; ends; ends &= ends - 1) {
    size_t end = at + (size_t)__builtin_ctzll(ends);
    *to++ = (orr_csv_cell){(uint32_t)from, (uint32_t)(end - from)};
    from = end + 1;
  }
  x->cell = from;
  x->out->cells.count = (size_t)(to - x->out->cells.items);
}

/* Line after line, each with the cells before its end. */
static inline void end_all(direct *x, size_t at, uint64_t ends, uint64_t lines) {
  for (; lines; lines &= lines - 1) {
    uint64_t before = (lines & -lines) - 1;
    end_cells(x, at, ends & before);
    end_line(x, at + (size_t)__builtin_ctzll(lines));
    ends &= ~before;
  }
  end_cells(x, at, ends);
}

/* Bytes that are not within quotes. */
static uint64_t find_unquoted(direct *x, const orr_csv_glance *g, uint64_t kept) {
  uint64_t quotes = orr_csv_equal(g, x->quote) & kept, inside = orr_csv_parities(quotes) ^ x->inside;
  x->inside = inside >> 63 ? ~(uint64_t)0 : 0;
  x->quotes += (size_t)__builtin_popcountll(quotes);
  return ~inside;
}

/* Of the cells that end within one glance only the first can be long. */
static orr_status cut_all(direct *x, orr_error *e) {
  for (size_t at = 0; at < x->n; at += ORR_CSV_GLANCE) {
    orr_csv_glance g = orr_csv_look(x->bytes + at);
    uint64_t kept = x->n - at < ORR_CSV_GLANCE ? ((uint64_t)1 << (x->n - at)) - 1 : ~(uint64_t)0;
    if (x->quote) kept &= find_unquoted(x, &g, kept);
    uint64_t lines = orr_csv_equal_either(&g, '\n', '\r') & kept;
    uint64_t ends = orr_csv_equal_either(&g, x->ends[0], x->ends[1]) & kept & ~lines;
    if (!(ends | lines)) continue;
    ORR_TRY(make_room(x->out, e));
    ORR_TRY(check_length(x, at + (size_t)__builtin_ctzll(ends | lines), e));
    end_all(x, at, ends, lines);
  }
  return make_room(x->out, e);
}

/* In place: nobody else looks at these bytes. */
static void undouble(const direct *x) {
  for (size_t i = 0; i < x->out->doubled.count; i++) {
    orr_csv_cell *cell = &x->out->cells.items[x->out->doubled.items[i]];
    char *s = x->bytes + cell->at;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < cell->n; k++) {
      s[kept++] = s[k];
      k += s[k] == x->quote;
    }
    cell->n = kept;
  }
}

orr_status orr_csv_cut_directly(const orr_csv_dialect *d, char *bytes, size_t n, size_t line,
                                orr_csv_ending ending, orr_csv_cells *out, bool *fit, orr_error *e) {
  char end = *d->delimiter ? *d->delimiter : '\n', tab = d->squeeze && end == ' ' ? '\t' : end;
  direct x = {.bytes = bytes, .n = n, .ends = {end, tab}, .trim = d->trim};
  x.squeeze = d->squeeze;
  x.quote = d->quote && n && memchr(bytes, d->quote, n) ? d->quote : 0;
  x.plain = !x.trim && !x.squeeze && !x.quote;
  x.d = d;
  x.out = out;
  x.line = line;
  if (ending == ORR_CSV_CUT_OFF && n && bytes[n - 1] == '\r') x.n--; /* it may be half of a line end */
  orr_csv_cells_clear(out);
  begin_line(&x, 0);
  ORR_TRY(cut_all(&x, e));
  if (ending == ORR_CSV_WITH_FILE && x.row_at < n) {
    ORR_TRY(check_length(&x, n, e));
    end_row(&x, n);
    x.line += lines_within(&x, n);
    x.row_at = n;
  }
  *fit = x.quotes == x.matched;
  if (*fit) undouble(&x);
  out->cells.count = x.first;
  out->rest = (uint32_t)x.row_at;
  out->rest_line = x.line;
  out->whole = x.row_at == n;
  out->bytes = bytes;
  return ORR_OK;
}
