/* orrery-bench: how fast the parts are, a line a figure. The table is the one
 * of a peer's script: 50,000 rows of 20 correlated normal columns, the class
 * being the sign of the product of the first two. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "data/hdf5.h"
#include "data/expression.h"
#include "metric/score.h"
#include "model/kept.h"
#include "num/linear.h"
#include "tests/bench/density.h"
#include "tests/bench/doors.h"
#include "tests/bench/engine.h"
#include "tests/bench/latent.h"
#include "tests/bench/plots.h"
#include "tests/bench/training.h"
#include "tests/bench/tui.h"

enum { ROWS = 50000, COLUMNS = 20 };

typedef struct bench {
  orr_work work;
  orr_table *table; /* x1 … x20, class */
  size_t *rows;
  const char *argument; /* the word after the name, where it takes one */
} bench;

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

static void print(const char *name, double value, const char *unit) {
  printf("%s\t%.6g\t%s\n", name, value, unit);
}

/* Keeps a ref to the columns only through the table. */
static orr_table *make_table(void) {
  orr_error e;
  orr_table *t;
  orr_column *columns[COLUMNS + 1];
  orr_random r = orr_random_stream(0, 0, ORR_FOR_TEST);
  static double mix[COLUMNS][COLUMNS], z[COLUMNS];
  for (size_t j = 0; j < COLUMNS; j++)
    for (size_t k = 0; k < COLUMNS; k++) mix[j][k] = orr_random_normal(&r);
  for (size_t j = 0; j <= COLUMNS; j++) {
    char name[16];
    snprintf(name, sizeof name, j < COLUMNS ? "x%zu" : "class", j + 1);
    must(orr_column_new(name, j < COLUMNS ? ORR_FLOAT64 : ORR_INT64, ROWS, &columns[j], &e), &e);
  }
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t k = 0; k < COLUMNS; k++) z[k] = orr_random_normal(&r);
    for (size_t j = 0; j < COLUMNS; j++)
      for (size_t k = 0; k < COLUMNS; k++) columns[j]->float64[i] += z[k] * mix[k][j];
    columns[COLUMNS]->int64[i] = columns[0]->float64[i] * columns[1]->float64[i] > 0;
  }
  must(orr_table_new(columns, COLUMNS + 1, "bench", &t, &e), &e);
  for (size_t j = 0; j <= COLUMNS; j++) orr_column_unref(columns[j]);
  return t;
}

/* Seconds to fit and to predict all rows with a family's defaults, given options as a dict. */
static void fit_family(const bench *b, const char *name, orr_pair *given, size_t n_given, size_t rows) {
  orr_error e;
  orr_arena arena = {0};
  orr_kept model;
  orr_options options;
  orr_fit_outcome outcome;
  orr_prediction said;
  size_t features[COLUMNS];
  char label[64];
  for (size_t j = 0; j < COLUMNS; j++) features[j] = j;
  orr_training t = {.task = ORR_CLASSIFICATION,
                    .table = b->table,
                    .target = "class",
                    .weight = -1,
                    .features = features,
                    .n_features = COLUMNS,
                    .train = b->rows,
                    .n_train = rows,
                    .options = &options,
                    .seed = 1,
                    .work = &b->work};
  must(orr_family_find(name, t.task, &t.family, &e), &e);
  orr_value dict = {.kind = ORR_DICT, .count = n_given, .pairs = given};
  must(orr_options_init(&options, t.family->options, t.family->n_options, &dict, NULL, &arena, &e), &e);
  double start = now();
  must(orr_kept_train(&model, &t, &outcome, &e), &e);
  snprintf(label, sizeof label, "%s_fit", name);
  print(label, now() - start, "s");
  start = now();
  must(orr_kept_predict(&model, b->table, b->rows, rows, &b->work, &arena, &said, &e), &e);
  snprintf(label, sizeof label, "%s_predict", name);
  print(label, (double)rows / (now() - start), "rows/s");
  orr_kept_fini(&model);
  orr_arena_fini(&arena);
}

static void logistic(const bench *b) {
  orr_pair l2 = {"l2", {.kind = ORR_NUMBER, .number = 1.0 / ROWS}};
  fit_family(b, "logistic", &l2, 1, ROWS);
}

