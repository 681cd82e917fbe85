/* Networks as a recipe lays them out: layers in a line, the last of which gives
 * what the loss asks for, and a loss that is one of ours or a function.
 *
 * A function sees prediction and target in the units of the data, classes as
 * numbers from 0, and the row's other columns as they are. It is a mean over
 * the rows, or a value for each. Its gradient is checked before it is trained.
 */
#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "grad/tape.h"
#include "model/fit.h"
#include "model/gradient_check.h"
#include "model/loss.h"
#include "model/network.h"
#include "num/statistics.h"

static const orr_option options[] = {
    {.name = "layers", .type = ORR_TAKES_ANY, .required = true, .help = "nn.sequential's list"},
    {.name = "loss",
     .type = ORR_TAKES_ANY,
     .fallback = "auto",
     .help =
         "what training makes small: a name, or function(pred, target, row); auto: cross-entropy of classes, "
         "squared_error of numbers"},
    ORR_TRAINING_OPTIONS("100", "256", "1e-3", "one_cycle", "1e-2", "20"),
};

/* What is kept, and what the graph is built from. */
typedef struct network {
  int inputs, classes;  /* classes: 1 of a regression */
  const orr_loss *loss; /* NULL: a function's */
  const orr_tape *tape; /* in training */
  const orr_layer *layers;
  size_t n_layers;
} network;

/* --- From options ------------------------------------------------------------ */

static orr_status choose_layers(const orr_fit_input *in, network *m, orr_error *e) {
  orr_layer *list;
  ORR_TRY(orr_layers_from_value(orr_options_get(in->options, "layers"), in->arena, &list, &m->n_layers, e));
  m->layers = list;
  return ORR_OK;
}

static orr_status choose_loss(const orr_fit_input *in, network *m, orr_error *e) {
  const orr_value *v = orr_options_get(in->options, "loss");
  if (v->kind == ORR_FUNCTION) {
    m->tape = v->function->tape;
    return m->tape ? ORR_OK : orr_fail(e, ORR_RECIPE, "the loss was not traced");
  }
  if (v->kind != ORR_STRING) return orr_fail(e, ORR_RECIPE, "loss: expected a name or a function");
  const char *name = v->string;
  if (!strcmp(name, "auto"))
    name = in->task == ORR_REGRESSION ? "squared_error"
           : m->classes == 2          ? "binary_cross_entropy"
                                      : "categorical_cross_entropy";
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_loss_find(name, &m->loss, e)));
  if (!(m->loss->tasks & in->task))
    return orr_fail(e, ORR_RECIPE, "loss = '%s' is not for %s", name, orr_task_name(in->task));
  if (m->loss == &orr_loss_binary_cross_entropy && m->classes > 2)
    return orr_fail(e, ORR_RECIPE, "loss = 'binary_cross_entropy' is for two classes, and there are %d",
                    m->classes);
  return ORR_OK;
}

static orr_status put_note(const network *m, orr_store *s, orr_error *e) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "inputs", orr_json_new_integer(m->inputs));
  orr_json_set(j, "loss", orr_json_new_string(m->loss ? m->loss->name : "function"));
  orr_json_set(j, "layers", orr_layers_to_json(m->layers, m->n_layers));
  return orr_store_note_json(s, "architecture", j, e);
}

/* --- The graph ---------------------------------------------------------------- */

/* The outputs[rows, …] of x; how many is held against what the loss wants. */
static orr_node outputs_of(const network *m, orr_layers *l, orr_node x) {
  orr_graph *g = l->graph;
  char shape[64];
  orr_node y = orr_layers_sequence(l, m->layers, m->n_layers, x);
  orr_shape s = orr_shape_of(g, y);
  if (!y) return 0;
  if (s.rank != 2 || s.dim[0] != ORR_FREE)
    return orr_graph_fail(g, "the network ends in %s; end it with nn.linear(n) for n outputs",
                          orr_shape_text(&s, shape));
  int wanted = m->loss ? m->loss->outputs(&orr_loss_defaults, m->classes) : s.dim[1];
  if (s.dim[1] == wanted) return y;
  return orr_graph_fail(g, "the network ends in %s, and %s takes %d; end it with nn.linear(%d)",
                        orr_shape_text(&s, shape), m->loss->name, wanted, wanted);
}

