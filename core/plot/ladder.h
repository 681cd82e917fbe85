/* The ladder of plot modes: window · kitty · sixel · cells · ASCII · words. What
 * is known about the terminal and about gnuplot says which rungs hold, and why
 * the others do not; nothing here asks the environment itself.
 */
#ifndef ORR_PLOT_LADDER_H
#define ORR_PLOT_LADDER_H

#include "base/text.h"
#include "plot/look.h"

typedef struct orr_plot_facts {
  const char *display;   /* DISPLAY or WAYLAND_DISPLAY; NULL: none */
  const char *term;      /* TERM */
  const char *program;   /* TERM_PROGRAM */
  bool kitty_window;     /* KITTY_WINDOW_ID is set */
  bool tmux;             /* TMUX or STY is set: inside a multiplexer */
  bool sixel;            /* the terminal said so (attribute 4 of its answer to DA1) */
  bool utf8;             /* of the locale */
  bool remote;           /* SSH_CONNECTION is set: a window would be far away */
  const char *gnuplot;   /* absolute path; NULL: not installed */
  const char *terminals; /* what `gnuplot -e "set terminal"` listed; NULL: not asked yet */
} orr_plot_facts;

typedef struct orr_ladder {
  bool holds[ORR_PLOT_MODES];
  char why[ORR_PLOT_MODES][96]; /* why it is right, or is not there */
  char window[8];               /* "qt", "wxt", "x11" */
} orr_ladder;

void orr_ladder_find(const orr_plot_facts *facts, orr_ladder *out);
/* The one to begin with: the best inside the terminal; a window is never opened unasked. */
orr_plot_mode orr_ladder_first(const orr_ladder *l);
/* `by` rungs on among those that hold, round the end. */
orr_plot_mode orr_ladder_step(const orr_ladder *l, orr_plot_mode from, int by);
/* "cells: inside tmux pictures are not safe" */
void orr_ladder_say(const orr_ladder *l, orr_plot_mode mode, orr_text *out);

#endif
