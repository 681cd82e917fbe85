/* A variational autoencoder on pictures that a person can judge: every tenth row
 * is for validation, the one after it for the test. Figures of the test rows,
 * and a picture: ten of them over their reconstructions, a walk along each of
 * the latent columns that carry most, and draws from the prior. */
#include "tests/bench/latent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "data/load.h"
#include "model/vae.h"
#include "run/fit_network.h"

enum { ACROSS = 10, WALKS = 8, DRAWS = 2, GAP = 2 };
static const double far = 2.5; /* of a walk, in standard deviations of the prior */

typedef struct study {
  const orr_work *work;
  orr_arena arena;
  orr_matrix train, validation, test; /* shares, 0 to 1 */
  size_t side;
  orr_store store;
} study;

static void must(orr_status status, const orr_error *e) {
  if (!status) return;
  fprintf(stderr, "orrery-bench: %s\n", e->message);
  exit(orr_status_exit(status));
}

static void print(const char *what, double value, const char *unit) {
  printf("vae_%s\t%.6g\t%s\n", what, value, unit);
  fflush(stdout);
}

/* --- Rows ---------------------------------------------------------------------- */

static orr_matrix rows_of(study *s, size_t n) {
  orr_error e;
  orr_matrix m;
  must(orr_matrix_take(&s->arena, n, s->side * s->side, &m, &e), &e);
  return m;
}

static double brightest(const orr_table *t) {
  double most = 0;
  for (size_t j = 0; j < t->n_columns; j++)
    for (size_t i = 0; i < t->rows; i++) most = fmax(most, orr_column_number(t->columns[j], i));
  return most;
}

static void divide(study *s, const orr_table *t) {
  size_t tenth = t->rows / 10, n_train = 0, n_validation = 0, n_test = 0;
  double scale = 1 / brightest(t);
  s->train = rows_of(s, t->rows - 2 * tenth);
  s->validation = rows_of(s, tenth);
  s->test = rows_of(s, tenth);
  for (size_t i = 0; i < t->rows; i++) {
    bool whole = i < 10 * tenth;
    double *to = whole && i % 10 == 0   ? s->validation.x + n_validation++ * t->n_columns
                 : whole && i % 10 == 1 ? s->test.x + n_test++ * t->n_columns
                                        : s->train.x + n_train++ * t->n_columns;
    for (size_t j = 0; j < t->n_columns; j++) to[j] = scale * orr_column_number(t->columns[j], i);
  }
}

static void read_pixels(study *s, const char *src) {
  orr_error e;
  orr_locator where;
  orr_loaded l;
  int fd;
  must(orr_load_open(src, &s->arena, &where, &fd, &e), &e);
  must(orr_load(fd, &where, "/proc/self/exe", NULL, s->work, &l, &e), &e);
  s->side = (size_t)lround(sqrt((double)l.table->n_columns));
  if (s->side * s->side != l.table->n_columns || l.table->rows < 10 * ACROSS)
    must(orr_fail(&e, ORR_DATA,
                  "%zu rows of %zu columns are no pictures; name the dataset, as in f.h5:/images",
                  l.table->rows, l.table->n_columns),
         &e);
  divide(s, l.table);
  orr_loaded_fini(&l);
  if (fd != STDIN_FILENO) close(fd);
}

/* --- Figures --------------------------------------------------------------------- */

static void train(study *s, double beta) {
  orr_error e;
  orr_options o;
  orr_fit_outcome outcome;
  orr_pair given[] = {{"decoder", {.kind = ORR_STRING, .string = "bernoulli"}},
                      {"hidden", {.kind = ORR_STRING, .string = "400"}},
                      {"latent", {.kind = ORR_INTEGER, .integer = 16}},
                      {"beta", {.kind = ORR_NUMBER, .number = beta}}};
  orr_value dict = {.kind = ORR_DICT, .count = sizeof given / sizeof *given, .pairs = given};
  const orr_density *f = &orr_density_vae;
  must(orr_options_init(&o, f->options, f->n_options, &dict, NULL, &s->arena, &e), &e);
  orr_density_rows rows = {.x = s->train}, watched = {.x = s->validation};
  orr_density_input in = {
      .train = &rows, .validation = &watched, .options = &o, .seed = 1, .work = s->work, .arena = &s->arena};
  orr_store_fini(&s->store);
  must(orr_fit_density(f, &in, NULL, &s->store, &outcome, &e), &e);
  fprintf(stderr, "vae: beta %g, %s after %zu steps\n", beta, outcome.stop_reason, outcome.steps);
}

/* Mean squared error of a pixel, and of what the training rows' mean would say. */
static void print_error(study *s) {
  orr_error e;
  size_t n = s->test.rows, d = s->test.cols;
  orr_matrix z, back = rows_of(s, n);
  double error = 0, nothing = 0;
  must(orr_matrix_take(&s->arena, n, 16, &z, &e), &e);
  must(orr_vae_encode(&s->store, &s->test, z.x, NULL, s->work, &e), &e);
  must(orr_vae_decode(&s->store, &z, back.x, s->work, &e), &e);
  for (size_t j = 0; j < d; j++) {
    double mean = 0;
    for (size_t i = 0; i < s->train.rows; i++) mean += s->train.x[i * d + j] / (double)s->train.rows;
    for (size_t i = 0; i < n; i++) {
      error += pow(back.x[i * d + j] - s->test.x[i * d + j], 2);
      nothing += pow(mean - s->test.x[i * d + j], 2);
    }
  }
  print("error", sqrt(error / (double)(n * d)), "rms");
  print("error_of_mean", sqrt(nothing / (double)(n * d)), "rms");
}

