/* Runes; see rune.h. Widths follow Unicode's East Asian Width (UAX #11) by blocks: exact for what labels hold. */
#include "plot/rune.h"

#include <stddef.h>

uint32_t orr_rune_next(const char **s, const char *end) {
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  const unsigned char *c = (const unsigned char *)(*s)++;
  int more = *c < 0x80 ? 0 : (*c & 0xe0) == 0xc0 ? 1 : (*c & 0xf0) == 0xe0 ? 2 : (*c & 0xf8) == 0xf0 ? 3 : -1;
  if (!more) return *c;
  if (more < 0 || end - *s < more) return ORR_RUNE_UNSOUND;
  uint32_t rune = *c & (0x3fu >> more);
  for (int i = 1; i <= more; i++) {
    if ((c[i] & 0xc0) != 0x80) return ORR_RUNE_UNSOUND;
    rune = rune << 6 | (c[i] & 0x3f);
  }
  if (rune < least[more] || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000)) return ORR_RUNE_UNSOUND;
  *s += more;
  return rune;
}

void orr_rune_add(orr_text *out, uint32_t rune) {
  char bytes[4];
  size_t n = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n; i-- > 1; rune >>= 6) bytes[i] = (char)(0x80 | (rune & 0x3f));
  bytes[0] = (char)(lead[n] | rune);
  orr_text_add_bytes(out, bytes, n);
}

typedef struct block {
  uint32_t first, last;
} block;

static int is_in(const block *blocks, size_t n, uint32_t rune) {
  for (size_t i = 0; i < n; i++)
    if (rune >= blocks[i].first && rune <= blocks[i].last) return 1;
  return 0;
}

int orr_rune_cells(uint32_t rune) {
  static const block none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                               {0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
                               {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
  static const block two[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},  {0x3041, 0x33ff}, {0x3400, 0x4dbf},
                              {0x4e00, 0x9fff},   {0xa000, 0xa4cf},  {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                              {0xfe30, 0xfe4f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                              {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
  if (rune < 0x300) return 1;
  if (is_in(none, sizeof none / sizeof *none, rune)) return 0;
  return is_in(two, sizeof two / sizeof *two, rune) ? 2 : 1;
}
