/* Profiles: what is in a table, column by column, for a person who sees it for
 * the first time: figures, a small histogram, a guess at its role with the
 * reason, and what looks wrong. Pure: a table in, a profile out, the same for
 * any number of threads. */
#ifndef ORR_DATA_PROFILE_H
#define ORR_DATA_PROFILE_H

#include "base/progress.h"
#include "data/table.h"

enum { ORR_PROFILE_BINS = 16 };

typedef struct orr_column_profile {
  const orr_column *column;
  size_t missing, distinct;              /* distinct present values */
  size_t infinite;                       /* cells of a float column that are ±infinity */
  double min, q1, median, q3, max, mean; /* NaN where the type has none; times in seconds since 1970 */
  double mean_error;       /* one standard error of the mean; rows that were taken in runs count as runs */
  int64_t least, greatest; /* INT64, TIME (nanoseconds): min and max to the last digit */
  uint64_t
      bins[ORR_PROFILE_BINS]; /* numbers: equal widths from min to max; text: the most frequent words first */
  size_t n_bins;
  double low, width;                   /* numbers: bin i begins at low + i width; the last one ends at max */
  const char *words[ORR_PROFILE_BINS]; /* TEXT: the word of each bin; the column's own */
  orr_role role;                       /* as guessed */
  const char *why;                     /* the reason of the guess, a few words */
  const char *of;                      /* role error_of: the column whose error it is; else NULL */
  const char *const
      *flags; /* "constant", "id-like", "same as x", "nearly the target y", "-999 looks missing", … */
  size_t n_flags;
} orr_column_profile;

typedef struct orr_profile {
  size_t rows, duplicate_rows;     /* rows equal to an earlier one in every column */
  const char *target, *target_why; /* the column most like a target; NULL: none stands out */
  bool target_is_number;           /* regression rather than classification */
  orr_column_profile *columns;     /* [n_columns] */
  size_t n_columns;
} orr_profile;

/* `target`: the column that the person named; NULL: guess. All memory is the arena's, but for the words and names,
 * which are the table's. ORR_DATA: no such target. */
orr_status orr_profile_make(const orr_table *t, const char *target, const orr_work *work, orr_arena *arena,
                            orr_profile *out, orr_error *e);

#endif
