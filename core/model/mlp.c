/* Fully connected networks: what is learnt, and what is said of new rows.
 *
 * A regression's target is standardised within (not where it is a count); the
 * members of an ensemble are networks of one graph that share nothing but the
 * rows, so that training, stopping and resuming them is that of one network.
 * The loss is the sum of theirs: each has the gradient it would have alone.
 */
#include "model/mlp.h"

#include <math.h>
#include <string.h>

#include "grad/nodes.h"
#include "model/fit.h"
#include "num/statistics.h"

static const orr_option options[] = {
    ORR_MLP_OPTIONS("128,128,128", "auto",
                    "what training makes small; auto: cross-entropy of classes, gaussian_nll of numbers"),
    ORR_MLP_TRAINING_OPTIONS,
};

void orr_mlp_outputs(const orr_mlp *m, orr_layers *l, orr_node x, orr_node *outputs) {
  for (int i = 0; i < m->members; i++) {
    if (m->members > 1) orr_graph_enter(l->graph, "member %d", i + 1);
    orr_node h = orr_embeddings_join(l, x, m->embeddings, m->n_embeddings);
    h = orr_layers_sequence(l, m->layers, m->n_layers, h);
    orr_graph_enter(l->graph, "last layer");
    outputs[i] = orr_layer_linear(l, h, m->loss->outputs(&m->setting, m->classes), ORR_GLOROT);
    orr_graph_leave(l->graph);
    if (m->members > 1) orr_graph_leave(l->graph);
  }
}

/* --- From options to a network ---------------------------------------------- */

static orr_status choose_loss(const orr_fit_input *in, orr_mlp *m, orr_error *e) {
  const char *name = orr_options_text(in->options, "loss");
  bool automatic = !strcmp(name, "auto"), classes = in->task == ORR_CLASSIFICATION;
  if (automatic)
    name = !classes ? "gaussian_nll" : m->classes == 2 ? "binary_cross_entropy" : "categorical_cross_entropy";
  ORR_TRY(orr_loss_find(name, &m->loss, e));
  if (!(m->loss->tasks & in->task))
    return orr_fail(e, ORR_USAGE, "loss = '%s' is not for %s; try auto", name, orr_task_name(in->task));
  if (m->loss == &orr_loss_binary_cross_entropy && m->classes > 2)
    return orr_fail(e, ORR_USAGE, "loss = 'binary_cross_entropy' is for two classes, and there are %d",
                    m->classes);
  m->setting = orr_loss_defaults;
  m->setting.gamma = orr_options_number(in->options, "gamma");
  m->setting.delta = orr_options_number(in->options, "delta");
  size_t n;
  ORR_TRY(orr_options_numbers(in->options, "levels", 0.001, 0.999, ORR_MOST_LEVELS / 2, m->setting.levels, &n,
                              e));
  m->setting.n_levels = (int)n;
  for (size_t i = 1; i < n; i++)
    if (m->setting.levels[i] <= m->setting.levels[i - 1])
      return orr_fail(e, ORR_USAGE, "levels: %g comes after %g; they must ascend", m->setting.levels[i],
                      m->setting.levels[i - 1]);
  return ORR_OK;
}

static double dropout_of(const orr_fit_input *in) {
  if (orr_options_has(in->options, "dropout")) return orr_options_number(in->options, "dropout");
  return in->task == ORR_CLASSIFICATION ? 0.1 : 0;
}

static size_t plain_layers(const orr_fit_input *in, const int *widths, size_t n, orr_layer *list) {
  const orr_options *o = in->options;
  orr_activation a = ORR_SILU;
  double rate = dropout_of(in);
  size_t at = 0;
  orr_activation_find(orr_options_text(o, "activation"), &a, NULL);
  for (size_t i = 0; i < n; i++) {
    list[at++] = (orr_layer){.kind = ORR_LINEAR, .width = widths[i]};
    if (orr_options_boolean(o, "layer_norm")) list[at++] = (orr_layer){.kind = ORR_LAYER_NORM};
    list[at++] = (orr_layer){.kind = ORR_ACTIVATION, .activation = a};
    if (rate > 0) list[at++] = (orr_layer){.kind = ORR_DROPOUT, .rate = rate};
  }
  return at;
}

