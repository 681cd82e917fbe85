/* Logistic regression, binary and multinomial, with an L2 penalty.
 *
 *   minimise  Σ weight · (-ln p(label | x)) / Σ weight  +  l2/2 ‖w‖²
 *
 * over weights and intercepts, the intercepts free (Hastie, Tibshirani &
 * Friedman 2009, section 4.4). scikit-learn's C is 1 / (n l2). Two classes have
 * one vector of weights, more have one each. Without a given l2 the strength is
 * the best log-loss of 5 folds along a path from strong to weak.
 */
#include <math.h>
#include <string.h>

#include "model/fit.h"
#include "num/lbfgs.h"
#include "num/linear.h"

enum { FOLDS = 5, GRID = 15, PATIENCE = 3, MOST_EVALUATIONS = 5000, NO_FOLD = 255 };

static const double strongest = 10, step_down = 0.31622776601683794; /* 10 … 1e-6, two a decade */

static const orr_option options[] = {
    {.name = "l2",
     .type = ORR_TAKES_NUMBER,
     .least = 0,
     .most = 1e6,
     .help = "strength of the penalty l2/2 |w|^2 beside the mean loss; without it chosen by 5-fold "
             "cross-validation"},
};

/* The parameters are w[v,d] and then the v intercepts. */
typedef struct problem {
  const orr_fit_input *in;
  const orr_matrix *x;
  const int32_t *label;
  const double *weight; /* [n] */
  const uint8_t *fold;  /* [n] with `held` left out of the fit; NULL: none */
  uint8_t held;
  bool scoring; /* only the loss, of the rows held out */
  size_t k, v;
  double l2, total; /* total: Σ weight of the rows fitted */
  orr_blocks blocks;
  double *score;   /* [n,v] */
  double *partial; /* [blocks, 1 + parameters]: loss, gradient */
  const double *w;
} problem;

static size_t parameters_of(const problem *p) { return p->v * (p->x->cols + 1); }

/* Turns the scores of a row into d(loss)/d(score) times its weight; returns its weighted loss. */
static double residual(const problem *p, size_t row, double *score, double *probability) {
  double weight = p->weight[row];
  size_t label = (size_t)p->label[row];
  double loss = weight * orr_log_loss(score, p->k, label);
  if (p->scoring) return loss;
  orr_probabilities(score, p->k, probability);
  if (p->v == 1) *score = weight * (probability[1] - (label == 1));
  else
    for (size_t c = 0; c < p->k; c++) score[c] = weight * (probability[c] - (c == label));
  return loss;
}

static void add_gradient(const problem *p, size_t start, size_t rows, double *gradient) {
  size_t d = p->x->cols, v = p->v;
  const double *score = p->score + start * v;
  /* gradient[v,d] = residual[rows,v]' x[rows,d] */
  orr_gemm(true, false, v, d, rows, 1, score, v, orr_matrix_row(p->x, start), d, 0, gradient, d);
  for (size_t i = 0; i < rows; i++)
    for (size_t c = 0; c < v; c++) gradient[v * d + c] += score[i * v + c];
}

static void evaluate_block(void *context, size_t task) {
  const problem *p = context;
  size_t d = p->x->cols, v = p->v, start = orr_blocks_start(&p->blocks, task);
  size_t rows = orr_blocks_end(&p->blocks, task) - start;
  double *score = p->score + start * v, *partial = p->partial + task * (1 + parameters_of(p));
  double probability[64],
      *room = p->k <= 64 ? probability : partial + 1; /* the gradient's place is still free */
  memset(partial, 0, (1 + parameters_of(p)) * sizeof *partial);
  for (size_t i = 0; i < rows; i++) memcpy(score + i * v, p->w + v * d, v * sizeof *score);
  /* score[rows,v] = x[rows,d] w[v,d]' + intercept[v] */
  orr_gemm(false, true, rows, v, d, 1, orr_matrix_row(p->x, start), d, p->w, d, 1, score, v);
  for (size_t i = 0; i < rows; i++) {
    bool held = p->fold && p->fold[start + i] == p->held;
    if (held == p->scoring && p->weight[start + i] > 0)
      partial[0] += residual(p, start + i, score + i * v, room);
    else memset(score + i * v, 0, v * sizeof *score);
  }
  if (p->scoring) return;
  memset(partial + 1, 0, parameters_of(p) * sizeof *partial);
  add_gradient(p, start, rows, partial + 1);
}

