/* K nearest neighbours by Euclidean distance over the standardised features.
 *
 * The search is exact: distances come first as |a|² + |b|² - 2ab from matrix
 * products over blocks, and whatever could be near within their rounding is
 * measured again by its differences. Of equal distances the lower row number
 * is nearer, so neighbours never depend on the order of work.
 * Class probabilities are (k s + 1) / (k + K), s the neighbours' share of votes
 * among k neighbours and K classes (Laplace's rule): none is zero.
 */
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "model/fit.h"
#include "num/linear.h"

enum { QUERIES = 32, CANDIDATES = 256 };

static const orr_option options[] = {
    {.name = "neighbours",
     .type = ORR_TAKES_INTEGER,
     .fallback = "20",
     .least = 1,
     .most = 10000,
     .help = "how many neighbours vote"},
    {.name = "weights",
     .type = ORR_TAKES_CHOICE,
     .fallback = "distance",
     .choices = "uniform|distance",
     .help = "whether all vote alike, or by one over their distance"},
};

static orr_status fit(const orr_fit_input *in, orr_store *out, orr_fit_outcome *outcome, orr_error *e) {
  const orr_frame *f = in->train;
  size_t n = f->x.rows;
  double total, *weight;
  orr_tensor *t;
  ORR_TRY(orr_fit_check(in, &total, e));
  ORR_TRY(orr_fit_unit_weights(in, f, &weight, e));
  ORR_TRY(orr_store_put(out, "x", 2, (size_t[]){n, f->x.cols}, f->x.x, e));
  ORR_TRY(orr_store_put(out, "weight", 1, &n, weight, e));
  if (in->task == ORR_REGRESSION) ORR_TRY(orr_store_put(out, "y", 1, &n, f->y, e));
  else {
    ORR_TRY(orr_store_add(out, "label", ORR_I32, 1, &n, &t, e));
    memcpy(t->i32, f->label, n * sizeof *f->label);
  }
  ORR_TRY(orr_store_put_number(out, "neighbours", orr_options_number(in->options, "neighbours"), e));
  bool by_distance = !strcmp(orr_options_text(in->options, "weights"), "distance");
  ORR_TRY(orr_store_put_number(out, "by_distance", by_distance, e));
  *outcome = (orr_fit_outcome){.steps = 1, .best_step = 1, .stop_reason = "converged"};
  return ORR_OK;
}

typedef struct neighbour {
  double square; /* of the distance */
  size_t row;
} neighbour;

typedef struct search {
  orr_task task;
  const orr_matrix *x;
  orr_matrix known; /* [n,d] training rows */
  const double *weight, *y;
  const int32_t *label;
  size_t most, k; /* neighbours, classes */
  bool by_distance;
  double *size; /* [n] squared length of each known row */
  double *out;
  atomic_bool failed; /* out of memory */
} search;

static bool is_nearer(neighbour a, neighbour b) {
  return a.square < b.square || (a.square == b.square && a.row < b.row);
}

/* Puts it in its place among the nearest, which stay sorted. */
static void insert(neighbour *near, size_t *n, size_t most, neighbour new) {
  if (*n == most && !is_nearer(new, near[most - 1])) return;
  size_t at = *n < most ? (*n)++ : most - 1;
  for (; at && is_nearer(new, near[at - 1]); at--) near[at] = near[at - 1];
  near[at] = new;
}

static double squared_distance(size_t d, const double *a, const double *b) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

static void look_through(const search *s, const double *query, const double *product, size_t start,
                         size_t end, neighbour *near, size_t *n) {
  size_t d = s->known.cols;
  double size = orr_dot(d, query, query);
  for (size_t i = start; i < end; i++) {
    double sizes = size + s->size[i], slack = (double)(d + 8) * 4 * DBL_EPSILON * sizes;
    if (*n == s->most && sizes - 2 * product[i - start] - slack > near[s->most - 1].square) continue;
    insert(near, n, s->most, (neighbour){squared_distance(d, query, orr_matrix_row(&s->known, i)), i});
  }
}

static double vote_of(const search *s, const neighbour *near, bool exact, size_t i) {
  double weight = s->weight[near[i].row];
  if (!s->by_distance) return weight;
  if (exact) return near[i].square == 0 ? weight : 0; /* known rows at no distance decide alone */
  return weight / sqrt(near[i].square);
}

static void vote(const search *s, const neighbour *near, size_t n, double *out) {
  bool classify = s->task == ORR_CLASSIFICATION, exact = n && near[0].square == 0;
  double total = 0, sum = 0, plain = 0;
  for (size_t c = 0; classify && c < s->k; c++) out[c] = 0;
  for (size_t i = 0; i < n; i++) {
    double v = vote_of(s, near, exact, i);
    total += v;
    if (classify) out[s->label[near[i].row]] += v;
    else {
      sum += v * s->y[near[i].row];
      plain += s->y[near[i].row];
    }
  }
  if (!classify) *out = total > 0 ? sum / total : plain / (double)n;
  for (size_t c = 0; classify && c < s->k; c++)
    out[c] = total > 0 ? ((double)n * out[c] / total + 1) / (double)(n + s->k) : 1 / (double)s->k;
}

