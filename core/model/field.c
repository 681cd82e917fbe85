/* Fields; see field.h. How sure their coefficients are: field_error.c. */
#include "model/field.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/nodes.h"
#include "model/fit.h"
#include "model/gradient_check.h"
#include "num/statistics.h"

static const double pi = 3.14159265358979323846;

static const orr_option options[] = {
    {.name = "residual",
     .type = ORR_TAKES_FUNCTION,
     .required = true,
     .help = "function(u, x, c): what is 0 where the equation holds; u is the field, x its coordinates by "
             "name, c the "
             "unknown coefficients by name; grad(u, x.t) is a derivative"},
    {.name = "unknown",
     .type = ORR_TAKES_ANY,
     .help = "the coefficients to be found, with first guesses: { damping = 1 }"},
    {.name = "domain",
     .type = ORR_TAKES_ANY,
     .help = "{ t = { 0, 10 } }: where the equation holds; default: where there are measurements"},
    {.name = "points",
     .type = ORR_TAKES_INTEGER,
     .fallback = "500",
     .least = 1,
     .most = 1e6,
     .help = "places where the equation is held against the field"},
    {.name = "equation_weight",
     .type = ORR_TAKES_NUMBER,
     .fallback = "100",
     .least = 0,
     .most = 1e9,
     .help = "of the equation beside the measurements"},
    ORR_HIDDEN_OPTION("32,32"),
    {.name = "cycles",
     .type = ORR_TAKES_NUMBER,
     .fallback = "3",
     .least = 0.01,
     .most = 1000,
     .help = "waves over the domain that the network begins with"},
    {.name = "epochs",
     .type = ORR_TAKES_INTEGER,
     .fallback = "1000",
     .least = 1,
     .most = 1e6,
     .help = "updates by Adam, of all rows at once"},
    {.name = "learning_rate",
     .type = ORR_TAKES_NUMBER,
     .fallback = "1e-2",
     .least = 1e-9,
     .most = 100,
     .help = "the largest step of Adam"},
    {.name = "refinements",
     .type = ORR_TAKES_INTEGER,
     .fallback = "2000",
     .least = 0,
     .most = 1e6,
     .help = "iterations of L-BFGS after that"},
};

/* --- The network ------------------------------------------------------------- */

/* sin(s w + b): waves of any number up to `cycles` over the domain (Sitzmann et al., "Implicit neural representations
 * with periodic activation functions", NeurIPS 2020, section 3.2). */
static orr_node waves(const orr_field *f, orr_layers *l, orr_node s) {
  orr_graph *g = l->graph;
  int width = f->hidden[0];
  orr_graph_enter(g, "waves %d", width);
  orr_node w = orr_layer_parameter(l, "weight", ORR_SHAPE_OF((int32_t)f->n_inputs, width), ORR_UNIFORM,
                                   pi * f->cycles);
  orr_node b = orr_layer_parameter(l, "bias", ORR_SHAPE_OF(width), ORR_UNIFORM, pi);
  orr_node y = orr_node_sin(g, orr_node_linear(g, s, w, b));
  orr_graph_leave(g);
  return y;
}

static orr_node network(const orr_field *f, orr_layers *l, const orr_node *x) {
  orr_graph *g = l->graph;
  orr_node s[ORR_MOST_COORDINATES];
  orr_layer list[2 * ORR_MOST_HIDDEN + 1];
  size_t n = 0;
  for (size_t i = 0; i < f->n_inputs; i++) {
    orr_node scaled = orr_node_scale(g, orr_node_offset(g, x[i], -f->center[i]), 1 / f->half[i]);
    s[i] = orr_node_reshape(g, scaled, ORR_SHAPE_OF(ORR_FREE, 1));
  }
  orr_node h = waves(f, l, orr_node_concatenate(g, s, (int)f->n_inputs, 1));
  for (size_t i = 1; i < f->n_hidden; i++) {
    list[n++] = (orr_layer){.kind = ORR_LINEAR, .width = f->hidden[i]};
    list[n++] = (orr_layer){.kind = ORR_ACTIVATION, .activation = ORR_TANH};
  }
  list[n++] = (orr_layer){.kind = ORR_LINEAR, .width = 1};
  return orr_node_reshape(g, orr_layers_sequence(l, list, n, h), ORR_SHAPE_OF(ORR_FREE));
}

