/* Nodes in an arena, a table of them by content so that equal ones are one,
 * the layers entered, and the first error. */
#include "grad/graph.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/vector.h"
#include "grad/operator.h"

typedef ORR_VECTOR(orr_node) node_list;

struct orr_graph {
  orr_arena arena;
  ORR_VECTOR(orr_vertex *) nodes; /* node n is items[n - 1] */
  orr_node *slots;                /* open addressing by content; a power of two */
  size_t n_slots;
  ORR_VECTOR(const char *) labels;
  node_list inputs, parameters, settings;
  size_t slab;
  int32_t n_streams;
  orr_error error;
};

static_assert(sizeof(orr_attributes) == 112, "attributes are compared by their bytes: no padding");

orr_graph *orr_graph_new(void) { return orr_calloc(1, sizeof(orr_graph)); }

void orr_graph_free(orr_graph *g) {
  if (!g) return;
  orr_free(g->nodes.items);
  orr_free(g->slots);
  orr_free(g->labels.items);
  orr_free(g->inputs.items);
  orr_free(g->parameters.items);
  orr_free(g->settings.items);
  orr_arena_fini(&g->arena);
  orr_free(g);
}

bool orr_graph_failed(const orr_graph *g) { return g->error.status != ORR_OK; }

orr_status orr_graph_check(const orr_graph *g, orr_error *e) {
  if (orr_graph_failed(g) && e) *e = g->error;
  return g->error.status;
}

static const char *label_of(const orr_graph *g) {
  return g->labels.count ? g->labels.items[g->labels.count - 1] : "";
}

orr_node orr_graph_fail(orr_graph *g, const char *format, ...) {
  if (orr_graph_failed(g)) return 0;
  char words[512];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  const char *label = label_of(g);
  orr_fail(&g->error, ORR_SHAPE, "%s%s%s", label, *label ? ": " : "", words);
  return 0;
}

orr_node orr_graph_fail_memory(orr_graph *g, size_t bytes) {
  if (!orr_graph_failed(g)) orr_fail_memory(&g->error, "a graph", bytes);
  return 0;
}

static orr_status enter(orr_graph *g, const char *label) {
  const char *outer = label_of(g);
  const char *full = orr_arena_printf(&g->arena, "%s%s%s", outer, *outer ? ", " : "", label);
  if (!full) return orr_fail_memory(&g->error, "a graph's label", strlen(label));
  ORR_PUSH(&g->labels, full, &g->error);
  return ORR_OK;
}

void orr_graph_enter(orr_graph *g, const char *format, ...) {
  if (orr_graph_failed(g)) return;
  char words[256];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  enter(g, words);
}

void orr_graph_leave(orr_graph *g) {
  if (g->labels.count) g->labels.count--;
}

orr_node orr_graph_count(const orr_graph *g) { return (orr_node)g->nodes.count; }
const orr_vertex *orr_graph_at(const orr_graph *g, orr_node n) { return g->nodes.items[n - 1]; }
bool orr_graph_has(const orr_graph *g, orr_node n) { return n && n <= orr_graph_count(g); }
orr_shape orr_shape_of(const orr_graph *g, orr_node n) {
  return orr_graph_has(g, n) ? orr_graph_at(g, n)->shape : orr_shape_scalar();
}

/* --- Equal nodes are one ------------------------------------------------- */

static uint64_t content_hash(const orr_vertex *v) {
  uint64_t part[3] = {orr_hash_short(&v->attributes, sizeof v->attributes),
                      orr_hash_short(v->input, sizeof v->input), (uintptr_t)v->op ^ (uintptr_t)v->data};
  return orr_hash_short(part, sizeof part);
}

static bool same_content(const orr_vertex *a, const orr_vertex *b) {
  return a->op == b->op && a->data == b->data && !memcmp(a->input, b->input, sizeof a->input) &&
         !memcmp(&a->attributes, &b->attributes, sizeof a->attributes);
}

