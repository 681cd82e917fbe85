/* One pass over the slabs does it all: clipping, decay, the update, the average. */
#include "model/optimiser.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "base/memory.h"
#include "grad/operator.h"

enum { RANGE = 4096, SUMS = 16, MOST_NORMS = 64 };

struct orr_optimiser {
  orr_arena arena; /* of the state */
  orr_optimiser_options options;
  orr_precision precision;
  size_t n, element;
  uint64_t steps;
  char *state; /* first moment (SGD: velocity), second moment (Adam), average: n elements each, where kept */
  size_t slabs;
};

static bool is_adam(const orr_optimiser *o) { return o->options.kind != ORR_SGD; }
static bool has_velocity(const orr_optimiser *o) { return is_adam(o) || o->options.momentum != 0; }

/* Numbers of one step, in double; each precision rounds them once. */
typedef struct pass {
  const orr_optimiser *o;
  char *p, *m, *v, *average;
  const char *g;
  double scale, decay, shrink; /* of the gradient; added to it, times p; p is multiplied by it first */
  double rate, beta1, beta2, root, epsilon, momentum, keep;
  bool nesterov;
} pass;

/* p -= rate m / (root sqrt(v) + epsilon), with both corrections of bias in rate and root. */
#define ADAM(suffix, type)                                                                                   \
  ORR_VECTORISED static void adam_##suffix(const pass *a, size_t start, size_t end) {                        \
    type *restrict p = (type *)(void *)a->p, *restrict m = (type *)(void *)a->m;                             \
    type *restrict v = (type *)(void *)a->v;                                                                 \
    const type *restrict g = (const type *)(const void *)a->g;                                               \
    const type scale = (type)a->scale, decay = (type)a->decay, shrink = (type)a->shrink;                     \
    const type beta1 = (type)a->beta1, beta2 = (type)a->beta2, rest1 = (type)(1 - a->beta1);                 \
    const type rest2 = (type)(1 - a->beta2), rate = (type)a->rate, root = (type)a->root;                     \
    const type epsilon = (type)a->epsilon;                                                                   \
    for (size_t i = start; i < end; i++) {                                                                   \
      type x = g[i] * scale + decay * p[i];                                                                  \
      m[i] = beta1 * m[i] + rest1 * x;                                                                       \
      v[i] = beta2 * v[i] + rest2 * x * x;                                                                   \
      p[i] = shrink * p[i] - rate * m[i] / (root * SQRT_##suffix(v[i]) + epsilon);                           \
    }                                                                                                        \
  }
#define SQRT_f32(x) sqrtf(x)
#define SQRT_f64(x) sqrt(x)
ADAM(f32, float)
ADAM(f64, double)

#define MOMENTUM(suffix, type)                                                                               \
  ORR_VECTORISED static void momentum_##suffix(const pass *a, size_t start, size_t end) {                    \
    type *restrict p = (type *)(void *)a->p, *restrict m = (type *)(void *)a->m;                             \
    const type *restrict g = (const type *)(const void *)a->g;                                               \
    const type scale = (type)a->scale, decay = (type)a->decay, momentum = (type)a->momentum;                 \
    const type rate = (type)a->rate, ahead = a->nesterov ? momentum : 1, now = a->nesterov ? 1 : 0;          \
    for (size_t i = start; i < end; i++) {                                                                   \
      type x = g[i] * scale + decay * p[i];                                                                  \
      m[i] = momentum * m[i] + x;                                                                            \
      p[i] -= rate * (now * x + ahead * m[i]);                                                               \
    }                                                                                                        \
  }
MOMENTUM(f32, float)
MOMENTUM(f64, double)

#define DESCENT(suffix, type)                                                                                \
  ORR_VECTORISED static void descent_##suffix(const pass *a, size_t start, size_t end) {                     \
    type *restrict p = (type *)(void *)a->p;                                                                 \
    const type *restrict g = (const type *)(const void *)a->g;                                               \
    const type scale = (type)a->scale, decay = (type)a->decay, rate = (type)a->rate;                         \
    for (size_t i = start; i < end; i++) p[i] -= rate * (g[i] * scale + decay * p[i]);                       \
  }
DESCENT(f32, float)
DESCENT(f64, double)

#define AVERAGE(suffix, type)                                                                                \
  ORR_VECTORISED static void average_##suffix(const pass *a, size_t start, size_t end) {                     \
    type *restrict mean = (type *)(void *)a->average;                                                        \
    const type *restrict p = (const type *)(const void *)a->p;                                               \
    const type keep = (type)a->keep, rest = (type)(1 - a->keep);                                             \
    for (size_t i = start; i < end; i++) mean[i] = keep * mean[i] + rest * p[i];                             \
  }
AVERAGE(f32, float)
AVERAGE(f64, double)

static void update_range(void *context, size_t task) {
  const pass *a = context;
  size_t start = task * RANGE, end = start + RANGE < a->o->n ? start + RANGE : a->o->n;
  bool single = a->o->precision == ORR_SINGLE;
  unsigned before = orr_cpu_flush_subnormals();
  if (is_adam(a->o)) (single ? adam_f32 : adam_f64)(a, start, end);
  else if (a->m) (single ? momentum_f32 : momentum_f64)(a, start, end);
  else (single ? descent_f32 : descent_f64)(a, start, end);
  if (a->average) (single ? average_f32 : average_f64)(a, start, end);
  orr_cpu_restore(before);
}

static double or_default(double x, double otherwise) { return x != 0 ? x : otherwise; }

