/* Where the blocks of a file begin. Each part of the file is surveyed by
 * itself, for both cases: that it begins outside of quotes, or inside. Then
 * the cases are chained from the first part on. Counting quotes is a guess
 * where they are out of place; reading the blocks tells, and then the file is
 * walked through row by row. The content is hashed on the way. */
#include "data/csv_reader.h"
#include "data/csv_scan.h"

enum { MOST_EXTENT = ORR_CSV_MOST_ROW, MOST_KEPT = 32 };

/* One part, if it begins outside of quotes [0], or inside [1]. */
typedef struct survey {
  bool odd;                         /* number of quotes: it ends in the other case */
  size_t rows[2];                   /* lines that end outside of quotes, blank ones not counted */
  size_t lines;                     /* all lines that end */
  size_t cut[2];                    /* after the first line end outside of quotes; SIZE_MAX: there is none */
  size_t cut_rows[2], cut_lines[2]; /* rows and lines up to there */
  size_t zero;                      /* a NUL byte; SIZE_MAX: none */
} survey;

typedef struct surveying {
  orr_csv_reader *r;
  survey *parts;
  orr_csv_scratch **surveyed; /* with the bytes of part i, until they are hashed */
  size_t n, next;             /* parts in all; the next to be hashed */
  bool is_hashing;            /* somebody does */
  orr_csv_scratch let_go;     /* stands for bytes that were not kept */
  orr_csv_buffer again;       /* to read them */
} surveying;

/* Bits of a glance, with what the one before it ended in. */
typedef struct bits {
  uint64_t lf, cr, quotes, zeros;
  bool after_cr, after_end; /* the byte before was a CR, or any line end */
  uint64_t inside;          /* all ones: a quote is open at its start */
} bits;

static size_t count(uint64_t x) { return (size_t)__builtin_popcountll(x); }

static void note_cut(survey *s, int begins, size_t at, uint64_t ends, uint64_t rows, uint64_t lines,
                     const char *bytes) {
  int bit = __builtin_ctzll(ends);
  uint64_t upto = ~(uint64_t)0 >> (63 - bit);
  s->cut[begins] = at + (size_t)bit + 1;
  s->cut_rows[begins] = s->rows[begins] + count(rows & upto);
  s->cut_lines[begins] = s->lines + count(lines & upto);
  if (bytes[s->cut[begins] - 1] == '\r' && bytes[s->cut[begins]] == '\n') s->cut[begins]++;
}

static void add_glance(survey *s, bits *b, size_t at, const char *bytes) {
  uint64_t ends = b->lf | b->cr, lines = b->cr | (b->lf & ~(b->cr << 1 | b->after_cr));
  uint64_t rows = ends & ~(ends << 1 | b->after_end); /* a line end after a line end is a blank line's */
  uint64_t inside = b->quotes || b->inside ? orr_csv_parities(b->quotes) ^ b->inside : 0;
  if (ends & ~inside && s->cut[0] == SIZE_MAX)
    note_cut(s, 0, at, ends & ~inside, rows & ~inside, lines, bytes);
  if (ends & inside && s->cut[1] == SIZE_MAX) note_cut(s, 1, at, ends & inside, rows & inside, lines, bytes);
  s->rows[0] += count(rows & ~inside);
  s->rows[1] += count(rows & inside);
  s->lines += count(lines);
  if (b->zeros && s->zero == SIZE_MAX) s->zero = at + (size_t)__builtin_ctzll(b->zeros);
  b->after_cr = b->cr >> 63;
  b->after_end = ends >> 63;
  b->inside = inside >> 63 ? ~(uint64_t)0 : 0;
}

/* Bytes first … n - 1; one more before them, and one after, can be looked at. */
static void survey_bytes(const orr_csv_dialect *d, const char *bytes, size_t n, survey *s) {
  const char wanted[4] = {'\n', '\r', d->quote, 0};
  bits b = {.after_cr = bytes[-1] == '\r', .after_end = bytes[-1] == '\r' || bytes[-1] == '\n'};
  *s = (survey){.cut = {SIZE_MAX, SIZE_MAX}, .zero = SIZE_MAX};
  for (size_t at = 0; at < n; at += ORR_CSV_GLANCE) {
    orr_csv_glance g = orr_csv_look(bytes + at);
    uint64_t kept = n - at < ORR_CSV_GLANCE ? ((uint64_t)1 << (n - at)) - 1 : ~(uint64_t)0;
    if (!(orr_csv_equal_any(&g, wanted) & kept)) {
      b.after_cr = b.after_end = false;
      continue;
    }
    b.lf = orr_csv_equal(&g, '\n') & kept;
    b.cr = orr_csv_equal(&g, '\r') & kept;
    b.quotes = d->quote ? orr_csv_equal(&g, d->quote) & kept : 0;
    b.zeros = orr_csv_equal(&g, 0) & kept;
    add_glance(s, &b, at, bytes);
  }
  s->odd = b.inside != 0;
}

