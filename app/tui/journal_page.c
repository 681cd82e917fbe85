/* The live recipe: every line of Lua that the session has written, and what
 * became of it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/grid_parts.h"
#include "app/tui/over.h"

static size_t string_length(const char *s) {
  size_t n = 1;
  while (s[n] && s[n] != *s) n += s[n] == '\\' && s[n + 1] ? 2 : 1;
  return n + (s[n] != 0);
}

static size_t word_length(const char *s, const char *more) {
  size_t n = 0;
  while (isalnum((unsigned char)s[n]) || (s[n] && strchr(more, s[n]))) n++;
  return n;
}

/* The ink and length of the piece of Lua that s begins with. */
static size_t token(const char *s, orr_ink *ink) {
  *ink = ORR_INK_TEXT;
  if (*s == '"' || *s == '\'') return *ink = ORR_INK_GOOD, string_length(s);
  if (s[0] == '-' && s[1] == '-') return *ink = ORR_INK_MUTED, strcspn(s, "\n");
  if (isdigit((unsigned char)*s)) return *ink = ORR_INK_NUMBER, word_length(s, ".+-");
  if (!strncmp(s, "o.", 2) || !strncmp(s, "nn.", 3)) return *ink = ORR_INK_CODE, word_length(s, "._");
  size_t n = word_length(s, "._");
  return n ? n : 1;
}

/* Bytes of s that are drawn on a line of `width` cells, at a blank where there is one. */
static size_t line_length(const char *s, int width) {
  uint32_t rune;
  size_t at = 0, blank = 0;
  int cells = 0;
  for (size_t n; s[at] != '\n' && (n = orr_sign_next(s + at, &rune)); at += n) {
    if (rune == ' ') blank = at;
    cells += orr_sign_cells(rune);
    if (cells > width) return blank ? blank : at ? at : n;
  }
  return at;
}

/* Draws the part of a token that lies on this line. */
static int draw_part(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const char *s, size_t n) {
  orr_text part = {0};
  orr_text_add_bytes(&part, s, n);
  x = orr_grid_text(g, in, x, y, ink, orr_text_get(&part));
  orr_text_fini(&part);
  return x;
}

int orr_grid_lua(orr_grid *g, orr_rect in, int y, const char *lua, bool dim) {
  orr_ink ink = ORR_INK_TEXT;
  size_t left = 0; /* bytes of the token that go on */
  int lines = 0, indent = 0;
  while (*lua && in.width > 8) {
    size_t n = line_length(lua, in.width - indent);
    for (int x = in.x + indent; n;) {
      if (!left) left = token(lua, &ink);
      size_t part = left < n ? left : n;
      if (g) x = draw_part(g, in, x, y + lines, dim ? ORR_INK_DISABLED : ink, lua, part);
      lua += part, n -= part, left -= part;
    }
    for (; *lua == ' ' || *lua == '\n'; lua++) left -= left > 0;
    lines++;
    indent = 4;
  }
  return lines;
}

static const struct {
  const char *sign;
  orr_ink ink;
} states[] = {[ORR_LINE_DONE] = {"\342\234\223", ORR_INK_GOOD},
              [ORR_LINE_RUNNING] = {"\342\226\266", ORR_INK_NUMBER},
              [ORR_LINE_FAILED] = {"\342\234\227", ORR_INK_BAD},
              [ORR_LINE_UNDONE] = {"-", ORR_INK_DISABLED}};

static int journal_line(const orr_seen_line *l, orr_grid *g, orr_rect in, int y) {
  enum { SIGN = 2, TIME = 10 };
  orr_rect code = {in.x + SIGN, in.y, in.width - SIGN - TIME, in.height};
  orr_rect room = {in.x + SIGN, in.y, in.width - SIGN, in.height};
  if (g) orr_grid_text(g, in, in.x, y, states[l->state].ink, states[l->state].sign);
  char seconds[32];
  snprintf(seconds, sizeof seconds, "%.*f s", l->seconds < 10 ? 2 : 0, l->seconds);
  if (g && l->state == ORR_LINE_DONE)
    orr_grid_right(g, in, in.x + in.width - TIME, y, TIME, ORR_INK_MUTED, seconds);
  if (g && l->state == ORR_LINE_UNDONE)
    orr_grid_right(g, in, in.x + in.width - TIME, y, TIME, ORR_INK_MUTED, "undone");
  if (g && l->state == ORR_LINE_RUNNING)
    orr_grid_right(g, in, in.x + in.width - TIME, y, TIME, ORR_INK_MUTED, "running");
  int lines = orr_grid_lua(g, code, y, l->text, l->state == ORR_LINE_UNDONE);
  if (l->error) lines += orr_grid_wrapped(g, room, y + lines, ORR_INK_BAD, l->error);
  return lines;
}

int orr_journal_page(const orr_ui *ui, orr_grid *g, orr_rect in, int y) {
  const orr_snapshot *s = ui->snapshot;
  const char *recipe = NULL;
  int from = y;
  if (!s || !s->n_journal)
    return orr_grid_wrapped(
        g, in, y, ORR_INK_MUTED,
        "Nothing yet. Whatever changes something is written here as a line of Lua; saved, the "
        "lines are a recipe that replays to the same numbers.");
  for (size_t i = 0; i < s->n_journal; i++) {
    const orr_seen_line *l = &s->journal[i];
    bool begins = l->recipe && (!recipe || strcmp(recipe, l->recipe));
    if (begins && g) orr_grid_format(g, in, in.x, y, ORR_INK_MUTED, "-- recipe %s", l->recipe);
    y += begins;
    recipe = l->recipe;
    y += journal_line(l, g, in, y);
  }
  return y - from;
}
