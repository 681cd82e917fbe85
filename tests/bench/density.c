/* The flows beside the truth: 50,000 training rows (a tenth of them validation),
 * 20,000 test rows of two moons, rings, a checkerboard and a correlated mixture
 * in 8 dimensions, whose densities are known; then a classifier two-sample test
 * (Lopez-Paz and Oquab, ICLR 2017) of 20,000 samples against the test rows. */
#include "tests/bench/density.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "model/model.h"
#include "run/fit_network.h"

enum { TRAIN = 45000, VALIDATION = 5000, TEST = 20000, ALL = TRAIN + VALIDATION + TEST, WIDEST = 8 };

static const double pi = 3.14159265358979323846;

/* --- Points on curves, with Gaussian noise ------------------------------------ */

enum { MOST_POINTS = 8192 };

typedef struct curves {
  size_t n;
  double x[MOST_POINTS], y[MOST_POINTS], sd; /* points of equal weight, closer than the noise */
} curves;

static double curves_log_density(const curves *c, const double *at) {
  double sum = 0, scale = 1 / (2 * c->sd * c->sd);
  for (size_t i = 0; i < c->n; i++) {
    double dx = at[0] - c->x[i], dy = at[1] - c->y[i];
    sum += exp(-(dx * dx + dy * dy) * scale);
  }
  return log(sum / (double)c->n * scale / pi);
}

static void arc(curves *c, size_t points, double x, double y, double radius, double from, double to) {
  for (size_t i = 0; i < points; i++, c->n++) {
    double angle = from + (to - from) * ((double)i + 0.5) / (double)points;
    c->x[c->n] = x + radius * cos(angle);
    c->y[c->n] = y + radius * sin(angle);
  }
}

/* --- The problems ---------------------------------------------------------------- */

typedef struct problem {
  const char *name;
  size_t d;
  curves curves;
  double mean[4][WIDEST], factor[4][WIDEST][WIDEST]; /* mixture: x = mean + factor z, lower triangular */
} problem;

static void begin_moons(problem *p) {
  p->curves.sd = 0.1;
  arc(&p->curves, 400, 0, 0, 1, 0, pi);
  arc(&p->curves, 400, 1, 0.5, 1, pi, 2 * pi);
}

static void begin_rings(problem *p) {
  p->curves.sd = 0.08;
  for (int ring = 1; ring <= 4; ring++) arc(&p->curves, 600, 0, 0, 0.75 * ring, 0, 2 * pi);
}

static void begin_mixture(problem *p) {
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  for (int k = 0; k < 4; k++)
    for (size_t i = 0; i < p->d; i++) {
      p->mean[k][i] = 2 * orr_random_normal(&r);
      for (size_t j = 0; j < i; j++) p->factor[k][i][j] = 0.5 * orr_random_normal(&r);
      p->factor[k][i][i] = 0.4 + orr_random_uniform(&r);
    }
}

static double component_log_density(const problem *p, int k, const double *x) {
  double z[WIDEST], sum = 0;
  for (size_t i = 0; i < p->d; i++) {
    z[i] = x[i] - p->mean[k][i];
    for (size_t j = 0; j < i; j++) z[i] -= p->factor[k][i][j] * z[j];
    z[i] /= p->factor[k][i][i];
    sum -= z[i] * z[i] / 2 + log(2 * pi) / 2 + log(p->factor[k][i][i]);
  }
  return sum;
}

static double log_density(const problem *p, const double *x) {
  if (!strcmp(p->name, "checkerboard")) return -log(32);
  if (p->curves.n) return curves_log_density(&p->curves, x);
  double sum = 0;
  for (int k = 0; k < 4; k++) sum += exp(component_log_density(p, k, x)) / 4;
  return log(sum);
}

static void draw(const problem *p, orr_random *r, double *x) {
  if (!strcmp(p->name, "checkerboard")) {
    double a = 4 * orr_random_uniform(r) - 2, b = orr_random_uniform(r) - 2 * (double)orr_random_below(r, 2);
    x[0] = 2 * a;
    x[1] = 2 * (b + (double)((long)floor(a) & 1));
  } else if (p->curves.n) {
    size_t at = orr_random_below(r, p->curves.n);
    x[0] = p->curves.x[at] + p->curves.sd * orr_random_normal(r);
    x[1] = p->curves.y[at] + p->curves.sd * orr_random_normal(r);
  } else {
    size_t k = orr_random_below(r, 4);
    double z[WIDEST];
    for (size_t i = 0; i < p->d; i++) {
      z[i] = orr_random_normal(r);
      x[i] = p->mean[k][i];
      for (size_t j = 0; j <= i; j++) x[i] += p->factor[k][i][j] * z[j];
    }
  }
}

const char *const bench_density_problems[] = {"two_moons", "rings", "checkerboard", "mixture_8", NULL};

static void begin(problem *p, const char *name) {
  memset(p, 0, sizeof *p);
  p->name = name;
  p->d = strcmp(name, "mixture_8") ? 2 : 8;
  if (!strcmp(name, "two_moons")) begin_moons(p);
  if (!strcmp(name, "rings")) begin_rings(p);
  if (!strcmp(name, "mixture_8")) begin_mixture(p);
}

