/* Splits; see split.h. A split is a ranking of the rows: the first of the
 * ranking test, the next validate, the rest train. The kinds differ only in
 * how they rank. */
#include "data/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/random.h"
#include "num/statistics.h"

enum { MOST_STRATA = 256 };

const char *orr_part_name(orr_part part) {
  static const char *const names[] = {"all", "train", "validation", "test"};
  return names[part];
}

/* stratum[n] of each row: the code of its value; missing is a value of its own. */
static orr_status strata_of(const orr_column *c, orr_arena *arena, int32_t **stratum, size_t *count,
                            orr_error *e) {
  orr_map seen = {0};
  char buffer[64];
  ORR_TAKE(arena, *stratum, c->rows, e);
  orr_status status = ORR_OK;
  for (size_t i = 0; i < c->rows && !status; i++) {
    const char *text = orr_column_text(c, i, buffer, sizeof buffer);
    status = orr_map_add(&seen, text, strlen(text), &(*stratum)[i], e);
  }
  *count = seen.count;
  orr_map_fini(&seen);
  return status;
}

typedef struct shares {
  unsigned char *part; /* [n] orr_part of each row */
  size_t n;
  double test, validation;
  size_t absent; /* named test rows that are not in the table */
  size_t groups; /* of a grouped split; 0: none */
} shares;

static size_t round_share(double share, size_t n) { return (size_t)floor(share * (double)n + 0.5); }

/* Gives the first of `order` to test, the next to validation; a fixed test part is left alone. */
static void deal(shares *s, const size_t *order, size_t n) {
  size_t test = round_share(s->test, n), validation = round_share(s->validation, n);
  for (size_t i = 0; i < n; i++)
    s->part[order[i]] = i < test                ? ORR_PART_TEST
                        : i < test + validation ? ORR_PART_VALIDATION
                                                : ORR_PART_TRAIN;
}

/* Rows of one stratum after another, each shuffled by its own stream. */
static orr_status deal_strata(shares *s, const size_t *rows, size_t n, const int32_t *stratum, size_t count,
                              uint64_t seed, orr_arena *arena, orr_error *e) {
  size_t *order;
  ORR_TAKE(arena, order, n, e);
  for (size_t k = 0; k < count; k++) {
    orr_random r = orr_random_stream(seed, k, ORR_FOR_SPLIT);
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
      if (!stratum || stratum[rows[i]] == (int32_t)k) order[found++] = rows[i];
    orr_random_shuffle(&r, order, found);
    deal(s, order, found);
  }
  return ORR_OK;
}

/* Whole groups, in random order, go to test until it has its share, then to validation. */
static orr_status deal_groups(shares *s, const size_t *rows, size_t n, const int32_t *group, size_t count,
                              uint64_t seed, orr_arena *arena, orr_error *e) {
  size_t *order, *size, *given;
  ORR_TAKE(arena, order, count, e);
  ORR_TAKE(arena, size, count, e);
  ORR_TAKE(arena, given, count, e);
  for (size_t i = 0; i < n; i++) size[group[rows[i]]]++;
  for (size_t k = 0; k < count; k++) order[k] = k;
  s->groups = count;
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_SPLIT);
  orr_random_shuffle(&r, order, count);
  size_t test = round_share(s->test, n), validation = round_share(s->validation, n), in_test = 0,
         in_validation = 0;
  for (size_t k = 0; k < count; k++) {
    size_t g = order[k];
    bool to_test = in_test < test, to_validation = !to_test && in_validation < validation;
    given[g] = to_test ? ORR_PART_TEST : to_validation ? ORR_PART_VALIDATION : ORR_PART_TRAIN;
    in_test += to_test ? size[g] : 0;
    in_validation += to_validation ? size[g] : 0;
  }
  for (size_t i = 0; i < n; i++) s->part[rows[i]] = (unsigned char)given[group[rows[i]]];
  return ORR_OK;
}

