/* The plotter: one persistent gnuplot that draws for the screen, and all that
 * can go wrong with it.
 *
 * It belongs to the thread with the poll loop and never blocks it: the pipes
 * are non-blocking, one frame is in flight, and of what is wanted in a slot the
 * newest wins. A gnuplot that dies, complains or keeps a frame waiting longer
 * than the deadline is killed and started again, and what was wanted is asked
 * for again; after three such failures of one figure that figure has failed.
 * No shell; its data go through a file in memory.
 */
#ifndef ORR_PLOT_PLOTTER_H
#define ORR_PLOT_PLOTTER_H

#include <poll.h>

#include "plot/drawing.h"
#include "plot/figure.h"
#include "plot/look.h"

enum { ORR_PLOTTER_SLOTS = 4, ORR_PLOTTER_POLLS = 3 };

typedef struct orr_plotter orr_plotter;

typedef struct orr_plotter_config {
  const char *gnuplot;            /* absolute path; NULL: none, and every figure is said in words */
  const char *driver;             /* absolute path of lua/gnuplot/cells.lua */
  const char *window;             /* gnuplot's terminal for windows: "qt", "wxt", "x11"; NULL: "qt" */
  const char *const *environment; /* what else gnuplot is told, "DISPLAY=:0", ending in NULL; NULL: nothing */
  double deadline;                /* seconds a frame may take; 0: 2 */
  double bytes_per_second;        /* what the line to the terminal bears; 0: no matter */
} orr_plotter_config;

/* Strings are copied; gnuplot is started by the first figure that is wanted. */
orr_status orr_plotter_open(const orr_plotter_config *config, orr_plotter **out, orr_error *e);
void orr_plotter_close(orr_plotter *p); /* NULL is legal; kills the child and reaps it */

/* Fills what poll is to wait for, at most ORR_PLOTTER_POLLS, and returns how many. */
size_t orr_plotter_polls(const orr_plotter *p, struct pollfd *polls);
/* Seconds from `now` after which it wants to be pumped though no descriptor is ready; negative: never. */
double orr_plotter_due(const orr_plotter *p, double now);
/* Reads, writes, starts, kills: whatever is to be done. `now`: seconds of a monotonic clock. True when a slot's drawing
 * or the trouble changed. */
bool orr_plotter_pump(orr_plotter *p, double now);

/* The figure is wanted in that slot. id: of the figure's contents; the same id and look again cost nothing. All that is
 * needed is copied: the figure may go. ORR_DATA and the like when the figure cannot be drawn at all. */
orr_status orr_plotter_want(orr_plotter *p, size_t slot, uint64_t id, const orr_figure *f,
                            const orr_plot_look *look, orr_error *e);
/* Whether orr_plotter_want with this id and look would do anything: to spare making the figure. */
bool orr_plotter_has(const orr_plotter *p, size_t slot, uint64_t id, const orr_plot_look *look);
void orr_plotter_forget(orr_plotter *p, size_t slot); /* nothing is wanted there any more */

/* The newest drawing of the slot, perhaps of an older figure; NULL: none yet. Take a reference to keep it. */
orr_drawing *orr_plotter_drawing(const orr_plotter *p, size_t slot);
/* Why the slot's figure has failed for good; NULL: it has not. */
const char *orr_plotter_failure(const orr_plotter *p, size_t slot);
const char *orr_plotter_trouble(const orr_plotter *p); /* gnuplot's last complaint; NULL: none */
bool orr_plotter_busy(const orr_plotter *p);           /* a frame is wanted or in flight */

#endif
