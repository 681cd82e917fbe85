/* Words of the header and footer; see hints.h. */
#include "app/tui/hints.h"

#include <stdio.h>
#include <string.h>

#include "app/tui/over.h"

size_t orr_header_tabs(const orr_ui *ui, orr_hint out[ORR_ROOMS]) {
  int x = 0;
  for (size_t i = 0; i < ORR_ROOMS; i++) {
    out[i] = (orr_hint){.request = (orr_request)(ORR_REQUEST_room_data + i), .x = x};
    orr_keymap_key(ui->keys, out[i].request, out[i].key);
    snprintf(out[i].text, sizeof out[i].text, " %.8s %s ", out[i].key, orr_rooms[i]->name);
    out[i].width = orr_text_cells(out[i].text);
    x += out[i].width;
  }
  return ORR_ROOMS;
}

static bool make(const orr_ui *ui, orr_request r, const char *text, orr_hint *out) {
  char buffer[160], title[32];
  *out = (orr_hint){.request = r};
  orr_keymap_key(ui->keys, r, out->key);
  snprintf(out->text, sizeof out->text, "%s", text ? text : orr_request_title(r, title));
  out->disabled = orr_ui_why_not(ui, r, buffer) != NULL;
  out->width = orr_text_cells(out->key) + 1 + orr_text_cells(out->text);
  return *out->key != 0;
}

size_t orr_footer_hints(const orr_ui *ui, int width, orr_hint out[ORR_HINTS]) {
  enum { GAP = 2, LAST = 3 };
  static const struct {
    orr_request request;
    const char *text;
  } always[LAST] = {{ORR_REQUEST_help, "help"}, {ORR_REQUEST_palette, "commands"}, {ORR_REQUEST_back, NULL}};
  orr_hint last[LAST];
  size_t n = 0, n_last = 0;
  int right = width - 1;
  for (size_t i = LAST; i-- > 0;) {
    const char *text = always[i].text ? always[i].text : "back";
    if (!make(ui, always[i].request, text, &last[n_last])) continue;
    right -= last[n_last].width;
    last[n_last++].x = right;
    right -= GAP;
  }
  int x = 1;
  for (const orr_request *r = orr_ui_room(ui)->footer; r && *r && n < ORR_HINTS - LAST; r++) {
    if (!make(ui, *r, NULL, &out[n])) continue;
    if (x + out[n].width > right) break;
    out[n].x = x;
    x += out[n++].width + GAP;
  }
  while (n_last) out[n++] = last[--n_last];
  return n;
}
