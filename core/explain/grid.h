/* Points at which a column is asked about: quantiles of its numbers, or its words. */
#ifndef ORR_EXPLAIN_GRID_H
#define ORR_EXPLAIN_GRID_H

#include "explain/asked.h"

typedef struct orr_grid {
  const char *name, *unit;
  size_t points;
  double *at;               /* [points] ascending numbers; of text the words' indices in the encoder */
  const char *const *words; /* [points] of text, the most frequent first; else NULL */
  double *share;            /* [points] of the rows: nearest to it, or of that word */
  double *value;            /* [n] NAN: missing */
  uint32_t *bin; /* [n] of numbers: in (at[bin-1], at[bin]], the first bin with its lower end; 0: missing */
} orr_grid;

/* At most `most` points. ORR_DATA for a column with fewer than two values in these rows. */
orr_status orr_grid_lay(const orr_asked *a, size_t column, size_t most, orr_arena *arena, orr_grid *out,
                        orr_error *e);

#endif
