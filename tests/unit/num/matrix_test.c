/* Matrices: the cutting of rows covers each once, by their number alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/matrix.h"

static void matrices_come_zeroed_with_their_shape(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_matrix m;
  assert_int_equal(orr_matrix_take(&a, 3, 5, &m, NULL), ORR_OK);
  assert_true(m.rows == 3 && m.cols == 5);
  for (size_t i = 0; i < 15; i++) assert_true(m.x[i] == 0);
  assert_ptr_equal(orr_matrix_row(&m, 2), m.x + 10);
  assert_int_equal(orr_matrix_take(&a, 0, 5, &m, NULL), ORR_OK);
  orr_arena_fini(&a);
}

static void matrices_that_cannot_be_are_refused(void **state) {
  (void)state;
  orr_arena a = {0};
  orr_matrix m;
  orr_error e;
  assert_int_equal(orr_matrix_take(&a, SIZE_MAX / 2, 3, &m, &e), ORR_MEMORY);
  assert_int_equal(orr_matrix_take(&a, SIZE_MAX / 4, 1, &m, &e), ORR_MEMORY);
  orr_arena_fini(&a);
}

static void check_blocks(size_t rows) {
  orr_blocks b = orr_blocks_of(rows);
  size_t covered = 0;
  assert_true(b.count <= 256);
  assert_int_equal(b.block % 64, 0);
  for (size_t i = 0; i < b.count; i++) {
    assert_int_equal(orr_blocks_start(&b, i), covered);
    assert_true(orr_blocks_end(&b, i) > covered);
    covered = orr_blocks_end(&b, i);
  }
  assert_int_equal(covered, rows);
}

static void blocks_cover_each_row_once(void **state) {
  (void)state;
  for (size_t rows = 0; rows < 40000; rows += 1 + rows / 50) check_blocks(rows);
  static const size_t edges[] = {64, 65, 16383, 16384, 16385, 1000000, 123456789};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) check_blocks(edges[i]);
}

static void no_rows_are_no_blocks(void **state) {
  (void)state;
  assert_int_equal(orr_blocks_of(0).count, 0);
  assert_int_equal(orr_blocks_of(1).count, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(matrices_come_zeroed_with_their_shape),
      cmocka_unit_test(matrices_that_cannot_be_are_refused),
      cmocka_unit_test(blocks_cover_each_row_once),
      cmocka_unit_test(no_rows_are_no_blocks),
  };
  return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
