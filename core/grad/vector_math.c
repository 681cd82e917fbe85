/* The home of SLEEF: each function compiled for every instruction level, chosen
 * at run time. The file includes itself once a level, with LEVEL (its name), the
 * vector types and SLEEF's suffixes set; that part is at the end. */
#ifndef LEVEL
#include "grad/vector_math.h"

#include <string.h>

#include "base/cpu.h"

/* The header declares what the instructions allowed where it is read can pass. */
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#include <sleef.h>
#pragma GCC pop_options

#define VECTOR(precision) VECTOR_##precision

/* The baseline: SSE2, which every x86-64 has. */
#define LEVEL           baseline
#define VECTOR_f32      __m128
#define VECTOR_f64      __m128d
#define SLEEF_F32(f, u) Sleef_##f##f4_##u##sse2
#define SLEEF_F64(f, u) Sleef_##f##d2_##u##sse2
#include "grad/vector_math.c"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define LEVEL           avx2
#define VECTOR_f32      __m256
#define VECTOR_f64      __m256d
#define SLEEF_F32(f, u) Sleef_##f##f8_##u##avx2
#define SLEEF_F64(f, u) Sleef_##f##d4_##u##avx2
#include "grad/vector_math.c"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#define LEVEL           avx512
#define VECTOR_f32      __m512
#define VECTOR_f64      __m512d
#define SLEEF_F32(f, u) Sleef_##f##f16_##u##avx512f
#define SLEEF_F64(f, u) Sleef_##f##d8_##u##avx512f
#include "grad/vector_math.c"
#pragma GCC pop_options

#define AT_ALL_LEVELS(name, precision)                                                                       \
  { name##_##precision##_baseline, name##_##precision##_avx2, name##_##precision##_avx512 }
#define X(name)                                                                                              \
  void orr_vector_##name##_f32(size_t n, const float *x, float *y) {                                         \
    static void (*const at[ORR_CPU_LEVELS])(size_t, const float *, float *) = AT_ALL_LEVELS(name, f32);      \
    at[orr_cpu()](n, x, y);                                                                                  \
  }                                                                                                          \
  void orr_vector_##name##_f64(size_t n, const double *x, double *y) {                                       \
    static void (*const at[ORR_CPU_LEVELS])(size_t, const double *, double *) = AT_ALL_LEVELS(name, f64);    \
    at[orr_cpu()](n, x, y);                                                                                  \
  }
ORR_VECTOR_FUNCTIONS(X)
#undef X

void orr_vector_pow_f32(size_t n, const float *x, const float *y, float *z) {
  static void (*const at[ORR_CPU_LEVELS])(size_t, const float *, const float *, float *) =
      AT_ALL_LEVELS(pow, f32);
  at[orr_cpu()](n, x, y, z);
}

void orr_vector_pow_f64(size_t n, const double *x, const double *y, double *z) {
  static void (*const at[ORR_CPU_LEVELS])(size_t, const double *, const double *, double *) =
      AT_ALL_LEVELS(pow, f64);
  at[orr_cpu()](n, x, y, z);
}

#else /* one level */

#define GLUE_(a, b, c)      a##b##c
#define GLUE(a, b, c)       GLUE_(a, b, c)
#define OF(name, precision) GLUE(name, _, GLUE(precision, _, LEVEL))

/* y[n] = f(x[n]); the last vector is padded with ones, where every function here is at ease. */
#define MAP(name, precision, type, body)                                                                     \
  static void OF(name, precision)(size_t n, const type *from, type *to) {                                    \
    typedef VECTOR(precision) vector;                                                                        \
    enum { WIDTH = sizeof(vector) / sizeof(type) };                                                          \
    size_t i = 0;                                                                                            \
    for (vector x, y; i + WIDTH <= n; i += WIDTH) {                                                          \
      memcpy(&x, from + i, sizeof x);                                                                        \
      body;                                                                                                  \
      memcpy(to + i, &y, sizeof y);                                                                          \
    }                                                                                                        \
    if (i == n) return;                                                                                      \
    vector x = (vector){0} + 1, y;                                                                           \
    memcpy(&x, from + i, (n - i) * sizeof(type));                                                            \
    body;                                                                                                    \
    memcpy(to + i, &y, (n - i) * sizeof(type));                                                              \
  }

#define MAP_BOTH(name, ulp_f32, ulp_f64)                                                                     \
  MAP(name, f32, float, y = SLEEF_F32(name, ulp_f32)(x))                                                     \
  MAP(name, f64, double, y = SLEEF_F64(name, ulp_f64)(x))

MAP_BOTH(exp, u10, u10)
MAP_BOTH(expm1, u10, u10)
MAP_BOTH(log, u35, u10)
MAP_BOTH(log1p, u10, u10)
MAP_BOTH(sqrt, u05, u05)
MAP_BOTH(sin, u35, u10)
MAP_BOTH(cos, u35, u10)
MAP_BOTH(tan, u35, u10)
MAP_BOTH(atan, u35, u10)
MAP_BOTH(tanh, u35, u10)
MAP_BOTH(erf, u10, u10)
MAP_BOTH(lgamma, u10, u10)

MAP(sigmoid, f32, float, y = 1 / (1 + SLEEF_F32(exp, u10)(-x)))
MAP(sigmoid, f64, double, y = 1 / (1 + SLEEF_F64(exp, u10)(-x)))

/* max(x, 0) + log1p(exp(-|x|)) */
MAP(softplus, f32, float,
    y = SLEEF_F32(fmax, )(x, (vector){0}) + SLEEF_F32(log1p, u10)(SLEEF_F32(exp, u10)(-SLEEF_F32(fabs, )(x))))
MAP(softplus, f64, double,
    y = SLEEF_F64(fmax, )(x, (vector){0}) + SLEEF_F64(log1p, u10)(SLEEF_F64(exp, u10)(-SLEEF_F64(fabs, )(x))))

#define POWER(precision, type, function)                                                                     \
  static void OF(pow, precision)(size_t n, const type *base, const type *exponent, type *to) {               \
    typedef VECTOR(precision) vector;                                                                        \
    enum { WIDTH = sizeof(vector) / sizeof(type) };                                                          \
    for (size_t i = 0; i < n; i += WIDTH) {                                                                  \
      size_t bytes = (n - i < WIDTH ? n - i : WIDTH) * sizeof(type);                                         \
      vector x = (vector){0} + 1, y = x;                                                                     \
      memcpy(&x, base + i, bytes);                                                                           \
      memcpy(&y, exponent + i, bytes);                                                                       \
      x = function(x, y);                                                                                    \
      memcpy(to + i, &x, bytes);                                                                             \
    }                                                                                                        \
  }
POWER(f32, float, SLEEF_F32(pow, u10))
POWER(f64, double, SLEEF_F64(pow, u10))

#undef GLUE_
#undef GLUE
#undef OF
#undef MAP
#undef MAP_BOTH
#undef POWER
#undef LEVEL
#undef VECTOR_f32
#undef VECTOR_f64
#undef SLEEF_F32
#undef SLEEF_F64
#endif
