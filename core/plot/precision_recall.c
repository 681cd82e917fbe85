/* Precision against recall as the threshold falls. Between points it is drawn
 * in steps, for a straight line there would promise what no threshold gives
 * (Davis & Goadrich 2006); the area of the steps is the average precision. */
#include "plot/threshold.h"

/* y[i] holds from x[i-1] to x[i]. */
static void trace(const orr_walk *w, orr_curve *c) {
  double before = 0;
  c->n = 1;
  for (size_t i = 0; i < w->n; i++) {
    double said = w->hits[i] + w->misses[i], recall = w->hits[i] / w->all_hits;
    if (!(said > 0)) continue;
    c->x[c->n] = recall;
    c->y[c->n++] = w->hits[i] / said;
    c->area += (recall - before) * w->hits[i] / said;
    before = recall;
  }
  c->x[0] = 0;
  c->y[0] = c->y[1];
}

static orr_status guide(const orr_walk *w, orr_figure *f, orr_panel *p, bool first, orr_error *e) {
  double share = w->all_hits / (w->all_hits + w->all_misses);
  return orr_panel_guide(f, p, first ? "guessing" : NULL, 0, share, 1, share, e);
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  static const orr_threshold_style style = {
      .area = "AP", .mark = ORR_STEPS, .trace = trace, .guide = guide, .guide_for_each = true};
  orr_panel *p;
  ORR_TRY(orr_plot_begin(&orr_plot_precision_recall, in, "Precision and recall", f, e));
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  p->x = (orr_axis){.title = "recall", .low = -0.01, .high = 1.01};
  p->y = (orr_axis){.title = "precision", .low = -0.01, .high = 1.01};
  return orr_threshold_curves(in, &style, f, p, e);
}

const orr_plot_kind orr_plot_precision_recall = {
    .name = "precision_recall",
    .help = "How pure the found rows are against how many of the sought ones are found; tells most where "
            "they are rare.",
    .tasks = ORR_CLASSIFICATION,
    .build = build,
};