/* To the first width, then a block for each. */
static size_t residual_layers(const orr_fit_input *in, const int *widths, size_t n, orr_layer *list) {
  const orr_options *o = in->options;
  orr_layer block = {.kind = ORR_RESIDUAL,
                     .activation = ORR_SILU,
                     .rate = dropout_of(in),
                     .norm = orr_options_boolean(o, "layer_norm")};
  size_t at = 0;
  orr_activation_find(orr_options_text(o, "activation"), &block.activation, NULL);
  list[at++] = (orr_layer){.kind = ORR_LINEAR, .width = widths[0]};
  for (size_t i = 0; i < n; i++) {
    block.width = widths[i];
    list[at++] = block;
  }
  list[at++] = (orr_layer){.kind = ORR_ACTIVATION, .activation = block.activation};
  return at;
}

static orr_status describe(const orr_fit_input *in, int members, orr_mlp *m, orr_error *e) {
  int widths[ORR_MOST_HIDDEN];
  size_t n, at = 0;
  orr_layer *list;
  orr_embedding *embeddings;
  *m = (orr_mlp){.inputs = (int)in->train->x.cols,
                 .classes = in->task == ORR_CLASSIFICATION ? (int)in->train->classes : 1,
                 .members = members};
  ORR_TRY(choose_loss(in, m, e));
  ORR_TRY(orr_embeddings_of(in->train, in->arena, &embeddings, &m->n_embeddings, e));
  m->embeddings = embeddings;
  ORR_TRY(orr_hidden_widths(in->options, widths, &n, e));
  ORR_TAKE(in->arena, list, 4 * n + 4, e);
  double squash = orr_options_number(in->options, "squash");
  if (squash > 0) list[at++] = (orr_layer){.kind = ORR_SQUASH, .rate = fmax(squash, 1e-3)};
  bool residual = orr_options_boolean(in->options, "residual");
  at += (residual ? residual_layers : plain_layers)(in, widths, n, list + at);
  m->layers = list;
  m->n_layers = at;
  return ORR_OK;
}

/* --- The lesson --------------------------------------------------------------- */

