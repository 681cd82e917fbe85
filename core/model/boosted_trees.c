/* Gradient-boosted trees (Friedman 2001; Chen & Guestrin 2016), grown by XGBoost.
 *
 * Gradients, losses, sampling of rows and early stopping are here; the library
 * only grows a tree from them. Margins start at 0 in classification and at the
 * mean in regression; a target of an extreme unit is first divided by a power of
 * two, since the library's arithmetic is float32 and its least gain is fixed.
 * With validation rows the trees up to the best round on them are kept, else all.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/fit.h"
#include "model/trees.h"
#include "model/xgboost.h"
#include "num/statistics.h"

static const orr_option options[] = {
    {.name = "n_estimators",
     .type = ORR_TAKES_INTEGER,
     .fallback = "1000",
     .least = 1,
     .most = 100000,
     .help = "the most rounds; each adds a tree (for more than two classes one for each)"},
    {.name = "learning_rate",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.05",
     .least = 1e-6,
     .most = 1,
     .help = "how much of each tree is added"},
    {.name = "max_depth",
     .type = ORR_TAKES_INTEGER,
     .fallback = "4",
     .least = 1,
     .most = 30,
     .help = "the most questions asked of a row by a tree"},
    {.name = "min_child_weight",
     .type = ORR_TAKES_NUMBER,
     .fallback = "1",
     .least = 0,
     .most = 1e9,
     .help = "the least sum of second derivatives on each side of a split, with row weights of mean one"},
    {.name = "subsample",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.8",
     .least = 0.01,
     .most = 1,
     .help = "the fraction of rows each round sees"},
    {.name = "colsample_bytree",
     .type = ORR_TAKES_NUMBER,
     .least = 0.01,
     .most = 1,
     .help =
         "the fraction of columns each tree sees (default: 0.8, and all where there are fewer than five)"},
    {.name = "reg_lambda",
     .type = ORR_TAKES_NUMBER,
     .fallback = "1",
     .least = 0,
     .most = 1e9,
     .help = "the L2 penalty on leaf values"},
    {.name = "gamma",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0",
     .least = 0,
     .most = 1e9,
     .help = "the least gain of a split; regression: in the target's unit squared"},
    {.name = "max_bin",
     .type = ORR_TAKES_INTEGER,
     .fallback = "256",
     .least = 2,
     .most = 65536,
     .help = "into how many steps a column is cut"},
    {.name = "early_stopping_rounds",
     .type = ORR_TAKES_INTEGER,
     .fallback = "50",
     .least = 1,
     .most = 100000,
     .help = "stop after so many rounds without a better validation loss (used with validation rows)"},
};

enum { CLASSES_ON_STACK = 64 };

/* Rows with their margins: of the training part with room for gradients, of the validation part without. */
typedef struct part {
  const orr_frame *frame;
  const double *weight; /* [n] mean one */
  double *margin;       /* [n,groups] */
  double *gradient, *hessian;
  double *block_loss;
  double loss; /* weighted mean at these margins */
} part;

typedef struct boosting {
  const orr_fit_input *in;
  size_t k, groups;
  double mean, scale; /* of the target; regression */
  part train, validation;
  bool validates;
  double subsample;
  orr_xgboost xgboost;
  size_t best_round;
  double best_loss;
} boosting;

typedef struct pass {
  const boosting *b;
  part *p;
  orr_blocks blocks;
} pass;

/* Squared error / 2 of the scaled target: loss, gradient and hessian of one row. */
static double square_row(const boosting *b, const part *p, size_t i) {
  double residual = p->margin[i] - (p->frame->y[i] - b->mean) / b->scale, weight = p->weight[i];
  if (p->gradient) {
    p->gradient[i] = weight * residual;
    p->hessian[i] = weight;
  }
  return weight * residual * residual * b->scale * b->scale;
}

/* Log-loss with XGBoost's derivatives: p - y and p(1-p) for two classes, twice that for each of more. */
static double class_row(const boosting *b, const part *p, size_t i, double *probability) {
  const double *margin = p->margin + i * b->groups;
  double weight = p->weight[i], factor = b->k > 2 ? 2 : 1;
  size_t label = (size_t)p->frame->label[i];
  for (size_t g = 0; p->gradient && g < b->groups; g++) {
    if (!g) orr_probabilities(margin, b->k, probability);
    size_t class = b->k > 2 ? g : 1;
    double q = probability[class], *at = &p->gradient[i * b->groups + g];
    *at = weight * (q - (label == class));
    p->hessian[i * b->groups + g] = weight * fmax(factor * q * (1 - q), 1e-16);
  }
  return weight * orr_log_loss(margin, b->k, label);
}