/* What the outputs say, by our losses' meaning; of a function's by the number of outputs. */
static orr_node meaning_of(const network *m, orr_graph *g, orr_node y) {
  const orr_loss *as = m->loss;
  if (!y) return 0;
  if (!as && m->classes == 1) return orr_node_slice(g, y, 1, 0, 1);
  if (!as)
    as =
        orr_shape_of(g, y).dim[1] == 1 ? &orr_loss_binary_cross_entropy : &orr_loss_categorical_cross_entropy;
  if (as->outputs(&orr_loss_defaults, m->classes) != orr_shape_of(g, y).dim[1])
    return orr_graph_fail(g, "%d outputs for %d classes", orr_shape_of(g, y).dim[1], m->classes);
  return as->meaning(g, &orr_loss_defaults, y);
}

/* --- The lesson --------------------------------------------------------------- */

static orr_status scale_target(const orr_fit_input *in, const network *m, double target[2], orr_error *e) {
  const orr_frame *f = in->train;
  bool counts = m->loss == &orr_loss_poisson_nll;
  target[0] = 0, target[1] = 1;
  for (size_t i = 0; counts && i < f->x.rows; i++)
    if (f->y[i] < 0)
      return orr_fail(e, ORR_DATA, "loss = 'poisson_nll' is for counts, and a target is %g", f->y[i]);
  if (in->task == ORR_CLASSIFICATION || counts) return ORR_OK;
  target[0] = orr_mean(f->y, f->weight, f->x.rows);
  double deviation = orr_standard_deviation(f->y, f->weight, f->x.rows, target[0]);
  if (deviation > 0 && isfinite(deviation)) target[1] = deviation;
  return ORR_OK;
}

/* In the order of the graph's inputs: x, target, the weight, the columns that the loss looks at. */
static orr_status add_rows(const orr_fit_input *in, const orr_frame *f, const double target[2],
                           orr_dataset *d, orr_error *e) {
  double *y, *weight, scale = 1 / target[1];
  ORR_TAKE(in->arena, y, f->x.rows + 1, e);
  for (size_t i = 0; i < f->x.rows; i++) y[i] = in->task == ORR_CLASSIFICATION ? f->label[i] : f->y[i];
  ORR_TRY(orr_dataset_add(d, f->x.x, f->x.rows, f->x.cols, NULL, NULL, in->arena, e));
  ORR_TRY(orr_dataset_add(d, y, f->x.rows, 1, target, &scale, in->arena, e));
  if (in->train->weight) {
    ORR_TRY(orr_fit_unit_weights(in, f, &weight, e));
    ORR_TRY(orr_dataset_add(d, weight, f->x.rows, 1, NULL, NULL, in->arena, e));
  }
  return f->row.cols ? orr_dataset_add(d, f->row.x, f->x.rows, f->row.cols, NULL, NULL, in->arena, e)
                     : ORR_OK;
}

/* The tensors of the columns that the function asks for, in the order of the table: one of the names is added for
 * each where it is used. */
static orr_status row_argument(const orr_fit_input *in, const network *m, orr_graph *g,
                               orr_tape_argument *out, orr_error *e) {
  const orr_matrix *row = &in->train->row;
  const char **names;
  orr_node *nodes;
  size_t n = 0;
  *out = (orr_tape_argument){.name = "row"};
  if (!row->cols) return ORR_OK;
  ORR_TAKE(in->arena, names, row->cols, e);
  ORR_TAKE(in->arena, nodes, row->cols, e);
  orr_node all = orr_node_input(g, "row", ORR_SHAPE_OF(ORR_FREE, (int32_t)row->cols));
  for (size_t i = 0; i < m->tape->n_entries; i++) {
    const orr_tape_entry *entry = &m->tape->entries[i];
    size_t k = 0;
    if (entry->method || !entry->field) continue;
    while (k < n && strcmp(names[k], entry->field)) k++;
    if (k < n) continue;
    if (n == row->cols) return orr_fail(e, ORR_RECIPE, "the loss looks at more columns than it was given");
    nodes[n] = orr_node_reshape(g, orr_node_slice(g, all, 1, (int)n, 1), ORR_SHAPE_OF(ORR_FREE));
    names[n++] = entry->field;
  }
  *out = (orr_tape_argument){"row", 0, names, nodes, n};
  return ORR_OK;
}

static orr_node in_units(orr_graph *g, orr_node x, const double target[2]) {
  return orr_node_offset(g, orr_node_scale(g, x, target[1]), target[0]);
}

