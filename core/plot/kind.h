/* Plot kinds: a row each; adding one is a file here and a row in kinds.def.
 * A kind turns what is plotted into a figure; it knows nothing of gnuplot.
 *
 * `build` fills a figure that orr_figure_init made and keeps its title when it
 * has one. Evaluations come sorted (orr_evaluation_sort). What cannot be drawn
 * is ORR_DATA with the reason; ORR_STOPPED when the work is abandoned. */
#ifndef ORR_PLOT_KIND_H
#define ORR_PLOT_KIND_H

#include "base/progress.h"
#include "data/table.h"
#include "metric/evaluation.h"
#include "model/kept.h"
#include "plot/figure.h"

struct orr_importance; /* explain/importance.h */
struct orr_dependence; /* explain/dependence.h */
struct orr_shapley;    /* explain/shapley.h */
struct orr_latent;     /* explain/latent.h */

typedef struct orr_plot_input {
  const orr_evaluation *evaluation; /* kinds that need one */
  const char *model;                /* its name, for titles */
  const orr_evaluation *baseline;   /* beside it where there is one; NULL: none */
  const char *baseline_name;
  const orr_kept *kept; /* kinds that need a fitted model; with a table, some rows of which are shown too */
  const size_t *rows;
  size_t n_rows;
  const orr_table *table; /* kinds that need one */
  const char *const *columns;
  size_t n_columns; /* 0: all that suit */
  const char *by;   /* column that colours or groups; NULL: none */
  const char *target;
  /* Of a fit, what was found already; NULL: the kind asks the model itself, on the rows of the table. */
  const struct orr_importance *importance;
  const struct orr_dependence *dependences; /* [n_dependences] */
  size_t n_dependences;
  const struct orr_shapley *shapley;
  const struct orr_latent *latent;
  const double *code; /* from which a latent space is traversed; NULL: its middle row's */
  uint64_t seed;      /* for bootstrap bands */
  const orr_work *work;
} orr_plot_input;

typedef struct orr_plot_kind {
  const char *name; /* "reliability" */
  const char *help; /* one sentence: what it shows and how to read it */
  unsigned tasks;   /* of the evaluation it needs; 0: it needs a table, or what follows */
  bool of_fit;      /* needs a fitted model */
  orr_status (*build)(const orr_plot_input *in, orr_figure *out, orr_error *e);
} orr_plot_kind;

#define ORR_PLOT(name) extern const orr_plot_kind orr_plot_##name;
#include "plot/kinds.def"
#undef ORR_PLOT

extern const orr_plot_kind *const orr_plots[];
extern const size_t orr_plots_count;
orr_status orr_plot_find(const char *name, const orr_plot_kind **out, orr_error *e);

/* What every build asks first: that the evaluation or table it needs is there and has rows. Sets the title
 * "what: model" when the figure has none. */
orr_status orr_plot_begin(const orr_plot_kind *kind, const orr_plot_input *in, const char *what,
                          orr_figure *out, orr_error *e);
const char *orr_plot_model(const orr_plot_input *in); /* the model's name, or "model" */

#endif
