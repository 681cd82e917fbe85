/* Places: where things are on this machine. The only file that reads the environment. */
#ifndef ORR_APP_PLACE_H
#define ORR_APP_PLACE_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"

typedef struct orr_place {
  char *data;                      /* recipes/ and lua/orrery/ are in it */
  char *history;                   /* the history's file */
  char *gnuplot;                   /* NULL: not installed */
  char *program;                   /* our own executable; NULL: not known */
  unsigned threads;                /* CPUs this process may use */
  double checkpoint_seconds;       /* between two checkpoints of a training */
  unsigned columns;                /* of the terminal, 80 when not known */
  bool plain;                      /* NO_COLOR or TERM=dumb: no escapes */
  bool is_terminal;                /* standard error is one */
  char *config;                    /* folder of config.lua, keys.lua and themes/, which need not be there */
  bool no_colour;                  /* NO_COLOR */
  bool light;                      /* the terminal says that its background is light (COLORFGBG) */
  bool tmux, remote, kitty_window; /* inside tmux or screen; over SSH; in kitty */
  const char *term, *term_program,
      *display; /* TERM, TERM_PROGRAM, WAYLAND_DISPLAY or DISPLAY; NULL: not set */
} orr_place;

/* `called`: the word this program was called by. */
orr_status orr_place_init(orr_place *p, const char *called, orr_error *e);
void orr_place_fini(orr_place *p);
orr_clock orr_place_clock(void);

#endif