/* A coefficient moves in units of its first guess. */
static double step_of(double start) { return start != 0 ? fabs(start) : 1; }

void orr_field_build(const orr_field *f, orr_layers *l, orr_field_nodes *n) {
  orr_graph *g = l->graph;
  for (size_t i = 0; i < f->n_inputs; i++) n->x[i] = orr_node_input(g, f->inputs[i], ORR_SHAPE_OF(ORR_FREE));
  n->u = orr_node_offset(g, orr_node_scale(g, network(f, l, n->x), f->deviation), f->mean);
  for (size_t i = 0; i < f->n_unknown; i++) {
    orr_node moved = orr_layer_parameter(l, f->unknown[i], orr_shape_scalar(), ORR_ALL_EQUAL, 0);
    n->coefficient[i] = orr_node_offset(g, orr_node_scale(g, moved, step_of(f->start[i])), f->start[i]);
  }
}

static orr_status play(const orr_field *f, const orr_tape *tape, orr_graph *g, const orr_field_nodes *n,
                       orr_node *out, orr_error *e) {
  orr_tape_argument arguments[] = {
      {.name = "u", .node = n->u},
      {.name = "x", .names = f->inputs, .nodes = n->x, .n = f->n_inputs},
      {.name = "c", .names = f->unknown, .nodes = n->coefficient, .n = f->n_unknown}};
  if (orr_tape_play(tape, g, arguments, tape->n_arguments, out, NULL, e)) return orr_fail_in(e, "residual");
  orr_shape s = orr_shape_of(g, *out);
  char text[64];
  if (!orr_shape_has_rows(&s) || s.rank != 1)
    return orr_fail(e, ORR_SHAPE, "residual: it must be one value a row, not %s", orr_shape_text(&s, text));
  return ORR_OK;
}

/* --- From options -------------------------------------------------------------- */

static orr_status read_unknown(const orr_options *o, orr_field *f, orr_error *e) {
  const orr_value *v = orr_options_get(o, "unknown");
  if (v->kind == ORR_NIL || (v->kind == ORR_LIST && !v->count)) return ORR_OK;
  if (v->kind != ORR_DICT || v->count > ORR_MOST_COEFFICIENTS)
    return orr_fail(e, ORR_RECIPE, "unknown: expected { name = first guess, … }, at most %d",
                    ORR_MOST_COEFFICIENTS);
  for (size_t i = 0; i < v->count; i++) {
    f->unknown[f->n_unknown] = v->pairs[i].key;
    f->start[f->n_unknown] = orr_value_to_number(&v->pairs[i].value);
    if (!isfinite(f->start[f->n_unknown++]))
      return orr_fail(e, ORR_RECIPE, "unknown: the first guess of %s is no number", v->pairs[i].key);
  }
  return ORR_OK;
}

static orr_status read_domain(const orr_options *o, const orr_field *f, double *low, double *high,
                              orr_error *e) {
  const orr_value *v = orr_options_get(o, "domain");
  for (size_t i = 0; v->kind == ORR_DICT && i < v->count; i++) {
    const orr_value *range = &v->pairs[i].value;
    size_t k = 0;
    while (k < f->n_inputs && strcmp(f->inputs[k], v->pairs[i].key)) k++;
    if (k == f->n_inputs) return orr_fail(e, ORR_RECIPE, "domain: %s is no coordinate", v->pairs[i].key);
    if (range->kind == ORR_LIST && range->count == 2) {
      low[k] = orr_value_to_number(&range->items[0]);
      high[k] = orr_value_to_number(&range->items[1]);
    }
    if (range->kind != ORR_LIST || range->count != 2 || !(low[k] < high[k]))
      return orr_fail(e, ORR_RECIPE, "domain: expected %s = { low, high }", v->pairs[i].key);
  }
  return ORR_OK;
}