/* sums[1 + parameters] over the blocks, in their order. */
static orr_status evaluate(problem *p, const double *w, double *loss, double *gradient, orr_error *e) {
  size_t n = parameters_of(p);
  p->w = w;
  ORR_TRY(orr_progress_step(p->in->work, "logistic", 0, 0, e));
  orr_pool_run(p->in->work ? p->in->work->pool : NULL, p->blocks.count, evaluate_block, p);
  *loss = 0;
  if (gradient) memset(gradient, 0, n * sizeof *gradient);
  for (size_t b = 0; b < p->blocks.count; b++) {
    const double *partial = p->partial + b * (1 + n);
    *loss += partial[0];
    for (size_t i = 0; gradient && i < n; i++) gradient[i] += partial[1 + i];
  }
  return ORR_OK;
}

static orr_status objective(void *context, size_t n, const double *w, double *gradient, double *value,
                            orr_error *e) {
  problem *p = context;
  size_t penalised = p->v * p->x->cols;
  ORR_TRY(evaluate(p, w, value, gradient, e));
  *value /= p->total;
  for (size_t i = 0; i < n; i++) {
    gradient[i] /= p->total;
    if (i >= penalised) continue;
    gradient[i] += p->l2 * w[i];
    *value += 0.5 * p->l2 * w[i] * w[i];
  }
  return ORR_OK;
}

static orr_status minimise(problem *p, double *w, double tolerance, orr_lbfgs_result *result, orr_error *e) {
  return orr_lbfgs_minimise(objective, p, parameters_of(p), w, MOST_EVALUATIONS, tolerance, result, e);
}

/* *loss: Σ weight · log-loss of the rows held out, each fold going on from the last strength. */
static orr_status validate(problem *p, const double *fold_total, double *w, double *loss, orr_error *e) {
  orr_lbfgs_result result;
  double all = p->total;
  *loss = 0;
  for (uint8_t f = 0; f < FOLDS; f++) {
    double part, *at = w + f * parameters_of(p);
    p->held = f;
    p->total = all - fold_total[f];
    if (p->total > 0) ORR_TRY(minimise(p, at, 1e-8, &result, e));
    p->scoring = true;
    orr_status status = evaluate(p, at, &part, NULL, e);
    p->scoring = false;
    p->total = all;
    if (status) return status;
    *loss += part;
  }
  return ORR_OK;
}

static orr_status choose_strength(problem *p, double *best, orr_error *e) {
  size_t n = p->x->rows, worse = 0;
  double fold_total[FOLDS] = {0}, *w, least = HUGE_VAL;
  uint8_t *fold;
  ORR_TAKE(p->in->arena, fold, n, e);
  ORR_TAKE(p->in->arena, w, FOLDS * parameters_of(p), e);
  ORR_TRY(orr_fit_folds(p->in, FOLDS, fold, e));
  for (size_t i = 0; i < n; i++) fold_total[fold[i]] += p->weight[i];
  p->fold = fold;
  p->l2 = *best = strongest;
  for (size_t i = 0; i < GRID && worse < PATIENCE; i++, p->l2 *= step_down) {
    double loss;
    ORR_TRY(validate(p, fold_total, w, &loss, e));
    worse = loss < least ? 0 : worse + 1;
    if (worse) continue;
    least = loss;
    *best = p->l2;
  }
  p->fold = NULL;
  return ORR_OK;
}

