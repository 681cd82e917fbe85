/* A figure in words: what a screen reader gets, and whoever asks what a plot
 * says. Plain sentences with the numbers in them, no picture is needed.
 */
#ifndef ORR_PLOT_WORDS_H
#define ORR_PLOT_WORDS_H

#include "plot/figure.h"

/* Adds three to a dozen sentences, a line each: what is drawn over what, then what each curve, bar or map does. */
void orr_figure_say(const orr_figure *f, orr_text *out);

#endif
