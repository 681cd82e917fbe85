/* The loop's side of plots: what drawing wanted goes to gnuplot, what gnuplot
 * drew comes back to drawing. */
#ifndef ORR_TUI_TUI_PLOTS_H
#define ORR_TUI_TUI_PLOTS_H

#include "app/tui/term.h"
#include "app/tui/view.h"
#include "plot/ladder.h"
#include "plot/plotter.h"

typedef struct orr_tui_plots {
  orr_plotter *plotter; /* NULL: plots cannot be drawn */
  orr_ladder ladder;
  orr_plot_mode mode;
  uint64_t ids[ORR_PLOTTER_SLOTS];      /* the wanted plot that each slot is of; 0: none */
  orr_drawing *sent[ORR_PLOTTER_SLOTS]; /* the picture (kitty, sixel) the terminal shows; references */
  struct {
    uint64_t id;
    double x[2], y[2];         /* in the axes' units */
  } zoomed[ORR_PLOTTER_SLOTS]; /* the stretch that was asked for with that id */
  orr_text said;               /* mode and its reason */
} orr_tui_plots;

orr_status orr_tui_plots_open(orr_tui_plots *p, const orr_place *place, const orr_term_facts *facts,
                              orr_error *e);
void orr_tui_plots_close(orr_tui_plots *p);

void orr_tui_plots_step(orr_tui_plots *p, int by);

/* Before drawing: the newest drawings there are. */
void orr_tui_plots_give(orr_tui_plots *p, orr_view *v);
/* After drawing: asks gnuplot for what was wanted and is not there yet. True: some of it is there at once (words). */
bool orr_tui_plots_take(orr_tui_plots *p, const orr_view *v, orr_depth depth);
/* After painting: pictures that are no cells. */
void orr_tui_plots_send(orr_tui_plots *p, const orr_view *v);

#endif
