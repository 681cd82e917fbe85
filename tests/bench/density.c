/* The flows beside the truth: 50,000 training rows (a tenth of them validation),
 * 20,000 test rows of two moons, rings, a checkerboard and two mixtures in 8
 * dimensions, correlated and of narrow ridges, whose densities are known. Moons
 * and rings are mixtures of many points with Gaussian noise, drawn from and
 * summed over as such: nothing is approximate. */
#include "tests/bench/density.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "run/fit_network.h"

enum { TRAIN = 45000, VALIDATION = 5000, TEST = 20000, ALL = TRAIN + VALIDATION + TEST, WIDEST = 8 };
enum { JUDGED = 10000, SIDE = 500 }; /* samples told from as many test rows; cells of a grid, each way */

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

/* Neighbouring columns correlate by a number of the component's own. */
static void begin_mixture(problem *p) {
  static const double correlation[4] = {-0.7, -0.3, 0.4, 0.8};
  orr_random r = orr_random_stream(4, 0, ORR_FOR_TEST);
  for (int k = 0; k < 4; k++)
    for (size_t i = 0; i < p->d; i++) {
      double own = i ? sqrt(1 - correlation[k] * correlation[k]) : 1;
      p->mean[k][i] = 1.5 * orr_random_normal(&r);
      for (size_t j = 0; j < i; j++) p->factor[k][i][j] = correlation[k] * p->factor[k][i - 1][j];
      p->factor[k][i][i] = own;
    }
}

/* Narrow ridges in random directions: hard. */
static void begin_ridges(problem *p) {
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

const char *const bench_density_problems[] = {"two_moons", "rings",    "checkerboard",
                                              "mixture_8", "ridges_8", NULL};

static void begin(problem *p, const char *name) {
  memset(p, 0, sizeof *p);
  p->name = name;
  p->d = strstr(name, "_8") ? 8 : 2;
  if (!strcmp(name, "two_moons")) begin_moons(p);
  if (!strcmp(name, "rings")) begin_rings(p);
  if (!strcmp(name, "mixture_8")) begin_mixture(p);
  if (!strcmp(name, "ridges_8")) begin_ridges(p);
}

/* --- Measuring ------------------------------------------------------------------- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What is left of x after forwards and backwards: the largest difference, in the data's units. */
static orr_status round_trip(const orr_density *family, const orr_store *s, const orr_matrix *x,
                             const orr_work *w, orr_arena *arena, double *worst, orr_error *e) {
  orr_matrix z;
  ORR_TRY(orr_matrix_take(arena, x->rows, x->cols, &z, e));
  ORR_TRY(family->encode(s, x, NULL, z.x, w, e));
  ORR_TRY(family->decode(s, &z, NULL, z.x, w, e));
  for (size_t i = 0; i < x->rows * x->cols; i++) *worst = fmax(*worst, fabs(z.x[i] - x->x[i]));
  return ORR_OK;
}

/* Two columns: the sum over a grid that reaches half the data's range beyond it on every side. */
static orr_status integrate(const orr_density *family, const orr_store *s, const orr_matrix *data,
                            const orr_work *w, orr_arena *arena, double *integral, orr_error *e) {
  double low[2], step[2], *said;
  orr_matrix grid;
  ORR_TRY(orr_matrix_take(arena, (size_t)SIDE * SIDE, 2, &grid, e));
  ORR_TAKE(arena, said, grid.rows, e);
  for (size_t k = 0; k < 2; k++) {
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < data->rows; i++) {
      least = fmin(least, data->x[2 * i + k]);
      most = fmax(most, data->x[2 * i + k]);
    }
    low[k] = least - (most - least) / 2;
    step[k] = 2 * (most - least) / SIDE;
  }
  for (size_t i = 0; i < grid.rows; i++) {
    grid.x[2 * i] = low[0] + step[0] * ((double)(i / SIDE) + 0.5);
    grid.x[2 * i + 1] = low[1] + step[1] * ((double)(i % SIDE) + 0.5);
  }
  ORR_TRY(family->log_density(s, &grid, NULL, said, w, e));
  for (size_t i = 0; i < grid.rows; i++) *integral += exp(said[i]) * step[0] * step[1];
  return ORR_OK;
}

/* Means over test rows, with the errors of means: of the gap, and of what the density is as a multiple of the true
 * one, which is its integral (over where the truth is not 0). */
