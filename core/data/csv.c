/* The home of libcsv: bytes to cells, a line at a time, so that it is known
 * where each row begins. libcsv runs in its strict mode to tell of quotes that
 * are out of place, and is then let past them: such a quote is text. */
#include <csv.h>

#include "base/memory.h"
#include "data/csv_cells.h"

enum { STRICT = CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL, LENIENT = CSV_REPALL_NL, GROWTH = 1 << 12 };

typedef struct feeding {
  struct csv_parser parser;
  orr_csv_cells *out;
  size_t at, line;         /* of the line being fed */
  size_t row_at, row_line; /* of the row being read */
  size_t first;            /* its first cell */
  size_t open_line;        /* on which its last cell began */
  bool between;            /* no row is being read */
  orr_status status;       /* libcsv cannot be stopped from a callback, so it is remembered */
  orr_error *error;
} feeding;

orr_status orr_csv_fail_cell(size_t line, orr_error *e) {
  return orr_fail(e, ORR_DATA, "a cell after line %zu is longer than 1 MiB; is a quote left open?", line);
}

static orr_status add_cell(feeding *f, const char *s, size_t n) {
  orr_csv_cells *c = f->out;
  if (n > ORR_CSV_MOST_CELL) return orr_csv_fail_cell(f->open_line, f->error);
  orr_csv_cell cell = {(uint32_t)c->copied.length, (uint32_t)n};
  orr_text_add_bytes(&c->copied, s, n);
  ORR_PUSH(&c->cells, cell, f->error);
  f->open_line = f->line;
  return ORR_OK;
}

static orr_status end_row(feeding *f) {
  orr_csv_cells *c = f->out;
  size_t count = c->cells.count - f->first;
  f->between = true;
  if (!count) return ORR_OK;
  orr_csv_row row = {(uint32_t)f->first, (uint32_t)count, (uint32_t)f->row_at, f->row_line};
  f->first = c->cells.count;
  ORR_PUSH(&c->rows, row, f->error);
  return ORR_OK;
}

static void on_cell(void *s, size_t n, void *context) {
  feeding *f = context;
  if (!f->status) f->status = add_cell(f, s ? s : "", n);
}

static void on_row(int end, void *context) {
  (void)end;
  feeding *f = context;
  if (!f->status) f->status = end_row(f);
}

static void note_stray(feeding *f) {
  if (!f->parser.quoted) return; /* within a bare cell it is harmless */
  if (!f->out->stray++) f->out->stray_line = f->line;
}

/* A quote out of place stops libcsv before it; that one byte is taken leniently. */
static orr_status feed(feeding *f, const char *s, size_t n) {
  struct csv_parser *p = &f->parser;
  for (size_t at = 0; at < n && !f->status;) {
    at += csv_parse(p, s + at, n - at, on_cell, on_row, f);
    if (at == n || f->status) break;
    if (csv_error(p) != CSV_EPARSE) return orr_fail_memory(f->error, "a cell", csv_get_buffer_size(p));
    note_stray(f);
    csv_set_opts(p, LENIENT);
    at += csv_parse(p, s + at, 1, on_cell, on_row, f);
    csv_set_opts(p, STRICT);
  }
  if (!f->status && csv_get_buffer_size(p) > ORR_CSV_MOST_CELL + GROWTH)
    f->status = orr_csv_fail_cell(f->open_line, f->error);
  return f->status;
}

static orr_status feed_line(feeding *f, orr_csv_rewriter *w, const char *s, size_t n) {
  size_t stray = w->stray;
  if (f->between) f->row_at = f->at, f->row_line = f->open_line = f->line;
  f->between = false;
  if (!w->d) return feed(f, s, n);
  ORR_TRY(orr_csv_rewrite_line(w, s, n, f->error));
  if (w->stray > stray && !f->out->stray) f->out->stray_line = f->line;
  f->out->stray += w->stray - stray;
  return feed(f, orr_text_get(&w->line), w->line.length);
}

static orr_status finish(feeding *f, size_t n, orr_csv_ending ending) {
  if (ending == ORR_CSV_WITH_FILE && csv_fini(&f->parser, on_cell, on_row, f))
    return orr_fail(f->error, ORR_DATA, "the quote opened near line %zu is never closed", f->open_line);
  if (f->status) return f->status;
  if (ending == ORR_CSV_WITH_FILE) f->between = true;
  f->out->rest = (uint32_t)(f->between ? f->at : f->row_at);
  f->out->whole = f->out->rest == n;
  f->out->rest_line = f->between ? f->line : f->row_line;
  f->out->cells.count = f->first;
  static const char margin[ORR_CSV_MARGIN + sizeof(uint64_t)] = {0};
  orr_text_add_bytes(&f->out->copied, margin, sizeof margin);
  f->out->bytes = f->out->copied.data;
  return orr_text_check(&f->out->copied, f->error);
}

/* A line that is cut off, or may be (its CR could be half of a line end), is left for the next stretch. */
static orr_status feed_lines(feeding *f, orr_csv_rewriter *w, const char *bytes, size_t n,
                             orr_csv_ending ending) {
  orr_csv_lines lines = {.end = bytes + n};
  while (f->at < n) {
    const char *line = bytes + f->at;
    size_t length = orr_csv_line_length(&lines, line);
    bool ended = line[length - 1] == '\n' || line[length - 1] == '\r';
    bool last = f->at + length == n;
    if (ending == ORR_CSV_CUT_OFF && last && line[length - 1] != '\n') break;
    ORR_TRY(feed_line(f, w, line, length));
    f->at += length;
    f->line += ended;
  }
  return finish(f, n, ending);
}

static void *resize(void *block, size_t n) { return orr_realloc(block, n, 1); }
static int is_never(unsigned char c) { return (void)c, 0; }

static void choose(struct csv_parser *p, const orr_csv_dialect *d, bool rewritten) {
  csv_set_realloc_func(p, resize);
  csv_set_free_func(p, orr_free);
  csv_set_blk_size(p, GROWTH);
  csv_set_quote(p, rewritten ? '"' : (unsigned char)d->quote);
  csv_set_delim(p, rewritten ? 0 : (unsigned char)d->delimiter[0]);
  if (!d->trim) csv_set_space_func(p, is_never);
}

orr_status orr_csv_cut_by_library(const orr_csv_dialect *d, const char *bytes, size_t n, size_t line,
                                  orr_csv_ending ending, orr_csv_cells *out, orr_error *e) {
  static const char margin[ORR_CSV_MARGIN] = {0};
  feeding f = {.out = out, .line = line, .open_line = line, .row_line = line, .between = true, .error = e};
  orr_csv_rewriter w = {.d = orr_csv_needs_rewriting(d) ? d : NULL};
  orr_csv_cells_clear(out);
  orr_text_add_bytes(&out->copied, margin, sizeof margin);
  if (csv_init(&f.parser, STRICT)) return orr_fail_memory(e, "the CSV reader", 0);
  choose(&f.parser, d, w.d != NULL);
  orr_status status = feed_lines(&f, &w, bytes, n, ending);
  csv_free(&f.parser);
  orr_text_fini(&w.line);
  return status;
}
