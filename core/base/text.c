/* Growable text; see text.h. Numbers are read and written in the C locale only. */
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

static bool reserve(orr_text *t, size_t more) {
  if (t->failed) return false;
  if (t->length + more + 1 <= t->capacity) return true;
  size_t want = t->capacity ? t->capacity : 128;
  while (want < t->length + more + 1) want *= 2;
  char *grown = orr_realloc(t->data, want, 1);
  if (!grown) return t->failed = true, false;
  t->data = grown;
  t->capacity = want;
  return true;
}

void orr_text_add_bytes(orr_text *t, const char *s, size_t n) {
  if (!reserve(t, n)) return;
  memcpy(t->data + t->length, s, n);
  t->length += n;
  t->data[t->length] = 0;
}

void orr_text_add(orr_text *t, const char *s) { orr_text_add_bytes(t, s, strlen(s)); }

void orr_text_printf(orr_text *t, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  if (n >= 0 && reserve(t, (size_t)n)) {
    vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
    t->length += (size_t)n;
  }
  va_end(again);
  va_end(args);
}

orr_status orr_text_check(const orr_text *t, orr_error *e) {
  return t->failed ? orr_fail_memory(e, "a text", t->capacity) : ORR_OK;
}

const char *orr_text_get(const orr_text *t) { return t->data ? t->data : ""; }

void orr_text_fini(orr_text *t) {
  orr_free(t->data);
  *t = (orr_text){0};
}

