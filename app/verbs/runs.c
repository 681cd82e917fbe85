/* orrery runs: the history, and two runs side by side. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/past_run.h"
#include "app/speak.h"
#include "app/verb.h"
#include "base/file.h"
#include "metric/format.h"
#include "session/history.h"

typedef struct listing {
  orr_text *out;
  orr_json *all; /* NULL: as text */
  size_t count;
} listing;

static orr_status add_run(void *context, const orr_past_run *run) {
  listing *l = context;
  bool gone = !orr_file_exists(run->path);
  l->count++;
  if (l->all) {
    orr_json *j = orr_json_push(l->all, orr_json_new_object());
    orr_json_set(j, "path", orr_json_new_string(run->path));
    orr_json_set(j, "recipe", orr_json_new_string(run->recipe));
    orr_json_set(j, "status", orr_json_new_string(run->status));
    orr_json_set(j, "start", orr_json_new_string(run->start));
    orr_json_set(j, "headline", orr_json_new_string(run->headline));
    orr_json_set(j, "seed", orr_json_new_integer(run->seed));
    orr_json_set(j, "exists", orr_json_new_boolean(!gone));
    return ORR_OK;
  }
  orr_text line = {0};
  orr_text_printf(&line, "%.10s %.5sZ  %s, seed %lld, %s: %s", run->start,
                  strlen(run->start) > 11 ? run->start + 11 : "", run->recipe, run->seed,
                  gone ? "gone" : run->status, run->headline);
  orr_text_add_inert(l->out, orr_text_get(&line));
  orr_text_fini(&line);
  orr_text_add(l->out, "\n    ");
  orr_text_add_inert(l->out, run->path);
  orr_text_add(l->out, "\n");
  return ORR_OK;
}

static orr_status list(const orr_place *place, bool json, orr_text *out, orr_error *e) {
  listing l = {.out = out, .all = json ? orr_json_new_array() : NULL};
  orr_status status = orr_history_list(place->history, add_run, &l, e);
  if (!status && json) status = orr_json_print(l.all, true, out, e);
  if (!status && json) orr_text_add(out, "\n");
  if (!status && !json && !l.count) orr_text_add(out, "No run yet. `orrery demo` makes one.\n");
  orr_json_free(l.all);
  return status;
}

static void add_cell(orr_text *out, const orr_json *number) {
  orr_text cell = {0};
  double value = orr_json_number_of(number, "value", NAN);
  if (number) orr_format_number(&cell, value, orr_json_number_of(number, "error", NAN), false);
  else orr_text_add(&cell, "-");
  orr_text_add(out, orr_text_get(&cell));
  for (size_t w = orr_text_width(orr_text_get(&cell)); w < 24; w++) orr_text_add(out, " ");
  orr_text_fini(&cell);
}

/* Equal to the bit, or by how much b differs from a. */
static void add_difference(orr_text *out, const orr_json *a, const orr_json *b) {
  double x = orr_json_number_of(a, "value", NAN), y = orr_json_number_of(b, "value", NAN);
  if (x == y) orr_text_add(out, "same");
  else if (isfinite(x) && isfinite(y)) orr_text_printf(out, "%+.3g", y - x);
  orr_text_add(out, "\n");
}

static void add_row(orr_text *out, const char *name, const orr_json *a, const orr_json *b) {
  orr_text shown = {0};
  orr_text_add_inert(&shown, name);
  orr_text_printf(out, "%-34s ", orr_text_get(&shown));
  orr_text_fini(&shown);
  add_cell(out, a);
  add_cell(out, b);
  add_difference(out, a, b);
}

