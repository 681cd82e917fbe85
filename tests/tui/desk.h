/* A desk: the user interface over a real workbench, without a terminal. What it waits for is the workbench's wake-up,
 * never a time; its clock stands. */
#ifndef TESTS_TUI_DESK_H
#define TESTS_TUI_DESK_H

#include "app/tui/room.h"

typedef struct desk {
  char root[64]; /* a folder of its own, where the session and the history are kept */
  orr_place place;
  orr_workbench *workbench;
  orr_ui ui;
  orr_keymap keys;
  orr_theme theme;
  orr_view view;
} desk;

/* Opens the rooms on a screen of 80 × 24, and the workbench over the file (NULL: none yet). */
void desk_open(desk *d, const char *source);
/* Ends what runs, keeping it; the folder of the session, the caller's, or NULL when nothing was worth it. */
char *desk_leave(desk *d);
void desk_close(desk *d); /* also after desk_leave; removes the desk's folder */

/* Takes what has come: events, the snapshot, answers; rooms may then ask anew. */
void desk_listen(desk *d);
/* Listens until nothing runs and every question is answered. */
void desk_settle(desk *d);
/* A line of Lua, to its end; it must not fail. */
void desk_do(desk *d, const char *line);

/* Keys by their names, blank-separated: "? j PageDown Escape"; a word of several letters that is no key is typed. */
void desk_keys(desk *d, const char *names);

/* An event of the engine, as every room hears it. */
void desk_tell(desk *d, const orr_event *event);

/* What gnuplot would have drawn there, with less art: a curve in axes. The caller's. */
orr_drawing *desk_drawing(int columns, int rows);

/* Draws twice: where the first asks for plots the second finds them drawn, as a plain curve in axes. */
void desk_draw(desk *d, int width, int height, bool utf8, orr_grid *g);

#endif
