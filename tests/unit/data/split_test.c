/* Splits: parts are disjoint and complete, classes keep their share to a row, groups
 * stay whole, time runs forward, and the seed decides the rest. */
#include "table_from.h"

#include <math.h>

#include "base/memory.h"
#include "data/split.h"

enum { ROWS = 1000 };

/* class: a 500, b 300, c 200, mixed; group: 40 of 25; when: a permutation of 0 … 999. */
static orr_table *big(void) {
  orr_text csv = {0};
  orr_text_add(&csv, "class,group,when,word\n");
  for (size_t i = 0; i < ROWS; i++) {
    size_t k = i * 7 % 10;
    orr_text_printf(&csv, "%s,g%zu,%zu,w%zu\n", k < 5 ? "a" : k < 8 ? "b" : "c", i % 40, i * 333 % ROWS, i);
  }
  orr_table *t = table_from(csv.data);
  orr_text_fini(&csv);
  return t;
}

typedef struct fixture {
  orr_table *table;
  orr_arena arena;
} fixture;

static fixture f;

static int set_up(void **state) {
  (void)state;
  f = (fixture){.table = big()};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  orr_table_unref(f.table);
  orr_arena_fini(&f.arena);
  return 0;
}

/* part[ROWS] of each row, after the laws every split keeps were checked. */
static const uint8_t *check_parts(const orr_split *s, size_t rows) {
  static uint8_t part[ROWS];
  memset(part, 0, sizeof part);
  assert_int_equal(s->part[ORR_PART_ALL].n, rows);
  size_t total = 0;
  for (orr_part p = ORR_PART_TRAIN; p <= ORR_PART_TEST; p++)
    for (size_t i = 0; i < s->part[p].n; i++, total++) {
      size_t row = s->part[p].index[i];
      assert_true(row < rows && !part[row]);
      assert_true(!i || s->part[p].index[i - 1] < row);
      part[row] = (uint8_t)p;
    }
  assert_int_equal(total, rows);
  return part;
}

static orr_split make(const orr_split_spec *spec) {
  orr_split s;
  orr_error e = {0};
  if (orr_split_make(f.table, spec, &f.arena, &s, &e)) fail_msg("%s", e.message);
  check_parts(&s, ROWS);
  return s;
}

static void shares_are_kept_at_random(void **state) {
  (void)state;
  orr_split s = make(&(orr_split_spec){.test = 0.2, .validation = 0.1, .seed = 1});
  assert_int_equal(s.part[ORR_PART_TEST].n, 200);
  assert_int_equal(s.part[ORR_PART_VALIDATION].n, 100);
  assert_string_equal(s.how, "at random");
  s = make(&(orr_split_spec){.seed = 1});
  assert_int_equal(s.part[ORR_PART_TRAIN].n, ROWS);
}

static void classes_keep_their_share_to_a_row(void **state) {
  (void)state;
  static const double shares[][2] = {{0.2, 0.2}, {0.137, 0.261}, {0.005, 0.004}, {0.5, 0.45}};
  static const size_t sizes[] = {500, 300, 200};
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
    orr_split s = make(
        &(orr_split_spec){.test = shares[i][0], .validation = shares[i][1], .stratify = "class", .seed = i});
    const uint8_t *part = check_parts(&s, ROWS);
    size_t count[3][4] = {{0}};
    for (size_t row = 0; row < ROWS; row++) {
      char buffer[8];
      count[*orr_column_text(f.table->columns[0], row, buffer, sizeof buffer) - 'a'][part[row]]++;
    }
    for (size_t k = 0; k < 3; k++) {
      assert_true(fabs((double)count[k][ORR_PART_TEST] - shares[i][0] * (double)sizes[k]) <= 0.5);
      assert_true(fabs((double)count[k][ORR_PART_VALIDATION] - shares[i][1] * (double)sizes[k]) <= 0.5);
    }
    assert_string_equal(s.how, "stratified by class");
  }
}

static void groups_stay_whole(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 20; seed++) {
    orr_split s = make(&(orr_split_spec){.test = 0.2, .validation = 0.2, .group = "group", .seed = seed});
    const uint8_t *part = check_parts(&s, ROWS);
    for (size_t row = 40; row < ROWS; row++) assert_int_equal(part[row], part[row - 40]);
    for (orr_part p = ORR_PART_VALIDATION; p <= ORR_PART_TEST; p++) assert_int_equal(s.part[p].n, 200);
  }
}

