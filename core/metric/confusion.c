/* Confusion counts; see confusion.h. The tally of one class needs no table, so
 * that scores under bootstrap allocate nothing. */
#include "metric/confusion.h"

#include <string.h>

void orr_confusion_fill(const orr_evaluation *v, const double *weight, double *cells) {
  memset(cells, 0, v->classes * v->classes * sizeof *cells);
  for (size_t i = 0; i < v->n; i++)
    cells[(size_t)v->label[i] * v->classes + (size_t)orr_predicted_class(v, i)] += weight ? weight[i] : 1.0;
}

orr_tally orr_confusion_tally(const orr_evaluation *v, const double *weight, int32_t k) {
  orr_tally t = {0};
  for (size_t i = 0; i < v->n; i++) {
    bool is = v->label[i] == k, said = v->predicted[i] == k;
    t.actual += weight[i] * is;
    t.said += weight[i] * said;
    t.hits += weight[i] * (is & said);
  }
  return t;
}
