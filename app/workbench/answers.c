/* Questions about tables and figures: profiles, orders, plots. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/workbench/asking.h"
#include "data/expression.h"
#include "plot/kind.h"

static orr_status need_table(const orr_question *q, orr_error *e) {
  return q->table ? ORR_OK : orr_fail(e, ORR_USAGE, "there is no table yet; open a file first");
}

orr_status orr_answer_profile(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  ORR_TRY(need_table(q, e));
  const char *target = q->n_columns ? q->columns[0] : orr_table_with(q->table, ORR_ROLE_TARGET);
  return orr_profile_make(q->table, target, &asked->work, &asked->out->arena, &asked->out->profile, e);
}

/* ---- order: a stable radix sort, least significant digits first ---- */

enum { DIGIT = 16, DIGITS = 1 << DIGIT };

typedef struct sorting {
  const orr_work *work;
  uint64_t *key, *key2; /* [n] */
  size_t *row, *row2;   /* [n] */
  size_t n, *count;     /* count[DIGITS] */
} sorting;

/* Doubles in their order as unsigned integers: the sign's bit is turned, of negative ones all are. */
static uint64_t key_of_number(double x) {
  uint64_t bits;
  if (x == 0) x = 0; /* -0 */
  memcpy(&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

typedef struct word {
  const char *text;
  size_t code;
} word;

static int by_text(const void *a, const void *b) {
  const word *x = a, *y = b;
  int c = strcmp(x->text, y->text);
  return c ? c : (x->code > y->code) - (x->code < y->code);
}

/* rank[code] of the words, in the order of their bytes. */
static orr_status rank_words(const orr_column *c, orr_arena *arena, uint64_t **rank, orr_error *e) {
  word *words;
  size_t n = c->words.count;
  *rank = NULL;
  if (c->type != ORR_TEXT) return ORR_OK;
  ORR_TAKE(arena, words, n, e);
  ORR_TAKE(arena, *rank, n, e);
  for (size_t i = 0; i < n; i++) words[i] = (word){orr_map_key(&c->words, i), i};
  qsort(words, n, sizeof *words, by_text);
  for (size_t i = 0; i < n; i++) (*rank)[words[i].code] = i;
  return ORR_OK;
}

static uint64_t key_of(const orr_column *c, const uint64_t *rank, size_t row) {
  switch (c->type) {
  case ORR_INT64:
  case ORR_TIME: return (uint64_t)c->int64[row] ^ (uint64_t)1 << 63;
  case ORR_TEXT: return rank[c->codes[row]];
  default: return key_of_number(orr_column_number(c, row));
  }
}

/* One digit; nothing moves where all keys have the same. */
static void sort_digit(sorting *s, int shift) {
  memset(s->count, 0, DIGITS * sizeof *s->count);
  for (size_t i = 0; i < s->n; i++) s->count[s->key[i] >> shift & (DIGITS - 1)]++;
  if (s->n && s->count[s->key[0] >> shift & (DIGITS - 1)] == s->n) return;
  for (size_t i = 0, at = 0; i < DIGITS; i++) {
    size_t here = s->count[i];
    s->count[i] = at;
    at += here;
  }
  for (size_t i = 0; i < s->n; i++) {
    size_t to = s->count[s->key[i] >> shift & (DIGITS - 1)]++;
    s->key2[to] = s->key[i], s->row2[to] = s->row[i];
  }
  uint64_t *key = s->key;
  size_t *row = s->row;
  s->key = s->key2, s->key2 = key;
  s->row = s->row2, s->row2 = row;
}

static orr_status sort(sorting *s, orr_error *e) {
  for (int shift = 0; shift < 64; shift += DIGIT) {
    ORR_TRY(orr_progress_step(s->work, "sorting", (size_t)shift, 64, e));
    sort_digit(s, shift);
  }
  return ORR_OK;
}

/* The rows of `in` by the column; those where it is missing come last, in the order they had. */
static orr_status order(const orr_inquiry *asked, const orr_column *c, size_t *in, size_t n, size_t *out,
                        orr_arena *scratch, orr_error *e) {
  enum { BLOCK = 1 << 20 };
  uint64_t *rank;
  size_t missing = 0, *row;
  sorting s = {.work = &asked->work};
  ORR_TRY(rank_words(c, scratch, &rank, e));
  ORR_TAKE(scratch, s.key, n, e);
  ORR_TAKE(scratch, s.key2, n, e);
  ORR_TAKE(scratch, row, n, e);
  ORR_TAKE(scratch, s.count, DIGITS, e);
  s.row = row, s.row2 = out;
  for (size_t i = 0; i < n; i++) {
    if (i % BLOCK == 0) ORR_TRY(orr_progress_step(&asked->work, "sorting", 0, 64, e));
    if (orr_column_is_missing(c, in[i])) {
      in[missing++] = in[i];
      continue;
    }
    uint64_t key = key_of(c, rank, in[i]);
    s.key[s.n] = asked->q->descending ? ~key : key;
    row[s.n++] = in[i];
  }
  ORR_TRY(sort(&s, e));
  if (s.row != out) memcpy(out, s.row, s.n * sizeof *out);
  memcpy(out + s.n, in, missing * sizeof *out);
  return ORR_OK;
}

static orr_status filter(const orr_inquiry *asked, orr_arena *scratch, size_t **rows, size_t *n,
                         orr_error *e) {
  const orr_table *t = asked->q->table;
  orr_expression *x;
  size_t unknown;
  if (*asked->q->where) {
    ORR_TRY(orr_expression_parse(asked->q->where, t, scratch, &x, e));
    return orr_expression_filter(x, t, &asked->work, scratch, rows, n, &unknown, e);
  }
  *n = t->rows;
  ORR_TAKE(scratch, *rows, *n, e);
  for (size_t i = 0; i < *n; i++) (*rows)[i] = i;
  return ORR_OK;
}

static orr_status order_rows(const orr_inquiry *asked, orr_arena *scratch, orr_error *e) {
  const orr_question *q = asked->q;
  orr_answer *out = asked->out;
  size_t *rows = NULL, at = 0;
  ORR_TRY(need_table(q, e));
  if (q->n_columns) ORR_TRY(orr_table_column(q->table, q->columns[0], &at, e));
  ORR_TRY(filter(asked, scratch, &rows, &out->n_rows, e));
  ORR_TAKE(&out->arena, out->rows, out->n_rows, e);
  if (q->n_columns) return order(asked, q->table->columns[at], rows, out->n_rows, out->rows, scratch, e);
  if (out->n_rows) memcpy(out->rows, rows, out->n_rows * sizeof *rows);
  return ORR_OK;
}

orr_status orr_answer_order(const orr_inquiry *asked, orr_error *e) {
  orr_arena scratch = {0};
  orr_status status = order_rows(asked, &scratch, e);
  orr_arena_fini(&scratch);
  return status;
}

/* ---- figures ---- */

static void use_evaluation(const orr_question *q, orr_plot_input *in) {
  const orr_evaluation_object *v = q->evaluation;
  in->evaluation = &v->model;
  in->model = v->model_name;
  in->baseline = v->has_baseline ? &v->baseline : NULL;
  in->baseline_name = v->baseline_name;
  in->target = v->target;
}

static orr_status name_columns(const orr_question *q, orr_plot_input *in, orr_arena *arena, orr_error *e) {
  const char **names;
  ORR_TAKE(arena, names, q->n_columns, e);
  for (size_t i = 0; i < q->n_columns; i++)
    if (!(names[i] = orr_arena_strdup(arena, q->columns[i]))) return orr_fail_memory(e, "a name", 0);
  in->columns = names;
  in->n_columns = q->n_columns;
  in->by = *q->by ? orr_arena_strdup(arena, q->by) : NULL;
  return ORR_OK;
}

/* A field's measurements: the first rows of the table, as many as can be told apart. */
static orr_status all_rows(const orr_table *t, orr_plot_input *in, orr_arena *arena, orr_error *e) {
  size_t *rows;
  ORR_TAKE(arena, rows, t->rows, e);
  for (size_t i = 0; i < t->rows; i++) rows[i] = i;
  in->rows = rows, in->n_rows = t->rows;
  return ORR_OK;
}

orr_status orr_answer_figure(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  orr_answer *out = asked->out;
  const orr_plot_kind *kind;
  orr_plot_input in = {.table = q->table, .seed = asked->seed, .work = &asked->work};
  ORR_TRY(orr_plot_find(q->plot, &kind, e));
  if (q->evaluation) use_evaluation(q, &in);
  if (q->fit) in.kept = &q->fit->members[0], in.model = in.kept->family->name;
  if (kind->of_fit && q->table) ORR_TRY(all_rows(q->table, &in, &out->arena, e));
  ORR_TRY(name_columns(q, &in, &out->arena, e));
  orr_figure_init(&out->figure, &out->arena, kind->name, "");
  ORR_TRY(kind->build(&in, &out->figure, e));
  out->has_figure = true;
  return ORR_OK;
}
