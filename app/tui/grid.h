/* The grid: what the screen shows, as styled cells. Everything that draws draws
 * into one of these; only the terminal's file turns it into bytes. Drawing is
 * clipped to the rectangle that is drawn into, so no room can spill into another.
 */
#ifndef ORR_TUI_GRID_H
#define ORR_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Inks: what a thing means; a theme says how that looks. */
#define ORR_INK_LIST(X)                                                                                      \
  X(TEXT, "text")                                                                                            \
  X(MUTED, "muted")       /* units, hints, what can wait */                                                  \
  X(TITLE, "title")       /* of a room or pane */                                                            \
  X(HEADING, "heading")   /* of a column of figures */                                                       \
  X(BORDER, "border")     /* lines between panes */                                                          \
  X(FOCUS, "focus")       /* the border and title of the pane the keys go to */                              \
  X(CURSOR, "cursor")     /* the row under the cursor, in the pane that has the focus */                     \
  X(CHOSEN, "chosen")     /* the row under the cursor of another pane */                                     \
  X(KEY, "key")           /* a key in the footer or in help */                                               \
  X(DISABLED, "disabled") /* a command that cannot be given now */                                           \
  X(GOOD, "good")                                                                                            \
  X(WARNING, "warning")                                                                                      \
  X(BAD, "bad")                                                                                              \
  X(CODE, "code")     /* Lua */                                                                              \
  X(NUMBER, "number") /* figures that matter */                                                              \
  X(BAR, "bar")       /* sparklines and meters */                                                            \
  X(HEADER, "header") /* the line of rooms above all */                                                      \
  X(FOOTER, "footer") /* the line of keys below all */                                                       \
  X(SERIES1, "series1")                                                                                      \
  X(SERIES2, "series2")                                                                                      \
  X(SERIES3, "series3")                                                                                      \
  X(SERIES4, "series4")                                                                                      \
  X(SERIES5, "series5")                                                                                      \
  X(SERIES6, "series6")                                                                                      \
  X(SERIES7, "series7")                                                                                      \
  X(SERIES8, "series8")

typedef enum orr_ink {
#define X(ink, name) ORR_INK_##ink,
  ORR_INK_LIST(X)
#undef X
      ORR_INKS
} orr_ink;

const char *orr_ink_name(orr_ink ink);

enum { ORR_NO_COLOUR = -1 };

/* One cell. rune 0: the right half of a wide character to its left. */
typedef struct orr_cell {
  uint32_t rune;
  uint32_t mark; /* one combining character over it; 0: none */
  uint8_t ink;
  bool bold, underline, reverse;
  int32_t fore, back; /* 0xRRGGBB of pictures, before the ink's own; ORR_NO_COLOUR: the ink's */
} orr_cell;

typedef struct orr_rect {
  int x, y, width, height; /* cells, from the upper left */
} orr_rect;

typedef struct orr_grid {
  int width, height;
  orr_cell *cells;        /* [height,width] */
  int cursor_x, cursor_y; /* where the terminal's cursor stands; -1: hidden */
  bool utf8;              /* false: only ASCII may be drawn; frames and bars have their fallbacks */
} orr_grid;

orr_status orr_grid_init(orr_grid *g, int width, int height, bool utf8, orr_error *e);
void orr_grid_fini(orr_grid *g);
void orr_grid_clear(orr_grid *g);
orr_rect orr_grid_whole(const orr_grid *g);

/* Cells a text takes: wide characters two, combining ones none. */
int orr_text_cells(const char *utf8);

/* Draws utf8 from (x, y) of the grid, clipped to `in`; too long: the last cell an ellipsis. Control and unsound bytes become
 * '?'. Returns the x after it. */
int orr_grid_text(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const char *utf8);
int orr_grid_format(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, ending at the right edge of the `width` cells from x (numbers). */
void orr_grid_right(orr_grid *g, orr_rect in, int x, int y, int width, orr_ink ink, const char *utf8);
/* Wraps at words; returns the number of lines, drawn or not. */
int orr_grid_wrapped(orr_grid *g, orr_rect in, int y, orr_ink ink, const char *utf8);

void orr_grid_fill(orr_grid *g, orr_rect r, orr_ink ink, uint32_t rune);
/* Changes the ink of what is drawn there already: the row under a cursor. */
void orr_grid_tint(orr_grid *g, orr_rect r, orr_ink ink);
/* A line above with a title in it, and what is left below it for the pane's content. */
orr_rect orr_grid_pane(orr_grid *g, orr_rect r, const char *title, bool focus);
/* A frame all around, for what lies over a room (help, palette); returns its inside, cleared. */
orr_rect orr_grid_box(orr_grid *g, orr_rect r, const char *title);
/* values[n] as a sparkline of n cells; a meter filled to `share` of its width. */
void orr_grid_spark(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const uint64_t *values, size_t n);
void orr_grid_meter(orr_grid *g, orr_rect in, int x, int y, int width, orr_ink ink, double share);
/* Where a list is scrolled to, at the right edge of r. */
void orr_grid_scrollbar(orr_grid *g, orr_rect r, size_t first, size_t shown, size_t count);

/* The grid as text, for goldens and `words`: a line a row, trailing blanks cut; with inks: a second block of letters,
 * one an ink, below it. */
void orr_grid_dump(const orr_grid *g, bool inks, orr_text *out);

/* Rectangles cut from others. Negative sizes become 0. */
orr_rect orr_rect_top(orr_rect *r, int rows); /* takes rows off *r and returns them */
orr_rect orr_rect_bottom(orr_rect *r, int rows);
orr_rect orr_rect_left(orr_rect *r, int columns);
orr_rect orr_rect_right(orr_rect *r, int columns);
orr_rect orr_rect_inner(orr_rect r, int x, int y); /* x columns and y rows less on each side */

#endif