/* The slot of this content: its node, or 0 where it would go. */
static orr_node *find_slot(const orr_graph *g, const orr_vertex *v) {
  size_t i = content_hash(v) & (g->n_slots - 1);
  while (g->slots[i] && !same_content(orr_graph_at(g, g->slots[i]), v)) i = (i + 1) & (g->n_slots - 1);
  return &g->slots[i];
}

static orr_status make_room(orr_graph *g) {
  if (2 * (g->nodes.count + 1) <= g->n_slots) return ORR_OK;
  size_t n = g->n_slots ? 2 * g->n_slots : 256;
  orr_node *slots = orr_calloc(n, sizeof *slots);
  if (!slots) return orr_fail_memory(&g->error, "a graph", n * sizeof *slots);
  orr_free(g->slots);
  g->slots = slots;
  g->n_slots = n;
  for (orr_node i = 1; i <= orr_graph_count(g); i++) *find_slot(g, orr_graph_at(g, i)) = i;
  return ORR_OK;
}

static orr_status keep(orr_graph *g, const orr_vertex *v, orr_node *out) {
  ORR_TRY(make_room(g));
  orr_node *slot = find_slot(g, v);
  if ((*out = *slot)) return ORR_OK;
  orr_vertex *kept;
  ORR_TAKE(&g->arena, kept, 1, &g->error);
  *kept = *v;
  ORR_PUSH(&g->nodes, kept, &g->error);
  *out = *slot = orr_graph_count(g);
  return ORR_OK;
}

/* --- Applying an operator ------------------------------------------------ */

static bool inputs_fit(orr_graph *g, const orr_operator *op, const orr_node *inputs, int n) {
  if (op->arity >= 0 ? n != op->arity : n < 1 || n > ORR_MOST_INPUTS)
    return orr_graph_fail(g, "%s: takes %d inputs, not %d", op->name, op->arity, n), false;
  for (int i = 0; i < n; i++)
    if (!orr_graph_has(g, inputs[i]))
      return orr_graph_fail(g, "%s: its input %d is no node of this graph", op->name, i + 1), false;
  return true;
}

static bool broadcast_inputs(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = orr_graph_at(g, v->input[0])->shape;
  for (int i = 1; i < v->n_inputs; i++) {
    const orr_shape *next = &orr_graph_at(g, v->input[i])->shape;
    orr_shape so_far = *out;
    char a[64], b[64];
    if (!orr_shape_broadcast(&so_far, next, out))
      return orr_graph_fail(
                 g, "%s: %s and %s do not go together; axes are aligned at the end, and only 1 stretches",
                 v->op->name, orr_shape_text(&so_far, a), orr_shape_text(next, b)),
             false;
  }
  return true;
}

static bool shape_fits(orr_graph *g, const orr_vertex *v) {
  for (int i = 0; i < v->shape.rank; i++)
    if (v->shape.dim[i] < 1 && !(i == 0 && v->shape.dim[0] == ORR_FREE))
      return orr_graph_fail(g, "%s: axis %d would have %d elements", v->op->name, i, v->shape.dim[i]), false;
  return true;
}

static orr_node apply(orr_graph *g, orr_vertex *v, const orr_node *inputs, const orr_attributes *attributes) {
  if (orr_graph_failed(g) || !inputs_fit(g, v->op, inputs, v->n_inputs)) return 0;
  for (int i = 0; i < v->n_inputs; i++) v->input[i] = inputs[i];
  if (attributes) v->attributes = *attributes;
  v->label = label_of(g);
  orr_shape_fn rule = v->op->shape ? v->op->shape : broadcast_inputs;
  orr_node n = 0;
  if (!rule(g, v, &v->shape) || !shape_fits(g, v) || keep(g, v, &n)) return 0;
  return n;
}

orr_node orr_graph_apply(orr_graph *g, const orr_operator *op, const orr_node *inputs, int n_inputs,
                         const orr_attributes *attributes) {
  return apply(g, &(orr_vertex){.op = op, .n_inputs = n_inputs}, inputs, attributes);
}

/* --- Leaves -------------------------------------------------------------- */

