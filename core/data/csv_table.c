/* From blocks to a table: reading goes on until every block is proven to
 * begin with a row, the end of the table is found, and every column has the
 * type that all of its cells have. Each of these is settled in one round more
 * at most. */
#include "base/memory.h"
#include "data/csv_reader.h"
#include "data/csv_sniff.h"

enum { ROUNDS = 6, FEW_CELLS = 1 << 24, CELLS_A_BYTE = 4 };

/* A name and few short rows could ask for any amount of memory. */
static orr_status check_size(const orr_csv_reader *r, orr_error *e) {
  size_t cells;
  bool fits = orr_multiply(r->rows, r->header.columns, &cells);
  if (fits && (cells <= FEW_CELLS || cells / CELLS_A_BYTE <= r->source->size)) return ORR_OK;
  return orr_fail(
      e, ORR_DATA,
      "%zu rows of %zu columns do not fit into a file of %zu bytes: nearly all rows are short; are the "
      "names and the delimiter right?",
      r->rows, r->header.columns, r->source->size);
}

static orr_status renew_column(orr_csv_reader *r, size_t column, orr_error *e) {
  orr_csv_column *c = &r->columns[column];
  orr_column_unref(c->made);
  *c = (orr_csv_column){.type = c->type, .reading = true};
  if (c->type == ORR_TEXT) ORR_PUSH(&r->texts, column, e);
  return orr_column_new(r->header.names[column], c->type, r->rows, &c->made, e);
}

static orr_status guess_columns(orr_csv_reader *r, orr_error *e) {
  ORR_TRY(check_size(r, e));
  if (!r->columns && !(r->columns = orr_calloc(r->header.columns, sizeof *r->columns)))
    return orr_fail_memory(e, "columns", r->header.columns * sizeof *r->columns);
  ORR_TRY(orr_csv_guess_types(r, e));
  r->texts.count = 0;
  for (size_t c = 0; c < r->header.columns; c++) ORR_TRY(renew_column(r, c, e));
  return ORR_OK;
}

static orr_status read_once(orr_csv_reader *r, bool columns, orr_error *e) {
  ORR_TRY(orr_csv_drop_footer(r, e));
  if (r->broken) return ORR_OK;
  if (columns) ORR_TRY(guess_columns(r, e));
  return orr_csv_pass(r, "reading", e);
}

static orr_status pass_on(orr_status status, const orr_error *from, orr_error *to) {
  if (to) *to = *from;
  return status;
}

/* What goes wrong in blocks that are not proven may be the blocks' fault: they are found again, one by one. */
static orr_status prove(orr_csv_reader *r, bool columns, orr_error *e) {
  bool walked = false;
  for (int round = 0; round < ROUNDS; round++) {
    if (r->broken && walked) break;
    if (r->broken) {
      ORR_TRY(orr_csv_walk_blocks(r, e));
      walked = true;
    }
    orr_error fault;
    orr_status status = read_once(r, columns, &fault);
    if (status == ORR_DATA && !walked) r->broken = true;
    else if (status) return pass_on(status, &fault, e);
    if (r->broken) continue;
    if (r->second_at == SIZE_MAX) return ORR_OK;
    orr_csv_end_blocks(r, r->second_at);
    r->second = (orr_csv_oddities){.count = 1, .lines = {r->second_line}};
  }
  return orr_fail(e, ORR_DATA, "the file changed while it was read; try again");
}

/* Columns whose cells are not what they were read as are read again as what they are. */
static orr_status raise_types(orr_csv_reader *r, bool *again, orr_error *e) {
  *again = false;
  r->texts.count = 0;
  for (size_t i = 0; i < r->header.columns; i++) {
    orr_csv_column *c = &r->columns[i];
    orr_type type = orr_csv_type_of(c->tally.seen);
    c->reading = type != c->type;
    if (!c->reading) continue;
    c->type = type;
    *again = true;
    ORR_TRY(renew_column(r, i, e));
  }
  return ORR_OK;
}

