/* What lies over a room: pages that are scrolled (help, journal, words) and
 * lists that are searched (palette, glossary). Drawing them on no grid only
 * counts their lines. */
#ifndef ORR_TUI_OVER_H
#define ORR_TUI_OVER_H

#include "app/tui/room.h"
#include "session/command.h"

/* Draws a page's lines from y (often above the rectangle); returns how many there are. g NULL: only counts. */
int orr_help_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y);
int orr_journal_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y);
int orr_words_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y);

/* A row of the palette: a request of a key, or a command of the engine. */
typedef struct orr_offer {
  orr_request request;        /* ORR_NO_REQUEST: a command */
  const orr_command *command; /* NULL: a request */
} orr_offer;

enum { ORR_OFFERS = ORR_REQUESTS + 64 };

/* What fits the words typed so far, in the order it is shown. */
size_t orr_palette_offers(const orr_ui *ui, orr_offer out[ORR_OFFERS]);
void orr_palette_draw(const orr_ui *ui, orr_grid *g, orr_rect in);
size_t orr_palette_shown(orr_rect in); /* rows of the list */

typedef struct orr_glossary_term {
  const char *name, *help;
  int place; /* lower comes first */
} orr_glossary_term;

enum { ORR_TERMS = 128 };

/* Terms that fit the words typed so far: names before helps, the room's own before others, then by name. Those of scores are the scores' own help. */
size_t orr_glossary_terms(const orr_ui *ui, orr_glossary_term out[ORR_TERMS]);
void orr_glossary_draw(const orr_ui *ui, orr_grid *g, orr_rect in);
size_t orr_glossary_shown(orr_rect in);

/* Lua with its strings, numbers and commands told apart, wrapped; returns its lines. dim: one that was undone. */
int orr_grid_lua(orr_grid *g, orr_rect in, int y, const char *lua, bool dim);

/* The frame of what lies over the room on a screen of that size, and its inside. */
orr_rect orr_over_frame(const orr_ui *ui, int width, int height);
orr_rect orr_over_inside(orr_rect frame);

/* The line of an editor, from its start or scrolled so that the cursor is seen; sets the grid's cursor. */
void orr_line_draw(const orr_line_editor *l, orr_grid *g, orr_rect in, int x, int y);

/* Whether each word of `typed` is in the name, or begins a word of the help: 2 all are in the name, 1 some are in the help
 * alone, 0 some are in neither. Letters of any case. */
int orr_search_fits(const char *typed, const char *name, const char *help);

/* "role target" of "role_target". */
const char *orr_request_title(orr_request r, char buffer[32]);

#endif