/* --- Measuring ------------------------------------------------------------------- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Half of the test rows and of the samples to learn from, the other half to be told apart. */
static orr_status two_samples(const double *test, const double *samples, size_t d, const orr_work *w,
                              orr_arena *arena, double *accuracy, orr_error *e) {
  double *x, *p;
  int32_t *label;
  orr_store store = {0};
  orr_fit_outcome outcome;
  orr_options options;
  ORR_TAKE(arena, x, 2 * TEST * d, e);
  ORR_TAKE(arena, label, 2 * TEST, e);
  ORR_TAKE(arena, p, 2 * TEST, e);
  for (size_t i = 0; i < 2 * TEST; i++) {
    label[i] = i % 2;
    memcpy(x + i * d, (label[i] ? test : samples) + i / 2 * d, d * sizeof *x);
  }
  const orr_family *f = &orr_family_boosted_trees;
  orr_frame train = {.x = {TEST, d, x}, .classes = 2, .label = label};
  orr_matrix rest = {TEST, d, x + TEST * d};
  orr_value given = {.kind = ORR_DICT, .count = 1};
  given.pairs = &(orr_pair){"n_estimators", {.kind = ORR_INTEGER, .integer = 200}};
  ORR_TRY(orr_options_init(&options, f->options, f->n_options, &given, NULL, arena, e));
  orr_fit_input in = {
      .task = ORR_CLASSIFICATION, .train = &train, .options = &options, .seed = 1, .work = w, .arena = arena};
  orr_status status = f->fit(&in, &store, &outcome, e);
  if (!status) status = f->predict(&store, in.task, &rest, 2, p, w, e);
  orr_store_fini(&store);
  size_t right = 0;
  for (size_t i = 0; i < TEST; i++) right += (p[2 * i + 1] > 0.5) == (label[TEST + i] == 1);
  *accuracy = (double)right / TEST;
  return status;
}

static orr_status judge(const problem *p, const orr_density *family, const orr_store *s, const double *test,
                        const orr_work *w, orr_arena *arena, density_figures *out, orr_error *e) {
  double *said, *samples, sum = 0, squares = 0;
  orr_matrix x = {TEST, p->d, (double *)test};
  size_t latent;
  ORR_TAKE(arena, said, TEST, e);
  ORR_TAKE(arena, samples, TEST * p->d, e);
  ORR_TRY(family->check(s, p->d, 0, &latent, e));
  ORR_TRY(family->log_density(s, &x, NULL, said, w, e));
  for (size_t i = 0; i < TEST; i++) {
    double truth = log_density(p, test + i * p->d), gap = said[i] - truth;
    out->truth += truth / TEST;
    out->test += said[i] / TEST;
    sum += gap / TEST;
    squares += gap * gap / TEST;
  }
  out->standard_error = sqrt((squares - sum * sum) / TEST);
  out->parameters = orr_store_find(s, "parameters")->count;
  ORR_TRY(family->sample(s, NULL, TEST, 1, samples, w, e));
  return two_samples(test, samples, p->d, w, arena, &out->c2st, e);
}

static orr_status measure(const problem *p, const orr_density *family, const orr_value *given, const orr_work *w,
                          orr_arena *arena, density_figures *out, orr_error *e) {
  double *x;
  orr_options options;
  orr_store store = {0};
  orr_fit_outcome outcome;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  ORR_TAKE(arena, x, ALL * p->d, e);
  for (size_t i = 0; i < ALL; i++) draw(p, &r, x + i * p->d);
  ORR_TRY(orr_options_init(&options, family->options, family->n_options, given, NULL, arena, e));
  orr_density_rows train = {.x = {TRAIN, p->d, x}}, validation = {.x = {VALIDATION, p->d, x + TRAIN * p->d}};
  orr_density_input in = {.train = &train,
                          .validation = &validation,
                          .options = &options,
                          .seed = 1,
                          .work = w,
                          .arena = arena};
  double start = now();
  orr_status status = orr_fit_density(family, &in, NULL, &store, &outcome, e);
  out->seconds = now() - start;
  out->steps = outcome.steps;
  if (!status) status = judge(p, family, &store, x + (TRAIN + VALIDATION) * p->d, w, arena, out, e);
  orr_store_fini(&store);
  return status;
}

orr_status bench_density_measure(const char *name, const orr_density *family, const orr_value *given,
                                 const orr_work *w, density_figures *out, orr_error *e) {
  static problem p;
  orr_arena arena = {0};
  *out = (density_figures){0};
  begin(&p, name);
  orr_status status = measure(&p, family, given, w, &arena, out, e);
  orr_arena_fini(&arena);
  return status;
}

static void print(const char *family, const char *problem_name, const char *what, double value, const char *unit) {
  printf("density_%s_%s_%s\t%.4f\t%s\n", family, problem_name, what, value, unit);
  fflush(stdout);
}

void bench_density(const orr_work *w) {
  const orr_density *const families[] = {&orr_density_nsf, &orr_density_maf};
  for (size_t i = 0; bench_density_problems[i]; i++)
    for (size_t k = 0; k < 2; k++) {
      const char *name = bench_density_problems[i], *family = families[k]->name;
      density_figures f;
      orr_error e;
      if (bench_density_measure(name, families[k], NULL, w, &f, &e)) {
        fprintf(stderr, "orrery-bench: %s on %s: %s\n", family, name, e.message);
        continue;
      }
      print(family, name, "gap", f.truth - f.test, "nats");
      print(family, name, "gap_error", f.standard_error, "nats");
      print(family, name, "c2st", f.c2st, "");
      print(family, name, "seconds", f.seconds, "s");
    }
}
