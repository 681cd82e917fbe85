/* Random forests (Breiman 2001), grown by XGBoost one tree a round.
 *
 * Each tree sees a bootstrap of the rows, as counts drawn with replacement, and
 * a fresh choice of columns at each node. It is fitted to the scaled target, or
 * to each class's indicator, by squared error against a constant and not
 * against the trees before it: a leaf is the mean of its rows, a class's share
 * (probability machines, Malley et al. 2012). The forest is their average.
 * Probabilities are (n s + 1) / (n + K) of the share s, n training rows and K
 * classes, then scaled to sum to one: none is zero.
 */
#include <math.h>

#include "base/random.h"
#include "model/fit.h"
#include "model/trees.h"
#include "model/xgboost.h"
#include "num/statistics.h"

static const orr_option options[] = {
    {.name = "n_estimators",
     .type = ORR_TAKES_INTEGER,
     .fallback = "300",
     .least = 1,
     .most = 100000,
     .help = "how many trees (for more than two classes so many for each)"},
    {.name = "max_depth",
     .type = ORR_TAKES_INTEGER,
     .fallback = "0",
     .least = 0,
     .most = 1000,
     .help = "the most questions asked of a row by a tree; 0: no limit"},
    {.name = "min_child_weight",
     .type = ORR_TAKES_NUMBER,
     .fallback = "2",
     .least = 0,
     .most = 1e9,
     .help = "the least sum of weights in a leaf, with row weights of mean one"},
    {.name = "colsample_bynode",
     .type = ORR_TAKES_NUMBER,
     .least = 0.001,
     .most = 1,
     .help = "the fraction of columns tried at each node; without it 2 sqrt(d)/d, in regression 0.85"},
    {.name = "max_bin",
     .type = ORR_TAKES_INTEGER,
     .fallback = "64",
     .least = 2,
     .most = 65536,
     .help = "into how many steps a column is cut"},
};

typedef struct forest {
  const orr_fit_input *in;
  size_t n, k, groups;
  double mean, scale;
  const double *weight;       /* [n] mean one */
  double *gradient, *hessian; /* [n,groups] */
  uint32_t *count;            /* [n] of the bootstrap */
  double *base;               /* [groups] what leaves are measured from */
  orr_xgboost xgboost;
} forest;

static double target_of(const forest *f, size_t row, size_t group) {
  const orr_frame *frame = f->in->train;
  if (f->in->task == ORR_REGRESSION) return (frame->y[row] - f->mean) / f->scale;
  return (size_t)frame->label[row] == (f->groups > 1 ? group : 1);
}

static void draw_rows(forest *f, size_t tree) {
  orr_random random = orr_random_stream(f->in->seed, tree, ORR_FOR_BOOTSTRAP);
  for (size_t i = 0; i < f->n; i++) f->count[i] = 0;
  for (size_t i = 0; i < f->n; i++) f->count[orr_random_below(&random, f->n)]++;
  for (size_t i = 0; i < f->n; i++)
    for (size_t g = 0; g < f->groups; g++) {
      double weight = f->weight[i] * f->count[i];
      f->gradient[i * f->groups + g] = weight * (f->base[g] - target_of(f, i, g));
      f->hessian[i * f->groups + g] = weight;
    }
}

static orr_status take_base(forest *f, orr_error *e) {
  ORR_TAKE(f->in->arena, f->base, f->groups, e);
  for (size_t g = 0; g < f->groups; g++) {
    orr_sum sum = {0};
    for (size_t i = 0; i < f->n; i++) orr_sum_add(&sum, f->weight[i] * target_of(f, i, g));
    f->base[g] = orr_sum_get(&sum) / (double)f->n;
  }
  return ORR_OK;
}

static orr_status set_parameters(forest *f, orr_error *e) {
  static const char *const passed[] = {"max_depth", "min_child_weight", "max_bin"};
  const orr_options *o = f->in->options;
  double d = (double)f->in->train->x.cols;
  double columns = f->in->task == ORR_CLASSIFICATION ? fmin(2 * sqrt(d) / d, 1) : 0.85;
  if (orr_options_has(o, "colsample_bynode")) columns = orr_options_number(o, "colsample_bynode");
  for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
    ORR_TRY(orr_xgboost_set(&f->xgboost, passed[i], orr_options_number(o, passed[i]), e));
  ORR_TRY(orr_xgboost_set(&f->xgboost, "colsample_bynode", columns, e));
  ORR_TRY(orr_xgboost_set(&f->xgboost, "learning_rate", 1, e));
  ORR_TRY(orr_xgboost_set(&f->xgboost, "reg_lambda", 0, e));
  return orr_xgboost_set(&f->xgboost, "seed", (double)(orr_random_derive(f->in->seed, ORR_FOR_COLUMNS) >> 33),
                         e);
}

