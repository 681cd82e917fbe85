/* Options: a table row carries name, type, default, range and help.
 *
 * Commands' arguments, families' hyper-parameters and recipes' parameters are
 * all rows of this kind, so that checking, did-you-mean, help, JSON listings
 * and `--set` are written once.
 */
#ifndef ORR_BASE_OPTION_H
#define ORR_BASE_OPTION_H

#include "base/json.h"
#include "base/value.h"

typedef enum orr_option_type {
  ORR_TAKES_BOOLEAN,
  ORR_TAKES_INTEGER,
  ORR_TAKES_NUMBER,
  ORR_TAKES_TEXT,
  ORR_TAKES_CHOICE, /* one of `choices` */
  ORR_TAKES_COLUMN, /* a column's name */
  ORR_TAKES_TEXTS,  /* a list of texts; one text is a list of one */
  ORR_TAKES_FILE,   /* a path */
  ORR_TAKES_EXPRESSION,
  ORR_TAKES_OBJECT,
  ORR_TAKES_ANY,
  ORR_TAKES_FUNCTION /* on tensors; from recipes only */
} orr_option_type;

typedef struct orr_option {
  const char *name;
  orr_option_type type;
  const char *fallback; /* the default, as --set would give it; NULL: none */
  double least, most;   /* of a number, both inclusive; equal: no range */
  const char *choices;  /* "a|b|c" */
  const char *help;
  bool required;
} orr_option;

/* Specs with their values, in the same order; an absent value is ORR_NIL. */
typedef struct orr_options {
  const orr_option *specs;
  size_t count;
  orr_value *values;
} orr_options;

const char *orr_option_type_name(orr_option_type type);

/* Checks a value against its row, converting integers to numbers and one text to a list. */
orr_status orr_option_check(const orr_option *o, orr_arena *arena, orr_value *v, orr_error *e);

/* Reads text as --set does: by the declared type, lists as JSON or comma-separated. */
orr_status orr_option_parse(const orr_option *o, const char *text, orr_arena *arena, orr_value *out,
                            orr_error *e);

/* Values from defaults, then from `given` (a dict). Unknown keys are refused unless `rest` takes them. */
orr_status orr_options_init(orr_options *o, const orr_option *specs, size_t count, const orr_value *given,
                            orr_value *rest, orr_arena *arena, orr_error *e);

/* "unknown WHAT 'word'; did you mean 'nearest'?" from the names of the rows. */
orr_status orr_options_unknown(const orr_option *specs, size_t count, const char *what, const char *word,
                               orr_status status, orr_error *e);

/* The value under a name; the name must be a row. The typed getters give 0, NULL, … for ORR_NIL. */
const orr_value *orr_options_get(const orr_options *o, const char *name);
bool orr_options_has(const orr_options *o, const char *name);
double orr_options_number(const orr_options *o, const char *name);
int64_t orr_options_integer(const orr_options *o, const char *name);
const char *orr_options_text(const orr_options *o, const char *name);
bool orr_options_boolean(const orr_options *o, const char *name);

/* {"name":…, "type":…, "default":…, "min":…, "max":…, "choices":[…], "help":…} */
orr_json *orr_option_to_json(const orr_option *o);

#endif
