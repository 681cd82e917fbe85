/* The table of scores; see score.h. Its order is that of scores.def. */
#include "metric/score.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const orr_score *const orr_scores[] = {
#define ORR_SCORE(name) &orr_score_##name,
#include "metric/scores.def"
#undef ORR_SCORE
};
const size_t orr_scores_count = sizeof orr_scores / sizeof *orr_scores;

/* The level in the names "coverage_90" and "width_90". */
static const char NAMED_LEVEL[] = "90"; /* as names and titles of interval scores have it */

const orr_score *orr_score_find(const char *name) {
  for (size_t i = 0; i < orr_scores_count; i++)
    if (!strcmp(orr_scores[i]->name, name)) return orr_scores[i];
  return NULL;
}

bool orr_score_applies(const orr_score *s, const orr_evaluation *v) {
  if (!(s->tasks & v->task)) return false;
  return !s->needs_interval || (v->lower && v->upper && v->level > 0);
}

const char *orr_score_label(const orr_score *s, const orr_evaluation *v, const char *text,
                            char out[ORR_LABEL]) {
  const char *level = s->needs_interval ? strstr(text, NAMED_LEVEL) : NULL;
  if (!level) return text;
  snprintf(out, ORR_LABEL, "%.*s%g%s", (int)(level - text), text, 100 * v->level,
           level + strlen(NAMED_LEVEL));
  return out;
}

double orr_score_over_classes(const orr_evaluation *v, const double *weight, orr_class_score_fn of_class) {
  if (v->classes == 2) return of_class(v, weight, ORR_POSITIVE);
  double total = 0;
  size_t present = 0;
  for (size_t k = 0; k < v->classes; k++) {
    double score = of_class(v, weight, (int32_t)k);
    if (isnan(score)) continue;
    total += score;
    present++;
  }
  return present ? total / (double)present : NAN;
}