static orr_status keep(const problem *p, const double *w, orr_store *out, orr_error *e) {
  size_t d = p->x->cols;
  ORR_TRY(orr_store_put(out, "weights", 2, (size_t[]){p->v, d}, w, e));
  ORR_TRY(orr_store_put(out, "intercepts", 1, &p->v, w + p->v * d, e));
  return orr_store_put_number(out, "l2", p->l2, e);
}

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  const orr_frame *f = in->train;
  double *w, *weight;
  orr_lbfgs_result result;
  problem p = {.in = in,
               .x = &f->x,
               .label = f->label,
               .held = NO_FOLD,
               .k = f->classes,
               .v = orr_score_count(f->classes),
               .blocks = orr_blocks_of(f->x.rows)};
  ORR_TRY(orr_fit_check(in, &p.total, e));
  ORR_TRY(orr_fit_unit_weights(in, f, &weight, e));
  p.weight = weight;
  p.total = (double)f->x.rows;
  ORR_TAKE(in->arena, w, parameters_of(&p), e);
  ORR_TAKE(in->arena, p.score, f->x.rows * p.v, e);
  ORR_TAKE(in->arena, p.partial, p.blocks.count * (1 + parameters_of(&p)), e);
  double l2 = orr_options_number(in->options, "l2");
  if (!orr_options_has(in->options, "l2")) ORR_TRY(choose_strength(&p, &l2, e));
  p.l2 = l2;
  if (!orr_options_has(in->options, "l2"))
    orr_log(in->work, "logistic: l2 = %.3g by %d-fold cross-validation", l2, FOLDS);
  ORR_TRY(minimise(&p, w, 1e-13, &result, e));
  *outcome = (orr_fit_outcome){
      .steps = result.evaluations, .best_step = result.evaluations, .stop_reason = result.reason};
  return keep(&p, w, out, e);
}

typedef struct prediction {
  const orr_matrix *x;
  const double *w, *intercept;
  size_t k, v;
  orr_blocks blocks;
  double *out, *score; /* [n,k] and [n,v] */
} prediction;

static void predict_block(void *context, size_t task) {
  const prediction *p = context;
  size_t d = p->x->cols, start = orr_blocks_start(&p->blocks, task), end = orr_blocks_end(&p->blocks, task);
  double *score = p->score + start * p->v;
  for (size_t i = start; i < end; i++) memcpy(p->score + i * p->v, p->intercept, p->v * sizeof *score);
  orr_gemm(false, true, end - start, p->v, d, 1, orr_matrix_row(p->x, start), d, p->w, d, 1, score, p->v);
  for (size_t i = start; i < end; i++) orr_probabilities(p->score + i * p->v, p->k, p->out + i * p->k);
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  (void)task;
  orr_arena arena = {0};
  orr_matrix score;
  orr_status status = orr_matrix_take(&arena, x->rows, orr_score_count(k), &score, e);
  prediction p = {.x = x,
                  .w = orr_store_find(s, "weights")->f64,
                  .intercept = orr_store_find(s, "intercepts")->f64,
                  .k = k,
                  .v = orr_score_count(k),
                  .blocks = orr_blocks_of(x->rows),
                  .out = out,
                  .score = score.x};
  if (!status) status = orr_work_run(work, "prediction", p.blocks.count, predict_block, &p, e);
  orr_arena_fini(&arena);
  return status;
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)task;
  const orr_tensor *w, *intercept;
  size_t v = orr_score_count(k);
  double l2;
  ORR_TRY(orr_store_want(s, "weights", ORR_F64, 2, (size_t[]){v, d}, &w, e));
  ORR_TRY(orr_store_want(s, "intercepts", ORR_F64, 1, &v, &intercept, e));
  ORR_TRY(orr_store_want_number(s, "l2", 0, HUGE_VAL, &l2, e));
  ORR_TRY(orr_tensor_check_finite(w, e));
  return orr_tensor_check_finite(intercept, e);
}

const orr_family orr_family_logistic = {
    .name = "logistic",
    .title = "logistic regression",
    .help = "log-odds linear in the standardised features, with an L2 penalty",
    .tasks = ORR_CLASSIFICATION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .predict = predict,
    .check = check,
};