static orr_status find_domain(const orr_fit_input *in, orr_field *f, orr_error *e) {
  enum { MOST_OFFSET = 1000 }; /* in float a coordinate far from 0 would lose its digits */
  const orr_matrix *x = &in->train->x;
  double low[ORR_MOST_COORDINATES], high[ORR_MOST_COORDINATES];
  for (size_t k = 0; k < f->n_inputs; k++) {
    low[k] = INFINITY, high[k] = -INFINITY;
    for (size_t i = 0; i < x->rows; i++) {
      double value = orr_matrix_row(x, i)[k];
      if (!isfinite(value))
        return orr_fail(e, ORR_DATA, "coordinate '%s' is not finite in a training row", f->inputs[k]);
      low[k] = fmin(low[k], value), high[k] = fmax(high[k], value);
    }
  }
  ORR_TRY(read_domain(in->options, f, low, high, e));
  for (size_t k = 0; k < f->n_inputs; k++) {
    f->center[k] = (low[k] + high[k]) / 2, f->half[k] = (high[k] - low[k]) / 2;
    if (!(f->half[k] > 0)) return orr_fail(e, ORR_DATA, "coordinate '%s' does not vary", f->inputs[k]);
    if (fabs(f->center[k]) > MOST_OFFSET * f->half[k])
      return orr_fail(e, ORR_DATA, "coordinate '%s' runs from %.9g to %.9g; derive one that begins near 0",
                      f->inputs[k], low[k], high[k]);
  }
  return ORR_OK;
}

static orr_status describe(const orr_fit_input *in, orr_field *f, orr_error *e) {
  const orr_frame *t = in->train;
  *f = (orr_field){.n_inputs = t->x.cols, .cycles = orr_options_number(in->options, "cycles")};
  if (t->x.cols > ORR_MOST_COORDINATES)
    return orr_fail(e, ORR_RECIPE, "%zu coordinates; 1 to %d are possible", t->x.cols, ORR_MOST_COORDINATES);
  for (size_t i = 0; i < t->x.cols; i++) f->inputs[i] = t->names[i];
  f->mean = orr_mean(t->y, NULL, t->x.rows);
  f->deviation = orr_standard_deviation(t->y, NULL, t->x.rows, f->mean);
  if (!(f->deviation > 0)) return orr_fail(e, ORR_DATA, "the measured field is the same everywhere");
  ORR_TRY(orr_hidden_widths(in->options, f->hidden, &f->n_hidden, e));
  ORR_TRY(read_unknown(in->options, f, e));
  return find_domain(in, f, e);
}

/* --- Points ---------------------------------------------------------------------- */

/* Evenly over the domain, moved by a random shift: the additive recurrence of the powers of 1/g, where g is the root of
 * g^(d+1) = g + 1 (the plastic number in two dimensions). x[n,d] */
static void fill_points(const orr_field *f, size_t n, uint64_t seed, double *x) {
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_SAMPLES);
  double g = 1.5, shift[ORR_MOST_COORDINATES];
  for (int i = 0; i < 60; i++) g = pow(1 + g, 1.0 / (double)(f->n_inputs + 1));
  for (size_t k = 0; k < f->n_inputs; k++) shift[k] = orr_random_uniform(&r);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < f->n_inputs; k++) {
      double at = fmod(shift[k] + (double)(i + 1) * pow(g, -(double)(k + 1)), 1);
      x[i * f->n_inputs + k] = f->center[k] + f->half[k] * (2 * at - 1);
    }
}

/* --- How large the residual is of fields that do not obey --------------------------- */

/* A wave of unit deviation along all coordinates. */
static orr_node test_wave(const orr_field *f, orr_graph *g, const orr_node *x, int number) {
  orr_node phase = orr_node_constant(g, 0.7 * number);
  for (size_t i = 0; i < f->n_inputs; i++) {
    double waves_here = 0.5 * (1 + number % 3);
    orr_node s = orr_node_scale(g, orr_node_offset(g, x[i], -f->center[i]), pi * waves_here / f->half[i]);
    phase = orr_node_add(g, phase, s);
  }
  return orr_node_offset(g, orr_node_scale(g, orr_node_sin(g, phase), sqrt(2) * f->deviation), f->mean);
}

