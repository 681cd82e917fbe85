/* Linear regression with an L2 penalty.
 *
 *   minimise  Σ weight (y - b - x·w)² / (2 Σ weight)  +  l2/2 ‖w‖²
 *
 * so (X'WX/Σweight + l2 I) w = X'Wy/Σweight on centred columns, the intercept
 * free (Hoerl & Kennard 1970). Everything is read off the moments of the rows
 * [x, y - mean, 1], kept for each of 5 folds: leaving one out is a subtraction
 * and its squared error a quadratic form, so cross-validation costs no pass.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "model/fit.h"
#include "num/linear.h"
#include "num/statistics.h"

enum { FOLDS = 5, GRID = 19, PIECE = 1 << 15, CHUNK = 256, STRIP = 32 };

static const double strongest = 10, step_down = 0.31622776601683794; /* 10 … 1e-8, two a decade */
static const double tiny = 1e-10; /* what stands in for 0 when columns are collinear */

static const orr_option options[] = {
    {.name = "l2",
     .type = ORR_TAKES_NUMBER,
     .least = 0,
     .most = 1e6,
     .help = "strength of the penalty l2/2 |w|^2 beside half the mean squared error; 0 is ordinary least "
             "squares; "
             "without it chosen by 5-fold cross-validation"},
};

/* moments[f] = Σ weight r r' over the rows of fold f, r = [x, y - mean, 1], of m = d + 2 sizes. */
typedef struct problem {
  const orr_fit_input *in;
  const orr_frame *f;
  size_t m, strips, piece;
  double mean;
  uint8_t *fold;
  double *rows, *weighted;  /* [PIECE,m] gathered by fold */
  size_t starts[FOLDS + 1]; /* of each fold in them */
  double *moments;          /* [FOLDS,m,m] */
  double *sum, *a, *w;      /* scratch: [m,m], [d,d], and the solution [d+1], intercept last */
} problem;

static void gather(problem *p, size_t start, size_t end) {
  size_t used = 0, d = p->m - 2;
  for (size_t f = 0; f < FOLDS; f++) {
    p->starts[f] = used;
    for (size_t i = start; i < end; i++) {
      if (p->fold[i] != f) continue;
      double *row = p->rows + used * p->m, weight = p->f->weight ? p->f->weight[i] : 1;
      memcpy(row, orr_matrix_row(&p->f->x, i), d * sizeof *row);
      row[d] = p->f->y[i] - p->mean;
      row[d + 1] = 1;
      for (size_t j = 0; j < p->m; j++) p->weighted[used * p->m + j] = weight * row[j];
      used++;
    }
  }
  p->starts[FOLDS] = used;
}

/* moments[:, strip] += rows' weighted[:, strip] for one fold and one strip of columns */
static void add_moments(void *context, size_t task) {
  const problem *p = context;
  size_t f = task / p->strips, column = task % p->strips * STRIP;
  size_t width = p->m - column < STRIP ? p->m - column : STRIP;
  for (size_t at = p->starts[f]; at < p->starts[f + 1]; at += CHUNK) {
    size_t n = p->starts[f + 1] - at < CHUNK ? p->starts[f + 1] - at : CHUNK;
    orr_gemm(true, false, p->m, width, n, 1, p->rows + at * p->m, p->m, p->weighted + at * p->m + column,
             p->m, 1, p->moments + f * p->m * p->m + column, p->m);
  }
}

static orr_status take_moments(problem *p, orr_error *e) {
  size_t n = p->f->x.rows, cells = p->m * p->m;
  orr_arena *a = p->in->arena;
  p->strips = (p->m + STRIP - 1) / STRIP;
  p->piece = n < PIECE ? n : PIECE;
  ORR_TAKE(a, p->fold, n, e);
  ORR_TAKE(a, p->rows, p->piece * p->m, e);
  ORR_TAKE(a, p->weighted, p->piece * p->m, e);
  ORR_TAKE(a, p->moments, FOLDS * cells, e);
  ORR_TAKE(a, p->sum, cells, e);
  ORR_TAKE(a, p->a, cells, e);
  ORR_TAKE(a, p->w, p->m, e);
  ORR_TRY(orr_fit_folds(p->in, FOLDS, p->fold, e));
  for (size_t start = 0; start < n; start += p->piece) {
    gather(p, start, start + p->piece < n ? start + p->piece : n);
    ORR_TRY(orr_work_run(p->in->work, "ridge", FOLDS * p->strips, add_moments, p, e));
  }
  return ORR_OK;
}

/* Solves from the moments of all folds but `left_out`; false when no one solution exists. */
static bool solve(problem *p, size_t left_out, double l2) {
  size_t m = p->m, d = m - 2;
  double *s = p->sum, *w = p->w;
  memset(s, 0, m * m * sizeof *s);
  for (size_t f = 0; f < FOLDS; f++)
    for (size_t i = 0; f != left_out && i < m * m; i++) s[i] += p->moments[f * m * m + i];
  double total = s[m * m - 1];
  if (!(total > 0)) return false;
  const double *sums = s + (d + 1) * m; /* Σ weight r */
  for (size_t i = 0; i < d; i++) {
    for (size_t j = 0; j < d; j++) p->a[i * d + j] = (s[i * m + j] - sums[i] * sums[j] / total) / total;
    p->a[i * d + i] += l2;
    w[i] = (s[i * m + d] - sums[i] * sums[d] / total) / total;
  }
  if (orr_solve_positive(d, 1, p->a, w, NULL)) return false;
  double least = HUGE_VAL, most = 0;
  for (size_t i = 0; i < d; i++) {
    least = fmin(least, p->a[i * d + i]); /* of the Cholesky factor */
    most = fmax(most, p->a[i * d + i]);
  }
  w[d] = sums[d] / total;
  for (size_t i = 0; i < d; i++) w[d] -= w[i] * sums[i] / total;
  return least * least >= 1e-13 * most * most;
}

