/* Goldens: a grid must look as the file says. UPDATE=1 in the environment writes the file instead. */
#ifndef TESTS_TUI_GOLDEN_H
#define TESTS_TUI_GOLDEN_H

#include "app/tui/grid.h"

/* Compares with tests/tui/golden/NAME.txt; a difference fails the test and shows the lines that differ. */
void golden_check(const char *name, const orr_grid *g, bool inks);
void golden_check_text(const char *name, const char *now);

#endif
