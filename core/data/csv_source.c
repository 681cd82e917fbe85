/* Where the bytes of a CSV file come from, and what encoding makes of them; see csv_source.h. */
#include "data/csv_source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/csv_number.h"

enum { PIECE = 1 << 18 };

orr_csv_source orr_csv_source_of(const char *bytes, size_t n, const char *name) {
  return (orr_csv_source){.name = name, .fd = -1, .memory = bytes, .size = n};
}

static orr_status read_pipe(orr_csv_source *s, int fd, const orr_work *work, orr_error *e) {
  char block[1 << 16];
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR)) {
    if (n > 0) orr_text_add_bytes(&s->owned, block, (size_t)n);
    ORR_TRY(orr_text_check(&s->owned, e));
    ORR_TRY(orr_progress_step(work, "reading", s->owned.length, 0, e));
  }
  if (n < 0) return orr_fail_errno(e, "cannot read %s", s->name);
  s->memory = orr_text_get(&s->owned);
  s->size = s->owned.length;
  return ORR_OK;
}

/* What says that it is empty may be a file of /proc, which is read as a pipe is. */
orr_status orr_csv_source_open(orr_csv_source *s, int fd, const char *name, const orr_work *work,
                               orr_error *e) {
  struct stat st;
  *s = (orr_csv_source){.name = name, .fd = -1};
  if (fstat(fd, &st)) return orr_fail_errno(e, "cannot read %s", name);
  if (!S_ISREG(st.st_mode) || !st.st_size) return read_pipe(s, fd, work, e);
  s->fd = fd;
  s->size = (size_t)st.st_size;
  return ORR_OK;
}

void orr_csv_source_fini(orr_csv_source *s) { orr_text_fini(&s->owned); }

static orr_status fetch(const orr_csv_source *s, size_t at, size_t n, char *to, orr_error *e) {
  if (s->fd < 0) return memcpy(to, s->memory + at, n), ORR_OK;
  while (n) {
    ssize_t got = pread(s->fd, to, n, (off_t)at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return orr_fail_errno(e, "cannot read %s", s->name);
    if (!got) return orr_fail(e, ORR_DATA, "the file became shorter while it was read; try again");
    to += got, at += (size_t)got, n -= (size_t)got;
  }
  return ORR_OK;
}

orr_status orr_csv_source_load(const orr_csv_source *s, size_t at, size_t n, orr_csv_buffer *b,
                               orr_error *e) {
  if (!b->bytes || b->capacity < n) {
    orr_csv_buffer_fini(b);
    char *block = orr_calloc(n + 2 * ORR_CSV_MARGIN, 1);
    if (!block) return orr_fail_memory(e, "a part of the file", n);
    *b = (orr_csv_buffer){.bytes = block + ORR_CSV_MARGIN, .capacity = n};
  }
  b->n = n;
  b->bytes[n] = 0;
  return n ? fetch(s, at, n, b->bytes, e) : ORR_OK;
}

void orr_csv_buffer_fini(orr_csv_buffer *b) {
  if (b->bytes) orr_free(b->bytes - ORR_CSV_MARGIN);
  *b = (orr_csv_buffer){0};
}

orr_status orr_csv_source_hash(const orr_csv_source *s, size_t at, size_t end, orr_csv_buffer *buffer,
                               orr_hashing *h, orr_error *e) {
  for (size_t n; at < end; at += n) {
    n = end - at < PIECE ? end - at : PIECE;
    ORR_TRY(orr_csv_source_load(s, at, n, buffer, e));
    orr_hashing_add(h, buffer->bytes, n);
  }
  return ORR_OK;
}

static void add_code_point(orr_text *out, uint32_t c) {
  char b[4];
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  if (n == 1) b[0] = (char)c;
  else b[0] = (char)((0xf00 >> n & 0xff) | c >> 6 * (n - 1));
  for (size_t i = 1; i < n; i++) b[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
  orr_text_add_bytes(out, b, n);
}

/* Bytes 0x80 … 0x9f of windows-1252; the five that mean nothing stay control characters. */
static const uint16_t windows[32] = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                     0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

void orr_csv_add_decoded(orr_text *out, orr_encoding encoding, const char *s, size_t n) {
  if (encoding != ORR_LATIN_1 && encoding != ORR_WINDOWS_1252) {
    orr_text_add_bytes(out, s, n);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    bool differs = encoding == ORR_WINDOWS_1252 && c >= 0x80 && c < 0xa0;
    add_code_point(out, differs ? windows[c - 0x80] : c);
  }
}

static uint32_t unit_at(const unsigned char *s, size_t i, bool big) {
  return big ? (uint32_t)s[i] << 8 | s[i + 1] : (uint32_t)s[i + 1] << 8 | s[i];
}

/* One code point from the units at i, or -1 for half a pair. */
static int32_t take_point(const unsigned char *s, size_t n, size_t *i, bool big) {
  uint32_t c = unit_at(s, *i, big);
  *i += 2;
  if (c < 0xd800 || c > 0xdfff) return (int32_t)c;
  if (c > 0xdbff || *i + 2 > n) return -1;
  uint32_t low = unit_at(s, *i, big);
  *i += 2;
  return low < 0xdc00 || low > 0xdfff ? -1 : (int32_t)(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
}

static orr_status transcode(const orr_csv_source *s, const unsigned char *bytes, bool big,
                            const orr_work *work, orr_text *out, orr_error *e) {
  size_t line = 1;
  for (size_t i = 0; i + 1 < s->size;) {
    if (i % PIECE == 0) ORR_TRY(orr_progress_step(work, "reading", i, s->size, e));
    int32_t c = take_point(bytes, s->size, &i, big);
    if (c < 0) return orr_fail(e, ORR_DATA, "line %zu is not UTF-16; is it another encoding?", line);
    line += c == '\n';
    if (c != 0xfeff || i > 2) add_code_point(out, (uint32_t)c);
  }
  if (s->size % 2) return orr_fail(e, ORR_DATA, "the file ends amid a character of UTF-16; is it complete?");
  return orr_text_check(out, e);
}

orr_status orr_csv_source_transcode(orr_csv_source *s, orr_encoding encoding, const orr_work *work,
                                    orr_error *e) {
  orr_csv_buffer b = {0};
  orr_text out = {0};
  orr_status status = orr_csv_source_load(s, 0, s->size, &b, e);
  if (!status) status = transcode(s, (const unsigned char *)b.bytes, encoding == ORR_UTF_16BE, work, &out, e);
  orr_csv_buffer_fini(&b);
  if (status) return orr_text_fini(&out), status;
  orr_csv_source_fini(s);
  s->owned = out;
  s->fd = -1;
  s->memory = orr_text_get(&s->owned);
  s->size = s->owned.length;
  return ORR_OK;
}
