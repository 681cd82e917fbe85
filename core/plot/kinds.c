/* The table of plot kinds, and what they all begin with; see kind.h. */
#include "plot/kind.h"

#include <string.h>

#include "base/text.h"

const orr_plot_kind *const orr_plots[] = {
#define ORR_PLOT(name) &orr_plot_##name,
#include "plot/kinds.def"
#undef ORR_PLOT
};
const size_t orr_plots_count = sizeof orr_plots / sizeof *orr_plots;

static const char *const names[] = {
#define ORR_PLOT(name) #name,
#include "plot/kinds.def"
#undef ORR_PLOT
};

static orr_status unknown(const char *name, orr_error *e) {
  const char *nearest = orr_text_nearest(name, names, orr_plots_count);
  if (nearest) return orr_fail(e, ORR_USAGE, "unknown plot '%.80s'; did you mean '%s'?", name, nearest);
  orr_text all = {0};
  for (size_t i = 0; i < orr_plots_count; i++) orr_text_printf(&all, "%s%s", i ? ", " : "", names[i]);
  orr_fail(e, ORR_USAGE, "unknown plot '%.80s'; there are %s", name, orr_text_get(&all));
  orr_text_fini(&all);
  return ORR_USAGE;
}

orr_status orr_plot_find(const char *name, const orr_plot_kind **out, orr_error *e) {
  for (size_t i = 0; i < orr_plots_count; i++)
    if (!strcmp(names[i], name)) return *out = orr_plots[i], ORR_OK;
  return unknown(name, e);
}

const char *orr_plot_model(const orr_plot_input *in) { return in->model && *in->model ? in->model : "model"; }

static orr_status check(const orr_plot_kind *kind, const orr_plot_input *in, orr_error *e) {
  const char *name = kind->name;
  if (kind->of_fit) {
    if (!in->kept) return orr_fail(e, ORR_USAGE, "plot '%s' needs a fitted model", name);
    return ORR_OK;
  }
  if (!kind->tasks) {
    if (!in->table) return orr_fail(e, ORR_USAGE, "plot '%s' needs a table; give it data, not a model", name);
    if (!in->table->rows) return orr_fail(e, ORR_DATA, "plot '%s': the table has no rows", name);
    return ORR_OK;
  }
  if (!in->evaluation)
    return orr_fail(e, ORR_USAGE, "plot '%s' needs an evaluated model; evaluate one first", name);
  if (!(in->evaluation->task & kind->tasks))
    return orr_fail(e, ORR_USAGE, "plot '%s' is for %s, and '%.80s' does %s", name,
                    orr_task_name((orr_task)kind->tasks), orr_plot_model(in),
                    orr_task_name(in->evaluation->task));
  if (!in->evaluation->n) return orr_fail(e, ORR_DATA, "plot '%s': no rows were evaluated", name);
  return ORR_OK;
}

orr_status orr_plot_begin(const orr_plot_kind *kind, const orr_plot_input *in, const char *what,
                          orr_figure *out, orr_error *e) {
  ORR_TRY(check(kind, in, e));
  if (out->title && *out->title) return ORR_OK;
  bool of_model = kind->tasks || kind->of_fit;
  out->title = of_model ? orr_arena_printf(out->arena, "%s: %s", what, orr_plot_model(in)) : what;
  return out->title ? ORR_OK : orr_fail_memory(e, "a title", strlen(what));
}
