/* What stands twice in a table: columns with the same cells, columns that tell
 * the target, rows that were there before. Hashes find the candidates; cells decide. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/profile_parts.h"
#include "num/matrix.h"
#include "num/statistics.h"

static bool same_word(const orr_column *a, const orr_column *b, size_t row) {
  const char *x = orr_map_key(&a->words, (size_t)a->codes[row]);
  return !strcmp(x, orr_map_key(&b->words, (size_t)b->codes[row]));
}

static bool same_cells(const orr_column *a, const orr_column *b) {
  if (a->type != b->type) return false;
  for (size_t i = 0; i < a->rows; i++) {
    if (orr_cell_bits(a, i) != orr_cell_bits(b, i)) return false;
    if (orr_column_is_missing(a, i) != orr_column_is_missing(b, i)) return false;
    if (a->type == ORR_TEXT && !orr_column_is_missing(a, i) && !same_word(a, b, i)) return false;
  }
  return true;
}

typedef struct hashed {
  uint64_t hash;
  size_t at;
} hashed;

static int by_hash(const void *a, const void *b) {
  const hashed *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

orr_status orr_profile_same(const orr_profiling *p, orr_error *e) {
  size_t n = p->table->n_columns;
  hashed *all = orr_calloc(n ? n : 1, sizeof *all);
  if (!all) return orr_fail_memory(e, "comparing columns", n * sizeof *all);
  for (size_t i = 0; i < n; i++) all[i] = (hashed){p->facts[i].hash, i};
  qsort(all, n, sizeof *all, by_hash);
  for (size_t i = 1, first = 0; i < n; i++) {
    const orr_column *a = p->table->columns[all[first].at], *b = p->table->columns[all[i].at];
    bool varies = p->profile->columns[all[i].at].distinct > 1; /* of constants that is said already */
    if (all[i].hash != all[first].hash) first = i;
    else if (varies && same_cells(a, b)) p->facts[all[i].at].same_as = a;
  }
  orr_free(all);
  return ORR_OK;
}

/* ---- the target ---- */

typedef struct chasing {
  const orr_profiling *p;
  size_t target;
} chasing;

/* True when equal cells of `c` meet equal cells of `target` in every row: with as many distinct values in both, the
 * one tells the other. One table of open addressing from the cells of `c` to those of the target. */
static bool tells(const orr_column *c, const orr_column *target, size_t distinct, bool *failed) {
  size_t slots = 16;
  while (slots < 2 * (distinct + 1)) slots *= 2;
  struct {
    uint64_t from, to;
    bool used;
  } *table = orr_calloc(slots, sizeof *table);
  *failed = !table;
  bool holds = table != NULL;
  for (size_t i = 0; holds && i < c->rows; i++) {
    uint64_t from = orr_cell_bits(c, i), to = orr_cell_bits(target, i);
    size_t at = orr_mix_bits(0, from) & (slots - 1);
    while (table[at].used && table[at].from != from) at = (at + 1) & (slots - 1);
    if (!table[at].used) table[at].from = from, table[at].to = to, table[at].used = true;
    holds = table[at].to == to;
  }
  orr_free(table);
  return holds;
}

/* Ranks from 0, equal values sharing their mean. */
static orr_status rank(const double *x, size_t n, uint32_t *index, double *ranks, orr_error *e) {
  ORR_TRY(orr_sort_index(x, n, index, e));
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && x[index[j]] == x[index[i]];) j++;
    for (size_t k = i; k < j; k++) ranks[index[k]] = 0.5 * (double)(i + j - 1);
  }
  return ORR_OK;
}

static double correlation(const double *x, const double *y, size_t n) {
  double middle = 0.5 * (double)(n - 1), xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < n; i++) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* Spearman's rank correlation over every `stride`-th row in which both are present; NaN under ten of them. */
static orr_status spearman(const orr_column *a, const orr_column *b, size_t stride, double *out,
                           orr_error *e) {
  orr_arena arena = {0};
  double *x, *y, *rx, *ry;
  uint32_t *index;
  size_t most = a->rows / stride + 1, n = 0;
  orr_status status = ORR_OK;
  *out = NAN;
  ORR_GO(orr_arena_take(&arena, most * 4, sizeof *x, (void **)&x, e));
  ORR_GO(orr_arena_take(&arena, most, sizeof *index, (void **)&index, e));
  y = x + most, rx = y + most, ry = rx + most;
  for (size_t i = 0; i < a->rows; i += stride) {
    x[n] = orr_column_number(a, i);
    y[n] = orr_column_number(b, i);
    n += !isnan(x[n]) && !isnan(y[n]);
  }
  if (n >= 10) {
    ORR_GO(rank(x, n, index, rx, e));
    ORR_GO(rank(y, n, index, ry, e));
    *out = correlation(rx, ry, n);
  }
out:
  orr_arena_fini(&arena);
  return status;
}