static void add_inputs(orr_text *out, const orr_past *a, const orr_past *b) {
  const orr_json *x = orr_json_first(orr_json_get(a->run, "inputs")),
                 *y = orr_json_first(orr_json_get(b->run, "inputs"));
  bool same = x && y && !strcmp(orr_json_text_of(x, "hash", "a"), orr_json_text_of(y, "hash", "b"));
  orr_text_add(out, "A  ");
  orr_text_add_inert(out, a->folder);
  orr_text_add(out, "\nB  ");
  orr_text_add_inert(out, b->folder);
  orr_text_printf(out, "\nThey read %s data; seeds %.0f and %.0f.\n\n", same ? "the same" : "different",
                  orr_json_number_of(a->run, "seed", 0), orr_json_number_of(b->run, "seed", 0));
}

static void add_value(orr_text *out, const orr_json *j) {
  orr_text text = {0};
  if (!j || orr_json_print(j, false, &text, NULL)) orr_text_add(&text, "null");
  orr_text_add_inert(out, orr_text_get(&text));
  orr_text_fini(&text);
}

static bool same_value(const orr_json *a, const orr_json *b) {
  orr_text x = {0}, y = {0};
  add_value(&x, a);
  add_value(&y, b);
  bool same = !strcmp(orr_text_get(&x), orr_text_get(&y));
  orr_text_fini(&x);
  orr_text_fini(&y);
  return same;
}

/* The parameters that were not the same: what one looks for first. */
static void add_parameters(orr_text *out, const orr_past *a, const orr_past *b) {
  const orr_json *pa = orr_json_get(a->run, "parameters"), *pb = orr_json_get(b->run, "parameters");
  size_t shown = 0;
  for (const orr_json *j = orr_json_first(pa); j; j = orr_json_next(j)) {
    const orr_json *other = orr_json_get(pb, orr_json_key(j));
    if (same_value(j, other)) continue;
    orr_text_printf(out, "%-34s ", orr_json_key(j));
    add_value(out, j);
    orr_text_add(out, " in A, ");
    add_value(out, other);
    orr_text_add(out, " in B\n");
    shown++;
  }
  if (shown) orr_text_add(out, "\n");
}

static void add_comparison(orr_text *out, const orr_past *a, const orr_past *b) {
  const orr_json *na = orr_json_get(a->numbers, "numbers"), *nb = orr_json_get(b->numbers, "numbers");
  add_inputs(out, a, b);
  add_parameters(out, a, b);
  orr_text_printf(out, "%-34s %-24s%-24sB - A\n", "", "A", "B");
  for (const orr_json *j = orr_json_first(na); j; j = orr_json_next(j))
    add_row(out, orr_json_key(j), j, orr_json_get(nb, orr_json_key(j)));
  for (const orr_json *j = orr_json_first(nb); j; j = orr_json_next(j))
    if (!orr_json_get(na, orr_json_key(j))) add_row(out, orr_json_key(j), NULL, j);
}

static orr_status compare(const orr_arguments *args, const orr_place *place, orr_text *out, orr_error *e) {
  orr_past a, b = {0};
  orr_status status = orr_past_open(&a, args->words.items[0], place, e);
  if (!status) status = orr_past_open(&b, args->words.items[1], place, e);
  if (!status) add_comparison(out, &a, &b);
  orr_past_fini(&a);
  orr_past_fini(&b);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_text out = {0};
  if (a->words.count == 1) return orr_fail(e, ORR_USAGE, "name two runs to compare, or none to list them");
  bool json = !a->words.count && orr_arguments_has(a, "json");
  orr_status status = a->words.count ? compare(a, place, &out, e) : list(place, json, &out, e);
  if (!status) status = json ? orr_print(orr_text_get(&out), e) : orr_say_page(orr_text_get(&out), e);
  orr_text_fini(&out);
  return status;
}

static const orr_flag flags[] = {{"json", NULL, "the list as JSON", false}};

const orr_verb orr_verb_runs = {
    .name = "runs",
    .usage = "orrery runs [A B] [--json]",
    .summary = "Lists the runs made so far, or sets two side by side, number by number.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .most_words = 2,
    .run = run,
};
