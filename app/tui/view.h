/* What drawing is given, and what it asks back for. A room's draw is a pure
 * function of this; the plots it wants to see it names, and where a drawing is
 * there already it is shown.
 */
#ifndef ORR_TUI_VIEW_H
#define ORR_TUI_VIEW_H

#include "app/tui/ui.h"
#include "plot/drawing.h"

enum { ORR_WANTED_PLOTS = 4 };

/* A figure that is to be seen in a rectangle of the screen. */
typedef struct orr_wanted {
  uint64_t id; /* of its place: a room's pane keeps the same one */
  orr_rect where;
  uint64_t version; /* grows when the figure has changed: only then it is drawn again */
  /* Makes the figure, in the scratch arena that out->arena points to, or of its own. Called only when it is to be drawn. */
  orr_status (*make)(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e);
} orr_wanted;

typedef struct orr_view {
  const orr_ui *ui;
  const orr_theme *theme;
  const orr_drawing *drawings[ORR_WANTED_PLOTS]; /* the newest ones there are; NULL: none */
  uint64_t drawn[ORR_WANTED_PLOTS];              /* the wanted plot's id that each of them is of */
  const char *plot_mode;                         /* "cells: tmux, no pictures" : mode and its reason */
  const char *plot_trouble;                      /* gnuplot's last complaint; NULL: none */
  orr_wanted wanted[ORR_WANTED_PLOTS];           /* filled by drawing */
  size_t n_wanted;
} orr_view;

/* Draws the plot `want` into `where`: its drawing if there is one, else that it is coming, and remembers that it is wanted.
 * A crosshair, when the ui has one, is drawn over it with its x and y. */
void orr_view_plot(orr_view *v, orr_grid *g, orr_rect where, orr_wanted want);

/* The place at a share of an axis from low to high. */
double orr_view_along(double low, double high, bool log, double share);

/* The whole screen: header with rooms and what runs, the room, message line, footer with the keys, and what lies over. */
void orr_screen_draw(orr_view *v, orr_grid *g);

/* Where the room is drawn on a screen of that size: for who pages through a list. */
orr_rect orr_screen_room(int width, int height);

/* Lines that what lies over the room has at that size, and how many of them are seen. */
size_t orr_screen_over(const orr_ui *ui, int width, int height, size_t *shown);

#endif
