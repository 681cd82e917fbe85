/* A figure's sentences as cells, wrapped. */
#ifndef ORR_PLOT_WORDS_CELLS_H
#define ORR_PLOT_WORDS_CELLS_H

#include "plot/drawing.h"
#include "plot/figure.h"
#include "plot/look.h"

orr_drawing *orr_words_drawing(const orr_figure *f, uint64_t id, const orr_plot_look *look, orr_error *e);

#endif
