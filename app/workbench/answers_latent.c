/* Moving through a latent space: a row's code, moved along its dimensions, and
 * what it then decodes to. What the dimensions carry is measured once for a model
 * and a table; following a key is only encoding and decoding one row. */
#include <math.h>
#include <string.h>

#include "app/workbench/asking.h"
#include "explain/picture.h"
#include "explain/traverse.h"

enum { MOST_ROWS = 1000 };

void orr_latent_memory_fini(orr_latent_memory *m) {
  orr_arena_fini(&m->arena);
  orr_fit_unref(m->fit);
  orr_table_unref(m->table);
  *m = (orr_latent_memory){0};
}

static orr_status measure(const orr_inquiry *asked, orr_latent_memory *m, orr_error *e) {
  const orr_question *q = asked->q;
  size_t *rows;
  ORR_TAKE(&m->arena, rows, q->table->rows, e);
  for (size_t i = 0; i < q->table->rows; i++) rows[i] = i;
  orr_latent_spec spec = {.model = &q->fit->members[0],
                          .table = q->table,
                          .rows = rows,
                          .n = q->table->rows,
                          .most_rows = MOST_ROWS,
                          .seed = asked->seed};
  ORR_TRY(orr_latent_measure(&spec, &asked->work, &m->arena, &m->latent, e));
  m->fit = orr_fit_ref(q->fit);
  m->table = orr_table_ref(q->table);
  return ORR_OK;
}

static orr_status remember(const orr_inquiry *asked, const orr_latent **out, orr_error *e) {
  orr_latent_memory *m = asked->latent;
  *out = &m->latent;
  if (m->fit == asked->q->fit && m->table == asked->q->table) return ORR_OK;
  orr_latent_memory_fini(m);
  orr_status status = measure(asked, m, e);
  if (status) orr_latent_memory_fini(m);
  return status;
}

static orr_status list_dimensions(const orr_latent *l, orr_answer *out, orr_error *e) {
  out->n_dimensions = l->dimensions;
  ORR_TAKE(&out->arena, out->effect, l->dimensions, e);
  if (l->variational) ORR_TAKE(&out->arena, out->divergence, l->dimensions, e);
  for (size_t i = 0; i < l->dimensions; i++) {
    out->effect[i] = l->dimension[i].effect;
    if (l->variational) out->divergence[i] = l->dimension[i].divergence;
  }
  return ORR_OK;
}

/* The row's code, moved in steps of each dimension's unit, and decoded. */
static orr_status decode(const orr_inquiry *asked, const orr_latent *l, orr_matrix *x, orr_error *e) {
  const orr_question *q = asked->q;
  const orr_kept *m = &q->fit->members[0];
  orr_matrix z;
  ORR_TRY(orr_latent_encode(m, q->table, &q->row, 1, &asked->work, &asked->out->arena, &z, e));
  for (size_t i = 0; i < l->dimensions && i < q->n_coordinates; i++)
    z.x[i] += q->coordinates[i] * l->dimension[i].unit;
  return orr_latent_decode(m, &z, &asked->work, &asked->out->arena, x, e);
}

static orr_status give_picture(const orr_picture *p, const double *row, orr_answer *out, orr_error *e) {
  out->n = p->rows * p->cols;
  out->picture_rows = p->rows, out->picture_columns = p->cols;
  ORR_TAKE(&out->arena, out->values, out->n, e);
  orr_picture_lay(p, row, 0, out->values);
  return ORR_OK;
}

/* "island = Biscoe" with its share, or a number. */
static orr_status give_columns(const orr_encoder *c, const double *row, orr_answer *out, orr_error *e) {
  orr_decoded *decoded;
  out->n = c->n_columns;
  ORR_TAKE(&out->arena, decoded, out->n, e);
  ORR_TAKE(&out->arena, out->names, out->n, e);
  ORR_TAKE(&out->arena, out->values, out->n, e);
  ORR_TAKE(&out->arena, out->errors, out->n, e);
  orr_latent_read(c, row, decoded);
  for (size_t i = 0; i < out->n; i++) {
    const orr_decoded *d = &decoded[i];
    out->names[i] = d->word ? orr_arena_printf(&out->arena, "%s = %s", d->name, d->word)
                            : orr_arena_strdup(&out->arena, d->name);
    if (!out->names[i]) return orr_fail_memory(e, "a name", 0);
    out->values[i] = d->value;
    out->errors[i] = NAN;
  }
  return ORR_OK;
}

/* Of the dimension under the cursor: what it goes with; of the whole: an alarm, if there is cause for one. */
static orr_status say(const orr_inquiry *asked, const orr_latent *l, orr_error *e) {
  orr_text t = {0};
  orr_answer *out = asked->out;
  size_t at = asked->q->dimension < l->dimensions ? asked->q->dimension : 0;
  const orr_dimension *d = &l->dimension[at];
  orr_text_add(&t, d->name);
  if (d->column) {
    orr_text_add(&t, " goes with ");
    orr_text_add_inert(&t, d->column);
    orr_text_printf(&t, " (correlation %.2f ± %.2f).", d->correlation, d->correlation_error);
  } else {
    orr_text_add(&t, d->active ? " goes with no known column." : " carries nothing.");
  }
  if (l->alarm) orr_text_printf(&t, " %s", l->alarm);
  orr_status status = orr_text_check(&t, e);
  if (!status && !(out->text = orr_arena_strdup(&out->arena, orr_text_get(&t))))
    status = orr_fail_memory(e, "a text", t.length);
  orr_text_fini(&t);
  return status;
}

orr_status orr_answer_traverse(const orr_inquiry *asked, orr_error *e) {
  const orr_question *q = asked->q;
  orr_answer *out = asked->out;
  const orr_latent *l;
  orr_matrix x;
  orr_picture picture;
  bool is_picture;
  if (!q->fit || q->fit->members[0].task != ORR_LATENT)
    return orr_fail(e, ORR_USAGE,
                    "only pca, autoencoder and vae have a space to move through; fit one of them");
  if (!q->table || q->row >= q->table->rows)
    return orr_fail(e, ORR_USAGE, "there is no such row in the table it learnt from");
  ORR_TRY(remember(asked, &l, e));
  ORR_TRY(list_dimensions(l, out, e));
  ORR_TRY(decode(asked, l, &x, e));
  ORR_TRY(say(asked, l, e));
  const orr_encoder *c = &q->fit->members[0].encoder;
  ORR_TRY(orr_picture_find(c, &out->arena, &picture, &is_picture, e));
  return is_picture ? give_picture(&picture, x.x, out, e) : give_columns(c, x.x, out, e);
}
