/* Ink; see ink.h. */
#include "app/ink.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/memory.h"

/* Signs of ours that ASCII has another word for; text knows more of them. */
static const char *const in_ascii[][2] = {{"×", "x"}, {"–", "-"}, {"·", "*"}, {"←", "<-"}, {"≥", ">="},
                                          {"─", "-"}, {"│", "|"}, {"├", "|"}, {"└", "`"},  {"…", ".."},
                                          {"▁", "."}, {"▂", ":"}, {"▃", "-"}, {"▄", "="},  {"▅", "+"},
                                          {"▆", "*"}, {"▇", "#"}, {"█", "@"}};

static void add_in_ascii(const char *s, orr_text *out) {
  enum { SIGNS = sizeof in_ascii / sizeof *in_ascii };
  while (*s) {
    size_t i = 0, n = 1;
    while (i < SIGNS && strncmp(s, in_ascii[i][0], strlen(in_ascii[i][0]))) i++;
    if (i < SIGNS) {
      orr_text_add(out, in_ascii[i][1]);
      s += strlen(in_ascii[i][0]);
      continue;
    }
    while ((s[n] & 0xc0) == 0x80) n++;
    char *one = orr_strndup(s, n);
    if (one) orr_text_add_ascii(out, one);
    orr_free(one);
    s += n;
  }
}

/* As it will stand on the page. */
static void make(const orr_ink *ink, const char *s, orr_text *out) {
  orr_text inert = {0};
  orr_text_add_inert(&inert, s);
  if (ink->utf8) orr_text_add(out, orr_text_get(&inert));
  else add_in_ascii(orr_text_get(&inert), out);
  out->failed |= inert.failed;
  orr_text_fini(&inert);
}

/* Bytes of the character at s, and the columns it takes: none for marks put over another, two for wide ones. */
static size_t step(const char *s, size_t *columns) {
  wchar_t c;
  mbstate_t state = {0};
  size_t n = mbrtowc(&c, s, strlen(s), &state);
  *columns = 1;
  if (n == 0 || n > 4) return 1;
  int width = wcwidth(c);
  *columns = width < 0 ? 1 : (size_t)width;
  return n;
}

static size_t width_of(const char *s) {
  size_t width = 0, columns;
  while (*s) {
    s += step(s, &columns);
    width += columns;
  }
  return width;
}

/* Bytes of s that fit into `width` columns. */
static size_t fitting(const char *s, size_t width) {
  size_t bytes = 0, used = 0, columns;
  while (s[bytes]) {
    size_t n = step(s + bytes, &columns);
    if (used + columns > width) break;
    used += columns;
    bytes += n;
  }
  return bytes;
}

static const char *escape_of(orr_style style) {
  static const char *const escapes[] = {"", "\033[1m", "\033[2m", "\033[36m", "\033[33m"};
  return escapes[style];
}

/* n bytes that are made already. */
static void put(orr_ink *ink, orr_style style, const char *s, size_t n) {
  if (!n) return;
  orr_text_printf(&ink->page, "%*s", (int)ink->blanks, "");
  ink->blanks = 0;
  bool coloured = ink->colour && style != ORR_PLAIN;
  if (coloured) orr_text_add(&ink->page, escape_of(style));
  size_t from = ink->page.length;
  orr_text_add_bytes(&ink->page, s, n);
  if (!ink->page.failed) ink->at += width_of(ink->page.data + from);
  if (coloured) orr_text_add(&ink->page, "\033[0m");
}

void orr_ink_add(orr_ink *ink, orr_style style, const char *s) {
  orr_text made = {0};
  make(ink, s, &made);
  size_t n = made.length, blanks = 0;
  while (n && made.data[n - 1] == ' ') n--, blanks++;
  put(ink, style, orr_text_get(&made), n);
  orr_ink_blank(ink, blanks);
  ink->page.failed |= made.failed;
  orr_text_fini(&made);
}

void orr_ink_printf(orr_ink *ink, orr_style style, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  orr_ink_add(ink, style, text);
}

void orr_ink_blank(orr_ink *ink, size_t n) {
  ink->blanks += n;
  ink->at += n;
}

void orr_ink_to(orr_ink *ink, size_t column) {
  if (column == ink->at) return;
  orr_ink_blank(ink, column > ink->at ? column - ink->at : 1);
}

void orr_ink_end_line(orr_ink *ink) {
  orr_text_add(&ink->page, "\n");
  ink->at = ink->blanks = 0;
}

void orr_ink_add_cut(orr_ink *ink, orr_style style, const char *s, size_t width) {
  orr_text made = {0};
  make(ink, s, &made);
  const char *text = orr_text_get(&made), *ellipsis = ink->utf8 ? "…" : "..";
  size_t own = width_of(ellipsis);
  if (width_of(text) <= width) put(ink, style, text, strlen(text));
  else if (width <= own) put(ink, style, text, fitting(text, width));
  else {
    put(ink, style, text, fitting(text, width - own));
    put(ink, ORR_FAINT, ellipsis, strlen(ellipsis));
  }
  ink->page.failed |= made.failed;
  orr_text_fini(&made);
}

void orr_ink_add_right(orr_ink *ink, orr_style style, const char *s, size_t width) {
  size_t own = orr_ink_width(ink, s);
  if (own < width) orr_ink_blank(ink, width - own);
  orr_ink_add_cut(ink, style, s, width);
}

/* The next piece that goes on one line: a word, or what fits of a word too long for any line. */
static size_t next_piece(const char *s, size_t room) {
  size_t n = strcspn(s, " "), most = fitting(s, room);
  return n < most || !most ? n : most;
}

void orr_ink_add_wrapped(orr_ink *ink, orr_style style, const char *s, size_t indent) {
  orr_text made = {0};
  make(ink, s, &made);
  const char *text = orr_text_get(&made);
  bool first = true;
  while (*(text += strspn(text, " "))) {
    size_t n = next_piece(text, ink->columns > indent + 8 ? ink->columns - indent : 8);
    char *piece = orr_strndup(text, n);
    size_t width = piece ? width_of(piece) : 0;
    if (!piece) made.failed = true;
    if (ink->at + !first + width > ink->columns && ink->at > indent) {
      orr_ink_end_line(ink);
      orr_ink_blank(ink, indent);
    } else if (!first) {
      orr_ink_blank(ink, 1);
    }
    put(ink, style, text, n);
    orr_free(piece);
    first = false;
    text += n;
  }
  orr_ink_end_line(ink);
  ink->page.failed |= made.failed;
  orr_text_fini(&made);
}

size_t orr_ink_width(const orr_ink *ink, const char *s) {
  orr_text made = {0};
  make(ink, s, &made);
  size_t width = width_of(orr_text_get(&made));
  orr_text_fini(&made);
  return width;
}

void orr_ink_fini(orr_ink *ink) { orr_text_fini(&ink->page); }
