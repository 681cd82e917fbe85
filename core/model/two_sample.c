/* The classifier two-sample test; see two_sample.h. Rows lie in pairs, one of
 * each sample, so that both halves are balanced and a classifier that knows
 * nothing is right about half of the rows.
 *
 * Not cross-validated: folds that learn from one another are right and wrong
 * together, and samples of one distribution then give accuracies 1.2 times as
 * spread as those of so many independent rows. */
#include "model/two_sample.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/model.h"
#include "num/statistics.h"

typedef struct rows {
  size_t pairs, d;
  double *x;      /* [2 pairs, d] */
  int32_t *label; /* [2 pairs] */
} rows;

static orr_status place(rows *r, const orr_matrix *from, int32_t label, uint64_t seed, orr_arena *arena,
                        orr_error *e) {
  size_t *order;
  ORR_TAKE(arena, order, from->rows, e);
  for (size_t i = 0; i < from->rows; i++) order[i] = i;
  orr_random random = orr_random_stream(seed, (uint64_t)label, ORR_FOR_FOLDS);
  orr_random_shuffle(&random, order, from->rows);
  for (size_t i = 0; i < r->pairs; i++) {
    size_t at = 2 * i + (size_t)label;
    memcpy(r->x + at * r->d, from->x + order[i] * r->d, r->d * sizeof *r->x);
    r->label[at] = label;
  }
  return ORR_OK;
}

static orr_status fit_and_say(const rows *r, const orr_matrix *rest, double *said, uint64_t seed,
                              const orr_work *work, orr_arena *arena, orr_error *e) {
  const orr_family *trees = &orr_family_boosted_trees;
  orr_options options;
  orr_store store = {0};
  orr_fit_outcome outcome;
  orr_pair pairs[] = {
      {"n_estimators", {.kind = ORR_INTEGER, .integer = 200}},
      {"colsample_bytree", {.kind = ORR_NUMBER, .number = 1}}}; /* of two columns 0.8 are one */
  orr_value given = {.kind = ORR_DICT, .count = 2, .pairs = pairs};
  orr_frame train = {.x = {2 * r->pairs - rest->rows, r->d, r->x}, .classes = 2, .label = r->label};
  ORR_TRY(orr_options_init(&options, trees->options, trees->n_options, &given, NULL, arena, e));
  orr_fit_input in = {.task = ORR_CLASSIFICATION,
                      .train = &train,
                      .options = &options,
                      .seed = seed,
                      .work = work,
                      .arena = arena};
  orr_status status = trees->fit(&in, &store, &outcome, e);
  if (!status) status = trees->predict(&store, in.task, rest, 2, said, work, e);
  orr_store_fini(&store);
  return status;
}

static orr_two_sample sum_up(const double *said, const int32_t *label, size_t n) {
  double right = 0;
  for (size_t i = 0; i < n; i++) right += (said[2 * i + 1] > 0.5) == (label[i] == 1);
  double share = right / (double)n;
  return (orr_two_sample){.accuracy = share,
                          .standard_error = sqrt(share * (1 - share) / (double)n),
                          .p_value = orr_normal_cdf(-(share - 0.5) * 2 * sqrt((double)n)),
                          .rows = n};
}

static orr_status test(const orr_matrix *a, const orr_matrix *b, uint64_t seed, const orr_work *work,
                       orr_arena *arena, orr_two_sample *out, orr_error *e) {
  rows r = {.pairs = a->rows < b->rows ? a->rows : b->rows, .d = a->cols};
  double *said;
  ORR_TAKE(arena, r.x, 2 * r.pairs * r.d, e);
  ORR_TAKE(arena, r.label, 2 * r.pairs, e);
  ORR_TAKE(arena, said, 2 * r.pairs + 2, e);
  ORR_TRY(place(&r, a, 0, seed, arena, e));
  ORR_TRY(place(&r, b, 1, seed, arena, e));
  size_t learnt = 2 * (r.pairs / 2), judged = 2 * r.pairs - learnt;
  orr_matrix rest = {judged, r.d, r.x + learnt * r.d};
  ORR_TRY(fit_and_say(&r, &rest, said, seed, work, arena, e));
  *out = sum_up(said, r.label + learnt, judged);
  return ORR_OK;
}

orr_status orr_two_sample_test(const orr_matrix *a, const orr_matrix *b, uint64_t seed, const orr_work *work,
                               orr_two_sample *out, orr_error *e) {
  orr_arena arena = {0};
  if (a->cols != b->cols || !a->cols)
    return orr_fail(e, ORR_SHAPE, "samples of %zu and %zu columns cannot be compared", a->cols, b->cols);
  if (a->rows < ORR_LEAST_TWO_SAMPLE || b->rows < ORR_LEAST_TWO_SAMPLE)
    return orr_fail(e, ORR_DATA, "samples of %zu and %zu rows; a classifier needs %d of each", a->rows,
                    b->rows, ORR_LEAST_TWO_SAMPLE);
  orr_status status = test(a, b, seed, work, &arena, out, e);
  orr_arena_fini(&arena);
  return status;
}
