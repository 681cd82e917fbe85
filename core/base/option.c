/* Options: checking and reading of values by their table row; see option.h. */
#include "base/option.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *orr_option_type_name(orr_option_type type) {
  static const char *const names[] = {"boolean", "integer", "number",     "text",   "choice", "column",
                                      "list",    "file",    "expression", "object", "any",    "function"};
  return names[type];
}

static orr_status wrong_type(const orr_option *o, const orr_value *v, orr_error *e) {
  if (v->kind == ORR_STRING)
    return orr_fail(e, ORR_USAGE, "%s = '%.60s': expected type %s", o->name, v->string,
                    orr_option_type_name(o->type));
  return orr_fail(e, ORR_USAGE, "%s: expected type %s, got %s", o->name, orr_option_type_name(o->type),
                  orr_kind_name(v->kind));
}

static orr_status check_range(const orr_option *o, double x, orr_error *e) {
  if (isnan(x)) return orr_fail(e, ORR_USAGE, "%s: not a number; give one", o->name);
  if (o->least == o->most || (x >= o->least && x <= o->most)) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s = %g: out of range; it must be %g to %g", o->name, x, o->least, o->most);
}

static orr_status check_integer(const orr_option *o, orr_value *v, orr_error *e) {
  if (v->kind == ORR_NUMBER && v->number == floor(v->number) && fabs(v->number) < 0x1p53)
    *v = (orr_value){.kind = ORR_INTEGER, .integer = (int64_t)v->number};
  if (v->kind != ORR_INTEGER) return wrong_type(o, v, e);
  return check_range(o, (double)v->integer, e);
}

static orr_status check_number(const orr_option *o, orr_value *v, orr_error *e) {
  if (!orr_value_is_number(v)) return wrong_type(o, v, e);
  *v = (orr_value){.kind = ORR_NUMBER, .number = orr_value_to_number(v)};
  return check_range(o, v->number, e);
}

/* Splits "a|b|c" into names; returns how many. */
static size_t choices_of(const orr_option *o, orr_arena *arena, const char *names[], size_t most) {
  char *copy = orr_arena_strdup(arena, o->choices), *rest = NULL;
  size_t n = 0;
  for (char *word = copy ? strtok_r(copy, "|", &rest) : NULL; word && n < most;
       word = strtok_r(NULL, "|", &rest))
    names[n++] = word;
  return n;
}

static orr_status check_choice(const orr_option *o, orr_arena *arena, orr_value *v, orr_error *e) {
  const char *names[64];
  if (v->kind != ORR_STRING) return wrong_type(o, v, e);
  size_t n = choices_of(o, arena, names, 64);
  for (size_t i = 0; i < n; i++)
    if (!strcmp(names[i], v->string)) return ORR_OK;
  const char *nearest = orr_text_nearest(v->string, names, n);
  if (nearest)
    return orr_fail(e, ORR_USAGE, "%s = '%.60s': no such choice; did you mean '%s'?", o->name, v->string,
                    nearest);
  return orr_fail(e, ORR_USAGE, "%s = '%.60s': no such choice; try one of %s", o->name, v->string,
                  o->choices);
}

static orr_status check_texts(const orr_option *o, orr_arena *arena, orr_value *v, orr_error *e) {
  if (v->kind == ORR_STRING) {
    orr_value *one;
    ORR_TAKE(arena, one, 1, e);
    *one = *v;
    *v = (orr_value){.kind = ORR_LIST, .count = 1, .items = one};
  }
  if (v->kind == ORR_DICT && v->count == 0) v->kind = ORR_LIST;
  if (v->kind != ORR_LIST) return wrong_type(o, v, e);
  for (size_t i = 0; i < v->count; i++)
    if (v->items[i].kind != ORR_STRING)
      return orr_fail(e, ORR_USAGE, "%s: item %zu is %s; expected text", o->name, i + 1,
                      orr_kind_name(v->items[i].kind));
  return ORR_OK;
}

