/* Objects: a reference outlives no object, a wrong kind is named, and what is dropped is
 * freed while what shares it lives on. */
#include "tests/unit/data/table_from.h"

#include "base/memory.h"
#include "session/object.h"

static const orr_hash no_key;

static orr_ref add(orr_objects *all, orr_object_kind kind, void *any, const char *slot) {
  orr_ref ref;
  assert_int_equal(orr_objects_add(all, kind, any, slot, no_key, &ref, NULL), ORR_OK);
  return ref;
}

static orr_split_object *split_of(orr_table *t) {
  orr_split_object *made = orr_calloc(1, sizeof *made);
  made->table = orr_table_ref(t);
  orr_split_spec spec = {.test = 0.25, .validation = 0.25};
  assert_int_equal(orr_split_make(t, &spec, &made->arena, &made->split, NULL), ORR_OK);
  return made;
}

static void references_find_their_object(void **state) {
  (void)state;
  orr_objects all = {0};
  orr_object *o;
  orr_table *t = table_from("x\n1\n2\n3\n4\n");
  orr_ref first = add(&all, ORR_TABLE, t, "data1"), second = add(&all, ORR_SPLIT, split_of(t), "split1");
  assert_true(first.id > 0 && second.id != first.id);
  assert_int_equal(orr_objects_get(&all, first, ORR_TABLE, &o, NULL), ORR_OK);
  assert_ptr_equal(o->table, t);
  assert_string_equal(orr_objects_peek(&all, second)->slot, "split1");
  assert_null(orr_objects_peek(&all, (orr_ref){0}));
  assert_null(orr_objects_peek(&all, (orr_ref){.id = 77, .generation = 1}));
  orr_objects_fini(&all);
}

static void a_wrong_kind_is_named(void **state) {
  (void)state;
  orr_objects all = {0};
  orr_object *o;
  orr_error e;
  orr_ref ref = add(&all, ORR_TABLE, table_from("x\n1\n"), "filter2");
  assert_int_equal(orr_objects_get(&all, ref, ORR_FIT, &o, &e), ORR_RECIPE);
  assert_string_equal(e.message, "s.filter2 is a table where a fit is needed");
  orr_objects_fini(&all);
}

static void a_dropped_object_is_an_error_forever(void **state) {
  (void)state;
  orr_objects all = {0};
  orr_object *o;
  orr_error e;
  orr_table *t = table_from("x\n1\n2\n3\n4\n");
  orr_ref table = add(&all, ORR_TABLE, t, "data1"), split = add(&all, ORR_SPLIT, split_of(t), "split1");
  assert_int_equal(orr_objects_drop(&all, table, &e), ORR_OK);
  assert_null(orr_objects_peek(&all, table));
  assert_int_equal(orr_objects_get(&all, table, ORR_TABLE, &o, &e), ORR_RECIPE);
  assert_string_equal(e.message, "that object was dropped; make it again");
  assert_int_equal(orr_objects_drop(&all, table, &e), ORR_RECIPE);
  orr_ref next = add(&all, ORR_TABLE, table_from("x\n9\n"), "data2"),
          forged = {.id = table.id, .generation = 2};
  assert_true(next.id != table.id || next.generation != table.generation);
  assert_null(orr_objects_peek(&all, table));
  assert_null(orr_objects_peek(&all, forged));
  assert_int_equal(orr_objects_peek(&all, split)->split->table->rows,
                   4); /* the split keeps the table alive */
  orr_objects_fini(&all);
}

static void parts_are_rows_of_their_table(void **state) {
  (void)state;
  orr_objects all = {0};
  orr_arena arena = {0};
  orr_table *t = table_from("x\n1\n2\n3\n4\n"), *found;
  orr_rows rows;
  orr_error e;
  orr_ref table = add(&all, ORR_TABLE, t, "data1"), split = add(&all, ORR_SPLIT, split_of(t), "split1");
  assert_int_equal(orr_objects_rows(&all, table, &arena, &found, &rows, NULL), ORR_OK);
  assert_true(found == t && rows.n == 4 && rows.index[3] == 3);
  split.part = ORR_PART_TEST;
  assert_int_equal(orr_objects_rows(&all, split, &arena, &found, &rows, NULL), ORR_OK);
  assert_true(found == t && rows.n == 1);
  split.part = ORR_PART_ALL;
  assert_int_equal(orr_objects_rows(&all, split, &arena, &found, &rows, NULL), ORR_OK);
  assert_int_equal(rows.n, 4);
  orr_ref evaluation = add(&all, ORR_EVALUATION, orr_calloc(1, sizeof(orr_evaluation_object)), "evaluate1");
  assert_int_equal(orr_objects_rows(&all, evaluation, &arena, &found, &rows, &e), ORR_RECIPE);
  assert_string_equal(e.message, "s.evaluate1 is an evaluation where a split is needed");
  orr_arena_fini(&arena);
  orr_objects_fini(&all);
}

/* Many objects, so that the list moves in memory. */
static void references_survive_growth(void **state) {
  (void)state;
  orr_objects all = {0};
  orr_ref refs[200];
  for (size_t i = 0; i < 200; i++)
    refs[i] = add(&all, ORR_TABLE, table_from("x\n1\n"), i % 2 ? "odd" : "even");
  for (size_t i = 0; i < 200; i += 3) assert_int_equal(orr_objects_drop(&all, refs[i], NULL), ORR_OK);
  for (size_t i = 0; i < 200; i++) {
    const orr_object *o = orr_objects_peek(&all, refs[i]);
    assert_true((o == NULL) == (i % 3 == 0));
    if (o) assert_string_equal(o->slot, i % 2 ? "odd" : "even");
  }
  orr_objects_fini(&all);
}

/* What is handed over is freed also when there is no room for it. */
static void a_failed_add_frees_what_it_was_given(void **state) {
  (void)state;
  orr_status status = ORR_MEMORY;
  for (long after = 0; status && after < 10; after++) {
    orr_objects all = {0};
    orr_ref ref;
    orr_table *t = table_from("x\n1\n2\n3\n4\n");
    orr_split_object *split = split_of(t);
    orr_table_unref(t);
    orr_memory_fail_after(after);
    status = orr_objects_add(&all, ORR_SPLIT, split, "split1", no_key, &ref, NULL);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    orr_objects_fini(&all);
  }
  assert_int_equal(status, ORR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(references_find_their_object),
      cmocka_unit_test(a_wrong_kind_is_named),
      cmocka_unit_test(a_dropped_object_is_an_error_forever),
      cmocka_unit_test(parts_are_rows_of_their_table),
      cmocka_unit_test(references_survive_growth),
      cmocka_unit_test(a_failed_add_frees_what_it_was_given),
  };
  return cmocka_run_group_tests_name("object", tests, NULL, NULL);
}
