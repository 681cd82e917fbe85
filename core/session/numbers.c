/* The numbers of a run; see numbers.h. */
#include "session/numbers.h"

#include <math.h>
#include <string.h>

static orr_status push(orr_numbers *all, orr_number number, orr_error *e) {
  if (orr_numbers_find(all, number.name))
    return orr_fail(e, ORR_RECIPE, "the number '%s' is there already; evaluate under another name with `as`",
                    number.name);
  ORR_PUSH(all, number, e);
  return ORR_OK;
}

orr_status orr_numbers_add(orr_numbers *all, const char *prefix, const orr_number *number, orr_error *e) {
  orr_text name = {0};
  orr_text_printf(&name, "%s%s", prefix, number->name);
  ORR_TRY(orr_text_check(&name, e));
  orr_number kept = *number;
  kept.name = name.data;
  orr_status status = push(all, kept, e);
  if (status) orr_text_fini(&name);
  return status;
}

const orr_number *orr_numbers_find(const orr_numbers *all, const char *name) {
  for (size_t i = 0; i < all->count; i++)
    if (!strcmp(all->items[i].name, name)) return &all->items[i];
  return NULL;
}

bool orr_numbers_any(const orr_numbers *all, const char *prefix) {
  for (size_t i = 0; i < all->count; i++)
    if (!strncmp(all->items[i].name, prefix, strlen(prefix))) return true;
  return false;
}

void orr_numbers_cut(orr_numbers *all, size_t n) {
  while (all->count > n) orr_free((char *)all->items[--all->count].name);
}

void orr_numbers_fini(orr_numbers *all) {
  orr_numbers_cut(all, 0);
  orr_free(all->items);
  *all = (orr_numbers){0};
}

static orr_json *number_to_json(const orr_number *number) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "value", orr_json_new_number(number->value));
  orr_json_set(j, "error", orr_json_new_number(number->error));
  orr_json_set(j, "n", orr_json_new_number(number->n));
  orr_json_set(j, "n_eff", orr_json_new_number(number->n_eff));
  orr_json_set(j, "method", orr_json_new_string(number->method));
  return j;
}

orr_json *orr_numbers_to_json(const orr_numbers *all) {
  orr_json *j = orr_json_new_object();
  for (size_t i = 0; i < all->count; i++) orr_json_set(j, all->items[i].name, number_to_json(&all->items[i]));
  return j;
}

orr_status orr_numbers_print(const orr_numbers *all, orr_text *out, orr_error *e) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "schema", orr_json_new_integer(1));
  orr_json_set(j, "numbers", orr_numbers_to_json(all));
  orr_status status = orr_json_print(j, true, out, e);
  orr_text_add(out, "\n");
  orr_json_free(j);
  return status;
}

/* Same bits, or both not there, or within the tolerance. */
static bool agrees(double now, const orr_json *then, double tolerance) {
  double x;
  if (!orr_json_number(then, &x)) return !isfinite(now);
  return now == x || fabs(now - x) <= tolerance;
}

static void tell(orr_text *out, const char *name, const char *field, double now, const orr_json *then) {
  double x;
  orr_text_printf(out, "%s%s is ", name, field);
  orr_text_add_number(out, now);
  orr_text_add(out, ", was ");
  if (orr_json_number(then, &x)) orr_text_add_number(out, x);
  else orr_text_add(out, "null");
  orr_text_add(out, "\n");
}

static size_t compare(const orr_number *now, const orr_json *then, orr_text *out) {
  double tolerance = orr_json_number_of(then, "tolerance", 0);
  const orr_json *value = orr_json_get(then, "value"), *error = orr_json_get(then, "error");
  if (!agrees(now->value, value, tolerance)) return tell(out, now->name, "", now->value, value), 1;
  if (error && !agrees(now->error, error, tolerance))
    return tell(out, now->name, " error", now->error, error), 1;
  const orr_json *n = orr_json_get(then, "n"), *n_eff = orr_json_get(then, "n_eff");
  if (n && !agrees(now->n, n, 0)) return tell(out, now->name, " n", now->n, n), 1;
  if (n_eff && !agrees(now->n_eff, n_eff, tolerance))
    return tell(out, now->name, " n_eff", now->n_eff, n_eff), 1;
  const char *method = orr_json_text_of(then, "method", now->method);
  if (!strcmp(method, now->method)) return 0;
  orr_text_printf(out, "%s method is %s, was %s\n", now->name, now->method, method);
  return 1;
}

static size_t compare_all(const orr_numbers *all, const orr_json *then, orr_text *out) {
  size_t differences = 0;
  for (const orr_json *j = orr_json_first(then); j; j = orr_json_next(j)) {
    const orr_number *now = orr_numbers_find(all, orr_json_key(j));
    if (now) differences += compare(now, j, out);
    else differences++, orr_text_printf(out, "%s was there and is missing\n", orr_json_key(j));
  }
  for (size_t i = 0; i < all->count; i++)
    if (!orr_json_get(then, all->items[i].name))
      differences++, orr_text_printf(out, "%s is new\n", all->items[i].name);
  return differences;
}

orr_status orr_numbers_check(const orr_numbers *all, const char *json, orr_text *out, size_t *differences,
                             orr_error *e) {
  orr_json *file;
  ORR_TRY(orr_json_parse(json, strlen(json), &file, e));
  const orr_json *then = orr_json_get(file, "numbers");
  bool sound = orr_json_is_object(then) && orr_json_number_of(file, "schema", 1) == 1;
  *differences = sound ? compare_all(all, then, out) : 0;
  orr_json_free(file);
  if (!sound) return orr_fail(e, ORR_USAGE, "the file to check against is no numbers.json");
  return orr_text_check(out, e);
}
