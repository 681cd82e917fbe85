/* Why: roles and units are said once and must hold for every table made from this one,
 * without touching the table others may share. */
#include "table_from.h"

#include "base/memory.h"

static const char csv[] = "mass,kind,site\n1.5,a,n\n,b,s\n3,a,n\n";

static void a_role_is_found_again(void **state) {
  (void)state;
  orr_table *t = table_from(csv), *made;
  assert_null(orr_table_with(t, ORR_ROLE_TARGET));
  assert_int_equal(orr_table_with_role(t, "kind", ORR_ROLE_TARGET, &made, NULL), ORR_OK);
  assert_string_equal(orr_table_with(made, ORR_ROLE_TARGET), "kind");
  assert_null(orr_table_with(t, ORR_ROLE_TARGET));
  orr_table_unref(t), orr_table_unref(made);
}

static void a_unit_stays_with_its_column(void **state) {
  (void)state;
  orr_table *t = table_from(csv), *made, *fewer;
  assert_int_equal(orr_table_with_unit(t, "mass", "kg", &made, NULL), ORR_OK);
  assert_null(t->columns[0]->unit);
  assert_string_equal(made->columns[0]->unit, "kg");
  assert_int_equal(made->columns[0]->n_missing, 1);
  assert_int_equal(orr_table_take(made, (size_t[]){2}, 1, &fewer, NULL), ORR_OK);
  assert_string_equal(fewer->columns[0]->unit, "kg");
  assert_true(fewer->columns[0]->float64[0] == 3);
  orr_error e;
  orr_table *none = NULL;
  assert_int_equal(orr_table_with_unit(t, "mas", "kg", &none, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "did you mean 'mass'"));
  orr_table_unref(t), orr_table_unref(made), orr_table_unref(fewer);
}

static void memory_may_run_out(void **state) {
  (void)state;
  orr_table *t = table_from(csv), *made = NULL;
  orr_status status = ORR_MEMORY;
  for (long after = 0; status == ORR_MEMORY; after++) {
    orr_memory_fail_after(after);
    status = orr_table_with_unit(t, "mass", "kg", &made, NULL);
    orr_memory_fail_after(-1);
  }
  assert_int_equal(status, ORR_OK);
  orr_table_unref(t), orr_table_unref(made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_role_is_found_again),
      cmocka_unit_test(a_unit_stays_with_its_column),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