/* A few thousand rows tell whether all of them are worth ranking. */
static void correlate(const orr_column *c, const orr_column *target, orr_column_facts *f) {
  enum { FEW = 4096 };
  size_t stride = c->rows / FEW + 1;
  double some = NAN;
  if (c->rows > UINT32_MAX) return;
  if (spearman(c, target, stride, &some, NULL)) f->out_of_memory = true;
  f->rank_correlation = some;
  if (stride > 1 && fabs(some) > 0.99 && spearman(c, target, 1, &f->rank_correlation, NULL))
    f->out_of_memory = true;
}

static void chase(void *context, size_t at) {
  const chasing *w = context;
  const orr_column_profile *own = &w->p->profile->columns[at], *y = &w->p->profile->columns[w->target];
  const orr_column *c = own->column, *target = y->column;
  orr_column_facts *f = &w->p->facts[at];
  if (at == w->target || own->distinct < 2) return;
  bool few = own->distinct <= c->rows / 2; /* each row for itself is no partition */
  if (few && own->distinct == y->distinct && own->missing == y->missing)
    f->copies_target = tells(c, target, own->distinct, &f->out_of_memory);
  if (own->distinct > 2 && orr_column_is_numeric(c) && orr_column_is_numeric(target)) correlate(c, target, f);
}

orr_status orr_profile_copies(const orr_profiling *p, orr_error *e) {
  int at = p->profile->target ? orr_table_find(p->table, p->profile->target) : -1;
  if (at < 0) return ORR_OK;
  chasing w = {p, (size_t)at};
  ORR_TRY(orr_work_run(p->work, "looking for copies of the target", p->table->n_columns, chase, &w, e));
  for (size_t i = 0; i < p->table->n_columns; i++)
    if (p->facts[i].out_of_memory) return orr_fail_memory(e, "comparing columns", p->table->rows * 40);
  return ORR_OK;
}

/* ---- rows ---- */

typedef struct hashing {
  const orr_table *t;
  orr_blocks blocks;
  uint64_t *hashes; /* [rows] */
} hashing;

static void hash_block(void *context, size_t block) {
  const hashing *h = context;
  size_t from = orr_blocks_start(&h->blocks, block), to = orr_blocks_end(&h->blocks, block);
  for (size_t j = 0; j < h->t->n_columns; j++)
    for (size_t i = from; i < to; i++)
      h->hashes[i] = orr_mix_bits(h->hashes[i], orr_cell_bits(h->t->columns[j], i));
}

static bool same_rows(const orr_table *t, size_t a, size_t b) {
  for (size_t j = 0; j < t->n_columns; j++) {
    const orr_column *c = t->columns[j];
    if (orr_cell_bits(c, a) != orr_cell_bits(c, b)) return false;
    if (orr_column_is_missing(c, a) != orr_column_is_missing(c, b)) return false;
  }
  return true;
}

/* Rows equal to an earlier one; seen[slots] holds the row + 1 that came first. */
static size_t count_equal(const hashing *h, uint32_t *seen, size_t slots) {
  size_t equal = 0;
  for (size_t i = 0; i < h->t->rows; i++) {
    size_t at = h->hashes[i] & (slots - 1);
    for (; seen[at]; at = (at + 1) & (slots - 1))
      if (h->hashes[seen[at] - 1] == h->hashes[i] && same_rows(h->t, seen[at] - 1, i)) break;
    if (seen[at]) equal++;
    else seen[at] = (uint32_t)i + 1;
  }
  return equal;
}

orr_status orr_profile_duplicates(const orr_profiling *p, orr_error *e) {
  size_t rows = p->table->rows, slots = 64;
  if (!rows || rows >= UINT32_MAX) return ORR_OK;
  while (slots < 2 * rows) slots *= 2;
  hashing h = {.t = p->table, .blocks = orr_blocks_of(rows), .hashes = orr_calloc(rows, sizeof *h.hashes)};
  uint32_t *seen = orr_calloc(slots, sizeof *seen);
  orr_status status = ORR_OK;
  if (!h.hashes || !seen) ORR_GO(orr_fail_memory(e, "comparing rows", rows * sizeof *h.hashes));
  ORR_GO(orr_work_run(p->work, "comparing rows", h.blocks.count, hash_block, &h, e));
  p->profile->duplicate_rows = count_equal(&h, seen, slots);
out:
  orr_free(h.hashes);
  orr_free(seen);
  return status;
}
