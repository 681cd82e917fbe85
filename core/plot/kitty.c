/* kitty's graphics protocol; see kitty.h. */
#include "plot/kitty.h"

#include <string.h>

enum { PIECE = 3072 /* bytes, which are 4096 of base64 */ };

static void add_base64(orr_text *out, const unsigned char *s, size_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i;
    unsigned bits =
        (unsigned)s[i] << 16 | (left > 1 ? (unsigned)s[i + 1] << 8 : 0) | (left > 2 ? s[i + 2] : 0);
    char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
                    left > 2 ? digits[bits & 63] : '='};
    orr_text_add_bytes(out, four, 4);
  }
}

/* q=2: the terminal answers nothing; C=1: the cursor stays; a=T: send and show. */
void orr_kitty_show(const char *png, size_t bytes, unsigned id, int columns, int rows, orr_text *out) {
  for (size_t at = 0; at < bytes; at += PIECE) {
    size_t n = bytes - at < PIECE ? bytes - at : PIECE;
    orr_text_add(out, "\033_G");
    if (!at) orr_text_printf(out, "a=T,f=100,q=2,C=1,i=%u,p=1,c=%d,r=%d,", id, columns, rows);
    orr_text_printf(out, "m=%d;", at + n < bytes);
    add_base64(out, (const unsigned char *)png + at, n);
    orr_text_add(out, "\033\\");
  }
}

void orr_kitty_hide(unsigned id, orr_text *out) { orr_text_printf(out, "\033_Ga=d,d=I,q=2,i=%u\033\\", id); }
