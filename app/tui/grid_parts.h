/* What the grid's own files share: single cells, and ASCII for what is not. */
#ifndef ORR_TUI_GRID_PARTS_H
#define ORR_TUI_GRID_PARTS_H

#include "app/tui/grid.h"

/* The cell at (x, y) of the grid; NULL outside of it or of `in`, or without a grid. */
orr_cell *orr_grid_at(orr_grid *g, orr_rect in, int x, int y);

/* One character of `cells` cells (1 or 2); of a wide one that only half fits, a blank. */
void orr_grid_put(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, uint32_t rune, int cells);

/* As this grid may show it: the rune, or its ASCII fallback. */
uint32_t orr_grid_rune(const orr_grid *g, uint32_t rune);

/* One ASCII character for a rune: lines, bars, braille by the number of its dots, signs; '?' for any other. */
uint32_t orr_sign_ascii(uint32_t rune);

/* Cells of a rune: 0 combining, 1, 2 wide; as the locale counts them, which is how the terminal does. */
int orr_sign_cells(uint32_t rune);

/* The rune at s and its bytes (0 at the end); control and unsound bytes are '?'. */
size_t orr_sign_next(const char *s, uint32_t *rune);

#endif