static void the_latest_rows_test(void **state) {
  (void)state;
  orr_split s = make(&(orr_split_spec){.test = 0.25, .validation = 0.15, .time = "when"});
  const uint8_t *part = check_parts(&s, ROWS);
  for (size_t row = 0; row < ROWS; row++) {
    int64_t when = f.table->columns[2]->int64[row];
    assert_int_equal(part[row], when >= 750   ? ORR_PART_TEST
                                : when >= 600 ? ORR_PART_VALIDATION
                                              : ORR_PART_TRAIN);
  }
}

static orr_status refuse(const orr_table *t, const orr_split_spec *spec, const char *message) {
  orr_split s;
  orr_error e = {0};
  orr_status status = orr_split_make(t, spec, &f.arena, &s, &e);
  if (!strstr(e.message, message)) fail_msg("'%s', not '%s'", e.message, message);
  return status;
}

static void time_must_be_there_and_have_an_order(void **state) {
  (void)state;
  orr_table *t = table_from("when,word\n1,x\n,y\n3,z\n4,z\n");
  assert_int_equal(
      refuse(t, &(orr_split_spec){.test = 0.5, .time = "when"}, "time column 'when' is missing in row 1"),
      ORR_DATA);
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.5, .time = "word"}, "time column 'word' is text"),
                   ORR_DATA);
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.5, .time = "whem"}, "did you mean 'when'"),
                   ORR_DATA);
  orr_table_unref(t);
}

static void named_rows_test_and_no_others(void **state) {
  (void)state;
  static const int64_t rows[] = {999, 0, 500};
  orr_split s = make(&(orr_split_spec){
      .test = 0.3, .validation = 0.1, .test_rows = rows, .n_test_rows = 3, .stratify = "class"});
  assert_int_equal(s.part[ORR_PART_TEST].n, 3);
  assert_memory_equal(s.part[ORR_PART_TEST].index, ((size_t[]){0, 500, 999}), 3 * sizeof(size_t));
  assert_true(fabs((double)s.part[ORR_PART_VALIDATION].n - 99.7) <= 1.5);
}

/* They are rows of the input, also after a filter. */
static void named_rows_are_rows_of_the_input(void **state) {
  (void)state;
  orr_table *some;
  orr_split s;
  assert_int_equal(orr_table_take(f.table, (size_t[]){10, 20, 30, 40}, 4, &some, NULL), ORR_OK);
  orr_split_spec spec = {.test_rows = (int64_t[]){30, 77, 10}, .n_test_rows = 3};
  assert_int_equal(orr_split_make(some, &spec, &f.arena, &s, NULL), ORR_OK);
  check_parts(&s, 4);
  assert_int_equal(s.part[ORR_PART_TEST].n, 2);
  assert_true(s.part[ORR_PART_TEST].index[0] == 0 && s.part[ORR_PART_TEST].index[1] == 2);
  assert_int_equal(refuse(some, &(orr_split_spec){.test_rows = (int64_t[]){1, 2}, .n_test_rows = 2},
                          "none of the 2 test_rows"),
                   ORR_DATA);
  assert_int_equal(refuse(some, &(orr_split_spec){.test_rows = (int64_t[]){10, 30, 10}, .n_test_rows = 3},
                          "names row 10 twice"),
                   ORR_DATA);
  orr_table_unref(some);
}

static void the_seed_decides_and_nothing_else(void **state) {
  (void)state;
  const orr_split_spec specs[] = {{.test = 0.2, .validation = 0.2, .seed = 5},
                                  {.test = 0.2, .validation = 0.2, .seed = 5, .stratify = "class"},
                                  {.test = 0.2, .validation = 0.2, .seed = 5, .group = "group"}};
  for (size_t i = 0; i < 3; i++) {
    orr_split_spec other = specs[i];
    other.seed = 6;
    orr_split a = make(&specs[i]), b = make(&specs[i]), c = make(&other);
    assert_memory_equal(a.part[ORR_PART_TEST].index, b.part[ORR_PART_TEST].index, 200 * sizeof(size_t));
    assert_memory_not_equal(a.part[ORR_PART_TEST].index, c.part[ORR_PART_TEST].index, 200 * sizeof(size_t));
  }
}

