/* One source, two precisions: a family's file names itself in FAMILY and
 * includes this; its part for `real` is compiled as float and as double.
 * K(name) is name_f32 or name_f64, V(name) the function of arrays of that kind,
 * GEMM the matrix product. */
#ifndef FAMILY
#define FAMILY "grad/graph.h"
#endif

#define real    float
#define K(name) name##_f32
#define V(name) orr_vector_##name##_f32
#define GEMM    orr_sgemm
#include FAMILY
#undef real
#undef K
#undef V
#undef GEMM

#define real    double
#define K(name) name##_f64
#define V(name) orr_vector_##name##_f64
#define GEMM    orr_gemm
#include FAMILY
#undef real
#undef K
#undef V
#undef GEMM
