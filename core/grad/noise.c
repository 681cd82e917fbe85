/* Noise: Philox4x32-10 (Salmon et al., SC 2011) over the elements of the whole
 * batch, so that a row's numbers depend on seed, step, stream and the row's
 * place in the batch, and not on how the batch is cut. Four elements a block:
 * counter = {block, block's high word, step, stream and step's high half}.
 * The rounds are written over arrays for the compiler to vectorise; a test
 * holds them to Random123. */
#ifndef real
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/vector_math.h"

enum { BLOCKS = 64, MOST_STREAMS = 1 << 16 };
static const uint64_t noise_index = 0x6e6f697365; /* sets this use of the seed apart from all others */

/* word[w][i]: words 0 … 3 of the blocks first … first+BLOCKS-1. */
ORR_VECTORISED static void philox(uint64_t key, uint64_t first, uint32_t step, uint32_t stream,
                                  uint32_t word[4][BLOCKS]) {
  for (size_t i = 0; i < BLOCKS; i++) {
    uint32_t a = (uint32_t)(first + i), b = (uint32_t)((first + i) >> 32), c = step, d = stream;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9, k1 += 0xBB67AE85) {
      uint64_t p = (uint64_t)a * 0xD2511F53, q = (uint64_t)c * 0xCD9E8D57;
      a = (uint32_t)(q >> 32) ^ b ^ k0;
      b = (uint32_t)q;
      c = (uint32_t)(p >> 32) ^ d ^ k1;
      d = (uint32_t)p;
    }
    word[0][i] = a, word[1][i] = b, word[2][i] = c, word[3][i] = d;
  }
}

typedef struct source {
  uint64_t key;
  uint32_t step, stream;
  size_t first, n; /* elements of the batch's numbering */
} source;

static source source_of(const orr_kernel_call *c) {
  const orr_attributes *a = &c->node->attributes;
  size_t n = orr_tensor_size(&c->out), rows = orr_shape_has_rows(&c->node->shape) ? c->out.dim[0] : 1;
  uint32_t stream = (uint32_t)a->number | (uint32_t)(c->step >> 32) << 16;
  size_t first = orr_shape_has_rows(&c->node->shape) ? c->first_row * (n / rows) : 0;
  return (source){orr_random_derive(c->seed, noise_index), (uint32_t)c->step, stream, first, n};
}

#define FAMILY "grad/noise.c"
#include "grad/both.h"

static bool noise_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  *out = v->attributes.shape;
  if (v->attributes.number < MOST_STREAMS) return true;
  return orr_graph_fail(g, "noise: more than %d streams in one graph", MOST_STREAMS), false;
}

/* One element at a time, through Random123. */
static double uniform_plain(const source *s, size_t element) {
  orr_random r = {
      .key = {(uint32_t)s->key, (uint32_t)(s->key >> 32)},
      .counter = {(uint32_t)(element / 4), (uint32_t)((uint64_t)element / 4 >> 32), s->step, s->stream}};
  uint32_t word = 0;
  for (size_t i = 0; i <= element % 4; i++) word = orr_random_word(&r);
  return ((word >> 9) + 0.5) / 8388608;
}

static void noise_plain(const orr_kernel_call *c) {
  source s = source_of(c);
  for (size_t i = 0; i < s.n; i++) {
    size_t element = s.first + i;
    double u = uniform_plain(&s, element & ~(size_t)1), v = uniform_plain(&s, element | 1);
    double angle = 2 * M_PI * v, normal = sqrt(-2 * log(u)) * (element & 1 ? sin(angle) : cos(angle));
    ((double *)c->out.x)[i] = c->node->attributes.flag ? normal : element & 1 ? v : u;
  }
}

static orr_node noise_trial(orr_graph *g, int number) {
  orr_shape shapes[] = {ORR_SHAPE_OF(ORR_FREE), ORR_SHAPE_OF(ORR_FREE, 3, 5), ORR_SHAPE_OF(7),
                        ORR_SHAPE_OF(ORR_FREE, 67)};
  if (number > 7) return 0;
  return number % 2 ? orr_node_normal(g, shapes[number / 2]) : orr_node_uniform(g, shapes[number / 2]);
}

const orr_operator orr_operator_noise = {.name = "noise",
                                         .class = ORR_KERNEL,
                                         .arity = 0,
                                         .shape = noise_shape,
                                         .run_f32 = noise_f32,
                                         .run_f64 = noise_f64,
                                         .plain = noise_plain,
                                         .derivative = orr_no_derivative,
                                         .trial = noise_trial};

static orr_node noise(orr_graph *g, orr_shape shape, bool normal) {
  orr_attributes a = {.number = orr_graph_stream(g), .shape = shape, .flag = normal};
  return orr_graph_apply(g, &orr_operator_noise, NULL, 0, &a);
}

orr_node orr_node_uniform(orr_graph *g, orr_shape shape) { return noise(g, shape, false); }
orr_node orr_node_normal(orr_graph *g, orr_shape shape) { return noise(g, shape, true); }

#else /* the kernels, for either precision */

/* u[w][i]: (0, 1) by the upper 23 bits, exact in float and never 0 or 1. */
ORR_VECTORISED static void K(to_unit)(uint32_t word[4][BLOCKS], real u[4][BLOCKS]) {
  for (size_t w = 0; w < 4; w++)
    for (size_t i = 0; i < BLOCKS; i++) u[w][i] = ((real)(int32_t)(word[w][i] >> 9) + (real)0.5) / 8388608;
}

/* Pairs of uniform numbers to pairs of normal ones (Box and Muller 1958). */
ORR_VECTORISED static void K(to_normal)(real u[4][BLOCKS]) {
  for (size_t w = 0; w < 4; w += 2) {
    real sine[BLOCKS], *radius = u[w], *angle = u[w + 1];
    V(log)(BLOCKS, radius, radius);
    for (size_t i = 0; i < BLOCKS; i++) radius[i] *= -2;
    V(sqrt)(BLOCKS, radius, radius);
    for (size_t i = 0; i < BLOCKS; i++) angle[i] *= (real)(2 * M_PI);
    V(sin)(BLOCKS, angle, sine);
    V(cos)(BLOCKS, angle, angle);
    for (size_t i = 0; i < BLOCKS; i++) {
      real length = radius[i];
      radius[i] = length * angle[i];
      angle[i] = length * sine[i];
    }
  }
}

/* Blocks one after the other, without the elements before `skip` and after n. */
ORR_VECTORISED static void K(lay_out)(real u[4][BLOCKS], size_t skip, size_t n, real *y) {
  real all[4 * BLOCKS];
  for (size_t i = 0; i < BLOCKS; i++)
    for (size_t w = 0; w < 4; w++) all[4 * i + w] = u[w][i];
  memcpy(y, all + skip, n * sizeof *y);
}

static void K(noise)(const orr_kernel_call *c) {
  source s = source_of(c);
  real *y = c->out.x;
  for (uint64_t block = s.first / 4; 4 * block < s.first + s.n; block += BLOCKS) {
    uint32_t word[4][BLOCKS];
    real u[4][BLOCKS];
    philox(s.key, block, s.step, s.stream, word);
    K(to_unit)(word, u);
    if (c->node->attributes.flag) K(to_normal)(u);
    size_t skip = block * 4 < s.first ? s.first % 4 : 0, at = block * 4 + skip - s.first;
    size_t room = 4 * BLOCKS - skip, n = s.n - at < room ? s.n - at : room;
    K(lay_out)(u, skip, n, y + at);
  }
}

#endif