static void boosted_trees(const bench *b) {
  orr_pair n = {"n_estimators", {.kind = ORR_INTEGER, .integer = 100}};
  fit_family(b, "boosted_trees", &n, 1, ROWS);
}

static void random_forest(const bench *b) {
  orr_pair n = {"n_estimators", {.kind = ORR_INTEGER, .integer = 100}};
  fit_family(b, "random_forest", &n, 1, ROWS);
}

static void knn(const bench *b) { fit_family(b, "knn", NULL, 0, 20000); }

static void bootstrap(const bench *b) {
  orr_error e;
  orr_arena arena = {0};
  int32_t *label;
  double *p;
  size_t n = 3600, measured;
  must(orr_arena_take(&arena, n, sizeof *label, (void **)&label, &e), &e);
  must(orr_arena_take(&arena, 2 * n, sizeof *p, (void **)&p, &e), &e);
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (size_t i = 0; i < n; i++) {
    p[2 * i + 1] = orr_random_uniform(&r);
    p[2 * i] = 1 - p[2 * i + 1];
    label[i] = orr_random_uniform(&r) < p[2 * i + 1];
  }
  orr_measured *out = calloc(orr_scores_count, sizeof *out);
  orr_evaluation v = {.task = ORR_CLASSIFICATION, .n = n, .classes = 2, .label = label, .probability = p};
  must(orr_evaluation_sort(&v, &arena, &e), &e);
  double start = now();
  must(orr_measure(&v, 1, &b->work, &arena, out, &measured, &e), &e);
  print("bootstrap", ORR_RESAMPLES / (now() - start), "resamples/s");
  free(out);
  orr_arena_fini(&arena);
}

static void expression(const bench *b) {
  orr_error e;
  orr_arena arena = {0};
  orr_expression *x;
  orr_column *c;
  must(orr_expression_parse("log10(abs(x1) + 1) * x2 - x3 / 2", b->table, &arena, &x, &e), &e);
  double start = now();
  must(orr_expression_derive(x, b->table, "d", &b->work, &c, &e), &e);
  print("expression", ROWS / (now() - start), "rows/s");
  orr_column_unref(c);
  orr_arena_fini(&arena);
}

static void csv(const bench *b) { bench_load(&b->work, "csv", b->argument); }
static void h5(const bench *b) { bench_load(&b->work, "h5", b->argument); }
static void tui(const bench *b) {
  bench_tui(b->argument);
  if (!b->argument) bench_plots(&b->work);
}

static void vae(const bench *b) { bench_vae(&b->work, b->argument); }
static void density(const bench *b) { bench_density(&b->work, b->argument); }

typedef struct product {
  double *a, *b, *c;
} product;

enum { SIDE = 256, SHARDS = 64 };

static void multiply(void *context, size_t task) {
  product *p = context;
  size_t at = task * SIDE * SIDE;
  orr_gemm(false, false, SIDE, SIDE, SIDE, 1, p->a + at, SIDE, p->b, SIDE, 0, p->c + at, SIDE);
}

static void gemm_double(const bench *b) {
  product p = {calloc((size_t)SHARDS * SIDE * SIDE, 8), calloc((size_t)SIDE * SIDE, 8),
               calloc((size_t)SHARDS * SIDE * SIDE, 8)};
  if (!p.a || !p.b || !p.c) exit(7);
  orr_pool_run(b->work.pool, SHARDS, multiply, &p);
  double start = now();
  for (int repeat = 0; repeat < 4; repeat++) orr_pool_run(b->work.pool, SHARDS, multiply, &p);
  print("gemm_double", 4.0 * SHARDS * 2.0 * SIDE * SIDE * SIDE * 1e-9 / (now() - start), "GFLOP/s");
  free(p.a), free(p.b), free(p.c);
}

