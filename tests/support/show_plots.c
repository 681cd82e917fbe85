/* Shows plots as characters, for eyes: each kind on real data, through a real
 * gnuplot, with colours for a terminal or for cells_png.py.
 *
 *   show_plots KIND COLUMNS ROWS [light|dark|plain|ascii|words]     from the project's root */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "data/csv.h"
#include "model/kept.h"
#include "plot/kind.h"
#include "plot/learning.h"
#include "plot/plotter.h"
#include "plot/rune.h"
#include "plot/screen_text.h"

static void must(orr_status status, const orr_error *e) {
  if (!status) return;
  fprintf(stderr, "show_plots: %s\n", e->message);
  exit(1);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *take(orr_arena *arena, size_t count, size_t size) {
  void *out;
  orr_error e;
  must(orr_arena_take(arena, count, size, &out, &e), &e);
  return out;
}

/* A stand-in for a model: the class of a pulsar from one column through a logistic curve. */
static void evaluate_pulsars(orr_table *t, orr_arena *arena, orr_evaluation *v) {
  static const char *const names[] = {"noise", "pulsar"};
  size_t n = t->rows;
  double *p = take(arena, 2 * n, sizeof *p);
  int32_t *label = take(arena, n, sizeof *label);
  orr_error e;
  for (size_t i = 0; i < n; i++) {
    double x = orr_column_number(t->columns[2], i);
    p[2 * i + 1] = 1 / (1 + exp(-2.2 * (x - 2)));
    p[2 * i] = 1 - p[2 * i + 1];
    label[i] = orr_column_number(t->columns[t->n_columns - 1], i) > 0.5;
  }
  *v = (orr_evaluation){.task = ORR_CLASSIFICATION,
                        .n = n,
                        .classes = 2,
                        .class_names = names,
                        .label = label,
                        .probability = p};
  must(orr_evaluation_sort(v, arena, &e), &e);
}

static void evaluate_regression(orr_arena *arena, orr_evaluation *v) {
  size_t n = 800;
  orr_random r = orr_random_stream(1, 1, ORR_FOR_TEST);
  double *truth = take(arena, n, sizeof *truth), *mean = take(arena, n, sizeof *mean);
  for (size_t i = 0; i < n; i++) {
    mean[i] = 14 + 5 * orr_random_normal(&r);
    truth[i] = mean[i] + (0.5 + 0.05 * mean[i]) * orr_random_normal(&r);
  }
  *v = (orr_evaluation){.task = ORR_REGRESSION, .n = n, .truth = truth, .mean = mean};
}

/* Loss curves of three seeds as a training has them. */
static void draw_learning(orr_figure *f) {
  enum { STEPS = 3000, SEEDS = 3 };
  orr_error e;
  orr_random r = orr_random_stream(2, 2, ORR_FOR_TEST);
  orr_learning_curve curves[2][SEEDS];
  static const double nudges[] = {1200};
  for (int part = 0; part < 2; part++)
    for (int seed = 0; seed < SEEDS; seed++) {
      double *x = take(f->arena, STEPS, sizeof *x), *y = take(f->arena, STEPS, sizeof *y);
      for (int i = 0; i < STEPS; i++) {
        double t = (double)i / STEPS;
        x[i] = i + 1;
        y[i] = part ? (0.09 + 0.6 * exp(-8 * t) + 0.06 * t * t) * (1 + 0.07 * seed)
                    : 0.06 + 0.6 * exp(-9 * t) + 0.02 * orr_random_normal(&r) * (1 - 0.7 * t);
      }
      curves[part][seed] = (orr_learning_curve){STEPS, x, y};
    }
  orr_learning v = {.quantity = "loss",
                    .train = curves[0],
                    .watched = curves[1],
                    .n_train = SEEDS,
                    .n_watched = SEEDS,
                    .nudges = nudges,
                    .n_nudges = 1,
                    .best = 1616};
  must(orr_figure_learning(&v, f, &e), &e);
  f->title = "Training: mlp";
}

static void draw_ranked(orr_figure *f) {
  static const char *const names[] = {"exk_prof", "skewness_prof", "meanprof",  "sd_dmsnr",
                                      "sd_prof",  "meandmsnr",     "exk_dmsnr", "skewness_dmsnr"};
  static const double values[] = {0.213, 0.142, 0.081, 0.034, 0.0212, 0.0071, 0.0019, -0.0008},
                      errors[] = {0.011, 0.012, 0.006, 0.004, 0.0027, 0.0021, 0.0015, 0.0012};
  static double place[8], thick[8];
  orr_error e;
  orr_panel *p;
  f->title = "Importance: boosted trees";
  for (int i = 0; i < 8; i++) place[i] = i, thick[i] = 0.7;
  must(orr_figure_panel(f, NULL, &p, &e), &e);
  p->x.title = "how much worse the log loss becomes";
  p->y = (orr_axis){.names = names, .n_names = 8, .down = true};
  orr_mark bars = {.kind = ORR_BARS_ACROSS, .n = 8, .x = values, .x2 = errors, .y = place, .y2 = thick};
  must(orr_panel_mark(f, p, bars, &e), &e);
}

static void draw_picture(orr_figure *f) {
  static const char digit[] = "........"
                              "..####.."
                              ".##..##."
                              ".....##."
                              "...##..."
                              "..##...."
                              ".######."
                              "........";
  double *values = take(f->arena, 64, sizeof *values);
  orr_error e;
  for (int i = 0; i < 64; i++) values[i] = digit[i] == '#' ? 1 - 0.01 * i : 0.02 * (i % 8);
  orr_panel *p;
  must(orr_figure_panel(f, NULL, &p, &e), &e);
  p->equal = p->y.down = true;
  must(orr_panel_mark(f, p, (orr_mark){.kind = ORR_HEAT_MAP, .n = 64, .rows = 8, .cols = 8, .y = values}, &e),
       &e);
  f->title = "Decoded";
}

static const struct {
  const char *name;
  void (*draw)(orr_figure *f);
} made[] = {{"learning", draw_learning},
            {"ranked", draw_ranked},

            {"picture", draw_picture}};

/* Boosted trees of the pulsars, on the first half of the rows. */
static void train(orr_table *t, orr_arena *arena, size_t *rows, orr_kept *out) {
  orr_error e;
  orr_options options;
  orr_fit_outcome outcome;
  orr_work work = {0};
  size_t *features = take(arena, t->n_columns, sizeof *features);
  for (size_t i = 0; i < t->n_columns; i++) features[i] = i;
  orr_training training = {.task = ORR_CLASSIFICATION,
                           .table = t,
                           .target = "class",
                           .weight = -1,
                           .features = features,
                           .n_features = t->n_columns - 1,
                           .train = rows,
                           .n_train = t->rows / 2,
                           .options = &options,
                           .seed = 1,
                           .work = &work};
  must(orr_family_find("boosted_trees", ORR_CLASSIFICATION, &training.family, &e), &e);
  orr_value none = {.kind = ORR_DICT};
  must(orr_options_init(&options, training.family->options, training.family->n_options, &none, NULL, arena,
                        &e),
       &e);
  must(orr_kept_train(out, &training, &outcome, &e), &e);
}

static void draw(const char *kind, orr_figure *f) {
  static orr_kept kept;
  orr_error e;
  orr_csv_reading csv;
  orr_evaluation v = {0};
  const orr_plot_kind *k;
  orr_work work = {0};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    if (!strcmp(kind, made[i].name)) {
      made[i].draw(f);
      return;
    }
  int fd = open("recipes/data/htru2.csv", O_RDONLY);
  must(orr_csv_read(fd, "recipes/data/htru2.csv", &(orr_options){0}, &work, &csv, &e), &e);
  must(orr_plot_find(kind, &k, &e), &e);
  if (k->tasks & ORR_CLASSIFICATION) evaluate_pulsars(csv.table, f->arena, &v);
  else evaluate_regression(f->arena, &v);
  size_t n = csv.table->rows, *rows = take(f->arena, n, sizeof *rows);
  for (size_t i = 0; i < n; i++) rows[i] = (i * 7919) % n;
  if (k->of_fit) train(csv.table, f->arena, rows, &kept);
  orr_plot_input in = {.evaluation = &v,
                       .model = k->of_fit ? "boosted trees" : "logistic",
                       .kept = k->of_fit ? &kept : NULL,
                       .rows = rows + n / 2,
                       .n_rows = 2000,
                       .table = csv.table,
                       .target = "class",
                       .seed = 1,
                       .work = &work};
  must(k->build(&in, f, &e), &e);
}

static void set_colour(int32_t colour, int base, int none) {
  if (colour < 0) printf("\033[%dm", none);
  else printf("\033[%d;2;%d;%d;%dm", base, colour >> 16 & 255, colour >> 8 & 255, colour & 255);
}

static void show(const orr_drawing *d, bool colours) {
  for (int y = 0; y < d->rows; y++) {
    int32_t fore = -1, back = -1;
    for (int x = 0; x < d->columns; x++) {
      const orr_plot_cell *c = &d->cells[y * d->columns + x];
      orr_text rune = {0};
      if (colours && c->fore != fore) set_colour(fore = c->fore, 38, 39);
      if (colours && c->back != back) set_colour(back = c->back, 48, 49);
      orr_rune_add(&rune, c->rune);
      fputs(orr_text_get(&rune), stdout);
      orr_text_fini(&rune);
    }
    puts(colours ? "\033[0m" : "");
  }
}

int main(int argc, char **argv) {
  orr_error e;
  orr_arena arena = {0};
  orr_figure f;
  orr_plotter *p;
  const char *how = argc > 4 ? argv[4] : "dark";
  if (argc < 4) return 2;
  orr_figure_init(&f, &arena, argv[1], NULL);
  draw(argv[1], &f);
  orr_plot_look look = {.mode = !strcmp(how, "ascii")   ? ORR_PLOT_ASCII
                                : !strcmp(how, "words") ? ORR_PLOT_WORDS
                                : !strcmp(how, "kitty") ? ORR_PLOT_KITTY
                                : !strcmp(how, "sixel") ? ORR_PLOT_SIXEL
                                                        : ORR_PLOT_CELLS,
                        .columns = atoi(argv[2]),
                        .rows = atoi(argv[3]),
                        .palette = orr_plot_palette_plain(!strcmp(how, "light"))};
  look.palette.colours = strcmp(how, "plain") && strcmp(how, "ascii");
  if (getenv("SCRIPT")) {
    orr_cell_layout layout;
    orr_text script = {0}, data = {0};
    must(orr_cell_layout_find(&f, &look, &layout, &e), &e);
    must(orr_screen_text(&f, &look, &layout, 1, &script, &data, &e), &e);
    fputs(orr_text_get(&script), stdout);
    return 0;
  }
  orr_plotter_config config = {.gnuplot = "/usr/bin/gnuplot", .driver = "lua/gnuplot/cells.lua"};
  must(orr_plotter_open(&config, &p, &e), &e);
  must(orr_plotter_want(p, 0, 1, &f, &look, &e), &e);
  while (orr_plotter_busy(p)) {
    struct pollfd polls[ORR_PLOTTER_POLLS];
    orr_plotter_pump(p, seconds());
    poll(polls, orr_plotter_polls(p, polls), 20);
  }
  if (orr_plotter_failure(p, 0)) fprintf(stderr, "failed: %s\n", orr_plotter_failure(p, 0));
  else if (orr_plotter_trouble(p)) fprintf(stderr, "trouble: %s\n", orr_plotter_trouble(p));
  if (orr_plotter_drawing(p, 0) && orr_plotter_drawing(p, 0)->picture_bytes)
    fwrite(orr_plotter_drawing(p, 0)->picture, 1, orr_plotter_drawing(p, 0)->picture_bytes, stdout);
  else if (orr_plotter_drawing(p, 0)) show(orr_plotter_drawing(p, 0), look.palette.colours);
  orr_plotter_close(p);
  orr_arena_fini(&arena);
  return 0;
}
