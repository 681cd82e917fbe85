/* Memory: zeroed, checked for overflow, made to fail on demand; arenas hand
 * out aligned zeroed blocks and survive any allocation failing; vectors grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/vector.h"

static void memory_comes_zeroed_and_counted(void **state) {
  (void)state;
  unsigned char *p = orr_calloc(100, 3);
  for (size_t i = 0; i < 300; i++) assert_int_equal(p[i], 0);
  orr_free(p);
  orr_free(NULL);
  p = orr_calloc(0, 8);
  assert_non_null(p);
  orr_free(p);
}

static void what_is_held_is_known(void **state) {
  (void)state;
  orr_memory_forget_peak();
  size_t before = orr_memory_held();
  assert_int_equal(orr_memory_peak(), before);
  char *a = orr_calloc(1000, 1), *b = orr_realloc(NULL, 500, 1);
  assert_true(orr_memory_held() >= before + 1500 && orr_memory_held() < before + 1700);
  a = orr_realloc(a, 10000, 1);
  assert_true(orr_memory_held() >= before + 10500 && orr_memory_held() < before + 10700);
  size_t most = orr_memory_peak();
  assert_true(most >= before + 10500);
  orr_free(a);
  orr_free(b);
  orr_free(NULL);
  assert_int_equal(orr_memory_held(), before);
  assert_int_equal(orr_memory_peak(), most);
  orr_memory_forget_peak();
  assert_int_equal(orr_memory_peak(), before);
}

static void sizes_that_overflow_are_refused(void **state) {
  (void)state;
  size_t product;
  assert_null(orr_calloc(SIZE_MAX / 2, 3));
  assert_null(orr_calloc(SIZE_MAX, 1));
  assert_null(orr_realloc(NULL, SIZE_MAX / 4, 8));
  assert_false(orr_multiply(SIZE_MAX, 2, &product));
  assert_true(orr_multiply(6, 7, &product));
  assert_int_equal(product, 42);
}

static void a_failed_growth_keeps_the_old_block(void **state) {
  (void)state;
  char *p = orr_strdup("kept");
  orr_memory_fail_after(0);
  assert_null(orr_realloc(p, 1000, 1));
  orr_memory_fail_after(-1);
  assert_string_equal(p, "kept");
  p = orr_realloc(p, 1000, 1);
  assert_string_equal(p, "kept");
  orr_free(p);
}

static void allocations_fail_from_the_wanted_one_on(void **state) {
  (void)state;
  void *all[4];
  orr_memory_fail_after(2);
  for (size_t i = 0; i < 4; i++) all[i] = orr_calloc(1, 1);
  assert_null(orr_strdup("x"));
  orr_memory_fail_after(-1);
  assert_true(all[0] && all[1] && !all[2] && !all[3]);
  orr_free(all[0]);
  orr_free(all[1]);
}

static void text_is_copied_with_its_end(void **state) {
  (void)state;
  char *s = orr_strndup("abcdef", 3);
  assert_string_equal(s, "abc");
  orr_free(s);
}

static void take(orr_arena *a, size_t bytes, void **out) {
  assert_int_equal(orr_arena_take(a, bytes, 1, out, NULL), ORR_OK);
}

static void arena_blocks_are_aligned_zeroed_and_apart(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 0, 63, 64, 65, 4000, 200000, 7, 65536, 65537, 1};
  enum { N = sizeof sizes / sizeof *sizes };
  orr_arena a = {0};
  unsigned char *blocks[N];
  for (size_t i = 0; i < N; i++) {
    take(&a, sizes[i], (void **)&blocks[i]);
    assert_int_equal((uintptr_t)blocks[i] % 64, 0);
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(blocks[i][k], 0);
    memset(blocks[i], (int)i + 1, sizes[i]);
  }
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(blocks[i][k], i + 1);
  orr_arena_fini(&a);
  orr_arena_fini(&a);
}

static void a_large_block_leaves_the_small_ones_their_room(void **state) {
  (void)state;
  orr_arena a = {0};
  char *first, *large, *second;
  take(&a, 64, (void **)&first);
  take(&a, 1000000, (void **)&large);
  take(&a, 64, (void **)&second);
  assert_ptr_equal(second, first + 64);
  orr_arena_fini(&a);
}

static void arenas_refuse_what_cannot_be(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_error e;
  void *out;
  assert_int_equal(orr_arena_take(&a, SIZE_MAX / 4, 8, &out, &e), ORR_MEMORY);
  assert_null(out);
  assert_non_null(strstr(e.message, "out of memory"));
  orr_arena_fini(&a);
}

static void arenas_copy_text(void **state) {
  (void)state;
  orr_arena a = {0};
  assert_string_equal(orr_arena_strdup(&a, "abc"), "abc");
  assert_string_equal(orr_arena_strndup(&a, "abc", 2), "ab");
  assert_string_equal(orr_arena_printf(&a, "%d-%s", 7, "x"), "7-x");
  assert_string_equal(orr_arena_printf(&a, "%070000d", 0) + 69999, "0");
  orr_arena_fini(&a);
}

static orr_status build(orr_arena *a, orr_error *e) {
  char *small, *large;
  ORR_TAKE(a, small, 10, e);
  ORR_TAKE(a, large, 100000, e);
  return orr_arena_strdup(a, "x") ? ORR_OK : orr_fail_memory(e, "x", 1);
}

static void any_allocation_of_an_arena_may_fail(void **state) {
  (void)state;
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status; after++) {
    orr_arena a = {0};
    orr_memory_fail_after(after);
    status = build(&a, NULL);
    orr_memory_fail_after(-1);
    orr_arena_fini(&a);
  }
  assert_int_equal(after, 3);
}

typedef ORR_VECTOR(int) integers;

static orr_status push(integers *v, int i, orr_error *e) {
  ORR_PUSH(v, i, e);
  return ORR_OK;
}

static void vectors_grow_and_fail_cleanly(void **state) {
  (void)state;
  integers v = {0};
  for (int i = 0; i < 1000; i++) assert_int_equal(push(&v, i, NULL), ORR_OK);
  for (int i = 0; i < 1000; i++) assert_int_equal(v.items[i], i);
  orr_memory_fail_after(0);
  orr_status status = ORR_OK;
  while (!status) status = push(&v, 7, NULL);
  orr_memory_fail_after(-1);
  assert_int_equal(status, ORR_MEMORY);
  assert_int_equal(v.count, v.capacity);
  assert_int_equal(v.items[999], 999);
  orr_free(v.items);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_comes_zeroed_and_counted),
      cmocka_unit_test(what_is_held_is_known),
      cmocka_unit_test(sizes_that_overflow_are_refused),
      cmocka_unit_test(a_failed_growth_keeps_the_old_block),
      cmocka_unit_test(allocations_fail_from_the_wanted_one_on),
      cmocka_unit_test(text_is_copied_with_its_end),
      cmocka_unit_test(arena_blocks_are_aligned_zeroed_and_apart),
      cmocka_unit_test(a_large_block_leaves_the_small_ones_their_room),
      cmocka_unit_test(arenas_refuse_what_cannot_be),
      cmocka_unit_test(arenas_copy_text),
      cmocka_unit_test(any_allocation_of_an_arena_may_fail),
      cmocka_unit_test(vectors_grow_and_fail_cleanly),
  };
  return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
