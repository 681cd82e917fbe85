/* Interactions of two columns; see interaction.h. */
#include "explain/interaction.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "explain/grid.h"
#include "num/statistics.h"

enum { POINTS = 13, ROWS = 2000, RESAMPLES = 100, CORNERS = 4 };

typedef struct measuring {
  const orr_dependence_spec *spec;
  const orr_work *work;
  orr_arena *arena;
  orr_asked asked;
  size_t column[2], class, cells;
  orr_grid grid[2];
  double *bend; /* [n] f(b,d) - f(a,d) - f(b,c) + f(a,c) about a row's own cell; NAN: a value is missing */
  size_t *near; /* [cells] the cell with rows that is nearest, itself where it has some */
} measuring;

static size_t wide(const measuring *m) { return m->grid[1].points - 1; }

static size_t cell_of(const measuring *m, size_t row) {
  return (m->grid[0].bin[row] - 1) * wide(m) + m->grid[1].bin[row] - 1;
}

static bool has_both(const measuring *m, size_t row) { return m->grid[0].bin[row] && m->grid[1].bin[row]; }

static orr_status ask(measuring *m, orr_error *e) {
  const orr_encoder *c = &m->spec->model->encoder;
  size_t n = m->asked.n;
  orr_matrix x;
  double *said;
  ORR_TRY(orr_matrix_take(m->arena, n, c->width, &x, e));
  ORR_TAKE(m->arena, said, n, e);
  ORR_TAKE(m->arena, m->bend, n, e);
  for (size_t corner = 0; corner < CORNERS; corner++) {
    size_t up[2] = {corner & 1, corner >> 1};
    ORR_TRY(orr_progress_step(m->work, "interaction", corner, CORNERS, e));
    memcpy(x.x, m->asked.x.x, n * c->width * sizeof *x.x);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; has_both(m, i) && j < 2; j++)
        orr_encoder_set(c, m->column[j], m->grid[j].at[m->grid[j].bin[i] - 1 + up[j]], orr_matrix_row(&x, i));
    ORR_TRY(orr_asked_answer(m->spec->model, &x, m->spec->response, m->class, said, m->work, e));
    for (size_t i = 0; i < n; i++) m->bend[i] += up[0] == up[1] ? said[i] : -said[i];
  }
  return ORR_OK;
}

static double apart(const measuring *m, size_t a, size_t b) {
  double rows = (double)(a / wide(m)) - (double)(b / wide(m)),
         columns = (double)(a % wide(m)) - (double)(b % wide(m));
  return rows * rows + columns * columns;
}

static orr_status find_nearest(measuring *m, const double *count, orr_error *e) {
  ORR_TAKE(m->arena, m->near, m->cells, e);
  for (size_t c = 0; c < m->cells; c++) {
    size_t best = m->cells;
    for (size_t other = 0; other < m->cells; other++)
      if (count[other] > 0 && (best == m->cells || apart(m, c, other) < apart(m, c, best))) best = other;
    if (best == m->cells) return orr_fail(e, ORR_DATA, "no row has a value in both columns");
    m->near[c] = best;
  }
  return ORR_OK;
}

/* Takes off what runs along one axis: the counted mean of the step between neighbours, accumulated. */
static void take_main(const measuring *m, const double *count, const double *from, size_t axis,
                      double *effect) {
  size_t p[2] = {m->grid[0].points, m->grid[1].points};
  size_t stride[2] = {p[1], 1}, cell[2] = {wide(m), 1}, other = 1 - axis;
  double sum = 0;
  for (size_t k = 0; k + 1 < p[axis]; k++) {
    double step = 0, total = 0;
    for (size_t l = 0; l + 1 < p[other]; l++) {
      const double *at = from + k * stride[axis] + l * stride[other];
      double w = count[k * cell[axis] + l * cell[other]];
      step += w * 0.5 * (at[stride[axis]] - at[0] + at[stride[axis] + stride[other]] - at[stride[other]]);
      total += w;
    }
    sum += total > 0 ? step / total : 0;
    for (size_t l = 0; l < p[other]; l++) effect[(k + 1) * stride[axis] + l * stride[other]] -= sum;
  }
}

static double middle_of(const measuring *m, const double *effect, size_t cell) {
  size_t p = m->grid[1].points;
  const double *at = effect + cell / wide(m) * p + cell % wide(m);
  return 0.25 * (at[0] + at[1] + at[p] + at[p + 1]);
}

/* step[cells] mean bends → effect[points,points]; returns its deviation. room[points,points]. */
static double accumulate(const measuring *m, const double *step, const double *count, double *room,
                         double *effect) {
  size_t p = m->grid[0].points, q = m->grid[1].points;
  double mean = 0, squares = 0, total = 0;
  memset(effect, 0, p * q * sizeof *effect);
  for (size_t k = 1; k < p; k++)
    for (size_t l = 1; l < q; l++)
      effect[k * q + l] = step[(k - 1) * wide(m) + l - 1] + effect[(k - 1) * q + l] + effect[k * q + l - 1] -
                          effect[(k - 1) * q + l - 1];
  memcpy(room, effect, p * q * sizeof *room);
  take_main(m, count, room, 0, effect);
  take_main(m, count, room, 1, effect);
  for (size_t c = 0; c < m->cells; c++) mean += count[c] * middle_of(m, effect, c), total += count[c];
  for (size_t i = 0; i < p * q; i++) effect[i] -= mean / total;
  for (size_t c = 0; c < m->cells; c++)
    squares += count[c] * middle_of(m, effect, c) * middle_of(m, effect, c);
  return sqrt(squares / total);
}

