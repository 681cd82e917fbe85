/* The confusion matrix: true classes down, predicted ones across. The shade is
 * the share of the true class, so that rare classes show as well as frequent
 * ones; the numbers are rows (or their weight). */
#include <math.h>
#include <stdio.h>

#include "metric/confusion.h"
#include "plot/kind.h"

enum { MOST_NUMBERED = 15 }; /* classes */

static void share_rows(double *shade, const double *cells, size_t k) {
  for (size_t row = 0; row < k; row++) {
    double all = 0;
    for (size_t col = 0; col < k; col++) all += cells[row * k + col];
    for (size_t col = 0; col < k; col++) shade[row * k + col] = all > 0 ? cells[row * k + col] / all : 0;
  }
}

/* "95 (96.0 %)" where there is room, else "95". */
static orr_status number_cells(const double *cells, const double *shade, size_t k, orr_arena *arena,
                               const char **labels, orr_error *e) {
  for (size_t i = 0; i < k * k; i++) {
    char percent[24] = "", count[32];
    if (k <= 5 && shade[i] != 0) snprintf(percent, sizeof percent, " (%.1f %%)", 100 * shade[i]);
    bool large = fabs(cells[i]) >= 1e6;
    snprintf(count, sizeof count, large ? "%.4g" : "%.10g", large ? cells[i] : round(10 * cells[i]) / 10);
    labels[i] = orr_arena_printf(arena, "%s%s", count, percent);
    if (!labels[i]) return orr_fail_memory(e, "labels", k * k);
  }
  return ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  ORR_TRY(orr_plot_begin(&orr_plot_confusion, in, "Confusion matrix", f, e));
  const orr_evaluation *v = in->evaluation;
  size_t k = v->classes;
  double *cells, *shade;
  const char **labels = NULL;
  orr_panel *p;
  ORR_TAKE(f->arena, cells, k * k, e);
  ORR_TAKE(f->arena, shade, k * k, e);
  orr_confusion_fill(v, v->weight, cells);
  share_rows(shade, cells, k);
  if (k <= MOST_NUMBERED) {
    ORR_TAKE(f->arena, labels, k * k, e);
    ORR_TRY(number_cells(cells, shade, k, f->arena, labels, e));
  }
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x = (orr_axis){.title = "predicted class", .names = v->class_names, .n_names = k};
  p->y = (orr_axis){.title = "true class", .names = v->class_names, .n_names = k, .down = true};
  orr_mark map = {.kind = ORR_HEAT_MAP,
                  .title = "share of the true class",
                  .n = k * k,
                  .rows = k,
                  .cols = k,
                  .y = shade,
                  .labels = labels};
  return orr_panel_mark(f, p, map, e);
}

const orr_plot_kind orr_plot_confusion = {
    .name = "confusion",
    .help = "Which class is taken for which: rows are true, columns predicted, and the shade is the share of "
            "the row.",
    .tasks = ORR_CLASSIFICATION,
    .build = build,
};
