/* Descriptions of layers in files; see layers.h. What is read is hostile: every
 * kind, width and rate is proven. */
#include <math.h>
#include <string.h>

#include "grad/tape.h"
#include "model/layers.h"

static const char *const kinds[] = {"linear", "activation", "dropout", "layer_norm", "residual", "squash", "traced"};

static orr_json *layer_to_json(const orr_layer *l) {
  orr_json *j = orr_json_new_object();
  bool named = l->kind == ORR_ACTIVATION;
  orr_json_set(j, "layer", orr_json_new_string(named ? orr_activation_name(l->activation) : kinds[l->kind]));
  if (l->kind == ORR_LINEAR || l->kind == ORR_RESIDUAL) orr_json_set(j, "width", orr_json_new_integer(l->width));
  if (l->kind == ORR_DROPOUT || l->kind == ORR_RESIDUAL || l->kind == ORR_SQUASH)
    orr_json_set(j, l->kind == ORR_SQUASH ? "bound" : "rate", orr_json_new_number(l->rate));
  if (l->kind == ORR_TRACED) orr_json_set(j, "function", orr_tape_to_json(l->tape));
  if (l->kind != ORR_RESIDUAL) return j;
  orr_json_set(j, "activation", orr_json_new_string(orr_activation_name(l->activation)));
  orr_json_set(j, "norm", orr_json_new_boolean(l->norm));
  return j;
}

orr_json *orr_layers_to_json(const orr_layer *list, size_t n) {
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < n; i++) orr_json_push(j, layer_to_json(&list[i]));
  return j;
}

static orr_status read_width(const orr_json *j, orr_layer *out, orr_error *e) {
  double width = orr_json_number_of(j, "width", 0);
  if (!(width >= 1 && width <= ORR_MOST_WIDTH && width == floor(width)))
    return orr_fail(e, ORR_DATA, "a layer has a width of %g; 1 to %d are possible", width, ORR_MOST_WIDTH);
  out->width = (int)width;
  return ORR_OK;
}

static orr_status read_number(const orr_json *j, const char *key, double least, double most, double *out,
                              orr_error *e) {
  *out = orr_json_number_of(j, key, NAN);
  if (*out >= least && *out <= most) return ORR_OK;
  return orr_fail(e, ORR_DATA, "a layer has the %s %g; it must be %g to %g", key, *out, least, most);
}

static orr_status read_residual(const orr_json *j, orr_layer *out, orr_error *e) {
  ORR_TRY(read_width(j, out, e));
  ORR_TRY(read_number(j, "rate", 0, 0.99, &out->rate, e));
  out->norm = orr_json_is_true(orr_json_get(j, "norm"));
  return orr_activation_find(orr_json_text_of(j, "activation", ""), &out->activation, e);
}

static orr_status read_function(const orr_json *j, orr_arena *arena, orr_layer *out, orr_error *e) {
  orr_tape *tape;
  ORR_TAKE(arena, tape, 1, e);
  ORR_TRY(orr_tape_from_json(orr_json_get(j, "function"), arena, tape, e));
  out->tape = tape;
  return tape->n_arguments == 1 ? ORR_OK : orr_fail(e, ORR_DATA, "a layer is a function of one tensor");
}

static orr_status read_layer(const orr_json *j, orr_arena *arena, orr_layer *out, orr_error *e) {
  const char *name = orr_json_text_of(j, "layer", "");
  size_t kind = 0;
  while (kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind], name)) kind++;
  switch (kind) {
  case ORR_LINEAR: *out = (orr_layer){.kind = ORR_LINEAR}; return read_width(j, out, e);
  case ORR_DROPOUT: *out = (orr_layer){.kind = ORR_DROPOUT}; return read_number(j, "rate", 0, 0.99, &out->rate, e);
  case ORR_LAYER_NORM: *out = (orr_layer){.kind = ORR_LAYER_NORM}; return ORR_OK;
  case ORR_RESIDUAL: *out = (orr_layer){.kind = ORR_RESIDUAL}; return read_residual(j, out, e);
  case ORR_SQUASH: *out = (orr_layer){.kind = ORR_SQUASH}; return read_number(j, "bound", 1e-3, 1e6, &out->rate, e);
  case ORR_TRACED: *out = (orr_layer){.kind = ORR_TRACED}; return read_function(j, arena, out, e);
  default: *out = (orr_layer){.kind = ORR_ACTIVATION}; return orr_activation_find(name, &out->activation, e);
  }
}

orr_status orr_layers_from_json(const orr_json *j, orr_arena *arena, orr_layer **list, size_t *n, orr_error *e) {
  size_t count = orr_json_count(j);
  *n = 0;
  if (!orr_json_is_array(j) || !count || count > ORR_MOST_LAYERS)
    return orr_fail(e, ORR_DATA, "a network of %zu layers; 1 to %d are possible", count, ORR_MOST_LAYERS);
  ORR_TAKE(arena, *list, count, e);
  for (const orr_json *at = orr_json_first(j); at; at = orr_json_next(at))
    ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_DATA, read_layer(at, arena, &(*list)[(*n)++], e)));
  return ORR_OK;
}

/* --- From recipes ------------------------------------------------------------ */

static orr_json *value_to_json(const orr_value *v) {
  if (v->kind != ORR_FUNCTION) return orr_value_to_json(v);
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "layer", orr_json_new_string("traced"));
  orr_json_set(j, "function", v->function->tape ? orr_tape_to_json(v->function->tape) : orr_json_new_null());
  return j;
}

/* By way of text, so that there is one reader. */
orr_status orr_layers_from_value(const orr_value *v, orr_arena *arena, orr_layer **list, size_t *n, orr_error *e) {
  orr_text text = {0};
  orr_json *j = orr_json_new_array(), *read = NULL;
  for (size_t i = 0; v->kind == ORR_LIST && i < v->count; i++) orr_json_push(j, value_to_json(&v->items[i]));
  orr_status status = orr_json_print(j, false, &text, e);
  orr_json_free(j);
  if (!status) status = orr_json_parse(orr_text_get(&text), text.length, &read, e);
  if (!status) status = orr_fail_as(e, ORR_DATA, ORR_RECIPE, orr_layers_from_json(read, arena, list, n, e));
  orr_json_free(read);
  orr_text_fini(&text);
  return status;
}
