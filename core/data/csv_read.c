/* CSV files to tables, from outside: the bytes are looked at, the dialect is
 * found, and the reader set to work; see csv.h and csv_reader.h. */
#include <unistd.h>

#include "base/memory.h"
#include "data/csv_reader.h"

enum { SAMPLE = 1 << 20, BLOCK = 1 << 18, MOST_BLOCK = 1 << 22, LINES_A_BLOCK = 16 };

/* A file on its way to a table, or to rows. */
typedef struct job {
  orr_csv_source source;
  const orr_options *given;
  const orr_work *work;
  orr_csv_dialect *dialect;
  orr_arena *arena;
  orr_hash *content;
  orr_hashing *hashing; /* NULL: the content is known */
  size_t block;         /* 0: to be chosen */
  size_t tail;          /* bytes after the source's end that are no text */
  bool lenient;
} job;

static bool is_given(const job *j, const char *name) { return j->given && orr_options_has(j->given, name); }

/* Blocks of a fixed size, larger where lines are so long that a block would hold few of them. */
static size_t choose_block(const orr_csv_buffer *sample) {
  const char *end = sample->bytes + sample->n;
  size_t lines = 1;
  for (const char *s = sample->bytes; (s = memchr(s, '\n', (size_t)(end - s))); s++) lines++;
  size_t wanted = sample->n / lines * LINES_A_BLOCK;
  if (wanted > MOST_BLOCK) wanted = MOST_BLOCK;
  return wanted < BLOCK ? BLOCK : wanted;
}

static orr_status look(job *j, orr_error *e) {
  orr_csv_buffer sample = {0};
  size_t n = j->source.size < SAMPLE ? j->source.size : SAMPLE;
  orr_status status = orr_csv_source_load(&j->source, 0, n, &sample, e);
  if (!status)
    status = orr_csv_sniff(sample.bytes, n, n == j->source.size, j->given, j->arena, j->dialect, e);
  if (!status && !j->block) j->block = choose_block(&sample);
  orr_csv_buffer_fini(&sample);
  return status;
}

static orr_status hash_now(job *j, orr_error *e) {
  orr_csv_buffer buffer = {0};
  orr_status status = ORR_OK;
  for (size_t at = 0; at < j->source.size && !status; at += SAMPLE) {
    size_t end = j->source.size - at < SAMPLE ? j->source.size : at + SAMPLE;
    status = orr_csv_source_hash(&j->source, at, end, &buffer, j->hashing, e);
    if (!status) status = orr_progress_step(j->work, "reading", at, j->source.size, e);
  }
  orr_csv_buffer_fini(&buffer);
  return status;
}

static orr_status keep_hash(job *j, orr_error *e) {
  orr_csv_buffer buffer = {0};
  orr_status status = ORR_OK;
  if (j->hashing && j->tail)
    status =
        orr_csv_source_hash(&j->source, j->source.size, j->source.size + j->tail, &buffer, j->hashing, e);
  if (j->hashing && !status) *j->content = orr_hashing_get(j->hashing);
  orr_csv_buffer_fini(&buffer);
  orr_hashing_free(j->hashing);
  j->hashing = NULL;
  return status;
}

/* Text of a byte a character, or of several: UTF-16 is full of NULs, or says so. */
static bool is_bytes(job *j, size_t n, orr_csv_buffer *b) {
  if (n > 64) n = 64;
  if (!n || orr_csv_source_load(&j->source, 0, n, b, NULL)) return false;
  return !memchr(b->bytes, 0, n) && (n < 2 || memcmp(b->bytes, "\xff\xfe", 2) != 0);
}

/* NUL bytes at the end come from blocks that were never filled, a Ctrl-Z from the days of DOS. */
static orr_status cut_tail(job *j, orr_error *e) {
  enum { PIECE = 1 << 16 };
  orr_csv_buffer b = {0};
  size_t zeros = 0, kept = j->source.size;
  orr_status status = ORR_OK;
  for (bool more = true; more && kept && !status;) {
    size_t n = kept < PIECE ? kept : PIECE, i = n;
    status = orr_csv_source_load(&j->source, kept - n, n, &b, e);
    for (; i && !status && (!b.bytes[i - 1] || b.bytes[i - 1] == '\x1a'); i--) zeros += !b.bytes[i - 1];
    more = !i;
    kept -= n - i;
  }
  if (!status && is_bytes(j, kept, &b)) {
    j->tail = j->source.size - kept;
    j->source.size = kept;
    if (zeros)
      orr_log(j->work, "note: %zu NUL byte%s at the end of the file %s left out", zeros,
              zeros == 1 ? "" : "s", zeros == 1 ? "is" : "are");
  }
  orr_csv_buffer_fini(&b);
  return status;
}