orr_status orr_optimiser_new(const orr_optimiser_options *options, orr_precision precision, size_t n,
                             const void *parameters, orr_optimiser **out, orr_error *e) {
  orr_optimiser *o = orr_calloc(1, sizeof *o);
  *out = NULL;
  if (!o) return orr_fail_memory(e, "an optimiser", sizeof *o);
  o->options = *options;
  o->options.beta1 = or_default(options->beta1, 0.9);
  o->options.beta2 = or_default(options->beta2, 0.999);
  o->options.epsilon = or_default(options->epsilon, 1e-8);
  o->precision = precision;
  o->n = n;
  o->element = precision == ORR_SINGLE ? sizeof(float) : sizeof(double);
  o->slabs = (size_t)has_velocity(o) + is_adam(o) + (options->average != 0);
  orr_status status = orr_arena_take(&o->arena, o->slabs * n + 1, o->element, (void **)&o->state, e);
  if (status) {
    orr_free(o);
    return status;
  }
  if (options->average != 0) memcpy(o->state + (o->slabs - 1) * n * o->element, parameters, n * o->element);
  *out = o;
  return ORR_OK;
}

void orr_optimiser_free(orr_optimiser *o) {
  if (!o) return;
  orr_arena_fini(&o->arena);
  orr_free(o);
}

/* Sums of squares in double, of stretches of a range, one a task. */
typedef struct squares {
  orr_precision precision;
  const void *x;
  size_t n, stretch;
  double sum[MOST_NORMS];
} squares;

#define SQUARES(suffix, type)                                                                                \
  ORR_VECTORISED static double squares_##suffix(const type *x, size_t n) {                                   \
    double sum[SUMS] = {0}, total = 0;                                                                       \
    size_t i = 0;                                                                                            \
    for (; i + SUMS <= n; i += SUMS)                                                                         \
      for (size_t k = 0; k < SUMS; k++) sum[k] += (double)x[i + k] * (double)x[i + k];                       \
    for (size_t k = 0; i + k < n; k++) sum[k] += (double)x[i + k] * (double)x[i + k];                        \
    for (size_t k = 0; k < SUMS; k++) total += sum[k];                                                       \
    return total;                                                                                            \
  }
SQUARES(f32, float)
SQUARES(f64, double)

static void sum_squares(void *context, size_t task) {
  squares *s = context;
  size_t start = task * s->stretch, n = s->n - start < s->stretch ? s->n - start : s->stretch;
  s->sum[task] = s->precision == ORR_SINGLE ? squares_f32((const float *)s->x + start, n)
                                            : squares_f64((const double *)s->x + start, n);
}

double orr_optimiser_norm(orr_precision precision, size_t n, const void *x, orr_pool *pool) {
  squares s = {.precision = precision, .x = x, .n = n};
  s.stretch = (n / MOST_NORMS / RANGE + 1) * RANGE;
  size_t tasks = (n + s.stretch - 1) / s.stretch;
  double total = 0;
  orr_pool_run_apart(pool, tasks, sum_squares, &s);
  for (size_t i = 0; i < tasks; i++) total += s.sum[i];
  return sqrt(total);
}

static double clipping(const orr_optimiser *o, double norm) {
  return o->options.clip_norm > 0 && norm > o->options.clip_norm ? o->options.clip_norm / norm : 1;
}

static void set_adam(pass *a, const orr_optimiser_options *s, double learning_rate, uint64_t step) {
  a->beta1 = s->beta1;
  a->beta2 = s->beta2;
  a->epsilon = s->epsilon;
  a->rate = learning_rate / (1 - pow(s->beta1, (double)step));
  a->root = 1 / sqrt(1 - pow(s->beta2, (double)step));
  if (s->kind != ORR_ADAMW) return;
  a->shrink = 1 - learning_rate * s->weight_decay;
  a->decay = 0;
}

void orr_optimiser_step(orr_optimiser *o, double learning_rate, void *parameters, const void *gradient,
                        orr_pool *pool, double *norm) {
  const orr_optimiser_options *s = &o->options;
  size_t slab = o->n * o->element;
  double length = norm || s->clip_norm > 0 ? orr_optimiser_norm(o->precision, o->n, gradient, pool) : 0;
  pass a = {.o = o,
            .p = parameters,
            .g = gradient,
            .m = has_velocity(o) ? o->state : NULL,
            .v = is_adam(o) ? o->state + slab : NULL,
            .average = s->average != 0 ? o->state + (o->slabs - 1) * slab : NULL,
            .scale = clipping(o, length),
            .decay = s->weight_decay,
            .shrink = 1,
            .rate = learning_rate,
            .momentum = s->momentum,
            .nesterov = s->nesterov,
            .keep = s->average};
  o->steps++;
  if (is_adam(o)) set_adam(&a, s, learning_rate, o->steps);
  orr_pool_run_apart(pool, (o->n + RANGE - 1) / RANGE, update_range, &a);
  if (norm) *norm = length;
}

const void *orr_optimiser_average(const orr_optimiser *o) {
  return o->options.average != 0 ? o->state + (o->slabs - 1) * o->n * o->element : NULL;
}

void *orr_optimiser_state(orr_optimiser *o, size_t *bytes) {
  *bytes = o->slabs * o->n * o->element;
  return o->state;
}

uint64_t orr_optimiser_steps(const orr_optimiser *o) { return o->steps; }
void orr_optimiser_set_steps(orr_optimiser *o, uint64_t steps) { o->steps = steps; }
