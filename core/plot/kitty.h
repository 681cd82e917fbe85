/* Pictures in kitty's graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol). */
#ifndef ORR_PLOT_KITTY_H
#define ORR_PLOT_KITTY_H

#include "base/text.h"

/* Adds the escapes that show the PNG at the cursor over columns × rows cells, under the number `id`, without moving the
 * cursor; base64 in pieces of 4096 bytes. */
void orr_kitty_show(const char *png, size_t bytes, unsigned id, int columns, int rows, orr_text *out);
void orr_kitty_hide(unsigned id, orr_text *out);

#endif
