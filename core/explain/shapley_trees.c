/* TreeSHAP; see shapley_trees.h. */
#include "explain/shapley_trees.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "explain/shapley_methods.h"
#include "model/fit.h"

enum { MOST_DEPTH = 512 };

/* A column on the way down: the shares of subsets that go on without and with it, and the weight of subsets of that
 * many columns. */
typedef struct step {
  int32_t feature;
  double zero, one, weight;
} step;

typedef struct walk {
  const orr_trees *trees;
  const float *cells; /* [d] of the row */
  double *share;      /* [groups,d] */
  double scale;
  size_t d, group;
} walk;

static void extend(step *path, size_t depth, double zero, double one, int32_t feature) {
  path[depth] = (step){feature, zero, one, depth == 0};
  for (size_t i = depth; i-- > 0;) {
    path[i + 1].weight += one * path[i].weight * (double)(i + 1) / (double)(depth + 1);
    path[i].weight = zero * path[i].weight * (double)(depth - i) / (double)(depth + 1);
  }
}

static void unwind(step *path, size_t depth, size_t at) {
  double one = path[at].one, zero = path[at].zero, next = path[depth].weight;
  for (size_t i = depth; i-- > 0;) {
    if (one != 0) {
      double here = path[i].weight;
      path[i].weight = next * (double)(depth + 1) / ((double)(i + 1) * one);
      next = here - path[i].weight * zero * (double)(depth - i) / (double)(depth + 1);
    } else {
      path[i].weight = path[i].weight * (double)(depth + 1) / (zero * (double)(depth - i));
    }
  }
  for (size_t i = at; i < depth; i++)
    path[i].feature = path[i + 1].feature, path[i].zero = path[i + 1].zero, path[i].one = path[i + 1].one;
}

/* The sum of weights that unwinding would leave. */
static double unwound(const step *path, size_t depth, size_t at) {
  double one = path[at].one, zero = path[at].zero, next = path[depth].weight, total = 0;
  for (size_t i = depth; i-- > 0;) {
    if (one != 0) {
      double here = next * (double)(depth + 1) / ((double)(i + 1) * one);
      total += here;
      next = path[i].weight - here * zero * (double)(depth - i) / (double)(depth + 1);
    } else {
      total += path[i].weight / zero * (double)(depth + 1) / (double)(depth - i);
    }
  }
  return total;
}

/* The share of a node's training rows that went left; half where none is known. */
static double left_share(const orr_trees *t, int64_t node) {
  double left = (double)t->cover[t->left[node]], right = (double)t->cover[t->right[node]];
  return left + right > 0 ? left / (left + right) : 0.5;
}

static bool goes_left(const walk *w, int64_t node) {
  float cell = w->cells[w->trees->feature[node]];
  return isnan(cell) ? w->trees->default_left[node] : cell < w->trees->threshold[node];
}

/* `above` holds the path of the parent; this node's copy of it lies behind. */
static void descend(const walk *w, int64_t node, const step *above, size_t depth, double zero, double one,
                    int32_t feature) {
  const orr_trees *t = w->trees;
  step *path = (step *)above + depth;
  if (zero == 0 && one == 0) return; /* no subset comes here */
  memcpy(path, above, depth * sizeof *path);
  extend(path, depth, zero, one, feature);
  if (t->left[node] < 0) {
    for (size_t i = 1; i <= depth; i++)
      w->share[w->group * w->d + (size_t)path[i].feature] +=
          w->scale * unwound(path, depth, i) * (path[i].one - path[i].zero) * (double)t->leaf[node];
    return;
  }
  bool left = goes_left(w, node);
  double share = left_share(t, node), before_zero = 1, before_one = 1;
  size_t at = 1;
  while (at <= depth && path[at].feature != t->feature[node]) at++;
  if (at <= depth) {
    before_zero = path[at].zero, before_one = path[at].one;
    unwind(path, depth--, at);
  }
  descend(w, t->left[node], path, depth + 1, share * before_zero, left ? before_one : 0, t->feature[node]);
  descend(w, t->right[node], path, depth + 1, (1 - share) * before_zero, left ? 0 : before_one,
          t->feature[node]);
}

/* Children lie behind their parents. */
static orr_status deepest(const orr_trees *t, size_t *depth, orr_error *e) {
  uint32_t *level = orr_calloc(t->nodes, sizeof *level);
  if (!level) return orr_fail_memory(e, "a forest", t->nodes * sizeof *level);
  *depth = 0;
  for (size_t i = 0; i < t->nodes; i++) {
    if (level[i] > *depth) *depth = level[i];
    if (t->left[i] >= 0) level[t->left[i]] = level[t->right[i]] = level[i] + 1;
  }
  orr_free(level);
  if (*depth <= MOST_DEPTH) return ORR_OK;
  return orr_fail(e, ORR_DATA, "a tree asks %zu questions of a row; at most %d can be shared out", *depth,
                  MOST_DEPTH);
}