orr_status orr_option_check(const orr_option *o, orr_arena *arena, orr_value *v, orr_error *e) {
  switch (o->type) {
  case ORR_TAKES_BOOLEAN: return v->kind == ORR_BOOLEAN ? ORR_OK : wrong_type(o, v, e);
  case ORR_TAKES_INTEGER: return check_integer(o, v, e);
  case ORR_TAKES_NUMBER: return check_number(o, v, e);
  case ORR_TAKES_TEXT:
  case ORR_TAKES_COLUMN:
  case ORR_TAKES_EXPRESSION:
  case ORR_TAKES_FILE: return v->kind == ORR_STRING ? ORR_OK : wrong_type(o, v, e);
  case ORR_TAKES_CHOICE: return check_choice(o, arena, v, e);
  case ORR_TAKES_TEXTS: return check_texts(o, arena, v, e);
  case ORR_TAKES_OBJECT: return v->kind == ORR_OBJECT ? ORR_OK : wrong_type(o, v, e);
  case ORR_TAKES_FUNCTION: return v->kind == ORR_FUNCTION ? ORR_OK : wrong_type(o, v, e);
  case ORR_TAKES_ANY: break;
  }
  return ORR_OK;
}

static orr_status parse_list(const char *text, orr_arena *arena, orr_value *out, orr_error *e) {
  if (*text == '[') return orr_value_from_json(text, arena, out, e);
  size_t n = 1;
  for (const char *p = text; *p; p++) n += *p == ',';
  *out = (orr_value){.kind = ORR_LIST};
  ORR_TAKE(arena, out->items, n, e);
  char *copy = orr_arena_strdup(arena, text), *rest = NULL;
  if (!copy) return orr_fail_memory(e, "a list", n);
  for (char *word = strtok_r(copy, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
    out->items[out->count++] = orr_value_of_string(word + strspn(word, " "));
  return ORR_OK;
}

orr_status orr_option_parse(const orr_option *o, const char *text, orr_arena *arena, orr_value *out,
                            orr_error *e) {
  double number;
  char *copy = orr_arena_strdup(arena, text);
  if (!copy) return orr_fail_memory(e, "a text", 0);
  *out = orr_value_of_string(copy);
  if (o->type == ORR_TAKES_TEXTS) {
    if (parse_list(text, arena, out, e))
      return orr_fail(e, ORR_USAGE, "%s = '%.60s': not a list; write [\"a\",\"b\"] or a,b", o->name, text);
  } else if (o->type == ORR_TAKES_BOOLEAN && (!strcmp(text, "true") || !strcmp(text, "false"))) {
    *out = (orr_value){.kind = ORR_BOOLEAN, .boolean = *text == 't'};
  } else if ((o->type == ORR_TAKES_INTEGER || o->type == ORR_TAKES_NUMBER) &&
             orr_text_to_number(text, &number)) {
    *out = (orr_value){.kind = ORR_NUMBER, .number = number};
  }
  return orr_option_check(o, arena, out, e);
}

orr_status orr_options_unknown(const orr_option *specs, size_t count, const char *what, const char *word,
                               orr_status status, orr_error *e) {
  orr_text all = {0};
  const char *names[128];
  size_t n = count < 128 ? count : 128;
  for (size_t i = 0; i < n; i++) {
    names[i] = specs[i].name;
    orr_text_printf(&all, "%s%s", i ? ", " : "", names[i]);
  }
  const char *nearest = orr_text_nearest(word, names, n);
  if (nearest) orr_fail(e, status, "unknown %s '%.60s'; did you mean '%s'?", what, word, nearest);
  else orr_fail(e, status, "unknown %s '%.60s'; known are %s", what, word, orr_text_get(&all));
  orr_text_fini(&all);
  return status;
}

static const orr_option *find(const orr_option *specs, size_t count, const char *name, size_t *at) {
  for (*at = 0; *at < count; (*at)++)
    if (!strcmp(specs[*at].name, name)) return &specs[*at];
  return NULL;
}

static orr_status take_given(orr_options *o, const orr_value *given, orr_value *rest, orr_arena *arena,
                             orr_error *e) {
  for (size_t i = 0; given && i < given->count; i++) {
    size_t at;
    const orr_pair *pair = &given->pairs[i];
    if (find(o->specs, o->count, pair->key, &at)) {
      o->values[at] = pair->value;
      if (pair->value.kind != ORR_NIL) ORR_TRY(orr_option_check(&o->specs[at], arena, &o->values[at], e));
    } else if (rest) {
      rest->pairs[rest->count++] = *pair;
    } else {
      return orr_options_unknown(o->specs, o->count, "option", pair->key, ORR_USAGE, e);
    }
  }
  return ORR_OK;
}

/* A required row has no value; perhaps it was misspelt, and is among the keys passed on. */
static orr_status needed(const orr_option *row, const orr_value *rest, orr_error *e) {
  for (size_t i = 0; rest && i < rest->count; i++)
    if (orr_text_nearest(rest->pairs[i].key, &row->name, 1))
      return orr_fail(e, ORR_USAGE, "unknown option '%.60s'; did you mean '%s'?", rest->pairs[i].key,
                      row->name);
  return orr_fail(e, ORR_USAGE, "%s is needed: %s", row->name, row->help);
}

orr_status orr_options_init(orr_options *o, const orr_option *specs, size_t count, const orr_value *given,
                            orr_value *rest, orr_arena *arena, orr_error *e) {
  *o = (orr_options){.specs = specs, .count = count};
  ORR_TAKE(arena, o->values, count, e);
  if (rest) {
    *rest = (orr_value){.kind = ORR_DICT};
    ORR_TAKE(arena, rest->pairs, given ? given->count : 0, e);
  }
  for (size_t i = 0; i < count; i++)
    if (specs[i].fallback) ORR_TRY(orr_option_parse(&specs[i], specs[i].fallback, arena, &o->values[i], e));
  ORR_TRY(take_given(o, given, rest, arena, e));
  for (size_t i = 0; i < count; i++)
    if (specs[i].required && o->values[i].kind == ORR_NIL) return needed(&specs[i], rest, e);
  return ORR_OK;
}

const orr_value *orr_options_get(const orr_options *o, const char *name) {
  size_t at;
  if (!find(o->specs, o->count, name, &at)) abort(); /* a name that is no row is a fault in the program */
  return &o->values[at];
}

bool orr_options_has(const orr_options *o, const char *name) {
  return orr_options_get(o, name)->kind != ORR_NIL;
}

double orr_options_number(const orr_options *o, const char *name) {
  const orr_value *v = orr_options_get(o, name);
  return orr_value_is_number(v) ? orr_value_to_number(v) : 0;
}

int64_t orr_options_integer(const orr_options *o, const char *name) {
  const orr_value *v = orr_options_get(o, name);
  return v->kind == ORR_INTEGER ? v->integer : 0;
}

const char *orr_options_text(const orr_options *o, const char *name) {
  const orr_value *v = orr_options_get(o, name);
  return v->kind == ORR_STRING ? v->string : NULL;
}

bool orr_options_boolean(const orr_options *o, const char *name) {
  const orr_value *v = orr_options_get(o, name);
  return v->kind == ORR_BOOLEAN && v->boolean;
}

static orr_json *default_to_json(const orr_option *o) {
  double x;
  if (!o->fallback) return orr_json_new_null();
  if (o->type == ORR_TAKES_BOOLEAN) return orr_json_new_boolean(*o->fallback == 't');
  bool number = o->type == ORR_TAKES_INTEGER || o->type == ORR_TAKES_NUMBER;
  return number && orr_text_to_number(o->fallback, &x) ? orr_json_new_number(x)
                                                       : orr_json_new_string(o->fallback);
}

orr_json *orr_option_to_json(const orr_option *o) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "name", orr_json_new_string(o->name));
  orr_json_set(j, "type", orr_json_new_string(orr_option_type_name(o->type)));
  orr_json_set(j, "default", default_to_json(o));
  if (o->least != o->most) {
    orr_json_set(j, "min", orr_json_new_number(o->least));
    orr_json_set(j, "max", orr_json_new_number(o->most));
  }
  if (o->choices) {
    orr_json *all = orr_json_set(j, "choices", orr_json_new_array());
    const char *names[64];
    orr_arena arena = {0};
    size_t n = choices_of(o, &arena, names, 64);
    for (size_t i = 0; i < n; i++) orr_json_push(all, orr_json_new_string(names[i]));
    orr_arena_fini(&arena);
  }
  orr_json_set(j, "help", orr_json_new_string(o->help));
  return j;
}
