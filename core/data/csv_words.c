/* Text columns. In a block each distinct word of a column gets a code, in
 * order of first sight, and is classified once; the blocks' words are then
 * merged in the order of the blocks, so that the column's codes are in order
 * of first sight too, whoever read what first. */
#include "base/memory.h"
#include "data/csv_reader.h"

enum { MISSING = -1, LEAST_SLOTS = 1 << 10 };

typedef struct slot {
  uint32_t stamp; /* slots of another stamp are empty */
  uint32_t entry;
} slot;

typedef struct entry {
  const char *s;
  uint32_t n;
  int32_t code; /* among the block's words, or MISSING */
  uint32_t seen;
  bool blank;
  uint64_t which; /* of the words for missing */
  uint64_t hash;
} entry;

/* Words of one column in one block: an open-addressed table that is emptied by a new stamp. */
typedef struct orr_csv_table {
  slot *slots;
  size_t n_slots;
  uint32_t stamp;
  ORR_VECTOR(entry) entries;
} orr_csv_table;

void orr_csv_table_free(orr_csv_table *t) {
  if (!t) return;
  orr_free(t->slots);
  orr_free(t->entries.items);
  orr_free(t);
}

void orr_csv_words_fini(orr_csv_words *w) {
  orr_text_fini(&w->bytes);
  orr_free(w->ends.items);
  orr_free(w->firsts.items);
  *w = (orr_csv_words){0};
}

/* Room for `rows` words, less than half of the slots. */
static orr_status clear(orr_csv_table *t, size_t rows, orr_error *e) {
  size_t wanted = LEAST_SLOTS;
  while (wanted < 2 * rows) wanted *= 2;
  t->entries.count = 0;
  if (wanted <= t->n_slots && ++t->stamp) return ORR_OK;
  if (wanted < t->n_slots) wanted = t->n_slots;
  orr_free(t->slots);
  t->slots = orr_calloc(wanted, sizeof *t->slots);
  t->n_slots = t->slots ? wanted : 0;
  t->stamp = 1;
  return t->slots ? ORR_OK : orr_fail_memory(e, "a dictionary", wanted * sizeof *t->slots);
}

typedef struct reading {
  orr_csv_reader *r;
  orr_csv_table *table;
  orr_csv_words *words;
  orr_csv_tally *tally;
  size_t first; /* of the column's words */
  size_t line;  /* of the cell */
  bool strand;  /* a minus sign is a value */
  size_t *not_utf8;
} reading;

/* Blanks around words are kept where the dialect keeps them, but do not tell a number, or a missing one. */
static orr_status add_entry(reading *x, const char *s, size_t n, uint64_t hash, orr_error *e) {
  const orr_csv_format *f = &x->r->format;
  orr_csv_words *w = x->words;
  orr_csv_value value;
  const char *bare = s;
  size_t length = n;
  orr_csv_trim(&bare, &length);
  entry added = {.s = s, .n = (uint32_t)n, .code = MISSING, .blank = !length, .hash = hash};
  bool minus = x->strand && length == 1 && *bare == '-';
  bool word = length && !minus && orr_csv_is_word(f, bare, length);
  if (word) added.which = orr_csv_word_bit(f, bare, length);
  if (length && !word) {
    added.seen = orr_csv_see(f, bare, length, &value);
    added.code = (int32_t)(w->ends.count - x->first);
    if (x->r->dialect->encoding == ORR_UTF_8 && !orr_text_is_utf8(s, n) && !*x->not_utf8)
      *x->not_utf8 = x->line;
    orr_csv_add_decoded(&w->bytes, x->r->dialect->encoding, s, n);
    ORR_TRY(orr_text_check(&w->bytes, e));
    ORR_PUSH(&w->ends, (uint32_t)w->bytes.length, e);
  }
  ORR_PUSH(&x->table->entries, added, e);
  return ORR_OK;
}

static orr_status find(reading *x, const char *s, size_t n, const entry **out, orr_error *e) {
  orr_csv_table *t = x->table;
  uint64_t hash = orr_hash_short(s, n);
  size_t at = hash & (t->n_slots - 1);
  for (; t->slots[at].stamp == t->stamp; at = (at + 1) & (t->n_slots - 1)) {
    const entry *known = &t->entries.items[t->slots[at].entry];
    if (known->hash == hash && known->n == n && !memcmp(known->s, s, n)) return *out = known, ORR_OK;
  }
  t->slots[at] = (slot){t->stamp, (uint32_t)t->entries.count};
  ORR_TRY(add_entry(x, s, n, hash, e));
  *out = &t->entries.items[t->entries.count - 1];
  return ORR_OK;
}

