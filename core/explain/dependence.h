/* How a model's answer depends on a column: partial dependence (Friedman,
 * "Greedy function approximation", Annals of Statistics 29, 2001, section 8.2),
 * individual conditional expectation (Goldstein et al., JCGS 24, 2015), and
 * accumulated local effects (Apley and Zhu, JRSS B 82, 2020, equations 15 and
 * 16), which stay right where columns are correlated: they move each row only
 * between the values next to its own.
 *
 * All three come of one matrix: the model's answer for every row at every point.
 */
#ifndef ORR_EXPLAIN_DEPENDENCE_H
#define ORR_EXPLAIN_DEPENDENCE_H

#include "explain/asked.h"

enum { ORR_ANY_CLASS = -1 };

typedef struct orr_dependence_spec {
  const orr_kept *model;
  const orr_table *table;
  const size_t *rows; /* over which is averaged; a target is not needed */
  size_t n;
  const char *column;
  int class
      ; /* of a classification; ORR_ANY_CLASS: the positive of two, of more the one that is likeliest on average */
  orr_response response;
  size_t points;    /* of the grid, at quantiles of the column; 0: 33. Of text: the most words */
  size_t most_rows; /* 0: 2,000 */
  size_t curves;    /* rows whose own curve is kept; 0: 40 */
  size_t resamples; /* bootstrap; 0: 200 */
  uint64_t seed;
} orr_dependence_spec;

typedef struct orr_dependence {
  const char *column, *unit; /* unit NULL: not known */
  const char *response;      /* "probability of pulsar" */
  bool text;
  size_t n, of, points;
  double *at;                      /* [points] ascending; of text 0, 1, … */
  const char *const *words;        /* [points] of text, the most frequent first; else NULL */
  double *share;                   /* [points] of the rows: nearest to it, or of that word */
  double *partial, *partial_error; /* [points] mean answer with the column set there */
  double *effect, *effect_error;   /* [points] accumulated local effect, of mean 0; NULL of text */
  double strength, strength_error; /* standard deviation over the rows of effect, or of partial for text */
  size_t n_curves;
  double *curves; /* [n_curves,points] */
  double mean;    /* answer over the rows as they are */
} orr_dependence;

/* Errors are one standard deviation over resamples of the rows; the model is taken as given. ORR_DATA for a column
 * that does not vary. */
orr_status orr_dependence_measure(const orr_dependence_spec *spec, const orr_work *work, orr_arena *arena,
                                  orr_dependence *out, orr_error *e);

#endif
