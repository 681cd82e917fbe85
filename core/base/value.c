/* Values that cross rooms; see value.h. */
#include "base/value.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/json.h"

const char *orr_kind_name(orr_kind kind) {
  static const char *const names[] = {"nothing", "a truth value", "an integer", "a number",
                                      "text",    "a list",        "a table",    "an object", "a function"};
  return names[kind];
}

bool orr_value_is_number(const orr_value *v) { return v->kind == ORR_INTEGER || v->kind == ORR_NUMBER; }

double orr_value_to_number(const orr_value *v) {
  return v->kind == ORR_INTEGER ? (double)v->integer : v->kind == ORR_NUMBER ? v->number : NAN;
}

const orr_value *orr_value_get(const orr_value *dict, const char *key) {
  if (dict->kind != ORR_DICT) return NULL;
  for (size_t i = 0; i < dict->count; i++)
    if (!strcmp(dict->pairs[i].key, key)) return &dict->pairs[i].value;
  return NULL;
}

orr_value orr_value_of_string(const char *s) { return (orr_value){.kind = ORR_STRING, .string = s}; }

static bool is_identifier(const char *s) {
  static const char *const reserved[] = {
      "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
      "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
  if (!isalpha((unsigned char)*s) && *s != '_') return false;
  for (const char *p = s; *p; p++)
    if (!isalnum((unsigned char)*p) && *p != '_') return false;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (!strcmp(s, reserved[i])) return false;
  return true;
}

static void add_key(const char *key, orr_text *out) {
  if (is_identifier(key)) {
    orr_text_printf(out, "%s = ", key);
    return;
  }
  orr_text_add(out, "[");
  orr_text_add_lua_string(out, key);
  orr_text_add(out, "] = ");
}

static void add_number(double x, orr_text *out) {
  if (isnan(x)) orr_text_add(out, "0/0");
  else if (isinf(x)) orr_text_add(out, x > 0 ? "math.huge" : "-math.huge");
  else {
    size_t start = out->length;
    orr_text_add_number(out, x);
    if (!out->failed && !strpbrk(out->data + start, ".en")) orr_text_add(out, ".0");
  }
}

/* Lua reads the digits of the least integer as a float: they are too large before the minus is applied. */
static void add_integer(int64_t i, orr_text *out) {
  if (i == INT64_MIN) orr_text_add(out, "math.mininteger");
  else orr_text_printf(out, "%lld", (long long)i);
}

void orr_value_to_lua(const orr_value *v, orr_name_object_fn name_object, void *context, orr_text *out) {
  switch (v->kind) {
  case ORR_NIL: orr_text_add(out, "nil"); break;
  case ORR_BOOLEAN: orr_text_add(out, v->boolean ? "true" : "false"); break;
  case ORR_INTEGER: add_integer(v->integer, out); break;
  case ORR_NUMBER: add_number(v->number, out); break;
  case ORR_STRING: orr_text_add_lua_string(out, v->string); break;
  case ORR_OBJECT: name_object(context, v->object, out); break;
  case ORR_FUNCTION: orr_text_add(out, v->function->text ? v->function->text : "nil"); break;
  case ORR_LIST:
  case ORR_DICT:
    orr_text_add(out, "{ ");
    for (size_t i = 0; i < v->count; i++) {
      if (i) orr_text_add(out, ", ");
      if (v->kind == ORR_DICT) add_key(v->pairs[i].key, out);
      orr_value_to_lua(v->kind == ORR_DICT ? &v->pairs[i].value : &v->items[i], name_object, context, out);
    }
    orr_text_add(out, v->count ? " }" : "}");
  }
}

static orr_status convert(const orr_json *json, orr_arena *arena, orr_value *out, orr_error *e);

static orr_status convert_object(const orr_json *json, orr_arena *arena, orr_value *out, orr_error *e) {
  *out = (orr_value){.kind = ORR_DICT};
  ORR_TAKE(arena, out->pairs, orr_json_count(json), e);
  for (const orr_json *child = orr_json_first(json); child; child = orr_json_next(child)) {
    orr_pair *pair = &out->pairs[out->count++];
    if (!(pair->key = orr_arena_strdup(arena, orr_json_key(child)))) return orr_fail_memory(e, "a key", 0);
    ORR_TRY(convert(child, arena, &pair->value, e));
  }
  return ORR_OK;
}

static orr_status convert(const orr_json *json, orr_arena *arena, orr_value *out, orr_error *e) {
  double number;
  const char *string = orr_json_string(json);
  if (string) {
    char *copy = orr_arena_strdup(arena, string);
    if (!copy) return orr_fail_memory(e, "a text", 0);
    *out = orr_value_of_string(copy);
  } else if (orr_json_number(json, &number)) {
    bool whole = number == floor(number) && fabs(number) < 0x1p53;
    *out = whole ? (orr_value){.kind = ORR_INTEGER, .integer = (int64_t)number}
                 : (orr_value){.kind = ORR_NUMBER, .number = number};
  } else if (orr_json_is_boolean(json)) {
    *out = (orr_value){.kind = ORR_BOOLEAN, .boolean = orr_json_is_true(json)};
  } else if (orr_json_is_array(json)) {
    *out = (orr_value){.kind = ORR_LIST, .count = orr_json_count(json)};
    ORR_TAKE(arena, out->items, out->count, e);
    size_t i = 0;
    for (const orr_json *child = orr_json_first(json); child; child = orr_json_next(child))
      ORR_TRY(convert(child, arena, &out->items[i++], e));
  } else if (orr_json_is_object(json)) {
    return convert_object(json, arena, out, e);
  } else {
    return orr_fail(e, ORR_USAGE, "expected a number, text, true, false or a list of them");
  }
  return ORR_OK;
}

orr_status orr_value_from_json(const char *text, orr_arena *arena, orr_value *out, orr_error *e) {
  orr_json *json;
  ORR_TRY(orr_json_parse(text, strlen(text), &json, e));
  orr_status status = convert(json, arena, out, e);
  orr_json_free(json);
  return status;
}

orr_json *orr_value_to_json(const orr_value *v) {
  orr_json *j;
  switch (v->kind) {
  case ORR_BOOLEAN: return orr_json_new_boolean(v->boolean);
  case ORR_INTEGER: return orr_json_new_integer(v->integer);
  case ORR_NUMBER: return orr_json_new_number(v->number);
  case ORR_STRING: return orr_json_new_string(v->string);
  case ORR_FUNCTION: return orr_json_new_string(v->function->text);
  case ORR_LIST:
    j = orr_json_new_array();
    for (size_t i = 0; i < v->count; i++) orr_json_push(j, orr_value_to_json(&v->items[i]));
    return j;
  case ORR_DICT:
    j = orr_json_new_object();
    for (size_t i = 0; i < v->count; i++)
      orr_json_set(j, v->pairs[i].key, orr_value_to_json(&v->pairs[i].value));
    return j;
  default: return orr_json_new_null();
  }
}
