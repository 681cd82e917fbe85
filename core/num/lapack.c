/* The home of LAPACKE. */
#include <lapacke.h>

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
