/* Characters of UTF-8 text, one at a time, and how many cells each takes. */
#ifndef ORR_PLOT_RUNE_H
#define ORR_PLOT_RUNE_H

#include <stdint.h>

#include "base/text.h"

enum { ORR_RUNE_UNSOUND = 0xfffd };

/* The rune at *s, which moves on behind it; ORR_RUNE_UNSOUND, and one byte on, for what is no UTF-8. */
uint32_t orr_rune_next(const char **s, const char *end);
void orr_rune_add(orr_text *out, uint32_t rune);

/* Cells it takes: 2 for East Asian wide ones and pictures, 0 for combining ones. */
int orr_rune_cells(uint32_t rune);

#endif
