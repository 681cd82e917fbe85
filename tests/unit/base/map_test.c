/* Maps: keys keep the order of first sight through all growth, and a failed
 * allocation leaves the map as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"

static int32_t add(orr_map *m, const char *key) {
  int32_t index = -2;
  assert_int_equal(orr_map_add(m, key, strlen(key), &index, NULL), ORR_OK);
  return index;
}

static void keys_are_numbered_as_they_come(void **state) {
  (void)state;
  orr_map m = {0};
  assert_int_equal(orr_map_find(&m, "a", 1), ORR_MAP_NONE);
  assert_int_equal(add(&m, "b"), 0);
  assert_int_equal(add(&m, "a"), 1);
  assert_int_equal(add(&m, "b"), 0);
  assert_int_equal(add(&m, ""), 2);
  assert_int_equal(m.count, 3);
  assert_string_equal(orr_map_key(&m, 1), "a");
  assert_int_equal(orr_map_find(&m, "", 0), 2);
  assert_int_equal(orr_map_find(&m, "c", 1), ORR_MAP_NONE);
  orr_map_fini(&m);
}

static void many_keys_are_all_found(void **state) {
  (void)state;
  enum { N = 100000 };
  orr_map m = {0};
  char key[16];
  for (int i = 0; i < N; i++) {
    snprintf(key, sizeof key, "k%d", i);
    assert_int_equal(add(&m, key), i);
  }
  for (int i = 0; i < N; i++) {
    int n = snprintf(key, sizeof key, "k%d", i);
    assert_int_equal(orr_map_find(&m, key, (size_t)n), i);
    assert_string_equal(orr_map_key(&m, (size_t)i), key);
  }
  assert_int_equal(orr_map_find(&m, "k", 1), ORR_MAP_NONE);
  assert_int_equal(orr_map_find(&m, "k100000", 7), ORR_MAP_NONE);
  orr_map_fini(&m);
}

static void prefixes_are_other_keys(void **state) {
  (void)state;
  orr_map m = {0};
  assert_int_equal(add(&m, "abc"), 0);
  assert_int_equal(add(&m, "ab"), 1);
  assert_int_equal(orr_map_find(&m, "abcd", 3), 0);
  assert_int_equal(orr_map_find(&m, "abcd", 4), ORR_MAP_NONE);
  orr_map_fini(&m);
}

static void keys_end_at_a_nul(void **state) {
  (void)state;
  orr_map m = {0};
  int32_t index;
  assert_int_equal(orr_map_add(&m, "ab\0cd", 5, &index, NULL), ORR_OK);
  assert_int_equal(add(&m, "ab"), index);
  assert_int_equal(orr_map_find(&m, "ab\0xy", 5), index);
  orr_map_fini(&m);
}

static void a_failed_addition_changes_nothing(void **state) {
  (void)state;
  orr_map m = {0};
  char key[80];
  int failures = 0;
  for (int i = 0; i < 200; i++) {
    snprintf(key, sizeof key, "%070d", i);
    orr_status status = ORR_MEMORY;
    for (long after = 0; status; after++) {
      int32_t index;
      orr_memory_fail_after(after);
      status = orr_map_add(&m, key, strlen(key), &index, NULL);
      orr_memory_fail_after(-1);
      failures += status != ORR_OK;
      assert_int_equal(m.count, status ? i : i + 1);
    }
  }
  for (int i = 0; i < 200; i++) {
    snprintf(key, sizeof key, "%070d", i);
    assert_int_equal(orr_map_find(&m, key, strlen(key)), i);
  }
  assert_true(failures > 8);
  orr_map_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_are_numbered_as_they_come),    cmocka_unit_test(many_keys_are_all_found),
      cmocka_unit_test(prefixes_are_other_keys),           cmocka_unit_test(keys_end_at_a_nul),
      cmocka_unit_test(a_failed_addition_changes_nothing),
  };
  return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