/* Strands of genes are '+' and '-': a minus sign is missing elsewhere, and by default only. */
static bool is_strand(const orr_csv_reader *r, const orr_csv_column *c) {
  const orr_csv_dialect *d = r->dialect;
  if (c->type != ORR_TEXT || c->strand || c->made->words.count != 1) return false;
  if (strcmp(orr_map_key(&c->made->words, 0), "+") != 0 || !orr_csv_is_word(&r->format, "-", 1)) return false;
  bool usual = d->n_missing == orr_csv_missing_count;
  for (size_t i = 0; i < d->n_missing && usual; i++) usual = !strcmp(d->missing[i], orr_csv_missing_words[i]);
  return usual && c->tally.which & orr_csv_word_bit(&r->format, "-", 1);
}

static orr_status read_strands(orr_csv_reader *r, orr_error *e) {
  r->texts.count = 0;
  for (size_t i = 0; i < r->header.columns; i++) {
    orr_csv_column *c = &r->columns[i];
    bool strand = is_strand(r, c);
    c->reading = false;
    if (!strand) continue;
    ORR_TRY(renew_column(r, i, e));
    c->strand = true;
  }
  return r->texts.count ? orr_csv_pass(r, "reading again", e) : ORR_OK;
}

orr_status orr_csv_settle(orr_csv_reader *r, bool columns, orr_error *e) {
  ORR_TRY(orr_csv_find_blocks(r, e));
  ORR_TRY(prove(r, columns, e));
  for (int round = 0; columns && round < ROUNDS && !r->not_utf8; round++) {
    bool again;
    ORR_TRY(raise_types(r, &again, e));
    if (!again) return read_strands(r, e);
    ORR_TRY(orr_csv_pass(r, "reading again", e));
  }
  return ORR_OK;
}

/* Rows that were counted but left out leave gaps between the blocks' rows. */
static size_t close_gaps(const orr_csv_reader *r, orr_column *c) {
  size_t to = 0, size = orr_type_bytes(c->type);
  for (size_t i = 0; i < r->blocks.count; i++) {
    const orr_csv_block *b = &r->blocks.items[i];
    if (to != b->row) {
      memmove((char *)c->cells + to * size, (char *)c->cells + b->row * size, b->rows * size);
      if (c->missing) memmove(c->missing + to, c->missing + b->row, b->rows);
    }
    to += b->rows;
  }
  return to;
}

static void shrink(void **block, size_t n, size_t size) {
  void *smaller = *block ? orr_realloc(*block, n, size) : NULL;
  if (smaller) *block = smaller;
}

static void finish_column(void *context, size_t column) {
  orr_csv_reader *r = context;
  orr_column *c = r->columns[column].made;
  size_t rows = close_gaps(r, c);
  if (rows < c->rows) {
    c->rows = rows;
    shrink(&c->cells, rows, orr_type_bytes(c->type));
    shrink((void **)&c->missing, rows, 1);
  }
  for (size_t i = 0; c->missing && i < rows; i++) c->n_missing += c->missing[i];
  const char *unit = r->header.units[column];
  orr_error e;
  if (unit && !(c->unit = orr_strdup(unit)))
    orr_csv_note_failure(r, column, orr_fail_memory(&e, "a unit", strlen(unit)), &e);
}

orr_status orr_csv_make_table(orr_csv_reader *r, orr_table **out, orr_error *e) {
  orr_column **columns;
  ORR_TRY(orr_csv_run(r, "reading", r->header.columns, finish_column, r, e));
  ORR_TRY(orr_arena_take(r->arena, r->header.columns, sizeof *columns, (void **)&columns, e));
  for (size_t c = 0; c < r->header.columns; c++) columns[c] = r->columns[c].made;
  return orr_table_new(columns, r->header.columns, r->source->name, out, e);
}
