/* Tables: missing cells stay missing through every change, rows remember where
 * they came from, what is shared is freed once, and the hash tells tables apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/table.h"

static orr_column *column(const char *name, orr_type type, size_t rows) {
  orr_column *c;
  assert_int_equal(orr_column_new(name, type, rows, &c, NULL), ORR_OK);
  return c;
}

static orr_column *numbers(const char *name, const double *x, size_t rows) {
  orr_column *c = column(name, ORR_FLOAT64, rows);
  memcpy(c->float64, x, rows * sizeof *x);
  return orr_column_seal(c), c;
}

static orr_column *words(const char *name, const char *const *text, size_t rows) {
  orr_column *c = column(name, ORR_TEXT, rows);
  for (size_t i = 0; i < rows; i++) {
    if (!text[i]) assert_int_equal(orr_column_set_missing(c, i, NULL), ORR_OK);
    else assert_int_equal(orr_map_add(&c->words, text[i], strlen(text[i]), &c->codes[i], NULL), ORR_OK);
  }
  return orr_column_seal(c), c;
}

static orr_table *table_of(orr_column **columns, size_t n) {
  orr_table *t;
  assert_int_equal(orr_table_new(columns, n, "memory", &t, NULL), ORR_OK);
  for (size_t i = 0; i < n; i++) orr_column_unref(columns[i]);
  return t;
}

/* mass: 1 ? 3 4; kind: b a ? b */
static orr_table *small(void) {
  orr_column *all[] = {numbers("mass", (double[]){1, NAN, 3, 4}, 4),
                       words("kind", (const char *[]){"b", "a", NULL, "b"}, 4)};
  return table_of(all, 2);
}

static void nan_is_missing_once_sealed(void **state) {
  (void)state;
  orr_column *c = numbers("x", (double[]){1, NAN, INFINITY}, 3);
  assert_int_equal(c->n_missing, 1);
  assert_true(orr_column_is_missing(c, 1) && !orr_column_is_missing(c, 2));
  assert_true(isnan(orr_column_number(c, 1)) && orr_column_number(c, 2) == INFINITY);
  orr_column_unref(c);
  c = column("y", ORR_FLOAT32, 2);
  c->float32[0] = NAN;
  orr_column_seal(c);
  assert_int_equal(c->n_missing, 1);
  orr_column_unref(c);
  c = numbers("none missing", (double[]){1}, 1);
  assert_null(c->missing);
  orr_column_unref(c);
}

/* Two columns with the same cells hash alike, whatever stood in a cell before it went missing. */
static void a_missing_cell_holds_nothing(void **state) {
  (void)state;
  orr_column *c = column("n", ORR_INT64, 2);
  c->int64[1] = 77;
  assert_int_equal(orr_column_set_missing(c, 1, NULL), ORR_OK);
  orr_column_seal(c);
  assert_int_equal(c->int64[1], 0);
  assert_int_equal(c->n_missing, 1);
  orr_column_unref(c);
}

static void check_text(const orr_column *c, size_t row, const char *wanted) {
  char buffer[64];
  assert_string_equal(orr_column_text(c, row, buffer, sizeof buffer), wanted);
}

static void cells_read_as_text_and_number(void **state) {
  (void)state;
  orr_column *c = numbers("x", (double[]){0.1, NAN}, 2);
  check_text(c, 0, "0.1");
  check_text(c, 1, "");
  orr_column_unref(c);
  c = column("f", ORR_FLOAT32, 1);
  c->float32[0] = 0.1f;
  check_text(c, 0, "0.1");
  assert_true(orr_column_number(c, 0) == (double)0.1f);
  orr_column_unref(c);
  c = column("i", ORR_INT64, 1);
  c->int64[0] = INT64_MIN;
  check_text(c, 0, "-9223372036854775808");
  orr_column_unref(c);
  c = column("b", ORR_BOOL, 2);
  c->bools[1] = 1;
  check_text(c, 0, "false");
  check_text(c, 1, "true");
  assert_true(orr_column_is_numeric(c));
  orr_column_unref(c);
}

