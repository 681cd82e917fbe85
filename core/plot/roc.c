/* The receiver operating characteristic: true against false positive rate as
 * the threshold falls (Fawcett 2006). Rows of equal probability make a slanted
 * stretch, so that the area under the line is the AUC with ties counting half. */
#include "plot/threshold.h"

static void trace(const orr_walk *w, orr_curve *c) {
  c->x[0] = c->y[0] = 0;
  for (size_t i = 0; i < w->n; i++) {
    c->x[i + 1] = w->misses[i] / w->all_misses;
    c->y[i + 1] = w->hits[i] / w->all_hits;
    c->area += (c->x[i + 1] - c->x[i]) * (c->y[i + 1] + c->y[i]) / 2;
  }
  c->n = w->n + 1;
}

static orr_status guide(const orr_walk *w, orr_figure *f, orr_panel *p, bool first, orr_error *e) {
  (void)w, (void)first;
  return orr_panel_guide(f, p, "chance", 0, 0, 1, 1, e);
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  static const orr_threshold_style style = {.area = "AUC", .mark = ORR_LINE, .trace = trace, .guide = guide};
  orr_panel *p;
  ORR_TRY(orr_plot_begin(&orr_plot_roc, in, "ROC curve", f, e));
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x = (orr_axis){.title = "false positive rate", .low = -0.01, .high = 1.01};
  p->y = (orr_axis){.title = "true positive rate", .low = -0.01, .high = 1.01};
  p->equal = true;
  return orr_threshold_curves(in, &style, f, p, e);
}

const orr_plot_kind orr_plot_roc = {
    .name = "roc",
    .help = "How many of the sought rows are found for how many false alarms; the higher above the diagonal, "
            "the better.",
    .tasks = ORR_CLASSIFICATION,
    .build = build,
};
