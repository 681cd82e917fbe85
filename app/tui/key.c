/* Keys by their names, as help, keys.lua and tests write them; see term.h. */
#include <stdlib.h>
#include <string.h>

#include "app/tui/grid_parts.h"
#include "app/tui/term.h"
#include "plot/rune.h"

static const struct {
  orr_key_kind kind;
  const char *name;
} names[] = {{ORR_KEY_ENTER, "Enter"},
             {ORR_KEY_ESCAPE, "Escape"},
             {ORR_KEY_TAB, "Tab"},
             {ORR_KEY_BACK_TAB, "BackTab"},
             {ORR_KEY_BACKSPACE, "Backspace"},
             {ORR_KEY_DELETE, "Delete"},
             {ORR_KEY_UP, "Up"},
             {ORR_KEY_DOWN, "Down"},
             {ORR_KEY_LEFT, "Left"},
             {ORR_KEY_RIGHT, "Right"},
             {ORR_KEY_HOME, "Home"},
             {ORR_KEY_END, "End"},
             {ORR_KEY_PAGE_UP, "PageUp"},
             {ORR_KEY_PAGE_DOWN, "PageDown"},
             {ORR_KEY_MOUSE, "Mouse"},
             {ORR_KEY_PASTE, "Paste"},
             {ORR_KEY_RESIZE, "Resize"},
             {ORR_KEY_GONE, "Gone"}};
enum { NAMES = sizeof names / sizeof *names, NAMED_KEYS = 14 }; /* the first are on a keyboard */

static void add_rune_name(const orr_key *key, orr_text *out) {
  uint32_t letter = key->rune >= 'a' && key->rune <= 'z' ? key->rune - 'a' + 'A' : key->rune;
  if (key->control) orr_text_add(out, "Ctrl-"), orr_rune_add(out, letter);
  else if (key->rune == ' ') orr_text_add(out, "Space");
  else orr_rune_add(out, key->rune);
}

void orr_key_name(const orr_key *key, orr_text *out) {
  if (key->kind == ORR_KEY_RUNE) add_rune_name(key, out);
  if (key->kind == ORR_KEY_FUNCTION) orr_text_printf(out, "F%u", key->rune);
  for (size_t i = 0; i < NAMES; i++)
    if (names[i].kind == key->kind) orr_text_add(out, names[i].name);
}

static bool parse_control(const char *letter, orr_key *out) {
  char c = *letter >= 'A' && *letter <= 'Z' ? (char)(*letter - 'A' + 'a') : *letter;
  bool known = c && !letter[1] && ((c >= 'a' && c <= 'z') || strchr("\\]^_", c));
  *out = (orr_key){.kind = ORR_KEY_RUNE, .rune = (unsigned char)c, .control = true};
  return known;
}

static bool parse_function(const char *number, orr_key *out) {
  char *end;
  long n = strtol(number, &end, 10);
  *out = (orr_key){.kind = ORR_KEY_FUNCTION, .rune = (uint32_t)n};
  return *number >= '1' && *number <= '9' && !*end && n <= 12;
}

bool orr_key_parse(const char *name, orr_key *out) {
  uint32_t rune;
  for (size_t i = 0; i < NAMED_KEYS; i++)
    if (!strcmp(names[i].name, name)) return *out = (orr_key){.kind = names[i].kind}, true;
  if (!strncmp(name, "Ctrl-", 5)) return parse_control(name + 5, out);
  if (*name == 'F' && name[1] && parse_function(name + 1, out)) return true;
  size_t n = orr_sign_next(name, &rune);
  bool space = !strcmp(name, "Space");
  *out = (orr_key){.kind = ORR_KEY_RUNE, .rune = space ? ' ' : rune};
  bool unsound = rune == '?' && *name != '?';
  return space || (n && !name[n] && rune != ' ' && !unsound);
}
