/* Networks of recipes; see network.h. */
#include "session/network.h"

#include <string.h>

#include "grad/nodes.h"
#include "model/layers.h"

orr_status orr_call_trace(orr_session *s, const orr_call *call, orr_value *function, orr_graph *g,
                          const orr_tape_argument *arguments, size_t n, orr_error *e) {
  orr_text text = {0};
  orr_tape *tape;
  if (function->function->tape) return ORR_OK;
  if (!s->tracer.trace) return orr_fail(e, ORR_RECIPE, "functions come from recipes only");
  ORR_TAKE(call->arena, tape, 1, e);
  ORR_TRY(
      s->tracer.trace(s->tracer.context, function->function->number, g, arguments, n, call->arena, tape, e));
  orr_tape_to_lua(tape, &text);
  orr_status status = orr_text_check(&text, e);
  if (!status && !(function->function->text = orr_arena_strdup(call->arena, orr_text_get(&text))))
    status = orr_fail_memory(e, "a function's text", text.length);
  orr_text_fini(&text);
  function->function->tape = tape;
  return status;
}

/* --- Layers ------------------------------------------------------------------- */

/* One item of the list applied to *x. */
static orr_status lay(orr_session *s, const orr_call *call, orr_value *item, orr_layers *l, orr_node *x,
                      orr_error *e) {
  orr_layer *one;
  size_t n;
  orr_tape_argument argument = {.name = "x", .node = *x};
  if (item->kind == ORR_FUNCTION) {
    ORR_TRY(orr_call_trace(s, call, item, l->graph, &argument, 1, e));
    return orr_tape_play(item->function->tape, l->graph, &argument, 1, x, NULL, e);
  }
  orr_value list = {.kind = ORR_LIST, .count = 1, .items = item};
  ORR_TRY(orr_layers_from_value(&list, call->arena, &one, &n, e));
  *x = orr_layers_sequence(l, one, 1, *x);
  return orr_graph_check(l->graph, e);
}

/* How many columns a network's input has, as far as that is known before they are encoded. */
static int features_of(const orr_table *t, const orr_call *call) {
  const orr_value *named = orr_options_get(&call->args, "features"),
                  *exclude = orr_options_get(&call->args, "exclude");
  const char *target = orr_options_text(&call->args, "target");
  if (named->kind == ORR_LIST && named->count) return (int)named->count;
  int n = 0;
  for (size_t i = 0; i < t->n_columns; i++) {
    bool out = target && !strcmp(t->columns[i]->name, target);
    for (size_t k = 0; exclude->kind == ORR_LIST && k < exclude->count; k++)
      out = out || !strcmp(t->columns[i]->name, exclude->items[k].string);
    n += t->roles[i] == ORR_ROLE_FEATURE && !out;
  }
  return n > 0 ? n : 1;
}

/* Traces the functions among the layers; *outputs: width of the last one. */
static orr_status trace_layers(orr_session *s, const orr_call *call, orr_value *layers, const orr_table *t,
                               int *outputs, orr_error *e) {
  orr_graph *g = orr_graph_new();
  orr_layers l = {.graph = g};
  if (!g) return orr_fail_memory(e, "a graph", 0);
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, features_of(t, call)));
  orr_status status = ORR_OK;
  for (size_t i = 0; i < layers->count && !status; i++) {
    status = lay(s, call, &layers->items[i], &l, &x, e);
    if (status)
      orr_fail_in(e, "layer %zu%s", i + 1, layers->items[i].kind == ORR_FUNCTION ? " (function)" : "");
  }
  orr_shape shape = orr_shape_of(g, x);
  *outputs = shape.rank == 2 ? shape.dim[1] : 1;
  orr_layers_fini(&l);
  orr_graph_free(g);
  return status;
}

/* --- The loss -------------------------------------------------------------------- */

static orr_status trace_loss(orr_session *s, const orr_call *call, orr_value *loss, const orr_table *t,
                             int outputs, orr_error *e) {
  const char **names;
  orr_node *nodes;
  size_t n = 0;
  ORR_TAKE(call->arena, names, t->n_columns, e);
  ORR_TAKE(call->arena, nodes, t->n_columns, e);
  orr_graph *g = orr_graph_new();
  if (!g) return orr_fail_memory(e, "a graph", 0);
  for (size_t i = 0; i < t->n_columns; i++) {
    if (!orr_column_is_numeric(t->columns[i])) continue;
    names[n] = t->columns[i]->name;
    nodes[n++] = orr_node_input(g, t->columns[i]->name, ORR_SHAPE_OF(ORR_FREE));
  }
  orr_tape_argument arguments[] = {
      {.name = "pred", .node = orr_node_input(g, "pred", ORR_SHAPE_OF(ORR_FREE, outputs))},
      {.name = "target", .node = orr_node_input(g, "target", ORR_SHAPE_OF(ORR_FREE))},
      {.name = "row", .names = names, .nodes = nodes, .n = n}};
  orr_status status = orr_call_trace(s, call, loss, g, arguments, 3, e);
  orr_graph_free(g);
  return status ? orr_fail_in(e, "loss") : ORR_OK;
}

/* --- The equation of a field ----------------------------------------------------- */