/* The content is hashed as it is in the file, before it becomes UTF-8. */
static orr_status decode(job *j, orr_error *e) {
  if (j->dialect->encoding != ORR_UTF_16LE && j->dialect->encoding != ORR_UTF_16BE) return ORR_OK;
  ORR_TRY(hash_now(j, e));
  ORR_TRY(keep_hash(j, e));
  return orr_csv_source_transcode(&j->source, j->dialect->encoding, j->work, e);
}

static orr_status try_dialect(job *j, orr_csv_reader *r, bool columns, orr_error *e) {
  orr_csv_reader_init(r, &j->source, j->dialect, j->arena, j->work);
  r->block_size = j->block;
  r->hashing = j->hashing;
  r->lenient = j->lenient;
  ORR_TRY(orr_csv_read_header(r, e));
  ORR_TRY(orr_csv_settle(r, columns, e));
  ORR_TRY(keep_hash(j, e));
  return r->not_utf8 ? ORR_OK : orr_csv_check_table(r, e);
}

static orr_status begin(job *j, orr_error *e) {
  ORR_TRY(orr_hashing_new(&j->hashing, e));
  ORR_TRY(cut_tail(j, e));
  ORR_TRY(look(j, e));
  return decode(j, e);
}

/* Bytes that are no UTF-8 after all, further down than was looked, make the file one of a byte a character. */
static orr_status read_with(job *j, orr_csv_reader *r, bool columns, orr_error *e) {
  *r = (orr_csv_reader){0};
  orr_csv_reader_init(r, &j->source, j->dialect, j->arena, j->work);
  ORR_TRY(begin(j, e));
  ORR_TRY(try_dialect(j, r, columns, e));
  if (!r->not_utf8) return ORR_OK;
  if (j->dialect->mark || is_given(j, "encoding") || j->dialect->encoding != ORR_UTF_8)
    return orr_fail(e, ORR_DATA, "line %zu is not UTF-8 text; try encoding=\"latin-1\"", r->not_utf8);
  orr_log(j->work, "note: line %zu is not UTF-8 text, so the file is read as windows-1252", r->not_utf8);
  j->dialect->encoding = ORR_WINDOWS_1252;
  orr_csv_reader_fini(r);
  return try_dialect(j, r, columns, e);
}

static void end(job *j) {
  orr_hashing_free(j->hashing);
  orr_csv_source_fini(&j->source);
}

static orr_status name_source(const job *j, orr_status status, orr_error *e) {
  if (status == ORR_DATA) orr_fail_in(e, "%s", j->source.name);
  return status;
}

static size_t count_rows(const orr_csv_reader *r) {
  size_t rows = 0;
  for (size_t i = 0; i < r->blocks.count; i++) rows += r->blocks.items[i].rows;
  return rows;
}

static orr_status make_table(const job *j, orr_csv_reader *r, orr_csv_reading *out, orr_error *e) {
  const char *name = j->source.name;
  if (!r->header.columns)
    return orr_fail(e, ORR_DATA, "%s is empty; it needs a row of column names and rows of data", name);
  if (!count_rows(r)) return orr_fail(e, ORR_DATA, "%s has column names but no rows of data", name);
  ORR_TRY(orr_csv_make_table(r, &out->table, e));
  out->short_rows = r->short_rows;
  out->long_rows = r->long_rows;
  out->repeated = r->repeated;
  out->second = r->second;
  out->footer = r->footer;
  orr_csv_report(r);
  return ORR_OK;
}

static orr_status read_table(job *j, orr_csv_reading *out, orr_error *e) {
  orr_csv_reader r;
  orr_status status = name_source(j, read_with(j, &r, true, e), e);
  if (!status) status = make_table(j, &r, out, e);
  orr_csv_reader_fini(&r);
  end(j);
  if (status) orr_csv_reading_fini(out);
  return status;
}

static job job_for(orr_csv_reading *out, const orr_options *given, const orr_work *work) {
  *out = (orr_csv_reading){0};
  return (job){
      .given = given, .work = work, .dialect = &out->dialect, .arena = &out->arena, .content = &out->content};
}

orr_status orr_csv_parse_in_blocks(const char *bytes, size_t n, size_t block, const orr_options *given,
                                   const orr_work *work, orr_csv_reading *out, orr_error *e) {
  job j = job_for(out, given, work);
  j.source = orr_csv_source_of(bytes, n, "memory");
  j.block = block;
  return read_table(&j, out, e);
}

