/* Targets: the column to be learnt, as class labels or as numbers. */
#ifndef ORR_DATA_TARGET_H
#define ORR_DATA_TARGET_H

#include "base/arena.h"
#include "data/table.h"

enum { ORR_NO_LABEL = -1, ORR_MOST_CLASSES = 256 };

typedef struct orr_classes {
  size_t count;
  const char *const *names; /* in ascending order: by number where all are, else by byte */
} orr_classes;

/* The distinct values of `column` among `rows`; ORR_DATA when there are fewer than two or too many. */
orr_status orr_classes_find(const orr_table *t, size_t column, const size_t *rows, size_t n, orr_arena *arena,
                            orr_classes *out, orr_error *e);

/* label[n] of the rows: index into classes, or ORR_NO_LABEL when missing or unknown. */
orr_status orr_classes_label(const orr_classes *c, const orr_table *t, size_t column, const size_t *rows,
                             size_t n, orr_arena *arena, int32_t **label, orr_error *e);

/* The rows whose target (and weight, if column ≥ 0) is there; the rest are counted. */
orr_status orr_target_rows(const orr_table *t, size_t target, int weight, const size_t *rows, size_t n,
                           orr_arena *arena, size_t **kept, size_t *n_kept, orr_error *e);

#endif
