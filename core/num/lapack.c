/* The home of LAPACKE. */
#include <lapacke.h>

#include <string.h>

#include "base/memory.h"
#include "num/linear.h"

orr_status orr_solve_positive(size_t n, size_t m, double *a, double *b, orr_error *e) {
  lapack_int info =
      LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, (lapack_int)m, a, (lapack_int)n, b, (lapack_int)m);
  if (info > 0)
    return orr_fail(e, ORR_NUMERIC, "the normal equations are singular at column %d; try a larger l2",
                    (int)info);
  if (info < 0)
    return orr_fail(e, ORR_NUMERIC, "the linear solver refused argument %d (NaN or infinity in the data?)",
                    -(int)info);
  return ORR_OK;
}

/* LAPACK gives them ascending, in columns of a column-major matrix: rows of ours. */
static void turn(size_t n, size_t most, const double *vectors, const double *ascending, double *a,
                 double *values) {
  for (size_t k = 0; k < n; k++) values[k] = ascending[n - 1 - k];
  for (size_t k = 0; k < most; k++) memcpy(a + k * n, vectors + (n - 1 - k) * n, n * sizeof *a);
}

orr_status orr_eigen_symmetric(size_t n, size_t most, double *a, double *values, orr_error *e) {
  double *vectors = orr_calloc(n * n + 1, sizeof *vectors), *ascending = orr_calloc(n + 1, sizeof *ascending);
  lapack_int info = 0;
  orr_status status =
      vectors && ascending ? ORR_OK : orr_fail_memory(e, "eigenvectors", n * n * sizeof *vectors);
  if (!status) {
    memcpy(vectors, a, n * n * sizeof *a); /* symmetric: either order of its cells */
    info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', (lapack_int)n, vectors, (lapack_int)n, ascending);
  }
  if (info)
    status = orr_fail(e, ORR_NUMERIC,
                      "the eigenvalues cannot be found (%d); are there NaN or infinite numbers?", (int)info);
  if (!status) turn(n, most, vectors, ascending, a, values);
  orr_free(vectors);
  orr_free(ascending);
  return status;
}
