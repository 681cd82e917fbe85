/* Tapes; see tape.h. As Lua: tape_lua.c; as JSON: tape_json.c. */
#include "grad/tape.h"

#include <stdlib.h>
#include <string.h>

orr_status orr_tape_init(orr_tape *t, const orr_tape_argument *arguments, size_t n, orr_arena *arena,
                         orr_error *e) {
  *t = (orr_tape){.arena = arena, .n_arguments = n, .result = -1};
  if (n > ORR_MOST_TAPE_ARGUMENTS)
    return orr_fail(e, ORR_RECIPE, "a function of %zu tensors; at most %d are possible", n,
                    ORR_MOST_TAPE_ARGUMENTS);
  for (size_t i = 0; i < n; i++)
    if (!(t->arguments[i] = orr_arena_strdup(arena, arguments[i].name)))
      return orr_fail_memory(e, "a name", 0);
  return ORR_OK;
}

orr_status orr_tape_add(orr_tape *t, const orr_tape_entry *entry, int32_t *number, orr_error *e) {
  if (t->n_entries == ORR_MOST_CALLS)
    return orr_fail(e, ORR_RECIPE, "a function of more than %d calls on tensors; is there an endless loop?",
                    ORR_MOST_CALLS);
  if (t->n_entries == t->capacity) {
    orr_tape_entry *grown;
    size_t more = t->capacity ? 2 * t->capacity : 32;
    ORR_TAKE(t->arena, grown, more, e);
    if (t->n_entries) memcpy(grown, t->entries, t->n_entries * sizeof *grown);
    t->entries = grown;
    t->capacity = more;
  }
  *number = (int32_t)t->n_entries;
  t->entries[t->n_entries++] = *entry;
  return ORR_OK;
}

/* --- One order --------------------------------------------------------------- */

/* A walk from a result down to the leaves: what is under way, with the input it is to look at next. */
typedef struct walk {
  const orr_tape *from;
  orr_tape to;
  int32_t *place; /* [n_entries] in the new order; -1: not there yet */
  int32_t *stack, *next;
} walk;

static orr_status settle_from(walk *w, int32_t start, orr_error *e) {
  size_t depth = 0;
  w->stack[depth] = start, w->next[depth++] = 0;
  while (depth) {
    int32_t at = w->stack[depth - 1];
    const orr_tape_entry *entry = &w->from->entries[at];
    if (w->place[at] < 0 && w->next[depth - 1] < entry->n_inputs) {
      int32_t input = entry->input[w->next[depth - 1]++];
      if (w->place[input] < 0) w->stack[depth] = input, w->next[depth++] = 0;
      continue;
    }
    depth--;
    if (w->place[at] >= 0) continue;
    orr_tape_entry moved = *entry;
    for (int k = 0; k < moved.n_inputs; k++) moved.input[k] = w->place[entry->input[k]];
    ORR_TRY(orr_tape_add(&w->to, &moved, &w->place[at], e));
  }
  return ORR_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const orr_tape_term *)a)->name, ((const orr_tape_term *)b)->name);
}

/* Equal leaves become one. */
static void join_leaves(orr_tape *t) {
  for (size_t i = 0; i < t->n_entries; i++)
    for (int k = 0; k < t->entries[i].n_inputs; k++) {
      const orr_tape_entry *leaf = &t->entries[t->entries[i].input[k]];
      for (int32_t j = 0; !leaf->method && j < t->entries[i].input[k]; j++) {
        const orr_tape_entry *other = &t->entries[j];
        bool same_field =
            !other->field == !leaf->field && (!leaf->field || !strcmp(leaf->field, other->field));
        if (other->method || other->argument != leaf->argument || !same_field) continue;
        if (memcmp(&other->value, &leaf->value, sizeof leaf->value)) continue;
        t->entries[i].input[k] = j;
        break;
      }
    }
}

orr_status orr_tape_settle(orr_tape *t, orr_error *e) {
  walk w = {.from = t, .to = *t};
  w.to.entries = NULL, w.to.n_entries = w.to.capacity = 0;
  if (t->n_terms) qsort(t->terms, t->n_terms, sizeof *t->terms, by_name);
  join_leaves(t);
  ORR_TAKE(t->arena, w.place, t->n_entries, e);
  ORR_TAKE(t->arena, w.stack, t->n_entries + 1, e);
  ORR_TAKE(t->arena, w.next, t->n_entries + 1, e);
  for (size_t i = 0; i < t->n_entries; i++) w.place[i] = -1;
  ORR_TRY(settle_from(&w, t->result, e));
  for (size_t i = 0; i < t->n_terms; i++) ORR_TRY(settle_from(&w, t->terms[i].entry, e));
  w.to.result = w.place[t->result];
  for (size_t i = 0; i < t->n_terms; i++) t->terms[i].entry = w.place[t->terms[i].entry];
  *t = w.to;
  return ORR_OK;
}

bool orr_tape_uses(const orr_tape *t, size_t argument, const char *field) {
  for (size_t i = 0; i < t->n_entries; i++) {
    const orr_tape_entry *entry = &t->entries[i];
    if (!entry->method && entry->argument == (int32_t)argument && entry->field &&
        !strcmp(entry->field, field))
      return true;
  }
  return false;
}

/* --- Playing ------------------------------------------------------------------ */

static orr_node leaf(const orr_tape_entry *entry, orr_graph *g, const orr_tape_argument *arguments) {
  if (entry->argument < 0) return orr_node_constant(g, entry->value);
  const orr_tape_argument *a = &arguments[entry->argument];
  if (!entry->field && a->node) return a->node;
  for (size_t i = 0; entry->field && i < a->n; i++)
    if (!strcmp(a->names[i], entry->field)) return a->nodes[i];
  return orr_graph_fail(g, "there is no %s%s%s", a->name, entry->field ? "." : "",
                        entry->field ? entry->field : "");
}

orr_status orr_tape_play(const orr_tape *t, orr_graph *g, const orr_tape_argument *arguments, size_t n,
                         orr_node *result, orr_node *terms, orr_error *e) {
  orr_arena scratch = {0};
  orr_node *made, inputs[ORR_MOST_INPUTS];
  if (n != t->n_arguments)
    return orr_fail(e, ORR_SHAPE, "a function of %zu tensors is given %zu", t->n_arguments, n);
  ORR_TRY(orr_arena_take(&scratch, t->n_entries, sizeof *made, (void **)&made, e));
  for (size_t i = 0; i < t->n_entries && !orr_graph_failed(g); i++) {
    const orr_tape_entry *entry = &t->entries[i];
    for (int k = 0; k < entry->n_inputs; k++) inputs[k] = made[entry->input[k]];
    made[i] = entry->method ? orr_tape_method_make(entry->method, g, inputs, entry->n_inputs, entry->number,
                                                   entry->n_numbers)
                            : leaf(entry, g, arguments);
    if (orr_graph_count(g) > ORR_MOST_TRACED) orr_graph_fail(g, "more than %d nodes", ORR_MOST_TRACED);
  }
  if (!orr_graph_failed(g)) *result = made[t->result];
  for (size_t i = 0; terms && !orr_graph_failed(g) && i < t->n_terms; i++) terms[i] = made[t->terms[i].entry];
  orr_arena_fini(&scratch);
  return orr_graph_check(g, e);
}