static orr_status forest_init(forest *f, orr_error *e) {
  const orr_fit_input *in = f->in;
  const orr_frame *frame = in->train;
  double total, *weight;
  ORR_TRY(orr_fit_check(in, &total, e));
  ORR_TRY(orr_fit_unit_weights(in, frame, &weight, e));
  f->weight = weight;
  f->n = frame->x.rows;
  f->k = in->task == ORR_CLASSIFICATION ? frame->classes : 1;
  f->groups = orr_score_count(f->k);
  f->scale = 1;
  if (in->task == ORR_REGRESSION) {
    f->mean = orr_mean(frame->y, frame->weight, f->n);
    double deviation = orr_standard_deviation(frame->y, frame->weight, f->n, f->mean);
    if (deviation > 0) f->scale = deviation;
  }
  ORR_TAKE(in->arena, f->gradient, f->n * f->groups, e);
  ORR_TAKE(in->arena, f->hessian, f->n * f->groups, e);
  ORR_TAKE(in->arena, f->count, f->n, e);
  ORR_TRY(take_base(f, e));
  ORR_TRY(orr_xgboost_init(&f->xgboost, &frame->x, frame->weight ? weight : NULL, NULL, f->groups, in->work,
                           in->arena, e));
  return set_parameters(f, e);
}

static orr_status grow(forest *f, orr_fit_outcome *outcome, orr_error *e) {
  size_t trees = (size_t)orr_options_integer(f->in->options, "n_estimators");
  *outcome = (orr_fit_outcome){.stop_reason = "all rounds done"};
  for (size_t tree = 1; tree <= trees; tree++) {
    bool finish;
    draw_rows(f, tree);
    ORR_TRY(orr_xgboost_round(&f->xgboost, f->gradient, f->hessian, e));
    ORR_TRY(orr_progress(f->in->work, &(orr_report){.what = "random_forest", .step = tree, .steps = trees},
                         &finish, e));
    outcome->steps = outcome->best_step = tree;
    if ((!finish && tree != f->in->stop_step) || tree == trees) continue;
    outcome->cut = finish;
    outcome->stop_reason = "deadline";
    break;
  }
  return ORR_OK;
}

static orr_status keep(const forest *f, const orr_fit_outcome *outcome, orr_store *out, orr_error *e) {
  orr_trees trees;
  ORR_TRY(orr_xgboost_trees(&f->xgboost, outcome->steps, out, &trees, e));
  *trees.scale = f->scale / (double)outcome->steps;
  for (size_t g = 0; g < f->groups; g++) trees.base[g] = f->mean + f->scale * f->base[g];
  return orr_store_put_number(out, "rows", (double)f->n, e);
}

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  forest f = {.in = in};
  orr_status status = forest_init(&f, e);
  if (!status) status = grow(&f, outcome, e);
  if (!status) status = keep(&f, outcome, out, e);
  orr_xgboost_fini(&f.xgboost);
  return status;
}

/* out[k] from the shares of a row, of which two classes have one. */
static void smooth(const double *share, size_t k, double n, double *out) {
  double sum = 0;
  for (size_t c = 0; c < k; c++) {
    double s = k > 2 ? share[c] : c ? *share : 1 - *share;
    sum += out[c] = n * fmin(fmax(s, 0), 1) + 1;
  }
  for (size_t c = 0; c < k; c++) out[c] /= sum;
}

static orr_status to_probabilities(const orr_trees *t, const orr_matrix *x, size_t k, double n, double *out,
                                   const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_matrix share;
  orr_status status = orr_matrix_take(&arena, x->rows, t->groups, &share, e);
  if (!status) status = orr_trees_margins(t, x, share.x, work, e);
  for (size_t i = 0; !status && i < x->rows; i++) smooth(orr_matrix_row(&share, i), k, n, out + i * k);
  orr_arena_fini(&arena);
  return status;
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  orr_trees t;
  bool classify = task == ORR_CLASSIFICATION;
  ORR_TRY(orr_trees_view(s, classify ? orr_score_count(k) : 1, &t, e));
  if (!classify) return orr_trees_margins(&t, x, out, work, e);
  return to_probabilities(&t, x, k, orr_store_find(s, "rows")->f64[0], out, work, e);
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  double rows;
  ORR_TRY(orr_store_want_number(s, "rows", 1, 0x1p53, &rows, e));
  return orr_trees_check(s, d, task == ORR_CLASSIFICATION ? orr_score_count(k) : 1, e);
}

const orr_family orr_family_random_forest = {
    .name = "random_forest",
    .title = "random forest",
    .help = "the average of large trees, each grown on a bootstrap of the rows",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .predict = predict,
    .check = check,
};
