/* Asking a model about changed rows; see asked.h. */
#include "explain/asked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"

enum { CELLS_AT_ONCE = 1 << 22 };

static const double least = 1e-12; /* of a probability whose logarithm is taken */

static int ascending(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

orr_status orr_draw_rows(const size_t *rows, size_t n, size_t most, uint64_t seed, orr_arena *arena,
                         const size_t **out, size_t *n_out, orr_error *e) {
  size_t *place, *drawn;
  *out = rows;
  *n_out = n;
  if (!most || n <= most) return ORR_OK;
  orr_random r = orr_random_stream(seed, 0, ORR_FOR_ROWS);
  ORR_TAKE(arena, place, n, e);
  ORR_TAKE(arena, drawn, most, e);
  for (size_t i = 0; i < n; i++) place[i] = i;
  orr_random_shuffle(&r, place, n);
  qsort(place, most, sizeof *place, ascending);
  for (size_t i = 0; i < most; i++) drawn[i] = rows[place[i]];
  *out = drawn;
  *n_out = most;
  return ORR_OK;
}

orr_status orr_asked_init(orr_asked *out, const orr_kept *model, const orr_table *table, const size_t *rows,
                          size_t n, size_t most, uint64_t seed, const orr_work *work, orr_arena *arena,
                          orr_error *e) {
  size_t unseen;
  *out = (orr_asked){.model = model, .table = table};
  if (!n)
    return orr_fail(e, ORR_DATA,
                    "there are no rows to ask the model about; give it the test part or a table");
  ORR_TRY(orr_draw_rows(rows, n, most, seed, arena, &out->rows, &out->n, e));
  return orr_encoder_apply(&model->encoder, table, out->rows, out->n, work, arena, &out->x, &unseen, e);
}

static orr_status unknown_column(const orr_encoder *c, const char *name, orr_error *e) {
  orr_arena arena = {0};
  const char **names;
  orr_status status = orr_arena_take(&arena, c->n_columns, sizeof *names, (void **)&names, e);
  for (size_t j = 0; !status && j < c->n_columns; j++) names[j] = c->columns[j].name;
  if (!status) {
    const char *nearest = orr_text_nearest(name, names, c->n_columns);
    status = orr_fail(e, ORR_DATA, "the model looks at no column '%.80s'%s%s%s", name,
                      nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  }
  orr_arena_fini(&arena);
  return status;
}

orr_status orr_asked_column(const orr_kept *model, const char *name, size_t *column, orr_error *e) {
  const orr_encoder *c = &model->encoder;
  for (*column = 0; *column < c->n_columns; ++*column)
    if (!strcmp(c->columns[*column].name, name)) return ORR_OK;
  return unknown_column(c, name, e);
}

void orr_asked_copy(const orr_encoder *c, size_t column, const double *from, double *to) {
  const orr_encoded_column *k = &c->columns[column];
  memcpy(to + k->first, from + k->first, k->width * sizeof *to);
}

size_t orr_asked_copies(const orr_encoder *c, size_t n, size_t most) {
  size_t fit = CELLS_AT_ONCE / (n * c->width + 1);
  return fit < 1 ? 1 : fit < most ? fit : most;
}

static double response_of(const double *p, size_t k, orr_response response, size_t class) {
  if (response == ORR_RESPONSE_PROBABILITY) return p[class];
  double others = 0;
  for (size_t j = 0; j < k; j++) others += j == class ? 0 : p[j];
  return log(fmax(p[class], least)) - log(fmax(others, least));
}

orr_status orr_asked_answer(const orr_kept *model, const orr_matrix *x, orr_response response, size_t class,
                            double *out, const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_prediction p;
  size_t k = model->classes.count;
  orr_status status = orr_kept_predict_encoded(model, x, work, &arena, &p, e);
  for (size_t i = 0; !status && i < x->rows; i++)
    out[i] = p.mean ? p.mean[i] : response_of(p.probability + i * k, k, response, class);
  orr_arena_fini(&arena);
  return status;
}

static orr_status likeliest(const orr_asked *a, const orr_work *work, size_t *class, orr_error *e) {
  orr_arena arena = {0};
  orr_prediction p;
  size_t k = a->model->classes.count;
  double best = -1;
  orr_status status = orr_kept_predict_encoded(a->model, &a->x, work, &arena, &p, e);
  for (size_t c = 0; !status && c < k; c++) {
    double sum = 0;
    for (size_t i = 0; i < a->n; i++) sum += p.probability[i * k + c];
    if (sum > best) best = sum, *class = c;
  }
  orr_arena_fini(&arena);
  return status;
}

orr_status orr_asked_class(const orr_asked *a, int wanted, const orr_work *work, size_t *class,
                           orr_error *e) {
  size_t k = a->model->classes.count;
  *class = 0;
  if (a->model->task != ORR_CLASSIFICATION) return ORR_OK;
  if (wanted >= 0 && (size_t)wanted < k) return *class = (size_t)wanted, ORR_OK;
  if (wanted >= 0) return orr_fail(e, ORR_USAGE, "class %d of %zu", wanted, k);
  if (k == 2) return *class = ORR_POSITIVE, ORR_OK;
  return likeliest(a, work, class, e);
}

const char *orr_asked_title(const orr_kept *model, orr_response response, size_t class, orr_arena *arena) {
  if (model->task != ORR_CLASSIFICATION) return orr_arena_strdup(arena, model->target);
  return orr_arena_printf(arena, "%s of %s", response == ORR_RESPONSE_LOG_ODDS ? "log-odds" : "probability",
                          model->classes.names[class]);
}