static void count(reading *x, const entry *w) {
  orr_csv_tally *t = x->tally;
  t->seen |= w->seen;
  if (w->code == MISSING) {
    if (!w->blank) orr_csv_note_sight(&t->first_word, x->line, w->s, w->n);
    t->blank += w->blank;
    t->words += !w->blank;
    t->which |= w->which;
  } else if (w->seen & (ORR_SEEN_NUMERIC | ORR_SEEN_PADDED)) t->numbers++;
  else {
    t->odd++;
    orr_csv_note_sight(&t->first_odd, x->line, w->s, w->n);
  }
  if (w->seen & ORR_SEEN_SPECIAL) orr_csv_note_sight(&t->special, x->line, w->s, w->n);
}

static orr_status read_cells(reading *x, const orr_csv_cells *c, size_t column, orr_column *made, size_t row,
                             orr_error *e) {
  const entry *w = NULL;
  for (size_t i = 0; i < c->rows.count; i++) {
    size_t n;
    const char *s = orr_csv_cell_at(c, &c->rows.items[i], column, &n);
    x->line = c->rows.items[i].line;
    if (!w || w->n != n || memcmp(w->s, s, n)) ORR_TRY(find(x, s, n, &w, e));
    count(x, w);
    if (w->code == MISSING) ORR_TRY(orr_csv_miss(made, row + i, e));
    else made->codes[row + i] = w->code;
  }
  return ORR_OK;
}

orr_status orr_csv_read_words(orr_csv_reader *r, size_t column, orr_csv_block *b, orr_csv_scratch *s,
                              size_t *not_utf8, orr_error *e) {
  reading x = {.r = r, .words = &b->words, .tally = &s->tallies[column], .not_utf8 = not_utf8};
  if (!s->table && !(s->table = orr_calloc(1, sizeof *s->table)))
    return orr_fail_memory(e, "a dictionary", 0);
  x.table = s->table;
  x.strand = r->columns[column].strand;
  x.first = b->words.ends.count;
  ORR_TRY(clear(s->table, s->cells.rows.count, e));
  ORR_PUSH(&b->words.firsts, (uint32_t)x.first, e);
  return read_cells(&x, &s->cells, column, r->columns[column].made, b->row, e);
}

typedef struct merging {
  orr_csv_reader *r;
  size_t from, to; /* blocks */
} merging;

/* Block codes of text column number `text` become the column's. */
static orr_status merge_block(const orr_csv_block *b, size_t text, orr_column *made, orr_arena *arena,
                              orr_error *e) {
  const orr_csv_words *w = &b->words;
  size_t first = w->firsts.items[text];
  size_t end = text + 1 < w->firsts.count ? w->firsts.items[text + 1] : w->ends.count;
  int32_t *codes;
  ORR_TAKE(arena, codes, end - first, e);
  for (size_t i = first; i < end; i++) {
    size_t at = i ? w->ends.items[i - 1] : 0;
    ORR_TRY(
        orr_map_add(&made->words, orr_text_get(&w->bytes) + at, w->ends.items[i] - at, &codes[i - first], e));
  }
  for (size_t row = b->row; row < b->row + b->rows; row++)
    if (!orr_column_is_missing(made, row)) made->codes[row] = codes[made->codes[row]];
  return ORR_OK;
}

static void merge_column(void *context, size_t text) {
  merging *m = context;
  orr_column *made = m->r->columns[m->r->texts.items[text]].made;
  orr_arena arena = {0};
  orr_error e;
  orr_status status = ORR_OK;
  for (size_t i = m->from; i < m->to && !status; i++) {
    status = merge_block(&m->r->blocks.items[i], text, made, &arena, &e);
    orr_arena_fini(&arena);
  }
  if (status) orr_csv_note_failure(m->r, text, status, &e);
}

orr_status orr_csv_merge_words(orr_csv_reader *r, size_t from, size_t to, orr_error *e) {
  merging m = {r, from, to};
  orr_status status = orr_csv_run(r, "reading", r->texts.count, merge_column, &m, e);
  for (size_t i = from; i < to; i++) orr_csv_words_fini(&r->blocks.items[i].words);
  return status;
}
