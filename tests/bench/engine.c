/* How fast the engine trains, beside what the matrix product alone allows: each
 * network's rate, the best of several epochs, and its share of `gemm`, the rate
 * of sgemm on the same shards (forward, weight and input gradients). */
#include "tests/bench/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "tests/bench/networks.h"
#include "grad/operator.h"
#include "model/optimiser.h"
#include "num/linear.h"

enum { EPOCHS = 6 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(orr_status status, const orr_error *e) {
  if (!status) return;
  fprintf(stderr, "orrery-bench: %s\n", e->message);
  exit(orr_status_exit(status));
}

static void *take(size_t count, size_t size) {
  void *x = aligned_alloc(64, (count * size + 127) / 64 * 64);
  if (!x) exit(7);
  memset(x, 0, count * size);
  return x;
}

static void print(const char *name, double value, const char *unit) {
  printf("%s\t%.6g\t%s\n", name, value, unit);
  fflush(stdout);
}

/* sgemm alone: the layers' products on one worker's shards. */
typedef struct products {
  const size_t *width; /* width[0] … width[layers] */
  size_t layers, rows;
  float *activation[16][8], *weight[8], *gradient[16][8]; /* of a worker */
} products;

static void multiply(void *context, size_t task) {
  products *p = context;
  float **a = p->activation[orr_pool_worker()], **g = p->gradient[orr_pool_worker()];
  const size_t *w = p->width;
  (void)task;
  for (size_t i = 0; i < p->layers; i++)
    orr_sgemm(false, false, p->rows, w[i + 1], w[i], 1, a[i], w[i], p->weight[i], w[i + 1], 0, a[i + 1],
              w[i + 1]);
  for (size_t i = p->layers; i-- > 0;) {
    orr_sgemm(true, false, w[i], w[i + 1], p->rows, 1, a[i], w[i], a[i + 1], w[i + 1], 0, g[i], w[i + 1]);
    if (i)
      orr_sgemm(false, true, p->rows, w[i], w[i + 1], 1, a[i + 1], w[i + 1], p->weight[i], w[i + 1], 0, a[i],
                w[i]);
  }
}

/* Rows a second that sgemm alone allows: a chain of layers, shards of so many rows, all workers. */
static double gemm_rate(const orr_work *w, const size_t *width, size_t layers, size_t rows) {
  enum { TASKS = 400 };
  products p = {.width = width, .layers = layers, .rows = rows};
  double best = 0;
  for (size_t t = 0; t < orr_pool_threads(w->pool); t++)
    for (size_t i = 0; i <= layers; i++) {
      p.activation[t][i] = take(rows * width[i], sizeof(float));
      if (i < layers) p.gradient[t][i] = take(width[i] * width[i + 1], sizeof(float));
    }
  for (size_t i = 0; i < layers; i++) p.weight[i] = take(width[i] * width[i + 1], sizeof(float));
  for (int i = 0; i < EPOCHS; i++) {
    double start = now();
    orr_pool_run(w->pool, TASKS, multiply, &p);
    double rate = TASKS * (double)rows / (now() - start);
    if (rate > best) best = rate;
  }
  for (size_t i = 0; i < layers; i++) free(p.weight[i]);
  for (size_t t = 0; t < orr_pool_threads(w->pool); t++)
    for (size_t i = 0; i <= layers; i++) free(p.activation[t][i]), free(p.gradient[t][i]);
  return best;
}

static const size_t mlp_width[] = {28, 128, 128, 128, 1};
enum { MLP_LAYERS = 4, MLP_WEIGHTS = 28 * 128 + 2 * 128 * 128 + 128 };
static const double mlp_operations = 6.0 * MLP_WEIGHTS - 2.0 * 28 * 128; /* a row; no gradient of the input */

static double mlp_gemm(const orr_work *w, size_t batch) {
  return gemm_rate(w, mlp_width, MLP_LAYERS, batch / 4);
}

void bench_gemm(const orr_work *w) {
  double large = mlp_gemm(w, 512), small = mlp_gemm(w, 128);
  print("gemm_512", large, "rows/s");
  print("gemm_128", small, "rows/s");
  print("gemm", large * mlp_operations * 1e-9, "GFLOP/s");
}

/* A training under way. */
typedef struct training {
  network net;
  orr_program *program;
  orr_optimiser *optimiser;
  float *parameters, *gradient, *data[2];
  orr_rows_in in[2];
  size_t rows, batch;
  uint32_t *order;
  uint64_t step;
} training;

static void fill_data(training *t, orr_random *r) {
  for (int i = 0; i < t->net.n_inputs; i++) {
    size_t width = t->net.width[i];
    t->data[i] = take(t->rows * width, sizeof(float));
    for (size_t k = 0; k < t->rows * width; k++)
      t->data[i][k] = t->net.binary[i] ? (float)(orr_random_word(r) & 1) : (float)orr_random_normal(r);
    t->in[i] = (orr_rows_in){t->data[i], width};
  }
}

static void begin(training *t, const char *name, size_t rows, size_t batch) {
  orr_error e;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  *t = (training){.rows = rows, .batch = batch};
  must(network_build(name, &t->net, &e), &e);
  t->parameters = take(t->net.n_parameters, sizeof(float));
  t->gradient = take(t->net.n_parameters, sizeof(float));
  network_initialise(&t->net, t->parameters, &r);
  fill_data(t, &r);
  t->order = take(rows, sizeof *t->order);
  for (size_t i = 0; i < rows; i++) t->order[i] = (uint32_t)i;
}

static void compile(training *t) {
  orr_error e;
  must(orr_program_compile(t->net.graph, t->net.roots, t->net.n_roots, ORR_SINGLE, t->batch, &t->program, &e),
       &e);
  must(orr_optimiser_new(&(orr_optimiser_options){.kind = ORR_ADAM}, ORR_SINGLE, t->net.n_parameters,
                         t->parameters, &t->optimiser, &e),
       &e);
}

static double step(training *t, const orr_work *w, size_t first, size_t rows) {
  orr_error e;
  double loss;
  must(orr_program_run(t->program,
                       &(orr_feed){.n_rows = rows,
                                   .rows = t->order + first,
                                   .inputs = t->in,
                                   .parameters = t->parameters,
                                   .seed = 1,
                                   .step = t->step++,
                                   .values = &loss,
                                   .gradient = t->gradient},
                       w->pool, &e),
       &e);
  orr_optimiser_step(t->optimiser, 1e-3, t->parameters, t->gradient, w->pool, NULL);
  return loss;
}

/* Rows are dealt anew in each epoch. */
static void shuffle(training *t, uint64_t epoch) {
  orr_random r = orr_random_stream(1, epoch, ORR_FOR_TEST);
  for (size_t i = t->rows; i > 1; i--) {
    size_t j = orr_random_below(&r, i);
    uint32_t row = t->order[i - 1];
    t->order[i - 1] = t->order[j];
    t->order[j] = row;
  }
}

static void end(training *t) {
  orr_program_free(t->program);
  orr_optimiser_free(t->optimiser);
  network_free(&t->net);
  free(t->parameters), free(t->gradient), free(t->data[0]), free(t->data[1]), free(t->order);
}

/* The best epoch's rows a second. */
static double train(const orr_work *w, const char *name, size_t rows, size_t batch) {
  training t;
  double best = 0, loss = 0;
  begin(&t, name, rows, batch);
  compile(&t);
  for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
    double start = now();
    shuffle(&t, epoch);
    loss = 0;
    for (size_t i = 0; i + batch <= rows; i += batch) loss += step(&t, w, i, batch);
    double rate = (double)(rows / batch * batch) / (now() - start);
    if (rate > best) best = rate;
  }
  orr_program_facts f = orr_program_about(t.program);
  fprintf(stderr, "%s: %zu parameters, loss %.5f, %zu units (%zu fused), shards of %zu, %.0f kB a worker\n",
          name, t.net.n_parameters, loss / (double)(rows / batch), f.units, f.fused, f.shard_rows,
          (double)f.worker_bytes * 1e-3);
  end(&t);
  return best;
}

