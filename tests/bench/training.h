/* What a whole training costs beside its arithmetic. */
#ifndef BENCH_TRAINING_H
#define BENCH_TRAINING_H

#include "base/progress.h"

void bench_memory(const orr_work *w);
void bench_overhead(const orr_work *w);

#endif
