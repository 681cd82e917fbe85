/* Text in the grid: what bytes become which cells; see grid.h. Whatever the text
 * was made of, only printable characters come out of here. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "app/tui/grid_parts.h"
#include "plot/rune.h"

static bool is_control(uint32_t rune) {
  bool direction = (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e) ||
                   (rune >= 0x2066 && rune <= 0x2069) || rune == 0xfeff;
  return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || direction;
}

size_t orr_sign_next(const char *s, uint32_t *rune) {
  const char *after = s;
  if (!*s) return *rune = '?', 0;
  *rune = orr_rune_next(&after, s + strnlen(s, 4));
  if (*rune == ORR_RUNE_UNSOUND || is_control(*rune)) *rune = '?';
  return (size_t)(after - s);
}

int orr_sign_cells(uint32_t rune) {
  if (rune < 0x300) return 1;
  int cells = wcwidth((wchar_t)rune);
  return cells < 0 ? 1 : cells > 2 ? 2 : cells;
}

int orr_text_cells(const char *s) {
  uint32_t rune;
  int cells = 0;
  for (size_t n; (n = orr_sign_next(s, &rune)); s += n) cells += orr_sign_cells(rune);
  return cells;
}

uint32_t orr_sign_ascii(uint32_t r) {
  static const struct {
    uint32_t rune;
    char ascii;
  } signs[] = {{0xa0, ' '},   {0xb1, '~'},   {0xb7, '-'},    {0xd7, 'x'},    {0xb0, 'o'},   {0xb2, '2'},
               {0xb3, '3'},   {0xb5, 'u'},   {0xb9, '1'},    {0x3bc, 'u'},   {0x2010, '-'}, {0x2012, '-'},
               {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'},
               {0x2022, '*'}, {0x2026, '~'}, {0x2190, '<'},  {0x2191, '^'},  {0x2192, '>'}, {0x2193, 'v'},
               {0x2212, '-'}, {0x2248, '~'}, {0x2264, '<'},  {0x2265, '>'},  {0x2502, '|'}, {0x2503, '|'},
               {0x2500, '-'}, {0x2501, '='}, {0x25b2, '^'},  {0x25bc, 'v'},  {0x25b6, '>'}, {0x25b8, '>'},
               {0x25c0, '<'}, {0x25cf, '*'}, {0x25cb, 'o'},  {0x2713, 'v'},  {0x2717, 'x'}, {0x2715, 'x'}};
  static const char dots[] = " ..::+*##";
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (signs[i].rune == r) return (unsigned char)signs[i].ascii;
  if (r >= 0x2800 && r <= 0x28ff) return (unsigned char)dots[__builtin_popcount(r & 0xff)];
  if (r >= 0x2504 && r <= 0x257f) return '+';
  if (r >= 0x2580 && r <= 0x2588) return (unsigned char)".:-=+*##@"[r - 0x2580];
  if (r >= 0x2589 && r <= 0x259f) return r <= 0x258c || r >= 0x2592 ? '#' : r == 0x2591 ? '.' : ':';
  return r < 0x7f ? r : '?';
}

/* " ± " without the sign keeps its three cells: "+/-". */
static bool plus_minus(const orr_grid *g, const char *s) {
  return g && !g->utf8 && !strncmp(s, " \302\261 ", 4);
}

/* Puts a combining mark over the character left of x. */
static void combine(orr_grid *g, orr_rect in, int x, int y, uint32_t mark) {
  orr_cell *left = orr_grid_at(g, in, x - 1, y);
  if (left && !left->rune) left = orr_grid_at(g, in, x - 2, y);
  if (left && g->utf8) left->mark = mark;
}

