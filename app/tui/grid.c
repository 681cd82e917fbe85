/* The grid: cells, rectangles and what is drawn with lines; see grid.h. Text is
 * in grid_text.c. A wide character is two cells, and writing over one of them
 * blanks the other, so that no half ever stays. */
#include "app/tui/grid.h"
#include "app/tui/grid_parts.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

const char *orr_ink_name(orr_ink ink) {
  static const char *const names[] = {
#define X(ink, name) name,
      ORR_INK_LIST(X)
#undef X
  };
  return ink < ORR_INKS ? names[ink] : "";
}

static const orr_cell blank = {
    .rune = ' ', .ink = ORR_INK_TEXT, .fore = ORR_NO_COLOUR, .back = ORR_NO_COLOUR};

orr_status orr_grid_init(orr_grid *g, int width, int height, bool utf8, orr_error *e) {
  size_t cells = 0;
  *g = (orr_grid){.width = width > 0 ? width : 0, .height = height > 0 ? height : 0, .utf8 = utf8};
  bool fits = orr_multiply((size_t)g->width, (size_t)g->height, &cells);
  g->cells = fits ? orr_calloc(cells ? cells : 1, sizeof *g->cells) : NULL;
  if (!g->cells) {
    g->width = g->height = 0;
    return orr_fail_memory(e, "the screen", (unsigned long long)cells * sizeof *g->cells);
  }
  orr_grid_clear(g);
  return ORR_OK;
}

void orr_grid_fini(orr_grid *g) {
  orr_free(g->cells);
  *g = (orr_grid){.cursor_x = -1, .cursor_y = -1};
}

void orr_grid_clear(orr_grid *g) {
  for (size_t i = 0; i < (size_t)g->width * (size_t)g->height; i++) g->cells[i] = blank;
  g->cursor_x = g->cursor_y = -1;
}

orr_rect orr_grid_whole(const orr_grid *g) { return (orr_rect){0, 0, g->width, g->height}; }

orr_cell *orr_grid_at(orr_grid *g, orr_rect in, int x, int y) {
  bool inside = x >= in.x && y >= in.y && x < in.x + in.width && y < in.y + in.height;
  return !g || !inside || x < 0 || y < 0 || x >= g->width || y >= g->height
             ? NULL
             : &g->cells[(size_t)y * (size_t)g->width + (size_t)x];
}

/* The other half of a wide character that `c`, a cell of row `y`, is a half of. */
static void part(orr_grid *g, orr_cell *c) {
  size_t at = (size_t)(c - g->cells) % (size_t)g->width;
  if (!c->rune && at) c[-1].rune = ' ', c[-1].mark = 0;
  if (at + 1 < (size_t)g->width && !c[1].rune) c[1].rune = ' ';
}

void orr_grid_put(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, uint32_t rune, int cells) {
  orr_cell *c = orr_grid_at(g, in, x, y), *right = cells == 2 ? orr_grid_at(g, in, x + 1, y) : NULL;
  if (!c) return;
  part(g, c);
  if (right) part(g, right);
  *c = blank;
  c->ink = (uint8_t)ink;
  c->rune = cells == 2 && !right ? ' ' : rune; /* half of it would be outside */
  if (!right) return;
  *right = blank;
  right->ink = (uint8_t)ink;
  right->rune = 0;
}

uint32_t orr_grid_rune(const orr_grid *g, uint32_t rune) {
  return !g || g->utf8 || rune < 0x7f ? rune : orr_sign_ascii(rune);
}

void orr_grid_fill(orr_grid *g, orr_rect r, orr_ink ink, uint32_t rune) {
  rune = orr_grid_rune(g, rune);
  for (int y = 0; y < r.height; y++)
    for (int x = 0; x < r.width; x++) orr_grid_put(g, r, r.x + x, r.y + y, ink, rune, 1);
}

void orr_grid_tint(orr_grid *g, orr_rect r, orr_ink ink) {
  for (int y = 0; y < r.height; y++)
    for (int x = 0; x < r.width; x++) {
      orr_cell *c = orr_grid_at(g, r, r.x + x, r.y + y);
      if (c) c->ink = (uint8_t)ink;
    }
}

/* A row of the same sign, `n` cells from (x, y). */
static void line(orr_grid *g, orr_rect in, int x, int y, int n, orr_ink ink, uint32_t rune) {
  rune = orr_grid_rune(g, rune);
  for (int i = 0; i < n; i++) orr_grid_put(g, in, x + i, y, ink, rune, 1);
}

static void column(orr_grid *g, orr_rect in, int x, int y, int n, orr_ink ink, uint32_t rune) {
  rune = orr_grid_rune(g, rune);
  for (int i = 0; i < n; i++) orr_grid_put(g, in, x, y + i, ink, rune, 1);
}

/* " Title " into a line, from its third cell. */
static void title_in(orr_grid *g, orr_rect in, orr_ink ink, const char *title) {
  if (!title || !*title || in.width < 8) return;
  orr_rect room = {in.x + 3, in.y, in.width - 5, 1};
  int end = orr_grid_text(g, room, room.x, in.y, ink, title);
  orr_grid_put(g, in, in.x + 2, in.y, ink, ' ', 1);
  orr_grid_put(g, in, end, in.y, ink, ' ', 1);
}

