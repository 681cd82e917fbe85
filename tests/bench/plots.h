/* How long a plot takes from the figure to characters, through a real gnuplot. */
#ifndef BENCH_PLOTS_H
#define BENCH_PLOTS_H

#include "base/progress.h"

void bench_plots(const orr_work *w);

#endif
