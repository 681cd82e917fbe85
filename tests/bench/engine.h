/* The engine's rows of orrery-bench. */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include "base/progress.h"

void bench_gemm(const orr_work *w);
void bench_mlp_512(const orr_work *w);
void bench_mlp_128(const orr_work *w);
void bench_maf_512(const orr_work *w);
void bench_nsf_512(const orr_work *w);
void bench_vae_256(const orr_work *w);
void bench_elementwise(const orr_work *w);
void bench_startup(const orr_work *w);

#endif
