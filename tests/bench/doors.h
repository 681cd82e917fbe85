/* How fast tables come in. */
#ifndef ORR_BENCH_DOORS_H
#define ORR_BENCH_DOORS_H

#include "base/progress.h"

/* Bytes of the file (h5: of the columns) a second, and the peak of memory beside the columns themselves. */
void bench_load(const orr_work *work, const char *name, const char *src);

#endif