static void loss_block(void *context, size_t task) {
  const pass *a = context;
  const boosting *b = a->b;
  double few[CLASSES_ON_STACK], *probability = few;
  orr_sum loss = {0};
  size_t start = orr_blocks_start(&a->blocks, task), end = orr_blocks_end(&a->blocks, task);
  for (size_t i = start; i < end; i++) {
    /* many classes: the row's hessians are not written yet */
    if (b->k > CLASSES_ON_STACK && a->p->hessian) probability = a->p->hessian + i * b->groups;
    orr_sum_add(&loss,
                b->in->task == ORR_REGRESSION ? square_row(b, a->p, i) : class_row(b, a->p, i, probability));
  }
  a->p->block_loss[task] = orr_sum_get(&loss);
}

/* The loss at the part's margins, and its gradients where it has room for them. */
static void take_loss(const boosting *b, part *p) {
  pass a = {b, p, orr_blocks_of(p->frame->x.rows)};
  orr_pool_run(b->in->work ? b->in->work->pool : NULL, a.blocks.count, loss_block, &a);
  p->loss = orr_sum_of(p->block_loss, a.blocks.count) / (double)p->frame->x.rows;
}

static orr_status part_init(boosting *b, part *p, const orr_frame *frame, bool gradients, orr_error *e) {
  orr_arena *a = b->in->arena;
  size_t cells = frame->x.rows * b->groups;
  double *weight;
  p->frame = frame;
  ORR_TRY(orr_fit_unit_weights(b->in, frame, &weight, e));
  p->weight = weight;
  ORR_TAKE(a, p->margin, cells, e);
  ORR_TAKE(a, p->block_loss, orr_blocks_of(frame->x.rows).count, e);
  if (!gradients) return ORR_OK;
  ORR_TAKE(a, p->gradient, cells, e);
  ORR_TAKE(a, p->hessian, cells, e);
  return ORR_OK;
}

/* XGBoost rounds down: of two columns 0.8 would be one, and no tree could see what they do together. */
static double share_of_columns(const orr_fit_input *in) {
  if (orr_options_has(in->options, "colsample_bytree"))
    return orr_options_number(in->options, "colsample_bytree");
  return in->train->x.cols < 5 ? 1 : 0.8;
}

static orr_status set_parameters(boosting *b, orr_error *e) {
  static const char *const passed[] = {"learning_rate", "max_depth", "min_child_weight", "reg_lambda",
                                       "max_bin"};
  double gamma = orr_options_number(b->in->options, "gamma") / (b->scale * b->scale);
  for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
    ORR_TRY(orr_xgboost_set(&b->xgboost, passed[i], orr_options_number(b->in->options, passed[i]), e));
  ORR_TRY(orr_xgboost_set(&b->xgboost, "gamma", gamma, e));
  ORR_TRY(orr_xgboost_set(&b->xgboost, "colsample_bytree", share_of_columns(b->in), e));
  return orr_xgboost_set(&b->xgboost, "seed", (double)(orr_random_derive(b->in->seed, ORR_FOR_COLUMNS) >> 33),
                         e);
}

static orr_status boosting_init(boosting *b, orr_error *e) {
  const orr_fit_input *in = b->in;
  const orr_frame *f = in->train;
  double total;
  ORR_TRY(orr_fit_check(in, &total, e));
  b->k = in->task == ORR_CLASSIFICATION ? f->classes : 1;
  b->groups = orr_score_count(b->k);
  b->scale = 1;
  b->best_loss = HUGE_VAL;
  b->validates = in->validation && in->validation->x.rows;
  b->subsample = orr_options_number(in->options, "subsample");
  if (in->task == ORR_REGRESSION) {
    b->mean = orr_mean(f->y, f->weight, f->x.rows);
    double deviation = orr_standard_deviation(f->y, f->weight, f->x.rows, b->mean);
    if (deviation > 0 && (deviation < 0.1 || deviation > 1e6)) b->scale = exp2(rint(log2(deviation)));
  }
  ORR_TRY(part_init(b, &b->train, f, true, e));
  if (b->validates) ORR_TRY(part_init(b, &b->validation, in->validation, false, e));
  ORR_TRY(orr_xgboost_init(&b->xgboost, &f->x, f->weight ? b->train.weight : NULL,
                           b->validates ? &in->validation->x : NULL, b->groups, in->work, in->arena, e));
  ORR_TRY(set_parameters(b, e));
  ORR_TRY(orr_xgboost_margins(&b->xgboost, false, b->train.margin, e));
  take_loss(b, &b->train);
  return ORR_OK;
}

