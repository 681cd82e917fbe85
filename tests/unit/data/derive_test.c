/* Why: a model that learnt from derived columns is of use only where new rows get
 * the same columns; a column that training replaced must be replaced again. */
#include "table_from.h"

#include "data/derive.h"

static const char kept[] = "a,b\n1,10\n2,20\n";

static orr_table *derived(orr_arena *arena) {
  orr_table *t = table_from(kept), *one, *two;
  assert_int_equal(orr_derive(t, t, "sum", "a + b", NULL, arena, &one, NULL), ORR_OK);
  assert_int_equal(orr_derive(one, one, "a", "a * 100", NULL, arena, &two, NULL), ORR_OK);
  orr_table_unref(t);
  orr_table_unref(one);
  return two;
}

static double value(const orr_table *t, const char *column, size_t row) {
  int at = orr_table_find(t, column);
  assert_true(at >= 0);
  return orr_column_number(t->columns[at], row);
}

static void new_rows_get_the_same_columns(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_table *t = derived(&arena), *fresh = table_from("b,a\n7,3\n"), *made;
  assert_true(value(t, "sum", 1) == 22 && value(t, "a", 1) == 200);
  assert_int_equal(orr_derive_again(fresh, t->derivations, NULL, &arena, &made, NULL), ORR_OK);
  assert_true(value(made, "sum", 0) == 10 && value(made, "a", 0) == 300);
  orr_table_unref(t), orr_table_unref(fresh), orr_table_unref(made);
  orr_arena_fini(&arena);
}

/* A file that has the derived column is believed; a replaced one is replaced all the same. */
static void what_is_there_is_left_alone(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_table *t = derived(&arena), *fresh = table_from("a,sum\n3,-1\n"), *made;
  assert_int_equal(orr_derive_again(fresh, t->derivations, NULL, &arena, &made, NULL), ORR_OK);
  assert_true(value(made, "sum", 0) == -1 && value(made, "a", 0) == 300);
  orr_table_unref(t), orr_table_unref(fresh), orr_table_unref(made);
  orr_arena_fini(&arena);
}

static void what_cannot_be_derived_is_said(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_error e = {0};
  orr_table *t = derived(&arena), *fresh = table_from("a\n3\n"), *made = NULL;
  assert_int_equal(orr_derive_again(fresh, t->derivations, NULL, &arena, &made, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "column 'sum', which training derived as a + b"));
  static const char *const hostile[] = {
      "", "7", "[7]", "[{}]", "[{\"name\":1}]", "[{\"name\":\"x\",\"expression\":\"((\"}]"};
  for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
    orr_status status = orr_derive_again(fresh, hostile[i], NULL, &arena, &made, &e);
    assert_true(status == ORR_DATA || i == 1);
    if (!status) orr_table_unref(made);
  }
  orr_table_unref(t), orr_table_unref(fresh);
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_rows_get_the_same_columns),
      cmocka_unit_test(what_is_there_is_left_alone),
      cmocka_unit_test(what_cannot_be_derived_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
