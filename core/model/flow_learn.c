/* Flows from options, and their descriptions in files; see flow.h. */
#include <string.h>

#include "grad/nodes.h"
#include "model/flow.h"
#include "model/loss.h"

/* --- The description ---------------------------------------------------------- */

orr_status orr_flow_note(const orr_flow *f, orr_store *s, orr_error *e) {
  orr_json *j = orr_json_new_object(), *hidden = orr_json_new_array();
  for (int i = 0; i < f->n_hidden; i++) orr_json_push(hidden, orr_json_new_integer(f->hidden[i]));
  orr_json_set(j, "columns", orr_json_new_integer(f->columns));
  orr_json_set(j, "context", orr_json_new_integer(f->context));
  orr_json_set(j, "layers", orr_json_new_integer(f->layers));
  orr_json_set(j, "autoregressive", orr_json_new_boolean(f->autoregressive));
  orr_json_set(j, "spline", orr_json_new_boolean(f->spline));
  orr_json_set(j, "mixing", orr_json_new_boolean(f->mixing));
  orr_json_set(j, "residual", orr_json_new_boolean(f->residual));
  orr_json_set(j, "hidden", hidden);
  orr_json_set(j, "activation", orr_json_new_string(orr_activation_name(f->activation)));
  orr_json_set(j, "bins", orr_json_new_integer(f->bins));
  orr_json_set(j, "box", orr_json_new_number(f->box));
  return orr_store_note_json(s, "architecture", j, e);
}

static orr_status read_description(const orr_json *j, orr_flow *f, orr_error *e) {
  size_t n;
  ORR_TRY(orr_json_want_integer(j, "columns", 1, ORR_MOST_FLOW_COLUMNS, &f->columns, e));
  ORR_TRY(orr_json_want_integer(j, "context", 0, ORR_MOST_FLOW_COLUMNS, &f->context, e));
  ORR_TRY(orr_json_want_integer(j, "layers", 1, ORR_MOST_FLOW_LAYERS, &f->layers, e));
  ORR_TRY(orr_json_want_integer(j, "bins", 2, ORR_MOST_FLOW_BINS, &f->bins, e));
  ORR_TRY(orr_json_want_number(j, "box", 1e-3, 1e6, &f->box, e));
  f->autoregressive = orr_json_is_true(orr_json_get(j, "autoregressive"));
  f->spline = orr_json_is_true(orr_json_get(j, "spline"));
  f->mixing = orr_json_is_true(orr_json_get(j, "mixing"));
  f->residual = orr_json_is_true(orr_json_get(j, "residual"));
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_DATA,
                      orr_activation_find(orr_json_text_of(j, "activation", ""), &f->activation, e)));
  if (!f->autoregressive && f->columns < 2)
    return orr_fail(e, ORR_DATA, "the kept coupling flow has one column");
  ORR_TRY(orr_json_want_widths(j, "hidden", f->hidden, &n, e));
  f->n_hidden = (int)n;
  return ORR_OK;
}

orr_status orr_flow_read(const orr_store *s, orr_flow *f, orr_error *e) {
  orr_json *j;
  *f = (orr_flow){0};
  ORR_TRY(orr_store_want_json(s, "architecture", &j, e));
  orr_status status = read_description(j, f, e);
  orr_json_free(j);
  ORR_TRY(status);
  size_t n = orr_flow_parameters(f);
  const orr_tensor *t = orr_store_find(s, "parameters");
  if (t && n == t->count) return ORR_OK; /* before anything of that size is built */
  return orr_fail(e, ORR_DATA, "the kept flow would have %zu parameters, and there are %zu", n,
                  t ? t->count : 0);
}

/* --- Learning --------------------------------------------------------------------- */

/* An option's number, or where none was given what measured best: fine steps in few columns, few in many. */
static int choose(const orr_density_input *in, const char *option, int few, int many) {
  if (orr_options_has(in->options, option)) return (int)orr_options_integer(in->options, option);
  return in->train->x.cols <= 3 ? few : many;
}

static orr_status describe(const orr_density_input *in, bool autoregressive, bool spline, orr_flow *f,
                           orr_error *e) {
  const orr_options *o = in->options;
  size_t n;
  *f = (orr_flow){.columns = (int)in->train->x.cols,
                  .context = (int)in->train->context.cols,
                  .layers = choose(in, "layers", 3, 2),
                  .autoregressive = autoregressive || in->train->x.cols == 1,
                  .spline = spline,
                  .mixing = !strcmp(orr_options_text(o, "mixing"), "lu"),
                  .residual = orr_options_boolean(o, "residual"),
                  .dropout = orr_options_number(o, "dropout"),
                  .bins = spline ? choose(in, "bins", 32, 8) : 8,
                  .box = spline ? orr_options_number(o, "box") : 4};
  if (in->train->x.cols > ORR_MOST_FLOW_COLUMNS || in->train->context.cols > ORR_MOST_FLOW_COLUMNS)
    return orr_fail(e, ORR_DATA, "%zu columns and %zu of context; a flow takes at most %d of each",
                    in->train->x.cols, in->train->context.cols, ORR_MOST_FLOW_COLUMNS);
  ORR_TRY(orr_activation_find(orr_options_text(o, "activation"), &f->activation, e));
  ORR_TRY(orr_hidden_widths(o, f->hidden, &n, e));
  f->n_hidden = (int)n;
  if (orr_flow_parameters(f) <= ORR_MOST_PARAMETERS) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "a flow of %zu parameters; make hidden or layers smaller",
                  orr_flow_parameters(f));
}

orr_status orr_flow_make_learner(const orr_flow *f, bool weighted, uint64_t seed, orr_learner *l,
                                 orr_error *e) {
  orr_layers layers = {.graph = l->graph = orr_graph_new()};
  if (!l->graph) return orr_fail_memory(e, "a graph", 0);
  orr_graph *g = l->graph;
  orr_node x = orr_node_input(g, "x", ORR_SHAPE_OF(ORR_FREE, f->columns)), context = 0, weight = 0;
  if (f->context) context = orr_node_input(g, "context", ORR_SHAPE_OF(ORR_FREE, f->context));
  if (weighted) weight = orr_node_input(g, "weight", ORR_SHAPE_OF(ORR_FREE));
  orr_node density = orr_flow_log_density(g, f, orr_flow_forward(f, &layers, x, context));
  l->loss = orr_loss_mean(g, orr_node_neg(g, density), weight);
  orr_status status = orr_learner_take_initial(l, e);
  if (!status) orr_layers_begin(&layers, seed, l->initial);
  orr_layers_fini(&layers);
  return status;
}

orr_status orr_flow_learner(const orr_density_input *in, bool autoregressive, bool spline, orr_store *out,
                            orr_lesson *lesson, orr_error *e) {
  orr_flow f;
  ORR_TRY(orr_density_scale(in, true, out, e));
  ORR_TRY(describe(in, autoregressive, spline, &f, e));
  ORR_TRY(orr_flow_note(&f, out, e));
  ORR_TRY(orr_density_rows_add(in, out, lesson, e));
  return orr_flow_make_learner(&f, in->train->weight, in->seed, &lesson->learner, e);
}
