/* Steering, as it is written; see steered.h. */
#include "session/steered.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "o.control { "

static orr_status take_count(const orr_pair *pair, double least, size_t *out, orr_error *e) {
  double x = orr_value_is_number(&pair->value) ? orr_value_to_number(&pair->value) : NAN;
  if (!(x >= least && x < 0x1p52 && floor(x) == x))
    return orr_fail(e, ORR_USAGE, "control: %s must be a whole number from %g on", pair->key, least);
  *out = (size_t)x;
  return ORR_OK;
}

static orr_status take_set(const orr_pair *pair, orr_set *out, orr_error *e) {
  if (*out->name)
    return orr_fail(e, ORR_USAGE, "control: '%s' and '%.40s' change at once; write an entry for each",
                    out->name, pair->key);
  if (!orr_value_is_number(&pair->value))
    return orr_fail(e, ORR_USAGE, "control: %.40s must be a number", pair->key);
  if (!*pair->key || strlen(pair->key) >= sizeof out->name)
    return orr_fail(e, ORR_USAGE, "control: '%.40s' is no name of a hyper-parameter", pair->key);
  snprintf(out->name, sizeof out->name, "%s", pair->key);
  out->value = orr_value_to_number(&pair->value);
  return ORR_OK;
}

orr_status orr_steered_read(const orr_value *dict, orr_steered *out, orr_error *e) {
  bool has_step = false;
  out->model = 1;
  out->change = (orr_change){.cause = ORR_CAUSE_GIVEN};
  for (size_t i = 0; dict->kind == ORR_DICT && i < dict->count; i++) {
    const orr_pair *pair = &dict->pairs[i];
    if (!strcmp(pair->key, "model")) ORR_TRY(take_count(pair, 1, &out->model, e));
    else if (strcmp(pair->key, "step")) ORR_TRY(take_set(pair, &out->change.set, e));
    else ORR_TRY(take_count(pair, 0, &out->change.step, e));
    has_step = has_step || !strcmp(pair->key, "step");
  }
  if (has_step && *out->change.set.name) return ORR_OK;
  return orr_fail(
      e, ORR_USAGE,
      "control: an entry is a step and a hyper-parameter: { step = 412, learning_rate = 0.0003 }");
}

orr_json *orr_steered_to_json(const orr_steered *c) {
  orr_json *j = orr_json_new_object();
  if (c->model > 1) orr_json_set(j, "model", orr_json_new_integer((int64_t)c->model));
  orr_json_set(j, "step", orr_json_new_integer((int64_t)c->change.step));
  orr_json_set(j, c->change.set.name, orr_json_new_number(c->change.set.value));
  return j;
}

void orr_steered_add_header(const orr_steered *c, orr_text *out) {
  orr_json *j = orr_steered_to_json(c);
  orr_text_printf(out, "--@control %s ", c->slot);
  if (orr_json_print(j, false, out, NULL)) out->failed = true;
  orr_text_add(out, "\n");
  orr_json_free(j);
}

void orr_steered_add_line(const orr_steered *c, orr_text *out) {
  orr_text_printf(out, LINE "\"%s\", ", c->slot);
  if (c->model > 1) orr_text_printf(out, "model = %zu, ", c->model);
  orr_text_printf(out, "step = %zu, %s = ", c->change.step, c->change.set.name);
  orr_text_add_number(out, c->change.set.value);
  orr_text_add(out, " }");
}

/* `, name = number` */
static bool take_pair(const char **p, orr_arena *arena, orr_pair *out) {
  char *end;
  if (strncmp(*p, ", ", 2)) return false;
  *p += 2;
  size_t n = strspn(*p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  out->key = orr_arena_strndup(arena, *p, n);
  *p += n;
  if (!out->key || strncmp(*p, " = ", 3)) return false;
  *p += 3;
  out->value = (orr_value){.kind = ORR_NUMBER, .number = strtod(*p, &end)};
  bool any = end != *p;
  *p = end;
  return any;
}

orr_status orr_steered_parse_line(const char *line, orr_arena *arena, orr_steered *out, bool *found,
                                  orr_error *e) {
  orr_pair pairs[3];
  orr_value dict = {.kind = ORR_DICT, .pairs = pairs};
  const char *p = line + strlen(LINE);
  *found = !strncmp(line, LINE "\"", strlen(LINE) + 1);
  if (!*found) return ORR_OK;
  size_t n = strcspn(++p, "\"");
  if (!(out->slot = orr_arena_strndup(arena, p, n))) return orr_fail_memory(e, "a name", n);
  p += n + (p[n] == '"');
  while (dict.count < 3 && take_pair(&p, arena, &pairs[dict.count])) dict.count++;
  if (strcmp(p, " }")) return orr_fail(e, ORR_RECIPE, "journal: '%.60s' is not understood", line);
  return orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_steered_read(&dict, out, e));
}

bool orr_steered_is_same(const orr_steered *a, const orr_steered *b) {
  return !strcmp(a->slot, b->slot) && a->model == b->model && a->change.step == b->change.step &&
         !strcmp(a->change.set.name, b->change.set.name) && a->change.set.value == b->change.set.value;
}