static void print_bound(study *s) {
  orr_error e;
  double *bound, sum = 0;
  size_t n = s->test.rows;
  must(orr_arena_take(&s->arena, n, sizeof *bound, (void **)&bound, &e), &e);
  must(orr_vae_likelihood(&s->store, &s->test, 20, 1, bound, NULL, s->work, &e), &e);
  for (size_t i = 0; i < n; i++) sum += bound[i];
  print("bound", sum / (double)n, "nats");
}

static orr_latent_look look(study *s) {
  orr_error e;
  orr_latent_look l;
  must(orr_vae_look(&s->store, &s->test, &s->arena, &l, s->work, &e), &e);
  return l;
}

static void print_look(const orr_latent_look *l) {
  char name[32];
  for (size_t k = 0; k < l->latent; k++) {
    snprintf(name, sizeof name, "kl_%zu", k + 1);
    print(name, l->divergence[k], "nats");
  }
  print("kl", l->total, "nats");
  print("active", (double)l->active, "");
}

/* --- The picture -------------------------------------------------------------------- */

typedef struct canvas {
  size_t width, height;
  unsigned char *grey;
} canvas;

static void put(const canvas *c, size_t side, size_t row, size_t column, const double *x) {
  unsigned char *to = c->grey + row * (side + GAP) * c->width + column * (side + GAP);
  for (size_t i = 0; i < side; i++)
    for (size_t j = 0; j < side; j++)
      to[i * c->width + j] = (unsigned char)lround(255 * (1 - x[i * side + j]));
}

static void put_codes(study *s, const canvas *c, size_t row, const orr_matrix *z) {
  orr_error e;
  orr_matrix x = rows_of(s, z->rows);
  must(orr_vae_decode(&s->store, z, x.x, s->work, &e), &e);
  for (size_t i = 0; i < z->rows; i++) put(c, s->side, row + i / ACROSS, i % ACROSS, x.x + i * x.cols);
}

static size_t most_telling(const orr_latent_look *l, size_t rank) {
  size_t before = 0, k = 0;
  for (k = 0; k < l->latent; k++, before = 0) {
    for (size_t i = 0; i < l->latent; i++)
      before += l->divergence[i] > l->divergence[k] || (l->divergence[i] == l->divergence[k] && i < k);
    if (before == rank) break;
  }
  return k;
}

/* From the code of the first picture, one column at a time. */
static void walk(const orr_latent_look *l, const double *from, size_t rank, orr_matrix *z) {
  size_t along = most_telling(l, rank);
  for (size_t i = 0; i < ACROSS; i++) {
    double *to = z->x + (rank * ACROSS + i) * z->cols;
    memcpy(to, from, z->cols * sizeof *to);
    to[along] = far * (2.0 * (double)i / (ACROSS - 1) - 1);
  }
}

static void draw(study *s, const orr_latent_look *l, const canvas *c) {
  orr_error e;
  orr_matrix code, walks, draws, few = {ACROSS, s->test.cols, s->test.x};
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  size_t n_walks = l->latent < WALKS ? l->latent : WALKS;
  must(orr_matrix_take(&s->arena, ACROSS, l->latent, &code, &e), &e);
  must(orr_matrix_take(&s->arena, n_walks * ACROSS, l->latent, &walks, &e), &e);
  must(orr_matrix_take(&s->arena, DRAWS * ACROSS, l->latent, &draws, &e), &e);
  must(orr_vae_encode(&s->store, &few, code.x, NULL, s->work, &e), &e);
  for (size_t i = 0; i < ACROSS; i++) put(c, s->side, 0, i, few.x + i * few.cols);
  put_codes(s, c, 1, &code);
  for (size_t i = 0; i < n_walks; i++) walk(l, code.x, i, &walks);
  put_codes(s, c, 2, &walks);
  for (size_t i = 0; i < draws.rows * draws.cols; i++) draws.x[i] = orr_random_normal(&r);
  put_codes(s, c, 2 + WALKS, &draws);
}

static void write_picture(study *s, const orr_latent_look *l, const char *src) {
  orr_error e;
  orr_text out = {0};
  char path[64];
  canvas c = {ACROSS * (s->side + GAP) - GAP, (2 + WALKS + DRAWS) * (s->side + GAP) - GAP, NULL};
  const char *inside = strchr(src, ':'), *name = src, *slash;
  while ((slash = strchr(name, '/')) && (!inside || slash < inside)) name = slash + 1;
  must(orr_arena_take(&s->arena, c.width * c.height, 1, (void **)&c.grey, &e), &e);
  draw(s, l, &c);
  snprintf(path, sizeof path, "%.*s.pgm", (int)fmin(50, (double)strcspn(name, ".:")), name);
  orr_text_printf(&out, "P5\n%zu %zu\n255\n", c.width, c.height);
  orr_piece pieces[] = {{out.data, out.length}, {c.grey, c.width * c.height}};
  must(orr_file_write_pieces(path, pieces, 2, &e), &e);
  fprintf(stderr, "vae: pictures, reconstructions, %d walks and draws are in %s\n", WALKS, path);
  orr_text_fini(&out);
}

void bench_vae(const orr_work *w, const char *src) {
  static study s;
  s = (study){.work = w};
  if (!src) {
    fprintf(stderr, "orrery-bench: vae needs a file of pictures\n");
    exit(2);
  }
  read_pixels(&s, src);
  train(&s, 1);
  orr_latent_look seen = look(&s);
  print_look(&seen);
  print_bound(&s);
  print_error(&s);
  write_picture(&s, &seen, src);
  train(&s, 50);
  seen = look(&s);
  print("kl_at_beta_50", seen.total, "nats");
  print("alarm_at_beta_50", (double)(seen.collapse == ORR_COLLAPSE_ALL), "");
  orr_store_fini(&s.store);
  orr_arena_fini(&s.arena);
}