static orr_status leaves(orr_graph *g, const orr_value *names, orr_shape shape, orr_arena *arena,
                         orr_tape_argument *out, orr_error *e) {
  const char **name;
  orr_node *node;
  size_t n = names && (names->kind == ORR_LIST || names->kind == ORR_DICT) ? names->count : 0;
  ORR_TAKE(arena, name, n, e);
  ORR_TAKE(arena, node, n, e);
  for (size_t i = 0; i < n; i++) {
    name[i] = names->kind == ORR_DICT ? names->pairs[i].key : names->items[i].string;
    node[i] = shape.rank ? orr_node_input(g, name[i], shape) : orr_node_parameter(g, name[i], shape);
  }
  out->names = name, out->nodes = node, out->n = n;
  return ORR_OK;
}

/* A field that depends on all its coordinates, and every derivative of it too. */
static orr_node some_field(orr_graph *g, const orr_tape_argument *x) {
  orr_node sum = orr_node_constant(g, 0);
  for (size_t i = 0; i < x->n; i++) sum = orr_node_add(g, sum, x->nodes[i]);
  return orr_node_sin(g, sum);
}

static orr_status trace_equation(orr_session *s, const orr_call *call, orr_value *residual,
                                 const orr_value *unknown, orr_error *e) {
  const orr_value *features = orr_options_get(&call->args, "features");
  orr_tape_argument arguments[] = {{.name = "u"}, {.name = "x"}, {.name = "c"}};
  if (features->kind != ORR_LIST || !features->count)
    return orr_fail(e, ORR_RECIPE, "features is needed: the field's coordinates, such as { \"t\" }");
  orr_graph *g = orr_graph_new();
  if (!g) return orr_fail_memory(e, "a graph", 0);
  orr_status status = leaves(g, features, ORR_SHAPE_OF(ORR_FREE), call->arena, &arguments[1], e);
  if (!status) status = leaves(g, unknown, orr_shape_scalar(), call->arena, &arguments[2], e);
  if (!status) arguments[0].node = some_field(g, &arguments[1]);
  if (!status) status = orr_call_trace(s, call, residual, g, arguments, 3, e);
  orr_graph_free(g);
  return status ? orr_fail_in(e, "residual") : ORR_OK;
}

static orr_value *find(orr_value *dict, const char *key) { return (orr_value *)orr_value_get(dict, key); }

orr_status orr_network_trace(orr_session *s, orr_call *call, orr_error *e) {
  orr_value *model = (orr_value *)orr_options_get(&call->args, "model"), *layers = find(model, "layers"),
            *loss = find(&call->rest, "loss");
  orr_table *t;
  orr_rows rows;
  int outputs = 1;
  orr_value *residual = find(model, "residual");
  if (residual && residual->kind == ORR_FUNCTION)
    return trace_equation(s, call, residual, orr_value_get(model, "unknown"), e);
  bool own_loss = loss && loss->kind == ORR_FUNCTION;
  if (!own_loss && (!layers || layers->kind != ORR_LIST)) return ORR_OK;
  ORR_TRY(orr_call_rows(s, call, "on", &t, &rows, e));
  if (layers && layers->kind == ORR_LIST) ORR_TRY(trace_layers(s, call, layers, t, &outputs, e));
  else
    return orr_fail(e, ORR_RECIPE,
                    "a loss of your own goes with nn.sequential{ … }; other models take a named loss");
  return own_loss ? trace_loss(s, call, loss, t, outputs, e) : ORR_OK;
}

/* --- Families ---------------------------------------------------------------------- */

orr_status orr_network_family(const orr_call *call, const char **family, orr_value *options, orr_error *e) {
  const orr_value *model = orr_options_get(&call->args, "model"), *kind = orr_value_get(model, "network");
  *options = (orr_value){.kind = ORR_DICT};
  if (model->kind == ORR_STRING) return *family = model->string, ORR_OK;
  if (!kind || kind->kind != ORR_STRING)
    return orr_fail(e, ORR_RECIPE,
                    "model: expected the name of a family or a network such as nn.sequential{ … }, got %s",
                    orr_kind_name(model->kind));
  *family = kind->string;
  ORR_TAKE(call->arena, options->pairs, model->count, e);
  for (size_t i = 0; i < model->count; i++)
    if (strcmp(model->pairs[i].key, "network")) options->pairs[options->count++] = model->pairs[i];
  return ORR_OK;
}

orr_status orr_network_looks_at(const orr_options *options, orr_arena *arena, orr_training *t, orr_error *e) {
  const orr_value *loss = NULL;
  size_t *columns;
  for (size_t i = 0; i < options->count; i++)
    if (!strcmp(options->specs[i].name, "loss")) loss = &options->values[i];
  if (!loss || loss->kind != ORR_FUNCTION) return ORR_OK;
  const orr_tape *tape = loss->function->tape;
  ORR_TAKE(arena, columns, t->table->n_columns, e);
  for (size_t i = 0; i < tape->n_entries; i++) {
    size_t at, k = 0;
    const orr_tape_entry *entry = &tape->entries[i];
    if (entry->method || !entry->field) continue;
    ORR_TRY(orr_table_column(t->table, entry->field, &at, e));
    while (k < t->n_looked_at && columns[k] != at) k++;
    if (k == t->n_looked_at) columns[t->n_looked_at++] = at;
  }
  t->looked_at = columns;
  return ORR_OK;
}