static void times_are_written_as_in_iso_8601(void **state) {
  (void)state;
  static const struct {
    int64_t nanoseconds;
    const char *text;
  } rows[] = {{0, "1970-01-01T00:00:00Z"},
              {951827696000000000, "2000-02-29T12:34:56Z"},
              {-1, "1969-12-31T23:59:59.999999999Z"},
              {1500000000, "1970-01-01T00:00:01.500000000Z"},
              {INT64_MIN, "1677-09-21T00:12:43.145224192Z"}};
  orr_column *c = column("t", ORR_TIME, 5);
  for (size_t i = 0; i < 5; i++) c->int64[i] = rows[i].nanoseconds;
  for (size_t i = 0; i < 5; i++) check_text(c, i, rows[i].text);
  assert_true(orr_column_number(c, 3) == 1.5);
  orr_column_unref(c);
}

static void taken_rows_keep_words_marks_and_units(void **state) {
  (void)state;
  orr_table *t = small();
  orr_column *c;
  t->columns[1]->unit = orr_strdup("m");
  assert_int_equal(orr_column_take(t->columns[1], (size_t[]){3, 2, 2, 0, 1}, 5, &c, NULL), ORR_OK);
  assert_int_equal(c->n_missing, 2);
  assert_string_equal(c->unit, "m");
  static const char *const wanted[] = {"b", "", "", "b", "a"};
  for (size_t i = 0; i < 5; i++) check_text(c, i, wanted[i]);
  orr_column_unref(c);
  orr_table_unref(t);
}

static void rows_remember_the_input(void **state) {
  (void)state;
  orr_table *t = small(), *some, *fewer, *none;
  assert_int_equal(orr_table_input_row(t, 2), 2);
  assert_int_equal(orr_table_take(t, (size_t[]){3, 1, 0}, 3, &some, NULL), ORR_OK);
  assert_int_equal(orr_table_take(some, (size_t[]){2, 0}, 2, &fewer, NULL), ORR_OK);
  assert_int_equal(orr_table_input_row(fewer, 0), 0);
  assert_int_equal(orr_table_input_row(fewer, 1), 3);
  assert_true(orr_column_number(fewer->columns[0], 1) == 4);
  assert_int_equal(orr_table_take(fewer, NULL, 0, &none, NULL), ORR_OK);
  assert_true(none->rows == 0 && none->n_columns == 2);
  orr_table_unref(t);
  orr_table_unref(some);
  orr_table_unref(fewer);
  orr_table_unref(none);
}

static void a_column_is_added_or_replaced(void **state) {
  (void)state;
  orr_table *t = small(), *more, *other;
  orr_column *c = numbers("new", (double[]){1, 2, 3, 4}, 4),
             *mass = numbers("mass", (double[]){9, 9, 9, 9}, 4);
  assert_int_equal(orr_table_with_column(t, c, &more, NULL), ORR_OK);
  assert_int_equal(more->n_columns, 3);
  assert_ptr_equal(more->columns[0], t->columns[0]);
  assert_int_equal(orr_table_with_column(more, mass, &other, NULL), ORR_OK);
  assert_int_equal(other->n_columns, 3);
  assert_true(orr_column_number(other->columns[0], 1) == 9 && isnan(orr_column_number(t->columns[0], 1)));
  orr_column_unref(c);
  orr_column_unref(mass);
  orr_table_unref(t);
  orr_table_unref(more);
  orr_table_unref(other);
}

static void a_column_of_another_length_is_refused(void **state) {
  (void)state;
  orr_table *t = small(), *out;
  orr_column *c = numbers("new", (double[]){1}, 1);
  orr_error e;
  assert_int_equal(orr_table_with_column(t, c, &out, &e), ORR_SHAPE);
  assert_string_equal(e.message, "column 'new' has 1 rows, the table 4");
  orr_column_unref(c);
  orr_table_unref(t);
}

static void roles_follow_the_columns(void **state) {
  (void)state;
  orr_table *t = small(), *target, *some;
  orr_role role;
  assert_int_equal(orr_table_with_role(t, "kind", ORR_ROLE_TARGET, &target, NULL), ORR_OK);
  assert_int_equal(t->roles[1], ORR_ROLE_FEATURE);
  assert_int_equal(target->roles[1], ORR_ROLE_TARGET);
  assert_int_equal(orr_table_take(target, (size_t[]){0}, 1, &some, NULL), ORR_OK);
  assert_int_equal(some->roles[1], ORR_ROLE_TARGET);
  for (int r = ORR_ROLE_FEATURE; r <= ORR_ROLE_IGNORE; r++)
    assert_true(orr_role_from_name(orr_role_name((orr_role)r), &role) && role == (orr_role)r);
  assert_false(orr_role_from_name("boss", &role));
  orr_table_unref(t);
  orr_table_unref(target);
  orr_table_unref(some);
}

