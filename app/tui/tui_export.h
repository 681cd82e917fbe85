/* The plot that is looked at, said in words or written as files: what `D` and
 * `e` ask for. Files are made by a gnuplot of their own on a thread of their
 * own; the screen goes on meanwhile. */
#ifndef ORR_TUI_TUI_EXPORT_H
#define ORR_TUI_TUI_EXPORT_H

#include "app/tui/view.h"

typedef struct orr_tui_export orr_tui_export; /* one at a time */

/* Shows the words over the room, or says that there is no plot. */
void orr_tui_describe(orr_ui *ui, const orr_view *v);

/* Begins to write `path` (.png, .pdf or .svg; without one of these: all three), with .gp and .dat beside it. *x is NULL
 * where it could not begin, which is said. */
void orr_tui_export_begin(orr_ui *ui, const orr_view *v, const char *path, orr_tui_export **x);

/* Whether it has ended; then what came of it is said, and *x is NULL again. */
bool orr_tui_export_ended(orr_ui *ui, orr_tui_export **x);
void orr_tui_export_close(orr_tui_export **x); /* waits for it, without a word */

#endif
