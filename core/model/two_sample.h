/* Whether two samples are of one distribution, asked of a classifier.
 *
 * Boosted trees learn to tell rows of the one from rows of the other; what
 * counts is how often they are right about rows they have not seen. Half the
 * time: they found no difference. Lopez-Paz and Oquab, "Revisiting classifier
 * two-sample tests", ICLR 2017 (C2ST).
 */
#ifndef ORR_MODEL_TWO_SAMPLE_H
#define ORR_MODEL_TWO_SAMPLE_H

#include <stdint.h>

#include "base/progress.h"
#include "num/matrix.h"

typedef struct orr_two_sample {
  double accuracy;       /* the share of rows told right; 0.5 where nothing tells them apart */
  double standard_error; /* of a share of so many rows */
  double p_value;        /* of such an accuracy or a higher for one distribution: N(1/2, 1/(4 rows)) */
  size_t rows;           /* judged: half of those compared */
} orr_two_sample;

/* As many rows of each sample, at random, as the shorter one has: half to learn from, the other to be judged. A
 * cell may be NaN: trees treat it as a value of its own. ORR_SHAPE where the columns differ in number, ORR_DATA with
 * fewer than ORR_LEAST_TWO_SAMPLE rows of either. The same bits for any number of threads. */
enum { ORR_LEAST_TWO_SAMPLE = 20 };
orr_status orr_two_sample_test(const orr_matrix *a, const orr_matrix *b, uint64_t seed, const orr_work *work,
                               orr_two_sample *out, orr_error *e);

#endif
