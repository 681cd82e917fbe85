/* Levels are sets of instructions that came together: AVX2 with FMA (2013) and
 * AVX-512 F, BW, DQ and VL (2017). */
#include "base/cpu.h"

#include <stdatomic.h>

static atomic_int limit = ORR_CPU_AVX512;

static orr_cpu_level highest(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return ORR_CPU_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return ORR_CPU_AVX2;
#endif
  return ORR_CPU_BASELINE;
}

orr_cpu_level orr_cpu(void) {
  orr_cpu_level most = (orr_cpu_level)atomic_load_explicit(&limit, memory_order_relaxed), own = highest();
  return own < most ? own : most;
}

const char *orr_cpu_name(orr_cpu_level level) {
  static const char *const names[ORR_CPU_LEVELS] = {"baseline", "avx2", "avx512"};
  return names[level];
}

void orr_cpu_limit(orr_cpu_level most) { atomic_store(&limit, (int)most); }

#if defined(__x86_64__)
enum { FLUSH_TO_ZERO = 1 << 15, ARE_ZERO = 1 << 6 }; /* bits of MXCSR: results, operands */

unsigned orr_cpu_flush_subnormals(void) {
  unsigned before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before | FLUSH_TO_ZERO | ARE_ZERO);
  return before;
}

void orr_cpu_restore(unsigned before) { __builtin_ia32_ldmxcsr(before); }
#else
unsigned orr_cpu_flush_subnormals(void) { return 0; }
void orr_cpu_restore(unsigned before) { (void)before; }
#endif
