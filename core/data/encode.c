/* Encoders; see encode.h. Fitting is here; encode_json.c keeps them. */
#include "data/encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/encode_layout.h"
#include "num/statistics.h"

typedef struct fitting {
  orr_encoder *out;
  const orr_table *table;
  const orr_encoder_spec *spec;
  const size_t *rows;
  size_t n;
} fitting;

static orr_status fit_number(const fitting *f, const orr_column *from, orr_encoded_column *c, orr_error *e) {
  orr_arena scratch = {0};
  double *values = NULL;
  size_t found = 0;
  orr_status status = orr_arena_take(&scratch, f->n, sizeof *values, (void **)&values, e);
  for (size_t i = 0; i < f->n && !status; i++) {
    double x = orr_column_number(from, f->rows[i]);
    if (isfinite(x)) values[found++] = x;
  }
  if (!status && found) {
    c->indicator = found < f->n;
    c->median = orr_median(values, found);
    for (size_t i = found; i < f->n; i++) values[i] = c->median;
    c->mean = orr_mean(values, NULL, f->n);
    c->deviation = orr_standard_deviation(values, NULL, f->n, c->mean);
    if (c->deviation == 0) c->deviation = 1;
    c->width = 1 + c->indicator;
    if (!isfinite(c->median) || !isfinite(c->mean) || !isfinite(c->deviation))
      status =
          orr_fail(e, ORR_DATA, "column '%s' holds numbers too large to average; rescale it", from->name);
  }
  orr_arena_fini(&scratch);
  return status;
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words that training rows hold, ascending. */
static orr_status find_words(const fitting *f, const orr_column *from, orr_encoded_column *c, orr_error *e) {
  orr_arena *arena = &f->out->arena;
  unsigned char *seen;
  const char **words;
  ORR_TAKE(arena, seen, from->words.count, e);
  for (size_t i = 0; i < f->n; i++) {
    if (orr_column_is_missing(from, f->rows[i])) c->indicator = true;
    else seen[from->codes[f->rows[i]]] = 1;
  }
  ORR_TAKE(arena, words, from->words.count, e);
  for (size_t w = 0; w < from->words.count; w++) {
    if (!seen[w]) continue;
    words[c->n_words] = orr_arena_strdup(arena, orr_map_key(&from->words, w));
    if (!words[c->n_words++]) return orr_fail_memory(e, "categories", 0);
  }
  qsort(words, c->n_words, sizeof *words, by_bytes);
  c->words = words;
  return ORR_OK;
}

static orr_status fit_text(const fitting *f, const orr_column *from, orr_encoded_column *c, orr_error *e) {
  ORR_TRY(find_words(f, from, c, e));
  bool automatic = f->spec->text == ORR_ENCODE_AUTO;
  bool index = automatic && f->spec->most_columns && c->n_words > f->spec->most_columns;
  bool ordinal =
      f->spec->text == ORR_ENCODE_ORDINAL || (automatic && !index && c->n_words > ORR_MOST_ONE_HOT);
  c->encoding = index ? ORR_AS_INDEX : ordinal ? ORR_AS_ORDINAL : ORR_AS_ONE_HOT;
  if (!c->n_words) return ORR_OK;
  c->deviation = 1;
  c->indicator &= !index;
  if (ordinal) {
    c->median = c->mean = (double)(c->n_words - 1) / 2;
    c->deviation = c->n_words > 1 ? (double)c->n_words / sqrt(12.0) : 1;
  }
  c->width = (ordinal || index ? 1 : c->n_words) + c->indicator;
  return ORR_OK;
}

static orr_status fit_columns(const fitting *f, const orr_work *work, orr_error *e) {
  orr_encoder *out = f->out;
  ORR_TAKE(&out->arena, out->columns, f->spec->n_columns, e);
  for (size_t i = 0; i < f->spec->n_columns; i++) {
    ORR_TRY(orr_progress_step(work, "encoding", i, f->spec->n_columns, e));
    const orr_column *from = f->table->columns[f->spec->columns[i]];
    orr_encoded_column c = {.name = orr_arena_strdup(&out->arena, from->name)};
    if (!c.name) return orr_fail_memory(e, "a column name", 0);
    ORR_TRY(from->type == ORR_TEXT ? fit_text(f, from, &c, e) : fit_number(f, from, &c, e));
    if (c.width) out->columns[out->n_columns++] = c;
    else orr_log(work, "column '%s' has no value in the training rows and is left out", from->name);
  }
  if (out->n_columns) return ORR_OK;
  return orr_fail(e, ORR_DATA,
                  "no feature column has a value in the training rows; name others in `features`");
}

orr_status orr_encoder_fit(orr_encoder *out, const orr_table *t, const orr_encoder_spec *spec,
                           const size_t *rows, size_t n, const orr_work *work, orr_error *e) {
  fitting f = {out, t, spec, rows, n};
  *out = (orr_encoder){.impute = spec->impute, .scale = spec->scale};
  orr_status status = fit_columns(&f, work, e);
  if (!status) status = orr_encoder_lay_out(out, e);
  if (status) orr_encoder_fini(out);
  return status;
}

/* One column's cells into x; returns how many held a category that training never saw. */
static size_t encode_number(const orr_encoder *c, const orr_encoded_column *k, double value, double *cell) {
  bool missing = !isfinite(value);
  if (k->indicator) cell[1] = missing;
  if (missing && c->impute) value = k->median;
  else if (missing) value = NAN;
  cell[0] = c->scale ? (value - k->mean) / k->deviation : value;
  return 0;
}

static size_t encode_text(const orr_encoder *c, const orr_encoded_column *k, const orr_column *from,
                          size_t row, double *cell) {
  char buffer[64];
  int32_t word = ORR_MAP_NONE;
  bool missing = orr_column_is_missing(from, row);
  if (!missing) {
    const char *text = orr_column_text(from, row, buffer, sizeof buffer);
    word = orr_map_find(&k->index, text, strlen(text));
  }
  bool unseen = !missing && word == ORR_MAP_NONE;
  if (k->encoding == ORR_AS_INDEX) cell[0] = word == ORR_MAP_NONE ? 0 : word + 1;
  else if (k->encoding == ORR_AS_ORDINAL) encode_number(c, k, word == ORR_MAP_NONE ? NAN : word, cell);
  else if (word != ORR_MAP_NONE) cell[word] = 1;
  else if (k->indicator) cell[k->n_words] = 1;
  return unseen;
}

void orr_encoder_set(const orr_encoder *c, size_t column, double value, double *row) {
  const orr_encoded_column *k = &c->columns[column];
  double *cell = row + k->first;
  if (k->encoding == ORR_AS_INDEX) {
    cell[0] = isfinite(value) ? value + 1 : 0;
    return;
  }
  if (k->encoding != ORR_AS_ONE_HOT) {
    encode_number(c, k, value, cell);
    return;
  }
  for (size_t w = 0; w < k->width; w++) cell[w] = 0;
  if (isfinite(value)) cell[(size_t)value] = 1;
  else if (k->indicator) cell[k->n_words] = 1;
}

double orr_encoder_word(const orr_encoder *c, size_t column, const char *word) {
  int32_t index = orr_map_find(&c->columns[column].index, word, strlen(word));
  return index == ORR_MAP_NONE ? NAN : index;
}

typedef struct applying {
  const orr_encoder *encoder;
  const orr_column **from; /* [n_columns] */
  const size_t *rows;
  orr_matrix *x;
  orr_blocks blocks;
  size_t *unseen; /* [blocks] */
} applying;

static void apply_block(void *context, size_t block) {
  const applying *a = context;
  for (size_t i = orr_blocks_start(&a->blocks, block); i < orr_blocks_end(&a->blocks, block); i++)
    for (size_t j = 0; j < a->encoder->n_columns; j++) {
      const orr_encoded_column *k = &a->encoder->columns[j];
      double *cell = orr_matrix_row(a->x, i) + k->first;
      if (k->encoding == ORR_AS_NUMBER)
        encode_number(a->encoder, k, orr_column_number(a->from[j], a->rows[i]), cell);
      else a->unseen[block] += encode_text(a->encoder, k, a->from[j], a->rows[i], cell);
    }
}

/* The first cell of a text column that is no number is what keeps it from being numbers again. */
static orr_status fail_text(const orr_table *t, const orr_column *from, const size_t *rows, size_t n,
                            orr_error *e) {
  double value;
  size_t at = n;
  const char *word = "";
  for (size_t i = 0; i < n; i++) {
    if (orr_column_is_missing(from, rows[i])) continue;
    const char *here = orr_map_key(&from->words, (size_t)from->codes[rows[i]]);
    bool odd = !orr_text_to_number(here, &value);
    if (at == n || odd) at = i, word = here;
    if (odd) break;
  }
  return orr_fail(e, ORR_DATA, "column '%s' was numbers in training and holds text here: '%.40s' in row %lld",
                  from->name, word, at < n ? (long long)orr_table_input_row(t, rows[at]) + 1 : 0);
}

/* Every column the model was trained on must be there, and numbers must be numbers. */
static orr_status find_columns(const orr_encoder *c, const orr_table *t, const size_t *rows, size_t n,
                               const orr_column **from, orr_error *e) {
  for (size_t j = 0; j < c->n_columns; j++) {
    size_t at;
    ORR_TRY(orr_table_column(t, c->columns[j].name, &at, e));
    from[j] = t->columns[at];
    bool all_missing = from[j]->n_missing == from[j]->rows;
    if (c->columns[j].encoding == ORR_AS_NUMBER && from[j]->type == ORR_TEXT && !all_missing)
      return fail_text(t, from[j], rows, n, e);
  }
  return ORR_OK;
}

orr_status orr_encoder_apply(const orr_encoder *c, const orr_table *t, const size_t *rows, size_t n,
                             const orr_work *work, orr_arena *arena, orr_matrix *x, size_t *unseen,
                             orr_error *e) {
  applying a = {.encoder = c, .rows = rows, .x = x, .blocks = orr_blocks_of(n)};
  ORR_TAKE(arena, a.from, c->n_columns, e);
  ORR_TAKE(arena, a.unseen, a.blocks.count, e);
  ORR_TRY(find_columns(c, t, rows, n, a.from, e));
  ORR_TRY(orr_matrix_take(arena, n, c->width, x, e));
  ORR_TRY(orr_work_run(work, "encoding", a.blocks.count, apply_block, &a, e));
  *unseen = 0;
  for (size_t b = 0; b < a.blocks.count; b++) *unseen += a.unseen[b];
  return ORR_OK;
}
