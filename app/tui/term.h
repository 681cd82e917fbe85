/* The terminal: cells out, keys in. term_curses.c is the one file that knows
 * curses; tests bring their own. The terminal is given back as it was on every
 * way out, a crash included.
 */
#ifndef ORR_TUI_TERM_H
#define ORR_TUI_TERM_H

#include "app/tui/theme.h"

typedef enum orr_key_kind {
  ORR_KEY_NONE,
  ORR_KEY_RUNE, /* rune; control: with Ctrl (rune is the letter) */
  ORR_KEY_ENTER,
  ORR_KEY_ESCAPE,
  ORR_KEY_TAB,
  ORR_KEY_BACK_TAB,
  ORR_KEY_BACKSPACE,
  ORR_KEY_DELETE,
  ORR_KEY_UP,
  ORR_KEY_DOWN,
  ORR_KEY_LEFT,
  ORR_KEY_RIGHT,
  ORR_KEY_HOME,
  ORR_KEY_END,
  ORR_KEY_PAGE_UP,
  ORR_KEY_PAGE_DOWN,
  ORR_KEY_FUNCTION, /* rune: 1-12 */
  ORR_KEY_MOUSE,    /* x, y, button */
  ORR_KEY_PASTE,    /* a bracketed paste begins (rune 1) or ends (0): what is between are runes */
  ORR_KEY_RESIZE,
  ORR_KEY_GONE /* the terminal is closed */
} orr_key_kind;

typedef enum orr_button {
  ORR_NO_BUTTON,
  ORR_PRESS,
  ORR_RELEASE,
  ORR_DRAG,
  ORR_DOUBLE_CLICK,
  ORR_WHEEL_UP,
  ORR_WHEEL_DOWN
} orr_button;

typedef struct orr_key {
  orr_key_kind kind;
  uint32_t rune;
  bool control, shift;
  int x, y;
  orr_button button;
} orr_key;

/* "Ctrl-L", "j", "Enter", "PageUp": as help, keys.lua and tests write it. */
void orr_key_name(const orr_key *key, orr_text *out);
bool orr_key_parse(const char *name, orr_key *out);

typedef struct orr_term_facts {
  int width, height;
  orr_depth depth;
  bool utf8;
} orr_term_facts;

typedef struct orr_term_setup {
  int in, out;   /* descriptors */
  bool mono;     /* no colours: NO_COLOR */
  bool no_mouse; /* the terminal's own selection of text instead */
} orr_term_setup;

/* Takes over the terminal. ORR_USAGE when there is none on those descriptors, or TERM is not known. */
orr_status orr_term_open(const orr_term_setup *setup, const orr_theme *theme, orr_error *e);
void orr_term_close(void); /* may be called at any time and any number of times */
/* What the terminal on standard output is said to be, without touching it. False: TERM is not known here. */
bool orr_term_look(bool mono, orr_term_facts *out);
void orr_term_set_theme(const orr_theme *theme);
orr_term_facts orr_term_facts_now(void);
int orr_term_descriptor(void); /* readable when there may be keys */
orr_key orr_term_key(void);    /* the next one that is there; ORR_KEY_NONE: none */
/* Sends what has changed since the last one. Returns bytes sent. */
size_t orr_term_paint(const orr_grid *g);
/* Bytes for the terminal that are no cells (pictures of the kitty and sixel protocols), at a cell. */
void orr_term_raw(int x, int y, const char *bytes, size_t n);
void orr_term_suspend(void); /* Ctrl-Z: gives the terminal back, stops, takes it again */
void orr_term_redraw(void);  /* Ctrl-L */

#endif
