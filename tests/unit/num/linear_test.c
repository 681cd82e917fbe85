/* Linear algebra: each product against three loops in long double, for every
 * transposition and shape; solutions put back into their equations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "num/linear.h"

enum { MOST = 40 * 40 };

static void fill(orr_random *r, double *x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = orr_random_normal(r);
}

typedef struct product {
  bool transpose_a, transpose_b;
  size_t m, n, k;
  double alpha, beta;
} product;

/* c[m,n] = alpha a[m,k] b[k,n] + beta c, one cell. */
static double cell(const product *p, const double *a, size_t lda, const double *b, size_t ldb, double c,
                   size_t i, size_t j) {
  long double sum = 0;
  for (size_t l = 0; l < p->k; l++) {
    double left = p->transpose_a ? a[l * lda + i] : a[i * lda + l];
    double right = p->transpose_b ? b[j * ldb + l] : b[l * ldb + j];
    sum += (long double)left * right;
  }
  return (double)(p->alpha * sum + p->beta * c);
}

/* Rows are longer than they need be, so that a wrong leading dimension shows. */
static void check_product(const product *p, orr_random *r) {
  static double a[MOST], b[MOST], c[MOST], before[MOST];
  size_t lda = (p->transpose_a ? p->m : p->k) + 3, ldb = (p->transpose_b ? p->k : p->n) + 2, ldc = p->n + 1;
  fill(r, a, MOST);
  fill(r, b, MOST);
  fill(r, c, MOST);
  memcpy(before, c, sizeof c);
  orr_gemm(p->transpose_a, p->transpose_b, p->m, p->n, p->k, p->alpha, a, lda, b, ldb, p->beta, c, ldc);
  for (size_t i = 0; i < p->m; i++) {
    for (size_t j = 0; j < p->n; j++)
      assert_true(fabs(c[i * ldc + j] - cell(p, a, lda, b, ldb, before[i * ldc + j], i, j)) < 1e-12);
    assert_true(c[i * ldc + p->n] == before[i * ldc + p->n]);
  }
}

static void products_are_what_three_loops_give(void **state) {
  (void)state;
  static const size_t shapes[][3] = {{1, 1, 1}, {2, 3, 4}, {17, 1, 9}, {1, 33, 5}, {31, 29, 30}};
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  orr_linear_init();
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    for (unsigned t = 0; t < 4; t++) {
      product p = {t & 1, t & 2, shapes[i][0], shapes[i][1], shapes[i][2], 0.5, t == 3 ? 0 : 2};
      check_product(&p, &r);
    }
}

static void dot_products(void **state) {
  (void)state;
  assert_true(orr_dot(3, (double[]){1, 2, 3}, (double[]){4, -5, 6}) == 12);
  assert_true(orr_dot(0, NULL, NULL) == 0);
}

/* a = g gᵀ + identity is positive definite; x solves a x = b for two right sides. */
static void solutions_satisfy_their_equations(void **state) {
  (void)state;
  enum { N = 20, M = 2 };
  static double g[N * N], a[N * N], kept[N * N], b[N * M], x[N * M], back[N * M];
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  fill(&r, g, N * N);
  fill(&r, b, N * M);
  for (size_t i = 0; i < N; i++) a[i * N + i] = 1;
  orr_gemm(false, true, N, N, N, 1, g, N, g, N, 1, a, N);
  memcpy(kept, a, sizeof a);
  memcpy(x, b, sizeof b);
  assert_int_equal(orr_solve_positive(N, M, a, x, NULL), ORR_OK);
  orr_gemm(false, false, N, M, N, 1, kept, N, x, M, 0, back, M);
  for (size_t i = 0; i < N * M; i++) assert_true(fabs(back[i] - b[i]) < 1e-11);
}

static void a_known_system(void **state) {
  (void)state;
  double a[] = {4, 2, 2, 3}, b[] = {8, 7};
  assert_int_equal(orr_solve_positive(2, 1, a, b, NULL), ORR_OK);
  assert_true(fabs(b[0] - 1.25) < 1e-15 && fabs(b[1] - 1.5) < 1e-15);
}

static void what_is_not_positive_definite_is_refused(void **state) {
  (void)state;
  orr_error e;
  double singular[] = {1, 1, 1, 1}, negative[] = {-1, 0, 0, 1}, odd[] = {NAN, 0, 0, 1}, b[] = {1, 1};
  assert_int_equal(orr_solve_positive(2, 1, singular, b, &e), ORR_NUMERIC);
  assert_non_null(strstr(e.message, "singular at column 2; try a larger l2"));
  assert_int_equal(orr_solve_positive(2, 1, negative, b, &e), ORR_NUMERIC);
  assert_int_equal(orr_solve_positive(2, 1, odd, b, &e), ORR_NUMERIC);
}

static void the_library_names_itself(void **state) {
  (void)state;
  assert_true(strlen(orr_linear_core_name()) > 2);
  assert_non_null(strstr(orr_linear_version(), "OpenBLAS"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_are_what_three_loops_give),       cmocka_unit_test(dot_products),
      cmocka_unit_test(solutions_satisfy_their_equations),        cmocka_unit_test(a_known_system),
      cmocka_unit_test(what_is_not_positive_definite_is_refused), cmocka_unit_test(the_library_names_itself),
  };
  return cmocka_run_group_tests_name("linear", tests, NULL, NULL);
}
