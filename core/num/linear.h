/* Linear algebra over OpenBLAS and LAPACKE, which stay single-threaded: fan-out
 * is ours, over fixed blocks of rows, so that the bits do not depend on it. */
#ifndef ORR_NUM_LINEAR_H
#define ORR_NUM_LINEAR_H

#include <stdbool.h>

#include "num/matrix.h"

void orr_linear_init(void);             /* once, before any thread computes */
const char *orr_linear_core_name(void); /* OpenBLAS's kernel set, part of a step's key */
const char *orr_linear_version(void);

/* c[m,n] = alpha a[m,k] b[k,n] + beta c; transposed where said (a[k,m], b[n,k]). Leading dimensions are row lengths. */
void orr_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha, const double *a,
              size_t lda, const double *b, size_t ldb, double beta, double *c, size_t ldc);

/* The same in single precision. */
void orr_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a,
               size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

double orr_dot(size_t n, const double *x, const double *y);

/* Solves a[n,n] x[n,m] = b[n,m] in place of b, for symmetric positive definite a (overwritten by its
 * Cholesky factor); ORR_NUMERIC when it is not. */
orr_status orr_solve_positive(size_t n, size_t m, double *a, double *b, orr_error *e);

/* a[n,n] symmetric → eigenvalues descending in values[n], and their unit vectors in the first `most` rows of a;
 * ORR_NUMERIC when it does not converge. */
orr_status orr_eigen_symmetric(size_t n, size_t most, double *a, double *values, orr_error *e);

#endif
