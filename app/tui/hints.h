/* Words of the header and footer with their places: what is drawn is what a
 * click finds. */
#ifndef ORR_TUI_HINTS_H
#define ORR_TUI_HINTS_H

#include "app/tui/room.h"

enum { ORR_HINTS = 24 };

typedef struct orr_hint {
  orr_request request;
  int x, width;
  bool disabled;
  char key[32], text[40];
} orr_hint;

size_t orr_header_tabs(const orr_ui *ui, orr_hint out[ORR_ROOMS]);

/* Help, palette and back always; of the room's keys, in its order, as many as fit. */
size_t orr_footer_hints(const orr_ui *ui, int width, orr_hint out[ORR_HINTS]);

#endif