/* The mean and deviation that the network learns in units of: target[2], kept with it. */
static orr_status scale_target(const orr_fit_input *in, const orr_mlp *m, double target[2], orr_error *e) {
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

static orr_status add_rows(const orr_fit_input *in, const orr_frame *f, const double target[2],
                           orr_dataset *d, orr_error *e) {
  double *y, *weight, scale = 1 / target[1];
  ORR_TAKE(in->arena, y, f->x.rows + 1, e);
  for (size_t i = 0; i < f->x.rows; i++) y[i] = in->task == ORR_CLASSIFICATION ? f->label[i] : f->y[i];
  ORR_TRY(orr_dataset_add(d, f->x.x, f->x.rows, f->x.cols, NULL, NULL, in->arena, e));
  ORR_TRY(orr_dataset_add(d, y, f->x.rows, 1, target, &scale, in->arena, e));
  if (!in->train->weight) return ORR_OK;
  ORR_TRY(orr_fit_unit_weights(in, f, &weight, e));
  return orr_dataset_add(d, weight, f->x.rows, 1, NULL, NULL, in->arena, e);
}

static orr_status add_loss(const orr_mlp *m, const orr_node *outputs, orr_node target, orr_node weight,
                           orr_learner *l, orr_error *e) {
  orr_graph *g = l->graph;
  orr_node sum = 0;
  for (int i = 0; i < m->members; i++) {
    orr_node one = orr_loss_mean(g, m->loss->of_row(g, &m->setting, outputs[i], target), weight);
    sum = i ? orr_node_add(g, sum, one) : one;
  }
  l->loss = sum;
  if (m->members == 1) return ORR_OK;
  l->watch = orr_node_scale(g, sum, 1.0 / m->members);
  return orr_learner_add_term(l, "member_loss", l->watch, e);
}

static float *first_values(orr_learner *l, orr_node parameter) {
  return l->initial + orr_graph_at(l->graph, parameter)->attributes.offset;
}

/* A count's logarithm begins at that of the mean, far from 0 as it may be. A spread begins at the target's own, which
 * is 1, in every row: drawn at random it may be next to nothing in some, and their loss beyond all bounds. */
static void begin_outputs(const orr_fit_input *in, const orr_mlp *m, const orr_node *outputs,
                          orr_learner *l) {
  const orr_frame *f = in->train;
  bool spread = m->loss == &orr_loss_gaussian_nll || m->loss == &orr_loss_student_nll;
  double mean = m->loss == &orr_loss_poisson_nll ? orr_mean(f->y, f->weight, f->x.rows) : 0;
  for (int i = 0; i < m->members; i++) {
    const orr_node *input = orr_graph_at(l->graph, outputs[i])->input;
    orr_shape shape = orr_shape_of(l->graph, input[1]);
    float *weight = first_values(l, input[1]), *bias = first_values(l, input[2]);
    if (mean > 0) bias[0] = (float)log(mean);
    for (int k = 0; spread && k < shape.dim[0]; k++) weight[k * shape.dim[1] + 1] = 0;
    if (spread) bias[1] = (float)log(expm1(1));
  }
}

static orr_status add_graph(const orr_fit_input *in, const orr_mlp *m, orr_learner *l, orr_error *e) {
  orr_layers layers = {.graph = l->graph = orr_graph_new()};
  orr_node *outputs, weight = 0;
  if (!l->graph) return orr_fail_memory(e, "a graph", 0);
  ORR_TAKE(in->arena, outputs, (size_t)m->members, e);
  orr_node x = orr_node_input(l->graph, "x", ORR_SHAPE_OF(ORR_FREE, m->inputs));
  orr_node target = orr_node_input(l->graph, "target", ORR_SHAPE_OF(ORR_FREE));
  if (in->train->weight) weight = orr_node_input(l->graph, "weight", ORR_SHAPE_OF(ORR_FREE));
  orr_mlp_outputs(m, &layers, x, outputs);
  orr_status status = add_loss(m, outputs, target, weight, l, e);
  if (!status) status = orr_learner_take_initial(l, e);
  if (!status) orr_layers_begin(&layers, in->seed, l->initial);
  if (!status) begin_outputs(in, m, outputs, l);
  orr_layers_fini(&layers);
  return status;
}

orr_status orr_mlp_learner(const orr_fit_input *in, int members, orr_store *out, orr_lesson *lesson,
                           orr_error *e) {
  orr_mlp m;
  double total, target[2];
  ORR_TRY(orr_fit_check(in, &total, e));
  ORR_TRY(describe(in, members, &m, e));
  ORR_TRY(scale_target(in, &m, target, e));
  ORR_TRY(orr_mlp_note(&m, out, e));
  ORR_TRY(orr_store_put(out, "target", 1, (size_t[]){2}, target, e));
  ORR_TRY(add_rows(in, in->train, target, &lesson->train, e));
  if (in->validation && in->validation->x.rows)
    ORR_TRY(add_rows(in, in->validation, target, &lesson->validation, e));
  return add_graph(in, &m, &lesson->learner, e);
}

static orr_status learner(const orr_fit_input *in, orr_store *out, orr_lesson *lesson, orr_error *e) {
  return orr_mlp_learner(in, 1, out, lesson, e);
}

const orr_family orr_family_mlp = {
    .name = "mlp",
    .title = "neural network",
    .help = "a fully connected neural network, trained by gradient descent",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED | ORR_WATCHES_VALIDATION | ORR_LEARNS_CATEGORIES,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .learner = learner,
    .predict = orr_mlp_predict,
    .predict_spread = orr_mlp_predict_spread,
    .check = orr_mlp_check,
};
