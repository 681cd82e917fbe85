/* Encoders: from columns of a table to the numbers a family is given.
 *
 * Medians, means, deviations and categories are learnt from the training rows
 * only and kept with the model; any later row goes through the same encoder.
 * Number columns give one column, and a second "is missing" one when training
 * rows had gaps; text gives one column a category, or one ordinal column where
 * there are too many, or one of category numbers for families that learn from
 * these. A category never seen in training is encoded as missing and counted.
 */
#ifndef ORR_DATA_ENCODE_H
#define ORR_DATA_ENCODE_H

#include "base/json.h"
#include "base/progress.h"
#include "data/table.h"
#include "num/matrix.h"

typedef enum orr_column_encoding {
  ORR_AS_NUMBER,
  ORR_AS_ONE_HOT,
  ORR_AS_ORDINAL,
  ORR_AS_INDEX /* 1 … n_words; 0: missing, or never seen in training */
} orr_column_encoding;

enum { ORR_MOST_ONE_HOT = 64 };

typedef struct orr_encoded_column {
  const char *name;
  orr_column_encoding encoding;
  bool
      indicator; /* NUMBER, ORDINAL: a second column tells missing; ONE_HOT: one category does; INDEX: never */
  double median, mean, deviation; /* of the training rows; deviation is 1 where they do not vary */
  size_t n_words;
  const char *const *words; /* ascending */
  orr_map index;            /* of words */
  size_t first, width;      /* of its encoded columns */
} orr_encoded_column;

typedef struct orr_encoder {
  bool impute, scale;
  size_t n_columns, width;
  orr_encoded_column *columns;
  const char **names; /* [width] "mass", "mass is missing", "island = Biscoe" */
  size_t *levels;     /* [width] how many numbers an index column has, 0 among them; 0: it is none */
  orr_arena arena;    /* owns all but the maps */
} orr_encoder;

/* How a text column is encoded. */
typedef enum orr_encode_text { ORR_ENCODE_AUTO, ORR_ENCODE_ONE_HOT, ORR_ENCODE_ORDINAL } orr_encode_text;

typedef struct orr_encoder_spec {
  const size_t *columns; /* features, as column numbers */
  size_t n_columns;
  bool impute, scale;
  orr_encode_text text;
  size_t most_columns; /* AUTO: text of more categories becomes an index column; 0: none does */
} orr_encoder_spec;

/* Learns from `rows` of t. Columns without a value there are left out, and logged. */
orr_status orr_encoder_fit(orr_encoder *out, const orr_table *t, const orr_encoder_spec *spec,
                           const size_t *rows, size_t n, const orr_work *work, orr_error *e);
void orr_encoder_fini(orr_encoder *c);

/* x[n,width] of `rows`; ORR_DATA when a column is absent or of another kind. unseen: cells with new categories. */
orr_status orr_encoder_apply(const orr_encoder *c, const orr_table *t, const size_t *rows, size_t n,
                             const orr_work *work, orr_arena *arena, orr_matrix *x, size_t *unseen,
                             orr_error *e);

/* One column's cells in an encoded row[width], of a number, or of text the index of its word; NAN: missing. What asks a
 * model "what if" changes rows that are encoded already. */
void orr_encoder_set(const orr_encoder *c, size_t column, double value, double *row);

/* The word's index, or NAN for one that training never saw. */
double orr_encoder_word(const orr_encoder *c, size_t column, const char *word);

/* Kept with a model; from_json treats its input as hostile. */
orr_json *orr_encoder_to_json(const orr_encoder *c);
orr_status orr_encoder_from_json(orr_encoder *out, const orr_json *j, orr_error *e);

#endif
