/* What families of networks share; see network.h. */
#include "model/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void orr_lesson_fini(orr_lesson *l) {
  orr_learner_fini(&l->learner);
  *l = (orr_lesson){0};
}

enum { MOST_INPUTS = 8 };

orr_status orr_dataset_add(orr_dataset *d, const double *x, size_t n, size_t width, const double *center,
                           const double *scale, orr_arena *arena, orr_error *e) {
  float *copy;
  orr_rows_in *inputs = (orr_rows_in *)d->inputs;
  size_t count = 0;
  if (!inputs) ORR_TAKE(arena, inputs, MOST_INPUTS, e);
  while (inputs[count].x) count++;
  ORR_TAKE(arena, copy, n * width + 1, e);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < width; k++) {
      double value = x[i * width + k] - (center ? center[k] : 0);
      copy[i * width + k] = (float)(scale ? value * scale[k] : value);
    }
  inputs[count] = (orr_rows_in){copy, width};
  *d = (orr_dataset){n, inputs};
  return ORR_OK;
}

/* --- Options ---------------------------------------------------------------- */

size_t orr_batch_size_for(size_t rows) {
  size_t size = 32;
  while (size < 512 && 2 * size <= rows / 160) size *= 2;
  return size;
}

/* One option's numbers as they are read. */
typedef struct numbers {
  const char *name;
  double low, high, *out;
  size_t most, n;
} numbers;

static orr_status push(numbers *l, double x, orr_error *e) {
  if (l->n < l->most && x >= l->low && x <= l->high) return l->out[l->n++] = x, ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s: expected 1 to %zu numbers from %g to %g", l->name, l->most, l->low, l->high);
}

static orr_status push_text(numbers *l, const char *text, orr_error *e) {
  do {
    char *end;
    double x = strtod(text, &end);
    if (end == text) x = NAN;
    end += strspn(end, " ");
    if (*end && *end != ',') x = NAN;
    ORR_TRY(push(l, x, e));
    text = end + (*end == ',');
  } while (*text);
  return ORR_OK;
}

static orr_status push_value(numbers *l, const orr_value *v, orr_error *e) {
  if (v->kind == ORR_STRING) return push_text(l, v->string, e);
  return push(l, orr_value_is_number(v) ? orr_value_to_number(v) : NAN, e);
}

orr_status orr_options_numbers(const orr_options *o, const char *name, double low, double high, size_t most,
                               double *out, size_t *n, orr_error *e) {
  const orr_value *v = orr_options_get(o, name);
  numbers l = {.name = name, .low = low, .high = high, .out = out, .most = most};
  if (v->kind != ORR_LIST) ORR_TRY(push_value(&l, v, e));
  for (size_t i = 0; v->kind == ORR_LIST && i < v->count; i++) ORR_TRY(push_value(&l, &v->items[i], e));
  *n = l.n;
  return l.n ? ORR_OK : push(&l, NAN, e);
}

orr_status orr_hidden_widths(const orr_options *o, int widths[ORR_MOST_HIDDEN], size_t *n, orr_error *e) {
  double width[ORR_MOST_HIDDEN];
  ORR_TRY(orr_options_numbers(o, "hidden", 1, ORR_MOST_WIDTH, ORR_MOST_HIDDEN, width, n, e));
  for (size_t i = 0; i < *n; i++) {
    widths[i] = (int)width[i];
    if (width[i] != floor(width[i])) return orr_fail(e, ORR_USAGE, "hidden: %g units; give a whole number", width[i]);
  }
  return ORR_OK;
}

/* --- Keeping ------------------------------------------------------------------ */

orr_status orr_parameters_put(orr_store *s, const float *parameters, size_t n, orr_error *e) {
  orr_tensor *t;
  ORR_TRY(orr_store_add(s, "parameters", ORR_F32, 1, &n, &t, e));
  memcpy(t->f32, parameters, n * sizeof *parameters);
  return ORR_OK;
}

orr_status orr_parameters_want(const orr_store *s, const orr_graph *g, const float **out, orr_error *e) {
  const orr_tensor *t;
  size_t n = orr_graph_slab(g);
  ORR_TRY(orr_fail_as(e, ORR_SHAPE, ORR_DATA, orr_graph_check(g, e)));
  if (!n || n > ORR_MOST_PARAMETERS)
    return orr_fail(e, ORR_DATA, "the kept network has %zu parameters; 1 to %d are possible", n,
                    ORR_MOST_PARAMETERS);
  ORR_TRY(orr_store_want(s, "parameters", ORR_F32, 1, &n, &t, e));
  *out = t->f32;
  return orr_tensor_check_finite(t, e);
}

orr_status orr_store_note_json(orr_store *s, const char *key, orr_json *j, orr_error *e) {
  orr_text text = {0};
  orr_status status = j ? orr_json_print(j, false, &text, e) : orr_fail_memory(e, "a note", 0);
  if (!status) status = orr_store_note(s, key, orr_text_get(&text), e);
  orr_text_fini(&text);
  orr_json_free(j);
  return status;
}

orr_status orr_store_want_json(const orr_store *s, const char *key, orr_json **out, orr_error *e) {
  const char *text = orr_store_text(s, key);
  if (!text) return orr_fail(e, ORR_DATA, "the kept model has no note '%s'", key);
  return orr_json_parse(text, strlen(text), out, e);
}

orr_status orr_json_want_number(const orr_json *j, const char *key, double least, double most, double *out,
                                orr_error *e) {
  *out = orr_json_number_of(j, key, NAN);
  if (*out >= least && *out <= most) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept model's %s is %g; it must be %g to %g", key, *out, least, most);
}

orr_status orr_json_want_integer(const orr_json *j, const char *key, int least, int most, int *out, orr_error *e) {
  double x;
  ORR_TRY(orr_json_want_number(j, key, least, most, &x, e));
  *out = (int)x;
  return x == floor(x) ? ORR_OK : orr_fail(e, ORR_DATA, "the kept model's %s is %g; it must be whole", key, x);
}

orr_status orr_json_want_widths(const orr_json *j, const char *key, int widths[ORR_MOST_HIDDEN], size_t *n,
                                orr_error *e) {
  const orr_json *list = orr_json_get(j, key);
  size_t count = orr_json_count(list);
  *n = 0;
  if (!orr_json_is_array(list) || !count || count > ORR_MOST_HIDDEN)
    return orr_fail(e, ORR_DATA, "the kept model's %s has %zu widths; 1 to %d are possible", key, count,
                    ORR_MOST_HIDDEN);
  for (const orr_json *at = orr_json_first(list); at; at = orr_json_next(at)) {
    double width = 0;
    if (!orr_json_number(at, &width) || !(width >= 1 && width <= ORR_MOST_WIDTH && width == floor(width)))
      return orr_fail(e, ORR_DATA, "the kept model's %s holds %g; 1 to %d units are possible", key, width,
                      ORR_MOST_WIDTH);
    widths[(*n)++] = (int)width;
  }
  return ORR_OK;
}