/* Where part i begins, and the one before it ends. */
static size_t part_at(const orr_csv_reader *r, size_t i) {
  size_t most = (r->source->size - r->header.at) / r->block_size;
  return i > most ? r->source->size : r->header.at + i * r->block_size;
}

static orr_status survey_part(const surveying *v, size_t part, orr_csv_scratch *s, orr_error *e) {
  const orr_csv_reader *r = v->r;
  size_t at = part_at(r, part), end = part_at(r, part + 1), before = at > 0;
  size_t after = end < r->source->size;
  ORR_TRY(orr_csv_source_load(r->source, at - before, end - at + before + after, &s->buffer, e));
  survey_bytes(r->dialect, s->buffer.bytes + before, end - at, &v->parts[part]);
  s->part = s->buffer.bytes + before;
  return ORR_OK;
}

static void hash_part(surveying *v, size_t part, orr_csv_scratch *s) {
  orr_csv_reader *r = v->r;
  orr_error e;
  size_t at = part_at(r, part), end = part_at(r, part + 1);
  orr_status status = ORR_OK;
  if (s != &v->let_go) {
    orr_hashing_add(r->hashing, s->part, end - at);
    orr_csv_give_back(r, s);
  } else status = orr_csv_source_hash(r->source, at, end, &v->again, r->hashing, &e);
  if (status) orr_csv_note_failure(r, part, status, &e);
}

/* Parts are hashed in their order by whoever finds the next one surveyed; the others go on surveying. Who is far
 * ahead keeps no bytes, and they are read again, so that memory has a bound and nobody waits. */
static void hash_surveyed(surveying *v, size_t part, orr_csv_scratch *s) {
  orr_csv_reader *r = v->r;
  if (!r->hashing) {
    orr_csv_give_back(r, s);
    return;
  }
  pthread_mutex_lock(&r->lock);
  bool ahead = part - v->next > MOST_KEPT, alone = !v->is_hashing;
  v->surveyed[part] = ahead ? &v->let_go : s;
  for (v->is_hashing = true; alone && v->next < v->n && v->surveyed[v->next]; v->next++) {
    orr_csv_scratch *next = v->surveyed[v->next];
    pthread_mutex_unlock(&r->lock);
    hash_part(v, v->next, next);
    pthread_mutex_lock(&r->lock);
  }
  if (alone) v->is_hashing = false;
  pthread_mutex_unlock(&r->lock);
  if (ahead) orr_csv_give_back(r, s);
}

static void run_survey(void *context, size_t part) {
  surveying *v = context;
  orr_csv_scratch *s = orr_csv_borrow(v->r);
  orr_error e;
  if (!s) return;
  orr_status status = survey_part(v, part, s, &e);
  if (status) orr_csv_note_failure(v->r, part, status, &e);
  if (status) orr_csv_give_back(v->r, s);
  else hash_surveyed(v, part, s);
}

/* What comes before the data, which is little. */
static orr_status hash_head(orr_csv_reader *r, orr_error *e) {
  orr_csv_buffer buffer = {0};
  if (!r->hashing) return ORR_OK;
  orr_status status = orr_csv_source_hash(r->source, 0, r->header.at, &buffer, r->hashing, e);
  orr_csv_buffer_fini(&buffer);
  return status;
}

/* A survey that was stopped leaves parts that nobody hashed. */
static orr_status survey_all(surveying *v, orr_error *e) {
  ORR_TRY(hash_head(v->r, e));
  orr_status status = orr_csv_run(v->r, "reading", v->n, run_survey, v, e);
  for (; v->next < v->n; v->next++)
    if (v->surveyed[v->next] && v->surveyed[v->next] != &v->let_go)
      orr_csv_give_back(v->r, v->surveyed[v->next]);
  orr_csv_buffer_fini(&v->again);
  return status;
}

/* The part is read again, to tell the line. */
static orr_status fail_zero(const orr_csv_reader *r, size_t at, size_t line, orr_error *e) {
  orr_csv_buffer b = {0};
  size_t left = r->source->size - at;
  orr_status status = orr_csv_source_load(r->source, at, left < r->block_size ? left : r->block_size, &b, e);
  if (!status) status = orr_csv_check_zero(b.bytes, b.n, line, e);
  orr_csv_buffer_fini(&b);
  return status ? status : orr_fail(e, ORR_DATA, "the file changed while it was read; try again");
}

static void drop_blocks(orr_csv_reader *r, size_t kept) {
  for (; r->blocks.count > kept; r->blocks.count--)
    orr_csv_words_fini(&r->blocks.items[r->blocks.count - 1].words);
}

