/* Keys and requests; see keymap.h. */
#include "app/tui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "app/settings.h"
#include "base/file.h"

const orr_request_row orr_request_rows[ORR_REQUESTS] = {
    [ORR_NO_REQUEST] = {"", "", "", ""},
#define ORR_REQUEST(name, keys, rooms, help) [ORR_REQUEST_##name] = {#name, keys, rooms, help},
#include "app/tui/requests.def"
#undef ORR_REQUEST
};

static bool same(const orr_key *a, const orr_key *b) {
  return a->kind == b->kind && a->rune == b->rune && a->control == b->control;
}

void orr_keymap_init(orr_keymap *m) {
  *m = (orr_keymap){0};
  for (size_t r = 1; r < ORR_REQUESTS; r++) {
    char word[32];
    size_t n = 0;
    for (const char *p = orr_request_rows[r].keys; *p && n < ORR_KEYS_A_REQUEST; p += strspn(p, " ")) {
      size_t length = strcspn(p, " ");
      snprintf(word, sizeof word, "%.*s", (int)length, p);
      n += orr_key_parse(word, &m->keys[r][n]);
      p += length;
    }
  }
}

static bool lives_in(orr_request r, char room) { return strchr(orr_request_rows[r].rooms, room) != NULL; }

static bool asks(const orr_keymap *m, size_t r, const orr_key *key) {
  for (size_t i = 0; i < ORR_KEYS_A_REQUEST && m->keys[r][i].kind; i++)
    if (same(&m->keys[r][i], key)) return true;
  return false;
}

static orr_request find_of(const orr_keymap *m, const orr_key *key, char room) {
  for (size_t r = 1; r < ORR_REQUESTS; r++)
    if (lives_in((orr_request)r, room) && asks(m, r, key)) return (orr_request)r;
  return ORR_NO_REQUEST;
}

orr_request orr_keymap_find(const orr_keymap *m, const orr_key *key, char room) {
  orr_request of_room = find_of(m, key, room);
  return of_room ? of_room : find_of(m, key, '*');
}

const char *orr_keymap_key(const orr_keymap *m, orr_request request, char buffer[32]) {
  orr_text name = {0};
  orr_key_name(&m->keys[request][0], &name);
  snprintf(buffer, 32, "%s", orr_text_get(&name));
  orr_text_fini(&name);
  return buffer;
}

orr_request orr_request_from_name(const char *name) {
  for (size_t r = 1; r < ORR_REQUESTS; r++)
    if (!strcmp(orr_request_rows[r].name, name)) return (orr_request)r;
  return ORR_NO_REQUEST;
}

/* Why a key cannot be bound; NULL: it can. */
static const char *forbidden(const char *name, const orr_key *key) {
  if (!strncmp(name, "Alt-", 4)) return "Alt is never bound: terminals send it as Escape and a letter";
  if (!strcmp(name, "Ctrl-Enter")) return "terminals cannot tell Ctrl-Enter from Enter";
  if (!orr_key_parse(name, (orr_key *)key)) return "there is no such key";
  if (!key->control) return NULL;
  if (key->rune == 'a' || key->rune == 'b') return "it belongs to screen or tmux";
  if (key->rune == 's' || key->rune == 'q') return "it stops and starts the terminal's flow";
  if (key->rune == '\\') return "it quits programs";
  return strchr("hijm[", (int)key->rune) ? "terminals cannot tell it from another key" : NULL;
}

static void problem(orr_text *problems, const char *what, const char *name, const char *why) {
  orr_text_printf(problems, "keys.lua: %s: %s: %s\n", what, name, why);
}

static void bind(orr_keymap *m, size_t r, size_t i, const orr_value *name, orr_text *problems) {
  orr_key key = {0};
  const char *what = orr_request_rows[r].name, *text = name->kind == ORR_STRING ? name->string : NULL;
  const char *why = !text                     ? "a key is a text such as \"p\" or \"Ctrl-T\""
                    : i >= ORR_KEYS_A_REQUEST ? "a request has four keys at most"
                                              : forbidden(text, &key);
  if (why) problem(problems, what, text ? text : "?", why);
  for (size_t at = 0; !why && at < ORR_KEYS_A_REQUEST; at++)
    if (!m->keys[r][at].kind) {
      m->keys[r][at] = key;
      return;
    }
}

static void read_row(orr_keymap *m, const char *name, const orr_value *given, orr_text *problems) {
  orr_request r = orr_request_from_name(name);
  if (!r) {
    const char *known[ORR_REQUESTS];
    for (size_t i = 1; i < ORR_REQUESTS; i++) known[i - 1] = orr_request_rows[i].name;
    const char *nearest = orr_text_nearest(name, known, ORR_REQUESTS - 1);
    orr_text_printf(problems, "keys.lua: there is no request '%.40s'", name);
    if (nearest) orr_text_printf(problems, "; did you mean '%s'?", nearest);
    orr_text_add(problems, "\n");
    return;
  }
  memset(m->keys[r], 0, sizeof m->keys[r]);
  bool list = given->kind == ORR_LIST;
  for (size_t i = 0; i < (list ? given->count : 1); i++)
    bind(m, r, i, list ? &given->items[i] : given, problems);
}

/* Two requests that share a key where both live. */
static bool meet(orr_request a, orr_request b) {
  for (const char *room = orr_request_rows[a].rooms; *room; room++)
    if (lives_in(b, *room)) return true;
  return false;
}

static void find_conflicts(const orr_keymap *m, orr_text *problems) {
  for (size_t a = 1; a < ORR_REQUESTS; a++)
    for (size_t b = a + 1; b < ORR_REQUESTS; b++)
      for (size_t i = 0; i < ORR_KEYS_A_REQUEST && m->keys[b][i].kind; i++) {
        if (!meet((orr_request)a, (orr_request)b) || !asks(m, a, &m->keys[b][i])) continue;
        orr_text key = {0};
        orr_key_name(&m->keys[b][i], &key);
        orr_text_printf(problems, "keys.lua: %s asks for %s and for %s; the first is done\n",
                        orr_text_get(&key), orr_request_rows[a].name, orr_request_rows[b].name);
        orr_text_fini(&key);
      }
}

orr_status orr_keymap_read(orr_keymap *m, const char *path, orr_text *problems, orr_error *e) {
  orr_arena arena = {0};
  orr_value all;
  if (!orr_file_exists(path)) return ORR_OK;
  orr_status status = orr_settings_read(path, &arena, &all, e);
  for (size_t i = 0; !status && i < all.count; i++)
    read_row(m, all.pairs[i].key, &all.pairs[i].value, problems);
  if (!status) find_conflicts(m, problems);
  orr_arena_fini(&arena);
  return status;
}
