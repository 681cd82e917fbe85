/* Goldens of rooms: one file a state, with the room at every size, in UTF-8 and ASCII, and its inks once. */
#ifndef TESTS_TUI_ROOM_GOLDEN_H
#define TESTS_TUI_ROOM_GOLDEN_H

#include "tests/tui/desk.h"

/* Draws what the desk shows at 80 × 24, 120 × 40 and 60 × 16 and compares with golden/NAME.txt. */
void room_golden(desk *d, const char *name);

/* A desk over 160 stars: names, units, a column of errors, missing cells, words, times, two classes. */
void open_stars(desk *d);

#endif
