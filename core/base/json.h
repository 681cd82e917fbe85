/* JSON, over cJSON: the house needs few words of it, and numbers exact.
 *
 * cJSON compares with a tolerance before it shortens a number, so numbers are
 * written here, with the fewest digits that read back to the same bits; NaN
 * and infinities become null. Builders take NULL for "out of memory" and pass
 * it on: one check of the root at the end is enough.
 */
#ifndef ORR_BASE_JSON_H
#define ORR_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

typedef struct cJSON orr_json;

orr_status orr_json_parse(const char *text, size_t length, orr_json **out, orr_error *e);
void orr_json_free(orr_json *j);

orr_json *orr_json_new_object(void);
orr_json *orr_json_new_array(void);
orr_json *orr_json_new_string(const char *s);
orr_json *orr_json_new_number(double x);
orr_json *orr_json_new_extended(double x); /* infinities as 1e999 and -1e999, which read back as such */
orr_json *orr_json_new_integer(int64_t i);
orr_json *orr_json_new_boolean(bool b);
orr_json *orr_json_new_null(void);

/* Takes ownership of child; a NULL child becomes null. Returns the child. */
orr_json *orr_json_set(orr_json *object, const char *key, orr_json *child);
orr_json *orr_json_push(orr_json *array, orr_json *child);
void orr_json_remove(orr_json *object, const char *key);

/* A copy of what was parsed that prints with every bit of its numbers, infinities as 1e999. NULL stays NULL. */
orr_json *orr_json_copy(const orr_json *j);

const orr_json *orr_json_get(const orr_json *object, const char *key); /* NULL when absent */
const orr_json *orr_json_first(const orr_json *container);
const orr_json *orr_json_next(const orr_json *child);
const char *orr_json_key(const orr_json *child);
size_t orr_json_count(const orr_json *container);
const char *orr_json_string(const orr_json *j); /* NULL when not a string */
bool orr_json_number(const orr_json *j, double *x);
bool orr_json_is_array(const orr_json *j);
bool orr_json_is_object(const orr_json *j);
bool orr_json_is_boolean(const orr_json *j);
bool orr_json_is_true(const orr_json *j);

/* Text of a member, or `otherwise`; number of a member, or `otherwise`. */
const char *orr_json_text_of(const orr_json *object, const char *key, const char *otherwise);
double orr_json_number_of(const orr_json *object, const char *key, double otherwise);

orr_status orr_json_print(const orr_json *j, bool pretty, orr_text *out, orr_error *e);

#endif
