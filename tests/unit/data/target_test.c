/* Targets: classes in a stable order, labels by their text, rows without a target left out. */
#include "table_from.h"

#include "data/target.h"

static orr_status find(const char *csv, orr_arena *arena, orr_classes *out, orr_error *e) {
  orr_table *t = table_from(csv);
  orr_status status = orr_classes_find(t, 0, rows_to(t->rows, arena), t->rows, arena, out, e);
  orr_table_unref(t);
  return status;
}

static void check_order(const char *csv, size_t n, const char *const *wanted) {
  orr_arena arena = {0};
  orr_classes c;
  assert_int_equal(find(csv, &arena, &c, NULL), ORR_OK);
  assert_int_equal(c.count, n);
  for (size_t i = 0; i < n; i++) assert_string_equal(c.names[i], wanted[i]);
  orr_arena_fini(&arena);
}

static void classes_ascend_by_number_or_by_byte(void **state) {
  (void)state;
  check_order("y\n10\n9\n-1\n\n10\n", 3, (const char *[]){"-1", "9", "10"});
  check_order("y\nb\na\nB\n", 3, (const char *[]){"B", "a", "b"});
  check_order("y\ntrue\nfalse\n", 2, (const char *[]){"false", "true"});
  check_order("y\n2.5\n10\n1e2\n", 3, (const char *[]){"2.5", "10", "100"});
  check_order("y\n007\n8\n0\n", 3, (const char *[]){"0", "007", "8"});
}

/* Numbers beside words are words: any order of rows gives the same classes. */
static void mixed_classes_do_not_depend_on_the_order_of_rows(void **state) {
  (void)state;
  static const char *const wanted[] = {"1e1", "5x", "9", "nan-ish"};
  check_order("y\n9\n1e1\n5x\nnan-ish\n", 4, wanted);
  check_order("y\n5x\n9\nnan-ish\n1e1\n", 4, wanted);
  check_order("y\n1e1\nnan-ish\n5x\n9\n", 4, wanted);
}

static void too_few_and_too_many_are_refused(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_classes c;
  orr_error e;
  orr_text many = {0};
  assert_int_equal(find("y\n\"\"\n\"\"\n", &arena, &c, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "target 'y' has no value in any training row"));
  assert_int_equal(find("y\na\na\nNA\n", &arena, &c, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "one class only ('a')"));
  orr_text_add(&many, "y\n");
  for (int i = 0; i < ORR_MOST_CLASSES; i++) orr_text_printf(&many, "c%d\n", i);
  assert_int_equal(find(many.data, &arena, &c, &e), ORR_OK);
  assert_int_equal(c.count, ORR_MOST_CLASSES);
  orr_text_add(&many, "one more\n");
  assert_int_equal(find(many.data, &arena, &c, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "more than 256 distinct values"));
  orr_text_fini(&many);
  orr_arena_fini(&arena);
}

/* Only the rows that are given count. */
static void classes_come_from_the_given_rows(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_classes c;
  orr_table *t = table_from("y\na\nb\nc\n");
  assert_int_equal(orr_classes_find(t, 0, (size_t[]){2, 0}, 2, &arena, &c, NULL), ORR_OK);
  assert_int_equal(c.count, 2);
  assert_string_equal(c.names[1], "c");
  orr_table_unref(t);
  orr_arena_fini(&arena);
}

static void labels_are_known_by_text_across_types(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_classes c;
  int32_t *label;
  assert_int_equal(find("y\n1\n0\n2\n", &arena, &c, NULL), ORR_OK);
  orr_table *t = table_from("x,y\n1,2\n1,word\n1,NA\n1,0\n1,1.0\n1,1\n");
  assert_int_equal(orr_classes_label(&c, t, 1, rows_to(6, &arena), 6, &arena, &label, NULL), ORR_OK);
  static const int32_t wanted[] = {2, ORR_NO_LABEL, ORR_NO_LABEL, 0, ORR_NO_LABEL, 1};
  assert_memory_equal(label, wanted, sizeof wanted);
  orr_table_unref(t);
  orr_arena_fini(&arena);
}

static void rows_without_target_or_weight_are_left_out(void **state) {
  (void)state;
  orr_arena arena = {0};
  size_t *kept, n;
  orr_table *t = table_from("y,w\n1,1\n,1\n3,\n4,-2\n5,inf\n");
  assert_int_equal(orr_target_rows(t, 0, -1, rows_to(5, &arena), 5, &arena, &kept, &n, NULL), ORR_OK);
  assert_int_equal(n, 4);
  assert_int_equal(orr_target_rows(t, 0, 1, rows_to(5, &arena), 5, &arena, &kept, &n, NULL), ORR_OK);
  assert_int_equal(n, 2);
  assert_true(kept[0] == 0 && kept[1] == 3);
  orr_table_unref(t);
  orr_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(classes_ascend_by_number_or_by_byte),
      cmocka_unit_test(mixed_classes_do_not_depend_on_the_order_of_rows),
      cmocka_unit_test(too_few_and_too_many_are_refused),
      cmocka_unit_test(classes_come_from_the_given_rows),
      cmocka_unit_test(labels_are_known_by_text_across_types),
      cmocka_unit_test(rows_without_target_or_weight_are_left_out),
  };
  return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