/* Draws while there is room up to `end`; returns the x after it. */
static int draw(orr_grid *g, orr_rect in, int x, int y, int end, orr_ink ink, const char *s) {
  uint32_t rune;
  for (size_t n; (n = orr_sign_next(s, &rune)); s += n) {
    int cells = orr_sign_cells(rune);
    if (plus_minus(g, s) && x + 3 <= end) {
      for (int i = 0; i < 3; i++) orr_grid_put(g, in, x++, y, ink, (unsigned char)"+/-"[i], 1);
      n = 4;
      continue;
    }
    if (x + cells > end) break;
    if (!cells) {
      combine(g, in, x, y, rune);
      continue;
    }
    uint32_t shown = orr_grid_rune(g, rune);
    orr_grid_put(g, in, x, y, ink, shown, shown == rune ? cells : 1);
    if (shown != rune && cells == 2) orr_grid_put(g, in, x + 1, y, ink, shown, 1);
    x += cells;
  }
  return x;
}

int orr_grid_text(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const char *utf8) {
  int end = in.x + in.width;
  if (x >= end) return x;
  if (x + orr_text_cells(utf8) <= end) return draw(g, in, x, y, end, ink, utf8);
  x = draw(g, in, x, y, end - 1, ink, utf8);
  orr_grid_put(g, in, x, y, ink, orr_grid_rune(g, 0x2026), 1);
  return x + 1;
}

int orr_grid_format(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const char *format, ...) {
  char text[2048];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return orr_grid_text(g, in, x, y, ink, text);
}

void orr_grid_right(orr_grid *g, orr_rect in, int x, int y, int width, orr_ink ink, const char *utf8) {
  int cells = orr_text_cells(utf8), lead = cells < width ? width - cells : 0;
  int end = x + width < in.x + in.width ? x + width : in.x + in.width;
  orr_rect room = {in.x, in.y, end - in.x, in.height};
  orr_grid_text(g, room, x + lead, y, ink, utf8);
}

/* Bytes of s, up to a newline, that go on a line of `width` cells, broken at a blank where there is one. */
static size_t piece(const char *s, int width) {
  uint32_t rune;
  size_t at = 0, blank = 0;
  int cells = 0;
  for (size_t n; s[at] != '\n' && (n = orr_sign_next(s + at, &rune)); at += n) {
    if (rune == ' ') blank = at;
    cells += orr_sign_cells(rune);
    if (cells > width) return rune == ' ' ? at : blank ? blank : at ? at : n;
  }
  return at;
}

int orr_grid_wrapped(orr_grid *g, orr_rect in, int y, orr_ink ink, const char *utf8) {
  int lines = 0;
  if (in.width < 1) return 0;
  while (*utf8) {
    size_t n = piece(utf8, in.width);
    orr_text one = {0};
    orr_text_add_bytes(&one, utf8, n);
    if (g) orr_grid_text(g, in, in.x, y + lines, ink, orr_text_get(&one));
    orr_text_fini(&one);
    lines++;
    utf8 += n;
    if (*utf8 == '\n') utf8++;
    else utf8 += strspn(utf8, " ");
  }
  return lines;
}

static char ink_letter(const orr_cell *c) {
  char letter = c->ink == ORR_INK_TEXT ? '.' : (char)('a' + c->ink);
  return c->reverse ? (char)(letter - 'a' + 'A') : letter;
}

/* Adds what is gathered of a row without its blanks at the end. */
static void end_row(orr_text *row, char blank, orr_text *out) {
  while (row->length && row->data[row->length - 1] == blank) row->length--;
  orr_text_add_bytes(out, row->length ? row->data : "", row->length);
  orr_text_add(out, "\n");
  row->length = 0;
}

void orr_grid_dump(const orr_grid *g, bool inks, orr_text *out) {
  orr_text row = {0};
  for (int y = 0; y < g->height; y++) {
    const orr_cell *c = g->cells + (size_t)y * (size_t)g->width;
    for (int x = 0; x < g->width; x++) {
      if (c[x].rune) orr_rune_add(&row, c[x].rune);
      if (c[x].mark) orr_rune_add(&row, c[x].mark);
    }
    end_row(&row, ' ', out);
  }
  for (int y = 0; inks && y < g->height; y++) {
    const orr_cell *c = g->cells + (size_t)y * (size_t)g->width;
    for (int x = 0; x < g->width; x++) orr_text_add_bytes(&row, &(char){ink_letter(&c[x])}, 1);
    end_row(&row, '.', out);
  }
  out->failed |= row.failed;
  orr_text_fini(&row);
}
