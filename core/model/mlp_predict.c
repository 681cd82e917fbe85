/* Fully connected networks as they are kept: described, read back, asked. */
#include <math.h>

#include "grad/nodes.h"
#include "model/mlp.h"

/* --- The description ---------------------------------------------------------- */

orr_status orr_mlp_note(const orr_mlp *m, orr_store *s, orr_error *e) {
  orr_json *j = orr_json_new_object(), *levels = orr_json_new_array();
  for (int i = 0; i < m->setting.n_levels; i++)
    orr_json_push(levels, orr_json_new_number(m->setting.levels[i]));
  orr_json_set(j, "inputs", orr_json_new_integer(m->inputs));
  orr_json_set(j, "members", orr_json_new_integer(m->members));
  orr_json_set(j, "loss", orr_json_new_string(m->loss->name));
  orr_json_set(j, "gamma", orr_json_new_number(m->setting.gamma));
  orr_json_set(j, "delta", orr_json_new_number(m->setting.delta));
  orr_json_set(j, "levels", levels);
  if (m->n_embeddings) orr_json_set(j, "embeddings", orr_embeddings_to_json(m->embeddings, m->n_embeddings));
  orr_json_set(j, "layers", orr_layers_to_json(m->layers, m->n_layers));
  return orr_store_note_json(s, "architecture", j, e);
}

static orr_status read_levels(const orr_json *j, orr_loss_setting *s, orr_error *e) {
  size_t n = orr_json_count(j);
  if (!orr_json_is_array(j) || !n || n > ORR_MOST_LEVELS / 2)
    return orr_fail(e, ORR_DATA, "the kept network has %zu levels; 1 to %d are possible", n,
                    ORR_MOST_LEVELS / 2);
  s->n_levels = 0;
  for (const orr_json *at = orr_json_first(j); at; at = orr_json_next(at)) {
    double level = NAN;
    if (!orr_json_number(at, &level) || !(level > 0 && level < 1))
      return orr_fail(e, ORR_DATA, "the kept network has the level %g; it must be between 0 and 1", level);
    s->levels[s->n_levels++] = level;
  }
  return ORR_OK;
}

static orr_status read_description(const orr_json *j, orr_arena *arena, orr_mlp *m, orr_error *e) {
  orr_layer *layers;
  orr_embedding *embeddings;
  ORR_TRY(orr_json_want_integer(j, "inputs", 1, 1 << 24, &m->inputs, e));
  ORR_TRY(orr_embeddings_from_json(orr_json_get(j, "embeddings"), m->inputs, arena, &embeddings,
                                   &m->n_embeddings, e));
  ORR_TRY(orr_json_want_integer(j, "members", 1, ORR_MOST_MEMBERS, &m->members, e));
  ORR_TRY(orr_json_want_number(j, "gamma", 0, 20, &m->setting.gamma, e));
  ORR_TRY(orr_json_want_number(j, "delta", 1e-6, 1e6, &m->setting.delta, e));
  ORR_TRY(read_levels(orr_json_get(j, "levels"), &m->setting, e));
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_DATA, orr_loss_find(orr_json_text_of(j, "loss", ""), &m->loss, e)));
  ORR_TRY(orr_layers_from_json(orr_json_get(j, "layers"), arena, &layers, &m->n_layers, e));
  m->embeddings = embeddings;
  m->layers = layers;
  return ORR_OK;
}

orr_status orr_mlp_read(const orr_store *s, size_t d, size_t k, orr_arena *arena, orr_mlp *m, orr_error *e) {
  orr_json *j;
  *m = (orr_mlp){.classes = (int)k};
  ORR_TRY(orr_store_want_json(s, "architecture", &j, e));
  orr_status status = read_description(j, arena, m, e);
  orr_json_free(j);
  ORR_TRY(status);
  unsigned task = k > 1 ? ORR_CLASSIFICATION : ORR_REGRESSION;
  if (!(m->loss->tasks & task) || (m->loss == &orr_loss_binary_cross_entropy && k != 2))
    return orr_fail(e, ORR_DATA, "the kept network has the loss %s, which is for another task",
                    m->loss->name);
  if ((size_t)m->inputs == d) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept network takes %d columns, and there are %zu", m->inputs, d);
}

/* --- Answers -------------------------------------------------------------------- */

/* A network being asked: probabilities[rows,k], or mean[rows,1] and sd[rows,1] (0: not known). */
typedef struct answers {
  orr_arena arena;
  orr_graph *graph;
  orr_mlp m;
  const float *parameters;
  const double *target; /* mean and deviation */
  orr_node mean, sd;
} answers;

static orr_node average(orr_graph *g, const orr_node *x, int n) {
  orr_node sum = x[0];
  for (int i = 1; i < n; i++) sum = orr_node_add(g, sum, x[i]);
  return orr_node_scale(g, sum, 1.0 / n);
}

/* The column of the meaning that is the prediction. */
static int central(const orr_mlp *m) {
  int best = 0;
  if (m->loss != &orr_loss_quantile) return 0;
  for (int i = 1; i < m->setting.n_levels; i++)
    if (fabs(m->setting.levels[i] - 0.5) < fabs(m->setting.levels[best] - 0.5)) best = i;
  return best;
}

