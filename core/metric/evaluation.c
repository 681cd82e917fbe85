/* Evaluations; see evaluation.h. What does not depend on the weights is found here
 * once, so that a score under resampled weights is no more than a walk along the rows. */
#include "metric/evaluation.h"

#include <math.h>

#include "num/statistics.h"

const char *orr_task_name(orr_task task) {
  return task == ORR_CLASSIFICATION ? "classification" : task == ORR_REGRESSION ? "regression" : "latent";
}

static int32_t most_probable(const orr_evaluation *v, size_t row) {
  int32_t best = 0;
  for (size_t k = 1; k < v->classes; k++)
    if (orr_probability(v, row, k) > orr_probability(v, row, (size_t)best)) best = (int32_t)k;
  return best;
}

int32_t orr_predicted_class(const orr_evaluation *v, size_t row) {
  return v->predicted ? v->predicted[row] : most_probable(v, row);
}

int32_t orr_claimed_class(const orr_evaluation *v, size_t row) {
  return v->classes == 2 ? ORR_POSITIVE : orr_predicted_class(v, row);
}

static orr_status check(const orr_evaluation *v, orr_error *e) {
  if (v->n > UINT32_MAX) return orr_fail(e, ORR_SHAPE, "%zu rows to score; at most 2^32 - 1 can be", v->n);
  for (size_t i = 0; i < v->n * v->classes; i++)
    if (isnan(v->probability[i]))
      return orr_fail(e, ORR_NUMERIC,
                      "the probability of class '%.80s' in row %lld is not a number; try a simpler model",
                      v->class_names ? v->class_names[i % v->classes] : "?",
                      (long long)(v->row ? v->row[i / v->classes] : (int64_t)(i / v->classes)));
  return ORR_OK;
}

static orr_status sort_class(const orr_evaluation *v, size_t k, double *scratch, uint32_t *order,
                             uint8_t *mark, orr_error *e) {
  for (size_t i = 0; i < v->n; i++) scratch[i] = -orr_probability(v, i, k);
  ORR_TRY(orr_sort_index(scratch, v->n, order, e));
  for (size_t i = 0; i < v->n; i++) {
    bool hit = v->label[order[i]] == (int32_t)k, tied = i && scratch[order[i]] == scratch[order[i - 1]];
    mark[i] = (uint8_t)((hit ? ORR_HIT : 0) | (tied ? ORR_TIED : 0));
  }
  return ORR_OK;
}

static orr_status sort_classes(orr_evaluation *v, orr_arena *arena, double *scratch, orr_error *e) {
  uint32_t *order;
  uint8_t *mark;
  ORR_TAKE(arena, order, v->n * v->classes, e);
  ORR_TAKE(arena, mark, v->n * v->classes, e);
  for (size_t k = 0; k < v->classes; k++)
    ORR_TRY(sort_class(v, k, scratch, order + k * v->n, mark + k * v->n, e));
  v->order = order;
  v->mark = mark;
  return ORR_OK;
}

static orr_status predict(orr_evaluation *v, orr_arena *arena, orr_error *e) {
  int32_t *predicted;
  ORR_TAKE(arena, predicted, v->n, e);
  for (size_t i = 0; i < v->n; i++) predicted[i] = most_probable(v, i);
  v->predicted = predicted;
  return ORR_OK;
}

static orr_status cut_bins(orr_evaluation *v, orr_arena *arena, double *scratch, orr_error *e) {
  enum { LEAST_ROWS = 20 };
  uint32_t *order;
  uint8_t *bin;
  size_t bins = v->n / LEAST_ROWS < ORR_BINS ? v->n / LEAST_ROWS + (v->n < LEAST_ROWS) : ORR_BINS;
  ORR_TAKE(arena, order, v->n, e);
  ORR_TAKE(arena, bin, v->n, e);
  for (size_t i = 0; i < v->n; i++) scratch[i] = -orr_probability(v, i, (size_t)orr_claimed_class(v, i));
  ORR_TRY(orr_sort_index(scratch, v->n, order, e));
  for (size_t i = 0; i < v->n; i++) {
    bool tied = i && scratch[order[i]] == scratch[order[i - 1]];
    bin[order[i]] = tied ? bin[order[i - 1]] : (uint8_t)(i * bins / v->n);
  }
  v->confident = order;
  v->bin = bin;
  return ORR_OK;
}

orr_status orr_evaluation_sort(orr_evaluation *v, orr_arena *arena, orr_error *e) {
  double *scratch;
  if (v->task != ORR_CLASSIFICATION) return ORR_OK;
  ORR_TRY(check(v, e));
  ORR_TAKE(arena, scratch, v->n, e);
  ORR_TRY(predict(v, arena, e));
  ORR_TRY(sort_classes(v, arena, scratch, e));
  return cut_bins(v, arena, scratch, e);
}
