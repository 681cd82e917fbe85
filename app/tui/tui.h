/* The loop of the workbench's screen: terminal, engine, gnuplot, signals and
 * timers in one poll. It alone waits; whatever it calls comes back at once. */
#ifndef ORR_TUI_TUI_H
#define ORR_TUI_TUI_H

#include "app/config.h"
#include "app/tui/room.h"

typedef struct orr_tui_options {
  const orr_place *place;
  orr_workbench_config workbench;
  const char *recipe; /* to begin with, in the room Recipe; NULL: none */
  const char *theme;  /* of --theme; NULL: as the settings say */
  const orr_config *config;
  const orr_keymap *keys;
  const char *problems; /* of the settings, to be told; "": none */
  bool first;           /* there was no run on this machine before */
} orr_tui_options;

/* Opens terminal and workbench, runs until the person leaves or a signal ends it, and closes both; *folder (the caller's
 * to free; NULL: nothing was kept) is the session's. ORR_STOPPED: a signal ended it, what was done is kept. */
orr_status orr_tui_run(const orr_tui_options *options, char **folder, orr_error *e);

#endif