static orr_status add_leaf(orr_graph *g, node_list *list, orr_vertex *v, const char *name, orr_node *out) {
  v->name = orr_arena_strdup(&g->arena, name);
  if (!v->name) return orr_fail_memory(&g->error, "a leaf's name", strlen(name));
  v->attributes.number = (int32_t)list->count;
  *out = apply(g, v, NULL, NULL);
  if (*out) ORR_PUSH(list, *out, &g->error);
  return g->error.status;
}

static orr_node leaf(orr_graph *g, const char *name, const orr_operator *op,
                     const orr_attributes *attributes) {
  if (orr_graph_failed(g)) return 0;
  node_list *list = op == &orr_operator_input       ? &g->inputs
                    : op == &orr_operator_parameter ? &g->parameters
                                                    : &g->settings;
  orr_vertex v = {.op = op, .attributes = *attributes};
  orr_node n = 0;
  return add_leaf(g, list, &v, name, &n) ? 0 : n;
}

static orr_node input(orr_graph *g, const char *name, orr_attributes attributes) {
  return leaf(g, name, &orr_operator_input, &attributes);
}

static orr_node parameter(orr_graph *g, const char *name, orr_attributes attributes) {
  attributes.offset = g->slab;
  orr_node n = leaf(g, name, &orr_operator_parameter, &attributes);
  if (n) g->slab += orr_shape_size(&attributes.shape, 1);
  return n;
}

orr_node orr_node_input(orr_graph *g, const char *name, orr_shape shape) {
  if (!orr_shape_has_rows(&shape))
    return orr_graph_fail(g, "input %s: its first axis must be the batch", name);
  return input(g, name, (orr_attributes){.shape = shape});
}

orr_node orr_node_parameter(orr_graph *g, const char *name, orr_shape shape) {
  if (orr_shape_has_rows(&shape)) return orr_graph_fail(g, "parameter %s: has no batch axis", name);
  return parameter(g, name, (orr_attributes){.shape = shape});
}

orr_node orr_node_trial(orr_graph *g, orr_shape shape, double low, double high, bool whole) {
  orr_attributes attributes = {.shape = shape, .value = {low, high, whole}};
  return orr_shape_has_rows(&shape) ? input(g, "trial", attributes) : parameter(g, "trial", attributes);
}

orr_node orr_node_setting(orr_graph *g, const char *name) {
  return leaf(g, name, &orr_operator_setting, &(orr_attributes){0});
}

orr_node orr_node_rows(orr_graph *g) { return orr_graph_apply(g, &orr_operator_rows, NULL, 0, NULL); }

orr_node orr_node_constant(orr_graph *g, double value) {
  return orr_graph_apply(g, &orr_operator_constant, NULL, 0, &(orr_attributes){.value = {value}});
}

static orr_status copy_elements(orr_graph *g, const double *data, size_t n, const double **out) {
  double *copy;
  ORR_TAKE(&g->arena, copy, n, &g->error);
  memcpy(copy, data, n * sizeof *copy);
  *out = copy;
  return ORR_OK;
}

orr_node orr_node_constant_data(orr_graph *g, orr_shape shape, const double *data) {
  if (orr_graph_failed(g)) return 0;
  orr_vertex v = {.op = &orr_operator_constant};
  if (orr_shape_has_rows(&shape)) return orr_graph_fail(g, "constant: has no batch axis");
  if (copy_elements(g, data, orr_shape_size(&shape, 1), &v.data)) return 0;
  return apply(g, &v, NULL, &(orr_attributes){.shape = shape});
}

int32_t orr_graph_stream(orr_graph *g) { return g->n_streams++; }

size_t orr_graph_inputs(const orr_graph *g) { return g->inputs.count; }
size_t orr_graph_parameters(const orr_graph *g) { return g->parameters.count; }
size_t orr_graph_settings(const orr_graph *g) { return g->settings.count; }
orr_node orr_graph_input(const orr_graph *g, size_t number) { return g->inputs.items[number]; }
orr_node orr_graph_parameter(const orr_graph *g, size_t number) { return g->parameters.items[number]; }
orr_node orr_graph_setting(const orr_graph *g, size_t number) { return g->settings.items[number]; }
size_t orr_graph_slab(const orr_graph *g) { return g->slab; }
