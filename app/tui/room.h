/* Rooms: five, one row and one file (rooms/NAME.c) each. */
#ifndef ORR_TUI_ROOM_H
#define ORR_TUI_ROOM_H

#include "app/tui/view.h"

typedef struct orr_room {
  const char *name; /* "Data" */
  char letter;      /* in requests.def */
  const char *help; /* a paragraph: what this room is for and how one begins */
  orr_status (*open)(orr_ui *ui, orr_room_state **out, orr_error *e);
  void (*close)(orr_room_state *s);
  void (*draw)(orr_view *v, orr_grid *g, orr_rect where);
  /* Does what a key asked; false: not this room's affair. */
  bool (*request)(orr_ui *ui, orr_request request, orr_error *e);
  /* Why a request cannot be given now (a few words, static or in buffer); NULL: it can. */
  const char *(*why_not)(const orr_ui *ui, orr_request request, char buffer[160]);
  /* The Lua that the request would write; "" when it is only looking. */
  void (*lua)(const orr_ui *ui, orr_request request, orr_text *out);
  /* A new snapshot or answer came: put the questions that are open now. */
  void (*refresh)(orr_ui *ui);
  /* A key before it is looked up: forms that are typed into. NULL: none. true: taken. */
  bool (*key)(orr_ui *ui, const orr_key *key, orr_error *e);
  void (*mouse)(orr_ui *ui, const orr_key *key, orr_rect room); /* NULL: none */
  void (*event)(orr_ui *ui,
                const orr_event *event); /* what the engine tells; every room hears it. NULL: none */
  const orr_request *footer; /* the requests worth a place in the footer, most useful first; ends with 0 */
} orr_room;

extern const orr_room orr_room_data, orr_room_recipe, orr_room_watch, orr_room_ask, orr_room_record;
extern const orr_room *const orr_rooms[ORR_ROOMS];

#endif
