/* Scores: a table row each; adding one is a file here and a row in scores.def.
 *
 * A score that is a weighted mean over rows gives `of_row`, and its standard
 * error is that of a mean. Any other gives `of_all`, and its standard error is
 * the spread over bootstrap resamples of the rows (Efron 1979). A bounded score
 * that never varies (all rows right) is not known without error: it gets that of
 * a share that was never seen to fail, under Jeffreys' prior.
 */
#ifndef ORR_METRIC_SCORE_H
#define ORR_METRIC_SCORE_H

#include "metric/evaluation.h"

typedef struct orr_score {
  const char *name;  /* "auc"; the number is "test.auc" */
  const char *title; /* "area under the ROC curve" */
  const char *help;  /* one sentence for a person who never met it */
  unsigned tasks;    /* ORR_CLASSIFICATION | ORR_REGRESSION */
  bool lower_is_better;
  bool bounded; /* by 0 and 1, a share of rows or pairs */
  bool needs_interval;
  double (*of_row)(const orr_evaluation *v, size_t row);
  double (*of_all)(const orr_evaluation *v, const double *weight); /* weight[n], never NULL; NaN: undefined */
} orr_score;

#define ORR_SCORE(name) extern const orr_score orr_score_##name;
#include "metric/scores.def"
#undef ORR_SCORE

extern const orr_score *const orr_scores[];
extern const size_t orr_scores_count;
const orr_score *orr_score_find(const char *name);
bool orr_score_applies(const orr_score *s, const orr_evaluation *v);

enum { ORR_LABEL = 64 };

/* A name or title of s as it is for v: that of an interval says its level, "coverage_90" or "coverage_80". */
const char *orr_score_label(const orr_score *s, const orr_evaluation *v, const char *text,
                            char out[ORR_LABEL]);

/* A score of one class against the rest: of the positive class when there are two, else the plain mean
 * over classes (macro average). A class without weight in these rows gives NaN and is left out. */
typedef double (*orr_class_score_fn)(const orr_evaluation *v, const double *weight, int32_t k);
double orr_score_over_classes(const orr_evaluation *v, const double *weight, orr_class_score_fn of_class);

/* A number with its error: no bare one leaves the program. */
typedef struct orr_number {
  const char *name;
  double value, error; /* error: one standard error; NaN where the method is "exact" */
  double n, n_eff;
  const char *method; /* "standard_error", "bootstrap", "exact", "seeds" */
} orr_number;

enum { ORR_RESAMPLES = 1000 };

/* Values of score s and of its resamples: replicate[ORR_RESAMPLES] is filled for bootstrap scores. */
typedef struct orr_measured {
  const orr_score *score;
  orr_number number;
  double *replicate; /* NULL for means over rows */
} orr_measured;

/* Every score that applies to v, in the table's order; out[orr_scores_count]. v has been through
 * orr_evaluation_sort. Same seed and n, same resamples. ORR_STOPPED when abandoned. What cannot be
 * known (one class, one row, no weight) is NaN. */
orr_status orr_measure(const orr_evaluation *v, uint64_t seed, const orr_work *work, orr_arena *arena,
                       orr_measured *out, size_t *n, orr_error *e);

/* a − b for the same score on the same rows, with the error of the paired difference. */
orr_number orr_measure_difference(const orr_evaluation *va, const orr_measured *a, const orr_evaluation *vb,
                                  const orr_measured *b);

#endif
