/* Figures to gnuplot for the modes that show pictures: windows, kitty, sixel. */
#ifndef ORR_PLOT_SCREEN_PICTURE_H
#define ORR_PLOT_SCREEN_PICTURE_H

#include "plot/figure.h"
#include "plot/look.h"

/* As orr_screen_text (screen_text.h); the picture fills the look's cells. window: gnuplot's terminal for windows. */
orr_status orr_screen_picture(const orr_figure *f, const orr_plot_look *look, const char *window,
                              uint32_t frame, orr_text *script, orr_text *data, orr_error *e);

#endif