/* Length of the UTF-8 character at s (at most n bytes), 0 when it is not valid. */
static size_t character(const unsigned char *s, size_t n, uint32_t *code) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t length = s[0] < 0x80 ? 1 : (s[0] >> 5) == 6 ? 2 : (s[0] >> 4) == 14 ? 3 : (s[0] >> 3) == 30 ? 4 : 0;
  if (!length || length > n) return 0;
  *code = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
    *code = *code << 6 | (s[i] & 0x3f);
  }
  bool surrogate = *code >= 0xd800 && *code < 0xe000;
  return *code < least[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

/* Bytes of ASCII at s, in eights. */
static size_t ascii_at(const char *s, size_t n) {
  size_t at = 0;
  for (uint64_t word; n - at >= sizeof word; at += sizeof word) {
    memcpy(&word, s + at, sizeof word);
    if (word & 0x8080808080808080u) break;
  }
  return at;
}

bool orr_text_is_utf8(const char *s, size_t n) {
  uint32_t code;
  for (size_t i = 0, step; (i += ascii_at(s + i, n - i)) < n; i += step)
    if (!(step = character((const unsigned char *)s + i, n - i, &code))) return false;
  return true;
}

/* Controls, and the marks that reorder or hide text on a screen. */
static bool is_harmful(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Bytes of the character at s, one where it is not valid; what is not valid is harmful too. */
static size_t next(const char *s, bool *harmful) {
  uint32_t code = 0;
  size_t step = character((const unsigned char *)s, strnlen(s, 4), &code);
  *harmful = !step || is_harmful(code);
  return step ? step : 1;
}

void orr_text_add_lua_string(orr_text *t, const char *s) {
  orr_text_add(t, "\"");
  while (*s) {
    bool harmful;
    size_t step = next(s, &harmful);
    if (*s == '"' || *s == '\\') orr_text_printf(t, "\\%c", *s);
    else if (*s == '\n') orr_text_add(t, "\\n");
    else if (!harmful) orr_text_add_bytes(t, s, step);
    else
      for (size_t i = 0; i < step; i++) orr_text_printf(t, "\\%03u", (unsigned char)s[i]);
    s += step;
  }
  orr_text_add(t, "\"");
}

void orr_text_add_inert(orr_text *t, const char *s) {
  for (size_t step; *s; s += step) {
    bool harmful;
    step = next(s, &harmful);
    if (harmful) orr_text_add(t, "?");
    else orr_text_add_bytes(t, s, step);
  }
}

void orr_text_make_inert(char *s) {
  char *to = s;
  for (size_t step; *s; s += step) {
    bool harmful;
    step = next(s, &harmful);
    if (harmful) *to++ = '?';
    else memmove(to, s, step), to += step;
  }
  *to = 0;
}

void orr_text_add_json(orr_text *t, const char *json) {
  for (size_t step; *json; json += step) {
    uint32_t code = 0xfffd;
    bool harmful;
    step = next(json, &harmful);
    character((const unsigned char *)json, step, &code);
    bool layout = *json == '\n' || *json == '\t';
    if (harmful && !layout) orr_text_printf(t, "\\u%04x", (unsigned)code);
    else orr_text_add_bytes(t, json, step);
  }
}

void orr_text_add_ascii(orr_text *t, const char *s) {
  static const char *const signs[][2] = {{" ± ", "+/-"}, {"±", "+/-"}, {"…", "..."},
                                         {"²", "^2"},    {"’", "'"},   {"π", "pi"}};
  enum { SIGNS = sizeof signs / sizeof *signs };
  while (*s) {
    uint32_t code;
    size_t i = 0, step = character((const unsigned char *)s, strlen(s), &code);
    while (i < SIGNS && strncmp(s, signs[i][0], strlen(signs[i][0]))) i++;
    if (i < SIGNS) orr_text_add(t, signs[i][1]);
    else if (step == 1) orr_text_add_bytes(t, s, 1);
    else orr_text_add(t, "?");
    s += i < SIGNS ? strlen(signs[i][0]) : step ? step : 1;
  }
}

void orr_text_add_number(orr_text *t, double value) {
  if (isnan(value)) {
    orr_text_add(t, "nan");
    return;
  }
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (precision == 17 || strtod(digits, NULL) == value) break;
  }
  orr_text_add(t, digits);
}

size_t orr_text_width(const char *s) {
  size_t width = 0;
  for (; *s; s++) width += ((unsigned char)*s & 0xc0) != 0x80;
  return width;
}

void orr_text_add_wrapped(orr_text *t, const char *s, size_t column, size_t indent, size_t width) {
  bool first = true;
  while (*(s += strspn(s, " "))) {
    size_t n = strcspn(s, " "), columns = 0;
    for (size_t i = 0; i < n; i++) columns += ((unsigned char)s[i] & 0xc0) != 0x80;
    bool breaks = !first && column + 1 + columns > width;
    if (breaks) orr_text_printf(t, "\n%*s", (int)indent, "");
    else if (!first) orr_text_add(t, " ");
    orr_text_add_bytes(t, s, n);
    column = (breaks ? indent : column + !first) + columns;
    first = false;
    s += n;
  }
  orr_text_add(t, "\n");
}

static size_t edit_distance(const char *a, const char *b) {
  size_t n = strlen(b), row[65];
  if (n > 64 || strlen(a) > 64) return 64;
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 1; a[i - 1]; i++) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t best = corner + (a[i - 1] != b[j - 1]);
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      corner = row[j];
      row[j] = best;
    }
  }
  return row[n];
}

/* "X" and "x", "xx" and "x": of a letter or two, any other word is near. */
static bool starts_alike(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b), shorter = n < m ? n : m;
  return shorter && n <= m + 1 && m <= n + 1 && !strncasecmp(a, b, shorter);
}

const char *orr_text_nearest(const char *word, const char *const *names, size_t n) {
  const char *nearest = NULL;
  size_t length = strlen(word), least = length < 4 ? 2 : length / 3 + 2;
  for (size_t i = 0; i < n; i++) {
    if (length <= 2 && !starts_alike(word, names[i])) continue;
    size_t distance = edit_distance(word, names[i]);
    if (length <= 2 && distance > 1) distance = 1;
    if (distance < least) least = distance, nearest = names[i];
  }
  return nearest;
}

bool orr_text_to_number(const char *s, double *value) {
  char *end;
  if (!*s) return false;
  *value = strtod(s, &end);
  return !*end && end != s;
}

char *orr_text_count(char out[32], unsigned long long count) {
  char digits[24];
  int n = snprintf(digits, sizeof digits, "%llu", count), used = 0;
  for (int i = 0; i < n; i++) {
    if (i && (n - i) % 3 == 0) out[used++] = ',';
    out[used++] = digits[i];
  }
  out[used] = 0;
  return out;
}
