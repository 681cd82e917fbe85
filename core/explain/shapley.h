/* Why this row: the model's answer shared out among its columns by Shapley's rule
 * (Shapley 1953; Štrumbelj and Kononenko, "Explaining prediction models",
 * Knowledge and Information Systems 41, 2014).
 *
 *   answer(row) = base + Σ share of each column
 *
 * Linear models (shapley_linear.c) and sampling (shapley_sampled.c) compare with
 * background rows whose columns are taken as they lie, apart from those asked
 * about; base is the mean answer over them. Trees (shapley_trees.h) compare with
 * what they saw in training (Lundberg et al., Nature Machine Intelligence 2,
 * 2020, algorithm 2). Answers of classifications are on the scale on which the
 * model adds up: log-odds; a forest's shares of votes.
 */
#ifndef ORR_EXPLAIN_SHAPLEY_H
#define ORR_EXPLAIN_SHAPLEY_H

#include "base/text.h"
#include "explain/asked.h"

typedef struct orr_shapley_spec {
  const orr_kept *model;
  const orr_table *table;
  const size_t *rows; /* to be explained; a target is not needed */
  size_t n;
  const orr_table *background_table; /* NULL: `table` */
  const size_t *background;          /* NULL: `rows` when there are many, else all rows of the table */
  size_t n_background;
  int class
      ; /* ORR_ANY_CLASS as in dependence.h: negative; here of more than two the likeliest of the first row */
  size_t samples; /* pairs of orders of the columns, where it is sampled; 0: 100, fewer of many columns */
  uint64_t seed;
} orr_shapley_spec;

typedef enum orr_shapley_scale {
  ORR_SHAPLEY_UNITS,
  ORR_SHAPLEY_LOG_ODDS,
  ORR_SHAPLEY_SHARE
} orr_shapley_scale;

typedef struct orr_shapley {
  const char *method;   /* "exact", "trees", "sampled" */
  const char *response; /* "log-odds of pulsar" */
  const char *class;    /* NULL of a regression */
  orr_shapley_scale scale;
  size_t n, n_columns;
  const char *const *names;  /* [n_columns] as the model was given them */
  const char *const *cells;  /* [n,n_columns] the row's cell as text, "" where it is missing */
  double *share;             /* [n,n_columns] */
  double *error;             /* [n,n_columns] one standard error; NaN where it is exact */
  double *answer;            /* [n] by the model's own predictor */
  double base, base_error;   /* base_error NaN: exact */
  double additivity;         /* the largest |base + Σ share - answer|: 0 but for rounding */
  double *size, *size_error; /* [n_columns] mean |share| over the rows, and its error over them */
  size_t *order;             /* [n_columns] by descending size */
} orr_shapley;

orr_status orr_shapley_measure(const orr_shapley_spec *spec, const orr_work *work, orr_arena *arena,
                               orr_shapley *out, orr_error *e);

/* "x3 = 5.1 raises the odds of pulsar by a factor of 3.2 (+1.16 ± 0.02)": one column of one of the rows. */
void orr_shapley_say(const orr_shapley *s, size_t row, size_t column, orr_text *out);

/* order[n_columns] of one row by descending |share|. */
void orr_shapley_order(const orr_shapley *s, size_t row, size_t *order);

#endif