static orr_status deal_time(shares *s, const size_t *rows, size_t n, const orr_column *time, orr_arena *arena,
                            orr_error *e) {
  double *when;
  uint32_t *ascending;
  size_t *order;
  ORR_TAKE(arena, when, n, e);
  ORR_TAKE(arena, ascending, n, e);
  ORR_TAKE(arena, order, n, e);
  if (!orr_column_is_numeric(time))
    return orr_fail(e, ORR_DATA, "time column '%s' is text, which has no order in time; give numbers",
                    time->name);
  for (size_t i = 0; i < n; i++) {
    when[i] = orr_column_number(time, rows[i]);
    if (isnan(when[i]))
      return orr_fail(e, ORR_DATA, "time column '%s' is missing in row %zu; filter it first", time->name,
                      rows[i]);
  }
  ORR_TRY(orr_sort_index(when, n, ascending, e));
  for (size_t i = 0; i < n; i++) order[i] = rows[ascending[n - 1 - i]];
  deal(s, order, n);
  for (size_t i = n; i-- > 1;) { /* equal times stay together, in the later of their parts */
    bool tied = when[ascending[i]] == when[ascending[i - 1]];
    if (tied) s->part[rows[ascending[i - 1]]] = s->part[rows[ascending[i]]];
  }
  return ORR_OK;
}

static orr_status deal_by(shares *s, const orr_table *t, const orr_split_spec *spec, const size_t *rows,
                          size_t n, orr_arena *arena, orr_split *out, orr_error *e) {
  const char *by = spec->time ? spec->time : spec->group ? spec->group : spec->stratify;
  size_t column = 0, count = 1;
  int32_t *stratum = NULL;
  if (by) ORR_TRY(orr_table_column(t, by, &column, e));
  out->how = !by           ? "at random"
             : spec->time  ? orr_arena_printf(arena, "ordered by %s, the latest rows test", by)
             : spec->group ? orr_arena_printf(arena, "grouped by %s", by)
                           : orr_arena_printf(arena, "stratified by %s", by);
  if (spec->time) return deal_time(s, rows, n, t->columns[column], arena, e);
  if (by) ORR_TRY(strata_of(t->columns[column], arena, &stratum, &count, e));
  if (spec->stratify && by == spec->stratify && count > MOST_STRATA)
    return orr_fail(e, ORR_DATA,
                    "'%s' has %zu distinct values in %zu rows, too many for classes; is it a number to "
                    "predict? try the recipe 'regression'",
                    by, count, n);
  if (spec->group) return deal_groups(s, rows, n, stratum, count, spec->seed, arena, e);
  return deal_strata(s, rows, n, stratum, count, spec->seed, arena, e);
}

/* Marks the rows of the input that were named (a filter may have taken some). Leaves the others in `rest`. */
static orr_status mark_named(shares *s, const orr_table *t, const orr_split_spec *spec, size_t *rest,
                             size_t *n_rest, orr_arena *arena, orr_error *e) {
  int64_t *sorted;
  size_t found = 0;
  ORR_TAKE(arena, sorted, spec->n_test_rows, e);
  memcpy(sorted, spec->test_rows, spec->n_test_rows * sizeof *sorted);
  qsort(sorted, spec->n_test_rows, sizeof *sorted, orr_by_integer);
  for (size_t i = 1; i < spec->n_test_rows; i++)
    if (sorted[i] == sorted[i - 1])
      return orr_fail(e, ORR_DATA, "test_rows names row %lld twice", (long long)sorted[i]);
  *n_rest = 0;
  for (size_t i = 0; i < t->rows; i++) {
    int64_t row = orr_table_input_row(t, i);
    bool test = bsearch(&row, sorted, spec->n_test_rows, sizeof row, orr_by_integer);
    s->part[i] = test ? ORR_PART_TEST : ORR_PART_TRAIN;
    found += test;
    if (!test) rest[(*n_rest)++] = i;
  }
  int64_t last = spec->n_test_rows ? sorted[spec->n_test_rows - 1] : -1;
  if (found < spec->n_test_rows && !t->row_index)
    return orr_fail(e, ORR_DATA, "test_rows names row %lld, and the table ends at row %zu; rows count from 0",
                    (long long)last, t->rows - 1);
  s->absent = spec->n_test_rows - found; /* filtered out before */
  if (found || !spec->n_test_rows) return ORR_OK;
  return orr_fail(e, ORR_DATA, "none of the %zu test_rows is in the table (rows count from 0)",
                  spec->n_test_rows);
}

