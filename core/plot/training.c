/* The curves of a training: the loss and its terms over the steps, on the rows
 * it learnt from and on those it only watched. They come with the kept model,
 * as run/curves.h put them there; of a training in two stages as history and
 * history.2. */
#include <math.h>
#include <string.h>

#include "plot/kind.h"

enum { MOST_CURVES = 8 };

/* One stage; x[n] are its steps, the earlier stage's counted in. */
typedef struct stage {
  const orr_tensor *values; /* [n,k] */
  size_t n, k;
  const char *names; /* "epoch,step,loss,…" */
  double *x;
} stage;

static char *name_of(const stage *s, size_t column, orr_arena *arena) {
  const char *at = s->names;
  for (size_t i = 0; i < column && at; i++) at = (at = strchr(at, ',')) ? at + 1 : NULL;
  return at ? orr_arena_strndup(arena, at, strcspn(at, ",")) : NULL;
}

static orr_status read_stage(const orr_store *store, const char *name, double before, stage *s,
                             orr_arena *arena, orr_error *e) {
  s->values = orr_store_find(store, name);
  s->names = orr_store_text(store, name);
  if (!s->values || !s->names || s->values->dtype != ORR_F64 || s->values->n_dimensions != 2)
    return orr_fail(e, ORR_DATA, "plot 'training': the model was not trained in epochs");
  s->n = s->values->shape[0], s->k = s->values->shape[1];
  ORR_TAKE(arena, s->x, s->n, e);
  for (size_t i = 0; i < s->n; i++) s->x[i] = before + (double)i + 1;
  for (size_t column = 0; column < s->k; column++) {
    const char *word = name_of(s, column, arena);
    for (size_t i = 0; word && !strcmp(word, "step") && i < s->n; i++)
      s->x[i] = before + s->values->f64[i * s->k + column];
  }
  return ORR_OK;
}

static bool is_loss(const char *name) {
  static const char *const others[] = {"epoch",         "step",    "learning_rate",
                                       "gradient_norm", "seconds", "seconds_left"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(others[i], name)) return false;
  return true;
}

static orr_status add_curve(const stage *s, size_t column, const char *title, int series, orr_figure *f,
                            bool *positive, orr_error *e) {
  double *y;
  ORR_TAKE(f->arena, y, s->n, e);
  for (size_t i = 0; i < s->n; i++) {
    y[i] = s->values->f64[i * s->k + column];
    *positive = *positive && !(y[i] <= 0);
  }
  orr_mark line = {.kind = ORR_LINE, .title = title, .n = s->n, .x = s->x, .y = y, .series = series};
  return orr_panel_mark(f, &f->panels[0], line, e);
}

static orr_status add_stage(const stage *s, bool titled, orr_figure *f, bool *positive, orr_error *e) {
  int series = 0;
  for (size_t column = 0; column < s->k && series < MOST_CURVES; column++) {
    const char *name = name_of(s, column, f->arena);
    if (!name || !is_loss(name)) continue;
    ORR_TRY(add_curve(s, column, titled ? name : NULL, series++, f, positive, e));
  }
  return ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  orr_panel *panel;
  stage first, second;
  bool positive = true;
  ORR_TRY(orr_plot_begin(&orr_plot_training, in, "Training", f, e));
  ORR_TRY(read_stage(&in->kept->store, "history", 0, &first, f->arena, e));
  ORR_TRY(orr_figure_panel(f, NULL, &panel, e));
  panel->x = (orr_axis){.title = "step"};
  panel->y = (orr_axis){.title = "loss"};
  ORR_TRY(add_stage(&first, true, f, &positive, e));
  if (first.n && orr_store_find(&in->kept->store, "history.2")) {
    ORR_TRY(read_stage(&in->kept->store, "history.2", first.x[first.n - 1], &second, f->arena, e));
    ORR_TRY(add_stage(&second, false, f, &positive, e));
  }
  f->panels[0].y.log = positive;
  return ORR_OK;
}

const orr_plot_kind orr_plot_training = {
    .name = "training",
    .help = "The loss and its terms over the steps: they should flatten out, and those of validation should "
            "not rise "
            "again.",
    .of_fit = true,
    .build = build,
};
