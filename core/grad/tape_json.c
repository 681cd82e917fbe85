/* Tapes as JSON, in kept models: what is read is hostile, every number proven.
 *
 * {"arguments": ["x"], "calls": [["x"], [2.5], ["*", 0, 1], ["sum", 2, [2]]], "result": 3}: an entry is an argument's
 * name (with a field: ["row", "snr"]), a number, or a method's name, its inputs, and its numbers in a list. */
#include <math.h>
#include <string.h>

#include "grad/tape.h"

static orr_json *entry_to_json(const orr_tape *t, const orr_tape_entry *entry) {
  orr_json *j = orr_json_new_array();
  if (!entry->method && entry->argument < 0) return orr_json_push(j, orr_json_new_extended(entry->value)), j;
  orr_json_push(j, orr_json_new_string(entry->method ? entry->method->name : t->arguments[entry->argument]));
  if (!entry->method && entry->field) orr_json_push(j, orr_json_new_string(entry->field));
  for (int k = 0; k < entry->n_inputs; k++) orr_json_push(j, orr_json_new_integer(entry->input[k]));
  orr_json *numbers = entry->n_numbers ? orr_json_push(j, orr_json_new_array()) : NULL;
  for (int k = 0; k < entry->n_numbers; k++) orr_json_push(numbers, orr_json_new_integer(entry->number[k]));
  return j;
}

orr_json *orr_tape_to_json(const orr_tape *t) {
  orr_json *j = orr_json_new_object(), *names = orr_json_new_array(), *calls = orr_json_new_array();
  for (size_t i = 0; i < t->n_arguments; i++) orr_json_push(names, orr_json_new_string(t->arguments[i]));
  for (size_t i = 0; i < t->n_entries; i++) orr_json_push(calls, entry_to_json(t, &t->entries[i]));
  orr_json_set(j, "arguments", names);
  orr_json_set(j, "calls", calls);
  orr_json_set(j, "result", orr_json_new_integer(t->result));
  return j;
}

static orr_status broken(orr_error *e, size_t at) {
  return orr_fail(e, ORR_DATA, "the kept function's call %zu is not one", at);
}

/* A whole number in [least, most]. */
static bool whole(const orr_json *j, double least, double most, int *out) {
  double x;
  if (!j || !orr_json_number(j, &x) || !(x >= least && x <= most) || x != floor(x)) return false;
  *out = (int)x;
  return true;
}

static bool read_numbers(const orr_json *list, orr_tape_entry *entry) {
  for (const orr_json *at = orr_json_first(list); at; at = orr_json_next(at))
    if (entry->n_numbers == ORR_MOST_CALL_NUMBERS ||
        !whole(at, -1e6, 1e6, &entry->number[entry->n_numbers++]))
      return false;
  return true;
}

static bool read_call(const orr_json *at, size_t place, orr_tape_entry *entry) {
  for (; at && !orr_json_is_array(at); at = orr_json_next(at)) {
    int input;
    if (entry->n_inputs == ORR_MOST_INPUTS || !whole(at, 0, (double)place - 1, &input)) return false;
    entry->input[entry->n_inputs++] = input;
  }
  if (at && (!read_numbers(at, entry) || orr_json_next(at))) return false;
  const orr_tape_method *m = entry->method;
  bool fits = m->tensors < 0 ? entry->n_inputs > 0 : entry->n_inputs == m->tensors;
  return fits && entry->n_numbers >= m->least_numbers && entry->n_numbers <= m->most_numbers;
}

/* ["x"] or ["row", "snr"]: an argument. */
static bool read_argument(const orr_tape *t, const char *word, const orr_json *field, orr_tape_entry *entry) {
  for (size_t i = 0; i < t->n_arguments; i++) {
    if (strcmp(t->arguments[i], word)) continue;
    entry->argument = (int32_t)i;
    if (!field) return true;
    const char *name = orr_json_string(field);
    return name && !orr_json_next(field) && (entry->field = orr_arena_strdup(t->arena, name));
  }
  return false;
}

static bool read_entry(const orr_tape *t, const orr_json *j, size_t place, orr_tape_entry *entry) {
  const orr_json *first = orr_json_is_array(j) ? orr_json_first(j) : NULL;
  const char *word = first ? orr_json_string(first) : NULL;
  *entry = (orr_tape_entry){.argument = -1};
  if (!first) return false;
  if (!word) return orr_json_number(first, &entry->value) && !orr_json_next(first);
  if (read_argument(t, word, orr_json_next(first), entry)) return true;
  for (size_t i = 0; i < orr_tape_methods_count; i++)
    if (!strcmp(orr_tape_methods[i].name, word)) entry->method = &orr_tape_methods[i];
  return entry->method && read_call(orr_json_next(first), place, entry);
}

static orr_status read_names(const orr_json *j, orr_arena *arena, orr_tape *out, orr_error *e) {
  orr_tape_argument names[ORR_MOST_TAPE_ARGUMENTS];
  size_t n = 0;
  for (const orr_json *at = orr_json_first(j); orr_json_is_array(j) && at; at = orr_json_next(at)) {
    const char *name = orr_json_string(at);
    if (n == ORR_MOST_TAPE_ARGUMENTS || !name)
      return orr_fail(e, ORR_DATA, "the kept function's arguments are none");
    names[n++] = (orr_tape_argument){.name = name};
  }
  return orr_tape_init(out, names, n, arena, e);
}

orr_status orr_tape_from_json(const orr_json *j, orr_arena *arena, orr_tape *out, orr_error *e) {
  const orr_json *calls = orr_json_get(j, "calls");
  int result;
  ORR_TRY(read_names(orr_json_get(j, "arguments"), arena, out, e));
  if (!orr_json_is_array(calls) || orr_json_count(calls) > ORR_MOST_CALLS)
    return orr_fail(e, ORR_DATA, "the kept function has no calls, or too many");
  for (const orr_json *at = orr_json_first(calls); at; at = orr_json_next(at)) {
    orr_tape_entry entry;
    int32_t number;
    if (!read_entry(out, at, out->n_entries, &entry)) return broken(e, out->n_entries);
    ORR_TRY(orr_tape_add(out, &entry, &number, e));
  }
  if (!whole(orr_json_get(j, "result"), 0, (double)out->n_entries - 1, &result))
    return orr_fail(e, ORR_DATA, "the kept function has no result");
  out->result = result;
  return ORR_OK;
}