static orr_status add_traced_loss(const orr_fit_input *in, const network *m, orr_node y, orr_node t,
                                  orr_node weight, const double target[2], orr_learner *l, orr_error *e) {
  orr_graph *g = l->graph;
  orr_tape_argument arguments[3] = {{.name = "pred", .node = in_units(g, y, target)},
                                    {.name = "target", .node = in_units(g, t, target)}};
  orr_node *terms;
  ORR_TAKE(in->arena, terms, m->tape->n_terms, e);
  ORR_TRY(row_argument(in, m, g, &arguments[2], e));
  if (orr_tape_play(m->tape, g, arguments, m->tape->n_arguments, &l->loss, terms, e))
    return orr_fail_in(e, "loss");
  orr_shape s = orr_shape_of(g, l->loss);
  if (weight && !orr_shape_has_rows(&s))
    return orr_fail(e, ORR_RECIPE,
                    "there are row weights: the loss must return one value a row, and no mean of its own");
  if (orr_shape_has_rows(&s) || s.rank) {
    if (orr_shape_has_rows(&s))
      l->loss = orr_node_reshape(g, orr_node_mean(g, orr_node_flatten(g, l->loss), -1, false),
                                 ORR_SHAPE_OF(ORR_FREE));
    l->loss = orr_loss_mean(g, l->loss, weight);
  }
  for (size_t i = 0; i < m->tape->n_terms; i++)
    ORR_TRY(orr_learner_add_term(l, m->tape->terms[i].name, orr_node_mean_all(g, terms[i]), e));
  return ORR_OK;
}

static orr_status add_loss(const orr_fit_input *in, const network *m, orr_node y, const double target[2],
                           orr_learner *l, orr_error *e) {
  orr_graph *g = l->graph;
  orr_node t = orr_node_input(g, "target", ORR_SHAPE_OF(ORR_FREE));
  orr_node weight = in->train->weight ? orr_node_input(g, "weight", ORR_SHAPE_OF(ORR_FREE)) : 0;
  if (m->tape) return add_traced_loss(in, m, y, t, weight, target, l, e);
  l->loss = orr_loss_mean(g, m->loss->of_row(g, &orr_loss_defaults, y, t), weight);
  return ORR_OK;
}

static orr_status add_graph(const orr_fit_input *in, const network *m, const double target[2], orr_learner *l,
                            orr_error *e) {
  orr_layers layers = {.graph = l->graph = orr_graph_new()};
  if (!l->graph) return orr_fail_memory(e, "a graph", 0);
  orr_node x = orr_node_input(l->graph, "x", ORR_SHAPE_OF(ORR_FREE, m->inputs));
  orr_node y = outputs_of(m, &layers, x);
  orr_status status = orr_graph_check(l->graph, e);
  if (!status) status = add_loss(in, m, y, target, l, e);
  if (!status) meaning_of(m, l->graph, y);
  if (!status) status = orr_learner_take_initial(l, e);
  if (!status) orr_layers_begin(&layers, in->seed, l->initial);
  orr_layers_fini(&layers);
  return status;
}

static orr_status learner(const orr_fit_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  double total, target[2], worst;
  network m = {.inputs = (int)in->train->x.cols,
               .classes = in->task == ORR_CLASSIFICATION ? (int)in->train->classes : 1};
  ORR_TRY(orr_fit_check(in, &total, e));
  ORR_TRY(choose_layers(in, &m, e));
  ORR_TRY(choose_loss(in, &m, e));
  ORR_TRY(scale_target(in, &m, target, e));
  ORR_TRY(put_note(&m, out, e));
  ORR_TRY(orr_store_put(out, "target", 1, (size_t[]){2}, target, e));
  ORR_TRY(add_rows(in, in->train, target, &lesson->train, e));
  if (in->validation && in->validation->x.rows)
    ORR_TRY(add_rows(in, in->validation, target, &lesson->validation, e));
  ORR_TRY(add_graph(in, &m, target, &lesson->learner, e));
  bool own = m.tape != NULL;
  for (size_t i = 0; i < m.n_layers; i++) own = own || m.layers[i].kind == ORR_TRACED;
  if (!own) return ORR_OK;
  return orr_gradient_check(&lesson->learner, &lesson->train, m.tape ? "loss" : "layers", in->seed, in->work,
                            &worst, e);
}

/* --- Asking --------------------------------------------------------------------- */

typedef struct answers {
  orr_arena arena;
  orr_graph *graph;
  network m;
  const float *parameters;
  const double *target;
  orr_node said;
} answers;

