/* The instruction level that vector code is chosen by, at run time: one portable
 * binary. The level is part of what a result depends on (fused multiply-add and
 * the library behind exp and log differ in the last bit), so it has a name. */
#ifndef ORR_BASE_CPU_H
#define ORR_BASE_CPU_H

typedef enum orr_cpu_level { ORR_CPU_BASELINE, ORR_CPU_AVX2, ORR_CPU_AVX512, ORR_CPU_LEVELS } orr_cpu_level;

/* The highest level of this processor that is not above the limit. */
orr_cpu_level orr_cpu(void);
const char *orr_cpu_name(orr_cpu_level level); /* "baseline" (SSE2 on x86-64), "avx2", "avx512" */

/* For tests and tools that know less than the processor; before any thread computes. */
void orr_cpu_limit(orr_cpu_level most);

/* Numbers too small to be normal become zero in this thread until restored: they cost a hundred times as much,
 * and the moments of a parameter without gradient decay through them. No effect where the processor has no such
 * mode. */
unsigned orr_cpu_flush_subnormals(void);
void orr_cpu_restore(unsigned before);

#endif
