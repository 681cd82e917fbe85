/* Which rows belong to the table. A short row is filled up with missing cells,
 * a long one is left out unless what it has too much is blank; a row that
 * repeats the names is left out where logs were joined, and begins a second
 * table where the first row comes again after it, or the names are others;
 * lines of one cell at the end are a footer. All of it is counted, with lines. */
#include "data/csv_reader.h"

enum { MOST_FOOTER = 64, LEAST_COLUMNS = 2 };

static bool is_name(const orr_csv_header *h, const orr_csv_cells *c, const orr_csv_row *row, size_t column) {
  size_t n;
  const char *s = orr_csv_cell_at(c, row, column, &n);
  return n == h->first[column].n && !memcmp(s, h->first[column].s, n);
}

/* Two names at least, in their places from the first on, and nothing else as far as the names go. */
static bool repeats_names(const orr_csv_header *h, const orr_csv_cells *c, const orr_csv_row *row) {
  if (h->n_first < 2 || !is_name(h, c, row, 0)) return false;
  size_t shared = row->count < h->n_first ? row->count : h->n_first, named = 0;
  for (size_t i = 0; i < shared; i++) {
    if (!is_name(h, c, row, i)) return false;
    named += h->first[i].n > 0;
  }
  return named >= 2;
}

static bool is_blank(const char *s, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (s[i] != ' ' && s[i] != '\t') return false;
  return true;
}

static bool has_surplus(const orr_csv_cells *c, const orr_csv_row *row, size_t columns) {
  for (size_t i = columns; i < row->count; i++) {
    size_t n;
    const char *s = orr_csv_cell_at(c, row, i, &n);
    if (!is_blank(s, n)) return true;
  }
  return false;
}

static bool is_first_row(const orr_csv_header *h, const orr_csv_cells *c, size_t i) {
  if (!h->data || i >= c->rows.count || c->rows.items[i].count != h->n_data) return false;
  for (size_t k = 0; k < h->n_data; k++) {
    size_t n;
    const char *s = orr_csv_cell_at(c, &c->rows.items[i], k, &n);
    if (n != h->data[k].n || memcmp(s, h->data[k].s, n)) return false;
  }
  return true;
}

/* Whether the row of names is left out and the rows go on; the block's last one is for the next block to tell. */
static bool goes_on(const orr_csv_header *h, size_t at, const orr_csv_cells *c, size_t i,
                    orr_csv_findings *out) {
  const orr_csv_row *row = &c->rows.items[i];
  if (!h->data || row->count != h->n_first || is_first_row(h, c, i + 1)) return false;
  orr_csv_note_line(&out->repeated, row->line);
  if (i + 1 == c->rows.count) out->open_at = at + row->at, out->open_line = row->line;
  return true;
}

void orr_csv_sort_rows(const orr_csv_header *h, size_t at, orr_csv_cells *c, orr_csv_findings *out) {
  size_t kept = 0;
  *out = (orr_csv_findings){.second_at = SIZE_MAX, .starts_over = is_first_row(h, c, 0)};
  for (size_t i = 0; i < c->rows.count; i++) {
    orr_csv_row row = c->rows.items[i];
    if (repeats_names(h, c, &row)) {
      if (goes_on(h, at, c, i, out)) continue;
      out->second_at = at + row.at;
      out->second_line = row.line;
      break;
    }
    if (row.count > h->columns) {
      if (has_surplus(c, &row, h->columns)) {
        orr_csv_note_line(&out->long_rows, row.line);
        continue;
      }
      row.count = (uint32_t)h->columns;
    }
    if (row.count < h->columns) orr_csv_note_line(&out->short_rows, row.line);
    c->rows.items[kept++] = row;
  }
  c->rows.count = kept;
}

typedef struct footer {
  size_t rows, at; /* of one cell, at the end so far; where the first of them begins */
  orr_csv_oddities lines;
} footer;

static bool is_text(const orr_csv_reader *r, const orr_csv_cells *c, const orr_csv_row *row) {
  orr_csv_value value;
  size_t n;
  const char *s = orr_csv_cell_at(c, row, 0, &n);
  orr_csv_trim(&s, &n);
  return n && orr_csv_see(&r->format, s, n, &value) == ORR_SEEN_TEXT;
}

/* Rows of one cell at the end of the block; false when a row before them is wider, so that these are all. In a table
 * of two columns a short row is more common: there a footer is words below a number. */
static bool add_footer(const orr_csv_reader *r, const orr_csv_cells *c, size_t at, footer *f) {
  bool narrow = r->header.columns == 2;
  for (size_t i = c->rows.count; i--; f->rows++) {
    const orr_csv_row *row = &c->rows.items[i];
    bool words = !narrow || is_text(r, c, row);
    if (row->count > 1 && narrow && words) f->rows = 0;
    if (row->count > 1 || !words) return false;
    f->at = at + c->rows.items[i].at;
    orr_csv_note_line(&f->lines, c->rows.items[i].line);
  }
  return true;
}

static orr_status look_back(orr_csv_reader *r, orr_csv_scratch *s, footer *f, orr_error *e) {
  for (size_t i = r->blocks.count; i--;) {
    const orr_csv_block *b = &r->blocks.items[i];
    bool last = b->end == r->source->size;
    ORR_TRY(orr_csv_source_load(r->source, b->at, b->end - b->at, &s->buffer, e));
    ORR_TRY(orr_csv_cut(r->dialect, s->buffer.bytes, b->end - b->at, b->line,
                        last ? ORR_CSV_WITH_FILE : ORR_CSV_WITH_ROW, &s->cells, e));
    r->broken = r->broken || !s->cells.whole; /* blocks that are dropped must prove where they end, too */
    if (r->broken || !add_footer(r, &s->cells, b->at, f)) return ORR_OK;
    if (f->rows > MOST_FOOTER) break;
    ORR_TRY(orr_progress_step(r->work, "reading", 0, 0, e));
  }
  f->rows = 0; /* so many are no footer, nor is a whole table */
  return ORR_OK;
}

orr_status orr_csv_drop_footer(orr_csv_reader *r, orr_error *e) {
  footer f = {0};
  r->footer = (orr_csv_oddities){0};
  if (r->header.columns < LEAST_COLUMNS) return ORR_OK;
  orr_csv_scratch *s = orr_csv_borrow(r);
  if (!s) return orr_csv_failure(r, e);
  orr_status status = look_back(r, s, &f, e);
  orr_csv_give_back(r, s);
  if (status || !f.rows) return status;
  orr_csv_end_blocks(r, f.at);
  r->footer = f.lines;
  return ORR_OK;
}