static void an_empty_part_that_was_asked_for_is_an_error(void **state) {
  (void)state;
  orr_table *t = table_from("x\n1\n2\n3\n");
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.1}, "the test part of 0.1 of 3 rows is empty"),
                   ORR_DATA);
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.4, .validation = 0.1},
                          "the validation part of 0.1 of 3 rows is empty"),
                   ORR_DATA);
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.9}, "no row is left to train on (3 rows in all)"),
                   ORR_DATA);
  assert_int_equal(refuse(t, &(orr_split_spec){.test = 0.4, .stratify = "y"}, "no column 'y'"), ORR_DATA);
  orr_table_unref(t);
}

/* A missing class is a class of its own, and a missing group a group. */
static void missing_values_are_values(void **state) {
  (void)state;
  orr_table *t = table_from("g,x\na,1\n,2\na,3\n,4\nb,5\n,6\n");
  for (uint64_t seed = 0; seed < 10; seed++) {
    orr_split s;
    orr_split_spec spec = {.test = 0.3, .group = "g", .seed = seed};
    assert_int_equal(orr_split_make(t, &spec, &f.arena, &s, NULL), ORR_OK);
    const uint8_t *part = check_parts(&s, 6);
    assert_true(part[1] == part[3] && part[3] == part[5]);
  }
  orr_table_unref(t);
}

static void folds_are_even_and_each_class_spread(void **state) {
  (void)state;
  int32_t label[103];
  uint8_t *fold, *other;
  for (size_t i = 0; i < 103; i++) label[i] = i % 10 == 0 ? 2 : i % 3 == 0;
  assert_int_equal(orr_folds_make(label, 103, 5, 1, &f.arena, &fold, NULL), ORR_OK);
  size_t all[5] = {0}, count[3][5] = {{0}};
  for (size_t i = 0; i < 103; i++) all[fold[i]]++, count[label[i]][fold[i]]++;
  for (size_t k = 0; k < 5; k++) {
    assert_true(all[k] == 20 || all[k] == 21);
    for (size_t c = 0; c < 3; c++)
      for (size_t j = 0; j < 5; j++)
        assert_true(count[c][j] + 1 >= count[c][k] && count[c][k] + 1 >= count[c][j]);
  }
  assert_int_equal(orr_folds_make(label, 103, 5, 2, &f.arena, &other, NULL), ORR_OK);
  assert_memory_not_equal(fold, other, 103);
  assert_int_equal(orr_folds_make(NULL, 7, 3, 1, &f.arena, &fold, NULL), ORR_OK);
  size_t plain[3] = {0};
  for (size_t i = 0; i < 7; i++) plain[fold[i]]++;
  assert_true(plain[0] == 3 && plain[1] == 2 && plain[2] == 2);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  const orr_split_spec specs[] = {{.test = 0.2, .stratify = "class"},
                                  {.test = 0.2, .group = "group"},
                                  {.test = 0.2, .time = "when"},
                                  {.test_rows = (int64_t[]){5}, .n_test_rows = 1}};
  for (size_t i = 0; i < 4; i++) {
    orr_status status = ORR_MEMORY;
    long after = 0;
    for (; status && after < 1000; after++) {
      orr_arena arena = {0};
      orr_split s;
      orr_error e = {0};
      orr_memory_fail_after(after);
      status = orr_split_make(f.table, &specs[i], &arena, &s, &e);
      orr_memory_fail_after(-1);
      if (status) assert_int_equal(status, ORR_MEMORY);
      assert_int_equal(e.status, status);
      orr_arena_fini(&arena);
    }
    assert_int_equal(status, ORR_OK);
    assert_true(after > 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_are_kept_at_random),
      cmocka_unit_test(classes_keep_their_share_to_a_row),
      cmocka_unit_test(groups_stay_whole),
      cmocka_unit_test(the_latest_rows_test),
      cmocka_unit_test(time_must_be_there_and_have_an_order),
      cmocka_unit_test(named_rows_test_and_no_others),
      cmocka_unit_test(named_rows_are_rows_of_the_input),
      cmocka_unit_test(the_seed_decides_and_nothing_else),
      cmocka_unit_test(an_empty_part_that_was_asked_for_is_an_error),
      cmocka_unit_test(missing_values_are_values),
      cmocka_unit_test(folds_are_even_and_each_class_spread),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("split", tests, set_up, tear_down);
}
