/* How a batch is cut, and how the parts of a sum over it become one. Both are
 * decided by sizes alone, never by who computes. */
#include "grad/plan.h"

enum { LEAST_ROWS = 32, MOST_ROWS = 128, LANES = 4, TILE = 512 };

/* As many rows as keep the matrix product busy while a shard's activations stay in the second-level cache, but
 * no more than leave a shard for each lane. */
size_t orr_shard_rows(size_t batch_rows) {
  size_t rows = LEAST_ROWS;
  while (rows < MOST_ROWS && rows * 2 * LANES <= batch_rows) rows *= 2;
  return rows;
}

size_t orr_lane_count(size_t batch_rows) {
  size_t rows = orr_shard_rows(batch_rows), shards = (batch_rows + rows - 1) / rows;
  return shards < LANES ? shards : LANES;
}

static void combine_f32(orr_combine how, size_t n, const float *a, const float *b, float *out) {
  if (how == ORR_COMBINE_SUM) orr_operator_add.vector_f32(n, a, b, NULL, out);
  if (how == ORR_COMBINE_MAX) orr_operator_maximum.vector_f32(n, a, b, NULL, out);
  if (how == ORR_COMBINE_MIN) orr_operator_minimum.vector_f32(n, a, b, NULL, out);
}

static void combine_f64(orr_combine how, size_t n, const double *a, const double *b, double *out) {
  if (how == ORR_COMBINE_SUM) orr_operator_add.vector_f64(n, a, b, NULL, out);
  if (how == ORR_COMBINE_MAX) orr_operator_maximum.vector_f64(n, a, b, NULL, out);
  if (how == ORR_COMBINE_MIN) orr_operator_minimum.vector_f64(n, a, b, NULL, out);
}

/* A stretch of one node's parts, in the lanes it is made of. */
typedef struct stretch {
  const orr_program *p;
  orr_combine how;
  char *lane[ORR_MOST_LANES];
  size_t lanes, start, n;
  double (*tile)[TILE]; /* for the sums of lanes 2 and 3, 4 to 7, 6 and 7 */
} stretch;

static void combine(const stretch *s, const void *a, const void *b, void *out) {
  if (s->p->precision == ORR_SINGLE) combine_f32(s->how, s->n, a, b, out);
  else combine_f64(s->how, s->n, a, b, out);
}

/* The tree over lanes [first, first + span), span a power of two: its halves, then their sum. The lanes but the
 * first are only read, so that they stay with the workers that will fill them again. */
static const void *sum_tree(const stretch *s, size_t first, size_t span) {
  size_t half = span / 2;
  char *own = s->lane[first] + s->start * s->p->element;
  if (span == 1 || first + half >= s->lanes) return span == 1 ? own : sum_tree(s, first, half);
  const void *a = sum_tree(s, first, half), *b = sum_tree(s, first + half, half);
  void *out = first ? (void *)s->tile[first / 2 - 1] : own;
  combine(s, a, b, out);
  return out;
}

void orr_run_combine(const orr_run *r, const orr_job *job) {
  double tile[ORR_MOST_LANES / 2 - 1][TILE];
  stretch s = {
      .p = r->p, .tile = tile, .how = orr_graph_at(r->p->graph, job->node)->op->combine, .lanes = r->lanes};
  for (size_t i = 0; i < r->lanes; i++) s.lane[i] = orr_run_part(r, job->node, i);
  for (s.start = job->start; s.start < job->end; s.start += s.n) {
    s.n = job->end - s.start < TILE ? job->end - s.start : TILE;
    sum_tree(&s, 0, ORR_MOST_LANES);
  }
}