typedef struct room {
  double *weight, *count, *step, *square, *effect;
} room;

static orr_status take_room(const measuring *m, room *r, orr_error *e) {
  size_t points = m->grid[0].points * m->grid[1].points;
  ORR_TAKE(m->arena, r->weight, m->asked.n, e);
  ORR_TAKE(m->arena, r->count, m->cells, e);
  ORR_TAKE(m->arena, r->step, m->cells, e);
  ORR_TAKE(m->arena, r->square, points, e);
  ORR_TAKE(m->arena, r->effect, points, e);
  return ORR_OK;
}

/* Mean bend of each cell by the rows' weights; a cell left empty keeps `whole`'s. */
static double effect_of(const measuring *m, const room *r, const double *whole) {
  memset(r->count, 0, m->cells * sizeof *r->count);
  memset(r->step, 0, m->cells * sizeof *r->step);
  for (size_t i = 0; i < m->asked.n; i++) {
    if (!has_both(m, i)) continue;
    r->count[cell_of(m, i)] += r->weight[i];
    r->step[cell_of(m, i)] += r->weight[i] * m->bend[i];
  }
  for (size_t c = 0; c < m->cells; c++)
    r->step[c] = r->count[c] > 0 ? r->step[c] / r->count[c] : whole ? whole[c] : 0;
  if (!whole)
    for (size_t c = 0; c < m->cells; c++) r->step[c] = r->step[m->near[c]];
  return accumulate(m, r->step, r->count, r->square, r->effect);
}

static orr_status find_error(const measuring *m, const double *whole, double *error, orr_error *e) {
  room r;
  double strength[RESAMPLES];
  ORR_TRY(take_room(m, &r, e));
  for (size_t s = 0; s < RESAMPLES; s++) {
    orr_random random = orr_random_stream(m->spec->seed, s, ORR_FOR_BOOTSTRAP);
    ORR_TRY(orr_progress_step(m->work, "bootstrap", s, RESAMPLES, e));
    memset(r.weight, 0, m->asked.n * sizeof *r.weight);
    for (size_t i = 0; i < m->asked.n; i++) r.weight[orr_random_below(&random, m->asked.n)] += 1;
    strength[s] = effect_of(m, &r, whole);
  }
  *error = orr_sample_deviation(strength, RESAMPLES);
  return ORR_OK;
}

static orr_status conclude(measuring *m, orr_interaction *out, orr_error *e) {
  room r;
  m->cells = (m->grid[0].points - 1) * wide(m);
  ORR_TAKE(m->arena, out->share, m->cells, e);
  for (size_t i = 0; i < m->asked.n; i++)
    if (has_both(m, i)) out->share[cell_of(m, i)] += 1 / (double)m->asked.n;
  ORR_TRY(find_nearest(m, out->share, e));
  ORR_TRY(take_room(m, &r, e));
  for (size_t i = 0; i < m->asked.n; i++) r.weight[i] = 1;
  out->strength = effect_of(m, &r, NULL);
  out->effect = r.effect;
  return find_error(m, r.step, &out->strength_error, e);
}

static orr_status lay(measuring *m, const char *const names[2], orr_interaction *out, orr_error *e) {
  for (size_t j = 0; j < 2; j++) {
    orr_grid *g = &m->grid[j];
    ORR_TRY(orr_asked_column(m->spec->model, names[j], &m->column[j], e));
    ORR_TRY(
        orr_grid_lay(&m->asked, m->column[j], m->spec->points ? m->spec->points : POINTS, m->arena, g, e));
    if (g->words)
      return orr_fail(e, ORR_DATA, "'%s' is text; interactions are measured between columns of numbers",
                      names[j]);
    out->columns[j] = g->name, out->units[j] = g->unit, out->points[j] = g->points, out->at[j] = g->at;
  }
  if (m->column[0] == m->column[1])
    return orr_fail(e, ORR_USAGE, "an interaction is of two columns; '%s' is given twice", names[0]);
  return ORR_OK;
}

orr_status orr_interaction_measure(const orr_dependence_spec *spec, const char *second, const orr_work *work,
                                   orr_arena *arena, orr_interaction *out, orr_error *e) {
  measuring m = {.spec = spec, .work = work, .arena = arena};
  *out = (orr_interaction){0};
  ORR_TRY(orr_asked_init(&m.asked, spec->model, spec->table, spec->rows, spec->n,
                         spec->most_rows ? spec->most_rows : ROWS, spec->seed, work, arena, e));
  ORR_TRY(lay(&m, (const char *const[]){spec->column, second}, out, e));
  ORR_TRY(orr_asked_class(&m.asked, spec->class, work, &m.class, e));
  out->n = m.asked.n;
  if (!(out->response = orr_asked_title(spec->model, spec->response, m.class, arena)))
    return orr_fail_memory(e, "a name", 0);
  ORR_TRY(ask(&m, e));
  return conclude(&m, out, e);
}