static void unknown_columns_get_a_hint(void **state) {
  (void)state;
  orr_table *t = small();
  orr_error e;
  size_t at;
  assert_int_equal(orr_table_find(t, "kind"), 1);
  assert_int_equal(orr_table_find(t, "Kind"), -1);
  assert_int_equal(orr_table_column(t, "kind", &at, &e), ORR_OK);
  assert_int_equal(at, 1);
  assert_int_equal(orr_table_column(t, "mas", &at, &e), ORR_DATA);
  assert_string_equal(e.message, "no column 'mas'; did you mean 'mass'?");
  assert_int_equal(orr_table_column(t, "temperature", &at, &e), ORR_DATA);
  assert_string_equal(e.message, "no column 'temperature'; the table has mass, kind");
  orr_table_unref(t);
}

static bool same(const orr_table *a, const orr_table *b) {
  orr_hash x = orr_table_hash(a), y = orr_table_hash(b);
  return x.high == y.high && x.low == y.low;
}

static void the_hash_sees_every_difference(void **state) {
  (void)state;
  orr_table *t = small(), *twin = small(), *role;
  assert_true(same(t, twin));
  twin->columns[0]->float64[0] = 1.0000000000000002;
  assert_false(same(t, twin));
  orr_table_unref(twin);
  twin = small();
  twin->columns[1]->missing[0] = 1;
  assert_false(same(t, twin));
  orr_table_unref(twin);
  orr_column *renamed[] = {numbers("mass2", (double[]){1, NAN, 3, 4}, 4),
                           words("kind", (const char *[]){"b", "a", NULL, "b"}, 4)};
  twin = table_of(renamed, 2);
  assert_false(same(t, twin));
  orr_table_unref(twin);
  orr_column *reworded[] = {numbers("mass", (double[]){1, NAN, 3, 4}, 4),
                            words("kind", (const char *[]){"b", "c", NULL, "b"}, 4)};
  twin = table_of(reworded, 2);
  assert_false(same(t, twin));
  orr_table_unref(twin);
  assert_int_equal(orr_table_with_role(t, "mass", ORR_ROLE_WEIGHT, &role, NULL), ORR_OK);
  assert_false(same(t, role));
  orr_table_unref(role);
  orr_table_unref(t);
}

static void shared_columns_outlive_their_tables(void **state) {
  (void)state;
  orr_table *t = small(), *ref = orr_table_ref(t);
  orr_column *c = orr_column_ref(t->columns[0]);
  orr_table_unref(t);
  assert_int_equal(ref->rows, 4);
  orr_table_unref(ref);
  assert_true(orr_column_number(c, 0) == 1);
  orr_column_unref(c);
  orr_table_unref(NULL);
  orr_column_unref(NULL);
}

static orr_status change(const orr_table *t, orr_error *e) {
  orr_table *some = NULL, *role = NULL;
  orr_status status;
  ORR_GO(orr_table_take(t, (size_t[]){3, 1, 2}, 3, &some, e));
  ORR_GO(orr_table_with_role(some, "kind", ORR_ROLE_GROUP, &role, e));
out:
  orr_table_unref(some);
  orr_table_unref(role);
  return status;
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  orr_table *t = small();
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 100; after++) {
    orr_memory_fail_after(after);
    status = change(t, NULL);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 10);
  orr_table_unref(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nan_is_missing_once_sealed),
      cmocka_unit_test(a_missing_cell_holds_nothing),
      cmocka_unit_test(cells_read_as_text_and_number),
      cmocka_unit_test(times_are_written_as_in_iso_8601),
      cmocka_unit_test(taken_rows_keep_words_marks_and_units),
      cmocka_unit_test(rows_remember_the_input),
      cmocka_unit_test(a_column_is_added_or_replaced),
      cmocka_unit_test(a_column_of_another_length_is_refused),
      cmocka_unit_test(roles_follow_the_columns),
      cmocka_unit_test(unknown_columns_get_a_hint),
      cmocka_unit_test(the_hash_sees_every_difference),
      cmocka_unit_test(shared_columns_outlive_their_tables),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
