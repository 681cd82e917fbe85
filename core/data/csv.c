/* The home of libcsv: bytes to cells, cells to a table. */
#include "data/csv.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/csv_cells.h"

enum { MOST_CELL = 1 << 20, MOST_NAME = 480, BLOCK = 1 << 18 };

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct reader {
  orr_csv_cells cells;
  size_t in_row; /* cells of the row being read */
  size_t line;   /* of the file, at the row's start */
  size_t inside; /* line ends within the row's quoted cells */
  int ended_by;  /* the last byte, if it ended a line: "\r\n" ends one line, not two */
  const char *source;
  orr_status status; /* libcsv cannot be stopped from a callback, so it is remembered */
  orr_error *error;
} reader;

static orr_status add_cell(reader *r, const char *s, size_t n) {
  orr_csv_cells *c = &r->cells;
  if (n > MOST_CELL)
    return orr_fail(r->error, ORR_DATA,
                    "%s: a cell after line %zu is longer than 1 MiB; is a quote left open?", r->source,
                    r->line);
  if (memchr(s, 0, n) || !orr_text_is_utf8(s, n))
    return orr_fail(r->error, ORR_DATA, "%s: line %zu is not UTF-8 text; save the file as UTF-8", r->source,
                    r->line);
  ORR_PUSH(&c->starts, c->bytes.length, r->error);
  orr_text_add_bytes(&c->bytes, s, n);
  orr_text_add_bytes(&c->bytes, "", 1);
  for (size_t i = 0; i < n; i++) r->inside += s[i] == '\n';
  r->in_row++;
  r->ended_by = 0;
  return orr_text_check(&c->bytes, r->error);
}

static orr_status end_row(reader *r) {
  orr_csv_cells *c = &r->cells;
  size_t n = r->in_row;
  r->in_row = 0;
  if (!n) return ORR_OK;
  if (!c->columns) c->columns = n;
  if (n != c->columns)
    return orr_fail(r->error, ORR_DATA, "%s: line %zu has %zu cells where the header has %zu; mend that line",
                    r->source, r->line, n, c->columns);
  ORR_PUSH(&c->lines, r->line, r->error);
  return ORR_OK;
}

static void on_cell(void *s, size_t n, void *context) {
  reader *r = context;
  if (!r->status) r->status = add_cell(r, s ? s : "", n);
}

static void on_row(int end, void *context) {
  reader *r = context;
  if (!r->status) r->status = end_row(r);
  r->line += r->inside + !(end == '\n' && r->ended_by == '\r');
  r->inside = 0;
  r->ended_by = end;
}

/* How often the delimiter stands in the first line, outside of quotes. */
static size_t count_delimiters(const char *bytes, size_t n, char delimiter) {
  size_t count = 0;
  bool quoted = false;
  for (size_t i = 0; i < n && (quoted || bytes[i] != '\n'); i++) {
    if (bytes[i] == '"') quoted = !quoted;
    count += !quoted && bytes[i] == delimiter;
  }
  return count;
}

/* The delimiter that appears most in the first line: ',' ';' or tab. */
static unsigned char sniff_delimiter(const char *bytes, size_t n) {
  static const char candidates[] = ",;\t";
  size_t most = 0;
  unsigned char best = ',';
  for (const char *c = candidates; *c; c++) {
    size_t count = count_delimiters(bytes, n, *c);
    if (count > most) most = count, best = (unsigned char)*c;
  }
  return best;
}

static orr_status tokenize(reader *r, const char *bytes, size_t n, const orr_work *work) {
  struct csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL))
    return orr_fail_memory(r->error, "the CSV reader", 0);
  csv_set_delim(&parser, sniff_delimiter(bytes, n));
  for (size_t at = 0; at < n && !r->status; at += BLOCK) {
    size_t some = n - at < BLOCK ? n - at : BLOCK;
    if (csv_parse(&parser, bytes + at, some, on_cell, on_row, r) != some && !r->status)
      r->status = orr_fail(r->error, ORR_DATA, "%s: line %zu: %s; is a quote out of place?", r->source,
                           r->line, csv_strerror(csv_error(&parser)));
    if (!r->status) r->status = orr_progress_step(work, "reading", at, n, r->error);
  }
  if (!r->status && csv_fini(&parser, on_cell, on_row, r))
    r->status = orr_fail(r->error, ORR_DATA, "%s: the quote opened near line %zu is never closed", r->source,
                         r->line);
  csv_free(&parser);
  return r->status;
}

/* Names must be distinct: the second "x" becomes "x_2"; a blank one "column_3". */
static orr_status name_column(const orr_csv_cells *c, size_t column, orr_map *seen, char name[512],
                              orr_error *e) {
  const char *given = orr_csv_cell(c, 0, column);
  if (strlen(given) > MOST_NAME)
    return orr_fail(e, ORR_DATA,
                    "the name of column %zu is longer than %d bytes; does the first line hold names?",
                    column + 1, MOST_NAME);
  snprintf(name, 512, "%s", given);
  if (!*given) snprintf(name, 512, "column_%zu", column + 1);
  for (unsigned copy = 2; orr_map_find(seen, name, strlen(name)) != ORR_MAP_NONE; copy++)
    snprintf(name, 512, "%s_%u", *given ? given : "column", copy);
  int32_t index;
  return orr_map_add(seen, name, strlen(name), &index, e);
}

typedef struct typing {
  const orr_csv_cells *cells;
  const orr_map *names;
  orr_column **columns;
  orr_status *status;
  orr_error *errors;
} typing;

