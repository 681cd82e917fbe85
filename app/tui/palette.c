/* The palette: everything that can be asked for, found by typing some of it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/over.h"

enum { DETAIL = 4, NAME = 18 }; /* rows below the list; cells of a name */

/* The first `n` bytes of `word` are in `text`, in any case; where `starts`, at the start of a word of it. */
static bool holds(const char *text, const char *word, size_t n, bool starts) {
  for (const char *p = text; *p; p++) {
    size_t i = 0;
    while (i < n && p[i] && tolower((unsigned char)p[i]) == tolower((unsigned char)word[i])) i++;
    if (i == n && (!starts || p == text || !isalnum((unsigned char)p[-1]))) return true;
  }
  return !n;
}

int orr_search_fits(const char *typed, const char *name, const char *help) {
  int fits = 2;
  for (typed += strspn(typed, " "); *typed; typed += strspn(typed, " ")) {
    size_t n = strcspn(typed, " ");
    if (!holds(name, typed, n, false)) fits = fits && holds(help, typed, n, true);
    typed += n;
  }
  return fits;
}

static int offered(const orr_ui *ui, const orr_offer *o) {
  char title[32];
  if (o->command) {
    snprintf(title, sizeof title, "o.%s", o->command->name);
    return orr_search_fits(ui->search.text, title, o->command->summary);
  }
  return orr_search_fits(ui->search.text, orr_request_title(o->request, title),
                         orr_request_rows[o->request].help);
}

/* 0: of this room, 1: everywhere, 2: of another room. */
static int nearness(const orr_ui *ui, orr_request r) {
  const char *rooms = orr_request_rows[r].rooms;
  return strchr(rooms, orr_ui_room(ui)->letter) ? 0 : *rooms == '*' ? 1 : 2;
}

/* Moving a cursor is no command. */
static bool is_movement(orr_request r) { return r >= ORR_REQUEST_up && r <= ORR_REQUEST_previous_pane; }

/* Those of one nearness whose name fits (2), or whose help alone does (1). */
static size_t add_offers(const orr_ui *ui, int near, int fits, orr_offer *out) {
  size_t n = 0;
  for (size_t r = 1; r < ORR_REQUESTS; r++) {
    out[n] = (orr_offer){.request = (orr_request)r};
    n += !is_movement((orr_request)r) && nearness(ui, (orr_request)r) == near && offered(ui, &out[n]) == fits;
  }
  for (size_t i = 0; near == 1 && i < orr_commands_count; i++) {
    out[n] = (orr_offer){.command = orr_commands[i]};
    n += offered(ui, &out[n]) == fits;
  }
  return n;
}

size_t orr_palette_offers(const orr_ui *ui, orr_offer out[ORR_OFFERS]) {
  size_t n = 0;
  for (int fits = 2; fits; fits--)
    for (int near = 0; near < 3; near++) n += add_offers(ui, near, fits, out + n);
  return n;
}

size_t orr_palette_shown(orr_rect in) {
  return in.height > DETAIL + 2 ? (size_t)(in.height - DETAIL - 1) : 1;
}

static void offer_row(const orr_ui *ui, const orr_offer *o, orr_grid *g, orr_rect in, int y, bool cursor) {
  char title[64], buffer[160], key[32] = "";
  const char *help = o->command ? o->command->summary : orr_request_rows[o->request].help;
  const char *why = o->command ? NULL : orr_ui_why_not(ui, o->request, buffer);
  if (o->command) snprintf(title, sizeof title, "o.%s", o->command->name);
  else orr_request_title(o->request, title), orr_keymap_key(ui->keys, o->request, key);
  orr_rect row = {in.x, in.y + y, in.width, 1}, words = {in.x, in.y + y, in.width - 9, 1};
  orr_ink ink = why ? ORR_INK_DISABLED : ORR_INK_TEXT;
  orr_grid_text(g, (orr_rect){row.x, row.y, NAME, 1}, row.x + 1, row.y,
                why          ? ink
                : o->command ? ORR_INK_CODE
                             : ink,
                title);
  orr_grid_text(g, words, words.x + NAME + 1, words.y, why ? ink : ORR_INK_MUTED, help);
  orr_grid_right(g, row, row.x + row.width - 9, row.y, 8, why ? ink : ORR_INK_KEY, key);
  if (cursor) orr_grid_tint(g, row, ORR_INK_CURSOR);
}

/* What the chosen one is for, the Lua it writes, and why it cannot be given. */
static void detail(const orr_ui *ui, const orr_offer *o, orr_grid *g, orr_rect in) {
  char buffer[160];
  orr_text lua = {0};
  const orr_room *room = orr_ui_room(ui);
  const char *why = o->command ? NULL : orr_ui_why_not(ui, o->request, buffer);
  if (o->command) orr_text_printf(&lua, "o.%s { }", o->command->name);
  else if (room->lua && !why) room->lua(ui, o->request, &lua);
  if (o->command)
    orr_grid_wrapped(g, (orr_rect){in.x, in.y, in.width, 2}, in.y, ORR_INK_TEXT, o->command->help);
  else
    orr_grid_wrapped(g, (orr_rect){in.x, in.y, in.width, 2}, in.y, ORR_INK_TEXT,
                     orr_request_rows[o->request].help);
  orr_rect last = {in.x, in.y + 2, in.width, 1};
  if (why) orr_grid_format(g, last, last.x, last.y, ORR_INK_WARNING, "Not now: %s", why);
  else if (lua.length) orr_grid_lua(g, last, last.y, orr_text_get(&lua), false);
  else orr_grid_text(g, last, last.x, last.y, ORR_INK_MUTED, "Changes nothing.");
  orr_text_fini(&lua);
}

void orr_palette_draw(const orr_ui *ui, orr_grid *g, orr_rect in) {
  orr_offer offers[ORR_OFFERS];
  size_t n = orr_palette_offers(ui, offers), shown = orr_palette_shown(in);
  orr_rect top = orr_rect_top(&in, 1), below = orr_rect_bottom(&in, DETAIL);
  orr_grid_text(g, top, top.x, top.y, ORR_INK_KEY, ">");
  orr_line_draw(&ui->search, g, top, top.x + 2, top.y);
  if (!ui->search.length)
    orr_grid_text(g, top, top.x + 3, top.y, ORR_INK_MUTED, "type some of what you want");
  for (size_t i = 0; i < shown && ui->over.first + i < n; i++)
    offer_row(ui, &offers[ui->over.first + i], g, in, (int)i, ui->over.first + i == ui->over.cursor);
  orr_grid_scrollbar(g, (orr_rect){in.x, in.y, in.width + 2, in.height}, ui->over.first, shown, n);
  orr_grid_pane(g, (orr_rect){below.x, below.y, below.width, 1}, "", false);
  if (!n) orr_grid_text(g, in, in.x + 1, in.y, ORR_INK_MUTED, "Nothing fits these words.");
  else if (ui->over.cursor < n)
    detail(ui, &offers[ui->over.cursor], g, (orr_rect){below.x, below.y + 1, below.width, DETAIL - 1});
}