static const struct {
  const char *name, *help;
  void (*run)(const bench *b);
  void (*engine)(const orr_work *w);
} figures[] = {
    {"gemm_double", "double matrix products of side 256, all workers", gemm_double, NULL},
    {"csv", "FILE: reading a CSV file", csv, NULL},
    {"h5", "SRC: reading an HDF5 table", h5, NULL},
    {"expression", "log10(abs(x1) + 1) * x2 - x3 / 2 on 50,000 rows", expression, NULL},
    {"logistic", "fit at a fixed strength, and predict, 50,000 x 20", logistic, NULL},
    {"boosted_trees", "100 rounds, 50,000 x 20", boosted_trees, NULL},
    {"random_forest", "100 trees, 50,000 x 20", random_forest, NULL},
    {"knn", "20,000 x 20 against itself", knn, NULL},
    {"bootstrap", "all classification scores, 3,600 rows", bootstrap, NULL},
    {"gemm", "sgemm alone, on the shards of mlp_512 and mlp_128: the limit of what follows", NULL,
     bench_gemm},
    {"mlp_512", "training 28-128-128-128-1 on 100,000 rows, batch 512", NULL, bench_mlp_512},
    {"mlp_128", "the same, batch 128", NULL, bench_mlp_128},
    {"maf_512", "masked autoregressive flow, 8-D, 181,200 parameters, batch 512", NULL, bench_maf_512},
    {"nsf_512", "coupling neural spline flow, 8-D, 392,780 parameters, batch 512", NULL, bench_nsf_512},
    {"vae_256", "variational autoencoder 784-400-20, batch 256", NULL, bench_vae_256},
    {"memory", "peak of training mlp_512, maf_512, vae_256 against the arithmetic minimum", NULL,
     bench_memory},
    {"overhead", "events and checkpoints, in CPU time of training mlp_512", NULL, bench_overhead},
    {"vae", "SRC: quality on pictures such as digits.h5:/digits/pixels, and a picture of it", vae, NULL},
    {"elementwise", "cost of each elementwise operator", NULL, bench_elementwise},
    {"density", "[PROBLEM]: how close flows come to densities that are known; minutes for each", density,
     NULL},
    {"plots", "frames of two curves of 10,000 points, from gnuplot to characters", NULL, bench_plots},
    {"tui", "[PART]: the workbench on a pseudo terminal: paint, keys, bytes, idle, training", tui, NULL},
    {"startup", "from data in memory to the end of the first step", NULL, bench_startup},
};
enum { FIGURES = sizeof figures / sizeof *figures };

static int find(const char *name) {
  for (int i = 0; i < FIGURES; i++)
    if (!strcmp(figures[i].name, name)) return i;
  return -1;
}

/* Whether the word after its name belongs to the figure. */
static bool takes(int figure, const char *word) {
  if (figures[figure].run == density) return bench_density_is_problem(word);
  if (figures[figure].run == tui) return bench_tui_is_part(word);
  return word && (figures[figure].run == csv || figures[figure].run == h5 || figures[figure].run == vae ||
                  figures[figure].run == tui);
}

static unsigned threads_of(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i++)
    if (!strcmp(argv[i], "--threads")) return (unsigned)strtoul(argv[i + 1], NULL, 10);
  return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "--hdf5-helper")) return orr_hdf5_helper(argc, argv);
  orr_error e;
  bench b = {0};
  if (argc < 2) {
    for (int i = 0; i < FIGURES; i++) printf("%-16s %s\n", figures[i].name, figures[i].help);
    return 0;
  }
  unsigned threads = threads_of(argc, argv);
  orr_linear_init();
  must(orr_pool_new(threads ? threads : 1, &b.work.pool, &e), &e);
  b.table = make_table();
  b.rows = calloc(ROWS, sizeof *b.rows);
  for (size_t i = 0; b.rows && i < ROWS; i++) b.rows[i] = i;
  for (int i = 1; i < argc; i++) {
    int figure = find(argv[i]);
    if (!strcmp(argv[i], "--threads")) i++;
    else if (figure < 0)
      must(orr_fail(&e, ORR_USAGE, "no figure '%s'; orrery-bench alone lists them", argv[i]), &e);
    else {
      b.argument = takes(figure, i + 1 < argc ? argv[i + 1] : NULL) ? argv[++i] : NULL;
      if (figures[figure].engine) figures[figure].engine(&b.work);
      else figures[figure].run(&b);
    }
  }
  free(b.rows);
  orr_table_unref(b.table);
  orr_pool_free(b.work.pool);
  return 0;
}