orr_rect orr_grid_pane(orr_grid *g, orr_rect r, const char *title, bool focus) {
  orr_rect above = orr_rect_top(&r, 1);
  bool ascii = g && !g->utf8;
  uint32_t sign = focus ? (ascii ? '=' : 0x2501) : 0x2500;
  line(g, above, above.x, above.y, above.width, focus ? ORR_INK_FOCUS : ORR_INK_BORDER, sign);
  title_in(g, above, focus ? ORR_INK_FOCUS : ORR_INK_TITLE, title);
  return r;
}

orr_rect orr_grid_box(orr_grid *g, orr_rect r, const char *title) {
  int right = r.x + r.width - 1, bottom = r.y + r.height - 1;
  orr_grid_fill(g, r, ORR_INK_TEXT, ' ');
  line(g, r, r.x + 1, r.y, r.width - 2, ORR_INK_FOCUS, 0x2500);
  line(g, r, r.x + 1, bottom, r.width - 2, ORR_INK_FOCUS, 0x2500);
  column(g, r, r.x, r.y + 1, r.height - 2, ORR_INK_FOCUS, 0x2502);
  column(g, r, right, r.y + 1, r.height - 2, ORR_INK_FOCUS, 0x2502);
  line(g, r, r.x, r.y, 1, ORR_INK_FOCUS, 0x250c);
  line(g, r, right, r.y, 1, ORR_INK_FOCUS, 0x2510);
  line(g, r, r.x, bottom, 1, ORR_INK_FOCUS, 0x2514);
  line(g, r, right, bottom, 1, ORR_INK_FOCUS, 0x2518);
  title_in(g, r, ORR_INK_FOCUS, title);
  return orr_rect_inner(r, 2, 1);
}

void orr_grid_spark(orr_grid *g, orr_rect in, int x, int y, orr_ink ink, const uint64_t *values, size_t n) {
  static const char ascii[] = " .:-=+*#@";
  uint64_t most = 0;
  for (size_t i = 0; i < n; i++) most = values[i] > most ? values[i] : most;
  for (size_t i = 0; i < n && most; i++) {
    int level = values[i] ? 1 + (int)((double)values[i] / (double)most * 7.0) : 0;
    uint32_t rune = g && g->utf8 ? (level ? 0x2580u + (uint32_t)level : ' ') : (uint32_t)ascii[level];
    orr_grid_put(g, in, x + (int)i, y, ink, rune, 1);
  }
}

void orr_grid_meter(orr_grid *g, orr_rect in, int x, int y, int width, orr_ink ink, double share) {
  bool utf8 = g && g->utf8;
  double filled = isfinite(share) ? fmin(fmax(share, 0), 1) * width : 0;
  for (int i = 0; i < width; i++) {
    int eighths = (int)fmin(8, fmax(0, (filled - i) * 8 + 0.5));
    if (utf8 && eighths) orr_grid_put(g, in, x + i, y, ink, 0x2590u - (uint32_t)eighths, 1);
    else if (eighths >= 4) orr_grid_put(g, in, x + i, y, ink, '#', 1);
    else orr_grid_put(g, in, x + i, y, ORR_INK_BORDER, utf8 ? 0xb7 : '.', 1);
  }
}

void orr_grid_scrollbar(orr_grid *g, orr_rect r, size_t first, size_t shown, size_t count) {
  if (count <= shown || r.height < 2 || r.width < 1) return;
  double scale = (double)r.height / (double)count;
  int length = (int)fmax(1, floor((double)shown * scale));
  int most = r.height - length, at = (int)floor((double)first * scale);
  if (first + shown >= count || at > most) at = most;
  if (first && !at && most) at = 1; /* there is something above */
  column(g, r, r.x + r.width - 1, r.y, r.height, ORR_INK_BORDER, 0x2502);
  column(g, r, r.x + r.width - 1, r.y + at, length, ORR_INK_BAR, 0x2588);
}

static int least(int a, int b) { return a < b ? a : b; }
static int taken(int wanted, int there) { return wanted < 0 || there < 0 ? 0 : least(wanted, there); }

orr_rect orr_rect_top(orr_rect *r, int rows) {
  orr_rect top = {r->x, r->y, r->width > 0 ? r->width : 0, taken(rows, r->height)};
  r->y += top.height, r->height = r->height > 0 ? r->height - top.height : 0;
  return top;
}

orr_rect orr_rect_bottom(orr_rect *r, int rows) {
  int height = taken(rows, r->height);
  r->height = r->height > 0 ? r->height - height : 0;
  return (orr_rect){r->x, r->y + r->height, r->width > 0 ? r->width : 0, height};
}

orr_rect orr_rect_left(orr_rect *r, int columns) {
  orr_rect left = {r->x, r->y, taken(columns, r->width), r->height > 0 ? r->height : 0};
  r->x += left.width, r->width = r->width > 0 ? r->width - left.width : 0;
  return left;
}

orr_rect orr_rect_right(orr_rect *r, int columns) {
  int width = taken(columns, r->width);
  r->width = r->width > 0 ? r->width - width : 0;
  return (orr_rect){r->x + r->width, r->y, width, r->height > 0 ? r->height : 0};
}

orr_rect orr_rect_inner(orr_rect r, int x, int y) {
  int width = r.width - 2 * x, height = r.height - 2 * y;
  return (orr_rect){r.x + x, r.y + y, width > 0 ? width : 0, height > 0 ? height : 0};
}
