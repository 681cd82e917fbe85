/* The home of cJSON. */
#include "base/json.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

orr_status orr_json_parse(const char *text, size_t length, orr_json **out, orr_error *e) {
  const char *end = NULL;
  *out = NULL;
  if (!orr_text_is_utf8(text, length)) return orr_fail(e, ORR_DATA, "not JSON: it is not UTF-8 text");
  *out = cJSON_ParseWithLengthOpts(text, length, &end, 0);
  while (*out && end < text + length && strchr(" \t\r\n", *end)) end++; /* strchr finds NUL too */
  if (*out && end == text + length) return ORR_OK;
  cJSON_Delete(*out);
  *out = NULL;
  size_t at = end ? (size_t)(end - text) : 0;
  return orr_fail(e, ORR_DATA, "not JSON: it breaks at byte %zu", at);
}

void orr_json_free(orr_json *j) { cJSON_Delete(j); }

orr_json *orr_json_new_object(void) { return cJSON_CreateObject(); }
orr_json *orr_json_new_array(void) { return cJSON_CreateArray(); }
orr_json *orr_json_new_string(const char *s) { return s ? cJSON_CreateString(s) : cJSON_CreateNull(); }
orr_json *orr_json_new_boolean(bool b) { return cJSON_CreateBool(b); }
orr_json *orr_json_new_null(void) { return cJSON_CreateNull(); }

orr_json *orr_json_new_number(double x) {
  if (!isfinite(x)) return cJSON_CreateNull();
  orr_text digits = {0};
  orr_text_add_number(&digits, x);
  cJSON *number = digits.failed ? NULL : cJSON_CreateRaw(digits.data);
  orr_text_fini(&digits);
  return number;
}

orr_json *orr_json_new_extended(double x) {
  return isinf(x) ? cJSON_CreateRaw(x > 0 ? "1e999" : "-1e999") : orr_json_new_number(x);
}

orr_json *orr_json_new_integer(int64_t i) {
  char digits[24];
  snprintf(digits, sizeof digits, "%lld", (long long)i);
  return cJSON_CreateRaw(digits);
}

orr_json *orr_json_set(orr_json *object, const char *key, orr_json *child) {
  if (!child) child = cJSON_CreateNull();
  if (object && child && cJSON_AddItemToObject(object, key, child)) return child;
  cJSON_Delete(child);
  return NULL;
}

orr_json *orr_json_push(orr_json *array, orr_json *child) {
  if (!child) child = cJSON_CreateNull();
  if (array && child && cJSON_AddItemToArray(array, child)) return child;
  cJSON_Delete(child);
  return NULL;
}

void orr_json_remove(orr_json *object, const char *key) {
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

/* Nesting is cJSON's own, which is bounded where it parses. */
orr_json *orr_json_copy(const orr_json *j) {
  if (cJSON_IsNumber(j)) return orr_json_new_extended(j->valuedouble);
  if (!cJSON_IsArray(j) && !cJSON_IsObject(j)) return cJSON_Duplicate(j, true);
  orr_json *copy = cJSON_IsArray(j) ? cJSON_CreateArray() : cJSON_CreateObject();
  for (const orr_json *child = j->child; child && copy; child = child->next) {
    orr_json *item = orr_json_copy(child);
    if (item && (child->string ? orr_json_set(copy, child->string, item) : orr_json_push(copy, item)))
      continue;
    cJSON_Delete(copy);
    copy = NULL;
  }
  return copy;
}

const orr_json *orr_json_get(const orr_json *object, const char *key) {
  return cJSON_GetObjectItemCaseSensitive(object, key);
}

const orr_json *orr_json_first(const orr_json *container) { return container ? container->child : NULL; }
const orr_json *orr_json_next(const orr_json *child) { return child->next; }
const char *orr_json_key(const orr_json *child) { return child->string; }
size_t orr_json_count(const orr_json *container) { return (size_t)cJSON_GetArraySize(container); }
const char *orr_json_string(const orr_json *j) { return cJSON_GetStringValue(j); }
bool orr_json_is_array(const orr_json *j) { return cJSON_IsArray(j); }
bool orr_json_is_object(const orr_json *j) { return cJSON_IsObject(j); }
bool orr_json_is_boolean(const orr_json *j) { return cJSON_IsBool(j); }
bool orr_json_is_true(const orr_json *j) { return cJSON_IsTrue(j); }

bool orr_json_number(const orr_json *j, double *x) {
  if (!cJSON_IsNumber(j)) return false;
  *x = j->valuedouble;
  return true;
}

const char *orr_json_text_of(const orr_json *object, const char *key, const char *otherwise) {
  const char *s = orr_json_string(orr_json_get(object, key));
  return s ? s : otherwise;
}

double orr_json_number_of(const orr_json *object, const char *key, double otherwise) {
  double x;
  return orr_json_number(orr_json_get(object, key), &x) ? x : otherwise;
}

orr_status orr_json_print(const orr_json *j, bool pretty, orr_text *out, orr_error *e) {
  char *text = j ? (pretty ? cJSON_Print(j) : cJSON_PrintUnformatted(j)) : NULL;
  if (!text) return orr_fail_memory(e, "JSON text", 0);
  orr_text_add_json(out, text);
  cJSON_free(text);
  return orr_text_check(out, e);
}
