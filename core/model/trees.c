/* Decision trees as flat tensors; see trees.h. */
#include "model/trees.h"

#include <float.h>
#include <math.h>

enum { ROWS_AT_ONCE = 256 };

/* One row a tensor, so that adding, viewing and hashing agree on names, types and sizes. */
#define TENSORS(X)                                                                                           \
  X(offset, "tree.offset", I64, i64, 0)                                                                      \
  X(group, "tree.group", I32, i32, 1)                                                                        \
  X(left, "tree.left", I32, i32, 2)                                                                          \
  X(right, "tree.right", I32, i32, 2)                                                                        \
  X(feature, "tree.feature", I32, i32, 2)                                                                    \
  X(threshold, "tree.threshold", F32, f32, 2)                                                                \
  X(leaf, "tree.leaf", F32, f32, 2)                                                                          \
  X(cover, "tree.cover", F32, f32, 2)                                                                        \
  X(default_left, "tree.default_left", U8, u8, 2)                                                            \
  X(base, "tree.base", F64, f64, 3)                                                                          \
  X(scale, "tree.scale", F64, f64, 4)

orr_status orr_trees_add(orr_store *s, size_t count, size_t nodes, size_t groups, orr_trees *out,
                         orr_error *e) {
  const size_t sizes[] = {count + 1, count, nodes, groups, 1};
  orr_tensor *t;
  if (nodes > INT32_MAX)
    return orr_fail(e, ORR_DATA, "%zu tree nodes are more than are kept; try fewer or smaller trees", nodes);
  *out = (orr_trees){.count = count, .groups = groups, .nodes = nodes};
#define X(field, name, dtype, member, size)                                                                  \
  ORR_TRY(orr_store_add(s, name, ORR_##dtype, 1, &sizes[size], &t, e));                                      \
  out->field = t->member;
  TENSORS(X)
#undef X
  *out->scale = 1;
  return ORR_OK;
}

orr_status orr_trees_view(const orr_store *s, size_t groups, orr_trees *out, orr_error *e) {
  const orr_tensor *t;
  ORR_TRY(orr_store_want(s, "tree.group", ORR_I32, 1, (size_t[]){0}, &t, e));
  size_t count = t->count;
  ORR_TRY(orr_store_want(s, "tree.left", ORR_I32, 1, (size_t[]){0}, &t, e));
  size_t nodes = t->count;
  const size_t sizes[] = {count + 1, count, nodes, groups, 1};
  if (!count || nodes < count)
    return orr_fail(e, ORR_DATA, "%zu trees of %zu nodes: no such forest", count, nodes);
  *out = (orr_trees){.count = count, .groups = groups, .nodes = nodes};
#define X(field, name, dtype, member, size)                                                                  \
  ORR_TRY(orr_store_want(s, name, ORR_##dtype, 1, &sizes[size], &t, e));                                     \
  out->field = t->member;
  TENSORS(X)
#undef X
  return ORR_OK;
}

static bool node_is_sound(const orr_trees *t, int64_t node, int64_t end, size_t d) {
  int64_t left = t->left[node], right = t->right[node];
  if (!isfinite(t->leaf[node]) || !isfinite(t->threshold[node]) || t->default_left[node] > 1) return false;
  if (!(t->cover[node] >= 0 && isfinite(t->cover[node]))) return false;
  if (left == -1 && right == -1) return true;
  return left > node && left < end && right > node && right < end && left != right && t->feature[node] >= 0 &&
         (size_t)t->feature[node] < d;
}

orr_status orr_trees_check(const orr_store *s, size_t d, size_t groups, orr_error *e) {
  orr_trees t;
  ORR_TRY(orr_trees_view(s, groups, &t, e));
  ORR_TRY(orr_tensor_check_finite(orr_store_find(s, "tree.base"), e));
  ORR_TRY(orr_tensor_check_finite(orr_store_find(s, "tree.scale"), e));
  if (t.offset[0] != 0 || t.offset[t.count] != (int64_t)t.nodes)
    return orr_fail(e, ORR_DATA, "the trees do not cover their %zu nodes", t.nodes);
  for (size_t i = 0; i < t.count; i++) {
    int64_t start = t.offset[i], end = t.offset[i + 1];
    if (end <= start || end > (int64_t)t.nodes || t.group[i] < 0 || (size_t)t.group[i] >= groups)
      return orr_fail(e, ORR_DATA, "tree %zu is out of place", i);
    for (int64_t node = start; node < end; node++)
      if (!node_is_sound(&t, node, end, d))
        return orr_fail(e, ORR_DATA, "tree %zu is damaged at node %lld", i, (long long)(node - start));
  }
  return ORR_OK;
}

float orr_tree_cell(double x) {
  if (x > FLT_MAX) return FLT_MAX;
  if (x < -FLT_MAX) return -FLT_MAX;
  return (float)x;
}

typedef struct walk {
  const orr_trees *trees;
  const orr_matrix *x;
  float *cells; /* [n,d] */
  double *out;
} walk;

static double reach(const orr_trees *t, int64_t node, const float *cells) {
  while (t->left[node] >= 0) {
    float cell = cells[t->feature[node]];
    bool goes_left = isnan(cell) ? t->default_left[node] : cell < t->threshold[node];
    node = goes_left ? t->left[node] : t->right[node];
  }
  return t->leaf[node];
}

static void walk_block(void *context, size_t task) {
  const walk *w = context;
  const orr_trees *t = w->trees;
  size_t d = w->x->cols, start = task * ROWS_AT_ONCE, end = start + ROWS_AT_ONCE;
  if (end > w->x->rows) end = w->x->rows;
  for (size_t i = start * d; i < end * d; i++) w->cells[i] = orr_tree_cell(w->x->x[i]);
  for (size_t i = 0; i < t->count; i++)
    for (size_t row = start; row < end; row++)
      w->out[row * t->groups + (size_t)t->group[i]] += reach(t, t->offset[i], w->cells + row * d);
  for (size_t row = start; row < end; row++)
    for (size_t g = 0; g < t->groups; g++) {
      double *sum = &w->out[row * t->groups + g];
      *sum = t->base[g] + *t->scale * *sum;
    }
}

orr_status orr_trees_margins(const orr_trees *t, const orr_matrix *x, double *out, const orr_work *work,
                             orr_error *e) {
  orr_arena arena = {0};
  walk w = {.trees = t, .x = x, .out = out};
  void *cells;
  for (size_t i = 0; i < x->rows * t->groups; i++) out[i] = 0;
  orr_status status = orr_arena_take(&arena, x->rows * x->cols, sizeof *w.cells, &cells, e);
  w.cells = cells;
  size_t tasks = (x->rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
  if (!status) status = orr_work_run(work, "prediction", tasks, walk_block, &w, e);
  orr_arena_fini(&arena);
  return status;
}
