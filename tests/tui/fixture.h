/* A user interface without an engine: the default keys, a snapshot made by hand, a clock that stands. */
#ifndef TESTS_TUI_FIXTURE_H
#define TESTS_TUI_FIXTURE_H

#include "app/tui/room.h"

typedef struct fixture {
  orr_ui ui;
  orr_keymap keys;
  orr_snapshot snapshot;
  orr_view view;
  orr_theme theme;
  orr_grid grid;
} fixture;

/* Opens the rooms on a screen of that size; a journal of five lines: done, undone, failed, of a recipe, running. */
void fixture_init(fixture *f, int width, int height, bool utf8);
void fixture_fini(fixture *f);

/* Keys by their names, blank-separated: "? j PageDown Escape"; a word of several letters that is no key is typed. */
void fixture_keys(fixture *f, const char *names);
void fixture_draw(fixture *f);

#endif
