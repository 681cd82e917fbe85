/* Values that cross rooms: what a person, a recipe or a file gives to a command.
 *
 * All text and lists live in the arena of the step that made them; a value
 * owns nothing. Objects are named by number and generation, never by address.
 */
#ifndef ORR_BASE_VALUE_H
#define ORR_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

typedef enum orr_kind {
  ORR_NIL,
  ORR_BOOLEAN,
  ORR_INTEGER,
  ORR_NUMBER,
  ORR_STRING,
  ORR_LIST,
  ORR_DICT, /* text keys, in a fixed order */
  ORR_OBJECT,
  ORR_FUNCTION
} orr_kind;

typedef struct orr_ref {
  uint32_t id, generation;
  uint32_t part; /* 0: the object itself; else a named part of it (a split's test rows) */
} orr_ref;

/* A function of the recipe's language. Commands trace it before they are journaled: only what it computes is
 * kept, written and hashed, never its text. */
typedef struct orr_function {
  int64_t number;              /* by which the language knows it, while the command runs */
  const char *text;            /* as it was traced, in Lua; NULL: not yet */
  const struct orr_tape *tape; /* of grad/tape.h */
} orr_function;

typedef struct orr_value orr_value;
typedef struct orr_pair orr_pair;

struct orr_value {
  orr_kind kind;
  size_t count; /* of a list or dict */
  union {
    bool boolean;
    int64_t integer;
    double number;
    const char *string;
    orr_value *items;
    orr_pair *pairs;
    orr_ref object;
    orr_function *function;
  };
};

struct orr_pair {
  const char *key;
  orr_value value;
};

const char *orr_kind_name(orr_kind kind);
bool orr_value_is_number(const orr_value *v); /* integer or number */
double orr_value_to_number(const orr_value *v);
const orr_value *orr_value_get(const orr_value *dict, const char *key); /* NULL when absent */
orr_value orr_value_of_string(const char *s);

/* Appends the value as Lua source; objects are written by `name_object`. */
typedef void (*orr_name_object_fn)(void *context, orr_ref ref, orr_text *out);
void orr_value_to_lua(const orr_value *v, orr_name_object_fn name_object, void *context, orr_text *out);

/* JSON (numbers, strings, true, false, lists, objects) and back; objects of the session have no JSON. */
orr_status orr_value_from_json(const char *json, orr_arena *arena, orr_value *out, orr_error *e);
orr_json *orr_value_to_json(const orr_value *v);

#endif
