/* Predictions as a table: row, kept columns, target, prediction, then what the task adds. */
#ifndef ORR_SESSION_PREDICTIONS_H
#define ORR_SESSION_PREDICTIONS_H

#include "base/value.h"
#include "model/kept.h"

typedef struct orr_predictions_spec {
  const orr_kept *model;
  const orr_table *table;
  const size_t *rows;
  size_t n;
  const size_t *keep; /* column numbers */
  size_t n_keep;
} orr_predictions_spec;

/* A row for each of p->rows; unseen: cells with categories that training never saw. */
orr_status orr_predictions_make(const orr_predictions_spec *p, const orr_work *work, orr_table **out,
                                size_t *unseen, orr_error *e);

/* Column numbers of the names. */
orr_status orr_predictions_keep(const orr_table *t, const orr_value *names, orr_arena *arena, size_t **keep,
                                size_t *n, orr_error *e);

#endif