static orr_status size_of_residual(const orr_field *f, const orr_tape *tape, const double *points, size_t n,
                                   double *size, const orr_work *work, orr_arena *arena, orr_error *e) {
  enum { WAVES = 4 };
  orr_graph *g = orr_graph_new();
  orr_field_nodes nodes = {0};
  orr_node r[WAVES] = {0};
  orr_evaluator v;
  double *answers[WAVES], sum = 0;
  orr_matrix inputs[ORR_MOST_COORDINATES];
  if (!g) return orr_fail_memory(e, "a graph", 0);
  for (size_t i = 0; i < f->n_inputs; i++)
    nodes.x[i] = orr_node_input(g, f->inputs[i], ORR_SHAPE_OF(ORR_FREE));
  for (size_t i = 0; i < f->n_unknown; i++) nodes.coefficient[i] = orr_node_constant(g, f->start[i]);
  orr_status status = ORR_OK;
  for (int i = 0; i < WAVES && !status; i++) {
    nodes.u = test_wave(f, g, nodes.x, i);
    status = play(f, tape, g, &nodes, &r[i], e);
    if (!status) status = orr_arena_take(arena, n, sizeof **answers, (void **)&answers[i], e);
  }
  for (size_t k = 0; k < f->n_inputs && !status; k++) {
    status = orr_matrix_take(arena, n, 1, &inputs[k], e);
    for (size_t i = 0; i < n && !status; i++) inputs[k].x[i] = points[i * f->n_inputs + k];
  }
  if (!status) status = orr_evaluator_init(&v, g, r, WAVES, ORR_DOUBLE, NULL, e);
  if (!status) {
    status = orr_evaluator_run(&v, inputs, n, 0, 0, answers, work, e);
    orr_evaluator_fini(&v);
  }
  for (int i = 0; i < WAVES && !status; i++)
    for (size_t j = 0; j < n; j++) sum += answers[i][j] * answers[i][j];
  orr_graph_free(g);
  ORR_TRY(status);
  *size = sqrt(sum / (double)(WAVES * n));
  if (*size > 0 && isfinite(*size)) return ORR_OK;
  return orr_fail(e, ORR_NUMERIC,
                  "residual: it is %g for a wave; does it depend on the field, and stay finite?", *size);
}

/* --- The lesson ---------------------------------------------------------------------- */

/* In the order of the graph's inputs: coordinates, field, weight of the measurement (mean 1 over the rows). */
static orr_status add_rows(const orr_fit_input *in, orr_field_lesson *l, const double *points, orr_error *e) {
  const orr_frame *t = in->train;
  const orr_field *f = &l->field;
  double *x, *y, *w;
  ORR_TAKE(in->arena, x, l->n_rows, e);
  ORR_TAKE(in->arena, y, l->n_rows, e);
  ORR_TAKE(in->arena, w, l->n_rows, e);
  for (size_t k = 0; k < f->n_inputs; k++) {
    for (size_t i = 0; i < l->n_rows; i++)
      x[i] = i < l->n_measured ? orr_matrix_row(&t->x, i)[k] : points[(i - l->n_measured) * f->n_inputs + k];
    ORR_TRY(orr_dataset_add(&l->lesson.train, x, l->n_rows, 1, NULL, NULL, in->arena, e));
  }
  for (size_t i = 0; i < l->n_measured; i++) {
    y[i] = (t->y[i] - f->mean) / f->deviation;
    w[i] = (double)l->n_rows / (double)l->n_measured;
  }
  ORR_TRY(orr_dataset_add(&l->lesson.train, y, l->n_rows, 1, NULL, NULL, in->arena, e));
  return orr_dataset_add(&l->lesson.train, w, l->n_rows, 1, NULL, NULL, in->arena, e);
}

static orr_status add_losses(orr_field_lesson *l, const orr_tape *tape, const orr_field_nodes *n,
                             orr_error *e) {
  orr_learner *learner = &l->lesson.learner;
  orr_graph *g = learner->graph;
  orr_node y = orr_node_input(g, "measured", ORR_SHAPE_OF(ORR_FREE)),
           w = orr_node_input(g, "weight", ORR_SHAPE_OF(ORR_FREE));
  orr_node scaled = orr_node_scale(g, orr_node_offset(g, n->u, -l->field.mean), 1 / l->field.deviation), r;
  orr_node data = orr_node_mean_all(g, orr_node_mul(g, w, orr_node_square(g, orr_node_sub(g, scaled, y))));
  ORR_TRY(play(&l->field, tape, g, n, &r, e));
  l->u = n->u;
  l->residual = orr_node_scale(g, r, 1 / l->size);
  orr_node equation = orr_node_mean_all(g, orr_node_square(g, l->residual));
  learner->loss = orr_node_add(g, data, orr_node_scale(g, equation, l->weight));
  ORR_TRY(orr_learner_add_term(learner, "measurements", data, e));
  return orr_learner_add_term(learner, "equation", equation, e);
}

