/* Cells of a block into columns, a column at a time over a few rows, so that
 * what is read next lies beside what was read last. A cell that is not what
 * its column is read as leaves a mark in the tally, by which the column is
 * read again; what it writes does not matter. */
#include <math.h>

#include "base/memory.h"
#include "data/csv_reader.h"

enum { MOST_TILE = 128, LEAST_TILE = 8, NEAR = 1 << 18 };

typedef struct reading {
  const orr_csv_reader *r;
  const orr_csv_format *f;
  const orr_csv_cells *c;
  orr_csv_tally *tally; /* the column's */
  orr_column *made;
  size_t column, row; /* row of the column into which the first row of the block goes */
  size_t base, width; /* row i's cells begin at base + i × width; width 0: not in this tile */
  orr_status status;
} reading;

/* Whoever misses first makes the marks. */
orr_status orr_csv_miss(orr_column *c, size_t row, orr_error *e) {
  uint8_t *marks = __atomic_load_n(&c->missing, __ATOMIC_ACQUIRE), *none = NULL;
  if (!marks) {
    uint8_t *made = orr_calloc(c->rows, 1);
    if (!made) return orr_fail_memory(e, "missing marks", c->rows);
    if (__atomic_compare_exchange_n(&c->missing, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      marks = made;
    else {
      orr_free(made);
      marks = none;
    }
  }
  marks[row] = 1;
  return ORR_OK;
}

static void miss(reading *x, size_t i) {
  if (!x->made) return;
  if (x->made->type == ORR_FLOAT64) x->made->float64[x->row + i] = NAN;
  if (!x->status) x->status = orr_csv_miss(x->made, x->row + i, NULL);
}

static void put(reading *x, size_t i, unsigned seen, const orr_csv_value *v) {
  if (!x->made) return;
  size_t row = x->row + i;
  switch (x->made->type) {
  case ORR_FLOAT64:
    if (!(seen & ORR_SEEN_NUMERIC)) break;
    x->made->float64[row] = v->number;
    if (isnan(v->number)) miss(x, i);
    break;
  case ORR_INT64:
    if (seen & (ORR_SEEN_INTEGER | ORR_SEEN_PADDED)) x->made->int64[row] = v->integer;
    break;
  case ORR_TIME:
    if (seen == ORR_SEEN_TIME) x->made->int64[row] = v->integer;
    break;
  case ORR_BOOL:
    if (seen == ORR_SEEN_BOOL) x->made->bools[row] = v->truth;
    break;
  default: break;
  }
}

static inline const char *cell_at(const reading *x, size_t i, size_t *n) {
  if (!x->width) return orr_csv_cell_at(x->c, &x->c->rows.items[i], x->column, n);
  orr_csv_cell cell = x->c->cells.items[x->base + i * x->width + x->column];
  return *n = cell.n, x->c->bytes + cell.at;
}

/* Any cell, of which nothing is known. */
static void take(reading *x, size_t i, const char *s, size_t n) {
  orr_csv_tally *t = x->tally;
  size_t line = x->c->rows.items[i].line;
  orr_csv_trim(&s, &n);
  bool word = n && orr_csv_is_word(x->f, s, n);
  if (!n || word) {
    if (word) orr_csv_note_sight(&t->first_word, line, s, n), t->which |= orr_csv_word_bit(x->f, s, n);
    t->blank += !n;
    t->words += word;
    miss(x, i);
    return;
  }
  orr_csv_value v;
  unsigned seen = orr_csv_see(x->f, s, n, &v);
  t->seen |= seen;
  if (seen & ORR_SEEN_SPECIAL) orr_csv_note_sight(&t->special, line, s, n);
  put(x, i, seen, &v);
}

/* The usual number is read here and now, unless it may be a word for missing. */
static inline bool may_be_word(const reading *x, const char *s, size_t n) {
  return x->f->numeric_words && orr_csv_may_be_word(x->f, s, n);
}

static bool take_digits(const reading *x, const char *s, size_t n, orr_csv_digits *d) {
  if (may_be_word(x, s, n)) return false;
  return orr_csv_read_digits(s, n, x->f->mark, d) && !(d->integer && d->digits >> 63);
}

/* A number that is no usual decimal: an integer, or one of many digits, or with an exponent. */
static unsigned take_float64(reading *x, size_t i, const char *s, size_t n) {
  double *out = &x->made->float64[x->row + i];
  orr_csv_digits d;
  if (!may_be_word(x, s, n) && orr_csv_read_scientific(s, n, x->f->mark, out)) return ORR_SEEN_NUMBER;
  if (!take_digits(x, s, n, &d)) return take(x, i, s, n), 0;
  *out = orr_csv_digits_to_double(&d);
  if (!d.integer) return ORR_SEEN_NUMBER;
  return ORR_SEEN_INTEGER | (n != 2 || d.negative ? ORR_SEEN_UNEVEN : 0);
}

/* An integer of many digits. */
static unsigned take_int64(reading *x, size_t i, const char *s, size_t n) {
  orr_csv_digits d;
  if (!take_digits(x, s, n, &d) || !d.integer) return take(x, i, s, n), 0;
  x->made->int64[x->row + i] = d.negative ? -(int64_t)d.digits : (int64_t)d.digits;
  return ORR_SEEN_INTEGER | ORR_SEEN_UNEVEN;
}

static void read_float64(reading *x, size_t from, size_t to) {
  double *out = x->made->float64 + x->row;
  unsigned seen = 0;
  for (size_t i = from; i < to; i++) {
    size_t n;
    const char *s = cell_at(x, i, &n);
    if (!may_be_word(x, s, n) && orr_csv_read_decimal(s, n, x->f->mark, &out[i])) seen |= ORR_SEEN_NUMBER;
    else seen |= take_float64(x, i, s, n);
  }
  x->tally->seen |= seen;
}

static void read_int64(reading *x, size_t from, size_t to) {
  int64_t *out = x->made->int64 + x->row;
  unsigned seen = 0;
  size_t uneven = 0;
  for (size_t i = from; i < to; i++) {
    size_t n;
    const char *s = cell_at(x, i, &n);
    if (!may_be_word(x, s, n) && orr_csv_read_integer(s, n, &out[i])) {
      seen |= ORR_SEEN_INTEGER;
      uneven |= (n ^ 2) | (*s == '-');
    } else seen |= take_int64(x, i, s, n);
  }
  x->tally->seen |= seen | (uneven ? ORR_SEEN_UNEVEN : 0);
}

static void read_others(reading *x, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    size_t n;
    const char *s = cell_at(x, i, &n);
    take(x, i, s, n);
  }
}

/* Nothing that is still to come makes such a column anything but text. */
static bool is_hopeless(const orr_csv_tally *t) {
  return t->seen & (ORR_SEEN_TEXT | ORR_SEEN_FAR | ORR_SEEN_ZERO);
}

static void read_tile(reading *x, orr_csv_column *column, size_t from, size_t to) {
  if (__atomic_load_n(&column->hopeless, __ATOMIC_RELAXED)) return;
  if (column->type == ORR_FLOAT64) read_float64(x, from, to);
  else if (column->type == ORR_INT64) read_int64(x, from, to);
  else read_others(x, from, to);
  if (is_hopeless(x->tally)) __atomic_store_n(&column->hopeless, true, __ATOMIC_RELAXED);
}

/* So many rows that their bytes and cells stay near while column after column is taken from them. */
static size_t tile_of(const orr_csv_block *b, size_t rows, size_t columns) {
  size_t a_row = rows ? (b->end - b->at) / rows + columns * sizeof(orr_csv_cell) : 1, tile = NEAR / a_row;
  return tile < LEAST_TILE ? LEAST_TILE : tile > MOST_TILE ? MOST_TILE : tile;
}

/* Whether all rows of the tile have all cells, one row's right behind the other's. */
static void find_width(reading *x, size_t from, size_t to) {
  const orr_csv_row *rows = x->c->rows.items;
  size_t columns = x->r->header.columns;
  x->width = columns;
  x->base = rows[from].first - from * columns;
  for (size_t i = from; i < to && x->width; i++)
    if (rows[i].count != columns || rows[i].first != x->base + i * columns) x->width = 0;
}

static orr_status read_tiles(orr_csv_reader *r, const orr_csv_block *b, orr_csv_scratch *s, orr_error *e) {
  size_t rows = s->cells.rows.count, tile = tile_of(b, rows, r->header.columns);
  reading x = {.r = r, .f = &r->format, .c = &s->cells, .row = b->row};
  for (size_t from = 0; from < rows; from += tile) {
    size_t to = rows - from < tile ? rows : from + tile;
    find_width(&x, from, to);
    for (size_t c = 0; c < r->header.columns; c++) {
      if (!r->columns[c].reading || r->columns[c].type == ORR_TEXT) continue;
      x.column = c;
      x.made = r->columns[c].made;
      x.tally = &s->tallies[c];
      read_tile(&x, &r->columns[c], from, to);
    }
  }
  return x.status ? orr_fail_memory(e, "missing marks", r->rows) : ORR_OK;
}

orr_status orr_csv_read_columns(orr_csv_reader *r, orr_csv_block *b, orr_csv_scratch *s, orr_error *e) {
  size_t not_utf8 = 0;
  memset(s->tallies, 0, r->header.columns * sizeof *s->tallies);
  ORR_TRY(read_tiles(r, b, s, e));
  orr_csv_words_fini(&b->words);
  for (size_t i = 0; i < r->texts.count; i++)
    ORR_TRY(orr_csv_read_words(r, r->texts.items[i], b, s, &not_utf8, e));
  pthread_mutex_lock(&r->lock);
  for (size_t c = 0; c < r->header.columns; c++)
    if (r->columns[c].reading) orr_csv_add_tally(&r->columns[c].tally, &s->tallies[c]);
  if (not_utf8 && (!r->not_utf8 || not_utf8 < r->not_utf8)) r->not_utf8 = not_utf8;
  pthread_mutex_unlock(&r->lock);
  return ORR_OK;
}

void orr_csv_see_columns(orr_csv_reader *r, orr_csv_scratch *s) {
  memset(s->tallies, 0, r->header.columns * sizeof *s->tallies);
  for (size_t c = 0; c < r->header.columns; c++) {
    reading x = {.r = r, .f = &r->format, .c = &s->cells, .column = c, .tally = &s->tallies[c]};
    read_others(&x, 0, s->cells.rows.count);
  }
  pthread_mutex_lock(&r->lock);
  for (size_t c = 0; c < r->header.columns; c++) r->columns[c].tally.seen |= s->tallies[c].seen;
  pthread_mutex_unlock(&r->lock);
}

static void add_sight(orr_csv_sight *sum, const orr_csv_sight *s) {
  if (s->line && (!sum->line || s->line < sum->line)) *sum = *s;
}

void orr_csv_add_tally(orr_csv_tally *sum, const orr_csv_tally *t) {
  sum->seen |= t->seen;
  sum->blank += t->blank;
  sum->words += t->words;
  sum->which |= t->which;
  sum->numbers += t->numbers;
  sum->odd += t->odd;
  add_sight(&sum->first_word, &t->first_word);
  add_sight(&sum->first_odd, &t->first_odd);
  add_sight(&sum->special, &t->special);
}