/* Rows left out of a round push nowhere, as in XGBoost's own sampling. */
static void sample_rows(boosting *b, size_t round) {
  if (b->subsample >= 1) return;
  orr_random random = orr_random_stream(b->in->seed, round, ORR_FOR_ROWS);
  for (size_t i = 0; i < b->train.frame->x.rows; i++) {
    if (orr_random_uniform(&random) < b->subsample) continue;
    memset(b->train.gradient + i * b->groups, 0, b->groups * sizeof(double));
    memset(b->train.hessian + i * b->groups, 0, b->groups * sizeof(double));
  }
}

/* Grows round number `round` (from 1), and says how good the trees are now. */
static orr_status grow(boosting *b, size_t round, orr_error *e) {
  sample_rows(b, round);
  ORR_TRY(orr_xgboost_round(&b->xgboost, b->train.gradient, b->train.hessian, e));
  ORR_TRY(orr_xgboost_margins(&b->xgboost, false, b->train.margin, e));
  take_loss(b, &b->train);
  if (b->validates) {
    ORR_TRY(orr_xgboost_margins(&b->xgboost, true, b->validation.margin, e));
    take_loss(b, &b->validation);
  }
  if (b->validates && !(b->validation.loss < b->best_loss)) return ORR_OK;
  b->best_loss = b->validation.loss;
  b->best_round = round;
  return ORR_OK;
}

static orr_status report(const boosting *b, size_t round, size_t rounds, bool *finish, orr_error *e) {
  const orr_named_value values[] = {{"train_loss", b->train.loss}, {"validation_loss", b->validation.loss}};
  orr_report r = {.what = "boosted_trees",
                  .step = round,
                  .steps = rounds,
                  .values = values,
                  .n_values = b->validates ? 2 : 1};
  return orr_progress(b->in->work, &r, finish, e);
}

static orr_status boost(boosting *b, orr_fit_outcome *outcome, orr_error *e) {
  const orr_fit_input *in = b->in;
  size_t rounds = (size_t)orr_options_integer(in->options, "n_estimators");
  size_t patience = (size_t)orr_options_integer(in->options, "early_stopping_rounds");
  *outcome = (orr_fit_outcome){.stop_reason = "all rounds done"};
  for (size_t round = 1; round <= rounds; round++) {
    bool finish;
    ORR_TRY(grow(b, round, e));
    ORR_TRY(report(b, round, rounds, &finish, e));
    outcome->steps = round;
    outcome->best_step = b->best_round ? b->best_round : round;
    if (b->validates && round - outcome->best_step >= patience) {
      outcome->stop_reason = "early stopping";
      break;
    }
    if (!finish && round != in->stop_step) continue;
    outcome->cut = finish && round < rounds;
    if (round < rounds) outcome->stop_reason = "deadline";
    break;
  }
  return ORR_OK;
}

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  boosting b = {.in = in};
  orr_trees trees;
  orr_status status = boosting_init(&b, e);
  if (!status) status = boost(&b, outcome, e);
  if (!status) status = orr_xgboost_trees(&b.xgboost, outcome->best_step, out, &trees, e);
  if (!status) {
    for (size_t g = 0; g < b.groups; g++) trees.base[g] = b.mean;
    *trees.scale = b.scale;
  }
  orr_xgboost_fini(&b.xgboost);
  return status;
}

static orr_status to_probabilities(const orr_trees *t, const orr_matrix *x, size_t k, double *out,
                                   const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_matrix margin;
  orr_status status = orr_matrix_take(&arena, x->rows, t->groups, &margin, e);
  if (!status) status = orr_trees_margins(t, x, margin.x, work, e);
  for (size_t i = 0; !status && i < x->rows; i++)
    orr_probabilities(orr_matrix_row(&margin, i), k, out + i * k);
  orr_arena_fini(&arena);
  return status;
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  orr_trees t;
  bool classify = task == ORR_CLASSIFICATION;
  ORR_TRY(orr_trees_view(s, classify ? orr_score_count(k) : 1, &t, e));
  return classify ? to_probabilities(&t, x, k, out, work, e) : orr_trees_margins(&t, x, out, work, e);
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  return orr_trees_check(s, d, task == ORR_CLASSIFICATION ? orr_score_count(k) : 1, e);
}

const orr_family orr_family_boosted_trees = {
    .name = "boosted_trees",
    .title = "boosted trees",
    .help = "small trees added one after the other, each grown on what the ones before left wrong",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .needs = ORR_WATCHES_VALIDATION,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .predict = predict,
    .check = check,
};
