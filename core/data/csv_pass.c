/* Passes over the blocks of a file; see csv_reader.h. */
#include "data/csv_reader.h"

enum { WAVE = 64, SAMPLES = 16, SAMPLE_OF = 8 };

orr_status orr_csv_load_block(orr_csv_reader *r, const orr_csv_block *b, orr_csv_scratch *s,
                              orr_csv_findings *found, orr_error *e) {
  orr_csv_ending ending = b->end == r->source->size ? ORR_CSV_WITH_FILE : ORR_CSV_WITH_ROW;
  ORR_TRY(orr_csv_source_load(r->source, b->at, b->end - b->at, &s->buffer, e));
  ORR_TRY(orr_csv_cut(r->dialect, s->buffer.bytes, b->end - b->at, b->line, ending, &s->cells, e));
  orr_csv_sort_rows(&r->header, b->at, &s->cells, found);
  return ORR_OK;
}

static void note_findings(orr_csv_reader *r, const orr_csv_findings *f, const orr_csv_cells *c) {
  pthread_mutex_lock(&r->lock);
  orr_csv_add_oddities(&r->short_rows, &f->short_rows);
  orr_csv_add_oddities(&r->long_rows, &f->long_rows);
  orr_csv_add_oddities(&r->repeated, &f->repeated);
  if (f->second_at < r->second_at) r->second_at = f->second_at, r->second_line = f->second_line;
  if (c->stray && (!r->stray || c->stray_line < r->stray_line)) r->stray_line = c->stray_line;
  r->stray += c->stray;
  pthread_mutex_unlock(&r->lock);
}

typedef struct passing {
  orr_csv_reader *r;
  size_t first; /* block of this wave */
} passing;

/* Text that is handed out as it stands must be UTF-8; columns see to their own words. */
static void check_utf8(orr_csv_reader *r, const orr_csv_cells *c) {
  for (size_t i = 0; i < c->rows.count; i++)
    for (size_t k = 0; k < c->rows.items[i].count; k++) {
      size_t n;
      const char *s = orr_csv_cell_at(c, &c->rows.items[i], k, &n);
      if (orr_text_is_utf8(s, n)) continue;
      pthread_mutex_lock(&r->lock);
      if (!r->not_utf8 || c->rows.items[i].line < r->not_utf8) r->not_utf8 = c->rows.items[i].line;
      pthread_mutex_unlock(&r->lock);
      return;
    }
}

/* A block that does not end with a row, or has more of them than were counted, was cut at a wrong place. */
static orr_status read_block(orr_csv_reader *r, orr_csv_block *b, orr_csv_scratch *s, orr_error *e) {
  orr_csv_findings found;
  ORR_TRY(orr_csv_load_block(r, b, s, &found, e));
  b->rows = s->cells.rows.count;
  if (!s->cells.whole || b->rows > b->most) {
    __atomic_store_n(&r->broken, true, __ATOMIC_RELAXED);
    return ORR_OK;
  }
  b->open_at = found.open_at, b->open_line = found.open_line, b->starts_over = found.starts_over;
  note_findings(r, &found, &s->cells);
  if (r->columns) return orr_csv_read_columns(r, b, s, e);
  if (r->dialect->encoding == ORR_UTF_8) check_utf8(r, &s->cells);
  return ORR_OK;
}

static void run_block(void *context, size_t task) {
  passing *p = context;
  orr_csv_reader *r = p->r;
  if (__atomic_load_n(&r->broken, __ATOMIC_RELAXED)) return;
  orr_csv_scratch *s = orr_csv_borrow(r);
  orr_error e;
  if (!s) return;
  orr_status status = read_block(r, &r->blocks.items[p->first + task], s, &e);
  if (status) orr_csv_note_failure(r, p->first + task, status, &e);
  orr_csv_give_back(r, s);
}

static void forget_findings(orr_csv_reader *r) {
  r->short_rows = r->long_rows = r->repeated = (orr_csv_oddities){0};
  r->second_at = SIZE_MAX;
  r->not_utf8 = r->header.not_utf8;
  r->stray = r->stray_line = 0;
}

/* Names at the end of one block, and the table's first row at the start of the next: a second table. */
static void find_second(orr_csv_reader *r) {
  for (size_t i = 0; i + 1 < r->blocks.count && r->second_at == SIZE_MAX; i++) {
    const orr_csv_block *b = &r->blocks.items[i];
    if (!b->open_line || !b[1].starts_over) continue;
    r->second_at = b->open_at;
    r->second_line = b->open_line;
  }
}

/* Words are merged after every wave, so that there are never many of them twice. */
orr_status orr_csv_pass(orr_csv_reader *r, const char *what, orr_error *e) {
  passing p = {.r = r};
  size_t wave = r->texts.count ? WAVE : r->blocks.count;
  forget_findings(r);
  for (size_t n; p.first < r->blocks.count; p.first += n) {
    n = r->blocks.count - p.first < wave ? r->blocks.count - p.first : wave;
    orr_status status = orr_csv_run(r, what, n, run_block, &p, e);
    if (r->broken && status != ORR_STOPPED) return ORR_OK;
    if (status || r->second_at != SIZE_MAX) return status;
    if (r->texts.count) ORR_TRY(orr_csv_merge_words(r, p.first, p.first + n, e));
  }
  find_second(r);
  return ORR_OK;
}

static orr_status see_block(orr_csv_reader *r, const orr_csv_block *b, orr_csv_scratch *s, orr_error *e) {
  orr_csv_findings found;
  size_t n = b->end - b->at, some = r->block_size / SAMPLE_OF;
  orr_csv_ending ending = b->end == r->source->size ? ORR_CSV_WITH_FILE : ORR_CSV_WITH_ROW;
  if (n > some) n = some, ending = ORR_CSV_CUT_OFF;
  ORR_TRY(orr_csv_source_load(r->source, b->at, n, &s->buffer, e));
  ORR_TRY(orr_csv_cut(r->dialect, s->buffer.bytes, n, b->line, ending, &s->cells, e));
  orr_csv_sort_rows(&r->header, b->at, &s->cells, &found);
  orr_csv_see_columns(r, s);
  return ORR_OK;
}

/* Samples lie evenly over the blocks, the first and the last among them. */
static void run_sample(void *context, size_t task) {
  passing *p = context;
  orr_csv_reader *r = p->r;
  size_t n = r->blocks.count, at = n <= SAMPLES ? task : task * (n - 1) / (SAMPLES - 1);
  orr_csv_scratch *s = orr_csv_borrow(r);
  orr_error e;
  if (!s) return;
  orr_status status = see_block(r, &r->blocks.items[at], s, &e);
  if (status) orr_csv_note_failure(r, at, status, &e);
  orr_csv_give_back(r, s);
}

orr_status orr_csv_guess_types(orr_csv_reader *r, orr_error *e) {
  passing p = {.r = r};
  size_t n = r->blocks.count < SAMPLES ? r->blocks.count : SAMPLES;
  for (size_t c = 0; c < r->header.columns; c++) r->columns[c].tally = (orr_csv_tally){0};
  ORR_TRY(orr_csv_run(r, "reading", n, run_sample, &p, e));
  for (size_t c = 0; c < r->header.columns; c++)
    r->columns[c].type = orr_csv_type_of(r->columns[c].tally.seen);
  return ORR_OK;
}
