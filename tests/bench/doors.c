/* How fast tables come in, best of three; see doors.h. */
#include "tests/bench/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "data/load.h"

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

static double column_bytes(const orr_table *t) {
  double all = 0;
  for (size_t j = 0; j < t->n_columns; j++) {
    const orr_column *c = t->columns[j];
    all += (double)(t->rows * (orr_type_bytes(c->type) + (c->missing != NULL)) + c->words.bytes_used);
  }
  return all;
}

/* Seconds of one reading; `bytes` gets those of its columns. */
static double load(const orr_work *work, const char *src, double *bytes, double *file) {
  orr_error e;
  orr_arena arena = {0};
  orr_locator where;
  orr_loaded l;
  struct stat s;
  int fd;
  must(orr_load_open(src, &arena, &where, &fd, &e), &e);
  *file = fstat(fd, &s) ? 0 : (double)s.st_size;
  double start = now();
  must(orr_load(fd, &where, "/proc/self/exe", NULL, work, &l, &e), &e);
  double seconds = now() - start;
  *bytes = column_bytes(l.table);
  orr_loaded_fini(&l);
  orr_arena_fini(&arena);
  if (fd != STDIN_FILENO) close(fd);
  return seconds;
}

void bench_load(const orr_work *work, const char *name, const char *src) {
  enum { TIMES = 3 };
  double best = 1e300, bytes = 0, file = 0;
  struct rusage usage;
  if (!src) {
    fprintf(stderr, "orrery-bench: %s needs a file\n", name);
    exit(2);
  }
  for (int i = 0; i < TIMES; i++) {
    double seconds = load(work, src, &bytes, &file);
    if (seconds < best) best = seconds;
  }
  bool is_csv = !strcmp(name, "csv");
  getrusage(RUSAGE_SELF, &usage);
  printf("%s\t%.6g\tMB/s\n", name, (is_csv ? file : bytes) * 1e-6 / best);
  printf("%s_columns\t%.6g\tMB\n", name, bytes * 1e-6);
  printf("%s_peak_memory\t%.6g\tMB\n", name, (double)usage.ru_maxrss * 1.024e-3);
}
