/* Peek: what is known of a source once it was read, and the two ways to say it,
 * a page for people and one JSON object for programs. */
#ifndef ORR_APP_PEEK_H
#define ORR_APP_PEEK_H

#include "app/ink.h"
#include "app/peek_number.h"
#include "base/vector.h"
#include "data/csv.h"
#include "data/hdf5.h"
#include "data/profile.h"

typedef struct orr_peek {
  const char *src;             /* as it was given */
  const char *name;            /* as people name it */
  uint64_t bytes;              /* of the file; 0: not known */
  const orr_table *table;      /* NULL: none was picked */
  size_t rows_of;              /* more than the table's rows: it is a sample */
  const orr_profile *profile;  /* of the table; NULL with it */
  const orr_csv_reading *csv;  /* NULL: the file is HDF5 */
  const orr_json *facts;       /* of HDF5, see data/hdf5.h; NULL: CSV */
  ORR_VECTOR(char *) warnings; /* of the reading */
} orr_peek;

orr_status orr_peek_to_json(const orr_peek *p, orr_text *out, orr_error *e);

/* The page, and its parts: the tree of a container, the table of columns. */
orr_status orr_peek_page(const orr_peek *p, orr_ink *ink, orr_error *e);
orr_status orr_peek_tree(const orr_peek *p, orr_ink *ink, orr_error *e);
orr_status orr_peek_columns(const orr_peek *p, orr_ink *ink, orr_error *e);

static inline bool orr_peek_is_sample(const orr_peek *p) { return p->table && p->rows_of > p->table->rows; }

/* One standard error of a column's mean; of a sample's, as it would fall over the whole. */
double orr_peek_mean_error(const orr_peek *p, const orr_column_profile *c);

#endif
