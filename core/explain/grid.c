/* Points of a column; see grid.h. */
#include "explain/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/statistics.h"

static const orr_column *column_of(const orr_asked *a, size_t column) {
  return a->table->columns[orr_table_find(a->table, a->model->encoder.columns[column].name)];
}

static orr_status too_few(const orr_grid *g, orr_error *e) {
  return orr_fail(e, ORR_DATA, "column '%s' does not vary in these rows, so nothing depends on it", g->name);
}

static orr_status quantiles(const orr_asked *a, size_t most, orr_arena *arena, orr_grid *g, orr_error *e) {
  double *sorted;
  size_t found = 0;
  ORR_TAKE(arena, sorted, a->n, e);
  ORR_TAKE(arena, g->at, most, e);
  for (size_t i = 0; i < a->n; i++)
    if (isfinite(g->value[i])) sorted[found++] = g->value[i];
  orr_sort(sorted, found);
  for (size_t p = 0; found && p < most; p++) {
    double at =
        sorted[(p * (found - 1) + (most - 1) / 2) / (most - 1)]; /* of the data: no value between two */
    if (!g->points || at > g->at[g->points - 1]) g->at[g->points++] = at;
  }
  return g->points < 2 ? too_few(g, e) : ORR_OK;
}

/* The first point that is not below x, but never the very first. */
static uint32_t bin_of(const orr_grid *g, double x) {
  size_t low = 1, high = g->points - 1;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g->at[middle] < x) low = middle + 1;
    else high = middle;
  }
  return (uint32_t)low;
}

static orr_status lay_numbers(const orr_asked *a, size_t most, orr_arena *arena, orr_grid *g, orr_error *e) {
  ORR_TRY(quantiles(a, most < 2 ? 2 : most, arena, g, e));
  ORR_TAKE(arena, g->share, g->points, e);
  ORR_TAKE(arena, g->bin, a->n, e);
  for (size_t i = 0; i < a->n; i++) {
    if (!isfinite(g->value[i])) continue;
    size_t b = g->bin[i] = bin_of(g, g->value[i]);
    bool lower = g->value[i] - g->at[b - 1] < g->at[b] - g->value[i];
    g->share[lower ? b - 1 : b] += 1 / (double)a->n;
  }
  return ORR_OK;
}

typedef struct counted {
  size_t word, rows;
} counted;

static int by_rows(const void *a, const void *b) {
  const counted *x = a, *y = b;
  if (x->rows != y->rows) return x->rows > y->rows ? -1 : 1;
  return (x->word > y->word) - (x->word < y->word);
}

static orr_status lay_words(const orr_asked *a, size_t column, size_t most, orr_arena *arena, orr_grid *g,
                            orr_error *e) {
  const orr_encoded_column *k = &a->model->encoder.columns[column];
  counted *count;
  const char **words;
  ORR_TAKE(arena, count, k->n_words, e);
  for (size_t w = 0; w < k->n_words; w++) count[w].word = w;
  for (size_t i = 0; i < a->n; i++)
    if (isfinite(g->value[i])) count[(size_t)g->value[i]].rows++;
  qsort(count, k->n_words, sizeof *count, by_rows);
  while (g->points < k->n_words && g->points < most && count[g->points].rows) g->points++;
  if (g->points < 2) return too_few(g, e);
  ORR_TAKE(arena, g->at, g->points, e);
  ORR_TAKE(arena, g->share, g->points, e);
  ORR_TAKE(arena, words, g->points, e);
  for (size_t p = 0; p < g->points; p++) {
    g->at[p] = (double)count[p].word;
    g->share[p] = (double)count[p].rows / (double)a->n;
    words[p] = k->words[count[p].word];
  }
  g->words = words;
  return ORR_OK;
}

orr_status orr_grid_lay(const orr_asked *a, size_t column, size_t most, orr_arena *arena, orr_grid *g,
                        orr_error *e) {
  const orr_column *c = column_of(a, column);
  bool text = a->model->encoder.columns[column].encoding != ORR_AS_NUMBER;
  char buffer[64];
  *g = (orr_grid){.name = a->model->encoder.columns[column].name};
  if (c->unit && !(g->unit = orr_arena_strdup(arena, c->unit))) return orr_fail_memory(e, "a unit", 0);
  ORR_TAKE(arena, g->value, a->n, e);
  for (size_t i = 0; i < a->n; i++) {
    bool missing = orr_column_is_missing(c, a->rows[i]);
    if (!text) g->value[i] = orr_column_number(c, a->rows[i]);
    else if (missing) g->value[i] = NAN;
    else
      g->value[i] =
          orr_encoder_word(&a->model->encoder, column, orr_column_text(c, a->rows[i], buffer, sizeof buffer));
  }
  return text ? lay_words(a, column, most, arena, g, e) : lay_numbers(a, most, arena, g, e);
}