/* Mean and deviation of the equal mixture of the members (Lakshminarayanan, Pritzel and Blundell, "Simple and
 * scalable predictive uncertainty estimation using deep ensembles", NeurIPS 2017, section 2.4). */
static void mix(answers *a, orr_node *meaning, orr_node *room) {
  orr_graph *g = a->graph;
  bool spread = a->m.loss != &orr_loss_quantile && orr_shape_of(g, meaning[0]).dim[1] == 2;
  for (int i = 0; i < a->m.members; i++) room[i] = orr_node_slice(g, meaning[i], 1, central(&a->m), 1);
  a->mean = average(g, room, a->m.members);
  for (int i = 0; spread && i < a->m.members; i++) {
    orr_node apart = orr_node_square(g, orr_node_sub(g, room[i], a->mean));
    room[i] = orr_node_add(g, apart, orr_node_square(g, orr_node_slice(g, meaning[i], 1, 1, 1)));
  }
  if (spread) a->sd = orr_node_sqrt(g, average(g, room, a->m.members));
}

static orr_status build(const orr_store *s, size_t d, size_t k, answers *a, orr_error *e) {
  const orr_tensor *target;
  orr_node *outputs;
  ORR_TRY(orr_mlp_read(s, d, k, &a->arena, &a->m, e));
  if (!(a->graph = orr_graph_new())) return orr_fail_memory(e, "a graph", 0);
  ORR_TAKE(&a->arena, outputs, 2 * (size_t)a->m.members, e);
  orr_layers l = {.graph = a->graph};
  orr_mlp_outputs(&a->m, &l, orr_node_input(a->graph, "x", ORR_SHAPE_OF(ORR_FREE, a->m.inputs)), outputs);
  orr_layers_fini(&l);
  for (int i = 0; i < a->m.members; i++) outputs[i] = a->m.loss->meaning(a->graph, &a->m.setting, outputs[i]);
  if (orr_graph_failed(a->graph)) return orr_parameters_want(s, a->graph, &a->parameters, e);
  if (k > 1) a->mean = average(a->graph, outputs, a->m.members);
  else mix(a, outputs, outputs + a->m.members);
  ORR_TRY(orr_parameters_want(s, a->graph, &a->parameters, e));
  ORR_TRY(orr_store_want(s, "target", ORR_F64, 1, (size_t[]){2}, &target, e));
  a->target = target->f64;
  if (isfinite(a->target[0]) && a->target[1] > 0 && isfinite(a->target[1])) return ORR_OK;
  return orr_fail(e, ORR_DATA, "the kept network's scale of the target is %g and %g", a->target[0],
                  a->target[1]);
}

static void end(answers *a) {
  orr_graph_free(a->graph);
  orr_arena_fini(&a->arena);
}

static orr_status ask(const answers *a, const orr_matrix *x, double *mean, double *sd, const orr_work *work,
                      orr_error *e) {
  orr_evaluator v;
  const orr_node nodes[] = {a->mean, a->sd};
  ORR_TRY(orr_evaluator_init(&v, a->graph, nodes, sd ? 2 : 1, ORR_SINGLE, a->parameters, e));
  orr_status status = orr_evaluator_run(&v, x, x->rows, 0, 0, (double *const[]){mean, sd}, work, e);
  orr_evaluator_fini(&v);
  return status;
}

/* Shares in float sum to one nearly; in double exactly enough. */
static void normalise(double *p, size_t n, size_t k) {
  for (size_t i = 0; i < n; i++, p += k) {
    double sum = 0;
    for (size_t c = 0; c < k; c++) sum += p[c];
    for (size_t c = 0; c < k; c++) p[c] /= sum;
  }
}

static void scale_back(const answers *a, size_t n, double *mean, double *sd) {
  for (size_t i = 0; i < n; i++) mean[i] = a->target[0] + a->target[1] * mean[i];
  for (size_t i = 0; sd && i < n; i++) sd[i] = a->sd ? a->target[1] * sd[i] : NAN;
}

orr_status orr_mlp_predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                           const orr_work *work, orr_error *e) {
  answers a = {0};
  orr_status status = build(s, x->cols, k, &a, e);
  if (!status) status = ask(&a, x, out, NULL, work, e);
  if (!status && task == ORR_CLASSIFICATION) normalise(out, x->rows, k);
  else if (!status) scale_back(&a, x->rows, out, NULL);
  end(&a);
  return status;
}

orr_status orr_mlp_predict_spread(const orr_store *s, const orr_matrix *x, double *mean, double *sd,
                                  const orr_work *work, orr_error *e) {
  answers a = {0};
  orr_status status = build(s, x->cols, 1, &a, e);
  if (!status) status = ask(&a, x, mean, a.sd ? sd : NULL, work, e);
  if (!status) scale_back(&a, x->rows, mean, sd);
  end(&a);
  return status;
}

orr_status orr_mlp_check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)task;
  answers a = {0};
  orr_status status = build(s, d, k, &a, e);
  end(&a);
  return status;
}
