/* Moving through a latent space: rows to codes, codes to rows in the units of the
 * data, along one dimension or from one row to another. Cheap enough to follow a key.
 */
#ifndef ORR_EXPLAIN_TRAVERSE_H
#define ORR_EXPLAIN_TRAVERSE_H

#include "explain/latent.h"

/* z[n,latent] of rows of the table. */
orr_status orr_latent_encode(const orr_kept *m, const orr_table *t, const size_t *rows, size_t n,
                             const orr_work *work, orr_arena *arena, orr_matrix *z, orr_error *e);

/* x[n,width] of z[n,latent]: encoded cells, numbers in the units of the data. */
orr_status orr_latent_decode(const orr_kept *m, const orr_matrix *z, const orr_work *work, orr_arena *arena,
                             orr_matrix *x, orr_error *e);

/* One column of a decoded row: a number, or the likeliest of its words with its share. */
typedef struct orr_decoded {
  const char *name, *word; /* word NULL: a number */
  double value;            /* of a word: its share */
} orr_decoded;

/* out[n_columns] of an encoded row. */
void orr_latent_read(const orr_encoder *c, const double *row, orr_decoded *out);

/* One dimension from low to high, the others as in the code. */
typedef struct orr_traversal {
  size_t dimension, steps;
  double *at;      /* [steps] in steps of the dimension's unit from its origin */
  orr_matrix rows; /* [steps,width] decoded */
} orr_traversal;

/* code[latent]; NULL: every dimension at its origin. */
orr_status orr_latent_traverse(const orr_kept *m, const orr_latent *l, const double *code, size_t dimension,
                               double low, double high, size_t steps, const orr_work *work, orr_arena *arena,
                               orr_traversal *out, orr_error *e);

/* steps rows on the straight line between two codes, both ends among them. */
orr_status orr_latent_interpolate(const orr_kept *m, const double *from, const double *to, size_t steps,
                                  const orr_work *work, orr_arena *arena, orr_matrix *out, orr_error *e);

#endif
