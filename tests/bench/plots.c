/* Frames of the persistent gnuplot: two curves of 10,000 points, all of them and
 * decimated, at 120 × 40 characters; from the figure to cells, the least of many
 * in milliseconds. Run in the project's root, where the driver is. */
#include "tests/bench/plots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "plot/plotter.h"

enum { POINTS = 10000, FRAMES = 40 };

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

static void make_figure(orr_figure *f, orr_arena *arena) {
  static double x[POINTS], y[2][POINTS];
  orr_random r = orr_random_stream(0, 0, ORR_FOR_TEST);
  orr_error e;
  orr_panel *p;
  orr_figure_init(f, arena, "curves", "Training");
  must(orr_figure_panel(f, NULL, &p, &e), &e);
  p->x.title = "step", p->y.title = "loss";
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < POINTS; i++) {
      x[i] = i;
      y[k][i] = 0.1 + 0.05 * k + 0.6 * exp(-i / 1500.0) + 0.02 * orr_random_normal(&r);
    }
    orr_mark m = {
        .kind = ORR_LINE, .title = k ? "validation" : "train", .n = POINTS, .x = x, .y = y[k], .series = k};
    must(orr_panel_mark(f, p, m, &e), &e);
  }
}

/* Seconds of one frame; NaN when it failed. */
static double frame(orr_plotter *p, const orr_figure *f, const orr_plot_look *look, uint64_t id) {
  orr_error e;
  double start = now();
  must(orr_plotter_want(p, 0, id, f, look, &e), &e);
  while (orr_plotter_busy(p)) {
    struct pollfd polls[ORR_PLOTTER_POLLS];
    orr_plotter_pump(p, now());
    if (orr_plotter_busy(p)) poll(polls, orr_plotter_polls(p, polls), 50);
  }
  return orr_plotter_failure(p, 0) ? NAN : now() - start;
}

static void measure(const char *name, orr_plotter *p, const orr_figure *f, bool whole) {
  orr_plot_look look = {.mode = ORR_PLOT_CELLS, .columns = 120, .rows = 40, .whole = whole};
  static uint64_t id;
  double least = INFINITY;
  look.palette = orr_plot_palette_plain(false);
  for (int i = 0; i < FRAMES; i++) least = fmin(least, frame(p, f, &look, ++id));
  printf("%s\t%.3g\tms\n", name, 1e3 * least);
}

void bench_plots(const orr_work *w) {
  orr_arena arena = {0};
  orr_figure f;
  orr_error e;
  orr_plotter *p;
  orr_plotter_config config = {.gnuplot = "/usr/bin/gnuplot", .driver = "lua/gnuplot/cells.lua"};
  (void)w;
  if (access(config.gnuplot, X_OK)) {
    printf("plot_frame_20000\tgnuplot is not installed\t\n");
    return;
  }
  make_figure(&f, &arena);
  must(orr_plotter_open(&config, &p, &e), &e);
  measure("plot_frame_20000", p, &f, true);
  measure("plot_frame_decimated", p, &f, false);
  orr_plotter_close(p);
  orr_arena_fini(&arena);
}
