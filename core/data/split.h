/* Splits: which rows train, which validate, which are kept sealed to test. */
#ifndef ORR_DATA_SPLIT_H
#define ORR_DATA_SPLIT_H

#include "base/arena.h"
#include "data/table.h"

typedef enum orr_part { ORR_PART_ALL, ORR_PART_TRAIN, ORR_PART_VALIDATION, ORR_PART_TEST } orr_part;

typedef struct orr_rows {
  size_t *index; /* ascending */
  size_t n;
} orr_rows;

typedef struct orr_split {
  orr_rows part[4]; /* by orr_part; ORR_PART_ALL is every row */
  const char *how;  /* "stratified by class", in words */
} orr_split;

typedef struct orr_split_spec {
  double test, validation;  /* fractions of all rows */
  const int64_t *test_rows; /* rows of the input that test, instead of a fraction */
  size_t n_test_rows;
  const char *stratify, *group, *time; /* column names; at most one */
  uint64_t seed;
} orr_split_spec;

const char *orr_part_name(orr_part part);

/* Stratified: every class keeps its share, to a row. Grouped: no group is in two parts. By time: the
 * latest rows test, those before them validate. ORR_DATA when a part asked for gets no row. */
orr_status orr_split_make(const orr_table *t, const orr_split_spec *spec, orr_arena *arena, orr_split *out,
                          orr_error *e);

/* Stratified folds of n labelled rows (label NULL: one class): fold[n] in 0 … k-1, each class spread evenly. */
orr_status orr_folds_make(const int32_t *label, size_t n, size_t k, uint64_t seed, orr_arena *arena,
                          uint8_t **fold, orr_error *e);

#endif
