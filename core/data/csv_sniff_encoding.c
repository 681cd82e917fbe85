/* The encoding of a CSV file: a byte order mark, the pattern of NUL bytes, or
 * what is valid UTF-8; else one byte a character. A character cut off by the
 * end of the sample is no mistake. */
#include <string.h>

#include "data/csv_sniff.h"

enum { MOST_CONTROLS = 10 /* per cent of the bytes */, LOOKED_AT = 1 << 16 };

static bool begins(const char *s, size_t n, const char *with, size_t length) {
  return n >= length && !memcmp(s, with, length);
}

static size_t mark_length(orr_encoding encoding) { return encoding == ORR_UTF_8 ? 3 : 2; }

static bool find_mark(const char *s, size_t n, orr_encoding *encoding) {
  if (begins(s, n, "\xef\xbb\xbf", 3)) return *encoding = ORR_UTF_8, true;
  if (begins(s, n, "\xff\xfe", 2)) return *encoding = ORR_UTF_16LE, true;
  if (begins(s, n, "\xfe\xff", 2)) return *encoding = ORR_UTF_16BE, true;
  return false;
}

/* Western text in UTF-16 has NUL in nearly every second byte, and nowhere else. */
static bool find_wide(const char *s, size_t n, orr_encoding *encoding) {
  size_t nul[2] = {0, 0}, most = n < LOOKED_AT ? n : LOOKED_AT;
  if (n < 4) return false;
  for (size_t i = 0; i < most; i++) nul[i & 1] += !s[i];
  size_t pairs = most / 2;
  if (nul[1] * 2 > pairs && nul[0] * 20 < pairs) return *encoding = ORR_UTF_16LE, true;
  if (nul[0] * 2 > pairs && nul[1] * 20 < pairs) return *encoding = ORR_UTF_16BE, true;
  return false;
}

/* Bytes at the end that are the beginning of a character which the sample cuts off. */
static size_t cut_off(const char *s, size_t n) {
  for (size_t back = 1; back <= 3 && back <= n; back++) {
    unsigned char c = (unsigned char)s[n - back];
    size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    if (c >= 0xc0) return length > back ? back : 0;
    if (c < 0x80) return 0;
  }
  return 0;
}

static orr_encoding narrow_encoding(const char *s, size_t n, bool whole) {
  if (orr_text_is_utf8(s, n - (whole ? 0 : cut_off(s, n)))) return ORR_UTF_8;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)s[i] >= 0x80 && (unsigned char)s[i] < 0xa0) return ORR_WINDOWS_1252;
  return ORR_LATIN_1;
}

/* Of eight bytes, as a word: whether any is below a blank. */
static bool has_low(const char *s) {
  uint64_t word;
  memcpy(&word, s, sizeof word);
  return (word - 0x2020202020202020u) & ~word & 0x8080808080808080u;
}

static size_t count_controls(const char *s, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    while (n - i >= 8 && !has_low(s + i)) i += 8;
    if (i < n) count += (unsigned char)s[i] < 0x20 && !strchr("\t\n\v\f\r\x1a\x1b", s[i]);
  }
  return count;
}

static orr_status refuse_binary(const char *s, size_t n, orr_error *e) {
  const char *nul = memchr(s, 0, n);
  size_t line = 1;
  if (nul) {
    for (const char *p = s; p < nul; p++) line += *p == '\n';
    return orr_fail(e, ORR_DATA,
                    "line %zu holds a NUL byte: this is binary data, or a damaged file, not CSV text", line);
  }
  size_t controls = count_controls(s, n);
  if (controls * 100 > n * MOST_CONTROLS)
    return orr_fail(e, ORR_DATA, "%zu of the first %zu bytes are control bytes: this is no CSV text",
                    controls, n);
  return ORR_OK;
}

static bool is_wide(orr_encoding encoding) { return encoding == ORR_UTF_16LE || encoding == ORR_UTF_16BE; }

orr_status orr_csv_find_encoding(const char *bytes, size_t n, bool whole, bool fixed, orr_csv_dialect *d,
                                 orr_error *e) {
  orr_encoding found = ORR_UTF_8;
  bool marked = find_mark(bytes, n, &found);
  d->mark = marked && (!fixed || found == d->encoding);
  if (!fixed) {
    if (!marked && !find_wide(bytes, n, &found)) found = narrow_encoding(bytes, n, whole);
    d->encoding = found;
  }
  return is_wide(d->encoding) ? ORR_OK : refuse_binary(bytes, n, e);
}

static size_t put(char *to, uint32_t c) {
  if (c < 0x80) return to[0] = (char)c, 1;
  if (c < 0x800) return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2;
  size_t n = c < 0x10000 ? 3 : 4;
  to[0] = (char)(n == 3 ? 0xe0 | c >> 12 : 0xf0 | c >> 18);
  for (size_t i = 1; i < n; i++) to[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 63));
  return n;
}

static uint32_t wide_unit(const char *s, bool big) {
  unsigned char a = (unsigned char)s[0], b = (unsigned char)s[1];
  return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

/* Half of a pair that is alone becomes U+FFFD: looking is lenient, the reader is not. */
static size_t decode_wide(const char *s, size_t n, bool big, char *to) {
  size_t used = 0;
  for (size_t i = 0; i + 1 < n; i += 2) {
    uint32_t c = wide_unit(s + i, big);
    if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
      uint32_t low = wide_unit(s + i + 2, big);
      if (low >= 0xdc00 && low < 0xe000) c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00), i += 2;
    }
    if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
    used += put(to + used, c);
  }
  return used;
}

/* The signs that windows-1252 has at 0x80–0x9f are letters to the sniffer, which ones does not matter to it. */
static size_t decode_narrow(const char *s, size_t n, char *to) {
  size_t used = 0;
  for (size_t i = 0; i < n; i++) used += put(to + used, (unsigned char)s[i]);
  return used;
}

orr_status orr_csv_decode(const char *bytes, size_t n, const orr_csv_dialect *d, orr_arena *arena,
                          orr_csv_head *out, orr_error *e) {
  size_t mark = d->mark ? mark_length(d->encoding) : 0;
  bytes += mark;
  n -= mark;
  *out = (orr_csv_head){.s = bytes, .n = n};
  if (d->encoding == ORR_UTF_8 || !n) return ORR_OK;
  char *text;
  ORR_TAKE(arena, text, 2 * n + 4, e);
  out->s = text;
  out->n = is_wide(d->encoding) ? decode_wide(bytes, n, d->encoding == ORR_UTF_16BE, text)
                                : decode_narrow(bytes, n, text);
  if (is_wide(d->encoding) && memchr(text, 0, out->n))
    return orr_fail(e, ORR_DATA, "NUL characters among UTF-16 text: this is no CSV text");
  return ORR_OK;
}
