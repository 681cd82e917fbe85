/* Keys and requests: one table (requests.def) that keys, help, footer, palette
 * and manual come from. keys.lua changes which key asks for what; conflicts are
 * listed, and some keys can never be bound. */
#ifndef ORR_TUI_KEYMAP_H
#define ORR_TUI_KEYMAP_H

#include "app/tui/term.h"

typedef enum orr_request {
  ORR_NO_REQUEST,
#define ORR_REQUEST(name, keys, rooms, help) ORR_REQUEST_##name,
#include "app/tui/requests.def"
#undef ORR_REQUEST
  ORR_REQUESTS
} orr_request;

typedef struct orr_request_row {
  const char *name, *keys, *rooms, *help;
} orr_request_row;

extern const orr_request_row orr_request_rows[ORR_REQUESTS]; /* by orr_request; [0] is empty */

enum { ORR_KEYS_A_REQUEST = 4 };

typedef struct orr_keymap {
  orr_key keys[ORR_REQUESTS][ORR_KEYS_A_REQUEST]; /* kind ORR_KEY_NONE: none */
} orr_keymap;

void orr_keymap_init(orr_keymap *m); /* the defaults */
/* Reads keys.lua (`return { pause = "P", stop = { "s", "F4" } }`); no such file is no error. Every unknown request, key
 * that cannot be bound (Ctrl-A, -B, -S, -Q, -\, Ctrl-Enter, Alt) and conflict is a line in `problems`. */
orr_status orr_keymap_read(orr_keymap *m, const char *path, orr_text *problems, orr_error *e);
/* What a key asks for in a room (its letter: D R W A C). */
orr_request orr_keymap_find(const orr_keymap *m, const orr_key *key, char room);
/* The first key of a request, as people write it; "" none. */
const char *orr_keymap_key(const orr_keymap *m, orr_request request, char buffer[32]);
orr_request orr_request_from_name(const char *name);

#endif