/* Σ weight (y - b - x·w)² over rows with these moments: v'Mv with v = [-w, 1, -b]. */
static double squared_error(const problem *p, const double *moments) {
  size_t m = p->m, d = m - 2;
  orr_sum sum = {0};
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++) {
      double u = i == d ? 1 : -p->w[i < d ? i : d], v = j == d ? 1 : -p->w[j < d ? j : d];
      orr_sum_add(&sum, u * v * moments[i * m + j]);
    }
  return orr_sum_get(&sum);
}

static orr_status choose_strength(problem *p, double *best, orr_error *e) {
  double l2 = strongest, least = HUGE_VAL;
  *best = l2;
  for (size_t i = 0; i < GRID; i++, l2 *= step_down) {
    double error = 0;
    bool solved = true;
    ORR_TRY(orr_progress_step(p->in->work, "ridge", i, GRID, e));
    for (size_t f = 0; f < FOLDS && solved; f++) {
      solved = solve(p, f, l2);
      error += squared_error(p, p->moments + f * p->m * p->m);
    }
    if (!solved || !(error < least)) continue;
    least = error;
    *best = l2;
  }
  orr_log(p->in->work, "ridge: l2 = %.3g by %d-fold cross-validation", *best, FOLDS);
  return ORR_OK;
}

static orr_status solve_all(problem *p, double *l2, orr_error *e) {
  if (solve(p, FOLDS, *l2)) return ORR_OK;
  if (*l2 < tiny) {
    *l2 = tiny;
    orr_log(p->in->work, "ridge: the columns are collinear, so l2 = %g stands in for 0", tiny);
    if (solve(p, FOLDS, *l2)) return ORR_OK;
  }
  return orr_fail(e, ORR_NUMERIC, "the columns are collinear with l2 = %g; try a larger one", *l2);
}

static orr_status keep(problem *p, double l2, orr_store *out, orr_error *e) {
  size_t d = p->m - 2;
  double error = squared_error(p, p->sum), total = p->sum[p->m * p->m - 1];
  ORR_TRY(orr_store_put(out, "weights", 1, &d, p->w, e));
  ORR_TRY(orr_store_put_number(out, "intercept", p->mean + p->w[d], e));
  ORR_TRY(orr_store_put_number(out, "l2", l2, e));
  return orr_store_put_number(out, "residual_sd", sqrt(fmax(error / total, 0)), e);
}

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  const orr_frame *f = in->train;
  problem p = {.in = in, .f = f, .m = f->x.cols + 2};
  double total, l2 = orr_options_number(in->options, "l2");
  ORR_TRY(orr_fit_check(in, &total, e));
  p.mean = orr_mean(f->y, f->weight, f->x.rows);
  ORR_TRY(take_moments(&p, e));
  bool enough = f->x.rows >= 2 * FOLDS;
  if (!orr_options_has(in->options, "l2")) {
    l2 = 0.01; /* too few rows to ask */
    if (enough) ORR_TRY(choose_strength(&p, &l2, e));
  }
  ORR_TRY(solve_all(&p, &l2, e));
  *outcome = (orr_fit_outcome){.steps = 1, .best_step = 1, .stop_reason = "converged"};
  return keep(&p, l2, out, e);
}

typedef struct prediction {
  const orr_matrix *x;
  const double *w;
  double intercept;
  orr_blocks blocks;
  double *out;
} prediction;

static void predict_block(void *context, size_t task) {
  const prediction *p = context;
  for (size_t i = orr_blocks_start(&p->blocks, task); i < orr_blocks_end(&p->blocks, task); i++)
    p->out[i] = p->intercept + orr_dot(p->x->cols, orr_matrix_row(p->x, i), p->w);
}

static orr_status predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  (void)task, (void)k;
  prediction p = {.x = x,
                  .w = orr_store_find(s, "weights")->f64,
                  .out = out,
                  .intercept = orr_store_find(s, "intercept")->f64[0],
                  .blocks = orr_blocks_of(x->rows)};
  return orr_work_run(work, "prediction", p.blocks.count, predict_block, &p, e);
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  (void)task, (void)k;
  const orr_tensor *w;
  double x;
  size_t shape[] = {d};
  ORR_TRY(orr_store_want(s, "weights", ORR_F64, 1, shape, &w, e));
  ORR_TRY(orr_store_want_number(s, "intercept", -HUGE_VAL, HUGE_VAL, &x, e));
  ORR_TRY(orr_store_want_number(s, "l2", 0, HUGE_VAL, &x, e));
  ORR_TRY(orr_store_want_number(s, "residual_sd", 0, HUGE_VAL, &x, e));
  return orr_tensor_check_finite(w, e);
}

const orr_family orr_family_ridge = {
    .name = "ridge",
    .title = "ridge regression",
    .help = "linear in the standardised features, with an L2 penalty",
    .tasks = ORR_REGRESSION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED,
    .takes_negative_weights = true,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .predict = predict,
    .check = check,
};
