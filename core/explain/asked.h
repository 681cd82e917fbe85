/* A model that is asked again and again about changed copies of the same rows.
 *
 * The rows are encoded once. A question is a matrix of encoded rows of which
 * some columns' cells were replaced; columns are those the person knows, each
 * with all its encoded cells (a category's columns, the mark of a missing one).
 */
#ifndef ORR_EXPLAIN_ASKED_H
#define ORR_EXPLAIN_ASKED_H

#include "model/kept.h"

/* What is said of a row: a regression's mean always; of a classification the probability of a class, or its
 * log-odds ln p - ln(1 - p). */
typedef enum orr_response { ORR_RESPONSE_PROBABILITY, ORR_RESPONSE_LOG_ODDS } orr_response;

typedef struct orr_asked {
  const orr_kept *model;
  const orr_table *table;
  const size_t *rows; /* [n] of the table */
  size_t n;
  orr_matrix x; /* [n,width] encoded */
} orr_asked;

/* Encodes at most `most` of the rows (0: all), drawn without replacement by the seed and left in their order. */
orr_status orr_asked_init(orr_asked *out, const orr_kept *model, const orr_table *table, const size_t *rows,
                          size_t n, size_t most, uint64_t seed, const orr_work *work, orr_arena *arena,
                          orr_error *e);

/* The column's number in the encoder; ORR_DATA with a did-you-mean for one the model does not look at. */
orr_status orr_asked_column(const orr_kept *model, const char *name, size_t *column, orr_error *e);

/* Copies the cells of one column from an encoded row to another. */
void orr_asked_copy(const orr_encoder *c, size_t column, const double *from, double *to);

/* How many copies of n rows are put to the model at once: at least one, about 32 MB of cells. */
size_t orr_asked_copies(const orr_encoder *c, size_t n, size_t most);

/* out[rows] of encoded x. `class` is for classifications. Takes its scratch and gives it back. */
orr_status orr_asked_answer(const orr_kept *model, const orr_matrix *x, orr_response response, size_t class,
                            double *out, const orr_work *work, orr_error *e);

/* The class that is meant: wanted, or where that is negative the positive of two, of more the one that is likeliest on
 * average over the rows. 0 of a regression. */
orr_status orr_asked_class(const orr_asked *a, int wanted, const orr_work *work, size_t *class, orr_error *e);

/* "probability of pulsar", "log-odds of pulsar", "price" in the arena; NULL when out of memory. */
const char *orr_asked_title(const orr_kept *model, orr_response response, size_t class, orr_arena *arena);

/* A draw of `most` of n indices without replacement, ascending. */
orr_status orr_draw_rows(const size_t *rows, size_t n, size_t most, uint64_t seed, orr_arena *arena,
                         const size_t **out, size_t *n_out, orr_error *e);

#endif
