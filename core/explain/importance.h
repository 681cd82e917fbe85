/* Permutation importance: how much worse a model's score becomes on rows it did
 * not learn from when a column is taken from other rows (Breiman, "Random
 * forests", Machine Learning 45, 2001, section 10; Fisher, Rudin and Dominici,
 * "All models are wrong, but many are useful", JMLR 20, 2019, equation 3).
 *
 * In each repeat the rows stand in a random ring and each takes the column of
 * the next, so that none keeps its own: the estimate is Fisher's e_switch
 * without bias. Correlated columns make up for each other when they are
 * permuted one at a time, so groups of them are permuted together as well.
 */
#ifndef ORR_EXPLAIN_IMPORTANCE_H
#define ORR_EXPLAIN_IMPORTANCE_H

#include "explain/asked.h"

typedef struct orr_importance_spec {
  const orr_kept *model;
  const orr_table *table;
  const size_t
      *rows; /* not learnt from; those without a target, or of a class training never saw, are left out */
  size_t n;
  const char *weight; /* column of row weights; NULL: none */
  bool absolute_weights;
  const char *score;  /* log_loss, brier, accuracy; rmse, mae, r2; NULL: log_loss, or rmse */
  size_t repeats;     /* 0: 10 */
  size_t most_rows;   /* 0: 5,000 */
  double correlation; /* |Spearman| above which columns are grouped; 0: 0.9; 1: none are */
  uint64_t seed;
} orr_importance_spec;

/* A column, or a group of correlated ones. Error: one standard error over rows and repeats, in squares. */
typedef struct orr_important {
  const char *name;           /* "mass", or "mass+charge", "mass+7 more" */
  const char *const *columns; /* [n_columns] */
  size_t n_columns;
  double value, error; /* by how much the score becomes worse; above 0: the model needs it */
  double error_rows, error_repeats;
  size_t group; /* of a column: its group's index in `groups` + 1; 0: it is in none */
} orr_important;

typedef struct orr_importance {
  const char *score, *score_title;
  double base, base_error; /* the score as it is, and its error over the rows */
  size_t n, of, repeats;   /* rows asked about, of how many */
  orr_important *columns;  /* [n_columns] by descending value */
  size_t n_columns;
  orr_important *groups; /* [n_groups] of two columns and more, by descending value */
  size_t n_groups;
} orr_importance;

/* Everything in `out` lives in the arena. ORR_STOPPED when the work is abandoned. */
orr_status orr_importance_measure(const orr_importance_spec *spec, const orr_work *work, orr_arena *arena,
                                  orr_importance *out, orr_error *e);

#endif