static void type_column(void *context, size_t column) {
  typing *t = context;
  t->status[column] = orr_csv_column(t->cells, column, orr_map_key(t->names, column), &t->columns[column],
                                     &t->errors[column]);
}

static orr_status type_columns(const orr_csv_cells *c, const orr_map *names, const char *source,
                               const orr_work *work, orr_table **out, orr_error *e) {
  orr_arena arena = {0};
  typing t = {.cells = c, .names = names};
  orr_status status = orr_arena_take(&arena, c->columns, sizeof *t.columns, (void **)&t.columns, e);
  if (!status) status = orr_arena_take(&arena, c->columns, sizeof *t.status, (void **)&t.status, e);
  if (!status) status = orr_arena_take(&arena, c->columns, sizeof *t.errors, (void **)&t.errors, e);
  if (!status) status = orr_work_run(work, "typing columns", c->columns, type_column, &t, e);
  for (size_t i = 0; i < c->columns && !status; i++)
    if ((status = t.status[i]) && e) *e = t.errors[i];
  if (!status) status = orr_table_new(t.columns, c->columns, source, out, e);
  for (size_t i = 0; t.columns && i < c->columns; i++) orr_column_unref(t.columns[i]);
  orr_arena_fini(&arena);
  return status;
}

/* A column that is numbers but for a few cells is text, and the person should know which cells. */
static void tell_oddities(const orr_csv_cells *c, const orr_table *t, const orr_work *work) {
  orr_csv_oddity odd;
  for (size_t i = 0; i < t->n_columns; i++) {
    if (t->columns[i]->type != ORR_TEXT || !orr_csv_find_oddity(c, i, &odd)) continue;
    orr_log(work,
            "warning: column '%.60s' is read as text: %zu of its cells are numbers, but '%.40s' on line %zu "
            "is not%s",
            t->columns[i]->name, odd.numbers, orr_csv_cell(c, odd.row, i), c->lines.items[odd.row],
            odd.odd > 1 ? ", nor are others" : "");
  }
}

static orr_status build(const orr_csv_cells *c, const char *source, const orr_work *work, orr_table **out,
                        orr_error *e) {
  orr_map names = {0};
  orr_status status = ORR_OK;
  if (!c->columns)
    return orr_fail(e, ORR_DATA, "%s is empty; it needs a row of column names and rows of data", source);
  if (c->lines.count < 2) return orr_fail(e, ORR_DATA, "%s has column names but no rows of data", source);
  for (size_t i = 0; i < c->columns && !status; i++) {
    char name[512];
    status = name_column(c, i, &names, name, e);
    if (!status && *orr_csv_cell(c, 0, i) && strcmp(name, orr_csv_cell(c, 0, i)))
      orr_log(work, "column %zu repeats a name: it is called '%s' here", i + 1, name);
  }
  if (!status) status = type_columns(c, &names, source, work, out, e);
  if (!status) tell_oddities(c, *out, work);
  orr_map_fini(&names);
  return status;
}

orr_status orr_csv_parse(const char *bytes, size_t n, const char *source, const orr_work *work,
                         orr_table **out, orr_error *e) {
  size_t mark = strlen(BYTE_ORDER_MARK);
  if (n >= mark && !memcmp(bytes, BYTE_ORDER_MARK, mark)) bytes += mark, n -= mark;
  if (n && memchr(bytes, 0, n < 4096 ? n : 4096))
    return orr_fail(e, ORR_DATA, "%s holds binary data, not CSV text; export it as CSV", source);
  reader r = {.line = 1, .source = source, .error = e};
  orr_status status = tokenize(&r, bytes, n, work);
  if (!status) status = build(&r.cells, source, work, out, e);
  orr_text_fini(&r.cells.bytes);
  orr_free(r.cells.starts.items);
  orr_free(r.cells.lines.items);
  return status;
}

static orr_status read_all(int fd, const char *source, orr_text *bytes, const orr_work *work, orr_error *e) {
  char block[1 << 16];
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) > 0) {
    orr_text_add_bytes(bytes, block, (size_t)n);
    ORR_TRY(orr_progress_step(work, "reading", bytes->length, 0, e));
  }
  if (n < 0) return orr_fail_errno(e, "cannot read %s", source);
  return orr_text_check(bytes, e);
}

orr_status orr_csv_read(int fd, const char *source, const orr_work *work, orr_table **out, orr_hash *content,
                        orr_error *e) {
  orr_text bytes = {0};
  orr_status status = read_all(fd, source, &bytes, work, e);
  if (!status) {
    *content = orr_hash_bytes(orr_text_get(&bytes), bytes.length);
    status = orr_csv_parse(orr_text_get(&bytes), bytes.length, source, work, out, e);
  }
  orr_text_fini(&bytes);
  return status;
}

void orr_csv_add_cell(orr_text *out, const char *cell) {
  size_t n = strlen(cell);
  bool trimmed =
      n && (strchr(" \t", cell[0]) || strchr(" \t", cell[n - 1])); /* what a reader takes off bare cells */
  bool mark = !strncmp(cell, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK));
  if (!trimmed && !mark && !strpbrk(cell, ",;\t\"\r\n")) {
    orr_text_add(out, cell);
    return;
  }
  orr_text_add(out, "\"");
  for (; *cell; cell++) {
    if (*cell == '"') orr_text_add(out, "\"");
    orr_text_add_bytes(out, cell, 1);
  }
  orr_text_add(out, "\"");
}