static void mlp(const orr_work *w, const char *name, size_t batch) {
  char share[64];
  double limit = mlp_gemm(w, batch), rate = train(w, "mlp", 100000, batch);
  snprintf(share, sizeof share, "%s_of_gemm", name);
  print(name, rate, "rows/s");
  print(share, rate / limit, "");
}

void bench_mlp_512(const orr_work *w) { mlp(w, "mlp_512", 512); }
void bench_mlp_128(const orr_work *w) { mlp(w, "mlp_128", 128); }

/* Against sgemm at six operations a parameter and row. */
static void flow(const orr_work *w, const char *name, const char *network_name, size_t rows, size_t batch) {
  char share[64];
  double limit = mlp_gemm(w, batch) * mlp_operations, rate = train(w, network_name, rows, batch);
  snprintf(share, sizeof share, "%s_of_gemm", name);
  print(name, rate, "rows/s");
  print(share, rate * 6.0 * (double)network_parameters(network_name) / limit, "");
}

void bench_maf_512(const orr_work *w) { flow(w, "maf_512", "maf", 50000, 512); }
void bench_nsf_512(const orr_work *w) { flow(w, "nsf_512", "nsf", 25000, 512); }
void bench_vae_256(const orr_work *w) { flow(w, "vae_256", "vae", 20000, 256); }

/* Nanoseconds an element of each elementwise operator's loop, over a tile in the nearest cache. */
static double operator_cost(const orr_operator *op) {
  enum { TILE = 1024, REPEATS = 200 };
  float *x[3], *y = take(TILE, sizeof *y);
  double best = 1;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (int k = 0; k < 3; k++) {
    x[k] = take(TILE, sizeof *y);
    const orr_range *in = &op->range[k];
    for (size_t i = 0; i < TILE; i++)
      x[k][i] = (float)(in->low + (in->high - in->low) * orr_random_uniform(&r));
  }
  for (int trial = 0; trial < EPOCHS; trial++) {
    double start = now();
    for (int i = 0; i < REPEATS; i++) op->vector_f32(TILE, x[0], x[1], x[2], y);
    double cost = (now() - start) / ((double)TILE * REPEATS);
    if (cost < best) best = cost;
  }
  for (int k = 0; k < 3; k++) free(x[k]);
  free(y);
  return best * 1e9;
}

void bench_elementwise(const orr_work *w) {
  (void)w;
  for (size_t i = 0; i < orr_operator_count; i++) {
    char name[64];
    if (orr_operators[i]->class != ORR_ELEMENTWISE) continue;
    snprintf(name, sizeof name, "elementwise_%s", orr_operators[i]->name);
    print(name, operator_cost(orr_operators[i]), "ns/element");
  }
}

/* From data and a graph's description in memory to the end of the first step. */
void bench_startup(const orr_work *w) {
  static const char *const names[] = {"mlp", "maf", "nsf", "vae"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    training t;
    char name[64];
    network again;
    orr_error e;
    begin(&t, names[i], 1000, 512);
    double start = now();
    must(network_build(names[i], &again, &e), &e);
    compile(&t);
    step(&t, w, 0, 512);
    snprintf(name, sizeof name, "startup_%s", names[i]);
    print(name, (now() - start) * 1e3, "ms");
    network_free(&again);
    end(&t);
  }
}
