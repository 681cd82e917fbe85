/* The plotter's gnuplot: its process, its pipes and what it says. */
#ifndef ORR_PLOT_PLOTTER_PIPE_H
#define ORR_PLOT_PLOTTER_PIPE_H

#include <poll.h>
#include <sys/types.h>

#include "base/text.h"
#include "plot/plotter.h"
#include "plot/raster.h"

typedef struct orr_plotter_pipe {
  char *gnuplot, *driver, *window;
  char *environment[16];  /* further variables; ends in NULL */
  pid_t child;            /* 0: none */
  int in, out, err;       /* -1: closed */
  int data, picture;      /* files in memory that both know */
  const orr_text *script; /* being sent; NULL: all is sent */
  size_t sent;
  uint32_t frame; /* the one in flight; 0: none */
  orr_plot_look look;
  orr_stream stream;
  orr_raster raster;
  bool begun, ended, said; /* the frame: its first record, its last, and gnuplot's word that it is through */
  bool complained;         /* of this frame */
  bool whole;              /* orr_plotter_pipe_drawing may be asked */
  const char *broken;      /* why this gnuplot is of no more use */
  char line[512];          /* of its errors, so far */
  size_t line_length;
  char trouble[512];
} orr_plotter_pipe;

orr_status orr_plotter_pipe_init(orr_plotter_pipe *p, const orr_plotter_config *config, orr_error *e);
void orr_plotter_pipe_fini(orr_plotter_pipe *p);
bool orr_plotter_pipe_can(const orr_plotter_pipe *p); /* there is a gnuplot to try */

/* Begins to send a frame, starting gnuplot when there is none. script is kept by the caller until it is through. */
void orr_plotter_pipe_send(orr_plotter_pipe *p, uint32_t frame, const orr_plot_look *look,
                           const orr_text *script, const orr_text *data);
void orr_plotter_pipe_pump(orr_plotter_pipe *p);
orr_drawing *orr_plotter_pipe_drawing(orr_plotter_pipe *p, uint64_t id); /* NULL when out of memory */
void orr_plotter_pipe_kill(orr_plotter_pipe *p);
size_t orr_plotter_pipe_polls(const orr_plotter_pipe *p, struct pollfd *polls);

#endif
