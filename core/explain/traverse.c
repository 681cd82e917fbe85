/* Moving through a latent space; see traverse.h. */
#include "explain/traverse.h"

#include <string.h>

#include "model/density.h"

static orr_status need_latent(const orr_kept *m, orr_error *e) {
  if (m->task == ORR_LATENT) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s has no latent space; train pca, autoencoder or vae", m->family->name);
}

orr_status orr_latent_encode(const orr_kept *m, const orr_table *t, const size_t *rows, size_t n,
                             const orr_work *work, orr_arena *arena, orr_matrix *z, orr_error *e) {
  orr_prediction p;
  ORR_TRY(need_latent(m, e));
  ORR_TRY(orr_kept_predict(m, t, rows, n, work, arena, &p, e));
  *z = (orr_matrix){n, m->latent, p.code};
  return ORR_OK;
}

orr_status orr_latent_decode(const orr_kept *m, const orr_matrix *z, const orr_work *work, orr_arena *arena,
                             orr_matrix *x, orr_error *e) {
  ORR_TRY(need_latent(m, e));
  ORR_TRY(orr_matrix_take(arena, z->rows, m->encoder.width, x, e));
  if (z->cols != m->latent)
    return orr_fail(e, ORR_SHAPE, "a point of this latent space has %zu numbers, not %zu", m->latent,
                    z->cols);
  return z->rows ? m->family->density->decode(&m->store, z, NULL, x->x, work, e) : ORR_OK;
}

void orr_latent_read(const orr_encoder *c, const double *row, orr_decoded *out) {
  for (size_t j = 0; j < c->n_columns; j++) {
    const orr_encoded_column *k = &c->columns[j];
    const double *cell = row + k->first;
    size_t best = 0;
    out[j] = (orr_decoded){.name = k->name, .value = cell[0]};
    if (k->encoding == ORR_AS_NUMBER) continue;
    if (k->encoding == ORR_AS_ONE_HOT)
      for (size_t w = 1; w < k->n_words; w++) best = cell[w] > cell[best] ? w : best;
    else
      best = cell[0] <= 0                          ? 0
             : cell[0] >= (double)(k->n_words - 1) ? k->n_words - 1
                                                   : (size_t)(cell[0] + 0.5);
    out[j].word = k->n_words ? k->words[best] : "";
    out[j].value = k->encoding == ORR_AS_ONE_HOT ? cell[best] : 1;
  }
}

orr_status orr_latent_traverse(const orr_kept *m, const orr_latent *l, const double *code, size_t dimension,
                               double low, double high, size_t steps, const orr_work *work, orr_arena *arena,
                               orr_traversal *out, orr_error *e) {
  orr_matrix z;
  ORR_TRY(need_latent(m, e));
  if (dimension >= m->latent)
    return orr_fail(e, ORR_USAGE, "there is no dimension %zu; the model has %zu", dimension + 1, m->latent);
  *out = (orr_traversal){.dimension = dimension, .steps = steps};
  ORR_TAKE(arena, out->at, steps, e);
  ORR_TRY(orr_matrix_take(arena, steps, m->latent, &z, e));
  for (size_t s = 0; s < steps; s++) {
    double *row = orr_matrix_row(&z, s);
    out->at[s] = steps > 1 ? low + (high - low) * (double)s / (double)(steps - 1) : low;
    for (size_t k = 0; k < m->latent; k++) row[k] = code ? code[k] : l->dimension[k].origin;
    row[dimension] = l->dimension[dimension].origin + out->at[s] * l->dimension[dimension].unit;
  }
  return orr_latent_decode(m, &z, work, arena, &out->rows, e);
}

orr_status orr_latent_interpolate(const orr_kept *m, const double *from, const double *to, size_t steps,
                                  const orr_work *work, orr_arena *arena, orr_matrix *out, orr_error *e) {
  orr_matrix z;
  ORR_TRY(need_latent(m, e));
  ORR_TRY(orr_matrix_take(arena, steps, m->latent, &z, e));
  for (size_t s = 0; s < steps; s++) {
    double share = steps > 1 ? (double)s / (double)(steps - 1) : 0;
    for (size_t k = 0; k < m->latent; k++) z.x[s * m->latent + k] = (1 - share) * from[k] + share * to[k];
  }
  return orr_latent_decode(m, &z, work, arena, out, e);
}
