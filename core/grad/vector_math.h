/* Elementary functions of arrays: y[i] = f(x[i]), in place allowed (y = x).
 *
 * A value depends on its argument and on the instruction level alone, never on
 * its place in the array: the last, partial vector goes through the same code.
 * Errors are those of SLEEF 3.5 (Shibata and Petrogalli, "SLEEF: a portable
 * vectorized library of C standard mathematical functions", IEEE TPDS 31, 2020):
 * 1 unit in the last place, 3.5 for what the table calls fast.
 */
#ifndef ORR_GRAD_VECTOR_MATH_H
#define ORR_GRAD_VECTOR_MATH_H

#include <stddef.h>

/* sigmoid: 1 / (1 + exp(-x)); softplus: log(1 + exp(x)), both without overflow. */
#define ORR_VECTOR_FUNCTIONS(X)                                                                              \
  X(exp)                                                                                                     \
  X(expm1)                                                                                                   \
  X(log)                                                                                                     \
  X(log1p)                                                                                                   \
  X(sqrt)                                                                                                    \
  X(sin)                                                                                                     \
  X(cos)                                                                                                     \
  X(tan)                                                                                                     \
  X(atan)                                                                                                    \
  X(tanh)                                                                                                    \
  X(erf)                                                                                                     \
  X(lgamma)                                                                                                  \
  X(sigmoid)                                                                                                 \
  X(softplus)

#define X(name)                                                                                              \
  void orr_vector_##name##_f32(size_t n, const float *x, float *y);                                          \
  void orr_vector_##name##_f64(size_t n, const double *x, double *y);
ORR_VECTOR_FUNCTIONS(X)
#undef X

/* z[i] = x[i] to the power of y[i]. */
void orr_vector_pow_f32(size_t n, const float *x, const float *y, float *z);
void orr_vector_pow_f64(size_t n, const double *x, const double *y, double *z);

#endif