static orr_status compare(const problem *p, const orr_density *family, const orr_store *s,
                          const orr_matrix *test, const orr_work *w, orr_arena *arena, density_figures *out,
                          orr_error *e) {
  double *said, squares = 0, ratio_squares = 0, n = (double)test->rows;
  ORR_TAKE(arena, said, test->rows, e);
  ORR_TRY(family->log_density(s, test, NULL, said, w, e));
  for (size_t i = 0; i < test->rows; i++) {
    double truth = log_density(p, test->x + i * p->d), gap = truth - said[i], ratio = exp(-gap);
    out->truth += truth / n;
    out->test += said[i] / n;
    out->integral += ratio / n;
    squares += gap * gap / n;
    ratio_squares += ratio * ratio / n;
  }
  double gap = out->truth - out->test;
  out->standard_error = sqrt((squares - gap * gap) / n);
  out->integral_error = sqrt((ratio_squares - out->integral * out->integral) / n);
  return ORR_OK;
}

static orr_status judge(const problem *p, const orr_density *family, const orr_store *s,
                        const orr_matrix *test, const orr_work *w, orr_arena *arena, density_figures *out,
                        orr_error *e) {
  size_t latent;
  orr_matrix few = {JUDGED, p->d, test->x}, samples;
  ORR_TRY(orr_matrix_take(arena, JUDGED, p->d, &samples, e));
  ORR_TRY(family->check(s, p->d, 0, &latent, e));
  ORR_TRY(compare(p, family, s, test, w, arena, out, e));
  if (p->d == 2) {
    out->integral = out->integral_error = 0;
    ORR_TRY(integrate(family, s, test, w, arena, &out->integral, e));
  }
  ORR_TRY(round_trip(family, s, test, w, arena, &out->round_trip, e));
  out->parameters = orr_store_find(s, "parameters")->count;
  ORR_TRY(family->sample(s, NULL, JUDGED, 1, samples.x, w, e));
  return orr_two_sample_test(&few, &samples, 1, w, &out->c2st, e);
}

static orr_status measure(const problem *p, const orr_density *family, const orr_value *given,
                          const orr_work *w, orr_arena *arena, density_figures *out, orr_error *e) {
  double *x;
  orr_options options;
  orr_store store = {0};
  orr_fit_outcome outcome;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  ORR_TAKE(arena, x, ALL * p->d, e);
  for (size_t i = 0; i < ALL; i++) draw(p, &r, x + i * p->d);
  ORR_TRY(orr_options_init(&options, family->options, family->n_options, given, NULL, arena, e));
  orr_density_rows train = {.x = {TRAIN, p->d, x}}, validation = {.x = {VALIDATION, p->d, x + TRAIN * p->d}};
  orr_density_input in = {
      .train = &train, .validation = &validation, .options = &options, .seed = 1, .work = w, .arena = arena};
  double start = now();
  orr_status status = orr_fit_density(family, &in, NULL, &store, &outcome, e);
  out->seconds = now() - start;
  out->steps = outcome.steps;
  orr_matrix test = {TEST, p->d, x + (TRAIN + VALIDATION) * p->d};
  if (!status) status = judge(p, family, &store, &test, w, arena, out, e);
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

bool bench_density_is_problem(const char *word) {
  for (size_t i = 0; word && bench_density_problems[i]; i++)
    if (!strcmp(word, bench_density_problems[i])) return true;
  return false;
}

static void print(const char *family, const char *problem_name, const char *what, double value,
                  const char *unit) {
  printf("density_%s_%s_%s\t%.4g\t%s\n", family, problem_name, what, value, unit);
  fflush(stdout);
}

static void measure_and_print(const orr_density *family, const char *name, const orr_work *w) {
  density_figures f;
  orr_error e;
  if (bench_density_measure(name, family, NULL, w, &f, &e)) {
    fprintf(stderr, "orrery-bench: %s on %s: %s\n", family->name, name, e.message);
    return;
  }
  print(family->name, name, "truth", f.truth, "nats");
  print(family->name, name, "test", f.test, "nats");
  print(family->name, name, "gap", f.truth - f.test, "nats");
  print(family->name, name, "gap_error", f.standard_error, "nats");
  print(family->name, name, "integral", f.integral, "");
  if (f.integral_error > 0) print(family->name, name, "integral_error", f.integral_error, "");
  print(family->name, name, "round_trip", f.round_trip, "");
  print(family->name, name, "c2st", f.c2st.accuracy, "");
  print(family->name, name, "c2st_error", f.c2st.standard_error, "");
  print(family->name, name, "c2st_p", f.c2st.p_value, "");
  print(family->name, name, "parameters", (double)f.parameters, "");
  print(family->name, name, "seconds", f.seconds, "s");
}

void bench_density(const orr_work *w, const char *problem_name) {
  static const orr_density *const families[] = {&orr_density_nsf, &orr_density_maf, &orr_density_realnvp};
  for (size_t i = 0; bench_density_problems[i]; i++)
    for (size_t k = 0; k < sizeof families / sizeof *families; k++)
      if (!problem_name || !strcmp(problem_name, bench_density_problems[i]))
        measure_and_print(families[k], bench_density_problems[i], w);
}
