/* A table from CSV text, for tests that need rows and not their reading. */
#ifndef ORR_TESTS_DATA_TABLE_FROM_H
#define ORR_TESTS_DATA_TABLE_FROM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "data/csv.h"

static inline orr_table *table_from(const char *csv) {
  orr_csv_reading r;
  orr_error e = {0};
  if (orr_csv_parse(csv, strlen(csv), "memory", NULL, NULL, &r, &e)) fail_msg("%s", e.message);
  orr_table *t = r.table;
  r.table = NULL;
  orr_csv_reading_fini(&r);
  return t;
}

/* Rows 0 … n-1, in `arena`. */
static inline size_t *rows_to(size_t n, orr_arena *arena) {
  size_t *rows = NULL;
  assert_int_equal(orr_arena_take(arena, n, sizeof *rows, (void **)&rows, NULL), ORR_OK);
  for (size_t i = 0; i < n; i++) rows[i] = i;
  return rows;
}

#endif