static void search_block(void *context, size_t task) {
  search *s = context;
  double product[QUERIES * CANDIDATES];
  size_t d = s->known.cols, first = task * QUERIES, count[QUERIES] = {0};
  size_t queries = s->x->rows - first < QUERIES ? s->x->rows - first : QUERIES;
  neighbour *near = orr_calloc(QUERIES * s->most, sizeof *near);
  if (!near) {
    s->failed = true;
    return;
  }
  for (size_t start = 0; start < s->known.rows; start += CANDIDATES) {
    size_t n = s->known.rows - start < CANDIDATES ? s->known.rows - start : CANDIDATES;
    /* product[queries,n] = x[queries,d] known[n,d]' */
    orr_gemm(false, true, queries, n, d, 1, orr_matrix_row(s->x, first), d, orr_matrix_row(&s->known, start),
             d, 0, product, CANDIDATES);
    for (size_t q = 0; q < queries; q++)
      look_through(s, orr_matrix_row(s->x, first + q), product + q * CANDIDATES, start, start + n,
                   near + q * s->most, &count[q]);
  }
  for (size_t q = 0; q < queries; q++)
    vote(s, near + q * s->most, count[q], s->out + (first + q) * (s->task == ORR_CLASSIFICATION ? s->k : 1));
  orr_free(near);
}

static orr_status prepare(search *s, const orr_store *store, orr_arena *arena, orr_error *e) {
  const orr_tensor *x = orr_store_find(store, "x");
  s->known = (orr_matrix){.rows = x->shape[0], .cols = x->shape[1], .x = x->f64};
  s->weight = orr_store_find(store, "weight")->f64;
  if (s->task == ORR_CLASSIFICATION) s->label = orr_store_find(store, "label")->i32;
  else s->y = orr_store_find(store, "y")->f64;
  s->most = (size_t)orr_store_find(store, "neighbours")->f64[0];
  if (s->most > s->known.rows) s->most = s->known.rows;
  s->by_distance = orr_store_find(store, "by_distance")->f64[0] != 0;
  ORR_TAKE(arena, s->size, s->known.rows, e);
  for (size_t i = 0; i < s->known.rows; i++)
    s->size[i] = orr_dot(s->known.cols, orr_matrix_row(&s->known, i), orr_matrix_row(&s->known, i));
  return ORR_OK;
}

static orr_status predict(const orr_store *store, orr_task task, const orr_matrix *x, size_t k, double *out,
                          const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  search s = {.task = task, .x = x, .k = k, .out = out};
  orr_status status = prepare(&s, store, &arena, e);
  size_t tasks = (x->rows + QUERIES - 1) / QUERIES;
  if (!status) status = orr_work_run(work, "neighbours", tasks, search_block, &s, e);
  if (!status && s.failed)
    status = orr_fail_memory(e, "the neighbours", QUERIES * s.most * sizeof(neighbour));
  orr_arena_fini(&arena);
  return status;
}

static orr_status check_labels(const orr_tensor *label, size_t k, orr_error *e) {
  for (size_t i = 0; i < label->count; i++)
    if (label->i32[i] < 0 || (size_t)label->i32[i] >= k)
      return orr_fail(e, ORR_DATA, "row %zu has class %d of %zu", i, label->i32[i], k);
  return ORR_OK;
}

static orr_status check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e) {
  const orr_tensor *x, *t;
  double number;
  ORR_TRY(orr_store_want(s, "x", ORR_F64, 2, (size_t[]){0, d}, &x, e));
  ORR_TRY(orr_tensor_check_finite(x, e));
  size_t n = x->shape[0];
  if (!n) return orr_fail(e, ORR_DATA, "the model knows no rows");
  ORR_TRY(orr_store_want(s, "weight", ORR_F64, 1, &n, &t, e));
  ORR_TRY(orr_tensor_check_finite(t, e));
  ORR_TRY(orr_store_want_number(s, "neighbours", 1, 10000, &number, e));
  ORR_TRY(orr_store_want_number(s, "by_distance", 0, 1, &number, e));
  if (task == ORR_CLASSIFICATION) {
    ORR_TRY(orr_store_want(s, "label", ORR_I32, 1, &n, &t, e));
    return check_labels(t, k, e);
  }
  ORR_TRY(orr_store_want(s, "y", ORR_F64, 1, &n, &t, e));
  return orr_tensor_check_finite(t, e);
}

const orr_family orr_family_knn = {
    .name = "knn",
    .title = "k nearest neighbours",
    .help = "the vote of the nearest training rows",
    .tasks = ORR_CLASSIFICATION | ORR_REGRESSION,
    .needs = ORR_NEEDS_IMPUTED | ORR_NEEDS_SCALED,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .predict = predict,
    .check = check,
};
