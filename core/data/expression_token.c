/* The words of expressions; see expression_token.h. The text is any bytes a
 * person or a recipe gave: each step looks at one byte at a time, and NUL is
 * never passed. Classes of characters are ASCII's, whatever the locale. */
#include "data/expression_token.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

size_t orr_expression_character(const char *expression, size_t at) {
  size_t character = 1;
  for (size_t i = 0; i < at; i++) character += ((unsigned char)expression[i] & 0xc0) != 0x80;
  return character;
}

orr_status orr_expression_fault(const char *expression, size_t at, orr_error *e, const char *format, ...) {
  char words[512];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  return orr_fail(e, ORR_RECIPE, "expression, character %zu: %s", orr_expression_character(expression, at),
                  words);
}

const char *orr_token_show(const char *expression, const orr_token *t, char out[ORR_TOKEN_SHOWN]) {
  enum { MOST = 36 };
  if (t->kind == ORR_TOKEN_END) return snprintf(out, ORR_TOKEN_SHOWN, "the end"), out;
  const char *s = expression + t->start;
  size_t n = t->length;
  if (n > MOST)
    for (n = MOST; n && ((unsigned char)s[n] & 0xc0) == 0x80;) n--;
  const char *quote = t->kind == ORR_TOKEN_TEXT ? "" : "'";
  snprintf(out, ORR_TOKEN_SHOWN, "%s%.*s%s%s", quote, (int)n, s, n < t->length ? "…" : "", quote);
  return out;
}

bool orr_token_is(const orr_token *t, const char *sign) {
  return t->kind == ORR_TOKEN_SIGN && !strcmp(t->text, sign);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '.'; }

static size_t digits(const char *s) {
  size_t n = 0;
  while (is_digit(s[n])) n++;
  return n;
}

static size_t exponent(const char *s) {
  size_t sign = s[0] == 'e' || s[0] == 'E' ? 1 + (s[1] == '+' || s[1] == '-') : 0;
  size_t n = sign ? digits(s + sign) : 0;
  return n ? sign + n : 0;
}

static orr_status read_number(const char *expression, orr_token *t, orr_error *e) {
  const char *s = expression + t->start;
  char copy[64];
  size_t n = digits(s);
  if (s[n] == '.') n += 1 + digits(s + n + 1);
  n += exponent(s + n);
  t->kind = ORR_TOKEN_NUMBER;
  t->length = n;
  if (n >= sizeof copy)
    return orr_expression_fault(expression, t->start, e, "a number of %zu digits; shorten it", n);
  memcpy(copy, s, n);
  copy[n] = 0;
  if (continues_name(s[n]) || !orr_text_to_number(copy, &t->number))
    return orr_expression_fault(expression, t->start, e, "'%s%c' is not a number", copy, s[n]);
  if (isinf(t->number))
    return orr_expression_fault(expression, t->start, e, "%s is too large a number", copy);
  return ORR_OK;
}

/* Bytes of one character between quotes: a doubled quote is the quote itself, and a backslash keeps the
 * next byte (\n and \t as in C), though not between backquotes. 0: here the text ends. */
static size_t quoted_step(const char *s, char quote) {
  if (!*s || (*s == quote && s[1] != quote)) return 0;
  return *s == quote || (*s == '\\' && quote != '`' && s[1]) ? 2 : 1;
}

static char quoted_value(const char *s, size_t step) {
  if (step == 1) return *s;
  return *s == '\\' && s[1] == 'n' ? '\n' : *s == '\\' && s[1] == 't' ? '\t' : s[1];
}

static orr_status read_quoted(const char *expression, orr_arena *a, orr_token *t, orr_error *e) {
  const char *s = expression + t->start;
  char quote = *s, *out;
  size_t end = 1, n = 0;
  for (size_t step; (step = quoted_step(s + end, quote)); n++) end += step;
  if (!s[end]) return orr_expression_fault(expression, t->start, e, "the closing %c is missing", quote);
  ORR_TAKE(a, out, n + 1, e);
  n = 0;
  for (size_t i = 1, step; (step = quoted_step(s + i, quote)); i += step)
    out[n++] = quoted_value(s + i, step);
  t->kind = quote == '`' ? ORR_TOKEN_QUOTED : ORR_TOKEN_TEXT;
  t->text = out;
  t->length = end + 1;
  return ORR_OK;
}

static orr_status read_name(const char *expression, orr_arena *a, orr_token *t, orr_error *e) {
  static const char *const keywords[] = {"and", "or", "not", "in", "true", "false"};
  const char *s = expression + t->start;
  while (continues_name(s[t->length])) t->length++;
  t->kind = ORR_TOKEN_NAME;
  t->text = orr_arena_strndup(a, s, t->length);
  if (!t->text) return orr_fail_memory(e, "a name", t->length);
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (!strcmp(t->text, keywords[i])) t->kind = ORR_TOKEN_SIGN;
  return ORR_OK;
}

/* Longer spellings first; one without a meaning is what other languages write, and gets a hint. */
static const struct {
  const char *spelling, *meaning, *hint;
} signs[] = {
    {"<=", "<=", NULL}, {">=", ">=", NULL},  {"==", "==", NULL}, {"~=", "!=", NULL}, {"!=", "!=", NULL},
    {"**", NULL, "^"},  {"&&", NULL, "and"}, {"||", NULL, "or"}, {"<>", NULL, "!="}, {"<", "<", NULL},
    {">", ">", NULL},   {"=", "==", NULL},   {"+", "+", NULL},   {"-", "-", NULL},   {"*", "*", NULL},
    {"/", "/", NULL},   {"%", "%", NULL},    {"^", "^", NULL},   {"(", "(", NULL},   {")", ")", NULL},
    {"{", "{", NULL},   {"}", "}", NULL},    {",", ",", NULL},   {"&", NULL, "and"}, {"|", NULL, "or"},
    {"!", NULL, "not"}, {"~", NULL, "not"},  {"[", NULL, "{ }"}, {"]", NULL, "{ }"}, {";", NULL, ","},
};

static orr_status read_sign(const char *expression, orr_token *t, orr_error *e) {
  const char *s = expression + t->start;
  t->kind = ORR_TOKEN_SIGN;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t n = strlen(signs[i].spelling);
    if (strncmp(s, signs[i].spelling, n)) continue;
    t->length = n;
    t->text = signs[i].meaning;
    if (t->text) return ORR_OK;
    return orr_expression_fault(expression, t->start, e, "'%s' means nothing here; write %s",
                                signs[i].spelling, signs[i].hint);
  }
  return orr_expression_fault(expression, t->start, e,
                              "'%c' means nothing here; put an odd column name in `backquotes`", *s);
}

orr_status orr_token_read(const char *expression, size_t at, orr_arena *a, orr_token *out, orr_error *e) {
  at += strspn(expression + at, " \t\r\n");
  *out = (orr_token){.kind = ORR_TOKEN_END, .start = at, .text = ""};
  const char *s = expression + at;
  if (!*s) return ORR_OK;
  if (is_digit(*s) || (*s == '.' && is_digit(s[1]))) return read_number(expression, out, e);
  if (*s == '\'' || *s == '"' || *s == '`') return read_quoted(expression, a, out, e);
  if (begins_name(*s)) return read_name(expression, a, out, e);
  return read_sign(expression, out, e);
}
