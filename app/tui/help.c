/* Help for a room: its paragraph, and its keys as the keymap has them now. */
#include <stdio.h>
#include <string.h>

#include "app/tui/over.h"

enum { KEYS = 18, NAME = 16 };

const char *orr_request_title(orr_request r, char buffer[32]) {
  snprintf(buffer, 32, "%s", orr_request_rows[r].name);
  for (char *p = buffer; *p; p++)
    if (*p == '_') *p = ' ';
  return buffer;
}

static void add_keys(const orr_keymap *m, orr_request r, orr_text *out) {
  for (size_t i = 0; i < ORR_KEYS_A_REQUEST && m->keys[r][i].kind; i++) {
    if (i) orr_text_add(out, " ");
    orr_key_name(&m->keys[r][i], out);
  }
}

/* "Ctrl-R      run the recipe with this form"; what cannot be asked for now is dim, and says why when it is. */
static int key_row(const orr_ui *ui, orr_grid *g, orr_rect in, int y, orr_request r) {
  char buffer[160];
  orr_text keys = {0};
  add_keys(ui->keys, r, &keys);
  const char *why = orr_ui_why_not(ui, r, buffer);
  orr_rect left = {in.x, in.y, KEYS - 2, in.height}, right = {in.x + KEYS, in.y, in.width - KEYS, in.height};
  if (g && keys.length)
    orr_grid_text(g, left, left.x, y, why ? ORR_INK_DISABLED : ORR_INK_KEY, orr_text_get(&keys));
  else if (g) orr_grid_text(g, left, left.x, y, ORR_INK_MUTED, "no key");
  int lines = orr_grid_wrapped(g, right, y, why ? ORR_INK_DISABLED : ORR_INK_TEXT, orr_request_rows[r].help);
  orr_text_fini(&keys);
  return lines > 1 ? lines : 1;
}

static int keys_of(const orr_ui *ui, orr_grid *g, orr_rect in, int y, char room) {
  int from = y;
  for (size_t r = 1; r < ORR_REQUESTS; r++)
    if (strchr(orr_request_rows[r].rooms, room)) y += key_row(ui, g, in, y, (orr_request)r);
  return y - from;
}

static int heading(orr_grid *g, orr_rect in, int y, const char *words) {
  if (g) orr_grid_text(g, in, in.x, y, ORR_INK_HEADING, words);
  return 1;
}

int orr_help_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y) {
  const orr_room *room = orr_ui_room(ui);
  int from = y;
  y += orr_grid_wrapped(g, in, y, ORR_INK_TEXT, room->help) + 1;
  char title[64];
  snprintf(title, sizeof title, "Keys of this room (%s)", room->name);
  y += heading(g, in, y, title);
  y += keys_of(ui, g, in, y, room->letter) + 1;
  y += heading(g, in, y, "Keys everywhere");
  y += keys_of(ui, g, in, y, '*');
  return y - from;
}

int orr_words_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y) {
  return orr_grid_wrapped(g, in, y, ORR_INK_TEXT, orr_text_get(&ui->words));
}
