/* Expected calibration error over bins of equal mass, |mean p − frequency| averaged
 * by weight, with the upward bias of |noise| taken out bin by bin.
 *
 * A bin's gap g has standard error σ = sqrt(ȳ(1−ȳ)/(n−1)), so that |g| is a folded
 * normal and overshoots |µ| by E|N(µ,σ)| − |µ|. As in Kumar, Liang & Ma (2019,
 * "Verified uncertainty calibration"), g² − σ² is the estimate of µ² without bias; its
 * root, or 0, stands for µ. The total is clipped at 0. Two classes: the probability
 * of the positive one; more: that of the predicted class against its being right.
 *
 * Bins are cut on the rows, not their weights, so that resamples share them. n is
 * Kish's, so that a resample, noisier by its own counts, is corrected for both noises.
 */
#include "metric/score.h"

#include <math.h>

#include "num/statistics.h"

typedef struct bin {
  double weight, squares, claimed, right; /* Σw, Σw², Σwp, Σwy */
} bin;

static double fold_bias(double mean, double sigma) {
  double z = mean / sigma;
  return 2 * sigma * (orr_normal_pdf(z) - z * orr_normal_cdf(-z));
}

static double unbiased_gap(const bin *b) {
  double gap = fabs(b->claimed - b->right) / b->weight, y = b->right / b->weight;
  double n = b->weight * b->weight / b->squares, variance = y * (1 - y) / (n - 1);
  if (!(n > 1 && variance > 0)) return gap;
  double square = gap * gap - variance;
  return gap - fold_bias(square > 0 ? sqrt(square) : 0, sqrt(variance));
}

static void fill(const orr_evaluation *v, const double *weight, bin *bins) {
  for (size_t i = 0; i < v->n; i++) {
    bin *b = &bins[v->bin[i]];
    int32_t k = orr_claimed_class(v, i);
    double w = weight[i];
    b->weight += w;
    b->squares += w * w;
    b->claimed += w * orr_probability(v, i, (size_t)k);
    b->right += w * (v->label[i] == k);
  }
}

static double of_all(const orr_evaluation *v, const double *weight) {
  bin bins[ORR_BINS] = {0};
  double total = 0, gaps = 0;
  fill(v, weight, bins);
  for (const bin *b = bins; b < bins + ORR_BINS; b++) {
    total += b->weight;
    if (b->weight != 0) gaps += b->weight * unbiased_gap(b);
  }
  if (total == 0) return NAN;
  return gaps / total > 0 ? gaps / total : 0;
}

const orr_score orr_score_ece = {
    .name = "ece",
    .title = "calibration error (ECE)",
    .help = "How far the probabilities are from the frequencies they claim, beyond what chance shows: "
            "0 means that what is given 70 % comes true in 70 of 100.",
    .tasks = ORR_CLASSIFICATION,
    .lower_is_better = true,
    .of_all = of_all,
};
