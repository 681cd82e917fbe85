/* What the files of the profile tell one another: facts of a column that are
 * found in parallel, without an arena, before words are made of them. */
#ifndef ORR_DATA_PROFILE_PARTS_H
#define ORR_DATA_PROFILE_PARTS_H

#include <string.h>

#include "data/profile.h"

typedef struct orr_column_facts {
  uint64_t hash;             /* of the cells in order: equal columns, equal hash */
  bool counter;              /* 0, 1, 2, … or 1, 2, 3, … down the rows */
  double outlying;           /* a value that stands far from all others, */
  size_t n_outlying;         /* this often; 0: none does */
  double decades;            /* of the ratio of percentiles 99 and 1; 0 unless all are positive */
  const orr_column *same_as; /* an earlier column with the same cells */
  bool copies_target;        /* its values go one to one with the target's */
  double rank_correlation;   /* with a target of numbers; NaN: not looked at */
  bool out_of_memory;
} orr_column_facts;

typedef struct orr_profiling {
  const orr_table *table;
  orr_profile *profile;
  orr_column_facts *facts; /* [n_columns] */
  const orr_work *work;
  orr_arena *arena;
} orr_profiling;

/* A cell as 64 bits: equal cells of one column, equal bits (0 and -0 are equal; a missing cell has bits of its own). */
static inline uint64_t orr_cell_bits(const orr_column *c, size_t row) {
  static const uint64_t missing = 0x9e3779b97f4a7c15;
  double x;
  uint64_t bits;
  if (orr_column_is_missing(c, row)) return missing;
  switch (c->type) {
  case ORR_FLOAT64: x = c->float64[row] + 0.0; break;
  case ORR_FLOAT32: x = (double)c->float32[row] + 0.0; break;
  case ORR_INT64:
  case ORR_TIME: return (uint64_t)c->int64[row];
  case ORR_TEXT: return (uint64_t)c->codes[row];
  default: return c->bools[row];
  }
  memcpy(&bits, &x, sizeof bits);
  return x != x ? missing : bits;
}

static inline uint64_t orr_mix_bits(uint64_t hash, uint64_t bits) {
  hash = (hash ^ bits) * 0xff51afd7ed558ccd;
  return hash ^ hash >> 32;
}

/* Figures, histogram and hash of column `at`. */
void orr_profile_column(const orr_profiling *p, size_t at);

/* Finds same_as of every column; then, the roles being known, what copies the target. */
orr_status orr_profile_same(const orr_profiling *p, orr_error *e);
orr_status orr_profile_copies(const orr_profiling *p, orr_error *e);
orr_status orr_profile_duplicates(const orr_profiling *p, orr_error *e);

/* Guesses roles; `target` as in orr_profile_make. */
orr_status orr_profile_roles(const orr_profiling *p, const char *target, orr_error *e);
orr_status orr_profile_flags(const orr_profiling *p, orr_error *e);

#endif
