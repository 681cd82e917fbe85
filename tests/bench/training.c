/* Whole trainings of the bench's networks, by the trainer that users have.
 *
 * Memory: the most that the core's blocks held above what they held before,
 * against parameters, gradient, both moments of Adam and a batch's activations
 * a worker; the rows are on neither side. Overhead: user and system time with
 * a session's events (kept in a file, and read) and checkpoints, against the
 * same training without, by turns; the least of each.
 */
#include "tests/bench/training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "run/trainer.h"
#include "session/session.h"
#include "tests/bench/networks.h"

static void must(orr_status status, const orr_error *e) {
  if (!status) return;
  fprintf(stderr, "orrery-bench: %s\n", e->message);
  exit(orr_status_exit(status));
}

static void print(const char *name, const char *what, double value, const char *unit) {
  printf("%s_%s\t%.6g\t%s\n", name, what, value, unit);
  fflush(stdout);
}

static float *random_rows(size_t n, bool binary) {
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  float *x = malloc(n * sizeof *x);
  if (!x) exit(7);
  for (size_t i = 0; i < n; i++)
    x[i] = binary ? (float)(orr_random_word(&r) & 1) : (float)orr_random_normal(&r);
  return x;
}

/* Rows for one of the networks, and a training of it. */
typedef struct lesson {
  const char *name;
  size_t batch;
  float *x[2];
  orr_rows_in in[2];
  orr_dataset rows;
} lesson;

static void open_lesson(lesson *l, const char *name, size_t rows, size_t batch) {
  orr_error e;
  network n;
  orr_node loss;
  *l = (lesson){.name = name, .batch = batch};
  must(network_loss(name, &n, &loss, &e), &e);
  for (int i = 0; i < n.n_inputs; i++) {
    l->x[i] = random_rows(rows * n.width[i], n.binary[i]);
    l->in[i] = (orr_rows_in){l->x[i], n.width[i]};
  }
  l->rows = (orr_dataset){rows, l->in};
  network_free(&n);
}

static void close_lesson(lesson *l) { free(l->x[0]), free(l->x[1]); }

static void train(const lesson *l, size_t epochs, const orr_work *w, const orr_clock *clock,
                  const orr_checkpoint *checkpoint) {
  orr_error e;
  network n;
  orr_learner learner = {0};
  orr_trainer_result result;
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  must(network_loss(l->name, &n, &learner.loss, &e), &e);
  learner.graph = n.graph;
  must(orr_learner_take_initial(&learner, &e), &e);
  network_initialise(&n, learner.initial, &r);
  orr_trainer_options options = {
      .method = ORR_METHOD_ADAM, .epochs = epochs, .batch_size = l->batch, .learning_rate = 1e-3, .seed = 1};
  orr_trainer_input in = {.learner = &learner,
                          .takes_initial = true,
                          .train = &l->rows,
                          .options = &options,
                          .work = w,
                          .clock = *clock,
                          .checkpoint = checkpoint};
  must(orr_trainer_run(&in, &result, &e), &e);
  orr_trainer_result_fini(&result);
  orr_learner_fini(&learner);
}

/* --- Memory ----------------------------------------------------------------------- */

static double least_bytes(const lesson *l, const orr_work *w) {
  double parameters = (double)network_parameters(l->name), workers = orr_pool_threads(w->pool);
  return (4 * parameters + workers * (double)l->batch * (double)network_activations(l->name)) * sizeof(float);
}

static void memory(const orr_work *w, const char *label, const char *name, size_t batch) {
  static const orr_clock stopped;
  lesson l;
  open_lesson(&l, name, 20000, batch);
  size_t before = orr_memory_held();
  orr_memory_forget_peak();
  train(&l, 2, w, &stopped, NULL);
  double peak = (double)(orr_memory_peak() - before);
  print(label, "peak", peak * 1e-6, "MB");
  print(label, "memory", peak / least_bytes(&l, w), "of the least");
  close_lesson(&l);
}

void bench_memory(const orr_work *w) {
  memory(w, "mlp_512", "mlp", 512);
  memory(w, "maf_512", "maf", 512);
  memory(w, "vae_256", "vae", 256);
}

/* --- Overhead ----------------------------------------------------------------------- */

static double monotonic(void *context) {
  struct timespec t;
  (void)context;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double used(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

typedef struct watched {
  orr_session session;
  orr_events events;
  size_t seen;
} watched;

/* Reports go where a session has them go, and what reaches the ring is taken out as a front end does. */
static orr_signal watch(void *context, const orr_report *report) {
  watched *o = context;
  orr_event event;
  orr_signal answer = o->session.work.progress(o->session.work.context, report);
  while (orr_events_take(&o->events, &event)) o->seen++;
  return answer;
}

static double with_everything(const lesson *l, size_t epochs, const orr_work *w, size_t *seen) {
  orr_error e;
  watched o = {0};
  char folder[] = "/tmp/orrery-bench-XXXXXX", path[64];
  if (!mkdtemp(folder)) exit(7);
  snprintf(path, sizeof path, "%s/checkpoint", folder);
  orr_session_config config = {
      .folder = folder, .seed = 1, .language_version = "none", .clock = {.seconds = monotonic}};
  must(orr_events_init(&o.events, &e), &e);
  must(orr_session_open(&o.session, &config, w->pool, NULL, &o.events, &e), &e);
  orr_work work = {.pool = w->pool, .progress = watch, .context = &o};
  double before = used();
  train(l, epochs, &work, &config.clock, &(orr_checkpoint){.path = path, .every_seconds = 0.25});
  double spent = used() - before;
  if (!orr_file_exists(path)) fprintf(stderr, "overhead: no checkpoint was written\n");
  *seen = o.seen;
  orr_session_close(&o.session);
  orr_events_fini(&o.events);
  orr_file_remove_tree(folder);
  return spent;
}

static double without(const lesson *l, size_t epochs, const orr_work *w) {
  static const orr_clock stopped;
  orr_work work = {.pool = w->pool};
  double before = used();
  train(l, epochs, &work, &stopped, NULL);
  return used() - before;
}

void bench_overhead(const orr_work *w) {
  enum { EPOCHS = 6, TIMES = 16 };
  lesson l;
  double least[2] = {1e300, 1e300};
  size_t seen = 0;
  open_lesson(&l, "mlp", 100000, 512);
  without(&l, 1, w);
  for (int i = 0; i < TIMES; i++) {
    double bare = without(&l, EPOCHS, w), whole = with_everything(&l, EPOCHS, w, &seen);
    if (bare < least[0]) least[0] = bare;
    if (whole < least[1]) least[1] = whole;
  }
  fprintf(stderr, "overhead: %.3f s bare, %.3f s with %zu events\n", least[0], least[1], seen);
  print("mlp_512", "overhead", 100 * (least[1] / least[0] - 1), "%");
  close_lesson(&l);
}
