/* Growable text, and what user text needs before it is shown or written.
 *
 * A failed allocation is remembered in the builder and asked for once at the
 * end, so that building a page is not a chain of checks.
 */
#ifndef ORR_BASE_TEXT_H
#define ORR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct orr_text {
  char *data; /* always ends in NUL once anything was added */
  size_t length, capacity;
  bool failed;
} orr_text;

void orr_text_add(orr_text *t, const char *s);
void orr_text_add_bytes(orr_text *t, const char *s, size_t n);
void orr_text_printf(orr_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
orr_status orr_text_check(const orr_text *t, orr_error *e);
const char *orr_text_get(const orr_text *t); /* never NULL */
void orr_text_fini(orr_text *t);

/* Adds a Lua (or JSON-like) string literal, quotes included; control bytes become \ddd. */
void orr_text_add_lua_string(orr_text *t, const char *s);

/* Adds `s` safe for a terminal: control and escape bytes become '?', invalid UTF-8 too. */
void orr_text_add_inert(orr_text *t, const char *s);
void orr_text_make_inert(char *s); /* the same in place: nothing gets longer */

/* Adds JSON text with those characters as \u escapes: the same JSON, safe for a terminal. */
void orr_text_add_json(orr_text *t, const char *json);

/* Adds `s` for a terminal that has ASCII only: signs we use become words of it, any other character '?'. */
void orr_text_add_ascii(orr_text *t, const char *s);

/* Adds the shortest decimal that reads back to the same double ("nan", "inf" as such). */
void orr_text_add_number(orr_text *t, double value);

/* Characters of UTF-8 text, each taken as one column of a terminal. */
size_t orr_text_width(const char *s);

/* Adds prose and a newline, broken at blanks to `width` columns. It begins at column `column` of the line;
 * further lines are indented. */
void orr_text_add_wrapped(orr_text *t, const char *s, size_t column, size_t indent, size_t width);

/* The one of `names` nearest to `word` by edit distance, or NULL when none is near; to a word of one letter or two
 * only one that has them too, in any case, and at most one more or less. */
const char *orr_text_nearest(const char *word, const char *const *names, size_t n);

/* Reads the whole of `s` as a number in the C locale; false when anything is left over. */
bool orr_text_to_number(const char *s, double *value);

/* "17898" becomes "17,898"; `out` holds at least 32 bytes. Returns out. */
char *orr_text_count(char out[32], unsigned long long count);

bool orr_text_is_utf8(const char *s, size_t n);

#endif
