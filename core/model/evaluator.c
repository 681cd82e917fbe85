/* Asking a network, see network.h: rows go through in pieces of a fixed size,
 * so that what comes out does not depend on threads, and a stop is heard. */
#include <string.h>

#include "base/memory.h"
#include "model/network.h"

enum { PIECE = 2048 };

static size_t element(const orr_evaluator *v) { return v->precision == ORR_SINGLE ? sizeof(float) : sizeof(double); }

static orr_status take_widths(orr_evaluator *v, const orr_graph *g, const orr_node *answers, orr_error *e) {
  size_t width = 0;
  v->n_inputs = orr_graph_inputs(g);
  v->n_settings = orr_graph_settings(g);
  if (v->n_inputs > sizeof v->input_width / sizeof *v->input_width || v->n_settings > 64)
    return orr_fail(e, ORR_SHAPE, "a network of %zu inputs and %zu settings", v->n_inputs, v->n_settings);
  for (size_t i = 0; i < v->n_inputs; i++) {
    orr_shape s = orr_shape_of(g, orr_graph_input(g, i));
    width += v->input_width[i] = orr_shape_size(&s, 1);
  }
  for (size_t i = 0; i < v->n_answers; i++) {
    orr_shape s = orr_shape_of(g, answers[i]);
    width += v->answer_width[i] = orr_shape_size(&s, 1);
  }
  v->room = orr_calloc(width * PIECE, element(v));
  return v->room ? ORR_OK : orr_fail_memory(e, "rows of a network", width * PIECE * element(v));
}

static orr_status take_parameters(orr_evaluator *v, const float *parameters, size_t n, orr_error *e) {
  v->parameters = parameters;
  if (v->precision == ORR_SINGLE) return ORR_OK;
  double *slab = orr_calloc(n + 1, sizeof *slab);
  if (!slab) return orr_fail_memory(e, "parameters", n * sizeof *slab);
  for (size_t i = 0; i < n; i++) slab[i] = (double)parameters[i];
  v->slab = slab;
  return ORR_OK;
}

orr_status orr_evaluator_init(orr_evaluator *v, const orr_graph *g, const orr_node *answers, size_t n_answers,
                              orr_precision precision, const float *parameters, orr_error *e) {
  orr_root roots[ORR_MOST_ANSWERS];
  *v = (orr_evaluator){.precision = precision, .n_answers = n_answers};
  ORR_TRY(orr_graph_check(g, e));
  for (size_t i = 0; i < n_answers; i++) roots[i] = (orr_root){answers[i], ORR_ROOT_ROWS, 0};
  orr_status status = take_widths(v, g, answers, e);
  if (!status) status = take_parameters(v, parameters, orr_graph_slab(g), e);
  if (!status) status = orr_program_compile(g, roots, n_answers, precision, PIECE, &v->program, e);
  if (status) orr_evaluator_fini(v);
  return status;
}

void orr_evaluator_fini(orr_evaluator *v) {
  orr_program_free(v->program);
  orr_free(v->slab);
  orr_free(v->room);
  *v = (orr_evaluator){0};
}

/* to[rows,width] from the matrix; of one row, from that. */
static void put_rows(const orr_evaluator *v, const orr_matrix *x, size_t first, size_t rows, size_t width, void *to) {
  for (size_t i = 0; i < rows; i++) {
    const double *from = x->x + (x->rows == 1 ? 0 : first + i) * width;
    for (size_t k = 0; k < width; k++)
      if (v->precision == ORR_SINGLE) ((float *)to)[i * width + k] = (float)from[k];
      else ((double *)to)[i * width + k] = from[k];
  }
}

static void get_rows(const orr_evaluator *v, const void *from, size_t n, double *to) {
  if (v->precision == ORR_DOUBLE) memcpy(to, from, n * sizeof *to);
  else
    for (size_t i = 0; i < n; i++) to[i] = (double)((const float *)from)[i];
}

static orr_status run_piece(orr_evaluator *v, const orr_matrix *inputs, size_t first, orr_feed *feed,
                            double *const *answers, orr_pool *pool, orr_error *e) {
  orr_rows_in in[sizeof v->input_width / sizeof *v->input_width];
  orr_rows_out out[ORR_MOST_ANSWERS];
  char *room = v->room;
  for (size_t i = 0; i < v->n_inputs; i++) {
    if (inputs[i].x) put_rows(v, &inputs[i], first, feed->n_rows, v->input_width[i], room);
    in[i] = (orr_rows_in){room, v->input_width[i]};
    room += v->input_width[i] * PIECE * element(v);
  }
  for (size_t i = 0; i < v->n_answers; i++) {
    out[i] = (orr_rows_out){room, v->answer_width[i]};
    room += v->answer_width[i] * PIECE * element(v);
  }
  feed->inputs = in;
  feed->outputs = out;
  feed->first_row = first;
  ORR_TRY(orr_program_run(v->program, feed, pool, e));
  for (size_t i = 0; i < v->n_answers; i++)
    get_rows(v, out[i].x, feed->n_rows * v->answer_width[i], answers[i] + first * v->answer_width[i]);
  return ORR_OK;
}

orr_status orr_evaluator_run(orr_evaluator *v, const orr_matrix *inputs, size_t n, uint64_t seed, uint64_t step,
                             double *const *answers, const orr_work *work, orr_error *e) {
  static const double settings[64];
  for (size_t first = 0; first < n; first += PIECE) {
    orr_feed feed = {.n_rows = n - first < PIECE ? n - first : PIECE,
                     .parameters = v->slab ? v->slab : v->parameters,
                     .settings = settings,
                     .seed = seed,
                     .step = step};
    ORR_TRY(orr_progress_step(work, "network", first, n, e));
    ORR_TRY(run_piece(v, inputs, first, &feed, answers, work ? work->pool : NULL, e));
  }
  return ORR_OK;
}
