/* Targets; see target.h. Classes are matched by their text, so that a model
 * kept from integers still knows them in a file where they are text. */
#include "data/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_number(const void *a, const void *b) {
  double x = 0, y = 0;
  orr_text_to_number(*(const char *const *)a, &x);
  orr_text_to_number(*(const char *const *)b, &y);
  return x != y ? (x > y) - (x < y) : by_bytes(a, b);
}

static bool all_numbers(const char *const *names, size_t n) {
  double x;
  for (size_t i = 0; i < n; i++)
    if (!orr_text_to_number(names[i], &x) || isnan(x)) return false;
  return true;
}

static orr_status collect(const orr_table *t, size_t column, const size_t *rows, size_t n, orr_map *seen,
                          orr_error *e) {
  const orr_column *c = t->columns[column];
  char buffer[64];
  for (size_t i = 0; i < n && seen->count <= ORR_MOST_CLASSES; i++) {
    if (orr_column_is_missing(c, rows[i])) continue;
    const char *text = orr_column_text(c, rows[i], buffer, sizeof buffer);
    int32_t index;
    ORR_TRY(orr_map_add(seen, text, strlen(text), &index, e));
  }
  return ORR_OK;
}

static orr_status check_count(const orr_column *c, const orr_map *seen, orr_error *e) {
  if (!seen->count) return orr_fail(e, ORR_DATA, "target '%s' has no value in any training row", c->name);
  if (seen->count == 1)
    return orr_fail(e, ORR_DATA, "target '%s' has one class only ('%.60s'); classification needs two",
                    c->name, orr_map_key(seen, 0));
  if (seen->count > ORR_MOST_CLASSES)
    return orr_fail(e, ORR_DATA, "target '%s' has more than %d distinct values; try the recipe 'regression'",
                    c->name, ORR_MOST_CLASSES);
  return ORR_OK;
}

static orr_status sort_names(const orr_map *seen, orr_arena *arena, orr_classes *out, orr_error *e) {
  const char **names;
  ORR_TAKE(arena, names, seen->count, e);
  for (size_t i = 0; i < seen->count; i++)
    if (!(names[i] = orr_arena_strdup(arena, orr_map_key(seen, i))))
      return orr_fail_memory(e, "class names", 0);
  qsort(names, seen->count, sizeof *names, all_numbers(names, seen->count) ? by_number : by_bytes);
  *out = (orr_classes){.count = seen->count, .names = names};
  return ORR_OK;
}

orr_status orr_classes_find(const orr_table *t, size_t column, const size_t *rows, size_t n, orr_arena *arena,
                            orr_classes *out, orr_error *e) {
  orr_map seen = {0};
  orr_status status = collect(t, column, rows, n, &seen, e);
  if (!status) status = check_count(t->columns[column], &seen, e);
  if (!status) status = sort_names(&seen, arena, out, e);
  orr_map_fini(&seen);
  return status;
}

orr_status orr_classes_label(const orr_classes *c, const orr_table *t, size_t column, const size_t *rows,
                             size_t n, orr_arena *arena, int32_t **label, orr_error *e) {
  orr_map known = {0};
  char buffer[64];
  ORR_TAKE(arena, *label, n, e);
  orr_status status = ORR_OK;
  for (size_t k = 0; k < c->count && !status; k++) {
    int32_t index;
    status = orr_map_add(&known, c->names[k], strlen(c->names[k]), &index, e);
  }
  const orr_column *from = t->columns[column];
  for (size_t i = 0; i < n && !status; i++) {
    (*label)[i] = ORR_NO_LABEL;
    if (orr_column_is_missing(from, rows[i])) continue;
    const char *text = orr_column_text(from, rows[i], buffer, sizeof buffer);
    (*label)[i] = orr_map_find(&known, text, strlen(text));
  }
  orr_map_fini(&known);
  return status;
}

orr_status orr_target_rows(const orr_table *t, size_t target, int weight, const size_t *rows, size_t n,
                           orr_arena *arena, size_t **kept, size_t *n_kept, orr_error *e) {
  ORR_TAKE(arena, *kept, n, e);
  *n_kept = 0;
  for (size_t i = 0; i < n; i++) {
    bool there = !orr_column_is_missing(t->columns[target], rows[i]);
    bool weighed = weight < 0 || isfinite(orr_column_number(t->columns[weight], rows[i]));
    if (there && weighed) (*kept)[(*n_kept)++] = rows[i];
  }
  return ORR_OK;
}
