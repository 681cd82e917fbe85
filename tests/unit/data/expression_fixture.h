/* The small table the tests of expressions work on:
 * Rows:      0        1      2        3       4
 *   x        1        2      -3       ?       0.5      [mJy]
 *   y        4        0      2        1       ?        [s]
 *   n        1        2      3        4       5
 *   name     good     bad    good     ?       it's
 *   flag     true     false  ?        true    false
 *   when     0 s, 1.5 s, 3 s, ...; and two columns of odd names
 */
#ifndef ORR_TEST_EXPRESSION_FIXTURE_H
#define ORR_TEST_EXPRESSION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/expression.h"

enum { ROWS = 5 };

typedef struct fixture {
  orr_arena arena;
  orr_table *table;
} fixture;

static orr_column *column(const char *name, orr_type type, const char *unit, size_t rows) {
  orr_column *c;
  assert_int_equal(orr_column_new(name, type, rows, &c, NULL), ORR_OK);
  if (unit) c->unit = orr_strdup(unit);
  return c;
}

static orr_column *numbers(const char *name, const char *unit, const double *x) {
  orr_column *c = column(name, ORR_FLOAT64, unit, ROWS);
  memcpy(c->float64, x, ROWS * sizeof *x);
  return orr_column_seal(c), c;
}

static orr_column *words(const char *name, const char *const *text) {
  orr_column *c = column(name, ORR_TEXT, NULL, ROWS);
  for (size_t i = 0; i < ROWS; i++) {
    if (text[i])
      assert_int_equal(orr_map_add(&c->words, text[i], strlen(text[i]), &c->codes[i], NULL), ORR_OK);
    else orr_column_set_missing(c, i, NULL);
  }
  return orr_column_seal(c), c;
}

static orr_column *integers(const char *name) {
  orr_column *c = column(name, ORR_INT64, NULL, ROWS);
  for (size_t i = 0; i < ROWS; i++) c->int64[i] = (int64_t)i + 1;
  return orr_column_seal(c), c;
}

static orr_column *flags(const char *name) {
  orr_column *c = column(name, ORR_BOOL, NULL, ROWS);
  memcpy(c->bools, (uint8_t[]){1, 0, 0, 1, 0}, ROWS);
  orr_column_set_missing(c, 2, NULL);
  return orr_column_seal(c), c;
}

static orr_column *times(const char *name) {
  orr_column *c = column(name, ORR_TIME, NULL, ROWS);
  for (size_t i = 0; i < ROWS; i++) c->int64[i] = (int64_t)i * 1500000000;
  return orr_column_seal(c), c;
}

static int set_up(void **state) {
  fixture *f = orr_calloc(1, sizeof *f);
  orr_column *all[] = {
      numbers("x", "mJy", (double[]){1, 2, -3, NAN, 0.5}),
      numbers("y", "s", (double[]){4, 0, 2, 1, NAN}),
      integers("n"),
      words("name", (const char *[]){"good", "bad", "good", NULL, "it's"}),
      flags("flag"),
      times("when"),
      numbers("odd `na me", NULL, (double[]){7, 7, 7, 7, 7}),
      numbers("größe.2", NULL, (double[]){1, 1, 1, 1, 1}),
  };
  size_t n_all = sizeof all / sizeof *all;
  assert_int_equal(orr_table_new(all, n_all, "test", &f->table, NULL), ORR_OK);
  for (size_t i = 0; i < n_all; i++) orr_column_unref(all[i]);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  orr_table_unref(f->table);
  orr_arena_fini(&f->arena);
  orr_free(f);
  return 0;
}

#endif