orr_status orr_csv_parse(const char *bytes, size_t n, const char *source, const orr_options *given,
                         const orr_work *work, orr_csv_reading *out, orr_error *e) {
  job j = job_for(out, given, work);
  j.source = orr_csv_source_of(bytes, n, source);
  return read_table(&j, out, e);
}

static orr_status read_file(int fd, const char *source, const orr_options *given, const orr_work *work,
                            bool lenient, orr_csv_reading *out, orr_error *e) {
  job j = job_for(out, given, work);
  j.lenient = lenient;
  orr_status status = orr_csv_source_open(&j.source, fd, source, work, e);
  if (!status) return read_table(&j, out, e);
  end(&j);
  return status;
}

orr_status orr_csv_read(int fd, const char *source, const orr_options *given, const orr_work *work,
                        orr_csv_reading *out, orr_error *e) {
  return read_file(fd, source, given, work, false, out, e);
}

orr_status orr_csv_read_lenient(int fd, const char *source, const orr_options *given, const orr_work *work,
                                orr_csv_reading *out, orr_error *e) {
  return read_file(fd, source, given, work, true, out, e);
}

void orr_csv_reading_fini(orr_csv_reading *r) {
  orr_table_unref(r->table);
  orr_arena_fini(&r->arena);
  *r = (orr_csv_reading){0};
}

/* Rows as text: what is handed out, and where it lies while it is. */
typedef struct handing {
  orr_csv_reader *r;
  orr_csv_row_fn fn;
  void *context;
  orr_text bytes;     /* cells of a row, each ending in NUL */
  size_t *starts;     /* [columns] */
  const char **cells; /* [columns] */
  int64_t row;
} handing;

static orr_status hand_row(handing *h, const orr_csv_cells *c, const orr_csv_row *row, orr_error *e) {
  size_t columns = h->r->header.columns;
  h->bytes.length = 0;
  for (size_t i = 0; i < columns; i++) {
    size_t n;
    const char *s = orr_csv_cell_at(c, row, i, &n);
    h->starts[i] = h->bytes.length;
    orr_csv_add_decoded(&h->bytes, h->r->dialect->encoding, s, n);
    orr_text_add_bytes(&h->bytes, "", 1);
  }
  ORR_TRY(orr_text_check(&h->bytes, e));
  for (size_t i = 0; i < columns; i++) h->cells[i] = h->bytes.data + h->starts[i];
  return h->fn(h->context, h->row++, h->cells, columns, e);
}

static orr_status hand_block(handing *h, size_t block, orr_csv_scratch *s, orr_error *e) {
  orr_csv_findings found;
  ORR_TRY(orr_csv_load_block(h->r, &h->r->blocks.items[block], s, &found, e));
  for (size_t i = 0; i < s->cells.rows.count; i++)
    ORR_TRY(hand_row(h, &s->cells, &s->cells.rows.items[i], e));
  return orr_progress_step(h->r->work, "writing", block, h->r->blocks.count, e);
}

static orr_status hand_all(handing *h, orr_error *e) {
  orr_csv_reader *r = h->r;
  orr_status status = ORR_OK;
  if (!r->header.columns) return ORR_OK;
  ORR_TRY(orr_arena_take(r->arena, r->header.columns, sizeof *h->starts, (void **)&h->starts, e));
  ORR_TRY(orr_arena_take(r->arena, r->header.columns, sizeof *h->cells, (void **)&h->cells, e));
  if (r->header.named) ORR_TRY(h->fn(h->context, -1, r->header.names, r->header.columns, e));
  orr_csv_scratch *s = orr_csv_borrow(r);
  if (!s) return orr_csv_failure(r, e);
  for (size_t i = 0; i < r->blocks.count && !status; i++) status = hand_block(h, i, s, e);
  orr_csv_give_back(r, s);
  return status;
}

orr_status orr_csv_each_row(int fd, const char *source, const orr_options *given, const orr_work *work,
                            orr_csv_row_fn fn, void *context, orr_error *e) {
  orr_csv_reading reading;
  orr_csv_reader r = {0};
  job j = job_for(&reading, given, work);
  handing h = {.r = &r, .fn = fn, .context = context};
  orr_status status = orr_csv_source_open(&j.source, fd, source, work, e);
  if (!status) {
    status = name_source(&j, read_with(&j, &r, false, e), e);
    if (!status) orr_csv_report(&r);
    if (!status) status = hand_all(&h, e);
    orr_csv_reader_fini(&r);
  }
  orr_text_fini(&h.bytes);
  end(&j);
  orr_csv_reading_fini(&reading);
  return status;
}