static orr_status add_graph(const orr_fit_input *in, const orr_tape *tape, orr_field_lesson *l,
                            orr_error *e) {
  orr_learner *learner = &l->lesson.learner;
  orr_layers layers = {.graph = learner->graph = orr_graph_new()};
  orr_field_nodes nodes = {0};
  if (!learner->graph) return orr_fail_memory(e, "a graph", 0);
  orr_field_build(&l->field, &layers, &nodes);
  orr_status status = orr_graph_check(learner->graph, e);
  if (!status) status = add_losses(l, tape, &nodes, e);
  if (!status) status = orr_learner_take_initial(learner, e);
  if (!status) orr_layers_begin(&layers, in->seed, learner->initial);
  orr_layers_fini(&layers);
  return status;
}

static orr_status put_note(const orr_field *f, orr_store *s, orr_error *e) {
  orr_json *j = orr_json_new_object(), *hidden = orr_json_new_array(), *unknown = orr_json_new_array();
  double scale[2 * ORR_MOST_COORDINATES + 2] = {f->mean, f->deviation};
  for (size_t i = 0; i < f->n_hidden; i++) orr_json_push(hidden, orr_json_new_integer(f->hidden[i]));
  for (size_t i = 0; i < f->n_unknown; i++) orr_json_push(unknown, orr_json_new_string(f->unknown[i]));
  for (size_t i = 0; i < f->n_inputs; i++) scale[2 + 2 * i] = f->center[i], scale[3 + 2 * i] = f->half[i];
  orr_json_set(j, "hidden", hidden);
  orr_json_set(j, "unknown", unknown);
  ORR_TRY(orr_store_note_json(s, "architecture", j, e));
  return orr_store_put(s, "scale", 1, (size_t[]){2 + 2 * f->n_inputs}, scale, e);
}

orr_status orr_field_learn(const orr_fit_input *in, orr_store *out, orr_field_lesson *l, orr_error *e) {
  double *points, worst;
  size_t n = (size_t)orr_options_integer(in->options, "points");
  const orr_tape *tape = orr_options_get(in->options, "residual")->function->tape;
  *l = (orr_field_lesson){.weight = orr_options_number(in->options, "equation_weight"),
                          .n_measured = in->train->x.rows};
  l->n_rows = l->n_measured + n;
  ORR_TRY(describe(in, &l->field, e));
  ORR_TRY(put_note(&l->field, out, e));
  ORR_TAKE(in->arena, points, n * l->field.n_inputs, e);
  fill_points(&l->field, n, in->seed, points);
  ORR_TRY(size_of_residual(&l->field, tape, points, n, &l->size, in->work, in->arena, e));
  ORR_TRY(add_rows(in, l, points, e));
  ORR_TRY(add_graph(in, tape, l, e));
  return orr_gradient_check(&l->lesson.learner, &l->lesson.train, "equation", in->seed, in->work, &worst, e);
}

void orr_field_lesson_fini(orr_field_lesson *l) {
  orr_lesson_fini(&l->lesson);
  *l = (orr_field_lesson){0};
}

void orr_field_coefficients(const orr_field_lesson *l, const float *parameters, double *value) {
  size_t first = orr_graph_slab(l->lesson.learner.graph) - l->field.n_unknown;
  for (size_t i = 0; i < l->field.n_unknown; i++)
    value[i] = l->field.start[i] + step_of(l->field.start[i]) * (double)parameters[first + i];
}

orr_status orr_field_keep(const orr_field_lesson *l, const double *value, const double *error, double noise,
                          double residual, orr_store *out, orr_error *e) {
  for (size_t i = 0; i < l->field.n_unknown; i++) {
    char *name = orr_arena_printf(&out->arena, "coefficient.%s", l->field.unknown[i]);
    if (!name) return orr_fail_memory(e, "a name", 0);
    ORR_TRY(orr_store_put(out, name, 1, (size_t[]){2}, (double[]){value[i], error[i]}, e));
  }
  ORR_TRY(orr_store_put_number(out, "noise", noise, e));
  return orr_store_put_number(out, "residual", residual, e);
}

/* --- Asking --------------------------------------------------------------------------- */