static orr_status read_note(const orr_store *s, size_t d, size_t k, answers *a, orr_error *e) {
  orr_json *j;
  orr_layer *layers;
  a->m = (network){.classes = (int)k};
  ORR_TRY(orr_store_want_json(s, "architecture", &j, e));
  const char *loss = orr_json_text_of(j, "loss", "");
  orr_status status = orr_json_want_integer(j, "inputs", 1, 1 << 24, &a->m.inputs, e);
  if (!status && strcmp(loss, "function"))
    status = orr_fail_as(e, ORR_USAGE, ORR_DATA, orr_loss_find(loss, &a->m.loss, e));
  if (!status)
    status = orr_layers_from_json(orr_json_get(j, "layers"), &a->arena, &layers, &a->m.n_layers, e);
  if (!status) a->m.layers = layers;
  orr_json_free(j);
  ORR_TRY(status);
  if (a->m.loss && !(a->m.loss->tasks & (k > 1 ? ORR_CLASSIFICATION : ORR_REGRESSION)))
    return orr_fail(e, ORR_DATA, "the kept network has the loss %s, which is for another task",
                    a->m.loss->name);
  if (a->m.loss == &orr_loss_binary_cross_entropy && k != 2)
    return orr_fail(e, ORR_DATA, "the kept network is for two classes, and there are %zu", k);
  if ((size_t)a->m.inputs == d) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept network takes %d columns, and there are %zu", a->m.inputs, d);
}

/* The column of the meaning that is the prediction: of quantiles the middle one. */
static orr_node central(const network *m, orr_graph *g, orr_node meaning) {
  int at = m->loss == &orr_loss_quantile ? orr_loss_defaults.n_levels / 2 : 0;
  return m->classes > 1 ? meaning : orr_node_slice(g, meaning, 1, at, 1);
}

static orr_status build(const orr_store *s, size_t d, size_t k, answers *a, orr_error *e) {
  const orr_tensor *target;
  ORR_TRY(read_note(s, d, k, a, e));
  if (!(a->graph = orr_graph_new())) return orr_fail_memory(e, "a graph", 0);
  orr_layers l = {.graph = a->graph};
  orr_node y = outputs_of(&a->m, &l, orr_node_input(a->graph, "x", ORR_SHAPE_OF(ORR_FREE, a->m.inputs)));
  orr_layers_fini(&l);
  a->said = central(&a->m, a->graph, meaning_of(&a->m, a->graph, y));
  ORR_TRY(orr_parameters_want(s, a->graph, &a->parameters, e));
  ORR_TRY(orr_store_want(s, "target", ORR_F64, 1, (size_t[]){2}, &target, e));
  a->target = target->f64;
  if (isfinite(a->target[0]) && a->target[1] > 0 && isfinite(a->target[1])) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept network's scale of the target is %g and %g", a->target[0],
                  a->target[1]);
}

static void close(answers *a) {
  orr_graph_free(a->graph);
  orr_arena_fini(&a->arena);
}

static void put_in_units(const answers *a, size_t n, size_t k, double *out) {
  for (size_t i = 0; i < n && k == 1; i++) out[i] = a->target[0] + a->target[1] * out[i];
  for (size_t i = 0; i < n && k > 1; i++) {
    double sum = 0;
    for (size_t c = 0; c < k; c++) sum += out[i * k + c];
    for (size_t c = 0; c < k; c++) out[i * k + c] /= sum;
  }
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  (void)task;
  answers a = {0};
  orr_evaluator v;
  orr_status status = build(s, x->cols, k, &a, e);
  if (!status) status = orr_evaluator_init(&v, a.graph, &a.said, 1, ORR_SINGLE, a.parameters, e);
  if (!status) {
    status = orr_evaluator_run(&v, x, x->rows, 0, 0, &out, work, e);
    orr_evaluator_fini(&v);
  }
  if (!status) put_in_units(&a, x->rows, k, out);
  close(&a);
  return status;
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)task;
  answers a = {0};
  orr_status status = build(s, d, k, &a, e);
  close(&a);
  return status;
}

const orr_family orr_family_sequential = {
    .name = "sequential",
    .title = "network of the recipe",
    .help = "layers in a line, as a recipe lists them with nn.sequential",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED | ORR_WATCHES_VALIDATION | ORR_NEEDS_RECIPE,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .predict = predict,
    .check = check,
};
