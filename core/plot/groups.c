/* Rows in groups; see groups.h. */
#include "plot/groups.h"

#include <math.h>
#include <string.h>

#include "base/map.h"

enum { MOST_VALUES = 64 }; /* of a column to group by, in a table of numbers */

/* codes[rows] = which value each row has, in order of first sight; -1 missing. Stops early, with more than
 * `most` in the map. */
static orr_status code_rows(const orr_column *c, size_t most, orr_map *values, int32_t *codes, orr_error *e) {
  char buffer[64];
  for (size_t i = 0; i < c->rows; i++) {
    codes[i] = -1;
    if (orr_column_is_missing(c, i)) continue;
    const char *value = orr_column_text(c, i, buffer, sizeof buffer);
    ORR_TRY(orr_map_add(values, value, strlen(value), &codes[i], e));
    if (values->count > most) return ORR_OK;
  }
  return ORR_OK;
}

/* Numbers by size, words by byte: the order of classes, so that a class has one colour in all figures. */
static bool comes_before(const char *a, const char *b) {
  double x, y;
  bool numbers = orr_text_to_number(a, &x) && orr_text_to_number(b, &y);
  return numbers ? x < y : strcmp(a, b) < 0;
}

/* place[value] = its group, -1 for those too rare. */
static orr_status choose(const orr_map *values, const double *mass, orr_arena *arena, int32_t *place,
                         orr_groups *g, orr_error *e) {
  size_t chosen[ORR_MOST_GROUPS];
  for (size_t k = 0; k < values->count; k++) {
    size_t above = 0, at = g->n;
    for (size_t o = 0; o < values->count; o++) above += mass[o] > mass[k] || (mass[o] == mass[k] && o < k);
    place[k] = -1;
    if (above >= ORR_MOST_GROUPS) continue;
    for (; at && comes_before(orr_map_key(values, k), orr_map_key(values, chosen[at - 1])); at--)
      chosen[at] = chosen[at - 1];
    chosen[at] = k;
    g->n++;
  }
  ORR_TAKE(arena, g->titles, g->n, e);
  for (size_t i = 0; i < g->n; i++) {
    place[chosen[i]] = (int32_t)i;
    g->titles[i] = orr_arena_printf(arena, "%s = %s", g->title, orr_map_key(values, chosen[i]));
    if (!g->titles[i]) return orr_fail_memory(e, "titles", 64);
  }
  return ORR_OK;
}

static orr_status group_values(const orr_map *values, size_t rows, orr_arena *arena, orr_groups *g,
                               orr_error *e) {
  double *mass;
  int32_t *place;
  ORR_TAKE(arena, mass, values->count, e);
  ORR_TAKE(arena, place, values->count, e);
  for (size_t i = 0; i < rows; i++)
    if (g->of_row[i] >= 0) mass[g->of_row[i]] += orr_group_weight(g, i);
  ORR_TRY(choose(values, mass, arena, place, g, e));
  for (size_t i = 0; i < rows; i++)
    if (g->of_row[i] >= 0) g->of_row[i] = place[g->of_row[i]];
  g->all = values->count;
  return ORR_OK;
}

static orr_status one_group(size_t rows, orr_arena *arena, orr_groups *g, orr_error *e) {
  ORR_TAKE(arena, g->titles, 1, e);
  g->n = g->all = 1;
  g->title = NULL;
  memset(g->of_row, 0, rows * sizeof *g->of_row);
  return ORR_OK;
}

static orr_status refuse(const orr_column *c, size_t values, orr_error *e) {
  if (!values)
    return orr_fail(e, ORR_DATA, "every cell of column '%.80s' is missing; colour by another", c->name);
  return orr_fail(e, ORR_DATA, "column '%.80s' has more than %d different values; colour by one with fewer",
                  c->name, MOST_VALUES);
}

static orr_status find_weight(const orr_table *t, orr_arena *arena, orr_groups *g, orr_error *e) {
  double *weight = NULL;
  for (size_t k = 0; k < t->n_columns && !weight; k++) {
    if (t->roles[k] != ORR_ROLE_WEIGHT) continue;
    ORR_TAKE(arena, weight, t->rows, e);
    for (size_t i = 0; i < t->rows; i++) {
      double w = orr_column_number(t->columns[k], i);
      weight[i] = isfinite(w) ? w : 0;
    }
  }
  g->weight = weight;
  return ORR_OK;
}

static orr_status group_by(const orr_column *c, bool asked, orr_arena *arena, orr_groups *g, orr_error *e) {
  orr_map values = {0};
  orr_status status;
  ORR_GO(code_rows(c, MOST_VALUES, &values, g->of_row, e));
  bool suits = values.count && values.count <= MOST_VALUES &&
               (asked || !orr_column_is_numeric(c) || values.count <= 10);
  if (suits) status = group_values(&values, c->rows, arena, g, e);
  else status = asked ? refuse(c, values.count, e) : one_group(c->rows, arena, g, e);
out:
  orr_map_fini(&values);
  return status;
}

orr_status orr_groups_find(const orr_plot_input *in, orr_arena *arena, orr_groups *g, orr_error *e) {
  const orr_table *t = in->table;
  const char *by = in->by ? in->by : in->target;
  size_t at;
  *g = (orr_groups){.title = by};
  ORR_TAKE(arena, g->of_row, t->rows, e);
  ORR_TRY(find_weight(t, arena, g, e));
  if (!by) return one_group(t->rows, arena, g, e);
  ORR_TRY(orr_table_column(t, by, &at, e));
  return group_by(t->columns[at], in->by != NULL, arena, g, e);
}