static orr_status read_names(const orr_json *j, orr_field *f, orr_error *e) {
  const orr_json *hidden = orr_json_get(j, "hidden"), *unknown = orr_json_get(j, "unknown");
  if (orr_json_count(hidden) > ORR_MOST_HIDDEN || orr_json_count(unknown) > ORR_MOST_COEFFICIENTS)
    return orr_fail(e, ORR_DATA, "the kept field has too many layers or coefficients");
  for (const orr_json *at = orr_json_first(hidden); at; at = orr_json_next(at)) {
    double width = 0;
    if (!orr_json_number(at, &width) || !(width >= 1 && width <= ORR_MOST_WIDTH))
      return orr_fail(e, ORR_DATA, "the kept field has a layer of %g units", width);
    f->hidden[f->n_hidden++] = (int)width;
  }
  for (const orr_json *at = orr_json_first(unknown); at; at = orr_json_next(at))
    f->unknown[f->n_unknown++] = "coefficient";
  return f->n_hidden ? ORR_OK : orr_fail(e, ORR_DATA, "the kept field has no layers");
}

static orr_status read_field(const orr_store *s, size_t d, orr_field *f, orr_error *e) {
  orr_json *j;
  const orr_tensor *scale;
  *f = (orr_field){.n_inputs = d, .cycles = 1};
  if (d < 1 || d > ORR_MOST_COORDINATES) return orr_fail(e, ORR_DATA, "a kept field of %zu coordinates", d);
  ORR_TRY(orr_store_want(s, "scale", ORR_F64, 1, (size_t[]){2 + 2 * d}, &scale, e));
  ORR_TRY(orr_tensor_check_finite(scale, e));
  f->mean = scale->f64[0], f->deviation = scale->f64[1];
  for (size_t i = 0; i < d; i++) {
    f->inputs[i] = "x";
    f->center[i] = scale->f64[2 + 2 * i], f->half[i] = scale->f64[3 + 2 * i];
    if (!(f->half[i] > 0)) return orr_fail(e, ORR_DATA, "the kept field's domain is %g wide", 2 * f->half[i]);
  }
  ORR_TRY(orr_store_want_json(s, "architecture", &j, e));
  orr_status status = read_names(j, f, e);
  orr_json_free(j);
  return status;
}

typedef struct answers {
  orr_graph *graph;
  const float *parameters;
  orr_field_nodes nodes;
  orr_field field;
} answers;

static orr_status build(const orr_store *s, size_t d, answers *a, orr_error *e) {
  ORR_TRY(read_field(s, d, &a->field, e));
  if (!(a->graph = orr_graph_new())) return orr_fail_memory(e, "a graph", 0);
  orr_layers l = {.graph = a->graph};
  orr_field_build(&a->field, &l, &a->nodes);
  orr_layers_fini(&l);
  return orr_parameters_want(s, a->graph, &a->parameters, e);
}

static orr_status ask(const answers *a, const orr_matrix *x, double *out, const orr_work *work,
                      orr_arena *arena, orr_error *e) {
  orr_evaluator v;
  orr_matrix inputs[ORR_MOST_COORDINATES];
  for (size_t k = 0; k < x->cols; k++) {
    ORR_TRY(orr_matrix_take(arena, x->rows, 1, &inputs[k], e));
    for (size_t i = 0; i < x->rows; i++) inputs[k].x[i] = orr_matrix_row(x, i)[k];
  }
  ORR_TRY(orr_evaluator_init(&v, a->graph, &a->nodes.u, 1, ORR_DOUBLE, a->parameters, e));
  orr_status status = orr_evaluator_run(&v, inputs, x->rows, 0, 0, &out, work, e);
  orr_evaluator_fini(&v);
  return status;
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  (void)task, (void)k;
  answers a = {0};
  orr_arena arena = {0};
  orr_status status = build(s, x->cols, &a, e);
  if (!status && x->rows) status = ask(&a, x, out, work, &arena, e);
  orr_graph_free(a.graph);
  orr_arena_fini(&arena);
  return status;
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)task, (void)k;
  answers a = {0};
  orr_status status = build(s, d, &a, e);
  orr_graph_free(a.graph);
  return status;
}

static orr_status refuse(const orr_fit_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  (void)in, (void)out, (void)lesson;
  return orr_fail(e, ORR_RECIPE, "a field is learnt by o.solve");
}

const orr_family orr_family_field = {
    .name = "field",
    .title = "field",
    .help = "a smooth field that obeys a differential equation",
    .tasks = ORR_REGRESSION,
    .needs = ORR_NEEDS_RECIPE,
    .of_coordinates = true,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = refuse,
    .predict = predict,
    .check = check,
};