static orr_status push(orr_csv_reader *r, orr_csv_block b, orr_error *e) {
  ORR_PUSH(&r->blocks, b, e);
  return ORR_OK;
}

/* A part without a line's end begins no block. The blocks are given their ends when all is known. */
static orr_status chain(orr_csv_reader *r, const survey *parts, size_t n, bool *open, orr_error *e) {
  size_t rows = 0, line = r->header.line;
  *open = false;
  for (size_t i = 0; i < n; i++) {
    const survey *s = &parts[i];
    size_t at = r->header.at + i * r->block_size;
    if (s->zero != SIZE_MAX) return fail_zero(r, at, line, e);
    orr_csv_block b = {.at = at, .line = line, .row = rows};
    if (i) b.at = at + s->cut[*open], b.line = line + s->cut_lines[*open], b.row = rows + s->cut_rows[*open];
    if ((!i || s->cut[*open] != SIZE_MAX) && b.at < r->source->size) ORR_TRY(push(r, b, e));
    rows += s->rows[*open];
    line += s->lines;
    *open ^= s->odd;
  }
  r->rows = rows + 1; /* the last line may lack its end */
  return ORR_OK;
}

static void close_blocks(orr_csv_reader *r) {
  for (size_t i = 0; i < r->blocks.count; i++) {
    orr_csv_block *b = &r->blocks.items[i];
    bool last = i + 1 == r->blocks.count;
    b->end = last ? r->source->size : b[1].at;
    b->most = (last ? r->rows : b[1].row) - b->row;
    r->broken = r->broken || b->end - b->at > MOST_EXTENT;
  }
}

static orr_status find(orr_csv_reader *r, orr_arena *arena, orr_error *e) {
  size_t bytes = r->source->size - r->header.at;
  surveying v = {.r = r, .n = (bytes + r->block_size - 1) / r->block_size};
  bool open;
  ORR_TAKE(arena, v.parts, v.n, e);
  ORR_TAKE(arena, v.surveyed, v.n, e);
  ORR_TRY(survey_all(&v, e));
  ORR_TRY(chain(r, v.parts, v.n, &open, e));
  close_blocks(r);
  r->broken = r->broken || open;
  return ORR_OK;
}

orr_status orr_csv_find_blocks(orr_csv_reader *r, orr_error *e) {
  orr_arena arena = {0};
  drop_blocks(r, 0);
  r->broken = false;
  orr_status status = find(r, &arena, e);
  orr_arena_fini(&arena);
  return status;
}

/* The next block of the walk: whole rows in about a block's bytes, more where a row is longer. */
static orr_status walk(orr_csv_reader *r, orr_csv_scratch *s, orr_csv_block *b, orr_error *e) {
  size_t left = r->source->size - b->at;
  for (size_t n = r->block_size;; n *= 2) {
    bool all = n >= left;
    if (all) n = left;
    ORR_TRY(orr_csv_source_load(r->source, b->at, n, &s->buffer, e));
    ORR_TRY(orr_csv_check_zero(s->buffer.bytes, n, b->line, e));
    ORR_TRY(orr_csv_cut(r->dialect, s->buffer.bytes, n, b->line, all ? ORR_CSV_WITH_FILE : ORR_CSV_CUT_OFF,
                        &s->cells, e));
    b->end = b->at + s->cells.rest;
    b->most = s->cells.rows.count;
    if (all || s->cells.rest) return ORR_OK;
    if (n >= ORR_CSV_MOST_ROW) return orr_csv_fail_row(b->line, e);
  }
}

orr_status orr_csv_walk_blocks(orr_csv_reader *r, orr_error *e) {
  orr_csv_block b = {.at = r->header.at, .line = r->header.line};
  orr_csv_scratch *s = orr_csv_borrow(r);
  if (!s) return orr_csv_failure(r, e);
  orr_status status = ORR_OK;
  drop_blocks(r, 0);
  r->broken = false;
  while (b.at < r->source->size && !status) {
    status = walk(r, s, &b, e);
    if (!status && b.most) status = push(r, b, e);
    b = (orr_csv_block){.at = b.end, .line = s->cells.rest_line, .row = b.row + b.most};
    if (!status) status = orr_progress_step(r->work, "reading", b.at, r->source->size, e);
  }
  r->rows = b.row;
  orr_csv_give_back(r, s);
  return status;
}

void orr_csv_end_blocks(orr_csv_reader *r, size_t at) {
  size_t n = r->blocks.count;
  while (n && r->blocks.items[n - 1].at >= at) n--;
  drop_blocks(r, n);
  orr_csv_block *last = n ? &r->blocks.items[n - 1] : NULL;
  if (last && last->end > at) last->end = at;
  r->rows = last ? last->row + last->most : 0;
}