static orr_status gather(const shares *s, orr_part part, orr_arena *arena, orr_rows *out, orr_error *e) {
  ORR_TAKE(arena, out->index, s->n, e);
  out->n = 0;
  for (size_t i = 0; i < s->n; i++)
    if (part == ORR_PART_ALL || s->part[i] == part) out->index[out->n++] = i;
  return ORR_OK;
}

static orr_status check_parts(const orr_split *out, const shares *s, bool named, orr_error *e) {
  if (!out->part[ORR_PART_TRAIN].n && s->groups)
    return orr_fail(e, ORR_DATA,
                    "the group column has %zu values only, and none is left to train on; take smaller test "
                    "and validation parts",
                    s->groups);
  if (!out->part[ORR_PART_TRAIN].n)
    return orr_fail(e, ORR_DATA,
                    "no row is left to train on (%zu rows in all); take smaller test and validation parts",
                    s->n);
  if (!out->part[ORR_PART_VALIDATION].n && s->validation > 0)
    return orr_fail(e, ORR_DATA,
                    "the validation part of %g of %zu rows is empty; give more rows or a larger part",
                    s->validation, s->n);
  if (!out->part[ORR_PART_TEST].n && (named || s->test > 0))
    return orr_fail(e, ORR_DATA, "the test part of %g of %zu rows is empty; give more rows or a larger part",
                    s->test, s->n);
  return ORR_OK;
}

orr_status orr_split_make(const orr_table *t, const orr_split_spec *spec, orr_arena *arena, orr_split *out,
                          orr_error *e) {
  shares s = {.n = t->rows, .test = spec->test, .validation = spec->validation};
  size_t *rows, n = t->rows;
  ORR_TAKE(arena, s.part, t->rows, e);
  ORR_TAKE(arena, rows, t->rows, e);
  for (size_t i = 0; i < n; i++) rows[i] = i;
  if (spec->test_rows) {
    ORR_TRY(mark_named(&s, t, spec, rows, &n, arena, e));
    s.test = 0;
  }
  ORR_TRY(deal_by(&s, t, spec, rows, n, arena, out, e));
  if (s.absent)
    out->how = orr_arena_printf(arena, "test rows as named (%zu were filtered out), the rest %s", s.absent,
                                out->how);
  else if (spec->test_rows) out->how = orr_arena_printf(arena, "test rows as named, the rest %s", out->how);
  if (!out->how) return orr_fail_memory(e, "a name", 0);
  for (orr_part p = ORR_PART_ALL; p <= ORR_PART_TEST; p++) ORR_TRY(gather(&s, p, arena, &out->part[p], e));
  s.test = spec->test;
  return check_parts(out, &s, spec->test_rows != NULL, e);
}

orr_status orr_folds_make(const int32_t *label, size_t n, size_t k, uint64_t seed, orr_arena *arena,
                          uint8_t **fold, orr_error *e) {
  size_t *order, next = 0;
  int32_t most = 0;
  ORR_TAKE(arena, *fold, n, e);
  ORR_TAKE(arena, order, n, e);
  for (size_t i = 0; label && i < n; i++) most = label[i] > most ? label[i] : most;
  for (int32_t c = 0; c <= most; c++) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
      if (!label || label[i] == c) order[found++] = i;
    orr_random r = orr_random_stream(seed, (uint64_t)c, ORR_FOR_FOLDS);
    orr_random_shuffle(&r, order, found);
    for (size_t i = 0; i < found; i++) (*fold)[order[i]] = (uint8_t)(next++ % k);
  }
  return ORR_OK;
}