static orr_status mean_margins(const orr_trees *t, double *base, orr_error *e) {
  double *mean = orr_calloc(t->nodes, sizeof *mean);
  if (!mean) return orr_fail_memory(e, "a forest", t->nodes * sizeof *mean);
  for (size_t i = t->nodes; i-- > 0;) {
    double share = t->left[i] < 0 ? 0 : left_share(t, (int64_t)i);
    mean[i] =
        t->left[i] < 0 ? (double)t->leaf[i] : share * mean[t->left[i]] + (1 - share) * mean[t->right[i]];
  }
  for (size_t g = 0; g < t->groups; g++) base[g] = t->base[g];
  for (size_t i = 0; i < t->count; i++) base[t->group[i]] += *t->scale * mean[t->offset[i]];
  orr_free(mean);
  return ORR_OK;
}

typedef struct walks {
  const orr_trees *trees;
  const orr_matrix *x;
  double *share;
  size_t depth;
  atomic_bool starved;
} walks;

static void walk_row(void *context, size_t row) {
  walks *all = context;
  const orr_trees *t = all->trees;
  size_t d = all->x->cols, room = (all->depth + 2) * (all->depth + 3);
  step *path = orr_calloc(room, sizeof *path);
  float *cells = orr_calloc(d + 1, sizeof *cells);
  walk w = {
      .trees = t, .cells = cells, .share = all->share + row * t->groups * d, .scale = *t->scale, .d = d};
  if (!path || !cells) atomic_store(&all->starved, true);
  for (size_t j = 0; cells && j < d; j++) cells[j] = orr_tree_cell(all->x->x[row * d + j]);
  for (size_t i = 0; path && cells && i < t->count; i++) {
    w.group = (size_t)t->group[i];
    descend(&w, t->offset[i], path, 0, 1, 1, -1);
  }
  orr_free(path);
  orr_free(cells);
}

orr_status orr_trees_shapley(const orr_trees *t, const orr_matrix *x, double *share, double *base,
                             const orr_work *work, orr_error *e) {
  walks w = {.trees = t, .x = x, .share = share};
  memset(share, 0, x->rows * t->groups * x->cols * sizeof *share);
  ORR_TRY(deepest(t, &w.depth, e));
  ORR_TRY(mean_margins(t, base, e));
  ORR_TRY(orr_work_run(work, "shapley", x->rows, walk_row, &w, e));
  return atomic_load(&w.starved) ? orr_fail_memory(e, "a path", w.depth * w.depth) : ORR_OK;
}

/* How the groups make the answer: a forest's are shares of classes, others' log-odds. */
static orr_shapley_scale weigh(const orr_sharing *s, size_t groups, double *weight, double *constant) {
  const orr_kept *m = s->spec->model;
  bool forest = m->family == &orr_family_random_forest;
  *constant = 0;
  if (m->task == ORR_REGRESSION) return *weight = 1, ORR_SHAPLEY_UNITS;
  if (!forest) return orr_shapley_weigh_outputs(m->classes.count, s->class, weight), ORR_SHAPLEY_LOG_ODDS;
  for (size_t g = 0; g < groups; g++) weight[g] = groups == 1 ? s->class == 1 ? 1 : -1 : g == s->class;
  *constant = groups == 1 && s->class == 0;
  return ORR_SHAPLEY_SHARE;
}

orr_status orr_shapley_of_trees(const orr_sharing *s, orr_shapley *out, orr_error *e) {
  const orr_kept *m = s->spec->model;
  const orr_matrix *x = &s->asked->x;
  size_t groups = m->task == ORR_CLASSIFICATION ? orr_score_count(m->classes.count) : 1, d = x->cols;
  double *share, *base, *margin, *weight, *sum, constant;
  orr_trees t;
  ORR_TRY(orr_trees_view(&m->store, groups, &t, e));
  ORR_TAKE(s->arena, share, x->rows * groups * d, e);
  ORR_TAKE(s->arena, margin, x->rows * groups, e);
  ORR_TAKE(s->arena, base, groups, e);
  ORR_TAKE(s->arena, weight, groups, e);
  ORR_TAKE(s->arena, sum, d, e);
  ORR_TRY(orr_trees_shapley(&t, x, share, base, s->work, e));
  ORR_TRY(orr_trees_margins(&t, x, margin, s->work, e));
  out->method = "trees";
  out->scale = weigh(s, groups, weight, &constant);
  out->base = constant;
  for (size_t g = 0; g < groups; g++) out->base += weight[g] * base[g];
  for (size_t i = 0; i < x->rows; i++) {
    memset(sum, 0, d * sizeof *sum);
    out->answer[i] = constant;
    for (size_t g = 0; g < groups; g++) {
      out->answer[i] += weight[g] * margin[i * groups + g];
      for (size_t j = 0; j < d; j++) sum[j] += weight[g] * share[(i * groups + g) * d + j];
    }
    orr_shapley_gather(&m->encoder, sum, out->share + i * out->n_columns);
  }
  return ORR_OK;
}
