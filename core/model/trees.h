/* Decision trees as flat tensors, and their predictor.
 *
 * Nodes of all trees lie in one run, each tree from its root on, so that a
 * child's index is above its parent's and inside the same tree: every walk
 * ends. A node without children is a leaf. As in XGBoost (Chen & Guestrin
 * 2016) a cell below the threshold, as a float32, goes left, a missing one
 * where default_left says.
 */
#ifndef ORR_MODEL_TREES_H
#define ORR_MODEL_TREES_H

#include "base/progress.h"
#include "model/store.h"
#include "num/matrix.h"

typedef struct orr_trees {
  size_t count, groups, nodes;
  int64_t *offset;         /* [count+1] first node of each tree; the last is `nodes` */
  int32_t *group;          /* [count] the output a tree adds to */
  int32_t *left, *right;   /* [nodes] -1: a leaf */
  int32_t *feature;        /* [nodes] */
  float *threshold, *leaf; /* [nodes] */
  float *cover;          /* [nodes] sum of the training rows' second derivatives that came by; 0: not known */
  uint8_t *default_left; /* [nodes] */
  double *base;          /* [groups] */
  double *scale;         /* [1] */
} orr_trees;

/* Zeroed tensors "tree.*" in the store, and the view of them. */
orr_status orr_trees_add(orr_store *s, size_t count, size_t nodes, size_t groups, orr_trees *out,
                         orr_error *e);

/* The view of a store's trees; types and shapes are proven, contents are not. */
orr_status orr_trees_view(const orr_store *s, size_t groups, orr_trees *out, orr_error *e);

/* Proves everything the predictor relies on, for d columns. */
orr_status orr_trees_check(const orr_store *s, size_t d, size_t groups, orr_error *e);

/* out[n,groups] = base + scale · the sum of the leaves reached. */
orr_status orr_trees_margins(const orr_trees *t, const orr_matrix *x, double *out, const orr_work *work,
                             orr_error *e);

/* A cell as trees see it: NaN stays, what float32 cannot hold becomes its largest finite value. */
float orr_tree_cell(double x);

#endif
